/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a metric changed, for the tiles of page 1 and the terminal. */
#include <math.h>
#include <string.h>

#include "compose.h"
#include "precision.h"
#include "value.h"

#define CHANGE_FEW_ROWS 100 /* under this a change is not told */
#define CHANGE_WIDEN \
    1.577 /* z at 99.8 % over that at 95 %, at which intervals are: 0.01 over five metrics */

static const ErrataMetric *
change_window_metric(const ErrataWindow *window, const char *name)
{
    for (guint i = 0; window->metrics != NULL && i < window->metrics->len; i++) {
        const ErrataMetric *metric = g_ptr_array_index(window->metrics, i);

        if (metric->class_name == NULL && g_strcmp0(metric->name, name) == 0)
            return metric;
    }
    return NULL;
}

/* a metric in one window; NaN where it is not measured there */
double
errata_compose_change_window(const ErrataCase *report_case,
                             const ErrataWindow *window,
                             const char *name)
{
    const ErrataMetric *metric = change_window_metric(window, name);

    if (metric != NULL)
        return metric->value;
    if (g_strcmp0(name, "accuracy") == 0)
        return 1.0 - window->error;
    if (g_strcmp0(name, "mae") == 0 && report_case->task == ERRATA_TASK_REGRESSION)
        return window->error;
    return (double)NAN;
}

/* the place of the last digit that is told of a metric, of a share in percent */
static int
change_place(const ErrataMetric *metric)
{
    const ErrataMetricWords *words = errata_value_metric(metric->name);

    return words != NULL && words->is_share
               ? errata_precision_of_share(metric->value, metric->lo, metric->hi)
               : errata_precision_of_number(metric->value, metric->lo, metric->hi);
}

/* 100 for shares, which are told in percent */
static double
change_factor(const ErrataMetric *metric)
{
    const ErrataMetricWords *words = errata_value_metric(metric->name);

    return words != NULL && words->is_share ? 100.0 : 1.0;
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

/* the mean of a metric over the windows whose rows lie in one half of all rows, and half the width
 * of its interval */
static double
change_half_mean(const ErrataCase *report_case,
                 const char *name,
                 gboolean second,
                 double *ret_uncertainty)
{
    const GPtrArray *windows = report_case->performance.windows;
    double all = 0.0, seen = 0.0, sum = 0.0, squares = 0.0, n = 0.0;

    for (guint i = 0; i < windows->len; i++)
        all += (double)((const ErrataWindow *)g_ptr_array_index(windows, i))->n;
    for (guint i = 0; i < windows->len; i++) {
        const ErrataWindow *window = g_ptr_array_index(windows, i);
        const ErrataMetric *metric = change_window_metric(window, name);
        gboolean late = seen + 0.5 * (double)window->n > 0.5 * all;
        double half;

        seen += (double)window->n;
        if (late != second || metric == NULL || !isfinite(metric->value))
            continue;
        half = (metric->hi - metric->lo) / 2.0 * (double)window->n;
        sum += metric->value * (double)window->n;
        squares += isfinite(half) ? half * half : 0.0;
        n += (double)window->n;
    }
    *ret_uncertainty = sqrt(squares) / n;
    return n > 0.0 ? sum / n : (double)NAN;
}

/* The second half of a log against its first, which is the baseline: what is true of all rows is
 * half of each, exactly so of a mean over rows. What is none is so nearly, unless the halves differ
 * in more than the metric, and is the mean of what windows have, unless these have few rows of a
 * class: the change is what both say, and @uncertainty that of the less sure. NaN: it is not
 * known */
static double
change_within(const ErrataCase *report_case, const ErrataMetric *metric, double *uncertainty)
{
    static const char *const means[] =
        {"accuracy", "error_rate", "mae", "mse", "bias", "mape", "log_loss", "brier", NULL};
    double squares = 2.0 * metric->value * metric->value - metric->baseline * metric->baseline;
    double twice = 2.0 * (metric->value - metric->baseline);
    double halves, first, second;

    if (g_strv_contains(means, metric->name))
        return twice;
    if (strcmp(metric->name, "rmse") == 0 && squares >= 0.0)
        return sqrt(squares) - metric->baseline;
    halves = change_half_mean(report_case, metric->name, TRUE, &second) -
             change_half_mean(report_case, metric->name, FALSE, &first);
    if (!isfinite(halves)) /* means over many classes grow with the rows of each */
        return report_case->task == ERRATA_TASK_MULTICLASS ? (double)NAN : twice;
    *uncertainty = fmax(*uncertainty, hypot(first, second));
    if (halves * twice <= 0.0)
        return 0.0;
    return fabs(halves) < fabs(twice) ? halves : twice;
}

/* the size of a change of @metric, of shares in points */
static char *
change_size(const ErrataMetric *metric, double change)
{
    return errata_precision_print(fabs(change) * change_factor(metric), change_place(metric));
}

/* “5.0 – 8.7” */
static char *
change_interval(const ErrataMetric *metric, double lo, double hi)
{
    double factor = change_factor(metric);
    int place = errata_precision_apart(lo * factor, hi * factor, change_place(metric));
    g_autofree char *from = errata_precision_print(lo * factor, place);
    g_autofree char *to = errata_precision_print(hi * factor, place);

    return g_strdup_printf("%s – %s", from, to);
}

/* @value with the digits of @metric */
static char *
change_value(const ErrataMetric *metric, double value)
{
    const char *end = change_factor(metric) > 1.0 ? "\u202f%" : "";
    g_autofree char *number = errata_precision_print(value * change_factor(metric),
                                                     change_place(metric));

    return g_strconcat(number, end, NULL);
}

/**
 * errata_compose_change:
 * @report_case: the case; its baseline says what is compared
 * @metric: a metric, maybe with its value on the baseline
 * @ret_tone: (out): whether the change is good or bad; reference when it may be none
 * @ret_arrow: (out): 1 up, −1 down, 0 no arrow
 *
 * All rows against the reference or the report before; without one the second half of the rows
 * against the first, not against both. It is told where it exceeds the 99.8 % interval of the
 * difference: as several metrics stand side by side, so that chance moves one of them in 1 % of all
 * reports. Against the report before it is told where a comparison of the two finds it changed.
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
        change = change_within(report_case, metric, &half);
    if (isnan(change))
        return NULL;
    if (metric->change != ERRATA_SINCE_UNJUDGED
            ? metric->change == ERRATA_SINCE_NONE
            : !(fabs(change) > CHANGE_WIDEN * half) && isfinite(half))
        return g_strdup("unchanged");
    better = (change > 0.0) != (words != NULL && words->lower_is_better);
    *ret_tone = better ? ERRATA_TONE_GOOD : ERRATA_TONE_ERROR;
    *ret_arrow = change > 0.0 ? 1 : -1;
    size = change_size(metric, change);
    return words != NULL && words->is_share ? g_strconcat(size, "\u202fpt", NULL)
                                            : g_steal_pointer(&size);
}

/**
 * errata_compose_no_change:
 * @lo: lower end of the interval of a change that is not told, NaN where it is not known
 * @hi: upper end
 *
 * Returns: (transfer none): why it is none: too small where the interval excludes 0, else chance
 */
const char *
errata_compose_no_change(double lo, double hi)
{
    return lo > 0.0 || hi < 0.0 ? "a change too small to be worth telling"
                                : "no change that can be told from chance";
}

/**
 * errata_compose_since:
 * @report_case: a case
 * @ret_tone: (out): whether it is good or bad; reference where nothing has changed
 *
 * Returns: (transfer full) (nullable): the headline against the earlier report, with the 99 %
 *   interval of the difference: “Accuracy fell from 83.9 % to 77.0 %, by 6.9 points (5.0 – 8.7,
 *   99 % sure)”; %NULL where there is none
 */
char *
errata_compose_since(const ErrataCase *report_case, ErrataTone *ret_tone)
{
    const ErrataSince *since = report_case->performance.since;
    const ErrataMetric *now = since != NULL ? errata_case_metric(report_case, since->metric) : NULL;
    const ErrataMetricWords *words = now != NULL ? errata_value_metric(now->name) : NULL;
    const char *points = words != NULL && words->is_share ? " points" : "";
    g_autofree char *from = NULL;
    g_autofree char *to = NULL;
    g_autofree char *size = NULL;
    g_autofree char *interval = NULL;
    gboolean rose;

    *ret_tone = ERRATA_TONE_REFERENCE;
    if (words == NULL)
        return NULL;
    rose = since->difference > 0.0;
    from = change_value(now, since->from);
    to = change_value(now, since->to);
    if (!since->changed) {
        interval = change_interval(now, since->lo, since->hi);
        return g_strdup_printf("%s %s after %s: %s (%s%s, 99\u202f%% sure)",
                               words->label,
                               to,
                               from,
                               errata_compose_no_change(since->lo, since->hi),
                               interval,
                               points);
    }
    *ret_tone = rose != words->lower_is_better ? ERRATA_TONE_GOOD : ERRATA_TONE_ERROR;
    size = change_size(now, since->difference);
    interval = change_interval(now, rose ? since->lo : -since->hi, rose ? since->hi : -since->lo);
    return g_strdup_printf("%s %s from %s to %s, by %s%s (%s, 99\u202f%% sure)",
                           words->label,
                           rose ? "rose" : "fell",
                           from,
                           to,
                           size,
                           points,
                           interval);
}
