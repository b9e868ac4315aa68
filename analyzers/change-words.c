/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a change is said: what moved, from what to what, and when. */
#include "change-words.h"

#include <math.h>
#include <string.h>

#include "interpret/words.h"

#define WORDS_FAULTS 0.01 /* of the rows before, or since: fewer do not tell on a rate */

/**
 * errata_change_unit:
 * @log: what was searched
 * @series: one of its series
 *
 * Returns: the unit that its levels are told in
 */
ErrataUnit
errata_change_unit(const ErrataChangeLog *log, const ErrataChangeSeries *series)
{
    gboolean regression = log->analysis->outcome->task == ERRATA_TASK_REGRESSION;

    switch (series->kind) {
    case ERRATA_CHANGE_ERROR:
        return regression ? ERRATA_UNIT_TARGET : ERRATA_UNIT_SHARE;
    case ERRATA_CHANGE_MISSING:
    case ERRATA_CHANGE_SHARE:
        return ERRATA_UNIT_SHARE;
    case ERRATA_CHANGE_SCORE:
    case ERRATA_CHANGE_VOLUME:
    case ERRATA_CHANGE_MEAN:
    case ERRATA_CHANGE_SPREAD:
        break;
    }
    return ERRATA_UNIT_NONE;
}

/**
 * errata_change_leaves_out:
 * @log: what was searched
 * @group: a change
 *
 * Returns: whether so many rows before and since are left out of the model's own series, as faults
 *   befell them, that their share tells on what is said of all
 */
gboolean
errata_change_leaves_out(const ErrataChangeLog *log, const ErrataChangeGroup *group)
{
    gsize n[2] = {0, 0}, out[2] = {0, 0};

    for (gsize i = group->from; i < group->to; i++) {
        guint side = i >= group->begin;

        if (side == 1 && i < group->end)
            continue;
        n[side]++;
        out[side] += log->faults->model[log->row[i]];
    }
    return (double)out[0] >= WORDS_FAULTS * (double)n[0] ||
           (double)out[1] >= WORDS_FAULTS * (double)n[1];
}

static char *
words_what_errors(const ErrataChangeLog *log, gboolean outside)
{
    return g_strconcat(log->analysis->outcome->task == ERRATA_TASK_REGRESSION
                           ? "mean absolute error"
                           : "error rate",
                       outside ? " outside data bugs" : "",
                       NULL);
}

/**
 * errata_change_what:
 * @log: what was searched
 * @group: a change
 * @series: one that it moved
 *
 * Returns: (transfer full): what moved, behind “the”: “error rate outside data bugs”
 */
char *
errata_change_what(const ErrataChangeLog *log,
                   const ErrataChangeGroup *group,
                   const ErrataChangeSeries *series)
{
    gboolean of_model = series->kind == ERRATA_CHANGE_ERROR || series->kind == ERRATA_CHANGE_SCORE;
    const char *where = of_model && errata_change_leaves_out(log, group) ? " outside data bugs"
                                                                         : "";
    const char *value = series->kind == ERRATA_CHANGE_SHARE ? strchr(series->name, '=') : NULL;

    switch (series->kind) {
    case ERRATA_CHANGE_ERROR:
        return words_what_errors(log, where[0] != '\0');
    case ERRATA_CHANGE_SCORE:
        return g_strconcat(log->analysis->outcome->task == ERRATA_TASK_REGRESSION
                               ? "mean prediction"
                               : "mean score",
                           where,
                           NULL);
    case ERRATA_CHANGE_VOLUME:
        return g_strdup("number of rows per day");
    case ERRATA_CHANGE_MISSING:
        return g_strdup_printf("share of rows where %s is missing", series->column);
    case ERRATA_CHANGE_MEAN:
        return g_strdup_printf("mean of %s", series->column);
    case ERRATA_CHANGE_SPREAD:
        return g_strdup_printf("standard deviation of %s", series->column);
    case ERRATA_CHANGE_SHARE:
        value = series->name + strlen("share:") + strlen(series->column) + 1;
        return g_strdup_printf("share of rows where %s is %s", series->column, value);
    }
    return NULL;
}

/* “row 1,069”, as counts are written */
static char *
words_row(gint64 at)
{
    g_autofree char *count = errata_words_count((guint64)at);

    return g_strdup_printf("row %s", count);
}

static char *
words_place(const ErrataChangeLog *log, gint64 at)
{
    if (log->analysis->outcome->time == NULL)
        return words_row(at);
    return errata_words_time(at);
}

/**
 * errata_change_moment:
 * @log: what was searched
 * @group: an abrupt change
 *
 * Returns: (transfer full): “on 11 April, 16:05”, “about 16–18 November”: as exactly as its
 *   interval tells
 */
char *
errata_change_moment(const ErrataChangeLog *log, const ErrataChangeGroup *group)
{
    if (log->analysis->outcome->time == NULL) {
        g_autofree char *row = words_row(group->begin_time);

        return g_strdup_printf("at %s", row);
    }
    return errata_words_time_around(group->begin_time,
                                    (double)group->lo_time,
                                    (double)group->hi_time);
}

/**
 * errata_change_began:
 * @log: what was searched
 * @group: a change
 *
 * Returns: (transfer full): when it began, as precisely as that is known
 */
char *
errata_change_began(const ErrataChangeLog *log, const ErrataChangeGroup *group)
{
    if (log->analysis->outcome->time == NULL || group->begin < group->end)
        return words_place(log, group->begin_time);
    return errata_words_time_about(group->begin_time,
                                   (double)group->lo_time,
                                   (double)group->hi_time);
}

/* when it came back, no more precisely than it began */
static char *
words_back(const ErrataChangeLog *log, const ErrataChangeGroup *group)
{
    double shift = (double)group->back_time - (double)group->begin_time;

    if (log->analysis->outcome->time == NULL || group->begin < group->end)
        return words_place(log, group->back_time);
    return errata_words_time_about(group->back_time,
                                   (double)group->lo_time + shift,
                                   (double)group->hi_time + shift);
}

/**
 * errata_change_over:
 * @log: what was searched
 * @group: a change
 *
 * Returns: (transfer full): from when on it has surely changed
 */
char *
errata_change_over(const ErrataChangeLog *log, const ErrataChangeGroup *group)
{
    gint64 last = group->begin < group->end         ? group->end_time
                  : group->lo_time < group->hi_time ? group->hi_time
                                                    : group->begin_time;

    if (log->analysis->outcome->time == NULL)
        return words_place(log, last);
    return errata_words_time_about(last, (double)group->lo_time, (double)group->hi_time);
}

static char *
words_number(double value, double other, ErrataUnit unit)
{
    double gap = fabs(value - other) / 20.0; /* a level much nearer 0 is not told as 0 */

    if (fabs(value) > 0.0)
        gap = MIN(gap, fabs(value) / 20.0);

    return unit == ERRATA_UNIT_SHARE ? errata_words_share(value, (double)NAN, (double)NAN)
                                     : errata_words_number(value, value - gap, value + gap);
}

/* what leads the title: errors that rose by much, which readers look for, or what else changed */
static gboolean
words_leads_by_errors(const ErrataChangeSeries *first, const ErrataFinding *finding)
{
    return first->kind != ERRATA_CHANGE_ERROR && finding->severity >= ERRATA_SEVERITY_MEDIUM &&
           g_strcmp0(errata_finding_note(finding, "errors"), "more") == 0;
}

static const char *
words_way(double before, double after)
{
    return after > before ? "rose" : "fell";
}

/* “The mean of x was 39.6 in the first 60 rows until 5 January, and has been 49.8 since”, “…, then
 * 49.8 until 9 January” */
static char *
words_title_short(const char *what,
                  const char *before,
                  const char *rows,
                  const char *begin,
                  const char *after,
                  const char *back)
{
    return g_strdup_printf("The %s was %s %s until %s, %s %s %s%s",
                           what,
                           before,
                           rows,
                           begin,
                           back != NULL ? "then" : "and has been",
                           after,
                           back != NULL ? "until " : "since",
                           back != NULL ? back : "");
}

/**
 * errata_change_title:
 * @log: what was searched
 * @group: a change
 * @finding: it, with its levels and what it cost
 *
 * A stretch of few rows is no state that the series was in: where only so few came before, that is
 * what is told of them.
 *
 * Returns: (transfer full): the title
 */
char *
errata_change_title(const ErrataChangeLog *log,
                    const ErrataChangeGroup *group,
                    const ErrataFinding *finding)
{
    const ErrataChangeSeries *first = g_ptr_array_index(group->member, 0);
    const ErrataEvidence *rate = errata_finding_evidence(finding, "rate_after");
    gboolean sound = g_strcmp0(errata_finding_note(finding, "errors-of"), "sound") == 0;
    gboolean leads = words_leads_by_errors(first, finding) && rate != NULL;
    double from = leads ? rate->baseline : finding->subject.before;
    double to = leads ? rate->value : finding->subject.after;
    ErrataUnit unit = leads ? rate->unit : errata_change_unit(log, first);
    g_autofree char *other = errata_change_what(log, group, first);
    g_autofree char *what = leads ? words_what_errors(log, sound)
                                  : errata_change_what(log, group, first);
    g_autofree char *before = words_number(from, to, unit);
    g_autofree char *after = words_number(to, from, unit);
    const char *rows = errata_finding_note(finding, "before-rows");
    gboolean gradual = group->begin < group->end;
    g_autofree char *begin = errata_change_began(log, group);
    g_autofree char *end = words_place(log, group->end_time);
    g_autofree char *back = group->has_back ? words_back(log, group) : NULL;
    g_autofree char *when = gradual ? g_strdup_printf("between %s and %s", begin, end)
                                    : errata_change_moment(log, group);
    g_autofree char *with =
        leads ? g_strdup_printf(", when the %s %s",
                                other,
                                words_way(finding->subject.before, finding->subject.after))
              : NULL;

    if (rows != NULL && !leads)
        return words_title_short(what, before, rows, begin, after, back);
    return g_strdup_printf("The %s %s from %s to %s %s%s%s%s",
                           what,
                           words_way(from, to),
                           before,
                           after,
                           when,
                           back != NULL ? ", until " : "",
                           back != NULL ? back : "",
                           with != NULL ? with : "");
}
