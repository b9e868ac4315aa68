/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "compose.h"
#include "value.h"

/* SliceLine's own list, for those who asked for it. */

static char *
top_slices_name(const ErrataTopSlice *slice)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < slice->predicates->len; i++) {
        g_autofree char *words = errata_predicate_describe(g_ptr_array_index(slice->predicates, i));

        g_string_append_printf(text, "%s%s", i > 0 ? " and " : "", words);
    }
    return g_string_free(text, FALSE);
}

/* what a reader should know before taking it for a slice of its own */
static char *
top_slices_remark(const ErrataTopSlice *slice)
{
    g_autofree char *idle = NULL;

    if (slice->like >= 0)
        return g_strdup_printf("mostly the rows of no. %d", slice->like + 1);
    if (slice->idle < 0 || (guint)slice->idle >= slice->predicates->len)
        return NULL;
    idle = errata_predicate_describe(g_ptr_array_index(slice->predicates, (guint)slice->idle));
    return g_strdup_printf("“%s” changes nothing", idle);
}

/* what the losses are called at the head of their column: "wrong" where they are errors */
static const char *
top_slices_heading(const ErrataTopSlices *list)
{
    static const char *const headings[][2] = {{"log-loss", "log-loss"},
                                              {"absolute", "error"},
                                              {"squared", "error²"}};

    for (guint i = 0; i < G_N_ELEMENTS(headings); i++)
        if (g_strcmp0(list->loss, headings[i][0]) == 0)
            return headings[i][1];
    return "wrong";
}

static gboolean
top_slices_counts_errors(const ErrataTopSlices *list)
{
    return strcmp(top_slices_heading(list), "wrong") == 0;
}

static void
top_slices_row(const ErrataTopSlices *list,
               ErrataBlock *table,
               const ErrataTopSlice *slice,
               guint index)
{
    g_autofree char *number = g_strdup_printf("%u", index + 1);
    gboolean share = top_slices_counts_errors(list);
    ErrataCell *cell;

    errata_block_add_cell(table, number)->ink = ERRATA_INK_SOFT;
    cell = errata_block_take_cell(table, top_slices_name(slice));
    cell->style = ERRATA_STYLE_CELL_STRONG;
    cell->sub = top_slices_remark(slice);
    errata_block_take_cell(table, errata_value_number(slice->score, -0.005, 0.005));
    errata_block_take_cell(table, errata_value_count((double)slice->n));
    errata_block_take_cell(table,
                           share ? errata_value_rough_share(slice->rate)
                                 : errata_value_number(slice->rate, (double)NAN, (double)NAN));
    errata_block_take_cell(table,
                           isfinite(slice->ratio) ? errata_value_number(slice->ratio, -0.05, 0.05)
                                                  : NULL);
    errata_block_take_cell(table, errata_value_rough_share(slice->coverage));
    errata_block_take_cell(table, errata_value_number(slice->p_search, -0.0005, 0.0005));
}

void
errata_compose_top_slices(const ErrataCase *report_case, ErrataDocument *document)
{
    const ErrataTopSlices *list = report_case->top_slices;
    gboolean share;
    g_autofree char *text = NULL;
    ErrataBlock *table;

    if (list == NULL)
        return;
    share = top_slices_counts_errors(list);
    errata_compose_chapter(document, "sliceline", "SliceLine", "asked for with --slices sliceline");
    text = g_strdup_printf(
        "The %u best of SliceLine, by its own score (α = 0.95 against size), over all judged rows. "
        "p: share of searches over permuted %s that find a slice as good. The list favours "
        "large slices and children of one slice; what the model is wrong about beyond expectation "
        "is among the errata.%s",
        list->slices->len,
        share ? "errors" : "losses",
        list->truncated ? " The search was ended by its budget: better slices may exist." : "");
    errata_document_prose(document, ERRATA_STYLE_NOTE, text)->ink = ERRATA_INK_SOFT;
    if (list->slices->len == 0) {
        errata_document_prose(document, ERRATA_STYLE_BODY, "No slice scores above 0.");
        return;
    }
    table = errata_document_add(document, ERRATA_BLOCK_TABLE);
    table->may_break = TRUE;
    table->space = 8.0;
    errata_block_add_column(table, "", 16.0, FALSE);
    errata_block_add_column(table, "slice", 0.0, FALSE)->flexible = TRUE;
    table->columns[1].lines = 3;
    errata_block_add_column(table, "score", 36.0, TRUE);
    errata_block_add_column(table, "rows", 48.0, TRUE);
    errata_block_add_column(table, top_slices_heading(list), 44.0, TRUE);
    errata_block_add_column(table, "× rest", 40.0, TRUE);
    errata_block_add_column(table, share ? "of errors" : "of loss", 52.0, TRUE);
    errata_block_add_column(table, "p", 40.0, TRUE);
    for (guint i = 0; i < list->slices->len; i++)
        top_slices_row(list, table, g_ptr_array_index(list->slices, i), i);
}
