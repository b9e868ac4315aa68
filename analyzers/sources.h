/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "analyzer.h"

G_BEGIN_DECLS

void errata_sources_mark(ErrataAnalysis *analysis);
gboolean errata_sources_is_step(const ErrataFinding *finding);

/* what the files of sources share */
gboolean errata_sources_is_timed(const ErrataFinding *finding);
gboolean errata_sources_is_source(const ErrataFinding *finding, guint turn);
gboolean errata_sources_is_fault(const ErrataFinding *finding);
guint8 *errata_sources_leave(const ErrataAnalysis *analysis, const ErrataFinding *source);
double errata_sources_part(const ErrataAnalysis *analysis,
                           const ErrataFinding *finding,
                           const guint8 *leave,
                           double reference,
                           double instead);
double errata_sources_faulty(const ErrataAnalysis *analysis,
                             const ErrataFinding *step,
                             const guint8 *mark);
double errata_sources_everybody(const ErrataAnalysis *analysis,
                                const ErrataFinding *step,
                                const guint8 *mark);

/* sources-reference.c: what a given reference lost without rows of the same groups */
double errata_sources_reference(const ErrataAnalysis *analysis,
                                const ErrataFinding *const *source,
                                gsize n_sources);

/* sources-segments.c: slices that lie in a group whose scores are off */
gboolean errata_sources_is_segment(const ErrataFinding *finding);
void errata_sources_segments(const ErrataAnalysis *analysis);

/* sources-scores.c: scores that are off on average, where others tell most of it */
gboolean errata_sources_is_of_scores(const ErrataFinding *finding, guint turn);
void errata_sources_scores(const ErrataAnalysis *analysis,
                           const ErrataFinding *source,
                           ErrataFinding *finding,
                           double *whole);
void errata_sources_scores_many(const ErrataAnalysis *analysis,
                                ErrataFinding *finding,
                                double *whole);

/* sources-earlier.c: a fall since an earlier report that a group makes, which it told as well */
void errata_sources_earlier(const ErrataAnalysis *analysis);

/* sources-events.c: groups that began to err when all did */
void errata_sources_events(const ErrataAnalysis *analysis);

/* sources-columns.c: what several groups of one column make, or its drift */
void errata_sources_columns(const ErrataAnalysis *analysis);
void errata_sources_drifts(const ErrataAnalysis *analysis);

/* sources-chain.c: what to do where a source has one itself */
void errata_sources_chain(const ErrataAnalysis *analysis);

/* sources-codes.c: rows that hold a code for “no value” */
void errata_sources_codes(const ErrataAnalysis *analysis);

/* sources-labels.c: pairs of classes whose rows lie in a group that errs */
void errata_sources_labels(const ErrataAnalysis *analysis);

G_END_DECLS
