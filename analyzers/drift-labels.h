/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "drift.h"

G_BEGIN_DECLS

/**
 * ErrataDriftLabels:
 * @moved: other shares of the labels are all that has changed, as far as predictions and scores
 *   tell
 * @class: the label whose share has moved most
 * @from: its share in the baseline; @to now
 * @n_from: labels of the baseline; @n_to now
 * @within: of the change of labels and scores together, what is left among rows of one label
 * @means: what of it is left among rows of one score
 */
typedef struct {
    gboolean moved;
    guint class;
    double from;
    double to;
    gsize n_from;
    gsize n_to;
    double within;
    double means;
} ErrataDriftLabels;

ErrataDriftLabels errata_drift_labels(const ErrataDriftSide *from, const ErrataDriftSide *to);
void errata_drift_labels_suggest(ErrataFinding *finding,
                                 const ErrataDriftLabels *self,
                                 const char *class_name,
                                 const ErrataOutcome *outcome,
                                 const ErrataDriftSide *to);

G_END_DECLS
