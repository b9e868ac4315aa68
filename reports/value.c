/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "value.h"

#include <math.h>

#include "number.h"
#include "precision.h"
#include "spoken.h"

/* Where numbers become text for tables and figures; precision.h has the rounding. Thousands are
 * separated by commas, units by a narrow no-break space, minus is U+2212, ranges take an en dash
 * between thin spaces. */

#define VALUE_NARROW_SPACE   "\u202f"
#define VALUE_NONE           "—"
#define VALUE_TINY           1e-5 /* ticks this close are told with an exponent */
#define VALUE_BILLIONS       1e8  /* ticks this far apart are told in billions */
#define VALUE_CELLS          9    /* of headline figures in a terminal, at least */
#define VALUE_INTERVAL_CELLS 17
#define VALUE_SECOND         G_GINT64_CONSTANT(1000000000)
#define VALUE_UNSURE         (2.0 * 86400e9) /* a moment that is known no better is told by its day */

static const ErrataMetricWords value_metrics[] = {
    {"accuracy", "Accuracy", TRUE, FALSE},
    {"balanced_accuracy", "Balanced accuracy", TRUE, FALSE},
    {"precision", "Precision", TRUE, FALSE},
    {"recall", "Recall", TRUE, FALSE},
    {"specificity", "Specificity", TRUE, FALSE},
    {"f1", "F1", FALSE, FALSE},
    {"f1_macro", "F1, macro", FALSE, FALSE},
    {"f1_micro", "F1, micro", FALSE, FALSE},
    {"f1_weighted", "F1, weighted", FALSE, FALSE},
    {"precision_macro", "Precision, macro", TRUE, FALSE},
    {"precision_weighted", "Precision, weighted", TRUE, FALSE},
    {"recall_macro", "Recall, macro", TRUE, FALSE},
    {"recall_weighted", "Recall, weighted", TRUE, FALSE},
    {"mcc", "Matthews correlation", FALSE, FALSE},
    {"kappa", "Cohen’s kappa", FALSE, FALSE},
    {"roc_auc", "ROC AUC", FALSE, FALSE},
    {"roc_auc_ovr_macro", "ROC AUC, one against rest", FALSE, FALSE},
    {"roc_auc_ovo_macro", "ROC AUC, one against one", FALSE, FALSE},
    {"pr_auc", "PR AUC", FALSE, FALSE},
    {"log_loss", "Log-loss", FALSE, TRUE},
    {"brier", "Brier score", FALSE, TRUE},
    {"ece", "Calibration error", TRUE, TRUE},
    {"ace", "Calibration error, equal masses", TRUE, TRUE},
    {"mce", "Largest calibration error", TRUE, TRUE},
    {"rmse", "RMSE", FALSE, TRUE},
    {"mse", "Mean squared error", FALSE, TRUE},
    {"mae", "Mean absolute error", FALSE, TRUE},
    {"median_ae", "Median absolute error", FALSE, TRUE},
    {"max_error", "Largest error", FALSE, TRUE},
    {"mape", "MAPE", TRUE, TRUE},
    {"smape", "SMAPE", TRUE, TRUE},
    {"r2", "R²", FALSE, FALSE},
    {"bias", "Bias", FALSE, TRUE},
    {"bias_mean_error", "Mean error", FALSE, TRUE},
    {"pinball", "Pinball loss", FALSE, TRUE},
    {"error_rate", "Error rate", TRUE, TRUE},
    {"majority_accuracy", "Accuracy of the commonest class", TRUE, FALSE},
    {"mean_predictor_mae", "Mean absolute error of the mean", FALSE, TRUE},
    {"mean_predictor_rmse", "RMSE of the mean", FALSE, TRUE},
    {"last_value_mae", "Mean absolute error of the last value", FALSE, TRUE},
    {"last_value_rmse", "RMSE of the last value", FALSE, TRUE},
    {"mean_cost", "Mean cost of a prediction", FALSE, TRUE},
    {"cbpe_accuracy", "Accuracy, estimated", TRUE, FALSE},
    {"cbpe_balanced_accuracy", "Balanced accuracy, estimated", TRUE, FALSE},
    {"cbpe_precision", "Precision, estimated", TRUE, FALSE},
    {"cbpe_recall", "Recall, estimated", TRUE, FALSE},
    {"cbpe_specificity", "Specificity, estimated", TRUE, FALSE},
    {"cbpe_f1", "F1, estimated", FALSE, FALSE},
    {"cbpe_f1_macro", "F1, macro, estimated", FALSE, FALSE},
    {"cbpe_mcc", "Matthews correlation, estimated", FALSE, FALSE},
    {"cbpe_roc_auc", "ROC AUC, estimated", FALSE, FALSE},
    {"cbpe_pr_auc", "PR AUC, estimated", FALSE, FALSE},
    {"dle_mae", "Mean absolute error, estimated", FALSE, TRUE},
    {"dle_rmse", "RMSE, estimated", FALSE, TRUE},
    {"suspect_labels", "Suspect labels", TRUE, TRUE},
    {"selection_rate_difference", "Gap in how often it says yes", TRUE, TRUE},
    {"true_positive_rate_difference", "Gap in recall", TRUE, TRUE},
    {"false_positive_rate_difference", "Gap in false alarms", TRUE, TRUE},
    {"precision_difference", "Gap in precision", TRUE, TRUE},
    {"error_rate_difference", "Gap in error rates", TRUE, TRUE},
};

static char *
value_fixed(double value, guint decimals)
{
    return errata_precision_print(value, -(int)decimals);
}

char *
errata_value_count(double value)
{
    return value_fixed(round(value), 0);
}

char *
errata_value_number(double value, double lo, double hi)
{
    return errata_spoken_told(
        errata_precision_print(value, errata_precision_of_number(value, lo, hi)),
        value);
}

/* a proportion in percent: "33.8 %" */
char *
errata_value_share(double value, double lo, double hi)
{
    g_autofree char *digits = errata_precision_print(value * 100.0,
                                                     errata_precision_of_share(value, lo, hi));

    return isfinite(value) ? g_strconcat(digits, VALUE_NARROW_SPACE "%", NULL)
                           : g_steal_pointer(&digits);
}

/* a proportion to two digits, for lists: "22 %", "1.4 %" */
char *
errata_value_rough_share(double value)
{
    double half = fabs(value) >= 0.0995 || !(fabs(value) > 0.0) ? 0.015
                  : fabs(value) >= 0.000995                     ? 0.01
                                                                : 0.001;

    return errata_value_share(value, -half, half);
}

/* a difference of two proportions, signed: "+2.1 pt" */
char *
errata_value_points(double value, double lo, double hi)
{
    g_autofree char *digits = errata_precision_print(value * 100.0,
                                                     errata_precision_of_points(value, lo, hi));

    if (!isfinite(value))
        return g_steal_pointer(&digits);
    return g_strconcat(value > 0.0 ? "+" : "", digits, VALUE_NARROW_SPACE "pt", NULL);
}

char *
errata_value_of_unit(double value, double lo, double hi, ErrataUnit unit)
{
    g_autofree char *digits = NULL;

    switch (unit) {
    case ERRATA_UNIT_SHARE:
        return errata_value_share(value, lo, hi);
    case ERRATA_UNIT_POINTS:
        return errata_value_points(value, lo, hi);
    case ERRATA_UNIT_COUNT:
        return errata_value_count(value);
    case ERRATA_UNIT_TIME:
        if (!isfinite(value) || fabs(value) >= 9e18)
            return g_strdup(VALUE_NONE);
        return hi - lo >= VALUE_UNSURE ? errata_value_day((gint64)value, TRUE)
                                       : errata_value_moment((gint64)value, TRUE);
    case ERRATA_UNIT_RATIO:
        digits = errata_precision_print(value, errata_precision_of_unit(value, lo, hi, unit));
        return isfinite(value) ? g_strconcat(digits, VALUE_NARROW_SPACE "×", NULL)
                               : g_steal_pointer(&digits);
    case ERRATA_UNIT_SD:
        digits = errata_value_number(value, lo, hi);
        return isfinite(value) ? g_strconcat(digits, VALUE_NARROW_SPACE "sd", NULL)
                               : g_steal_pointer(&digits);
    case ERRATA_UNIT_NONE:
    case ERRATA_UNIT_TARGET:
        break;
    }
    return errata_value_number(value, lo, hi);
}

/* "32.9 – 34.6", in the digits of the value it belongs to, without the unit; %NULL when there is
 * none */
char *
errata_value_interval(double lo, double hi, ErrataUnit unit)
{
    double factor = unit == ERRATA_UNIT_SHARE || unit == ERRATA_UNIT_POINTS ? 100.0 : 1.0;
    int place = errata_precision_of_unit((lo + hi) / 2.0, lo, hi, unit);
    g_autofree char *from = NULL;
    g_autofree char *to = NULL;

    if (!isfinite(lo) || !isfinite(hi))
        return NULL;
    if (unit == ERRATA_UNIT_TIME && hi - lo >= VALUE_UNSURE && fabs(lo) < 9e18 && fabs(hi) < 9e18)
        return errata_value_days((gint64)lo, (gint64)hi);
    if (unit == ERRATA_UNIT_TIME) {
        from = errata_value_of_unit(lo, lo, lo, unit);
        to = errata_value_of_unit(hi, hi, hi, unit);
        return g_strconcat(from, "\u00a0–\u00a0", to, NULL);
    }
    if (unit == ERRATA_UNIT_POINTS)
        place = errata_precision_apart(lo * factor, hi * factor, place);
    from = errata_precision_print(lo * factor, place);
    to = errata_precision_print(hi * factor, place);
    if (unit == ERRATA_UNIT_NONE) {
        from = errata_spoken_told(from, lo);
        to = errata_spoken_told(to, hi);
    }
    return g_strconcat(from, "\u00a0–\u00a0", to, NULL);
}

/* a tick of an axis that goes in tenths of a billion or more */
static char *
value_billions(double value, double digit)
{
    gboolean tn = fabs(value) >= 1e4 * VALUE_BILLIONS;
    double unit = tn ? 1e12 : 1e9;
    double rest = digit / unit;
    g_autofree char *digits = value_fixed(value / unit,
                                          rest < 0.95 ? (guint)round(-log10(rest)) : 0);

    return g_strconcat(digits, VALUE_NARROW_SPACE, tn ? "tn" : "bn", NULL);
}

char *
errata_value_tick(double value, double digit, ErrataUnit unit)
{
    gboolean share = unit == ERRATA_UNIT_SHARE || unit == ERRATA_UNIT_POINTS;
    guint decimals = digit < 1.0 ? (guint)MIN(round(-log10(digit)), 9.0) : 0;
    g_autofree char *digits = NULL;

    if (!share && fabs(value) > 0.0 && digit < VALUE_TINY)
        return errata_precision_print(value, (int)round(log10(digit)));
    if (!share && fabs(value) > 0.0 && digit >= VALUE_BILLIONS)
        return value_billions(value, digit);
    digits = value_fixed(share ? value * 100.0 : value, fabs(value) > 0.0 ? decimals : 0);
    if (!share)
        return g_steal_pointer(&digits);
    return g_strconcat(digits, VALUE_NARROW_SPACE, unit == ERRATA_UNIT_SHARE ? "%" : "pt", NULL);
}

/* a p or q value: "0.003", "4e-8", "< 1e-12" */
char *
errata_value_probability(double p)
{
    char buffer[ERRATA_NUMBER_BUFFER];
    double exponent;
    g_autofree char *digit = NULL;
    g_autofree char *power = NULL;

    if (!isfinite(p))
        return g_strdup("");
    if (p < 1e-12)
        return g_strdup("<" VALUE_NARROW_SPACE "1e-12");
    if (p >= 0.001)
        return g_strdup(errata_number_print_fixed(p, p >= 0.1 ? 2 : 3, buffer));
    exponent = floor(log10(p));
    digit = g_strdup(errata_number_print_fixed(floor(p / pow(10.0, exponent)), 0, buffer));
    power = g_strdup(errata_number_print_fixed(exponent, 0, buffer));
    return g_strconcat(digit, "e", power, NULL);
}

static GDateTime *
value_time(gint64 ns)
{
    gint64 seconds = ns / VALUE_SECOND - (ns % VALUE_SECOND < 0 ? 1 : 0);

    return g_date_time_new_from_unix_utc(seconds);
}

static const char *const value_months[] =
    {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

static gint value_months_only;

void
errata_value_by_month(gboolean by_month)
{
    g_atomic_int_set(&value_months_only, by_month ? 1 : 0);
}

gboolean
errata_value_is_by_month(void)
{
    return g_atomic_int_get(&value_months_only) != 0;
}

static char *
value_date(GDateTime *time, gboolean with_year)
{
    const char *month = value_months[g_date_time_get_month(time) - 1];
    int day = g_date_time_get_day_of_month(time);

    return with_year ? g_strdup_printf("%d %s %d", day, month, g_date_time_get_year(time))
                     : g_strdup_printf("%d %s", day, month);
}

/* the same of a time of the log: “Mar 2026” where its stamps are months */
static char *
value_stamp(GDateTime *time, gboolean with_year)
{
    const char *month = value_months[g_date_time_get_month(time) - 1];

    if (!errata_value_is_by_month())
        return value_date(time, with_year);
    return with_year ? g_strdup_printf("%s %d", month, g_date_time_get_year(time))
                     : g_strdup(month);
}

static gboolean
value_is_midnight(GDateTime *time)
{
    return g_date_time_get_hour(time) == 0 && g_date_time_get_minute(time) == 0 &&
           g_date_time_get_second(time) == 0;
}

/* whether both are of one year */
gboolean
errata_value_same_year(gint64 from, gint64 to)
{
    g_autoptr(GDateTime) begin = value_time(from);
    g_autoptr(GDateTime) end = value_time(to);

    return begin != NULL && end != NULL && g_date_time_get_year(begin) == g_date_time_get_year(end);
}

/* "22 Mar 2026" */
char *
errata_value_day(gint64 ns, gboolean with_year)
{
    g_autoptr(GDateTime) time = value_time(ns);

    return time != NULL ? value_stamp(time, with_year) : g_strdup(VALUE_NONE);
}

/* "Mar 2026" */
char *
errata_value_month(gint64 ns)
{
    g_autoptr(GDateTime) time = value_time(ns);

    if (time == NULL)
        return g_strdup(VALUE_NONE);
    return g_strdup_printf("%s %d",
                           value_months[g_date_time_get_month(time) - 1],
                           g_date_time_get_year(time));
}

/* "22 Mar 2026, 14:45", UTC; "22 Mar 2026" at midnight, as logs that are stamped by day have it */
char *
errata_value_moment(gint64 ns, gboolean with_year)
{
    g_autoptr(GDateTime) time = value_time(ns);
    g_autofree char *day = NULL;

    if (time == NULL)
        return g_strdup(VALUE_NONE);
    day = value_stamp(time, with_year);
    if (value_is_midnight(time) || errata_value_is_by_month())
        return g_steal_pointer(&day);
    return g_strdup_printf("%s, %02d:%02d",
                           day,
                           g_date_time_get_hour(time),
                           g_date_time_get_minute(time));
}

/* "15 Feb – 31 Mar 2026"; within a day "22 Mar 2026, 08:58 – 13:58" */
char *
errata_value_days(gint64 from, gint64 to)
{
    g_autoptr(GDateTime) begin = value_time(from);
    g_autoptr(GDateTime) end = value_time(to);
    g_autofree char *first = NULL;
    g_autofree char *last = NULL;

    if (begin == NULL || end == NULL)
        return g_strdup(VALUE_NONE);
    last = value_stamp(end, TRUE);
    if (from == to && value_is_midnight(end))
        return g_steal_pointer(&last);
    first = value_stamp(begin, g_date_time_get_year(begin) != g_date_time_get_year(end));
    if (!errata_value_is_by_month() && g_date_time_get_year(begin) == g_date_time_get_year(end) &&
        g_date_time_get_day_of_year(begin) == g_date_time_get_day_of_year(end))
        return g_strdup_printf("%s, %02d:%02d – %02d:%02d",
                               last,
                               g_date_time_get_hour(begin),
                               g_date_time_get_minute(begin),
                               g_date_time_get_hour(end),
                               g_date_time_get_minute(end));
    return g_strdup_printf("%s – %s", first, last);
}

char *
errata_value_bytes(guint64 bytes)
{
    static const char *const units[] = {"bytes", "kB", "MB", "GB", "TB"};
    double size = (double)bytes;
    guint unit = 0;
    g_autofree char *digits = NULL;

    while (size >= 1000.0 && unit + 1 < G_N_ELEMENTS(units)) {
        size /= 1000.0;
        unit++;
    }
    digits = value_fixed(size, unit > 0 && size < 10.0 ? 1 : 0);
    return g_strconcat(digits, VALUE_NARROW_SPACE, units[unit], NULL);
}

/* the day of an ISO 8601 time; the text itself when it is none */
char *
errata_value_date_of(const char *iso)
{
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autoptr(GDateTime) time = iso != NULL ? g_date_time_new_from_iso8601(iso, utc) : NULL;

    return time != NULL ? value_date(time, TRUE) : g_strdup(iso != NULL ? iso : "");
}

/* CONTRACT's names of actions are for programs */
const char *
errata_value_action(const char *action)
{
    static const struct {
        const char *name;
        const char *words;
    } actions[] = {{"relabel", "check labels"},
                   {"collect-data", "collect data"},
                   {"fix-pipeline", "fix the pipeline"},
                   {"drop-feature", "drop the column"},
                   {"add-feature", "add a column"},
                   {"move-threshold", "move the threshold"},
                   {"abstain-route", "leave to a person"},
                   {"tune-hyperparameter", "tune the training"},
                   {"rollback", "roll back"},
                   {"quarantine-file", "set the rows aside"}};

    for (gsize i = 0; i < G_N_ELEMENTS(actions); i++)
        if (strcmp(actions[i].name, action) == 0)
            return actions[i].words;
    return action;
}

/* how a metric is told; unknown ones keep their name */
const ErrataMetricWords *
errata_value_metric(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(value_metrics); i++)
        if (g_strcmp0(value_metrics[i].name, name) == 0)
            return &value_metrics[i];
    return NULL;
}

/* for narrow columns: “MAE” */
const char *
errata_value_metric_short(const char *name)
{
    static const struct {
        const char *name;
        const char *label;
    } known[] = {{"mae", "MAE"},
                 {"mse", "MSE"},
                 {"median_ae", "Median AE"},
                 {"bias_mean_error", "Mean error"},
                 {"balanced_accuracy", "Bal. accuracy"},
                 {"cbpe_accuracy", "Accuracy, est."},
                 {"dle_mae", "MAE, est."},
                 {"dle_rmse", "RMSE, est."},
                 {"true_positive_rate_difference", "Recall gap"},
                 {"false_positive_rate_difference", "False alarms"},
                 {"selection_rate_difference", "Yes gap"},
                 {"precision_difference", "Precision gap"},
                 {"error_rate_difference", "Error gap"}};
    const ErrataMetricWords *words = errata_value_metric(name);

    for (guint i = 0; i < G_N_ELEMENTS(known); i++)
        if (g_strcmp0(known[i].name, name) == 0)
            return known[i].label;
    return words != NULL ? words->label : name;
}

char *
errata_value_of_metric(const ErrataMetric *metric)
{
    const ErrataMetricWords *words = errata_value_metric(metric->name);

    return words != NULL && words->is_share
               ? errata_value_share(metric->value, metric->lo, metric->hi)
               : errata_value_number(metric->value, metric->lo, metric->hi);
}

char *
errata_value_metric_interval(const ErrataMetric *metric)
{
    const ErrataMetricWords *words = errata_value_metric(metric->name);

    return errata_value_interval(metric->lo,
                                 metric->hi,
                                 words != NULL && words->is_share ? ERRATA_UNIT_SHARE
                                                                  : ERRATA_UNIT_NONE);
}

void
errata_value_metrics_room(const GPtrArray *metrics, guint *ret_value, guint *ret_interval)
{
    *ret_value = VALUE_CELLS;
    *ret_interval = VALUE_INTERVAL_CELLS;
    for (guint i = 0; i < metrics->len; i++) {
        g_autofree char *value = errata_value_of_metric(g_ptr_array_index(metrics, i));
        g_autofree char *interval = errata_value_metric_interval(g_ptr_array_index(metrics, i));

        *ret_value = MAX(*ret_value, (guint)g_utf8_strlen(value, -1));
        if (interval != NULL) /* brackets, and a gap behind them */
            *ret_interval = MAX(*ret_interval, (guint)g_utf8_strlen(interval, -1) + 3);
    }
}
