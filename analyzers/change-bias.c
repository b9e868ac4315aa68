/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Regression: which way predictions have been off since a change of their error, and what taking
 * one number off them would bring. The number is the median residual of the discovery rows since,
 * the gain that of the others. */
#include "change-bias.h"

#include <math.h>

#include "bias-gain.h"
#include "intervals.h"
#include "select.h"
#include "sum.h"

#define BIAS_MOSTLY 0.6 /* of the mean error since, that its signed mean is */
#define BIAS_SURE   3.0 /* standard errors of the gain */
#define BIAS_LEAST  50  /* rows since, in either half */

/* rows in time order from @begin to @end */
typedef struct {
    double n;
    double mean; /* prediction less label */
    double off;  /* its absolute value */
    double spread;
} BiasStretch;

/* @aside: (nullable): 1 for rows that what is told of the errors leaves out */
static gboolean
bias_counts(const ErrataOutcome *outcome, const guint8 *aside, guint32 row)
{
    return (aside == NULL || aside[row] == 0) && outcome->judged[row] != 0 &&
           isfinite(outcome->predicted_value[row]) && isfinite(outcome->truth_value[row]);
}

static double
bias_residual(const ErrataOutcome *outcome, guint32 row)
{
    return outcome->predicted_value[row] - outcome->truth_value[row];
}

static BiasStretch
bias_measure(const ErrataChangeLog *log, const guint8 *aside, gsize begin, gsize end)
{
    const ErrataOutcome *outcome = log->analysis->outcome;
    ErrataSum sum = {0.0, 0.0}, off = {0.0, 0.0}, square = {0.0, 0.0};
    BiasStretch all = {0.0, 0.0, 0.0, 0.0};

    for (gsize i = begin; i < end; i++) {
        double residual;

        if (!bias_counts(outcome, aside, log->row[i]))
            continue;
        residual = bias_residual(outcome, log->row[i]);
        all.n += 1.0;
        errata_sum_add(&sum, residual);
        errata_sum_add(&off, fabs(residual));
        errata_sum_add(&square, residual * residual);
    }
    if (!(all.n > 0.0))
        return all;
    all.mean = errata_sum_value(&sum) / all.n;
    all.off = errata_sum_value(&off) / all.n;
    all.spread = sqrt(fmax(errata_sum_value(&square) / all.n - all.mean * all.mean, 0.0));
    return all;
}

/* the median residual of the discovery rows since; NaN where they are few */
static double
bias_shift(const ErrataChangeLog *log, const guint8 *aside, const ErrataChangeGroup *group)
{
    const ErrataOutcome *outcome = log->analysis->outcome;
    g_autofree double *residual = g_new(double, MAX(group->to - group->end, 1));
    const double middle = 0.5;
    double shift = (double)NAN;
    gsize n = 0;

    for (gsize i = group->end; i < group->to; i++)
        if (bias_counts(outcome, aside, log->row[i]) && outcome->half[log->row[i]] == 0)
            residual[n++] = bias_residual(outcome, log->row[i]);
    if (n >= BIAS_LEAST)
        errata_select_quantiles(residual, n, &middle, 1, &shift);
    return shift;
}

/* the gain is that of all rows, whatever befell them */
static void
bias_suggest(const ErrataChangeLog *log,
             const guint8 *aside,
             const ErrataChangeGroup *group,
             const char *when,
             ErrataFinding *finding)
{
    const ErrataOutcome *outcome = log->analysis->outcome;
    double shift = bias_shift(log, aside, group), n_since = 0.0, gain, error;
    ErrataBiasGain gained = {0};
    g_autofree char *rows = NULL;

    for (gsize i = 0; i < log->n_rows && isfinite(shift); i++) {
        gboolean since = i >= group->end && i < group->to;
        guint32 row = log->row[i];

        if (!bias_counts(outcome, NULL, row) || outcome->half[row] != 1)
            continue;
        n_since += since ? 1.0 : 0.0;
        errata_bias_gain_add(&gained, bias_residual(outcome, row), since ? shift : 0.0);
    }
    if (n_since < BIAS_LEAST)
        return;
    gain = errata_bias_gain_mean(&gained, &error);
    if (!isfinite(gain) || !isfinite(error) || !(gain > BIAS_SURE * error))
        return;
    rows = g_strdup_printf("since %s, until the cause is found", when);
    errata_bias_gain_suggest(&gained,
                             finding,
                             shift,
                             rows,
                             "median residual of the discovery rows since, gain measured on the "
                             "confirmation half");
}

/**
 * errata_change_bias_add:
 * @log: the log
 * @group: a change after which predictions are off farther
 * @when: its moment, in words
 * @finding: gets the evidence `bias_after`, prediction less label since, and a suggestion, where
 *   the error since is mostly one way; of the rows that its error rates are of
 *
 * Costs a few passes over the rows of a regression log.
 */
void
errata_change_bias_add(const ErrataChangeLog *log,
                       const ErrataChangeGroup *group,
                       const char *when,
                       ErrataFinding *finding)
{
    const ErrataOutcome *outcome = log->analysis->outcome;
    const guint8 *aside = g_strcmp0(errata_finding_note(finding, "errors-of"), "sound") == 0
                              ? log->faults->model
                              : NULL;
    BiasStretch before, after;
    ErrataInterval interval;
    ErrataEvidence *evidence;

    if (outcome->predicted_value == NULL || outcome->truth_value == NULL)
        return;
    before = bias_measure(log, aside, group->from, group->begin);
    after = bias_measure(log, aside, group->end, group->to);
    if (before.n < BIAS_LEAST || after.n < BIAS_LEAST ||
        !(fabs(after.mean) >= BIAS_MOSTLY * after.off) ||
        fabs(after.mean - before.mean) < BIAS_MOSTLY * fabs(after.mean))
        return;
    interval = errata_intervals_normal(after.mean, after.spread * after.spread / after.n, 0.95);
    evidence = errata_finding_add(finding,
                                  errata_evidence_new("bias_after",
                                                      "mean of prediction less label since",
                                                      after.mean,
                                                      ERRATA_UNIT_TARGET,
                                                      (guint64)after.n));
    evidence->baseline = before.mean;
    evidence->lo = interval.lo;
    evidence->hi = interval.hi;
    evidence->method = g_strdup("normal");
    if (!group->has_back)
        bias_suggest(log, aside, group, when, finding);
}
