/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "document.h"

G_BEGIN_DECLS

/* Case → document: what is said, in which order. The document borrows the case's figures. */

ErrataDocument *errata_compose_new(const ErrataCase *report_case);

/* its parts, one file each */
void errata_compose_front(const ErrataCase *report_case, ErrataDocument *document);
void errata_compose_patterns(const ErrataCase *report_case, ErrataDocument *document);
void errata_compose_top_slices(const ErrataCase *report_case, ErrataDocument *document);
void errata_compose_cohorts(const ErrataCase *report_case, ErrataDocument *document);
void errata_compose_performance(const ErrataCase *report_case, ErrataDocument *document);
void errata_compose_actions(const ErrataCase *report_case, ErrataDocument *document);
/* over time; part of the performance page */
void errata_compose_course(const ErrataCase *report_case, ErrataDocument *document);
/* without labels; part of the performance page */
void errata_compose_estimate(const ErrataCase *report_case, ErrataDocument *document);
/* whether a metric of that name is an estimate, not a measurement */
gboolean errata_compose_is_estimate(const char *name);
void errata_compose_findings(const ErrataCase *report_case, ErrataDocument *document);
void errata_compose_hypotheses(const ErrataCase *report_case, ErrataDocument *document);
void errata_compose_proposals(const ErrataCase *report_case,
                              ErrataDocument *document,
                              const char *finding,
                              const char *role,
                              guint group);
/* "the language model NAME" */
char *errata_compose_model_name(const ErrataCase *report_case);
/* its text and who wrote it; the last block of facts; (nullable) */
ErrataBlock *errata_compose_rationale(const ErrataCase *report_case,
                                      ErrataDocument *document,
                                      const ErrataFinding *finding,
                                      guint group);
/* part of the method page: what a language model wrote */
void errata_compose_written(const ErrataCase *report_case, ErrataDocument *document);
void errata_compose_attribution(const ErrataCase *report_case, ErrataDocument *document);
void errata_compose_model(const ErrataCase *report_case, ErrataDocument *document);
void errata_compose_columns(const ErrataCase *report_case, ErrataDocument *document);
void errata_compose_method(const ErrataCase *report_case, ErrataDocument *document);

/* words that the terminal needs too; all (transfer full) */
char *errata_compose_subtitle(const ErrataCase *report_case);
char *errata_compose_verdict(const ErrataCase *report_case);
/* what a search with so many rows would have seen; (nullable) */
char *errata_compose_power(const ErrataCase *report_case);
/* of all errors, those that its bar shows: for data bugs and labels those beyond the usual; or
 * NaN */
/* (element-type utf8) (transfer full): what a reader must know of the input, most weighty first */
GPtrArray *errata_compose_notes(const ErrataCase *report_case);
const ErrataMetric *errata_compose_cohort_metric(const ErrataCase *report_case,
                                                 const ErrataCohort *cohort);
char *errata_compose_cohort_verdict(const ErrataCase *report_case, const ErrataCohort *cohort);
char *errata_compose_gain(const ErrataCase *report_case, const ErrataFinding *finding);
/* the metric that gains, where it is not the headline; (nullable) */
char *errata_compose_gain_metric(const ErrataCase *report_case, const ErrataFinding *finding);
char *errata_compose_suggestion_gain(const ErrataCase *report_case,
                                     const ErrataSuggestion *suggestion);
char *errata_compose_evidence_label(const ErrataEvidence *evidence);
char *errata_compose_evidence_value(const ErrataEvidence *evidence);
/* (element-type ErrataMetric) (transfer container): those for the tiles, the headline first */
GPtrArray *errata_compose_main_metrics(const ErrataCase *report_case);
char *errata_compose_change(const ErrataCase *report_case,
                            const ErrataMetric *metric,
                            ErrataTone *ret_tone,
                            int *ret_arrow);
const char *errata_compose_no_change(double lo, double hi);
char *errata_compose_since(const ErrataCase *report_case, ErrataTone *ret_tone);
double errata_compose_change_window(const ErrataCase *report_case,
                                    const ErrataWindow *window,
                                    const char *name);
/* "critical · slice · 20,756 rows" */
char *errata_compose_summary(const ErrataFinding *finding);
gboolean errata_compose_is_part(const ErrataFinding *finding);
char *errata_compose_summary_of_event(const ErrataCase *report_case, const ErrataFinding *finding);
/* heading over the intervals of a finding: “95 % interval”; (transfer full) */
char *errata_compose_interval(const ErrataFinding *finding);
/* “5.0 – 8.7”, with what it is where it is not as the heading says; (transfer full) (nullable) */
char *errata_compose_brief_interval(const ErrataFinding *finding, const ErrataEvidence *evidence);
char *errata_compose_evidence_interval(const ErrataFinding *finding,
                                       const ErrataEvidence *evidence);
/* a line of what changed since the report before: its @finding is NULL where there is none now */
typedef struct {
    const char *state; /* “better”, “new” … */
    ErrataTone tone;
    char *text;
    const char *finding;
} ErrataNews;

GPtrArray *errata_compose_news(const ErrataCase *report_case);
/* (transfer none) (nullable): over what changed; NULL where nothing is compared */
const char *errata_compose_since_title(const ErrataCase *report_case);
/* " · worse, in 4 reports", or "" */
char *errata_compose_pattern_note(const ErrataFinding *finding);
const ErrataFigure *errata_compose_timeline(const ErrataCase *report_case,
                                            ErrataDocument *document);
/* begins a chapter, with an entry in the outline */
ErrataBlock *errata_compose_chapter(ErrataDocument *document,
                                    const char *dest,
                                    const char *title,
                                    const char *note);
ErrataBlock *errata_compose_section(ErrataDocument *document,
                                    const char *title,
                                    const char *note,
                                    gboolean rule);

G_END_DECLS
