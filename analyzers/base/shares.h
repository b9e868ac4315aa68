/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "figure.h"

G_BEGIN_DECLS

/**
 * ErrataShares:
 * @source: `model`, `surrogate` or `log`
 * @method: how shares were worked out, in words
 * @instead: (nullable): why a surrogate was asked and not the model, where one was given
 * @fidelity: how well a surrogate follows the model; NaN for the model itself
 * @n_rows: rows shared out
 * @gap: largest distance between a row's shares and its margin, relative
 * @error: largest standard error of a share over the margin's range; 0 where they are exact
 * @n_compared: rows whose logged scores were compared with the model's
 * @agreement: share of them in which both are the same; NaN where the log has none
 * @n: features
 * @feature: (array length=n): names, by falling @mean_abs
 * @mean_abs: (array length=n): mean |share| over those rows, outputs summed
 * @mean_abs_errors: (array length=n): over those of them that are errors; NaN without any
 * @mean_abs_correct: (array length=n): over those that are judged and right; NaN without any
 * @mean_abs_lo: (array length=n): lower ends of the 95 % intervals of those means, each its
 *   own
 * @mean_abs_hi: (array length=n): upper ends
 * @mean_abs_errors_lo: (array length=n): as @mean_abs_lo
 * @mean_abs_errors_hi: (array length=n): as @mean_abs_hi
 * @mean_abs_correct_lo: (array length=n): as @mean_abs_lo
 * @mean_abs_correct_hi: (array length=n): as @mean_abs_hi
 * @loss_name: (nullable): the loss that @push and @rise are about, in words
 * @loss_method: (nullable): how it was shared out
 * @loss_gap: largest distance between a row's shares of the loss and its loss, relative; NaN
 *   without
 * @loss_error: largest standard error of a share of the loss over its range; NaN without
 * @n_pairs: errors, each beside a correct row with the same label that the model was as sure of
 * @push: (array length=n): mean difference of the share of the loss over those pairs, or NaN
 * @push_lo: (array length=n): lower ends of their intervals
 * @push_hi: (array length=n): upper ends
 * @push_q: (array length=n): of a paired test, Benjamini–Hochberg
 * @n_permuted: rows whose values were exchanged
 * @loss: mean loss of those, as they are
 * @rise: (array length=n): by how much their mean loss rises when the feature's values are
 *   exchanged among them, or NaN
 * @rise_lo: (array length=n): lower ends of their intervals
 * @rise_hi: (array length=n): upper ends
 * @rise_q: (array length=n): as @push_q
 * @hold: (array length=n): by how much their mean loss rises when the feature is held at its middle
 *   or commonest value in all of them, or NaN
 * @hold_lo: (array length=n): lower ends of their intervals
 * @hold_hi: (array length=n): upper ends
 * @hold_q: (array length=n): as @push_q
 * @figures: (element-type ErrataFigure): of the chapter, in order
 * @evidence: (element-type ErrataEvidence): numbers that @text states
 * @text: (nullable): what is to be said of it
 * @citations: (element-type utf8): ids of evidence that @text cites
 *
 * What predictions owe to each feature, over a log: `attribution` of report.json.
 */
typedef struct {
    char *source;
    char *method;
    char *instead;
    double fidelity;
    guint64 n_rows;
    double gap;
    double error;
    guint64 n_compared;
    double agreement;
    guint n;
    char **feature;
    double *mean_abs;
    double *mean_abs_errors;
    double *mean_abs_correct;
    double *mean_abs_lo;
    double *mean_abs_hi;
    double *mean_abs_errors_lo;
    double *mean_abs_errors_hi;
    double *mean_abs_correct_lo;
    double *mean_abs_correct_hi;
    char *loss_name;
    char *loss_method;
    double loss_gap;
    double loss_error;
    guint64 n_pairs;
    double *push;
    double *push_lo;
    double *push_hi;
    double *push_q;
    guint64 n_permuted;
    double loss;
    double *rise;
    double *rise_lo;
    double *rise_hi;
    double *rise_q;
    double *hold;
    double *hold_lo;
    double *hold_hi;
    double *hold_q;
    GPtrArray *figures;
    GPtrArray *evidence;
    char *text;
    GPtrArray *citations;
} ErrataShares;

ErrataShares *errata_shares_new(const char *source, const char *method, guint n);
void errata_shares_free(ErrataShares *self);
const ErrataEvidence *errata_shares_evidence(const ErrataShares *self, const char *key);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataShares, errata_shares_free)

G_END_DECLS
