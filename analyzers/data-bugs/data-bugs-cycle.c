/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A number that follows the hour of the day, or the day of the week, and comes in another unit for
 * a while. What is usual for a row is the median of its time of day, on days such as this one where
 * the days of the week differ, moved by what its day's median is above that of all days, smoothed
 * over weeks. For each factor, the window is the run of rows with the largest sum of how much
 * nearer to the usual the value is when it is undone (Kadane). The rows before it and after it are
 * in the usual unit, both: a window at one side of the log is left to the other checks, as is one
 * that the factor does not explain, on average or row by row. */
#include <math.h>
#include <string.h>

#include "data-bugs-units.h"
#include "distances.h"
#include "select.h"
#include "sort.h"

#define CYCLE_DAY     G_GINT64_CONSTANT(86400000000000)
#define CYCLE_CELLS   48 /* of a day */
#define CYCLE_WEEK    7
#define CYCLE_WEEKS   3     /* that tell whether the days of the week differ, … */
#define CYCLE_APART_W 5.0   /* … by so many standard errors of a median of that many days */
#define CYCLE_DAYS    5     /* of a log, at least … */
#define CYCLE_MOST    40000 /* … and at most */
#define CYCLE_SAMPLE  50000 /* rows that tell what is usual at an hour */
#define CYCLE_LEAST   10    /* values of a cell */
#define CYCLE_DAILY   20    /* rows of a day, on average */
#define CYCLE_SMOOTH  61    /* days of the running median */
#define CYCLE_STRONG  0.5   /* standard deviation of the cells over that within them … */
#define CYCLE_HINT    0.35  /* … and among some of the rows */
#define CYCLE_ROWS    20000 /* that windows are looked for in */
#define CYCLE_CAP     4.0   /* of a row's word */
#define CYCLE_SUM     100.0 /* of the words, at least */
#define CYCLE_WINDOW  100   /* rows of a window … */
#define CYCLE_LONG    0.4   /* … of all rows, at most */
#define CYCLE_BESIDE  300   /* values at either side, at least … */
#define CYCLE_AROUND  6000  /* … and at most */
#define CYCLE_APART   0.3 /* Kolmogorov–Smirnov distance of the window's residuals as they came */
#define CYCLE_PART    0.35 /* of it, once they are undone, or between the two sides */
#define CYCLE_EXACT   0.04 /* by which the measured factor may miss that of the unit */
#define CYCLE_WIDE    0.3  /* … or a power of ten, which nothing grows by */
#define CYCLE_SLACK   0.01 /* and more, as far as that is known better */
#define CYCLE_EDGE    60   /* rows at either side of an end */
#define CYCLE_SUDDEN  4.0  /* standard deviations of what the level changes elsewhere */
#define CYCLE_STEPS   2000 /* from row to row, that are looked at … */
#define CYCLE_TIMES   1.4  /* … and the times by which they may be off the factor */
#define CYCLE_LOOKS   500  /* places elsewhere */
#define CYCLE_WINDOWS 3    /* per column */
#define CYCLE_KNOWN   0.035 /* by which that number may be off: what follows the weather tells less */
#define CYCLE_TOLD    1.25 /* times as large or as small, that are told where no unit has them */

typedef struct {
    const ErrataColumn *column;
    const ErrataOutcome *outcome;
    const ErrataDataBugsRows *rows;
    gsize n_rows;
    gsize stride; /* a place is so many rows of the log */
    gint64 first; /* day */
    gsize n_days;
    double *level;                         /* per day */
    guint kind[CYCLE_WEEK];                /* of each day of the week */
    guint n_kinds;                         /* 1: all days are alike; 0: not known yet */
    double cell[CYCLE_WEEK * CYCLE_CELLS]; /* per kind; NaN: too few */
    double *usual;                         /* per place; NaN: nothing to say */
    double *value;                         /* likewise */
    double sigma;                          /* within the cells */
    double step;                           /* from row to row; NaN or 0: they tell nothing */
    double strong; /* standard deviation of the cells over that within them, at least */
} Cycle;

typedef struct {
    gsize from;
    gsize to;
    double sum;
    const ErrataUnitFactor *factor;
} CycleWindow;

static gint64
cycle_day(gint64 time, double *ret_part)
{
    gint64 rest = time % CYCLE_DAY;

    rest += rest < 0 ? CYCLE_DAY : 0;
    *ret_part = (double)rest / (double)CYCLE_DAY;
    return (time - rest) / CYCLE_DAY;
}

static gint64
cycle_time(const Cycle *self, gsize place)
{
    return self->outcome->time[self->rows->order[place * self->stride]];
}

static guint
cycle_weekday(const Cycle *self, gsize day)
{
    gint64 of_week = (self->first + (gint64)day) % CYCLE_WEEK;

    return (guint)(of_week < 0 ? of_week + CYCLE_WEEK : of_week);
}

/* by how much each day of the week is above the level, and the standard error of that; FALSE: too
 * few weeks */
static gboolean
cycle_weekdays(const Cycle *self,
               const double *day,
               double ret_above[CYCLE_WEEK],
               double *ret_error)
{
    g_autofree double *off = g_new(double, self->n_days);
    double weeks;
    gsize n = 0;

    for (guint w = 0; w < CYCLE_WEEK; w++) {
        gsize n_w = 0;

        for (gsize d = 0; d < self->n_days; d++)
            if (cycle_weekday(self, d) == w && !isnan(day[d]))
                off[n_w++] = day[d] - self->level[d];
        if (n_w < CYCLE_WEEKS)
            return FALSE;
        ret_above[w] = errata_select_median(off, n_w);
    }
    for (gsize d = 0; d < self->n_days; d++) {
        off[n] = fabs(day[d] - self->level[d] - ret_above[cycle_weekday(self, d)]);
        n += off[n] > 0.0 ? 1 : 0; /* a median is one of its days: that day tells nothing */
    }
    weeks = (double)self->n_days / CYCLE_WEEK;
    *ret_error = 1.2533 * errata_select_median(off, n) / 0.6745 / sqrt(weeks - 1.0);
    return TRUE;
}

/* whether the days of the week differ: those on one side of the widest gap between their medians
 * from those on the other. Each has its own cells where there are rows enough, else each side
 * has */
static void
cycle_week(Cycle *self, const double *day)
{
    double above[CYCLE_WEEK], sorted[CYCLE_WEEK], error, cut = 0.0, gap = 0.0;
    gboolean sparse = self->n_rows < (gsize)CYCLE_WEEK * CYCLE_CELLS * 2 * CYCLE_LEAST;

    self->n_kinds = 1;
    memset(self->kind, 0, sizeof self->kind);
    if (!cycle_weekdays(self, day, above, &error))
        return;
    memcpy(sorted, above, sizeof above);
    errata_sort_values(sorted, CYCLE_WEEK);
    for (guint w = 0; w + 1 < CYCLE_WEEK; w++)
        if (sorted[w + 1] - sorted[w] > gap) {
            gap = sorted[w + 1] - sorted[w];
            cut = sorted[w];
        }
    if (!(gap > CYCLE_APART_W * error))
        return;
    self->n_kinds = sparse ? 2 : CYCLE_WEEK;
    for (guint w = 0; w < CYCLE_WEEK; w++)
        self->kind[w] = sparse ? (above[w] > cut ? 1 : 0) : w;
}

/* each day's median, by a running median over weeks */
static void
cycle_levels(Cycle *self)
{
    g_autofree double *day = g_new(double, self->n_days);
    g_autofree double *values = g_new(double, self->n_rows + 1);
    gsize place = 0;

    for (gsize d = 0; d < self->n_days; d++) {
        gsize n = 0;
        double part;

        for (; place < self->n_rows &&
               cycle_day(cycle_time(self, place), &part) - self->first <= (gint64)d;
             place++) {
            values[n] = self->value[place];
            n += isnan(values[n]) ? 0 : 1;
        }
        day[d] = errata_select_median(values, n);
    }
    for (gsize d = 0; d < self->n_days; d++) {
        gsize width = MIN(self->n_days, (gsize)CYCLE_SMOOTH);
        gsize from = MIN(d > width / 2 ? d - width / 2 : 0, self->n_days - width);
        double near[CYCLE_SMOOTH];
        gsize n = 0;

        for (gsize k = from; k < from + width; k++) {
            near[n] = day[k];
            n += isnan(day[k]) ? 0 : 1;
        }
        self->level[d] = errata_select_median(near, n);
    }
    if (self->n_kinds == 0) /* with a window left out, too few weeks may tell */
        cycle_week(self, day);
}

/* what is usual at each time of day, above the day's level; of some rows, put in order of their
 * cells */
static void
cycle_cells(Cycle *self)
{
    g_autofree double *values = g_new(double, self->n_rows + 1);
    g_autofree guint16 *cell = g_new(guint16, self->n_rows + 1);
    gsize end[CYCLE_WEEK * CYCLE_CELLS + 1] = {0}; /* of the cell before; then of each */
    gsize stride = self->n_rows / CYCLE_SAMPLE + 1;
    double part;

    for (gsize i = 0; i < self->n_rows; i++) {
        gint64 day = cycle_day(cycle_time(self, i), &part) - self->first;

        cell[i] = (guint16)(self->kind[cycle_weekday(self, (gsize)day)] * CYCLE_CELLS +
                            (guint)MIN(part * CYCLE_CELLS, CYCLE_CELLS - 1));
        self->usual[i] = self->level[day];
    }
    for (gsize i = 0; i < self->n_rows; i += stride)
        end[cell[i] + 1] += isnan(self->value[i] - self->usual[i]) ? 0 : 1;
    for (guint c = 1; c <= self->n_kinds * CYCLE_CELLS; c++)
        end[c] += end[c - 1];
    for (gsize i = 0; i < self->n_rows; i += stride) {
        double value = self->value[i] - self->usual[i];

        if (!isnan(value))
            values[end[cell[i]]++] = value;
    }
    for (guint c = 0; c < self->n_kinds * CYCLE_CELLS; c++) {
        gsize begin = c > 0 ? end[c - 1] : 0;
        gsize n = end[c] - begin;

        self->cell[c] = n >= CYCLE_LEAST ? errata_select_median(values + begin, n) : (double)NAN;
    }
}

/* between the middles of two cells of a day, the line between them */
static double
cycle_at(const Cycle *self, gint64 day, double part)
{
    const double *cell = self->cell +
                         self->kind[cycle_weekday(self, (gsize)(day - self->first))] * CYCLE_CELLS;
    double at = part * CYCLE_CELLS - 0.5;
    int left = (int)floor(at);
    double right = at - left;
    double a = cell[(left + CYCLE_CELLS) % CYCLE_CELLS];
    double z = cell[(left + 1) % CYCLE_CELLS];

    return (1.0 - right) * a + right * z;
}

/* median step from row to row, of an even sample; NaN: none */
static double
cycle_step(const Cycle *self, gsize from, gsize to)
{
    gsize stride = (to - from) / CYCLE_STEPS + 1;
    double step[CYCLE_STEPS];
    gsize n = 0;

    for (gsize i = from; i + 1 < to && n < CYCLE_STEPS; i += stride) {
        step[n] = fabs(self->value[i + 1] - self->value[i]);
        n += isnan(step[n]) ? 0 : 1;
    }
    return errata_select_median(step, n);
}

/* the usual value of each row; FALSE: the column hardly follows the time of day, nor the week */
static gboolean
cycle_usual(Cycle *self)
{
    g_autofree double *off = g_new(double, self->n_rows + 1);
    double mean = 0.0, squares = 0.0, part;
    gsize n = 0;

    for (gsize i = 0; i < self->n_rows; i++) {
        double above;
        gint64 day = cycle_day(cycle_time(self, i), &part);

        above = cycle_at(self, day, part);
        self->usual[i] += above;
        off[n] = fabs(self->value[i] - self->usual[i]);
        if (isnan(off[n]))
            continue;
        n++;
        mean += above;
        squares += above * above;
    }
    if (n < 2 * CYCLE_BESIDE + CYCLE_WINDOW)
        return FALSE;
    mean /= (double)n;
    self->sigma = errata_select_median(off, n) / 0.6745;
    self->step = cycle_step(self, 0, self->n_rows);
    return self->sigma > 0.0 &&
           (self->n_kinds > 1 ||
            sqrt(fmax(squares / (double)n - mean * mean, 0.0)) >= self->strong * self->sigma);
}

static void
cycle_clear(Cycle *self)
{
    g_free(self->level);
    g_free(self->usual);
    g_free(self->value);
}

static gboolean
cycle_read(Cycle *self)
{
    double part;

    if (self->outcome->time == NULL || self->n_rows < CYCLE_WINDOW ||
        cycle_time(self, 0) == G_MININT64)
        return FALSE;
    self->first = cycle_day(cycle_time(self, 0), &part);
    self->n_days = (gsize)(cycle_day(cycle_time(self, self->n_rows - 1), &part) - self->first) + 1;
    if (self->n_days < CYCLE_DAYS || self->n_days > CYCLE_MOST ||
        self->n_rows < CYCLE_DAILY * self->n_days)
        return FALSE;
    self->level = g_new(double, self->n_days);
    self->usual = g_new(double, self->n_rows);
    self->value = g_new(double, self->n_rows);
    for (gsize i = 0; i < self->n_rows; i++)
        self->value[i] = errata_column_number(self->column, self->rows->order[i * self->stride]);
    cycle_levels(self);
    cycle_cells(self);
    return cycle_usual(self);
}

/* whether some rows of a long log tell that the column does not follow the time of day */
static gboolean
cycle_is_idle(const Cycle *whole)
{
    Cycle some = {.column = whole->column,
                  .outcome = whole->outcome,
                  .rows = whole->rows,
                  .strong = CYCLE_HINT};
    gint64 day = 0;
    gsize days = 1;
    gboolean idle;
    double part;

    if (whole->outcome->time == NULL || whole->n_rows <= CYCLE_SAMPLE)
        return FALSE;
    day = cycle_day(cycle_time(whole, 0), &part);
    days += (gsize)(cycle_day(cycle_time(whole, whole->n_rows - 1), &part) - day);
    some.stride = MIN(whole->n_rows / CYCLE_SAMPLE, whole->n_rows / (2 * CYCLE_DAILY * days));
    if (some.stride < 2)
        return FALSE;
    some.n_rows = whole->n_rows / some.stride;
    idle = !cycle_read(&some);
    cycle_clear(&some);
    return idle;
}

/* the run of rows with the largest sum of what undoing brings them nearer to the usual */
static CycleWindow
cycle_scan(const Cycle *self, const ErrataUnitFactor *factor, gsize stride)
{
    CycleWindow best = {.factor = factor};
    double sum = 0.0;
    gsize begin = 0;

    for (gsize i = 0; i < self->n_rows; i += stride) {
        double off = fabs(self->value[i] - self->usual[i]) / self->sigma;
        double undone = fabs(errata_unit_factor_undo(factor, self->value[i]) - self->usual[i]) /
                        self->sigma;

        if (isnan(off))
            continue;
        if (!(sum > 0.0)) {
            sum = 0.0;
            begin = i;
        }
        sum += MIN(off, CYCLE_CAP) - MIN(undone, CYCLE_CAP);
        if (sum > best.sum) {
            best.sum = sum;
            best.from = begin;
            best.to = i + 1;
        }
    }
    return best;
}

/* whether steps in the window are as many times as long as those of the column as the factor has
 * it, where they tell: a level alone is near that of several units */
static gboolean
cycle_steps_agree(const Cycle *self, const CycleWindow *window)
{
    double ratio = cycle_step(self, window->from, window->to) / self->step / window->factor->scale;

    return !(ratio < 1.0 / CYCLE_TIMES) && !(ratio > CYCLE_TIMES);
}

static CycleWindow
cycle_best(const Cycle *self)
{
    gsize stride = self->n_rows / CYCLE_ROWS + 1;
    CycleWindow best = {0};

    for (guint i = 0; i < errata_unit_factor_count(); i++) {
        const ErrataUnitFactor *factor = errata_unit_factor(i);
        CycleWindow window;

        if (factor->kind != ERRATA_UNIT_LINEAR)
            continue;
        window = cycle_scan(self, factor, stride);
        window.sum *= 1.0 - factor->prior;
        if (window.sum > best.sum && cycle_steps_agree(self, &window))
            best = window;
    }
    return best.factor != NULL && stride > 1 ? cycle_scan(self, best.factor, 1) : best;
}

/* sorted residuals from one place to another, undone */
static double *
cycle_residuals(const Cycle *self,
                gsize from,
                gsize to,
                const ErrataUnitFactor *factor,
                gsize *ret_n)
{
    double *residual = g_new(double, to - from + 1);
    gsize n = 0;

    for (gsize i = from; i < to; i++) {
        residual[n] = errata_unit_factor_undo(factor, self->value[i]) - self->usual[i];
        n += isnan(residual[n]) ? 0 : 1;
    }
    errata_sort_values(residual, n);
    *ret_n = n;
    return residual;
}

/* by how much the level behind a place is from that in front of it; NaN: nothing there */
static double
cycle_jump(const Cycle *self, gsize place, gsize reach)
{
    double sum[2] = {0.0, 0.0};
    gsize n[2] = {0, 0};

    for (gsize i = place - reach; i < place + reach; i++) {
        double off = self->value[i] - self->usual[i];
        guint side = i < place ? 0 : 1;

        if (isnan(off))
            continue;
        sum[side] += off;
        n[side]++;
    }
    return fabs(sum[1] / (double)n[1] - sum[0] / (double)n[0]);
}

/* standard deviation of what the level changes from @reach rows to the next, outside the window;
 * NaN: none there */
static double
cycle_usual_jump(const Cycle *self, const CycleWindow *window, gsize reach)
{
    static const double at[] = {0.5, 0.9};
    gsize step = MAX(self->n_rows / CYCLE_LOOKS, reach);
    g_autofree double *jump = g_new(double, self->n_rows / step + 1);
    double quantile[2] = {0.0, 0.0};
    gsize n = 0;

    for (gsize i = reach; i + reach <= self->n_rows; i += step) {
        if (i + reach > window->from && i < window->to + reach)
            continue;
        jump[n] = cycle_jump(self, i, reach);
        n += isnan(jump[n]) ? 0 : 1;
    }
    if (n == 0)
        return (double)NAN;
    errata_select_quantiles(jump, n, at, G_N_ELEMENTS(at), quantile);
    return MAX(quantile[0] / 0.6745, quantile[1] / 1.645);
}

/* whether a factor is a power of ten: weekends and the weather are far from that */
static gboolean
cycle_is_decade(const ErrataUnitFactor *factor)
{
    return errata_unit_factor_is_exact(factor) && !(fabs(factor->offset) > 0.0);
}

/* how many times as large as is usual the window's values are, by least squares; values that follow
 * those before them tell less */
static ErrataUnitMeasure
cycle_measure(const Cycle *self, const CycleWindow *window)
{
    double jump = cycle_usual_jump(self, window, CYCLE_EDGE);
    double sigma = MAX(self->sigma, jump * sqrt(CYCLE_EDGE / 2.0));
    double product = 0.0, square = 0.0, slack;
    ErrataUnitMeasure measured;

    for (gsize i = window->from; i < window->to; i++) {
        if (isnan(self->value[i]) || isnan(self->usual[i]))
            continue;
        product += (self->value[i] - window->factor->offset) * self->usual[i];
        square += self->usual[i] * self->usual[i];
    }
    slack = MIN(CYCLE_EXACT, CYCLE_SLACK + 3.0 * sigma / sqrt(square));
    if (cycle_is_decade(window->factor) && fabs(window->factor->scale - 1.0) > 0.0)
        slack = CYCLE_WIDE;
    measured.factor = product / square;
    measured.lo = measured.factor * (1.0 - slack);
    measured.hi = measured.factor * (1.0 + slack);
    return measured;
}

/* … whether that is as the factor has it */
static gboolean
cycle_measures(const Cycle *self, const CycleWindow *window)
{
    ErrataUnitMeasure measured = cycle_measure(self, window);

    return window->factor->scale >= measured.lo && window->factor->scale <= measured.hi &&
           !errata_data_bugs_units_is_round(window->factor, &measured);
}

/* whether the level changes at both ends by far more than elsewhere */
static gboolean
cycle_is_sudden(const Cycle *self, const CycleWindow *window)
{
    double usual = CYCLE_SUDDEN * cycle_usual_jump(self, window, CYCLE_EDGE);

    return cycle_jump(self, window->from, CYCLE_EDGE) > usual &&
           cycle_jump(self, window->to, CYCLE_EDGE) > usual;
}

/* whether sorted residuals are alike, next to what lies @apart from them; those of a power of ten
 * need only be near, next to the @change */
static gboolean
cycle_alike(const double *a, gsize n_a, const double *b, gsize n_b, double apart, double change)
{
    return errata_unit_factor_distance(&errata_unit_none, a, n_a, b, n_b) <= CYCLE_PART * apart ||
           fabs(errata_sort_quantile(a, n_a, 0.5) - errata_sort_quantile(b, n_b, 0.5)) <=
               CYCLE_WIDE * change;
}

/* whether the window, undone, is what both of its sides are; @ret_p: of the window as it came */
static gboolean
cycle_explains(const Cycle *self, const CycleWindow *window, double *ret_p)
{
    gsize inside = window->to - window->from;
    gsize width = MIN(MAX(inside, (gsize)CYCLE_BESIDE), (gsize)CYCLE_AROUND);
    gsize n_before, n_after, n, n_undone;
    g_autofree double *before = NULL;
    g_autofree double *after = NULL;
    g_autofree double *came = NULL;
    g_autofree double *undone = NULL;
    double apart, change = 0.0;

    if (inside < CYCLE_WINDOW || (double)inside > CYCLE_LONG * (double)self->n_rows ||
        window->from < CYCLE_BESIDE || self->n_rows - window->to < CYCLE_BESIDE)
        return FALSE;
    before = cycle_residuals(self,
                             window->from - MIN(width, window->from),
                             window->from,
                             &errata_unit_none,
                             &n_before);
    after = cycle_residuals(self,
                            window->to,
                            MIN(window->to + width, self->n_rows),
                            &errata_unit_none,
                            &n_after);
    came = cycle_residuals(self, window->from, window->to, &errata_unit_none, &n);
    undone = cycle_residuals(self, window->from, window->to, window->factor, &n_undone);
    if (MIN(n_before, n_after) < CYCLE_WINDOW || n < CYCLE_WINDOW)
        return FALSE;
    apart = MIN(errata_unit_factor_distance(&errata_unit_none, came, n, before, n_before),
                errata_unit_factor_distance(&errata_unit_none, came, n, after, n_after));
    *ret_p = errata_distances_ks_p(apart, n, MIN(n_before, n_after));
    if (cycle_is_decade(window->factor))
        change =
            fabs(errata_sort_quantile(came, n, 0.5) - errata_sort_quantile(undone, n_undone, 0.5));
    return apart >= CYCLE_APART && cycle_alike(before, n_before, after, n_after, apart, change) &&
           cycle_alike(undone, n_undone, before, n_before, apart, change) &&
           cycle_alike(undone, n_undone, after, n_after, apart, change) &&
           cycle_measures(self, window) && cycle_is_sudden(self, window);
}

/* what is usual, anew, by the rows outside the window: those in it moved it */
static gboolean
cycle_read_beside(Cycle *self, const CycleWindow *window)
{
    gsize n = window->to - window->from;
    g_autofree double *saved = g_memdup2(self->value + window->from, n * sizeof *saved);
    gboolean reads;

    for (gsize i = window->from; i < window->to; i++)
        self->value[i] = (double)NAN;
    cycle_levels(self);
    cycle_cells(self);
    reads = cycle_usual(self);
    memcpy(self->value + window->from, saved, n * sizeof *saved);
    return reads;
}

/* a number of one digit that may explain the window as well as a rare unit that is near it; scale
 * 0: none */
static ErrataUnitFactor
cycle_plain(const Cycle *self, const CycleWindow *window)
{
    ErrataUnitMeasure measured = cycle_measure(self, window);
    double slack = 2.0 * (measured.hi / measured.factor - 1.0 - CYCLE_SLACK);
    const ErrataUnitMeasure wide = {measured.factor,
                                    measured.factor * (1.0 - slack),
                                    measured.factor * (1.0 + slack)};
    ErrataUnitFactor plain = {ERRATA_UNIT_LINEAR, errata_data_bugs_units_snap(&wide), 0.0, 0.0};
    double times = exp(fabs(log(plain.scale)));

    if (window->factor->prior < ERRATA_UNIT_RARE || fabs(times - round(times)) > 1e-9 ||
        times > 9.5)
        plain.scale = 0.0;
    return plain;
}

/* adds the best window, in another unit or multiplied by what no unit has, which is measured in it.
 * FALSE: it is neither */
static gboolean
cycle_tell(const Cycle *self, ErrataDataBugs *bugs, guint column, CycleWindow *window)
{
    ErrataUnitFactor other = errata_unit_none;
    ErrataUnitMeasure measured;
    ErrataDataBug *bug;
    double p = 1.0;

    if (cycle_explains(self, window, &p)) {
        bug = errata_data_bugs_add_unit(bugs,
                                        column,
                                        self->rows,
                                        window->from,
                                        window->to,
                                        window->factor);
        other = cycle_plain(self, window);
        if (other.scale > 0.0)
            errata_data_bugs_waver(bugs, bug, window->factor, &other);
    } else {
        const CycleWindow plain = {window->from, window->to, window->sum, &errata_unit_none};

        measured = cycle_measure(self, &plain);
        if ((!(measured.lo > CYCLE_TOLD) && !(measured.hi < 1.0 / CYCLE_TOLD)) ||
            !(measured.hi < (1.0 + CYCLE_KNOWN) * measured.factor))
            return FALSE;
        other.scale = errata_data_bugs_units_snap(&measured);
        *window = cycle_scan(self, &other, 1);
        if (!(window->sum > CYCLE_SUM) || !cycle_steps_agree(self, window) ||
            !cycle_explains(self, window, &p))
            return FALSE;
        measured = cycle_measure(self, window);
        bug = errata_data_bugs_add_scaled(bugs,
                                          column,
                                          self->rows,
                                          window->from,
                                          window->to,
                                          other.scale,
                                          &measured);
    }
    bug->p = MIN(p * (double)self->n_rows / UNITS_BLOCK, 1.0);
    bug->test = "Kolmogorov–Smirnov of what is left of the daily cycle, all blocks counted";
    return TRUE;
}

/**
 * errata_data_bugs_cycle:
 * @self: what was found so far
 * @column: a column of numbers
 * @rows: those that are looked at
 * @ret_weekly: set to whether the days of the week differ: what rows beside a window are tells
 *   little then
 *
 * Linear in the rows; factors are tried on some of them.
 *
 * Returns: whether it follows the time of day and comes in another unit for a while
 */
gboolean
errata_data_bugs_cycle(ErrataDataBugs *self,
                       guint column,
                       const ErrataDataBugsRows *rows,
                       gboolean *ret_weekly)
{
    Cycle work = {.column = self->analysis->frame->columns[column],
                  .outcome = self->analysis->outcome,
                  .rows = rows,
                  .n_rows = rows->n_rows,
                  .stride = 1,
                  .strong = CYCLE_STRONG};
    gboolean found = FALSE;
    gboolean reads = !cycle_is_idle(&work) && cycle_read(&work);

    for (guint k = 0; reads && k < CYCLE_WINDOWS; k++) {
        CycleWindow window = cycle_best(&work);

        if (!(window.sum > CYCLE_SUM) || !cycle_read_beside(&work, &window))
            break;
        window = cycle_best(&work);
        if (!(window.sum > CYCLE_SUM) || !cycle_tell(&work, self, column, &window))
            break;
        found = TRUE;
        for (gsize i = window.from; i < window.to; i++)
            work.value[i] = (double)NAN;
    }
    *ret_weekly = reads && work.n_kinds > 1;
    cycle_clear(&work);
    return found;
}
