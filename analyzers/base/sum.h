/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <math.h>

G_BEGIN_DECLS

/**
 * ErrataSum:
 *
 * A sum of many doubles that keeps what rounding drops (Neumaier 1974, the improved
 * Kahan–Babuška sum). Start from {0}.
 */
typedef struct {
    double sum;
    double rest;
} ErrataSum;

static inline void
errata_sum_add(ErrataSum *self, double value)
{
    double total = self->sum + value;

    self->rest += fabs(self->sum) >= fabs(value) ? (self->sum - total) + value
                                                 : (value - total) + self->sum;
    self->sum = total;
}

static inline double
errata_sum_value(const ErrataSum *self)
{
    return self->sum + self->rest;
}

#define ERRATA_SUM_BLOCK 256

/* of @n numbers: four sums side by side within blocks, what rounding drops between blocks kept */
static inline double
errata_sum_of(const double *value, gsize n)
{
    ErrataSum sum = {0};

    for (gsize begin = 0; begin < n; begin += ERRATA_SUM_BLOCK) {
        gsize end = MIN(begin + ERRATA_SUM_BLOCK, n), i = begin;
        double lane[4] = {0.0, 0.0, 0.0, 0.0};

        for (; i + 4 <= end; i += 4)
            for (guint k = 0; k < 4; k++)
                lane[k] += value[i + k];
        for (; i < end; i++)
            lane[0] += value[i];
        errata_sum_add(&sum, (lane[0] + lane[1]) + (lane[2] + lane[3]));
    }
    return errata_sum_value(&sum);
}

/* of the squared distances from @mean, likewise */
static inline double
errata_sum_squares(const double *value, gsize n, double mean)
{
    ErrataSum sum = {0};

    for (gsize begin = 0; begin < n; begin += ERRATA_SUM_BLOCK) {
        gsize end = MIN(begin + ERRATA_SUM_BLOCK, n), i = begin;
        double lane[4] = {0.0, 0.0, 0.0, 0.0};

        for (; i + 4 <= end; i += 4)
            for (guint k = 0; k < 4; k++)
                lane[k] += (value[i + k] - mean) * (value[i + k] - mean);
        for (; i < end; i++)
            lane[0] += (value[i] - mean) * (value[i] - mean);
        errata_sum_add(&sum, (lane[0] + lane[1]) + (lane[2] + lane[3]));
    }
    return errata_sum_value(&sum);
}

G_END_DECLS
