/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compose.h"

static void
test_by_class_add(ErrataCase *report_case, const char *metric, guint k)
{
    errata_case_add_metric(report_case, metric, 0.896, 0.889, 0.902, 5000)->class_name =
        g_strdup(report_case->classes[k]);
}

static void
test_by_class_whole(void)
{
    static const char *const classes[] = {"billing", "delivery", "other", NULL};
    g_autoptr(ErrataCase) report_case = errata_case_new();
    g_autoptr(ErrataDocument) document = NULL;
    guint n_tables = 0;

    g_test_summary("Intervals of classes take the room that their figures need");
    report_case->task = ERRATA_TASK_MULTICLASS;
    report_case->headline = g_strdup("accuracy");
    report_case->classes = g_strdupv((char **)(gsize)classes);
    errata_case_add_metric(report_case, "accuracy", 0.9, 0.89, 0.91, 15000);
    for (guint k = 0; k < 3; k++) {
        test_by_class_add(report_case, "precision", k);
        test_by_class_add(report_case, "recall", k);
        test_by_class_add(report_case, "f1", k);
    }
    document = errata_document_new();
    errata_compose_performance(report_case, document);
    for (guint i = 0; i < document->blocks->len; i++) {
        const ErrataBlock *block = g_ptr_array_index(document->blocks, i);

        if (block->kind != ERRATA_BLOCK_TABLE ||
            g_strcmp0(errata_block_cell(block, 0, 0)->text, "billing") != 0)
            continue;
        n_tables++;
        g_assert_cmpuint(block->n_columns, ==, 7);
        for (guint c = 1; c < block->n_columns; c++)
            g_assert_true(block->columns[c].whole && !(block->columns[c].width > 0.0));
    }
    g_assert_cmpuint(n_tables, ==, 1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/by-class/whole", test_by_class_whole);
    return g_test_run();
}
