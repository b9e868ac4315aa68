/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Clocks that are wrong: times far from all others (the epoch's first second, a year that has not
 * come), stretches of the file moved by whole hours, clocks set back, rows out of order in a file
 * that is otherwise in order. */
#include <math.h>
#include <string.h>

#include "data-bugs.h"
#include "select.h"
#include "words.h"

#define CLOCK_ROWS    100
#define CLOCK_FAR     10.0  /* times the central 99 % of the log's time */
#define CLOCK_SHARE   0.05  /* of the rows may be far; more are no strays */
#define CLOCK_ORDERED 0.99  /* of neighbouring rows: a file in order */
#define CLOCK_JUMPS   65536 /* kept */
#define CLOCK_ZONES   32    /* jumps by whole quarters: more are how the log is */
#define CLOCK_QUARTER \
    (G_GINT64_CONSTANT(900) * G_USEC_PER_SEC * 1000) /* ns: zones differ by these */
#define CLOCK_MOST (15 * G_TIME_SPAN_HOUR * 1000)    /* ns: no zones differ by more */
#define CLOCK_DAY  (G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC * 1000)

/* a step to @row that is not the usual one */
typedef struct {
    guint32 row;
    gint64 by;
    gint64 zone;
} ClockJump;

typedef struct {
    ErrataDataBugs *bugs;
    const gint64 *time;
    const char *name;
    gsize n_rows;
    guint8 *bad;  /* per row: told already */
    gint64 usual; /* distance of neighbouring rows that one in a hundred passes */
    gint64 step;  /* from time to time, half are shorter: a jump by a zone comes on top of it */
} Clock;

static ErrataDataBug *
clock_add(Clock *self, const GArray *rows)
{
    ErrataDataBug *bug =
        errata_data_bugs_add(self->bugs, "clock-fault", self->bugs->analysis->schema->time);

    g_array_append_vals(bug->row, rows->data, rows->len);
    bug->n_rows = rows->len;
    bug->after = (double)rows->len / (double)self->n_rows;
    bug->small = bug->n_rows < errata_data_bugs_enough(self->n_rows);
    for (guint i = 0; i < rows->len; i++)
        self->bad[g_array_index(rows, guint32, i)] = 1;
    return bug;
}

/* times that lie ten times as far out as the log is long */
static void
clock_far(Clock *self)
{
    static const double at[] = {CLOCK_SHARE, 1.0 - CLOCK_SHARE};
    g_autofree double *times = g_new(double, self->n_rows + 1);
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_autofree char *count = NULL;
    g_autofree char *when = NULL;
    double ends[2], lo, hi, far;
    gsize n = 0;
    ErrataDataBug *bug;

    for (gsize row = 0; row < self->n_rows; row++)
        if (self->time[row] != G_MININT64)
            times[n++] = (double)self->time[row];
    if (n < CLOCK_ROWS)
        return;
    errata_select_quantiles(times, n, at, G_N_ELEMENTS(at), ends);
    lo = ends[0];
    hi = ends[1];
    far = CLOCK_FAR * MAX(hi - lo, (double)CLOCK_DAY);
    for (gsize row = 0; row < self->n_rows; row++) {
        guint32 number = (guint32)row;
        double time = (double)self->time[row];

        if (self->time[row] != G_MININT64 && (time < lo - far || time > hi + far))
            g_array_append_val(rows, number);
    }
    if (rows->len == 0)
        return;
    bug = clock_add(self, rows);
    count = errata_words_counted(rows->len, "row", "rows");
    when = errata_column_print(
        self->bugs->analysis->frame->columns[self->bugs->analysis->schema->time],
        g_array_index(rows, guint32, 0));
    bug->value = g_strdup(when);
    bug->set_aside = TRUE;
    bug->title = g_strdup_printf("%s lies far from the time of the log in %s, such as %s",
                                 self->name,
                                 count,
                                 when);
    bug->action = g_strdup_printf("Reject times that cannot be when %s is written", self->name);
}

/* the steps from row to row: those back, and those forth that a change of zone could make */
static gboolean
clock_is_ordered(Clock *self, GArray *ret_jumps)
{
    g_autofree double *steps = g_new(double, self->n_rows + 1);
    g_autofree double *moves = g_new(double, self->n_rows + 1);
    gsize n = 0, n_back = 0, n_moves = 0;
    gint64 last = G_MININT64;
    double usual, move = 0.0;

    for (gsize row = 0; row < self->n_rows; row++) {
        ClockJump jump = {(guint32)row, 0, 0};

        if (self->time[row] == G_MININT64 || self->bad[row] != 0)
            continue;
        if (last != G_MININT64) {
            jump.by = self->time[row] - last; /* far ones are gone: no overflow */
            steps[n++] = fabs((double)jump.by);
            if (jump.by != 0)
                moves[n_moves++] = fabs((double)jump.by);
            n_back += jump.by < 0 ? 1 : 0;
            if ((jump.by < 0 || jump.by > CLOCK_QUARTER) && ret_jumps->len < CLOCK_JUMPS)
                g_array_append_val(ret_jumps, jump);
        }
        last = self->time[row];
    }
    if (n < CLOCK_ROWS || (double)n_back > (1.0 - CLOCK_ORDERED) * (double)n)
        return FALSE;
    errata_select_quantiles(steps, n, (const double[]){0.99}, 1, &usual);
    if (n_moves > 0)
        errata_select_quantiles(moves, n_moves, (const double[]){0.5}, 1, &move);
    self->usual = (gint64)usual;
    self->step = (gint64)move;
    return TRUE;
}

/* the multiple of a quarter of an hour that a jump is besides the usual step, 0 when it is none */
static gint64
clock_zone(const Clock *self, gint64 step)
{
    gint64 jump = step - self->step;
    gint64 size = ABS(jump);
    gint64 zone = size > CLOCK_MOST ? 0
                                    : (size + CLOCK_QUARTER / 2) / CLOCK_QUARTER * CLOCK_QUARTER;

    /* in a log of even steps any jump shows, in another one steps may be as long */
    if (zone < 2 * CLOCK_QUARTER || zone < (self->step == self->usual ? 1 : 4) * self->usual ||
        ABS(size - zone) > MIN(self->usual, CLOCK_QUARTER / 3))
        return 0;
    return jump < 0 ? -zone : zone;
}

/* @goes_back: the rows are of a clock that is right again; otherwise it is set back with the first,
 * and they are those whose times were there before */
static void
clock_add_shift(Clock *self, gsize from, gsize to, gint64 zone, gboolean goes_back)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(guint32));
    double hours = fabs((double)zone) / 3.6e12;
    const char *hour = fabs(hours - 1.0) < 1e-9 ? "hour" : "hours";
    g_autofree char *amount = g_strdup_printf("%g", hours);
    g_autofree char *count = NULL;
    ErrataDataBug *bug;

    for (gsize row = from; row < to; row++) {
        guint32 number = (guint32)row;

        if (self->time[row] != G_MININT64 && self->bad[row] == 0)
            g_array_append_val(rows, number);
    }
    if (rows->len == 0)
        return;
    bug = clock_add(self, rows);
    bug->unsure = !goes_back; /* two clocks may have written the log */
    count = errata_words_counted(rows->len, "row", "rows");
    bug->value = g_strdup_printf("%s%s h", zone < 0 ? "−" : "+", amount);
    bug->title = goes_back
                     ? g_strdup_printf("The clock of %s is %s %s %s for a while, in %s",
                                       self->name,
                                       amount,
                                       hour,
                                       zone < 0 ? "slow" : "fast",
                                       count)
                     : g_strdup_printf("The clock of %s is set back by %s %s: the times of %s come "
                                       "for the second time",
                                       self->name,
                                       amount,
                                       hour,
                                       count);
    bug->action = g_strdup_printf("Write %s in one time zone, with its offset", self->name);
}

/* a step back by whole quarters, and one forth by as much before it (a fast stretch) or after it (a
 * slow one): the rows between were written by another clock */
static void
clock_shifts(Clock *self, const GArray *jumps)
{
    g_autoptr(GArray) zones = g_array_new(FALSE, FALSE, sizeof(ClockJump));

    for (guint i = 0; i < jumps->len; i++) {
        ClockJump jump = g_array_index(jumps, ClockJump, i);

        jump.zone = clock_zone(self, jump.by);
        if (jump.zone != 0)
            g_array_append_val(zones, jump);
    }
    if (zones->len > CLOCK_ZONES) /* gaps are usual here */
        return;
    for (guint i = 0; i + 1 < zones->len; i++) {
        const ClockJump *begin = &g_array_index(zones, ClockJump, i);
        const ClockJump *end = &g_array_index(zones, ClockJump, i + 1);

        if (begin->zone != -end->zone || end->row - begin->row > self->n_rows / 2)
            continue;
        clock_add_shift(self, begin->row, end->row, begin->zone, TRUE);
        i++;
    }
}

/* whether a clock was set back by whole hours at a row: times run on from there without a gap until
 * they pass the latest one so far. Rows that came late end with a step forth, those of another file
 * begin where the log does, or are its last. */
static gboolean
clock_is_set_back(const Clock *self, const ClockJump *jump, gsize *ret_to)
{
    gint64 size = ABS(jump->zone);
    gint64 latest = G_MININT64, first = G_MAXINT64, last = G_MININT64, end = G_MININT64;
    gsize to = jump->row;

    for (gsize row = 0; row < jump->row; row++)
        if (self->time[row] != G_MININT64 && self->bad[row] == 0) {
            first = MIN(first, self->time[row]);
            latest = MAX(latest, self->time[row]);
        }
    for (gsize row = jump->row; row < self->n_rows; row++) {
        if (self->time[row] == G_MININT64 || self->bad[row] != 0)
            continue;
        if (last != G_MININT64 && last <= latest && self->time[row] - last > CLOCK_QUARTER)
            return FALSE;
        last = self->time[row];
        end = MAX(end, last);
        to = last <= latest ? row + 1 : to;
    }
    *ret_to = to;
    return latest - first >= 2 * size && end - latest >= size;
}

/* whether the rows of a step back have one value of some column, and no row before has it: another
 * source, whose file stands behind the first's */
static gboolean
clock_is_other_source(const Clock *self, gsize from, gsize to)
{
    const ErrataFrame *frame = self->bugs->analysis->frame;

    for (guint c = 0; c < frame->n_columns; c++) {
        const ErrataColumn *column = frame->columns[c];
        gboolean own = column->type == ERRATA_COLUMN_CATEGORY && to > from + 1;

        for (gsize row = from; row < to && own; row++)
            own = errata_column_is_valid(column, row) && column->code[row] == column->code[from];
        for (gsize row = 0; row < from && own; row++)
            own = !errata_column_is_valid(column, row) || column->code[row] != column->code[from];
        if (own)
            return TRUE;
    }
    return FALSE;
}

/* The one step back of a log that is in order otherwise, by whole hours: from there on it is in
 * another zone, or summer time ended. A step forth looks like rows that are missing, and is told as
 * such. */
static void
clock_set_back(Clock *self, const GArray *jumps)
{
    const ClockJump *back = NULL;
    ClockJump jump;
    gsize to;

    for (guint i = 0; i < jumps->len; i++) {
        const ClockJump *other = &g_array_index(jumps, ClockJump, i);

        if (-other->by <= self->usual || self->bad[other->row] != 0)
            continue;
        if (back != NULL)
            return;
        back = other;
    }
    if (back == NULL || (back->row > 0 && self->bad[back->row - 1] != 0))
        return;
    jump = *back;
    jump.zone = clock_zone(self, jump.by);
    if (jump.zone != 0 && jump.zone % (4 * CLOCK_QUARTER) == 0 &&
        clock_is_set_back(self, &jump, &to) && !clock_is_other_source(self, jump.row, to))
        clock_add_shift(self, jump.row, to, jump.zone, FALSE);
}

/* what is left: rows earlier than the row before by more than rows usually are apart */
static void
clock_disorder(Clock *self, const GArray *jumps)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_autofree char *count = NULL;
    ErrataDataBug *bug;

    for (guint i = 0; i < jumps->len; i++) {
        const ClockJump *jump = &g_array_index(jumps, ClockJump, i);

        if (-jump->by > self->usual && self->bad[jump->row] == 0 &&
            (jump->row == 0 || self->bad[jump->row - 1] == 0))
            g_array_append_val(rows, jump->row);
    }
    if (rows->len < 2)
        return;
    bug = clock_add(self, rows);
    bug->small = TRUE; /* it confuses who reads by rows; nothing is wrong with them */
    count = errata_words_counted(rows->len, "row", "rows");
    bug->title = g_strdup_printf("The file is out of order: %s come after later ones by %s",
                                 count,
                                 self->name);
    bug->action = g_strdup_printf("Sort the log by %s, or find out why these rows came late",
                                  self->name);
}

/**
 * errata_data_bugs_clock:
 *
 * Times that no clock of the log can have shown. Strays lie ten times further out than the log is
 * long; the others are looked for in files that are in order in 99 of 100 rows. Nothing here is a
 * matter of chance, so nothing is tested.
 */
void
errata_data_bugs_clock(ErrataDataBugs *self)
{
    const ErrataAnalysis *analysis = self->analysis;
    g_autoptr(GArray) jumps = g_array_new(FALSE, FALSE, sizeof(ClockJump));
    g_autofree guint8 *bad = NULL;
    Clock clock = {.bugs = self,
                   .time = analysis->outcome->time,
                   .n_rows = analysis->frame->n_rows};

    if (analysis->outcome->time == NULL || analysis->schema->time < 0)
        return;
    self->n_tried++;
    clock.name = analysis->frame->columns[analysis->schema->time]->name;
    clock.bad = bad = g_malloc(clock.n_rows + 1);
    memcpy(bad, analysis->outcome->duplicate, clock.n_rows); /* sent again, later */
    clock_far(&clock);
    if (!clock_is_ordered(&clock, jumps))
        return;
    clock_shifts(&clock, jumps);
    errata_data_bugs_clock_days(self, bad);
    clock_set_back(&clock, jumps);
    clock_disorder(&clock, jumps);
}
