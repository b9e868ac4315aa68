/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Errors that grow along a number are found as ranges of it, one within or beside another, each
 * beyond what the last lets expect. A person is told one range. */
#include "slices-merge.h"

#include <math.h>
#include <string.h>

#include "slices-alike.h"
#include "slices-calendar.h"
#include "slices-finding.h"

#define MERGE_GAP    0.02 /* of the rows of two ranges, that may lie between them */
#define MERGE_LEVEL  0.95
#define MERGE_PART   0.9 /* of a slice's rows in another, for it to be a part of that */
#define MERGE_WITHIN 0.6 /* of a slice's rows, in a range that it has a condition more than */

static gboolean
merge_same(const SlicesCondition *a, const SlicesCondition *b)
{
    return a->column == b->column && a->missing == b->missing &&
           !(a->lo < b->lo || a->lo > b->lo || a->hi < b->hi || a->hi > b->hi) &&
           memcmp(a->codes, b->codes, sizeof a->codes) == 0;
}

static const SlicesCondition *
merge_on(const Slice *slice, guint column)
{
    for (guint i = 0; i < slice->n; i++)
        if (slice->condition[i].column == column)
            return &slice->condition[i];
    return NULL;
}

/* whether two slices are the same but for a range of one number; @ret_union has both */
static gboolean
merge_is_pair(const SlicesTable *table, const Slice *a, const Slice *b, Slice *ret_union)
{
    guint n_ranges = 0;

    *ret_union = *a;
    if (a->n != b->n || a->timed || b->timed)
        return FALSE;
    for (guint i = 0; i < a->n; i++) {
        SlicesCondition *own = &ret_union->condition[i];
        const SlicesCondition *other = merge_on(b, own->column);

        if (other == NULL)
            return FALSE;
        if (merge_same(own, other))
            continue;
        if (!table->columns[own->column].bin->numeric || own->missing || other->missing)
            return FALSE;
        own->lo = fmin(own->lo, other->lo);
        own->hi = fmax(own->hi, other->hi);
        n_ranges++;
    }
    /* a number without ends is no condition */
    for (guint i = 0; i < ret_union->n; i++)
        if (table->columns[ret_union->condition[i].column].bin->numeric &&
            !ret_union->condition[i].missing && isinf(ret_union->condition[i].lo) &&
            isinf(ret_union->condition[i].hi))
            return FALSE;
    return n_ranges == 1;
}

/* whether hardly any row lies between the two */
static gboolean
merge_is_whole(const SlicesTable *table, const Slice *a, const Slice *b, const Slice *both)
{
    const SlicesHalf *half = &table->discovery;
    g_autofree guint8 *member = g_malloc(MAX(half->n_rows, 1));
    g_autofree guint8 *in = g_malloc0(MAX(half->n_rows, 1));
    const Slice *part[] = {a, b};
    gsize n = 0, between = 0;

    for (guint k = 0; k < 2; k++) {
        errata_slices_table_member(table, half, part[k], member);
        for (gsize i = 0; i < half->n_rows; i++)
            in[i] |= member[i];
    }
    errata_slices_table_member(table, half, both, member);
    for (gsize i = 0; i < half->n_rows; i++) {
        n += member[i];
        between += member[i] != 0 && in[i] == 0 ? 1 : 0;
    }
    return (double)between <= MERGE_GAP * (double)n;
}

static gboolean
merge_takes(const SlicesFound *found)
{
    return found->kept && !found->known && !found->noise && found->said < 0;
}

/* tests the joined range, on the confirmation half, beside all other slices that were kept */
static void
merge_test(const SlicesTable *table, const SlicesFind *find, guint at, SlicesFound *joined)
{
    const SlicesHalf *half = &table->confirmation;
    g_autofree guint8 *member = g_malloc(MAX(half->n_rows, 1));
    g_autoptr(ErrataExpected) expected =
        errata_expected_new(half->y, half->cell, half->n_cells, half->n_rows, table->real);

    for (guint i = 0; i < find->found->len; i++) {
        const SlicesFound *other = &g_array_index(find->found, SlicesFound, i);

        if (i == at || !other->kept || other->known)
            continue;
        errata_slices_table_member(table, half, &other->slice, member);
        errata_expected_add(expected, member);
    }
    errata_slices_table_member(table, half, &joined->slice, member);
    joined->inflation =
        errata_slices_calendar_test(table, half, &joined->slice, member, expected, &joined->test);
    joined->q = fmin(joined->test.p * MAX(find->found->len, 1), 1.0);
}

/* joins the first pair there is; FALSE where there is none */
static gboolean
merge_one(const SlicesTable *table, SlicesFind *find)
{
    for (guint i = 0; i < find->found->len; i++)
        for (guint j = i + 1; j < find->found->len; j++) {
            SlicesFound *a = &g_array_index(find->found, SlicesFound, i);
            SlicesFound *b = &g_array_index(find->found, SlicesFound, j);
            SlicesFound joined = *a;

            if (!merge_takes(a) || !merge_takes(b) ||
                !merge_is_pair(table, &a->slice, &b->slice, &joined.slice) ||
                !merge_is_whole(table, &a->slice, &b->slice, &joined.slice) ||
                !errata_slices_alike(table, &a->slice, &b->slice))
                continue;
            b->kept = FALSE;
            merge_test(table, find, i, &joined);
            if (joined.test.observed < SLICES_MIN_LIFT * joined.test.expected) {
                b->kept = TRUE;
                continue;
            }
            *a = joined;
            return TRUE;
        }
    return FALSE;
}

/* whether most rows of @b are in @a, a range of one number of which @b has a range as well */
static gboolean
merge_is_within(const SlicesTable *table, const Slice *a, const Slice *b)
{
    const SlicesHalf *half = &table->discovery;
    g_autofree guint8 *in = g_malloc(MAX(half->n_rows, 1));
    g_autofree guint8 *member = g_malloc(MAX(half->n_rows, 1));
    gsize n = 0, shared = 0;

    if (a->n != 1 || a->timed || b->timed || a->condition[0].missing ||
        !table->columns[a->condition[0].column].bin->numeric ||
        merge_on(b, a->condition[0].column) == NULL)
        return FALSE;
    errata_slices_table_member(table, half, a, in);
    errata_slices_table_member(table, half, b, member);
    for (gsize i = 0; i < half->n_rows; i++) {
        n += member[i];
        shared += member[i] & in[i];
    }
    return (double)shared >= MERGE_WITHIN * (double)n;
}

/* whether a slice is a part of another one, and less off than that */
static gboolean
merge_is_milder(const SlicesTable *table, const Slice *whole, const Slice *part)
{
    const SlicesHalf *half = &table->confirmation;
    const double *loss = table->analysis->outcome->loss;
    g_autofree guint8 *in = g_malloc(MAX(half->n_rows, 1));
    g_autofree guint8 *member = g_malloc(MAX(half->n_rows, 1));
    double n[2] = {0.0, 0.0}, sum[2] = {0.0, 0.0}, shared = 0.0;

    errata_slices_table_member(table, half, whole, in);
    errata_slices_table_member(table, half, part, member);
    for (gsize i = 0; i < half->n_rows; i++) {
        n[0] += in[i];
        n[1] += member[i];
        sum[0] += in[i] != 0 ? loss[half->row[i]] : 0.0;
        sum[1] += member[i] != 0 ? loss[half->row[i]] : 0.0;
        shared += member[i] & in[i];
    }
    return n[1] > 0.0 && n[1] < n[0] && shared >= MERGE_PART * n[1] &&
           sum[1] * n[0] < sum[0] * n[1];
}

/* drops those */
static void
merge_drop_parts(const SlicesTable *table, SlicesFind *find)
{
    for (guint i = 0; i < find->found->len; i++)
        for (guint j = 0; j < find->found->len; j++) {
            const SlicesFound *whole = &g_array_index(find->found, SlicesFound, i);
            SlicesFound *part = &g_array_index(find->found, SlicesFound, j);

            if (i != j && merge_takes(whole) && merge_takes(part) &&
                merge_is_milder(table, &whole->slice, &part->slice))
                part->kept = FALSE;
        }
}

/**
 * errata_slices_merge:
 * @table: a table
 * @find: what was found in it; ranges of one number that touch become one, which is tested anew
 *
 * Of real losses, which grow along a number where it matters, a narrower slice within such a range
 * is not kept either; nor is a part of another slice that is less off than the whole. Costs a few
 * passes over the rows per pair of slices that were kept.
 */
void
errata_slices_merge(const SlicesTable *table, SlicesFind *find)
{
    while (merge_one(table, find))
        continue;
    for (guint i = 0; table->real && i < find->found->len; i++)
        for (guint j = 0; j < find->found->len; j++) {
            const SlicesFound *a = &g_array_index(find->found, SlicesFound, i);
            SlicesFound *b = &g_array_index(find->found, SlicesFound, j);

            if (i != j && merge_takes(a) && merge_takes(b) && b->slice.n > 1 &&
                merge_is_within(table, &a->slice, &b->slice))
                b->kept = FALSE;
        }
    merge_drop_parts(table, find);
}

/**
 * errata_slices_merge_holds:
 * @table: a table of real losses
 * @find: what was found in it
 * @slice: another slice
 * @sign: 1 or −1 where it is of predictions too high or too low
 *
 * Returns: whether a range that was kept has told it: it is off the same way, has a range of the
 * same
 *   number, and most of the rows
 */
gboolean
errata_slices_merge_holds(const SlicesTable *table,
                          const SlicesFind *find,
                          const Slice *slice,
                          int sign)
{
    for (guint i = 0; table->real && i < find->found->len; i++) {
        const SlicesFound *found = &g_array_index(find->found, SlicesFound, i);

        if (merge_takes(found) && merge_is_within(table, &found->slice, slice) &&
            errata_slices_bias_sign(table, &found->slice, MERGE_LEVEL) == sign)
            return TRUE;
    }
    return FALSE;
}
