/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Performance over time: the headline metrics of every window, as small time lines and as a
 * table. */
#include <math.h>
#include <string.h>

#include "compose.h"
#include "value.h"

#define COURSE_FIGURES 4
#define COURSE_COLUMNS 4
#define COURSE_ROWS    12
#define COURSE_NUMBERS 3 /* columns where values are as long as they please */

static const char *const course_binary_figures[] = {"precision", "recall", "roc_auc", "log_loss"};
static const char *const course_binary_columns[] = {"accuracy", "precision", "recall", "roc_auc"};
static const char *const course_multiclass[] = {"accuracy", "f1_macro", "roc_auc", "log_loss"};
static const char *const course_numbers[] = {"mae", "rmse", "r2", "bias_mean_error"};

static const ErrataMetric *
course_metric(const ErrataWindow *window, const char *name)
{
    for (guint i = 0; window->metrics != NULL && i < window->metrics->len; i++) {
        const ErrataMetric *metric = g_ptr_array_index(window->metrics, i);

        if (g_strcmp0(metric->name, name) == 0)
            return metric;
    }
    return NULL;
}

static guint
course_n_measured(const GPtrArray *windows, const char *name)
{
    guint n = 0;

    for (guint i = 0; i < windows->len; i++) {
        const ErrataMetric *metric = course_metric(g_ptr_array_index(windows, i), name);

        n += metric != NULL && isfinite(metric->value);
    }
    return n;
}

static const char *
course_label(const char *name)
{
    const ErrataMetricWords *words = errata_value_metric(name);

    return words != NULL ? words->label : name;
}

static ErrataFigure *
course_figure(const ErrataCase *report_case, const char *name)
{
    const GPtrArray *windows = report_case->performance.windows;
    const ErrataMetricWords *words = errata_value_metric(name);
    gboolean numbers = report_case->task == ERRATA_TASK_REGRESSION;
    g_autofree char *id = g_strconcat("course-", name, NULL);
    ErrataFigure *figure = errata_figure_new(id, ERRATA_FIGURE_TIMELINE, course_label(name));
    ErrataSeries *series =
        errata_figure_add_series(figure, course_label(name), ERRATA_TONE_NOW, windows->len);

    g_strdelimit(figure->id, "_", '-');
    figure->x_is_time = report_case->performance.windows_are_time;
    figure->x_unit = figure->x_is_time ? ERRATA_UNIT_TIME : ERRATA_UNIT_COUNT;
    figure->y_unit = words != NULL && words->is_share        ? ERRATA_UNIT_SHARE
                     : numbers && g_strcmp0(name, "r2") != 0 ? ERRATA_UNIT_TARGET
                                                             : ERRATA_UNIT_NONE;
    figure->description = g_strdup_printf("%s in %u windows of equal length with a 95 %% band.",
                                          course_label(name),
                                          windows->len);
    series->x = g_new(double, series->n);
    series->y = g_new(double, series->n);
    series->lo = g_new(double, series->n);
    series->hi = g_new(double, series->n);
    series->count = g_new(double, series->n);
    for (guint i = 0; i < windows->len; i++) {
        const ErrataWindow *window = g_ptr_array_index(windows, i);
        const ErrataMetric *metric = course_metric(window, name);

        series->x[i] = 0.5 * ((double)window->from + (double)window->to);
        series->y[i] = metric != NULL ? metric->value : (double)NAN;
        series->lo[i] = metric != NULL ? metric->lo : (double)NAN;
        series->hi[i] = metric != NULL ? metric->hi : (double)NAN;
        series->count[i] = (double)window->n;
    }
    return figure;
}

static void
course_figures(const ErrataCase *report_case, const char *const *names, ErrataDocument *document)
{
    ErrataBlock *block = NULL;

    for (guint i = 0; i < COURSE_FIGURES; i++) {
        if (course_n_measured(report_case->performance.windows, names[i]) < 2)
            continue;
        if (block == NULL || block->n_figures == 2) {
            block = errata_document_add(document, ERRATA_BLOCK_FIGURES);
            block->space = 12.0;
            block->n_slots = 2;
            block->max_height = 120.0;
        }
        errata_block_add_figure(
            block,
            errata_document_take(document, course_figure(report_case, names[i])));
    }
}

/* whether windows begin at hours of days, which take the place of a metric beside them */
static gboolean
course_is_wide(const ErrataPerformance *performance, gboolean years)
{
    for (guint i = 0; performance->windows_are_time && i < performance->windows->len; i++) {
        const ErrataWindow *window = g_ptr_array_index(performance->windows, i);
        g_autofree char *moment = errata_value_moment(window->from, years);

        if (strchr(moment, ',') != NULL)
            return TRUE;
    }
    return FALSE;
}

/* the newest windows; the figures show all, report.json has them */
static void
course_table(const ErrataCase *report_case, const char *const *names, ErrataDocument *document)
{
    const ErrataPerformance *performance = &report_case->performance;
    guint first = performance->windows->len - MIN(performance->windows->len, COURSE_ROWS);
    ErrataBlock *block = errata_document_add(document, ERRATA_BLOCK_TABLE);
    gboolean years = performance->windows_are_time &&
                     !errata_value_same_year(report_case->time_from, report_case->time_to);
    guint n = report_case->task == ERRATA_TASK_REGRESSION ? COURSE_NUMBERS
              : course_is_wide(performance, years)        ? COURSE_COLUMNS - 1
                                                          : COURSE_COLUMNS;

    block->space = 12.0;
    block->may_break = TRUE;
    errata_block_add_column(block, performance->windows_are_time ? "from" : "from row", 0.0, FALSE)
        ->flexible = TRUE;
    errata_block_add_column(block, "rows", 0.0, TRUE);
    for (guint j = 0; j < n; j++) {
        errata_block_add_column(block, errata_value_metric_short(names[j]), 0.0, TRUE);
        errata_block_add_column(block, "", 0.0, FALSE);
    }
    for (guint i = first; i < performance->windows->len; i++) {
        const ErrataWindow *window = g_ptr_array_index(performance->windows, i);

        errata_block_take_cell(block,
                               performance->windows_are_time
                                   ? errata_value_moment(window->from, years)
                                   : errata_value_count((double)window->from));
        errata_block_take_cell(block, errata_value_count((double)window->n));
        for (guint j = 0; j < n; j++) {
            const ErrataMetric *metric = course_metric(window, names[j]);
            gboolean measured = metric != NULL && isfinite(metric->value);

            errata_block_take_cell(block, measured ? errata_value_of_metric(metric) : NULL);
            errata_block_take_cell(block, measured ? errata_value_metric_interval(metric) : NULL)
                ->ink = ERRATA_INK_SOFT;
        }
    }
    errata_block_drop_empty(block, 2);
}

/**
 * errata_compose_course:
 * @report_case: a finished case
 * @document: gets a section when performance was measured in two windows or more
 */
void
errata_compose_course(const ErrataCase *report_case, ErrataDocument *document)
{
    gboolean numbers = report_case->task == ERRATA_TASK_REGRESSION;
    gboolean binary = report_case->task == ERRATA_TASK_BINARY;
    const char *const *columns = numbers  ? course_numbers
                                 : binary ? course_binary_columns
                                          : course_multiclass;

    if (course_n_measured(report_case->performance.windows, columns[0]) < 2)
        return;
    errata_compose_section(
        document,
        report_case->performance.windows_are_time ? "Over time" : "By row order",
        "windows of equal length; bars: predictions; the newest in the table, all in report.json",
        TRUE);
    course_figures(report_case, binary ? course_binary_figures : columns, document);
    course_table(report_case, columns, document);
}
