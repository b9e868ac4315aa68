/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A model whose sureness fell as its errors rose has met harder cases, and so has one that predicts
 * larger numbers where it is further off with these; it is none the worse for them. */
#include "foretold.h"

#include <math.h>

#include "foretold-level.h"
#include "rate.h"

#define FORETOLD_ROWS 200 /* earlier ones: fewer do not show whether scores can be believed */
#define FORETOLD_TRUE \
    1.25 /* times as many errors as the scores said, or as few, that are believed */
#define FORETOLD_CHANCE 2.0 /* standard deviations that are no difference */

typedef struct {
    ErrataRate expected; /* what the scores say */
    ErrataRate wrong;
} ForetoldCount;

static ForetoldCount
foretold_count(const ErrataForetoldRows *rows)
{
    const ErrataOutcome *outcome = rows->outcome;
    ForetoldCount count = {.expected = {.n = 0.0}};

    for (gsize i = 0; i < rows->n; i++) {
        guint32 row = rows->row[i];
        double weight = rows->weight != NULL ? rows->weight[row] : 1.0;

        if (outcome->judged[row] == 0 || isnan(outcome->confidence[row]) ||
            (rows->aside != NULL && rows->aside[row] != 0))
            continue;
        errata_rate_add(&count.expected, 1.0 - outcome->confidence[row], weight);
        errata_rate_add(&count.wrong, outcome->error[row], weight);
    }
    return count;
}

/* errors per expected one among the rows; NaN where the scores are not true of them */
static double
foretold_ratio(const ErrataForetoldRows *rows)
{
    ForetoldCount was = foretold_count(rows);
    double ratio, expected, wrong;

    if (errata_rate_effective(&was.wrong) < FORETOLD_ROWS || !(was.expected.sum > 0.0))
        return (double)NAN;
    expected = errata_rate_events(&was.expected);
    wrong = errata_rate_events(&was.wrong);
    ratio = fabs(wrong - expected) <= FORETOLD_CHANCE * sqrt(expected) ? 1.0 : wrong / expected;
    return ratio > FORETOLD_TRUE || ratio < 1.0 / FORETOLD_TRUE ? (double)NAN : ratio;
}

/**
 * errata_foretold_losses:
 * @before: earlier rows
 * @rows: others, or the same
 *
 * What is expected of each of @rows: the chance of an error by its score, times the errors per
 * expected one among the earlier rows; of a number how far off earlier rows with such a prediction
 * were. Source: METHODS 1, confidence-based performance estimation.
 *
 * Returns: (transfer full) (nullable) (array): by place in @rows, NaN where nothing is expected;
 *   %NULL where there are no probabilities, or where they were not true of the earlier rows
 */
double *
errata_foretold_losses(const ErrataForetoldRows *before, const ErrataForetoldRows *rows)
{
    g_autofree double *loss = NULL;
    ErrataForetoldLevels levels = {.n = 0};
    double ratio = (double)NAN;
    gboolean regression;

    if (before->outcome == NULL || rows->outcome == NULL)
        return NULL;
    regression = before->outcome->task == ERRATA_TASK_REGRESSION;
    if (regression)
        levels = errata_foretold_levels(before);
    else if (before->outcome->confidence != NULL && rows->outcome->confidence != NULL)
        ratio = foretold_ratio(before);
    if (regression ? levels.n == 0 || rows->outcome->predicted_value == NULL : isnan(ratio))
        return NULL;
    loss = g_new(double, rows->n + 1);
    for (gsize i = 0; i < rows->n; i++) {
        guint32 row = rows->row[i];

        loss[i] = rows->outcome->judged[row] == 0 || (rows->aside != NULL && rows->aside[row] != 0)
                      ? (double)NAN
                  : regression ? errata_foretold_level(&levels, rows->outcome->predicted_value[row])
                               : ratio * (1.0 - rows->outcome->confidence[row]);
    }
    return g_steal_pointer(&loss);
}

/**
 * errata_foretold:
 * @before: earlier rows
 * @after: later rows
 *
 * Returns: the mean of errata_foretold_losses() over the later rows, by what these count for; NaN
 *   where nothing is expected
 */
ErrataForetold
errata_foretold(const ErrataForetoldRows *before, const ErrataForetoldRows *after)
{
    ErrataForetold foretold = {(double)NAN, 0};
    g_autofree double *loss = errata_foretold_losses(before, after);
    double sum = 0.0, weights = 0.0;

    for (gsize i = 0; loss != NULL && i < after->n; i++) {
        double weight = after->weight != NULL ? after->weight[after->row[i]] : 1.0;

        if (isnan(loss[i]) || !(weight > 0.0))
            continue;
        sum += weight * loss[i];
        weights += weight;
        foretold.n++;
    }
    if (weights > 0.0)
        foretold.errors = sum / weights;
    return foretold;
}

/**
 * errata_foretold_evidence:
 * @foretold: what is expected
 * @of: the rows it is expected of, in words: `since`
 * @regression: of numbers
 *
 * Returns: (transfer full): the evidence `foretold`
 */
ErrataEvidence *
errata_foretold_evidence(const ErrataForetold *foretold, const char *of, gboolean regression)
{
    g_autofree char *what = g_strdup_printf(regression
                                                ? "mean absolute error %s, expected from what is "
                                                  "predicted"
                                                : "error rate %s, expected from the scores",
                                            of);
    ErrataEvidence *evidence = errata_evidence_new("foretold",
                                                   what,
                                                   foretold->errors,
                                                   regression ? ERRATA_UNIT_TARGET
                                                              : ERRATA_UNIT_SHARE,
                                                   foretold->n);

    evidence->method =
        g_strdup(regression ? "mean absolute error of earlier rows with such a prediction"
                            : "mean of 1 − the probability of the predicted class, times the "
                              "errors per expected one before");
    return evidence;
}
