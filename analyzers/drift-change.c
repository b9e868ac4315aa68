/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The model has become worse since the baseline: by how much, and how much of it the rows explain. */
#include <math.h>

#include "drift.h"
#include "intervals.h"
#include "tests.h"
#include "words.h"

#define CHANGE_ALPHA 0.01

static void
change_because(ErrataFinding *finding, const ErrataDriftSplit *split)
{
    double change = split->loss_to - split->loss_from;
    double covariate = CLAMP(split->covariate / change, 0.0, 1.0);
    double error = split->covariate_sd / change;
    const char *const causes[] = {"covariate-shift", "concept-shift"};
    ErrataEvidence *evidence;

    if (isnan(covariate))
        return;
    for (guint i = 0; i < 2; i++) {
        ErrataShare *share = g_new0(ErrataShare, 1);

        share->value = g_strdup(causes[i]);
        share->n = split->n;
        share->rate = i == 0 ? covariate : 1.0 - covariate;
        g_ptr_array_add(finding->subject.because, share);
    }
    evidence = errata_finding_add(
        finding,
        errata_evidence_new("covariate_share",
                            "part of the rise that comes with rows unlike the baseline's",
                            covariate,
                            ERRATA_UNIT_SHARE,
                            split->n));
    evidence->lo = CLAMP(covariate - errata_intervals_z(0.95) * error, 0.0, 1.0);
    evidence->hi = CLAMP(covariate + errata_intervals_z(0.95) * error, 0.0, 1.0);
    evidence->method = g_strdup("the baseline's losses weighted by a domain classifier");
}

static ErrataEvidence *
change_add(ErrataFinding *finding,
           gboolean regression,
           const char *key,
           const char *what,
           double value,
           gsize n)
{
    return errata_finding_add(
        finding,
        errata_evidence_new(key,
                            what,
                            value,
                            regression ? ERRATA_UNIT_TARGET : ERRATA_UNIT_SHARE,
                            n));
}

/**
 * errata_drift_change:
 * @analysis: the log
 * @split: the mean losses and what explains their change
 * @n_from: rows of the baseline
 * @n_to: rows now
 *
 * One test per run: the mean loss now against the baseline's, at 0.01, one-sided.
 *
 * Returns: (transfer full) (nullable): the finding, %NULL when the loss has not risen beyond chance
 */
ErrataFinding *
errata_drift_change(const ErrataAnalysis *analysis,
                    const ErrataDriftSplit *split,
                    gsize n_from,
                    gsize n_to)
{
    gboolean regression = analysis->outcome->task == ERRATA_TASK_REGRESSION;
    double change = split->loss_to - split->loss_from;
    double p = errata_tests_normal_upper(change / split->change_sd);
    double from = regression ? split->loss_from : 1.0 - split->loss_from;
    double to = regression ? split->loss_to : 1.0 - split->loss_to;
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;
    g_autofree char *title = NULL;
    ErrataFinding *finding;
    ErrataEvidence *evidence;
    ErrataInterval interval;
    double sure;

    if (!split->known || !(change > 0.0) || !(p < CHANGE_ALPHA))
        return NULL;
    if (regression) {
        errata_words_pair(from, to, &before, &after);
    } else {
        before = errata_words_share(from, (double)NAN, (double)NAN);
        after = errata_words_share(to, (double)NAN, (double)NAN);
    }
    title = g_strdup_printf(regression ? "The mean error rose from %s to %s"
                                       : "Accuracy fell from %s to %s",
                            before,
                            after);
    finding = errata_finding_new(ERRATA_FINDING_PERFORMANCE, title);
    finding->confirmed = TRUE;
    interval = errata_intervals_normal(change, split->change_sd * split->change_sd, 0.99);
    sure = MAX(interval.lo, 0.0); /* severity by the least that the loss has risen */
    finding->severity = errata_severity_from_impact(sure / split->loss_to, regression ? 0.0 : sure);
    if (analysis->reference != NULL) /* perhaps training rows, on which any model does better */
        finding->severity = MIN(finding->severity, ERRATA_SEVERITY_MEDIUM);
    finding->rank = change / split->loss_to;
    finding->share_of_errors = finding->share_of_rows = finding->excess_errors = (double)NAN;
    finding->metric = g_strdup(regression ? "mae" : "accuracy");
    finding->delta = from - to;
    finding->summary = g_strdup(
        analysis->reference != NULL
            ? "performance · against the reference, on which the model may have learnt: medium at most"
            : "performance · against the baseline");
    finding->subject.metric = g_strdup(finding->metric);
    finding->subject.metric_from = from;
    finding->subject.metric_to = to;
    evidence = change_add(finding,
                          regression,
                          "metric_from",
                          regression ? "mean error on the baseline" : "accuracy on the baseline",
                          from,
                          n_from);
    if (analysis->reference != NULL)
        evidence->method = g_strdup("on the reference; models do better on rows they learnt from");
    evidence = change_add(finding,
                          regression,
                          "metric_to",
                          regression ? "mean error on the last rows" : "accuracy on the last rows",
                          to,
                          n_to);
    evidence->baseline = from;
    evidence->test = g_strdup("difference of means");
    evidence->p = evidence->q = p;
    evidence = change_add(finding,
                          regression,
                          "rise",
                          regression ? "rise of the mean error" : "rise of the error rate",
                          change,
                          n_to);
    evidence->lo = interval.lo;
    evidence->hi = interval.hi;
    evidence->method = g_strdup("normal, 99 %; severity by its lower end");
    change_because(finding, split);
    errata_finding_suggest(finding, "retrain", "Retrain with labelled rows from the end of the log")
        ->method = g_strdup("not computed: needs a retrained model");
    return finding;
}
