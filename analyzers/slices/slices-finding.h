/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "slices-facts.h"

G_BEGIN_DECLS

/* words */
ErrataPredicate *errata_slices_words_predicate(const SlicesTable *table,
                                               const SlicesCondition *condition);
char *errata_slices_words_slice(const SlicesTable *table, const Slice *slice);
char *errata_slices_words_without(const SlicesTable *table, const Slice *slice, guint skip);
char *errata_slices_words_when(const SlicesTable *table, const Slice *slice);
char *errata_slices_words_count(guint64 n);
char *errata_slices_words_percent(double share);

/* rows, examples, figure, advice */
gsize errata_slices_rows_judged(const SlicesTable *table, const ErrataFinding *finding);
void errata_slices_rows_add(const SlicesTable *table, const Slice *slice, ErrataFinding *finding);
void errata_slices_rows_examples(const SlicesTable *table,
                                 const Slice *slice,
                                 ErrataFinding *finding);
ErrataFigure *errata_slices_figure_new(const SlicesTable *table,
                                       const Slice *slice,
                                       const SlicesFacts *facts,
                                       gsize n_rows,
                                       const char *id);
void errata_slices_advice_add(const SlicesTable *table,
                              const Slice *slice,
                              const SlicesFacts *facts,
                              ErrataFinding *finding);
void errata_slices_bias_add(const SlicesTable *table,
                            const Slice *slice,
                            double level,
                            ErrataFinding *finding);
int errata_slices_bias_sign(const SlicesTable *table, const Slice *slice, double level);
void errata_slices_bias_advise(const SlicesTable *table,
                               const Slice *slice,
                               ErrataFinding *finding);
char *errata_slices_words_conditions(const ErrataFinding *finding);

ErrataFinding *errata_slices_finding_new(const SlicesTable *table,
                                         const SlicesFind *find,
                                         guint index);

G_END_DECLS
