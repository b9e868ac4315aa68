/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "frame.h"
#include "model.h"
#include "outcome.h"

G_BEGIN_DECLS

gboolean errata_model_truth_classes(const ErrataModel *model,
                                    guint n_classes,
                                    const ErrataSchema *schema,
                                    int *ret_class,
                                    GPtrArray *warnings,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
double *errata_model_truth_new(const ErrataModel *model,
                               guint n_classes,
                               const ErrataFrame *frame,
                               const ErrataSchema *schema,
                               const ErrataOutcome *outcome,
                               const int *known,
                               GPtrArray *warnings,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
