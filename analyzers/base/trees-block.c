/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many rows down the trees at once. A tree is laid out so that a step is one comparison and one
 * load, with no branch that could be guessed wrong: `<=` becomes `<` of the next number, a missing
 * value reads as the infinity on the side that it goes to, and a leaf leads to itself. Eight rows
 * walk side by side, tree by tree, so that their loads overlap and a tree stays in the cache for a
 * whole block; each row still adds up its leaves in the order of the trees. Of trees of up to 64
 * leaves, processors that compare eight numbers at once make all tests: each that goes right takes
 * the leaves on its left out of a mask, and the first leaf that remains is the row's (Lucchese et
 * al. 2015, "QuickScorer"). */
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "trees.h"

#define BLOCK_LANES  8
#define BLOCK_WIDE   4     /* times as many rows are tested at once */
#define BLOCK_LEAVES 64    /* of a tree whose tests are all made */
#define BLOCK_LEAST  16    /* rows that are worth the layout */
#define BLOCK_VALUES 16384 /* of a block of rows: they stay in the cache beside a tree */
#define BLOCK_ROWS   256   /* of it at most */

/* an inner node, or a leaf */
typedef struct {
    double threshold; /* of a leaf of one value: by what it adds to the margin */
    guint32 slot;     /* of the value in a row: two per feature */
    guint32 next[2];  /* not below the threshold; below it */
} BlockNode;

/* a test, and the leaves that are left where it goes right */
typedef struct {
    double threshold;
    guint64 keep;
    guint32 slot;
} BlockTest;

typedef struct {
    const ErrataTrees *trees;
    gboolean sum_float;
    BlockNode *node;
    BlockTest *test; /* of all trees, as many as there are inner nodes before */
    guint32 *leaf;   /* nodes of leaves, as many as there are before */
    guint32
        *n_tests; /* per tree, and one more: tests before it; leaves before it are as many and one a
                       * tree more */
    gboolean wide;  /* the processor makes tests of eight rows at once */
    guint32 *depth; /* per tree: edges to its deepest leaf; 0 also where it is walked row by row */
    guint8 *plain;  /* per tree: 0 where it is walked row by row */
    double *value;  /* of the rows of a block: each feature twice, missing as −∞ and as +∞ */
    gsize pitch;    /* from one of those to the next */
    guint32 *level; /* scratch, per node of a tree */
    guint32 *rank;  /* likewise: leaves before it */
} Block;

static void
block_clear(Block *self)
{
    g_free(self->node);
    g_free(self->test);
    g_free(self->leaf);
    g_free(self->n_tests);
    g_free(self->depth);
    g_free(self->plain);
    g_free(self->value);
    g_free(self->level);
    g_free(self->rank);
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
block_lay_out_leaf(const Block *self, guint tree, guint32 node)
{
    const ErrataTrees *trees = self->trees;
    double value = trees->leaf_value[(gsize)trees->feature[node] * trees->leaf_width];
    BlockNode *to = &self->node[node];

    *to = (BlockNode){0.0, 0, {node, node}};
    if (trees->leaf_width == 1) /* the product is rounded as where it is added */
        to->threshold = self->sum_float ? (double)((float)trees->weight[tree] * (float)value)
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
            block_lay_out_leaf(self, tree, node);
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

/* the leaves from the @from-th on, up to the @end-th */
static guint64
block_leaves(guint32 from, guint32 end)
{
    guint64 below = end < BLOCK_LEAVES ? ((guint64)1 << end) - 1 : G_MAXUINT64;

    return below & ~(((guint64)1 << from) - 1);
}

/* the tests of a tree that is laid out */
static void
block_lay_out_tests(Block *self, guint tree)
{
    const ErrataTrees *trees = self->trees;
    guint32 first = trees->first[tree], end = trees->first[tree + 1];
    BlockTest *test = self->test + self->n_tests[tree];
    guint32 *leaf = self->leaf + self->n_tests[tree] + tree;
    guint32 n = 0;

    for (guint32 node = first; node < end; node++) {
        self->rank[node - first] = n;
        if ((trees->flags[node] & ERRATA_NODE_LEAF) != 0)
            leaf[n++] = node;
    }
    if (n > BLOCK_LEAVES)
        return;
    for (guint32 node = first; node < end; node++) {
        const BlockNode *from = &self->node[node];

        if ((trees->flags[node] & ERRATA_NODE_LEAF) != 0)
            continue;
        *test++ = (BlockTest){
            from->threshold,
            ~block_leaves(self->rank[node + 1 - first], self->rank[trees->right[node] - first]),
            from->slot};
    }
}

static gboolean
block_is_wide(void)
{
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx512f") != 0;
#else
    return FALSE;
#endif
}

static void
block_init(Block *self, const ErrataTrees *trees, gboolean sum_float, gsize n_rows)
{
    guint32 most = 1;

    self->trees = trees;
    self->sum_float = sum_float;
    self->wide = block_is_wide();
    self->pitch = n_rows;
    self->node = g_new(BlockNode, MAX(trees->n_nodes, 1));
    self->depth = g_new0(guint32, trees->n_trees + 1);
    self->plain = g_new0(guint8, trees->n_trees + 1);
    self->value = g_new0(double, 2 * (gsize)MAX(trees->n_features, 1) * n_rows);
    for (guint tree = 0; tree < trees->n_trees; tree++)
        most = MAX(most, trees->first[tree + 1] - trees->first[tree]);
    self->level = g_new0(guint32, most);
    self->rank = g_new0(guint32, most);
    self->n_tests = g_new0(guint32, trees->n_trees + 1);
    self->test = g_new(BlockTest, MAX(trees->n_nodes, 1));
    self->leaf = g_new(guint32, MAX(trees->n_nodes, 1));
    for (guint tree = 0; tree < trees->n_trees; tree++) {
        block_lay_out(self, tree);
        self->n_tests[tree + 1] = self->n_tests[tree] +
                                  (trees->first[tree + 1] - trees->first[tree]) / 2;
        if (self->wide && self->plain[tree] != 0)
            block_lay_out_tests(self, tree);
    }
}

/* @n rows, and the last again up to whole lanes */
static void
block_fill(Block *self, const double *row, gsize pitch, gsize n)
{
    gboolean cast = self->trees->cast_float;

    for (guint f = 0; f < self->trees->n_features; f++) {
        double *low = self->value + 2 * (gsize)f * self->pitch;
        double *high = low + self->pitch;

        for (gsize i = 0; i < (n + BLOCK_LANES - 1) / BLOCK_LANES * BLOCK_LANES; i++) {
            double from = row[MIN(i, n - 1) * pitch + f];
            double value = cast ? (double)(float)from : from;

            low[i] = isnan(value) ? -(double)INFINITY : value;
            high[i] = isnan(value) ? (double)INFINITY : value;
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
            guint32 next = now->next[value[now->slot * pitch + k] < now->threshold];

            moved |= next ^ at[k];
            at[k] = next;
        }
        if (moved == 0)
            break;
    }
    memcpy(ret_leaf, at, sizeof at);
}

#if defined(__x86_64__)
/* which leaves are left of @n_vectors times eight rows */
__attribute__((target("avx512f"), always_inline)) static inline void
block_test(const BlockTest *test,
           guint n_tests,
           const double *value,
           gsize pitch,
           guint n_vectors,
           guint64 *ret_left)
{
    __m512i left[BLOCK_WIDE];

    for (guint k = 0; k < n_vectors; k++)
        left[k] = _mm512_set1_epi64(-1);
    for (const BlockTest *end = test + n_tests; test < end; test++) {
        const double *from = value + test->slot * pitch;
        __m512d threshold = _mm512_set1_pd(test->threshold);
        __m512i keep = _mm512_set1_epi64((gint64)test->keep);

        for (guint k = 0; k < n_vectors; k++)
            left[k] = _mm512_mask_and_epi64(
                left[k],
                _mm512_cmp_pd_mask(_mm512_loadu_pd(from + k * BLOCK_LANES), threshold, _CMP_NLT_UQ),
                left[k],
                keep);
    }
    for (guint k = 0; k < n_vectors; k++)
        _mm512_storeu_si512(ret_left + k * BLOCK_LANES, left[k]);
}

/* the leaves of @n rows, whole lanes */
__attribute__((target("avx512f"))) static void
block_find_wide(const BlockTest *test,
                guint n_tests,
                const double *value,
                gsize pitch,
                const guint32 *leaf,
                gsize n,
                guint32 *ret_leaf)
{
    gsize whole = n / (BLOCK_WIDE * BLOCK_LANES) * (BLOCK_WIDE * BLOCK_LANES);
    guint64 left[BLOCK_ROWS];

    for (gsize i = 0; i < whole; i += (gsize)BLOCK_WIDE * BLOCK_LANES)
        block_test(test, n_tests, value + i, pitch, BLOCK_WIDE, left + i);
    for (gsize i = whole; i < n; i += BLOCK_LANES)
        block_test(test, n_tests, value + i, pitch, 1, left + i);
    for (gsize i = 0; i < n; i++)
        ret_leaf[i] = leaf[__builtin_ctzll(left[i])];
}
#endif

/* the leaves that @n rows of the block fall into */
static void
block_find(const Block *self,
           guint tree,
           const double *row,
           gsize pitch,
           gsize n,
           guint32 *ret_leaf)
{
    const ErrataTrees *trees = self->trees;

    if (self->plain[tree] == 0) {
        for (gsize i = 0; i < n; i++)
            ret_leaf[i] = errata_trees_leaf(trees, tree, row + i * pitch);
        return;
    }
#if defined(__x86_64__)
    guint n_tests = self->n_tests[tree + 1] - self->n_tests[tree];

    if (self->wide && n_tests < BLOCK_LEAVES) {
        block_find_wide(self->test + self->n_tests[tree],
                        n_tests,
                        self->value,
                        self->pitch,
                        self->leaf + self->n_tests[tree] + tree,
                        (n + BLOCK_LANES - 1) / BLOCK_LANES * BLOCK_LANES,
                        ret_leaf);
        return;
    }
#endif
    for (gsize begin = 0; begin < n; begin += BLOCK_LANES)
        block_walk(self->node,
                   trees->first[tree],
                   self->depth[tree],
                   self->value + begin,
                   self->pitch,
                   ret_leaf + begin);
}

static void
block_add(const Block *self, guint tree, guint32 leaf, double *margin)
{
    const ErrataTrees *trees = self->trees;
    const double *value = trees->leaf_value + (gsize)trees->feature[leaf] * trees->leaf_width;
    guint group = trees->leaf_width == 1 ? trees->group[tree] : 0;

    for (guint i = 0; i < trees->leaf_width; i++)
        margin[group + i] = self->sum_float ? (double)((float)margin[group + i] +
                                                       (float)trees->weight[tree] * (float)value[i])
                                            : margin[group + i] + trees->weight[tree] * value[i];
}

/* one tree, @n rows of the block */
static void
block_tree(const Block *self, guint tree, const double *row, gsize pitch, gsize n, double *margin)
{
    const ErrataTrees *trees = self->trees;
    gsize n_groups = trees->n_groups;
    guint32 leaf[BLOCK_ROWS];

    block_find(self, tree, row, pitch, n, leaf);
    if (self->plain[tree] == 0 || trees->leaf_width > 1) {
        for (gsize i = 0; i < n; i++)
            block_add(self, tree, leaf[i], margin + i * n_groups);
        return;
    }
    margin += trees->group[tree];
    for (gsize i = 0; i < n; i++, margin += n_groups)
        *margin = self->sum_float ? (double)((float)*margin + (float)self->node[leaf[i]].threshold)
                                  : *margin + self->node[leaf[i]].threshold;
}

/* @sum_float: as the library does */
static void
block_margins(const ErrataTrees *trees,
              const double *row,
              gsize pitch,
              gsize n_rows,
              gboolean sum_float,
              double *ret_margin)
{
    gsize n = CLAMP(BLOCK_VALUES / MAX(trees->n_features, 1), BLOCK_LANES, BLOCK_ROWS) /
              BLOCK_LANES * BLOCK_LANES;
    g_auto(Block) block = {0};

    block_init(&block, trees, sum_float, n);
    for (gsize begin = 0; begin < n_rows; begin += n) {
        gsize m = MIN(n_rows - begin, n);
        double *margin = ret_margin + begin * trees->n_groups;

        for (gsize i = 0; i < m * trees->n_groups; i++)
            margin[i] = sum_float ? (double)(float)trees->base[i % trees->n_groups]
                                  : trees->base[i % trees->n_groups];
        block_fill(&block, row + begin * pitch, pitch, m);
        for (guint tree = 0; tree < trees->n_trees; tree++)
            block_tree(&block, tree, row + begin * pitch, pitch, m, margin);
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
    if (n_rows >= BLOCK_LEAST && !self->average) {
        block_margins(self, row, pitch, n_rows, self->sum_float, ret_margin);
        return;
    }
    for (gsize i = 0; i < n_rows; i++)
        errata_trees_margin(self, row + i * pitch, ret_margin + i * self->n_groups);
}

/**
 * errata_trees_exact_margins:
 * @self: trees
 * @row: the values of the rows, @pitch numbers from one row to the next
 * @pitch: at least n_features
 * @n_rows: rows
 * @ret_margin: (out caller-allocates): n_groups margins per row
 *
 * errata_trees_exact_margin() of every row, bit by bit.
 */
void
errata_trees_exact_margins(const ErrataTrees *self,
                           const double *row,
                           gsize pitch,
                           gsize n_rows,
                           double *ret_margin)
{
    if (n_rows >= BLOCK_LEAST && !self->average) {
        block_margins(self, row, pitch, n_rows, FALSE, ret_margin);
        return;
    }
    for (gsize i = 0; i < n_rows; i++)
        errata_trees_exact_margin(self, row + i * pitch, ret_margin + i * self->n_groups);
}
