/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "axis.h"
#include "value.h"

/* One row per series: how the rows of a log spread over a number, thick where there are many,
 * coloured by a second number from low to high. A beeswarm that does not grow with the log. */

#define SWARM_ROW   19.0
#define SWARM_MAX   16
#define SWARM_HALF  7.5 /* half of the thickest place */
#define SWARM_LEAST 0.4

static guint
swarm_n(const ErrataFigure *figure)
{
    return MIN(figure->n_series, SWARM_MAX);
}

static double
swarm_height(const ErrataFigure *figure, ErrataPen *pen, double width)
{
    (void)pen;
    (void)width;
    return MAX(swarm_n(figure), 1) * SWARM_ROW + ERRATA_AXIS_TICK_ROOM + 8.0 +
           (figure->x_label != NULL ? ERRATA_AXIS_NAME_ROOM : 0.0);
}

/* from the accent through grey to the warm tone; grey where there is no number */
static ErrataColour
swarm_colour(double level)
{
    ErrataColour low = errata_theme_colour(ERRATA_INK_NOW);
    ErrataColour middle = errata_theme_colour(ERRATA_INK_REFERENCE);
    ErrataColour high = errata_theme_colour(ERRATA_INK_ERROR);
    ErrataColour end = level < 0.5 ? low : high;
    double part;

    if (!isfinite(level))
        return middle;
    part = fabs(CLAMP(level, 0.0, 1.0) - 0.5) * 2.0;
    return (ErrataColour){middle.red + part * (end.red - middle.red),
                          middle.green + part * (end.green - middle.green),
                          middle.blue + part * (end.blue - middle.blue)};
}

static void
swarm_row(const ErrataSeries *series, ErrataPen *pen, const ErrataScale *scale, double y)
{
    double most = 0.0;
    double step = series->n > 1 ? fabs(errata_scale_map(scale, series->x[1]) -
                                       errata_scale_map(scale, series->x[0]))
                                : 2.0;

    for (guint i = 0; i < series->n; i++)
        most = isfinite(series->count[i]) ? MAX(most, series->count[i]) : most;
    for (guint i = 0; i < series->n && most > 0.0; i++) {
        double half = MAX(SWARM_HALF * sqrt(series->count[i] / most), SWARM_LEAST);
        double x = errata_scale_map(scale, series->x[i]);

        if (!(series->count[i] > 0.0) || !isfinite(x))
            continue;
        errata_pen_cell(pen,
                        swarm_colour(series->y != NULL ? series->y[i] : (double)NAN),
                        x - step / 2.0,
                        y - half,
                        step + 0.15,
                        2.0 * half);
    }
}

static void
swarm_range(const ErrataFigure *figure, double *ret_lo, double *ret_hi)
{
    double lo = 0.0;
    double hi = 0.0;

    for (guint i = 0; i < swarm_n(figure); i++)
        for (guint j = 0; j < figure->series[i].n; j++)
            if (figure->series[i].count[j] > 0.0)
                errata_axis_extend(&lo, &hi, &figure->series[i].x[j], 1);
    if (hi - lo <= 0.0)
        hi = lo + 1.0;
    *ret_lo = lo;
    *ret_hi = hi;
}

static gboolean
swarm_is_whole(const ErrataFigure *figure)
{
    for (guint i = 0; i < swarm_n(figure); i++)
        if (figure->series[i].x == NULL || figure->series[i].count == NULL)
            return FALSE;
    return swarm_n(figure) > 0;
}

static void
swarm_draw(const ErrataFigure *figure, ErrataPen *pen, ErrataArea area)
{
    double labels = 0.0;
    double bottom = area.y + swarm_n(figure) * SWARM_ROW;
    double right = area.x + area.width;
    double left, lo, hi, zero;
    ErrataScale scale;
    ErrataTicks ticks;

    if (!swarm_is_whole(figure)) {
        errata_draw_nothing(pen, area, "nothing to compare");
        return;
    }
    for (guint i = 0; i < swarm_n(figure); i++)
        labels = MAX(labels, errata_pen_measure(pen, ERRATA_STYLE_CELL, figure->series[i].label));
    labels = MIN(labels + 2.0, area.width * 0.4);
    left = area.x + labels + 12.0;
    swarm_range(figure, &lo, &hi);
    scale = errata_scale_new(lo, hi, left, right - 4.0);
    errata_scale_ticks(lo, hi, (guint)CLAMP((right - left) / 60.0, 2, 8), figure->x_unit, &ticks);
    errata_axis_x_grid(pen, &scale, &ticks, area.y, bottom);
    errata_axis_x_labels(pen, &scale, &ticks, bottom + 10.0, left - 10.0, right);
    errata_scale_clear_ticks(&ticks);
    zero = errata_scale_map(&scale, 0.0);
    errata_pen_line(pen, ERRATA_INK_SOFT, ERRATA_THEME_RULE, zero, area.y, zero, bottom);
    if (figure->x_label != NULL)
        errata_pen_text(pen,
                        ERRATA_STYLE_TICK,
                        ERRATA_INK_SOFT,
                        ERRATA_ALIGN_CENTRE,
                        (left + right) / 2.0,
                        bottom + 10.0 + ERRATA_AXIS_NAME_ROOM,
                        right - left,
                        figure->x_label);
    for (guint i = 0; i < swarm_n(figure); i++) {
        double y = area.y + (i + 0.5) * SWARM_ROW;

        errata_pen_text(pen,
                        ERRATA_STYLE_CELL,
                        ERRATA_INK_TEXT,
                        ERRATA_ALIGN_LEFT,
                        area.x,
                        y + 3.0,
                        labels,
                        figure->series[i].label);
        swarm_row(&figure->series[i], pen, &scale, y);
    }
}

const ErrataFigureClass errata_figure_swarm = {swarm_height, swarm_draw};
