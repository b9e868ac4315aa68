/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Isolation forest: rows that few random cuts set apart from a sample are odd. Trees are arrays of
 * nodes in breadth-free order, the root first; a leaf's split is NaN, so that it leads to itself,
 * and its depth includes what an unbuilt subtree of its rows would add. */
#include "isolation-forest.h"

#include <math.h>

#include "rng.h"

#define FOREST_TREES  256
#define FOREST_SAMPLE 256
#define FOREST_DEPTH  8 /* log2 of the sample */
#define FOREST_NODES  (2U << FOREST_DEPTH)
#define FOREST_BLOCK  256 /* rows that walk a tree before the next one is taken … */
#define FOREST_LANES  8   /* … so many side by side */
#define FOREST_TRIES  8   /* columns drawn for a cut before the node is a leaf */
#define FOREST_STAGE  G_GUINT64_CONSTANT(0x69736f6c617465)

typedef struct {
    double split; /* NaN in a leaf */
    double depth; /* of a leaf */
    guint32 left; /* the right child follows it; one before the node itself for a leaf */
    guint32 column;
} ForestNode;

struct ErrataIsolationForest {
    guint n_columns;
    double usual; /* mean depth of a row of the sample */
    ForestNode *node;
};

typedef struct {
    const double *value;
    guint n_columns;
    ForestNode *tree;
    guint32 n_nodes;
    gsize row[FOREST_SAMPLE];
    ErrataRng rng;
} ForestBuild;

/* mean depth of an unsuccessful search in a binary tree of @n rows */
static double
forest_usual(double n)
{
    return n > 2.0    ? 2.0 * (log(n - 1.0) + 0.5772156649015329) - 2.0 * (n - 1.0) / n
           : n >= 2.0 ? 1.0
                      : 0.0;
}

/* a column that differs among the rows, and a value between its least and largest */
static gboolean
forest_cut(ForestBuild *self, gsize begin, gsize end, ForestNode *node)
{
    for (guint try = 0; try < FOREST_TRIES; try++) {
        guint column = (guint)errata_rng_below(&self->rng, self->n_columns);
        double least = (double)INFINITY;
        double most = -(double)INFINITY;

        for (gsize i = begin; i < end; i++) {
            double value = self->value[self->row[i] * self->n_columns + column];

            if (isfinite(value)) {
                least = MIN(least, value);
                most = MAX(most, value);
            }
        }
        if (!(most > least) || !isfinite(most - least))
            continue;
        node->column = column;
        node->split = least + (most - least) * (1.0 - errata_rng_uniform(&self->rng));
        return TRUE;
    }
    return FALSE;
}

static void
forest_grow(ForestBuild *self, guint32 at, gsize begin, gsize end, guint depth)
{
    ForestNode *node = &self->tree[at];
    gsize middle = begin;

    node->split = (double)NAN;
    node->left = at - 1;
    node->depth = (double)depth + forest_usual((double)(end - begin));
    if (depth >= FOREST_DEPTH || end - begin < 2 || !forest_cut(self, begin, end, node))
        return;
    for (gsize i = begin; i < end; i++)
        if (self->value[self->row[i] * self->n_columns + node->column] < node->split) {
            gsize row = self->row[i];

            self->row[i] = self->row[middle];
            self->row[middle++] = row;
        }
    node->left = self->n_nodes;
    self->n_nodes += 2;
    forest_grow(self, node->left, begin, middle, depth + 1);
    forest_grow(self, node->left + 1, middle, end, depth + 1);
}

/**
 * errata_isolation_forest_new:
 * @value: (array): row-major rows, NaN where missing (goes to the upper side of a cut)
 * @n_rows: rows, at least 2
 * @n_columns: columns, at least 1
 * @seed: of the draws
 *
 * Grows 256 trees on samples of 256 rows each (drawn with replacement).
 *
 * Source: Liu, Ting, Zhou 2008, "Isolation Forest".
 *
 * Returns: (transfer full): the forest
 */
ErrataIsolationForest *
errata_isolation_forest_new(const double *value, gsize n_rows, guint n_columns, guint64 seed)
{
    ErrataIsolationForest *self = g_new0(ErrataIsolationForest, 1);
    gsize n_sample = MIN(n_rows, (gsize)FOREST_SAMPLE);

    g_return_val_if_fail(n_rows >= 2 && n_columns >= 1, self);
    self->n_columns = n_columns;
    self->usual = forest_usual((double)n_sample);
    self->node = g_new0(ForestNode, (gsize)FOREST_TREES * FOREST_NODES);
    for (guint tree = 0; tree < FOREST_TREES; tree++) {
        ForestBuild build = {.value = value,
                             .n_columns = n_columns,
                             .tree = self->node + (gsize)tree * FOREST_NODES,
                             .n_nodes = 1,
                             .rng = errata_rng_init(seed, FOREST_STAGE, tree)};

        for (gsize i = 0; i < n_sample; i++)
            build.row[i] = (gsize)errata_rng_below(&build.rng, n_rows);
        forest_grow(&build, 0, 0, n_sample, 0);
    }
    return self;
}

/* adds the depths of @n rows in one tree; @n is known where this is compiled */
__attribute__((always_inline)) static inline void
forest_walk_lanes(const ForestNode *node,
                  const double *value,
                  guint n_columns,
                  guint n,
                  double *depth)
{
    guint32 at[FOREST_LANES] = {0};

    for (guint level = 0; level < FOREST_DEPTH; level++)
#pragma GCC unroll 8
        for (guint lane = 0; lane < n; lane++) {
            const ForestNode *here = &node[at[lane]];

            at[lane] = here->left +
                       (value[lane * n_columns + here->column] < here->split ? 0U : 1U);
        }
    for (guint lane = 0; lane < n; lane++)
        depth[lane] += node[at[lane]].depth;
}

/* the same of any number of rows, several side by side so that none waits for another */
static void
forest_walk(const ForestNode *node, const double *value, guint n_columns, gsize n, double *depth)
{
    gsize i = 0;

    for (; i + FOREST_LANES <= n; i += FOREST_LANES)
        forest_walk_lanes(node, value + i * n_columns, n_columns, FOREST_LANES, depth + i);
    for (; i < n; i++)
        forest_walk_lanes(node, value + i * n_columns, n_columns, 1, depth + i);
}

/**
 * errata_isolation_forest_score:
 * @self: a forest
 * @value: (array): row-major rows, of its columns
 * @n_rows: rows
 * @ret_oddness: (array length=n_rows): 2^(−E[depth]/c) of each, in (0, 1): about 0.5 is usual, near
 *   1 odd
 */
void
errata_isolation_forest_score(const ErrataIsolationForest *self,
                              const double *value,
                              gsize n_rows,
                              double *ret_oddness)
{
    for (gsize begin = 0; begin < n_rows; begin += FOREST_BLOCK) {
        gsize n = MIN(FOREST_BLOCK, n_rows - begin);
        double depth[FOREST_BLOCK] = {0.0};

        for (guint tree = 0; tree < FOREST_TREES; tree++)
            forest_walk(self->node + (gsize)tree * FOREST_NODES,
                        value + begin * self->n_columns,
                        self->n_columns,
                        n,
                        depth);
        for (gsize i = 0; i < n; i++)
            ret_oddness[begin + i] = exp2(-depth[i] / FOREST_TREES / self->usual);
    }
}

void
errata_isolation_forest_free(ErrataIsolationForest *self)
{
    if (self == NULL)
        return;
    g_free(self->node);
    g_free(self);
}
