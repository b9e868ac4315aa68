/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model-rows.h"
#include "model-scale.h"
#include "outcome.h"

G_BEGIN_DECLS

/**
 * ErrataModelMatch:
 * @binding: a log's columns as the model's inputs
 * @n_compared: rows whose logged scores were compared with the model's
 * @agreement: share of them in which both are the same; NaN where the log has none
 * @correlation: rank correlation of both; NaN likewise
 * @mapped: share of the rows in which both are the same once the model's scores are mapped in their
 *   order; NaN likewise, and where they stand in another order
 * @n_coded: columns of texts that were read as codes
 * @class: (nullable) (array): per class of the log the model's, where the names do not tell and
 *   what was logged does
 * @scale: of a number, on which the log holds what the model gives; @agreement is on it
 * @is_scaled: the log holds it on some other scale that was not found
 *
 * A model and the log that it is said to have made.
 */
typedef struct {
    ErrataModelBinding *binding;
    gsize n_compared;
    double agreement;
    double correlation;
    double mapped;
    guint n_coded;
    int *class;
    ErrataModelScale scale;
    gboolean is_scaled;
} ErrataModelMatch;

ErrataModelMatch *errata_model_match_new(ErrataModel *model,
                                         const ErrataFrame *frame,
                                         const ErrataSchema *schema,
                                         const ErrataOutcome *outcome,
                                         guint64 seed,
                                         GPtrArray *warnings,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
void errata_model_match_free(ErrataModelMatch *self);
/* its scores are those of the log, or of most rows and the others nearly in order, or become them
 * by a map that keeps their order; scores only nearly in order are another model's too. TRUE where
 * nothing can tell */
gboolean errata_model_match_is_sure(const ErrataModelMatch *self);

/* its scores are those of the log, and were compared */
gboolean errata_model_match_is_same(const ErrataModelMatch *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataModelMatch, errata_model_match_free)

G_END_DECLS
