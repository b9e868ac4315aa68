/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A group that errs because its labels, or its scores, are the other way round: among its rows the
 * scores rank the classes backwards. Which of the two was turned over the log cannot tell, so both
 * are said, and the group stays one of errors. */
#include <math.h>

#include "label-issues.h"
#include "ranking.h"
#include "slices.h"
#include "words.h"

#define INVERTED_AUC   0.3 /* of the group, in the half that was not searched */
#define INVERTED_LEAST 50  /* rows of either class there */
#define INVERTED_Z     1.96

static ErrataFinding *
inverted_report(const ErrataFinding *slice, double auc, double variance, guint64 n)
{
    g_autofree char *where = errata_words_where(slice);
    g_autofree char *title = g_strdup_printf("Where %s, labels and scores are the other way round",
                                             where);
    g_autofree char *text =
        g_strdup_printf("Look at some rows where %s: turn the labels round if they "
                        "are wrong, else the scores",
                        where);
    ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_LABEL_ISSUE, title);
    g_autofree char *count = errata_words_counted(slice->n_rows, "row", "rows");
    const char *when = errata_finding_note(slice, "when");
    ErrataEvidence *evidence;

    for (guint i = 0; i < slice->subject.predicates->len; i++)
        g_ptr_array_add(finding->subject.predicates,
                        errata_predicate_copy(g_ptr_array_index(slice->subject.predicates, i)));
    finding->summary = g_strdup_printf("label issues · %s", count);
    finding->confirmed = TRUE;
    finding->severity = ERRATA_SEVERITY_LOW; /* the slice itself tells how bad it is */
    evidence = errata_finding_add(
        finding,
        errata_evidence_new("auc_in", "AUC of the group's rows", auc, ERRATA_UNIT_NONE, n));
    evidence->lo = MAX(auc - INVERTED_Z * sqrt(variance), 0.0);
    evidence->hi = MIN(auc + INVERTED_Z * sqrt(variance), 1.0);
    evidence->method = g_strdup("normal, confirmation half");
    errata_finding_suggest(finding, "fix-pipeline", text)->method =
        g_strdup("not computed: the log does not tell which of the two is wrong");
    g_ptr_array_add(finding->notes, g_strdup("segment=yes"));
    g_ptr_array_add(finding->notes, g_strdup("inverted=yes"));
    if (when != NULL)
        g_ptr_array_add(finding->notes, g_strdup_printf("when=%s", when));
    return finding;
}

/**
 * errata_label_issues_inverted:
 * @analysis: the log, its slices found
 *
 * Adds a finding for each group of more errors in which scores rank the classes backwards. Costs a
 * sort of its rows per such group.
 */
void
errata_label_issues_inverted(ErrataAnalysis *analysis)
{
    const ErrataOutcome *outcome = analysis->outcome;
    GPtrArray *findings = analysis->result->findings;
    g_autofree double *score = NULL;
    g_autofree guint8 *positive = NULL;
    guint n_findings = findings->len;

    if (outcome->task != ERRATA_TASK_BINARY || outcome->score == NULL || outcome->truth == NULL ||
        outcome->positive < 0)
        return;
    score = g_new(double, MAX(outcome->n_rows, 1));
    positive = g_new(guint8, MAX(outcome->n_rows, 1));
    for (guint f = 0; f < n_findings; f++) {
        const ErrataFinding *slice = g_ptr_array_index(findings, f);
        g_autoptr(ErrataRanking) ranking = NULL;
        double auc, variance = 0.0;
        gsize n = 0;

        if (!errata_slices_is_blind_spot(slice) || slice->severity < ERRATA_SEVERITY_MEDIUM)
            continue;
        for (gsize i = 0; i < slice->n_rows; i++) {
            guint32 row = slice->row[i];

            if (outcome->judged[row] == 0 || outcome->half[row] == 0 || isnan(outcome->score[row]))
                continue;
            score[n] = outcome->score[row];
            positive[n] = outcome->truth[row] == outcome->positive;
            n++;
        }
        ranking = errata_ranking_new(score, positive, NULL, n);
        if (ranking->n_positive < INVERTED_LEAST || ranking->n_negative < INVERTED_LEAST)
            continue;
        auc = errata_ranking_auc(ranking, &variance);
        if (auc < INVERTED_AUC)
            errata_case_add_finding(analysis->result, inverted_report(slice, auc, variance, n));
    }
}
