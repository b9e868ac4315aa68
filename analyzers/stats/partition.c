/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sample in groups of neighbouring values. One counting pass puts the numbers there; a group of about
 * a hundred is sorted when an order statistic in it is asked for, and then stays sorted. */
#include "partition.h"

#include <math.h>

#include "sort.h"

/**
 * errata_partition_new:
 * @scale: what tells the groups apart; it must outlive the partition
 * @value: (array length=n): numbers, none NaN
 * @n: how many, below 2³²
 *
 * Linear; about 8 ms for a million.
 *
 * Returns: (transfer full): the numbers in groups
 */
ErrataPartition *
errata_partition_new(const ErrataScale *scale, const double *value, gsize n)
{
    ErrataPartition *self = g_new0(ErrataPartition, 1);
    g_autofree guint16 *code = g_new(guint16, MAX(n, 1));
    g_autofree guint32 *next = g_new(guint32, scale->n_codes);

    g_return_val_if_fail(n < G_MAXUINT32 && scale->n_codes <= G_MAXUINT16, self);
    self->scale = scale;
    self->value = g_new(double, MAX(n, 1));
    self->end = n;
    self->start = g_new0(guint32, scale->n_codes + 1);
    self->sorted = g_new0(guint8, scale->n_codes);
    errata_scale_codes(scale, value, n, code);
    for (gsize i = 0; i < n; i++)
        self->start[code[i] + 1]++;
    for (guint c = 0; c < scale->n_codes; c++) {
        next[c] = self->start[c];
        self->start[c + 1] += self->start[c];
    }
    for (gsize i = 0; i < n; i++)
        self->value[next[code[i]]++] = value[i];
    return self;
}

void
errata_partition_free(ErrataPartition *self)
{
    if (self == NULL)
        return;
    g_free(self->value);
    g_free(self->start);
    g_free(self->sorted);
    g_free(self);
}

/* places of the group's numbers that count */
void
errata_partition_group(const ErrataPartition *self, guint code, gsize *ret_begin, gsize *ret_end)
{
    *ret_begin = CLAMP(self->start[code], self->begin, self->end);
    *ret_end = CLAMP(self->start[code + 1], self->begin, self->end);
}

/* puts a group in order */
void
errata_partition_sort(ErrataPartition *self, guint code)
{
    if (self->sorted[code] != 0)
        return;
    errata_sort_values(self->value + self->start[code], self->start[code + 1] - self->start[code]);
    self->sorted[code] = 1;
}

/* the group that holds a place */
static guint
partition_find(const ErrataPartition *self, gsize place)
{
    guint from = 0;

    for (guint n = self->scale->n_codes; n > 1;) {
        guint half = n / 2;

        if (self->start[from + half] <= place)
            from += half;
        n -= half;
    }
    return from;
}

/**
 * errata_partition_at:
 * @self: the numbers
 * @rank: below errata_partition_n()
 *
 * Returns: the number of that rank, from 0
 */
double
errata_partition_at(ErrataPartition *self, gsize rank)
{
    gsize place = self->begin + rank;

    errata_partition_sort(self, partition_find(self, place));
    return self->value[place];
}

/**
 * errata_partition_quantile:
 * @self: the numbers
 * @p: which quantile, in [0, 1]
 *
 * Returns: as errata_sort_quantile(), NaN when there is none
 */
double
errata_partition_quantile(ErrataPartition *self, double p)
{
    gsize n = errata_partition_n(self);
    double pair[2];
    double at;
    gsize rank;

    if (n == 0)
        return (double)NAN;
    at = CLAMP(p, 0.0, 1.0) * (double)(n - 1);
    rank = MIN((gsize)at, n - 1);
    pair[0] = errata_partition_at(self, rank);
    pair[1] = rank + 1 < n ? errata_partition_at(self, rank + 1) : pair[0];
    return errata_sort_quantile(pair, 2, at - (double)rank);
}

/**
 * errata_partition_below:
 * @self: the numbers
 * @edge: not NaN
 *
 * Returns: how many are less than @edge
 */
gsize
errata_partition_below(const ErrataPartition *self, double edge)
{
    guint code = errata_scale_code(self->scale, edge);
    gsize begin, end, n;

    errata_partition_group(self, code, &begin, &end);
    n = begin - self->begin;
    for (gsize i = begin; i < end; i++)
        n += self->value[i] < edge ? 1 : 0;
    return n;
}

/**
 * errata_partition_ties:
 * @self: the numbers, at least one
 * @upper: at the upper end instead of the lower
 *
 * Returns: how many are equal to the extreme
 */
gsize
errata_partition_ties(ErrataPartition *self, gboolean upper)
{
    double extreme = errata_partition_at(self, upper ? errata_partition_n(self) - 1 : 0);
    gsize begin, end;
    gsize n = 0;

    /* equal numbers are in one group */
    errata_partition_group(self,
                           partition_find(self, upper ? self->end - 1 : self->begin),
                           &begin,
                           &end);
    for (gsize i = begin; i < end; i++)
        n += upper ? self->value[i] >= extreme : self->value[i] <= extreme;
    return n;
}

/* leaves out the @n lowest or highest, as errata_partition_ties() counts them */
void
errata_partition_cut(ErrataPartition *self, gsize n, gboolean upper)
{
    if (upper)
        self->end -= n;
    else
        self->begin += n;
}
