/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Means of weighted rows. A weighted mean is as sure as that of Kish's effective number of rows,
 * (Σ w)² / Σ w²; where all weigh the same it is their number. */
#include "rate.h"

#include <math.h>

/**
 * errata_rate_merge:
 * @self: gets the values of @other besides its own
 * @other: other values
 */
void
errata_rate_merge(ErrataRate *self, const ErrataRate *other)
{
    self->n += other->n;
    self->weight += other->weight;
    self->weight2 += other->weight2;
    self->sum += other->sum;
    self->square += other->square;
}

/**
 * errata_rate_minus:
 * @all: values
 * @part: some of them
 *
 * Returns: the others
 */
ErrataRate
errata_rate_minus(const ErrataRate *all, const ErrataRate *part)
{
    if (all->n <= part->n) /* what rounding leaves of the sums is nothing */
        return (ErrataRate){0.0, 0.0, 0.0, 0.0, 0.0};
    return (ErrataRate){all->n - part->n,
                        all->weight - part->weight,
                        all->weight2 - part->weight2,
                        all->sum - part->sum,
                        all->square - part->square};
}

/**
 * errata_rate_cluster:
 * @self: values of rows that belong together
 * @effect: their design effect (design-effect.h), 1 or more
 *
 * From here on the values are as sure as @effect times fewer that are independent.
 */
void
errata_rate_cluster(ErrataRate *self, double effect)
{
    self->weight2 *= effect;
}

/**
 * errata_rate_mean:
 *
 * Returns: Σ w x / Σ w, NaN without values
 */
double
errata_rate_mean(const ErrataRate *self)
{
    return self->n > 0.0 ? self->sum / self->weight : (double)NAN;
}

/**
 * errata_rate_effective:
 *
 * Returns: how many rows of equal weight would tell the mean as surely; 0 without values
 *
 * Source: Kish 1965, Survey Sampling, 11.2.
 */
double
errata_rate_effective(const ErrataRate *self)
{
    return self->n > 0.0 ? self->weight * (self->weight / self->weight2) : 0.0;
}

/**
 * errata_rate_events:
 * @self: values of 0 and 1
 *
 * Returns: how many of the effective number are 1; 0 without values
 */
double
errata_rate_events(const ErrataRate *self)
{
    return self->n > 0.0 ? self->sum * (self->weight / self->weight2) : 0.0;
}

/**
 * errata_rate_spread:
 *
 * Returns: the variance of the values, over their number; NaN without values
 */
double
errata_rate_spread(const ErrataRate *self)
{
    double mean = errata_rate_mean(self);

    return fmax(self->square / self->weight - mean * mean, 0.0);
}

/**
 * errata_rate_wilson:
 * @self: values of 0 and 1
 * @level: e.g. 0.95
 *
 * Returns: Wilson's interval of their share, by the effective number
 */
ErrataInterval
errata_rate_wilson(const ErrataRate *self, double level)
{
    return errata_intervals_wilson(errata_rate_events(self), errata_rate_effective(self), level);
}

/**
 * errata_rate_newcombe:
 * @self: values of 0 and 1
 * @other: likewise
 * @level: e.g. 0.95
 *
 * Returns: Newcombe's interval of the share in @self less that in @other, by the effective numbers
 */
ErrataInterval
errata_rate_newcombe(const ErrataRate *self, const ErrataRate *other, double level)
{
    return errata_intervals_newcombe(errata_rate_events(self),
                                     errata_rate_effective(self),
                                     errata_rate_events(other),
                                     errata_rate_effective(other),
                                     level);
}
