/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "analyzer.h"
#include "metrics.h"

G_BEGIN_DECLS

/**
 * ErrataJudged:
 * @input: the rows as the metric functions take them
 * @row: (array length=input.n): their rows in the frame
 * @confidence: (array length=input.n) (nullable): probability of the predicted class, NaN where
 *   missing
 * @owned: (element-type gpointer): arrays made for it
 *
 * The rows that have a label and a prediction, put side by side. Where that is all rows of the log,
 * they are the outcome's own arrays, which must outlive it.
 */
typedef struct {
    ErrataMetricsInput input;
    guint32 *row;
    const double *confidence;
    GPtrArray *owned;
} ErrataJudged;

ErrataJudged *errata_judged_new(const ErrataOutcome *outcome, const guint8 *mask, guint8 wanted);
/* those of the @n rows of @row, all judged; takes @row */
ErrataJudged *errata_judged_of(const ErrataOutcome *outcome, guint32 *row, gsize n);
void errata_judged_free(ErrataJudged *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataJudged, errata_judged_free)

G_END_DECLS
