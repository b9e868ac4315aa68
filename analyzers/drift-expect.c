/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the predictions themselves let expect of a row: the mean loss that the baseline had where it
 * was given the same prediction with a like score. It knows of rows that no row of the baseline
 * resembles, which no weighting of the baseline's rows does. */
#include "drift-expect.h"

#include <math.h>

#include "sort.h"

#define EXPECT_CLASSES 16 /* predictions told apart; the others are the last */
#define EXPECT_BINS    40
#define EXPECT_ENOUGH \
    20                 /* rows of the baseline with such a score, without which nothing was said */
#define EXPECT_ROWS 50 /* of the baseline that a cell would have if all had as many */
#define EXPECT_OTHER \
    0.02 /* of the rows of now, that say otherwise than the baseline did at such scores */
#define EXPECT_SAMPLE 4000 /* rows of a side that the edges are read from */

static double
expect_said(const ErrataOutcome *outcome, guint32 row)
{
    if (outcome->task == ERRATA_TASK_REGRESSION)
        return outcome->predicted_value != NULL ? outcome->predicted_value[row] : (double)NAN;
    if (outcome->score != NULL)
        return outcome->score[row];
    if (outcome->confidence != NULL)
        return outcome->confidence[row];
    return outcome->rank != NULL ? outcome->rank[row] : (double)NAN;
}

static gsize
expect_sample(const ErrataDriftSide *side, double *ret_value)
{
    gsize step = side->n / EXPECT_SAMPLE + 1;
    gsize n = 0;

    for (gsize i = 0; i < side->n; i += step) {
        double value = expect_said(side->outcome, side->row[i]);

        if (!isnan(value))
            ret_value[n++] = value;
    }
    return n;
}

/* edges by the quantiles of both sides, so that either has cells where it has rows */
static void
expect_learn_edges(ErrataDriftExpect *self, const ErrataDriftSide *from, const ErrataDriftSide *to)
{
    guint classes = CLAMP(from->outcome->n_classes, 1, EXPECT_CLASSES);
    guint bins = (guint)CLAMP(from->n / (EXPECT_ROWS * (gsize)classes), 4, EXPECT_BINS);
    g_autofree double *value = g_new(double, (gsize)2 * (EXPECT_SAMPLE + 1));
    gsize n = expect_sample(from, value);

    n += expect_sample(to, value + n);
    errata_sort_values(value, n);
    for (guint b = 1; n > 0 && b < bins; b++) {
        double edge = value[n * b / bins];

        if (edge > value[0] && (self->n_edges == 0 || edge > self->edge[self->n_edges - 1]))
            self->edge[self->n_edges++] = edge;
    }
}

/* the mean loss of a cell; without rows that of the nearest with the same prediction, else of
 * all */
static double
expect_mean(const ErrataDriftExpect *self, guint cell, const double *sum, double mean)
{
    guint bins = self->n_edges + 2;
    guint first = cell / bins * bins;

    for (guint reach = 0; reach < bins; reach++)
        for (guint side = 0; side < 2; side++) {
            guint other = side == 0 ? cell - reach : cell + reach;

            if (other >= first && other < first + bins && self->n[other] > 0.0)
                return sum[other] / self->n[other];
        }
    return mean;
}

/* whether another rule makes classes of scores now: the baseline had such scores, and never said
 * this of them. What its rows of either prediction lost tells nothing of these then */
static gboolean
expect_is_other_rule(const ErrataDriftExpect *self, const ErrataDriftSide *to)
{
    guint bins = self->n_edges + 2;
    gsize n = 0;

    if (to->outcome->score == NULL || to->n == 0 || !(self->total > 0.0))
        return FALSE;
    for (gsize i = 0; i < to->n; i++) {
        guint cell = errata_drift_expect_cell(self, to, to->row[i]);
        double others = 0.0;

        for (guint class = 0; self->n[cell] <= 0.0 && class <= EXPECT_CLASSES; class ++)
            others += self->n[class * bins + cell % bins];
        n += others >= EXPECT_ENOUGH;
    }
    return (double)n >= EXPECT_OTHER * (double)to->n;
}

/* all rows are alike */
static void
expect_forget(ErrataDriftExpect *self, double mean)
{
    self->one = TRUE;
    self->n_edges = 0;
    self->n_cells = 1;
    self->n[0] = self->total;
    self->loss[0] = mean;
}

/**
 * errata_drift_expect_new:
 * @from: the baseline, with losses
 * @to: now, with predictions
 *
 * Returns: (transfer full) (nullable): expected loss by prediction and score; %NULL where a side
 * has no
 *   outcome or the baseline no losses
 */
ErrataDriftExpect *
errata_drift_expect_new(const ErrataDriftSide *from, const ErrataDriftSide *to)
{
    ErrataDriftExpect *self;
    g_autofree double *sum = NULL;
    double all = 0.0;

    if (from->outcome == NULL || to->outcome == NULL || from->outcome->loss == NULL)
        return NULL;
    self = g_new0(ErrataDriftExpect, 1);
    self->edge = g_new(double, EXPECT_BINS);
    expect_learn_edges(self, from, to);
    self->n_cells = (EXPECT_CLASSES + 1) * (self->n_edges + 2);
    self->n = g_new0(double, self->n_cells);
    self->loss = g_new(double, self->n_cells);
    sum = g_new0(double, self->n_cells);
    for (gsize i = 0; i < from->n; i++) {
        double loss = from->outcome->loss[from->row[i]];
        double own = errata_outcome_weight(from->outcome, from->row[i]);
        guint cell;

        if (isnan(loss))
            continue;
        cell = errata_drift_expect_cell(self, from, from->row[i]);
        self->n[cell] += own;
        self->total += own;
        sum[cell] += own * loss;
        all += own * loss;
    }
    for (guint cell = 0; cell < self->n_cells; cell++)
        self->loss[cell] =
            expect_mean(self, cell, sum, self->total > 0.0 ? all / self->total : 0.0);
    if (expect_is_other_rule(self, to))
        expect_forget(self, all / self->total);
    return self;
}

/**
 * errata_drift_expect_cell:
 * @side: of either side
 * @row: a row of its outcome
 *
 * Returns: the cell of its prediction and score, under @self's number of cells
 */
guint
errata_drift_expect_cell(const ErrataDriftExpect *self, const ErrataDriftSide *side, guint32 row)
{
    double value = expect_said(side->outcome, row);
    gint32 class = side->outcome->predicted != NULL ? side->outcome->predicted[row] : -1;
    guint lo = 0;

    if (self->one)
        return 0;
    for (guint n = self->n_edges, half; n > 0; n -= half) { /* no branch depends on the value */
        half = (n + 1) / 2;
        lo += half & (0U - (guint)(value >= self->edge[lo + half - 1]));
    }
    if (isnan(value))
        lo = self->n_edges + 1;
    return (guint)CLAMP(class + 1, 0, EXPECT_CLASSES) * (self->n_edges + 2) + lo;
}

void
errata_drift_expect_free(ErrataDriftExpect *self)
{
    g_free(self->edge);
    g_free(self->n);
    g_free(self->loss);
    g_free(self);
}
