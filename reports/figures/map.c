/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "axis.h"

/* Points in a plane that has no scales: only who is near whom counts. Grey ones first, those with
 * emphasis on top; marks name places. The points of a series are one path. */

#define MAP_POINT  1.6
#define MAP_STRONG 2.2

static double
map_height(const ErrataFigure *figure, ErrataPen *pen, double width)
{
    (void)figure;
    (void)pen;
    return CLAMP(width * 0.5, 130.0, 210.0);
}

static void
map_points(const ErrataSeries *series, ErrataPen *pen, const ErrataPlot *plot)
{
    cairo_t *target = errata_pen_target(pen);
    ErrataColour colour = errata_theme_mix(errata_theme_tone(series->tone),
                                           series->emphasis ? 1.0 : 0.45);
    double size = series->emphasis ? MAP_STRONG : MAP_POINT;

    if (target == NULL || series->x == NULL || series->y == NULL)
        return;
    cairo_set_source_rgb(target, colour.red, colour.green, colour.blue);
    for (guint i = 0; i < series->n; i++) {
        if (!isfinite(series->x[i]) || !isfinite(series->y[i]))
            continue;
        cairo_rectangle(target,
                        errata_scale_map(&plot->x, series->x[i]) - size / 2.0,
                        errata_scale_map(&plot->y, series->y[i]) - size / 2.0,
                        size,
                        size);
    }
    cairo_fill(target);
}

static void
map_names(const ErrataFigure *figure, ErrataPen *pen, const ErrataPlot *plot)
{
    ErrataLabels labels = errata_axis_labels(plot->area);

    for (guint pass = 0; pass < 2; pass++)
        for (guint i = 0; i < figure->n_marks; i++) {
            const ErrataMark *mark = &figure->marks[i];
            gboolean strong = mark->tone == ERRATA_TONE_ERROR;

            if (strong != (pass == 0) || !isfinite(mark->x) || !isfinite(mark->y))
                continue;
            errata_axis_place(&labels,
                              pen,
                              strong ? ERRATA_STYLE_NOTE_STRONG : ERRATA_STYLE_NOTE,
                              strong ? ERRATA_INK_ERROR : ERRATA_INK_SOFT,
                              errata_scale_map(&plot->x, mark->x),
                              errata_scale_map(&plot->y, mark->y),
                              8.0,
                              mark->label);
        }
    errata_axis_clear_labels(&labels);
}

static void
map_draw(const ErrataFigure *figure, ErrataPen *pen, ErrataArea area)
{
    double x_lo = (double)NAN, x_hi = (double)NAN, y_lo = (double)NAN, y_hi = (double)NAN;
    ErrataPlot plot = {.area = area};

    for (guint i = 0; i < figure->n_series; i++) {
        errata_axis_extend(&x_lo,
                           &x_hi,
                           figure->series[i].x,
                           figure->series[i].x != NULL ? figure->series[i].n : 0);
        errata_axis_extend(&y_lo,
                           &y_hi,
                           figure->series[i].y,
                           figure->series[i].y != NULL ? figure->series[i].n : 0);
    }
    if (!isfinite(x_lo) || !isfinite(y_lo)) {
        errata_draw_nothing(pen, area, "no errors to draw");
        return;
    }
    plot.x = errata_scale_new(x_lo, x_hi, area.x + 4.0, area.x + area.width - 4.0);
    plot.y = errata_scale_new(y_lo, y_hi, area.y + area.height - 4.0, area.y + 4.0);
    for (guint pass = 0; pass < 2; pass++)
        for (guint i = 0; i < figure->n_series; i++)
            if (figure->series[i].emphasis == (pass == 1))
                map_points(&figure->series[i], pen, &plot);
    map_names(figure, pen, &plot);
}

const ErrataFigureClass errata_figure_map = {map_height, map_draw};
