/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "axis.h"

/* Counts in two dimensions as a few steps of one colour, on a logarithmic scale, so that a million
 * rows and ten rows both show their shape. Cells of one step are one path. */

#define DENSITY_STEPS 7

static double
density_height(const ErrataFigure *figure, ErrataPen *pen, double width)
{
    (void)figure;
    (void)pen;
    return CLAMP(width * 0.86, 150.0, 232.0);
}

static int
density_step(double count, double peak)
{
    if (!isfinite(count) || count <= 0.0)
        return -1;
    return (int)MIN(floor(log1p(count) / log1p(peak) * DENSITY_STEPS), DENSITY_STEPS - 1.0);
}

static void
density_cells(const ErrataFigure *figure,
              ErrataPen *pen,
              const ErrataPlot *plot,
              double peak,
              int step)
{
    cairo_t *target = errata_pen_target(pen);
    ErrataColour colour = errata_theme_mix(ERRATA_INK_NOW,
                                           0.12 + 0.88 * step / (DENSITY_STEPS - 1.0));

    if (target == NULL)
        return;
    cairo_set_source_rgb(target, colour.red, colour.green, colour.blue);
    for (guint row = 0; row < figure->n_rows; row++)
        for (guint column = 0; column < figure->n_columns; column++) {
            double left = errata_scale_map(&plot->x, figure->edges_x[column]);
            double right = errata_scale_map(&plot->x, figure->edges_x[column + 1]);
            double bottom = errata_scale_map(&plot->y, figure->edges_y[row]);
            double top = errata_scale_map(&plot->y, figure->edges_y[row + 1]);

            if (density_step(figure->cells[row * figure->n_columns + column], peak) == step)
                cairo_rectangle(target, left, top, right - left, bottom - top);
        }
    cairo_fill(target);
}

static void
density_draw(const ErrataFigure *figure, ErrataPen *pen, ErrataArea area)
{
    ErrataAxes axes = errata_axis_of(figure);
    ErrataPlot plot;
    double least = (double)NAN;
    double peak = (double)NAN;

    errata_axis_extend(&least,
                       &peak,
                       figure->cells,
                       figure->cells != NULL ? figure->n_rows * figure->n_columns : 0);
    if (!(peak > 0.0) || figure->edges_x == NULL || figure->edges_y == NULL) {
        errata_draw_nothing(pen, area, "no rows to draw");
        return;
    }
    axes.x_lo = figure->edges_x[0];
    axes.x_hi = figure->edges_x[figure->n_columns];
    axes.y_lo = figure->edges_y[0];
    axes.y_hi = figure->edges_y[figure->n_rows];
    plot = errata_axis_plot(&axes, pen, area);
    for (int step = 0; step < DENSITY_STEPS; step++)
        density_cells(figure, pen, &plot, peak, step);
    if (figure->reference_line && MIN(axes.x_hi, axes.y_hi) > MAX(axes.x_lo, axes.y_lo))
        errata_pen_dashes(pen,
                          ERRATA_INK_TEXT,
                          errata_scale_map(&plot.x, MAX(axes.x_lo, axes.y_lo)),
                          errata_scale_map(&plot.y, MAX(axes.x_lo, axes.y_lo)),
                          errata_scale_map(&plot.x, MIN(axes.x_hi, axes.y_hi)),
                          errata_scale_map(&plot.y, MIN(axes.x_hi, axes.y_hi)));
}

const ErrataFigureClass errata_figure_density = {density_height, density_draw};
