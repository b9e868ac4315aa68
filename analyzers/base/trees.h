/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <math.h>

G_BEGIN_DECLS

/* The test of an inner node, as flags. */
typedef enum {
    ERRATA_NODE_LEAF = 1 << 0,
    ERRATA_NODE_CATEGORY = 1 << 1,     /* the value's code in a set, not against a threshold */
    ERRATA_NODE_SET_RIGHT = 1 << 2,    /* members of the set go right, all others left */
    ERRATA_NODE_EQUAL_LEFT = 1 << 3,   /* `<=` goes left; without it `<` */
    ERRATA_NODE_DEFAULT_LEFT = 1 << 4, /* where a missing value goes */
    ERRATA_NODE_NAN_IS_ZERO = 1 << 5,  /* NaN is no missing value but 0 */
    ERRATA_NODE_ZERO_MISSING = 1 << 6, /* |value| <= zero is a missing value, as NaN is */
    ERRATA_NODE_EXACT = 1 << 7,        /* the threshold itself goes left, all else right */
} ErrataNodeFlags;

/**
 * ErrataLink:
 * @ERRATA_LINK_IDENTITY: the margin is the prediction
 * @ERRATA_LINK_LOGISTIC: 1 / (1 + exp(−scale × margin)), group by group
 * @ERRATA_LINK_SOFTMAX: over the groups
 * @ERRATA_LINK_EXP: exp(margin)
 * @ERRATA_LINK_ISOLATION: −2^(−scale × margin) − shift, of a forest that isolates rows
 * @ERRATA_LINK_OTHER: something else, known to the model's own code only
 *
 * From the margin to the prediction.
 */
typedef enum {
    ERRATA_LINK_IDENTITY,
    ERRATA_LINK_LOGISTIC,
    ERRATA_LINK_SOFTMAX,
    ERRATA_LINK_EXP,
    ERRATA_LINK_ISOLATION,
    ERRATA_LINK_OTHER,
} ErrataLink;

/**
 * ErrataTrees:
 * @n_trees: trees, in the order of summing
 * @n_features: features of a row
 * @owner: (array length=n_features) (nullable): the model's input that each feature is computed
 *   from, and that gets its shares; %NULL: feature f is the model's input f
 * @n_owners: inputs of the model that features come from; @n_features where @owner is %NULL
 * @n_groups: margins of a row (1, or one per class or target)
 * @leaf_width: values of a leaf: 1 (it goes to the tree's group) or @n_groups
 * @n_nodes: nodes of all trees
 * @first: (array length=n_trees+1): first node of each tree, its root; nodes of a tree stand in
 *   pre-order, so the left child of node n is n + 1
 * @right: (array length=n_nodes): right child; 0 for a leaf
 * @feature: (array length=n_nodes): for a leaf, its place in @leaf_value divided by @leaf_width
 * @threshold: (array length=n_nodes): never NaN; 0 for leaves and category nodes
 * @flags: (array length=n_nodes): #ErrataNodeFlags
 * @set: (array length=n_nodes) (nullable): of category nodes: first word of the set in @set_words;
 *   the word there is the number of words that follow, each of 32 codes
 * @set_words: (nullable): sets of category codes as bits
 * @cover: (array length=n_nodes) (nullable): training weight that reached the node, >= 0
 * @leaf_value: leaf_width values per leaf, finite
 * @group: (array length=n_trees): the group that a scalar leaf adds to
 * @weight: (array length=n_trees): factor of the tree's leaves (DART), 1 mostly
 * @base: (array length=n_groups): margin of a row before any tree
 * @depth: edges of the longest path from a root
 * @average: margins are divided by the number of trees of their group before @base is added
 * @cast_float: values are rounded to single precision before they are compared
 * @sum_float: the library sums margins in single precision, tree by tree, after @base
 * @link: from margin to prediction
 * @link_scale: factor of the margin within the link
 * @link_shift: what ISOLATION takes off
 * @zero: what ERRATA_NODE_ZERO_MISSING takes for 0 is no farther from it
 *
 * Additive trees of any library, as data. margin[g] = base[g] + Σ weight × leaf over the group's
 * trees.
 */
typedef struct {
    guint n_trees;
    guint n_features;
    guint32 *owner;
    guint n_owners;
    guint n_groups;
    guint leaf_width;
    guint n_nodes;
    guint32 *first;
    guint32 *right;
    guint32 *feature;
    double *threshold;
    guint8 *flags;
    guint32 *set;
    guint32 *set_words;
    double *cover;
    double *leaf_value;
    guint32 *group;
    double *weight;
    double *base;
    guint depth;
    gboolean average;
    gboolean cast_float;
    gboolean sum_float;
    ErrataLink link;
    double link_scale;
    double link_shift;
    double zero;
} ErrataTrees;

void errata_trees_free(ErrataTrees *self);
guint32 errata_trees_leaf(const ErrataTrees *self, guint tree, const double *row);
void errata_trees_margin(const ErrataTrees *self, const double *row, double *ret_margin);
void errata_trees_margins(const ErrataTrees *self,
                          const double *row,
                          gsize pitch,
                          gsize n_rows,
                          double *ret_margin);
void errata_trees_exact_margin(const ErrataTrees *self, const double *row, double *ret_margin);
void errata_trees_exact_margins(const ErrataTrees *self,
                                const double *row,
                                gsize pitch,
                                gsize n_rows,
                                double *ret_margin);
void errata_trees_apply_link(const ErrataTrees *self, double *margin);
void errata_trees_set_owners(ErrataTrees *self, const guint *owner, guint n_owners);
double errata_trees_scale(const ErrataTrees *self, guint tree);

/* the input that gets the shares of a feature */
static inline guint
errata_trees_owner(const ErrataTrees *self, guint feature)
{
    return self->owner != NULL ? self->owner[feature] : feature;
}

/* whether node @node sends @value left; @value already rounded where the trees say so */
static inline gboolean
errata_trees_goes_left(const ErrataTrees *self, guint32 node, double value)
{
    guint flags = self->flags[node];

    if (isnan(value)) {
        if ((flags & ERRATA_NODE_NAN_IS_ZERO) == 0)
            return (flags & ERRATA_NODE_DEFAULT_LEFT) != 0;
        value = 0.0;
    }
    if ((flags & ERRATA_NODE_ZERO_MISSING) != 0 && fabs(value) <= self->zero)
        return (flags & ERRATA_NODE_DEFAULT_LEFT) != 0;
    if ((flags & ERRATA_NODE_CATEGORY) != 0) {
        const guint32 *set = self->set_words + self->set[node];
        gboolean in = value >= 0.0 && value < 32.0 * set[0] &&
                      (set[1 + ((guint32)value >> 5)] >> ((guint32)value & 31) & 1) != 0;

        return in != ((flags & ERRATA_NODE_SET_RIGHT) != 0);
    }
    if ((flags & ERRATA_NODE_EXACT) != 0)
        return value >= self->threshold[node] && value <= self->threshold[node];
    return (flags & ERRATA_NODE_EQUAL_LEFT) != 0 ? value <= self->threshold[node]
                                                 : value < self->threshold[node];
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataTrees, errata_trees_free)

G_END_DECLS
