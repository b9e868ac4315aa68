/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "case.h"

G_BEGIN_DECLS

/**
 * ErrataProse:
 * @text: sentences said so far
 * @citations: (element-type utf8): ids of the evidence they rest on
 * @report: the case, for what a sentence must be seen against
 *
 * A rationale being written: a sentence is said with the evidence that it states.
 */
typedef struct {
    GString *text;
    GPtrArray *citations;
    const ErrataCase *report;
} ErrataProse;

/* says one sentence; a capital and a full stop are put where they belong */
void errata_prose_say(ErrataProse *self, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* notes that @evidence was stated; NULL is ignored */
void errata_prose_cite(ErrataProse *self, const ErrataEvidence *evidence);
/* value of the evidence of that key in words, cited; NULL when the finding has none */
char *errata_prose_value(ErrataProse *self, const ErrataFinding *finding, const char *key);

/* one plan per kind of finding: what to say of it, in order */
void errata_plan_slice(ErrataProse *self, const ErrataFinding *finding);
void errata_plan_drift(ErrataProse *self, const ErrataFinding *finding);
void errata_plan_performance(ErrataProse *self, const ErrataFinding *finding);
void errata_plan_data_bug(ErrataProse *self, const ErrataFinding *finding);
void errata_plan_label_issue(ErrataProse *self, const ErrataFinding *finding);
void errata_plan_calibration(ErrataProse *self, const ErrataFinding *finding);
void errata_plan_threshold(ErrataProse *self, const ErrataFinding *finding);
void errata_plan_change(ErrataProse *self, const ErrataFinding *finding);
char *errata_plan_verdict(const ErrataCase *report);

G_END_DECLS
