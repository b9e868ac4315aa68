/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of what is wrong on page 1. */
#include "compose.h"
#include "sample-case.h"

static void
test_compose_front_gains(void)
{
    g_autoptr(ErrataCase) report_case = sample_case_new();
    g_autoptr(ErrataDocument) document = errata_document_new();
    guint n_rows = 0;
    guint n_told = 0;

    g_test_summary("Bold are the gains that wait where something is wrong");
    ((ErrataFinding *)g_ptr_array_index(report_case->findings, 0))->severity = ERRATA_SEVERITY_INFO;
    errata_compose_front(report_case, document);
    for (guint i = 0; i < document->blocks->len; i++) {
        const ErrataBlock *block = g_ptr_array_index(document->blocks, i);

        if (block->kind != ERRATA_BLOCK_TABLE || block->n_columns != 6)
            continue;
        for (guint row = 0; row < report_case->findings->len; row++, n_rows++) {
            const ErrataFinding *finding = g_ptr_array_index(report_case->findings, row);
            gboolean told = finding->severity != ERRATA_SEVERITY_INFO;
            const ErrataCell *cell = errata_block_cell(block, row, 4);

            g_assert_cmpint(cell->style == ERRATA_STYLE_CELL_STRONG, ==, told);
            g_assert_cmpint(cell->ink == ERRATA_INK_SOFT, ==, !told);
            n_told += told ? 1 : 0;
        }
    }
    g_assert_cmpuint(n_rows, ==, report_case->findings->len);
    g_assert_cmpuint(n_told, >, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/compose-front/gains", test_compose_front_gains);
    return g_test_run();
}
