/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many rows down the trees at once. A tree is laid out so that a step is one comparison and one load,
 * with no branch that could be guessed wrong: `<=` becomes `<` of the next number, a missing value
 * reads as the infinity on the side that it goes to, and a leaf leads to itself. Eight rows walk side
 * by side, tree by tree, so that their loads overlap and a tree stays in the cache for a whole block;
 * each row still adds up its leaves in the order of the trees. */
#include <string.h>

#include "trees.h"

#define BLOCK_LANES  8
#define BLOCK_LEAST  16    /* rows that are worth the layout */
#define BLOCK_VALUES 16384 /* of a block of rows: they stay in the cache beside a tree */
#define BLOCK_ROWS   256   /* of it at most */

/* an inner node, or a leaf */
typedef struct {
    double threshold; /* of a leaf of one value: by what it adds to the margin */
    guint32 slot;     /* of the value in a row: two per feature */
    guint32 next[2];  /* not below the threshold; below it */
} BlockNode;

typedef struct {
    const ErrataTrees *trees;
    BlockNode *node;
    guint32 *depth; /* per tree: edges to its deepest leaf; 0 also where it is walked row by row */
    guint8 *plain;  /* per tree: 0 where it is walked row by row */
    double *value;  /* of the rows of a block: each feature twice, missing as −∞ and as +∞ */
    guint32 *level; /* scratch, per node of a tree */
} Block;

static void
block_clear(Block *self)
{
    g_free(self->node);
    g_free(self->depth);
    g_free(self->plain);
    g_free(self->value);
    g_free(self->level);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Block, block_clear)

/* FALSE for a test that is no plain comparison */
static gboolean
block_lay_out_split(const ErrataTrees *trees, guint32 node, BlockNode *to)
{
    guint flags = trees->flags[node];
    double threshold = trees->threshold[node];
    gboolean missing_left = (flags & ERRATA_NODE_DEFAULT_LEFT) != 0;

    if ((flags & (ERRATA_NODE_CATEGORY | ERRATA_NODE_EXACT | ERRATA_NODE_ZERO_MISSING)) != 0 ||
        !isfinite(threshold))
        return FALSE;
    if ((flags & ERRATA_NODE_EQUAL_LEFT) != 0)
        threshold = nextafter(threshold, (double)INFINITY);
    if ((flags & ERRATA_NODE_NAN_IS_ZERO) != 0)
        missing_left = 0.0 < threshold;
    *to = (BlockNode){threshold,
                      2 * trees->feature[node] + (missing_left ? 0 : 1),
                      {trees->right[node], node + 1}};
    return TRUE;
}

static void
block_lay_out_leaf(const ErrataTrees *trees, guint tree, guint32 node, BlockNode *to)
{
    double value = trees->leaf_value[(gsize)trees->feature[node] * trees->leaf_width];

    *to = (BlockNode){0.0, 0, {node, node}};
    if (trees->leaf_width == 1) /* the product is rounded as where it is added */
        to->threshold = trees->sum_float ? (double)((float)trees->weight[tree] * (float)value)
                                         : trees->weight[tree] * value;
}

static void
block_lay_out(Block *self, guint tree)
{
    const ErrataTrees *trees = self->trees;
    guint32 first = trees->first[tree], end = trees->first[tree + 1];

    self->plain[tree] = 1;
    self->level[0] = 0;
    for (guint32 node = first; node < end; node++) {
        if ((trees->flags[node] & ERRATA_NODE_LEAF) != 0) {
            block_lay_out_leaf(trees, tree, node, &self->node[node]);
            self->depth[tree] = MAX(self->depth[tree], self->level[node - first]);
        } else if (block_lay_out_split(trees, node, &self->node[node])) {
            self->level[node + 1 - first] = self->level[trees->right[node] - first] =
                self->level[node - first] + 1;
        } else {
            self->plain[tree] = 0;
            return;
        }
    }
}

static void
block_init(Block *self, const ErrataTrees *trees, gsize n_rows)
{
    guint32 most = 1;

    self->trees = trees;
    self->node = g_new(BlockNode, MAX(trees->n_nodes, 1));
    self->depth = g_new0(guint32, trees->n_trees + 1);
    self->plain = g_new0(guint8, trees->n_trees + 1);
    self->value = g_new0(double, 2 * (gsize)MAX(trees->n_features, 1) * n_rows);
    for (guint tree = 0; tree < trees->n_trees; tree++)
        most = MAX(most, trees->first[tree + 1] - trees->first[tree]);
    self->level = g_new0(guint32, most);
    for (guint tree = 0; tree < trees->n_trees; tree++)
        block_lay_out(self, tree);
}

/* @n rows, and the last again up to whole lanes */
static void
block_fill(Block *self, const double *row, gsize pitch, gsize n)
{
    guint n_features = self->trees->n_features;
    double *to = self->value;

    for (gsize i = 0; i < (n + BLOCK_LANES - 1) / BLOCK_LANES * BLOCK_LANES; i++) {
        const double *from = row + MIN(i, n - 1) * pitch;

        for (guint f = 0; f < n_features; f++, to += 2) {
            double value = self->trees->cast_float ? (double)(float)from[f] : from[f];

            to[0] = isnan(value) ? -(double)INFINITY : value;
            to[1] = isnan(value) ? (double)INFINITY : value;
        }
    }
}

/* the leaves of eight rows */
static inline void
block_walk(const BlockNode *node,
           guint32 root,
           guint32 depth,
           const double *value,
           gsize pitch,
           guint32 *ret_leaf)
{
    guint32 at[BLOCK_LANES];

    for (guint k = 0; k < BLOCK_LANES; k++)
        at[k] = root;
    for (guint32 level = 0; level < depth; level++) {
        guint32 moved = 0;

        for (guint k = 0; k < BLOCK_LANES; k++) {
            const BlockNode *now = &node[at[k]];
            guint32 next = now->next[value[k * pitch + now->slot] < now->threshold];

            moved |= next ^ at[k];
            at[k] = next;
        }
        if (moved == 0)
            break;
    }
    memcpy(ret_leaf, at, sizeof at);
}

static void
block_add(const ErrataTrees *trees, guint tree, guint32 leaf, double *margin)
{
    const double *value = trees->leaf_value + (gsize)trees->feature[leaf] * trees->leaf_width;
    guint group = trees->leaf_width == 1 ? trees->group[tree] : 0;

    for (guint i = 0; i < trees->leaf_width; i++)
        margin[group + i] =
            trees->sum_float
                ? (double)((float)margin[group + i] + (float)trees->weight[tree] * (float)value[i])
                : margin[group + i] + trees->weight[tree] * value[i];
}

/* one tree, @n rows of the block */
static void
block_tree(const Block *self, guint tree, const double *row, gsize pitch, gsize n, double *margin)
{
    const ErrataTrees *trees = self->trees;
    gsize width = 2 * (gsize)trees->n_features;
    gsize n_groups = trees->n_groups;

    for (gsize begin = 0; begin < n; begin += BLOCK_LANES) {
        guint32 leaf[BLOCK_LANES];
        gsize m = MIN(n - begin, (gsize)BLOCK_LANES);
        double *to = margin + begin * n_groups;

        if (self->plain[tree] == 0)
            for (gsize k = 0; k < m; k++)
                leaf[k] = errata_trees_leaf(trees, tree, row + (begin + k) * pitch);
        else
            block_walk(self->node,
                       trees->first[tree],
                       self->depth[tree],
                       self->value + begin * width,
                       width,
                       leaf);
        if (self->plain[tree] == 0 || trees->leaf_width > 1) {
            for (gsize k = 0; k < m; k++)
                block_add(trees, tree, leaf[k], to + k * n_groups);
            continue;
        }
        to += trees->group[tree];
        for (gsize k = 0; k < m; k++, to += n_groups)
            *to = trees->sum_float ? (double)((float)*to + (float)self->node[leaf[k]].threshold)
                                   : *to + self->node[leaf[k]].threshold;
    }
}

/**
 * errata_trees_margins:
 * @self: trees
 * @row: the values of the rows, @pitch numbers from one row to the next
 * @pitch: at least n_features
 * @n_rows: rows
 * @ret_margin: (out caller-allocates): n_groups margins per row
 *
 * errata_trees_margin() of every row, bit by bit; several times as fast where there are many.
 */
void
errata_trees_margins(const ErrataTrees *self,
                     const double *row,
                     gsize pitch,
                     gsize n_rows,
                     double *ret_margin)
{
    gsize n = CLAMP(BLOCK_VALUES / MAX(self->n_features, 1), BLOCK_LANES, BLOCK_ROWS) /
              BLOCK_LANES * BLOCK_LANES;
    g_auto(Block) block = {0};

    if (n_rows < BLOCK_LEAST || self->average) {
        for (gsize i = 0; i < n_rows; i++)
            errata_trees_margin(self, row + i * pitch, ret_margin + i * self->n_groups);
        return;
    }
    block_init(&block, self, n);
    for (gsize begin = 0; begin < n_rows; begin += n) {
        gsize m = MIN(n_rows - begin, n);
        double *margin = ret_margin + begin * self->n_groups;

        for (gsize i = 0; i < m * self->n_groups; i++)
            margin[i] = self->sum_float ? (double)(float)self->base[i % self->n_groups]
                                        : self->base[i % self->n_groups];
        block_fill(&block, row + begin * pitch, pitch, m);
        for (guint tree = 0; tree < self->n_trees; tree++)
            block_tree(&block, tree, row + begin * pitch, pitch, m, margin);
    }
}
