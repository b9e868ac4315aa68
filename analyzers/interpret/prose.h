/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "case.h"

G_BEGIN_DECLS

/**
 * ErrataProse:
 * @text: sentences said so far
 * @citations: (element-type utf8): ids of the evidence they rest on
 * @report: the case, for what a sentence must be seen against
 * @unit: (nullable): for errata_prose_unit()
 * @n_said: sentences so far
 *
 * A rationale being written: a sentence is said with the evidence that it states.
 */
typedef struct {
    GString *text;
    GPtrArray *citations;
    const ErrataCase *report;
    char *unit;
    guint n_said;
} ErrataProse;

/* says one sentence; a capital and a full stop are put where they belong. It must not begin with a
 * name or a value of the data, since those keep their case */
void errata_prose_say(ErrataProse *self, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* says a sentence that may begin with a name of the data, its case untouched */
void errata_prose_quote(ErrataProse *self, const char *sentence);
/* notes that @evidence was stated; NULL is ignored */
void errata_prose_cite(ErrataProse *self, const ErrataEvidence *evidence);
/* value of the evidence of that key in words, cited; NULL when the finding has none */
char *errata_prose_value(ErrataProse *self, const ErrataFinding *finding, const char *key);
/* the target's unit with a space before it (“ kWh”), or nothing */
const char *errata_prose_unit(ErrataProse *self);
/* whether rows were compared with a given reference, not with the log's own first half */
gboolean errata_prose_has_reference(const ErrataCase *report);

/* one plan per kind of finding: what to say of it, in order */
void errata_plan_slice(ErrataProse *self, const ErrataFinding *finding);
void errata_plan_slice_type(ErrataProse *self, const ErrataFinding *finding);
void errata_plan_slice_better(ErrataProse *self, const ErrataFinding *finding);
/* parts of it (plan-slice-why.c) */
void errata_plan_slice_parents(ErrataProse *self, const ErrataFinding *finding);
void errata_plan_slice_decoys(ErrataProse *self, const ErrataFinding *finding);
void errata_plan_slice_direction(ErrataProse *self, const ErrataFinding *finding);
void errata_plan_slice_said(ErrataProse *self, const ErrataFinding *finding);
void errata_plan_slice_of_said(ErrataProse *self, const ErrataFinding *finding, const char *who);
void errata_plan_slice_push(ErrataProse *self, const ErrataFinding *finding);
void errata_plan_label_swap(ErrataProse *self, const ErrataFinding *finding);
void errata_plan_label_segment(ErrataProse *self, const ErrataFinding *finding);
void errata_plan_label_shape(ErrataProse *self, const ErrataFinding *finding);
/* of the case, not of a finding */
void errata_plan_attribution(ErrataProse *self, const ErrataShares *shares);
void errata_plan_cluster(ErrataProse *self, const ErrataFinding *finding);
void errata_plan_drift(ErrataProse *self, const ErrataFinding *finding);
void errata_plan_performance(ErrataProse *self, const ErrataFinding *finding);
void errata_plan_leakage(ErrataProse *self, const ErrataFinding *finding);
void errata_plan_data_bug(ErrataProse *self, const ErrataFinding *finding);
void errata_plan_label_issue(ErrataProse *self, const ErrataFinding *finding);
void errata_plan_calibration(ErrataProse *self, const ErrataFinding *finding);
void errata_plan_threshold(ErrataProse *self, const ErrataFinding *finding);
void errata_plan_anomaly(ErrataProse *self, const ErrataFinding *finding);
void errata_plan_change(ErrataProse *self, const ErrataFinding *finding);
/* of a drift or a fall */
void errata_plan_begun(ErrataProse *prose, const ErrataFinding *finding);
/* @wrong: the error rate, or `metric_to`; @foretold: what the scores let expect */
void errata_plan_foretold(ErrataProse *prose,
                          const ErrataEvidence *wrong,
                          const ErrataEvidence *foretold);
void errata_plan_fairness(ErrataProse *self, const ErrataFinding *finding);
void errata_plan_model_file(ErrataProse *self, const ErrataFinding *finding);
char *errata_plan_verdict(const ErrataCase *report);

G_END_DECLS
