/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model-rows.h"

G_BEGIN_DECLS

/**
 * ErrataModelCells:
 * @rows: the cells; numbers and texts per input, as a model takes them
 * @number: (array): the same, to be written to
 * @text: (array): likewise
 *
 * Rows of a log as a model's inputs, copied out: a background, or rows to be explained.
 */
typedef struct {
    ErrataModelRows rows;
    double **number;
    const char ***text;
    guint n_inputs;
    GStringChunk *strings;
} ErrataModelCells;

ErrataModelCells *errata_model_cells_empty(const ErrataModel *model, gsize n_rows);
ErrataModelCells *errata_model_cells_new(const ErrataModelBinding *binding,
                                         const gsize *row,
                                         gsize n_rows);
void errata_model_cells_free(ErrataModelCells *self);
void errata_model_cells_copy(ErrataModelCells *self,
                             gsize row,
                             const ErrataModelRows *from,
                             gsize from_row);
void errata_model_cells_copy_input(ErrataModelCells *self,
                                   gsize row,
                                   const ErrataModelRows *from,
                                   gsize from_row,
                                   guint input);
gboolean errata_model_cells_same(const ErrataModelRows *a,
                                 gsize row,
                                 const ErrataModelRows *b,
                                 gsize b_row,
                                 guint input);
gsize *errata_model_cells_sample(gsize n_rows, gsize most, guint64 seed, gsize *ret_n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataModelCells, errata_model_cells_free)

G_END_DECLS
