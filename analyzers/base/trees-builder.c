/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trees as a file gives them → trees as they are walked. A tree is laid out in pre-order from its
 * root, so a node that is reached twice (a cycle, a shared child) is seen, and nodes that nothing
 * leads to (pruned ones) are left out. Nothing is allocated by a count that the caller has not
 * checked against the bytes it has. */
#include "trees-builder.h"

#include <math.h>
#include <string.h>

#include "error.h"
#include "limit.h"

/* a node before the layout */
typedef struct {
    gint64 left;
    gint64 right;
    gint64 feature; /* of a leaf: place of its first value in leaf_value */
    double threshold;
    double cover;
    guint32 set;
    guint8 flags;
    gboolean given;
    gboolean reached;
} BuilderNode;

/* a node on the way: where it will be told that its right child stands */
typedef struct {
    gint64 node;
    guint32 parent; /* place of the parent whose right child this is; G_MAXUINT32 for none */
    guint depth;
} BuilderStep;

struct _ErrataTreesBuilder {
    ErrataTrees *trees;
    gboolean has_cover;
    gboolean has_sets;
    gboolean too_wide; /* sets that are not kept: they would take too much */
    GArray *node;      /* of BuilderNode: the tree being built */
    GArray *value;     /* of double: its leaves' values */
    GArray *step;      /* of BuilderStep */
    GArray *first, *right, *feature, *threshold, *flags, *set, *set_words, *cover, *leaf_value;
    GArray *group, *weight;
};

ErrataTreesBuilder *
errata_trees_builder_new(guint n_features, guint n_groups, guint leaf_width, gboolean has_cover)
{
    ErrataTreesBuilder *self = g_new0(ErrataTreesBuilder, 1);

    g_return_val_if_fail(n_groups > 0 && (leaf_width == 1 || leaf_width == n_groups), NULL);
    self->trees = g_new0(ErrataTrees, 1);
    self->trees->n_features = n_features;
    self->trees->n_owners = n_features;
    self->trees->n_groups = n_groups;
    self->trees->leaf_width = leaf_width;
    self->has_cover = has_cover;
    self->node = g_array_new(FALSE, TRUE, sizeof(BuilderNode));
    self->value = g_array_new(FALSE, FALSE, sizeof(double));
    self->step = g_array_new(FALSE, FALSE, sizeof(BuilderStep));
    self->first = g_array_new(FALSE, FALSE, sizeof(guint32));
    self->right = g_array_new(FALSE, FALSE, sizeof(guint32));
    self->feature = g_array_new(FALSE, FALSE, sizeof(guint32));
    self->threshold = g_array_new(FALSE, FALSE, sizeof(double));
    self->flags = g_array_new(FALSE, FALSE, sizeof(guint8));
    self->set = g_array_new(FALSE, FALSE, sizeof(guint32));
    self->set_words = g_array_new(FALSE, FALSE, sizeof(guint32));
    self->cover = g_array_new(FALSE, FALSE, sizeof(double));
    self->leaf_value = g_array_new(FALSE, FALSE, sizeof(double));
    self->group = g_array_new(FALSE, FALSE, sizeof(guint32));
    self->weight = g_array_new(FALSE, FALSE, sizeof(double));
    return self;
}

void
errata_trees_builder_free(ErrataTreesBuilder *self)
{
    if (self == NULL)
        return;
    errata_trees_free(self->trees);
    g_array_unref(self->node);
    g_array_unref(self->value);
    g_array_unref(self->step);
    g_array_unref(self->first);
    g_array_unref(self->right);
    g_array_unref(self->feature);
    g_array_unref(self->threshold);
    g_array_unref(self->flags);
    g_array_unref(self->set);
    g_array_unref(self->set_words);
    g_array_unref(self->cover);
    g_array_unref(self->leaf_value);
    g_array_unref(self->group);
    g_array_unref(self->weight);
    g_free(self);
}

/**
 * errata_trees_builder_begin:
 * @self: a builder
 * @n_nodes: nodes of the tree; the caller has seen as many in the file
 * @group: margin that its scalar leaves add to; ignored for vector leaves
 * @weight: factor of its leaves
 * @error: return location for a #GError
 *
 * Errors: %ERRATA_ERROR_INVALID_DATA for a tree without nodes, a group out of range or a weight
 * that is not finite; %ERRATA_ERROR_LIMIT for too many nodes or trees.
 *
 * Returns: whether a tree was begun
 */
gboolean
errata_trees_builder_begin(ErrataTreesBuilder *self,
                           gsize n_nodes,
                           guint64 group,
                           double weight,
                           GError **error)
{
    guint tree = self->first->len;

    if (tree >= ERRATA_LIMIT_TREES || n_nodes > ERRATA_LIMIT_TREE_NODES - self->right->len) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_LIMIT,
                    "tree %u: more than %u trees or %u nodes in all",
                    tree,
                    ERRATA_LIMIT_TREES,
                    ERRATA_LIMIT_TREE_NODES);
        return FALSE;
    }
    if (n_nodes == 0 || !isfinite(weight) ||
        (self->trees->leaf_width == 1 && group >= self->trees->n_groups)) {
        g_set_error(
            error,
            ERRATA_ERROR,
            ERRATA_ERROR_INVALID_DATA,
            "tree %u: expected nodes, a finite weight and a group below %u, found %" G_GSIZE_FORMAT
            " nodes, weight %g, group %" G_GUINT64_FORMAT,
            tree,
            self->trees->n_groups,
            n_nodes,
            weight,
            group);
        return FALSE;
    }
    g_array_set_size(self->node, 0);
    g_array_set_size(self->node, (guint)n_nodes);
    g_array_set_size(self->value, 0);
    group = self->trees->leaf_width == 1 ? group : 0;
    g_array_append_val(self->weight, weight);
    g_array_append_vals(self->group, &(guint32){(guint32)group}, 1);
    return TRUE;
}

static BuilderNode *
builder_node(ErrataTreesBuilder *self, gsize node)
{
    g_assert(node < self->node->len);
    return &g_array_index(self->node, BuilderNode, node);
}

void
errata_trees_builder_split(ErrataTreesBuilder *self,
                           gsize node,
                           gint64 left,
                           gint64 right,
                           gint64 feature,
                           double threshold,
                           ErrataNodeFlags flags)
{
    BuilderNode *to = builder_node(self, node);

    to->left = left;
    to->right = right;
    to->feature = feature;
    to->threshold = threshold;
    to->flags = (guint8)(flags & ~(guint)ERRATA_NODE_LEAF);
    to->given = TRUE;
}

void
errata_trees_builder_bits(ErrataTreesBuilder *self, gsize node, const guint32 *words, gsize n_words)
{
    BuilderNode *to = builder_node(self, node);

    to->flags |= ERRATA_NODE_CATEGORY;
    to->threshold = 0.0;
    if (n_words >= ERRATA_LIMIT_TREE_WORDS - self->set_words->len) {
        self->too_wide = TRUE;
        return;
    }
    to->set = self->set_words->len;
    g_array_append_vals(self->set_words, &(guint32){(guint32)n_words}, 1);
    g_array_append_vals(self->set_words, words, (guint)n_words);
    self->has_sets = TRUE;
}

void
errata_trees_builder_codes(ErrataTreesBuilder *self,
                           gsize node,
                           const guint32 *codes,
                           gsize n_codes)
{
    guint32 most = 0;
    g_autofree guint32 *words = NULL;

    for (gsize i = 0; i < n_codes; i++)
        most = MAX(most, codes[i] / 32 + 1);
    words = g_new0(guint32, MAX(most, 1));
    for (gsize i = 0; i < n_codes; i++)
        words[codes[i] / 32] |= 1U << (codes[i] % 32);
    errata_trees_builder_bits(self, node, words, most);
}

void
errata_trees_builder_leaf(ErrataTreesBuilder *self, gsize node, const double *values)
{
    BuilderNode *to = builder_node(self, node);

    to->flags = ERRATA_NODE_LEAF;
    to->feature = self->value->len;
    to->given = TRUE;
    g_array_append_vals(self->value, values, self->trees->leaf_width);
}

void
errata_trees_builder_cover(ErrataTreesBuilder *self, gsize node, double cover)
{
    builder_node(self, node)->cover = cover;
}

static gboolean
builder_fail(const ErrataTreesBuilder *self, gint64 node, const char *what, GError **error)
{
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_INVALID_DATA,
                "tree %u, node %" G_GINT64_FORMAT ": %s",
                self->first->len,
                node,
                what);
    return FALSE;
}

static gboolean
builder_check(const ErrataTreesBuilder *self, gint64 index, const BuilderNode *node, GError **error)
{
    if (node->reached)
        return builder_fail(self, index, "is reached twice: the tree has a cycle", error);
    if (!node->given)
        return builder_fail(self, index, "is neither a split nor a leaf", error);
    if (self->has_cover && !(node->cover >= 0.0 && isfinite(node->cover)))
        return builder_fail(self, index, "its cover is negative or not a number", error);
    if ((node->flags & ERRATA_NODE_LEAF) != 0) {
        for (guint i = 0; i < self->trees->leaf_width; i++)
            if (!isfinite(g_array_index(self->value, double, (gsize)node->feature + i)))
                return builder_fail(self, index, "its leaf value is not a finite number", error);
        return TRUE;
    }
    if (node->feature < 0 || node->feature >= self->trees->n_features)
        return builder_fail(self, index, "splits on a feature that the model does not have", error);
    if (isnan(node->threshold))
        return builder_fail(self, index, "its threshold is not a number", error);
    if (node->left < 0 || node->left >= self->node->len || node->right < 0 ||
        node->right >= self->node->len)
        return builder_fail(self, index, "has a child that is out of range", error);
    return TRUE;
}

static void
builder_lay_out(ErrataTreesBuilder *self, const BuilderNode *node)
{
    guint32 feature = (guint32)node->feature;
    guint32 none = 0;

    if ((node->flags & ERRATA_NODE_LEAF) != 0) {
        feature = self->leaf_value->len / self->trees->leaf_width;
        g_array_append_vals(self->leaf_value,
                            &g_array_index(self->value, double, (gsize)node->feature),
                            self->trees->leaf_width);
    }
    g_array_append_val(self->right, none);
    g_array_append_val(self->feature, feature);
    g_array_append_vals(self->threshold, &node->threshold, 1);
    g_array_append_vals(self->flags, &node->flags, 1);
    g_array_append_vals(self->set, &node->set, 1);
    if (self->has_cover)
        g_array_append_vals(self->cover, &node->cover, 1);
}

/**
 * errata_trees_builder_end:
 * @self: a builder with a tree begun
 * @error: return location for a #GError
 *
 * Checks the tree and takes it in.
 *
 * Errors: %ERRATA_ERROR_INVALID_DATA naming tree and node: a child out of range or reached twice, a
 * feature out of range, a threshold, cover or leaf that is no number; %ERRATA_ERROR_LIMIT when it
 * is too deep, or its sets of categories span too many.
 *
 * Returns: whether it is sound
 */
gboolean
errata_trees_builder_end(ErrataTreesBuilder *self, GError **error)
{
    BuilderStep root = {0, G_MAXUINT32, 0};
    guint32 first = self->right->len;

    if (self->too_wide) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_LIMIT,
                    "tree %u: the categories of all splits span more than %u in all",
                    self->first->len,
                    32 * (ERRATA_LIMIT_TREE_WORDS - 1));
        return FALSE;
    }
    g_array_set_size(self->step, 0);
    g_array_append_val(self->step, root);
    while (self->step->len > 0) {
        BuilderStep at = g_array_index(self->step, BuilderStep, self->step->len - 1);
        BuilderNode *node = builder_node(self, (gsize)at.node);
        guint32 place = self->right->len;

        g_array_set_size(self->step, self->step->len - 1);
        if (!builder_check(self, at.node, node, error))
            return FALSE;
        node->reached = TRUE;
        if (at.parent != G_MAXUINT32)
            g_array_index(self->right, guint32, at.parent) = place;
        builder_lay_out(self, node);
        self->trees->depth = MAX(self->trees->depth, at.depth);
        if ((node->flags & ERRATA_NODE_LEAF) != 0)
            continue;
        if (at.depth >= ERRATA_LIMIT_TREE_DEPTH) {
            g_set_error(error,
                        ERRATA_ERROR,
                        ERRATA_ERROR_LIMIT,
                        "tree %u is deeper than %u splits",
                        self->first->len,
                        ERRATA_LIMIT_TREE_DEPTH);
            return FALSE;
        }
        g_array_append_vals(self->step, &(BuilderStep){node->right, place, at.depth + 1}, 1);
        g_array_append_vals(self->step, &(BuilderStep){node->left, G_MAXUINT32, at.depth + 1}, 1);
    }
    g_array_append_val(self->first, first);
    return TRUE;
}

static gpointer
builder_steal(GArray *array)
{
    return array->len > 0 ? g_array_steal(array, NULL) : NULL;
}

/**
 * errata_trees_builder_finish:
 * @self: a builder without a tree begun
 *
 * Returns: (transfer full): the trees, none at all included; base 0, no link, no averaging
 */
ErrataTrees *
errata_trees_builder_finish(ErrataTreesBuilder *self)
{
    ErrataTrees *trees = g_steal_pointer(&self->trees);
    guint32 n_nodes = self->right->len;

    trees->n_trees = self->first->len;
    trees->n_nodes = n_nodes;
    g_array_append_val(self->first, n_nodes);
    trees->first = builder_steal(self->first);
    trees->right = builder_steal(self->right);
    trees->feature = builder_steal(self->feature);
    trees->threshold = builder_steal(self->threshold);
    trees->flags = builder_steal(self->flags);
    if (self->has_sets) {
        trees->set = builder_steal(self->set);
        trees->set_words = builder_steal(self->set_words);
    }
    if (self->has_cover)
        trees->cover = builder_steal(self->cover);
    trees->leaf_value = builder_steal(self->leaf_value);
    trees->group = builder_steal(self->group);
    trees->weight = builder_steal(self->weight);
    trees->base = g_new0(double, trees->n_groups);
    trees->link_scale = 1.0;
    trees->zero = (double)1e-35f; /* LightGBM's kZeroThreshold */
    return trees;
}
