/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A time in which no row came though rows should have: a pause far longer than those that the log has anyway.
 * The pauses between rows may have a long tail (nights, bursts), so its index is estimated on the longest of
 * them but two (Hill 1975, "A simple general approach to inference about the tail of a distribution", Annals
 * of Statistics 3), and tells how probable a pause as long as this one is. Weekends are no gap where the log
 * has no rows on weekends. */
#include <math.h>
#include <string.h>

#include "data-bugs.h"
#include "words.h"

#define GAP_ROWS    500 /* of a log */
#define GAP_TIMED   0.9 /* of the rows have a time */
#define GAP_LONGEST 51  /* pauses that tell how long they are */
#define GAP_MOST    2   /* gaps told */
#define GAP_TIMES   5.0 /* times as long as the longest pause but those */
#define GAP_NEXT    10  /* pauses of which the longest but those … */
#define GAP_ALIKE \
    2.5 /* … is at most so many times the shortest: others come at random, of any length */
#define GAP_MISSING 50.0 /* rows that should have come */
#define GAP_PART    0.3  /* of the log's time: with a longer one it was gathered in pieces */
#define GAP_TAIL    0.1  /* least index of the tail */
#define GAP_WEEKEND 0.6  /* of a gap that is Saturday or Sunday */
#define GAP_RESTS   0.1  /* of the rows on these days: it is no rest */
#define GAP_DAY     (G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC * 1000)
#define GAP_WEEK    (7 * GAP_DAY)

typedef struct {
    gsize place; /* of the row that follows */
    gint64 length;
} GapPause;

typedef struct {
    const guint32 *order;
    const gint64 *time;
    gsize begin; /* the first place that has a time */
    gsize n_rows;
    GapPause pause[GAP_LONGEST]; /* the longest, falling */
    guint n;
} Gaps;

static void
gap_insert(Gaps *self, GapPause pause)
{
    guint at = self->n;

    if (self->n == GAP_LONGEST && pause.length <= self->pause[GAP_LONGEST - 1].length)
        return;
    self->n = MIN(self->n + 1, GAP_LONGEST);
    for (at = MIN(at, GAP_LONGEST - 1); at > 0 && self->pause[at - 1].length < pause.length; at--)
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

/* whether it is what a log does that rests on weekends */
static gboolean
gap_is_rest(const Gaps *self, const GapPause *pause)
{
    gint64 from = self->time[self->order[pause->place - 1]];
    guint n_weekend = 0, n = 100;
    gsize n_rows = 0;

    for (guint i = 0; i < n; i++)
        n_weekend += gap_is_weekend(from + pause->length / n * i) ? 1 : 0;
    if (n_weekend < GAP_WEEKEND * n)
        return FALSE;
    for (gsize i = self->begin; i < self->n_rows; i++)
        n_rows += gap_is_weekend(self->time[self->order[i]]) ? 1 : 0;
    return (double)n_rows < GAP_RESTS * (double)self->n_rows;
}

/* that the longest of so many pauses is as long by chance */
static double
gap_p(const Gaps *self, gint64 length)
{
    double least = (double)self->pause[self->n - 1].length;
    double index = 0.0;

    for (guint i = GAP_MOST; i + 1 < self->n; i++)
        index += log((double)self->pause[i].length / least) / (double)(self->n - 1 - GAP_MOST);
    return MIN((double)self->n * pow((double)length / least, -1.0 / MAX(index, GAP_TAIL)), 1.0);
}

/* how many rows would have come, going by the whole weeks on either side: a log that has grown tells less
 * of its beginning */
static double
gap_expected(const Gaps *self, const GapPause *pause)
{
    gint64 until = self->time[self->order[pause->place]];
    gint64 from = until - pause->length;
    gint64 reach = (pause->length / GAP_WEEK + 1) * GAP_WEEK;
    gint64 first = MAX(from - reach, self->time[self->order[self->begin]]);
    gint64 last = MIN(until + reach, self->time[self->order[self->n_rows - 1]]);
    gsize n = 0;

    for (gsize i = self->begin; i < self->n_rows; i++)
        n += self->time[self->order[i]] >= first && self->time[self->order[i]] <= last ? 1 : 0;
    return (double)n * (double)pause->length / (double)(last - first - pause->length);
}

static void
gap_add(ErrataDataBugs *self, const Gaps *gaps, const GapPause *pause, double expected)
{
    int column = self->analysis->schema->time;
    ErrataDataBug *bug = errata_data_bugs_add(self, "gap", column);
    gint64 from = gaps->time[gaps->order[pause->place - 1]];
    g_autofree char *since = errata_words_time(from);
    g_autofree char *until = errata_words_time(from + pause->length);
    g_autofree char *count = errata_words_count((guint64)llround(expected));

    bug->has_window = TRUE;
    bug->from = pause->place - 1;
    bug->to = pause->place;
    bug->p = gap_p(gaps, pause->length);
    bug->test = "tail of the other pauses";
    bug->title = g_strdup_printf("No row has come between %s and %s, where about %s would have",
                                 since,
                                 until,
                                 count);
    bug->action = g_strdup(
        "Find out whether the model stood still or only its log did, and add the "
        "rows that are missing");
}

/* the longest pauses, where nearly all rows have a time */
static gboolean
gap_gather(Gaps *self)
{
    for (self->begin = 0;
         self->begin < self->n_rows && self->time[self->order[self->begin]] == G_MININT64;
         self->begin++)
        ;
    if ((double)(self->n_rows - self->begin) < GAP_TIMED * (double)self->n_rows)
        return FALSE;
    for (gsize i = self->begin + 1; i < self->n_rows; i++) {
        gint64 length = self->time[self->order[i]] - self->time[self->order[i - 1]];

        if (length > 0)
            gap_insert(self, (GapPause){i, length});
    }
    return self->n == GAP_LONGEST &&
           (double)self->pause[GAP_MOST].length <=
               GAP_ALIKE * (double)self->pause[GAP_MOST + GAP_NEXT - 1].length;
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
    Gaps gaps = {.order = outcome->order, .time = outcome->time, .n_rows = outcome->n_rows};
    double span;

    if (outcome->time == NULL || self->analysis->schema->time < 0 || gaps.n_rows < GAP_ROWS)
        return;
    for (guint i = 0; i < self->bugs->len; i++) { /* a clock that jumps leaves pauses behind */
        const ErrataDataBug *bug = g_ptr_array_index(self->bugs, i);

        if (strcmp(bug->bug, "clock-fault") == 0 && !bug->small)
            return;
    }
    self->n_tried++;
    if (!gap_gather(&gaps))
        return;
    span = (double)gaps.time[gaps.order[gaps.n_rows - 1]] -
           (double)gaps.time[gaps.order[gaps.begin]];
    for (guint i = 0; (double)gaps.pause[0].length <= GAP_PART * span && i < GAP_MOST; i++) {
        const GapPause *pause = &gaps.pause[i];
        double length = (double)pause->length;
        double expected = gap_expected(&gaps, pause);

        if (length < GAP_TIMES * (double)gaps.pause[GAP_MOST].length || expected < GAP_MISSING ||
            gap_is_rest(&gaps, pause))
            continue;
        gap_add(self, &gaps, pause, expected);
    }
}
