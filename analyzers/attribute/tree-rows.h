/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model.h"

G_BEGIN_DECLS

/**
 * ErrataTreeRows:
 * @n_rows: rows
 * @number: (array): per feature of the trees what they read of each row
 * @defined: (nullable) (array length=n_rows): whether the trees have a result for the row; %NULL
 *   when they have one for all
 *
 * Rows as a model's trees read them.
 */
typedef struct {
    gsize n_rows;
    const double *const *number;
    guint8 *defined;
    double **own;
    guint n_own;
} ErrataTreeRows;

ErrataTreeRows *errata_tree_rows_new(const ErrataModel *model,
                                     const ErrataModelRows *rows,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
void errata_tree_rows_drop_undefined(ErrataTreeRows *self);
gsize errata_tree_rows_void(const ErrataTreeRows *self, gsize width, double *phi);
void errata_tree_rows_free(ErrataTreeRows *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataTreeRows, errata_tree_rows_free)

G_END_DECLS
