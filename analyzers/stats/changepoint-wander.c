/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Series that wander. A random walk stays above its mean for so long that steps fit it well,
 * although nothing ever happened to it. It is held against the local level model (Harvey 1989,
 * "Forecasting, structural time series models and the Kalman filter"): y = level + noise, the level
 * itself moved by a little from each value to the next, its variance @ratio times the noise's. A
 * change is a regressor in that model and its size over its standard error is the test (de Jong and
 * Penzer 1998, "Diagnosing shocks in time series", JASA 93); for ratio 0 that is the standardised
 * CUSUM. */
#include "changepoint-wander.h"

#include <math.h>
#include <string.h>

#define WANDER_LEAST  1e-5
#define WANDER_MOST   1e4
#define WANDER_STEP   3.1622776601683795 /* of the grid of ratios */
#define WANDER_SURELY 6.0 /* twice the gain in log likelihood from which on a series wanders */

/* innovations of @value over their standard deviations, the noise's being 1; the first value starts
 * the filter. Returns the log determinant */
static double
wander_filter(const double *value, guint n, double ratio, double *ret_innovation)
{
    double level = value[0];
    double variance = 1.0 + ratio;
    double determinant = 0.0;

    for (guint i = 1; i < n; i++) {
        double all = variance + 1.0;
        double gain = variance / all;
        double off = value[i] - level;

        ret_innovation[i - 1] = off / sqrt(all);
        determinant += log(all);
        level += gain * off;
        variance = gain + ratio;
    }
    return determinant;
}

/* what is left of @y without @x, and Σ x² */
static double
wander_take_out(double *y, const double *x, double squares, guint n)
{
    double product = 0.0;

    for (guint i = 0; i < n; i++)
        product += x[i] * y[i];
    for (guint i = 0; squares > 0.0 && i < n; i++)
        y[i] -= product / squares * x[i];
    return product;
}

static double
wander_squares(const double *value, guint n)
{
    double sum = 0.0;

    for (guint i = 0; i < n; i++)
        sum += value[i] * value[i];
    return sum;
}

/* least squares by Gram and Schmidt, each change last once. Returns twice the log likelihood */
static double
wander_fit(const double *value,
           guint n,
           const ErrataChange *change,
           guint n_changes,
           double ratio,
           double *ret_statistic)
{
    g_autofree double *level = g_new(double, n);
    g_autofree double *x = g_new(double, (gsize)n *(n_changes + 1));
    g_autofree double *y = g_new(double, n);
    double determinant = wander_filter(value, n, ratio, y);
    double rest = 0.0;

    for (guint last = 0; last < (ret_statistic != NULL ? MAX(n_changes, 1) : 1); last++) {
        double explained = 0.0;

        wander_filter(value, n, ratio, y);
        for (guint k = 0; k < n_changes; k++) {
            guint c = (last + 1 + k) % n_changes;
            double *mine = x + (gsize)k * n;
            double product, squares;

            for (guint i = 0; i < n; i++)
                level[i] = errata_changepoint_level(&change[c], i);
            wander_filter(level, n, ratio, mine);
            for (guint other = 0; other < k; other++) {
                const double *theirs = x + (gsize)other * n;

                wander_take_out(mine, theirs, wander_squares(theirs, n - 1), n - 1);
            }
            squares = wander_squares(mine, n - 1);
            product = wander_take_out(y, mine, squares, n - 1);
            explained = squares > 0.0 ? fabs(product) / sqrt(squares) : 0.0;
        }
        rest = wander_squares(y, n - 1) / MAX((double)n - 1.0 - n_changes, 1.0);
        if (ret_statistic != NULL && n_changes > 0)
            ret_statistic[last] = rest > 0.0 ? explained / sqrt(rest) : G_MAXDOUBLE;
    }
    return rest > 0.0 ? -(n - 1.0) * log(rest) - determinant : G_MAXDOUBLE;
}

/**
 * errata_changepoint_wander:
 * @value: (array length=n): a series
 * @n: at least %ERRATA_CHANGEPOINT_BLOCKS
 * @change: (array length=n_changes): changes of it
 * @n_changes: how many, may be 0
 * @ret_statistic: (out caller-allocates) (array length=n_changes) (optional): each change's size
 *   over its standard error, the others and the wandering allowed for
 *
 * Returns: the variance of the level's steps over the noise's, by maximum likelihood with the
 * changes
 *   taken out; 0 where the series does not surely wander
 */
double
errata_changepoint_wander(const double *value,
                          guint n,
                          const ErrataChange *change,
                          guint n_changes,
                          double *ret_statistic)
{
    double none = wander_fit(value, n, change, n_changes, 0.0, NULL);
    double most = none + WANDER_SURELY;
    double best = 0.0;

    for (double ratio = WANDER_LEAST; ratio <= WANDER_MOST; ratio *= WANDER_STEP) {
        double likelihood = wander_fit(value, n, change, n_changes, ratio, NULL);

        if (likelihood > most) {
            most = likelihood;
            best = ratio;
        }
    }
    if (ret_statistic != NULL)
        wander_fit(value, n, change, n_changes, best, ret_statistic);
    return best;
}

/**
 * errata_changepoint_shifts:
 * @value: (array length=n): a series
 * @n: at least 3
 * @ratio: variance of the level's steps over the noise's
 * @ret_shift: (out caller-allocates) (array length=n): at each place how surely the level is
 *   another one from there on: the auxiliary residual of the level (Harvey and Koopman 1992,
 *   "Diagnostic checking of unobserved-components time series models", JBES 10). 0 for the first
 *
 * Returns: the noise's standard deviation
 */
double
errata_changepoint_shifts(const double *value, guint n, double ratio, double *ret_shift)
{
    g_autofree double *innovation = g_new(double, n);
    double noise;
    double r = 0.0, information = 0.0;
    g_autofree double *all = g_new(double, n);
    double variance = 1.0 + ratio;

    wander_filter(value, n, ratio, innovation);
    noise = sqrt(wander_squares(innovation, n - 1) / (n - 1.0));
    for (guint i = 1; i < n; i++) {
        all[i] = variance + 1.0;
        variance = variance / all[i] + ratio;
    }
    ret_shift[0] = 0.0;
    for (guint i = n - 1; i > 0; i--) {
        double kept = 1.0 / all[i]; /* 1 − gain */

        r = innovation[i - 1] / sqrt(all[i]) + kept * r;
        information = 1.0 / all[i] + kept * kept * information;
        ret_shift[i] = noise > 0.0 ? r / (sqrt(information) * noise) : 0.0;
    }
    return noise;
}
