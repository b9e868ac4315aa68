/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/outcome.h"

G_BEGIN_DECLS

/* some rows of a log */
typedef struct {
    const ErrataOutcome *outcome;
    const guint32 *row;
    gsize n;
    const guint8 *aside; /* (nullable): 1 for rows that do not count */
    const double
        *weight; /* (nullable): of each row of the log; what weighs nothing does not count */
} ErrataForetoldRows;

/* what the scores say of the errors of later rows, as true as they were of earlier ones */
typedef struct {
    double errors; /* expected error rate; NaN where the scores cannot be believed */
    gsize n;       /* rows that have a score */
} ErrataForetold;

ErrataForetold errata_foretold(const ErrataForetoldRows *before, const ErrataForetoldRows *after);

G_END_DECLS
