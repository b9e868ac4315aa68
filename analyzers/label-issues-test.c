/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many suspects would clean labels show? Probabilities learnt from noisy labels describe the
 * noise too, so they alone cannot tell noise from honest doubt. Two witnesses must agree that there
 * is a floor under the error: the logged score (rate of exceptions left where it is sure, against
 * its own logistic calibration) and the features (rate of exceptions among the rows that look least
 * like the class, a tenth as many as there are of other classes). The smaller of the two is
 * taken; suspects beyond what it explains are what clean labels would show. */
#include <math.h>

#include "confident.h"
#include "intervals.h"
#include "label-issues.h"
#include "noise-floor.h"
#include "sort.h"

#define TEST_ROWS         2000 /* fewer cannot show a floor */
#define TEST_ANCHOR_SHARE 0.1
#define TEST_ALPHA        0.01
#define TEST_LEAST_FLOOR  0.001

/* the logged probability of @class_index, or NaN */
static double
test_logged(const ErrataOutcome *outcome, guint32 row, guint class_index)
{
    if (outcome->probability != NULL)
        return outcome->probability[class_index][row];
    if (outcome->score != NULL && outcome->positive >= 0)
        return (guint)outcome->positive == class_index ? outcome->score[row]
                                                       : 1.0 - outcome->score[row];
    return (double)NAN;
}

/* lower limit of the rate of label @class_index where the probability of it is least */
static double
test_anchor_rate(const ErrataLabelIssues *self, guint class_index)
{
    g_autofree double *value = g_new(double, self->n);
    g_autofree guint32 *order = g_new(guint32, self->n);
    gsize n_others = 0, n_anchors;
    double hits = 0.0;

    for (gsize i = 0; i < self->n; i++) {
        value[i] = self->probability[i * self->n_classes + class_index];
        n_others += self->given[i] != (gint32)class_index ? 1 : 0;
    }
    n_anchors = (gsize)((double)n_others * TEST_ANCHOR_SHARE);
    errata_sort_doubles(value, self->n, NULL, order);
    for (gsize i = 0; i < n_anchors; i++)
        hits += self->given[order[i]] == (gint32)class_index ? 1.0 : 0.0;
    return errata_intervals_wilson(hits, (double)n_anchors, 0.95).lo;
}

/* the floor that the logged score shows, 0 where it is not significant; @ret_p falls to its p */
static double
test_score_floor(const ErrataLabelIssues *self,
                 const ErrataOutcome *outcome,
                 guint class_index,
                 double *ret_p)
{
    g_autofree double *score = g_new(double, self->n);
    g_autofree guint8 *label = g_new(guint8, self->n);
    ErrataNoiseFloor floor;
    gsize n = 0;

    for (gsize i = 0; i < self->n; i++) {
        double s = test_logged(outcome, self->row[i], class_index);

        if (isnan(s))
            continue;
        score[n] = s;
        label[n++] = self->given[i] == (gint32)class_index ? 1 : 0;
    }
    if (n < TEST_ROWS)
        return 0.0;
    floor = errata_noise_floor_fit(score, label, n);
    floor.p = MIN(floor.p * (double)self->n_classes, 1.0); /* Bonferroni over the classes */
    if (floor.p >= TEST_ALPHA)
        return 0.0;
    *ret_p = MIN(*ret_p, floor.p);
    return floor.in;
}

static void
test_floors(ErrataLabelIssues *self, const ErrataOutcome *outcome)
{
    gboolean scored = outcome->probability != NULL || outcome->score != NULL;

    if (!scored || self->n < TEST_ROWS) {
        self->why_untested = scored
                                 ? "under 2,000 labelled rows cannot show a floor of the error"
                                 : "without logged scores noise cannot be told from honest doubt";
        return;
    }
    for (guint j = 0; j < self->n_classes; j++) {
        double by_score = test_score_floor(self, outcome, j, &self->p);
        double floor = by_score > 0.0 ? MIN(by_score, test_anchor_rate(self, j)) : 0.0;

        self->floor[j] = floor >= TEST_LEAST_FLOOR ? floor : 0.0;
    }
}

/* changed labels are a floor's share of the rows of other classes; clean labels show the rest of the
 * suspects */
static void
test_excess(ErrataLabelIssues *self)
{
    double changed = 0.0;

    for (guint j = 0; j < self->n_classes; j++) {
        double others = 0.0;

        for (gsize i = 0; i < self->n; i++)
            others += self->given[i] != (gint32)j ? 1.0 : 0.0;
        changed += self->floor[j] * others;
    }
    self->excess = MIN(floor(changed + 0.5), (double)self->n_suspects);
    self->expected = (double)self->n_suspects - self->excess;
}

/**
 * errata_label_issues_test:
 * @self: rows with probabilities; suspects, ranking, expectation and excess are filled
 * @analysis: the log
 *
 * Prunes by noise rate and holds the count of suspects against that of clean labels.
 */
void
errata_label_issues_test(ErrataLabelIssues *self, const ErrataAnalysis *analysis)
{
    g_autoptr(ErrataConfident) confident =
        errata_confident_measure(self->given, self->probability, self->n, self->n_classes);

    self->n_suspects =
        errata_confident_prune(confident, self->given, self->probability, self->suggested);
    for (gsize i = 0; i < self->n; i++) {
        const double *p = self->probability + i * self->n_classes;
        double other = 0.0;

        for (guint j = 0; j < self->n_classes; j++)
            if ((gint32)j != self->given[i])
                other = MAX(other, p[j]);
        self->badness[i] = self->from_features ? 1.0 - p[self->given[i]]
                                               : 0.5 * (1.0 - p[self->given[i]] + other);
    }
    test_floors(self, analysis->outcome);
    test_excess(self);
}
