/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A data cube per set of columns: one histogram over their codes, from which every conjunction of
 * code ranges is a few differences of prefix sums (Gray et al. 1997, "Data Cube"; Ho et al. 1997,
 * "Range queries in OLAP data cubes"). Row, loss and expected loss of a row stand in one word, so
 * that counting is one addition per row and cube; cubes that differ in the last axis only are
 * counted four at a time. Sums are whole numbers, so their order cannot matter. Nothing is kept of a
 * cube but what its scan found: counting again costs no more than reading it back. */
#include <math.h>
#include <string.h>

#include "slices-scan.h"

#define SLICES_ABREAST 4 /* cubes counted together */
#define SLICES_SUM_BITS \
    30 /* a sum of losses, so that it fits a 32-bit number with room for rounding */
#define SLICES_WORD_BITS 64

const double errata_slices_cubes_fall[SLICES_N_BOUNDS] = {0.7, 0.84, 0.92, 0.97};

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
    for (guint i = 0; i < cube->n_axes; i++)
        cube->n_cells *= slices_cubes_coding(table, cube, i)->n_codes;
}

static guint
slices_cubes_bits(double most)
{
    guint bits = 1;

    while (ldexp(1.0, (int)bits) <= most)
        bits++;
    return bits;
}

/* the power of two that brings @total to just under 2^@bits */
static double
slices_cubes_scale(double total, guint bits)
{
    int exponent = 0;

    frexp(MAX(total, 1e-6), &exponent);
    return ldexp(1.0, (int)bits - exponent);
}

/* errors: rows, errors and expected errors in one word; losses: the expected ones in a second */
static void
slices_cubes_lay_out(SlicesSearch *search, const double *expected)
{
    gsize n = search->table->discovery.n_rows;
    double total[2] = {0.0, 0.0};
    guint bits_m = SLICES_SUM_BITS;

    for (gsize i = 0; i < n; i++) {
        total[0] += search->y[i];
        total[1] += expected[i];
    }
    search->bits_n = slices_cubes_bits((double)n);
    search->unit_e = 1.0;
    if (search->variance > 0.0) {
        search->unit_e = 1.0 / slices_cubes_scale(total[0], SLICES_SUM_BITS);
        search->bits_e = SLICES_WORD_BITS - search->bits_n;
    } else {
        search->bits_e = slices_cubes_bits(total[0]);
        bits_m = MIN(bits_m, SLICES_WORD_BITS - search->bits_n - search->bits_e - 1);
    }
    search->unit_m = 1.0 / slices_cubes_scale(total[1], bits_m);
}

/**
 * errata_slices_cubes_pack:
 * @search: what is searched; gets its words
 * @expected: (array length=n_rows): expected loss of each row of the discovery half
 *
 * Puts what is counted of each row into one word, or two for real losses. Expected losses are
 * rounded to 1 part in 2^28 or so of their sum.
 */
void
errata_slices_cubes_pack(SlicesSearch *search, const double *expected)
{
    gsize n = search->table->discovery.n_rows;
    gboolean real = search->variance > 0.0;
    double scale_e, scale_m;

    slices_cubes_lay_out(search, expected);
    scale_e = 1.0 / search->unit_e;
    scale_m = 1.0 / search->unit_m;
    if (search->word[0] == NULL)
        search->word[0] = g_new(guint64, MAX(n, 1));
    if (real && search->word[1] == NULL)
        search->word[1] = g_new(guint64, MAX(n, 1));
    for (gsize i = 0; i < n; i++) {
        guint64 e = (guint64)lrint(search->y[i] * scale_e);
        guint64 m = (guint64)lrint(expected[i] * scale_m);

        search->word[0][i] = 1 + (e << search->bits_n);
        if (real)
            search->word[1][i] = m;
        else
            search->word[0][i] += m << (search->bits_n + search->bits_e);
    }
}

/* joint code of all axes but the last */
static void
slices_cubes_prefix(const SlicesSearch *search, const SlicesCube *cube, guint16 *ret_prefix)
{
    gsize n = search->table->discovery.n_rows;

    if (cube->n_axes == 1) {
        memset(ret_prefix, 0, n * sizeof(guint16));
        return;
    }
    const guint8 *a = slices_cubes_coding(search->table, cube, 0)->code;

    if (cube->n_axes == 2) {
        for (gsize i = 0; i < n; i++)
            ret_prefix[i] = a[i];
        return;
    }
    const SlicesCoding *b = slices_cubes_coding(search->table, cube, 1);

    for (gsize i = 0; i < n; i++)
        ret_prefix[i] = (guint16)(a[i] * b->n_codes + b->code[i]);
}

static gboolean
slices_cubes_share_prefix(const SlicesCube *cube, const SlicesCube *other)
{
    return cube->n_axes == other->n_axes &&
           memcmp(cube->axis, other->axis, (cube->n_axes - 1) * sizeof(guint)) == 0;
}

static void
slices_cubes_add(const guint64 *word,
                 const guint16 *prefix,
                 gsize n_rows,
                 const SlicesCoding *last,
                 guint64 *sums)
{
    const guint8 *code = last->code;
    guint32 n_codes = last->n_codes;

    for (gsize i = 0; i < n_rows; i++)
        sums[prefix[i] * n_codes + code[i]] += word[i];
}

/* four cubes abreast: their additions do not wait for one another */
static void
slices_cubes_add_four(const guint64 *word,
                      const guint16 *prefix,
                      gsize n_rows,
                      const SlicesCoding *const *last,
                      guint64 *const *sums)
{
    const guint8 *code_0 = last[0]->code, *code_1 = last[1]->code;
    const guint8 *code_2 = last[2]->code, *code_3 = last[3]->code;
    guint32 n_0 = last[0]->n_codes, n_1 = last[1]->n_codes;
    guint32 n_2 = last[2]->n_codes, n_3 = last[3]->n_codes;
    guint64 *sums_0 = sums[0], *sums_1 = sums[1], *sums_2 = sums[2], *sums_3 = sums[3];

    for (gsize i = 0; i < n_rows; i++) {
        guint32 outer = prefix[i];
        guint64 add = word[i];

        sums_0[outer * n_0 + code_0[i]] += add;
        sums_1[outer * n_1 + code_1[i]] += add;
        sums_2[outer * n_2 + code_2[i]] += add;
        sums_3[outer * n_3 + code_3[i]] += add;
    }
}

/* counts @n cubes of one prefix into @sums */
static void
slices_cubes_count(const SlicesSearch *search,
                   const guint *index,
                   guint n,
                   const guint16 *prefix,
                   guint which,
                   guint64 *const *sums)
{
    const SlicesCoding *last[SLICES_ABREAST];
    const guint64 *word = search->word[which];
    gsize n_rows = search->table->discovery.n_rows;

    for (guint k = 0; k < n; k++) {
        const SlicesCube *cube = &search->cubes[index[k]];

        last[k] = slices_cubes_coding(search->table, cube, cube->n_axes - 1);
        memset(sums[k], 0, cube->n_cells * sizeof(guint64));
    }
    if (n == SLICES_ABREAST)
        slices_cubes_add_four(word, prefix, n_rows, last, sums);
    else
        for (guint k = 0; k < n; k++)
            slices_cubes_add(word, prefix, n_rows, last[k], sums[k]);
}

/* the words of the cells as rows, losses and expected losses */
static void
slices_cubes_unpack(const SlicesSearch *search,
                    const SlicesCube *cube,
                    const guint64 *first,
                    const guint64 *second,
                    gint32 *const *ret_plane)
{
    guint64 mask_n = (G_GUINT64_CONSTANT(1) << search->bits_n) - 1;
    guint64 mask_e = (G_GUINT64_CONSTANT(1) << search->bits_e) - 1;

    for (guint i = 0; i < cube->n_cells; i++) {
        ret_plane[0][i] = (gint32)(first[i] & mask_n);
        ret_plane[1][i] = (gint32)((first[i] >> search->bits_n) & mask_e);
        ret_plane[2][i] = (gint32)(second != NULL ? second[i]
                                                  : first[i] >> (search->bits_n + search->bits_e));
    }
}

static void
slices_cubes_scan(const SlicesSearch *search, SlicesCube *cube, gint32 *const *plane)
{
    const SlicesCoding *coding[SLICES_MAX_AXES] = {NULL};

    for (guint i = 0; i < cube->n_axes; i++)
        coding[i] = slices_cubes_coding(search->table, cube, i);
    errata_slices_scan(search, cube, coding, plane);
}

/**
 * errata_slices_cubes_evaluate:
 * @search: what is searched
 * @index: (array length=n): prepared cubes, by their place in the search; those that differ in their
 *   last axis only are best next to each other
 * @n: how many
 *
 * Counts each cube and finds its best conjunction at what is expected now.
 */
void
errata_slices_cubes_evaluate(const SlicesSearch *search, const guint *index, gsize n)
{
    g_autofree guint16 *prefix = g_new(guint16, MAX(search->table->discovery.n_rows, 1));
    g_autofree guint64 *room = NULL;
    g_autofree gint32 *cells = NULL;
    guint n_words = search->variance > 0.0 ? 2 : 1;
    gsize most = 1;

    for (gsize i = 0; i < n; i++)
        most = MAX(most, search->cubes[index[i]].n_cells);
    room = g_new(guint64, 2 * SLICES_ABREAST * most);
    cells = g_new(gint32, 3 * most);
    gint32 *plane[] = {cells, cells + most, cells + 2 * most};
    guint64 *sums[2 * SLICES_ABREAST];

    for (guint k = 0; k < 2 * SLICES_ABREAST; k++)
        sums[k] = room + k * most;
    for (gsize i = 0; i < n;) {
        const SlicesCube *cube = &search->cubes[index[i]];
        guint n_together = 1;

        if (i == 0 || !slices_cubes_share_prefix(cube, &search->cubes[index[i - 1]]))
            slices_cubes_prefix(search, cube, prefix);
        while (n_together < SLICES_ABREAST && i + n_together < n &&
               slices_cubes_share_prefix(cube, &search->cubes[index[i + n_together]]))
            n_together++;
        for (guint which = 0; which < n_words; which++)
            slices_cubes_count(search,
                               index + i,
                               n_together,
                               prefix,
                               which,
                               sums + which * SLICES_ABREAST);
        for (guint k = 0; k < n_together; k++) {
            SlicesCube *counted = &search->cubes[index[i + k]];

            slices_cubes_unpack(search,
                                counted,
                                sums[k],
                                n_words > 1 ? sums[SLICES_ABREAST + k] : NULL,
                                plane);
            slices_cubes_scan(search, counted, plane);
        }
        i += n_together;
    }
}
