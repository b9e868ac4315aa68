/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The few numbers at or beyond two ends among many that lie between: whole blocks of those are
 * passed over with one branch. */
#include "outside.h"

#include <math.h>

#define OUTSIDE_LANES 4
#define OUTSIDE_BLOCK (4 * OUTSIDE_LANES)

/* without a branch: which are outside is chance */
static inline gsize
outside_note(const double *value,
             gsize begin,
             gsize end,
             double lo,
             double hi,
             guint16 *place,
             gsize found)
{
    for (gsize i = begin; i < end; i++) {
        guint inside = (guint)(value[i] > lo) & (guint)(value[i] < hi);

        place[found] = (guint16)i;
        found += inside ^ 1U;
    }
    return found;
}

static gsize
outside_note_ends(const double *value, gsize n, double *least, double *most)
{
    gsize present = 0;

    for (gsize i = 0; i < n; i++) {
        present += isnan(value[i]) ? 0 : 1;
        *least = value[i] < *least ? value[i] : *least;
        *most = value[i] > *most ? value[i] : *most;
    }
    return present;
}

#if defined(__x86_64__)
#include <immintrin.h>

__attribute__((target("avx2"))) static gsize
outside_find_wide(const double *value, gsize n, double lo, double hi, guint16 *place)
{
    const __m256d low = _mm256_set1_pd(lo), high = _mm256_set1_pd(hi);
    gsize found = 0, i = 0;

    for (; i + OUTSIDE_BLOCK <= n; i += OUTSIDE_BLOCK) {
        __m256d inside = _mm256_cmp_pd(low, low, _CMP_TRUE_UQ);

#pragma GCC unroll 4
        for (gsize k = 0; k < OUTSIDE_BLOCK; k += OUTSIDE_LANES) {
            __m256d v = _mm256_loadu_pd(value + i + k);

            inside = _mm256_and_pd(inside, _mm256_cmp_pd(v, low, _CMP_GT_OQ));
            inside = _mm256_and_pd(inside, _mm256_cmp_pd(v, high, _CMP_LT_OQ));
        }
        if (_mm256_movemask_pd(inside) != 15)
            found = outside_note(value, i, i + OUTSIDE_BLOCK, lo, hi, place, found);
    }
    return outside_note(value, i, n, lo, hi, place, found);
}

/* whole blocks of @value; how many those are */
__attribute__((target("avx2"))) static gsize
outside_ends_wide(const double *value, gsize n, double *least, double *most, gsize *present)
{
    __m256d low[2], high[2];
    __m256i count = _mm256_setzero_si256();
    double end[2][OUTSIDE_LANES];
    gint64 counts[OUTSIDE_LANES];
    gsize i = 0;

    low[0] = low[1] = _mm256_set1_pd(*least);
    high[0] = high[1] = _mm256_set1_pd(*most);
    for (; i + 2 * OUTSIDE_LANES <= n; i += 2 * OUTSIDE_LANES)
        for (guint k = 0; k < 2; k++) {
            __m256d v = _mm256_loadu_pd(value + i + k * OUTSIDE_LANES);

            low[k] = _mm256_min_pd(v, low[k]); /* the second where one is NaN */
            high[k] = _mm256_max_pd(v, high[k]);
            count = _mm256_sub_epi64(count, _mm256_castpd_si256(_mm256_cmp_pd(v, v, _CMP_ORD_Q)));
        }
    _mm256_storeu_pd(end[0], _mm256_min_pd(low[0], low[1]));
    _mm256_storeu_pd(end[1], _mm256_max_pd(high[0], high[1]));
    _mm256_storeu_si256((__m256i *)(gpointer)counts, count);
    for (guint k = 0; k < OUTSIDE_LANES; k++) {
        *least = MIN(*least, end[0][k]);
        *most = MAX(*most, end[1][k]);
        *present += (gsize)counts[k];
    }
    return i;
}
#endif

/**
 * errata_outside_find:
 * @value: (array length=n): numbers
 * @n: how many, at most %ERRATA_OUTSIDE_MOST
 * @lo: the lower end
 * @hi: the upper end
 * @ret_place: (out caller-allocates) (array length=n): places of those that are not strictly
 *   between the ends, rising; NaN is not
 *
 * Returns: how many these are
 */
gsize
errata_outside_find(const double *value, gsize n, double lo, double hi, guint16 *ret_place)
{
    g_return_val_if_fail(n <= ERRATA_OUTSIDE_MOST, 0);
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2"))
        return outside_find_wide(value, n, lo, hi, ret_place);
#endif
    return outside_note(value, 0, n, lo, hi, ret_place, 0);
}

/**
 * errata_outside_ends:
 * @value: (array length=n): numbers, NaN where missing
 * @n: how many
 * @ret_least: (inout): becomes the least, if that is less
 * @ret_most: (inout): becomes the greatest, if that is more
 *
 * Returns: how many are not NaN
 */
gsize
errata_outside_ends(const double *value, gsize n, double *ret_least, double *ret_most)
{
    gsize present = 0, done = 0;

#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2"))
        done = outside_ends_wide(value, n, ret_least, ret_most, &present);
#endif
    return present + outside_note_ends(value + done, n - done, ret_least, ret_most);
}
