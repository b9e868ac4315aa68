/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "metrics.h"
#include "recalibrate.h"

G_BEGIN_DECLS

/**
 * ErrataCbpeInput:
 * @n: rows, all with a prediction and probabilities
 * @n_classes: classes, at least 2
 * @positive: binary: index of the positive class, else −1
 * @predicted: (array length=n): class of the prediction
 * @chance: (array length=n_classes): a column of @n per class: calibrated probability of the class;
 *   a row's sum to 1
 * @score: (array length=n_classes): likewise the scores as logged, which rank the rows; for binary
 *   only that of the positive class need be set; without, no areas are estimated
 * @weight: (array length=n) (nullable): row weights, at least 0
 * @learnt: variance that the share expected right has from the labels @chance was learnt from; 0
 *   where it was learnt from none
 */
typedef struct {
    gsize n;
    guint n_classes;
    int positive;
    const gint32 *predicted;
    const double *const *chance;
    const double *const *score;
    const double *weight;
    double learnt;
} ErrataCbpeInput;

void errata_cbpe_estimate(const ErrataCbpeInput *input, GArray *list);
double errata_cbpe_accuracy(const ErrataCbpeInput *input, double *ret_variance);
ErrataRecalibration *errata_cbpe_recalibration(const double *score,
                                               const guint8 *hit,
                                               const double *weight,
                                               gsize n,
                                               guint64 seed);

G_END_DECLS
