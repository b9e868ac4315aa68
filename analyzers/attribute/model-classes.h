/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model-rows.h"
#include "outcome.h"

G_BEGIN_DECLS

int *errata_model_classes_by_scores(ErrataModel *model,
                                    const ErrataModelBinding *binding,
                                    const ErrataSchema *schema,
                                    const ErrataOutcome *outcome,
                                    guint64 seed,
                                    GPtrArray *warnings);

G_END_DECLS
