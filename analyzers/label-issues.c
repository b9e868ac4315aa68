/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which labels look wrong: METHODS 6. Learnt from the features where there are any, read from the
 * logged scores otherwise; only what exceeds the suspects of clean labels is called label noise. */
#include "label-issues.h"

#include <math.h>

#include "text-vectors.h"

#define LABEL_MIN_ROWS 100

/* logged probabilities of a row, divided by their sum; FALSE where one is missing */
static gboolean
label_issues_logged(const ErrataOutcome *outcome, guint n_classes, gsize row, double *ret_p)
{
    double sum = 0.0;

    if (outcome->probability == NULL) {
        double score = outcome->score != NULL ? outcome->score[row] : (double)NAN;

        if (n_classes != 2 || outcome->positive < 0 || isnan(score))
            return FALSE;
        ret_p[outcome->positive] = score;
        ret_p[1 - outcome->positive] = 1.0 - score;
        return TRUE;
    }
    for (guint j = 0; j < n_classes; j++) {
        ret_p[j] = outcome->probability[j][row];
        sum += ret_p[j];
    }
    if (!(sum > 0.0)) /* also NaN */
        return FALSE;
    for (guint j = 0; j < n_classes; j++)
        ret_p[j] /= sum;
    return TRUE;
}

/**
 * errata_label_issues_log:
 * @self: rows; their probabilities become those that were logged, uniform where they are missing
 * @outcome: the log
 */
void
errata_label_issues_log(ErrataLabelIssues *self, const ErrataOutcome *outcome)
{
    guint k = self->n_classes;

    for (gsize i = 0; i < self->n; i++)
        if (!label_issues_logged(outcome, k, self->row[i], self->probability + i * k))
            for (guint j = 0; j < k; j++)
                self->probability[i * k + j] = 1.0 / (double)k;
}

/**
 * errata_label_issues_find:
 * @analysis: a log of a classifier
 *
 * Returns: (transfer full): the labelled rows that no other analyzer has set aside, with logged
 *   probabilities; uniform where those are missing
 */
ErrataLabelIssues *
errata_label_issues_find(const ErrataAnalysis *analysis)
{
    const ErrataOutcome *outcome = analysis->outcome;
    ErrataLabelIssues *self = g_new0(ErrataLabelIssues, 1);
    guint k = outcome->n_classes;
    gsize n = 0;

    for (gsize row = 0; row < outcome->n_rows; row++)
        n += outcome->truth[row] >= 0 ? 1 : 0;
    self->n_classes = k;
    self->row = g_new(guint32, MAX(n, 1));
    self->given = g_new(gint32, MAX(n, 1));
    for (gsize row = 0; row < outcome->n_rows; row++) {
        if (outcome->truth[row] < 0 ||
            (analysis->set_aside != NULL && analysis->set_aside[row] != 0))
            continue;
        self->row[self->n] = (guint32)row;
        self->given[self->n++] = outcome->truth[row];
    }
    self->probability = g_new(double, MAX(self->n, 1) * k);
    self->suggested = g_new(gint16, MAX(self->n, 1));
    self->badness = g_new(double, MAX(self->n, 1));
    self->floor = g_new0(double, k);
    self->p = 1.0;
    self->knows = (double)NAN;
    errata_label_issues_log(self, outcome);
    return self;
}

void
errata_label_issues_free(ErrataLabelIssues *self)
{
    if (self == NULL)
        return;
    g_free(self->row);
    g_free(self->given);
    g_free(self->probability);
    g_free(self->words);
    g_free(self->pooled);
    g_free(self->suggested);
    g_free(self->badness);
    g_free(self->floor);
    g_free(self);
}

static gboolean
label_issues_has_scores(const ErrataOutcome *outcome)
{
    return outcome->probability != NULL || (outcome->score != NULL && outcome->positive >= 0);
}

static char *
label_issues_why_not(const ErrataAnalysis *analysis)
{
    const ErrataOutcome *outcome = analysis->outcome;
    gsize n = 0;

    if (outcome->task == ERRATA_TASK_REGRESSION)
        return outcome->truth_value == NULL || outcome->predicted_value == NULL
                   ? g_strdup("there are no labels to hold against predictions")
                   : NULL;
    if (outcome->truth == NULL || outcome->n_classes < 2)
        return g_strdup("there are no labels of at least two classes");
    if (outcome->n_classes > 254)
        return g_strdup_printf("%u classes are more than the 254 that are handled",
                               outcome->n_classes);
    for (gsize row = 0; row < outcome->n_rows; row++)
        n += outcome->truth[row] >= 0 ? 1 : 0;
    if (n < LABEL_MIN_ROWS)
        return g_strdup_printf("%" G_GSIZE_FORMAT " labelled rows are too few, %d are needed",
                               n,
                               LABEL_MIN_ROWS);
    return NULL;
}

/* what was done, and what came of it where nothing is reported */
static void
label_issues_say_method(const ErrataLabelIssues *self, ErrataCase *result)
{
    const char *outcome = self->n_listed > 0
                              ? ""
                              : " No more labels are suspect than clean labels would show.";

    if (self->from_features)
        errata_case_method(result,
                           "Label issues: confident learning, pruned by noise rate, on "
                           "probabilities from boosted trees on %u columns%s, each row scored by a "
                           "model that has not seen it (five folds).%s",
                           self->n_columns,
                           self->words != NULL ? " and on what linear discriminants of the texts’ "
                                                 "words (those of clusters) say of each class"
                                               : "",
                           outcome);
    else
        errata_case_method(result,
                           "Label issues: confident learning, pruned by noise rate, on the logged "
                           "scores, since %s.%s",
                           isnan(self->knows)
                               ? "there are no features to learn from"
                               : "the features tell less of the labels than the scores do",
                           outcome);
}

static gboolean
label_issues_run(ErrataAnalysis *analysis, GError **error)
{
    g_autoptr(ErrataLabelIssues) self = NULL;

    if (analysis->outcome->task == ERRATA_TASK_REGRESSION) {
        errata_label_issues_residuals(analysis);
        return TRUE;
    }
    self = errata_label_issues_find(analysis);
    if (self->n < LABEL_MIN_ROWS) {
        errata_case_skip(analysis->result,
                         errata_analyzer_label_issues.id,
                         "too few labelled rows are left once copies and bugs are out");
        return TRUE;
    }
    if (!errata_label_issues_choose(self, analysis, label_issues_has_scores(analysis->outcome))) {
        errata_case_skip(analysis->result,
                         errata_analyzer_label_issues.id,
                         "there are neither features to learn the labels from nor scores");
        return TRUE;
    }
    g_clear_pointer(&analysis->text_vectors, errata_text_vectors_free); /* they are large */
    errata_label_issues_test(self, analysis);
    errata_case_tried(analysis->result, "label-issues", 1);
    label_issues_say_method(self, analysis->result);
    if (self->n_listed > 0) {
        ErrataFinding *finding = errata_label_issues_report(self, analysis);

        errata_case_add_finding(analysis->result, finding);
        errata_label_issues_calibration(self, analysis, finding);
    }
    errata_label_issues_segments(self, analysis);
    errata_label_issues_shape(self, analysis);
    errata_label_issues_inverted(analysis);
    errata_label_issues_swaps(analysis);
    return TRUE;
}

const ErrataAnalyzer errata_analyzer_label_issues = {
    .id = "label-issues",
    .why_not = label_issues_why_not,
    .run = label_issues_run,
};
