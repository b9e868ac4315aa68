/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "schema.h"

G_BEGIN_DECLS

/**
 * ErrataOutcome:
 * @n_rows: rows of the frame
 * @truth: (array length=n_rows) (nullable): class index of the label, −1 where missing
 *   (classification)
 * @predicted: (array length=n_rows) (nullable): class index of the prediction, −1 where missing
 * @truth_value: (array length=n_rows) (nullable): label, NaN where missing (regression)
 * @predicted_value: (array length=n_rows) (nullable): prediction, NaN where missing (regression)
 * @score: (array length=n_rows) (nullable): binary: probability of the positive class as logged,
 *   in [0, 1], NaN where missing
 * @probability: (array length=n_classes) (nullable): multi-class: a column per class as logged, NaN
 *   where missing
 * @confidence: (array length=n_rows) (nullable): probability of the predicted class where known
 * @only_top: multi-class without @probability: @confidence is that of the likeliest class
 * @rank: (array length=n_rows) (nullable): scores that are no probabilities (margins, percentages),
 *   for their order alone: of the positive class (binary), of how sure the prediction is
 *   (multi-class), or as logged where the score is one of confidence; NaN where missing
 * @ranks_positive: whether that is the order of the positive class
 * @judged: (array length=n_rows): 1 where both label and prediction are there, or the log says
 *   itself whether the row was right
 * @n_judged: number of those rows
 * @error: (array length=n_rows): 1 where judged and wrong; regression: 1 where |residual| is in
 *   the worst tenth of the judged rows (for counts only; the searches use @loss)
 * @n_errors: number of those rows
 * @loss: (array length=n_rows): 0/1 for classification, |residual| for regression, NaN where not
 *   judged
 * @half: (array length=n_rows): 0 discovery, 1 confirmation; METHODS 0.1
 * @duplicate: (array length=n_rows): 1 for the second and later copies of a row equal in all but
 *   the id
 * @n_duplicates: number of those rows
 * @n_repeated: rows whose inputs an earlier row has, where their labels tell that these were
 *   observed again: equal rows are no copies then, see errata_outcome_is_copy(); else 0
 * @entity: (array length=n_rows) (nullable): what each row belongs to, counted from 0 in row order;
 *   %NULL where no column tells
 * @n_entities: how many there are
 * @time: (array length=n_rows) (nullable): ns UTC; rows without one have G_MININT64
 * @order: (array length=n_rows): row numbers in time order (stable; by row where there is no time)
 * @weight: (array length=n_rows) (nullable): declared row weights, finite, 0 or more, one above 0,
 *   not all the same
 * @score_problem: (nullable): why scores were not used, or only by rank, or in part ("12 of 400
 *   values of p are outside 0 … 1; those are read as missing"), in words
 * @label_problem: (nullable): why labels were not used, in words
 * @weight_problem: (nullable): why weights were not used, or which rows have none, in words
 * @lent: (element-type gpointer) (nullable): arrays above that are the frame's own
 *
 * The log as predictions and labels: everything the analyzers read about being right or wrong,
 * worked out once. Arrays that do not apply are %NULL. Immutable; the frame must outlive it.
 */
typedef struct {
    gsize n_rows;
    ErrataTask task;
    guint n_classes;
    int positive;
    gint32 *truth;
    gint32 *predicted;
    double *truth_value;
    double *predicted_value;
    double *score;
    double **probability;
    double *confidence;
    gboolean only_top;
    double *rank;
    gboolean ranks_positive;
    guint8 *judged;
    gsize n_judged;
    guint8 *error;
    gsize n_errors;
    double *loss;
    guint8 *half;
    guint8 *duplicate;
    gsize n_duplicates;
    gsize n_repeated;
    guint32 *entity;
    guint n_entities;
    gint64 *time;
    guint32 *order;
    double *weight;
    char *score_problem;
    char *label_problem;
    char *weight_problem;
    GPtrArray *lent;
} ErrataOutcome;

/* gives an array of the frame as one of the outcome's, which does not free it then */
gpointer errata_outcome_lend(ErrataOutcome *self, gpointer array);

ErrataOutcome *errata_outcome_new(const ErrataFrame *frame,
                                  const ErrataSchema *schema,
                                  const ErrataSettings *settings,
                                  GError **error);
void errata_outcome_free(ErrataOutcome *self);

/* whether a row is equal to an earlier one because it was copied. Where the same inputs are
 * observed again and again, the equal rows are those whose label is the first one's: to leave them
 * out would select on the label */
static inline gboolean
errata_outcome_is_copy(const ErrataOutcome *self, gsize row)
{
    return self->duplicate[row] != 0 && self->n_repeated == 0;
}

/* what a row counts for: 1 where no weights are declared */
static inline double
errata_outcome_weight(const ErrataOutcome *self, gsize row)
{
    return self->weight != NULL ? self->weight[row] : 1.0;
}

const char *errata_outcome_why_no_scores(const ErrataOutcome *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataOutcome, errata_outcome_free)

G_END_DECLS
