/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Metrics of numbers, as scikit-learn and SciPy define them. The error of a row is prediction −
 * label. All but quantiles and ranks are smooth functions of means over rows; their intervals come
 * from the influence function of each, computed in a second pass. Quantiles have the
 * distribution-free interval of order statistics. */
#include <math.h>

#include "metrics.h"
#include "sort.h"
#include "sum.h"
#include "tests.h"

#define REGRESSION_MANY 30 /* rows from which on groups are ranked, and the normal interval does */

static const ErrataInterval regression_none = {(double)NAN, (double)NAN};

/* means over rows (weighted) that everything else is made of */
typedef struct {
    double weight;
    double truth;
    double predicted;
    double error;
    double absolute;
    double squared;
    double absolute_truth;
    double relative; /* |error| / |truth| */
    double var_truth;
    double var_predicted;
    double var_error;
    double covariance;
    double largest;
    gsize n_zero; /* labels that are 0 */
} RegressionMeans;

typedef enum {
    REGRESSION_MSE,
    REGRESSION_MAE,
    REGRESSION_BIAS,
    REGRESSION_MAPE,
    REGRESSION_WAPE,
    REGRESSION_R2,
    REGRESSION_EXPLAINED,
    REGRESSION_PEARSON,
    REGRESSION_N,
} RegressionMetric;

static inline double
regression_weight(const ErrataMetricsInput *input, gsize i)
{
    return input->weight != NULL ? input->weight[i] : 1.0;
}

static void
regression_first_pass(const ErrataMetricsInput *input, RegressionMeans *m)
{
    ErrataSum sum[8] = {{0}};

    for (gsize i = 0; i < input->n; i++) {
        double y = input->truth_value[i];
        double f = input->predicted_value[i];
        double w = regression_weight(input, i);
        double e = fabs(f - y);

        errata_sum_add(&sum[0], w);
        errata_sum_add(&sum[1], w * y);
        errata_sum_add(&sum[2], w * f);
        errata_sum_add(&sum[3], w * (f - y));
        errata_sum_add(&sum[4], w * e);
        errata_sum_add(&sum[5], w * e * e);
        errata_sum_add(&sum[6], w * fabs(y));
        m->largest = fmax(m->largest, e);
        if (fabs(y) > 0.0)
            errata_sum_add(&sum[7], w * e / fabs(y));
        else
            m->n_zero++;
    }
    m->weight = errata_sum_value(&sum[0]);
    m->truth = errata_sum_value(&sum[1]) / m->weight;
    m->predicted = errata_sum_value(&sum[2]) / m->weight;
    m->error = errata_sum_value(&sum[3]) / m->weight;
    m->absolute = errata_sum_value(&sum[4]) / m->weight;
    m->squared = errata_sum_value(&sum[5]) / m->weight;
    m->absolute_truth = errata_sum_value(&sum[6]) / m->weight;
    m->relative = errata_sum_value(&sum[7]) / m->weight;
}

static void
regression_second_pass(const ErrataMetricsInput *input, RegressionMeans *m)
{
    ErrataSum sum[4] = {{0}};

    for (gsize i = 0; i < input->n; i++) {
        double w = regression_weight(input, i);
        double y = input->truth_value[i] - m->truth;
        double f = input->predicted_value[i] - m->predicted;
        double e = input->predicted_value[i] - input->truth_value[i] - m->error;

        errata_sum_add(&sum[0], w * y * y);
        errata_sum_add(&sum[1], w * f * f);
        errata_sum_add(&sum[2], w * e * e);
        errata_sum_add(&sum[3], w * y * f);
    }
    m->var_truth = errata_sum_value(&sum[0]) / m->weight;
    m->var_predicted = errata_sum_value(&sum[1]) / m->weight;
    m->var_error = errata_sum_value(&sum[2]) / m->weight;
    m->covariance = errata_sum_value(&sum[3]) / m->weight;
}

/* influence of one row on each metric */
static inline void
regression_influence(const RegressionMeans *m,
                     double y,
                     double f,
                     double pearson,
                     double influence[REGRESSION_N])
{
    double e = f - y;
    double dy = y - m->truth;
    double df = f - m->predicted;
    double de = e - m->error;
    double zy = dy / sqrt(m->var_truth);
    double zf = df / sqrt(m->var_predicted);

    influence[REGRESSION_MSE] = e * e - m->squared;
    influence[REGRESSION_MAE] = fabs(e) - m->absolute;
    influence[REGRESSION_BIAS] = de;
    influence[REGRESSION_MAPE] = fabs(e) / fabs(y) - m->relative;
    influence[REGRESSION_WAPE] = (fabs(e) - m->absolute / m->absolute_truth * fabs(y)) /
                                 m->absolute_truth;
    influence[REGRESSION_R2] = (m->squared * dy * dy / m->var_truth - e * e) / m->var_truth;
    influence[REGRESSION_EXPLAINED] = (m->var_error * dy * dy / m->var_truth - de * de) /
                                      m->var_truth;
    influence[REGRESSION_PEARSON] = zy * zf - 0.5 * pearson * (zy * zy + zf * zf);
}

/* how much larger a variance must be for the normal interval of @n rows to be that of Student's t:
 * 5 to 8 normal errors have their mean absolute error in 95 % of the intervals instead of 84 to 89;
 * NaN of fewer than five, whose own spread tells too little */
static double
regression_wider(double n)
{
    double ratio = errata_intervals_t(n - 1.0, ERRATA_METRICS_LEVEL) /
                   errata_intervals_z(ERRATA_METRICS_LEVEL);

    if (n < ERRATA_METRICS_LEAST)
        return (double)NAN;
    return n < REGRESSION_MANY ? n / (n - 1.0) * ratio * ratio : 1.0;
}

static void
regression_variances(const ErrataMetricsInput *input,
                     const RegressionMeans *m,
                     double pearson,
                     double variance[REGRESSION_N])
{
    ErrataSum sum[REGRESSION_N] = {{0}}, squares = {0};
    double wider;

    for (gsize i = 0; i < input->n; i++) {
        double influence[REGRESSION_N];
        double w = regression_weight(input, i);

        errata_sum_add(&squares, w * w);

        regression_influence(m,
                             input->truth_value[i],
                             input->predicted_value[i],
                             pearson,
                             influence);
        for (guint k = 0; k < REGRESSION_N; k++)
            errata_sum_add(&sum[k], w * w * influence[k] * influence[k]);
    }
    wider = regression_wider(m->weight * m->weight / errata_sum_value(&squares)); /* Kish */
    for (guint k = 0; k < REGRESSION_N; k++)
        variance[k] = errata_sum_value(&sum[k]) / m->weight / m->weight * wider;
}

static void
regression_add(GArray *list,
               const char *name,
               double value,
               ErrataInterval interval,
               guint64 n,
               const char *why)
{
    ErrataMetricValue *entry = errata_metrics_add(list, name, -1, value, interval, n);

    if (!isfinite(value)) {
        entry->value = (double)NAN;
        entry->interval = regression_none;
        entry->why = why != NULL ? why : "too large for a floating point number";
    }
}

/* a normal interval of what lies between @least and 1 */
static ErrataInterval
regression_bounded(double value, double variance, double least)
{
    ErrataInterval interval = errata_intervals_normal(value, variance, ERRATA_METRICS_LEVEL);

    return isnan(interval.lo) ? interval
                              : (ErrataInterval){fmax(interval.lo, least), fmin(interval.hi, 1.0)};
}

/* of a share of the variance that is explained: the rest is a ratio of means, whose logarithm is
 * more nearly normal */
static ErrataInterval
regression_explained(double value, double variance)
{
    ErrataInterval rest;

    if (!(value < 1.0)) /* nothing is left, or NaN */
        return regression_bounded(value, variance, -(double)INFINITY);
    rest = errata_intervals_log(1.0 - value, variance, ERRATA_METRICS_LEVEL);
    return (ErrataInterval){1.0 - rest.hi, 1.0 - rest.lo};
}

static void
regression_add_means(const ErrataMetricsInput *input, const RegressionMeans *m, GArray *list)
{
    const double level = ERRATA_METRICS_LEVEL;
    double variance[REGRESSION_N];
    gboolean varies = m->var_truth > 0.0;
    double pearson = m->covariance / sqrt(m->var_truth) / sqrt(m->var_predicted);
    double r2 = varies ? 1.0 - m->squared / m->var_truth : (double)NAN;
    double explained = varies ? 1.0 - m->var_error / m->var_truth : (double)NAN;
    double mape = m->n_zero == 0 ? m->relative : (double)NAN;
    double wape = m->absolute_truth > 0.0 ? m->absolute / m->absolute_truth : (double)NAN;
    ErrataInterval squared;

    pearson = isnan(pearson) ? pearson : CLAMP(pearson, -1.0, 1.0);
    regression_variances(input, m, pearson, variance);
    squared = errata_intervals_log(m->squared, variance[REGRESSION_MSE], level);
    regression_add(list,
                   "rmse",
                   sqrt(m->squared),
                   (ErrataInterval){sqrt(squared.lo), sqrt(squared.hi)},
                   input->n,
                   NULL);
    regression_add(list, "mse", m->squared, squared, input->n, NULL);
    regression_add(list,
                   "mae",
                   m->absolute,
                   errata_intervals_log(m->absolute, variance[REGRESSION_MAE], level),
                   input->n,
                   NULL);
    regression_add(list,
                   "mape",
                   mape,
                   errata_intervals_log(mape, variance[REGRESSION_MAPE], level),
                   input->n,
                   "a label is 0, so a relative error is not defined");
    regression_add(list,
                   "wape",
                   wape,
                   errata_intervals_log(wape, variance[REGRESSION_WAPE], level),
                   input->n,
                   "all labels are 0");
    regression_add(list,
                   "r2",
                   r2,
                   regression_explained(r2, variance[REGRESSION_R2]),
                   input->n,
                   "the label is constant");
    regression_add(list,
                   "explained_variance",
                   explained,
                   regression_explained(explained, variance[REGRESSION_EXPLAINED]),
                   input->n,
                   "the label is constant");
    regression_add(list,
                   "bias_mean_error",
                   m->error,
                   errata_intervals_normal(m->error, variance[REGRESSION_BIAS], level),
                   input->n,
                   NULL);
    regression_add(list, "max_abs_error", m->largest, regression_none, input->n, NULL);
    regression_add(list,
                   "pearson",
                   pearson,
                   regression_bounded(pearson, variance[REGRESSION_PEARSON], -1.0),
                   input->n,
                   "label or prediction is constant");
    /* what always predicting the mean label would give */
    regression_add(list, "mean_baseline_rmse", sqrt(m->var_truth), regression_none, input->n, NULL);
}

static double
regression_correlation(const double *a, const double *b, gsize n)
{
    double mean = 0.5 * ((double)n + 1.0); /* of midranks */
    ErrataSum sum[3] = {{0}};

    for (gsize i = 0; i < n; i++) {
        errata_sum_add(&sum[0], (a[i] - mean) * (b[i] - mean));
        errata_sum_add(&sum[1], (a[i] - mean) * (a[i] - mean));
        errata_sum_add(&sum[2], (b[i] - mean) * (b[i] - mean));
    }
    return errata_sum_value(&sum[0]) / sqrt(errata_sum_value(&sum[1])) /
           sqrt(errata_sum_value(&sum[2]));
}

/* per row @factor times what it adds to Σ @value / n by pushing up the ranks of larger rows, and by
 * half of those that tie with it; midranks are multiples of one half */
static void
regression_push(const double *rank, const double *value, gsize n, double factor, double *influence)
{
    gsize n_ranks = 2 * n + 2;
    g_autofree double *at = g_new0(double, n_ranks);
    g_autofree double *above = g_new(double, n_ranks);
    ErrataSum sum = {0};

    for (gsize i = 0; i < n; i++)
        at[(gsize)(2.0 * rank[i])] += value[i];
    for (gsize r = n_ranks; r-- > 0;) {
        above[r] = errata_sum_value(&sum);
        errata_sum_add(&sum, at[r]);
    }
    for (gsize i = 0; i < n; i++) {
        gsize r = (gsize)(2.0 * rank[i]);

        influence[i] += factor * (above[r] + 0.5 * at[r]) / (double)n;
    }
}

/* variance of Spearman's correlation @r of midranks @a and @b by its influence function: that of
 * the correlation of the distribution functions, with what a row adds to the ranks of others
 * (Borkowf 2002, Computational Statistics & Data Analysis 39) */
static double
regression_spearman_variance(const double *a, const double *b, gsize n, double r)
{
    g_autofree double *u = g_new(double, n);
    g_autofree double *v = g_new(double, n);
    g_autofree double *influence = g_new0(double, n);
    double uv, uu, vv, both;
    ErrataSum sum[3] = {{0}}, squares = {0};

    for (gsize i = 0; i < n; i++) {
        u[i] = (a[i] - 0.5 * ((double)n + 1.0)) / (double)n;
        v[i] = (b[i] - 0.5 * ((double)n + 1.0)) / (double)n;
        errata_sum_add(&sum[0], u[i] * v[i]);
        errata_sum_add(&sum[1], u[i] * u[i]);
        errata_sum_add(&sum[2], v[i] * v[i]);
    }
    uv = errata_sum_value(&sum[0]) / (double)n;
    uu = errata_sum_value(&sum[1]) / (double)n;
    vv = errata_sum_value(&sum[2]) / (double)n;
    both = sqrt(uu * vv);
    regression_push(a, v, n, 1.0 / both, influence);
    regression_push(b, u, n, 1.0 / both, influence);
    regression_push(a, u, n, -r / uu, influence);
    regression_push(b, v, n, -r / vv, influence);
    for (gsize i = 0; i < n; i++) {
        double own = (u[i] * v[i] - 3.0 * uv) / both -
                     0.5 * r * (u[i] * u[i] / uu + v[i] * v[i] / vv - 6.0) + influence[i];

        errata_sum_add(&squares, own * own);
    }
    return errata_sum_value(&squares) / (double)n / ((double)n - 1.0);
}

/* Spearman with its interval on Fisher's scale */
static void
regression_add_spearman(const ErrataMetricsInput *input, GArray *list)
{
    g_autofree double *a = NULL;
    g_autofree double *b = NULL;
    ErrataInterval interval = regression_none;
    double r;

    if (input->weight != NULL) {
        regression_add(list,
                       "spearman",
                       (double)NAN,
                       regression_none,
                       input->n,
                       "not defined with row weights");
        return;
    }
    a = g_new(double, input->n);
    b = g_new(double, input->n);
    errata_sort_midranks(input->truth_value, input->n, a);
    errata_sort_midranks(input->predicted_value, input->n, b);
    r = regression_correlation(a, b, input->n);
    if (input->n > 3 && fabs(r) < 1.0) {
        double half = errata_intervals_z(ERRATA_METRICS_LEVEL) *
                      sqrt(regression_spearman_variance(a, b, input->n, r)) / (1.0 - r * r);

        interval = (ErrataInterval){tanh(atanh(r) - half), tanh(atanh(r) + half)};
    }
    regression_add(list, "spearman", r, interval, input->n, "label or prediction is constant");
}

/* Koenker's studentised Breusch–Pagan test: n R² of the squared error on the prediction */
static void
regression_add_breusch_pagan(const ErrataMetricsInput *input,
                             const RegressionMeans *m,
                             GArray *list)
{
    ErrataSum covariance = {0};
    ErrataSum variance = {0};
    double statistic;

    for (gsize i = 0; i < input->n; i++) {
        double w = regression_weight(input, i);
        double e = input->predicted_value[i] - input->truth_value[i];
        double u = e * e - m->squared;

        errata_sum_add(&covariance, w * u * (input->predicted_value[i] - m->predicted));
        errata_sum_add(&variance, w * u * u);
    }
    statistic = errata_sum_value(&covariance) / m->weight;
    statistic = (double)input->n * statistic * statistic / m->var_predicted /
                (errata_sum_value(&variance) / m->weight);
    regression_add(list,
                   "breusch_pagan",
                   statistic,
                   regression_none,
                   input->n,
                   "predictions or squared errors are constant");
    regression_add(list,
                   "breusch_pagan_p",
                   errata_tests_chi_square(statistic, 1.0),
                   regression_none,
                   input->n,
                   "predictions or squared errors are constant");
}

/* ranks p n ± z √(p (1 − p) n); none of so few rows that none is expected beyond the quantile, nor
 * of fewer than five */
static ErrataInterval
regression_quantile_interval(const double *sorted, gsize n, double p)
{
    gboolean is_few = (double)n * fmin(p, 1.0 - p) < 1.0 - 1e-9; /* 0.99 is not exact */
    double half = errata_intervals_z(ERRATA_METRICS_LEVEL) * sqrt(p * (1.0 - p) / (double)n);

    if (n < ERRATA_METRICS_LEAST || is_few)
        return regression_none;
    return (ErrataInterval){errata_sort_quantile(sorted, n, p - half),
                            errata_sort_quantile(sorted, n, p + half)};
}

static void
regression_add_quantiles(const ErrataMetricsInput *input, GArray *list)
{
    static const double levels[] = {0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99};
    static const char *const names[] = {"residual_quantile_0.01",
                                        "residual_quantile_0.05",
                                        "residual_quantile_0.25",
                                        "residual_quantile_0.5",
                                        "residual_quantile_0.75",
                                        "residual_quantile_0.95",
                                        "residual_quantile_0.99"};
    g_autofree double *error = g_new(double, input->n);
    g_autofree double *absolute = g_new(double, input->n);
    gsize positive = 0;

    for (gsize i = 0; i < input->n; i++)
        error[i] = input->predicted_value[i] - input->truth_value[i];
    errata_sort_values(error, input->n);
    for (guint k = 0; k < G_N_ELEMENTS(levels); k++)
        regression_add(list,
                       names[k],
                       errata_sort_quantile(error, input->n, levels[k]),
                       regression_quantile_interval(error, input->n, levels[k]),
                       input->n,
                       NULL);
    /* |error| in order: merge the two sides of zero */
    while (positive < input->n && error[positive] < 0.0)
        positive++;
    for (gsize i = 0, low = positive, high = positive; i < input->n; i++)
        if (high == input->n || (low > 0 && -error[low - 1] <= error[high]))
            absolute[i] = -error[--low];
        else
            absolute[i] = error[high++];
    regression_add(list,
                   "median_abs_error",
                   errata_sort_quantile(absolute, input->n, 0.5),
                   regression_quantile_interval(absolute, input->n, 0.5),
                   input->n,
                   NULL);
}

/**
 * errata_metrics_regression:
 * @input: rows with @truth_value and @predicted_value, none NaN
 * @list: (element-type ErrataMetricValue): where the metrics go
 *
 * Adds rmse, mse, mae, mape, wape (Σ|error| / Σ|label|), r2, explained_variance, bias_mean_error,
 * max_abs_error, pearson, mean_baseline_rmse, residual_quantile_P, median_abs_error, spearman,
 * breusch_pagan and its p. Residual quantiles and the median do not use weights. mape is undefined
 * when a label is 0.
 */
void
errata_metrics_regression(const ErrataMetricsInput *input, GArray *list)
{
    RegressionMeans means = {0};

    if (input->n == 0)
        return;
    regression_first_pass(input, &means);
    if (!(means.weight > 0.0))
        return;
    regression_second_pass(input, &means);
    regression_add_means(input, &means, list);
    regression_add_quantiles(input, list);
    regression_add_spearman(input, list);
    regression_add_breusch_pagan(input, &means, list);
}
