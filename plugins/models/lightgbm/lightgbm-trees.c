/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One tree of a LightGBM model: splits and leaves in arrays of their own, children below 0 are
 * leaves (~index). decision_type: bit 0 categorical, bit 1 missing goes left, bits 2 and 3 what is
 * missing (0 nothing: NaN is 0; 1 zero and NaN; 2 NaN). Files of the first half of 2017 have no
 * such bits but default_value, which stands for 0 and NaN. Source: LightGBM, src/io/tree.cpp and
 * tree.h. */
#include <math.h>

#include "error.h"
#include "lightgbm-private.h"
#include "limit.h"
#include "trees-builder.h"

typedef struct {
    gsize n_splits;
    gsize n_leaves;
    double *feature;
    double *threshold;
    double *decision;
    double
        *stand_in; /* nullable: what 0 and nothing are taken for, in files before there were sets */
    double *left;
    double *right;
    double *value;
    double *leaf_count;     /* nullable */
    double *internal_count; /* nullable */
    double *boundary;       /* of the sets, n_cat + 1; nullable */
    double *words;
    gsize n_cat;
    gsize n_taken; /* words that splits have taken: a file may name one set again and again */
} LgbTree;

static void
lgb_tree_clear(LgbTree *self)
{
    g_free(self->feature);
    g_free(self->threshold);
    g_free(self->decision);
    g_free(self->stand_in);
    g_free(self->left);
    g_free(self->right);
    g_free(self->value);
    g_free(self->leaf_count);
    g_free(self->internal_count);
    g_free(self->boundary);
    g_free(self->words);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LgbTree, lgb_tree_clear)

LgbLinear *
lgb_linear_new(void)
{
    LgbLinear *self = g_new0(LgbLinear, 1);
    guint32 zero = 0;

    self->constant = g_array_new(FALSE, FALSE, sizeof(double));
    self->fallback = g_array_new(FALSE, FALSE, sizeof(double));
    self->first = g_array_new(FALSE, FALSE, sizeof(guint32));
    self->feature = g_array_new(FALSE, FALSE, sizeof(guint32));
    self->factor = g_array_new(FALSE, FALSE, sizeof(double));
    g_array_append_val(self->first, zero);
    return self;
}

void
lgb_linear_free(LgbLinear *self)
{
    if (self == NULL)
        return;
    g_array_unref(self->constant);
    g_array_unref(self->fallback);
    g_array_unref(self->first);
    g_array_unref(self->feature);
    g_array_unref(self->factor);
    g_free(self);
}

static gboolean
lgb_take_sets(const LgbBlock *block, LgbTree *self, GError **error)
{
    double n_words;

    if (self->n_cat == 0)
        return TRUE;
    self->boundary = lgb_block_integers(block, "cat_boundaries", self->n_cat + 1, error);
    if (self->boundary == NULL)
        return FALSE;
    n_words = self->boundary[self->n_cat];
    for (gsize i = 0; i < self->n_cat; i++)
        if (!(self->boundary[i] >= 0.0 && self->boundary[i] <= self->boundary[i + 1]))
            return lgb_fail(error, "cat_boundaries do not rise");
    if (!(n_words >= 0.0 && n_words < 4e9))
        return lgb_fail(error, "cat_boundaries end at %g", n_words);
    self->words = lgb_block_integers(block, "cat_threshold", (gsize)n_words, error);
    return self->words != NULL;
}

/* rows of training in leaves and nodes, which the oldest files do not tell */
static gboolean
lgb_take_counts(const LgbBlock *block, LgbTree *self, GError **error)
{
    if (lgb_block_get(block, "leaf_count") == NULL &&
        lgb_block_get(block, "internal_count") == NULL)
        return TRUE;
    self->leaf_count = lgb_block_numbers(block, "leaf_count", self->n_leaves, error);
    if (self->leaf_count != NULL)
        self->internal_count = lgb_block_numbers(block, "internal_count", self->n_splits, error);
    return self->internal_count != NULL;
}

static gboolean
lgb_take_arrays(const LgbBlock *block, LgbTree *self, GError **error)
{
    gint64 n_leaves = lgb_block_int(block, "num_leaves");
    gint64 n_cat;

    if (!lgb_block_count(block, "num_cat", &n_cat, error))
        return FALSE;
    if (n_leaves < 1 || n_leaves > G_MAXINT32)
        return lgb_fail(error, "num_leaves is %" G_GINT64_FORMAT, n_leaves);
    self->n_leaves = (gsize)n_leaves;
    self->n_splits = self->n_leaves - 1;
    self->n_cat = (gsize)n_cat;
    self->value = lgb_block_numbers(block, "leaf_value", self->n_leaves, error);
    if (self->value == NULL)
        return FALSE;
    if (self->n_splits == 0)
        return TRUE;
    self->feature = lgb_block_integers(block, "split_feature", self->n_splits, error);
    self->threshold = self->feature != NULL
                          ? lgb_block_numbers(block, "threshold", self->n_splits, error)
                          : NULL;
    self->decision = self->threshold != NULL
                         ? lgb_block_integers(block, "decision_type", self->n_splits, error)
                         : NULL;
    self->left = self->decision != NULL
                     ? lgb_block_integers(block, "left_child", self->n_splits, error)
                     : NULL;
    self->right = self->left != NULL
                      ? lgb_block_integers(block, "right_child", self->n_splits, error)
                      : NULL;
    if (self->right == NULL)
        return FALSE;
    if (lgb_block_get(block, "default_value") != NULL) {
        self->stand_in = lgb_block_numbers(block, "default_value", self->n_splits, error);
        if (self->stand_in == NULL)
            return FALSE;
    }
    return lgb_take_counts(block, self, error) && lgb_take_sets(block, self, error);
}

/* a child: splits first, then leaves; out of range for what is neither */
static gint64
lgb_child(const LgbTree *self, double child)
{
    gint64 index = child > -4e9 && child < 4e9 ? (gint64)child : G_MAXINT32;

    if (index >= 0)
        return index < (gint64)self->n_splits ? index : G_MAXINT64;
    return ~index < (gint64)self->n_leaves ? (gint64)self->n_splits + ~index : G_MAXINT64;
}

static gboolean
lgb_add_set(LgbTree *self, gsize node, ErrataTreesBuilder *builder, GError **error)
{
    double index = self->threshold[node];
    g_autofree guint32 *words = NULL;
    gsize begin;
    gsize end;

    /* before there were sets, one category went left */
    if (self->n_cat == 0 && index >= 0.0 && index < 1e6) {
        errata_trees_builder_codes(builder, node, &(guint32){(guint32)index}, 1);
        return TRUE;
    }
    if (!(index >= 0.0 && index < (double)self->n_cat && index <= floor(index)))
        return lgb_fail(error,
                        "node %" G_GSIZE_FORMAT " names set %g of %" G_GSIZE_FORMAT,
                        node,
                        index,
                        self->n_cat);
    begin = (gsize)self->boundary[(gsize)index];
    end = (gsize)self->boundary[(gsize)index + 1];
    self->n_taken += end - begin;
    if (self->n_taken > ERRATA_LIMIT_TREE_WORDS)
        return lgb_fail(error,
                        "node %" G_GSIZE_FORMAT ": its splits name more than %u words of sets",
                        node,
                        ERRATA_LIMIT_TREE_WORDS);
    words = g_new(guint32, end - begin + 1);
    for (gsize i = begin; i < end; i++) {
        if (!(self->words[i] >= 0.0 && self->words[i] < 4294967296.0))
            return lgb_fail(error, "cat_threshold has %g", self->words[i]);
        words[i - begin] = (guint32)self->words[i];
    }
    errata_trees_builder_bits(builder, node, words, end - begin);
    return TRUE;
}

/* where 0 goes, and what is missing */
static ErrataNodeFlags
lgb_missing(const LgbTree *self, gsize node, guint decision)
{
    ErrataNodeFlags flags = 0;

    if (self->stand_in != NULL) {
        gboolean is_category = (decision & 1) != 0;
        double value = is_category ? trunc(self->stand_in[node]) : self->stand_in[node];
        gboolean is_left = is_category
                               ? value >= self->threshold[node] && value <= self->threshold[node]
                               : value <= self->threshold[node];

        flags = ERRATA_NODE_NAN_IS_ZERO | ERRATA_NODE_ZERO_MISSING;
        return is_left ? flags | ERRATA_NODE_DEFAULT_LEFT : flags;
    }
    if ((decision & 1) != 0)
        return flags;
    if ((decision & 2) != 0)
        flags |= ERRATA_NODE_DEFAULT_LEFT;
    if (decision >> 2 != 2)
        flags |= ERRATA_NODE_NAN_IS_ZERO;
    if (decision >> 2 == 1)
        flags |= ERRATA_NODE_ZERO_MISSING;
    return flags;
}

static gboolean
lgb_add_split(LgbTree *self, gsize node, ErrataTreesBuilder *builder, GError **error)
{
    guint decision = self->decision[node] >= 0.0 && self->decision[node] < 256.0
                         ? (guint)self->decision[node]
                         : 255;
    double feature = self->feature[node];

    if (decision > 15 || decision >> 2 == 3 || (self->stand_in != NULL && decision > 1))
        return lgb_fail(error,
                        "node %" G_GSIZE_FORMAT ": decision_type %g is not known",
                        node,
                        self->decision[node]);
    errata_trees_builder_split(builder,
                               node,
                               lgb_child(self, self->left[node]),
                               lgb_child(self, self->right[node]),
                               feature >= 0.0 && feature < 4e9 ? (gint64)feature : -1,
                               (decision & 1) == 0 ? self->threshold[node] : 0.0,
                               ERRATA_NODE_EQUAL_LEFT | lgb_missing(self, node, decision));
    return (decision & 1) == 0 || lgb_add_set(self, node, builder, error);
}

/* leaf_const, num_features, leaf_features and leaf_coeff of a tree with linear leaves */
static gboolean
lgb_add_linear(const LgbBlock *block,
               const LgbTree *self,
               guint n_features,
               LgbLinear *linear,
               GError **error)
{
    g_autofree double *constant = NULL;
    g_autofree double *count = NULL;
    g_autofree double *feature = NULL;
    g_autofree double *factor = NULL;
    gsize n = 0;

    if (lgb_block_int(block, "is_linear") != 1) {
        for (gsize i = 0; i < self->n_leaves; i++) {
            g_array_append_val(linear->constant, self->value[i]);
            g_array_append_val(linear->fallback, self->value[i]);
            g_array_append_vals(linear->first, &linear->feature->len, 1);
        }
        return TRUE;
    }
    constant = lgb_block_numbers(block, "leaf_const", self->n_leaves, error);
    count = constant != NULL ? lgb_block_integers(block, "num_features", self->n_leaves, error)
                             : NULL;
    for (gsize i = 0; count != NULL && i < self->n_leaves; i++) {
        if (!(count[i] >= 0.0 && count[i] <= n_features))
            return lgb_fail(error,
                            "leaf %" G_GSIZE_FORMAT " is linear in %g of %u features",
                            i,
                            count[i],
                            n_features);
        n += (gsize)count[i];
    }
    feature = count != NULL ? lgb_block_integers(block, "leaf_features", n, error) : NULL;
    factor = feature != NULL ? lgb_block_numbers(block, "leaf_coeff", n, error) : NULL;
    if (factor == NULL)
        return FALSE;
    for (gsize i = 0; i < n; i++) {
        if (!(feature[i] >= 0.0 && feature[i] < n_features) || !isfinite(factor[i]))
            return lgb_fail(error,
                            "a linear leaf reads feature %g with factor %g",
                            feature[i],
                            factor[i]);
        g_array_append_vals(linear->feature, &(guint32){(guint32)feature[i]}, 1);
        g_array_append_val(linear->factor, factor[i]);
    }
    n = linear->feature->len - n;
    for (gsize i = 0; i < self->n_leaves; i++) {
        if (!isfinite(constant[i]))
            return lgb_fail(error, "the constant of leaf %" G_GSIZE_FORMAT " is not finite", i);
        n += (gsize)count[i];
        g_array_append_val(linear->constant, constant[i]);
        g_array_append_val(linear->fallback, self->value[i]);
        g_array_append_vals(linear->first, &(guint32){(guint32)n}, 1);
    }
    return TRUE;
}

gboolean
lgb_read_tree(const LgbBlock *block,
              const LgbHeader *header,
              guint group,
              LgbLinear *linear,
              ErrataTreesBuilder *builder,
              gboolean *all_counted,
              GError **error)
{
    g_auto(LgbTree) tree = {0};
    guint first_leaf = linear != NULL ? linear->constant->len : 0;
    gboolean counted;

    if (!lgb_take_arrays(block, &tree, error) ||
        (linear != NULL && !lgb_add_linear(block, &tree, header->n_features, linear, error)) ||
        !errata_trees_builder_begin(builder, tree.n_splits + tree.n_leaves, group, 1.0, error))
        return FALSE;
    counted = tree.leaf_count != NULL;
    *all_counted = *all_counted && (counted || tree.n_splits == 0);
    for (gsize i = 0; i < tree.n_splits; i++) {
        if (!lgb_add_split(&tree, i, builder, error))
            return FALSE;
        errata_trees_builder_cover(builder, i, counted ? tree.internal_count[i] : 1.0);
    }
    for (gsize i = 0; i < tree.n_leaves; i++) {
        double value = linear != NULL ? (double)(first_leaf + i) : tree.value[i];

        errata_trees_builder_leaf(builder, tree.n_splits + i, &value);
        errata_trees_builder_cover(builder, tree.n_splits + i, counted ? tree.leaf_count[i] : 1.0);
    }
    return errata_trees_builder_end(builder, error);
}
