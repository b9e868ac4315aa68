/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "made-analysis.h"
#include "threshold.h"

static double
test_threshold_true(double s)
{
    return s;
}

static double
test_threshold_late(double s) /* half of the rows are positive from 0.7071 on */
{
    return s * s;
}

static void
test_threshold_silent(void)
{
    guint n_loud = 0;

    g_test_summary("A threshold that is right is left alone");
    for (guint seed = 0; seed < 60; seed++) {
        g_autoptr(MadeAnalysis) made =
            made_analysis_binary(seed < 30 ? 3000 : 600, test_threshold_true, seed);

        g_assert_null(errata_analyzer_threshold.why_not(&made->analysis));
        g_assert_true(errata_analyzer_threshold.run(&made->analysis, NULL));
        n_loud += made->analysis.result->findings->len;
    }
    g_assert_cmpuint(n_loud, <=, 1);
}

static void
test_threshold_found(void)
{
    g_autoptr(MadeAnalysis) made = made_analysis_binary(40000, test_threshold_late, 1);
    const ErrataFinding *finding;

    g_test_summary("A threshold that costs errors is found near the best one, with its gain");
    g_assert_true(errata_analyzer_threshold.run(&made->analysis, NULL));
    g_assert_cmpuint(made->analysis.result->findings->len, ==, 1);
    finding = g_ptr_array_index(made->analysis.result->findings, 0);
    g_assert_cmpfloat(fabs(finding->subject.best - sqrt(0.5)), <, 0.04);
    /* errors at t: ∫_0^t s² + ∫_t^1 (1 − s²); at one half against √½: 0.2500 − 0.1953 */
    g_assert_cmpfloat(fabs(finding->delta - 0.0547), <, 0.006);
    g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_CRITICAL);
    g_assert_cmpstr(finding->subject.objective, ==, "accuracy");
}

static void
test_threshold_costs(void)
{
    g_autoptr(MadeAnalysis) made = made_analysis_binary(40000, test_threshold_true, 1);
    const ErrataFinding *finding;

    g_test_summary("With a missed positive at four times the cost the cut is near one fifth");
    made->settings.cost_false_negative = 4.0;
    g_assert_true(errata_analyzer_threshold.run(&made->analysis, NULL));
    g_assert_cmpuint(made->analysis.result->findings->len, ==, 1);
    finding = g_ptr_array_index(made->analysis.result->findings, 0);
    g_assert_cmpfloat(fabs(finding->subject.best - 0.2), <, 0.04);
    g_assert_cmpstr(finding->subject.objective, ==, "cost");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
    g_test_add_func("/threshold/silent", test_threshold_silent);
    g_test_add_func("/threshold/found", test_threshold_found);
    g_test_add_func("/threshold/costs", test_threshold_costs);
    return g_test_run();
}
