/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "drift.h"

G_BEGIN_DECLS

/**
 * ErrataDriftExpect:
 * @one: scores and predictions tell nothing: all rows are in one cell
 * @n_edges: between bins of scores (of predictions, in a regression)
 * @edge: (array length=n_edges): increasing
 * @n_cells: predictions times bins, one bin of them for rows without a score
 * @n: (array length=n_cells): judged rows of the baseline
 * @loss: (array length=n_cells): their mean loss, of the nearest cell where there are none
 * @total: judged rows of the baseline
 */
typedef struct {
    guint n_edges;
    gboolean one;
    double *edge;
    guint n_cells;
    double *n;
    double *loss;
    double total;
} ErrataDriftExpect;

ErrataDriftExpect *errata_drift_expect_new(const ErrataDriftSide *from, const ErrataDriftSide *to);
guint errata_drift_expect_cell(const ErrataDriftExpect *self,
                               const ErrataDriftSide *side,
                               guint32 row);
void errata_drift_expect_free(ErrataDriftExpect *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataDriftExpect, errata_drift_expect_free)

G_END_DECLS
