/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far off a prediction of a number is expected to be, by the number: learnt on earlier rows,
 * it tells how much of a rise of the errors came with larger numbers, a summer's demand or a
 * grown market, and is no fault that training anew would mend. */
#include "foretold-level.h"

#include <math.h>

#include "sort.h"

#define LEVEL_ROWS   100 /* of a level, at least */
#define LEVEL_SAMPLE 20000

static gboolean
level_counts(const ErrataForetoldRows *rows, guint32 row)
{
    const ErrataOutcome *outcome = rows->outcome;

    return outcome->judged[row] != 0 && !isnan(outcome->predicted_value[row]) &&
           !isnan(outcome->loss[row]) && (rows->aside == NULL || rows->aside[row] == 0) &&
           (rows->weight == NULL || rows->weight[row] > 0.0);
}

/* the power by which losses grow with predictions, between none and in proportion */
static double
level_power(const ErrataForetoldLevels *self)
{
    double x = 0.0, y = 0.0, cross = 0.0, square = 0.0;

    for (guint k = 0; k < self->n; k++) {
        if (!(self->at[k] > 0.0) || !(self->loss[k] > 0.0))
            return 0.0;
        x += log(self->at[k]) / self->n;
        y += log(self->loss[k]) / self->n;
    }
    for (guint k = 0; k < self->n; k++) {
        cross += (log(self->at[k]) - x) * (log(self->loss[k]) - y);
        square += (log(self->at[k]) - x) * (log(self->at[k]) - x);
    }
    return square > 0.0 ? CLAMP(cross / square, 0.0, 1.0) : 0.0;
}

/* the predictions that part the levels, as many rows in each */
static guint
level_edges(const ErrataForetoldRows *rows, double edge[ERRATA_FORETOLD_LEVELS])
{
    gsize step = rows->n / LEVEL_SAMPLE + 1, n = 0;
    g_autofree double *value = g_new(double, rows->n / step + 1);
    guint levels, n_edges = 0;

    for (gsize i = 0; i < rows->n; i += step)
        if (level_counts(rows, rows->row[i]))
            value[n++] = rows->outcome->predicted_value[rows->row[i]];
    levels = (guint)MIN(n * step / LEVEL_ROWS, ERRATA_FORETOLD_LEVELS);
    if (levels < 2)
        return 0;
    errata_sort_values(value, n);
    for (guint k = 1; k < levels; k++)
        if (value[n * k / levels] > (n_edges > 0 ? edge[n_edges - 1] : value[0]))
            edge[n_edges++] = value[n * k / levels];
    return n_edges;
}

/**
 * errata_foretold_levels:
 * @rows: rows of a regression
 *
 * Returns: how far off they are by what is predicted; no levels where the rows are few or all
 *   predictions are one
 */
ErrataForetoldLevels
errata_foretold_levels(const ErrataForetoldRows *rows)
{
    ErrataForetoldLevels self = {.n = 0};
    double edge[ERRATA_FORETOLD_LEVELS], weights[ERRATA_FORETOLD_LEVELS] = {0.0};
    guint n_edges;

    if (rows->outcome->predicted_value == NULL || rows->outcome->loss == NULL)
        return self;
    n_edges = level_edges(rows, edge);
    if (n_edges == 0)
        return self;
    for (gsize i = 0; i < rows->n; i++) {
        guint32 row = rows->row[i];
        double weight = rows->weight != NULL ? rows->weight[row] : 1.0;
        guint k = 0;

        if (!level_counts(rows, row))
            continue;
        while (k < n_edges && rows->outcome->predicted_value[row] >= edge[k])
            k++;
        weights[k] += weight;
        self.at[k] += weight * rows->outcome->predicted_value[row];
        self.loss[k] += weight * rows->outcome->loss[row];
    }
    for (guint k = 0; k <= n_edges; k++) {
        if (!(weights[k] > 0.0))
            continue;
        self.at[self.n] = self.at[k] / weights[k];
        self.loss[self.n++] = self.loss[k] / weights[k];
    }
    self.power = level_power(&self);
    return self;
}

/**
 * errata_foretold_level:
 * @self: levels, one at least
 * @predicted: a prediction
 *
 * Returns: how far off such a prediction is expected to be
 */
double
errata_foretold_level(const ErrataForetoldLevels *self, double predicted)
{
    guint k = 0, last = self->n - 1;
    double part;

    while (k < self->n && predicted >= self->at[k])
        k++;
    if (k == 0 || k == self->n) {
        guint end = k == 0 ? 0 : last;

        return self->power > 0.0 && predicted > 0.0
                   ? self->loss[end] * pow(predicted / self->at[end], self->power)
                   : self->loss[end];
    }
    part = (predicted - self->at[k - 1]) / (self->at[k] - self->at[k - 1]);
    return self->loss[k - 1] + part * (self->loss[k] - self->loss[k - 1]);
}
