/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "analyzer.h"
#include "explainer.h"
#include "model-match.h"

G_BEGIN_DECLS

/**
 * ErrataModelPair:
 * @error: a row that the model got wrong
 * @correct: a row that it got right: same label, as sure of it
 */
typedef struct {
    gsize error;
    gsize correct;
} ErrataModelPair;

/**
 * ErrataModelUse:
 * @match: the log's columns as the model's inputs
 * @is_sure: the model made the log, as far as its scores tell
 * @is_own: the scores that are judged are its own answers, the log holds none to compare with
 * @n_features: of the model
 * @loss: (nullable): shares out the loss; %NULL where there is none, and @why_no_loss says why
 * @truth: (array) (nullable): labels as the model counts classes
 * @pair: (array length=n_pairs): errors, each with a correct row that is like it
 * @loss_of_error: (array): n_pairs × (n_features + 1): shares of the loss
 * @loss_of_correct: (array): likewise
 *
 * The model that made a log, at work on it: made once, read by whoever asks it.
 */
typedef struct ErrataModelUse {
    ErrataModelMatch *match;
    gboolean is_sure;
    gboolean is_own;
    guint n_features;
    ErrataExplainer *loss;
    char *why_no_loss;
    double *truth;
    gsize n_pairs;
    ErrataModelPair *pair;
    double *loss_of_error;
    double *loss_of_correct;
    ErrataSampledCheck check;
} ErrataModelUse;

ErrataModelUse *errata_model_use_new(ErrataAnalysis *analysis);
void errata_model_use_free(ErrataModelUse *self);
double errata_model_use_runs(const ErrataModel *model, double most);
gsize errata_model_use_budget(const ErrataModel *model, gsize most, gsize per_row);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataModelUse, errata_model_use_free)

G_END_DECLS
