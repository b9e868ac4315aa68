/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "compose.h"

/* The time line of page 1: the case's own figure, or one made from its windows, with a numbered
 * flag for each finding that happened at a time. Flags come last: only a finished case has
 * ranks. */

#define TIMELINE_MAX_FLAGS 8
#define TIMELINE_EVENT     0.6 /* of the axis: what lasts longer is no event */

static double *
timeline_copy(const double *values, guint n)
{
    return values != NULL ? g_memdup2(values, n * sizeof *values) : NULL;
}

static ErrataFigure *
timeline_copy_figure(const ErrataFigure *figure)
{
    ErrataFigure *copy = errata_figure_new(figure->id, figure->kind, figure->title);

    copy->note = g_strdup(figure->note);
    copy->description = g_strdup(figure->description);
    copy->x_label = g_strdup(figure->x_label);
    copy->y_label = g_strdup(figure->y_label);
    copy->x_unit = figure->x_unit;
    copy->y_unit = figure->y_unit;
    copy->x_is_time = figure->x_is_time;
    for (guint i = 0; i < figure->n_series; i++) {
        const ErrataSeries *from = &figure->series[i];
        ErrataSeries *to = errata_figure_add_series(copy, from->label, from->tone, from->n);

        to->x = timeline_copy(from->x, from->n);
        to->y = timeline_copy(from->y, from->n);
        to->lo = timeline_copy(from->lo, from->n);
        to->hi = timeline_copy(from->hi, from->n);
        to->count = timeline_copy(from->count, from->n);
    }
    for (guint i = 0; i < figure->n_marks; i++) {
        const ErrataMark *from = &figure->marks[i];
        ErrataMark *to = errata_figure_add_mark(copy, from->x, from->label, from->tone);

        to->y = from->y;
        to->x_end = from->x_end;
        to->finding = from->finding;
    }
    return copy;
}

/* made from the case's windows */
static ErrataFigure *
timeline_from_windows(const ErrataCase *report_case)
{
    const GPtrArray *windows = report_case->performance.windows;
    ErrataFigure *figure = NULL;
    ErrataSeries *series = NULL;

    figure = errata_figure_new("timeline",
                               ERRATA_FIGURE_TIMELINE,
                               "Error over time, with 95 % interval");
    figure->note = g_strdup("bars: rows");
    figure->x_is_time = report_case->performance.windows_are_time;
    figure->y_unit = report_case->task == ERRATA_TASK_REGRESSION ? ERRATA_UNIT_TARGET
                                                                 : ERRATA_UNIT_SHARE;
    series = errata_figure_add_series(figure, "error", ERRATA_TONE_NOW, windows->len);
    series->x = g_new(double, windows->len);
    series->y = g_new(double, windows->len);
    series->lo = g_new(double, windows->len);
    series->hi = g_new(double, windows->len);
    series->count = g_new(double, windows->len);
    for (guint i = 0; i < windows->len; i++) {
        const ErrataWindow *window = g_ptr_array_index(windows, i);

        series->x[i] = ((double)window->from + (double)window->to) / 2.0;
        series->y[i] = window->error;
        series->lo[i] = window->lo;
        series->hi[i] = window->hi;
        series->count[i] = (double)window->n;
    }
    return figure;
}

static void
timeline_range(const ErrataFigure *figure, double *ret_lo, double *ret_hi)
{
    *ret_lo = G_MAXDOUBLE;
    *ret_hi = -G_MAXDOUBLE;
    for (guint i = 0; i < figure->n_series; i++)
        for (guint j = 0; figure->series[i].x != NULL && j < figure->series[i].n; j++)
            if (isfinite(figure->series[i].x[j])) {
                *ret_lo = MIN(*ret_lo, figure->series[i].x[j]);
                *ret_hi = MAX(*ret_hi, figure->series[i].x[j]);
            }
}

static gboolean
timeline_has_flag(const ErrataFigure *figure, int finding)
{
    for (guint i = 0; i < figure->n_marks; i++)
        if (figure->marks[i].finding == finding)
            return TRUE;
    return FALSE;
}

static const char *
timeline_label(const ErrataFinding *finding)
{
    const ErrataSubject *subject = &finding->subject;

    if (subject->column != NULL)
        return subject->column;
    if (subject->series != NULL && finding->kind == ERRATA_FINDING_CHANGE_POINT)
        return strchr(subject->series, ':') != NULL ? strchr(subject->series, ':') + 1
                                                    : subject->series;
    return errata_finding_kind_say(finding->kind);
}

/* how the report calls a series that is of no column */
static const char *
timeline_words(const char *label, gboolean numbers)
{
    static const char *const words[][3] = {
        {"error_rate", "error rate", "mean absolute error"},
        {"mean_score", "mean score", "mean prediction"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        if (strcmp(label, words[i][0]) == 0)
            return words[i][numbers ? 2 : 1];
    return label;
}

static void
timeline_flag(ErrataFigure *figure, const ErrataFinding *finding, int index, double lo, double hi)
{
    const ErrataSubject *subject = &finding->subject;
    double from = (double)subject->from;
    double to = (double)subject->to;
    ErrataMark *mark = NULL;

    if (subject->has_time != figure->x_is_time || timeline_has_flag(figure, index) ||
        (!subject->has_time && !(to > from)) || MAX(from, to) < lo || from > hi)
        return;
    from = MAX(from, lo);
    if (to - from > (hi - lo) * TIMELINE_EVENT) /* what lasts so long is flagged, not shaded */
        to = from;
    mark = errata_figure_add_mark(
        figure,
        from,
        timeline_words(timeline_label(finding), figure->y_unit != ERRATA_UNIT_SHARE),
        finding->severity >= ERRATA_SEVERITY_MEDIUM ? ERRATA_TONE_ERROR : ERRATA_TONE_REFERENCE);
    mark->finding = index;
    mark->x_end = to > from ? to : (double)NAN;
}

/**
 * errata_compose_timeline:
 * @report_case: a finished case
 * @document: keeps the figure
 *
 * Returns: (transfer none) (nullable): the time line with its flags, %NULL when there is nothing to
 *   draw one from
 */
const ErrataFigure *
errata_compose_timeline(const ErrataCase *report_case, ErrataDocument *document)
{
    ErrataFigure *figure = NULL;
    double lo;
    double hi;

    if (report_case->timeline == NULL && report_case->performance.windows->len < 2)
        return NULL;
    figure = errata_document_take(document,
                                  report_case->timeline != NULL
                                      ? timeline_copy_figure(report_case->timeline)
                                      : timeline_from_windows(report_case));
    timeline_range(figure, &lo, &hi);
    for (guint i = 0; i < report_case->findings->len && figure->n_marks < TIMELINE_MAX_FLAGS; i++)
        timeline_flag(figure, g_ptr_array_index(report_case->findings, i), (int)i, lo, hi);
    return figure;
}
