/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "scale.h"

G_BEGIN_DECLS

#define ERRATA_PARTITION_CODES 16384

/**
 * ErrataPartition:
 * @scale: (transfer none): what tells the groups apart
 * @value: (array): the numbers, group after group; those from @begin to @end count
 * @begin: first number that counts
 * @end: one past the last
 * @start: (array length=scale.n_codes+1): where each group begins
 * @sorted: (array length=scale.n_codes): 1 for the groups that are in order
 *
 * Numbers in the order of their groups, the groups put in order only when something is asked of
 * them: order statistics, counts and distances of a sample at a fraction of the cost of sorting it.
 */
typedef struct {
    const ErrataScale *scale;
    double *value;
    gsize begin;
    gsize end;
    guint32 *start;
    guint8 *sorted;
} ErrataPartition;

ErrataPartition *errata_partition_new(const ErrataScale *scale, const double *value, gsize n);
void errata_partition_free(ErrataPartition *self);

static inline gsize
errata_partition_n(const ErrataPartition *self)
{
    return self->end - self->begin;
}

void errata_partition_group(const ErrataPartition *self,
                            guint code,
                            gsize *ret_begin,
                            gsize *ret_end);
void errata_partition_sort(ErrataPartition *self, guint code);
double errata_partition_at(ErrataPartition *self, gsize rank);
double errata_partition_quantile(ErrataPartition *self, double p);
gsize errata_partition_below(const ErrataPartition *self, double edge);
gsize errata_partition_ties(ErrataPartition *self, gboolean upper);
void errata_partition_cut(ErrataPartition *self, gsize n, gboolean upper);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataPartition, errata_partition_free)

G_END_DECLS
