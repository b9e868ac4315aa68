/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hours and weekdays say that something comes back. Errors may have memory: what an afternoon has
 * been off by, all of its rows are, in either half, and some weekday has the worst afternoons. So
 * conditions on them are judged by days. The variance of the sums of days (Liang and Zeger 1986,
 * "Longitudinal data analysis using generalized linear models", Biometrika 73) is that of the same
 * hours of all days, not of the few that were chosen for being bad, each beside the other rows of
 * its week; and as far as the two halves share their days, what was chosen on one is no more than
 * chosen on the other, so that all choices are paid for. */
#include "slices-calendar.h"

#include <math.h>

#include "slices-entity.h"
#include "tests.h"

#define CALENDAR_STRETCHES 4   /* of time, in which an hour or weekday has to come back … */
#define CALENDAR_OFTEN     0.3 /* … with such a part of the mean excess */
#define CALENDAR_TURNS     2 /* days of an hour, weeks of a weekday, that its rows are of at least … */
#define CALENDAR_TIMED     5 /* … and where they are of a stretch of time */
#define CALENDAR_DAY_NS    (G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC * 1000)
#define CALENDAR_WEEK      7
#define CALENDAR_HOURS     300.0 /* ranges of hours: 24 · 25 / 2 */
#define CALENDAR_SHARED \
    2.0 /* of the share of the variance that is of days, that has to be paid for */
#define CALENDAR_BLOCKS (1U << 20) /* days or weeks kept apart; of longer logs some go together */

static gboolean
calendar_is_on(const SlicesTable *table, const SlicesCondition *condition)
{
    const SlicesColumn *column = &table->columns[condition->column];

    return column->bin->derived != NULL && column->raw != NULL;
}

static gboolean
calendar_is_weekday(const SlicesTable *table, const SlicesCondition *condition)
{
    return calendar_is_on(table, condition) && !table->columns[condition->column].bin->numeric;
}

/* days since a Monday before 1970 */
static gint64
calendar_day(const SlicesColumn *column, guint32 row)
{
    gint64 at = column->raw->i64[row];

    return at / CALENDAR_DAY_NS - (at % CALENDAR_DAY_NS < 0 ? 1 : 0) + 3;
}

static gint64
calendar_week(gint64 day)
{
    return day / CALENDAR_WEEK - (day % CALENDAR_WEEK < 0 ? 1 : 0);
}

/* Whether a slice has rows of several days where it is on an hour, or of several weeks where it is
 * on a weekday: what there is one Saturday of cannot be known to come back, nor what a few have
 * within a stretch of time that was chosen as well */
static gboolean
calendar_has_turns(const SlicesTable *table, const Slice *slice, const guint8 *member)
{
    const SlicesHalf *half = &table->discovery;

    for (guint k = 0; k < slice->n; k++) {
        const SlicesColumn *column = &table->columns[slice->condition[k].column];
        gboolean weeks = calendar_is_weekday(table, &slice->condition[k]);
        gint64 turn[CALENDAR_TIMED];
        guint least = slice->timed ? CALENDAR_TIMED : CALENDAR_TURNS;
        guint n = 0;

        if (!calendar_is_on(table, &slice->condition[k]))
            continue;
        for (gsize i = 0; i < half->n_rows && n < least; i++) {
            guint32 row = half->row[i];
            gboolean seen = member[i] == 0 || !errata_column_is_valid(column->raw, row);
            gint64 own;

            if (seen)
                continue;
            own = calendar_day(column, row);
            own = weeks ? calendar_week(own) : own;
            for (guint t = 0; t < n; t++)
                seen = seen || turn[t] == own;
            if (!seen)
                turn[n++] = own;
        }
        if (n > 0 && n < least)
            return FALSE;
    }
    return TRUE;
}

/**
 * errata_slices_calendar_is_on:
 * @table: a table
 * @slice: a slice
 *
 * Returns: whether any of its conditions is on an hour or a weekday
 */
gboolean
errata_slices_calendar_is_on(const SlicesTable *table, const Slice *slice)
{
    for (guint k = 0; k < slice->n; k++)
        if (calendar_is_on(table, &slice->condition[k]))
            return TRUE;
    return FALSE;
}

/**
 * errata_slices_calendar_comes_back:
 * @table: a table
 * @expected: what is expected of its discovery rows
 * @slice: a slice
 *
 * Cuts the rows of the slice into four stretches of time: what is in excess in one or two of them
 * happened once and is no habit; nor is what lies in one day, or for a weekday in one week, or in
 * fewer than five of them where the slice is of a stretch of time.
 *
 * Returns: whether it comes back; %TRUE where no condition is on an hour or a weekday
 */
gboolean
errata_slices_calendar_comes_back(const SlicesTable *table,
                                  const ErrataExpected *expected,
                                  const Slice *slice)
{
    const SlicesHalf *half = &table->discovery;
    const ErrataOutcome *outcome = table->analysis->outcome;
    g_autofree guint8 *member = NULL;
    g_autofree double *excess = NULL;
    double part[CALENDAR_STRETCHES] = {0.0}, total = 0.0;
    guint n_often = 0;
    gsize n = 0, seen = 0;

    if (!errata_slices_calendar_is_on(table, slice))
        return TRUE;
    member = g_malloc(MAX(half->n_rows, 1));
    excess = g_new(double, MAX(outcome->n_rows, 1));
    errata_slices_table_member(table, half, slice, member);
    if (!calendar_has_turns(table, slice, member))
        return FALSE;
    for (gsize row = 0; row < outcome->n_rows; row++)
        excess[row] = (double)NAN;
    for (gsize i = 0; i < half->n_rows; i++)
        if (member[i] != 0) {
            excess[half->row[i]] = expected->y[i] - errata_expected_mu(expected, i);
            n++;
        }
    for (gsize i = 0; i < outcome->n_rows; i++) {
        double own = excess[outcome->order[i]];

        if (isnan(own))
            continue;
        part[seen++ * CALENDAR_STRETCHES / n] += own;
        total += own;
    }
    for (guint k = 0; k < CALENDAR_STRETCHES; k++)
        n_often += part[k] * CALENDAR_STRETCHES >= CALENDAR_OFTEN * total ? 1 : 0;
    return n_often > CALENDAR_STRETCHES / 2;
}

/* the rows of a half by days: @member 1 for those of the slice, @alike for those of it but for the
 * weekday */
typedef struct {
    const SlicesTable *table;
    const SlicesHalf *half;
    const ErrataExpected *expected;
    const SlicesColumn *column;
    const guint8 *member;
    guint8 *alike;
    gint64 first; /* day */
    gint64 step;  /* days that go together */
    gsize n_days;
    double *level; /* per week: what its other rows are off by */
} Calendar;

static gsize
calendar_place(const Calendar *self, gsize i)
{
    return (gsize)((calendar_day(self->column, self->half->row[i]) - self->first) / self->step);
}

static double
calendar_residual(const Calendar *self, gsize i)
{
    return self->expected->y[i] - errata_expected_mu(self->expected, i);
}

static void
calendar_clear(Calendar *self)
{
    g_free(self->alike);
    g_free(self->level);
}

static void
calendar_init_level(Calendar *self)
{
    gsize n_weeks = self->n_days / CALENDAR_WEEK + 1;
    g_autofree double *count = g_new0(double, n_weeks);

    self->level = g_new0(double, n_weeks);
    for (gsize i = 0; i < self->half->n_rows; i++)
        if (self->member[i] == 0 && errata_column_is_valid(self->column->raw, self->half->row[i])) {
            gsize week = calendar_place(self, i) / CALENDAR_WEEK;

            count[week] += 1.0;
            self->level[week] += calendar_residual(self, i);
        }
    for (gsize w = 0; w < n_weeks; w++)
        self->level[w] /= fmax(count[w], 1.0);
}

static gboolean
calendar_init(Calendar *self, const Slice *slice)
{
    const SlicesHalf *half = self->half;
    Slice hours = {.n = 0};
    gint64 last = G_MININT64;

    self->first = G_MAXINT64;
    for (guint k = 0; k < slice->n; k++) {
        if (calendar_is_on(self->table, &slice->condition[k]))
            self->column = &self->table->columns[slice->condition[k].column];
        if (!calendar_is_weekday(self->table, &slice->condition[k]))
            hours.condition[hours.n++] = slice->condition[k];
    }
    for (gsize i = 0; self->column != NULL && i < half->n_rows; i++)
        if (errata_column_is_valid(self->column->raw, half->row[i])) {
            self->first = MIN(self->first, calendar_day(self->column, half->row[i]));
            last = MAX(last, calendar_day(self->column, half->row[i]));
        }
    if (self->first >= last)
        return FALSE;
    self->first = calendar_week(self->first) * CALENDAR_WEEK;
    self->step = (last - self->first) / CALENDAR_BLOCKS + 1;
    self->n_days = (gsize)((last - self->first) / self->step) + 1;
    self->alike = g_malloc(MAX(half->n_rows, 1));
    errata_slices_table_member(self->table, half, &hours, self->alike);
    for (gsize i = 0; i < half->n_rows; i++)
        self->alike[i] &= errata_column_is_valid(self->column->raw, half->row[i]) ? 1 : 0;
    calendar_init_level(self);
    return TRUE;
}

/* what is off about a day's rows, but for the slice's own excess; @ret_square sums up that of
 * single rows */
static double *
calendar_days(const Calendar *self, guint8 *ret_seen, double *ret_square)
{
    double *sum = g_new0(double, self->n_days);
    double n[2] = {0.0, 0.0}, mean[2] = {0.0, 0.0};

    *ret_square = 0.0;
    for (guint pass = 0; pass < 2; pass++)
        for (gsize i = 0; i < self->half->n_rows; i++) {
            guint in = self->member[i] != 0 ? 1 : 0;
            double off;
            gsize day;

            if (self->alike[i] == 0)
                continue;
            day = calendar_place(self, i);
            off = calendar_residual(self, i) - self->level[day / CALENDAR_WEEK];
            if (pass == 0) {
                n[in] += 1.0;
                mean[in] += off;
                continue;
            }
            off -= mean[in] / n[in];
            sum[day] += off;
            ret_seen[day] = 1;
            *ret_square += off * off;
        }
    return sum;
}

/* by how much the variance of the sum of the slice's rows exceeds that of independent ones; 1 where
 * it does not. An hour comes the next day, too: what then is left of a day adds to it */
static double
calendar_inflation(const Calendar *self, gboolean daily, guint *ret_days)
{
    g_autofree guint8 *seen = g_malloc0(self->n_days);
    double together = 0.0, next = 0.0, square;
    g_autofree double *sum = calendar_days(self, seen, &square);

    *ret_days = 0;
    for (gsize day = 0; day < self->n_days; day++) {
        *ret_days += seen[day];
        together += sum[day] * sum[day];
        next += day > 0 ? sum[day] * sum[day - 1] : 0.0;
    }
    if (*ret_days < 2 || !(square > 0.0))
        return 1.0;
    if (daily)
        together += 2.0 * fmax(next, 0.0);
    return fmax(together / square * *ret_days / (*ret_days - 1.0), 1.0);
}

/* in how many ways hours and weekdays could have been chosen; of weekdays, as many together, and of
 * stretches of time those from any of their @n_turns to any other */
static double
calendar_ways(const SlicesTable *table, const Slice *slice, double n_turns)
{
    double ways = slice->timed ? 0.5 * n_turns * (n_turns + 1.0) : 1.0;

    for (guint k = 0; k < slice->n; k++) {
        const SlicesCondition *condition = &slice->condition[k];
        guint n_in = 0;

        if (!calendar_is_on(table, condition))
            continue;
        if (!calendar_is_weekday(table, condition)) {
            ways *= CALENDAR_HOURS;
            continue;
        }
        for (guint c = 0; c < 4 * 64; c++)
            n_in += ((condition->codes[c >> 6] >> (c & 63)) & 1) != 0 ? 1 : 0;
        n_in = MIN(n_in, CALENDAR_WEEK / 2);
        for (guint c = 0; c < n_in; c++)
            ways *= (double)(CALENDAR_WEEK - c) / (c + 1.0);
    }
    return ways;
}

/**
 * errata_slices_calendar_test:
 * @table: a table
 * @half: one of its halves
 * @slice: a slice
 * @member: (array length=half->n_rows): 1 for its rows in question
 * @expected: what is expected of the half's rows
 * @ret_test: (out): the score test as errata_slices_entity_test() has it; with a condition on an
 *   hour or a weekday, of as many days as the log has
 *
 * Returns: by how much the variance of their errors exceeds that of independent rows; 1 where it
 * does not
 */
double
errata_slices_calendar_test(const SlicesTable *table,
                            const SlicesHalf *half,
                            const Slice *slice,
                            const guint8 *member,
                            const ErrataExpected *expected,
                            ErrataExpectedTest *ret_test)
{
    double together = errata_slices_entity_test(table, half, member, expected, ret_test);
    Calendar self = {.table = table, .half = half, .expected = expected, .member = member};
    gboolean daily = TRUE;
    double inflation, shared, p, z;
    guint n;

    for (guint k = 0; k < slice->n; k++)
        daily = daily && !calendar_is_weekday(table, &slice->condition[k]);
    if (!(ret_test->variance > 0.0) || !calendar_init(&self, slice)) {
        calendar_clear(&self);
        return together;
    }
    inflation = calendar_inflation(&self, daily, &n);
    calendar_clear(&self);
    z = (ret_test->observed - ret_test->expected) / sqrt(ret_test->variance * inflation);
    p = n < 2 || !(z > 0.0) ? 1.0 : 0.5 * errata_tests_student(z, n - 1.0);
    /* as far as days err together, the halves have in common what was chosen */
    shared = fmin(CALENDAR_SHARED * (1.0 - 1.0 / inflation), 1.0);
    p *= pow(calendar_ways(table, slice, daily ? n : (double)n / CALENDAR_WEEK + 1.0), shared);
    ret_test->p = fmax(ret_test->p, fmin(p, 1.0));
    return fmax(together, inflation);
}
