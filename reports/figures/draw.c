/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "draw.h"

#include <math.h>

#include "axis.h"

#define DRAW_TITLE_ROOM 18.0
#define DRAW_NOTE_GAP   12.0 /* between a title and its note */

static const ErrataFigureClass *
draw_class(const ErrataFigure *figure)
{
    switch (figure->kind) {
    case ERRATA_FIGURE_DOTS:
        return &errata_figure_dots;
    case ERRATA_FIGURE_LINES:
        return &errata_figure_lines;
    case ERRATA_FIGURE_TIMELINE:
        return &errata_figure_timeline;
    case ERRATA_FIGURE_HISTOGRAM:
        return &errata_figure_histogram;
    case ERRATA_FIGURE_MATRIX:
        return &errata_figure_matrix;
    case ERRATA_FIGURE_BARS:
        return &errata_figure_bars;
    case ERRATA_FIGURE_DENSITY:
        return &errata_figure_density;
    case ERRATA_FIGURE_TREE:
        return &errata_figure_tree;
    case ERRATA_FIGURE_MAP:
        return &errata_figure_map;
    case ERRATA_FIGURE_SWARM:
        return &errata_figure_swarm;
    }
    g_return_val_if_reached(&errata_figure_bars);
}

/**
 * errata_draw_height:
 * @figure: a figure
 * @pen: measures
 * @width: it will get
 *
 * Returns: the height it should get, title included
 */
double
errata_draw_height(const ErrataFigure *figure, ErrataPen *pen, double width)
{
    return draw_class(figure)->height(figure, pen, width) + DRAW_TITLE_ROOM;
}

/**
 * errata_draw_figure:
 * @figure: a figure
 * @pen: draws
 * @area: nothing is drawn outside
 *
 * Draws title, note and the figure itself.
 */
void
errata_draw_figure(const ErrataFigure *figure, ErrataPen *pen, ErrataArea area)
{
    double title = errata_pen_measure(pen, ERRATA_STYLE_STRONG, figure->title);
    double room = MAX(area.width - title - DRAW_NOTE_GAP, area.width / 2.0);
    double note = 0.0;

    if (figure->note != NULL && *figure->note != '\0') {
        note = MIN(errata_pen_measure(pen, ERRATA_STYLE_NOTE, figure->note), room);
        errata_pen_text(pen,
                        ERRATA_STYLE_NOTE,
                        ERRATA_INK_SOFT,
                        ERRATA_ALIGN_RIGHT,
                        area.x + area.width,
                        area.y + 9.0,
                        room,
                        figure->note);
        note += DRAW_NOTE_GAP;
    }
    errata_pen_text(pen,
                    ERRATA_STYLE_STRONG,
                    ERRATA_INK_TEXT,
                    ERRATA_ALIGN_LEFT,
                    area.x,
                    area.y + 9.0,
                    area.width - note,
                    figure->title);
    area.y += DRAW_TITLE_ROOM;
    area.height -= DRAW_TITLE_ROOM;
    draw_class(figure)->draw(figure, pen, area);
}

void
errata_draw_nothing(ErrataPen *pen, ErrataArea area, const char *why)
{
    errata_pen_box(pen,
                   ERRATA_INK_PALE,
                   area.x,
                   area.y,
                   area.width,
                   MIN(area.height, ERRATA_DRAW_NOTHING));
    errata_pen_text(pen,
                    ERRATA_STYLE_NOTE,
                    ERRATA_INK_SOFT,
                    ERRATA_ALIGN_LEFT,
                    area.x + 10.0,
                    area.y + MIN(area.height, ERRATA_DRAW_NOTHING) / 2.0 + 2.5,
                    area.width - 20.0,
                    why);
}

/* a line through the values, its end marked */
void
errata_draw_spark(ErrataPen *pen, ErrataArea area, const double *value, guint n)
{
    double lo = (double)NAN;
    double hi = (double)NAN;
    g_autofree double *x = g_new(double, MAX(n, 1));
    g_autofree double *y = g_new(double, MAX(n, 1));
    ErrataScale scale;

    errata_axis_extend(&lo, &hi, value, n);
    if (!isfinite(lo) || n < 2)
        return;
    scale = errata_scale_new(lo, hi, area.y + area.height, area.y);
    for (guint i = 0; i < n; i++) {
        x[i] = area.x + area.width * i / (n - 1.0);
        y[i] = errata_scale_map(&scale, value[i]);
    }
    errata_pen_curve(pen, ERRATA_INK_NOW, 1.0, x, y, n);
    for (guint i = n; i > 0; i--)
        if (isfinite(y[i - 1])) {
            errata_pen_dot(pen, ERRATA_INK_NOW, x[i - 1], y[i - 1], 1.6);
            break;
        }
}

static double
draw_total(const ErrataSeries *series, double *ret_peak)
{
    double total = 0.0;
    double peak = 0.0;

    for (guint i = 0; series->y != NULL && i < series->n; i++)
        if (isfinite(series->y[i]) && series->y[i] > 0.0) {
            total += series->y[i];
            peak = MAX(peak, series->y[i]);
        }
    *ret_peak = total > 0.0 ? peak / total : 0.0;
    return total;
}

/* the first series as bars, the second (the reference) as ticks across them, each as shares of its
 * own total */
void
errata_draw_small_histogram(ErrataPen *pen, ErrataArea area, const ErrataFigure *figure)
{
    double peak = 0.0;

    for (guint s = 0; s < MIN(figure->n_series, 2); s++) {
        double own;

        draw_total(&figure->series[s], &own);
        peak = MAX(peak, own);
    }
    for (guint s = 0; s < MIN(figure->n_series, 2) && peak > 0.0; s++) {
        const ErrataSeries *series = &figure->series[s];
        double own;
        double total = draw_total(series, &own);
        double width = area.width / MAX(series->n, 1);
        gboolean reference = series->tone == ERRATA_TONE_REFERENCE;

        for (guint i = 0; total > 0.0 && i < series->n; i++) {
            double height = series->y[i] / total / peak * area.height;
            double x = area.x + width * i;
            double y = area.y + area.height - height;

            if (!(height > 0.0))
                continue;
            if (reference && figure->n_series > 1)
                errata_pen_line(pen, ERRATA_INK_TEXT, 0.7, x, y, x + width, y);
            else
                errata_pen_cell(pen,
                                errata_theme_mix(ERRATA_INK_NOW, 0.6),
                                x + width * 0.06,
                                MIN(y, area.y + area.height - 0.4),
                                width * 0.88,
                                MAX(height, 0.4));
        }
    }
}
