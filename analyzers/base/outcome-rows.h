/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "outcome.h"

G_BEGIN_DECLS

/* fills time, order, half and duplicate */
void errata_outcome_rows(ErrataOutcome *self,
                         const ErrataFrame *frame,
                         const ErrataSchema *schema,
                         const ErrataSettings *settings);
G_END_DECLS
