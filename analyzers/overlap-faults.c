/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A fault of the data that goes with a group that errs looks guilty, too: a field that one channel
 * stops to send from the day on which one of its countries goes wrong. Each of the two is judged by
 * its rows outside the other. A fault whose other rows are as right as all others, where the
 * group's other rows are not, costs nothing of its own: it stays a fault, but is no cause, and what
 * mending it would bring goes with that. */
#include <math.h>
#include <string.h>

#include "causes.h"
#include "overlap.h"
#include "suggestions.h"

#define FAULTS_LEAST  50   /* judged rows that a rate needs */
#define FAULTS_SHARED 0.05 /* of a fault's rows that the groups have */
#define FAULTS_ALONE \
    0.5 /* of what a fault seems to add to the loss, that its other rows surely add less than, … */
#define FAULTS_NONE  0.25 /* … of which so little is none, however sure */
#define FAULTS_LEVEL 0.95

enum {
    FAULTS_REST = 0,
    FAULTS_FAULT = 1,
    FAULTS_GROUP = 2,
};

static gboolean
faults_is_group(const ErrataFinding *finding)
{
    return finding->kind == ERRATA_FINDING_SLICE && finding->confirmed && finding->row != NULL &&
           finding->n_rows > 0 && finding->severity >= ERRATA_SEVERITY_LOW &&
           finding->subject.direction == NULL && errata_finding_note(finding, "better") == NULL;
}

static gboolean
faults_is_fault(const ErrataFinding *finding)
{
    return errata_causes_is_fault(finding) && finding->row != NULL && finding->n_rows > 0 &&
           finding->severity >= ERRATA_SEVERITY_MEDIUM &&
           errata_finding_evidence(finding, "rate_in") != NULL;
}

/**
 * errata_overlap_mark_groups:
 * @analysis: a log whose slices have been looked for
 * @mark: (array length=n_rows) (inout): gets @bit or-ed in for rows of groups that err
 * @bit: a mark
 */
void
errata_overlap_mark_groups(const ErrataAnalysis *analysis, guint8 *mark, guint8 bit)
{
    const GPtrArray *findings = analysis->result->findings;

    for (guint i = 0; i < findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(findings, i);

        for (gsize k = 0; faults_is_group(finding) && k < finding->n_rows; k++)
            mark[finding->row[k]] |= bit;
    }
}

/* the group that has most of the fault's rows */
static ErrataFinding *
faults_guilty(const ErrataAnalysis *analysis, const guint8 *mark)
{
    const GPtrArray *findings = analysis->result->findings;
    ErrataFinding *best = NULL;
    gsize most = 0;

    for (guint i = 0; i < findings->len; i++) {
        ErrataFinding *finding = g_ptr_array_index(findings, i);
        gsize n = 0;

        for (gsize k = 0; faults_is_group(finding) && k < finding->n_rows; k++)
            n += (mark[finding->row[k]] & FAULTS_FAULT) != 0 ? 1 : 0;
        if (n <= most)
            continue;
        most = n;
        best = finding;
    }
    return best;
}

/* “tenure_months is missing”, as it follows “rows where” */
static char *
faults_words(const ErrataFinding *fault)
{
    const char *column = fault->kind == ERRATA_FINDING_ANOMALY ? fault->subject.columns[0]
                                                               : fault->subject.column;

    if (column == NULL)
        return g_strdup("another fault of the data lies");
    return g_strcmp0(fault->subject.bug, "missing-burst") == 0 &&
                   errata_finding_evidence(fault, "value") == NULL
               ? g_strdup_printf("%s is missing", column)
               : g_strdup_printf("%s is faulty", column);
}

static void
faults_rate(const ErrataAnalysis *analysis,
            ErrataFinding *finding,
            ErrataEvidence *evidence,
            const ErrataRate *alone,
            const ErrataRate *rest)
{
    ErrataInterval interval = evidence->unit == ERRATA_UNIT_SHARE
                                  ? errata_rate_wilson(alone, FAULTS_LEVEL)
                                  : errata_intervals_normal(errata_rate_mean(alone),
                                                            errata_suggestions_variance(alone),
                                                            FAULTS_LEVEL);

    evidence->lo = interval.lo;
    evidence->hi = interval.hi;
    evidence->baseline = errata_rate_mean(rest);
    evidence->method = g_strdup("rows that groups with more errors have left out on both sides");
    errata_finding_add(finding, evidence);
}

static void
faults_clear(const ErrataAnalysis *analysis,
             ErrataFinding *fault,
             ErrataFinding *guilty,
             const ErrataRate *alone,
             const ErrataRate *rest)
{
    gboolean share = analysis->outcome->task != ERRATA_TASK_REGRESSION;
    ErrataUnit unit = share ? ERRATA_UNIT_SHARE : ERRATA_UNIT_TARGET;
    g_autofree char *words = faults_words(fault);
    g_autofree char *what =
        g_strdup_printf("%s where %s, that group left out", share ? "error rate" : "error", words);
    ErrataEvidence *decoy =
        errata_evidence_new("decoy", what, errata_rate_mean(alone), unit, (guint64)alone->n);
    ErrataEvidence *own = errata_evidence_new("rate_alone",
                                              share ? "error rate in those of them that no group "
                                                      "with more errors has"
                                                    : "mean absolute error in those of them that "
                                                      "no group with more errors has",
                                              errata_rate_mean(alone),
                                              unit,
                                              (guint64)alone->n);

    decoy->text = g_strdup(words);
    own->text = g_strdup(guilty->title);
    faults_rate(analysis, guilty, decoy, alone, rest);
    faults_rate(analysis, fault, own, alone, rest);
    g_ptr_array_add(fault->notes, g_strdup("innocent=another finding"));
    fault->severity = MIN(fault->severity, ERRATA_SEVERITY_MEDIUM);
    fault->rank = 0.0;
    fault->delta = 0.0;
    fault->excess_errors = fmin(fault->excess_errors, 0.0);
}

/* whether rows of @in are surely worse than those of @out */
static gboolean
faults_is_worse(const ErrataAnalysis *analysis, const ErrataRate *in, const ErrataRate *out)
{
    return in->n >= FAULTS_LEAST && out->n >= FAULTS_LEAST &&
           errata_suggestions_above(analysis, in, out).lo > 0.0;
}

/* whether a fault, marked beside the groups in @mark, costs nothing of its own; and the losses of
 * its rows outside the groups, and of all rows outside both */
static gboolean
faults_judge(const ErrataAnalysis *analysis,
             const guint8 *mark,
             ErrataRate *ret_alone,
             ErrataRate *ret_rest)
{
    const ErrataOutcome *outcome = analysis->outcome;
    ErrataRate rest, alone, group, both, all;
    ErrataInterval above;
    double seems;

    *ret_rest = rest = errata_suggestions_side(outcome, mark, FAULTS_REST);
    *ret_alone = alone = errata_suggestions_side(outcome, mark, FAULTS_FAULT);
    group = errata_suggestions_side(outcome, mark, FAULTS_GROUP);
    both = errata_suggestions_side(outcome, mark, FAULTS_FAULT | FAULTS_GROUP);
    all = alone;
    errata_rate_merge(&all, &both);
    if (!(both.n >= FAULTS_SHARED * all.n) || alone.n < FAULTS_LEAST ||
        !faults_is_worse(analysis, &all, &rest) || !faults_is_worse(analysis, &group, &rest))
        return FALSE;
    seems = errata_rate_mean(&all) - errata_rate_mean(&rest);
    above = errata_suggestions_above(analysis, &alone, &rest);
    return above.hi < FAULTS_NONE * seems || (!(above.lo > 0.0) && above.hi < FAULTS_ALONE * seems);
}

/* a fall in performance that rows of such a fault were said to carry: they behave differently, as
 * the others */
static void
faults_excuse(ErrataCase *result)
{
    for (guint i = 0; i < result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(result->findings, i);
        const ErrataEvidence *share = errata_finding_evidence(finding, "bug_share");

        if (finding->kind != ERRATA_FINDING_PERFORMANCE || share == NULL)
            continue;
        for (guint k = finding->subject.because->len; k-- > 0;) {
            ErrataShare *cause = g_ptr_array_index(finding->subject.because, k);

            if (strcmp(cause->value, "data-bug") == 0)
                g_ptr_array_remove_index(finding->subject.because, k);
            else if (strcmp(cause->value, "concept-shift") == 0)
                cause->rate = fmin(cause->rate + share->value, 1.0);
        }
        for (guint k = finding->evidence->len; k-- > 0;)
            if (g_ptr_array_index(finding->evidence, k) == share)
                g_ptr_array_remove_index(finding->evidence, k);
    }
}

/**
 * errata_overlap_faults:
 * @analysis: a log whose faults and slices have been looked for
 *
 * Notes `innocent` on faults of the data that cost nothing of their own, with what their rows
 * outside the groups that err are like (evidence `rate_alone`); the guiltiest of these groups gets
 * it as a `decoy`. Costs a pass over the rows per fault.
 */
void
errata_overlap_faults(ErrataAnalysis *analysis)
{
    const GPtrArray *findings = analysis->result->findings;
    gsize n_rows = MAX(analysis->outcome->n_rows, 1);
    g_autofree guint8 *groups = NULL;
    guint n_faults = 0, n_innocent = 0;

    if (analysis->outcome->loss == NULL)
        return;
    groups = g_new0(guint8, n_rows);
    errata_overlap_mark_groups(analysis, groups, FAULTS_GROUP);
    for (guint i = 0; i < findings->len; i++) {
        ErrataFinding *fault = g_ptr_array_index(findings, i);
        g_autofree guint8 *mark = NULL;
        ErrataRate alone, rest;

        if (!faults_is_fault(fault))
            continue;
        n_faults++;
        mark = g_memdup2(groups, n_rows);
        for (gsize k = 0; k < fault->n_rows; k++)
            mark[fault->row[k]] |= FAULTS_FAULT;
        if (!faults_judge(analysis, mark, &alone, &rest))
            continue;
        faults_clear(analysis, fault, faults_guilty(analysis, mark), &alone, &rest);
        n_innocent++;
    }
    if (n_innocent > 0 && n_innocent == n_faults)
        faults_excuse(analysis->result);
}
