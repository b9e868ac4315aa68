/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A time in which no row came though rows should have: a pause far longer than those that the log
 * has anyway. Pauses are measured by the rows that the log's rhythm would have brought (rhythm.h):
 * a night is short, a morning long. They may still have a long tail (bursts), so its index is
 * estimated on the longest of them but two (Hill 1975, "A simple general approach to inference
 * about the tail of a distribution", Annals of Statistics 3), and tells how probable a pause as
 * long as this one is. What the log does every year is no gap; the turn of the year and the summer
 * of a log that rests at nights or on weekends may be holidays. */
#include <math.h>
#include <string.h>

#include "data-bugs.h"
#include "rhythm.h"
#include "stamps.h"
#include "words.h"

#define GAP_ROWS    500 /* of a log */
#define GAP_TIMED   0.9 /* of the rows have a time */
#define GAP_LONGEST 51  /* pauses that tell how long they are */
#define GAP_MONTHS  11  /* of them at least in a log stamped by month: a year has no more */
#define GAP_MOST    2   /* gaps told */
#define GAP_TIMES   5.0 /* times as long as the longest pause but those */
#define GAP_UNITS \
    2.8             /* likewise, in a log stamped by day or month: a month may have 28 days or 31 */
#define GAP_NEXT 10 /* pauses of which the longest but those … */
#define GAP_ALIKE \
    2.5 /* … is at most so many times the shortest: others come at random, of any length */
#define GAP_MISSING    50.0 /* rows that should have come */
#define GAP_STAMPED    20.0 /* likewise, in a log stamped by day or month */
#define GAP_PART       0.3  /* of the log's time: with a longer one it was gathered in pieces */
#define GAP_TAIL       0.1  /* least index of the tail */
#define GAP_SPAN       9e18 /* ns of a log: a longer one is none */
#define GAP_WEEKEND    0.6  /* of a gap that is Saturday or Sunday */
#define GAP_RESTS      0.1  /* of the rows on these days: it is no rest */
#define GAP_HABIT      0.2 /* of the usual rows at that time of another year: a pause of every year … */
#define GAP_ONCE       0.5  /* … and of this year only */
#define GAP_CLOSED     0.25 /* of the week, in which no row comes: somebody goes home */
#define GAP_DAY        (G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC * 1000)
#define GAP_CHRISTMAS  (21 * GAP_DAY) /* at most, holidays around the turn of the year */
#define GAP_SUMMER     (21 * GAP_DAY) /* at least, holidays in summer … */
#define GAP_SUMMERS    6              /* … which begin in June … */
#define GAP_SUMMER_END 9              /* … and end in September at the latest */

typedef struct {
    gsize place; /* of the row that follows */
    double rows; /* that the rhythm would have brought; months in a log stamped by them */
} GapPause;

typedef struct {
    gint64 *time; /* rising, of the rows that have one */
    gsize begin;  /* the first place of the log that has a time */
    gsize n;
    ErrataStampsUnit unit;
    ErrataRhythm rhythm;
    GapPause pause[GAP_LONGEST]; /* the longest, falling */
    guint n_pauses;
} Gaps;

static void
gap_insert(Gaps *self, GapPause pause)
{
    guint at = self->n_pauses;

    if (self->n_pauses == GAP_LONGEST && pause.rows <= self->pause[GAP_LONGEST - 1].rows)
        return;
    self->n_pauses = MIN(self->n_pauses + 1, GAP_LONGEST);
    for (at = MIN(at, GAP_LONGEST - 1); at > 0 && self->pause[at - 1].rows < pause.rows; at--)
        self->pause[at] = self->pause[at - 1];
    self->pause[at] = pause;
}

/* 1970 began on a Thursday */
static gboolean
gap_is_weekend(gint64 time)
{
    gint64 day = ((time / GAP_DAY) % 7 + 7) % 7;

    return day == 2 || day == 3;
}

/* whether it is what a log does that rests on weekends but is too short to show it */
static gboolean
gap_is_weekend_rest(const Gaps *self, gint64 from, gint64 to)
{
    guint n_weekend = 0, n = 100;
    gsize n_rows = 0;

    for (guint i = 0; i < n; i++)
        n_weekend += gap_is_weekend(from + (to - from) / n * i) ? 1 : 0;
    if (n_weekend < GAP_WEEKEND * n)
        return FALSE;
    for (gsize i = 0; i < self->n; i++)
        n_rows += gap_is_weekend(self->time[i]) ? 1 : 0;
    return (double)n_rows < GAP_RESTS * (double)self->n;
}

/* whether a pause is in the calendar: over the turn of the year, or a long one in summer */
static gboolean
gap_is_holiday(gint64 from, gint64 to)
{
    g_autoptr(GDateTime) begin = g_date_time_new_from_unix_utc(from / (GAP_DAY / 86400));
    g_autoptr(GDateTime) end = g_date_time_new_from_unix_utc(to / (GAP_DAY / 86400));
    gboolean turns = begin != NULL && end != NULL && to - from <= GAP_CHRISTMAS &&
                     g_date_time_get_year(begin) < g_date_time_get_year(end);

    return turns || (begin != NULL && end != NULL && to - from >= GAP_SUMMER &&
                     g_date_time_get_year(begin) == g_date_time_get_year(end) &&
                     g_date_time_get_month(begin) >= GAP_SUMMERS &&
                     g_date_time_get_month(end) <= GAP_SUMMER_END);
}

/* that the longest of so many pauses is as long by chance */
static double
gap_p(const Gaps *self, double rows)
{
    double least = self->pause[self->n_pauses - 1].rows;
    double index = 0.0;

    for (guint i = GAP_MOST; i + 1 < self->n_pauses; i++)
        index += log(self->pause[i].rows / least) / (double)(self->n_pauses - 1 - GAP_MOST);
    return MIN((double)self->n_pauses * pow(rows / least, -1.0 / MAX(index, GAP_TAIL)), 1.0);
}

static void
gap_add(ErrataDataBugs *self,
        const Gaps *gaps,
        const GapPause *pause,
        double missed,
        gboolean unsure)
{
    ErrataDataBug *bug = errata_data_bugs_add(self, "gap", self->analysis->schema->time);
    g_autofree char *range = errata_words_time_range(gaps->time[pause->place - 1],
                                                     gaps->time[pause->place],
                                                     "and",
                                                     TRUE);
    g_autofree char *count = errata_words_count((guint64)llround(missed));

    bug->has_window = TRUE;
    bug->from = gaps->begin + pause->place - 1;
    bug->to = gaps->begin + pause->place;
    bug->p = gap_p(gaps, pause->rows);
    bug->test = "tail of the other pauses";
    if (gaps->unit != ERRATA_STAMPS_NONE) {
        bug->p = errata_stamps_gap_p(gaps->unit, gaps->time, gaps->n, pause->place, missed);
        bug->test = "rows of a day or month, in batches";
    }
    bug->small = unsure;
    bug->title = g_strdup_printf("No row has come between %s, where about %s would have%s",
                                 range != NULL ? range : "two rows",
                                 count,
                                 unsure ? ", unless these are holidays" : "");
    bug->action = g_strdup(
        "Find out whether the model stood still or only its log did, and add the "
        "rows that are missing");
}

/* rows that should have come in a pause, beyond those that come between any two rows or batches of
 * them */
static double
gap_missed(const Gaps *self, gint64 from, gint64 to)
{
    double all = errata_rhythm_missed(&self->rhythm, from, to), units;

    if (self->unit != ERRATA_STAMPS_MONTHS)
        return all - self->pause[GAP_LONGEST - 1].rows;
    units = (double)errata_stamps_between(self->unit, from, to);
    return all * (units - 1.0) / units;
}

/* tells a pause, unless the log or its calendar has such */
static void
gap_judge(ErrataDataBugs *self, const Gaps *gaps, const GapPause *pause)
{
    gint64 from = gaps->time[pause->place - 1], to = gaps->time[pause->place];
    double missed = gap_missed(gaps, from, to);
    double years = gaps->unit == ERRATA_STAMPS_MONTHS
                       ? errata_stamps_other_years(gaps->time, gaps->n, from, to)
                       : errata_rhythm_other_years(&gaps->rhythm, from, to);
    gboolean holiday;

    if (missed < (gaps->unit != ERRATA_STAMPS_NONE ? GAP_STAMPED : GAP_MISSING) ||
        years <= GAP_HABIT ||
        (gaps->rhythm.period < ERRATA_RHYTHM_CELLS && gap_is_weekend_rest(gaps, from, to)))
        return;
    holiday = !(years >= GAP_ONCE) && errata_rhythm_rest(&gaps->rhythm) >= GAP_CLOSED &&
              gap_is_holiday(from, to);
    gap_add(self, gaps, pause, missed, holiday);
}

/* how long a pause is: months in a log that is stamped by them, else the rows that the rhythm would
 * have brought */
static double
gap_length(const Gaps *self, gint64 from, gint64 to)
{
    return self->unit == ERRATA_STAMPS_MONTHS ? (double)errata_stamps_between(self->unit, from, to)
                                              : errata_rhythm_expected(&self->rhythm, from, to);
}

/* the longest pauses, where nearly all rows have a time */
static gboolean
gap_gather(const ErrataOutcome *outcome, Gaps *self)
{
    double peak = 0.0, busy = 0.0;
    guint next;

    while (self->begin < outcome->n_rows &&
           outcome->time[outcome->order[self->begin]] == G_MININT64)
        self->begin++;
    self->n = outcome->n_rows - self->begin;
    if (self->n == 0 || (double)self->n < GAP_TIMED * (double)outcome->n_rows)
        return FALSE;
    self->time = g_new(gint64, self->n);
    for (gsize i = 0; i < self->n; i++)
        self->time[i] = outcome->time[outcome->order[self->begin + i]];
    if (!((double)self->time[self->n - 1] - (double)self->time[0] < GAP_SPAN))
        return FALSE;
    self->unit = errata_stamps_unit(self->time, self->n);
    errata_rhythm_init(&self->rhythm, self->time, self->n);
    for (guint c = 0; c < ERRATA_RHYTHM_CELLS; c++)
        peak = MAX(peak, self->rhythm.rate[c]);
    for (gsize w = 0; w < self->rhythm.n_weeks; w++)
        busy = MAX(busy, self->rhythm.level[w]);
    peak *= busy / ((double)GAP_DAY / 24.0);
    for (gsize i = 1; i < self->n; i++) {
        double most = (double)(self->time[i] - self->time[i - 1]) * peak;
        double least = self->n_pauses == GAP_LONGEST ? self->pause[GAP_LONGEST - 1].rows : 0.0;

        if (self->unit == ERRATA_STAMPS_MONTHS ? self->time[i] > self->time[i - 1] : most > least)
            gap_insert(self, (GapPause){i, gap_length(self, self->time[i - 1], self->time[i])});
    }
    if (self->n_pauses < (self->unit == ERRATA_STAMPS_MONTHS ? GAP_MONTHS : GAP_LONGEST))
        return FALSE;
    next = MIN(GAP_MOST + GAP_NEXT, self->n_pauses) - 1;
    return self->pause[self->n_pauses - 1].rows > 0.0 &&
           self->pause[GAP_MOST].rows <= GAP_ALIKE * self->pause[next].rows;
}

/**
 * errata_data_bugs_gap:
 * @self: what was found so far
 *
 * Pauses that the log should not have, at most two. Linear in the rows.
 */
void
errata_data_bugs_gap(ErrataDataBugs *self)
{
    const ErrataOutcome *outcome = self->analysis->outcome;
    Gaps gaps = {.begin = 0};
    double span;

    if (outcome->time == NULL || self->analysis->schema->time < 0 || outcome->n_rows < GAP_ROWS)
        return;
    for (guint i = 0; i < self->bugs->len; i++) { /* a clock that jumps leaves pauses behind */
        const ErrataDataBug *bug = g_ptr_array_index(self->bugs, i);

        if (strcmp(bug->bug, "clock-fault") == 0 && !bug->small)
            return;
    }
    self->n_tried++;
    if (gap_gather(outcome, &gaps)) {
        span = (double)gaps.time[gaps.n - 1] - (double)gaps.time[0];
        for (guint i = 0; i < GAP_MOST; i++) {
            const GapPause *pause = &gaps.pause[i];
            double length = (double)(gaps.time[pause->place] - gaps.time[pause->place - 1]);

            double times = gaps.unit != ERRATA_STAMPS_NONE ? GAP_UNITS : GAP_TIMES;

            if (length <= GAP_PART * span && pause->rows >= times * gaps.pause[GAP_MOST].rows)
                gap_judge(self, &gaps, pause);
        }
    }
    errata_rhythm_clear(&gaps.rhythm);
    g_free(gaps.time);
}
