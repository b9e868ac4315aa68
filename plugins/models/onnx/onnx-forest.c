/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TreeEnsemble of ai.onnx.ml 5: splits and leaves lie in lists of their own, a branch tells which
 * of the two it leads to, and a split may ask whether the value is one of a set. A set is written
 * out as a chain of splits that each ask for one value, with what lies behind their branch again
 * behind every one of them: that is how onnxruntime runs it (tree_ensemble_attribute.h). */
#include <math.h>
#include <string.h>

#include "limit.h"
#include "onnx-private.h"
#include "trees-builder.h"

/* what a set's chains may add to the trees of a file: its splits and leaves four times, or this */
#define FOREST_GRACE (1U << 20)

typedef struct {
    const OnnxNode *node;
    guint n; /* splits */
    guint n_leaves;
    const guint8 *mode; /* of each split */
    const GArray *split;
    const GArray *feature;
    const GArray *yes;
    const GArray *no;
    const GArray *yes_leaf;
    const GArray *no_leaf;
    const GArray *missing; /* (nullable) */
    const GArray *root;
    const GArray *target; /* of each leaf */
    const GArray *weight;
    const GArray *member; /* (nullable): the sets of all splits, with NaN behind each */
    guint *first_member;  /* of each split */
    GArray *place;        /* ForestPlace: a tree as it is written out */
    guint64 most;         /* places that all trees may take */
    gint64 n_targets;
} Forest;

typedef struct {
    gint64 at; /* a split or a leaf */
    gboolean is_leaf;
    guint member; /* of a set: which of its values this asks for */
    guint yes;    /* places */
    guint no;
} ForestPlace;

static const char *const forest_modes[] =
    {"BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ"};
#define FOREST_MEMBER G_N_ELEMENTS(forest_modes)

/* a number of every list for each split, and for each leaf */
static gboolean
forest_check_lists(const Forest *self, GError **error)
{
    enum {
        missing = 6
    }; /* the only list that may be absent */
    const struct {
        const char *name;
        const GArray *list;
        guint n;
    } lists[] = {
        {"nodes_splits", self->split, self->n},
        {"nodes_featureids", self->feature, self->n},
        {"nodes_truenodeids", self->yes, self->n},
        {"nodes_falsenodeids", self->no, self->n},
        {"nodes_trueleafs", self->yes_leaf, self->n},
        {"nodes_falseleafs", self->no_leaf, self->n},
        [missing] = {"nodes_missing_value_tracks_true", self->missing, self->n},
        {"leaf_weights", self->weight, self->n_leaves},
        {"leaf_targetids", self->target, self->n_leaves},
    };
    if (self->n == 0 || self->n_leaves == 0 || self->root == NULL)
        return onnx_fail(error,
                         self->node,
                         "expected nodes_featureids, leaf_targetids, tree_roots");
    for (guint i = 0; i < G_N_ELEMENTS(lists); i++) {
        guint n = lists[i].list != NULL ? lists[i].list->len : 0;
        gboolean is_absent = lists[i].list == NULL && i == missing;
        if (n != lists[i].n && !is_absent)
            return onnx_fail(error,
                             self->node,
                             "expected %u numbers of %s, found %u",
                             lists[i].n,
                             lists[i].name,
                             n);
    }
    return TRUE;
}

/* thresholds, sets and weights are of one type, which is that of the columns */
static gboolean
forest_check_types(const Forest *self, GError **error)
{
    static const char *const names[] = {"nodes_splits", "leaf_weights", "membership_values"};
    int type = 0;
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        const OnnxAttribute *one = onnx_attribute(self->node, names[i]);
        if (one == NULL || one->tensor == NULL)
            continue;
        type = type == 0 ? one->tensor->type : type;
        if (one->tensor->type != type || (type != ONNX_FLOAT && type != ONNX_DOUBLE))
            return onnx_refuse(error,
                               self->node,
                               "%s of type %d beside type %d",
                               names[i],
                               one->tensor->type,
                               type);
    }
    return TRUE;
}

static gboolean
forest_read_modes(Forest *self, GError **error)
{
    const OnnxAttribute *modes = onnx_attribute(self->node, "nodes_modes");
    const OnnxTensor *tensor = modes != NULL ? modes->tensor : NULL;
    if (tensor == NULL || tensor->type != ONNX_UINT8 || tensor->raw == NULL ||
        tensor->raw_size != self->n)
        return onnx_fail(error, self->node, "expected %u bytes of nodes_modes", self->n);
    self->mode = tensor->raw;
    for (guint i = 0; i < self->n; i++)
        if (self->mode[i] > FOREST_MEMBER)
            return onnx_refuse(error, self->node, "node %u is of mode %u", i, self->mode[i]);
    return TRUE;
}

/* the sets stand one behind the other, in the order of their splits */
static gboolean
forest_read_sets(Forest *self, GError **error)
{
    guint at = 0, n = self->member != NULL ? self->member->len : 0;
    self->first_member = g_new0(guint, self->n);
    for (guint i = 0; i < self->n; i++) {
        self->first_member[i] = at;
        if (self->mode[i] != FOREST_MEMBER)
            continue;
        while (at < n && !isnan(g_array_index(self->member, double, at)))
            at++;
        if (at == self->first_member[i])
            return onnx_fail(error, self->node, "no membership_values of node %u", i);
        at++;
    }
    return at >= n ||
           onnx_fail(error, self->node, "%u membership_values for no node are left over", n - at);
}

static gboolean
forest_read(Forest *self, const OnnxNode *node, GError **error)
{
    self->node = node;
    self->split = onnx_floats(node, "nodes_splits");
    self->feature = onnx_ints(node, "nodes_featureids");
    self->yes = onnx_ints(node, "nodes_truenodeids");
    self->no = onnx_ints(node, "nodes_falsenodeids");
    self->yes_leaf = onnx_ints(node, "nodes_trueleafs");
    self->no_leaf = onnx_ints(node, "nodes_falseleafs");
    self->missing = onnx_ints(node, "nodes_missing_value_tracks_true");
    self->root = onnx_ints(node, "tree_roots");
    self->target = onnx_ints(node, "leaf_targetids");
    self->weight = onnx_floats(node, "leaf_weights");
    self->member = onnx_floats(node, "membership_values");
    self->n = self->feature != NULL ? self->feature->len : 0;
    self->n_leaves = self->target != NULL ? self->target->len : 0;
    self->n_targets = onnx_int(node, "n_targets", 0);
    self->most = FOREST_GRACE + 4 * ((guint64)self->n + self->n_leaves);
    self->place = g_array_new(FALSE, FALSE, sizeof(ForestPlace));
    if (self->n_targets < 1 || self->n_targets > ERRATA_LIMIT_MODEL_OUTPUTS)
        return onnx_fail(error, node, "n_targets out of range");
    if (!forest_check_lists(self, error) || !forest_check_types(self, error) ||
        !forest_read_modes(self, error) || !forest_read_sets(self, error))
        return FALSE;
    for (guint i = 0; i < self->n_leaves; i++) {
        gint64 target = g_array_index(self->target, gint64, i);
        if (target < 0 || target >= self->n_targets)
            return onnx_fail(error, node, "leaf %u is of no target", i);
    }
    return TRUE;
}

/* whether a split asks for another value after the one at hand */
static gboolean
forest_has_next(const Forest *self, const ForestPlace *place)
{
    guint next = self->first_member[place->at] + place->member + 1;
    return self->mode[place->at] == FOREST_MEMBER && next < self->member->len &&
           !isnan(g_array_index(self->member, double, next));
}

static guint
forest_put(Forest *self, gint64 at, gboolean is_leaf, guint member)
{
    ForestPlace place = {.at = at, .is_leaf = is_leaf, .member = member};
    g_array_append_val(self->place, place);
    return self->place->len - 1;
}

/* writes a tree out, row by row of it */
static gboolean
forest_spread(Forest *self, guint tree, GError **error)
{
    gint64 root = g_array_index(self->root, gint64, tree);
    g_array_set_size(self->place, 0);
    forest_put(self, root, FALSE, 0);
    for (guint i = 0; i < self->place->len; i++) {
        ForestPlace place = g_array_index(self->place, ForestPlace, i);
        gint64 end = place.is_leaf ? self->n_leaves : self->n;
        if (place.at < 0 || place.at >= end)
            return onnx_fail(error, self->node, "tree %u: a branch leads nowhere", tree);
        if (place.is_leaf)
            continue;
        if (self->place->len > self->most)
            return onnx_fail(error,
                             self->node,
                             "tree %u: a cycle, or sets that take more than %" G_GUINT64_FORMAT
                             " splits",
                             tree,
                             self->most);
        place.yes = forest_put(self,
                               g_array_index(self->yes, gint64, place.at),
                               g_array_index(self->yes_leaf, gint64, place.at) != 0,
                               0);
        place.no = forest_has_next(self, &place)
                       ? forest_put(self, place.at, FALSE, place.member + 1)
                       : forest_put(self,
                                    g_array_index(self->no, gint64, place.at),
                                    g_array_index(self->no_leaf, gint64, place.at) != 0,
                                    0);
        g_array_index(self->place, ForestPlace, i) = place;
    }
    self->most -= MIN(self->most, self->place->len);
    /* of a tree that is one leaf onnxruntime takes the leaf with the root's number */
    const ForestPlace *first = &g_array_index(self->place, ForestPlace, 0);
    const ForestPlace *yes = &g_array_index(self->place, ForestPlace, first->yes);
    const ForestPlace *no = &g_array_index(self->place, ForestPlace, first->no);
    return !yes->is_leaf || !no->is_leaf || yes->at != no->at || yes->at == root ||
           onnx_refuse(error,
                       self->node,
                       "tree %u: one leaf, of another number than its root",
                       tree);
}

/* (target + 1) of all leaves of the tree at hand; 0 where they differ */
static gint64
forest_target(const Forest *self)
{
    gint64 found = -1;
    for (guint i = 0; i < self->place->len; i++) {
        const ForestPlace *place = &g_array_index(self->place, ForestPlace, i);
        gint64 one = place->is_leaf ? g_array_index(self->target, gint64, place->at) + 1 : found;
        if (found >= 0 && one != found)
            return 0;
        found = one;
    }
    return found;
}

static void
forest_add_split(const Forest *self, ErrataTreesBuilder *builder, guint i)
{
    const ForestPlace *place = &g_array_index(self->place, ForestPlace, i);
    gboolean is_set = self->mode[place->at] == FOREST_MEMBER, swapped;
    gboolean tracks = self->missing != NULL && g_array_index(self->missing, gint64, place->at) != 0;
    ErrataNodeFlags flags;
    onnx_branch(is_set ? "BRANCH_EQ" : forest_modes[self->mode[place->at]],
                tracks,
                &flags,
                &swapped);
    errata_trees_builder_split(
        builder,
        i,
        swapped ? place->no : place->yes,
        swapped ? place->yes : place->no,
        g_array_index(self->feature, gint64, place->at),
        is_set ? g_array_index(self->member, double, self->first_member[place->at] + place->member)
               : g_array_index(self->split, double, place->at),
        flags);
}

/* @width: 1, or the targets: the other ones of a leaf get nothing */
static gboolean
forest_add_tree(const Forest *self, ErrataTreesBuilder *builder, guint width, GError **error)
{
    g_autofree double *values = g_new0(double, width);
    gint64 group = width == 1 ? forest_target(self) - 1 : 0;
    if (!errata_trees_builder_begin(builder, self->place->len, (guint64)group, 1, error))
        return FALSE;
    for (guint i = 0; i < self->place->len; i++) {
        const ForestPlace *place = &g_array_index(self->place, ForestPlace, i);
        if (!place->is_leaf) {
            forest_add_split(self, builder, i);
            continue;
        }
        gint64 target = width == 1 ? 0 : g_array_index(self->target, gint64, place->at);
        values[target] = g_array_index(self->weight, double, place->at);
        errata_trees_builder_leaf(builder, i, values);
        values[target] = 0;
    }
    return errata_trees_builder_end(builder, error);
}

/* whether a tree has leaves of several targets; @ret_n: places of all trees */
static gboolean
forest_survey(Forest *self, gboolean *ret_mixed, guint64 *ret_n, GError **error)
{
    guint64 most = self->most;
    for (guint tree = 0; tree < self->root->len; tree++) {
        if (!forest_spread(self, tree, error))
            return FALSE;
        *ret_mixed |= forest_target(self) == 0;
        *ret_n += self->place->len;
    }
    self->most = most;
    return TRUE;
}

/* @ret_width: numbers that a leaf holds: AVERAGE divides by all trees, so that each of them must
 * tell of every target */
static gboolean
forest_aggregate(Forest *self, OnnxOp *op, guint *ret_width, GError **error)
{
    gboolean mixed = FALSE;
    guint64 n = 0;
    gint64 how = onnx_int(self->node, "aggregate_function", 1);
    if (how < 0 || how > 3)
        return onnx_refuse(error,
                           self->node,
                           "aggregate_function %" G_GINT64_FORMAT " is not known",
                           how);
    op->extreme = how == 2 ? -1 : how == 3 ? 1 : 0;
    if (op->extreme != 0 && self->n_targets > 1)
        return onnx_refuse(error,
                           self->node,
                           "%s of leaves without a weight of each target",
                           how == 2 ? "MIN" : "MAX");
    if (!forest_survey(self, &mixed, &n, error))
        return FALSE;
    mixed |= how == 0;
    *ret_width = mixed ? (guint)self->n_targets : 1;
    return n * *ret_width <= ONNX_LEAF_NUMBERS ||
           onnx_fail(error, self->node, "%u targets for too many leaves", *ret_width);
}

/**
 * onnx_compile_forest:
 * @op: a TreeEnsemble, which gets its trees
 *
 * Errors: %ERRATA_ERROR_INVALID_DATA for lists that do not go together, branches that lead nowhere
 * and cycles; %ERRATA_ERROR_UNSUPPORTED for what is not known.
 */
gboolean
onnx_compile_forest(OnnxOp *op, GError **error)
{
    Forest forest = {0};
    guint width = 1;
    gboolean ok = forest_read(&forest, op->node, error) &&
                  forest_aggregate(&forest, op, &width, error);
    guint n_groups = ok ? (guint)forest.n_targets : 1;
    g_autoptr(ErrataTreesBuilder) builder =
        errata_trees_builder_new(onnx_columns_taken(op->node), n_groups, width, FALSE);
    for (guint tree = 0; ok && tree < forest.root->len; tree++)
        ok = forest_spread(&forest, tree, error) && forest_add_tree(&forest, builder, width, error);
    if (ok) {
        const OnnxAttribute *weights = onnx_attribute(op->node, "leaf_weights");
        op->trees = errata_trees_builder_finish(builder);
        op->trees->average = onnx_int(op->node, "aggregate_function", 1) == 0;
        op->gives_double = weights->tensor != NULL && weights->tensor->type == ONNX_DOUBLE;
    }
    g_clear_pointer(&forest.place, g_array_unref);
    g_free(forest.first_member);
    return ok;
}
