/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tree attribution in what every processor has: two rows a vector, by the compiler's generic
 * vectors. */
#include <glib.h>

typedef double ShapPair __attribute__((vector_size(16)));
typedef gint64 ShapBits __attribute__((vector_size(16)));

static const ShapBits masks[4] = {{0, 0}, {-1, 0}, {0, -1}, {-1, -1}};

static inline int
shap_bits(ShapBits b)
{
    return (b[0] != 0 ? 1 : 0) | (b[1] != 0 ? 2 : 0);
}

#define V               ShapPair
#define M               ShapBits
#define SHAP_LANES      2
#define SHAP_NV         8
#define SET(x)          ((ShapPair){(x), (x)})
#define MUL(a, b)       ((a) * (b))
#define ADD(a, b)       ((a) + (b))
#define FMA(a, b, c)    ((a) * (b) + (c))
#define SELECT(m, a, b) ((ShapPair)(((ShapBits)(a) & (m)) | ((ShapBits)(b) & ~(m))))
#define ONLY(m, a)      ((ShapPair)((ShapBits)(a) & (m)))
#define MASK(bits, v)   masks[(bits) >> ((v)*SHAP_LANES) & 3]
#define LESS(a, b)      shap_bits((a) < (b))
#define NOT_A_NUMBER(a) shap_bits(~((a) >= (a)))

#include "treeshap-kernel.h"

gsize
shap_base_lanes(void)
{
    return SHAP_LANES * SHAP_NV;
}

void
shap_base_tree(ShapBlock *block)
{
    shap_tree(block);
}
