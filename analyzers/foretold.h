/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/evidence.h"
#include "base/outcome.h"

G_BEGIN_DECLS

/* of what is expected of numbers: errors beyond it by so little are as expected, for how they grow
 * with what is predicted is known no better */
#define ERRATA_FORETOLD_NEAR 0.05

/* some rows of a log */
typedef struct {
    const ErrataOutcome *outcome;
    const guint32 *row;
    gsize n;
    const guint8 *aside; /* (nullable): 1 for rows that do not count */
    const double
        *weight; /* (nullable): of each row of the log; what weighs nothing does not count */
} ErrataForetoldRows;

/* what scores, or predicted numbers, say of the errors of later rows, as true as they were of
 * earlier ones */
typedef struct {
    double errors; /* expected error rate, or mean absolute error; NaN where nothing is expected */
    gsize n;       /* rows that have a score, or a prediction */
} ErrataForetold;

double *errata_foretold_losses(const ErrataForetoldRows *before, const ErrataForetoldRows *rows);
ErrataForetold errata_foretold(const ErrataForetoldRows *before, const ErrataForetoldRows *after);
ErrataEvidence *errata_foretold_evidence(const ErrataForetold *foretold,
                                         const char *of,
                                         gboolean regression);

G_END_DECLS
