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
#define TREE_MAX_SLOTS   256
#define TREE_CAT_PENALTY 10.0 /* keeps small categories near the middle of the order */
#define TREE_MIN_GAIN    1e-9

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

/* a slot's sums, in the order in which they are tried */
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

static void
tree_unpack(gint64 packed, double unit, double *ret_g, double *ret_h)
{
    gint64 h = (gint64)((guint64)packed & G_MAXUINT32);

    *ret_h = (double)h * unit;
    *ret_g = (double)((packed - h) / (G_GINT64_CONSTANT(1) << 32)) * unit;
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

static double
tree_score(double g, double h, double l2)
{
    return g * g / (h + l2);
}

/* the first @n slots left of a cut; @start holds what goes left in any case */
static void
tree_scan(const TreeGrowth *growth,
          const TreeNode *node,
          const TreeSlot *slot,
          guint n,
          const TreeSlot *start,
          guint column,
          TreeSplit *best)
{
    double l2 = growth->params->l2;
    double least = growth->params->min_hessian;
    double g = start != NULL ? start->g : 0.0;
    double h = start != NULL ? start->h : 0.0;
    double whole = tree_score(node->g, node->h, l2);
    guint cut = 0;

    for (guint i = 0; i + 1 <= n; i++) {
        g += slot[i].g;
        h += slot[i].h;
        if (h < least || node->h - h < least)
            continue;
        double gain = tree_score(g, h, l2) + tree_score(node->g - g, node->h - h, l2) - whole;
        if (gain > best->gain) {
            best->gain = gain;
            best->g = g;
            best->h = h;
            cut = i + 1;
        }
    }
    if (cut == 0)
        return;
    best->test = (ErrataBoostTest){.column = column};
    best->test.n_codes = growth->matrix->offset[column + 1] - growth->matrix->offset[column];
    for (guint i = 0; i < cut; i++)
        best->test.left[slot[i].code >> 6] |= G_GUINT64_CONSTANT(1) << (slot[i].code & 63);
    /* codes that the node has not seen go with their neighbours */
    for (guint code = 0; growth->matrix->ordered[column] && code < slot[cut - 1].code; code++)
        best->test.left[code >> 6] |= G_GUINT64_CONSTANT(1) << (code & 63);
    if (start != NULL)
        best->test.left[start->code >> 6] |= G_GUINT64_CONSTANT(1) << (start->code & 63);
}

static void
tree_split_column(const TreeGrowth *growth, const TreeNode *node, guint column, TreeSplit *best)
{
    const ErrataBoostMatrix *matrix = growth->matrix;
    guint first = matrix->offset[column];
    guint n_slots = matrix->offset[column + 1] - first;
    TreeSlot slot[TREE_MAX_SLOTS];
    guint n = 0;

    for (guint code = 0; code < n_slots; code++) {
        TreeSlot *next = &slot[n];

        next->code = (guint8)code;
        tree_unpack(node->histogram[first + code], growth->unit, &next->g, &next->h);
        next->order = matrix->ordered[column] ? (double)code
                                              : next->g / (next->h + TREE_CAT_PENALTY);
        if (next->h > 0.0 || code + 1 == n_slots)
            n++;
    }
    if (!matrix->ordered[column]) {
        qsort(slot, n, sizeof(TreeSlot), tree_compare_slots_cb);
        tree_scan(growth, node, slot, n, NULL, column, best);
        return;
    }
    tree_scan(growth, node, slot, n - 1, NULL, column, best); /* missing goes right */
    if (slot[n - 1].h > 0.0)
        tree_scan(growth, node, slot, n - 1, &slot[n - 1], column, best);
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
    tree_unpack(sum, growth->unit, &node->g, &node->h);
}

/* histograms of two children: the smaller counted, the larger by difference in the parent's
 * place */
static void
tree_children(const TreeGrowth *growth, TreeNode *parent, TreeNode *left, TreeNode *right)
{
    gboolean left_is_small = left->end - left->begin <= right->end - right->begin;
    TreeNode *small = left_is_small ? left : right;
    TreeNode *large = left_is_small ? right : left;

    small->histogram = g_new(gint64, growth->n_slots);
    tree_count(growth, small);
    large->histogram = g_steal_pointer(&parent->histogram);
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

    if (node->histogram != NULL)
        for (guint c = 0; c < growth->matrix->n_columns; c++)
            tree_split_column(growth, node, c, &best);
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
