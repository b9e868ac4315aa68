/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ai.onnx.ml's TreeEnsembleClassifier and TreeEnsembleRegressor, and how ensembles are run. */
#include <math.h>
#include <string.h>

#include "error.h"
#include "limit.h"
#include "onnx-private.h"
#include "trees-builder.h"

typedef struct {
    const GArray *tree;
    const GArray *node;
    const GArray *feature;
    const GArray *yes;
    const GArray *no;
    const GArray *value;
    const GArray *missing;
    const GArray *cover;
    const GPtrArray *mode;
    const GArray *leaf_tree;
    const GArray *leaf_node;
    const GArray *leaf_id;
    const GArray *leaf_weight;
    GHashTable *place; /* (tree, node) → index + 1 */
    gint64 *keys;
} Ensemble;

static guint
ensemble_hash(gconstpointer key)
{
    const gint64 *pair = key;
    guint64 mixed = (guint64)pair[0] * G_GUINT64_CONSTANT(0x9E3779B97F4A7C15) ^ (guint64)pair[1];
    return (guint)(mixed ^ mixed >> 32);
}

static gboolean
ensemble_same(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, 2 * sizeof(gint64)) == 0;
}

static gint64
ensemble_int(const GArray *array, guint i)
{
    return array == NULL ? 0 : g_array_index(array, gint64, i);
}

static gboolean
ensemble_read(const OnnxNode *node, gboolean is_class, Ensemble *self, GError **error)
{
    self->tree = onnx_ints(node, "nodes_treeids");
    self->node = onnx_ints(node, "nodes_nodeids");
    self->feature = onnx_ints(node, "nodes_featureids");
    self->yes = onnx_ints(node, "nodes_truenodeids");
    self->no = onnx_ints(node, "nodes_falsenodeids");
    self->mode = onnx_strings(node, "nodes_modes");
    self->missing = onnx_ints(node, "nodes_missing_value_tracks_true");
    self->value = onnx_floats(node, "nodes_values");
    if (self->value == NULL)
        self->value = onnx_floats(node, "nodes_values_as_tensor");
    self->leaf_tree = onnx_ints(node, is_class ? "class_treeids" : "target_treeids");
    self->leaf_node = onnx_ints(node, is_class ? "class_nodeids" : "target_nodeids");
    self->leaf_id = onnx_ints(node, is_class ? "class_ids" : "target_ids");
    self->leaf_weight = onnx_floats(node, is_class ? "class_weights" : "target_weights");
    if (self->leaf_weight == NULL)
        self->leaf_weight =
            onnx_floats(node, is_class ? "class_weights_as_tensor" : "target_weights_as_tensor");
    guint n = self->tree == NULL ? 0 : self->tree->len;
    const GArray *same[] = {self->node, self->feature, self->yes, self->no, self->value};
    for (guint i = 0; i < G_N_ELEMENTS(same); i++)
        if (n == 0 || same[i] == NULL || same[i]->len != n)
            return onnx_fail(error, node, "expected as many values of every kind as nodes");
    if (self->mode == NULL || self->mode->len != n ||
        (self->missing != NULL && self->missing->len != n))
        return onnx_fail(error, node, "expected as many modes as nodes");
    n = self->leaf_weight == NULL ? 0 : self->leaf_weight->len;
    const GArray *leaves[] = {self->leaf_tree, self->leaf_node, self->leaf_id};
    for (guint i = 0; i < G_N_ELEMENTS(leaves); i++)
        if (n == 0 || leaves[i] == NULL || leaves[i]->len != n)
            return onnx_fail(error, node, "expected as many weights of every kind");
    return TRUE;
}

static gboolean
ensemble_index(const OnnxNode *node, Ensemble *self, GError **error)
{
    guint n = self->tree->len;
    self->place = g_hash_table_new(ensemble_hash, ensemble_same);
    self->keys = g_new(gint64, 2 * (gsize)n);
    for (guint i = 0; i < n; i++) {
        gint64 *key = self->keys + 2 * (gsize)i;
        key[0] = g_array_index(self->tree, gint64, i);
        key[1] = g_array_index(self->node, gint64, i);
        if (i > 0 && key[0] < key[-2])
            return onnx_refuse(error, node, "its trees are mixed");
        if (!g_hash_table_insert(self->place, key, GUINT_TO_POINTER(i + 1)))
            return onnx_fail(error, node, "two nodes of a tree have one number");
    }
    return TRUE;
}

/* index of a node, G_MAXUINT when there is none */
static guint
ensemble_find(const Ensemble *self, gint64 tree, gint64 node)
{
    gint64 key[2] = {tree, node};
    return GPOINTER_TO_UINT(g_hash_table_lookup(self->place, key)) - 1;
}

/**
 * onnx_branch:
 * @mode: how a split compares
 * @tracks: whether a missing value takes its true branch
 * @ret_swapped: the true branch is the right one, as that of > and >= is
 *
 * Returns: FALSE for a mode that is not known
 */
gboolean
onnx_branch(const char *mode, gboolean tracks, ErrataNodeFlags *ret_flags, gboolean *ret_swapped)
{
    gboolean differs = g_str_equal(mode, "BRANCH_NEQ");
    gboolean exact = differs || g_str_equal(mode, "BRANCH_EQ");
    gboolean swapped = differs || g_str_equal(mode, "BRANCH_GT") || g_str_equal(mode, "BRANCH_GTE");
    gboolean equal_left = g_str_equal(mode, "BRANCH_LEQ") || g_str_equal(mode, "BRANCH_GT");
    *ret_flags = exact ? ERRATA_NODE_EXACT : equal_left ? ERRATA_NODE_EQUAL_LEFT : 0;
    /* what is missing equals nothing */
    if ((tracks || differs) != swapped)
        *ret_flags |= ERRATA_NODE_DEFAULT_LEFT;
    *ret_swapped = swapped;
    return swapped || equal_left || exact || g_str_equal(mode, "BRANCH_LT");
}

static gboolean
ensemble_split(const OnnxNode *node,
               const Ensemble *self,
               ErrataTreesBuilder *builder,
               guint first,
               guint i,
               GError **error)
{
    const char *mode = self->mode->pdata[i];
    gint64 tree = g_array_index(self->tree, gint64, i);
    guint yes = ensemble_find(self, tree, g_array_index(self->yes, gint64, i));
    guint no = ensemble_find(self, tree, g_array_index(self->no, gint64, i));
    gboolean to_yes = self->missing != NULL && g_array_index(self->missing, gint64, i) != 0;
    gboolean swapped;
    ErrataNodeFlags flags;
    if (!onnx_branch(mode, to_yes, &flags, &swapped))
        return onnx_refuse(error, node, "nodes of mode %s are not computed", mode);
    if (yes == G_MAXUINT || no == G_MAXUINT)
        return onnx_fail(error, node, "a branch of node %u leads nowhere", i);
    guint left = swapped ? no : yes, right = swapped ? yes : no;
    errata_trees_builder_split(builder,
                               i - first,
                               (gint64)left - first,
                               (gint64)right - first,
                               g_array_index(self->feature, gint64, i),
                               g_array_index(self->value, double, i),
                               flags);
    return TRUE;
}

/* weights of all leaves, width of them per node */
static double *
ensemble_leaves(const OnnxNode *node, const Ensemble *self, guint width, GError **error)
{
    guint64 n = (guint64)self->tree->len * width;
    if (n > ONNX_LEAF_NUMBERS + 4 * (guint64)self->leaf_weight->len) {
        onnx_fail(error, node, "%u targets for %u nodes", width, self->tree->len);
        return NULL;
    }
    g_autofree double *leaf = g_new0(double, n);
    for (guint k = 0; k < self->leaf_weight->len; k++) {
        guint at = ensemble_find(self,
                                 g_array_index(self->leaf_tree, gint64, k),
                                 g_array_index(self->leaf_node, gint64, k));
        gint64 id = width == 1 ? 0 : g_array_index(self->leaf_id, gint64, k);
        if (at == G_MAXUINT || id < 0 || id >= width) {
            onnx_fail(error, node, "weight %u is of no leaf or of no class", k);
            return NULL;
        }
        leaf[(gsize)at * width + (gsize)id] += g_array_index(self->leaf_weight, double, k);
    }
    return g_steal_pointer(&leaf);
}

static ErrataTrees *
ensemble_build(const OnnxNode *node, const Ensemble *self, guint width, GError **error)
{
    guint n = self->tree->len, n_features = onnx_columns_taken(node);
    g_autofree double *leaf = ensemble_leaves(node, self, width, error);
    g_autoptr(ErrataTreesBuilder) builder =
        errata_trees_builder_new(n_features, width, width, FALSE);
    for (guint first = 0, end; leaf != NULL && first < n; first = end) {
        gint64 tree = g_array_index(self->tree, gint64, first);
        for (end = first; end < n && g_array_index(self->tree, gint64, end) == tree;)
            end++;
        if (!errata_trees_builder_begin(builder, end - first, 0, 1, error))
            return NULL;
        for (guint i = first; i < end; i++)
            if (g_str_equal(self->mode->pdata[i], "LEAF"))
                errata_trees_builder_leaf(builder, i - first, leaf + (gsize)i * width);
            else if (!ensemble_split(node, self, builder, first, i, error))
                return NULL;
        if (!errata_trees_builder_end(builder, error))
            return NULL;
    }
    return leaf == NULL ? NULL : errata_trees_builder_finish(builder);
}

static gboolean
ensemble_base(OnnxOp *op, guint width, GError **error)
{
    const GArray *base = onnx_floats(op->node, "base_values");
    if (base == NULL)
        base = onnx_floats(op->node, "base_values_as_tensor");
    if (base == NULL)
        return TRUE;
    /* onnxruntime's versions add these to one score, to the other, or to none */
    if (op->is_binary && (op->is_second || base->len != 1))
        return onnx_refuse(error,
                           op->node,
                           "%u base values for weights of class %d alone are not computed",
                           base->len,
                           op->is_second ? 1 : 0);
    if (base->len != width && !(op->n_classes == 2 && base->len == 1))
        return onnx_fail(error, op->node, "expected %u base values, found %u", width, base->len);
    for (guint k = 0; k < base->len; k++)
        op->trees->base[k] = g_array_index(base, double, k);
    op->is_mirrored = op->n_classes == 2 && base->len == 2;
    return TRUE;
}

/* MIN and MAX need a weight for every target in every leaf */
static gboolean
ensemble_is_full(const Ensemble *self, guint width)
{
    guint n_leaves = 0;
    for (guint i = 0; i < self->mode->len; i++)
        n_leaves += g_str_equal(self->mode->pdata[i], "LEAF") ? 1 : 0;
    return self->leaf_weight->len == n_leaves * width;
}

static gboolean
ensemble_aggregate(OnnxOp *op, const Ensemble *ensemble, guint width, GError **error)
{
    const char *name = onnx_string(op->node, "aggregate_function");
    if (name == NULL || g_str_equal(name, "SUM"))
        return TRUE;
    op->trees->average = g_str_equal(name, "AVERAGE");
    op->extreme = g_str_equal(name, "MIN") ? -1 : g_str_equal(name, "MAX") ? 1 : 0;
    if (op->extreme != 0 && !ensemble_is_full(ensemble, width))
        return onnx_refuse(error, op->node, "%s of leaves without a weight of each target", name);
    return op->trees->average || op->extreme != 0 ||
           onnx_refuse(error, op->node, "aggregate_function %s is not computed", name);
}

static gboolean
ensemble_compile(OnnxOp *op, const Ensemble *ensemble, gboolean is_class, GError **error)
{
    gint64 n_targets = is_class ? op->n_classes : onnx_int(op->node, "n_targets", 1);
    if (n_targets < 1 || n_targets > ERRATA_LIMIT_MODEL_OUTPUTS)
        return onnx_fail(error, op->node, "n_targets out of range");
    op->is_binary = is_class && n_targets == 2;
    op->is_positive = TRUE;
    for (guint k = 0; k < ensemble->leaf_id->len; k++) {
        op->is_binary &= ensemble_int(ensemble->leaf_id, k) == ensemble_int(ensemble->leaf_id, 0);
        op->is_positive &= g_array_index(ensemble->leaf_weight, double, k) >= 0;
    }
    op->is_second = op->is_binary && ensemble_int(ensemble->leaf_id, 0) == 1;
    guint width = op->is_binary ? 1 : (guint)n_targets;
    op->trees = ensemble_build(op->node, ensemble, width, error);
    if (op->trees == NULL)
        return FALSE;
    if (op->is_binary && !op->is_second && g_strcmp0(onnx_transform(op), "PROBIT") == 0)
        return onnx_refuse(error, op->node, "PROBIT of one score for two classes");
    return ensemble_aggregate(op, ensemble, width, error) && ensemble_base(op, width, error);
}

gboolean
onnx_compile_trees(OnnxOp *op, GError **error)
{
    Ensemble ensemble = {0};
    op->run = onnx_run_trees;
    if (g_str_equal(op->node->op, "TreeEnsemble"))
        return onnx_compile_forest(op, error);
    gboolean is_class = g_str_equal(op->node->op, "TreeEnsembleClassifier");
    gboolean ok = ensemble_read(op->node, is_class, &ensemble, error) &&
                  ensemble_index(op->node, &ensemble, error) &&
                  ensemble_compile(op, &ensemble, is_class, error);
    g_clear_pointer(&ensemble.place, g_hash_table_unref);
    g_free(ensemble.keys);
    return ok;
}

/* the scores of two classes and which is chosen, as onnxruntime does: TreeAggregatorClassifier */
static guint
trees_two(const OnnxOp *op, const double *margin, double *x)
{
    const char *transform = onnx_transform(op);
    double score = margin[op->is_binary ? 0 : 1];
    if (op->is_mirrored)
        score = margin[0] - op->trees->base[0] + op->trees->base[1];
    gboolean alone = op->is_binary && !op->is_second;
    x[1] = (double)(float)score;
    x[0] = op->is_binary || op->is_mirrored ? -x[1] : (double)(float)margin[0];
    if (op->is_second)
        x[0] = 0;
    gboolean logistic = g_strcmp0(transform, "LOGISTIC") == 0;
    if (alone && op->is_positive && !logistic)
        x[0] = 1 - x[1];
    else if (!alone || logistic)
        onnx_post(transform, x, 2);
    return score > (op->is_binary && op->is_positive ? 0.5 : 0) ? 1 : 0;
}

/* the least or largest leaf of all trees */
static void
trees_extreme(const OnnxOp *op, const double *row, double *margin)
{
    const ErrataTrees *trees = op->trees;
    for (guint tree = 0; tree < trees->n_trees; tree++) {
        guint32 node = errata_trees_leaf(trees, tree, row);
        const double *value = trees->leaf_value + (gsize)trees->feature[node] * trees->leaf_width;
        for (guint k = 0; k < trees->n_groups; k++)
            if (tree == 0 || (value[k] - margin[k]) * op->extreme > 0)
                margin[k] = value[k];
    }
    for (guint k = 0; k < trees->n_groups; k++)
        margin[k] += trees->base[k];
}

gboolean
onnx_run_trees(const OnnxOp *op, OnnxRow *row, GError **error)
{
    const OnnxCell *in = &row->cell[op->in[0]];
    guint n = op->n_classes > 0 ? op->n_classes : op->trees->n_groups;
    if (in->n < op->trees->n_features)
        return onnx_fail(error,
                         op->node,
                         "expected %u columns, found %u",
                         op->trees->n_features,
                         in->n);
    double *margin = onnx_alloc(row, n);
    double *x = onnx_alloc(row, n);
    if (op->extreme != 0)
        trees_extreme(op, in->x, margin);
    else
        errata_trees_margin(op->trees, in->x, margin);
    guint best = 0;
    if (op->n_classes == 2) {
        best = trees_two(op, margin, x);
    } else {
        for (guint k = 0; k < n; k++) {
            x[k] = op->gives_double ? margin[k] : (double)(float)margin[k];
            best = x[k] > x[best] ? k : best;
        }
        onnx_post(onnx_transform(op), x, n);
    }
    row->cell[op->out] = (OnnxCell){.n = n, .x = x, .is_double = op->gives_double};
    if (op->n_classes > 0)
        onnx_put_label(op, row, best);
    return TRUE;
}
