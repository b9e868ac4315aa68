/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model.h"

G_BEGIN_DECLS

/**
 * ErrataQuantityKind:
 * @ERRATA_QUANTITY_MARGIN: what the model adds up, before the link; log odds where a model gives
 *   probabilities only; the prediction where it gives a number
 * @ERRATA_QUANTITY_PROBABILITY: of the positive class, or of each of several
 * @ERRATA_QUANTITY_LOSS: log-loss of the label (clipped at 1e-15), or squared error of a number
 */
typedef enum {
    ERRATA_QUANTITY_MARGIN,
    ERRATA_QUANTITY_PROBABILITY,
    ERRATA_QUANTITY_LOSS,
} ErrataQuantityKind;

/* how a raw number becomes one of the model's scale */
typedef enum {
    ERRATA_FORM_PLAIN,    /* as it is */
    ERRATA_FORM_LOGISTIC, /* probability by group */
    ERRATA_FORM_SOFTMAX,
    ERRATA_FORM_EXP,
    ERRATA_FORM_ISOLATION, /* a decision on outliers from lengths of paths */
    ERRATA_FORM_LOG_ODDS,  /* of probabilities; of several against their mean */
} ErrataQuantityForm;

/**
 * ErrataQuantity:
 * @kind: what it is
 * @form: from raw numbers to it, or to what its loss is of
 * @scale: factor of raw numbers within the form
 * @shift: what ISOLATION takes off
 * @is_class: raw numbers are about classes
 * @n_raw: raw numbers per row: margins of trees, or outputs of a model
 * @output: (array length=n_raw) (nullable): the model's outputs that they are; %NULL: margins of
 *   its trees
 * @n_groups: numbers per row that are shared out
 *
 * What of a model is shared out among its features.
 */
typedef struct {
    ErrataQuantityKind kind;
    ErrataQuantityForm form;
    double scale;
    double shift;
    gboolean is_class;
    guint n_raw;
    guint *output;
    guint n_groups;
} ErrataQuantity;

ErrataQuantity *errata_quantity_of_trees(const ErrataModel *model, ErrataQuantityKind kind);
ErrataQuantity *errata_quantity_of_outputs(const ErrataModel *model,
                                           ErrataQuantityKind kind,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
ErrataQuantity *errata_quantity_of_prediction(const ErrataModel *model);
void errata_quantity_free(ErrataQuantity *self);
/* what it is, in words: log odds where a model gives probabilities only */
const char *errata_quantity_word(const ErrataQuantity *self);
void errata_quantity_value(const ErrataQuantity *self,
                           const double *raw,
                           double truth,
                           double *ret_value);
void errata_quantity_slope(const ErrataQuantity *self,
                           const double *to,
                           const double *from,
                           double truth,
                           guint group,
                           double *ret_slope);
gboolean errata_quantity_is_vote(const ErrataModel *model);
guint errata_quantity_n_classes(const ErrataQuantity *self);
const char *errata_quantity_nick(ErrataQuantityKind kind);
gboolean errata_quantity_parse(const char *nick, ErrataQuantityKind *ret_kind);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataQuantity, errata_quantity_free)

G_END_DECLS
