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

/* adds a part that was summed elsewhere; parts are merged in a fixed order */
static inline void
errata_sum_merge(ErrataSum *self, const ErrataSum *part)
{
    errata_sum_add(self, part->sum);
    self->rest += part->rest;
}

static inline double
errata_sum_value(const ErrataSum *self)
{
    return self->sum + self->rest;
}

G_END_DECLS
