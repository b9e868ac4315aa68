/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "compose.h"
#include "value.h"

/* What is told of performance without labels: an estimate, set apart from what was measured, with
 * what it assumes; and how many labels have come, window by window. */

#define ESTIMATE_LABELS 0.8 /* of a window's rows, from which on it is judged */

gboolean
errata_compose_is_estimate(const char *name)
{
    return g_str_has_prefix(name, "cbpe_") || g_str_has_prefix(name, "dle_");
}

static const ErrataMetric *
estimate_metric(const ErrataWindow *window, const char *name)
{
    for (guint i = 0; window->metrics != NULL && i < window->metrics->len; i++) {
        const ErrataMetric *metric = g_ptr_array_index(window->metrics, i);

        if (strcmp(metric->name, name) == 0)
            return metric;
    }
    return NULL;
}

/* the metric that an estimate is of */
static const char *
estimate_truth(const char *name)
{
    return strchr(name, '_') + 1;
}

static void
estimate_alloc(ErrataSeries *series)
{
    series->x = g_new(double, MAX(series->n, 1));
    series->y = g_new(double, MAX(series->n, 1));
    series->lo = g_new(double, MAX(series->n, 1));
    series->hi = g_new(double, MAX(series->n, 1));
}

static void
estimate_fill(const GPtrArray *windows, const char *name, ErrataSeries *series)
{
    estimate_alloc(series);
    for (guint i = 0; i < windows->len; i++) {
        const ErrataWindow *window = g_ptr_array_index(windows, i);
        const ErrataMetric *metric = estimate_metric(window, name);

        series->x[i] = 0.5 * ((double)window->from + (double)window->to);
        series->y[i] = metric != NULL ? metric->value : (double)NAN;
        series->lo[i] = metric != NULL ? metric->lo : (double)NAN;
        series->hi[i] = metric != NULL ? metric->hi : (double)NAN;
    }
}

/* the estimate over time, with the limits, and what was measured where labels have come */
static ErrataFigure *
estimate_figure(const ErrataCase *report_case)
{
    const ErrataEstimate *estimate = report_case->performance.estimate;
    const GPtrArray *windows = report_case->performance.windows;
    gboolean numbers = strcmp(estimate->method, "DLE") == 0;
    ErrataFigure *figure = errata_figure_new("estimate",
                                             ERRATA_FIGURE_TIMELINE,
                                             numbers ? "Mean absolute error, estimated"
                                                     : "Accuracy, estimated");
    double limit = numbers ? estimate->upper : estimate->lower;
    ErrataSeries *series =
        errata_figure_add_series(figure, "estimated", ERRATA_TONE_REFERENCE, windows->len);

    figure->x_is_time = report_case->performance.windows_are_time;
    figure->x_unit = figure->x_is_time ? ERRATA_UNIT_TIME : ERRATA_UNIT_COUNT;
    figure->y_unit = numbers ? ERRATA_UNIT_TARGET : ERRATA_UNIT_SHARE;
    figure->note = g_strdup(estimate->n_scored > 0 ? "grey: estimated; colour: measured"
                                                   : "grey: estimated, no labels yet");
    figure->description = g_strdup("The estimate of performance without labels by window, with its "
                                   "interval, and what labels that came later tell.");
    estimate_fill(windows, estimate->metric, series);
    if (estimate->n_scored > 0)
        estimate_fill(windows,
                      estimate_truth(estimate->metric),
                      errata_figure_add_series(figure, "measured", ERRATA_TONE_NOW, windows->len));
    if (isfinite(limit) && windows->len > 1) {
        ErrataSeries *line = errata_figure_add_series(figure, "limit", ERRATA_TONE_ERROR, 2);
        const ErrataWindow *first = g_ptr_array_index(windows, 0);
        const ErrataWindow *last = g_ptr_array_index(windows, windows->len - 1);

        line->x = g_new(double, 2);
        line->y = g_new(double, 2);
        line->x[0] = (double)first->from;
        line->x[1] = (double)last->to;
        line->y[0] = line->y[1] = limit;
    }
    return figure;
}

static void
estimate_say(const ErrataCase *report_case, ErrataDocument *document)
{
    const ErrataEstimate *estimate = report_case->performance.estimate;
    gboolean numbers = strcmp(estimate->method, "DLE") == 0;
    g_autoptr(GString) text = g_string_new(NULL);

    g_string_append_printf(text,
                           "An estimate (%s) from %s, not a measurement. It assumes %s.",
                           estimate->method,
                           estimate->source,
                           estimate->assumes);
    if (isfinite(estimate->outside)) {
        g_autofree char *share = errata_value_rough_share(estimate->outside);

        g_string_append_printf(text, " %s of the rows lie outside the range seen there.", share);
    }
    if (estimate->n_chunks > 0)
        g_string_append_printf(text,
                               " %u windows are beyond three standard deviations of the "
                               "reference’s %u chunks.",
                               estimate->n_alerts,
                               estimate->n_chunks);
    if (estimate->n_scored > 0) {
        g_autofree char *bias =
            numbers ? errata_value_number(fabs(estimate->bias), (double)NAN, (double)NAN)
                    : errata_value_points(fabs(estimate->bias), (double)NAN, (double)NAN);
        g_autofree char *covered = errata_value_rough_share(estimate->covered);

        g_string_append_printf(text,
                               " Labels have come for %u windows: there it was %s too %s on "
                               "average, and the truth lay within its interval in %s of them.",
                               estimate->n_scored,
                               bias[0] == '+' ? bias + 1 : bias,
                               estimate->bias > 0.0 ? "high" : "low",
                               covered);
    }
    errata_document_prose(document, ERRATA_STYLE_BODY, text->str)->space = 8.0;
}

static void
estimate_table(const ErrataCase *report_case, ErrataDocument *document)
{
    ErrataBlock *block = errata_document_add(document, ERRATA_BLOCK_TABLE);

    block->space = 8.0;
    block->heading_rule = TRUE;
    errata_block_add_column(block, "estimated", 0.0, FALSE)->flexible = TRUE;
    errata_block_add_column(block, "estimate", 0.0, TRUE);
    errata_block_add_column(block, "interval", 0.0, TRUE);
    errata_block_add_column(block, "measured then", 0.0, TRUE);
    errata_block_add_column(block, "measured now", 0.0, TRUE);
    for (guint i = 0; i < report_case->metrics->len; i++) {
        const ErrataMetric *metric = g_ptr_array_index(report_case->metrics, i);
        const ErrataMetricWords *words = errata_value_metric(metric->name);
        const ErrataMetric *truth;
        ErrataMetric then = *metric;

        if (words == NULL || !errata_compose_is_estimate(metric->name) ||
            metric->class_name != NULL)
            continue;
        truth = errata_case_metric(report_case, estimate_truth(metric->name));
        then.value = metric->baseline;
        errata_block_add_cell(block, words->label);
        errata_block_take_cell(block, errata_value_of_metric(metric));
        errata_block_take_cell(block, errata_value_metric_interval(metric));
        errata_block_take_cell(block, isfinite(then.value) ? errata_value_of_metric(&then) : NULL);
        errata_block_take_cell(
            block,
            truth != NULL && isfinite(truth->value) ? errata_value_of_metric(truth) : NULL)
            ->style = ERRATA_STYLE_CELL_STRONG;
    }
    errata_block_drop_empty(block, 2);
}

/* how many labels each window has by now, when it is neither none nor all */
static ErrataFigure *
estimate_coverage(const ErrataCase *report_case)
{
    const GPtrArray *windows = report_case->performance.windows;
    guint64 labelled = 0, all = 0;
    ErrataFigure *figure;
    ErrataSeries *series;

    for (guint i = 0; i < windows->len; i++) {
        labelled += ((const ErrataWindow *)g_ptr_array_index(windows, i))->labelled;
        all += ((const ErrataWindow *)g_ptr_array_index(windows, i))->n;
    }
    if (labelled == 0 || labelled >= all || windows->len < 2)
        return NULL;
    figure = errata_figure_new("labels", ERRATA_FIGURE_TIMELINE, "Rows that have their label");
    figure->x_is_time = report_case->performance.windows_are_time;
    figure->x_unit = figure->x_is_time ? ERRATA_UNIT_TIME : ERRATA_UNIT_COUNT;
    figure->y_unit = ERRATA_UNIT_SHARE;
    figure->note = g_strdup("windows under 80 % are not judged");
    figure->description = g_strdup("Share of the rows of each window that have a label by now.");
    series = errata_figure_add_series(figure, "labelled", ERRATA_TONE_NOW, windows->len);
    estimate_alloc(series);
    for (guint i = 0; i < windows->len; i++) {
        const ErrataWindow *window = g_ptr_array_index(windows, i);

        series->x[i] = 0.5 * ((double)window->from + (double)window->to);
        series->y[i] = window->n > 0 ? (double)window->labelled / (double)window->n : (double)NAN;
        series->lo[i] = series->hi[i] = (double)NAN;
    }
    series = errata_figure_add_series(figure, "80 %", ERRATA_TONE_REFERENCE, 2);
    series->x = g_new(double, 2);
    series->y = g_new(double, 2);
    series->x[0] = (double)((const ErrataWindow *)g_ptr_array_index(windows, 0))->from;
    series->x[1] = (double)((const ErrataWindow *)g_ptr_array_index(windows, windows->len - 1))->to;
    series->y[0] = series->y[1] = ESTIMATE_LABELS;
    return figure;
}

/**
 * errata_compose_estimate:
 * @report_case: a finished case
 * @document: gets a section when performance was estimated or labels are missing
 */
void
errata_compose_estimate(const ErrataCase *report_case, ErrataDocument *document)
{
    ErrataFigure *coverage = estimate_coverage(report_case);

    if (report_case->performance.estimate != NULL) {
        errata_compose_section(document, "Estimated without labels", NULL, TRUE);
        estimate_say(report_case, document);
        estimate_table(report_case, document);
        if (report_case->performance.windows->len > 1)
            errata_document_figure(document,
                                   errata_document_take(document, estimate_figure(report_case)))
                ->space = 16.0;
    }
    if (coverage != NULL)
        errata_document_figure(document, errata_document_take(document, coverage))->space = 16.0;
}
