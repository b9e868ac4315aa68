/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The figures of a regression: predicted against actual, residuals, error by size of the truth;
 * and the pinball loss of logged quantiles. Axes span all values, or their middle 99 % where one
 * wild row would flatten the picture; what lies outside is counted in the note. */
#include <math.h>
#include <string.h>

#include "number.h"
#include "performance.h"
#include "sort.h"
#include "spoken.h"

#define NUMBERS_CELLS  40   /* of a density, each way */
#define NUMBERS_BINS   40   /* of the residual histogram */
#define NUMBERS_FEW    8    /* bins at least */
#define NUMBERS_EDGE   1e-6 /* of a cell: the ends of an axis are on it, however they were rounded */
#define NUMBERS_GROUPS 10   /* of the truth's quantiles */
#define NUMBERS_ROWS   10   /* in each at least */
#define NUMBERS_WILD   1.5  /* times the middle 99 %: values that reach no farther are all shown */

/* an axis of equal cells */
typedef struct {
    double lo;
    double width;
    guint n;
} NumbersAxis;

static NumbersAxis
numbers_axis(const double *value, gsize n, guint n_cells)
{
    g_autofree double *sorted = g_memdup2(value, MAX(n, 1) * sizeof *value);
    NumbersAxis axis = {0.0, 0.0, n_cells};
    double hi;

    errata_sort_values(sorted, n);
    axis.lo = errata_sort_quantile(sorted, n, 0.005);
    hi = errata_sort_quantile(sorted, n, 0.995);
    if (sorted[n - 1] - sorted[0] <= NUMBERS_WILD * (hi - axis.lo) || !(hi > axis.lo)) {
        axis.lo = sorted[0];
        hi = sorted[n - 1];
    }
    if (!(hi > axis.lo)) {
        axis.lo -= 0.5 * fmax(fabs(axis.lo), 1.0);
        hi = axis.lo + fmax(fabs(hi), 1.0);
    }
    axis.width = hi / n_cells - axis.lo / n_cells;
    return axis;
}

static gboolean
numbers_cell(const NumbersAxis *axis, double value, guint *ret_cell)
{
    double at = (value - axis->lo) / axis->width;

    if (!(at >= -NUMBERS_EDGE && at <= axis->n + NUMBERS_EDGE))
        return FALSE;
    *ret_cell = MIN((guint)fmax(at, 0.0), axis->n - 1);
    return TRUE;
}

static double *
numbers_edges(const NumbersAxis *axis)
{
    double *edges = g_new(double, axis->n + 1);

    for (guint i = 0; i <= axis->n; i++)
        edges[i] = axis->lo + axis->width * i;
    return edges;
}

static char *
numbers_outside(gsize outside, gsize n)
{
    char text[ERRATA_NUMBER_BUFFER];

    if (outside == 0)
        return NULL;
    return g_strdup_printf("%s %% of the rows lie outside",
                           errata_number_print_fixed(100.0 * (double)outside / (double)n, 1, text));
}

static ErrataFigure *
numbers_density(const char *id,
                const char *title,
                const double *x,
                const double *y,
                gsize n,
                const NumbersAxis *x_axis,
                const NumbersAxis *y_axis)
{
    ErrataFigure *figure = errata_figure_new(id, ERRATA_FIGURE_DENSITY, title);
    gsize n_cells = (gsize)x_axis->n * y_axis->n;
    gsize outside = 0;

    figure->n_columns = x_axis->n;
    figure->n_rows = y_axis->n;
    figure->edges_x = numbers_edges(x_axis);
    figure->edges_y = numbers_edges(y_axis);
    figure->x_unit = figure->y_unit = ERRATA_UNIT_TARGET;
    figure->cells = g_new0(double, n_cells);
    for (gsize i = 0; i < n; i++) {
        guint column, row;

        if (numbers_cell(x_axis, x[i], &column) && numbers_cell(y_axis, y[i], &row))
            figure->cells[(gsize)row * x_axis->n + column] += 1.0;
        else
            outside++;
    }
    for (gsize cell = 0; cell < n_cells; cell++)
        if (!(figure->cells[cell] > 0.0))
            figure->cells[cell] = (double)NAN;
    figure->note = numbers_outside(outside, n);
    return figure;
}

static ErrataFigure *
numbers_histogram(const double *residual, gsize n, const NumbersAxis *axis)
{
    ErrataFigure *figure =
        errata_figure_new("residuals", ERRATA_FIGURE_HISTOGRAM, "Prediction minus label");
    ErrataSeries *series = errata_figure_add_series(figure, "all rows", ERRATA_TONE_NOW, axis->n);
    gsize outside = 0;

    figure->n_columns = axis->n;
    figure->edges_x = numbers_edges(axis);
    figure->x_label = g_strdup("Prediction minus label");
    figure->y_label = g_strdup("Share of rows");
    figure->x_unit = ERRATA_UNIT_TARGET;
    figure->y_unit = ERRATA_UNIT_SHARE;
    series->x = g_new(double, axis->n);
    series->y = g_new(double, axis->n);
    series->count = g_new0(double, axis->n);
    for (gsize i = 0; i < n; i++) {
        guint bin;

        if (numbers_cell(axis, residual[i], &bin))
            series->count[bin] += 1.0;
        else
            outside++;
    }
    for (guint bin = 0; bin < axis->n; bin++) {
        series->x[bin] = axis->lo + axis->width * (bin + 0.5);
        series->y[bin] = series->count[bin] / (double)n;
    }
    figure->note = numbers_outside(outside, n);
    return figure;
}

static char *
numbers_range(double from, double to)
{
    g_autofree char *lo = errata_spoken_end(from, to - from);
    g_autofree char *hi = errata_spoken_end(to, to - from);

    return g_strdup_printf("%s to %s", lo, hi);
}

/* bins of a histogram: twice the cube root of the rows, up to so many as there is room for (Rice's
 * rule) */
static guint
numbers_bins(gsize n)
{
    return (guint)CLAMP(ceil(2.0 * cbrt((double)n)), (double)NUMBERS_FEW, (double)NUMBERS_BINS);
}

/* predicted against actual has one scale: that of the labels, and the predictions' where they reach
 * up to as far again */
static NumbersAxis
numbers_both(const NumbersAxis *truth, const NumbersAxis *predicted)
{
    double span = truth->width * truth->n;
    double lo = fmin(truth->lo, fmax(predicted->lo, truth->lo - span));
    double hi = fmax(truth->lo + span,
                     fmin(predicted->lo + predicted->width * predicted->n, truth->lo + 2.0 * span));

    return (NumbersAxis){lo, hi / truth->n - lo / truth->n, truth->n};
}

/* mean |error| in each tenth of the truth, or in fewer parts where rows are few; ties of the truth
 * stay together */
static ErrataFigure *
numbers_error_by_truth(const ErrataJudged *judged)
{
    gsize n = judged->input.n;
    g_autofree double *sorted = g_new(double, n);
    g_autofree guint32 *order = g_new(guint32, n);
    ErrataFigure *figure = errata_figure_new("error-by-label",
                                             ERRATA_FIGURE_BARS,
                                             "Mean absolute error by size of the label");
    gsize n_groups = CLAMP(n / NUMBERS_ROWS, 2, NUMBERS_GROUPS);
    gsize begin = 0;

    figure->x_unit = figure->y_unit = ERRATA_UNIT_TARGET;
    figure->x_label = g_strdup("Mean absolute error");
    errata_sort_doubles(judged->input.truth_value, n, sorted, order);
    for (gsize group = 1; group <= n_groups && begin < n; group++) {
        gsize end = group == n_groups ? n : n * group / n_groups;
        g_autofree char *label = NULL;
        double mean = 0.0;
        double squares = 0.0;
        ErrataInterval interval;

        while (end > 0 && end < n && sorted[end] <= sorted[end - 1])
            end++;
        if (end <= begin)
            continue;
        for (gsize i = begin; i < end; i++) {
            double e =
                fabs(judged->input.predicted_value[order[i]] - judged->input.truth_value[order[i]]);
            double delta = e - mean;

            mean += delta / (double)(i - begin + 1);
            squares += delta * (e - mean);
        }
        interval = errata_intervals_normal(mean,
                                           end - begin > 1 ? squares / (double)(end - begin - 1) /
                                                                 (double)(end - begin)
                                                           : (double)NAN,
                                           ERRATA_METRICS_LEVEL);
        label = numbers_range(sorted[begin], sorted[end - 1]);
        errata_figure_add_dot(figure,
                              label,
                              ERRATA_TONE_NOW,
                              (double)(end - begin),
                              mean,
                              fmax(interval.lo, 0.0),
                              interval.hi,
                              FALSE);
        begin = end;
    }
    return figure;
}

/**
 * errata_performance_numbers:
 * @analysis: where the figures go
 * @judged: its judged rows, at least one
 *
 * Sets the figures of a regression.
 */
void
errata_performance_numbers(ErrataAnalysis *analysis, const ErrataJudged *judged)
{
    ErrataPerformance *performance = &analysis->result->performance;
    gsize n = judged->input.n;
    g_autofree double *residual = g_new(double, n);
    NumbersAxis truth, both, predicted, error, bins;

    for (gsize i = 0; i < n; i++)
        residual[i] = judged->input.predicted_value[i] - judged->input.truth_value[i];
    truth = numbers_axis(judged->input.truth_value, n, NUMBERS_CELLS);
    predicted = numbers_axis(judged->input.predicted_value, n, NUMBERS_CELLS);
    both = numbers_both(&truth, &predicted);
    error = numbers_axis(residual, n, NUMBERS_CELLS);
    bins = numbers_axis(residual, n, numbers_bins(n));
    performance->predicted_actual = numbers_density("predicted-actual",
                                                    "Predicted against actual",
                                                    judged->input.truth_value,
                                                    judged->input.predicted_value,
                                                    n,
                                                    &both,
                                                    &both);
    performance->predicted_actual->x_label = g_strdup("Label");
    performance->predicted_actual->y_label = g_strdup("Prediction");
    performance->predicted_actual->reference_line = TRUE;
    performance->residual_prediction = numbers_density("residual-prediction",
                                                       "Error against prediction",
                                                       judged->input.predicted_value,
                                                       residual,
                                                       n,
                                                       &predicted,
                                                       &error);
    performance->residual_prediction->x_label = g_strdup("Prediction");
    performance->residual_prediction->y_label = g_strdup("Prediction minus label");
    performance->residual = numbers_histogram(residual, n, &bins);
    performance->error_quantile = numbers_error_by_truth(judged);
}

/* the quantile that a column's name says it predicts ("pred_q0.9", "prediction_p90"), or NaN */
static double
numbers_quantile_level(const GRegex *regex, const char *name)
{
    g_autoptr(GMatchInfo) match = NULL;
    g_autofree char *digits = NULL;
    double level;

    if (!g_regex_match(regex, name, 0, &match))
        return (double)NAN;
    digits = g_match_info_fetch(match, 1);
    if (!errata_number_parse_double(digits, strlen(digits), &level))
        return (double)NAN;
    if (level > 1.0)
        level /= 100.0;
    return level > 0.0 && level < 1.0 ? level : (double)NAN;
}

static void
numbers_add_pinball(ErrataAnalysis *analysis,
                    const ErrataJudged *judged,
                    const ErrataColumn *column,
                    double level)
{
    double mean = 0.0;
    double squares = 0.0;
    guint64 n = 0;
    guint64 below = 0;
    ErrataInterval interval;
    char text[ERRATA_NUMBER_BUFFER];
    g_autofree char *name = g_strdup_printf("pinball_%s", errata_number_print(level, text));
    g_autofree char *share = g_strdup_printf("quantile_share_%s", text);

    for (gsize i = 0; i < judged->input.n; i++) {
        double quantile = errata_column_number(column, judged->row[i]);
        double miss = judged->input.truth_value[i] - quantile;
        double loss = fmax(level * miss, (level - 1.0) * miss);
        double delta = loss - mean;

        if (isnan(loss))
            continue;
        n++;
        mean += delta / (double)n;
        squares += delta * (loss - mean);
        below += miss <= 0.0;
    }
    if (n == 0)
        return;
    interval = errata_intervals_log(mean,
                                    n > 1 ? squares / (double)(n - 1) / (double)n : (double)NAN,
                                    ERRATA_METRICS_LEVEL);
    errata_case_add_metric(analysis->result, name, mean, interval.lo, interval.hi, n);
    interval = errata_intervals_wilson((double)below, (double)n, ERRATA_METRICS_LEVEL);
    errata_case_add_metric(analysis->result,
                           share,
                           (double)below / (double)n,
                           interval.lo,
                           interval.hi,
                           n);
}

/**
 * errata_performance_pinball:
 * @analysis: where the metrics go
 * @judged: its judged rows, at least one
 *
 * Adds `pinball_LEVEL`, the mean of max(τ (y − q), (τ − 1) (y − q)), and `quantile_share_LEVEL`,
 * the share of labels at or under the quantile, for each numeric column named as a predicted
 * quantile (`pred_q0.9`, `prediction_p90`, `forecast_quantile_0.1`). Source: Koenker and Bassett
 * 1978.
 */
void
errata_performance_pinball(ErrataAnalysis *analysis, const ErrataJudged *judged)
{
    g_autoptr(GRegex) regex =
        g_regex_new("^(?:y_)?(?:pred|prediction|predicted|yhat|y_hat|forecast)[_.:-]?"
                    "(?:q|p|quantile|percentile)[_.:-]?([0-9]+(?:\\.[0-9]+)?)$",
                    G_REGEX_CASELESS | G_REGEX_OPTIMIZE,
                    0,
                    NULL);

    for (guint c = 0; c < analysis->frame->n_columns; c++) {
        const ErrataColumn *column = analysis->frame->columns[c];
        double level = numbers_quantile_level(regex, column->name);

        if (!isnan(level) && errata_column_is_numeric(column))
            numbers_add_pinball(analysis, judged, column, level);
    }
}
