/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "analyzer.h"
#include "rate.h"

G_BEGIN_DECLS

/**
 * ErrataRowCost:
 * @in: losses of the judged rows among some rows: 0/1 for classes, |residual| for numbers
 * @out: of all others
 * @around: of the others that @in is compared with: those of about the same time, or all
 * @near: these are fewer than all
 */
typedef struct {
    ErrataRate in;
    ErrataRate out;
    ErrataRate around;
    gboolean near;
} ErrataRowCost;

ErrataRowCost errata_row_cost_measure(const ErrataAnalysis *analysis,
                                      const guint32 *row,
                                      gsize n_rows);
void errata_row_cost_around(const ErrataAnalysis *analysis,
                            ErrataRowCost *cost,
                            const guint32 *row,
                            gsize n_rows);
double errata_row_cost_share(const ErrataRowCost *cost);
double errata_row_cost_worth(const ErrataOutcome *outcome, const guint32 *row, gsize n_rows);
void errata_row_cost_tell(const ErrataAnalysis *analysis,
                          const ErrataRowCost *cost,
                          ErrataFinding *finding);
void errata_row_cost_promise(const ErrataAnalysis *analysis,
                             const ErrataRowCost *cost,
                             ErrataFinding *finding,
                             ErrataSuggestion *fix);

G_END_DECLS
