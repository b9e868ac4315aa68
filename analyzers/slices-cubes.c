/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A data cube per set of columns: one histogram over their codes, from which every conjunction of
 * code ranges is a few differences of prefix sums (Gray et al. 1997, "Data Cube"; Ho et al. 1997,
 * "Range queries in OLAP data cubes"). Sums are whole numbers, so their order cannot matter. */
#include <math.h>
#include <string.h>

#include "slices-search.h"

#define SLICES_BLOCK         8192 /* rows counted at once */
#define SLICES_COUNT_BITS    24
#define SLICES_LOSS_BITS     12 /* a loss of 1 in units of 1/4096 */
#define SLICES_PACK_BITS     14 /* rows of a block, and errors, in a packed sum */
#define SLICES_PACK_MASK     ((G_GUINT64_CONSTANT(1) << SLICES_PACK_BITS) - 1)
#define SLICES_PACK_CELLS    6144
#define SLICES_LOSS_UNIT     (1.0 / 4096.0)
#define SLICES_EXPECTED_UNIT (1.0 / 1048576.0)

/* what the expectations of all rows may have fallen to for each bound */
const double errata_slices_cubes_fall[SLICES_N_BOUNDS] = {0.86, 0.95};

/* room for what is worked out of a block of rows */
typedef struct {
    guint16 pair[SLICES_BLOCK];
    guint64 sums[SLICES_PACK_CELLS];
} SlicesBlock;

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

/* codes of the first two axes as one, for the cubes that share them */
static void
slices_cubes_pair(const SlicesSearch *search,
                  const SlicesCube *cube,
                  gsize begin,
                  gsize end,
                  guint16 *ret_pair)
{
    const guint8 *a = slices_cubes_coding(search->table, cube, 0)->code;
    const guint8 *b = slices_cubes_coding(search->table, cube, 1)->code;
    guint32 n_b = cube->n_codes[1];

    for (gsize i = begin; i < end; i++)
        ret_pair[i - begin] = (guint16)(a[i] * n_b + b[i]);
}

static gboolean
slices_cubes_share_pair(const SlicesCube *cube, const SlicesCube *other)
{
    return cube->n_axes == 3 && other->n_axes == 3 && cube->axis[0] == other->axis[0] &&
           cube->axis[1] == other->axis[1];
}

/* rows, errors and expected errors of a block in one addition per row */
static void
slices_cubes_count_packed(const SlicesSearch *search,
                          SlicesCube *cube,
                          const guint16 *pair,
                          gsize begin,
                          gsize end,
                          guint64 *sums)
{
    const guint8 *last = slices_cubes_coding(search->table, cube, 2)->code + begin;
    const guint64 *packed = search->packed + begin;
    guint32 n_last = cube->n_codes[2];
    gsize n = end - begin;

    memset(sums, 0, cube->n_cells * sizeof(guint64));
    for (gsize i = 0; i < n; i++)
        sums[pair[i] * n_last + last[i]] += packed[i];
    for (guint i = 0; i < cube->n_cells; i++) {
        guint64 n_rows = sums[i] & SLICES_PACK_MASK;
        guint64 n_errors = (sums[i] >> SLICES_PACK_BITS) & SLICES_PACK_MASK;

        cube->cell[i].count += n_rows + (n_errors << (SLICES_COUNT_BITS + SLICES_LOSS_BITS));
        cube->cell[i].expected += sums[i] >> (2 * SLICES_PACK_BITS);
    }
}

/* @n_axes is a constant where this is called, so that each case is a loop of its own */
__attribute__((always_inline)) static inline void
slices_cubes_count_first(const SlicesSearch *search,
                         SlicesCube *cube,
                         const guint16 *pair,
                         gsize begin,
                         gsize end,
                         const guint n_axes)
{
    const guint8 *last = slices_cubes_coding(search->table, cube, n_axes - 1)->code;
    const guint8 *a = slices_cubes_coding(search->table, cube, 0)->code;
    guint32 n_last = cube->n_codes[n_axes - 1];

    for (gsize i = begin; i < end; i++) {
        guint32 index = last[i];
        SlicesCell *cell;

        if (n_axes == 2)
            index += a[i] * n_last;
        if (n_axes == 3)
            index += pair[i - begin] * n_last;
        cell = &cube->cell[index];
        cell->expected += search->expected[i];
        cell->count += 1 + ((guint64)search->loss[i] << SLICES_COUNT_BITS);
    }
}

__attribute__((always_inline)) static inline void
slices_cubes_count_again(const SlicesSearch *search,
                         SlicesCube *cube,
                         const guint16 *pair,
                         gsize begin,
                         gsize end,
                         const guint n_axes)
{
    const guint8 *last = slices_cubes_coding(search->table, cube, n_axes - 1)->code;
    const guint8 *a = slices_cubes_coding(search->table, cube, 0)->code;
    guint32 n_last = cube->n_codes[n_axes - 1];

    for (gsize i = begin; i < end; i++) {
        guint32 index = last[i];

        if (n_axes == 2)
            index += a[i] * n_last;
        if (n_axes == 3)
            index += pair[i - begin] * n_last;
        cube->cell[index].expected += search->expected[i];
    }
}

static void
slices_cubes_count_block(const SlicesSearch *search,
                         SlicesCube *cube,
                         SlicesBlock *block,
                         gsize begin,
                         gsize end,
                         gboolean first)
{
    if (cube->n_axes == 3 && first && search->packed != NULL && cube->n_cells <= SLICES_PACK_CELLS)
        slices_cubes_count_packed(search, cube, block->pair, begin, end, block->sums);
    else if (cube->n_axes == 3 && first)
        slices_cubes_count_first(search, cube, block->pair, begin, end, 3);
    else if (cube->n_axes == 3)
        slices_cubes_count_again(search, cube, block->pair, begin, end, 3);
    else if (cube->n_axes == 2 && first)
        slices_cubes_count_first(search, cube, NULL, begin, end, 2);
    else if (cube->n_axes == 2)
        slices_cubes_count_again(search, cube, NULL, begin, end, 2);
    else if (first)
        slices_cubes_count_first(search, cube, NULL, begin, end, 1);
    else
        slices_cubes_count_again(search, cube, NULL, begin, end, 1);
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

/* the expected losses when nearly all rows expect the same: only the others are looked at */
static void
slices_cubes_count_odd(const SlicesSearch *search, SlicesCube *cube)
{
    const guint8 *code[SLICES_MAX_AXES] = {NULL};

    errata_slices_cubes_assume(search, cube, search->common);
    for (guint i = 0; i < cube->n_axes; i++)
        code[i] = slices_cubes_coding(search->table, cube, i)->code;
    for (gsize k = 0; k < search->n_odd; k++) {
        guint32 row = search->odd[k];
        guint32 index = code[0][row];

        for (guint i = 1; i < cube->n_axes; i++)
            index = index * cube->n_codes[i] + code[i][row];
        cube->cell[index].expected += search->expected[row]; /* first: never below 0 */
        cube->cell[index].expected -= search->common;
    }
}

/**
 * errata_slices_cubes_pack:
 * @search: what is searched
 *
 * Row, error and expected error of each row in one word, when losses are errors: 14 bits, 14 bits,
 * and units of 2^-20 above, so that a block of 8192 rows cannot carry over.
 *
 * Returns: (transfer full) (nullable): the words, %NULL for real losses
 */
guint64 *
errata_slices_cubes_pack(const SlicesSearch *search)
{
    gsize n = search->table->discovery.n_rows;
    guint64 *packed;

    if (search->table->real)
        return NULL;
    packed = g_new(guint64, MAX(n, 1));
    for (gsize i = 0; i < n; i++)
        packed[i] = 1 + ((guint64)(search->loss[i] != 0) << SLICES_PACK_BITS) +
                    ((guint64)search->expected[i] << (2 * SLICES_PACK_BITS));
    return packed;
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
    gboolean done[SLICES_GRAIN];
    g_autofree SlicesBlock *block = g_new(SlicesBlock, 1);

    for (gsize k = 0; k < n; k++) {
        SlicesCube *cube = &search->cubes[index[k]];

        first[k] = cube->cell == NULL;
        if (first[k])
            cube->cell = g_new0(SlicesCell, cube->n_cells);
        done[k] = !first[k] && search->odd != NULL;
        if (done[k])
            slices_cubes_count_odd(search, cube);
        for (guint i = 0; i < cube->n_cells && !done[k]; i++)
            cube->cell[i].expected = 0;
    }
    for (gsize begin = 0; begin < n_rows; begin += SLICES_BLOCK)
        for (gsize k = 0; k < n; k++) {
            SlicesCube *cube = &search->cubes[index[k]];
            gsize end = MIN(begin + SLICES_BLOCK, n_rows);

            if (done[k])
                continue;
            if (cube->n_axes == 3 && (k == 0 || done[k - 1] ||
                                      !slices_cubes_share_pair(cube, &search->cubes[index[k - 1]])))
                slices_cubes_pair(search, cube, begin, end, block->pair);
            slices_cubes_count_block(search, cube, block, begin, end, first[k]);
        }
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

    sums[0][0] = sums[1][0] = sums[2][0] = 0.0;
    for (guint c = 0; c < n_codes; c++)
        sums[0][c + 1] = sums[0][c] + line[c];
    if (sums[0][n_codes] < scan->min_rows)
        return;
    for (guint c = 0; c < n_codes; c++) {
        sums[1][c + 1] = sums[1][c] + line[n_codes + c];
        sums[2][c + 1] = sums[2][c] + line[2 * n_codes + c];
    }
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
