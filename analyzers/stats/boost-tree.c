/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One tree of the boosted ensemble, grown level by level from histograms. First and second
 * derivative of a row are whole numbers packed into one 64-bit word, so a histogram cell is one
 * addition, sums are exact in any order, and the larger of two siblings is the difference of its
 * parent and the smaller. */
#include "boost-tree.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "parallel.h"

#define TREE_GRAIN       32768 /* rows per chunk of a histogram */
#define TREE_AHEAD       16    /* rows whose codes are fetched meanwhile */
#define TREE_MAX_SLOTS   256
#define TREE_CAT_PENALTY 10.0 /* keeps small categories near the middle of the order */
#define TREE_MIN_GAIN    1e-9
#define TREE_ROUNDING    1e-9 /* of sums, as a share of them */

typedef struct {
    gsize begin; /* rows of the node in the sample */
    gsize end;
    gint64 *histogram;
    double g;
    double h;
} TreeNode;

typedef struct {
    const ErrataBoostMatrix *matrix;
    const ErrataBoostParams *params;
    const gint64 *gradient;
    double unit;
    guint32 *sample;
    guint32 *scratch;
    double *gain;
    guint n_slots;
} TreeGrowth;

/* a category's sums, and where it stands among the others */
typedef struct {
    double g;
    double h;
    double order;
    guint8 code;
} TreeSlot;

/* the best cut so far, with the sums of its left side */
typedef struct {
    double gain;
    double g;
    double h;
    ErrataBoostTest test;
} TreeSplit;

gsize
errata_boost_tree_pitch(gsize n)
{
    return (n + ERRATA_BOOST_PITCH - 1) / ERRATA_BOOST_PITCH * ERRATA_BOOST_PITCH;
}

static void
tree_pack_run(const guint8 *from, gsize n, guint8 missing, guint8 *to)
{
    for (gsize i = 0; i < n; i++)
        to[i] = MIN(from[i], missing);
}

/**
 * errata_boost_tree_pack:
 * @columns: (array length=n_columns): the columns
 * @n_columns: number of columns
 * @row: (array length=n): rows wanted
 * @n: number of rows
 * @ret_code: (array): codes column by column, errata_boost_tree_pitch(@n) bytes each; missing and
 *   out of range become n_codes
 */
void
errata_boost_tree_pack(const ErrataBoostColumn *columns,
                       guint n_columns,
                       const guint32 *row,
                       gsize n,
                       guint8 *ret_code)
{
    gsize pitch = errata_boost_tree_pitch(n);
    gboolean run = n > 0; /* of neighbouring rows: then nothing is looked up */

    for (gsize i = 1; i < n && run; i++)
        run = row[i] == row[i - 1] + 1;
    for (guint c = 0; c < n_columns; c++) {
        const guint8 *from = columns[c].code;
        guint8 *to = ret_code + c * pitch;
        guint8 missing = (guint8)columns[c].n_codes;

        if (run)
            tree_pack_run(from + row[0], n, missing, to);
        for (gsize i = 0; i < n && !run; i++)
            to[i] = MIN(from[row[i]], missing);
        memset(to + n, 0, pitch - n);
    }
}

typedef struct {
    const TreeGrowth *growth;
    const guint32 *sample;
    gsize n;
    gint64 *parts; /* n_slots per chunk */
} TreeCount;

static void
tree_count_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    const TreeCount *count = data;
    const ErrataBoostMatrix *matrix = count->growth->matrix;
    const guint *offset = matrix->offset;
    const guint n_columns = matrix->n_columns;
    gint64 *part = count->parts + chunk * count->growth->n_slots;

    for (gsize i = begin; i < end; i++) {
        gsize row = count->sample[i];
        const guint8 *code = matrix->code + row * n_columns;
        gint64 value = count->growth->gradient[row];

        if (i + TREE_AHEAD < end)
            __builtin_prefetch(matrix->code + count->sample[i + TREE_AHEAD] * (gsize)n_columns);
        for (guint c = 0; c < n_columns; c++)
            part[offset[c] + code[c]] += value;
    }
}

static void
tree_count(const TreeGrowth *growth, TreeNode *node)
{
    gsize n = node->end - node->begin;
    gsize n_chunks = MAX(errata_parallel_n_chunks(n, TREE_GRAIN), 1);
    g_autofree gint64 *parts = g_new0(gint64, n_chunks * growth->n_slots);
    TreeCount count = {growth, growth->sample + node->begin, n, parts};

    errata_parallel_for(n, TREE_GRAIN, tree_count_cb, &count);
    memcpy(node->histogram, parts, sizeof(gint64) * growth->n_slots);
    for (gsize chunk = 1; chunk < n_chunks; chunk++)
        for (guint slot = 0; slot < growth->n_slots; slot++)
            node->histogram[slot] += parts[chunk * growth->n_slots + slot];
}

static int
tree_compare_slots_cb(const void *a, const void *b)
{
    const TreeSlot *x = a;
    const TreeSlot *y = b;

    if (x->order < y->order || x->order > y->order)
        return x->order < y->order ? -1 : 1;
    return (int)x->code - (int)y->code;
}

/* what a slot counts to as it is summed, which is less than 2^31 of either derivative */
__attribute__((always_inline)) static inline void
tree_unpack(const gint64 *packed, guint n, double unit, double *restrict g, double *restrict h)
{
    for (guint i = 0; i < n; i++) {
        g[i] = (double)(gint32)(guint32)((guint64)packed[i] >> 32) * unit;
        h[i] = (double)(gint32)(guint32)packed[i] * unit;
    }
}

/* what each cut gains; −1 where a side would have too little */
__attribute__((always_inline)) static inline void
tree_gains(const TreeNode *node,
           const ErrataBoostParams *params,
           const double *g,
           const double *h,
           guint n,
           double *restrict ret_gain)
{
    double l2 = params->l2, least = params->min_hessian;
    double all_g = node->g, all_h = node->h;
    double whole = all_g * all_g / (all_h + l2);

    for (guint i = 0; i < n; i++) {
        double rest_g = all_g - g[i], rest_h = all_h - h[i];
        double gain = g[i] * g[i] / (h[i] + l2) + rest_g * rest_g / (rest_h + l2) - whole;

        gain = h[i] < least ? -1.0 : gain;
        ret_gain[i] = rest_h < least ? -1.0 : gain;
    }
}

/* the first of the best cuts by what goes left of each, if better than what there is; slots that go
 * left, or 0. @best gets its gain and sums, and a test that sends nothing left yet. */
__attribute__((always_inline)) static inline guint
tree_best_cut(const TreeGrowth *growth,
              const TreeNode *node,
              guint column,
              const double *g,
              const double *h,
              guint n,
              TreeSplit *best)
{
    const guint *offset = growth->matrix->offset;
    double gain[TREE_MAX_SLOTS];
    double most = best->gain;
    guint cut = 0;

    tree_gains(node, growth->params, g, h, n, gain);
    for (guint i = 0; i < n; i++)
        if (gain[i] > most) {
            most = gain[i];
            cut = i + 1;
        }
    if (cut == 0)
        return 0;
    best->gain = most;
    best->g = g[cut - 1];
    best->h = h[cut - 1];
    best->test = (ErrataBoostTest){.column = column,
                                   .n_codes = offset[column + 1] - offset[column]};
    return cut;
}

static void
tree_send_left(ErrataBoostTest *test, guint code)
{
    test->left[code >> 6] |= G_GUINT64_CONSTANT(1) << (code & 63);
}

/* cuts of @n neighbouring codes, behind which stand missing cells: these go right, or left where
 * there are some. Codes that the node has not seen go with their neighbours. */
__attribute__((always_inline)) static inline void
tree_split_ordered(const TreeGrowth *growth,
                   const TreeNode *node,
                   guint column,
                   const double *g,
                   const double *h,
                   guint n,
                   TreeSplit *best)
{
    double left_g[2][TREE_MAX_SLOTS], left_h[2][TREE_MAX_SLOTS];
    double sum_g[2] = {0.0, g[n]}, sum_h[2] = {0.0, h[n]};
    guint first = 0;

    while (first < n && !(h[first] > 0.0))
        first++;
    for (guint i = first; i < n; i++)
        for (guint k = 0; k < 2; k++) {
            left_g[k][i] = sum_g[k] += h[i] > 0.0 ? g[i] : 0.0;
            left_h[k][i] = sum_h[k] += h[i];
        }
    for (guint k = 0; k < (h[n] > 0.0 ? 2 : 1); k++) {
        guint cut = tree_best_cut(growth,
                                  node,
                                  column,
                                  left_g[k] + first,
                                  left_h[k] + first,
                                  n - first,
                                  best);

        if (cut == 0)
            continue;
        for (guint code = 0; code < first + cut; code++)
            tree_send_left(&best->test, code);
        if (k == 1)
            tree_send_left(&best->test, n);
    }
}

/* cuts of the categories that there are, in the order of their mean derivative; missing cells are
 * one */
__attribute__((always_inline)) static inline void
tree_split_categories(const TreeGrowth *growth,
                      const TreeNode *node,
                      guint column,
                      const double *g,
                      const double *h,
                      guint n,
                      TreeSplit *best)
{
    double left_g[TREE_MAX_SLOTS], left_h[TREE_MAX_SLOTS];
    double sum_g = 0.0, sum_h = 0.0;
    TreeSlot slot[TREE_MAX_SLOTS];
    guint n_slots = 0, cut;

    for (guint code = 0; code <= n; code++)
        if (h[code] > 0.0 || code == n)
            slot[n_slots++] =
                (TreeSlot){g[code], h[code], g[code] / (h[code] + TREE_CAT_PENALTY), (guint8)code};
    qsort(slot, n_slots, sizeof(TreeSlot), tree_compare_slots_cb);
    for (guint i = 0; i < n_slots; i++) {
        left_g[i] = sum_g += slot[i].g;
        left_h[i] = sum_h += slot[i].h;
    }
    cut = tree_best_cut(growth, node, column, left_g, left_h, n_slots, best);
    for (guint i = 0; i < cut; i++)
        tree_send_left(&best->test, slot[i].code);
}

__attribute__((always_inline)) static inline void
tree_split_columns(const TreeGrowth *growth, const TreeNode *node, TreeSplit *best)
{
    const ErrataBoostMatrix *matrix = growth->matrix;
    double g[TREE_MAX_SLOTS], h[TREE_MAX_SLOTS];

    for (guint c = 0; c < matrix->n_columns; c++) {
        guint first = matrix->offset[c];
        guint n = matrix->offset[c + 1] - first - 1;

        tree_unpack(node->histogram + first, n + 1, growth->unit, g, h);
        if (matrix->ordered[c])
            tree_split_ordered(growth, node, c, g, h, n, best);
        else
            tree_split_categories(growth, node, c, g, h, n, best);
    }
}

/* the same numbers on every machine: wider registers change no operation */
#if defined(__x86_64__)
__attribute__((target("avx512f,avx512vl,avx512dq"))) static void
tree_split_columns_widest(const TreeGrowth *growth, const TreeNode *node, TreeSplit *best)
{
    tree_split_columns(growth, node, best);
}

__attribute__((target("avx2"))) static void
tree_split_columns_wide(const TreeGrowth *growth, const TreeNode *node, TreeSplit *best)
{
    tree_split_columns(growth, node, best);
}
#endif

static void
tree_split(const TreeGrowth *growth, const TreeNode *node, TreeSplit *best)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")) {
        tree_split_columns_widest(growth, node, best);
        return;
    }
    if (__builtin_cpu_supports("avx2")) {
        tree_split_columns_wide(growth, node, best);
        return;
    }
#endif
    tree_split_columns(growth, node, best);
}

static gboolean
tree_goes_left(const ErrataBoostTest *test, guint8 code)
{
    return ((test->left[code >> 6] >> (code & 63)) & 1) != 0;
}

/* rows that go left first, both parts in their order; returns where the right part begins */
static gsize
tree_partition(TreeGrowth *growth, const TreeNode *node, const ErrataBoostTest *test)
{
    const ErrataBoostMatrix *matrix = growth->matrix;
    const guint8 *code = matrix->column + test->column * matrix->pitch;
    gsize left = node->begin, right = 0;

    for (gsize i = node->begin; i < node->end; i++) {
        guint32 row = growth->sample[i];
        gboolean is_left = tree_goes_left(test, code[row]);

        growth->sample[left] = row;
        growth->scratch[right] = row;
        left += is_left ? 1 : 0;
        right += is_left ? 0 : 1;
    }
    memcpy(growth->sample + left, growth->scratch, sizeof(guint32) * right);
    return left;
}

static void
tree_total(const TreeGrowth *growth, TreeNode *node)
{
    gint64 sum = 0;

    for (guint slot = 0; slot < growth->matrix->offset[1]; slot++)
        sum += node->histogram[slot];
    tree_unpack(&sum, 1, growth->unit, &node->g, &node->h);
}

/* whether both sides of a cut could have enough */
static gboolean
tree_may_split(const TreeGrowth *growth, const TreeNode *node)
{
    return node->h >= 2.0 * growth->params->min_hessian * (1.0 - TREE_ROUNDING);
}

/* histograms of two children: the smaller counted, the larger by difference in the parent's place;
 * none of a child that cannot be split */
static void
tree_children(const TreeGrowth *growth, TreeNode *parent, TreeNode *left, TreeNode *right)
{
    gboolean left_is_small = left->end - left->begin <= right->end - right->begin;
    TreeNode *small = left_is_small ? left : right;
    TreeNode *large = left_is_small ? right : left;

    large->histogram = g_steal_pointer(&parent->histogram);
    if (tree_may_split(growth, small) || tree_may_split(growth, large)) {
        small->histogram = g_new(gint64, growth->n_slots);
        tree_count(growth, small);
    }
    if (!tree_may_split(growth, large)) {
        g_clear_pointer(&large->histogram, g_free);
        return;
    }
    for (guint slot = 0; slot < growth->n_slots; slot++)
        large->histogram[slot] -= small->histogram[slot];
}

static double
tree_leaf_value(const TreeGrowth *growth, const TreeNode *node)
{
    return -growth->params->learning_rate * node->g / (node->h + growth->params->l2);
}

/* a node that stays whole hands its rows to its left child */
static void
tree_split_node(TreeGrowth *growth,
                ErrataBoostTree *tree,
                guint index,
                TreeNode *node,
                TreeNode *children,
                gboolean grows_on)
{
    TreeSplit best = {.gain = TREE_MIN_GAIN};

    if (node->histogram != NULL && tree_may_split(growth, node))
        tree_split(growth, node, &best);
    if (best.gain <= TREE_MIN_GAIN) {
        memset(tree->test[index].left, 0xff, sizeof tree->test[index].left);
        tree->test[index].column = 0;
        tree->test[index].n_codes = growth->matrix->offset[1];
        g_clear_pointer(&node->histogram, g_free); /* no split here: none below either */
        children[0] = *node;
        return;
    }
    tree->test[index] = best.test;
    growth->gain[best.test.column] += best.gain;
    gsize middle = tree_partition(growth, node, &best.test);
    children[0] = (TreeNode){.begin = node->begin, .end = middle, .g = best.g, .h = best.h};
    children[1] =
        (TreeNode){.begin = middle, .end = node->end, .g = node->g - best.g, .h = node->h - best.h};
    if (grows_on)
        tree_children(growth, node, &children[0], &children[1]);
    else
        g_clear_pointer(&node->histogram, g_free);
}

/**
 * errata_boost_tree_grow:
 * @self: (out caller-allocates): arrays for params->depth levels, which are filled
 * @matrix: the training rows
 * @params: depth, penalties, learning rate
 * @sample: (array length=n_sample): training rows to grow from; reordered
 * @n_sample: number of those rows
 * @gradient: (array length=matrix->n_rows): packed derivatives
 * @unit: what one step of a derivative is worth
 * @gain: (array length=matrix->n_columns): the gain of each split is added to its column's
 *
 * Source: Chen and Guestrin 2016, "XGBoost", eq. 6 and 7; categories in the order of their mean
 * derivative, Fisher 1958.
 */
void
errata_boost_tree_grow(ErrataBoostTree *self,
                       const ErrataBoostMatrix *matrix,
                       const ErrataBoostParams *params,
                       guint32 *sample,
                       gsize n_sample,
                       const gint64 *gradient,
                       double unit,
                       double *gain)
{
    g_autofree guint32 *scratch = g_new(guint32, n_sample);
    guint n_leaves = 1U << params->depth;
    g_autofree TreeNode *nodes = g_new0(TreeNode, 2 * n_leaves);
    TreeGrowth growth =
        {matrix, params, gradient, unit, sample, scratch, gain, matrix->offset[matrix->n_columns]};

    nodes[0].end = n_sample;
    nodes[0].histogram = g_new(gint64, growth.n_slots);
    tree_count(&growth, &nodes[0]);
    tree_total(&growth, &nodes[0]);
    for (guint index = 0; index + 1 < n_leaves; index++) {
        gboolean last = 2 * index + 2 >= n_leaves - 1;

        tree_split_node(&growth, self, index, &nodes[index], &nodes[2 * index + 1], !last);
    }
    for (guint leaf = 0; leaf < n_leaves; leaf++) {
        TreeNode *node = &nodes[n_leaves - 1 + leaf];

        self->leaf[leaf] = tree_leaf_value(&growth, node);
        g_free(node->histogram);
    }
}
