/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The groups of errors that the verdict counts: how many, of what part of the rows, with what part
 * of the errors. One whose rows are nearly all in another is a part of that, not one more. */
#include "verdict-groups.h"

#include <math.h>

#include "gain.h"

#define GROUPS_WITHIN 0.9 /* of a group's rows: so many in another make it a part of that */

/* whether the verdict counts it among the groups */
static gboolean
groups_is_group(const ErrataFinding *finding)
{
    return finding->kind == ERRATA_FINDING_SLICE && finding->severity >= ERRATA_SEVERITY_MEDIUM &&
           !isnan(finding->share_of_errors) &&
           g_strcmp0(errata_finding_note(finding, "of"), "said") != 0; /* not of all its rows */
}

/* rows of @finding in @seen, which has a bit for each row of the log */
static gsize
groups_rows_seen(const ErrataFinding *finding, const guint8 *seen, guint64 n_rows)
{
    gsize n = 0;

    for (gsize i = 0; i < finding->n_rows; i++) {
        guint32 row = finding->row[i];

        n += row < n_rows && (seen[row >> 3] & (1U << (row & 7))) != 0 ? 1 : 0;
    }
    return n;
}

static void
groups_see_rows(const ErrataFinding *finding, guint8 *seen, guint64 n_rows)
{
    for (gsize i = 0; i < finding->n_rows; i++) {
        guint32 row = finding->row[i];

        if (row < n_rows)
            seen[row >> 3] = (guint8)(seen[row >> 3] | (1U << (row & 7)));
    }
}

/* groups whose rows are nearly all in a larger one: a part of it, not one more */
static gboolean
groups_is_within(const ErrataCase *report, guint index, guint64 n_rows)
{
    const ErrataFinding *finding = g_ptr_array_index(report->findings, index);

    for (guint i = 0; finding->row != NULL && i < report->findings->len; i++) {
        const ErrataFinding *other = g_ptr_array_index(report->findings, i);
        g_autofree guint8 *seen = NULL;

        if (i == index || !groups_is_group(other) || other->row == NULL ||
            other->n_rows < finding->n_rows || (other->n_rows == finding->n_rows && i > index))
            continue;
        seen = g_new0(guint8, n_rows / 8 + 1);
        groups_see_rows(other, seen, n_rows);
        if ((double)groups_rows_seen(finding, seen, n_rows) >=
            GROUPS_WITHIN * (double)finding->n_rows)
            return TRUE;
    }
    return FALSE;
}

/**
 * errata_verdict_gain:
 * @finding: of @report
 *
 * Returns: what mending it would give at most, of accuracy or of the mean absolute error; 0 where
 *   that is not known
 */
double
errata_verdict_gain(const ErrataCase *report, const ErrataFinding *finding)
{
    const char *metric = report->task == ERRATA_TASK_REGRESSION ? "mae" : "accuracy";

    return g_strcmp0(finding->metric, metric) == 0 && finding->delta > 0.0
               ? errata_gain_measured(report, finding, metric, finding->delta)
               : 0.0;
}

/**
 * errata_verdict_groups:
 * @report: a finished case
 *
 * Returns: what its slices of severity medium or above come to
 */
ErrataVerdictGroups
errata_verdict_groups(const ErrataCase *report)
{
    ErrataVerdictGroups groups = {0, 0.0, 0.0, 0.0, 0.0, TRUE, TRUE};
    gsize n_all = MAX(report->n_rows, report->n_rows_all); /* rows are those of the whole log */
    g_autofree guint8 *seen = g_new0(guint8, n_all / 8 + 1);
    gboolean by_row = TRUE;
    gsize n_rows = 0;
    double sum = 0.0;

    for (guint i = 0; i < report->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(report->findings, i);
        gboolean within = FALSE;
        gsize n_seen;

        if (!groups_is_group(finding))
            continue;
        within = groups_is_within(report, i, n_all);
        groups.n += within ? 0 : 1;
        sum += finding->share_of_rows;
        groups.errors += within ? 0.0 : finding->share_of_errors;
        groups.gain += within ? 0.0 : errata_verdict_gain(report, finding);
        groups.gain_one = MAX(groups.gain_one, errata_verdict_gain(report, finding));
        by_row = by_row && finding->row != NULL;
        if (!by_row)
            continue;
        n_seen = groups_rows_seen(finding, seen, n_all);
        groups_see_rows(finding, seen, n_all);
        n_rows += finding->n_rows - n_seen;
        groups.apart = groups.apart && (within || n_seen == 0);
    }
    groups.apart = groups.n < 2 || (groups.apart && by_row);
    groups.gain = MAX(groups.gain, groups.gain_one);
    groups.rows = by_row ? (double)n_rows / MAX((double)report->n_rows, 1.0) : MIN(sum, 1.0);
    groups.exact = groups.apart || !isnan(report->slices_errors);
    groups.errors = isnan(report->slices_errors) ? MIN(groups.errors, 1.0) : report->slices_errors;
    return groups;
}
