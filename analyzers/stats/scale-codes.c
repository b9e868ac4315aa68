/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Codes of many numbers at once. With AVX-512 eight at a time, the cells gathered; the same codes
 * as errata_scale_code() on any processor. */
#include "scale.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define CODES_AVX512 __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw")))

CODES_AVX512 static gsize
codes_avx512(const ErrataScale *self, const double *value, gsize n, guint16 *ret_code)
{
    const __m512i top = _mm512_set1_epi64(G_MININT64);
    const __m512i rest = _mm512_set1_epi64(G_MAXINT64);
    const __m512i lo = _mm512_set1_epi64((gint64)self->lo);
    const __m512i hi = _mm512_set1_epi64((gint64)self->hi);
    const __m512i within = _mm512_set1_epi64((gint64)((G_GUINT64_CONSTANT(1) << self->shift) - 1));
    const __m512i base = _mm512_set1_epi64(G_MAXUINT32);
    const __m128i shift = _mm_cvtsi32_si128((int)self->shift);
    const __m128i fine_shift = _mm_cvtsi32_si128((int)(self->shift - ERRATA_SCALE_FINE));
    gsize i = 0;

    G_STATIC_ASSERT(sizeof(ErrataScaleCell) == 8 && G_STRUCT_OFFSET(ErrataScaleCell, width) == 4);
    for (; i + 8 <= n; i += 8) {
        __m512i key =
            _mm512_castpd_si512(_mm512_add_pd(_mm512_loadu_pd(value + i), _mm512_setzero_pd()));
        __mmask8 negative = _mm512_movepi64_mask(key);
        __m512i at, cell, fine;
        __m128i code;

        key = _mm512_xor_si512(key, top);
        key = _mm512_mask_xor_epi64(key, negative, key, rest);
        key = _mm512_maskz_max_epu64(0xff, key, lo);
        key = _mm512_maskz_min_epu64(0xff, key, hi);
        at = _mm512_sub_epi64(key, lo);
        cell = _mm512_mask_i64gather_epi64(rest,
                                           0xff,
                                           _mm512_maskz_srl_epi64(0xff, at, shift),
                                           self->cell,
                                           8);
        fine = _mm512_maskz_srl_epi64(0xff, _mm512_and_si512(at, within), fine_shift);
        fine = _mm512_maskz_mul_epu32(0xff, fine, _mm512_maskz_srli_epi64(0xff, cell, 32));
        code = _mm512_maskz_cvtepi64_epi16(
            0xff,
            _mm512_add_epi64(_mm512_and_si512(cell, base),
                             _mm512_maskz_srli_epi64(0xff, fine, ERRATA_SCALE_FINE)));
        memcpy(ret_code + i, &code, sizeof code);
    }
    return i;
}
#endif

/**
 * errata_scale_codes:
 * @self: the scale, of at most 2¹⁶ codes
 * @value: (array length=n): numbers, none NaN
 * @n: how many
 * @ret_code: (out caller-allocates) (array length=n): errata_scale_code() of each
 */
void
errata_scale_codes(const ErrataScale *self, const double *value, gsize n, guint16 *ret_code)
{
    gsize done = 0;

#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw"))
        done = codes_avx512(self, value, n, ret_code);
#endif
    for (; done < n; done++)
        ret_code[done] = (guint16)errata_scale_code(self, value[done]);
}
