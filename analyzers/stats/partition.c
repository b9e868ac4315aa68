/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sample by groups of neighbouring values. One pass counts and sums the groups, of about a
 * hundred numbers each; nothing is moved. The numbers of a few groups are gathered and sorted when
 * something in them is asked for: where a number stands in between does not matter to most
 * questions. */
#include "partition.h"

#include <math.h>
#include <string.h>

#include "sort.h"
#include "sum.h"

#define PARTITION_CHUNK 1024

/* how far a group is */
enum {
    PARTITION_COUNTED,
    PARTITION_WANTED,
    PARTITION_HELD
};

static void
partition_count(ErrataPartition *self)
{
    const double *value = self->value;
    double middle = self->scale->middle;

    for (guint c = 0; c < self->scale->n_codes; c++)
        self->group[c] = (ErrataPartitionGroup){(double)INFINITY, -(double)INFINITY, 0.0, 0};
    errata_scale_codes(self->scale, value, self->n, self->code);
    for (gsize i = 0; i < self->n; i++) {
        ErrataPartitionGroup *group = &self->group[self->code[i]];

        group->least = MIN(value[i], group->least);
        group->most = MAX(value[i], group->most);
        group->sum += value[i] - middle;
        group->count++;
    }
}

/**
 * errata_partition_new:
 * @scale: what tells the groups apart; it must outlive the partition
 * @value: (array length=n): numbers, none NaN; they must outlive the partition as they are
 * @n: how many, below 2³²
 *
 * Linear; about 4 ms for a million.
 *
 * Returns: (transfer full): the numbers by groups
 */
ErrataPartition *
errata_partition_new(const ErrataScale *scale, const double *value, gsize n)
{
    ErrataPartition *self = g_new0(ErrataPartition, 1);

    g_return_val_if_fail(n < G_MAXUINT32 && scale->n_codes <= G_MAXUINT16, self);
    self->scale = scale;
    self->value = value;
    self->n = self->end = n;
    self->least = -(double)INFINITY;
    self->most = (double)INFINITY;
    self->code = g_new(guint16, MAX(n, 1));
    self->group = g_new(ErrataPartitionGroup, scale->n_codes);
    self->start = g_new(guint32, scale->n_codes + 1);
    self->state = g_new0(guint8, scale->n_codes);
    self->at = g_new(guint32, scale->n_codes);
    self->wanted = g_new(guint16, scale->n_codes);
    partition_count(self);
    self->start[0] = 0;
    for (guint c = 0; c < scale->n_codes; c++)
        self->start[c + 1] = self->start[c] + (guint32)self->group[c].count;
    return self;
}

void
errata_partition_free(ErrataPartition *self)
{
    if (self == NULL)
        return;
    g_free(self->code);
    g_free(self->group);
    g_free(self->start);
    g_free(self->state);
    g_free(self->at);
    g_free(self->held);
    g_free(self->wanted);
    g_free(self);
}

/* ranks of the group's numbers that count, from the least of the sample */
void
errata_partition_group(const ErrataPartition *self, guint code, gsize *ret_begin, gsize *ret_end)
{
    *ret_begin = CLAMP(self->start[code], self->begin, self->end);
    *ret_end = CLAMP(self->start[code + 1], self->begin, self->end);
}

/* the next look at any group fetches this one too */
void
errata_partition_want(ErrataPartition *self, guint code)
{
    if (self->state[code] != PARTITION_COUNTED)
        return;
    self->state[code] = PARTITION_WANTED;
    self->wanted[self->n_wanted++] = (guint16)code;
}

/* which numbers are wanted is hard to foretell, so that all places are written down and only those
 * that count are kept */
static void
partition_keep(ErrataPartition *self, gsize begin, gsize n)
{
    const guint16 *code = self->code + begin;
    const double *value = self->value + begin;
    guint16 place[PARTITION_CHUNK];
    gsize found = 0;

    for (gsize i = 0; i < n; i++) {
        place[found] = (guint16)i;
        found += self->state[code[i]] == PARTITION_WANTED ? 1 : 0;
    }
    for (gsize k = 0; k < found; k++)
        self->held[self->at[code[place[k]]]++] = value[place[k]];
}

/* makes room for the groups that are wanted; those of one repeated number are written down at once.
 * Whether others are left */
static gboolean
partition_make_room(ErrataPartition *self)
{
    gsize n_held = self->n_held;
    gboolean left = FALSE;

    for (guint i = 0; i < self->n_wanted; i++) {
        self->at[self->wanted[i]] = (guint32)n_held;
        n_held += self->group[self->wanted[i]].count;
    }
    self->held = g_renew(double, self->held, MAX(n_held, 1));
    self->n_held = n_held;
    for (guint i = 0; i < self->n_wanted; i++) {
        guint code = self->wanted[i];
        const ErrataPartitionGroup *group = &self->group[code];

        if (group->least < group->most) {
            left = TRUE;
            continue;
        }
        for (gsize k = 0; k < group->count; k++)
            self->held[self->at[code] + k] = group->least;
        self->state[code] = PARTITION_HELD;
    }
    return left;
}

/* fetches the groups that are wanted */
static void
partition_fetch(ErrataPartition *self)
{
    if (partition_make_room(self))
        for (gsize begin = 0; begin < self->n; begin += PARTITION_CHUNK)
            partition_keep(self, begin, MIN(self->n - begin, PARTITION_CHUNK));
    for (guint i = 0; i < self->n_wanted; i++) {
        guint code = self->wanted[i];
        gsize count = self->group[code].count;

        if (self->state[code] == PARTITION_HELD)
            continue;
        self->at[code] -= (guint32)count;
        self->state[code] = PARTITION_HELD;
        errata_sort_values(self->held + self->at[code], count);
    }
    self->n_wanted = 0;
}

/**
 * errata_partition_values:
 * @self: the numbers
 * @code: a group
 *
 * Returns: (transfer none): the numbers of the group that count, in order; until the next look at
 *   another one
 */
const double *
errata_partition_values(ErrataPartition *self, guint code)
{
    gsize begin, end;

    if (self->state[code] != PARTITION_HELD) {
        errata_partition_want(self, code);
        partition_fetch(self);
    }
    errata_partition_group(self, code, &begin, &end);
    return self->held + self->at[code] + (begin - MIN(begin, self->start[code]));
}

/* the group that holds a rank of the sample */
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
    guint code = partition_find(self, place);
    const double *value = errata_partition_values(self, code);

    return value[place - MAX(self->start[code], self->begin)];
}

/* what errata_partition_quantile() at @p will look at */
void
errata_partition_want_quantile(ErrataPartition *self, double p)
{
    gsize n = errata_partition_n(self);
    gsize rank;

    if (n == 0)
        return;
    rank = MIN((gsize)(CLAMP(p, 0.0, 1.0) * (double)(n - 1)), n - 1);
    errata_partition_want(self, partition_find(self, self->begin + rank));
    errata_partition_want(self, partition_find(self, self->begin + MIN(rank + 1, n - 1)));
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
errata_partition_below(ErrataPartition *self, double edge)
{
    guint code = errata_scale_code(self->scale, edge);
    gsize begin, end, n;
    const double *value;

    errata_partition_group(self, code, &begin, &end);
    n = begin - self->begin;
    if (begin == end)
        return n;
    value = errata_partition_values(self, code);
    for (gsize i = 0; i < end - begin; i++)
        n += value[i] < edge ? 1 : 0;
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
    guint code = partition_find(self, upper ? self->end - 1 : self->begin);
    const double *value = errata_partition_values(self, code);
    gsize begin, end;
    gsize n = 0;
    double extreme;

    /* equal numbers are in one group */
    errata_partition_group(self, code, &begin, &end);
    extreme = value[upper ? end - begin - 1 : 0];
    for (gsize i = 0; i < end - begin; i++)
        n += upper ? value[i] >= extreme : value[i] <= extreme;
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
    if (self->begin == self->end) {
        self->least = (double)INFINITY;
        return;
    }
    if (upper)
        self->most = errata_partition_at(self, errata_partition_n(self) - 1);
    else
        self->least = errata_partition_at(self, 0);
}

/**
 * errata_partition_moments:
 * @self: the numbers, at least one
 * @ret_mean: (out): their mean
 * @ret_sd: (out): their standard deviation, the root of the mean squared distance from it
 */
void
errata_partition_moments(const ErrataPartition *self, double *ret_mean, double *ret_sd)
{
    gsize n = errata_partition_n(self);
    g_autofree double *kept = NULL;
    const double *value = self->value;

    if (n < self->n) {
        value = kept = g_new(double, self->n);
        for (gsize i = 0, to = 0; i < self->n; i++) {
            kept[to] = self->value[i];
            to += errata_partition_keeps(self, self->value[i]) ? 1 : 0;
        }
    }
    *ret_mean = errata_sum_of(value, n) / (double)n;
    *ret_sd = sqrt(errata_sum_squares(value, n, *ret_mean) / (double)n);
}
