/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "treeshap.h"

G_BEGIN_DECLS

#define SHAP_MAX_K 8 /* up to so many quadrature nodes have code of their own */

/**
 * ShapNode:
 * @node: in the trees, for its test
 * @feature: that it splits on
 * @owner: input that gets the feature's share
 * @left: node of the left child; 0 for a leaf
 * @right: node of the right child; 0 for a leaf
 * @constants: its first constant; five per quadrature node and side, or five per quadrature node
 *   when both children are leaves: what a product takes when the path goes there, when it does not,
 *   when it has left for another value of the same feature before; and what is added to the
 *   feature's sum when it goes there and when it does not
 * @repeated: the owner's features are tested further up too
 *
 * An inner node of a tree that is being attributed.
 */
typedef struct {
    guint32 node;
    guint32 feature;
    guint32 owner;
    guint32 left;
    guint32 right;
    gsize constants;
    gboolean repeated;
} ShapNode;

/* a tree whose leaves are numbers of one group */
typedef struct {
    ShapNode *node;
    guint n_nodes;
    double *constants;
    guint k;     /* quadrature nodes */
    guint depth; /* inner nodes on the longest path */
    guint group;
    gboolean plain; /* every test is `<`, NaN alone is missing */
} ShapTree;

struct _ErrataTreeshap {
    const ErrataTrees *trees;
    ErrataTreeshapPath path;
    ShapTree *tree;
    guint n_trees;
    double *bias; /* per group */
    guint max_k;
    guint max_depth;
};

/* rows side by side in one block; rows beyond the last repeat it */
typedef struct {
    const ErrataTrees *trees;
    const ShapTree *tree;
    double *x;    /* n_features × lanes */
    double *phi;  /* n_owners × lanes, of one group */
    guint32 *on;  /* per owner: rows that went every way taken so far */
    double *room; /* products and sums, two per level */
} ShapBlock;

gsize shap_base_lanes(void);
void shap_base_tree(ShapBlock *block);
gsize shap_avx2_lanes(void);
void shap_avx2_tree(ShapBlock *block);
gsize shap_avx512_lanes(void);
void shap_avx512_tree(ShapBlock *block);

void shap_quadrature(guint n, double *ret_t, double *ret_w);
guint32 shap_test_slow(const ErrataTrees *trees, guint32 node, const double *x, guint lanes);

G_END_DECLS
