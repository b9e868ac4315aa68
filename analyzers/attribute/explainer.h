/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model-cells.h"
#include "quantity.h"
#include "sampled-shap.h"

G_BEGIN_DECLS

/**
 * ErrataExplainer:
 *
 * A model and what its features' absence is taken from: shares out a quantity of any row by the
 * best method there is for the model. Immutable: rows may be explained from several threads.
 */
typedef struct _ErrataExplainer ErrataExplainer;

/**
 * ErrataExplainerEffort:
 * @most_background: background rows used at most
 * @max_rounds: rounds through them at most, where shares are estimated
 * @most_of_sum: background rows used at most where the quantity is a sum over features, which takes
 *   no more time for each row explained; 0 for no more than of others
 * @most_runs: of a game: runs of the model that a row may take so that its shares are exact
 */
typedef struct {
    gsize most_background;
    guint max_rounds;
    gsize most_of_sum;
    gsize most_runs;
} ErrataExplainerEffort;

ErrataExplainer *errata_explainer_new(ErrataModel *model,
                                      ErrataQuantityKind kind,
                                      const ErrataModelBinding *background,
                                      const ErrataExplainerEffort *effort,
                                      guint64 seed,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
ErrataExplainer *errata_explainer_new_game(ErrataModel *model,
                                           ErrataQuantityKind kind,
                                           const ErrataModelBinding *background,
                                           const ErrataExplainerEffort *effort,
                                           guint64 seed,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
void errata_explainer_free(ErrataExplainer *self);
gboolean errata_explainer_needs_background(const ErrataModel *model, ErrataQuantityKind kind);
guint errata_explainer_n_features(const ErrataExplainer *self);
guint errata_explainer_n_groups(const ErrataExplainer *self);
guint errata_explainer_n_classes(const ErrataExplainer *self);
gsize errata_explainer_n_background(const ErrataExplainer *self);
/* (nullable): those rows, where the model is run mixed with them */
const ErrataModelRows *errata_explainer_background(const ErrataExplainer *self);
gboolean errata_explainer_is_sampled(const ErrataExplainer *self);
/* a row takes one run of the model per input, or one in all: nothing is drawn */
gboolean errata_explainer_is_direct(const ErrataExplainer *self);
double errata_explainer_tolerance(const ErrataExplainer *self);
gsize errata_explainer_grain(const ErrataExplainer *self);
const char *errata_explainer_nick(const ErrataExplainer *self);
/* in words: "exact path-dependent Shapley values of the margin" */
const char *errata_explainer_method(const ErrataExplainer *self);
gboolean errata_explainer_rows(const ErrataExplainer *self,
                               const ErrataModelRows *rows,
                               guint64 first_row,
                               const double *truth,
                               double *ret_phi,
                               ErrataSampledCheck *check,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean errata_explainer_binding_rows(const ErrataExplainer *self,
                                       const ErrataModelBinding *binding,
                                       const gsize *row,
                                       gsize n_rows,
                                       const double *truth,
                                       double *ret_phi,
                                       ErrataSampledCheck *ret_check,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataExplainer, errata_explainer_free)

G_END_DECLS
