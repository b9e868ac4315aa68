/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model-cells.h"
#include "quantity.h"

G_BEGIN_DECLS

/**
 * ErrataCounterfactual:
 * @is_known: whether the model decides anything for the row as it is
 * @n_changes: inputs changed; 0 when nothing of the kind was found
 * @input: which
 * @donor: (array): rows of the log whose values they take
 * @distance: Σ of |change| over the median absolute deviation of the input; 1 for another category
 * @value: what the model says then
 * @n_tried: rows made up and run
 *
 * The smallest change of a row, to values that rows of the log really have, that changes what the
 * model decides.
 */
typedef struct {
    gboolean is_known;
    guint n_changes;
    guint input[3];
    gsize donor[3];
    double distance;
    double value;
    guint64 n_tried;
} ErrataCounterfactual;

double *errata_counterfactual_scales(const ErrataModel *model, const ErrataModelRows *log);
double errata_counterfactual_distance(const ErrataModelRows *a,
                                      gsize row,
                                      const ErrataModelRows *b,
                                      gsize b_row,
                                      guint input,
                                      double scale);
gboolean errata_counterfactual_find(ErrataModel *model,
                                    const ErrataQuantity *quantity,
                                    double cut,
                                    const ErrataModelRows *row,
                                    const ErrataModelRows *log,
                                    const guint8 *fixed,
                                    ErrataCounterfactual *ret,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
