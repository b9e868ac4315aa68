/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "axis.h"
#include "value.h"

/* One or two distributions over the same bins: now as bars, the reference as an outline. Heights
 * are shares of each distribution's own total. With bin edges the x axis is numeric, else the
 * bins are categories. */

#define HISTOGRAM_MAX_NAMES 40
#define HISTOGRAM_STRENGTH  0.55 /* of the colour: large areas are paler than lines */

/* one category holds all: nothing to see in a bar of full width */
static gboolean
histogram_is_constant(const ErrataFigure *figure)
{
    return figure->n_series > 0 && figure->series[0].n == 1 && figure->edges_x == NULL;
}

static double
histogram_height(const ErrataFigure *figure, ErrataPen *pen, double width)
{
    (void)pen;
    if (histogram_is_constant(figure))
        return ERRATA_DRAW_NOTHING;
    return CLAMP(width * 0.26, 110.0, 140.0);
}

static double
histogram_total(const ErrataSeries *series)
{
    double total = 0.0;

    for (guint i = 0; series->y != NULL && i < series->n; i++)
        if (isfinite(series->y[i]) && series->y[i] > 0.0)
            total += series->y[i];
    return total;
}

static double
histogram_peak(const ErrataFigure *figure)
{
    double peak = 0.0;

    for (guint s = 0; s < figure->n_series; s++) {
        double total = histogram_total(&figure->series[s]);

        for (guint i = 0; total > 0.0 && i < figure->series[s].n; i++)
            if (isfinite(figure->series[s].y[i]))
                peak = MAX(peak, figure->series[s].y[i] / total);
    }
    return peak;
}

static double
histogram_edge(const ErrataFigure *figure, const ErrataPlot *plot, guint index)
{
    guint last = figure->series[0].n; /* edges are those of the first series */
    double at = figure->edges_x != NULL ? figure->edges_x[MIN(index, last)] : (double)index;

    return CLAMP(errata_scale_map(&plot->x, at), plot->area.x, plot->area.x + plot->area.width);
}

static void
histogram_bars(const ErrataFigure *figure,
               const ErrataSeries *series,
               ErrataPen *pen,
               const ErrataPlot *plot)
{
    double total = histogram_total(series);
    double bottom = plot->area.y + plot->area.height;

    for (guint i = 0; total > 0.0 && i < series->n; i++) {
        double left = histogram_edge(figure, plot, i);
        double right = histogram_edge(figure, plot, i + 1);
        double top = errata_scale_map(&plot->y, series->y[i] / total);
        double gap = MIN((right - left) * 0.12, 2.0);

        if (isfinite(top) && bottom - top > 0.0)
            errata_pen_cell(pen,
                            errata_theme_mix(errata_theme_tone(series->tone), HISTOGRAM_STRENGTH),
                            left + gap / 2.0,
                            MIN(top, bottom - 0.5),
                            right - left - gap,
                            MAX(bottom - top, 0.5));
    }
}

static void
histogram_outline(const ErrataFigure *figure,
                  const ErrataSeries *series,
                  ErrataPen *pen,
                  const ErrataPlot *plot)
{
    double total = histogram_total(series);
    g_autofree double *x = g_new(double, 2 * series->n + 2);
    g_autofree double *y = g_new(double, 2 * series->n + 2);
    double bottom = plot->area.y + plot->area.height;
    guint n = 0;

    if (!(total > 0.0))
        return;
    x[n] = histogram_edge(figure, plot, 0);
    y[n++] = bottom;
    for (guint i = 0; i < series->n; i++) {
        double top = isfinite(series->y[i]) ? errata_scale_map(&plot->y, series->y[i] / total)
                                            : bottom;

        x[n] = histogram_edge(figure, plot, i);
        y[n++] = top;
        x[n] = histogram_edge(figure, plot, i + 1);
        y[n++] = top;
    }
    x[n] = x[n - 1];
    y[n++] = bottom;
    errata_pen_curve(pen, ERRATA_INK_TEXT, 1.0, x, y, n);
}

/* categories have no shape to outline: a tick across each bar */
static void
histogram_ticks(const ErrataFigure *figure,
                const ErrataSeries *series,
                ErrataPen *pen,
                const ErrataPlot *plot)
{
    double total = histogram_total(series);

    for (guint i = 0; total > 0.0 && i < series->n; i++) {
        double top = errata_scale_map(&plot->y, series->y[i] / total);

        if (isfinite(top))
            errata_pen_line(pen,
                            ERRATA_INK_TEXT,
                            1.4,
                            histogram_edge(figure, plot, i) + 1.0,
                            top,
                            histogram_edge(figure, plot, i + 1) - 1.0,
                            top);
    }
}

static const char *
histogram_name(const ErrataFigure *figure, guint index)
{
    const ErrataSeries *series = &figure->series[0];

    if (series->labels != NULL && index < g_strv_length(series->labels))
        return series->labels[index];
    if (figure->columns != NULL && index < figure->n_columns)
        return figure->columns[index];
    return NULL;
}

static void
histogram_names(const ErrataFigure *figure, ErrataPen *pen, const ErrataPlot *plot)
{
    guint n = MIN(figure->series[0].n, HISTOGRAM_MAX_NAMES);
    double room = plot->area.width / MAX(figure->series[0].n, 1);
    guint step = room < 20.0 ? (guint)ceil(20.0 / room) : 1;

    for (guint i = 0; i < n; i += step) {
        const char *name = histogram_name(figure, i);
        double left = histogram_edge(figure, plot, i);

        if (name != NULL)
            errata_pen_text(pen,
                            ERRATA_STYLE_TICK,
                            ERRATA_INK_SOFT,
                            ERRATA_ALIGN_CENTRE,
                            left + room / 2.0,
                            plot->area.y + plot->area.height + 10.0,
                            room * step - 4.0,
                            name);
    }
}

/* which is which, in the two colours, at the right above the bars */
static void
histogram_key(const ErrataFigure *figure, ErrataPen *pen, ErrataArea area)
{
    double right = area.x + area.width;

    for (guint s = MIN(figure->n_series, 2); figure->n_series > 1 && s > 0; s--) {
        const ErrataSeries *series = &figure->series[s - 1];
        double width;

        if (series->label == NULL)
            continue;
        width = errata_pen_text(pen,
                                ERRATA_STYLE_NOTE,
                                ERRATA_INK_SOFT,
                                ERRATA_ALIGN_RIGHT,
                                right,
                                area.y + 6.0,
                                area.width * 0.3,
                                series->label);
        if (series->tone == ERRATA_TONE_REFERENCE)
            errata_pen_line(pen,
                            ERRATA_INK_TEXT,
                            1.0,
                            right - width - 11.0,
                            area.y + 3.5,
                            right - width - 4.0,
                            area.y + 3.5);
        else
            errata_pen_cell(pen,
                            errata_theme_mix(errata_theme_tone(series->tone), HISTOGRAM_STRENGTH),
                            right - width - 10.0,
                            area.y + 0.5,
                            6.0,
                            6.0);
        right -= width + 22.0;
    }
}

static void
histogram_draw(const ErrataFigure *figure, ErrataPen *pen, ErrataArea area)
{
    double peak = histogram_peak(figure) * 1.05;
    guint n = figure->n_series > 0 ? figure->series[0].n : 0;
    gboolean named = figure->edges_x == NULL;
    ErrataPlot plot;

    if (n == 0 || !(peak > 0.0)) {
        errata_draw_nothing(pen, area, "no values to count");
        return;
    }
    if (histogram_is_constant(figure)) {
        errata_draw_nothing(pen, area, "one value in every row");
        return;
    }
    plot = errata_axis_plot(&(ErrataAxes){.x_lo = named ? 0.0 : figure->edges_x[0],
                                          .x_hi = named ? (double)n : figure->edges_x[n],
                                          .y_lo = 0.0,
                                          .y_hi = peak,
                                          .x_unit = figure->x_unit,
                                          .y_unit = ERRATA_UNIT_SHARE,
                                          .x_is_time = figure->x_is_time,
                                          .x_named = named,
                                          .x_label = figure->x_label,
                                          .above = figure->n_series > 1 ? 10.0 : 0.0},
                            pen,
                            area);
    for (guint s = 0; s < figure->n_series; s++)
        if (figure->series[s].tone == ERRATA_TONE_REFERENCE && figure->n_series > 1)
            (named ? histogram_ticks : histogram_outline)(figure, &figure->series[s], pen, &plot);
        else
            histogram_bars(figure, &figure->series[s], pen, &plot);
    if (named)
        histogram_names(figure, pen, &plot);
    histogram_key(figure, pen, area);
}

const ErrataFigureClass errata_figure_histogram = {histogram_height, histogram_draw};
