/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A data cube per set of columns: one histogram over their codes, from which every conjunction of
 * code ranges is a few differences of prefix sums (Gray et al. 1997, "Data Cube"; Ho et al. 1997,
 * "Range queries in OLAP data cubes"). Row, loss and expected loss of a row stand in one word, so
 * that counting is one addition per row and cube; cubes that a larger one holds are sums over its
 * cells. Sums are whole numbers, so their order cannot matter. Nothing is kept of a cube but what
 * its scan found: counting again costs no more than reading it back. */
#include "slices-cubes.h"

#include <math.h>
#include <string.h>

#include "slices-scan.h"

#define SLICES_BLOCK 1024 /* rows whose cells are known at once */
#define SLICES_SUM_BITS \
    30 /* a sum of losses, so that it fits a 32-bit number with room for rounding */
#define SLICES_WORD_BITS 64

const double errata_slices_cubes_fall[SLICES_N_BOUNDS] = {0.84, 0.9, 0.94, 0.97};

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

/* what one thread counts into */
typedef struct {
    guint64 *sums[2]; /* the cells of a group, per word */
    guint64 *part[2]; /* with one axis summed away … */
    guint dropped;    /* … which is this one; its number of axes where nothing was yet */
    guint64 *own[2];  /* those of a member */
    gint32 *plane[3];
} CubesRoom;

/* the cells of @n rows from @begin on; @n_axes is known where this is compiled */
__attribute__((always_inline)) static inline void
slices_cubes_cells_of(const SlicesCoding *const *coding,
                      guint n_axes,
                      gsize begin,
                      gsize n,
                      guint16 *restrict cell)
{
    const guint8 *code[SLICES_GROUP_AXES] = {NULL};
    guint16 n_codes[SLICES_GROUP_AXES] = {0};

    for (guint k = 0; k < n_axes; k++) {
        code[k] = coding[k]->code + begin;
        n_codes[k] = (guint16)coding[k]->n_codes;
    }
    for (gsize i = 0; i < n; i++) {
        guint16 at = code[0][i];

#pragma GCC unroll 4
        for (guint k = 1; k < n_axes; k++)
            at = (guint16)(at * n_codes[k] + code[k][i]);
        cell[i] = at;
    }
}

__attribute__((always_inline)) static inline void
slices_cubes_cells_any(const SlicesCoding *const *coding,
                       guint n_axes,
                       gsize begin,
                       gsize n,
                       guint16 *cell)
{
    switch (n_axes) {
    case 1:
        slices_cubes_cells_of(coding, 1, begin, n, cell);
        break;
    case 2:
        slices_cubes_cells_of(coding, 2, begin, n, cell);
        break;
    case 3:
        slices_cubes_cells_of(coding, 3, begin, n, cell);
        break;
    default:
        slices_cubes_cells_of(coding, SLICES_GROUP_AXES, begin, n, cell);
        break;
    }
}

#if defined(__x86_64__)
__attribute__((target("avx512bw,avx512vl"))) static void
slices_cubes_cells_widest(const SlicesCoding *const *coding,
                          guint n_axes,
                          gsize begin,
                          gsize n,
                          guint16 *cell)
{
    slices_cubes_cells_any(coding, n_axes, begin, n, cell);
}

__attribute__((target("avx2"))) static void
slices_cubes_cells_wide(const SlicesCoding *const *coding,
                        guint n_axes,
                        gsize begin,
                        gsize n,
                        guint16 *cell)
{
    slices_cubes_cells_any(coding, n_axes, begin, n, cell);
}
#endif

static void
slices_cubes_cells(const SlicesCoding *const *coding,
                   guint n_axes,
                   gsize begin,
                   gsize n,
                   guint16 *cell)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")) {
        slices_cubes_cells_widest(coding, n_axes, begin, n, cell);
        return;
    }
    if (__builtin_cpu_supports("avx2")) {
        slices_cubes_cells_wide(coding, n_axes, begin, n, cell);
        return;
    }
#endif
    slices_cubes_cells_any(coding, n_axes, begin, n, cell);
}

static void
slices_cubes_count(const SlicesSearch *search, const SlicesGroup *group, CubesRoom *room)
{
    gboolean coarse = search->cubes[group->member[0]].n_axes == SLICES_MAX_AXES;
    gsize n_rows = search->table->discovery.n_rows;
    guint n_words = search->variance > 0.0 ? 2 : 1;
    const SlicesCoding *coding[SLICES_GROUP_AXES];
    guint16 cell[SLICES_BLOCK];

    for (guint k = 0; k < group->n_axes; k++) {
        const SlicesColumn *column = &search->table->columns[group->axis[k]];

        coding[k] = coarse ? &column->coarse : &column->fine;
    }
    for (guint which = 0; which < n_words; which++)
        memset(room->sums[which], 0, group->n_cells * sizeof(guint64));
    for (gsize begin = 0; begin < n_rows; begin += SLICES_BLOCK) {
        gsize n = MIN(SLICES_BLOCK, n_rows - begin);

        slices_cubes_cells(coding, group->n_axes, begin, n, cell);
        for (guint which = 0; which < n_words; which++) {
            const guint64 *word = search->word[which] + begin;
            guint64 *sums = room->sums[which];

            for (gsize i = 0; i < n; i++)
                sums[cell[i]] += word[i];
        }
    }
}

/* the cells of a cube with one axis summed away: @inner is what the axes after it span */
static void
slices_cubes_drop(const guint64 *from, guint outer, guint size, guint inner, guint64 *to)
{
    for (guint o = 0; o < outer; o++, to += inner) {
        if (inner == 1) {
            *to = 0;
            for (guint k = 0; k < size; k++)
                *to += *from++;
            continue;
        }
        memcpy(to, from, inner * sizeof(guint64));
        from += inner;
        for (guint k = 1; k < size; k++, from += inner)
            for (guint i = 0; i < inner; i++)
                to[i] += from[i];
    }
}

/* sums an axis of @group away, from @from into @to */
static void
slices_cubes_drop_axis(const SlicesSearch *search,
                       SlicesGroup *group,
                       guint axis,
                       gboolean coarse,
                       guint64 *const *from,
                       guint64 *const *to)
{
    guint n_words = search->variance > 0.0 ? 2 : 1;
    guint size[SLICES_GROUP_AXES];
    guint outer = 1, inner = 1;

    for (guint k = 0; k < group->n_axes; k++) {
        const SlicesColumn *column = &search->table->columns[group->axis[k]];

        size[k] = coarse ? column->coarse.n_codes : column->fine.n_codes;
        outer *= k < axis ? size[k] : 1;
        inner *= k > axis ? size[k] : 1;
    }
    for (guint which = 0; which < n_words; which++)
        slices_cubes_drop(from[which], outer, size[axis], inner, to[which]);
    group->n_cells /= size[axis];
    memmove(group->axis + axis, group->axis + axis + 1, (group->n_axes - axis - 1) * sizeof(guint));
    group->n_axes--;
}

/* the last axis of a group that a cube does not have; the number of axes where it has all */
static guint
slices_cubes_lacks(const SlicesGroup *group, const SlicesCube *cube)
{
    for (guint k = group->n_axes; k-- > 0;) {
        gboolean has = FALSE;

        for (guint i = 0; i < cube->n_axes; i++)
            has = has || cube->axis[i] == group->axis[k];
        if (!has)
            return k;
    }
    return group->n_axes;
}

/* the cells of a member of a counted group; what they share with the member before is kept */
static guint64 *const *
slices_cubes_reduce(const SlicesSearch *search,
                    const SlicesGroup *group,
                    const SlicesCube *cube,
                    CubesRoom *room)
{
    gboolean coarse = cube->n_axes == SLICES_MAX_AXES;
    guint axis = slices_cubes_lacks(group, cube);
    SlicesGroup rest = *group;
    guint64 *const *cells;

    if (axis == group->n_axes)
        return room->sums;
    if (room->dropped != axis) {
        room->dropped = axis;
        slices_cubes_drop_axis(search, &rest, axis, coarse, room->sums, room->part);
    } else {
        memmove(rest.axis + axis, rest.axis + axis + 1, (rest.n_axes - axis - 1) * sizeof(guint));
        rest.n_axes--;
    }
    cells = room->part;
    axis = slices_cubes_lacks(&rest, cube);
    if (axis == rest.n_axes)
        return cells;
    slices_cubes_drop_axis(search, &rest, axis, coarse, cells, room->own);
    return room->own;
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

static void
slices_cubes_evaluate(SlicesSearch *search, const SlicesGroup *group, CubesRoom *room)
{
    slices_cubes_count(search, group, room);
    room->dropped = group->n_axes;
    for (guint axis = group->n_axes + 1; axis-- > 0;)
        for (guint i = 0; i < group->n_members; i++) {
            SlicesCube *cube = &search->cubes[group->member[i]];
            guint64 *const *cells;

            if (slices_cubes_lacks(group, cube) != axis)
                continue;
            cells = slices_cubes_reduce(search, group, cube, room);
            slices_cubes_unpack(search,
                                cube,
                                cells[0],
                                search->variance > 0.0 ? cells[1] : NULL,
                                room->plane);
            slices_cubes_scan(search, cube, room->plane);
            cube->epoch = (int)search->epochs->len - 1;
        }
}

/**
 * errata_slices_cubes_evaluate:
 * @search: what is searched
 * @groups: (array length=n): groups of prepared cubes
 * @n: how many
 *
 * Counts each group and finds the best conjunction of each of its cubes at what is expected now.
 */
void
errata_slices_cubes_evaluate(SlicesSearch *search, const SlicesGroup *groups, gsize n)
{
    g_autofree guint64 *words = NULL;
    g_autofree gint32 *cells = NULL;
    guint n_words = search->variance > 0.0 ? 2 : 1;
    CubesRoom room;
    gsize most = 1;

    for (gsize i = 0; i < n; i++)
        most = MAX(most, groups[i].n_cells);
    words = g_new(guint64, 3 * n_words * most);
    cells = g_new(gint32, 3 * most);
    for (guint which = 0; which < 2; which++) {
        guint64 *from = words + 3 * most * MIN(which, n_words - 1);

        room.sums[which] = from;
        room.part[which] = from + most;
        room.own[which] = from + 2 * most;
    }
    for (guint p = 0; p < 3; p++)
        room.plane[p] = cells + p * most;
    for (gsize i = 0; i < n; i++)
        slices_cubes_evaluate(search, &groups[i], &room);
}
