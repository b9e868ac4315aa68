/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "compose.h"
#include "value.h"

/* One finding at a time: headline, figure that proves it, rationale, evidence, what to do, examples.
 * Short findings share a page. The proof, from headline to evidence, stays on one page; advice and
 * examples may follow on the next. */

#define FINDING_MAX_EVIDENCE    24
#define FINDING_MAX_SUGGESTIONS 6
#define FINDING_MAX_EXAMPLES    8

static void
finding_heading(const ErrataCase *report_case,
                ErrataDocument *document,
                const ErrataFinding *finding,
                guint index)
{
    g_autofree char *summary = errata_compose_summary(finding);
    ErrataBlock *block = errata_document_heading(document, ERRATA_STYLE_HEADLINE, finding->title);

    block->number = g_strdup_printf("%u", index + 1);
    block->number_ink = finding->severity >= ERRATA_SEVERITY_HIGH ? ERRATA_INK_ERROR
                                                                  : ERRATA_INK_SOFT;
    block->dest = g_strdup(finding->id);
    block->outline = g_strdup_printf("%u  %s", index + 1, finding->title);
    block->outline_level = 1;
    block->running = g_strdup_printf("finding %u of %u · %s · %s",
                                     index + 1,
                                     report_case->findings->len,
                                     errata_compose_kind(finding->kind),
                                     errata_severity_nick(finding->severity));
    block->new_page = index == 0;
    block->space = 40.0;
    block->rule_above = TRUE;
    block->group = index + 1;
    block = errata_document_prose(document, ERRATA_STYLE_NOTE, summary);
    block->ink = ERRATA_INK_SOFT;
    block->keep_next = TRUE;
    block->group = index + 1;
}

static void
finding_evidence_row(ErrataBlock *table, const ErrataEvidence *evidence)
{
    g_autofree char *q = errata_value_probability(evidence->q);

    errata_block_take_cell(table, errata_compose_evidence_label(evidence));
    errata_block_take_cell(table, errata_compose_evidence_value(evidence));
    errata_block_take_cell(table,
                           errata_value_interval(evidence->lo, evidence->hi, evidence->unit));
    errata_block_take_cell(
        table,
        isfinite(evidence->baseline)
            ? errata_value_of_unit(evidence->baseline, evidence->lo, evidence->hi, evidence->unit)
            : NULL);
    errata_block_take_cell(table, evidence->n > 0 ? errata_value_count((double)evidence->n) : NULL);
    errata_block_add_cell(table, evidence->test);
    if (*q != '\0')
        errata_block_take_cell(table, g_steal_pointer(&q));
    else if (isfinite(evidence->p)) {
        g_autofree char *p = errata_value_probability(evidence->p);

        errata_block_take_cell(table, g_strdup_printf("p %s", p));
    } else
        errata_block_add_cell(table, NULL);
}

/* columns in which no row says anything are left out */
static void
finding_drop_empty_columns(ErrataBlock *table)
{
    guint n_rows = errata_block_n_rows(table);

    for (guint column = table->n_columns; column > 2; column--) {
        gboolean empty = TRUE;

        for (guint row = 0; row < n_rows && empty; row++) {
            const char *text = errata_block_cell(table, row, column - 1)->text;

            empty = text == NULL || *text == '\0';
        }
        if (!empty)
            continue;
        for (guint row = n_rows; row > 0; row--)
            g_array_remove_index(table->cells, (row - 1) * table->n_columns + column - 1);
        g_free(table->columns[column - 1].heading);
        for (guint i = column; i < table->n_columns; i++)
            table->columns[i - 1] = table->columns[i];
        table->n_columns--;
    }
}

static void
finding_evidence(ErrataDocument *document, const ErrataFinding *finding, guint group)
{
    static const char *const headings[] =
        {"", "value", "95 % interval", "against", "rows", "test", "q"};
    guint n = MIN(finding->evidence->len, FINDING_MAX_EVIDENCE);
    const ErrataEvidence *first = g_ptr_array_index(finding->evidence, 0);
    const ErrataEvidence *last = g_ptr_array_index(finding->evidence, finding->evidence->len - 1);
    g_autofree char *note = g_strdup_printf("%s – %s in report.json · %s",
                                            first->id,
                                            last->id,
                                            finding->confirmed
                                                ? "measured on rows not searched"
                                                : "exploratory: not confirmed on other rows");
    ErrataBlock *block = errata_compose_section(document, "Evidence", note, TRUE);

    block->group = group;
    block = errata_document_add(document, ERRATA_BLOCK_TABLE);
    block->group = group;
    for (guint i = 0; i < G_N_ELEMENTS(headings); i++)
        errata_block_add_column(block, headings[i], 0.0, i != 0 && i != 5);
    block->columns[0].flexible = TRUE;
    for (guint i = 0; i < n; i++)
        finding_evidence_row(block, g_ptr_array_index(finding->evidence, i));
    finding_drop_empty_columns(block);
}

static void
finding_advice(ErrataDocument *document, const ErrataFinding *finding)
{
    ErrataBlock *block = NULL;

    if (finding->suggestions->len == 0)
        return;
    block = errata_document_add(document, ERRATA_BLOCK_ADVICE);
    block->text = g_strdup("What to do");
    block->space = 16.0;
    for (guint i = 0; i < MIN(finding->suggestions->len, FINDING_MAX_SUGGESTIONS); i++) {
        const ErrataSuggestion *suggestion = g_ptr_array_index(finding->suggestions, i);
        ErrataAdvice *advice = errata_block_add_advice(block);

        advice->action = g_strdup(suggestion->action);
        advice->text = g_strdup(suggestion->text);
        advice->gain = errata_compose_suggestion_gain(suggestion);
        if (suggestion->cost != NULL)
            advice->cost = g_strdup_printf("cost: %s", suggestion->cost);
        else if (suggestion->method != NULL)
            advice->cost = g_strdup(suggestion->method);
    }
}

static void
finding_examples(const ErrataCase *report_case,
                 ErrataDocument *document,
                 const ErrataFinding *finding,
                 guint index)
{
    const ErrataTable *table = finding->examples;
    const char *path = index < report_case->tables->len
                           ? g_ptr_array_index(report_case->tables, index)
                           : NULL;
    g_autofree char *note = NULL;
    ErrataBlock *block = NULL;

    if (table == NULL || table->n_rows == 0 || table->n_columns == 0)
        return;
    if (path != NULL && *path != '\0') {
        g_autofree char *all = errata_value_count((double)finding->n_rows);

        note = g_strdup_printf("%s holds all %s", path, all);
    }
    block = errata_compose_section(document, table->title, note != NULL ? note : table->note, TRUE);
    block = errata_document_add(document, ERRATA_BLOCK_TABLE);
    for (guint i = 0; i < table->n_columns; i++)
        errata_block_add_column(block, table->headings[i], 0.0, table->right[i]);
    for (guint row = 0; row < MIN(table->n_rows, FINDING_MAX_EXAMPLES); row++)
        for (guint column = 0; column < table->n_columns; column++)
            errata_block_add_cell(block, errata_table_cell(table, row, column));
}

static void
finding_compose(const ErrataCase *report_case, ErrataDocument *document, guint index)
{
    const ErrataFinding *finding = g_ptr_array_index(report_case->findings, index);
    ErrataBlock *block = NULL;

    finding_heading(report_case, document, finding, index);
    if (finding->figure != NULL) {
        block = errata_document_figure(document, finding->figure);
        block->stem = g_strdup(finding->id);
        block->space = 12.0;
        block->group = index + 1;
    }
    if (finding->rationale != NULL && *finding->rationale != '\0') {
        block = errata_document_prose(document, ERRATA_STYLE_BODY, finding->rationale);
        block->space = 12.0;
        block->group = index + 1;
    }
    if (finding->evidence->len > 0)
        finding_evidence(document, finding, index + 1);
    finding_advice(document, finding);
    finding_examples(report_case, document, finding, index);
}

void
errata_compose_findings(const ErrataCase *report_case, ErrataDocument *document)
{
    for (guint i = 0; i < report_case->findings->len; i++)
        finding_compose(report_case, document, i);
}
