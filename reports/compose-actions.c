/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "actions.h"
#include "compose.h"
#include "value.h"

/* "What to do", behind the list of errata and on page 1 where there is room: the order is that of
 * errata_actions_gather(). */

#define ACTIONS_ROWS  14
#define ACTIONS_NAME  84.0 /* points */
#define ACTIONS_GAIN  112.0
#define ACTIONS_FOR   30.0
#define ACTIONS_PAGE  20.0
#define ACTIONS_LINES 6

static void
actions_row(const ErrataCase *report_case, ErrataBlock *table, const ErrataAction *action)
{
    g_autofree char *number = g_strdup_printf("%u", action->index + 1);
    g_autofree char *gain = errata_compose_suggestion_gain(report_case, action->suggestion);
    ErrataCell *cell = errata_block_add_cell(table,
                                             errata_value_action(action->suggestion->action));

    cell->style = ERRATA_STYLE_CELL_STRONG;
    cell = errata_block_add_cell(table, action->suggestion->text);
    if (action->suggestion->cost != NULL || action->suggestion->by_model)
        cell->sub = g_strconcat(
            action->suggestion->by_model ? "proposed by the language model" : "",
            action->suggestion->by_model && action->suggestion->cost != NULL ? "; " : "",
            action->suggestion->cost != NULL ? "cost: " : "",
            action->suggestion->cost,
            NULL);
    errata_block_add_cell(table, gain);
    errata_block_add_cell(table, number);
    errata_block_add_cell(table, NULL)->kind = ERRATA_CELL_PAGE;
    g_ptr_array_add(table->dests, g_strdup(action->finding->id));
}

/**
 * errata_compose_actions:
 * @report_case: a finished case
 * @document: gets a list, where something would gain something
 */
void
errata_compose_actions(const ErrataCase *report_case, ErrataDocument *document)
{
    g_autoptr(GArray) actions = errata_actions_gather(report_case);
    ErrataBlock *table;
    ErrataBlock *heading;

    if (actions->len == 0)
        return;
    heading = errata_document_heading(document, ERRATA_STYLE_SECTION, "What to do");
    heading->note = g_strdup(ERRATA_ACTIONS_ORDER);
    heading->note_beside = TRUE;
    heading->dest = g_strdup("actions");
    heading->outline = g_strdup("What to do");
    heading->space = 16.0;
    table = errata_document_add(document, ERRATA_BLOCK_TABLE);
    table->dests = g_ptr_array_new_with_free_func(g_free);
    table->row_space = 4.0;
    table->heading_rule = TRUE;
    table->may_break = TRUE;
    errata_block_add_column(table, "", ACTIONS_NAME, FALSE);
    errata_block_add_column(table, "", 0.0, FALSE)->flexible = TRUE;
    table->columns[1].lines = ACTIONS_LINES;
    errata_block_add_column(table, "gain", ACTIONS_GAIN, FALSE);
    table->columns[2].lines = ACTIONS_LINES;
    errata_block_add_column(table, "finding", ACTIONS_FOR, TRUE);
    errata_block_add_column(table, "page", ACTIONS_PAGE, TRUE);
    for (guint i = 0; i < MIN(actions->len, ACTIONS_ROWS); i++)
        actions_row(report_case, table, &g_array_index(actions, ErrataAction, i));
    table->keep_next = TRUE; /* its small print begins no page */
    errata_document_prose(
        document,
        ERRATA_STYLE_NOTE,
        "Gains do not add up: one remedy may mend what another is for. “Up to” is "
        "what there would be to gain if the rows did as well as can be expected, placed by "
        "its lower end; the rest was measured on rows of the log. Gains in the report’s own "
        "metric stand before others.")
        ->space = 8.0;
}
