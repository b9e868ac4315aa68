/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Oblivious trees as plain ones: all nodes of a level test the same condition. Bit i of a leaf's
 * number tells whether split i is met, so the last split stands at the root and leaves stay in
 * order. */
#include "catboost-private.h"
#include "error.h"

/* rows that meet the condition go right */
void
cb_set_split(const CbReader *self,
             ErrataTreesBuilder *trees,
             gsize node,
             gsize left,
             gsize right,
             const CbSplit *split)
{
    const CbFeature *feature = g_ptr_array_index(self->feature, split->feature);
    ErrataNodeFlags flags = split->is_category ? ERRATA_NODE_DEFAULT_LEFT | ERRATA_NODE_SET_RIGHT
                            : feature->nan_right
                                ? ERRATA_NODE_EQUAL_LEFT
                                : ERRATA_NODE_EQUAL_LEFT | ERRATA_NODE_DEFAULT_LEFT;

    errata_trees_builder_split(trees,
                               node,
                               (gint64)left,
                               (gint64)right,
                               split->feature,
                               split->is_category ? 0.0 : split->border,
                               flags);
    if (split->is_category)
        errata_trees_builder_codes(trees, node, &split->code, 1);
}

/* nodes as in a heap: the children of node n are 2n + 1 and 2n + 2 */
gboolean
cb_add_tree(const CbReader *self,
            ErrataTreesBuilder *trees,
            const CbSplit *split,
            guint depth,
            const double *value,
            const double *weight,
            GError **error)
{
    gsize n_leaves = (gsize)1 << depth;
    gsize n_inner = n_leaves - 1;
    g_autofree double *cover = weight != NULL ? g_new(double, n_inner + n_leaves) : NULL;
    g_autofree double *leaf = g_new(double, self->n_groups);
    gsize node = 0;

    if (!errata_trees_builder_begin(trees, n_inner + n_leaves, 0, 1.0, error))
        return FALSE;
    for (guint level = 0; level < depth; level++)
        for (gsize i = 0; i < (gsize)1 << level; i++, node++)
            cb_set_split(self, trees, node, 2 * node + 1, 2 * node + 2, &split[depth - 1 - level]);
    for (gsize i = 0; i < n_leaves; i++) {
        for (guint g = 0; g < self->n_groups; g++)
            leaf[g] = value[i * self->n_groups + g] * self->scale;
        errata_trees_builder_leaf(trees, n_inner + i, leaf);
    }
    for (gsize i = n_inner + n_leaves; cover != NULL && i-- > 0;) {
        cover[i] = i >= n_inner ? weight[i - n_inner] : cover[2 * i + 1] + cover[2 * i + 2];
        errata_trees_builder_cover(trees, i, cover[i]);
    }
    return errata_trees_builder_end(trees, error);
}
