/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which of some ranges each of many numbers falls into: the number of edges at or below it, by
 * halving, without a branch that depends on a number. With AVX-512 the edges stay in registers and
 * eight numbers are halved at a time. */
#include "bins-rank.h"

#include <math.h>

#include "bins.h"

#define RANK_REGISTER 16 /* edges that two registers hold */

typedef struct {
    double edges[ERRATA_BINS_MAX + 2]; /* the rest of a power of two are +∞ */
    guint width;                       /* that power, at least one more than the edges */
} Rank;

static void
rank_plain(const Rank *self, const double *value, gsize n, guint8 *ret_code)
{
    for (gsize i = 0; i < n; i++) {
        guint code = 0;

        for (guint step = self->width / 2; step > 0; step /= 2)
            code += value[i] >= self->edges[code + step - 1] ? step : 0;
        ret_code[i] = isfinite(value[i]) ? (guint8)code : ERRATA_BINS_MISSING;
    }
}

#if defined(__x86_64__)
#include <immintrin.h>

#define RANK_LANES 8

/* halves among 16 edges in two registers */
__attribute__((target("avx512f"), always_inline)) static inline __m512i
rank_halve(__m512d value, __m512d low, __m512d high)
{
    __m512i code = _mm512_setzero_si512();

#pragma GCC unroll 4
    for (int step = RANK_REGISTER / 2; step > 0; step /= 2) {
        __m512i at = _mm512_add_epi64(code, _mm512_set1_epi64(step - 1));
        __m512d edge = _mm512_permutex2var_pd(low, at, high);
        __mmask8 above = _mm512_cmp_pd_mask(value, edge, _CMP_GE_OQ);

        code = _mm512_mask_add_epi64(code, above, code, _mm512_set1_epi64(step));
    }
    return code;
}

/* whole vectors of at most 16 edges, or 32 where @wide */
__attribute__((target("avx512f"), always_inline)) static inline void
rank_vectors(const Rank *self, gboolean wide, const double *value, gsize n, guint8 *ret_code)
{
    const __m512d least = _mm512_set1_pd(-(double)INFINITY);
    const __m512d most = _mm512_set1_pd((double)INFINITY);
    __m512d edge[4];

    for (guint i = 0; i < (wide ? 4 : 2); i++)
        edge[i] = _mm512_loadu_pd(self->edges + i * RANK_LANES);
    for (gsize i = 0; i < n; i += RANK_LANES) {
        __m512d v = _mm512_loadu_pd(value + i);
        __mmask8 finite = _mm512_cmp_pd_mask(v, most, _CMP_LT_OQ) &
                          _mm512_cmp_pd_mask(v, least, _CMP_GT_OQ);
        __m512i code = rank_halve(v, edge[0], edge[1]);

        if (wide) {
            __m512d middle = _mm512_set1_pd(self->edges[RANK_REGISTER - 1]);
            __mmask8 above = _mm512_cmp_pd_mask(v, middle, _CMP_GE_OQ);
            __m512i upper = rank_halve(v, edge[2], edge[3]);

            upper = _mm512_add_epi64(upper, _mm512_set1_epi64(RANK_REGISTER));
            code = _mm512_mask_mov_epi64(code, above, upper);
        }
        __m128i bytes =
            _mm512_mask_cvtepi64_epi8(_mm_set1_epi8((char)ERRATA_BINS_MISSING), finite, code);

        _mm_storel_epi64((__m128i *)(gpointer)(ret_code + i), bytes);
    }
}

__attribute__((target("avx512f"))) static gsize
rank_wide(const Rank *self, const double *value, gsize n, guint8 *ret_code)
{
    gsize whole = n / RANK_LANES * RANK_LANES;

    if (self->width <= RANK_REGISTER)
        rank_vectors(self, FALSE, value, whole, ret_code);
    else
        rank_vectors(self, TRUE, value, whole, ret_code);
    return whole;
}
#endif

/**
 * errata_bins_rank:
 * @edges: (array length=n_edges): rising, at most %ERRATA_BINS_MAX
 * @n_edges: how many
 * @value: (array length=n): numbers
 * @n: how many
 * @ret_code: (out caller-allocates) (array length=n): how many edges are at or below each number,
 *   %ERRATA_BINS_MISSING where it is not finite
 */
void
errata_bins_rank(const double *edges, guint n_edges, const double *value, gsize n, guint8 *ret_code)
{
    Rank self = {.width = 1};
    gsize done = 0;

    g_return_if_fail(n_edges <= ERRATA_BINS_MAX);
    while (self.width <= n_edges)
        self.width *= 2;
    for (guint i = 0; i < G_N_ELEMENTS(self.edges); i++)
        self.edges[i] = i < n_edges ? edges[i] : (double)INFINITY;
#if defined(__x86_64__)
    if (self.width <= 2 * RANK_REGISTER && __builtin_cpu_supports("avx512f"))
        done = rank_wide(&self, value, n, ret_code);
#endif
    rank_plain(&self, value + done, n - done, ret_code + done);
}
