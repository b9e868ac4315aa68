/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scale.h"

#include <math.h>
#include <string.h>

#include "spoken.h"
#include "value.h"

/* Scales and their ticks. Numbers: Talbot, Lin, Hanrahan 2010, "An Extension of Wilkinson's
 * Algorithm for Positioning Tick Labels on Axes": steps q·10^z scored by simplicity, coverage and
 * density, the search cut short by upper bounds. Times: the finest calendar step that gives no
 * more ticks than wanted. */

#define SCALE_YEAR_FIRST 1900.0
#define SCALE_YEAR_LAST  2100.0
#define SCALE_SECOND     1e9
#define SCALE_EVEN_DAYS  14.0
#define SCALE_DAY        (86400.0 * SCALE_SECOND)

static const double scale_nice[] = {1.0, 5.0, 2.0, 2.5, 4.0, 3.0}; /* in order of preference */

ErrataScale
errata_scale_new(double lo, double hi, double from, double to)
{
    errata_scale_repair(&lo, &hi);
    return (ErrataScale){lo, hi, from, to};
}

void
errata_scale_repair(double *lo, double *hi)
{
    double pad;

    if (!isfinite(*lo) || !isfinite(*hi)) {
        *lo = isfinite(*lo) ? *lo : isfinite(*hi) ? *hi - 1.0 : 0.0;
        *hi = *lo + 1.0;
    }
    pad = MAX(fabs(*lo), fabs(*hi)) * 1e-9;
    if (*hi - *lo <= pad) {
        pad = MAX(fabs(*lo) * 0.05, 0.5);
        *lo -= pad;
        *hi += pad;
    }
}

/* a labelling being tried: ticks at start, start + step … */
typedef struct {
    double start;
    double step;
    guint n;
    double score;
} ScaleTry;

static double
scale_simplicity(guint q, guint skip, gboolean has_zero)
{
    return 1.0 - (double)q / (double)(G_N_ELEMENTS(scale_nice) - 1) - skip + (has_zero ? 2.0 : 1.0);
}

static double
scale_coverage(double lo, double hi, double first, double last)
{
    double tenth = 0.1 * (hi - lo);

    return 1.0 - 0.5 * (pow(hi - last, 2.0) + pow(lo - first, 2.0)) / pow(tenth, 2.0);
}

static double
scale_density(double lo, double hi, double first, double last, guint n, guint wanted)
{
    double r = (n - 1.0) / (last - first);
    double target = (wanted - 1.0) / (MAX(hi, last) - MIN(lo, first));

    return 2.0 - MAX(r / target, target / r);
}

/* the best start for one step; ticks stay inside the data, so that no label leaves the axis */
static void
scale_try_step(double lo, double hi, guint wanted, guint q, guint skip, double step, ScaleTry *best)
{
    double first = ceil(lo / step - 1e-9) * step;
    double count = floor((hi - first) / step + 1e-9) + 1.0;
    double last;
    double score;
    gboolean has_zero;

    if (!(count >= 2.0) || count > ERRATA_SCALE_MAX_TICKS)
        return;
    last = first + (count - 1.0) * step;
    has_zero = first <= step * 1e-6 && last >= -step * 1e-6;
    score = 0.25 * scale_simplicity(q, skip, has_zero) + 0.2 * scale_coverage(lo, hi, first, last) +
            0.5 * scale_density(lo, hi, first, last, (guint)count, wanted) + 0.05;
    if (score > best->score)
        *best = (ScaleTry){first, step, (guint)count, score};
}

/* in the digits of the step: 2.5 and its like need one more than their size tells */
static char *
scale_label(double value, double step, ErrataUnit unit)
{
    gboolean share = unit == ERRATA_UNIT_SHARE || unit == ERRATA_UNIT_POINTS;
    double shown = share ? step * 100.0 : step;
    double digit = pow(10.0, floor(log10(shown) + 1e-9));
    double rest = shown / digit;

    if (fabs(rest - round(rest)) > 1e-6)
        digit /= 10.0;
    if (fabs(value) < step * 1e-6)
        value = 0.0;
    return errata_value_tick(value, digit, unit);
}

/**
 * errata_scale_ticks:
 * @lo: smallest value of the axis
 * @hi: largest value
 * @wanted: ticks that there is room for, at least 2
 * @unit: what the labels say
 * @ret: (out caller-allocates): free with errata_scale_clear_ticks()
 *
 * Chooses round values inside the axis and writes their labels.
 */
void
errata_scale_ticks(double lo, double hi, guint wanted, ErrataUnit unit, ErrataTicks *ret)
{
    ScaleTry best = {.score = -G_MAXDOUBLE};
    double power;

    if (unit == ERRATA_UNIT_SHARE && lo < 1.0) /* there may be room above, but no such share */
        hi = MIN(hi, 1.0);
    *ret = (ErrataTicks){0};
    errata_scale_repair(&lo, &hi);
    wanted = CLAMP(wanted, 2, ERRATA_SCALE_MAX_TICKS);
    power = floor(log10((hi - lo) / wanted));
    for (guint q = 0; q < G_N_ELEMENTS(scale_nice); q++)
        for (int z = -1; z <= 2; z++)
            for (guint skip = 1; skip <= 2; skip++) { /* 2: every other of the nice steps */
                double step = scale_nice[q] * skip * pow(10.0, power + z);

                /* nothing is counted in halves, unless there is no other tick */
                if (unit == ERRATA_UNIT_COUNT && hi - lo >= 2.0 &&
                    fabs(step - round(step)) > 1e-9 * step)
                    continue;
                scale_try_step(lo, hi, wanted, q, skip, step, &best);
            }
    for (guint i = 0; i < best.n; i++) {
        ret->value[i] = best.start + best.step * i;
        ret->label[i] = scale_label(ret->value[i], best.step, unit);
    }
    ret->n = best.n;
}

/**
 * errata_scale_years:
 * @name: (nullable): what the axis is of
 * @ticks: (inout): its ticks
 *
 * Writes years without a mark at the thousands, where the name says that they are years.
 */
void
errata_scale_years(const char *name, ErrataTicks *ticks)
{
    if (!errata_spoken_names_years(name))
        return;
    for (guint i = 0; i < ticks->n; i++)
        if (ticks->value[i] < SCALE_YEAR_FIRST || ticks->value[i] > SCALE_YEAR_LAST)
            return;
    for (guint i = 0; i < ticks->n; i++) {
        gboolean whole = fabs(ticks->value[i] - round(ticks->value[i])) < 1e-6;

        g_free(ticks->label[i]);
        ticks->label[i] = g_strdup_printf(whole ? "%.0f" : "%.1f", ticks->value[i]);
    }
}

static GDateTime *
scale_date(double ns)
{
    return g_date_time_new_from_unix_utc((gint64)floor(ns / SCALE_SECOND));
}

/* ticks at multiples of a step that is a whole part of a day, or of whole days */
static guint
scale_count_even(double lo, double hi, double step)
{
    double n = floor(hi / step) - ceil(lo / step) + 1.0;

    return n > ERRATA_SCALE_MAX_TICKS ? G_MAXUINT : (guint)MAX(n, 0.0);
}

static void
scale_add_time(ErrataTicks *ticks, double value, gboolean clock, gboolean day)
{
    g_autoptr(GDateTime) time = scale_date(value);

    if (time == NULL || ticks->n == ERRATA_SCALE_MAX_TICKS)
        return;
    ticks->value[ticks->n] = value;
    if (clock && (g_date_time_get_hour(time) != 0 || g_date_time_get_minute(time) != 0))
        ticks->label[ticks->n] =
            g_strdup_printf("%02d:%02d", g_date_time_get_hour(time), g_date_time_get_minute(time));
    else if (day) /* the first of a new year says so */
        ticks->label[ticks->n] = errata_value_day(
            (gint64)value,
            ticks->n > 0 &&
                !errata_value_same_year((gint64)ticks->value[ticks->n - 1], (gint64)value));
    else
        ticks->label[ticks->n] = errata_value_month((gint64)value);
    ticks->n++;
}

/* @most: days of a step, above which months are better */
static gboolean
scale_even_ticks(double lo, double hi, guint wanted, double most, ErrataTicks *ret)
{
    static const double steps[] = {1, 5, 10, 30, 60, 300, 600, 1800, 3600, 10800, 21600, 43200};
    static const double days[] = {1, 2, 7, 14, 28};

    for (guint i = 0; i < G_N_ELEMENTS(steps); i++) {
        double step = steps[i] * SCALE_SECOND;

        if (scale_count_even(lo, hi, step) > wanted)
            continue;
        for (double at = ceil(lo / step) * step; at <= hi; at += step)
            scale_add_time(ret, at, TRUE, TRUE);
        return TRUE;
    }
    for (guint i = 0; i < G_N_ELEMENTS(days); i++) {
        double step = days[i] * SCALE_DAY;
        double shift = days[i] > 2.0 ? 4.0 * SCALE_DAY : 0.0; /* weeks begin on Mondays */
        guint n = scale_count_even(lo - shift, hi - shift, step);

        if (n > wanted || days[i] > most)
            continue;
        if (n < 2 &&
            i > 0) { /* one date alone tells no length: rather some that have no room for a label */
            step = days[i - 1] * SCALE_DAY;
            shift = days[i - 1] > 2.0 ? 4.0 * SCALE_DAY : 0.0;
        }
        for (double at = ceil((lo - shift) / step) * step + shift; at <= hi; at += step)
            scale_add_time(ret, at, FALSE, TRUE);
        return TRUE;
    }
    return FALSE;
}

static void
scale_month_ticks(double lo, double hi, guint wanted, ErrataTicks *ret)
{
    static const int steps[] = {1, 3, 6, 12, 24, 60, 120, 600};
    g_autoptr(GDateTime) first = scale_date(lo);
    double months = (hi - lo) / (30.44 * SCALE_DAY);
    guint i = 0;

    if (first == NULL)
        return;
    while (i + 1 < G_N_ELEMENTS(steps) && months / steps[i] > wanted)
        i++;
    for (int month = g_date_time_get_year(first) * 12; ret->n < ERRATA_SCALE_MAX_TICKS;
         month += steps[i]) {
        g_autoptr(GDateTime) at = g_date_time_new_utc(month / 12, month % 12 + 1, 1, 0, 0, 0.0);
        double ns = at != NULL ? (double)g_date_time_to_unix(at) * SCALE_SECOND : hi + 1.0;

        if (ns > hi)
            break;
        if (ns >= lo)
            scale_add_time(ret, ns, FALSE, FALSE);
    }
}

/* the same for times, in ns since 1970 UTC */
void
errata_scale_time_ticks(double lo, double hi, guint wanted, ErrataTicks *ret)
{
    *ret = (ErrataTicks){0};
    wanted = CLAMP(wanted, 2, ERRATA_SCALE_MAX_TICKS);
    if (!isfinite(lo) || !isfinite(hi) || !(hi > lo))
        return;
    if (!errata_value_is_by_month() && scale_even_ticks(lo, hi, wanted, SCALE_EVEN_DAYS, ret))
        return;
    scale_month_ticks(lo, hi, wanted, ret);
    if (ret->n < 2 && !errata_value_is_by_month() &&
        hi - lo > SCALE_DAY) { /* one date alone tells no length */
        errata_scale_clear_ticks(ret);
        if (!scale_even_ticks(lo, hi, wanted, (double)G_MAXINT, ret))
            scale_month_ticks(lo, hi, wanted, ret);
    }
}

void
errata_scale_clear_ticks(ErrataTicks *ticks)
{
    for (guint i = 0; i < ticks->n; i++)
        g_free(ticks->label[i]);
    ticks->n = 0;
}
