/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model-cells.h"
#include "quantity.h"

G_BEGIN_DECLS

/**
 * ErrataEvaluator:
 * @cells: rows to be run, to be filled from the front
 * @capacity: rows there is room for
 * @raw: (array): capacity × n_raw raw numbers of the last run
 *
 * Runs a model on rows made up on the way; for one thread.
 */
typedef struct {
    ErrataModel *model;
    const ErrataQuantity *quantity;
    ErrataModelCells *cells;
    gsize capacity;
    double *raw;
    double **number; /* per output */
    const char ***text;
} ErrataEvaluator;

ErrataEvaluator *errata_evaluator_new(ErrataModel *model,
                                      const ErrataQuantity *quantity,
                                      gsize capacity);
void errata_evaluator_free(ErrataEvaluator *self);
gboolean errata_evaluator_run(ErrataEvaluator *self,
                              gsize n_rows,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataEvaluator, errata_evaluator_free)

G_END_DECLS
