/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pmml-facts.h"

G_BEGIN_DECLS

/**
 * PmmlTrees:
 * @trees: (transfer full): the sum; the taker sets it to %NULL
 * @facts: how rows become what the trees read
 * @single: of two classes with one margin, the label that the margin is of; else G_MAXUINT
 *
 * A document that is a sum of trees.
 */
typedef struct {
    ErrataTrees *trees;
    PmmlFacts *facts;
    guint single;
} PmmlTrees;

PmmlTrees *pmml_trees_new(const PmmlProgram *program, GError **error);
void pmml_trees_free(PmmlTrees *self);
gboolean pmml_trees_cells(const PmmlTrees *self, PmmlRow *row, double *ret_cell);
gboolean pmml_trees_agree(const PmmlTrees *self, const PmmlProgram *program, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PmmlTrees, pmml_trees_free)

G_END_DECLS
