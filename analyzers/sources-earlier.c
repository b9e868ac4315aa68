/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A fall since an earlier report, of which no rows are there, but what it told of its groups: how
 * many rows they had, and how much of the error. A group that is told again, and without which
 * nothing or little would have fallen, tells the fall. METHODS 0. */
#include <math.h>

#include "filter.h"
#include "pattern-match.h"
#include "rows.h"
#include "sources.h"

#define EARLIER_PART 0.75 /* of a rise, that is told by one finding */

/* the mean loss that a metric tells */
static double
earlier_loss(const char *metric, double value)
{
    return g_strcmp0(metric, "accuracy") == 0 ? 1.0 - value : value;
}

static gboolean
earlier_is_group(const ErrataFinding *finding)
{
    return finding->kind == ERRATA_FINDING_SLICE && finding->subject.given == NULL &&
           finding->subject.predicates->len > 0 && isfinite(finding->share_of_errors) &&
           finding->share_of_rows < 1.0 && finding->severity >= ERRATA_SEVERITY_MEDIUM;
}

static ErrataRows *
earlier_rows(const ErrataAnalysis *analysis, const ErrataFinding *group)
{
    g_autoptr(ErrataFilter) filter = errata_filter_predicates_join(group->subject.predicates);

    if (!errata_filter_bind(filter, analysis->frame, analysis->schema, NULL))
        return NULL;
    return errata_filter_evaluate(filter, analysis->frame, analysis->outcome);
}

/* the part of the rise that is gone without the group's rows, then and now */
static double
earlier_part(const ErrataAnalysis *analysis,
             const ErrataFinding *fall,
             const ErrataFinding *group,
             const ErrataRows *rows)
{
    const ErrataOutcome *outcome = analysis->outcome;
    double before = earlier_loss(fall->metric, fall->subject.metric_from);
    double rise = earlier_loss(fall->metric, fall->subject.metric_to) - before;
    double then = before * (1.0 - group->share_of_errors) / (1.0 - group->share_of_rows);
    double n = 0.0, sum = 0.0;

    for (gsize row = 0; row < outcome->n_rows; row++) {
        if (outcome->judged[row] == 0 || isnan(outcome->loss[row]) || errata_rows_has(rows, row))
            continue;
        n += 1.0;
        sum += outcome->loss[row];
    }
    return n > 0.0 && rise > 0.0 ? 1.0 - (sum / n - then) / rise : 0.0;
}

/* the finding of now about the same rows; %NULL: none */
static ErrataFinding *
earlier_again(const ErrataAnalysis *analysis, const ErrataRows *rows)
{
    const GPtrArray *findings = analysis->result->findings;
    gsize n = errata_rows_count(rows);

    for (guint i = 0; i < findings->len; i++) {
        ErrataFinding *finding = g_ptr_array_index(findings, i);
        gsize both = 0;

        if (!earlier_is_group(finding) || finding->row == NULL ||
            errata_finding_note(finding, "told") != NULL)
            continue;
        for (gsize k = 0; k < finding->n_rows; k++)
            both += errata_rows_has(rows, finding->row[k]) ? 1 : 0;
        if ((double)both >= ERRATA_PATTERN_ALIKE * (double)(n + finding->n_rows - both))
            return finding;
    }
    return NULL;
}

static void
earlier_point(const ErrataAnalysis *analysis, ErrataFinding *fall)
{
    const GPtrArray *groups = analysis->earlier->findings;
    ErrataFinding *source = NULL;
    double most = 0.0;

    for (guint i = 0; i < groups->len; i++) {
        const ErrataFinding *group = g_ptr_array_index(groups, i);
        g_autoptr(ErrataRows) rows = earlier_is_group(group) ? earlier_rows(analysis, group) : NULL;
        ErrataFinding *again = rows != NULL ? earlier_again(analysis, rows) : NULL;
        double part = again != NULL ? earlier_part(analysis, fall, group, rows) : 0.0;

        if (part > most) {
            most = part;
            source = again;
        }
    }
    if (!(most >= EARLIER_PART))
        return;
    source->severity = MAX(source->severity, fall->severity);
    source->rank = fmax(source->rank, fall->rank);
    errata_finding_point(fall, source, "part of it that another finding tells", MIN(most, 1.0))
        ->method = g_strdup("the rise without the rows of that group, as the earlier report has it "
                            "and as it is now");
}

/**
 * errata_sources_earlier:
 * @analysis: a log whose findings are all there, perhaps held against an earlier report
 *
 * Lets a fall since an earlier report point to the group, told then and now, that makes most of it.
 * Costs a pass over the rows per group of the earlier report.
 */
void
errata_sources_earlier(const ErrataAnalysis *analysis)
{
    const GPtrArray *findings = analysis->result->findings;

    for (guint i = 0; analysis->earlier != NULL && i < findings->len; i++) {
        ErrataFinding *finding = g_ptr_array_index(findings, i);

        if (finding->kind == ERRATA_FINDING_PERFORMANCE &&
            g_strcmp0(errata_finding_note(finding, "against"), "report") == 0 &&
            errata_finding_note(finding, "told") == NULL &&
            (g_strcmp0(finding->metric, "accuracy") == 0 || g_strcmp0(finding->metric, "mae") == 0))
            earlier_point(analysis, finding);
    }
}
