/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Conditions that hide themselves. The rate of a score bin has all its rows in it: where most of
 * them meet one condition, what is expected of those is what they do, however wrong. Here each
 * condition is judged by the other rows of the same bins; those that reach the lift by these only,
 * not by the rates that the search goes by, compete with what the search finds. One pass per
 * column. */
#include "slices-large.h"

#include <math.h>

#include "parallel.h"
#include "slices-refine.h"

#define LARGE_LIFT \
    1.5 /* over what the other rows tell: a weak proxy is often large, and no place */
#define LARGE_SURE \
    2.0 /* standard errors by which any condition of a column exceeds what is expected */
#define LARGE_SURELY \
    3.0 /* … and by which rows do that a condition leaves out, where it plays no part */
#define LARGE_MINOR 0.4 /* of the rows outside a slice; the value of so many is no exception */
#define LARGE_ALIKE 0.6 /* of what a slice's lift exceeds 1 by, that these exceed it by then */

typedef struct {
    guint column;
    SlicesItem item;
} Large;

typedef struct {
    const SlicesTable *table;
    const ErrataExpected *expected;
    GArray **found; /* (element-type Large): per column */
} LargeLook;

/* rows and losses per code and cell, summed over the codes before: cell c of code k is at
 * k · n_cells + c */
typedef struct {
    guint n_cells;
    double *n;
    double *sum;
} LargeCube;

static void
large_cube_clear(LargeCube *self)
{
    g_free(self->n);
    g_free(self->sum);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LargeCube, large_cube_clear)

static void
large_count(const LargeLook *look, const SlicesCoding *coding, LargeCube *ret_cube)
{
    const ErrataExpected *expected = look->expected;
    gsize n_cells = expected->n_groups;
    gsize n = ((gsize)coding->n_codes + 1) * n_cells;

    ret_cube->n_cells = expected->n_groups;
    ret_cube->n = g_new0(double, n);
    ret_cube->sum = g_new0(double, n);
    for (gsize i = 0; i < expected->n_rows; i++) {
        gsize at = ((gsize)coding->code[i] + 1) * n_cells + expected->group[i];

        ret_cube->n[at] += 1.0;
        ret_cube->sum[at] += expected->y[i];
    }
    for (gsize at = n_cells; at < n; at++) {
        ret_cube->n[at] += ret_cube->n[at - n_cells];
        ret_cube->sum[at] += ret_cube->sum[at - n_cells];
    }
}

typedef struct {
    double n;
    double observed;
    double within;  /* expected by the rates of the cells */
    double outside; /* … and by their other rows */
} LargeSum;

/* the codes of an item; what the other rows tell is without those of code @spared, G_MAXUINT for
 * none */
static LargeSum
large_sum(const LargeLook *look, const LargeCube *cube, const SlicesItem *item, guint spared)
{
    const ErrataExpected *expected = look->expected;
    LargeSum all = {0.0, 0.0, 0.0, 0.0};

    for (gsize c = 0; c < cube->n_cells; c++) {
        gsize lo = item->lo * (gsize)cube->n_cells + c, hi = item->hi * (gsize)cube->n_cells + c;
        double n = cube->n[hi] - cube->n[lo];
        double sum = cube->sum[hi] - cube->sum[lo];
        double n_left = n, sum_left = sum;

        if (spared != G_MAXUINT) {
            gsize at = spared * (gsize)cube->n_cells + c;

            n_left += cube->n[at + cube->n_cells] - cube->n[at];
            sum_left += cube->sum[at + cube->n_cells] - cube->sum[at];
        }
        all.n += n;
        all.observed += sum;
        all.within += n * expected->mu[c];
        all.outside += n * errata_expected_others(expected, (guint)c, n_left, sum_left);
    }
    return all;
}

/* of three codes or more, the one outside the item that errs least for its cells */
static guint
large_spared(const LargeLook *look,
             const LargeCube *cube,
             const SlicesItem *item,
             const SlicesCoding *coding)
{
    guint best = G_MAXUINT;
    double most = 0.0;

    for (guint k = 0; item->hi - item->lo + 2U <= coding->n_codes && k < coding->n_codes; k++) {
        SlicesItem one = {(guint16)k, (guint16)(k + 1)};
        LargeSum sum = large_sum(look, cube, &one, G_MAXUINT);

        if ((k >= item->lo && k < item->hi) || !(sum.within - sum.observed > most))
            continue;
        most = sum.within - sum.observed;
        best = k;
    }
    return best;
}

/* Whether a condition exceeds what the other rows of its cells tell, but not the cells' own rates.
 * Where one other value errs less than the rest, all others look as if they erred more: it is left
 * out. */
static gboolean
large_hides(const LargeLook *look,
            const LargeCube *cube,
            const SlicesItem *item,
            const SlicesCoding *coding)
{
    LargeSum all = large_sum(look, cube, item, G_MAXUINT);

    if (all.n < (double)look->table->min_rows || all.observed < LARGE_LIFT * all.outside ||
        all.observed >= SLICES_MIN_LIFT * all.within)
        return FALSE;
    all = large_sum(look, cube, item, large_spared(look, cube, item, coding));
    return all.observed >= LARGE_LIFT * all.outside;
}

/* whether any condition of a column has more losses than expected, beyond most chance: then its
 * cells are looked at */
static gboolean
large_is_odd(const LargeLook *look, const SlicesCoding *coding)
{
    const ErrataExpected *expected = look->expected;
    double excess[257] = {0.0}, within[257] = {0.0};

    for (gsize i = 0; i < expected->n_rows; i++) {
        double mu = expected->mu[expected->group[i]];

        excess[coding->code[i] + 1U] += expected->y[i] - mu;
        within[coding->code[i] + 1U] += expected->real ? expected->variance : mu * (1.0 - mu);
    }
    for (guint c = 1; c <= coding->n_codes; c++) {
        excess[c] += excess[c - 1];
        within[c] += within[c - 1];
    }
    for (guint k = 0; k < coding->n_items; k++) {
        double more = excess[coding->items[k].hi] - excess[coding->items[k].lo];
        double variance = within[coding->items[k].hi] - within[coding->items[k].lo];

        if (more > LARGE_SURE * sqrt(fmax(variance, 0.0)))
            return TRUE;
    }
    return FALSE;
}

static void
large_look_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    const LargeLook *look = data;

    for (gsize i = begin; i < end; i++) {
        const SlicesCoding *coding = &look->table->columns[i].fine;
        g_auto(LargeCube) cube = {0, NULL, NULL};

        look->found[i] = g_array_new(FALSE, FALSE, sizeof(Large));
        if (!large_is_odd(look, coding))
            continue;
        large_count(look, coding, &cube);
        for (guint k = 0; k < coding->n_items; k++)
            if (large_hides(look, &cube, &coding->items[k], coding)) {
                Large large = {(guint)i, coding->items[k]};

                g_array_append_val(look->found[i], large);
            }
    }
}

/**
 * errata_slices_large_new:
 * @table: a table
 * @expected: what is expected of its discovery rows before any slice is
 *
 * Complexity: one pass over the discovery rows per column.
 *
 * Returns: (transfer full): the single conditions that the search would not take, though they have
 * more
 *   errors than other rows of the same cells
 */
GArray *
errata_slices_large_new(const SlicesTable *table, const ErrataExpected *expected)
{
    GArray *large = g_array_new(FALSE, FALSE, sizeof(Large));
    g_autofree GArray **found = g_new0(GArray *, MAX(table->n_columns, 1));
    LargeLook look = {table, expected, found};

    errata_parallel_for(table->n_columns, 1, large_look_cb, &look);
    for (guint i = 0; i < table->n_columns; i++) {
        g_array_append_vals(large, found[i]->data, found[i]->len);
        g_array_unref(found[i]);
    }
    return large;
}

/* the likelihood ratio to the other rows' rates, by the variance that it has for these being few */
static double
large_ratio(const ErrataExpected *expected, const ErrataExpectedTest *test)
{
    double rate = test->expected / MAX(test->n, 1.0);
    double plain = expected->real ? test->n * expected->variance
                                  : test->n * rate * (1.0 - fmin(rate, 1.0));

    if (test->observed < LARGE_LIFT * test->expected || !(test->variance > 0.0))
        return 0.0;
    return errata_expected_ratio(test->n,
                                 test->observed,
                                 test->expected,
                                 expected->real ? expected->variance : 0.0) *
           fmin(plain / test->variance, 1.0);
}

/**
 * errata_slices_large_next:
 * @table: a table
 * @large: conditions of errata_slices_large_new()
 * @expected: what is expected of its discovery rows now
 * @n_candidates: single conditions that the search had
 * @ret_slice: (out): the condition with the best score
 * @ret_score: (inout): a score to exceed; that of the condition
 * @ret_ratio: (out): its ratio
 *
 * Its ends are those by what the rows outside it tell.
 *
 * Returns: whether there is one
 */
gboolean
errata_slices_large_next(const SlicesTable *table,
                         const GArray *large,
                         const ErrataExpected *expected,
                         guint64 n_candidates,
                         Slice *ret_slice,
                         double *ret_score,
                         double *ret_ratio)
{
    const SlicesHalf *half = &table->discovery;
    g_autofree guint8 *member = g_malloc(MAX(half->n_rows, 1));
    g_autofree double *mu = NULL;
    ErrataExpected outside = *expected;
    gboolean found = FALSE;

    for (guint i = 0; i < large->len; i++) {
        const Large *own = &g_array_index(large, Large, i);
        Slice slice =
            errata_slices_items_slice(table, FALSE, &own->column, &own->item.lo, &own->item.hi, 1);
        ErrataExpectedTest test;
        double score;

        errata_slices_table_member(table, half, &slice, member);
        errata_expected_test(expected, member, &test);
        score = large_ratio(expected, &test) - log(MAX((double)n_candidates, 1.0));
        if (!(score > *ret_score))
            continue;
        *ret_score = score;
        *ret_slice = slice;
        found = TRUE;
    }
    if (!found)
        return FALSE;
    errata_slices_table_member(table, half, ret_slice, member);
    outside.mu = mu = errata_expected_outside(expected, member);
    *ret_ratio = errata_slices_refine(table, &outside, NULL, ret_slice);
    return TRUE;
}

/* rows of a slice and those that only its parent has, by what rows outside the parent tell */
typedef struct {
    double n[2];
    double observed[2];
    double expected[2];
    double excess;   /* of the slice's over what all of the parent's rows of the same cells do */
    double variance; /* of that, where there is no difference */
} LargeParts;

/* Mantel and Haenszel's sums over the cells; real losses have one variance for all rows */
static LargeParts
large_parts(const ErrataExpected *expected, const guint8 *own, const guint8 *parent)
{
    g_autofree double *outside = errata_expected_outside(expected, parent);
    g_autofree double *n = g_new0(double, 2 * MAX((gsize)expected->n_groups, 1));
    g_autofree double *sum = g_new0(double, 2 * MAX((gsize)expected->n_groups, 1));
    LargeParts parts = {.excess = 0.0};

    for (gsize i = 0; i < expected->n_rows; i++)
        if (parent[i] != 0) {
            gsize at = 2 * (gsize)expected->group[i] + (own[i] != 0 ? 0 : 1);

            n[at] += 1.0;
            sum[at] += expected->y[i];
        }
    for (gsize g = 0; g < expected->n_groups; g++) {
        double all = n[2 * g] + n[2 * g + 1], y = sum[2 * g] + sum[2 * g + 1];
        double each = expected->real ? expected->variance : y * (all - y) / fmax(all * all, 1.0);

        for (guint k = 0; k < 2; k++) {
            parts.n[k] += n[2 * g + k];
            parts.observed[k] += sum[2 * g + k];
            parts.expected[k] += n[2 * g + k] * outside[g];
        }
        if (all < 2.0)
            continue;
        parts.excess += sum[2 * g] - n[2 * g] * y / all;
        parts.variance += n[2 * g] * n[2 * g + 1] / all * each * all / (all - 1.0);
    }
    return parts;
}

/* Whether a condition tells rows apart that err alike, both more than others of their cells. It was
 * chosen on the discovery half for telling them apart there, so the other half is asked; how rows
 * are split says nothing of how many errors they have together, which the half is kept for. */
static gboolean
large_is_idle(const SlicesTable *table,
              const ErrataExpected *expected,
              const Slice *slice,
              guint condition)
{
    const SlicesHalf *half = &table->confirmation;
    g_autofree guint8 *own = g_malloc(MAX(half->n_rows, 1));
    g_autofree guint8 *parent = g_malloc(MAX(half->n_rows, 1));
    Slice wider = *slice;
    LargeParts parts;
    double lift[2], rest, spread;

    wider.condition[condition] = wider.condition[--wider.n];
    errata_slices_table_member(table, half, slice, own);
    errata_slices_table_member(table, half, &wider, parent);
    parts = large_parts(expected, own, parent);
    for (guint k = 0; k < 2; k++)
        lift[k] = parts.observed[k] / fmax(parts.expected[k], 1e-9) - 1.0;
    rest = parts.observed[1] - parts.expected[1];
    spread = expected->real ? expected->variance * parts.n[1] : parts.expected[1];
    return parts.n[1] >= (double)table->min_rows && rest >= LARGE_SURELY * sqrt(spread) &&
           lift[1] >= LARGE_ALIKE * lift[0] &&
           parts.excess < LARGE_SURE * sqrt(fmax(parts.variance, 0.0));
}

/* the value of a column, outside the slice, that errs least for its cells; G_MAXUINT where none
 * does or where so many rows have it that it is the slice which errs more */
static guint
large_least(const SlicesTable *table,
            const ErrataExpected *expected,
            guint column,
            const guint8 *member)
{
    const guint8 *code = table->columns[column].fine.code;
    double n[256] = {0.0}, fewer[256] = {0.0}, outside = 0.0;
    guint best = 0;

    for (gsize i = 0; i < expected->n_rows; i++)
        if (member[i] == 0) {
            n[code[i]] += 1.0;
            fewer[code[i]] += errata_expected_mu(expected, i) - expected->y[i];
            outside += 1.0;
        }
    for (guint c = 1; c < 256; c++)
        best = fewer[c] > fewer[best] ? c : best;
    return fewer[best] > 0.0 && n[best] < LARGE_MINOR * outside ? best : G_MAXUINT;
}

/* whether a slice errs more than the rows outside it, were it not for the value of one of its
 * columns that errs less than all others */
static gboolean
large_stands(const SlicesTable *table, const ErrataExpected *expected, const Slice *slice)
{
    const SlicesHalf *half = &table->discovery;
    g_autofree guint8 *member = g_malloc(MAX(half->n_rows, 1));
    g_autofree guint8 *left_out = g_malloc(MAX(half->n_rows, 1));

    errata_slices_table_member(table, half, slice, member);
    for (guint k = 0; k < slice->n; k++) {
        guint column = slice->condition[k].column;
        guint least = large_least(table, expected, column, member);
        g_autofree double *mu = NULL;
        double observed = 0.0, foreseen = 0.0;

        for (gsize i = 0; i < half->n_rows; i++)
            left_out[i] = member[i] != 0 || table->columns[column].fine.code[i] == least ? 1 : 0;
        mu = errata_expected_outside(expected, left_out);
        for (gsize i = 0; i < half->n_rows; i++)
            if (member[i] != 0) {
                observed += expected->y[i];
                foreseen += mu[expected->group[i]];
            }
        if (observed < SLICES_MIN_LIFT * foreseen)
            return FALSE;
    }
    return TRUE;
}

/**
 * errata_slices_large_whole:
 * @table: a table
 * @expected: (array fixed-size=2): what is expected of the rows of the discovery and the
 *   confirmation half
 * @slice: (inout): a slice; loses the conditions without which as many rows err as much
 * @ret_ratio: (inout): its ratio
 *
 * Where a group is large, what is expected of its rows has its own errors in it, and only a part of
 * the group stands out from that: by a condition that plays no part. So the rows that the condition
 * leaves out are held against those outside the group, and against the slice by Mantel and
 * Haenszel's test over the cells (1959, Journal of the National Cancer Institute 22).
 *
 * Complexity: a pass over the confirmation rows per condition.
 */
void
errata_slices_large_whole(const SlicesTable *table,
                          const ErrataExpected *const expected[2],
                          Slice *slice,
                          double *ret_ratio)
{
    g_autofree guint8 *member = NULL;
    g_autofree double *mu = NULL;
    ErrataExpected outside = *expected[0];
    Slice wider = *slice;

    for (guint k = wider.n; k-- > 0 && wider.n > 1;)
        if (large_is_idle(table, expected[1], &wider, k))
            wider.condition[k] = wider.condition[--wider.n];
    if (wider.n == slice->n || !large_stands(table, expected[0], &wider))
        return;
    *slice = wider;
    member = g_malloc(MAX(table->discovery.n_rows, 1));
    errata_slices_table_member(table, &table->discovery, slice, member);
    outside.mu = mu = errata_expected_outside(expected[0], member);
    *ret_ratio = errata_slices_refine(table, &outside, NULL, slice);
}
