/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "trees.h"

G_BEGIN_DECLS

/**
 * ErrataTreesBuilder:
 *
 * Checks trees as a file gives them, in whatever order its nodes stand, and lays them out. Between
 * begin and end every node gets a split or a leaf; setters clamp nothing and check at end, so that
 * an error names the tree and the node.
 */
typedef struct _ErrataTreesBuilder ErrataTreesBuilder;

ErrataTreesBuilder *errata_trees_builder_new(guint n_features,
                                             guint n_groups,
                                             guint leaf_width,
                                             gboolean has_cover);
void errata_trees_builder_free(ErrataTreesBuilder *self);

/* a tree of @n_nodes nodes, node 0 its root */
gboolean errata_trees_builder_begin(ErrataTreesBuilder *self,
                                    gsize n_nodes,
                                    guint64 group,
                                    double weight,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
void errata_trees_builder_split(ErrataTreesBuilder *self,
                                gsize node,
                                gint64 left,
                                gint64 right,
                                gint64 feature,
                                double threshold,
                                ErrataNodeFlags flags);
/* makes it a category node: its set are these codes */
void errata_trees_builder_codes(ErrataTreesBuilder *self,
                                gsize node,
                                const guint32 *codes,
                                gsize n_codes);
/* or these bits, 32 codes a word */
void errata_trees_builder_bits(ErrataTreesBuilder *self,
                               gsize node,
                               const guint32 *words,
                               gsize n_words);
/* leaf_width values */
void errata_trees_builder_leaf(ErrataTreesBuilder *self, gsize node, const double *values);
void errata_trees_builder_cover(ErrataTreesBuilder *self, gsize node, double cover);
gboolean errata_trees_builder_end(ErrataTreesBuilder *self,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* the trees; base 0, identity link, no averaging: set what differs. Empties the builder */
ErrataTrees *errata_trees_builder_finish(ErrataTreesBuilder *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataTreesBuilder, errata_trees_builder_free)

G_END_DECLS
