/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Classification and regression trees on the loss (Breiman et al. 1984): splits of binned columns
 * by the fall of the sum of squares, which for 0/1 losses is Gini's; categories in the order of
 * their mean loss, where the best of all splits is among the cuts; missing goes where it gains
 * more. Pruned by cost and complexity: the smallest tree with 90 % of the best cross-validated
 * gain. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "error-tree.h"
#include "parallel.h"
#include "rng.h"

#define TREE_LEAF_ROWS  50
#define TREE_LEAF_SHARE 0.01
#define TREE_MIN_GAIN   1e-3 /* of the root's sum of squares */
#define TREE_FOLDS      5
#define TREE_ROW_BITS   20  /* of a word that counts rows, of which there are 250,000 at most … */
#define TREE_LOSS_BITS  40  /* … and of the losses in the bits above, which leave some room */
#define TREE_KEEP_GAIN  0.9 /* of what the best tree gains on rows left out */
#define TREE_STAGE      G_GUINT64_CONSTANT(0x74726565) /* "tree" */

/* what is read of the rows: their losses, and each again in one word with a row to count */
typedef struct {
    const SlicesTable *table;
    const double *loss;
    guint64 *word;
    double unit; /* of a loss in a word */
} GrowRows;

typedef struct {
    const GrowRows *rows;
    const SlicesTable *table;
    ErrorTree *tree;
    guint32 *row; /* discovery rows, partitioned in place */
    guint32 *scratch;
    double min_leaf;
    double min_gain;
} Grow;

typedef struct {
    double n;
    double sum;
} GrowSum;

typedef struct {
    guint column;
    ErrorTreeCodes goes_left;
    double gain;
} GrowSplit;

/* rows left out of the growing, of one node */
typedef struct {
    double n;
    double sum;
    double square;
} GrowDropped;

/* the cross-validation: one tree a fold, each measured at every complexity */
typedef struct {
    const GrowRows *rows;
    const guint8 *fold;
    const double *complexity;
    guint n_steps;
    double total[TREE_FOLDS][ERROR_TREE_MAX_NODES + 1];
} GrowFolds;

static double
grow_impurity(double n, double sum, double square)
{
    return n > 0.0 ? MAX(square - sum * sum / n, 0.0) : 0.0;
}

/* what a cut takes off the sum of squares, 0 when a side is too small */
static double
grow_gain(const Grow *self, const GrowSum *all, const GrowSum *left)
{
    GrowSum right = {all->n - left->n, all->sum - left->sum};

    if (left->n < self->min_leaf || right.n < self->min_leaf)
        return 0.0;
    return left->sum * left->sum / left->n + right.sum * right.sum / right.n -
           all->sum * all->sum / all->n;
}

typedef struct {
    guint code;
    GrowSum sum;
} GrowCode;

static int
grow_compare_codes_cb(gconstpointer a, gconstpointer b)
{
    const GrowCode *x = a;
    const GrowCode *y = b;
    double mean_x = x->sum.sum / x->sum.n;
    double mean_y = y->sum.sum / y->sum.n;

    if (mean_x > mean_y || mean_x < mean_y)
        return mean_x > mean_y ? -1 : 1;
    return (x->code > y->code) - (x->code < y->code);
}

static void
grow_set(ErrorTreeCodes *codes, guint code)
{
    codes->bits[code >> 6] |= G_GUINT64_CONSTANT(1) << (code & 63);
}

/* cuts of the codes in the order given, missing on either side */
static void
grow_cut(const Grow *self,
         guint column,
         const GrowCode *codes,
         guint n_codes,
         const GrowSum *all,
         const GrowSum *missing,
         GrowSplit *best)
{
    guint missing_code = self->table->columns[column].bin->n_codes;
    gboolean ordered = self->table->columns[column].bin->numeric;
    GrowSum left = {0.0, 0.0};

    for (guint i = 0; i + (missing->n > 0.0 ? 0 : 1) < n_codes; i++) {
        left = (GrowSum){left.n + codes[i].sum.n, left.sum + codes[i].sum.sum};
        for (guint side = 0; side < (missing->n > 0.0 ? 2U : 1U); side++) {
            GrowSum with = {left.n + side * missing->n, left.sum + side * missing->sum};
            double gain = grow_gain(self, all, &with);

            if (gain <= best->gain)
                continue;
            *best = (GrowSplit){.column = column, .gain = gain};
            for (guint k = 0; k <= (ordered ? codes[i].code : i); k++)
                grow_set(&best->goes_left, ordered ? k : codes[k].code);
            if (side == 1)
                grow_set(&best->goes_left, missing_code);
        }
    }
}

static GrowSum
grow_sum(const GrowRows *rows, guint64 word)
{
    return (GrowSum){(double)(word & ((1U << TREE_ROW_BITS) - 1)),
                     (double)(word >> TREE_ROW_BITS) * rows->unit};
}

static void
grow_try_column(const Grow *self, guint column, gsize begin, gsize end, GrowSplit *best)
{
    const SlicesColumn *c = &self->table->columns[column];
    const guint64 *word = self->rows->word;
    guint64 sums[256];
    GrowCode codes[256];
    GrowSum all, missing;
    guint n_codes = 0;

    memset(sums, 0, (c->bin->n_codes + 1) * sizeof(guint64));
    for (gsize i = begin; i < end; i++)
        sums[c->fine.code[self->row[i]]] += word[self->row[i]];
    all = missing = grow_sum(self->rows, sums[c->bin->n_codes]);
    for (guint code = 0; code < c->bin->n_codes; code++) {
        GrowSum sum = grow_sum(self->rows, sums[code]);

        if (sum.n < 1.0)
            continue;
        codes[n_codes++] = (GrowCode){code, sum};
        all = (GrowSum){all.n + sum.n, all.sum + sum.sum};
    }
    if (!c->bin->numeric)
        qsort(codes, n_codes, sizeof(GrowCode), grow_compare_codes_cb);
    grow_cut(self, column, codes, n_codes, &all, &missing, best);
}

static gboolean
grow_goes_left(const ErrorTreeCodes *codes, guint code)
{
    return ((codes->bits[code >> 6] >> (code & 63)) & 1) != 0;
}

/* left rows first, order kept */
static gsize
grow_partition(Grow *self, const GrowSplit *split, gsize begin, gsize end)
{
    const guint8 *code = self->table->columns[split->column].fine.code;
    gsize n_left = begin;
    gsize n_right = 0;

    for (gsize i = begin; i < end; i++) {
        guint32 row = self->row[i];

        if (grow_goes_left(&split->goes_left, code[row]))
            self->row[n_left++] = row;
        else
            self->scratch[n_right++] = row;
    }
    memcpy(self->row + n_left, self->scratch, n_right * sizeof(guint32));
    return n_left;
}

/* adds the node of rows @begin … @end and all below; its index */
static guint
grow_node(Grow *self, gsize begin, gsize end, guint depth)
{
    guint index = self->tree->n_nodes++;
    ErrorTreeNode node = {.n = (double)(end - begin)};
    GrowSplit best = {.gain = 0.0};
    gsize middle;

    for (gsize i = begin; i < end; i++) {
        double loss = self->rows->loss[self->row[i]];

        node.sum += loss;
        node.square += loss * loss;
    }
    self->tree->node[index] = node;
    if (index == 0)
        self->min_gain = TREE_MIN_GAIN * grow_impurity(node.n, node.sum, node.square);
    if (depth == ERROR_TREE_DEPTH || node.n < 2.0 * self->min_leaf)
        return index;
    for (guint c = 0; c < self->table->n_columns; c++)
        if (self->table->columns[c].word == NULL)
            grow_try_column(self, c, begin, end, &best);
    if (best.gain <= 0.0 || best.gain < self->min_gain)
        return index;
    middle = grow_partition(self, &best, begin, end);
    node.column = best.column;
    node.goes_left = best.goes_left;
    node.left = grow_node(self, begin, middle, depth + 1);
    node.right = grow_node(self, middle, end, depth + 1);
    self->tree->node[index] = node;
    return index;
}

static void
grow_tree(const GrowRows *rows, const guint8 *fold, guint left_out, ErrorTree *tree)
{
    gsize n_rows = rows->table->discovery.n_rows;
    g_autofree guint32 *row = g_new(guint32, MAX(n_rows, 1));
    g_autofree guint32 *scratch = g_new(guint32, MAX(n_rows, 1));
    Grow self = {rows, rows->table, tree, row, scratch, 0.0, 0.0};
    gsize n = 0;

    for (gsize i = 0; i < n_rows; i++)
        if (fold[i] != left_out)
            row[n++] = (guint32)i;
    self.min_leaf = MAX(TREE_LEAF_ROWS, TREE_LEAF_SHARE * (double)n);
    tree->n_nodes = 0;
    grow_node(&self, 0, n, 0);
}

/* cost of the best subtree below @index when a leaf costs @complexity; marks its leaves */
static double
grow_prune(const ErrorTree *tree, guint index, double complexity, gboolean *is_leaf)
{
    const ErrorTreeNode *node = &tree->node[index];
    double own = grow_impurity(node->n, node->sum, node->square) + complexity;
    double below;

    is_leaf[index] = TRUE;
    if (node->left == 0)
        return own;
    below = grow_prune(tree, node->left, complexity, is_leaf) +
            grow_prune(tree, node->right, complexity, is_leaf);
    is_leaf[index] = own <= below;
    return MIN(own, below);
}

/* the left-out rows of every node of @tree */
static void
grow_drop(const GrowRows *rows,
          const guint8 *fold,
          guint left_out,
          const ErrorTree *tree,
          GrowDropped *ret_dropped)
{
    const SlicesTable *table = rows->table;
    const double *loss = rows->loss;

    for (gsize i = 0; i < table->discovery.n_rows; i++) {
        guint at = 0;

        if (fold[i] != left_out)
            continue;
        for (;;) {
            const ErrorTreeNode *node = &tree->node[at];

            ret_dropped[at].n += 1.0;
            ret_dropped[at].sum += loss[i];
            ret_dropped[at].square += loss[i] * loss[i];
            if (node->left == 0)
                break;
            at = grow_goes_left(&node->goes_left, table->columns[node->column].fine.code[i])
                     ? node->left
                     : node->right;
        }
    }
}

/* squared errors of the left-out rows when @tree is pruned */
static double
grow_measure(const ErrorTree *tree,
             guint index,
             const gboolean *is_leaf,
             const GrowDropped *dropped)
{
    const ErrorTreeNode *node = &tree->node[index];
    const GrowDropped *rows = &dropped[index];
    double mean = node->sum / node->n;

    if (is_leaf[index])
        return rows->square - 2.0 * mean * rows->sum + mean * mean * rows->n;
    return grow_measure(tree, node->left, is_leaf, dropped) +
           grow_measure(tree, node->right, is_leaf, dropped);
}

/* copies what is above the leaves that pruning leaves */
static guint
grow_copy(const ErrorTree *from, guint index, const gboolean *is_leaf, ErrorTree *to)
{
    guint at = to->n_nodes++;
    guint left;
    guint right;

    to->node[at] = from->node[index];
    to->node[at].left = to->node[at].right = 0;
    if (is_leaf[index])
        return at;
    left = grow_copy(from, from->node[index].left, is_leaf, to);
    right = grow_copy(from, from->node[index].right, is_leaf, to);
    to->node[at].left = left;
    to->node[at].right = right;
    return at;
}

/* the costs of complexity at which @tree loses a branch, rising, the first 0 */
static guint
grow_complexities(const ErrorTree *tree, double *ret_complexity)
{
    double root = grow_impurity(tree->node[0].n, tree->node[0].sum, tree->node[0].square);
    guint n = 0;

    ret_complexity[n++] = 0.0;
    for (guint step = 0; step < ERROR_TREE_MAX_NODES; step++)
        ret_complexity[n++] = root * 2e-5 * pow(1.35, step);
    return n;
}

static void
grow_folds_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    GrowFolds *folds = data;
    g_autofree ErrorTree *tree = g_new0(ErrorTree, 1);

    for (gsize left_out = begin; left_out < end; left_out++) {
        GrowDropped dropped[ERROR_TREE_MAX_NODES] = {{0.0, 0.0, 0.0}};

        grow_tree(folds->rows, folds->fold, (guint)left_out, tree);
        grow_drop(folds->rows, folds->fold, (guint)left_out, tree, dropped);
        for (guint k = 0; k < folds->n_steps; k++) {
            gboolean is_leaf[ERROR_TREE_MAX_NODES] = {FALSE};

            grow_prune(tree, 0, folds->complexity[k], is_leaf);
            folds->total[left_out][k] = grow_measure(tree, 0, is_leaf, dropped);
        }
    }
}

/* whole numbers, so that a histogram costs one addition a row, whatever the losses */
static guint64 *
grow_words(GrowRows *rows)
{
    gsize n = rows->table->discovery.n_rows;
    guint64 *word = g_new(guint64, MAX(n, 1));
    double total = 0.0;
    int exponent = 0;

    for (gsize i = 0; i < n; i++)
        total += rows->loss[i];
    frexp(total, &exponent);
    rows->unit = ldexp(1.0, exponent - TREE_LOSS_BITS);
    for (gsize i = 0; i < n; i++)
        word[i] = 1 + ((guint64)llrint(rows->loss[i] / rows->unit) << TREE_ROW_BITS);
    return word;
}

/**
 * errata_error_tree_grow:
 * @table: a table
 * @loss: (array length=table->discovery.n_rows): losses of its discovery half
 * @ret_tree: the tree, a single node when no split predicts rows left out
 *
 * Grows a tree of depth at most 4 with leaves of at least max(50, 1 %) rows and prunes it.
 * Complexity: 6 trees × depth × rows × columns.
 */
void
errata_error_tree_grow(const SlicesTable *table, const double *loss, ErrorTree *ret_tree)
{
    gsize n = table->discovery.n_rows;
    g_autofree guint8 *fold = g_malloc(MAX(n, 1));
    g_autofree ErrorTree *tree = g_new0(ErrorTree, 1);
    g_autofree GrowFolds *folds = g_new0(GrowFolds, 1);
    g_autofree guint64 *word = NULL;
    GrowRows rows = {.table = table, .loss = loss};
    double complexity[ERROR_TREE_MAX_NODES + 1];
    double total[ERROR_TREE_MAX_NODES + 1] = {0.0};
    gboolean is_leaf[ERROR_TREE_MAX_NODES] = {FALSE};
    guint n_steps;
    guint best = 0;
    double limit;

    for (gsize i = 0; i < n; i++) {
        ErrataRng rng = errata_rng_init(0, TREE_STAGE, table->discovery.row[i]);

        fold[i] = (guint8)errata_rng_below(&rng, TREE_FOLDS);
    }
    rows.word = word = grow_words(&rows);
    grow_tree(&rows, fold, TREE_FOLDS, ret_tree);
    n_steps = grow_complexities(ret_tree, complexity);
    *folds = (GrowFolds){&rows, fold, complexity, n_steps, {{0.0}}};
    errata_parallel_for(TREE_FOLDS, 1, grow_folds_cb, folds);
    for (guint left_out = 0; left_out < TREE_FOLDS; left_out++)
        for (guint k = 0; k < n_steps; k++)
            total[k] += folds->total[left_out][k];
    for (guint k = 1; k < n_steps; k++)
        if (total[k] < total[best])
            best = k;
    limit = total[best] + (1.0 - TREE_KEEP_GAIN) * (total[n_steps - 1] - total[best]);
    for (guint k = best; k < n_steps; k++)
        if (total[k] <= limit)
            best = k;
    grow_prune(ret_tree, 0, complexity[best], is_leaf);
    *tree = *ret_tree;
    ret_tree->n_nodes = 0;
    grow_copy(tree, 0, is_leaf, ret_tree);
}

/**
 * errata_error_tree_code:
 * @table: a table
 * @column: one of its columns
 * @frame_row: a row of the frame
 *
 * Returns: the cell's code; the number of codes when it is missing
 */
guint
errata_error_tree_code(const SlicesTable *table, guint column, gsize frame_row)
{
    const SlicesColumn *c = &table->columns[column];
    guint8 code = c->bin->code[frame_row];

    return code == ERRATA_BINS_MISSING ? c->bin->n_codes : code;
}

/**
 * errata_error_tree_leaf:
 * @table: the table that the tree was grown on
 * @tree: a tree
 * @frame_row: a row of the frame
 *
 * Returns: index of the leaf that the row falls into
 */
guint
errata_error_tree_leaf(const SlicesTable *table, const ErrorTree *tree, gsize frame_row)
{
    guint at = 0;

    while (tree->node[at].left != 0) {
        const ErrorTreeNode *node = &tree->node[at];
        guint code = errata_error_tree_code(table, node->column, frame_row);

        at = grow_goes_left(&node->goes_left, code) ? node->left : node->right;
    }
    return at;
}
