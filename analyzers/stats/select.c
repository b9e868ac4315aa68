/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A few exact quantiles without sorting everything: one pass counts the values by the upper 16 bits
 * of their order-preserving key, a second keeps those of the few buckets that hold what is asked for,
 * and only these are sorted. On 10⁶ normal numbers that is a tenth of a sort. */
#include "select.h"

#include <math.h>
#include <string.h>

#include "sort.h"

#define SELECT_BUCKETS 65536U

typedef struct {
    gsize rank;   /* of the order statistic wanted, from 0 */
    guint bucket; /* that holds it */
    gsize before; /* values in the buckets before */
} SelectWanted;

static inline guint
select_bucket(double value)
{
    guint64 bits;

    value += 0.0; /* −0 becomes 0 */
    memcpy(&bits, &value, sizeof bits);
    bits = (bits >> 63) != 0 ? ~bits : bits | (G_GUINT64_CONSTANT(1) << 63);
    return (guint)(bits >> 48);
}

static void
select_locate(const guint32 *count, SelectWanted *wanted)
{
    gsize before = 0;
    guint bucket = 0;

    while (before + count[bucket] <= wanted->rank)
        before += count[bucket++];
    wanted->bucket = bucket;
    wanted->before = before;
}

/* one pass for all wanted buckets together: each value is looked up in a table of slots */
static void
select_resolve(const double *value,
               gsize n,
               const guint32 *count,
               const SelectWanted *wanted,
               guint n_wanted,
               double *ret)
{
    g_autofree guint8 *slot_of = g_new0(guint8, SELECT_BUCKETS);
    double *kept[2 * ERRATA_SELECT_MAX + 1] = {NULL};
    gsize n_kept[2 * ERRATA_SELECT_MAX + 1] = {0};
    guint n_slots = 0;

    for (guint i = 0; i < n_wanted; i++)
        if (slot_of[wanted[i].bucket] == 0) {
            slot_of[wanted[i].bucket] = (guint8)++n_slots;
            kept[n_slots] = g_new(double, count[wanted[i].bucket]);
        }
    for (gsize i = 0; i < n; i++) {
        guint8 slot = slot_of[select_bucket(value[i])];

        if (slot != 0)
            kept[slot][n_kept[slot]++] = value[i];
    }
    for (guint slot = 1; slot <= n_slots; slot++)
        errata_sort_values(kept[slot], n_kept[slot]);
    for (guint i = 0; i < n_wanted; i++)
        ret[i] = kept[slot_of[wanted[i].bucket]][wanted[i].rank - wanted[i].before];
    for (guint slot = 1; slot <= n_slots; slot++)
        g_free(kept[slot]);
}

/**
 * errata_select_quantiles:
 * @value: (array length=n): finite numbers, in any order; left as they are
 * @n: how many, at least 1
 * @p: (array length=n_p): increasing, each in [0, 1]
 * @n_p: at most %ERRATA_SELECT_MAX
 * @ret_quantile: (array length=n_p): the quantiles, linear between order statistics
 *
 * Exact quantiles as numpy's default: at h = (n − 1) p, between the order statistics ⌊h⌋ and ⌈h⌉
 * (Hyndman and Fan 1996, type 7). Linear in @n.
 */
void
errata_select_quantiles(const double *value,
                        gsize n,
                        const double *p,
                        guint n_p,
                        double *ret_quantile)
{
    g_autofree guint32 *count = g_new0(guint32, SELECT_BUCKETS);
    SelectWanted wanted[2 * ERRATA_SELECT_MAX];
    double found[2 * ERRATA_SELECT_MAX];

    g_return_if_fail(n > 0 && n <= G_MAXUINT32 && n_p <= ERRATA_SELECT_MAX);
    for (gsize i = 0; i < n; i++)
        count[select_bucket(value[i])]++;
    for (guint i = 0; i < n_p; i++) {
        double h = p[i] * (double)(n - 1);

        wanted[2 * i].rank = (gsize)floor(h);
        wanted[2 * i + 1].rank = MIN((gsize)floor(h) + 1, n - 1);
    }
    for (guint i = 0; i < 2 * n_p; i++)
        select_locate(count, &wanted[i]);
    select_resolve(value, n, count, wanted, 2 * n_p, found);
    for (guint i = 0; i < n_p; i++) {
        double h = p[i] * (double)(n - 1);

        ret_quantile[i] = found[2 * i] + (h - floor(h)) * (found[2 * i + 1] - found[2 * i]);
    }
}
