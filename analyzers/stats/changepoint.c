/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the level of a series changes for good: the greatest standardised CUSUM (Page 1954; its
 * null distribution by Miller and Siegmund 1982), found again on what is left after each change.
 * Short bursts are cut down to what lies around them first: they are bugs, and have their own
 * analyzer. The noise is measured so that neighbours may depend on each other: by the standard
 * deviation of means of ever longer stretches. What is found must stand out from the wandering of
 * the series too, if it wanders: changepoint-wander.c. */
#include "changepoint.h"

#include <math.h>
#include <string.h>

#include "changepoint-wander.h"
#include "select.h"
#include "tests.h"

#define CHANGEPOINT_TRIM      0.02 /* of the values at either end that no change may lie in */
#define CHANGEPOINT_REACH     4    /* values at either side of the running median */
#define CHANGEPOINT_CLIP      3.0  /* standard deviations around it */
#define CHANGEPOINT_STRETCHES 10   /* the fewest means that a variance is read from */
#define CHANGEPOINT_GRID      50   /* steps of the first search for a ramp */
#define CHANGEPOINT_RAMP_GAIN 20.0 /* χ² by which a ramp must fit better than a step */
#define CHANGEPOINT_TWO_GAIN  6.0  /* χ² by which two steps must fit better than a ramp */
#define CHANGEPOINT_MAYBE     0.05 /* p from which on a change is fitted, and judged then */
#define CHANGEPOINT_RAMP      0.02 /* the shortest ramp */
#define CHANGEPOINT_STEPS     1000 /* of an integral over the lengths of windows */
#define CHANGEPOINT_SWEEPS    8    /* fits of each change with the others taken out */
#define CHANGEPOINT_SUDDEN    1.5  /* times the next jump: a shift of a series that wanders */
#define CHANGEPOINT_APART     8    /* values between two jumps */
#define CHANGEPOINT_NEAR      20   /* values at either side that tell how much it moves there */
#define CHANGEPOINT_LOCAL \
    10 /* the most values at either side that such a shift is measured on: n over this */

static guint
changepoint_trim(guint n)
{
    return MAX((guint)(CHANGEPOINT_TRIM * n), 4);
}

/* sums of several series put on one scale: Σ y and Σ i·y of the values before each place */
typedef struct {
    guint n;
    guint n_series;
    double *sum;    /* [series × (n + 1) + i] */
    double *moment; /* the same of i·y */
} ChangepointSums;

static void
changepoint_sums_init(ChangepointSums *self, const double *const *series, guint n_series, guint n)
{
    self->n = n;
    self->n_series = n_series;
    self->sum = g_new0(double, (gsize)n_series *(n + 1));
    self->moment = g_new0(double, (gsize)n_series *(n + 1));
    for (guint s = 0; s < n_series; s++) {
        double *sum = self->sum + (gsize)s * (n + 1);
        double *moment = self->moment + (gsize)s * (n + 1);
        double mean = 0.0;

        for (guint i = 0; i < n; i++)
            mean += series[s][i] / n;
        for (guint i = 0; i < n; i++) {
            sum[i + 1] = sum[i] + series[s][i] - mean;
            moment[i + 1] = moment[i] + i * (series[s][i] - mean);
        }
    }
}

static void
changepoint_sums_clear(ChangepointSums *self)
{
    g_free(self->sum);
    g_free(self->moment);
}

/* Σ over the series of (Σ f·y)² / Σ (f − mean f)², f being 0 before @begin, 1 from @end on and
 * rising evenly between: how much the sum of squares falls. @ret_size: of the first series */
static double
changepoint_gain(const ChangepointSums *sums, guint begin, guint end, double *ret_size)
{
    double length = end - begin;
    double after = sums->n - end;
    double f = after + 0.5 * length;
    double f2 = after;
    double scale, gain = 0.0;

    if (end > begin) /* Σ ((j + ½) / length)² */
        f2 += (4.0 * length * length - 1.0) / (12.0 * length);
    scale = f2 - f * f / sums->n;
    for (guint s = 0; s < sums->n_series; s++) {
        const double *sum = sums->sum + (gsize)s * (sums->n + 1);
        const double *moment = sums->moment + (gsize)s * (sums->n + 1);
        double product = sum[sums->n] - sum[end];

        if (end > begin)
            product += (moment[end] - moment[begin] - (begin - 0.5) * (sum[end] - sum[begin])) /
                       length;
        gain += product * product / scale;
        if (s == 0 && ret_size != NULL)
            *ret_size = product / scale;
    }
    return gain;
}

static double
changepoint_best_step(const ChangepointSums *sums, guint *ret_at)
{
    guint trim = changepoint_trim(sums->n);
    double best = -1.0;

    for (guint at = trim; at + trim <= sums->n; at++) {
        double gain = changepoint_gain(sums, at, at, NULL);

        if (gain > best) {
            best = gain;
            *ret_at = at;
        }
    }
    return best;
}

/* a grid of ramps, then both ends moved by ever smaller steps while that helps */
static double
changepoint_best_ramp(const ChangepointSums *sums, guint *ret_begin, guint *ret_end)
{
    guint n = sums->n;
    guint trim = changepoint_trim(n);
    guint least = MAX((guint)(CHANGEPOINT_RAMP * n), 3);
    guint step = MAX(n / CHANGEPOINT_GRID, 1);
    double best = -1.0;

    for (guint begin = 0; begin + least <= n; begin += step)
        for (guint end = begin + least; end <= n; end += step) {
            gboolean inside = begin + end >= 2 * trim && begin + end + 2 * trim <= 2 * n;
            double gain = inside ? changepoint_gain(sums, begin, end, NULL) : -1.0;

            if (gain > best) {
                best = gain;
                *ret_begin = begin;
                *ret_end = end;
            }
        }
    for (; best >= 0.0 && step > 0; step /= 2)
        for (guint move = 0; move < 4; move++) {
            gint64 begin = (gint64)*ret_begin + (move == 0 ? step : move == 1 ? -(gint64)step : 0);
            gint64 end = (gint64)*ret_end + (move == 2 ? step : move == 3 ? -(gint64)step : 0);
            double gain;

            if (begin < 0 || end > n || end < begin + least || begin + end < 2 * trim ||
                begin + end + 2 * trim > 2 * (gint64)n)
                continue;
            gain = changepoint_gain(sums, (guint)begin, (guint)end, NULL);
            if (gain > best) {
                best = gain;
                *ret_begin = (guint)begin;
                *ret_end = (guint)end;
                move = (guint)-1; /* again from the first move */
            }
        }
    return best;
}

/* how much the sum of squares falls by a level before @begin, one up to @end and one behind */
static double
changepoint_gain_of_two(const ChangepointSums *sums, guint begin, guint end)
{
    double gain = 0.0;

    for (guint s = 0; s < sums->n_series; s++) {
        const double *sum = sums->sum + (gsize)s * (sums->n + 1);
        double first = sum[begin], middle = sum[end] - sum[begin], last = sum[sums->n] - sum[end];

        gain += first * first / begin + middle * middle / (end - begin) +
                last * last / (sums->n - end);
    }
    return gain;
}

/* a grid of pairs of steps, then both moved by ever smaller steps while that helps */
static double
changepoint_best_two(const ChangepointSums *sums, guint *ret_begin, guint *ret_end)
{
    guint n = sums->n, trim = changepoint_trim(n), step = MAX(n / CHANGEPOINT_GRID, 1);
    guint begin = trim, end = n - trim;
    double best = changepoint_gain_of_two(sums, begin, end);

    for (guint first = trim; first + 2 * trim <= n; first += step)
        for (guint last = first + trim; last + trim <= n; last += step) {
            double gain = changepoint_gain_of_two(sums, first, last);

            if (gain > best) {
                best = gain;
                begin = first;
                end = last;
            }
        }
    for (; step > 0; step /= 2)
        for (guint move = 0; move < 4; move++) {
            guint first = move == 0 ? begin + step : move == 1 ? begin - MIN(step, begin) : begin;
            guint last = move == 2 ? end + step : move == 3 ? end - MIN(step, end) : end;
            double gain;

            if (first < trim || last < first + trim || last + trim > n)
                continue;
            gain = changepoint_gain_of_two(sums, first, last);
            if (gain > best) {
                best = gain;
                begin = first;
                end = last;
                move = (guint)-1; /* again from the first move */
            }
        }
    *ret_begin = begin;
    *ret_end = end;
    return best;
}

/* the step or, where it fits clearly better, the ramp, unless two steps fit better than that: the
 * next search finds the other one; the series are in units of their noise */
static ErrataChange
changepoint_fit(const ChangepointSums *sums)
{
    ErrataChange change = {0};
    double step = changepoint_best_step(sums, &change.begin);
    guint begin = 0, end = 0, first, last;
    double ramp = changepoint_best_ramp(sums, &begin, &end);

    change.statistic = sqrt(fmax(step, 0.0));
    change.end = change.begin;
    if (ramp > step + CHANGEPOINT_RAMP_GAIN &&
        changepoint_best_two(sums, &first, &last) < ramp + CHANGEPOINT_TWO_GAIN) {
        change.begin = begin;
        change.end = end;
    }
    changepoint_gain(sums, change.begin, change.end, &change.size);
    return change;
}

/**
 * errata_changepoint_locate:
 * @series: (array length=n_series): series of @n values in units of their own noise
 * @n_series: number of series, at least 1
 * @n: number of values, at least %ERRATA_CHANGEPOINT_BLOCKS
 *
 * Where all series change at once.
 *
 * Returns: the change; size and statistic are of the first series and of all together
 */
ErrataChange
errata_changepoint_locate(const double *const *series, guint n_series, guint n)
{
    ChangepointSums sums;
    ErrataChange change;

    changepoint_sums_init(&sums, series, n_series, n);
    change = changepoint_fit(&sums);
    changepoint_sums_clear(&sums);
    return change;
}

/**
 * errata_changepoint_level:
 * @change: a change
 * @at: place
 *
 * Returns: how much of the change has happened there, 0 … 1
 */
double
errata_changepoint_level(const ErrataChange *change, guint at)
{
    if (at < change->begin)
        return 0.0;
    if (at >= change->end)
        return 1.0;
    return (at - change->begin + 0.5) / (change->end - change->begin);
}

/**
 * errata_changepoint_cusum_p:
 * @statistic: greatest |standardised CUSUM|
 * @trim: share at either end that was not looked at, in (0, ½)
 *
 * Miller and Siegmund (1982), "Maximally selected chi square statistics", Biometrics 38.
 *
 * Returns: probability that independent noise reaches it
 */
double
errata_changepoint_cusum_p(double statistic, double trim)
{
    double b = statistic;
    double density = exp(-0.5 * b * b) / sqrt(2.0 * G_PI);
    double odds = (1.0 - trim) / trim;

    if (!(b > 1.0))
        return 1.0;
    return MIN(density * ((b - 1.0 / b) * log(odds * odds) + 4.0 / b), 1.0);
}

/* by how much a maximum over single values falls short of one over all times between them: Siegmund
 * and Yakir 2007, "The Statistics of Gene Mapping", equation 5.2 */
static double
changepoint_overshoot(double x)
{
    double below = 1.0 - errata_tests_normal_upper(0.5 * x);
    double density = exp(-0.125 * x * x) / sqrt(2.0 * G_PI);

    return 2.0 / x * (below - 0.5) / (0.5 * x * below + density);
}

/**
 * errata_changepoint_window_p:
 * @statistic: greatest |standardised difference| of the values of a window and all others
 * @trim: share of the values that a window, and what is outside, holds at the least, in (0, ½)
 * @n: how many values
 *
 * Both ends of a window are searched for, so noise reaches more than with one change:
 * Siegmund (1988), as Olshen, Venkatraman, Lucito and Wigler (2004) have it for windows on a ring.
 *
 * Returns: probability that independent noise reaches it
 */
double
errata_changepoint_window_p(double statistic, double trim, guint n)
{
    double b = statistic;
    double step = (0.5 - trim) / CHANGEPOINT_STEPS;
    double sum = 0.0;

    if (!(b > 1.0))
        return 1.0;
    for (guint i = 0; i < CHANGEPOINT_STEPS; i++) {
        double t = trim + (i + 0.5) * step;
        double spread = t * (1.0 - t);
        double overshoot = changepoint_overshoot(b / sqrt(n * spread));

        sum += step * overshoot * overshoot / (spread * spread);
    }
    return MIN(0.5 * b * b * b * exp(-0.5 * b * b) / sqrt(2.0 * G_PI) * sum, 1.0);
}

/* noise of single values from the differences of neighbouring means of @length values, which a few
 * changes hardly touch */
static double
changepoint_noise_of_differences(const double *value, guint n, guint length)
{
    guint count = n / length;
    g_autofree double *difference = g_new(double, count);
    const double half = 0.5;
    double median = 0.0, squares = 0.0, last = 0.0;

    for (guint s = 0; s < count; s++) {
        double mean = 0.0;

        for (guint i = 0; i < length; i++)
            mean += value[s * length + i] / length;
        if (s > 0) {
            difference[s - 1] = fabs(mean - last);
            squares += (mean - last) * (mean - last) / (count - 1);
        }
        last = mean;
    }
    errata_select_quantiles(difference, count - 1, &half, 1, &median);
    return sqrt(length) * (median > 0.0 ? 1.4826 * median / G_SQRT2 : sqrt(0.5 * squares));
}

/* the same where neighbours may depend on each other */
static double
changepoint_noise_before_fit(const double *value, guint n)
{
    double noise = changepoint_noise_of_differences(value, n, 1);

    for (guint length = 2; n / length >= ERRATA_CHANGEPOINT_BLOCKS; length *= 2)
        noise = MAX(noise, changepoint_noise_of_differences(value, n, length));
    return noise;
}

/* √(length · variance of the means of stretches of @length) around the level */
static double
changepoint_noise_of_stretches(const double *rest, guint n, guint length)
{
    guint count = n / length;
    double mean = 0.0, squares = 0.0;

    for (guint i = 0; i < count * length; i++)
        mean += rest[i] / (count * length);
    for (guint s = 0; s < count; s++) {
        double part = 0.0;

        for (guint i = 0; i < length; i++)
            part += rest[s * length + i] - mean;
        squares += part * part / length;
    }
    return sqrt(squares / (count - 1));
}

static double
changepoint_noise(const double *rest, guint n)
{
    double noise = changepoint_noise_of_differences(rest, n, 1);

    for (guint length = 1; n / length >= CHANGEPOINT_STRETCHES; length *= 2)
        noise = MAX(noise, changepoint_noise_of_stretches(rest, n, length));
    return noise;
}

static double
changepoint_median(const double *value, guint n)
{
    double sorted[2 * CHANGEPOINT_REACH + 1];

    for (guint i = 0; i < n; i++) {
        guint at = i;

        for (; at > 0 && sorted[at - 1] > value[i]; at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = value[i];
    }
    return 0.5 * (sorted[(n - 1) / 2] + sorted[n / 2]);
}

/**
 * errata_changepoint_calm:
 * @value: (array length=n): a series
 * @n: how many values
 *
 * Returns: (transfer full) (array length=n): the series with its short bursts brought near the
 *   running median
 */
double *
errata_changepoint_calm(const double *value, guint n)
{
    double *calm = g_new(double, n);
    double reach = CHANGEPOINT_CLIP * changepoint_noise_of_differences(value, n, 1);

    for (guint i = 0; i < n; i++) {
        guint begin = i > CHANGEPOINT_REACH ? i - CHANGEPOINT_REACH : 0;
        guint end = MIN(i + CHANGEPOINT_REACH + 1, n);
        double median = changepoint_median(value + begin, end - begin);

        calm[i] = CLAMP(value[i], median - reach, median + reach);
    }
    return calm;
}

/* @calm without the levels of all changes but @but */
static void
changepoint_rest(const double *calm,
                 guint n,
                 const ErrataChange *change,
                 guint n_changes,
                 guint but,
                 double *ret_rest)
{
    memcpy(ret_rest, calm, sizeof(double) * n);
    for (guint c = 0; c < n_changes; c++)
        for (guint i = 0; c != but && i < n; i++)
            ret_rest[i] -= change[c].size * errata_changepoint_level(&change[c], i);
}

/* the one change that fits @rest best; @noise is one of its values' */
static ErrataChange
changepoint_one(const double *rest, guint n, double noise)
{
    g_autofree double *scaled = g_new(double, n);
    const double *series = scaled;
    ErrataChange change;

    for (guint i = 0; i < n; i++)
        scaled[i] = rest[i] / noise;
    change = errata_changepoint_locate(&series, 1, n);
    change.size *= noise;
    change.noise = noise;
    change.p = errata_changepoint_cusum_p(change.statistic, (double)changepoint_trim(n) / n);
    return change;
}

/* the two changes that fit @rest best, as one alone hardly shows what came and went; FALSE where
 * chance may have made them: Bonferroni over all pairs of a χ² with two degrees of freedom */
static gboolean
changepoint_pair(const double *rest, guint n, double noise, ErrataChange ret_pair[2])
{
    g_autofree double *scaled = g_new(double, n);
    const double *series = scaled;
    ChangepointSums sums;
    guint begin, end;
    double gain, middle;

    for (guint i = 0; i < n; i++)
        scaled[i] = rest[i] / noise;
    changepoint_sums_init(&sums, &series, 1, n);
    gain = changepoint_best_two(&sums, &begin, &end);
    middle = (sums.sum[end] - sums.sum[begin]) / (end - begin);
    ret_pair[0] = (ErrataChange){.begin = begin,
                                 .end = begin,
                                 .size = noise * (middle - sums.sum[begin] / begin)};
    ret_pair[1] =
        (ErrataChange){.begin = end,
                       .end = end,
                       .size = noise * ((sums.sum[n] - sums.sum[end]) / (n - end) - middle)};
    changepoint_sums_clear(&sums);
    return 0.5 * n * n * exp(-0.5 * gain) <= CHANGEPOINT_MAYBE;
}

/* up to %ERRATA_CHANGEPOINT_MOST changes, each fitted with the others taken out */
static guint
changepoint_fit_all(const double *calm, guint n, guint most, double noise, ErrataChange *change)
{
    g_autofree double *rest = g_new(double, n);
    guint n_changes = 0;

    while (n_changes < most) {
        changepoint_rest(calm, n, change, n_changes, n_changes, rest);
        change[n_changes] = changepoint_one(rest, n, noise);
        if (change[n_changes].p <= CHANGEPOINT_MAYBE)
            n_changes++;
        else if (n_changes + 2 <= most && changepoint_pair(rest, n, noise, change + n_changes))
            n_changes += 2;
        else
            break;
        for (guint sweep = 0; n_changes > 1 && sweep < CHANGEPOINT_SWEEPS; sweep++)
            for (guint c = 0; c < n_changes; c++) {
                changepoint_rest(calm, n, change, n_changes, c, rest);
                change[c] = changepoint_one(rest, n, noise);
            }
    }
    return n_changes;
}

/* the difference of the levels from the change before to the one behind over its standard error:
 * with the others taken out the stretches are longer than what the change itself was seen on */
static double
changepoint_between(const double *calm,
                    guint n,
                    const ErrataChange *change,
                    guint n_changes,
                    guint c)
{
    g_autofree double *rest = g_new(double, n);
    guint from = 0, to = n, begin = change[c].begin, end = change[c].end;
    double before = 0.0, after = 0.0, error;

    for (guint other = 0; other < n_changes; other++) {
        if (other != c && change[other].end <= begin)
            from = MAX(from, change[other].end);
        if (other != c && change[other].begin >= end)
            to = MIN(to, change[other].begin);
    }
    if (from >= begin || end >= to) /* the ramps of others leave no level on one side */
        return change[c].statistic;
    changepoint_rest(calm, n, change, n_changes, c, rest);
    for (guint i = from; i < begin; i++)
        before += rest[i] / (begin - from);
    for (guint i = end; i < to; i++)
        after += rest[i] / (to - end);
    error = change[c].noise * sqrt(1.0 / (begin - from) + 1.0 / (to - end));
    return MIN(fabs(after - before) / error, change[c].statistic);
}

/* how much more a series moves around a place than it does elsewhere, at least 1 */
static double
changepoint_unrest(const double *value, guint n, guint at)
{
    guint begin = at > CHANGEPOINT_NEAR ? at - CHANGEPOINT_NEAR : 0;
    guint end = MIN(at + CHANGEPOINT_NEAR, n);
    double all = changepoint_noise_of_differences(value, n, 1);
    double near = changepoint_noise_of_differences(value + begin, end - begin, 1);

    return all > 0.0 ? MAX(near / all, 1.0) : 1.0;
}

/* the changes held against the wandering of the series; TRUE when all are sure still */
static gboolean
changepoint_judge(const double *calm, guint n, double alpha, ErrataChange *change, guint n_changes)
{
    double statistic[ERRATA_CHANGEPOINT_MOST];
    double wander = errata_changepoint_wander(calm, n, change, n_changes, statistic);
    gboolean sure = TRUE;

    for (guint c = 0; c < n_changes; c++) {
        double p;

        if (wander > 0.0 && change[c].begin == change[c].end)
            statistic[c] /= changepoint_unrest(calm, n, change[c].begin);
        p = MIN(2.0 * n * errata_tests_normal_upper(statistic[c]), 1.0);
        change[c].wander = wander;
        if (wander > 0.0) {
            change[c].statistic = MIN(change[c].statistic, statistic[c]);
            change[c].p = MAX(change[c].p, p);
        }
        sure = sure && change[c].p < alpha;
    }
    return sure;
}

/* the place from which on a series that wanders is surely at another level */
static ErrataChange
changepoint_shift(const double *rest, guint n, double wander)
{
    g_autofree double *shift = g_new(double, n);
    guint trim = changepoint_trim(n);
    guint at = trim, reach;
    double next = 0.0;
    ErrataChange change = {.wander = wander};

    errata_changepoint_shifts(rest, n, wander, shift);
    for (guint i = trim; i + trim <= n; i++)
        at = fabs(shift[i]) > fabs(shift[at]) ? i : at;
    for (guint i = trim; i + trim <= n; i++)
        if (i + CHANGEPOINT_APART < at || i > at + CHANGEPOINT_APART)
            next = MAX(next, fabs(shift[i]));
    reach = CLAMP((guint)ceil(1.0 / sqrt(wander)), 1, MIN(trim, n / CHANGEPOINT_LOCAL));
    for (guint i = 0; i < reach; i++)
        change.size += (rest[at + i] - rest[at - 1 - i]) / reach;
    change.begin = change.end = at;
    change.noise = changepoint_noise_of_differences(rest, n, 1);
    change.statistic = fabs(shift[at]);
    change.p = change.statistic > CHANGEPOINT_SUDDEN * next
                   ? MIN(2.0 * n * errata_tests_normal_upper(change.statistic), 1.0)
                   : 1.0;
    return change;
}

/* jumps of a series that wanders */
static guint
changepoint_find_shifts(const double *calm, guint n, double alpha, ErrataChange *change)
{
    g_autofree double *rest = g_new(double, n);
    guint n_changes = 0;

    while (n_changes < ERRATA_CHANGEPOINT_MOST) {
        double wander = errata_changepoint_wander(calm, n, change, n_changes, NULL);

        if (!(wander > 0.0))
            break;
        changepoint_rest(calm, n, change, n_changes, n_changes, rest);
        change[n_changes] = changepoint_shift(rest, n, wander);
        if (!(change[n_changes].p < alpha) ||
            !changepoint_judge(calm, n, alpha, change, n_changes + 1))
            break;
        n_changes++;
    }
    return n_changes;
}

/**
 * errata_changepoint_find:
 * @value: (array length=n): a series of about equally precise values, none NaN
 * @n: how many; fewer than %ERRATA_CHANGEPOINT_BLOCKS have no change
 * @alpha: greatest p of a change, in (0, 1)
 * @ret_change: (out caller-allocates): the changes, in the order in which they were found
 *
 * Returns: how many there are
 */
guint
errata_changepoint_find(const double *value,
                        guint n,
                        double alpha,
                        ErrataChange ret_change[ERRATA_CHANGEPOINT_MOST])
{
    g_autofree double *calm = NULL;
    g_autofree double *rest = NULL;
    double noise;

    if (n < ERRATA_CHANGEPOINT_BLOCKS)
        return 0;
    calm = errata_changepoint_calm(value, n);
    noise = changepoint_noise_before_fit(calm, n);
    if (!(noise > 0.0) || !isfinite(noise))
        return 0;
    rest = g_new(double, n);
    for (guint most = ERRATA_CHANGEPOINT_MOST; most > 0; most--) {
        guint n_changes = changepoint_fit_all(calm, n, most, noise, ret_change);
        gboolean sure = n_changes > 0;
        double true_noise;

        changepoint_rest(calm, n, ret_change, n_changes, n_changes, rest);
        true_noise = MAX(changepoint_noise(rest, n), noise);
        for (guint c = 0; c < n_changes; c++) {
            ret_change[c].statistic *= noise / true_noise;
            ret_change[c].noise = true_noise;
        }
        for (guint c = 0; c < n_changes; c++) {
            ret_change[c].statistic = changepoint_between(calm, n, ret_change, n_changes, c);
            ret_change[c].p = errata_changepoint_cusum_p(ret_change[c].statistic,
                                                         (double)changepoint_trim(n) / n);
            sure = sure && ret_change[c].p < alpha;
        }
        if (sure && changepoint_judge(calm, n, alpha, ret_change, n_changes))
            return n_changes;
        if (n_changes == 0)
            break;
        most = MIN(most, n_changes);
    }
    return changepoint_find_shifts(calm, n, alpha, ret_change);
}
