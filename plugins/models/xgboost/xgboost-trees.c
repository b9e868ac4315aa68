/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The trees of an XGBoost model: arrays per property, one value per node; category nodes list the
 * codes that go right; leaves are the split conditions of nodes without children, or rows of
 * base_weights where they are vectors. Tree weights (DART) stand in one of three places by
 * version. */
#include <math.h>

#include "error.h"
#include "trees-builder.h"
#include "xgboost-private.h"

#define XGB_MAX_CODE 16777216.0 /* above, XGBoost takes a value for no category */

/* the arrays of one tree */
typedef struct {
    gsize n;
    const double *left;
    const double *right;
    const double *feature;
    const double *condition;
    const double *default_left;
    const double *cover; /* nullable */
    const double *type;  /* nullable: 1 for category nodes */
    const double *weights;
    gsize n_weights;
    const double *codes;
    gsize n_codes;
    const double *node, *segment, *size; /* which codes are whose */
    gsize n_category;
    guint leaf_width;
} XgbTree;

static const double *
xgb_array(const ErrataDatum *tree, const char *key, gsize n, GError **error)
{
    gsize found = 0;
    const double *values = errata_datum_numbers(tree, key, &found);

    if (values != NULL && found == n)
        return values;
    if (values == NULL)
        xgb_fail(error, "%s is not an array of numbers", key);
    else
        xgb_fail(error,
                 "%s has %" G_GSIZE_FORMAT " values for %" G_GSIZE_FORMAT " nodes",
                 key,
                 found,
                 n);
    return NULL;
}

static gboolean
xgb_take_categories(const ErrataDatum *tree, XgbTree *self, GError **error)
{
    gsize n_segments;
    gsize n_sizes;
    gsize n_types;

    self->type = errata_datum_numbers(tree, "split_type", &n_types);
    if (self->type != NULL && n_types != self->n)
        return xgb_fail(error, "split_type has %" G_GSIZE_FORMAT " values", n_types);
    self->codes = errata_datum_numbers(tree, "categories", &self->n_codes);
    self->node = errata_datum_numbers(tree, "categories_nodes", &self->n_category);
    self->segment = errata_datum_numbers(tree, "categories_segments", &n_segments);
    self->size = errata_datum_numbers(tree, "categories_sizes", &n_sizes);
    if (n_segments != self->n_category || n_sizes != self->n_category)
        return xgb_fail(error, "categories_nodes, _segments and _sizes differ in length");
    return TRUE;
}

static gboolean
xgb_take_arrays(const ErrataDatum *tree, guint n_groups, XgbTree *self, GError **error)
{
    const ErrataDatum *param = errata_datum_get(tree, "tree_param");
    double n_nodes = errata_datum_number(param, "num_nodes");
    double width = errata_datum_number(param, "size_leaf_vector");
    gsize n_cover = 0;

    self->left = errata_datum_numbers(tree, "left_children", &self->n);
    if (self->left == NULL || self->n == 0)
        return xgb_fail(error, "left_children is not an array of numbers");
    if (!isnan(n_nodes) && fabs(n_nodes - (double)self->n) > 0.5)
        return xgb_fail(error,
                        "num_nodes is %g, but left_children has %" G_GSIZE_FORMAT " values",
                        n_nodes,
                        self->n);
    self->leaf_width = width > 1.0 ? n_groups : 1;
    if (width > 1.0 && fabs(width - n_groups) > 0.5)
        return xgb_fail(error, "leaves of %g values for %u outputs", width, n_groups);
    self->right = xgb_array(tree, "right_children", self->n, error);
    self->feature = self->right != NULL ? xgb_array(tree, "split_indices", self->n, error) : NULL;
    self->condition = self->feature != NULL ? xgb_array(tree, "split_conditions", self->n, error)
                                            : NULL;
    self->default_left = self->condition != NULL ? xgb_array(tree, "default_left", self->n, error)
                                                 : NULL;
    if (self->default_left == NULL)
        return FALSE;
    self->cover = errata_datum_numbers(tree, "sum_hessian", &n_cover);
    if (n_cover != self->n)
        self->cover = NULL;
    self->weights = errata_datum_numbers(tree, "base_weights", &self->n_weights);
    if (self->leaf_width > 1 && self->n_weights != self->n * self->leaf_width)
        return xgb_fail(error,
                        "base_weights has %" G_GSIZE_FORMAT " values for %" G_GSIZE_FORMAT
                        " nodes of %u",
                        self->n_weights,
                        self->n,
                        self->leaf_width);
    return xgb_take_categories(tree, self, error);
}

static gboolean
xgb_add_set(const XgbTree *self,
            gsize entry,
            ErrataTreesBuilder *builder,
            guint *n_codes,
            GError **error)
{
    double node = self->node[entry];
    double begin = self->segment[entry];
    double size = self->size[entry];
    g_autofree guint32 *codes = NULL;

    if (!(node >= 0.0 && node < (double)self->n && begin >= 0.0 && size >= 0.0 &&
          begin + size <= (double)self->n_codes) ||
        self->left[(gsize)node] < 0.0 || !(self->feature[(gsize)node] >= 0.0))
        return xgb_fail(error, "categories of node %g are out of range", node);
    codes = g_new(guint32, (gsize)size + 1);
    for (gsize i = 0; i < (gsize)size; i++) {
        double code = self->codes[(gsize)begin + i];

        if (!(code >= 0.0 && code < XGB_MAX_CODE))
            return xgb_fail(error, "node %g has the category %g", node, code);
        codes[i] = (guint32)code;
        n_codes[(gsize)self->feature[(gsize)node]] = MAX(n_codes[(gsize)self->feature[(gsize)node]],
                                                         codes[i] + 1);
    }
    errata_trees_builder_codes(builder, (gsize)node, codes, (gsize)size);
    return TRUE;
}

static gint64
xgb_index(double value)
{
    return value >= -1.0 && value < 4e9 ? (gint64)value : -2;
}

static void
xgb_add_nodes(const XgbTree *self, ErrataTreesBuilder *builder)
{
    for (gsize i = 0; i < self->n; i++) {
        ErrataNodeFlags flags = self->default_left[i] > 0.0 ? ERRATA_NODE_DEFAULT_LEFT
                                                            : (ErrataNodeFlags)0;

        if (self->type != NULL && self->type[i] > 0.0)
            flags |= ERRATA_NODE_SET_RIGHT;
        if (self->left[i] < 0.0)
            errata_trees_builder_leaf(builder,
                                      i,
                                      self->leaf_width > 1
                                          ? self->weights + i * self->leaf_width
                                          : &(double){(double)(float)self->condition[i]});
        else
            errata_trees_builder_split(builder,
                                       i,
                                       xgb_index(self->left[i]),
                                       xgb_index(self->right[i]),
                                       xgb_index(self->feature[i]),
                                       (double)(float)self->condition[i],
                                       flags);
        if (self->cover != NULL)
            errata_trees_builder_cover(builder, i, self->cover[i]);
    }
}

/* every node that says it splits by categories must have got some */
static gboolean
xgb_check_types(const XgbTree *self, GError **error)
{
    gsize n_typed = 0;

    for (gsize i = 0; self->type != NULL && i < self->n; i++)
        n_typed += self->type[i] > 0.0 && self->left[i] >= 0.0 ? 1 : 0;
    return n_typed == self->n_category ||
           xgb_fail(error,
                    "%" G_GSIZE_FORMAT
                    " nodes split by categories, lists of them there are %" G_GSIZE_FORMAT,
                    n_typed,
                    self->n_category);
}

static gboolean
xgb_add_tree(const XgbTree *self,
             double group,
             double weight,
             guint n_features,
             guint *n_codes,
             ErrataTreesBuilder *builder,
             GError **error)
{
    double n_listed = 0.0;

    for (gsize i = 0; i < self->n; i++) {
        gboolean is_leaf = !(self->left[i] >= 0.0);

        if (is_leaf && (self->left[i] < -1.0 || (self->leaf_width == 1 && self->right[i] >= 0.0)))
            return xgb_fail(error,
                            "node %" G_GSIZE_FORMAT " has the children %g and %g",
                            i,
                            self->left[i],
                            self->right[i]);
        if (!is_leaf && !(self->feature[i] >= 0.0 && self->feature[i] < n_features))
            return xgb_fail(error,
                            "node %" G_GSIZE_FORMAT " splits on feature %g of %u",
                            i,
                            self->feature[i],
                            n_features);
    }
    if (!errata_trees_builder_begin(builder,
                                    self->n,
                                    group >= 0.0 && group < 4e9 ? (guint64)group : G_MAXUINT64,
                                    weight,
                                    error))
        return FALSE;
    xgb_add_nodes(self, builder);
    for (gsize i = 0; i < self->n_category; i++) {
        n_listed += self->size[i];
        if (n_listed > (double)self->n_codes)
            return xgb_fail(error, "the lists of categories of several nodes overlap");
        if (!xgb_add_set(self, i, builder, n_codes, error))
            return FALSE;
    }
    return xgb_check_types(self, error) && errata_trees_builder_end(builder, error);
}

/* {model: {trees, weight_drop}} since 3.4, {model, weight_drop} in 3.3, {gbtree: {model},
 * weight_drop} before */
static const double *
xgb_tree_weights(const ErrataDatum *booster, const ErrataDatum *model, gsize *ret_n)
{
    const double *weights = errata_datum_numbers(model, "weight_drop", ret_n);

    if (weights == NULL || *ret_n == 0)
        weights = errata_datum_numbers(booster, "weight_drop", ret_n);
    return *ret_n > 0 ? weights : NULL;
}

/* how many of the trees predict uses: those up to the best iteration */
static gsize
xgb_trees_used(const ErrataDatum *model, const XgbHeader *header, gsize n_trees, guint leaf_width)
{
    gsize n_bounds;
    const double *bound = errata_datum_numbers(model, "iteration_indptr", &n_bounds);
    double parallel = errata_datum_number(errata_datum_get(model, "gbtree_model_param"),
                                          "num_parallel_tree");
    double used;

    if (header->n_iterations == 0)
        return n_trees;
    if (bound != NULL && header->n_iterations < n_bounds)
        used = bound[header->n_iterations];
    else
        used = (double)header->n_iterations * (parallel >= 1.0 ? parallel : 1.0) *
               (leaf_width > 1 ? 1.0 : header->n_groups);
    return used >= 1.0 && used < (double)n_trees ? (gsize)used : n_trees;
}

static void
xgb_set_link(ErrataTrees *trees, const XgbHeader *header)
{
    static const ErrataLink links[] = {[XGB_IDENTITY] = ERRATA_LINK_IDENTITY,
                                       [XGB_LOGISTIC_REGRESSION] = ERRATA_LINK_LOGISTIC,
                                       [XGB_BINARY] = ERRATA_LINK_LOGISTIC,
                                       [XGB_RAW] = ERRATA_LINK_LOGISTIC,
                                       [XGB_HINGE] = ERRATA_LINK_OTHER,
                                       [XGB_EXP] = ERRATA_LINK_EXP,
                                       [XGB_MULTI] = ERRATA_LINK_SOFTMAX};

    for (guint g = 0; g < header->n_groups; g++)
        trees->base[g] = (double)header->base[g];
    trees->link = links[header->link];
    trees->cast_float = TRUE;
    trees->sum_float = TRUE;
}

static const ErrataDatum *
xgb_find_model(const ErrataDatum *booster)
{
    const ErrataDatum *model = errata_datum_get(booster, "model");

    return model != NULL ? model : errata_datum_get(errata_datum_get(booster, "gbtree"), "model");
}

static gboolean
xgb_has_vectors(const ErrataDatum *trees)
{
    const ErrataDatum *param = errata_datum_get(errata_datum_at(trees, 0), "tree_param");

    return errata_datum_number(param, "size_leaf_vector") > 1.0;
}

ErrataTrees *
xgb_read_trees(const ErrataDatum *booster,
               XgbHeader *header,
               guint *n_codes,
               ErrataModelBuilder *builder,
               GError **error)
{
    const ErrataDatum *model = xgb_find_model(booster);
    const ErrataDatum *list = errata_datum_get(model, "trees");
    gsize n_trees = list != NULL ? list->n : 0;
    gsize n_info;
    gsize n_weights;
    const double *group = errata_datum_numbers(model, "tree_info", &n_info);
    const double *weight = xgb_tree_weights(booster, model, &n_weights);
    gboolean has_vectors = xgb_has_vectors(list);
    guint leaf_width = has_vectors ? header->n_groups : 1;
    gsize n_used = xgb_trees_used(model, header, n_trees, leaf_width);
    double n_told = errata_datum_number(errata_datum_get(model, "gbtree_model_param"), "num_trees");
    g_autoptr(ErrataTreesBuilder) trees = NULL;
    gboolean has_cover = TRUE;
    ErrataTrees *made;

    if (!isnan(n_told) && fabs(n_told - (double)n_trees) > 0.5) {
        xgb_fail(error,
                 "num_trees is %g, but there are %" G_GSIZE_FORMAT " trees",
                 n_told,
                 n_trees);
        return NULL;
    }
    if (list == NULL || n_info != n_trees || (weight != NULL && n_weights != n_trees)) {
        xgb_fail(error,
                 "%" G_GSIZE_FORMAT " trees, %" G_GSIZE_FORMAT
                 " values of tree_info and %" G_GSIZE_FORMAT " of weight_drop",
                 n_trees,
                 n_info,
                 n_weights);
        return NULL;
    }
    for (gsize i = 0; i < n_used; i++) {
        gsize n = 0;

        errata_datum_numbers(errata_datum_at(list, i), "sum_hessian", &n);
        has_cover = has_cover && n > 0;
    }
    trees = errata_trees_builder_new(header->n_features, header->n_groups, leaf_width, has_cover);
    for (gsize i = 0; i < n_used; i++) {
        XgbTree tree = {0};

        if (!xgb_take_arrays(errata_datum_at(list, i), header->n_groups, &tree, error) ||
            !xgb_add_tree(&tree,
                          group[i],
                          weight != NULL ? (double)(float)weight[i] : 1.0,
                          header->n_features,
                          n_codes,
                          trees,
                          error)) {
            if (!g_str_has_prefix((*error)->message, "tree "))
                g_prefix_error(error, "tree %" G_GSIZE_FORMAT ": ", i);
            return NULL;
        }
        if (tree.leaf_width != leaf_width) {
            xgb_fail(error, "tree %" G_GSIZE_FORMAT ": leaves of another width", i);
            return NULL;
        }
    }
    if (n_used < n_trees)
        errata_model_builder_note(builder,
                                  "stopped early: predictions use %" G_GSIZE_FORMAT
                                  " of %" G_GSIZE_FORMAT " trees, up to iteration %u",
                                  n_used,
                                  n_trees,
                                  header->n_iterations - 1);
    made = errata_trees_builder_finish(trees);
    xgb_set_link(made, header);
    return made;
}
