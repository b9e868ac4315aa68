/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scikit-learn's trees and what is made of them: forests and gradient boosting. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "error.h"
#include "limit.h"
#include "sk-private.h"
#include "trees-builder.h"

typedef struct {
    PickleArray nodes;
    PickleArray values;
    gsize left;
    gsize right;
    gsize feature;
    gsize threshold;
    gsize cover;
    gsize missing_left; /* 0: there is none */
} SkTree;

static gboolean
tree_field(const PickleArray *nodes,
           const char *name,
           char kind,
           gsize size,
           gsize *ret,
           GError **error)
{
    char found;
    gsize found_size;
    return (pickle_array_field(nodes, name, ret, &found, &found_size) && found == kind &&
            found_size == size) ||
           sk_refuse(error, "a tree whose nodes have no “%s” of the known kind", name);
}

static gboolean
tree_open(const PickleValue *object, SkTree *self, GError **error)
{
    const PickleValue *tree = pickle_attribute(object, "tree_");
    char kind;
    gsize size;
    if (!pickle_is_a(tree, "sklearn.tree._tree", "Tree") ||
        !pickle_array(pickle_attribute(tree, "nodes"), &self->nodes) || self->nodes.kind != 'V' ||
        !pickle_array(pickle_attribute(tree, "values"), &self->values) ||
        self->values.kind != 'f' || self->values.item_size != 8)
        return sk_fail(error, "expected the nodes and values of a fitted tree");
    if (self->nodes.n == 0 || self->values.n_dimensions != 3 ||
        self->values.shape[0] != self->nodes.n)
        return sk_fail(error, "expected as many values as nodes in a tree");
    self->missing_left = 0;
    if (!pickle_array_field(&self->nodes, "missing_go_to_left", &self->missing_left, &kind, &size))
        self->missing_left = 0;
    return tree_field(&self->nodes, "left_child", 'i', 8, &self->left, error) &&
           tree_field(&self->nodes, "right_child", 'i', 8, &self->right, error) &&
           tree_field(&self->nodes, "feature", 'i', 8, &self->feature, error) &&
           tree_field(&self->nodes, "threshold", 'f', 8, &self->threshold, error) &&
           tree_field(&self->nodes, "weighted_n_node_samples", 'f', 8, &self->cover, error);
}

static double
tree_number(const SkTree *self, gsize node, gsize offset, char kind)
{
    const guint8 *bytes = self->nodes.data + node * self->nodes.item_size + offset;
    return pickle_bytes_number(bytes, kind, 8, self->nodes.is_big_endian);
}

static gboolean
tree_outputs(const SkTree *self, guint n, GError **error)
{
    return self->values.shape[1] == n ||
           sk_refuse(error, "a tree of %zu outputs, expected %u", self->values.shape[1], n);
}

/* numbers of a leaf: of each of the outputs as many as it has classes, made to sum 1; else as they
 * are */
typedef struct {
    const guint *width;
    guint n_outputs;
    gboolean shares;
} SkLeaf;

static void
tree_read_leaf(const SkTree *self, gsize node, const SkLeaf *of, double *leaf)
{
    gsize n_classes = self->values.shape[2];
    gsize first = node * self->values.shape[1] * n_classes;
    for (guint o = 0; o < of->n_outputs; leaf += of->width[o], o++) {
        double sum = 0;
        for (guint k = 0; k < of->width[o]; k++) {
            leaf[k] = pickle_array_number(&self->values, first + o * n_classes + k);
            sum += leaf[k];
        }
        for (guint k = 0; of->shares && sum > 0 && k < of->width[o]; k++)
            leaf[k] /= sum;
    }
}

static gboolean
tree_add(const SkTree *self,
         ErrataTreesBuilder *builder,
         guint64 group,
         double weight,
         const SkLeaf *of,
         GError **error)
{
    guint width = 0;
    for (guint o = 0; o < of->n_outputs; o++) {
        width += of->width[o];
        if (of->width[o] > self->values.shape[2])
            return sk_fail(error,
                           "a tree's leaves know %zu classes, expected %u",
                           self->values.shape[2],
                           of->width[o]);
    }
    g_autofree double *leaf = g_new0(double, (gsize)width + 1);
    if (!tree_outputs(self, of->n_outputs, error) ||
        !errata_trees_builder_begin(builder, self->nodes.n, group, weight, error))
        return FALSE;
    for (gsize node = 0; node < self->nodes.n; node++) {
        double left = tree_number(self, node, self->left, 'i');
        const guint8 *bytes = self->nodes.data + node * self->nodes.item_size;
        ErrataNodeFlags flags = ERRATA_NODE_EQUAL_LEFT;
        errata_trees_builder_cover(builder, node, tree_number(self, node, self->cover, 'f'));
        if (self->missing_left > 0 && bytes[self->missing_left] != 0)
            flags |= ERRATA_NODE_DEFAULT_LEFT;
        if (left >= 0) {
            errata_trees_builder_split(builder,
                                       node,
                                       (gint64)left,
                                       (gint64)tree_number(self, node, self->right, 'i'),
                                       (gint64)tree_number(self, node, self->feature, 'i'),
                                       tree_number(self, node, self->threshold, 'f'),
                                       flags);
            continue;
        }
        tree_read_leaf(self, node, of, leaf);
        errata_trees_builder_leaf(builder, node, leaf);
    }
    return errata_trees_builder_end(builder, error);
}

static void
trees_set(SkBody *body, ErrataTrees *trees, guint n_margins)
{
    trees->cast_float = TRUE;
    body->kind = SK_TREES;
    body->trees = trees;
    body->n_margins = n_margins;
}

/* one tree, or a forest whose predictions are averaged */
static gboolean
trees_add_forest(SkReader *reader, const PickleValue *object, const SkLeaf *of, GError **error)
{
    SkBody *body = reader->body;
    const PickleValue *list = pickle_attribute(object, "estimators_");
    guint n = list == NULL ? 1 : pickle_n_items(list);
    guint width = 0;
    for (guint o = 0; o < of->n_outputs; o++)
        width += of->width[o];
    if (n == 0 || width == 0 || width > ERRATA_LIMIT_MODEL_OUTPUTS)
        return sk_fail(error, "a forest without trees or outputs");
    g_autoptr(ErrataTreesBuilder) builder =
        errata_trees_builder_new(body->n_features, width, width, TRUE);
    for (guint i = 0; i < n; i++) {
        SkTree tree;
        if ((list != NULL && !sk_may_read(reader, pickle_item(list, i), error)) ||
            !tree_open(list == NULL ? object : pickle_item(list, i), &tree, error) ||
            !tree_add(&tree, builder, 0, 1, of, error))
            return FALSE;
        reader->takes_missing |= tree.missing_left > 0;
        reader->body->takes_missing |= tree.missing_left > 0;
    }
    trees_set(body, errata_trees_builder_finish(builder), width);
    body->trees->average = TRUE;
    body->link = SK_LINK_SHARES;
    return TRUE;
}

gboolean
sk_read_joint_trees(SkReader *reader,
                    const PickleValue *object,
                    const guint *width,
                    guint n,
                    GError **error)
{
    const SkLeaf of = {width, n, TRUE};
    return trees_add_forest(reader, object, &of, error);
}

static gboolean
trees_read_forest(SkReader *reader, const PickleValue *object, GError **error)
{
    SkBody *body = reader->body;
    double n_outputs = sk_number(object, "n_outputs_", 1);
    if (!(n_outputs >= 1 && n_outputs <= ERRATA_LIMIT_MODEL_OUTPUTS))
        return sk_fail(error, "a forest without trees or outputs");
    if (!sk_take_values(reader, (gsize)n_outputs, error))
        return FALSE;
    guint n = MAX(body->n_values, 1);
    g_autofree guint *width = g_new(guint, n);
    for (guint o = 0; o < n; o++)
        width[o] = MAX(body->n_classes, 1);
    const SkLeaf of = {width, n, body->n_classes > 0};
    return trees_add_forest(reader, object, &of, error);
}

/* a model that boosting begins with: one that takes numbers in single precision as they are */
static gboolean
trees_read_first(SkReader *reader, const PickleValue *init, GError **error)
{
    SkBody *body = reader->body;
    PickleArray coefficient;
    gboolean takes_missing = reader->takes_missing;
    body->start = sk_read_member(reader, init, reader->raw, error);
    reader->takes_missing = takes_missing;
    if (body->start == NULL)
        return FALSE;
    if ((body->start->kind != SK_TREES && body->start->kind != SK_LINEAR) ||
        body->start->steps->len > 0 || body->start->n_classes != body->n_classes ||
        (body->n_classes > 0 && !sk_body_has_shares(body->start)))
        return sk_refuse(error, "gradient boosting that starts from a %s", pickle_class(init));
    if (pickle_array(pickle_attribute(init, "coef_"), &coefficient) && coefficient.item_size < 8)
        return sk_refuse(error,
                         "gradient boosting that starts from a %s in single precision",
                         pickle_class(init));
    return TRUE;
}

/* what a boosted model starts from: a dummy's constant or priors, 0, or another model */
static gboolean
trees_read_start(SkReader *reader, const PickleValue *object, double *start, GError **error)
{
    SkBody *body = reader->body;
    const PickleValue *init = pickle_attribute(object, "init_");
    const double least = (double)FLT_EPSILON;
    const char *name = pickle_class(init);
    const char *loss = pickle_text(pickle_attribute(object, "loss"));
    gboolean exponential = loss != NULL && g_str_equal(loss, "exponential");
    PickleArray array;
    if (pickle_text(init) != NULL && g_str_equal(pickle_text(init), "zero"))
        return TRUE;
    if (name != NULL && g_str_equal(name, "DummyRegressor") &&
        pickle_array(pickle_attribute(init, "constant_"), &array) && array.n >= 1) {
        start[0] = pickle_array_number(&array, 0);
        return TRUE;
    }
    if (name == NULL || !g_str_equal(name, "DummyClassifier") ||
        g_strcmp0(pickle_text(pickle_attribute(init, "strategy")), "prior") != 0)
        return trees_read_first(reader, init, error);
    if (!pickle_array(pickle_attribute(init, "class_prior_"), &array) || array.n != body->n_classes)
        return sk_fail(error, "class_prior_: expected %u numbers", body->n_classes);
    for (guint k = 0; k < body->n_margins; k++) {
        double p = pickle_array_number(&array, body->n_margins == 1 ? 1 : k);
        p = p < least ? least : p > 1 - least ? 1 - least : p;
        start[k] = body->n_margins > 1 ? log(p) : (exponential ? 0.5 : 1) * log(p / (1 - p));
    }
    return TRUE;
}

static gboolean
trees_read_boosting(SkReader *reader, const PickleValue *object, GError **error)
{
    SkBody *body = reader->body;
    PickleArray stages;
    const guint one = 1;
    const SkLeaf of = {&one, 1, FALSE};
    const char *loss = pickle_text(pickle_attribute(object, "loss"));
    double rate = sk_number(object, "learning_rate", (double)NAN);
    if (!pickle_array(pickle_attribute(object, "estimators_"), &stages) || stages.kind != 'O' ||
        stages.n_dimensions != 2 || stages.shape[1] == 0 || stages.shape[1] > G_MAXUINT16)
        return sk_fail(error, "expected estimators_ as a table of trees");
    guint n_groups = (guint)stages.shape[1];
    body->n_margins = n_groups;
    if (n_groups != (body->n_classes > 2 ? body->n_classes : 1) || isnan(rate))
        return sk_fail(error, "expected a tree per class in each stage, and a learning rate");
    g_autoptr(ErrataTreesBuilder) builder =
        errata_trees_builder_new(body->n_features, n_groups, 1, TRUE);
    for (gsize i = 0; i < stages.n; i++) {
        SkTree tree;
        gsize place = stages.is_fortran ? (i % n_groups) * stages.shape[0] + i / n_groups : i;
        if (!sk_may_read(reader, pickle_item(stages.items, (guint)place), error) ||
            !tree_open(pickle_item(stages.items, (guint)place), &tree, error) ||
            !tree_add(&tree, builder, i % n_groups, rate, &of, error))
            return FALSE;
    }
    trees_set(body, errata_trees_builder_finish(builder), n_groups);
    if (!trees_read_start(reader, object, body->trees->base, error))
        return FALSE;
    body->link = body->n_classes > 2 ? SK_LINK_SOFTMAX : SK_LINK_LOGISTIC;
    body->scale = loss != NULL && g_str_equal(loss, "exponential") ? 2 : 1;
    if (body->n_classes > 0) {
        body->trees->link = body->n_classes > 2 ? ERRATA_LINK_SOFTMAX : ERRATA_LINK_LOGISTIC;
        body->trees->link_scale = body->scale;
    }
    return TRUE;
}

/* mean length of a path to one of @n rows in a tree grown to the end */
static double
trees_path_length(double n)
{
    const double euler_gamma = 0.57721566490153286060651209008240243;
    if (n <= 1)
        return 0;
    return n <= 2 ? 1 : 2 * (log(n - 1) + euler_gamma) - 2 * (n - 1) / n;
}

/* a tree whose leaves hold the length of their path and what a full tree would add */
static gboolean
trees_add_isolation(const SkTree *self,
                    const PickleArray *columns,
                    ErrataTreesBuilder *builder,
                    GError **error)
{
    gsize count;
    gsize n = self->nodes.n;
    g_autofree guint *depth = g_new0(guint, n);
    if (!tree_field(&self->nodes, "n_node_samples", 'i', 8, &count, error) ||
        !errata_trees_builder_begin(builder, n, 0, 1, error))
        return FALSE;
    for (gsize node = 0; node < n; node++) {
        double left = tree_number(self, node, self->left, 'i');
        double right = tree_number(self, node, self->right, 'i');
        double feature = tree_number(self, node, self->feature, 'i');
        double rows = tree_number(self, node, count, 'i');
        double value = depth[node] + trees_path_length(rows);
        errata_trees_builder_cover(builder, node, tree_number(self, node, self->cover, 'f'));
        if (left < 0) {
            errata_trees_builder_leaf(builder, node, &value);
            continue;
        }
        if (!(left < (double)n && right >= 0 && right < (double)n && feature >= 0 &&
              feature < (double)columns->n))
            return sk_fail(error, "node %zu of a tree leads nowhere", node);
        depth[(gsize)left] = depth[(gsize)right] = depth[node] + 1;
        errata_trees_builder_split(builder,
                                   node,
                                   (gint64)left,
                                   (gint64)right,
                                   (gint64)pickle_array_number(columns, (gsize)feature),
                                   tree_number(self, node, self->threshold, 'f'),
                                   ERRATA_NODE_EQUAL_LEFT);
    }
    return errata_trees_builder_end(builder, error);
}

static gboolean
trees_read_isolation(SkReader *reader, const PickleValue *object, GError **error)
{
    SkBody *body = reader->body;
    const PickleValue *list = pickle_attribute(object, "estimators_");
    const PickleValue *columns = pickle_attribute(object, "estimators_features_");
    guint n = pickle_n_items(list);
    double rows = sk_number(object,
                            pickle_attribute(object, "_max_samples") != NULL ? "_max_samples"
                                                                             : "max_samples_",
                            (double)NAN);
    double full = n * trees_path_length(rows);
    g_autoptr(ErrataTreesBuilder) builder = errata_trees_builder_new(body->n_features, 1, 1, TRUE);
    body->offset = sk_number(object, "offset_", (double)NAN);
    if (n == 0 || pickle_n_items(columns) != n || !(full > 0) || isnan(body->offset))
        return sk_fail(error, "expected estimators_, their features, _max_samples and offset_");
    for (guint i = 0; i < n; i++) {
        SkTree tree;
        PickleArray which;
        if (!pickle_array(pickle_item(columns, i), &which) || which.n_dimensions != 1)
            return sk_fail(error, "estimators_features_: expected arrays");
        if (!sk_may_read(reader, pickle_item(list, i), error) ||
            !tree_open(pickle_item(list, i), &tree, error) ||
            !trees_add_isolation(&tree, &which, builder, error))
            return FALSE;
    }
    trees_set(body, errata_trees_builder_finish(builder), 1);
    body->kind = SK_ISOLATION;
    body->n_classes = 0;
    body->factor = 1 / full;
    body->trees->link = ERRATA_LINK_ISOLATION;
    body->trees->link_scale = body->factor;
    body->trees->link_shift = body->offset;
    return TRUE;
}

/* what a tree's splits take off the impurity, by column, in shares of the weight at its root */
static gboolean
trees_add_importances(const PickleValue *object,
                      guint n,
                      gboolean normalise,
                      double *sum,
                      guint *ret_n_trees,
                      GError **error)
{
    SkTree tree;
    gsize impurity;
    g_autofree double *own = g_new0(double, (gsize)n + 1);
    double all = 0;
    if (!tree_open(object, &tree, error) ||
        !tree_field(&tree.nodes, "impurity", 'f', 8, &impurity, error))
        return FALSE;
    if (tree.nodes.n < 2)
        return TRUE;
    for (gsize node = 0; node < tree.nodes.n; node++) {
        double left = tree_number(&tree, node, tree.left, 'i');
        double right = tree_number(&tree, node, tree.right, 'i');
        double feature = tree_number(&tree, node, tree.feature, 'i');
        double loss[3] = {0};
        if (left < 0)
            continue;
        if (!(left < (double)tree.nodes.n && right >= 0 && right < (double)tree.nodes.n &&
              feature >= 0 && feature < n))
            return sk_fail(error, "node %zu of a tree leads nowhere", node);
        const gsize at[3] = {node, (gsize)left, (gsize)right};
        for (guint i = 0; i < 3; i++)
            loss[i] = tree_number(&tree, at[i], tree.cover, 'f') *
                      tree_number(&tree, at[i], impurity, 'f');
        own[(guint)feature] += loss[0] - loss[1] - loss[2];
    }
    for (guint i = 0; i < n; i++)
        all += own[i] /= tree_number(&tree, 0, tree.cover, 'f');
    for (guint i = 0; i < n; i++)
        sum[i] += normalise && all > 0 ? own[i] / all : own[i];
    (*ret_n_trees)++;
    return TRUE;
}

gboolean
sk_tree_importances(const PickleValue *object, guint n, double *ret, GError **error)
{
    const char *name = pickle_class(object);
    gboolean boosted = g_str_has_prefix(name, "GradientBoosting");
    gboolean forest = g_str_has_prefix(name, "RandomForest") ||
                      g_str_has_prefix(name, "ExtraTrees");
    const PickleValue *list = pickle_attribute(object, "estimators_");
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    PickleArray stages;
    guint n_trees = 0;
    double all = 0;
    if (!boosted && !forest && !g_str_has_prefix(name, "DecisionTree") &&
        !g_str_has_prefix(name, "ExtraTree"))
        return sk_refuse(error, "a selection by what %s makes of columns is not computed", name);
    if (boosted && (!pickle_array(list, &stages) || stages.kind != 'O'))
        return sk_fail(error, "expected estimators_ as a table of trees");
    const PickleValue *trees = boosted ? stages.items : list;
    for (guint i = 0; (boosted || forest) && i < pickle_n_items(trees); i++)
        if (!g_hash_table_add(seen, (gpointer)(guintptr)pickle_item(trees, i)))
            return sk_fail(error, "a forest that has the same tree twice");
        else if (!trees_add_importances(pickle_item(trees, i), n, !boosted, ret, &n_trees, error))
            return FALSE;
    if (!boosted && !forest)
        return trees_add_importances(object, n, TRUE, ret, &n_trees, error);
    for (guint i = 0; i < n; i++)
        all += ret[i] /= MAX(n_trees, 1);
    for (guint i = 0; all > 0 && i < n; i++)
        ret[i] /= all;
    return TRUE;
}

/**
 * sk_read_trees:
 * @ret_is: whether @object is a model of trees at all
 *
 * Reads a decision tree, a forest or gradient boosting into the reader's body.
 */
gboolean
sk_read_trees(SkReader *reader, const PickleValue *object, gboolean *ret_is, GError **error)
{
    const char *name = pickle_class(object);
    *ret_is = TRUE;
    if (g_str_has_prefix(name, "DecisionTree") || g_str_has_prefix(name, "ExtraTreeC") ||
        g_str_has_prefix(name, "ExtraTreeR"))
        return trees_read_forest(reader, object, error);
    if (g_str_has_prefix(name, "RandomForest") || g_str_has_prefix(name, "ExtraTrees")) {
        const PickleValue *list = pickle_attribute(object, "estimators_");
        if (list == NULL || list->kind != PICKLE_LIST)
            return sk_fail(error, "expected estimators_ as a list of trees");
        return trees_read_forest(reader, object, error);
    }
    if (g_str_equal(name, "GradientBoostingClassifier") ||
        g_str_equal(name, "GradientBoostingRegressor"))
        return trees_read_boosting(reader, object, error);
    if (g_str_equal(name, "IsolationForest"))
        return trees_read_isolation(reader, object, error);
    *ret_is = FALSE;
    return TRUE;
}
