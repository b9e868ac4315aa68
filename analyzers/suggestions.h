/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "analyzer.h"
#include "rate.h"

G_BEGIN_DECLS

extern const ErrataAnalyzer errata_analyzer_suggestions;

/* suggestions-gain.c: what a suggestion would gain; each sets metric, from, to, interval and
 * method, or leaves the suggestion alone where the log does not tell (and returns FALSE) */
ErrataRate errata_suggestions_side(const ErrataOutcome *outcome, const guint8 *mask, guint8 wanted);
double errata_suggestions_variance(const ErrataRate *side);
ErrataInterval errata_suggestions_above(const ErrataAnalysis *analysis,
                                        const ErrataRate *in,
                                        const ErrataRate *others);
gboolean errata_suggestions_as_others(const ErrataAnalysis *analysis,
                                      const ErrataRate *in,
                                      const ErrataRate *others,
                                      double part,
                                      const char *method,
                                      ErrataSuggestion *suggestion);
gboolean errata_suggestions_nothing(const ErrataAnalysis *analysis,
                                    const char *method,
                                    ErrataSuggestion *suggestion);
/* suggestions.c: the gain of an action that somebody else thought of */
void errata_suggestions_propose(const ErrataAnalysis *analysis,
                                const ErrataFinding *finding,
                                const char *column,
                                ErrataSuggestion *suggestion);
void errata_suggestions_order(ErrataFinding *finding);
double errata_suggestions_points(const ErrataSuggestion *suggestion);
void errata_suggestions_clip(ErrataSuggestion *suggestion);
void errata_suggestions_rebase(const ErrataAnalysis *analysis, ErrataSuggestion *suggestion);

/* suggestions-add.c: further ones, each with its gain */
void errata_suggestions_add(ErrataAnalysis *analysis);

/* suggestions-fairness.c: groups whose rates are made to meet */
gboolean errata_suggestions_even(const ErrataAnalysis *analysis,
                                 const ErrataFinding *finding,
                                 ErrataSuggestion *suggestion);
double errata_suggestions_even_least(const ErrataEvidence *gap);

/* suggestions-replay.c: the same, by doing it on the log */
gboolean errata_suggestions_relearn(const ErrataAnalysis *analysis,
                                    const guint8 *mask,
                                    ErrataSuggestion *suggestion);
gboolean errata_suggestions_permute(const ErrataAnalysis *analysis,
                                    const char *column,
                                    ErrataSuggestion *suggestion);
gboolean errata_suggestions_reweigh(const ErrataAnalysis *analysis,
                                    const char *column,
                                    ErrataSuggestion *suggestion);
gboolean errata_suggestions_recalibrate(const ErrataAnalysis *analysis,
                                        gint32 class,
                                        const guint8 *mask,
                                        ErrataSuggestion *suggestion);
/* suggestions-model.c: the same, by asking the model that made the log */
gboolean errata_suggestions_model_undo(const ErrataAnalysis *analysis,
                                       const ErrataFinding *finding,
                                       ErrataSuggestion *suggestion);
gboolean errata_suggestions_model_permute(const ErrataAnalysis *analysis,
                                          const char *column,
                                          ErrataSuggestion *suggestion);
char *errata_suggestions_threshold_cost(const ErrataAnalysis *analysis, double threshold);

G_END_DECLS
