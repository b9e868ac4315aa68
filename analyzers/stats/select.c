/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A few exact quantiles without sorting everything: one pass counts the values by codes that are
 * about equally full, a second keeps those of the few codes that hold what is asked for, and only
 * these are sorted. On 10⁶ numbers that is a tenth of a sort, whatever their distribution. */
#include "select.h"

#include <math.h>
#include <string.h>

#include "scale.h"
#include "sort.h"

#define SELECT_CODES 4096
#define SELECT_SMALL 512 /* sorted as they are */
#define SELECT_CHUNK 1024

typedef struct {
    gsize rank;   /* of the order statistic wanted, from 0 */
    guint code;   /* that holds it */
    gsize before; /* values of lower codes */
} SelectWanted;

static void
select_locate(const guint32 *count, SelectWanted *wanted)
{
    gsize before = 0;
    guint code = 0;

    while (before + count[code] <= wanted->rank)
        before += count[code++];
    wanted->code = code;
    wanted->before = before;
}

/* sorts the values of wanted codes by their slots; which are wanted is hard to foretell, so that
 * all places are written down and only those that count are kept */
static void
select_keep(const double *value,
            const guint16 *code,
            gsize n,
            const guint8 *slot_of,
            double *const *kept,
            gsize *n_kept)
{
    guint16 place[SELECT_CHUNK];
    gsize found = 0;

    for (gsize i = 0; i < n; i++) {
        place[found] = (guint16)i;
        found += slot_of[code[i]] != 0 ? 1 : 0;
    }
    for (gsize k = 0; k < found; k++) {
        guint8 slot = slot_of[code[place[k]]];

        kept[slot][n_kept[slot]++] = value[place[k]];
    }
}

static gboolean
select_is_one(const double *value, gsize n)
{
    gsize n_others = 0;

    for (gsize i = 0; i < n; i++)
        n_others += value[i] < value[0] || value[i] > value[0] ? 1 : 0;
    return n_others == 0;
}

/* one pass for all wanted codes together: each value is looked up in a table of slots */
static void
select_resolve(const double *value,
               const guint16 *code,
               gsize n,
               const guint32 *count,
               const SelectWanted *wanted,
               guint n_wanted,
               double *ret)
{
    guint8 slot_of[SELECT_CODES] = {0};
    double *kept[2 * ERRATA_SELECT_MAX + 1] = {NULL};
    gsize n_kept[2 * ERRATA_SELECT_MAX + 1] = {0};
    guint n_slots = 0;

    for (guint i = 0; i < n_wanted; i++)
        if (slot_of[wanted[i].code] == 0) {
            slot_of[wanted[i].code] = (guint8)++n_slots;
            kept[n_slots] = g_new(double, count[wanted[i].code]);
        }
    for (gsize begin = 0; begin < n; begin += SELECT_CHUNK)
        select_keep(value + begin,
                    code + begin,
                    MIN(n - begin, SELECT_CHUNK),
                    slot_of,
                    kept,
                    n_kept);
    for (guint slot = 1; slot <= n_slots; slot++)
        if (!select_is_one(kept[slot], n_kept[slot]))
            errata_sort_values(kept[slot], n_kept[slot]);
    for (guint i = 0; i < n_wanted; i++)
        ret[i] = kept[slot_of[wanted[i].code]][wanted[i].rank - wanted[i].before];
    for (guint slot = 1; slot <= n_slots; slot++)
        g_free(kept[slot]);
}

static void
select_small(const double *value, gsize n, const SelectWanted *wanted, guint n_wanted, double *ret)
{
    double sorted[SELECT_SMALL];

    memcpy(sorted, value, n * sizeof *value);
    errata_sort_values(sorted, n);
    for (guint i = 0; i < n_wanted; i++)
        ret[i] = sorted[wanted[i].rank];
}

static void
select_large(const double *value, gsize n, SelectWanted *wanted, guint n_wanted, double *ret)
{
    g_autofree ErrataScale *scale = g_new(ErrataScale, 1);
    g_autofree guint16 *code = g_new(guint16, n);
    guint32 count[SELECT_CODES] = {0};

    errata_scale_learn(scale, value, n, NULL, 0, SELECT_CODES);
    errata_scale_codes(scale, value, n, code);
    for (gsize i = 0; i < n; i++)
        count[code[i]]++;
    for (guint i = 0; i < n_wanted; i++)
        select_locate(count, &wanted[i]);
    select_resolve(value, code, n, count, wanted, n_wanted, ret);
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
    SelectWanted wanted[2 * ERRATA_SELECT_MAX];
    double found[2 * ERRATA_SELECT_MAX];

    g_return_if_fail(n > 0 && n <= G_MAXUINT32 && n_p <= ERRATA_SELECT_MAX);
    for (guint i = 0; i < n_p; i++) {
        double h = p[i] * (double)(n - 1);

        wanted[2 * i].rank = (gsize)floor(h);
        wanted[2 * i + 1].rank = MIN((gsize)floor(h) + 1, n - 1);
    }
    if (n <= SELECT_SMALL)
        select_small(value, n, wanted, 2 * n_p, found);
    else
        select_large(value, n, wanted, 2 * n_p, found);
    for (guint i = 0; i < n_p; i++) {
        double h = p[i] * (double)(n - 1);

        ret_quantile[i] = found[2 * i] + (h - floor(h)) * (found[2 * i + 1] - found[2 * i]);
    }
}

/**
 * errata_select_median:
 * @value: (array length=n): numbers, none NaN; unchanged
 * @n: how many
 *
 * Returns: their median; NaN where there are none
 */
double
errata_select_median(const double *value, gsize n)
{
    const double half = 0.5;
    double median = (double)NAN;

    if (n > 0)
        errata_select_quantiles(value, n, &half, 1, &median);
    return median;
}
