/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "intervals.h"

G_BEGIN_DECLS

/**
 * ErrataRate:
 * @n: values
 * @weight: Σ w, as large as @n where all weigh 1
 * @weight2: Σ w²
 * @sum: Σ w x
 * @square: Σ w x²
 *
 * Values with weights, as their sums: what a mean and its interval need. All zero: none yet.
 */
typedef struct {
    double n;
    double weight;
    double weight2;
    double sum;
    double square;
} ErrataRate;

/**
 * errata_rate_add:
 * @self: sums
 * @value: a loss, 0 or 1 for a share
 * @weight: 0 or more; what weighs nothing is not counted
 */
static inline void
errata_rate_add(ErrataRate *self, double value, double weight)
{
    if (!(weight > 0.0))
        return;
    self->n += 1.0;
    self->weight += weight;
    self->weight2 += weight * weight;
    self->sum += weight * value;
    self->square += weight * value * value;
}

void errata_rate_merge(ErrataRate *self, const ErrataRate *other);
ErrataRate errata_rate_minus(const ErrataRate *all, const ErrataRate *part);
void errata_rate_cluster(ErrataRate *self, double effect);
double errata_rate_mean(const ErrataRate *self);
double errata_rate_effective(const ErrataRate *self);
double errata_rate_events(const ErrataRate *self);
double errata_rate_spread(const ErrataRate *self);
ErrataInterval errata_rate_wilson(const ErrataRate *self, double level);
ErrataInterval errata_rate_newcombe(const ErrataRate *self, const ErrataRate *other, double level);

G_END_DECLS
