/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tree attribution by AVX2 and FMA: four rows a vector. */
#include <immintrin.h>

static const long long masks[16][4] __attribute__((aligned(32))) = {
    {0, 0, 0, 0},
    {-1, 0, 0, 0},
    {0, -1, 0, 0},
    {-1, -1, 0, 0},
    {0, 0, -1, 0},
    {-1, 0, -1, 0},
    {0, -1, -1, 0},
    {-1, -1, -1, 0},
    {0, 0, 0, -1},
    {-1, 0, 0, -1},
    {0, -1, 0, -1},
    {-1, -1, 0, -1},
    {0, 0, -1, -1},
    {-1, 0, -1, -1},
    {0, -1, -1, -1},
    {-1, -1, -1, -1},
};

#define V               __m256d
#define M               __m256d
#define SHAP_LANES      4
#define SHAP_NV         4
#define SET(x)          _mm256_set1_pd(x)
#define MUL(a, b)       _mm256_mul_pd(a, b)
#define ADD(a, b)       _mm256_add_pd(a, b)
#define FMA(a, b, c)    _mm256_fmadd_pd(a, b, c)
#define SELECT(m, a, b) _mm256_blendv_pd(b, a, m)
#define ONLY(m, a)      _mm256_and_pd(m, a)
#define MASK(bits, v)   _mm256_load_pd((const double *)masks[(bits) >> ((v)*SHAP_LANES) & 15])
#define LESS(a, b)      _mm256_movemask_pd(_mm256_cmp_pd(a, b, _CMP_LT_OQ))
#define NOT_A_NUMBER(a) _mm256_movemask_pd(_mm256_cmp_pd(a, a, _CMP_UNORD_Q))

#include "treeshap-kernel.h"

gsize
shap_avx2_lanes(void)
{
    return SHAP_LANES * SHAP_NV;
}

void
shap_avx2_tree(ShapBlock *block)
{
    shap_tree(block);
}
