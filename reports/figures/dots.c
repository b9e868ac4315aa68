/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "axis.h"
#include "value.h"

/* One row per series: label, count, dot with interval, value. A slice against its parents and
 * the rest. */

#define DOTS_ROW  18.0
#define DOTS_LINE 10.5 /* more for a label of two lines */
#define DOTS_MAX  24

static guint
dots_n(const ErrataFigure *figure)
{
    return MIN(figure->n_series, DOTS_MAX);
}

static void
dots_range(const ErrataFigure *figure, double *ret_lo, double *ret_hi)
{
    double lo = (double)NAN;
    double hi = (double)NAN;

    for (guint i = 0; i < dots_n(figure); i++) {
        const ErrataSeries *series = &figure->series[i];

        errata_axis_extend(&lo, &hi, series->y, MIN(series->n, 1));
        errata_axis_extend(&lo, &hi, series->lo, MIN(series->n, 1));
        errata_axis_extend(&lo, &hi, series->hi, MIN(series->n, 1));
    }
    if (isfinite(lo) && lo > 0.0)
        lo = 0.0;
    if (isfinite(hi) && hi < 0.0)
        hi = 0.0;
    errata_scale_repair(&lo, &hi);
    *ret_lo = lo;
    *ret_hi = hi;
}

/* widths of the widest label, count and value */
typedef struct {
    double label;
    double count;
    double value;
} DotsRoom;

static char *
dots_value(const ErrataSeries *series, ErrataUnit unit)
{
    double none = (double)NAN;

    if (series->y == NULL || series->n == 0)
        return errata_value_of_unit(none, none, none, unit);
    return errata_value_of_unit(series->y[0],
                                series->lo != NULL ? series->lo[0] : none,
                                series->hi != NULL ? series->hi[0] : none,
                                unit);
}

static char *
dots_count(const ErrataSeries *series)
{
    if (series->count == NULL || series->n == 0 || !isfinite(series->count[0]))
        return g_strdup("");
    return errata_value_count(series->count[0]);
}

static DotsRoom
dots_room(const ErrataFigure *figure, ErrataPen *pen, double width)
{
    DotsRoom room = {0};

    for (guint i = 0; i < dots_n(figure); i++) {
        const ErrataSeries *series = &figure->series[i];
        ErrataStyle style = series->emphasis ? ERRATA_STYLE_CELL_STRONG : ERRATA_STYLE_CELL;
        g_autofree char *value = dots_value(series, figure->y_unit);
        g_autofree char *count = dots_count(series);

        room.label = MAX(room.label, errata_pen_measure(pen, style, series->label));
        room.count = MAX(room.count, errata_pen_measure(pen, ERRATA_STYLE_CELL, count));
        room.value = MAX(room.value, errata_pen_measure(pen, style, value));
    }
    room.label = MIN(room.label + 1.0, width * 0.44);
    room.count = MIN(room.count + 12.0, width * 0.2);
    room.value = MIN(room.value + 10.0, width * 0.2);
    return room;
}

static ErrataStyle
dots_style(const ErrataSeries *series)
{
    return series->emphasis ? ERRATA_STYLE_CELL_STRONG : ERRATA_STYLE_CELL;
}

/* a label that is too long has two lines rather than a gap */
static double
dots_row_height(const ErrataSeries *series, ErrataPen *pen, const DotsRoom *room)
{
    return DOTS_ROW + (errata_pen_measure(pen, dots_style(series), series->label) > room->label
                           ? DOTS_LINE
                           : 0.0);
}

static double
dots_rows_height(const ErrataFigure *figure, ErrataPen *pen, const DotsRoom *room)
{
    double height = 0.0;

    for (guint i = 0; i < dots_n(figure); i++)
        height += dots_row_height(&figure->series[i], pen, room);
    return height;
}

static double
dots_height(const ErrataFigure *figure, ErrataPen *pen, double width)
{
    DotsRoom room = dots_room(figure, pen, width);

    return dots_rows_height(figure, pen, &room) + ERRATA_AXIS_TICK_ROOM + 8.0 +
           (figure->x_label != NULL ? ERRATA_AXIS_NAME_ROOM : 0.0);
}

static void
dots_row(const ErrataSeries *series,
         ErrataPen *pen,
         const ErrataScale *scale,
         ErrataUnit unit,
         double right,
         double y)
{
    double value = series->y != NULL && series->n > 0 ? series->y[0] : (double)NAN;
    double lo = series->lo != NULL && series->n > 0 ? series->lo[0] : (double)NAN;
    double hi = series->hi != NULL && series->n > 0 ? series->hi[0] : (double)NAN;
    ErrataInk ink = errata_theme_tone(series->tone);
    g_autofree char *text = dots_value(series, unit);
    ErrataBeside beside = {.left = scale->from, .right = right};

    if (!isfinite(value)) {
        errata_pen_text(pen,
                        ERRATA_STYLE_NOTE,
                        ERRATA_INK_SOFT,
                        ERRATA_ALIGN_LEFT,
                        scale->from,
                        y + 3.0,
                        right - scale->from,
                        "too few rows");
        return;
    }
    if (isfinite(lo) && isfinite(hi))
        errata_pen_line(pen,
                        ink,
                        series->emphasis ? 2.2 : 1.4,
                        errata_scale_map(scale, lo),
                        y,
                        errata_scale_map(scale, hi),
                        y);
    errata_pen_dot(pen, ink, errata_scale_map(scale, value), y, series->emphasis ? 3.6 : 2.8);
    beside.after = MAX(errata_scale_map(scale, isfinite(hi) ? hi : value),
                       errata_scale_map(scale, value) + 3.0) +
                   6.0;
    beside.before = MIN(errata_scale_map(scale, isfinite(lo) ? lo : value),
                        errata_scale_map(scale, value) - 3.0) -
                    6.0;
    errata_axis_value(pen,
                      series->emphasis ? ERRATA_STYLE_CELL_STRONG : ERRATA_STYLE_CELL,
                      series->emphasis ? ink : ERRATA_INK_SOFT,
                      beside,
                      y + 3.0,
                      text);
}

static void
dots_labels(const ErrataSeries *series, ErrataPen *pen, double x, const DotsRoom *room, double y)
{
    g_autofree char *count = dots_count(series);

    errata_pen_paragraph(pen,
                         dots_style(series),
                         ERRATA_INK_TEXT,
                         x,
                         y + 3.0 - (dots_row_height(series, pen, room) - DOTS_ROW) / 2.0,
                         room->label,
                         2,
                         series->label);
    errata_pen_text(pen,
                    ERRATA_STYLE_CELL,
                    ERRATA_INK_SOFT,
                    ERRATA_ALIGN_RIGHT,
                    x + room->label + room->count,
                    y + 3.0,
                    room->count,
                    count);
}

static void
dots_draw(const ErrataFigure *figure, ErrataPen *pen, ErrataArea area)
{
    guint n = dots_n(figure);
    DotsRoom room = dots_room(figure, pen, area.width);
    double left = area.x + room.label + room.count + 14.0;
    double right = area.x + area.width;
    double bottom = area.y + 4.0 + dots_rows_height(figure, pen, &room);
    double top = area.y + 4.0;
    double lo;
    double hi;
    ErrataScale scale;
    ErrataTicks ticks;

    if (n == 0) {
        errata_draw_nothing(pen, area, "nothing to compare");
        return;
    }
    dots_range(figure, &lo, &hi);
    scale = errata_scale_new(lo, hi, left, right - room.value);
    errata_scale_ticks(lo, hi, (guint)CLAMP((right - left) / 56.0, 2, 6), figure->y_unit, &ticks);
    errata_axis_x_grid(pen, &scale, &ticks, area.y, bottom);
    errata_axis_x_labels(pen, &scale, &ticks, bottom + 10.0, left - 10.0, right);
    errata_scale_clear_ticks(&ticks);
    for (guint i = 0; i < n; i++) {
        double height = dots_row_height(&figure->series[i], pen, &room);
        double y = top + height / 2.0;

        dots_labels(&figure->series[i], pen, area.x, &room, y);
        dots_row(&figure->series[i], pen, &scale, figure->y_unit, right, y);
        top += height;
    }
}

const ErrataFigureClass errata_figure_dots = {dots_height, dots_draw};
