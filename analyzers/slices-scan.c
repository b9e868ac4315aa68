/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All conjunctions of a counted cube. Ranges of the last axis are summed first, so that every
 * conjunction over the outer axes is a line of whole numbers, one per range of the last, and the line
 * of a range of an outer axis is the difference of two lines of prefix sums. A line is looked at
 * eight ranges at a time, in single precision and without a logarithm; only what may beat the best
 * so far is then worked out exactly. */
#include "slices-scan.h"

#include <math.h>
#include <string.h>

#define SCAN_LANES 8
#define SCAN_SLACK 1e-5 /* what single precision may get wrong, relative */

/* lines need not be aligned */
typedef gint32 ScanInts __attribute__((vector_size(4 * SCAN_LANES), aligned(4)));
typedef float ScanFloats __attribute__((vector_size(4 * SCAN_LANES), aligned(4)));

enum {
    SCAN_ROWS,
    SCAN_LOSS,
    SCAN_EXPECTED,
    SCAN_PLANES
};

/* what conjunctions compete for: to be the best now, and after each fall of the expectations */
enum {
    SCAN_BEST,
    SCAN_FALL,
    SCAN_AIMS = SCAN_FALL + SLICES_N_BOUNDS
};

typedef struct {
    guint n_codes;
    guint n_items;
    const SlicesItem *items;
} ScanAxis;

typedef struct {
    const SlicesSearch *search;
    SlicesCube *cube;
    ScanAxis axis[SLICES_MAX_AXES]; /* those that the cube lacks come first, as one code */
    guint width;                    /* ranges of the last axis, in whole vectors */
    gint32 *grown[SCAN_PLANES];     /* code of axis 0 × prefix of axis 1 × range of axis 2 */
    gint32 *slab[SCAN_PLANES];      /* prefix of axis 0 × range of axis 2 */
    gint32 *hit;                    /* per range of axis 2: not 0 where it must be looked at */
    double ratio[SCAN_AIMS];        /* the best so far */
    float most[SCAN_AIMS];          /* the same with some slack */
    guint at[SLICES_MAX_AXES];      /* items of the best */
    gboolean found;                 /* there is a best */
    guint64 n_valid;
} Scan;

/* prefix sums of ranges: over the last axis, then along the one before */
static void
scan_grow(Scan *self, gint32 *const *plane)
{
    const ScanAxis *last = &self->axis[2];
    gsize line = self->width;

    for (guint p = 0; p < SCAN_PLANES; p++) {
        const gint32 *cell = plane[p];
        gint32 *to = self->grown[p];

        for (guint a = 0; a < self->axis[0].n_codes; a++) {
            memset(to, 0, line * sizeof(gint32));
            for (guint b = 0; b < self->axis[1].n_codes; b++, cell += last->n_codes, to += line) {
                gint32 sums[257];

                sums[0] = 0;
                for (guint c = 0; c < last->n_codes; c++)
                    sums[c + 1] = sums[c] + cell[c];
                for (guint i = 0; i < last->n_items; i++)
                    to[line + i] = to[i] + sums[last->items[i].hi] - sums[last->items[i].lo];
                for (guint i = last->n_items; i < line; i++)
                    to[line + i] = 0;
            }
            to += line;
        }
    }
}

/* the range @item of axis 1: prefix sums along axis 0 */
__attribute__((always_inline)) static inline void
scan_cut(Scan *self, SlicesItem item)
{
    gsize line = self->width;

    for (guint p = 0; p < SCAN_PLANES; p++) {
        const gint32 *from = self->grown[p];
        gint32 *to = self->slab[p];

        memset(to, 0, line * sizeof(gint32));
        for (guint a = 0; a < self->axis[0].n_codes; a++, to += line) {
            const gint32 *lo = from + item.lo * line;
            const gint32 *hi = from + item.hi * line;

            for (gsize i = 0; i < line; i += SCAN_LANES)
                *(ScanInts *)(to + line + i) = *(const ScanInts *)(to + i) +
                                               *(const ScanInts *)(hi + i) -
                                               *(const ScanInts *)(lo + i);
            from += (self->axis[1].n_codes + 1) * line;
        }
    }
}

/* Kullback–Leibler's divergence of q from p is at most (q − p)² / 2p(1 − p) where p + q ≤ 1, and
 * twice that anywhere; @variance > 0: the ratio is (q − p)² / 2·variance. Vectors go by address, as
 * not every machine can pass them. */
__attribute__((always_inline)) static inline void
scan_may_exceed(const ScanFloats *n,
                const ScanFloats *e,
                const ScanFloats *m,
                float most,
                float variance,
                ScanInts *hit)
{
    ScanFloats excess = *e - *m;
    ScanFloats square = excess * excess;
    ScanInts lifted = *e >= *m * (float)SLICES_MIN_LIFT;

    if (variance > 0.0F) {
        *hit |= lifted & (square > *n * (2.0F * most * variance));
    } else {
        ScanFloats bound = *m * (*n - *m) * most;
        ScanFloats twice = (ScanFloats)((ScanInts)bound & (*e + *m <= *n));

        *hit |= lifted & (square * *n > bound + twice);
    }
}

static void
scan_raise(Scan *self, guint aim, double ratio)
{
    self->ratio[aim] = ratio;
    self->most[aim] = (float)(ratio * (1.0 - SCAN_SLACK));
}

static void
scan_consider(Scan *self, guint aim, double n, double e, double m, const guint *at)
{
    double variance = self->search->variance;
    double ratio;

    if (e < SLICES_MIN_LIFT * m)
        return;
    ratio = errata_expected_ratio(n, e, m, variance);
    if (ratio < self->ratio[aim])
        return;
    if (aim == SCAN_BEST) {
        gboolean equal = self->found && !(ratio > self->ratio[aim]);

        for (guint i = 0; i < SLICES_MAX_AXES && equal; i++) {
            if (at[i] > self->at[i])
                return; /* of equal ones the first */
            equal = at[i] == self->at[i];
        }
        memcpy(self->at, at, sizeof(self->at));
        self->found = TRUE;
    }
    scan_raise(self, aim, ratio);
}

/* the ranges of a line that were hit, exactly */
static void
scan_look(Scan *self, const gint32 *const *lo, const gint32 *const *hi, guint *at)
{
    for (at[2] = 0; at[2] < self->axis[2].n_items; at[2]++) {
        guint i = at[2];

        if (self->hit[i] == 0)
            continue;
        double n = hi[SCAN_ROWS][i] - lo[SCAN_ROWS][i];
        double e = (hi[SCAN_LOSS][i] - lo[SCAN_LOSS][i]) * self->search->unit_e;
        double m = (hi[SCAN_EXPECTED][i] - lo[SCAN_EXPECTED][i]) * self->search->unit_m;

        scan_consider(self, SCAN_BEST, n, e, m, at);
        for (guint k = 0; k < SLICES_N_BOUNDS; k++)
            scan_consider(self, SCAN_FALL + k, n, e, errata_slices_cubes_fall[k] * m, at);
    }
}

/* the lines of all ranges of axis 0, the range of axis 1 being at[1] */
__attribute__((always_inline)) static inline void
scan_lines(Scan *self, guint *at)
{
    const gint32 *lo[SCAN_PLANES], *hi[SCAN_PLANES];
    gint32 least = (gint32)MIN(self->search->table->min_rows, G_MAXINT32);
    float unit_e = (float)self->search->unit_e;
    float unit_m = (float)self->search->unit_m;
    float variance = (float)self->search->variance;
    gsize line = self->width;
    ScanInts n_valid = {0};

    for (at[0] = 0; at[0] < self->axis[0].n_items; at[0]++) {
        SlicesItem item = self->axis[0].items[at[0]];
        ScanInts any = {0};

        for (guint p = 0; p < SCAN_PLANES; p++) {
            lo[p] = self->slab[p] + item.lo * line;
            hi[p] = self->slab[p] + item.hi * line;
        }
        for (gsize i = 0; i < line; i += SCAN_LANES) {
            ScanInts rows = *(const ScanInts *)(hi[0] + i) - *(const ScanInts *)(lo[0] + i);
            ScanInts loss = *(const ScanInts *)(hi[1] + i) - *(const ScanInts *)(lo[1] + i);
            ScanInts sure = *(const ScanInts *)(hi[2] + i) - *(const ScanInts *)(lo[2] + i);
            ScanInts valid = rows >= least;
            ScanFloats n = __builtin_convertvector(rows, ScanFloats);
            ScanFloats e = __builtin_convertvector(loss, ScanFloats) * unit_e;
            ScanFloats m = __builtin_convertvector(sure, ScanFloats) * unit_m;
            ScanInts hit = {0};

            scan_may_exceed(&n, &e, &m, self->most[SCAN_BEST], variance, &hit);
            for (guint k = 0; k < SLICES_N_BOUNDS; k++) {
                ScanFloats fallen = m * (float)errata_slices_cubes_fall[k];

                scan_may_exceed(&n, &e, &fallen, self->most[SCAN_FALL + k], variance, &hit);
            }
            hit &= valid;
            n_valid -= valid;
            any |= hit;
            *(ScanInts *)(self->hit + i) = hit;
        }
        gint32 lane[SCAN_LANES];

        memcpy(lane, &any, sizeof(lane));
        if ((lane[0] | lane[1] | lane[2] | lane[3] | lane[4] | lane[5] | lane[6] | lane[7]) != 0)
            scan_look(self, lo, hi, at);
    }
    for (guint i = 0; i < SCAN_LANES; i++)
        self->n_valid += (guint64)n_valid[i];
}

__attribute__((always_inline)) static inline void
scan_all(Scan *self)
{
    guint at[SLICES_MAX_AXES];

    for (at[1] = 0; at[1] < self->axis[1].n_items; at[1]++) {
        scan_cut(self, self->axis[1].items[at[1]]);
        scan_lines(self, at);
    }
}

/* the same numbers on every machine: wider registers change no operation */
#if defined(__x86_64__)
__attribute__((target("avx2"))) static void
scan_all_wide(Scan *self)
{
    scan_all(self);
}
#endif

static void
scan_all_plain(Scan *self)
{
    scan_all(self);
}

/**
 * errata_slices_scan:
 * @search: what is searched
 * @cube: a cube; gets its best conjunction, its bounds and the number of valid candidates
 * @coding: (array length=cube->n_axes): of its axes
 * @plane: (array length=3): rows, losses and expected losses of its cells, in units of the search
 *
 * Finds the conjunction with the largest likelihood ratio among all that have a condition on every
 * axis, enough rows and at least 1.25 times the expected losses; and what the largest would be if
 * expectations fell. Ratios below what chance gives in so many candidates are not told apart.
 */
void
errata_slices_scan(const SlicesSearch *search,
                   SlicesCube *cube,
                   const SlicesCoding *const *coding,
                   gint32 *const *plane)
{
    static const SlicesItem whole = {0, 1};
    Scan self = {.search = search, .cube = cube};
    guint n_absent = SLICES_MAX_AXES - cube->n_axes;
    g_autofree gint32 *room = NULL;
    gsize n_grown, n_slab;

    for (guint i = 0; i < SLICES_MAX_AXES; i++)
        self.axis[i] = i < n_absent ? (ScanAxis){1, 1, &whole}
                                    : (ScanAxis){coding[i - n_absent]->n_codes,
                                                 coding[i - n_absent]->n_items,
                                                 coding[i - n_absent]->items};
    self.width = (self.axis[2].n_items + SCAN_LANES - 1) / SCAN_LANES * SCAN_LANES;
    n_grown = (gsize)self.axis[0].n_codes * (self.axis[1].n_codes + 1) * self.width;
    n_slab = (gsize)(self.axis[0].n_codes + 1) * self.width;
    room = g_new(gint32, SCAN_PLANES * (n_grown + n_slab) + self.width);
    for (guint p = 0; p < SCAN_PLANES; p++) {
        self.grown[p] = room + p * n_grown;
        self.slab[p] = room + SCAN_PLANES * n_grown + p * n_slab;
    }
    self.hit = room + SCAN_PLANES * (n_grown + n_slab);
    for (guint i = 0; i < SCAN_AIMS; i++)
        scan_raise(&self, i, search->least[cube->n_axes]);
    scan_grow(&self, plane);
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2"))
        scan_all_wide(&self);
    else
#endif
        scan_all_plain(&self);
    cube->n_valid = self.n_valid;
    cube->best = self.found ? self.ratio[SCAN_BEST] : 0.0;
    memcpy(cube->bound, self.ratio + SCAN_FALL, sizeof(cube->bound));
    for (guint i = n_absent; i < SLICES_MAX_AXES; i++)
        cube->best_item[i - n_absent] = self.axis[i].items[self.at[i]];
}
