/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A data cube per set of columns: one histogram over their codes, from which every conjunction of
 * code ranges is a few differences of prefix sums (Gray et al. 1997, "Data Cube"; Ho et al. 1997,
 * "Range queries in OLAP data cubes"). Sums are whole numbers, so their order cannot matter. */
#include <math.h>
#include <string.h>

#include "slices-search.h"

#define SLICES_BLOCK         8192 /* rows counted at once */
#define SLICES_COUNT_BITS    24
#define SLICES_LOSS_UNIT     (1.0 / 4096.0)
#define SLICES_EXPECTED_UNIT (1.0 / 1048576.0)

/* what the expectations of all rows may have fallen to for each bound */
const double errata_slices_cubes_fall[SLICES_N_BOUNDS] = {0.72, 0.84, 0.90, 0.95};

static const SlicesCoding *
slices_cubes_coding(const SlicesTable *table, const SlicesCube *cube, guint axis)
{
    const SlicesColumn *column = &table->columns[cube->axis[axis]];

    return cube->n_axes == SLICES_MAX_AXES ? &column->coarse : &column->fine;
}

/**
 * errata_slices_cubes_prepare:
 * @table: a table
 * @cube: a cube with its axes set
 *
 * Sets the sizes; nothing is counted yet.
 */
void
errata_slices_cubes_prepare(const SlicesTable *table, SlicesCube *cube)
{
    cube->n_cells = 1;
    cube->epoch = -1;
    for (guint i = 0; i < cube->n_axes; i++) {
        cube->n_codes[i] = slices_cubes_coding(table, cube, i)->n_codes;
        cube->n_cells *= cube->n_codes[i];
    }
}

/* @n_axes and @first are constants where this is called, so that each case is a loop of its own */
__attribute__((always_inline)) static inline void
slices_cubes_count_rows(const SlicesSearch *search,
                        SlicesCube *cube,
                        gsize begin,
                        gsize end,
                        const guint n_axes,
                        const gboolean first)
{
    const SlicesTable *table = search->table;
    const guint8 *a = slices_cubes_coding(table, cube, 0)->code;
    const guint8 *b = n_axes > 1 ? slices_cubes_coding(table, cube, 1)->code : NULL;
    const guint8 *c = n_axes > 2 ? slices_cubes_coding(table, cube, 2)->code : NULL;
    guint32 n_b = cube->n_codes[1];
    guint32 n_c = cube->n_codes[2];

    for (gsize i = begin; i < end; i++) {
        guint32 index = a[i];
        SlicesCell *cell;

        if (n_axes > 1)
            index = index * n_b + b[i];
        if (n_axes > 2)
            index = index * n_c + c[i];
        cell = &cube->cell[index];
        cell->expected += search->expected[i];
        if (first)
            cell->count += 1 + ((guint64)search->loss[i] << SLICES_COUNT_BITS);
    }
}

static void
slices_cubes_count_block(const SlicesSearch *search,
                         SlicesCube *cube,
                         gsize begin,
                         gsize end,
                         gboolean first)
{
    if (cube->n_axes == 3 && first)
        slices_cubes_count_rows(search, cube, begin, end, 3, TRUE);
    else if (cube->n_axes == 3)
        slices_cubes_count_rows(search, cube, begin, end, 3, FALSE);
    else if (cube->n_axes == 2 && first)
        slices_cubes_count_rows(search, cube, begin, end, 2, TRUE);
    else if (cube->n_axes == 2)
        slices_cubes_count_rows(search, cube, begin, end, 2, FALSE);
    else
        slices_cubes_count_rows(search, cube, begin, end, 1, first);
}

/**
 * errata_slices_cubes_count:
 * @search: what is searched
 * @index: (array length=n): prepared cubes, by their place in the search
 * @n: how many, at most %SLICES_GRAIN
 *
 * Counts rows and losses the first time, and the expected losses of the present epoch each time.
 * Several cubes are counted block by block of rows, which then stay in the cache.
 */
void
errata_slices_cubes_count(const SlicesSearch *search, const guint *index, gsize n)
{
    gsize n_rows = search->table->discovery.n_rows;
    gboolean first[SLICES_GRAIN];

    for (gsize k = 0; k < n; k++) {
        SlicesCube *cube = &search->cubes[index[k]];

        first[k] = cube->cell == NULL;
        if (first[k])
            cube->cell = g_new0(SlicesCell, cube->n_cells);
        for (guint i = 0; i < cube->n_cells; i++)
            cube->cell[i].expected = 0;
    }
    for (gsize begin = 0; begin < n_rows; begin += SLICES_BLOCK)
        for (gsize k = 0; k < n; k++)
            slices_cubes_count_block(search,
                                     &search->cubes[index[k]],
                                     begin,
                                     MIN(begin + SLICES_BLOCK, n_rows),
                                     first[k]);
}

/**
 * errata_slices_cubes_assume:
 * @search: what is searched
 * @cube: a cube that has been counted
 * @expected: expected loss of every row, in units of 2^-20
 *
 * Sets the expected losses without reading the rows.
 */
void
errata_slices_cubes_assume(const SlicesSearch *search, SlicesCube *cube, guint32 expected)
{
    for (guint i = 0; i < cube->n_cells; i++)
        cube->cell[i].expected = (cube->cell[i].count & ((1U << SLICES_COUNT_BITS) - 1)) * expected;
}

typedef struct {
    const SlicesSearch *search;
    SlicesCube *cube;
    const SlicesCoding *coding[SLICES_MAX_AXES];
    SlicesItem item[SLICES_MAX_AXES];
    double *scratch[SLICES_MAX_AXES]; /* one slab per axis but the last */
    double min_rows;
    guint64 n_valid;
} SlicesScan;

/* whether the likelihood ratio can exceed @most, without a logarithm: KL is at most chi-square */
static inline gboolean
slices_cubes_may_exceed(double n, double observed, double expected, double variance, double most)
{
    double excess = observed - expected;

    if (variance > 0.0)
        return excess * excess > most * 2.0 * n * variance;
    return excess * excess * n > most * expected * (n - expected);
}

static inline void
slices_cubes_consider(SlicesScan *scan, double n, double observed, double expected)
{
    SlicesCube *cube = scan->cube;
    double variance = scan->search->variance;

    for (guint i = 0; i < SLICES_N_BOUNDS; i++) {
        double lowest = errata_slices_cubes_fall[i] * expected;

        if (observed < SLICES_MIN_LIFT * lowest)
            return;
        if (slices_cubes_may_exceed(n, observed, lowest, variance, cube->bound[i]))
            cube->bound[i] = MAX(cube->bound[i],
                                 errata_expected_ratio(n, observed, lowest, variance));
    }
    if (observed >= SLICES_MIN_LIFT * expected &&
        slices_cubes_may_exceed(n, observed, expected, variance, cube->best)) {
        double ratio = errata_expected_ratio(n, observed, expected, variance);

        if (ratio > cube->best) {
            cube->best = ratio;
            memcpy(cube->best_item, scan->item, sizeof(scan->item));
        }
    }
}

/* @sums[k * @stride …] becomes the sum of the cells below k, for k = 0 … @n_codes */
static void
slices_cubes_prefix(double *sums, guint n_codes, gsize stride)
{
    double *last = sums + n_codes * stride;

    memset(last, 0, stride * sizeof(double));
    for (guint k = n_codes; k-- > 0;) /* suffix sums first: the cells stand where they must go */
        for (gsize i = 0; i < stride; i++)
            sums[k * stride + i] += sums[(k + 1) * stride + i];
}

/* the innermost axis: rows, observed and expected as three lines of @n_codes cells */
static void
slices_cubes_scan_line(SlicesScan *scan, const double *line, guint axis)
{
    const SlicesCoding *coding = scan->coding[axis];
    guint n_codes = coding->n_codes;
    double sums[3][257];

    for (guint k = 0; k < 3; k++) {
        sums[k][0] = 0.0;
        for (guint c = 0; c < n_codes; c++)
            sums[k][c + 1] = sums[k][c] + line[k * n_codes + c];
    }
    if (sums[0][n_codes] < scan->min_rows)
        return;
    for (guint i = 0; i < coding->n_items; i++) {
        SlicesItem item = coding->items[i];
        double n = sums[0][item.hi] - sums[0][item.lo];

        if (n < scan->min_rows)
            continue;
        scan->n_valid++;
        scan->item[axis] = item;
        slices_cubes_consider(scan,
                              n,
                              sums[1][item.hi] - sums[1][item.lo],
                              sums[2][item.hi] - sums[2][item.lo]);
    }
}

/* an outer axis: @slabs holds, per code, @stride cells of the axes within */
static void
slices_cubes_scan(SlicesScan *scan, double *slabs, guint axis, gsize stride)
{
    const SlicesCoding *coding = scan->coding[axis];
    guint n_within = scan->cube->n_codes[axis + 1];
    gboolean is_last = axis + 2 == scan->cube->n_axes;
    double *slab = scan->scratch[axis];

    slices_cubes_prefix(slabs, coding->n_codes, stride);
    for (guint i = 0; i < coding->n_items; i++) {
        const double *above = slabs + coding->items[i].hi * stride;
        const double *from = slabs + coding->items[i].lo * stride;

        for (gsize k = 0; k < stride; k++)
            slab[k] = from[k] - above[k];
        scan->item[axis] = coding->items[i];
        if (is_last)
            slices_cubes_scan_line(scan, slab, axis + 1);
        else
            slices_cubes_scan(scan, slab, axis + 1, stride / n_within);
    }
}

/* the cells as numbers: lines of rows, observed, expected along the last axis */
static double *
slices_cubes_unpack(const SlicesCube *cube)
{
    guint n_last = cube->n_codes[cube->n_axes - 1];
    double *slabs = g_new(double, 3 * ((gsize)cube->n_cells + cube->n_cells / cube->n_codes[0]));

    for (guint line = 0; line < cube->n_cells / n_last; line++) {
        const SlicesCell *cell = cube->cell + (gsize)line * n_last;
        double *to = slabs + (gsize)line * 3 * n_last;

        for (guint c = 0; c < n_last; c++) {
            to[c] = (double)(cell[c].count & ((1U << SLICES_COUNT_BITS) - 1));
            to[n_last + c] = (double)(cell[c].count >> SLICES_COUNT_BITS) * SLICES_LOSS_UNIT;
            to[2 * n_last + c] = (double)cell[c].expected * SLICES_EXPECTED_UNIT;
        }
    }
    return slabs;
}

/**
 * errata_slices_cubes_evaluate:
 * @search: what is searched
 * @cube: a counted cube
 *
 * Finds the conjunction with the largest likelihood ratio among all that have a condition on every
 * axis, enough rows and at least 1.25 times the expected losses, and the bounds for later epochs.
 */
void
errata_slices_cubes_evaluate(const SlicesSearch *search, SlicesCube *cube)
{
    SlicesScan scan = {.search = search, .cube = cube, .min_rows = (double)search->table->min_rows};
    g_autofree double *slabs = slices_cubes_unpack(cube);
    gsize stride = 3 * (gsize)cube->n_cells / cube->n_codes[0];

    cube->best = 0.0;
    memset(cube->bound, 0, sizeof(cube->bound));
    for (guint i = 0; i < cube->n_axes; i++) {
        scan.coding[i] = slices_cubes_coding(search->table, cube, i);
        scan.scratch[i] = g_new(double, 2 * stride); /* its prefix sums need one more slab */
    }
    if (cube->n_axes == 1)
        slices_cubes_scan_line(&scan, slabs, 0);
    else
        slices_cubes_scan(&scan, slabs, 0, stride);
    cube->n_valid = scan.n_valid;
    for (guint i = 0; i < cube->n_axes; i++)
        g_free(scan.scratch[i]);
}
