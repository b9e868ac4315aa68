/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "frame.h"
#include "model.h"
#include "schema.h"

G_BEGIN_DECLS

ErrataFrame *errata_model_answers_extend(ErrataModel *model,
                                         const ErrataFrame *frame,
                                         const ErrataSchema *schema,
                                         GPtrArray *warnings);

G_END_DECLS
