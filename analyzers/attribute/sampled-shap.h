/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model-cells.h"
#include "quantity.h"

G_BEGIN_DECLS

/**
 * ErrataSampledShap:
 *
 * A model that is only run, and rows that a feature's absence is taken from. Immutable.
 */
typedef struct _ErrataSampledShap ErrataSampledShap;

/**
 * ErrataSampledCheck:
 * @gap: largest |bias + Σ shares − quantity| / max(1, |quantity|)
 * @error: largest standard error of a share, over the range of the quantity; 0 where all are exact
 * @size: the largest standard error of a share itself
 * @n_sampled: rows whose shares are estimates
 * @n_undefined: rows that the model gives nothing for
 */
typedef struct {
    double gap;
    double error;
    double size;
    gsize n_sampled;
    gsize n_undefined;
} ErrataSampledCheck;

ErrataSampledShap *errata_sampled_shap_new(ErrataModel *model,
                                           const ErrataQuantity *quantity,
                                           const ErrataModelRows *background,
                                           guint max_rounds,
                                           guint64 seed,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
void errata_sampled_shap_free(ErrataSampledShap *self);
void errata_sampled_shap_enumerate(ErrataSampledShap *self, gsize most_runs);
gboolean errata_sampled_shap_is_additive(const ErrataSampledShap *self);
const ErrataModelRows *errata_sampled_shap_background(const ErrataSampledShap *self);
double errata_sampled_shap_tolerance(const ErrataSampledShap *self);
gboolean errata_sampled_shap_rows(const ErrataSampledShap *self,
                                  const ErrataModelRows *rows,
                                  guint64 first_row,
                                  const double *truth,
                                  double *ret_phi,
                                  ErrataSampledCheck *check,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataSampledShap, errata_sampled_shap_free)

G_END_DECLS
