/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tree attribution by AVX-512: eight rows a vector, masks in registers of their own. */
#include <immintrin.h>

#define V               __m512d
#define M               __mmask8
#define SHAP_LANES      8
#define SHAP_NV         4
#define SET(x)          _mm512_set1_pd(x)
#define MUL(a, b)       _mm512_mul_pd(a, b)
#define ADD(a, b)       _mm512_add_pd(a, b)
#define FMA(a, b, c)    _mm512_fmadd_pd(a, b, c)
#define SELECT(m, a, b) _mm512_mask_blend_pd(m, b, a)
#define ONLY(m, a)      _mm512_maskz_mov_pd(m, a)
#define MASK(bits, v)   ((__mmask8)((bits) >> ((v)*SHAP_LANES)))
#define LESS(a, b)      _mm512_cmp_pd_mask(a, b, _CMP_LT_OQ)
#define NOT_A_NUMBER(a) _mm512_cmp_pd_mask(a, a, _CMP_UNORD_Q)

#include "treeshap-kernel.h"

gsize
shap_avx512_lanes(void)
{
    return SHAP_LANES * SHAP_NV;
}

void
shap_avx512_tree(ShapBlock *block)
{
    shap_tree(block);
}
