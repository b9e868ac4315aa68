/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "scale.h"

G_BEGIN_DECLS

#define ERRATA_PARTITION_CODES 16384

/* what is known of every group */
typedef struct {
    double least; /* +infinity without a number */
    double most;
    double sum; /* of the numbers, less the scale's middle each */
    gsize count;
} ErrataPartitionGroup;

/**
 * ErrataPartition:
 * @scale: (transfer none): what tells the groups apart
 * @value: (array length=n) (transfer none): the numbers, in an order of their own
 * @n: how many
 * @code: (array length=n): the group of each
 * @group: (array length=scale.n_codes): what is known of each, before anything is cut off
 * @start: (array length=scale.n_codes+1): how many numbers lie in lower groups
 * @begin: rank of the first number that counts; those from there to @end do
 * @end: one past the last
 * @least: numbers below it are cut off
 * @most: numbers above it are
 * @state: (array length=scale.n_codes): whether a group's numbers are at hand
 * @at: (array length=scale.n_codes): where they stand in @held
 * @held: numbers of the groups that were asked for, each group in order
 * @n_held: how many
 * @wanted: (array length=n_wanted): groups that the next look fetches
 * @n_wanted: how many
 *
 * Numbers counted by groups of neighbours. Those of a group are fetched and put in order when
 * something is asked of them: order statistics, counts and distances of a sample at a fraction of
 * the cost of sorting it. Fetching is a pass over all codes, so that what is known to be needed is
 * asked for together, by the functions that want.
 */
typedef struct {
    const ErrataScale *scale;
    const double *value;
    gsize n;
    guint16 *code;
    ErrataPartitionGroup *group;
    guint32 *start;
    gsize begin;
    gsize end;
    double least;
    double most;
    guint8 *state;
    guint32 *at;
    double *held;
    gsize n_held;
    guint16 *wanted;
    guint n_wanted;
} ErrataPartition;

ErrataPartition *errata_partition_new(const ErrataScale *scale, const double *value, gsize n);
void errata_partition_free(ErrataPartition *self);

static inline gsize
errata_partition_n(const ErrataPartition *self)
{
    return self->end - self->begin;
}

/* whether a number of the sample counts */
static inline gboolean
errata_partition_keeps(const ErrataPartition *self, double value)
{
    return value >= self->least && value <= self->most;
}

void errata_partition_want(ErrataPartition *self, guint code);
void errata_partition_want_quantile(ErrataPartition *self, double p);
void errata_partition_group(const ErrataPartition *self,
                            guint code,
                            gsize *ret_begin,
                            gsize *ret_end);
const double *errata_partition_values(ErrataPartition *self, guint code);
double errata_partition_at(ErrataPartition *self, gsize rank);
double errata_partition_quantile(ErrataPartition *self, double p);
gsize errata_partition_below(ErrataPartition *self, double edge);
gsize errata_partition_ties(ErrataPartition *self, gboolean upper);
void errata_partition_cut(ErrataPartition *self, gsize n, gboolean upper);
void errata_partition_moments(const ErrataPartition *self, double *ret_mean, double *ret_sd);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataPartition, errata_partition_free)

G_END_DECLS
