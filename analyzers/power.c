/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the search for slices could have seen with this many rows. "Nothing found" says little
 * without it. METHODS 2: a slice is taken when its likelihood ratio exceeds the logarithm of the
 * number of candidates; here is turned round which excess that needs, for it to happen four times
 * in five. */
#include "power.h"

#include <math.h>

#define POWER_SURE  2000 /* rows from which on one half searches and the other confirms */
#define POWER_Z     0.8416212335729143 /* of 80 % */
#define POWER_RATIO 1.25               /* of the expected errors that a slice must have */
#define POWER_MOST  0.95               /* error rate beyond which nothing is promised */
#define POWER_LEAST 32.0               /* rows of a slice in the searched half */

/* the likelihood ratio that is reached four times in five when its mean is @mean */
static double
power_low(double mean)
{
    return mean - POWER_Z * sqrt(2.0 * mean);
}

static double
power_divergence(double p, double q)
{
    double up = p > 0.0 ? p * log(p / q) : 0.0;
    double down = p < 1.0 ? (1.0 - p) * log((1.0 - p) / (1.0 - q)) : 0.0;

    return up + down;
}

/**
 * errata_power_rate:
 * @rate: error rate elsewhere
 * @n: rows of the slice that are searched
 * @candidates: slices tried
 *
 * Returns: the least error rate of a slice that would be found with probability 0.8; NaN when even
 *   0.95 would not
 */
double
errata_power_rate(double rate, double n, double candidates)
{
    double lo = POWER_RATIO * rate, hi = POWER_MOST;

    if (!(rate > 0.0) || !(lo < hi) || power_low(n * power_divergence(hi, rate)) < log(candidates))
        return (double)NAN;
    if (power_low(n * power_divergence(lo, rate)) >= log(candidates))
        return lo;
    for (guint step = 0; step < 60; step++) {
        double middle = 0.5 * (lo + hi);

        if (power_low(n * power_divergence(middle, rate)) >= log(candidates))
            hi = middle;
        else
            lo = middle;
    }
    return hi;
}

/**
 * errata_power_mean:
 * @mean: mean loss elsewhere
 * @sd: standard deviation of one row's loss
 * @n: rows of the slice that are searched
 * @candidates: slices tried
 *
 * Returns: the least mean loss of a slice that would be found with probability 0.8
 */
double
errata_power_mean(double mean, double sd, double n, double candidates)
{
    /* m − z √(2m) = log C for the mean m of the likelihood ratio, n δ² / (2 sd²) */
    double root = POWER_Z / sqrt(2.0) + sqrt(0.5 * POWER_Z * POWER_Z + log(candidates));

    return fmax(POWER_RATIO * mean, mean + sd * root * sqrt(2.0 / n));
}

/* pairs of conditions on different columns, as METHODS 2 makes conditions */
static double
power_candidates(const ErrataAnalysis *analysis)
{
    double sum = 0.0, squares = 0.0;

    for (guint c = 0; c < analysis->bins->n_columns; c++) {
        const ErrataBinColumn *column = &analysis->bins->columns[c];
        double codes = (double)MIN(column->n_codes, 31);
        double items = column->numeric ? 5.0 * codes : codes;

        if (analysis->exclude != NULL && column->derived == NULL &&
            analysis->exclude[column->column] != 0)
            continue;
        sum += items;
        squares += items * items;
    }
    return fmax(0.5 * (sum * sum - squares) + sum, 1.0);
}

static gboolean
power_run(ErrataAnalysis *analysis, GError **error)
{
    static const double shares[] = {0.01, 0.02, 0.05, 0.1, 0.2};
    gboolean numbers = analysis->schema->task == ERRATA_TASK_REGRESSION;
    ErrataCase *result = analysis->result;
    const ErrataMetric *metric = errata_case_metric(result, numbers ? "mae" : "error_rate");
    double searched = (double)analysis->outcome->n_judged;
    double candidates, sd;

    if (metric == NULL || isnan(metric->value) || analysis->bins == NULL ||
        analysis->bins->n_columns == 0)
        return TRUE;
    candidates = power_candidates(analysis);
    sd = (metric->hi - metric->lo) / 2.0 / 1.96 * sqrt((double)metric->n);
    if (searched >= POWER_SURE)
        searched *= 0.5;
    for (guint i = 0; i < 2 * G_N_ELEMENTS(shares); i++) { /* small and clear, else small */
        double share = shares[i % G_N_ELEMENTS(shares)];
        double most = i < G_N_ELEMENTS(shares) ? 0.1 : 0.2;
        double n = share * searched;
        double least = numbers ? errata_power_mean(metric->value, sd, n, candidates)
                               : errata_power_rate(metric->value, n, candidates);

        if (n < POWER_LEAST || isnan(least) ||
            (numbers ? least > (1.0 + 5.0 * most) * metric->value : least > metric->value + most))
            continue;
        result->power_share = share;
        result->power_gap = numbers ? least / metric->value : least - metric->value;
        break;
    }
    return TRUE;
}

const ErrataAnalyzer errata_analyzer_power = {
    .id = "power",
    .run = power_run,
};
