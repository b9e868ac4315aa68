/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What faulty rows cost, against all others and against those of about the same time. */
#include "analysis-frame.h"
#include "row-cost.h"

#define N 6000

/* every tenth row is wrong, from row 3,000 on every second */
static AnalysisFrame *
cost_log(void)
{
    g_autoptr(GString) table = g_string_new("ts,x,prediction,label\n");

    for (guint row = 0; row < N; row++)
        g_string_append_printf(table,
                               "%u,%u,%u,%u\n",
                               1700006400 + 60 * row,
                               row * 7919 % 1009,
                               row % 3 == 0 ? 1u : 0u,
                               (row % 3 == 0) != (row % (row < 3000 ? 10 : 2) == 0) ? 1u : 0u);
    return analysis_frame_new(schema_frame_new(table->str), NULL);
}

static void
test_row_cost_around(void)
{
    g_autoptr(AnalysisFrame) log = cost_log();
    guint32 row[N];
    ErrataRowCost cost;

    g_test_summary("What spoilt other times says nothing of these rows");
    for (guint i = 0; i < N; i++)
        row[i] = i;
    cost = errata_row_cost_measure(&log->analysis, row + 1200, 200);
    g_assert_cmpfloat_with_epsilon(errata_rate_mean(&cost.in), 0.1, 1e-9);
    g_assert_cmpfloat_with_epsilon(errata_rate_mean(&cost.out), 1780.0 / 5800.0, 1e-9);
    g_assert_false(cost.near);
    errata_row_cost_around(&log->analysis, &cost, row + 1200, 200);
    g_assert_true(cost.near);
    g_assert_cmpfloat_with_epsilon(cost.around.n, 2000.0, 1e-9);
    g_assert_cmpfloat_with_epsilon(errata_rate_mean(&cost.around), 0.1, 1e-9);
}

static void
test_row_cost_all(void)
{
    g_autoptr(AnalysisFrame) log = cost_log();
    guint32 row[N];
    ErrataRowCost cost;

    g_test_summary("Where no row is near, or none is far, all others tell");
    for (guint i = 0; i < N; i++)
        row[i] = i;
    cost = errata_row_cost_measure(&log->analysis, row, N - 100);
    errata_row_cost_around(&log->analysis, &cost, row, N - 100);
    g_assert_false(cost.near);
    g_assert_cmpfloat_with_epsilon(cost.around.n, 100.0, 1e-9);
    cost = errata_row_cost_measure(&log->analysis, row, 0);
    errata_row_cost_around(&log->analysis, &cost, row, 0);
    g_assert_false(cost.near);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/row-cost/around", test_row_cost_around);
    g_test_add_func("/row-cost/all", test_row_cost_all);
    return g_test_run();
}
