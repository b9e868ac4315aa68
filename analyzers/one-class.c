/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Labels that are all of one class. An error is any prediction of another class then, so where
 * there are most errors is where the model says so: that describes the model, and whether it is
 * wrong to, only labels of both kinds could tell. What is found of such errors weighs little. */
#include "one-class.h"

/**
 * errata_one_class_of:
 * @outcome: of a log
 *
 * Returns: the class that all labels are of; −1 where there are none, or of several classes
 */
gint32
errata_one_class_of(const ErrataOutcome *outcome)
{
    gint32 only = -1;

    for (gsize row = 0; outcome->truth != NULL && row < outcome->n_rows; row++) {
        if (outcome->truth[row] < 0)
            continue;
        if (only >= 0 && outcome->truth[row] != only)
            return -1;
        only = outcome->truth[row];
    }
    return only;
}

static gboolean
one_class_run(ErrataAnalysis *analysis, GError **error)
{
    const GPtrArray *findings = analysis->result->findings;

    if (errata_one_class_of(analysis->outcome) < 0)
        return TRUE;
    for (guint i = 0; i < findings->len; i++) {
        ErrataFinding *finding = g_ptr_array_index(findings, i);

        if (finding->kind == ERRATA_FINDING_SLICE || finding->kind == ERRATA_FINDING_CLUSTER ||
            finding->kind == ERRATA_FINDING_LABEL_ISSUE)
            finding->severity = MIN(finding->severity, ERRATA_SEVERITY_LOW);
    }
    errata_case_method(
        analysis->result,
        "Severity: low for slices, clusters and label issues, since all labels are of "
        "one class, so errors are where the model predicts another, rightly or not.");
    return TRUE;
}

const ErrataAnalyzer errata_analyzer_one_class = {
    .id = "one-class",
    .run = one_class_run,
};
