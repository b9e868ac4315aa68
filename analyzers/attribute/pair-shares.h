/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model-rows.h"
#include "sampled-shap.h"

G_BEGIN_DECLS

/**
 * ErrataPairShares:
 *
 * A model of trees and what its features' absence is taken from: shares out the margin of any row
 * among pairs of features. Immutable: rows may be explained from several threads.
 */
typedef struct _ErrataPairShares ErrataPairShares;

ErrataPairShares *errata_pair_shares_new(ErrataModel *model,
                                         const ErrataModelBinding *background,
                                         gsize most_background,
                                         guint64 seed,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
void errata_pair_shares_free(ErrataPairShares *self);
gboolean errata_pair_shares_is_rescaled(const ErrataModel *model);
guint errata_pair_shares_n_features(const ErrataPairShares *self);
guint errata_pair_shares_n_groups(const ErrataPairShares *self);
gsize errata_pair_shares_n_background(const ErrataPairShares *self);
gsize errata_pair_shares_grain(const ErrataPairShares *self);
double errata_pair_shares_tolerance(void);
/* in words: "exact path-dependent interactions of the margin" */
const char *errata_pair_shares_method(const ErrataPairShares *self);
gboolean errata_pair_shares_rows(const ErrataPairShares *self,
                                 const ErrataModelRows *rows,
                                 double *ret_phi,
                                 ErrataSampledCheck *check,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataPairShares, errata_pair_shares_free)

G_END_DECLS
