/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a column was for a while, and is no more, is neither what it was before nor what it is now:
 * the rows of such a window, which a change of the column tells of, are left out where the two are
 * compared. What was so most of the time, as a summer is in a year, is no such window. */
#include <string.h>

#include "drift.h"

#define PASSING_LEFT 30  /* rows that a side needs … */
#define PASSING_PART 0.5 /* … and of those it has */

/* whether a change is one of the column, and came back */
static gboolean
passing_is_of(const ErrataFinding *change, const char *column)
{
    if (change->kind != ERRATA_FINDING_CHANGE_POINT ||
        errata_finding_evidence(change, "back") == NULL)
        return FALSE;
    for (guint i = 0; i < change->notes->len; i++) {
        const char *note = g_ptr_array_index(change->notes, i);

        if (g_str_has_prefix(note, "of=") && strcmp(note + strlen("of="), column) == 0)
            return TRUE;
    }
    return FALSE;
}

/* 1 for rows from the change until it came back */
static void
passing_mark(const ErrataOutcome *outcome, const ErrataFinding *change, guint8 *mark)
{
    double back = errata_finding_evidence(change, "back")->value;

    for (gsize row = 0; row < outcome->n_rows; row++) {
        gint64 at = outcome->time != NULL ? outcome->time[row] : (gint64)row;

        if (at >= change->subject.from && (double)at < back)
            mark[row] = 1;
    }
}

/**
 * errata_drift_passing:
 * @analysis: a log whose changes were looked for
 * @column: name of a column
 * @side: rows of it; those of the log lose what passed, where others are left
 *
 * Returns: (transfer full) (array) (nullable): the rows that are left, their number in @side;
 * %NULL: all
 */
guint32 *
errata_drift_passing(const ErrataAnalysis *analysis, const char *column, ErrataDriftSide *side)
{
    const GPtrArray *findings = analysis->result->findings;
    g_autofree guint8 *mark = NULL;
    g_autofree guint32 *left = NULL;
    gsize n = 0;

    for (guint i = 0; side->frame == analysis->frame && i < findings->len; i++) {
        const ErrataFinding *change = g_ptr_array_index(findings, i);

        if (!passing_is_of(change, column))
            continue;
        if (mark == NULL)
            mark = g_new0(guint8, analysis->outcome->n_rows + 1);
        passing_mark(analysis->outcome, change, mark);
    }
    if (mark == NULL)
        return NULL;
    left = g_new(guint32, side->n + 1);
    for (gsize i = 0; i < side->n; i++)
        if (mark[side->row[i]] == 0)
            left[n++] = side->row[i];
    if (n < PASSING_LEFT || (double)n < PASSING_PART * (double)side->n)
        return NULL;
    side->n = n;
    return g_steal_pointer(&left);
}
