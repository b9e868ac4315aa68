/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Of the method page: how to tell what a language model wrote, how much that is, and what each part
 * had to pass. */
#include "compose.h"
#include "value.h"

typedef struct {
    guint texts;
    guint hypotheses;
    guint names;
    guint fixes;
} Written;

static Written
written_count(const ErrataCase *report_case)
{
    Written n = {0};

    for (guint i = 0; i < report_case->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(report_case->findings, i);

        n.texts += finding->by_model && finding->rationale != NULL ? 1 : 0;
        n.hypotheses += finding->hypotheses->len;
        n.names += finding->title_by_model ? 1 : 0;
        for (guint k = 0; k < finding->suggestions->len; k++)
            n.fixes +=
                ((const ErrataSuggestion *)g_ptr_array_index(finding->suggestions, k))->by_model
                    ? 1
                    : 0;
    }
    return n;
}

static void
written_row(ErrataBlock *table, const char *part, guint n, const char *how)
{
    g_autofree char *count = errata_value_count(n);

    if (n == 0)
        return;
    errata_block_add_cell(table, part)->ink = ERRATA_INK_SOFT;
    errata_block_add_cell(table, count);
    errata_block_add_cell(table, how);
}

/**
 * errata_compose_written:
 * @report_case: a finished case
 * @document: gets a section, where a language model was asked
 */
void
errata_compose_written(const ErrataCase *report_case, ErrataDocument *document)
{
    Written n = written_count(report_case);
    g_autofree char *name = errata_compose_model_name(report_case);
    g_autofree char *text = NULL;
    ErrataBlock *block;
    ErrataBlock *table;

    if (report_case->llm == NULL)
        return;
    errata_compose_section(document, "What the language model wrote", NULL, TRUE)->keep_next = TRUE;
    text =
        g_strdup_printf("A bar in the margin, as here, stands beside every paragraph whose words "
                        "are by %s. No figure is: it leaves slots, which the program fills from "
                        "the evidence. What has no bar was written by the program.",
                        name);
    block = errata_document_prose(document, ERRATA_STYLE_CELL, text);
    block->by_model = TRUE;
    block->space = 6.0;
    table = errata_document_add(document, ERRATA_BLOCK_TABLE);
    table->space = 4.0;
    table->no_heading = TRUE;
    errata_block_add_column(table, "", 96.0, FALSE);
    errata_block_add_column(table, "", 24.0, TRUE);
    errata_block_add_column(table, "", 0.0, FALSE)->flexible = TRUE;
    table->columns[2].lines = 3;
    written_row(
        table,
        "texts of findings",
        n.texts,
        "every sentence cites evidence, and its names, comparisons and directions were held "
        "against it; one that fails has the whole text replaced by the program’s");
    written_row(table,
                "hypotheses in them",
                n.hypotheses,
                "the figures were checked; what is supposed was not tested, and is set apart");
    written_row(table,
                "names of clusters",
                n.names,
                "told members from other rows that it had not seen");
    written_row(table,
                "fixes",
                n.fixes,
                "the action was chosen from a closed list; text and gain are the program’s");
    written_row(table,
                "other proposals",
                report_case->proposals->len,
                "each stands under its verdict: what was measured, or that nothing was");
    if (errata_block_n_rows(table) == 0)
        errata_document_prose(document,
                              ERRATA_STYLE_CELL,
                              "Nothing in this report: no answer of it passed the checks.")
            ->space = 4.0;
}
