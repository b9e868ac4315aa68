/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a metric changed, for the tiles of page 1 and the terminal. */
#include <math.h>
#include <string.h>

#include "compose.h"
#include "precision.h"
#include "value.h"

#define CHANGE_FEW_ROWS 100 /* under this a change is not told */

/* a metric in one window; NaN where it is not measured there */
double
errata_compose_change_window(const ErrataCase *report_case,
                             const ErrataWindow *window,
                             const char *name)
{
    for (guint i = 0; window->metrics != NULL && i < window->metrics->len; i++) {
        const ErrataMetric *metric = g_ptr_array_index(window->metrics, i);

        if (metric->class_name == NULL && g_strcmp0(metric->name, name) == 0)
            return metric->value;
    }
    if (g_strcmp0(name, "accuracy") == 0)
        return 1.0 - window->error;
    if (g_strcmp0(name, "mae") == 0 && report_case->task == ERRATA_TASK_REGRESSION)
        return window->error;
    return (double)NAN;
}

/* as printed: who takes one number from the other gets the change that is told */
static double
change_shown(const ErrataMetric *metric, double value)
{
    const ErrataMetricWords *words = errata_value_metric(metric->name);
    gboolean share = words != NULL && words->is_share;
    double factor = share ? 100.0 : 1.0;
    int place = share ? errata_precision_of_share(metric->value, metric->lo, metric->hi)
                      : errata_precision_of_number(metric->value, metric->lo, metric->hi);
    double unit = pow(10.0, (double)place);

    return round(value * factor / unit) * unit / factor;
}

/* the mean of a metric over the windows whose rows lie in one half of all rows */
static double
change_half_mean(const ErrataCase *report_case, const char *name, gboolean second)
{
    const GPtrArray *windows = report_case->performance.windows;
    double all = 0.0, seen = 0.0, sum = 0.0, n = 0.0;

    for (guint i = 0; i < windows->len; i++)
        all += (double)((const ErrataWindow *)g_ptr_array_index(windows, i))->n;
    for (guint i = 0; i < windows->len; i++) {
        const ErrataWindow *window = g_ptr_array_index(windows, i);
        double value = errata_compose_change_window(report_case, window, name);
        gboolean late = seen + 0.5 * (double)window->n > 0.5 * all;

        seen += (double)window->n;
        if (late != second || !isfinite(value))
            continue;
        sum += value * (double)window->n;
        n += (double)window->n;
    }
    return n > 0.0 ? sum / n : (double)NAN;
}

/* The second half of a log against its first, which is the baseline: what is true of all rows is
 * half of each, exactly so of a mean over rows. What is none is taken from the windows. */
static double
change_within(const ErrataCase *report_case, const ErrataMetric *metric)
{
    static const char *const means[] =
        {"accuracy", "error_rate", "mae", "mse", "bias", "mape", "log_loss", "brier", NULL};
    double squares = 2.0 * metric->value * metric->value - metric->baseline * metric->baseline;
    double twice = 2.0 * (metric->value - metric->baseline);
    double halves;

    if (g_strv_contains(means, metric->name))
        return twice;
    if (strcmp(metric->name, "rmse") == 0 && squares >= 0.0)
        return sqrt(squares) - metric->baseline;
    halves = change_half_mean(report_case, metric->name, TRUE) -
             change_half_mean(report_case, metric->name, FALSE);
    return isfinite(halves) ? halves : twice;
}

/* half the width of the interval of a change: both sides are uncertain, each as its rows are few */
static double
change_uncertainty(const ErrataCase *report_case, const ErrataMetric *metric)
{
    const char *kind = report_case->baseline_kind;
    const ErrataInput *reference = report_case->reference;
    double half = (metric->hi - metric->lo) / 2.0;

    if (g_strcmp0(kind, "first-half") == 0)
        return 2.0 * half;
    if (g_strcmp0(kind, "reference") == 0 && reference != NULL && reference->rows > 0)
        return half * sqrt(1.0 + (double)metric->n / (double)reference->rows);
    return half * sqrt(2.0);
}

/**
 * errata_compose_change:
 * @report_case: the case; its baseline says what is compared
 * @metric: a metric, maybe with its value on the baseline
 * @ret_tone: (out): whether the change is good or bad; reference when it may be none
 * @ret_arrow: (out): 1 up, −1 down, 0 no arrow
 *
 * All rows against the reference or the report before; without one the second half of the rows
 * against the first, not against both. It is told where it exceeds the interval of the difference.
 *
 * Returns: (transfer full) (nullable): the size of the change, %NULL without a baseline or from too
 *   few rows
 */
char *
errata_compose_change(const ErrataCase *report_case,
                      const ErrataMetric *metric,
                      ErrataTone *ret_tone,
                      int *ret_arrow)
{
    const ErrataMetricWords *words = errata_value_metric(metric->name);
    gboolean within = g_strcmp0(report_case->baseline_kind, "first-half") == 0;
    double half = change_uncertainty(report_case, metric);
    double change = metric->value - metric->baseline;
    g_autofree char *size = NULL;
    gboolean better;

    *ret_tone = ERRATA_TONE_REFERENCE;
    *ret_arrow = 0;
    if (!isfinite(change) || metric->n < CHANGE_FEW_ROWS)
        return NULL;
    if (within)
        change = change_within(report_case, metric);
    if (!(fabs(change) > half) && isfinite(half))
        return g_strdup("unchanged");
    better = (change > 0.0) != (words != NULL && words->lower_is_better);
    *ret_tone = better ? ERRATA_TONE_GOOD : ERRATA_TONE_ERROR;
    *ret_arrow = change > 0.0 ? 1 : -1;
    if (!within)
        change = change_shown(metric, metric->value) - change_shown(metric, metric->baseline);
    if (words == NULL || !words->is_share)
        return errata_value_number(fabs(change), metric->lo, metric->hi);
    size = errata_value_number(fabs(change) * 100.0, metric->lo * 100.0, metric->hi * 100.0);
    return g_strconcat(size, "\u202fpt", NULL);
}
