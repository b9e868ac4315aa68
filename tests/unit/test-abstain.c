/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "abstain.h"
#include "made-analysis.h"

static double
test_abstain_true(double s)
{
    return s;
}

static double
test_abstain_blind(double s) /* wrong as often whatever the score */
{
    return s < 0.5 ? 0.2 : 0.8;
}

static void
test_abstain_known(void)
{
    g_autoptr(MadeAnalysis) made = made_analysis_binary(40000, test_abstain_true, 1);
    const ErrataFinding *finding;

    g_test_summary("Calibrated scores: a quarter goes to a person, the rest is wrong 18.75 %");
    g_assert_true(errata_analyzer_abstain.run(&made->analysis, NULL));
    g_assert_cmpuint(made->analysis.result->findings->len, ==, 1);
    finding = g_ptr_array_index(made->analysis.result->findings, 0);
    /* errors are 1 − confidence, 0.25 on average; those above 0.375 are left: confidence under
     * 0.625 */
    g_assert_cmpfloat_with_epsilon(finding->subject.best, 0.625, 0.03);
    g_assert_cmpfloat_with_epsilon(errata_finding_evidence(finding, "routed")->value, 0.25, 0.05);
    g_assert_cmpfloat_with_epsilon(errata_finding_evidence(finding, "cost_to")->value,
                                   0.1875,
                                   0.015);
    for (guint i = 0; i < 3; i++) {
        static const char *const shares[] = {"cost_from", "cost_to", "captured"};
        const ErrataEvidence *share = errata_finding_evidence(finding, shares[i]);

        g_assert_cmpfloat(share->lo, <, share->value);
        g_assert_cmpfloat(share->hi, >, share->value);
        g_assert_cmpfloat(share->hi - share->lo, <, 3.0 / sqrt((double)share->n));
    }
    g_assert_cmpfloat_with_epsilon(errata_finding_evidence(finding, "captured")->value,
                                   0.4375,
                                   0.06);
    g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_INFO);
    /* the figure shows both rates that the title compares, so the curve is not cropped below
     * them */
    g_assert_cmpuint(finding->figure->n_marks, ==, 2);
    g_assert_cmpfloat_with_epsilon(finding->figure->marks[0].y, 0.1875, 0.015);
    g_assert_cmpfloat_with_epsilon(finding->figure->marks[1].y, 0.25, 0.015);
    g_assert_cmpfloat_with_epsilon(finding->figure->marks[1].x, 1.0, 1e-12);
}

static void
test_abstain_weighted(void)
{
    g_autoptr(MadeAnalysis) made = made_analysis_binary(40000, test_abstain_true, 3);
    const ErrataFinding *finding;
    double sum = 0.0, wrong = 0.0;

    g_test_summary("Rows count by their weight, as in the figures above the finding");
    made->outcome.weight = g_new(double, 40000);
    for (gsize i = 0; i < 40000; i++) {
        made->outcome.weight[i] = made->outcome.score[i] > 0.5 && i % 2 == 0 ? 4.0 : 0.5;
        if (i % 2 == 0 && made->outcome.error[i] != 0)
            made->outcome.weight[i] *= 0.5;
        sum += made->outcome.weight[i];
        wrong += made->outcome.weight[i] * made->outcome.error[i];
    }
    g_assert_true(errata_analyzer_abstain.run(&made->analysis, NULL));
    g_assert_cmpuint(made->analysis.result->findings->len, ==, 1);
    finding = g_ptr_array_index(made->analysis.result->findings, 0);
    g_assert_cmpfloat_with_epsilon(errata_finding_evidence(finding, "cost_from")->value,
                                   wrong / sum,
                                   1e-9);
}

static void
test_abstain_silent(void)
{
    guint n = 0;

    g_test_summary("Confidence that knows nothing of errors is no reason to abstain");
    for (guint seed = 0; seed < 20; seed++) {
        g_autoptr(MadeAnalysis) made = made_analysis_binary(5000, test_abstain_blind, seed);

        g_assert_true(errata_analyzer_abstain.run(&made->analysis, NULL));
        n += made->analysis.result->findings->len;
    }
    g_assert_cmpuint(n, ==, 0);
}

/* a tenth of the rows is faulty and set aside: their scores say the opposite */
static void
test_abstain_faulty(void)
{
    g_autoptr(MadeAnalysis) made = made_analysis_binary(40000, test_abstain_true, 3);
    g_autofree guint8 *set_aside = g_new0(guint8, 40000);
    const ErrataFinding *finding;
    double errors = 0.0;

    g_test_summary("The gain is that of the log, faulty rows and all; those choose nothing");
    for (gsize i = 0; i < 40000; i++) {
        set_aside[i] = i % 10 == 0;
        if (set_aside[i] != 0)
            made->outcome.truth[i] = 1 - made->outcome.truth[i];
    }
    made_analysis_judge(made);
    for (gsize i = 0; i < 40000; i++)
        errors += made->outcome.error[i];
    made->analysis.set_aside = set_aside;
    g_assert_true(errata_analyzer_abstain.run(&made->analysis, NULL));
    g_assert_cmpuint(made->analysis.result->findings->len, ==, 1);
    finding = g_ptr_array_index(made->analysis.result->findings, 0);
    g_assert_cmpfloat_with_epsilon(errata_finding_evidence(finding, "cost_from")->value,
                                   errors / 40000.0,
                                   1e-9);
    g_assert_cmpuint(errata_finding_evidence(finding, "cost_from")->n, ==, 40000);
    g_assert_cmpfloat_with_epsilon(finding->subject.best, 0.625, 0.03);
    made->analysis.set_aside = NULL;
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/abstain/known", test_abstain_known);
    g_test_add_func("/abstain/weighted", test_abstain_weighted);
    g_test_add_func("/abstain/silent", test_abstain_silent);
    g_test_add_func("/abstain/faulty", test_abstain_faulty);
    return g_test_run();
}
