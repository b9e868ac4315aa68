/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups of one column that err make a rise together where none makes it alone, and where the
 * column has moved to them, its drift costs what they cost: the rise and the drift point to the
 * group that makes most of it, and name the others (evidence `comes_from_also`). METHODS 0. */
#include <math.h>

#include "slices.h"
#include "sources.h"

#define COLUMNS_PART  0.75 /* of a rise, that the groups make */
#define COLUMNS_DRIFT 0.5  /* of a change in the errors, that goes with a column */
#define COLUMNS_NEAR  0.02 /* of the rows, between two moments that may be one */

static gboolean
columns_has(const ErrataFinding *slice, const char *column)
{
    for (guint k = 0; k < slice->subject.predicates->len; k++) {
        const ErrataPredicate *predicate = g_ptr_array_index(slice->subject.predicates, k);

        if (g_strcmp0(predicate->column, column) == 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean
columns_is_group(const ErrataFinding *finding, const char *column)
{
    return (errata_slices_is_blind_spot(finding) || errata_sources_is_timed(finding)) &&
           finding->severity >= ERRATA_SEVERITY_MEDIUM &&
           errata_finding_note(finding, "told") == NULL &&
           errata_finding_note(finding, "better") == NULL && columns_has(finding, column);
}

static gboolean
columns_takes(const ErrataFinding *finding, const char *column)
{
    if (errata_finding_note(finding, "told") != NULL ||
        errata_finding_note(finding, "opposed") != NULL)
        return FALSE;
    if (finding->kind == ERRATA_FINDING_DRIFT)
        return finding->severity >= ERRATA_SEVERITY_MEDIUM &&
               g_strcmp0(finding->subject.column, column) == 0;
    return finding->severity >= ERRATA_SEVERITY_LOW &&
           (finding->kind == ERRATA_FINDING_PERFORMANCE || errata_sources_is_step(finding));
}

/* the groups of a column, and their rows */
typedef struct {
    GPtrArray *group; /* the one of most errors first */
    guint8 *rows;
} ColumnsGroups;

static void
columns_groups_clear(ColumnsGroups *self)
{
    g_ptr_array_unref(self->group);
    g_free(self->rows);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ColumnsGroups, columns_groups_clear)

static ColumnsGroups
columns_groups(const ErrataAnalysis *analysis, const char *column)
{
    const GPtrArray *findings = analysis->result->findings;
    ColumnsGroups self = {g_ptr_array_new(), g_new0(guint8, MAX(analysis->outcome->n_rows, 1))};

    for (guint i = 0; i < findings->len; i++) {
        ErrataFinding *finding = g_ptr_array_index(findings, i);
        g_autofree guint8 *leave = NULL;
        gboolean first;

        if (!columns_is_group(finding, column))
            continue;
        first = self.group->len == 0 ||
                finding->rank > ((const ErrataFinding *)g_ptr_array_index(self.group, 0))->rank;
        g_ptr_array_insert(self.group, first ? 0 : -1, finding);
        leave = errata_sources_leave(analysis, finding);
        for (gsize row = 0; row < analysis->outcome->n_rows; row++)
            self.rows[row] |= leave[row];
    }
    return self;
}

static void
columns_point(ErrataFinding *finding, const ColumnsGroups *groups, double part)
{
    errata_finding_point(finding,
                         g_ptr_array_index(groups->group, 0),
                         groups->group->len > 1 ? "part of it that other findings tell"
                                                : "part of it that another finding tells",
                         MIN(part, 1.0))
        ->method = g_strdup("the rise with these rows left out");
    for (guint k = 1; k < groups->group->len; k++) {
        const ErrataFinding *other = g_ptr_array_index(groups->group, k);

        errata_finding_add(finding,
                           errata_evidence_new("comes_from_also",
                                               "told with it by this finding",
                                               (double)NAN,
                                               ERRATA_UNIT_SHARE,
                                               other->n_rows))
            ->text = g_strdup(other->title);
    }
}

static void
columns_point_all(const ErrataAnalysis *analysis, const char *column)
{
    const GPtrArray *findings = analysis->result->findings;
    g_auto(ColumnsGroups) groups = columns_groups(analysis, column);
    double reference = errata_sources_reference(analysis,
                                                (const ErrataFinding *const *)groups.group->pdata,
                                                groups.group->len);

    for (guint i = 0; groups.group->len > 0 && i < findings->len; i++) {
        ErrataFinding *finding = g_ptr_array_index(findings, i);
        double part;

        if (!columns_takes(finding, column))
            continue;
        part = errata_sources_part(analysis, finding, groups.rows, reference, (double)NAN);
        if (part >= COLUMNS_PART)
            columns_point(finding, &groups, part);
    }
}

/* whether the rows that drift is told of begin with the step */
static gboolean
columns_is_moment(const ErrataAnalysis *analysis, const ErrataFinding *step)
{
    const ErrataOutcome *outcome = analysis->outcome;
    double near = COLUMNS_NEAR * (double)outcome->n_rows;
    gsize at = 0;

    if (analysis->changed_at == 0)
        return FALSE;
    while (at < outcome->n_rows &&
           (outcome->time != NULL ? outcome->time[outcome->order[at]]
                                  : (gint64)outcome->order[at]) < step->subject.from)
        at++;
    return fabs((double)at - (double)analysis->changed_at) <= near;
}

/* the column with which most of the change in the errors goes; %NULL: with none, or less than
 * half */
static ErrataFinding *
columns_guilty(const ErrataAnalysis *analysis)
{
    const GPtrArray *findings = analysis->result->findings;
    ErrataFinding *best = NULL;

    for (guint i = 0; i < findings->len; i++) {
        ErrataFinding *drift = g_ptr_array_index(findings, i);

        if (drift->kind == ERRATA_FINDING_DRIFT && drift->severity >= ERRATA_SEVERITY_MEDIUM &&
            errata_finding_note(drift, "told") == NULL &&
            drift->subject.share_of_loss >= COLUMNS_DRIFT &&
            (best == NULL || drift->subject.share_of_loss > best->subject.share_of_loss))
            best = drift;
    }
    return best;
}

/**
 * errata_sources_columns:
 * @analysis: a log; what is the matter of one group points to it already
 *
 * Lets steps of the errors, falls and costly drifts that the groups of one column make point to
 * them. Two passes over the rows per column and finding.
 */
void
errata_sources_columns(const ErrataAnalysis *analysis)
{
    const GPtrArray *findings = analysis->result->findings;
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(findings, i);

        for (guint k = 0; k < finding->subject.predicates->len; k++) {
            ErrataPredicate *predicate = g_ptr_array_index(finding->subject.predicates, k);

            if (!columns_is_group(finding, predicate->column) ||
                !g_hash_table_add(seen, predicate->column))
                continue;
            columns_point_all(analysis, predicate->column);
        }
    }
}

/**
 * errata_sources_drifts:
 * @analysis: a log; what is a step's matter points to it already
 *
 * Lets steps of the errors of the moment at which a column moved, which mostly go with it, point to
 * its drift.
 */
void
errata_sources_drifts(const ErrataAnalysis *analysis)
{
    const GPtrArray *findings = analysis->result->findings;
    ErrataFinding *drift = columns_guilty(analysis);

    for (guint i = 0; drift != NULL && i < findings->len; i++) {
        ErrataFinding *step = g_ptr_array_index(findings, i);

        if (!errata_sources_is_step(step) || step->severity < ERRATA_SEVERITY_LOW ||
            errata_finding_note(step, "told") != NULL || !columns_is_moment(analysis, step))
            continue;
        drift->severity = MAX(drift->severity, step->severity);
        drift->rank = fmax(drift->rank, step->rank);
        errata_finding_point(step,
                             drift,
                             "part of it that goes with the column",
                             MIN(drift->subject.share_of_loss, 1.0))
            ->method = g_strdup("the baseline's losses weighted to the column's values now");
    }
}
