/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rhythm of a log: how many rows come in each hour of the week, times how busy the weeks around
 * are. It turns a stretch of time into the number of rows that it would have brought: nights,
 * weekends and days between two stamps of a log that is stamped by day are short, working hours are
 * long (Brown et al. 2002, "The time-rescaling theorem and its application to neural spike train
 * data analysis", Neural Computation 14). */
#include "rhythm.h"

#include <math.h>

#define RHYTHM_HOUR   G_GINT64_CONSTANT(3600000000000)
#define RHYTHM_WEEK   (ERRATA_RHYTHM_CELLS * RHYTHM_HOUR)
#define RHYTHM_DAILY  (4 * 24 * RHYTHM_HOUR) /* of a log that shows what hours of the day do … */
#define RHYTHM_WEEKLY (4 * RHYTHM_WEEK)      /* … and what weekdays do */
#define RHYTHM_WEEKS  3    /* with rows, on either side, that tell how busy one is … */
#define RHYTHM_FAR    60   /* … of so many */
#define RHYTHM_REST   0.02 /* of the mean rate: an hour of rest */
#define RHYTHM_YEAR   (52 * RHYTHM_WEEK) /* back to the same weekday */
#define RHYTHM_SIDES  2.0                /* times as busy: the calmer side tells what was missed */

/* whole weeks since 1970, and the hours of the week after them */
static gint64
rhythm_week(gint64 time, double *ret_hour)
{
    gint64 rest = time % RHYTHM_WEEK;

    *ret_hour = (double)(rest < 0 ? rest + RHYTHM_WEEK : rest) / (double)RHYTHM_HOUR;
    return time / RHYTHM_WEEK - (rest < 0 ? 1 : 0);
}

static guint
rhythm_cell(double hour)
{
    return MIN((guint)hour, ERRATA_RHYTHM_CELLS - 1);
}

/* rows of an average week before an hour of it */
static double
rhythm_before(const ErrataRhythm *self, double hour)
{
    guint cell = rhythm_cell(hour);

    return self->sum[cell] + (hour - cell) * self->rate[cell];
}

/* adds @sign times the hours from @from to @to to the exposures */
static void
rhythm_expose(double exposure[ERRATA_RHYTHM_CELLS], gint64 from, gint64 to, double sign)
{
    double begin, end;
    gint64 first = rhythm_week(from, &begin);
    gint64 last = rhythm_week(to, &end);

    for (guint c = 0; c < ERRATA_RHYTHM_CELLS; c++) {
        double upper = CLAMP(end - c, 0.0, 1.0);
        double lower = CLAMP(begin - c, 0.0, 1.0);

        exposure[c] += sign * ((double)(last - first) + upper - lower);
    }
}

/* joins hours that the log is too short to tell apart */
static void
rhythm_fold(double cell[ERRATA_RHYTHM_CELLS], guint period)
{
    for (guint c = 0; c < period; c++) {
        double sum = 0.0;

        for (guint k = c; k < ERRATA_RHYTHM_CELLS; k += period)
            sum += cell[k];
        for (guint k = c; k < ERRATA_RHYTHM_CELLS; k += period)
            cell[k] = sum;
    }
}

static void
rhythm_measure(ErrataRhythm *self)
{
    double hour;

    for (gsize i = 0; i < self->n; i++) {
        gint64 week = rhythm_week(self->time[i], &hour);

        self->cell[rhythm_cell(hour)] += 1.0;
        self->level[week - self->first_week] += 1.0;
    }
    rhythm_expose(self->exposure, self->time[0], self->time[self->n - 1], 1.0);
    rhythm_fold(self->cell, self->period);
    rhythm_fold(self->exposure, self->period);
    for (guint c = 0; c < ERRATA_RHYTHM_CELLS; c++) {
        self->rate[c] = self->exposure[c] > 0.0 ? self->cell[c] / self->exposure[c] : 0.0;
        self->sum[c + 1] = self->sum[c] + self->rate[c];
    }
}

/* rows of a usual week, of the first three that have any at or after @w, or before; 0 where there
 * are none */
static double
rhythm_side(const double *rows, gsize n_weeks, gsize w, int step)
{
    double found[RHYTHM_WEEKS] = {0.0};
    guint n = 0;
    gsize k = w;

    for (guint far = 0; far < RHYTHM_FAR && n < RHYTHM_WEEKS && k > 0 && k + 1 < n_weeks; far++) {
        if (rows[k] > 0.0)
            found[n++] = rows[k];
        k = step > 0 ? k + 1 : k - 1;
    }
    if (n == 0)
        return 0.0;
    return n < RHYTHM_WEEKS
               ? found[0]
               : fmax(fmin(found[0], found[1]), fmin(fmax(found[0], found[1]), found[2]));
}

/* from rows per week to how busy the weeks around are, of those that have rows: others may be a
 * gap, or lie between two batches. Where it grows at once the calmer side counts. The first and the
 * last week are there in part only. */
static void
rhythm_level(ErrataRhythm *self)
{
    g_autofree double *rows = self->level;
    double mean = 0.0, n_busy = 0.0;

    self->level = g_new(double, self->n_weeks);
    for (gsize w = 1; w + 1 < self->n_weeks; w++) {
        mean += rows[w];
        n_busy += rows[w] > 0.0 ? 1.0 : 0.0;
    }
    mean /= MAX(n_busy, 1.0);
    for (gsize w = 0; w < self->n_weeks; w++) {
        gsize at = CLAMP(w, 1, MAX(self->n_weeks, 3) - 2);
        double before = rhythm_side(rows, self->n_weeks, at, -1);
        double after = rhythm_side(rows, self->n_weeks, at, 1);
        double level = before > 0.0 && after > 0.0 ? fmin(before, after) : fmax(before, after);

        self->level[w] = level > 0.0 && self->period == ERRATA_RHYTHM_CELLS ? level / mean : 1.0;
    }
}

/**
 * errata_rhythm_init:
 * @self: (out caller-allocates): free with errata_rhythm_clear()
 * @time: (array length=n): times, rising, ns, less than 292 years apart; borrowed
 * @n: at least 1
 *
 * Linear in the rows. A log of less than four weeks has no weekdays, one of less than four days no
 * hours.
 */
void
errata_rhythm_init(ErrataRhythm *self, const gint64 *time, gsize n)
{
    double span = (double)time[n - 1] - (double)time[0];
    double hour;

    *self = (ErrataRhythm){.time = time, .n = n, .period = 1};
    self->first_week = rhythm_week(time[0], &hour);
    self->n_weeks = (gsize)(rhythm_week(time[n - 1], &hour) - self->first_week) + 1;
    self->level = g_new0(double, self->n_weeks);
    if (span >= (double)RHYTHM_DAILY)
        self->period = span >= (double)RHYTHM_WEEKLY ? ERRATA_RHYTHM_CELLS : 24;
    rhythm_measure(self);
    rhythm_level(self);
}

void
errata_rhythm_clear(ErrataRhythm *self)
{
    g_clear_pointer(&self->level, g_free);
}

/**
 * errata_rhythm_expected:
 * @self: a rhythm
 * @from: a time within the log
 * @to: a later one
 *
 * Returns: how many rows would come between them
 */
double
errata_rhythm_expected(const ErrataRhythm *self, gint64 from, gint64 to)
{
    double begin, end, sum = 0.0;
    gint64 first = rhythm_week(from, &begin);
    gint64 last = rhythm_week(to, &end);

    for (gint64 week = first; week <= last; week++) {
        double upper = week == last ? rhythm_before(self, end) : self->sum[ERRATA_RHYTHM_CELLS];
        double lower = week == first ? rhythm_before(self, begin) : 0.0;
        gint64 at = CLAMP(week - self->first_week, 0, (gint64)self->n_weeks - 1);

        sum += (upper - lower) * self->level[at];
    }
    return sum;
}

/* the first row at or after @at */
static gsize
rhythm_find(const ErrataRhythm *self, gint64 at)
{
    gsize lo = 0, n = self->n;

    while (n > 0) {
        gsize half = n / 2;

        if (self->time[lo + half] < at) {
            lo += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return lo;
}

/* rows of an average week that would come between two times, by rates */
static double
rhythm_sum(const double rate[ERRATA_RHYTHM_CELLS], gint64 from, gint64 to)
{
    double hours[ERRATA_RHYTHM_CELLS] = {0.0}, sum = 0.0;

    rhythm_expose(hours, from, to, 1.0);
    for (guint c = 0; c < ERRATA_RHYTHM_CELLS; c++)
        sum += hours[c] * rate[c];
    return sum;
}

/**
 * errata_rhythm_missed:
 * @self: a rhythm
 * @from: when the last row before a gap came
 * @to: when the first row after it came
 *
 * The hours of the gap count for no hour's rate, and the whole weeks at either side, as many as it
 * lasts, tell how busy the log was; where one side was much busier, the calmer one.
 *
 * Returns: how many rows would have come
 */
double
errata_rhythm_missed(const ErrataRhythm *self, gint64 from, gint64 to)
{
    double exposure[ERRATA_RHYTHM_CELLS], hours[ERRATA_RHYTHM_CELLS] = {0.0};
    double rate[ERRATA_RHYTHM_CELLS], level[2], n[2], expected[2];
    gint64 reach = ((to - from) / RHYTHM_WEEK + 1) * RHYTHM_WEEK;
    gint64 first = from - MIN(reach, from - self->time[0]);
    gint64 last = to + MIN(reach, self->time[self->n - 1] - to);

    rhythm_expose(hours, from, to, 1.0);
    rhythm_fold(hours, self->period);
    for (guint c = 0; c < ERRATA_RHYTHM_CELLS; c++) {
        exposure[c] = self->exposure[c] - hours[c];
        rate[c] = exposure[c] > 0.0 ? self->cell[c] / exposure[c] : 0.0;
    }
    n[0] = (double)(rhythm_find(self, from) - rhythm_find(self, first));
    n[1] = (double)(rhythm_find(self, last + 1) - rhythm_find(self, to + 1));
    expected[0] = rhythm_sum(rate, first, from);
    expected[1] = rhythm_sum(rate, to, last);
    for (guint k = 0; k < 2; k++)
        level[k] = expected[k] > 0.0 ? n[k] / expected[k] : 0.0;
    if (!(expected[0] > 0.0) || !(expected[1] > 0.0) ||
        fmax(level[0], level[1]) < RHYTHM_SIDES * fmin(level[0], level[1]))
        level[0] = (n[0] + n[1]) / fmax(expected[0] + expected[1], 1e-12);
    else
        level[0] = fmin(level[0], level[1]);
    return level[0] * rhythm_sum(rate, from, to);
}

/**
 * errata_rhythm_rest:
 * @self: a rhythm
 *
 * Returns: the part of the week in which hardly a row comes; 0 where the log is too short to tell
 */
double
errata_rhythm_rest(const ErrataRhythm *self)
{
    double mean = self->sum[ERRATA_RHYTHM_CELLS] / ERRATA_RHYTHM_CELLS;
    guint n = 0;

    for (guint c = 0; c < ERRATA_RHYTHM_CELLS; c++)
        n += self->rate[c] < RHYTHM_REST * mean ? 1 : 0;
    return self->period > 1 ? (double)n / ERRATA_RHYTHM_CELLS : 0.0;
}

/**
 * errata_rhythm_other_years:
 * @self: a rhythm
 * @from: when a gap begins
 * @to: when it ends
 *
 * Returns: of the rows to be expected at that time of the years before and after that the log
 * covers, the part
 *   that came in the calmest; NaN where it covers none
 */
double
errata_rhythm_other_years(const ErrataRhythm *self, gint64 from, gint64 to)
{
    double least = (double)NAN;
    gint64 years = (self->time[self->n - 1] - self->time[0]) / RHYTHM_YEAR;

    for (gint64 k = -years; k <= years; k++) {
        gint64 shift = k * RHYTHM_YEAR, first, last;
        double expected;

        if (k == 0 || -shift > from - self->time[0] || shift > self->time[self->n - 1] - to)
            continue;
        first = from + shift;
        last = to + shift;
        expected = rhythm_sum(self->rate, first, last);
        if (expected > 0.0)
            least =
                fmin(least,
                     (double)(rhythm_find(self, last) - rhythm_find(self, first + 1)) / expected);
    }
    return least;
}
