/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Confidence intervals in closed form. Counts are doubles, so that weighted rows can come as
 * Kish's effective counts. */
#include "intervals.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

static const ErrataInterval intervals_none = {(double)NAN, (double)NAN};

/**
 * errata_intervals_z:
 * @level: coverage, in (0, 1), e.g. 0.95
 *
 * Returns: the standard normal quantile of (1 + @level) / 2, 1.959964 for 0.95
 */
double
errata_intervals_z(double level)
{
    g_return_val_if_fail(level > 0.0 && level < 1.0, (double)NAN);
    return gsl_cdf_ugaussian_Qinv(0.5 * (1.0 - level));
}

/**
 * errata_intervals_t:
 * @degrees: degrees of freedom, not necessarily whole
 * @level: coverage, in (0, 1), e.g. 0.95
 *
 * Returns: the quantile of (1 + @level) / 2 of Student's t, 12.7 for one degree and 0.95; NaN where
 *   @degrees is not above 0
 */
double
errata_intervals_t(double degrees, double level)
{
    g_return_val_if_fail(level > 0.0 && level < 1.0, (double)NAN);
    return degrees > 0.0 ? gsl_cdf_tdist_Qinv(0.5 * (1.0 - level), degrees) : (double)NAN;
}

/**
 * errata_intervals_selected_level:
 * @alpha: 1 − the level that one interval would have, e.g. 0.05
 * @n_shown: intervals shown
 * @n_tried: candidates they were selected from
 *
 * The level that keeps the false coverage rate of selected intervals at @alpha:
 * 1 − alpha · R / m. Source: Benjamini and Yekutieli 2005, "False discovery rate–adjusted multiple
 * confidence intervals for selected parameters".
 *
 * Returns: the level, in (0, 1)
 */
double
errata_intervals_selected_level(double alpha, gsize n_shown, gsize n_tried)
{
    if (n_shown == 0 || n_tried <= n_shown)
        return 1.0 - alpha;
    return 1.0 - MAX(alpha * (double)n_shown / (double)n_tried, 1e-12);
}

/**
 * errata_intervals_wilson:
 * @successes: successes, 0 … @n
 * @n: trials, or the effective number of them
 * @level: coverage, in (0, 1)
 *
 * Wilson's score interval of a proportion. Source: Wilson 1927; the same as statsmodels'
 * `proportion_confint(method="wilson")`.
 *
 * Returns: the interval, [0, 1] when @n is 0
 */
ErrataInterval
errata_intervals_wilson(double successes, double n, double level)
{
    double z = errata_intervals_z(level);
    double p, centre, half;

    if (!(n > 0.0))
        return (ErrataInterval){0.0, 1.0};
    p = successes / n;
    centre = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
    half = z / (1.0 + z * z / n) * sqrt(fmax(p * (1.0 - p) / n + z * z / (4.0 * n * n), 0.0));
    /* at 0 and 1 an end is the share itself, but for rounding */
    return (ErrataInterval){CLAMP(centre - half, 0.0, p), CLAMP(centre + half, p, 1.0)};
}

/**
 * errata_intervals_newcombe:
 * @successes_a: successes among @n_a
 * @n_a: trials of a
 * @successes_b: successes among @n_b
 * @n_b: trials of b
 * @level: coverage, in (0, 1)
 *
 * Interval of the difference of two independent proportions, a − b, from their Wilson intervals.
 * Source: Newcombe 1998, "Interval estimation for the difference between independent proportions",
 * method 10.
 *
 * Returns: the interval, in [−1, 1]; NaN when either has no trials
 */
ErrataInterval
errata_intervals_newcombe(double successes_a,
                          double n_a,
                          double successes_b,
                          double n_b,
                          double level)
{
    ErrataInterval a = errata_intervals_wilson(successes_a, n_a, level);
    ErrataInterval b = errata_intervals_wilson(successes_b, n_b, level);
    double p, q;

    if (!(n_a > 0.0 && n_b > 0.0))
        return intervals_none;
    p = successes_a / n_a;
    q = successes_b / n_b;
    return (ErrataInterval){p - q - hypot(p - a.lo, b.hi - q), p - q + hypot(a.hi - p, q - b.lo)};
}

/**
 * errata_intervals_ratio:
 * @successes_a: successes among @n_a
 * @n_a: trials of a
 * @successes_b: successes among @n_b
 * @n_b: trials of b
 * @level: coverage, in (0, 1)
 *
 * Log-Wald interval of the ratio of two independent proportions, a / b. Source: Katz et al. 1978,
 * "Obtaining confidence intervals for the risk ratio in cohort studies".
 *
 * Returns: the interval; NaN when either has no successes or no trials
 */
ErrataInterval
errata_intervals_ratio(double successes_a, double n_a, double successes_b, double n_b, double level)
{
    double ratio, variance;

    if (!(n_a > 0.0 && n_b > 0.0 && successes_a > 0.0 && successes_b > 0.0))
        return intervals_none;
    ratio = successes_a / n_a / (successes_b / n_b);
    variance = 1.0 / successes_a - 1.0 / n_a + 1.0 / successes_b - 1.0 / n_b;
    return errata_intervals_log(ratio, ratio * ratio * fmax(variance, 0.0), level);
}

/**
 * errata_intervals_normal:
 * @value: an estimate
 * @variance: its variance
 * @level: coverage, in (0, 1)
 *
 * Returns: @value ± z √@variance; NaN when the variance is not defined
 */
ErrataInterval
errata_intervals_normal(double value, double variance, double level)
{
    double half = errata_intervals_z(level) * sqrt(variance);

    if (!(variance >= 0.0) || !isfinite(half))
        return intervals_none;
    return (ErrataInterval){value - half, value + half};
}

/**
 * errata_intervals_student:
 * @value: a mean, or a difference of means
 * @variance: its variance, estimated from the rows (by n − 1)
 * @degrees: of that estimate
 * @level: coverage, in (0, 1)
 *
 * Of few rows the normal interval of a mean is too narrow: that of 2 holds it in 60 % of cases
 * instead of 95.
 *
 * Returns: @value ± t √@variance; NaN when the variance is not defined
 */
ErrataInterval
errata_intervals_student(double value, double variance, double degrees, double level)
{
    double half = errata_intervals_t(degrees, level) * sqrt(variance);

    return isfinite(half) ? (ErrataInterval){value - half, value + half} : intervals_none;
}

/**
 * errata_intervals_logit:
 * @value: an estimate in [0, 1]
 * @variance: its variance
 * @level: coverage, in (0, 1)
 *
 * A normal interval on the logit scale (delta method), which stays inside (0, 1); for AUC and the
 * like near their bound. At 0 or 1 the plain normal interval, cut.
 *
 * Returns: the interval; NaN when the variance is not defined
 */
ErrataInterval
errata_intervals_logit(double value, double variance, double level)
{
    double logit, half;

    if (!(variance >= 0.0))
        return intervals_none;
    if (!(value > 0.0 && value < 1.0)) {
        ErrataInterval plain = errata_intervals_normal(value, variance, level);

        return (ErrataInterval){fmax(plain.lo, 0.0), fmin(plain.hi, 1.0)};
    }
    logit = log(value / (1.0 - value));
    half = errata_intervals_z(level) * sqrt(variance) / (value * (1.0 - value));
    return (ErrataInterval){1.0 / (1.0 + exp(half - logit)), 1.0 / (1.0 + exp(-half - logit))};
}

/**
 * errata_intervals_log:
 * @value: an estimate above 0
 * @variance: its variance
 * @level: coverage, in (0, 1)
 *
 * A normal interval on the log scale (delta method), for quotients and losses that cannot be
 * negative.
 *
 * Returns: the interval; NaN when @value is not above 0 or the variance is not defined
 */
ErrataInterval
errata_intervals_log(double value, double variance, double level)
{
    double half;

    if (!(value > 0.0 && variance >= 0.0))
        return intervals_none;
    half = errata_intervals_z(level) * sqrt(variance) / value;
    if (!isfinite(half) || half > 700.0)
        return intervals_none;
    return (ErrataInterval){value * exp(-half), value * exp(half)};
}
