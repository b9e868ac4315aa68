/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two classes that are taken for one another far more often than their probabilities tell: labels
 * that were swapped, or a model that cannot part the two and does not know. For each ordered pair,
 * errors against what the logged probabilities expect where the second class is predicted, scaled
 * so that all other pairs together expect as many errors as there are: a model too sure of itself
 * everywhere is no matter of two classes. Found on the discovery half, tested on the other. */
#include <math.h>

#include "intervals.h"
#include "label-issues.h"
#include "metrics.h"
#include "row-cost.h"
#include "sort.h"
#include "tests.h"
#include "words.h"

#define SWAPS_CLASSES 64
#define SWAPS_LIFT    2.0  /* errors over those expected */
#define SWAPS_EXCESS  0.03 /* of all errors */
#define SWAPS_LEAST   20   /* errors of a pair in either half */
#define SWAPS_MOST    3    /* findings */

typedef struct {
    guint k;
    double *observed[2]; /* per half, k × k: [truth][predicted] */
    double *expected[2];
    double errors[2];
} Swaps;

typedef struct {
    guint given;
    guint said;
    double observed;
    double expected;
    double p;
    gboolean both; /* the other way round as well */
} SwapsPair;

static gboolean
swaps_is_used(const ErrataAnalysis *analysis, gsize row)
{
    return analysis->outcome->judged[row] != 0 &&
           (analysis->set_aside == NULL || analysis->set_aside[row] == 0);
}

static void
swaps_count(Swaps *self, const ErrataAnalysis *analysis)
{
    const ErrataOutcome *outcome = analysis->outcome;

    for (guint h = 0; h < 2; h++) {
        self->observed[h] = g_new0(double, (gsize)self->k * self->k);
        self->expected[h] = g_new0(double, (gsize)self->k * self->k);
    }
    for (gsize row = 0; row < outcome->n_rows; row++) {
        guint h = outcome->half[row] != 0 ? 1 : 0;
        gsize said = (gsize)outcome->predicted[row];
        gboolean known = TRUE;

        if (!swaps_is_used(analysis, row))
            continue;
        for (guint c = 0; c < self->k && known; c++)
            known = !isnan(outcome->probability[c][row]);
        for (guint c = 0; c < self->k && known; c++)
            if (c != said)
                self->expected[h][(gsize)c * self->k + said] += outcome->probability[c][row];
        if (!known || outcome->error[row] == 0)
            continue;
        self->observed[h][(gsize)outcome->truth[row] * self->k + said] += 1.0;
        self->errors[h] += 1.0;
    }
}

/* as many errors expected in all pairs of other classes as there are in them */
static double
swaps_scale(const Swaps *self, guint h, gsize pair)
{
    gsize back = pair % self->k * self->k + pair / self->k;
    double observed = 0.0, expected = 0.0;

    for (gsize i = 0; i < (gsize)self->k * self->k; i++)
        if (i != pair && i != back) {
            observed += self->observed[h][i];
            expected += self->expected[h][i];
        }
    return expected > 0.0 ? MAX(observed / expected, 1.0) : 1.0;
}

static gboolean
swaps_is_far(const Swaps *self, guint h, gsize pair, double *ret_expected)
{
    double observed = self->observed[h][pair];

    *ret_expected = self->expected[h][pair] * swaps_scale(self, h, pair);
    return observed >= SWAPS_LEAST && observed >= SWAPS_LIFT * *ret_expected &&
           observed - *ret_expected >= SWAPS_EXCESS * self->errors[h];
}

static gboolean
swaps_has_row(const ErrataAnalysis *analysis, const SwapsPair *pair, gsize row)
{
    const ErrataOutcome *outcome = analysis->outcome;
    int given = (int)pair->given, said = (int)pair->said;

    if (!swaps_is_used(analysis, row) || outcome->error[row] == 0)
        return FALSE;
    return (outcome->truth[row] == given && outcome->predicted[row] == said) ||
           (pair->both && outcome->truth[row] == said && outcome->predicted[row] == given);
}

/* the rows of a pair, those the model was surest of first */
static void
swaps_add_rows(const ErrataAnalysis *analysis, const SwapsPair *pair, ErrataFinding *finding)
{
    const ErrataOutcome *outcome = analysis->outcome;

    finding->row = g_new(guint32, outcome->n_errors + 1);
    finding->row_score = g_new(double, outcome->n_errors + 1);
    for (gsize row = 0; row < outcome->n_rows; row++) {
        double p;

        if (!swaps_has_row(analysis, pair, row))
            continue;
        p = outcome->probability[outcome->predicted[row]][row];
        finding->row[finding->n_rows] = (guint32)row;
        finding->row_score[finding->n_rows++] = isnan(p) ? 0.0 : -p;
    }
    errata_sort_payload(finding->row_score,
                        finding->row,
                        finding->n_rows,
                        finding->row_score,
                        finding->row);
    for (gsize i = 0; i < finding->n_rows; i++)
        finding->row_score[i] = 0.0 - finding->row_score[i];
    finding->share_of_rows = (double)finding->n_rows / MAX((double)outcome->n_rows, 1.0);
}

static void
swaps_add_evidence(const SwapsPair *pair, double n_errors, guint n_tried, ErrataFinding *finding)
{
    ErrataEvidence *evidence =
        errata_finding_add(finding,
                           errata_evidence_new("confused",
                                               "such errors on the half that was not searched",
                                               pair->observed,
                                               ERRATA_UNIT_COUNT,
                                               (guint64)n_errors));

    evidence->baseline = pair->expected;
    evidence->test = g_strdup("Poisson, one-sided, against what the probabilities expect");
    evidence->p = pair->p;
    evidence->q = MIN(pair->p * n_tried, 1.0);
    errata_finding_add(finding,
                       errata_evidence_new("confused_expected",
                                           "as many as the probabilities expect, scaled to the "
                                           "errors of all other pairs",
                                           pair->expected,
                                           ERRATA_UNIT_COUNT,
                                           (guint64)n_errors));
}

static void
swaps_report(ErrataAnalysis *analysis, const SwapsPair *pair, double n_errors, guint n_tried)
{
    const ErrataSchema *schema = analysis->schema;
    double ratio = pair->observed / MAX(pair->expected, 0.5);
    double part = 1.0 - MIN(pair->expected / pair->observed, 1.0);
    /* of two Poisson counts, as in the test */
    double half = errata_intervals_z(ERRATA_METRICS_LEVEL) * ratio *
                  sqrt(1.0 / pair->observed + 1.0 / MAX(pair->expected, 0.5));
    g_autofree char *times = errata_words_times(ratio, ratio - half, ratio + half);
    g_autofree char *expected = llround(pair->expected) > 0
                                    ? g_strdup_printf("%s as often as the probabilities expect",
                                                      times)
                                    : g_strdup("where the probabilities expect none");
    ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_LABEL_ISSUE, "");
    g_autofree char *count = NULL;
    g_autofree char *text = NULL;
    ErrataSuggestion *suggestion;
    ErrataRowCost cost;
    ErrataRate all;

    swaps_add_rows(analysis, pair, finding);
    count = errata_words_counted(finding->n_rows, "row", "rows");
    g_free(finding->title);
    finding->title = g_strdup_printf(pair->both ? "%s of %s and %s are taken for the other, %s"
                                                : "%s labelled %s but predicted %s, %s",
                                     count,
                                     schema->classes[pair->given],
                                     schema->classes[pair->said],
                                     expected);
    finding->summary = g_strdup_printf("labels · %s", count);
    finding->confirmed = TRUE;
    cost = errata_row_cost_measure(analysis, finding->row, finding->n_rows);
    all = cost.in;
    errata_rate_merge(&all, &cost.out);
    finding->share_of_errors = errata_row_cost_share(&cost);
    finding->excess_errors = rint(part * (double)finding->n_rows);
    finding->metric = g_strdup("accuracy");
    finding->delta = finding->rank =
        finding->excess_errors *
        errata_row_cost_worth(analysis->outcome, finding->row, finding->n_rows) / all.weight;
    finding->severity = errata_severity_from_impact(finding->share_of_errors * part,
                                                    finding->delta);
    if (schema->label >= 0)
        finding->subject.column = g_strdup(analysis->frame->columns[schema->label]->name);
    finding->subject.given = g_strdup(schema->classes[pair->given]);
    finding->subject.suggested = g_strdup(schema->classes[pair->said]);
    finding->subject.direction = g_strdup(pair->both ? "both" : "one-way");
    g_ptr_array_add(finding->notes, g_strdup("swap=yes"));
    if (pair->both)
        g_ptr_array_add(finding->notes, g_strdup("both=yes"));
    swaps_add_evidence(pair, n_errors, n_tried, finding);
    text = g_strdup_printf("Have a person look at the %s labelled %s and predicted %s: either the "
                           "labels are swapped, or the model cannot part the two",
                           count,
                           schema->classes[pair->given],
                           schema->classes[pair->said]);
    suggestion = errata_finding_suggest(finding, "relabel", text);
    suggestion->metric = g_strdup("accuracy");
    suggestion->from = 1.0 - errata_rate_mean(&all);
    suggestion->to = suggestion->from + finding->delta;
    suggestion->lo = 0.0;
    suggestion->hi = finding->delta;
    suggestion->upper_bound = TRUE;
    suggestion->method = g_strdup("if all of them beyond the expected were labels swapped");
    errata_case_add_finding(analysis->result, finding);
}

/* a pair found in both directions is one */
static guint
swaps_join(SwapsPair *pairs, guint n)
{
    for (guint i = 0; i < n; i++)
        for (guint j = i + 1; j < n; j++) {
            if (pairs[i].given != pairs[j].said || pairs[i].said != pairs[j].given)
                continue;
            pairs[i].observed += pairs[j].observed;
            pairs[i].expected += pairs[j].expected;
            pairs[i].p = MIN(pairs[i].p, pairs[j].p);
            pairs[i].both = TRUE;
            pairs[j] = pairs[--n];
        }
    return n;
}

/* whether labels found wrong by their features are mostly of this pair: then all is told */
static gboolean
swaps_is_told(const ErrataAnalysis *analysis, const SwapsPair *pair)
{
    const GPtrArray *findings = analysis->result->findings;

    for (guint i = 0; i < findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(findings, i);

        if (finding->kind == ERRATA_FINDING_LABEL_ISSUE &&
            finding->severity >= ERRATA_SEVERITY_MEDIUM &&
            g_strcmp0(finding->subject.given, analysis->schema->classes[pair->given]) == 0 &&
            g_strcmp0(finding->subject.suggested, analysis->schema->classes[pair->said]) == 0)
            return TRUE;
    }
    return FALSE;
}

/**
 * errata_label_issues_swaps:
 * @analysis: a log of more than two classes with their probabilities; gets findings
 *
 * Adds a finding for each of at most three pairs of classes that are confused far more often than
 * the probabilities expect. Complexity: rows × classes.
 */
void
errata_label_issues_swaps(ErrataAnalysis *analysis)
{
    const ErrataOutcome *outcome = analysis->outcome;
    Swaps self = {.k = outcome->n_classes};
    SwapsPair pairs[SWAPS_MOST];
    guint n = 0, n_tried = 0;

    if (outcome->n_classes < 3 || outcome->n_classes > SWAPS_CLASSES ||
        outcome->probability == NULL || outcome->predicted == NULL || outcome->n_errors == 0)
        return;
    swaps_count(&self, analysis);
    for (gsize pair = 0; pair < (gsize)self.k * self.k; pair++) {
        SwapsPair tried = {.given = (guint)(pair / self.k), .said = (guint)(pair % self.k)};
        double expected;

        if (swaps_is_told(analysis, &tried) || !swaps_is_far(&self, 0, pair, &expected))
            continue;
        n_tried++;
        tried.observed = self.observed[1][pair];
        if (n == SWAPS_MOST || !swaps_is_far(&self, 1, pair, &tried.expected))
            continue;
        /* two Poisson counts, one of them the expectation with as much error of its own */
        tried.p = errata_tests_normal_upper((tried.observed - tried.expected) /
                                            sqrt(MAX(2.0 * tried.expected, 1.0)));
        if (tried.p * self.k * self.k < analysis->settings->alpha)
            pairs[n++] = tried;
    }
    n = swaps_join(pairs, n);
    for (guint i = 0; i < n; i++)
        swaps_report(analysis, &pairs[i], self.errors[1], n_tried);
    errata_case_tried(analysis->result, "label-issues", n_tried);
    for (guint h = 0; h < 2; h++) {
        g_free(self.observed[h]);
        g_free(self.expected[h]);
    }
}
