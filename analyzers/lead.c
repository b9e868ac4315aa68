/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One cause, one remedy. A data bug that makes a good part of the errors is as grave as what it has
 * cost, stands before what it explains, and takes over the remedies: nobody should train on broken
 * rows what mending them would do. METHODS 0. */
#include "lead.h"

#include <math.h>
#include <string.h>

#include "causes.h"

#define LEAD_PART    0.2  /* of all errors, beyond what these rows would have had */
#define LEAD_BECAUSE 0.5  /* of a fall that rows hit by bugs carry */
#define LEAD_ALL     0.75 /* of one: then it is no finding beside the bug */
#define LEAD_NEAR    0.02 /* of the log: between a change and the end of a bug's window */

/* the part of the mean error that the rows of a bug add to it; 0 where it is not sure that they
 * do */
static double
lead_part(const ErrataFinding *bug)
{
    const ErrataEvidence *in = errata_finding_evidence(bug, "rate_in");
    const ErrataEvidence *out = errata_finding_evidence(bug, "rate_out");
    double all;

    if (!errata_causes_is_fault(bug) || !bug->confirmed ||
        errata_finding_note(bug, "innocent") != NULL || bug->severity < ERRATA_SEVERITY_MEDIUM ||
        in == NULL || out == NULL || isnan(in->value) || isnan(out->value) ||
        !((isnan(in->lo) ? in->value : in->lo) > out->value))
        return 0.0;
    all = bug->share_of_rows * in->value + (1.0 - bug->share_of_rows) * out->value;
    return all > 0.0 ? bug->share_of_rows * (in->value - out->value) / all : 0.0;
}

/* whether a change of how often predictions are wrong, or of the scores, lies at an end of the
 * window */
static gboolean
lead_is_edge(const ErrataAnalysis *analysis, const ErrataFinding *bug, const ErrataFinding *change)
{
    const ErrataSubject *window = &bug->subject;
    const ErrataSubject *at = &change->subject;
    const ErrataCase *result = analysis->result;
    double near = LEAD_NEAR * (window->has_time ? (double)(result->time_to - result->time_from)
                                                : (double)result->n_rows);

    return window->to > window->from && window->has_time == at->has_time &&
           (fabs((double)at->from - (double)window->from) <= near ||
            fabs((double)at->from - (double)window->to) <= near);
}

/* the part of a fall that rows hit by bugs carry; 0 of what is none */
static double
lead_share(const ErrataFinding *finding)
{
    for (guint i = 0;
         finding->kind == ERRATA_FINDING_PERFORMANCE && i < finding->subject.because->len;
         i++) {
        const ErrataShare *cause = g_ptr_array_index(finding->subject.because, i);

        if (strcmp(cause->value, "data-bug") == 0)
            return cause->rate;
    }
    return 0.0;
}

static gboolean
lead_explains(const ErrataAnalysis *analysis,
              const ErrataFinding *bug,
              const ErrataFinding *finding)
{
    if (lead_share(finding) >= LEAD_BECAUSE)
        return TRUE;
    return finding->kind == ERRATA_FINDING_CHANGE_POINT && lead_is_edge(analysis, bug, finding);
}

/* what would train on broken rows is left out, what mends them comes instead */
static void
lead_take_over(const ErrataFinding *bug, ErrataFinding *finding)
{
    const ErrataSuggestion *mend = NULL;

    for (guint i = 0; i < bug->suggestions->len; i++) {
        const ErrataSuggestion *suggestion = g_ptr_array_index(bug->suggestions, i);

        if (mend == NULL && strcmp(suggestion->action, "fix-pipeline") == 0)
            mend = suggestion;
    }
    if (mend == NULL)
        return;
    g_ptr_array_set_size(finding->suggestions, 0);
    errata_finding_copy_suggestion(finding, mend);
}

/* mending comes before leaving out */
static void
lead_mend_first(ErrataFinding *bug)
{
    for (guint i = 1; i < bug->suggestions->len; i++) {
        const ErrataSuggestion *suggestion = g_ptr_array_index(bug->suggestions, i);

        if (strcmp(suggestion->action, "fix-pipeline") == 0) {
            ErrataSuggestion *mend = g_ptr_array_steal_index(bug->suggestions, i);

            g_ptr_array_insert(bug->suggestions, 0, mend);
            return;
        }
    }
}

static void
lead_put_first(const ErrataAnalysis *analysis, ErrataFinding *bug, double part)
{
    GPtrArray *findings = analysis->result->findings;
    gboolean share = g_strcmp0(bug->metric, "accuracy") == 0;
    ErrataSeverity cost = errata_severity_from_impact(part, share ? bug->delta : 0.0);

    bug->severity = MAX(bug->severity, cost);
    g_ptr_array_add(bug->notes, g_strdup("lead=cause"));
    for (guint i = 0; i < findings->len; i++) {
        ErrataFinding *finding = g_ptr_array_index(findings, i);

        if (!lead_explains(analysis, bug, finding))
            continue;
        if (finding->kind == ERRATA_FINDING_CHANGE_POINT)
            finding->severity = MIN(finding->severity, ERRATA_SEVERITY_LOW);
        bug->severity = MAX(bug->severity, finding->severity);
        bug->rank = fmax(bug->rank, finding->rank);
        finding->rank = 0.0;
        if (lead_share(finding) >= LEAD_ALL)
            finding->severity = MIN(finding->severity, ERRATA_SEVERITY_LOW);
        lead_take_over(bug, finding);
    }
    for (guint i = 0; i < findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(findings, i);

        if (finding != bug && finding->severity == bug->severity)
            bug->rank = fmax(bug->rank, nextafter(finding->rank, HUGE_VAL));
    }
}

/**
 * errata_lead_mark:
 * @analysis: a log whose findings and suggestions are all there, not yet ranked
 *
 * Puts a data bug that makes a fifth of the errors, beyond what its rows would have had anyway,
 * before all findings of its severity (note `lead=cause`), and hands its remedy to the falls and
 * changes that it explains. Of several, the costliest comes first.
 */
void
errata_lead_mark(ErrataAnalysis *analysis)
{
    GPtrArray *findings = analysis->result->findings;
    g_autofree gboolean *done = g_new0(gboolean, findings->len + 1);

    for (guint i = 0; i < findings->len; i++) {
        ErrataFinding *finding = g_ptr_array_index(findings, i);

        if (errata_causes_is_fault(finding))
            lead_mend_first(finding);
    }
    for (;;) { /* the cheapest first: each goes before all others */
        ErrataFinding *next = NULL;
        double least = HUGE_VAL;
        guint at = 0;

        for (guint i = 0; i < findings->len; i++) {
            double part = lead_part(g_ptr_array_index(findings, i));

            if (!done[i] && part >= LEAD_PART && part < least) {
                least = part;
                next = g_ptr_array_index(findings, i);
                at = i;
            }
        }
        if (next == NULL)
            return;
        done[at] = TRUE;
        lead_put_first(analysis, next, least);
    }
}
