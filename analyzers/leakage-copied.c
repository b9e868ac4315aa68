/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Labels that are the predictions again: all agree, or all but one in a thousand, while the model's
 * own scores say that many must be wrong. No figure of such a log tells how good the model is, and
 * scores held against such labels look wrong, which they need not be. */
#include <math.h>

#include "leakage.h"
#include "sum.h"
#include "tests.h"
#include "words.h"

#define COPIED_ROWS     100   /* judged rows with a score */
#define COPIED_WRONG    0.001 /* of them, at most */
#define COPIED_EXPECTED 20.0  /* errors by the scores, at least … */
#define COPIED_TIMES    20.0  /* … and so many times those there are */
#define COPIED_SHARE    0.05  /* … and of the rows */
#define COPIED_Z        6.0

typedef struct {
    double n;
    double wrong;
    double expected;
    double variance;
} Copied;

static Copied
copied_count(const ErrataAnalysis *analysis)
{
    const ErrataOutcome *outcome = analysis->outcome;
    ErrataSum expected = {0}, variance = {0};
    Copied self = {0.0, 0.0, 0.0, 0.0};

    for (gsize row = 0; row < outcome->n_rows; row++) {
        double sure = outcome->confidence[row];

        if (outcome->judged[row] == 0 || isnan(sure) || analysis->set_aside[row] != 0)
            continue;
        self.n += 1.0;
        self.wrong += outcome->error[row];
        errata_sum_add(&expected, 1.0 - sure);
        errata_sum_add(&variance, sure * (1.0 - sure));
    }
    self.expected = errata_sum_value(&expected);
    self.variance = errata_sum_value(&variance);
    return self;
}

static double
copied_z(const Copied *self)
{
    return (self->expected - self->wrong) / sqrt(fmax(self->variance, 1e-12));
}

static void
copied_add_evidence(const Copied *self, ErrataFinding *finding)
{
    ErrataEvidence *evidence =
        errata_finding_add(finding,
                           errata_evidence_new("disagree",
                                               "predictions that the label contradicts",
                                               self->wrong,
                                               ERRATA_UNIT_COUNT,
                                               (guint64)self->n));

    evidence->test = g_strdup("errors against what the scores expect");
    evidence->p = errata_tests_normal_upper(copied_z(self));
    errata_finding_add(finding,
                       errata_evidence_new("expected",
                                           "as many as the scores expect",
                                           round(self->expected),
                                           ERRATA_UNIT_COUNT,
                                           (guint64)self->n));
}

/**
 * errata_leakage_copied:
 * @analysis: a log of classes with scores
 *
 * Adds a finding where the labels agree with the predictions in (nearly) all rows, six standard
 * errors more often than the scores allow. One pass over the rows.
 */
void
errata_leakage_copied(ErrataAnalysis *analysis)
{
    const ErrataOutcome *outcome = analysis->outcome;
    g_autofree char *count = NULL;
    g_autofree char *expected = NULL;
    g_autofree char *title = NULL;
    ErrataFinding *finding;
    Copied self;

    if (outcome->truth == NULL || outcome->confidence == NULL || analysis->schema->label < 0)
        return;
    self = copied_count(analysis);
    if (self.n < COPIED_ROWS || self.wrong > COPIED_WRONG * self.n ||
        self.expected < MAX(COPIED_EXPECTED, COPIED_TIMES * self.wrong) ||
        self.expected < COPIED_SHARE * self.n || copied_z(&self) < COPIED_Z)
        return;
    count = errata_words_count((guint64)(self.n - self.wrong));
    expected = errata_words_counted((guint64)llround(self.expected), "error", "errors");
    title =
        g_strdup_printf("The labels look copied from the predictions: %s%s rows agree, where the "
                        "scores expect %s",
                        self.wrong > 0.0 ? "" : "all ",
                        count,
                        expected);
    finding = errata_finding_new(ERRATA_FINDING_LEAKAGE, title);
    finding->subject.column = g_strdup(analysis->frame->columns[analysis->schema->label]->name);
    finding->confirmed = TRUE;
    finding->severity = ERRATA_SEVERITY_HIGH;
    finding->share_of_rows = self.n / (double)outcome->n_rows;
    finding->share_of_errors = finding->excess_errors = (double)NAN;
    finding->rank = 1.0;
    finding->summary = g_strdup_printf("leakage · %s", finding->subject.column);
    g_ptr_array_add(finding->notes, g_strdup("copied=yes"));
    copied_add_evidence(&self, finding);
    errata_finding_suggest(
        finding,
        "fix-pipeline",
        "Find out where the labels are written, and log what happened rather than "
        "what was predicted; until then no figure tells how good the model is")
        ->method = g_strdup("no gain computed: what is true is not in the log");
    errata_case_add_finding(analysis->result, finding);
}
