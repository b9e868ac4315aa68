/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Additive trees: walking a row down, adding up the leaves as the library that made them does. */
#include "trees.h"

#include <math.h>

#include "error.h"

void
errata_trees_free(ErrataTrees *self)
{
    if (self == NULL)
        return;
    g_free(self->owner);
    g_free(self->first);
    g_free(self->right);
    g_free(self->feature);
    g_free(self->threshold);
    g_free(self->flags);
    g_free(self->set);
    g_free(self->set_words);
    g_free(self->cover);
    g_free(self->leaf_value);
    g_free(self->group);
    g_free(self->weight);
    g_free(self->base);
    g_free(self);
}

/**
 * errata_trees_set_owners:
 * @self: trees that read columns computed from a model's inputs
 * @owner: (array length=n_features): per column the input that it is computed from
 * @n_owners: inputs of the model; all of @owner are below it
 *
 * Tells whose the columns are. Columns of one input are one player of every game: they are there,
 * or absent, together, so that what is shared out is the input's.
 */
void
errata_trees_set_owners(ErrataTrees *self, const guint *owner, guint n_owners)
{
    g_free(self->owner);
    self->owner = g_new(guint32, MAX(self->n_features, 1));
    for (guint f = 0; f < self->n_features; f++) {
        g_return_if_fail(owner[f] < n_owners);
        self->owner[f] = owner[f];
    }
    self->n_owners = n_owners;
}

/**
 * errata_trees_leaf:
 * @self: trees
 * @tree: index of a tree
 * @row: (array length=n_features): the values of a row; NaN where missing
 *
 * Returns: the node of the leaf that @row falls into
 */
guint32
errata_trees_leaf(const ErrataTrees *self, guint tree, const double *row)
{
    guint32 node = self->first[tree];

    while ((self->flags[node] & ERRATA_NODE_LEAF) == 0) {
        double value = row[self->feature[node]];

        if (self->cast_float)
            value = (double)(float)value;
        node = errata_trees_goes_left(self, node, value) ? node + 1 : self->right[node];
    }
    return node;
}

static void
trees_sum_float(const ErrataTrees *self, const double *row, double *margin)
{
    for (guint tree = 0; tree < self->n_trees; tree++) {
        guint32 leaf = errata_trees_leaf(self, tree, row);
        const double *value = self->leaf_value + (gsize)self->feature[leaf] * self->leaf_width;
        float weight = (float)self->weight[tree];
        guint group = self->leaf_width == 1 ? self->group[tree] : 0;

        for (guint i = 0; i < self->leaf_width; i++)
            margin[group + i] = (double)((float)margin[group + i] + weight * (float)value[i]);
    }
}

static void
trees_sum_double(const ErrataTrees *self, const double *row, double *margin)
{
    for (guint tree = 0; tree < self->n_trees; tree++) {
        guint32 leaf = errata_trees_leaf(self, tree, row);
        const double *value = self->leaf_value + (gsize)self->feature[leaf] * self->leaf_width;
        guint group = self->leaf_width == 1 ? self->group[tree] : 0;

        for (guint i = 0; i < self->leaf_width; i++)
            margin[group + i] += self->weight[tree] * value[i];
    }
}

static guint
trees_of_group(const ErrataTrees *self, guint group)
{
    guint n = 0;

    if (self->leaf_width > 1)
        return self->n_trees;
    for (guint tree = 0; tree < self->n_trees; tree++)
        n += self->group[tree] == group ? 1 : 0;
    return n;
}

/**
 * errata_trees_margin:
 * @self: trees
 * @row: (array length=n_features): the values of a row: numbers, codes of categories, NaN where
 *   missing
 * @ret_margin: (array length=n_groups) (out caller-allocates): the margins
 *
 * Adds up what the trees say of a row, in the library's order and width: single precision from
 * @base on (XGBoost), or double precision from 0 on with @base added at the end. O(trees × depth).
 */
void
errata_trees_margin(const ErrataTrees *self, const double *row, double *ret_margin)
{
    if (!self->sum_float) {
        errata_trees_exact_margin(self, row, ret_margin);
        return;
    }
    for (guint g = 0; g < self->n_groups; g++)
        ret_margin[g] = (double)(float)self->base[g];
    trees_sum_float(self, row, ret_margin);
}

/**
 * errata_trees_exact_margin:
 * @self: trees
 * @row: (array length=n_features): the values of a row
 * @ret_margin: (array length=n_groups) (out caller-allocates): the margins
 *
 * The same sums in double precision, whatever the library's: what attribution adds up to.
 */
void
errata_trees_exact_margin(const ErrataTrees *self, const double *row, double *ret_margin)
{
    for (guint g = 0; g < self->n_groups; g++)
        ret_margin[g] = self->average ? 0.0 : self->base[g];
    trees_sum_double(self, row, ret_margin);
    for (guint g = 0; self->average && g < self->n_groups; g++) {
        guint n = trees_of_group(self, g);

        ret_margin[g] = self->base[g] + (n > 0 ? ret_margin[g] / n : 0.0);
    }
}

/**
 * errata_trees_scale:
 * @self: trees
 * @tree: index of a tree
 *
 * Returns: by what a leaf value of @tree counts in the margin: its weight, over the number of trees
 *   where these are averaged
 */
double
errata_trees_scale(const ErrataTrees *self, guint tree)
{
    return self->average ? self->weight[tree] / trees_of_group(self, self->group[tree])
                         : self->weight[tree];
}

static void
trees_softmax(double *value, guint n)
{
    double most = value[0];
    double sum = 0.0;

    for (guint i = 1; i < n; i++)
        most = fmax(most, value[i]);
    for (guint i = 0; i < n; i++) {
        value[i] = exp(value[i] - most);
        sum += value[i];
    }
    for (guint i = 0; i < n; i++)
        value[i] /= sum;
}

/**
 * errata_trees_apply_link:
 * @self: trees
 * @margin: (array length=n_groups) (inout): margins, replaced by predictions, in double precision
 *
 * Leaves margins as they are for %ERRATA_LINK_IDENTITY, %ERRATA_LINK_ISOLATION and
 * %ERRATA_LINK_OTHER.
 */
void
errata_trees_apply_link(const ErrataTrees *self, double *margin)
{
    switch (self->link) {
    case ERRATA_LINK_IDENTITY:
    case ERRATA_LINK_ISOLATION:
    case ERRATA_LINK_OTHER:
        return;
    case ERRATA_LINK_SOFTMAX:
        trees_softmax(margin, self->n_groups);
        return;
    case ERRATA_LINK_LOGISTIC:
        for (guint g = 0; g < self->n_groups; g++)
            margin[g] = 1.0 / (1.0 + exp(-self->link_scale * margin[g]));
        return;
    case ERRATA_LINK_EXP:
        for (guint g = 0; g < self->n_groups; g++)
            margin[g] = exp(margin[g]);
        return;
    }
}
