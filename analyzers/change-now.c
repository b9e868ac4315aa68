/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Since when “now” is: the rows after the last change that lasts, of what comes in or of the
 * errors. */
#include <string.h>

#include "change-points.h"

#define NOW_PART 0.05 /* of the rows: so many after a change are "now", so many are "before" */
#define NOW_ROWS 200

static gsize
now_least(gsize n_rows)
{
    return MAX((gsize)(NOW_PART * (double)n_rows), NOW_ROWS);
}

/**
 * errata_change_least:
 * @log: what was searched
 *
 * Returns: how many rows a stretch needs to be what a series was, or is, and not a few rows of it
 */
gsize
errata_change_least(const ErrataChangeLog *log)
{
    return now_least(log->n_rows);
}

/**
 * errata_change_moves:
 * @change: a change as a finding
 * @column: (nullable): a column; %NULL: the errors
 *
 * Returns: whether the change moved that, whatever it is named after
 */
gboolean
errata_change_moves(const ErrataFinding *change, const char *column)
{
    if (column == NULL)
        return g_strcmp0(change->subject.series, "error_rate") == 0;
    for (guint i = 0; i < change->notes->len; i++) {
        const char *note = g_ptr_array_index(change->notes, i);

        if (g_str_has_prefix(note, "of=") && g_strcmp0(note + strlen("of="), column) == 0)
            return TRUE;
    }
    return FALSE;
}

/**
 * errata_change_is_now:
 * @analysis: a log whose changes were looked for
 * @change: one of them
 *
 * Returns: whether the rows of now begin where that change was, or while it came
 */
gboolean
errata_change_is_now(const ErrataAnalysis *analysis, const ErrataFinding *change)
{
    const ErrataOutcome *outcome = analysis->outcome;
    guint32 row;
    gint64 now;

    if (analysis->changed_at == 0 || change->kind != ERRATA_FINDING_CHANGE_POINT)
        return FALSE;
    row = outcome->order[analysis->changed_at];
    now = outcome->time != NULL ? outcome->time[row] : (gint64)row;
    return now == change->subject.from || (now > change->subject.from && now <= change->subject.to);
}

/**
 * errata_change_goes_on:
 * @analysis: a log whose changes were looked for
 * @change: a finding
 *
 * Returns: whether that is a slow change which the log ends with, or so soon after that the rows
 *   behind it are too few to be what is so now
 */
gboolean
errata_change_goes_on(const ErrataAnalysis *analysis, const ErrataFinding *change)
{
    const ErrataOutcome *outcome = analysis->outcome;
    gsize n = analysis->frame->n_rows, least = now_least(n);
    guint32 row;

    if (change->kind != ERRATA_FINDING_CHANGE_POINT || change->subject.to <= change->subject.from ||
        n <= least)
        return FALSE;
    row = outcome->order[n - least];
    return change->subject.to > (outcome->time != NULL ? outcome->time[row] : (gint64)row);
}

/* whether what comes in changed */
static gboolean
now_is_of_columns(const ErrataChangeGroup *group)
{
    for (guint m = 0; m < group->member->len; m++) {
        const ErrataChangeSeries *series = g_ptr_array_index(group->member, m);

        if (series->column != NULL && !series->is_label)
            return TRUE;
    }
    return FALSE;
}

/* whether the errors rose, and not only to what they were before a while with fewer */
static gboolean
now_is_rise(const ErrataChangeGroup *group)
{
    const ErrataChangeSeries *errors = g_ptr_array_index(group->member, 0);

    return errata_change_is_of_errors(group) &&
           errors->change[g_array_index(group->index, guint, 0)].size > 0.0 && group->back_of == 0;
}

/* place of that row in the outcome's order */
static gsize
now_order(const ErrataChangeLog *log, gsize place)
{
    const ErrataOutcome *outcome = log->analysis->outcome;
    gsize at = 0;

    while (at < outcome->n_rows && outcome->order[at] != log->row[place])
        at++;
    return at;
}

/* a change that now began with: its end, and where it began if it was slow */
typedef struct {
    gsize at;
    gsize from;
} Now;

static void
now_take(Now *now, const ErrataChangeGroup *group, gsize least)
{
    if (group->end <= now->at)
        return;
    now->at = group->end;
    now->from = group->begin < group->end && group->begin >= least ? group->begin : 0;
}

/**
 * errata_change_tell_now:
 * @log: what was searched
 * @groups: (element-type ErrataChangeGroup): all changes
 *
 * Tells the analysis the last change that lasts of what comes in, and the last rise of the errors
 * that does, after which there are enough rows, and before it where these are the baseline, for
 * comparisons with “now”. The rows while a slow one came are neither now nor before.
 */
void
errata_change_tell_now(const ErrataChangeLog *log, const GPtrArray *groups)
{
    ErrataAnalysis *analysis = log->analysis;
    gsize least = errata_change_least(log);
    Now last = {0, 0}, worse = {0, 0};

    for (guint i = 0; i < groups->len; i++) {
        const ErrataChangeGroup *group = g_ptr_array_index(groups, i);

        if (group->has_back || group->end + least > log->n_rows ||
            (analysis->reference == NULL && group->begin < least))
            continue;
        if (now_is_of_columns(group))
            now_take(&last, group, least);
        if (now_is_rise(group))
            now_take(&worse, group, least);
    }
    if (last.at > 0)
        analysis->changed_at = now_order(log, last.at);
    if (last.from > 0)
        analysis->changed_from = now_order(log, last.from);
    analysis->worse_at = worse.at > 0 ? now_order(log, worse.at) : analysis->changed_at;
    analysis->worse_from = worse.at == 0    ? analysis->changed_from
                           : worse.from > 0 ? now_order(log, worse.from)
                                            : 0;
}
