/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pass over one tree for one block of rows, in the vectors of the including file, which defines
 * V (a vector of doubles), M (a mask of it), SHAP_LANES, SHAP_NV (vectors of a block), the
 * operations SET MUL ADD FMA SELECT ONLY MASK, and LESS(x, t) and NOT_A_NUMBER(x), which give bits
 * of lanes. Not a header of its own. */
#include "treeshap-private.h"

/* bit r: row r goes left */
static inline __attribute__((always_inline)) guint32
shap_test(const ShapBlock *b, const ShapNode *node)
{
    const V *x = (const V *)(const void *)b->x + (gsize)node->feature * SHAP_NV;
    V threshold;
    guint32 left = 0;
    guint32 missing = 0;

    if (!b->tree->plain)
        return shap_test_slow(b->trees,
                              node->node,
                              (const double *)(const void *)x,
                              SHAP_NV * SHAP_LANES);
    threshold = SET(b->trees->threshold[node->node]);
    for (guint v = 0; v < SHAP_NV; v++) {
        left |= (guint32)LESS(x[v], threshold) << (v * SHAP_LANES);
        missing |= (guint32)NOT_A_NUMBER(x[v]) << (v * SHAP_LANES);
    }
    if ((b->trees->flags[node->node] & ERRATA_NODE_DEFAULT_LEFT) != 0)
        left |= missing;
    return left;
}

#define SHAP_K 1
#include "treeshap-node.h"
#define SHAP_K 2
#include "treeshap-node.h"
#define SHAP_K 3
#include "treeshap-node.h"
#define SHAP_K 4
#include "treeshap-node.h"
#define SHAP_K 5
#include "treeshap-node.h"
#define SHAP_K 6
#include "treeshap-node.h"
#define SHAP_K 7
#include "treeshap-node.h"
#define SHAP_K 8
#include "treeshap-node.h"
#define SHAP_K 0
#include "treeshap-node.h"

static void
shap_tree(ShapBlock *b)
{
    static void (*const nodes[SHAP_MAX_K + 1])(ShapBlock *, guint32, const V *, V *, V *) = {
        shap_node_0,
        shap_node_1,
        shap_node_2,
        shap_node_3,
        shap_node_4,
        shap_node_5,
        shap_node_6,
        shap_node_7,
        shap_node_8,
    };
    guint k = b->tree->k;
    gsize n = (gsize)k * SHAP_NV;
    V *room = (V *)(void *)b->room;

    for (gsize i = 0; i < n; i++)
        room[i] = SET(1.0);
    nodes[k <= SHAP_MAX_K ? k : 0](b, 0, room, room + n, room + 2 * n);
}
