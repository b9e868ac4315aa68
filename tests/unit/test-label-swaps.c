/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "label-issues.h"
#include "made-analysis.h"

/* Three classes with calibrated probabilities, the likeliest predicted; labels drawn from them, or
 * @flip of the rows of class 0 labelled 1 (and of class 1 labelled 0 where @both). */
static MadeAnalysis *
swaps_log(double flip, gboolean both, guint64 seed)
{
    MadeAnalysis *self = made_analysis_new(ERRATA_TASK_MULTICLASS, 9000);
    ErrataOutcome *outcome = &self->outcome;
    ErrataRng rng = errata_rng_init(seed, 0, 0);

    outcome->probability = g_new0(double *, 3);
    for (guint k = 0; k < 3; k++)
        outcome->probability[k] = g_new0(double, outcome->n_rows);
    for (gsize i = 0; i < outcome->n_rows; i++) {
        gint32 best = (gint32)errata_rng_below(&rng, 3);
        double p = 0.7 + 0.3 * errata_rng_uniform(&rng);
        double roll = errata_rng_uniform(&rng);
        gint32 truth = best;

        for (gint32 k = 0; k < 3; k++)
            outcome->probability[k][i] = k == best ? p : (1.0 - p) / 2.0;
        if (roll >= p)
            truth = (best + (roll < p + (1.0 - p) / 2.0 ? 1 : 2)) % 3;
        outcome->predicted[i] = best;
        outcome->truth[i] = truth;
        if (errata_rng_uniform(&rng) < flip && (truth == 0 || (truth == 1 && both)))
            outcome->truth[i] = 1 - truth;
    }
    made_analysis_judge(self);
    self->schema.label = -1;
    return self;
}

static void
test_label_swaps_noise(void)
{
    g_test_summary("Errors as the probabilities expect them are no matter of two classes");
    for (guint64 seed = 1; seed <= 20; seed++) {
        g_autoptr(MadeAnalysis) self = swaps_log(0.0, FALSE, seed);

        errata_label_issues_swaps(&self->analysis);
        g_assert_cmpuint(self->analysis.result->findings->len, ==, 0);
    }
}

/* rows labelled @given that were said to be @said, counted here */
static gsize
swaps_count_rows(const MadeAnalysis *self, gint32 given, gint32 said)
{
    gsize n = 0;

    for (gsize i = 0; i < self->outcome.n_rows; i++)
        n += self->outcome.truth[i] == given && self->outcome.predicted[i] == said &&
             (self->analysis.set_aside == NULL || self->analysis.set_aside[i] == 0);
    return n;
}

static void
test_label_swaps_one_way(void)
{
    g_autoptr(MadeAnalysis) self = swaps_log(0.15, FALSE, 7);
    const ErrataFinding *finding;
    const ErrataEvidence *found, *expected;

    g_test_summary(
        "One class labelled as another: the pair, its rows, and the count it is held to");
    errata_label_issues_swaps(&self->analysis);
    g_assert_cmpuint(self->analysis.result->findings->len, ==, 1);
    finding = g_ptr_array_index(self->analysis.result->findings, 0);
    g_assert_cmpstr(finding->subject.given, ==, "yes");
    g_assert_cmpstr(finding->subject.suggested, ==, "no");
    g_assert_null(errata_finding_note(finding, "both"));
    g_assert_cmpuint(finding->n_rows, ==, swaps_count_rows(self, 1, 0));
    for (gsize i = 0; i < finding->n_rows; i++) {
        g_assert_cmpint(self->outcome.truth[finding->row[i]], ==, 1);
        g_assert_cmpint(self->outcome.predicted[finding->row[i]], ==, 0);
        g_assert_cmpfloat_with_epsilon(finding->row_score[i],
                                       self->outcome.probability[0][finding->row[i]],
                                       1e-12);
        if (i > 0)
            g_assert_cmpfloat(finding->row_score[i], <=, finding->row_score[i - 1]);
    }
    g_assert_nonnull(strstr(finding->title, "times as often as the probabilities expect"));
    /* about 3,000 × 0.15 × 0.85 wrong on purpose in both halves, 3,000 × 0.075 by chance */
    found = errata_finding_evidence(finding, "confused");
    expected = errata_finding_evidence(finding, "confused_expected");
    g_assert_cmpfloat(fabs(found->value - 300.0), <, 60.0);
    g_assert_cmpfloat(fabs(expected->value - 112.0), <, 25.0);
    g_assert_cmpfloat(finding->excess_errors, <, (double)finding->n_rows);
}

static void
test_label_swaps_both_ways(void)
{
    g_autoptr(MadeAnalysis) self = swaps_log(0.15, TRUE, 8);
    const ErrataFinding *finding;

    g_test_summary("Taken for the other in both directions is one finding with the rows of both");
    errata_label_issues_swaps(&self->analysis);
    g_assert_cmpuint(self->analysis.result->findings->len, ==, 1);
    finding = g_ptr_array_index(self->analysis.result->findings, 0);
    g_assert_nonnull(errata_finding_note(finding, "both"));
    g_assert_cmpuint(finding->n_rows,
                     ==,
                     swaps_count_rows(self, 1, 0) + swaps_count_rows(self, 0, 1));
}

static void
test_label_swaps_unforeseen(void)
{
    g_autoptr(MadeAnalysis) self = swaps_log(0.3, FALSE, 9);
    const ErrataFinding *finding;

    g_test_summary("Of errors that the probabilities rule out there is no number of times");
    for (gsize i = 0; i < self->outcome.n_rows; i++) {
        self->outcome.probability[0][i] += self->outcome.probability[1][i];
        self->outcome.probability[1][i] = 0.0;
        self->outcome.predicted[i] = self->outcome.predicted[i] == 1 ? 0
                                                                     : self->outcome.predicted[i];
    }
    made_analysis_judge(self);
    errata_label_issues_swaps(&self->analysis);
    g_assert_cmpuint(self->analysis.result->findings->len, >, 0);
    finding = g_ptr_array_index(self->analysis.result->findings, 0);
    g_assert_cmpstr(finding->subject.given, ==, "yes");
    g_assert_true(g_str_has_suffix(finding->title, "where the probabilities expect none"));
}

static void
test_label_swaps_set_aside(void)
{
    g_autoptr(MadeAnalysis) self = swaps_log(0.15, FALSE, 7);
    g_autofree guint8 *aside = g_new0(guint8, self->outcome.n_rows);
    const ErrataFinding *finding;

    g_test_summary("Rows hit by a data bug are in neither the counts nor the rows");
    for (gsize i = 0; i < self->outcome.n_rows / 3; i++)
        aside[i] = 1;
    self->analysis.set_aside = aside;
    errata_label_issues_swaps(&self->analysis);
    g_assert_cmpuint(self->analysis.result->findings->len, ==, 1);
    finding = g_ptr_array_index(self->analysis.result->findings, 0);
    g_assert_cmpuint(finding->n_rows, ==, swaps_count_rows(self, 1, 0));
    for (gsize i = 0; i < finding->n_rows; i++)
        g_assert_cmpuint(aside[finding->row[i]], ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/label-swaps/noise", test_label_swaps_noise);
    g_test_add_func("/label-swaps/one-way", test_label_swaps_one_way);
    g_test_add_func("/label-swaps/both-ways", test_label_swaps_both_ways);
    g_test_add_func("/label-swaps/unforeseen", test_label_swaps_unforeseen);
    g_test_add_func("/label-swaps/set-aside", test_label_swaps_set_aside);
    return g_test_run();
}
