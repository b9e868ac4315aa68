/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The estimate says that predictions have become worse: one test per run, told as an estimate. */
#include <math.h>
#include <string.h>

#include "estimate.h"
#include "interval-note.h"
#include "tests.h"
#include "words.h"

#define FALL_ALPHA   0.01
#define FALL_POINTS  0.003 /* of accuracy that is worth telling */
#define FALL_SHARE   0.03  /* of the mean error likewise */
#define FALL_OUTSIDE 0.05  /* of the rows of a kind never seen: the estimate is a guess there */

/* the estimate against what was measured on its source; positive is worse */
typedef struct {
    gboolean numbers;
    double from, from_sd;
    double to, to_sd;
    double worse;
    double p;
    guint64 n_from, n_to;
    ErrataInterval interval;
} Fall;

static double
fall_sd(double lo, double hi, double z)
{
    return (hi - lo) / 2.0 / z;
}

static gboolean
fall_measure(const ErrataAnalysis *analysis, const ErrataEstimateSource *source, Fall *fall)
{
    const ErrataEstimate *estimate = analysis->result->performance.estimate;
    const ErrataMetric *now = errata_case_metric(analysis->result, estimate->metric);
    double z = errata_intervals_z(ERRATA_METRICS_LEVEL);
    const ErrataMetricValue *then;
    double sd;

    fall->numbers = strcmp(estimate->method, "DLE") == 0;
    then = errata_metrics_find(source->measured, fall->numbers ? "mae" : "accuracy", -1);
    if (now == NULL || then == NULL || isnan(now->value) || isnan(then->value))
        return FALSE;
    fall->from = then->value;
    fall->n_from = then->n;
    fall->from_sd = fall_sd(then->interval.lo, then->interval.hi, z);
    fall->to = now->value;
    fall->n_to = now->n;
    fall->to_sd = fall_sd(now->lo, now->hi, fall->numbers ? 3.0 : z);
    fall->worse = fall->numbers ? fall->to - fall->from : fall->from - fall->to;
    /* the source's scatter counts twice: it is compared with, and it is in that of what was learnt
     * from it */
    sd = sqrt(fall->from_sd * fall->from_sd + fall->to_sd * fall->to_sd);
    fall->p = errata_tests_normal_upper(fall->worse / sd);
    fall->interval = errata_intervals_normal(fall->worse, sd * sd, 0.99);
    return fall->p < FALL_ALPHA &&
           fall->worse >= (fall->numbers ? FALL_SHARE * fall->from : FALL_POINTS);
}

static ErrataEvidence *
fall_add(ErrataFinding *finding,
         const Fall *fall,
         const char *key,
         const char *what,
         double value,
         guint64 n)
{
    return errata_finding_add(
        finding,
        errata_evidence_new(key,
                            what,
                            value,
                            fall->numbers ? ERRATA_UNIT_TARGET : ERRATA_UNIT_SHARE,
                            n));
}

static void
fall_add_evidence(const ErrataAnalysis *analysis, ErrataFinding *finding, const Fall *fall)
{
    const ErrataEstimate *estimate = analysis->result->performance.estimate;
    const ErrataMetric *now = errata_case_metric(analysis->result, estimate->metric);
    ErrataEvidence *evidence;

    evidence = fall_add(finding,
                        fall,
                        "metric_to",
                        fall->numbers ? "estimated mean absolute error" : "estimated accuracy",
                        fall->to,
                        fall->n_to);
    evidence->lo = now->lo;
    evidence->hi = now->hi;
    evidence->baseline = fall->from;
    evidence->test = g_strdup("estimate against measured, normal");
    evidence->p = evidence->q = fall->p;
    evidence->method = g_strdup_printf("%s from %s", estimate->method, estimate->source);
    fall_add(finding,
             fall,
             "metric_from",
             fall->numbers ? "mean absolute error measured on the reference"
                           : "accuracy measured on the reference",
             fall->from,
             fall->n_from);
    evidence = fall_add(finding,
                        fall,
                        "rise",
                        fall->numbers ? "estimated rise of the mean absolute error"
                                      : "estimated rise of the error rate",
                        fall->worse,
                        fall->n_to);
    evidence->lo = fall->interval.lo;
    evidence->hi = fall->interval.hi;
    errata_interval_note_set(finding, evidence, ERRATA_INTERVAL_NOTE_SURE);
    evidence->method = g_strdup("normal, 99 %; severity by its lower end");
    if (!isnan(estimate->outside))
        errata_finding_add(finding,
                           errata_evidence_new("outside",
                                               "share of rows outside the reference’s range",
                                               estimate->outside,
                                               ERRATA_UNIT_SHARE,
                                               analysis->frame->n_rows));
    if (estimate->n_chunks > 0)
        errata_finding_add(finding,
                           errata_evidence_new("alerts",
                                               "windows beyond three standard deviations of the "
                                               "reference’s chunks",
                                               estimate->n_alerts,
                                               ERRATA_UNIT_COUNT,
                                               fall->n_to));
}

/* graded as a fall that labels show, one step down for each reason to doubt the estimate */
static ErrataSeverity
fall_severity(const ErrataAnalysis *analysis, const Fall *fall)
{
    const ErrataEstimate *estimate = analysis->result->performance.estimate;
    double sure = fmax(fall->interval.lo, 0.0);
    double worst = fall->numbers ? fall->to : 1.0 - fall->to;
    ErrataSeverity severity = errata_severity_from_impact(sure / worst, fall->numbers ? 0.0 : sure);

    return MIN(severity,
               estimate->outside > FALL_OUTSIDE ? ERRATA_SEVERITY_MEDIUM : ERRATA_SEVERITY_HIGH);
}

/**
 * errata_estimate_fall:
 * @analysis: a log whose performance was estimated
 * @source: what the estimate was learnt from
 *
 * One test per run, at 0.01, one-sided: the estimate against what was measured on the reference.
 *
 * Returns: (transfer full) (nullable): the finding; %NULL when there is no reference, when labels
 *   tell by themselves, or when nothing has become worse beyond chance
 */
ErrataFinding *
errata_estimate_fall(const ErrataAnalysis *analysis, const ErrataEstimateSource *source)
{
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;
    g_autofree char *title = NULL;
    ErrataFinding *finding;
    Fall fall = {0};

    if (source->judged == NULL || source->own ||
        analysis->outcome->n_judged >= ERRATA_ESTIMATE_MIN_SOURCE ||
        !fall_measure(analysis, source, &fall))
        return NULL;
    if (fall.numbers) {
        errata_words_pair(fall.from, fall.to, &before, &after);
    } else {
        before = errata_words_share(fall.from, (double)NAN, (double)NAN);
        after = errata_words_share(fall.to, (double)NAN, (double)NAN);
    }
    title = g_strdup_printf(fall.numbers
                                ? "The mean absolute error has probably risen from %s to %s"
                                : "Accuracy has probably fallen from %s to %s",
                            before,
                            after);
    finding = errata_finding_new(ERRATA_FINDING_PERFORMANCE, title);
    finding->severity = fall_severity(analysis, &fall);
    finding->rank = fall.worse / (fall.numbers ? fall.to : 1.0 - fall.to);
    finding->share_of_errors = finding->excess_errors = (double)NAN;
    finding->share_of_rows = 1.0;
    finding->metric = g_strdup(fall.numbers ? "mae" : "accuracy");
    finding->delta = fall.numbers ? -fall.worse : fall.worse;
    finding->summary = g_strdup("performance · estimated without labels, against the reference");
    finding->subject.metric = g_strdup(finding->metric);
    finding->subject.metric_from = fall.from;
    finding->subject.metric_to = fall.to;
    g_ptr_array_add(finding->notes, g_strdup("estimate=yes"));
    fall_add_evidence(analysis, finding, &fall);
    errata_finding_suggest(finding,
                           "collect-data",
                           "Label a few hundred of the newest rows at random, and see whether the "
                           "estimate holds")
        ->method = g_strdup("not computed: labels tell, they do not mend");
    return finding;
}
