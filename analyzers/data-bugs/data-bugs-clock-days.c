/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A clock that was wrong for whole days, in a log that rests at night: no row stands out of order
 * and no step is longer than a night, but every day of a stretch begins and ends by as many hours
 * too late, or too early. A day that is only shorter, or longer, is none of these. */
#include <math.h>

#include "data-bugs.h"
#include "select.h"
#include "words.h"

#define DAYS_HOUR    (G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC * 1000) /* ns */
#define DAYS_DAY     (24 * DAYS_HOUR)
#define DAYS_REST    (3 * DAYS_HOUR) /* between two days, at least */
#define DAYS_UNIT    0.5             /* hours: zones differ by these */
#define DAYS_LEAST   15              /* days that tell when they begin and end */
#define DAYS_SAME    5               /* of a weekday, that tell its own hours */
#define DAYS_RAGGED  1.0  /* hours by which beginnings, and ends, may vary: more keep no hours */
#define DAYS_EVEN    0.1  /* hours: no day is known better */
#define DAYS_RUN     3    /* days of a stretch, and of the usual hours at either side of it */
#define DAYS_SURE    6.0  /* standard errors of the shift of a stretch */
#define DAYS_FAR     2.0  /* standard deviations of a day, by which they are shifted at least */
#define DAYS_AGREE   4.0  /* standard errors, within which beginnings and ends are shifted alike */
#define DAYS_LIKELY  3.0  /* standard errors, within which a shift lies */
#define DAYS_WHOLE   0.25 /* hours of standard error, up to which whole hours are told apart */
#define DAYS_BETWEEN 0.5  /* of the shift: each day of the stretch is nearer to it than to none */
#define DAYS_BACK    (1.0 / 3.0) /* of the shift, under which those beside it lie on average */
#define DAYS_SUMMER  28 /* days that a shift by one hour may last: more may be summer time */

/* rows between two rests */
typedef struct {
    gsize first; /* rows */
    gsize last;
    guint weekday;
    double begin; /* hours since midnight of the day that it begins on; then after the usual ones */
    double end;
    double off; /* of both, on average, against the usual */
} ClockDay;

/* days that begin and end later, or earlier, than others */
typedef struct {
    guint from;
    guint to;
    double shift;   /* hours */
    double sure;    /* its standard errors */
    gboolean exact; /* to the half hour */
} ClockRun;

static void
days_close(const gint64 *time, GArray *days, gsize first, gsize last)
{
    gint64 midnight = time[first] - ((time[first] % DAYS_DAY) + DAYS_DAY) % DAYS_DAY;
    ClockDay day = {first,
                    last,
                    (guint)((midnight / DAYS_DAY % 7 + 7) % 7),
                    (double)(time[first] - midnight) / (double)DAYS_HOUR,
                    (double)(time[last] - midnight) / (double)DAYS_HOUR,
                    0.0};

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

static double *
days_value(ClockDay *day, guint which)
{
    return which == 0 ? &day->begin : which == 1 ? &day->end : &day->off;
}

/* the median of the days of one weekday, of all where that is 7 */
static double
days_median(const GArray *days, guint which, guint weekday, gboolean size, guint *ret_n)
{
    g_autofree double *value = g_new(double, days->len + 1);
    double median = 0.0;

    *ret_n = 0;
    for (guint d = 0; d < days->len; d++) {
        ClockDay *day = &g_array_index(days, ClockDay, d);

        if (weekday == 7 || day->weekday == weekday)
            value[(*ret_n)++] = size ? fabs(*days_value(day, which)) : *days_value(day, which);
    }
    if (*ret_n > 0)
        errata_select_quantiles(value, *ret_n, (const double[]){0.5}, 1, &median);
    return median;
}

/* how far a day's beginning, end, or both lie from the usual, as a standard deviation */
static double
days_spread(const GArray *days, guint which)
{
    guint n;

    return MAX(1.4826 * days_median(days, which, 7, TRUE, &n), DAYS_EVEN);
}

/* beginnings and ends against the usual ones, those of the weekday where it is known */
static void
days_take_usual(GArray *days)
{
    for (guint which = 0; which < 2; which++) {
        double usual[7];
        guint n, n_all;
        double all = days_median(days, which, 7, FALSE, &n_all);

        for (guint w = 0; w < 7; w++) {
            usual[w] = days_median(days, which, w, FALSE, &n);
            usual[w] = n >= DAYS_SAME ? usual[w] : all;
        }
        for (guint d = 0; d < days->len; d++) {
            ClockDay *day = &g_array_index(days, ClockDay, d);

            *days_value(day, which) -= usual[day->weekday];
            day->off += 0.5 * *days_value(day, which);
        }
    }
}

/* the mean of a value over the days from @from on */
static double
days_mean(const GArray *days, guint which, guint from, guint to)
{
    double sum = 0.0;

    for (guint d = from; d < to; d++)
        sum += *days_value(&g_array_index(days, ClockDay, d), which);
    return sum / (to - from);
}

static gboolean
days_is_exact(double error)
{
    return 2.0 * DAYS_LIKELY * error <= DAYS_UNIT;
}

/* the shift that a mean of days tells: in half hours where it is known so well, else in whole ones,
 * as zones mostly differ; 0: not even that */
static double
days_round(double mean, double error)
{
    if (days_is_exact(error))
        return round(mean / DAYS_UNIT) * DAYS_UNIT;
    return error <= DAYS_WHOLE ? round(mean) : 0.0;
}

/* whether all days of a stretch are shifted by the same hours, and those beside it are not;
 * with the spread of beginnings, ends and both */
static gboolean
days_may_be_clock(const GArray *days, const double spread[3], ClockRun *run)
{
    guint n = run->to - run->from;
    double error = spread[2] / sqrt(n);
    double shift = days_round(days_mean(days, 2, run->from, run->to), error);

    run->shift = shift;
    run->sure = fabs(shift) / error;
    run->exact = days_is_exact(error);
    if (fabs(shift) < MAX(DAYS_UNIT, DAYS_FAR * spread[2]) || run->sure < DAYS_SURE ||
        (fabs(fabs(shift) - 1.0) < 0.5 * DAYS_UNIT && n > DAYS_SUMMER))
        return FALSE;
    for (guint d = run->from - 1; d <= run->to; d++)
        if ((g_array_index(days, ClockDay, d).off / shift >= DAYS_BETWEEN) !=
            (d >= run->from && d < run->to))
            return FALSE;
    for (guint which = 0; which < 2; which++) {
        double mean = days_mean(days, which, run->from, run->to);

        if (mean / shift < DAYS_BETWEEN ||
            fabs(mean - shift) > DAYS_AGREE * spread[which] / sqrt(n))
            return FALSE;
    }
    return fabs(days_mean(days, 2, run->from - DAYS_RUN, run->from)) <= DAYS_BACK * fabs(shift) &&
           fabs(days_mean(days, 2, run->to, run->to + DAYS_RUN)) <= DAYS_BACK * fabs(shift);
}

/* the surest stretch between the days @begin and @end; FALSE: there is none */
static gboolean
days_find(const GArray *days, const double spread[3], guint begin, guint end, ClockRun *ret_run)
{
    gboolean found = FALSE;

    for (guint from = MAX(begin, DAYS_RUN); from + 2 * DAYS_RUN <= end; from++) {
        double way = copysign(1.0, g_array_index(days, ClockDay, from).off);

        for (guint to = from + 1; to + DAYS_RUN <= end && 2 * (to - from) < days->len; to++) {
            ClockRun run = {.from = from, .to = to};

            if (way * g_array_index(days, ClockDay, to - 1).off < DAYS_BETWEEN * DAYS_UNIT)
                break; /* no stretch goes on over this day */
            if (to - from < DAYS_RUN || !days_may_be_clock(days, spread, &run) ||
                (found && run.sure <= ret_run->sure))
                continue;
            *ret_run = run;
            found = TRUE;
        }
    }
    return found;
}

static void
days_add(ErrataDataBugs *self, const GArray *days, const ClockRun *run, guint8 *bad)
{
    const ErrataAnalysis *analysis = self->analysis;
    const ErrataOutcome *outcome = analysis->outcome;
    double hours = fabs(run->shift);
    const char *name = analysis->frame->columns[analysis->schema->time]->name;
    ErrataDataBug *bug = errata_data_bugs_add(self, "clock-fault", analysis->schema->time);
    const ClockDay *first = &g_array_index(days, ClockDay, run->from);
    const ClockDay *last = &g_array_index(days, ClockDay, run->to - 1);
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
    bug->value = g_strdup_printf("%s%g h", run->shift < 0.0 ? "−" : "+", hours);
    bug->title = g_strdup_printf("The days of %s begin and end %s%g %s %s between %s, in %s: "
                                 "another clock, or other hours",
                                 name,
                                 run->exact ? "" : "about ",
                                 hours,
                                 fabs(hours - 1.0) < 1e-9 ? "hour" : "hours",
                                 run->shift < 0.0 ? "earlier" : "later",
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
 * A stretch of three days or more, between days of the usual hours, that begin and end by the same
 * hours, or half hours, too late or too early: by six standard errors of what single days vary by.
 * A shift by one hour for more than four weeks may be summer time, and more stretches than one are
 * how the log is.
 */
void
errata_data_bugs_clock_days(ErrataDataBugs *self, guint8 *bad)
{
    g_autoptr(GArray) days = days_cut(self->analysis->outcome, bad, self->analysis->frame->n_rows);
    double spread[3];
    ClockRun run, other;

    if (days->len < DAYS_LEAST)
        return;
    days_take_usual(days);
    for (guint which = 0; which < G_N_ELEMENTS(spread); which++)
        spread[which] = days_spread(days, which);
    if (MAX(spread[0], spread[1]) > DAYS_RAGGED || !days_find(days, spread, 0, days->len, &run) ||
        days_find(days, spread, 0, run.from, &other) ||
        days_find(days, spread, run.to, days->len, &other)) /* more are how the log is */
        return;
    days_add(self, days, &run, bad);
}
