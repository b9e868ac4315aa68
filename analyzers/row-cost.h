/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "analyzer.h"

G_BEGIN_DECLS

/**
 * ErrataRowCost:
 *
 * Errors (and the loss) of the judged rows among some rows, and of the others.
 */
typedef struct {
    guint64 n_in;
    guint64 n_out;
    guint64 errors_in;
    guint64 errors_out;
    double loss_in;
    double loss_out;
    double square_in; /* sums of squared losses */
    double square_out;
} ErrataRowCost;

ErrataRowCost errata_row_cost_measure(const ErrataAnalysis *analysis,
                                      const guint32 *row,
                                      gsize n_rows);
void errata_row_cost_tell(const ErrataAnalysis *analysis,
                          const ErrataRowCost *cost,
                          ErrataFinding *finding);
void errata_row_cost_promise(const ErrataAnalysis *analysis,
                             const ErrataRowCost *cost,
                             ErrataFinding *finding,
                             ErrataSuggestion *fix);

G_END_DECLS
