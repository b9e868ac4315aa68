/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A model whose sureness fell as its errors rose has met harder cases; it is none the worse for them. */
#include "foretold.h"

#include <math.h>

#define FORETOLD_ROWS 200 /* earlier ones: fewer do not show whether scores can be believed */
#define FORETOLD_TRUE \
    1.25 /* times as many errors as the scores said, or as few, that are believed */
#define FORETOLD_CHANCE 2.0 /* standard deviations that are no difference */

typedef struct {
    gsize n;
    double expected; /* sum of what the scores say */
    double wrong;
} ForetoldCount;

static ForetoldCount
foretold_count(const ErrataForetoldRows *rows)
{
    const ErrataOutcome *outcome = rows->outcome;
    ForetoldCount count = {0, 0.0, 0.0};

    for (gsize i = 0; i < rows->n; i++) {
        guint32 row = rows->row[i];

        if (outcome->judged[row] == 0 || isnan(outcome->confidence[row]) ||
            (rows->aside != NULL && rows->aside[row] != 0))
            continue;
        count.n++;
        count.expected += 1.0 - outcome->confidence[row];
        count.wrong += outcome->error[row] != 0 ? 1.0 : 0.0;
    }
    return count;
}

/**
 * errata_foretold:
 * @before: earlier rows
 * @after: later rows
 *
 * The error rate that the scores of the later rows let expect, times the errors per expected one among the
 * earlier rows. Source: METHODS 1, confidence-based performance estimation.
 *
 * Returns: it; NaN where there are no probabilities, or where they were not true of the earlier rows
 */
ErrataForetold
errata_foretold(const ErrataForetoldRows *before, const ErrataForetoldRows *after)
{
    ErrataForetold foretold = {(double)NAN, 0};
    ForetoldCount was, is;
    double ratio;

    if (before->outcome == NULL || before->outcome->confidence == NULL ||
        after->outcome->confidence == NULL || after->outcome->task == ERRATA_TASK_REGRESSION)
        return foretold;
    was = foretold_count(before);
    is = foretold_count(after);
    if (was.n < FORETOLD_ROWS || is.n == 0 || !(was.expected > 0.0))
        return foretold;
    ratio = fabs(was.wrong - was.expected) <= FORETOLD_CHANCE * sqrt(was.expected)
                ? 1.0
                : was.wrong / was.expected;
    if (ratio > FORETOLD_TRUE || ratio < 1.0 / FORETOLD_TRUE)
        return foretold;
    foretold.errors = ratio * is.expected / (double)is.n;
    foretold.n = is.n;
    return foretold;
}
