/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

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

static void
test_threshold_overruled(void)
{
    g_autoptr(MadeAnalysis) made = made_analysis_binary(20000, test_threshold_true, 3);

    g_test_summary("Predictions that a rule has overruled are no matter of the threshold");
    for (gsize i = 0; i < 20000; i++)
        if (i % 20 == 0)
            made->outcome.predicted[i] = 1;
    made_analysis_judge(made);
    g_assert_true(errata_analyzer_threshold.run(&made->analysis, NULL));
    g_assert_cmpuint(made->analysis.result->findings->len, ==, 0);
}

/* the cheapest cut by trying every score of the rows with @half, @half 2 meaning all */
static double
test_threshold_brute(const MadeAnalysis *made, guint half)
{
    double least = G_MAXDOUBLE, best = 0.0;
    gsize n = made->outcome.n_rows;

    for (gsize k = 0; k < n; k++) {
        double cut = made->outcome.score[k], cost = 0.0;

        if (half < 2 && made->outcome.half[k] != half)
            continue;
        for (gsize i = 0; i < n; i++)
            if (half == 2 || made->outcome.half[i] == half)
                cost += made->outcome.truth[i] != (made->outcome.score[i] >= cut ? 1 : 0);
        if (cost < least || (!(cost > least) && cut > best)) {
            least = cost;
            best = cut;
        }
    }
    return best;
}

static void
test_threshold_both_ways(void)
{
    g_autoptr(MadeAnalysis) made = made_analysis_binary(2400, test_threshold_late, 7);
    const double cut[] = {test_threshold_brute(made, 0), test_threshold_brute(made, 1)};
    const ErrataFinding *finding;
    double wrong = 0.0, saved = 0.0, found = 0.0, positives = 0.0;
    const ErrataEvidence *recall;

    g_test_summary("The gain is that of each half by the cut of the other, found by brute force");
    for (gsize i = 0; i < 2400; i++) {
        gint32 y = made->outcome.truth[i];
        gint32 moved = made->outcome.score[i] >= cut[made->outcome.half[i] == 0 ? 1 : 0] ? 1 : 0;

        wrong += moved != y ? 1.0 : 0.0;
        found += moved & y;
        positives += y;
        saved += (made->outcome.predicted[i] != y ? 1.0 : 0.0) - (moved != y ? 1.0 : 0.0);
    }
    g_assert_true(errata_analyzer_threshold.run(&made->analysis, NULL));
    g_assert_cmpuint(made->analysis.result->findings->len, ==, 1);
    finding = g_ptr_array_index(made->analysis.result->findings, 0);
    /* a cut is the shortest decimal between two scores: the same rows, save those of the other half
     * that lie between */
    g_assert_cmpfloat_with_epsilon(finding->delta, saved / 2400.0, 2.5 / 2400.0);
    g_assert_cmpfloat_with_epsilon(errata_finding_evidence(finding, "cost_to")->value,
                                   wrong / 2400.0,
                                   2.5 / 2400.0);
    g_assert_cmpfloat_with_epsilon(finding->subject.best, test_threshold_brute(made, 2), 0.003);
    recall = errata_finding_evidence(finding, "recall_to");
    g_assert_cmpfloat_with_epsilon(recall->value, found / positives, 2.5 / positives);
    g_assert_true(g_str_has_prefix(recall->method, "cross-fitted"));
}

static void
test_threshold_range(void)
{
    guint n_told = 0, n_beyond = 0;

    g_test_summary("The range told holds the cut, which may lie beyond those of the halves");
    for (guint64 seed = 1; seed <= 12; seed++) {
        g_autoptr(MadeAnalysis) made = made_analysis_binary(2400, test_threshold_late, seed);
        const double cut[] = {test_threshold_brute(made, 0), test_threshold_brute(made, 1)};
        const ErrataEvidence *best;

        g_assert_true(errata_analyzer_threshold.run(&made->analysis, NULL));
        if (made->analysis.result->findings->len == 0)
            continue;
        best = errata_finding_evidence(g_ptr_array_index(made->analysis.result->findings, 0),
                                       "best");
        g_assert_cmpfloat(best->lo, <=, best->value);
        g_assert_cmpfloat(best->value, <=, best->hi);
        n_told++;
        n_beyond += best->value < fmin(cut[0], cut[1]) - 0.003 ||
                    best->value > fmax(cut[0], cut[1]) + 0.003;
    }
    g_assert_cmpuint(n_told, >, 6);
    g_assert_cmpuint(n_beyond, >, 0);
}

static double
test_threshold_against(double s) /* the higher the score, the fewer positives; most rows are */
{
    return 0.95 - 0.8 * s * s;
}

static void
test_threshold_idle(void)
{
    g_autoptr(MadeAnalysis) made = made_analysis_binary(20000, test_threshold_against, 1);

    g_test_summary("Where scores rank the classes the wrong way round no threshold is advised");
    g_assert_true(errata_analyzer_threshold.run(&made->analysis, NULL));
    g_assert_cmpuint(made->analysis.result->findings->len, ==, 0);
}

/* a tenth of the rows is faulty and set aside: their scores say the opposite */
static void
test_threshold_faulty(void)
{
    g_autoptr(MadeAnalysis) made = made_analysis_binary(40000, test_threshold_late, 3);
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
    g_assert_true(errata_analyzer_threshold.run(&made->analysis, NULL));
    g_assert_cmpuint(made->analysis.result->findings->len, ==, 1);
    finding = g_ptr_array_index(made->analysis.result->findings, 0);
    g_assert_cmpfloat_with_epsilon(errata_finding_evidence(finding, "cost_from")->value,
                                   errors / 40000.0,
                                   1e-9);
    g_assert_cmpuint(errata_finding_evidence(finding, "cost_from")->n, ==, 40000);
    g_assert_cmpfloat(fabs(finding->subject.best - sqrt(0.5)), <, 0.04);
    made->analysis.set_aside = NULL;
}

static double
test_threshold_rare(double s) /* a seventh is positive, few rows surely */
{
    return 0.7 * s * s * s * s;
}

static double
test_threshold_never(double s) /* hardly a row is more likely positive than not */
{
    return 0.55 * s * s * s * s;
}

static void
test_threshold_recall(void)
{
    static const struct {
        double (*link)(double);
        gboolean idle; /* as good as never calling one positive */
    } cases[] = {{test_threshold_rare, FALSE}, {test_threshold_never, TRUE}};

    g_test_summary("Errors saved by finding few positives weigh little, and the words say so");
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(MadeAnalysis) made = made_analysis_binary(40000, cases[i].link, 1);
        const ErrataFinding *finding;

        g_assert_true(errata_analyzer_threshold.run(&made->analysis, NULL));
        g_assert_cmpuint(made->analysis.result->findings->len, ==, 1);
        finding = g_ptr_array_index(made->analysis.result->findings, 0);
        g_assert_cmpint(finding->severity, <=, ERRATA_SEVERITY_LOW);
        g_assert_nonnull(strstr(finding->title, "; recall goes from 9"));
        g_assert_nonnull(errata_finding_note(finding, "recall"));
        g_assert_cmpint(errata_finding_note(finding, "always") != NULL, ==, cases[i].idle);
        g_assert_cmpfloat(errata_finding_evidence(finding, "recall_to")->lo,
                          <=,
                          errata_finding_evidence(finding, "recall_to")->value);
        g_assert_cmpuint(errata_finding_evidence(finding, "recall_to")->n,
                         <,
                         errata_finding_evidence(finding, "cost_from")->n);
        g_assert_cmpfloat(errata_finding_evidence(finding, "recall_to")->value,
                          <,
                          0.5 * errata_finding_evidence(finding, "recall_from")->value);
        g_assert_cmpfloat(errata_finding_evidence(finding, "precision_to")->value,
                          >,
                          errata_finding_evidence(finding, "precision_from")->value);
    }
}

static double
test_threshold_gap(double s) /* no positive just above the cut */
{
    return s < 0.5 ? 0.1 : s < 0.6 ? 0.0 : 0.9;
}

static void
test_threshold_stays(void)
{
    g_autoptr(MadeAnalysis) made = made_analysis_binary(40000, test_threshold_gap, 1);
    const ErrataFinding *finding;

    g_test_summary(
        "A cut that finds as many positives and fewer negatives leaves the recall where it is");
    for (gsize row = 0; row < 40000; row++)
        made->outcome.score[row] = floor(100.0 * made->outcome.score[row]) / 100.0;
    g_assert_true(errata_analyzer_threshold.run(&made->analysis, NULL));
    g_assert_cmpuint(made->analysis.result->findings->len, ==, 1);
    finding = g_ptr_array_index(made->analysis.result->findings, 0);
    g_assert_nonnull(strstr(finding->title, "; recall stays at 8"));
    g_assert_null(strstr(finding->title, " from "));
}

static void
test_threshold_unlogged(void)
{
    g_autoptr(MadeAnalysis) made = made_analysis_binary(40000, test_threshold_late, 1);
    const ErrataFinding *finding;

    g_test_summary("A log without predictions has no error rate as logged: a cut of 0.5 has one");
    made->schema.prediction = -1;
    made->schema.threshold = (double)NAN;
    g_assert_true(errata_analyzer_threshold.run(&made->analysis, NULL));
    g_assert_cmpuint(made->analysis.result->findings->len, ==, 1);
    finding = g_ptr_array_index(made->analysis.result->findings, 0);
    g_assert_cmpstr(errata_finding_evidence(finding, "cost_from")->what,
                    ==,
                    "error rate at a cut of 0.5");
    g_assert_cmpfloat_with_epsilon(finding->subject.current, 0.5, 1e-12);
    g_assert_null(strstr(errata_finding_evidence(finding, "cost_to")->method, "logged"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/threshold/silent", test_threshold_silent);
    g_test_add_func("/threshold/found", test_threshold_found);
    g_test_add_func("/threshold/overruled", test_threshold_overruled);
    g_test_add_func("/threshold/costs", test_threshold_costs);
    g_test_add_func("/threshold/both-ways", test_threshold_both_ways);
    g_test_add_func("/threshold/range", test_threshold_range);
    g_test_add_func("/threshold/idle", test_threshold_idle);
    g_test_add_func("/threshold/faulty", test_threshold_faulty);
    g_test_add_func("/threshold/recall", test_threshold_recall);
    g_test_add_func("/threshold/stays", test_threshold_stays);
    g_test_add_func("/threshold/unlogged", test_threshold_unlogged);
    return g_test_run();
}
