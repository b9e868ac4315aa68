/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A model whose sureness fell as its errors rose has met harder cases; it is none the worse for
 * them. */
#include "foretold.h"

#include <math.h>

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

/**
 * errata_foretold:
 * @before: earlier rows
 * @after: later rows
 *
 * The error rate that the scores of the later rows let expect, times the errors per expected one
 * among the earlier rows. Source: METHODS 1, confidence-based performance estimation.
 *
 * Returns: it; NaN where there are no probabilities, or where they were not true of the earlier
 * rows
 */
ErrataForetold
errata_foretold(const ErrataForetoldRows *before, const ErrataForetoldRows *after)
{
    ErrataForetold foretold = {(double)NAN, 0};
    ForetoldCount was, is;
    double ratio, expected, wrong;

    if (before->outcome == NULL || before->outcome->confidence == NULL ||
        after->outcome->confidence == NULL || after->outcome->task == ERRATA_TASK_REGRESSION)
        return foretold;
    was = foretold_count(before);
    is = foretold_count(after);
    if (errata_rate_effective(&was.wrong) < FORETOLD_ROWS || !(is.wrong.n > 0.0) ||
        !(was.expected.sum > 0.0))
        return foretold;
    expected = errata_rate_events(&was.expected);
    wrong = errata_rate_events(&was.wrong);
    ratio = fabs(wrong - expected) <= FORETOLD_CHANCE * sqrt(expected) ? 1.0 : wrong / expected;
    if (ratio > FORETOLD_TRUE || ratio < 1.0 / FORETOLD_TRUE)
        return foretold;
    foretold.errors = ratio * is.expected.sum / is.expected.weight;
    foretold.n = (gsize)is.expected.n;
    return foretold;
}
