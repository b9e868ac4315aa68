/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "compose.h"

/* "What to do": what is broken comes first, whatever it has cost so far; then the suggestions of all
 * findings in the order of what they would gain. Gains in the report's own metric come before others,
 * since gains of different metrics cannot be weighed; the same remedy for several findings is told
 * once. */

#define ACTIONS_ROWS  14
#define ACTIONS_LEAST 0.0005 /* of a metric; less is told with its finding only */
#define ACTIONS_NAME  74.0   /* points: "tune-hyperparameter" breaks */
#define ACTIONS_GAIN  112.0
#define ACTIONS_FOR   30.0
#define ACTIONS_PAGE  20.0
#define ACTIONS_LINES 6

typedef struct {
    const ErrataFinding *finding;
    const ErrataSuggestion *suggestion;
    guint index; /* of the finding */
    gboolean headline;
    gboolean repair; /* of a data bug that stands out */
} Action;

static gboolean
actions_is_headline(const ErrataCase *report_case, const ErrataSuggestion *suggestion)
{
    const char *headline = report_case->headline != NULL ? report_case->headline : "accuracy";

    /* the rates of errors and their mean sizes are what findings about rows are told in */
    return g_strcmp0(suggestion->metric, headline) == 0 ||
           g_strcmp0(suggestion->metric, "accuracy") == 0 ||
           g_strcmp0(suggestion->metric, "mae") == 0;
}

static int
actions_order_cb(gconstpointer a, gconstpointer b)
{
    const Action *x = a;
    const Action *y = b;
    double size_x = errata_suggestion_size(x->suggestion);
    double size_y = errata_suggestion_size(y->suggestion);

    if (x->repair != y->repair)
        return x->repair ? -1 : 1;
    if (x->repair)
        return x->index < y->index ? -1 : x->index > y->index;
    if (x->headline != y->headline)
        return x->headline ? -1 : 1;
    if (size_x > size_y || size_x < size_y)
        return size_x > size_y ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

/* one remedy may be named by several findings: a model is trained again once */
static gboolean
actions_is_told(const GArray *actions, const ErrataSuggestion *suggestion)
{
    for (guint i = 0; i < actions->len; i++) {
        const ErrataSuggestion *other = g_array_index(actions, Action, i).suggestion;

        if (g_strcmp0(other->action, suggestion->action) == 0 &&
            g_strcmp0(other->method, suggestion->method) == 0 &&
            fabs(other->to - suggestion->to) < 1e-12 &&
            fabs(other->from - suggestion->from) < 1e-12)
            return TRUE;
    }
    return FALSE;
}

static GArray *
actions_gather(const ErrataCase *report_case)
{
    GArray *actions = g_array_new(FALSE, FALSE, sizeof(Action));

    for (guint i = 0; i < report_case->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(report_case->findings, i);

        for (guint j = 0; j < finding->suggestions->len; j++) {
            Action action = {finding, g_ptr_array_index(finding->suggestions, j), i, FALSE, FALSE};

            if (errata_compose_is_hard_ground(finding) && action.suggestion->upper_bound)
                continue;
            action.headline = actions_is_headline(report_case, action.suggestion);
            action.repair = j == 0 && finding->kind == ERRATA_FINDING_DATA_BUG &&
                            finding->severity >= ERRATA_SEVERITY_MEDIUM;
            if ((action.repair || errata_suggestion_size(action.suggestion) >= ACTIONS_LEAST) &&
                !actions_is_told(actions, action.suggestion))
                g_array_append_val(actions, action);
        }
    }
    g_array_sort(actions, actions_order_cb);
    return actions;
}

static void
actions_row(const ErrataCase *report_case, ErrataBlock *table, const Action *action)
{
    g_autofree char *number = g_strdup_printf("%u", action->index + 1);
    g_autofree char *gain = errata_compose_suggestion_gain(report_case, action->suggestion);
    ErrataCell *cell = errata_block_add_cell(table, action->suggestion->action);

    cell->style = ERRATA_STYLE_CELL_STRONG;
    cell = errata_block_add_cell(table, action->suggestion->text);
    if (action->suggestion->cost != NULL)
        cell->sub = g_strdup_printf("cost: %s", action->suggestion->cost);
    errata_block_add_cell(table, gain);
    errata_block_add_cell(table, number);
    errata_block_add_cell(table, NULL)->kind = ERRATA_CELL_PAGE;
    g_ptr_array_add(table->dests, g_strdup(action->finding->id));
}

/**
 * errata_compose_actions:
 * @report_case: a finished case
 * @document: gets a chapter, where something would gain something
 */
void
errata_compose_actions(const ErrataCase *report_case, ErrataDocument *document)
{
    g_autoptr(GArray) actions = actions_gather(report_case);
    ErrataBlock *table;

    if (actions->len == 0)
        return;
    errata_compose_chapter(document,
                           "actions",
                           "What to do",
                           "repairs first, then the largest gain");
    table = errata_document_add(document, ERRATA_BLOCK_TABLE);
    table->dests = g_ptr_array_new_with_free_func(g_free);
    table->row_space = 4.0;
    table->heading_rule = TRUE;
    table->may_break = TRUE;
    table->space = 8.0;
    errata_block_add_column(table, "", ACTIONS_NAME, FALSE);
    errata_block_add_column(table, "", 0.0, FALSE)->flexible = TRUE;
    table->columns[1].lines = ACTIONS_LINES;
    errata_block_add_column(table, "gain", ACTIONS_GAIN, FALSE);
    table->columns[2].lines = 2;
    errata_block_add_column(table, "finding", ACTIONS_FOR, TRUE);
    errata_block_add_column(table, "page", ACTIONS_PAGE, TRUE);
    for (guint i = 0; i < MIN(actions->len, ACTIONS_ROWS); i++)
        actions_row(report_case, table, &g_array_index(actions, Action, i));
    errata_document_prose(
        document,
        ERRATA_STYLE_NOTE,
        "Gains do not add up: one remedy may mend what another is for. “Up to” is "
        "what there would be to gain if the rows did as well as others; the rest "
        "was measured on rows of the log.")
        ->space = 8.0;
}
