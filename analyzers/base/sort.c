/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Radix sort of doubles, alone or with a payload of 32 bits. A double becomes an unsigned key of
 * the same order; four counting passes of 11 bits sort the upper 44 bits (all of a float, a
 * decimal of nine digits, an integer below 2³²), and the few runs that still tie there are finished
 * one by one on the lower 20. Stable; −0 equals 0; NaN comes last. */
#include "sort.h"

#include <math.h>
#include <string.h>

#define SORT_BITS    11
#define SORT_BUCKETS (1U << SORT_BITS)
#define SORT_PASSES  4
#define SORT_LOW     20 /* bits that the passes leave */
#define SORT_INSERT  64 /* runs up to this long are finished by insertion */
#define SORT_SMALL   256
#define SORT_MERGED  1024 /* so few numbers are merged: passes have too many buckets for them */
#define SORT_RUN     4    /* keys that are put in order without a loop */

/* a key; also what a number's own bytes are taken for while numbers are sorted in place */
typedef guint64 __attribute__((may_alias)) SortWord;

static inline guint64
sort_key(double value)
{
    guint64 bits;

    if (isnan(value))
        return G_MAXUINT64;
    value += 0.0; /* −0 becomes 0 */
    memcpy(&bits, &value, sizeof bits);
    return (bits >> 63) != 0 ? ~bits : bits | (G_GUINT64_CONSTANT(1) << 63);
}

static inline double
sort_value(guint64 key)
{
    guint64 bits = (key >> 63) != 0 ? key & ~(G_GUINT64_CONSTANT(1) << 63) : ~key;
    double value;

    if (key == G_MAXUINT64)
        return (double)NAN;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* items are @stride words: the key, then (stride 2) the payload */
static inline __attribute__((always_inline)) void
sort_insert(SortWord *item, gsize n, guint stride)
{
    for (gsize i = 1; i < n; i++) {
        guint64 key = item[i * stride];
        guint64 payload = stride == 2 ? item[i * stride + 1] : 0;
        gsize j = i;

        for (; j > 0 && item[(j - 1) * stride] > key; j--) {
            item[j * stride] = item[(j - 1) * stride];
            if (stride == 2)
                item[j * stride + 1] = item[(j - 1) * stride + 1];
        }
        item[j * stride] = key;
        if (stride == 2)
            item[j * stride + 1] = payload;
    }
}

static inline void
sort_two(SortWord *a, SortWord *b)
{
    guint64 x = *a, y = *b;

    *a = MIN(x, y);
    *b = MAX(x, y);
}

/* at most four keys, by a network: no branch depends on one */
static inline void
sort_run(SortWord *item, gsize n)
{
    if (n == SORT_RUN) {
        sort_two(item, item + 1);
        sort_two(item + 2, item + 3);
        sort_two(item, item + 2);
        sort_two(item + 1, item + 3);
        sort_two(item + 1, item + 2);
        return;
    }
    if (n > 1)
        sort_two(item, item + 1);
    if (n > 2) {
        sort_two(item + 1, item + 2);
        sort_two(item, item + 1);
    }
}

/* two runs of @n keys from both ends at once: until the middle neither can run out, and no branch
 * depends on a key. Each step waits for the one before, so that two such pairs go side by side */
static inline __attribute__((always_inline)) void
sort_merge(const SortWord *from, gsize n, guint n_pairs, SortWord *to)
{
    gsize left[2] = {0, 2 * n}, right[2] = {n, 3 * n};
    gsize last_left[2] = {n - 1, 3 * n - 1}, last_right[2] = {2 * n - 1, 4 * n - 1};

    for (gsize i = 0; i < n; i++)
#pragma GCC unroll 2
        for (guint p = 0; p < n_pairs; p++) {
            guint64 a = from[left[p]], b = from[right[p]];
            guint64 y = from[last_left[p]], z = from[last_right[p]];

            to[2 * p * n + i] = MIN(a, b);
            left[p] += a <= b;
            right[p] += a > b;
            to[2 * (p + 1) * n - 1 - i] = MAX(y, z);
            last_left[p] -= y > z;
            last_right[p] -= y <= z;
        }
}

/* at most SORT_MERGED numbers: equal runs, the last filled up with what comes last */
static void
sort_merged(double *value, gsize n)
{
    SortWord room[2][SORT_MERGED];
    SortWord *from = room[0], *to = room[1];
    gsize n_runs = 1, run;

    while (n > SORT_RUN * n_runs)
        n_runs *= 2;
    run = (n + n_runs - 1) / n_runs;
    for (gsize i = 0; i < n; i++)
        from[i] = sort_key(value[i]);
    for (gsize i = n; i < n_runs * run; i++)
        from[i] = G_MAXUINT64;
    for (gsize i = 0; i < n_runs; i++)
        sort_run(from + i * run, run);
    for (; n_runs > 1; n_runs /= 2, run *= 2) {
        SortWord *swap = from;

        for (gsize i = 0; i + 4 <= n_runs; i += 4)
            sort_merge(from + i * run, run, 2, to + i * run);
        if (n_runs == 2)
            sort_merge(from, run, 1, to);
        from = to;
        to = swap;
    }
    for (gsize i = 0; i < n; i++)
        value[i] = sort_value(from[i]);
}

/* one counting pass; @count has the bucket sizes and ends as their ends */
static inline __attribute__((always_inline)) void
sort_pass(const SortWord *from,
          SortWord *to,
          gsize n,
          guint stride,
          guint shift,
          guint64 mask,
          guint32 *count)
{
    guint32 start = 0;

    for (guint b = 0; b <= mask; b++) {
        guint32 size = count[b];

        count[b] = start;
        start += size;
    }
    for (gsize i = 0; i < n; i++) {
        guint64 key = from[i * stride];
        gsize at = (gsize)count[(key >> shift) & mask]++ * stride;

        to[at] = key;
        if (stride == 2)
            to[at + 1] = from[i * stride + 1];
    }
}

/* a long run of items that agree in the upper 44 bits: two passes of 10 bits */
static inline __attribute__((always_inline)) void
sort_low(SortWord *item, SortWord *spare, gsize n, guint stride)
{
    const guint bits = SORT_LOW / 2;
    const guint64 mask = (1U << (SORT_LOW / 2)) - 1;
    guint32 count[2][1U << (SORT_LOW / 2)] = {{0}};

    for (gsize i = 0; i < n; i++) {
        count[0][item[i * stride] & mask]++;
        count[1][(item[i * stride] >> bits) & mask]++;
    }
    sort_pass(item, spare, n, stride, 0, mask, count[0]);
    sort_pass(spare, item, n, stride, bits, mask, count[1]);
}

static inline __attribute__((always_inline)) void
sort_finish(SortWord *item, SortWord *spare, gsize n, guint stride)
{
    for (gsize i = 0; i + 1 < n;) {
        guint64 high = item[i * stride] >> SORT_LOW;
        gboolean ordered = TRUE;
        gsize end = i + 1;

        for (; end < n && item[end * stride] >> SORT_LOW == high; end++)
            ordered &= item[(end - 1) * stride] <= item[end * stride];
        if (!ordered && end - i <= SORT_INSERT)
            sort_insert(item + i * stride, end - i, stride);
        else if (!ordered)
            sort_low(item + i * stride, spare, end - i, stride);
        i = end;
    }
}

/* sorts @item in place; @spare is as large */
static inline __attribute__((always_inline)) void
sort_items(SortWord *item, SortWord *spare, gsize n, guint stride)
{
    guint32(*count)[SORT_BUCKETS];
    SortWord *from = item;
    SortWord *to = spare;

    if (n < SORT_SMALL) {
        sort_insert(item, n, stride);
        return;
    }
    count = g_malloc0_n(SORT_PASSES, sizeof *count);
    for (gsize i = 0; i < n; i++)
        for (guint pass = 0; pass < SORT_PASSES; pass++)
            count[pass][(item[i * stride] >> (SORT_LOW + SORT_BITS * pass)) & (SORT_BUCKETS - 1)]++;
    for (guint pass = 0; pass < SORT_PASSES; pass++) {
        guint shift = SORT_LOW + SORT_BITS * pass;
        SortWord *swap = from;

        if (count[pass][(from[0] >> shift) & (SORT_BUCKETS - 1)] == n)
            continue; /* all in one bucket */
        sort_pass(from, to, n, stride, shift, SORT_BUCKETS - 1, count[pass]);
        from = to;
        to = swap;
    }
    g_free(count);
    sort_finish(from, to, n, stride);
    if (from != item)
        memcpy(item, from, n * stride * sizeof *item);
}

/**
 * errata_sort_payload:
 * @value: (array length=n): numbers, NaN allowed
 * @payload: (array length=n) (nullable): what goes with them; %NULL: the row numbers
 * @n: how many, at most 2³² − 1
 * @ret_sorted: (out caller-allocates) (array length=n) (optional): numbers in increasing order, NaN
 *   last
 * @ret_payload: (out caller-allocates) (array length=n) (optional): payloads in that order
 *
 * Sorts numbers with a payload. Stable; about 45 ms for a million rows.
 */
void
errata_sort_payload(const double *value,
                    const guint32 *payload,
                    gsize n,
                    double *ret_sorted,
                    guint32 *ret_payload)
{
    g_autofree guint64 *item = g_new(guint64, MAX(2 * n, 1));
    g_autofree guint64 *spare = g_new(guint64, MAX(2 * n, 1));

    g_return_if_fail(n <= G_MAXUINT32);
    for (gsize i = 0; i < n; i++) {
        item[2 * i] = sort_key(value[i]);
        item[2 * i + 1] = payload != NULL ? payload[i] : i;
    }
    sort_items(item, spare, n, 2);
    for (gsize i = 0; ret_sorted != NULL && i < n; i++)
        ret_sorted[i] = sort_value(item[2 * i]);
    for (gsize i = 0; ret_payload != NULL && i < n; i++)
        ret_payload[i] = (guint32)item[2 * i + 1];
}

/**
 * errata_sort_doubles:
 * @value: (array length=n): numbers, NaN allowed
 * @n: how many, at most 2³² − 1
 * @ret_sorted: (out caller-allocates) (array length=n) (optional): numbers in increasing order, NaN
 *   last
 * @ret_order: (out caller-allocates) (array length=n) (optional): their rows in that order
 *
 * errata_sort_payload() with the row numbers.
 */
void
errata_sort_doubles(const double *value, gsize n, double *ret_sorted, guint32 *ret_order)
{
    errata_sort_payload(value, NULL, n, ret_sorted, ret_order);
}

/**
 * errata_sort_values:
 * @value: (array length=n) (inout): numbers, NaN allowed
 * @n: how many, at most 2³² − 1
 *
 * Sorts numbers in place, in increasing order, NaN last.
 */
void
errata_sort_values(double *value, gsize n)
{
    SortWord *item = (SortWord *)(gpointer)value;
    g_autofree SortWord *spare = NULL;

    G_STATIC_ASSERT(sizeof(SortWord) == sizeof(double));
    g_return_if_fail(n <= G_MAXUINT32);
    if (n <= SORT_MERGED) {
        sort_merged(value, n);
        return;
    }
    spare = g_new(SortWord, n);
    for (gsize i = 0; i < n; i++)
        item[i] = sort_key(value[i]);
    sort_items(item, spare, n, 1);
    for (gsize i = 0; i < n; i++)
        value[i] = sort_value(item[i]);
}

/**
 * errata_sort_midranks:
 * @value: (array length=n): numbers, none NaN
 * @n: how many, at most 2³² − 1
 * @ret_rank: (out caller-allocates) (array length=n): ranks from 1, the mean rank where values tie
 */
void
errata_sort_midranks(const double *value, gsize n, double *ret_rank)
{
    g_autofree double *owned = NULL;
    g_autofree guint32 *order = NULL;
    const double *sorted = value;
    gsize in_order = 1;

    while (in_order < n && value[in_order - 1] <= value[in_order])
        in_order++;
    if (in_order < n) { /* ids and times mostly are as they stand */
        sorted = owned = g_new(double, n);
        order = g_new(guint32, n);
        errata_sort_doubles(value, n, owned, order);
    }
    for (gsize i = 0; i < n;) {
        gsize end = i + 1;

        while (end < n && sorted[end] <= sorted[i])
            end++;
        for (gsize j = i; j < end; j++)
            ret_rank[order != NULL ? order[j] : j] = 0.5 * ((double)i + (double)end + 1.0);
        i = end;
    }
}

/**
 * errata_sort_quantile:
 * @sorted: (array length=n): numbers in increasing order, none NaN
 * @n: how many
 * @p: which quantile, in [0, 1]
 *
 * The quantile with linear interpolation between order statistics (Hyndman and Fan 1996, type 7;
 * numpy's default).
 *
 * Returns: the quantile, NaN when @n is 0
 */
double
errata_sort_quantile(const double *sorted, gsize n, double p)
{
    double at, fraction;
    gsize i;

    if (n == 0)
        return (double)NAN;
    at = CLAMP(p, 0.0, 1.0) * (double)(n - 1);
    i = MIN((gsize)at, n - 1);
    fraction = at - (double)i;
    if (i + 1 >= n || !(fraction > 0.0))
        return sorted[i];
    /* as numpy: from the nearer end, so that the result is monotone in p */
    return fraction < 0.5 ? sorted[i] + (sorted[i + 1] - sorted[i]) * fraction
                          : sorted[i + 1] - (sorted[i + 1] - sorted[i]) * (1.0 - fraction);
}

/**
 * errata_sort_below:
 * @sorted: (array length=n): numbers in increasing order, none NaN
 * @n: how many
 * @value: a number
 *
 * Which half it is in is chance, so that nothing is left to guess: no branch depends on it.
 *
 * Returns: how many of the numbers are less than @value
 */
gsize
errata_sort_below(const double *sorted, gsize n, double value)
{
    gsize below = 0;

    if (n == 0)
        return 0;
    for (gsize left = n; left > 1;) {
        gsize half = left / 2;

        below += half * (gsize)(sorted[below + half - 1] < value);
        left -= half;
    }
    return below + (gsize)(sorted[below] < value);
}
