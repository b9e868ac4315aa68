/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page of columns and how the report was made. */
#include <string.h>

#include "compose.h"
#include "sample-case.h"

/* a cell of a column's row; (transfer none) */
static const ErrataCell *
method_cell(const ErrataDocument *document, const char *column, guint at)
{
    for (guint i = 0; i < document->blocks->len; i++) {
        const ErrataBlock *block = g_ptr_array_index(document->blocks, i);

        if (block->kind != ERRATA_BLOCK_TABLE || block->columns == NULL || block->n_columns < 4 ||
            g_strcmp0(block->columns[3].heading, "missing") != 0)
            continue;
        for (guint row = 0; row < errata_block_n_rows(block); row++)
            if (strcmp(errata_block_cell(block, row, 0)->text, column) == 0)
                return errata_block_cell(block, row, at);
    }
    return NULL;
}

/* what a finding says is a code for no value is missing on the page of columns, too */
static void
test_method_codes(void)
{
    for (guint codes = 0; codes < 2; codes++) {
        g_autoptr(ErrataCase) report_case = sample_case_new();
        ErrataColumnSummary *column = g_ptr_array_index(report_case->columns, 0);
        g_autoptr(ErrataDocument) document = NULL;

        column->missing = 0;
        if (codes != 0) {
            ErrataFinding *code = errata_finding_new(ERRATA_FINDING_ANOMALY, "a code");

            code->subject.columns = g_new0(char *, 2);
            code->subject.columns[0] = g_strdup(column->name);
            code->n_rows = column->n / 4;
            g_ptr_array_add(code->notes, g_strdup("anomaly=sentinel"));
            errata_finding_add(code,
                               errata_evidence_new("n_rows",
                                                   "rows affected",
                                                   (double)code->n_rows,
                                                   ERRATA_UNIT_COUNT,
                                                   column->n));
            errata_case_add_finding(report_case, code);
        }
        document = errata_compose_new(report_case);
        g_assert_cmpstr(method_cell(document, column->name, 3)->text,
                        ==,
                        codes == 0 ? "0" : "25\u202f%");
    }
}

/* a distance is set in red where a finding tells of the column's drift, and not for its size */
static void
test_method_drift(void)
{
    for (guint drifted = 0; drifted < 2; drifted++) {
        g_autoptr(ErrataCase) report_case = errata_case_new();
        ErrataColumnSummary *column = g_new0(ErrataColumnSummary, 1);
        g_autoptr(ErrataDocument) document = NULL;
        const ErrataCell *cell;

        column->name = g_strdup("size");
        column->type = g_strdup("f64");
        column->role = g_strdup("feature");
        column->n = 120;
        column->drift = 0.4;
        g_ptr_array_add(report_case->columns, column);
        if (drifted != 0) {
            ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_DRIFT, "size has moved");

            finding->subject.column = g_strdup("size");
            errata_finding_add(finding,
                               errata_evidence_new("js", "distance", 0.4, ERRATA_UNIT_NONE, 120));
            errata_case_add_finding(report_case, finding);
        }
        document = errata_compose_new(report_case);
        cell = method_cell(document, "size", 5); /* there is no histogram before it */
        g_assert_nonnull(cell);
        g_assert_cmpstr(cell->text, ==, "0.400");
        g_assert_cmpint(cell->ink, ==, drifted != 0 ? ERRATA_INK_ERROR : ERRATA_INK_TEXT);
    }
}

/* the text beside a name of the methods; of the row that begins so; (transfer none) */
static const char *
method_note(const ErrataDocument *document, const char *begin, const char **name)
{
    for (guint i = 0; i < document->blocks->len; i++) {
        const ErrataBlock *block = g_ptr_array_index(document->blocks, i);

        if (block->kind != ERRATA_BLOCK_TABLE || block->n_columns != 2)
            continue;
        for (guint row = 0; row < errata_block_n_rows(block); row++) {
            const char *text = errata_block_cell(block, row, 1)->text;

            if (text != NULL && g_str_has_prefix(text, begin)) {
                *name = errata_block_cell(block, row, 0)->text;
                return text;
            }
        }
    }
    return NULL;
}

/* notes about one thing stand under one name; one without a name stands for itself */
static void
test_method_methods(void)
{
    g_autoptr(ErrataCase) report_case = sample_case_new();
    g_autoptr(ErrataDocument) document = NULL;
    const char *name = NULL;

    errata_case_method(report_case, "Hops: counted by the %s: twice.", "brewer");
    errata_case_method(report_case, "Hops: weighed.");
    errata_case_method(report_case, "A sentence that goes on for longer than any name would: so.");
    document = errata_compose_new(report_case);
    g_assert_cmpstr(method_note(document, "counted", &name), ==, "counted by the brewer: twice.");
    g_assert_cmpstr(name, ==, "Hops");
    g_assert_cmpstr(method_note(document, "weighed", &name), ==, "weighed.");
    g_assert_cmpstr(name, ==, "");
    g_assert_nonnull(method_note(document, "A sentence that", &name));
    g_assert_cmpstr(name, ==, "");
}

/* the air in the rows of the table of columns */
static double
method_air(const ErrataCase *report_case)
{
    g_autoptr(ErrataDocument) document = errata_compose_new(report_case);

    for (guint i = 0; i < document->blocks->len; i++) {
        const ErrataBlock *block = g_ptr_array_index(document->blocks, i);

        if (block->n_columns > 4 && g_strcmp0(block->columns[1].heading, "role") == 0)
            return block->row_space;
    }
    return 0.0;
}

/* few columns have room for taller histograms, many stand as close as they can be read */
static void
test_method_air(void)
{
    g_autoptr(ErrataCase) report_case = sample_case_new();
    double air = method_air(report_case);

    g_assert_cmpfloat(air, >, 6.0);
    for (guint i = 0; i < 60; i++) {
        ErrataColumnSummary *column = g_new0(ErrataColumnSummary, 1);

        column->name = g_strdup_printf("column_%u", i);
        column->role = g_strdup("feature");
        g_ptr_array_add(report_case->columns, column);
    }
    g_assert_cmpfloat_with_epsilon(method_air(report_case), 3.0, 1e-9);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/compose-method/codes", test_method_codes);
    g_test_add_func("/compose-method/drift", test_method_drift);
    g_test_add_func("/compose-method/methods", test_method_methods);
    g_test_add_func("/compose-method/air", test_method_air);
    return g_test_run();
}
