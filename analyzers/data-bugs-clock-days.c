/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A clock that was wrong for whole days, in a log that rests at night: no row stands out of order
 * and no step is longer than a night, but every day of a stretch begins and ends by as many hours
 * too late, or too early. A day that is only shorter, or longer, is none of these. */
#include <math.h>

#include "data-bugs.h"
#include "select.h"
#include "words.h"

#define DAYS_HOUR   (G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC * 1000) /* ns */
#define DAYS_DAY    (24 * DAYS_HOUR)
#define DAYS_REST   (3 * DAYS_HOUR) /* between two days, at least */
#define DAYS_UNIT   (DAYS_HOUR / 2) /* zones differ by these */
#define DAYS_LEAST  15              /* days that tell when they begin and end */
#define DAYS_EVEN   (DAYS_HOUR / 6) /* median distance from the usual beginning, and end, at most */
#define DAYS_NEAR   (DAYS_HOUR / 5) /* of a day, to the shift it is taken for */
#define DAYS_RUN    3  /* days of a stretch, and of the usual hours at either side of it */
#define DAYS_SUMMER 28 /* days that a shift by one hour may last: more may be summer time */

/* rows between two rests */
typedef struct {
    gsize first; /* rows */
    gsize last;
    gint64 begin; /* since midnight of the day that it begins on, ns */
    gint64 end;
    gint64 shift; /* of both against the usual; 0: none, G_MAXINT64: neither */
} ClockDay;

static void
days_close(const gint64 *time, GArray *days, gsize first, gsize last)
{
    gint64 midnight = time[first] - ((time[first] % DAYS_DAY) + DAYS_DAY) % DAYS_DAY;
    ClockDay day = {first, last, time[first] - midnight, time[last] - midnight, 0};

    g_array_append_val(days, day);
}

static GArray *
days_cut(const ErrataOutcome *outcome, const guint8 *bad, gsize n_rows)
{
    GArray *days = g_array_new(FALSE, FALSE, sizeof(ClockDay));
    gsize first = n_rows, last = n_rows;

    for (gsize row = 0; row < n_rows; row++) {
        if (outcome->time[row] == G_MININT64 || bad[row] != 0)
            continue;
        if (last < n_rows && outcome->time[row] - outcome->time[last] >= DAYS_REST) {
            days_close(outcome->time, days, first, last);
            first = row;
        }
        first = MIN(first, row);
        last = row;
    }
    if (first < n_rows)
        days_close(outcome->time, days, first, last);
    return days;
}

/* the usual beginning, or end; FALSE where days have none */
static gboolean
days_usual(const GArray *days, gboolean end, gint64 *ret_usual)
{
    g_autofree double *value = g_new(double, days->len + 1);
    double middle, off;

    for (guint d = 0; d < days->len; d++) {
        const ClockDay *day = &g_array_index(days, ClockDay, d);

        value[d] = (double)(end ? day->end : day->begin);
    }
    errata_select_quantiles(value, days->len, (const double[]){0.5}, 1, &middle);
    for (guint d = 0; d < days->len; d++)
        value[d] = fabs(value[d] - middle);
    errata_select_quantiles(value, days->len, (const double[]){0.5}, 1, &off);
    *ret_usual = (gint64)middle;
    return off <= (double)DAYS_EVEN;
}

static gboolean
days_shift(GArray *days)
{
    gint64 begin, end;

    if (days->len < DAYS_LEAST || !days_usual(days, FALSE, &begin) || !days_usual(days, TRUE, &end))
        return FALSE;
    for (guint d = 0; d < days->len; d++) {
        ClockDay *day = &g_array_index(days, ClockDay, d);
        gint64 at_first = day->begin - begin, at_last = day->end - end;
        gint64 units = (gint64)round(0.5 * (double)(at_first + at_last) / (double)DAYS_UNIT);

        day->shift = units * DAYS_UNIT;
        if (ABS(at_first - day->shift) > DAYS_NEAR || ABS(at_last - day->shift) > DAYS_NEAR)
            day->shift = G_MAXINT64;
    }
    return TRUE;
}

/* whether the usual hours are kept on the days from @from on, towards @by */
static gboolean
days_are_usual(const GArray *days, gint64 from, gint64 by)
{
    for (gint64 k = 0; k < DAYS_RUN; k++) {
        gint64 d = from + by * k;

        if (d < 0 || d >= (gint64)days->len || g_array_index(days, ClockDay, d).shift != 0)
            return FALSE;
    }
    return TRUE;
}

/* the end of the stretch of days with the shift of day @from: the first that has not */
static guint
days_run(const GArray *days, guint from)
{
    guint to = from;

    while (to < days->len &&
           g_array_index(days, ClockDay, to).shift == g_array_index(days, ClockDay, from).shift)
        to++;
    return to;
}

static gboolean
days_may_be_clock(const GArray *days, guint from, guint to)
{
    gint64 shift = g_array_index(days, ClockDay, from).shift;

    return shift != 0 && shift != G_MAXINT64 && to - from >= DAYS_RUN &&
           2 * (to - from) < days->len && days_are_usual(days, (gint64)from - 1, -1) &&
           days_are_usual(days, to, 1) && (ABS(shift) != DAYS_HOUR || to - from <= DAYS_SUMMER);
}

static void
days_add(ErrataDataBugs *self, const GArray *days, guint from, guint to, guint8 *bad)
{
    const ErrataAnalysis *analysis = self->analysis;
    const ErrataOutcome *outcome = analysis->outcome;
    gint64 shift = g_array_index(days, ClockDay, from).shift;
    double hours = fabs((double)shift / (double)DAYS_HOUR);
    const char *name = analysis->frame->columns[analysis->schema->time]->name;
    ErrataDataBug *bug = errata_data_bugs_add(self, "clock-fault", analysis->schema->time);
    const ClockDay *first = &g_array_index(days, ClockDay, from);
    const ClockDay *last = &g_array_index(days, ClockDay, to - 1);
    g_autofree char *range = errata_words_time_range(outcome->time[first->first],
                                                     outcome->time[last->last],
                                                     "and",
                                                     FALSE);
    g_autofree char *count = NULL;

    for (gsize row = first->first; row <= last->last; row++) {
        guint32 number = (guint32)row;

        if (outcome->time[row] == G_MININT64 || bad[row] != 0)
            continue;
        g_array_append_val(bug->row, number);
        bad[row] = 1;
    }
    bug->n_rows = bug->row->len;
    bug->after = (double)bug->n_rows / (double)analysis->frame->n_rows;
    bug->small = bug->n_rows < errata_data_bugs_enough(analysis->frame->n_rows);
    count = errata_words_counted(bug->n_rows, "row", "rows");
    bug->value = g_strdup_printf("%s%g h", shift < 0 ? "−" : "+", hours);
    bug->title = g_strdup_printf("The days of %s begin and end %g %s %s between %s, in %s: "
                                 "another clock, or other hours",
                                 name,
                                 hours,
                                 fabs(hours - 1.0) < 1e-9 ? "hour" : "hours",
                                 shift < 0 ? "earlier" : "later",
                                 range,
                                 count);
    bug->action = g_strdup_printf("Find out whether another clock wrote %s then, and write it in "
                                  "one time zone, with its offset",
                                  name);
}

/**
 * errata_data_bugs_clock_days:
 * @self: what is found; the file is in the order of its times
 * @bad: (array): 1 for rows whose time is told already; those told here are added
 *
 * Stretches of three days or more, between days of the usual hours, that begin and end by the same
 * half hours too late or too early. A shift by one hour for more than four weeks may be summer
 * time, and more stretches than one are how the log is.
 */
void
errata_data_bugs_clock_days(ErrataDataBugs *self, guint8 *bad)
{
    g_autoptr(GArray) days = days_cut(self->analysis->outcome, bad, self->analysis->frame->n_rows);
    guint found = 0, n = 0;

    if (!days_shift(days))
        return;
    for (guint from = 0, to; from < days->len; from = to) {
        to = days_run(days, from);
        if (!days_may_be_clock(days, from, to))
            continue;
        found = from;
        n++;
    }
    if (n == 1) /* more are how the log is */
        days_add(self, days, found, days_run(days, found), bad);
}
