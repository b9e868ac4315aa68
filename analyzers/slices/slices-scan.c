/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All conjunctions of a counted cube. Ranges of the last axis are summed first, so that every
 * conjunction over the outer axes is a line of whole numbers, one per range of the last, and the
 * line of a range of an outer axis is the difference of two lines of prefix sums. The likelihood
 * ratio is convex and homogeneous, so that of a union is at most the sum of those of its parts:
 * where the parts along the first axis cannot add up to the best so far, no range of that axis is
 * looked at, and where those of two neighbouring ranges of the second cannot, nor is the range that
 * they make up. The others are, eight ranges at a time, in single precision and without a
 * logarithm; only what may beat the best so far is then worked out exactly. */
#include "slices-scan.h"

#include <math.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define SCAN_LANES 8
#define SCAN_SHORT 32   /* sums of a line that fit two registers */
#define SCAN_SLACK 1e-5 /* what single precision may get wrong, relative */
#define SCAN_LOOSE 1e-3 /* … in a sum of parts */
#define SCAN_TINY  1e-30F
#define SCAN_LIFT  0.2F /* multiplier of the condition that a conjunction must be lifted */

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
    SCAN_EXACT = SCAN_FALL +
                 2, /* with three axes sums of parts are bounds enough before this one */
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
    guint *turn;                    /* ranges of axis 1, those with most rows first */
    guint width;                    /* ranges of the last axis, in whole vectors */
    gint32 *grown[SCAN_PLANES];     /* code of axis 0 × prefix of axis 1 × range of axis 2 */
    gint32 *slab[SCAN_PLANES];      /* prefix of axis 0 × range of axis 2 */
    gint32 *hit;                    /* per range of axis 2: not 0 where it must be looked at */
    guint8 *open;                   /* per vector of those: 0 where no range of axis 0 can matter */
    float *parts; /* range of axis 1 × aim × range of axis 2: what the parts add up to … */
    float share[SCAN_AIMS]; /* … in units of this */
    guint *place;    /* from code × to code of axis 1: 1 + its range, once that has its parts */
    gboolean counts; /* candidates are counted */
    double ratio[SCAN_AIMS];   /* the best so far */
    float most[SCAN_AIMS];     /* the same with some slack */
    guint at[SLICES_MAX_AXES]; /* items of the best */
    gboolean found;            /* there is a best */
    guint64 n_valid;
} Scan;

/* prefix sums of ranges: over the last axis, then along the one before */
__attribute__((always_inline)) static inline void
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

#if defined(__x86_64__)
/* the sums of 16 numbers up to each of them */
__attribute__((target("avx512f"), always_inline)) static inline __m512i
scan_running(__m512i number)
{
    const __m512i zero = _mm512_setzero_si512();

    number = _mm512_add_epi32(number, _mm512_maskz_alignr_epi32(0xffff, number, zero, 15));
    number = _mm512_add_epi32(number, _mm512_maskz_alignr_epi32(0xffff, number, zero, 14));
    number = _mm512_add_epi32(number, _mm512_maskz_alignr_epi32(0xffff, number, zero, 12));
    return _mm512_add_epi32(number, _mm512_maskz_alignr_epi32(0xffff, number, zero, 8));
}

/* scan_grow() where the last axis has fewer than %SCAN_SHORT codes: the prefix sums over both axes
 * stay in two registers, from which the ends of sixteen ranges are picked at once */
__attribute__((target("avx512f"))) static void
scan_grow_short(Scan *self, gint32 *const *plane)
{
    const ScanAxis *last = &self->axis[2];
    const __m512i ends = _mm512_set1_epi32(0xffff);
    const guint32 codes = (1U << last->n_codes) - 1;
    gsize line = self->width;

    G_STATIC_ASSERT(sizeof(SlicesItem) == 4 && G_STRUCT_OFFSET(SlicesItem, hi) == 2);
    for (guint p = 0; p < SCAN_PLANES; p++) {
        const gint32 *cell = plane[p];
        gint32 *to = self->grown[p];

        for (guint a = 0; a < self->axis[0].n_codes; a++) {
            __m512i low = _mm512_setzero_si512(), high = low;

            memset(to, 0, line * sizeof(gint32));
            to += line;
            for (guint b = 0; b < self->axis[1].n_codes; b++, cell += last->n_codes, to += line) {
                __m512i first = _mm512_maskz_loadu_epi32((__mmask16)codes, cell);
                __m512i sums = scan_running(
                    _mm512_maskz_alignr_epi32(0xffff, first, _mm512_setzero_si512(), 15));

                low = _mm512_add_epi32(low, sums);
                if (last->n_codes >= 16) {
                    __m512i rest = _mm512_maskz_loadu_epi32((__mmask16)(codes >> 16), cell + 16);
                    __m512i before =
                        _mm512_maskz_permutexvar_epi32(0xffff, _mm512_set1_epi32(15), sums);

                    rest = scan_running(_mm512_maskz_alignr_epi32(0xffff, rest, first, 15));
                    high = _mm512_add_epi32(high, _mm512_add_epi32(before, rest));
                }
                for (gsize i = 0; i < line; i += 16) {
                    guint left = (guint)MIN(line - i, 16);
                    guint own = (guint)CLAMP((gssize)last->n_items - (gssize)i, 0, 16);
                    __m512i item = _mm512_maskz_loadu_epi32((__mmask16)((1U << own) - 1),
                                                            last->items + i);
                    __m512i lo = _mm512_and_si512(item, ends);
                    __m512i hi = _mm512_maskz_srli_epi32(0xffff, item, 16);

                    _mm512_mask_storeu_epi32(
                        to + i,
                        (__mmask16)((1U << left) - 1),
                        _mm512_sub_epi32(_mm512_permutex2var_epi32(low, hi, high),
                                         _mm512_permutex2var_epi32(low, lo, high)));
                }
            }
        }
    }
}
#endif

/* those with most rows come first: they tell soonest what must be beaten */
static void
scan_take_turns(Scan *self, const gint32 *rows)
{
    const ScanAxis *axis = &self->axis[1];
    gint64 sums[257] = {0};

    for (guint a = 0; a < self->axis[0].n_codes; a++)
        for (guint b = 0; b < axis->n_codes; b++)
            for (guint c = 0; c < self->axis[2].n_codes; c++)
                sums[b + 1] += *rows++;
    for (guint b = 0; b < axis->n_codes; b++)
        sums[b + 1] += sums[b];
    for (guint i = 0; i < axis->n_items; i++) {
        gint64 own = sums[axis->items[i].hi] - sums[axis->items[i].lo];
        guint at = i;

        for (; at > 0; at--) {
            SlicesItem other = axis->items[self->turn[at - 1]];

            if (sums[other.hi] - sums[other.lo] >= own)
                break;
            self->turn[at] = self->turn[at - 1];
        }
        self->turn[at] = i;
    }
}

/* the range @item of axis 1: prefix sums along axis 0, in the first @n_planes */
__attribute__((always_inline)) static inline void
scan_cut(Scan *self, SlicesItem item, guint n_planes)
{
    gsize line = self->width;

    for (guint p = 0; p < n_planes; p++) {
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

__attribute__((always_inline)) static inline gboolean
scan_any(const ScanInts *lanes)
{
    guint64 pair[SCAN_LANES / 2];

    memcpy(pair, lanes, sizeof(pair));
    return (pair[0] | pair[1] | pair[2] | pair[3]) != 0;
}

/* what expectations have fallen to where a conjunction competes for @aim */
static inline float
scan_fall(guint aim)
{
    return aim == SCAN_BEST ? 1.0F : (float)errata_slices_cubes_fall[aim - SCAN_FALL];
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
scan_look(Scan *self, guint first, const gint32 *const *lo, const gint32 *const *hi, guint *at)
{
    for (at[2] = 0; at[2] < self->axis[2].n_items; at[2]++) {
        guint i = at[2];

        if (self->hit[i] == 0)
            continue;
        double n = hi[SCAN_ROWS][i] - lo[SCAN_ROWS][i];
        double e = (hi[SCAN_LOSS][i] - lo[SCAN_LOSS][i]) * self->search->unit_e;
        double m = (hi[SCAN_EXPECTED][i] - lo[SCAN_EXPECTED][i]) * self->search->unit_m;

        scan_consider(self, SCAN_BEST, n, e, m, at);
        for (guint aim = first; aim < SCAN_AIMS; aim++)
            scan_consider(self, aim, n, e, errata_slices_cubes_fall[aim - SCAN_FALL] * m, at);
    }
}

/* lets what the parts add up to stand for the best at @aim */
__attribute__((always_inline)) static inline void
scan_keep_most(Scan *self, guint aim, const ScanFloats *sum, float share)
{
    ScanInts more = *sum > share * self->most[aim];

    if (!scan_any(&more))
        return;
    for (guint lane = 0; lane < SCAN_LANES; lane++)
        if ((*sum)[lane] > share * self->most[aim])
            scan_raise(self, aim, (double)((*sum)[lane] / share) * (1.0 + SCAN_LOOSE));
}

/* what the parts of a range of axis 1 add up to for @aim, per range of axis 2 */
__attribute__((always_inline)) static inline float *
scan_parts(const Scan *self, guint range, guint aim)
{
    return self->parts + ((gsize)range * SCAN_AIMS + aim) * self->width;
}

/* what such sums must exceed if the range is to be looked at for @aim */
static inline float
scan_least(const Scan *self, guint aim)
{
    gboolean kept = aim >= SCAN_FALL && aim < SCAN_EXACT; /* the sum itself will be the bound */

    return self->share[aim] * self->most[aim] * (kept ? 1.0F : (float)(1.0 - SCAN_LOOSE));
}

/* Whether no range of axis 2 can matter with @range of axis 1, as the parts of two that make it up
 * tell. FALSE, too, where there are no such two. */
__attribute__((always_inline)) static inline gboolean
scan_is_closed(const Scan *self, guint range)
{
    SlicesItem item = self->axis[1].items[range];
    guint n_ends = self->axis[1].n_codes + 1;
    guint cut = item.hi;
    ScanInts any = {0};

    while (--cut > item.lo)
        if (self->place[item.lo * n_ends + cut] != 0 && self->place[cut * n_ends + item.hi] != 0)
            break;
    if (cut == item.lo)
        return FALSE;
    for (guint k = 0; k < SCAN_AIMS; k++) {
        const float *low = scan_parts(self, self->place[item.lo * n_ends + cut] - 1, k);
        const float *high = scan_parts(self, self->place[cut * n_ends + item.hi] - 1, k);
        float *sum = scan_parts(self, range, k);
        float least = scan_least(self, k);

        for (gsize i = 0; i < self->width; i += SCAN_LANES) {
            ScanFloats both = *(const ScanFloats *)(low + i) + *(const ScanFloats *)(high + i);

            any |= both > least;
            *(ScanFloats *)(sum + i) = both;
        }
    }
    return !scan_any(&any);
}

/* Which ranges of axis 2 may matter with @range of axis 1, which is in the slab: the parts are
 * those of each code of axis 0. For errors a part has at most the bound of scan_may_exceed(), in
 * which 1 − p is taken as if nothing had fallen. Returns whether any may. */
__attribute__((always_inline)) static inline gboolean
scan_open(Scan *self, guint range, gboolean real)
{
    float unit_e = (float)self->search->unit_e;
    float unit_m = (float)self->search->unit_m;
    gsize line = self->width;
    float fall[SCAN_AIMS], lift[SCAN_AIMS];
    gboolean open = FALSE;

    for (guint k = 0; k < SCAN_AIMS; k++) {
        fall[k] = scan_fall(k);
        lift[k] = self->share[k] * SCAN_LIFT;
    }
    for (gsize i = 0; i < line; i += SCAN_LANES) {
        ScanFloats sum[SCAN_AIMS] = {{0}};
        ScanInts any = {0};

        for (guint a = 0; a < self->axis[0].n_codes; a++) {
            const gint32 *at = self->slab[SCAN_ROWS] + a * line + i;
            const gint32 *loss = self->slab[SCAN_LOSS] + a * line + i;
            const gint32 *sure = self->slab[SCAN_EXPECTED] + a * line + i;
            ScanFloats n =
                __builtin_convertvector(*(const ScanInts *)(at + line) - *(const ScanInts *)at,
                                        ScanFloats);
            ScanFloats e =
                __builtin_convertvector(*(const ScanInts *)(loss + line) - *(const ScanInts *)loss,
                                        ScanFloats) *
                unit_e;
            ScanFloats m =
                __builtin_convertvector(*(const ScanInts *)(sure + line) - *(const ScanInts *)sure,
                                        ScanFloats) *
                unit_m;
            ScanFloats under = real ? n : m * (n - m);
            ScanFloats weight;

            under = (ScanFloats)((ScanInts)under & (under > SCAN_TINY)) + SCAN_TINY;
            weight = (real ? n - n + 1.0F : n) / under;
            if (!real)
                weight += (ScanFloats)((ScanInts)weight & (e + m > n));
#pragma GCC unroll 8
            for (guint k = 0; k < SCAN_AIMS; k++) { /* sums stay in registers */
                ScanFloats fallen = m * fall[k];
                ScanFloats excess = e - fallen;
                ScanFloats part;

                excess = (ScanFloats)((ScanInts)excess & (excess > 0.0F));
                part = excess * excess * weight + (e - fallen * (float)SLICES_MIN_LIFT) * lift[k];
                sum[k] += (ScanFloats)((ScanInts)part & (part > 0.0F));
            }
        }
        any |= sum[SCAN_BEST] > scan_least(self, SCAN_BEST);
#pragma GCC unroll 8
        for (guint k = SCAN_FALL; k < SCAN_EXACT; k++)
            scan_keep_most(self, k, &sum[k], self->share[k]);
#pragma GCC unroll 8
        for (guint k = SCAN_EXACT; k < SCAN_AIMS; k++)
            any |= sum[k] > scan_least(self, k);
#pragma GCC unroll 8
        for (guint k = 0; k < SCAN_AIMS; k++)
            *(ScanFloats *)(scan_parts(self, range, k) + i) = sum[k];
        self->open[i / SCAN_LANES] = scan_any(&any) ? 1 : 0;
        open = open || self->open[i / SCAN_LANES] != 0;
        *(ScanInts *)(self->hit + i) = (ScanInts){0};
    }
    return open;
}

/* those of all ranges of axis 0 and 2 that have enough rows */
__attribute__((always_inline)) static inline void
scan_count(Scan *self)
{
    gint32 least = (gint32)MIN(self->search->table->min_rows, G_MAXINT32);
    gsize line = self->width;
    ScanInts n_valid = {0};

    for (guint k = 0; k < self->axis[0].n_items; k++) {
        const gint32 *lo = self->slab[SCAN_ROWS] + self->axis[0].items[k].lo * line;
        const gint32 *hi = self->slab[SCAN_ROWS] + self->axis[0].items[k].hi * line;

        for (gsize i = 0; i < line; i += SCAN_LANES)
            n_valid -= *(const ScanInts *)(hi + i) - *(const ScanInts *)(lo + i) >= least;
    }
    for (guint i = 0; i < SCAN_LANES; i++)
        self->n_valid += (guint64)n_valid[i];
}

/* the lines of all ranges of axis 0, the range of axis 1 being at[1], for the best and all aims
 * from
 * @first on */
__attribute__((always_inline)) static inline void
scan_lines(Scan *self, guint first, guint *at)
{
    const gint32 *lo[SCAN_PLANES], *hi[SCAN_PLANES];
    gint32 least = (gint32)MIN(self->search->table->min_rows, G_MAXINT32);
    float unit_e = (float)self->search->unit_e;
    float unit_m = (float)self->search->unit_m;
    float variance = (float)self->search->variance;
    gsize line = self->width;

    for (at[0] = 0; at[0] < self->axis[0].n_items; at[0]++) {
        SlicesItem item = self->axis[0].items[at[0]];
        ScanInts any = {0};

        for (guint p = 0; p < SCAN_PLANES; p++) {
            lo[p] = self->slab[p] + item.lo * line;
            hi[p] = self->slab[p] + item.hi * line;
        }
        for (gsize i = 0; i < line; i += SCAN_LANES) {
            if (self->open[i / SCAN_LANES] == 0)
                continue;
            ScanInts rows = *(const ScanInts *)(hi[0] + i) - *(const ScanInts *)(lo[0] + i);
            ScanInts loss = *(const ScanInts *)(hi[1] + i) - *(const ScanInts *)(lo[1] + i);
            ScanInts sure = *(const ScanInts *)(hi[2] + i) - *(const ScanInts *)(lo[2] + i);
            ScanFloats n = __builtin_convertvector(rows, ScanFloats);
            ScanFloats e = __builtin_convertvector(loss, ScanFloats) * unit_e;
            ScanFloats m = __builtin_convertvector(sure, ScanFloats) * unit_m;
            ScanInts hit = {0};

            scan_may_exceed(&n, &e, &m, self->most[SCAN_BEST], variance, &hit);
            for (guint aim = first; aim < SCAN_AIMS; aim++) {
                ScanFloats fallen = m * scan_fall(aim);

                scan_may_exceed(&n, &e, &fallen, self->most[aim], variance, &hit);
            }
            hit &= rows >= least;
            any |= hit;
            *(ScanInts *)(self->hit + i) = hit;
        }
        if (scan_any(&any))
            scan_look(self, first, lo, hi, at);
    }
}

/* a range of axis 1 with all those of the others, where there are three axes */
__attribute__((always_inline)) static inline void
scan_range(Scan *self, guint range)
{
    SlicesItem item = self->axis[1].items[range];
    guint at[SLICES_MAX_AXES] = {0, range, 0};
    gboolean closed = scan_is_closed(self, range);

    if (!closed || self->counts)
        scan_cut(self, item, closed ? SCAN_ROWS + 1 : SCAN_PLANES);
    if (self->counts)
        scan_count(self);
    if (!closed && (self->search->variance > 0.0 ? scan_open(self, range, TRUE)
                                                 : scan_open(self, range, FALSE)))
        scan_lines(self, SCAN_EXACT, at);
    self->place[item.lo * (self->axis[1].n_codes + 1) + item.hi] = range + 1;
}

__attribute__((always_inline)) static inline void
scan_all(Scan *self)
{
    guint at[SLICES_MAX_AXES];

    if (self->axis[0].n_codes > 1) { /* parts of a range have fewer rows than it has */
        for (guint i = self->axis[1].n_items; i-- > 0;)
            scan_range(self, self->turn[i == self->axis[1].n_items - 1 ? 0 : i + 1]);
        return;
    }
    for (guint i = 0; i < self->axis[1].n_items; i++) {
        at[1] = self->turn[i];
        scan_cut(self, self->axis[1].items[at[1]], SCAN_PLANES);
        if (self->counts)
            scan_count(self);
        scan_lines(self, SCAN_FALL, at);
    }
}

/* the same numbers on every machine: wider registers change no operation */
#if defined(__x86_64__)
__attribute__((target("avx2"))) static void
scan_all_wide(Scan *self, gint32 *const *plane)
{
    scan_grow(self, plane);
    scan_all(self);
}

__attribute__((target("avx512f,avx512vl,avx512dq"))) static void
scan_all_masked(Scan *self, gint32 *const *plane)
{
    if (self->axis[2].n_codes < SCAN_SHORT)
        scan_grow_short(self, plane);
    else
        scan_grow(self, plane);
    scan_all(self);
}
#endif

static void
scan_all_plain(Scan *self, gint32 *const *plane)
{
    scan_grow(self, plane);
    scan_all(self);
}

/**
 * errata_slices_scan:
 * @search: what is searched
 * @cube: a cube; gets its best conjunction, its bounds and, if it has not, its number of candidates
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
    Scan self = {.search = search, .cube = cube, .counts = !cube->counted};
    guint n_absent = SLICES_MAX_AXES - cube->n_axes;
    g_autofree gint32 *room = NULL;
    g_autofree guint8 *open = NULL;
    g_autofree guint *turn = NULL;
    g_autofree float *parts = NULL;
    g_autofree guint *place = NULL;
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
    memset(self.hit, 0, self.width * sizeof(gint32));
    self.open = open = g_malloc(self.width / SCAN_LANES + 1);
    memset(self.open, 1, self.width / SCAN_LANES + 1);
    self.turn = turn = g_new(guint, MAX(self.axis[1].n_items, 1));
    scan_take_turns(&self, plane[SCAN_ROWS]);
    if (self.axis[0].n_codes > 1) {
        gsize n_ends = self.axis[1].n_codes + 1;

        self.parts = parts = g_new(float, (gsize)self.axis[1].n_items *SCAN_AIMS *self.width);
        self.place = place = g_new0(guint, n_ends * n_ends);
    }
    for (guint i = 0; i < SCAN_AIMS; i++) {
        self.share[i] = 2.0F * (search->variance > 0.0 ? (float)search->variance : scan_fall(i));
        scan_raise(&self, i, search->least[cube->n_axes]);
    }
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq"))
        scan_all_masked(&self, plane);
    else if (__builtin_cpu_supports("avx2"))
        scan_all_wide(&self, plane);
    else
#endif
        scan_all_plain(&self, plane);
    cube->n_valid = self.counts ? self.n_valid : cube->n_valid;
    cube->counted = TRUE;
    cube->best = self.found ? self.ratio[SCAN_BEST] : 0.0;
    memcpy(cube->bound, self.ratio + SCAN_FALL, sizeof(cube->bound));
    for (guint i = n_absent; i < SLICES_MAX_AXES; i++)
        cube->best_item[i - n_absent] = self.axis[i].items[self.at[i]];
}
