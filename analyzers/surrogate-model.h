/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "analyzer.h"

G_BEGIN_DECLS

ErrataModel *errata_surrogate_model_new(const ErrataFrame *frame,
                                        const ErrataSchema *schema,
                                        const ErrataOutcome *outcome,
                                        const ErrataSettings *settings,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
