/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "axis.h"
#include "precision.h"
#include "value.h"

/* Horizontal bars from zero: one per series, or one per point of the first series where points
 * have names. A series of steps begins where the bars before it end, and a thin line leads
 * there. */

#define BARS_ROW     16.0
#define BARS_BILLION 1e9 /* from here on three digits are told */
#define BARS_MAX     30

/* one bar */
typedef struct {
    const char *label;
    double value;
    double from; /* where it begins: 0, or where the bars before it end */
    double lo;
    double hi;
    ErrataTone tone;
    gboolean emphasis;
    gboolean step;
} Bar;

static guint
bars_n(const ErrataFigure *figure)
{
    if (figure->n_series == 1 && figure->series[0].labels != NULL)
        return MIN(MIN(figure->series[0].n, g_strv_length(figure->series[0].labels)), BARS_MAX);
    return MIN(figure->n_series, BARS_MAX);
}

static double
bars_at(const double *values, guint index, guint n)
{
    return values != NULL && index < n ? values[index] : (double)NAN;
}

/* bars of steps end at the sum of all since the last that begins at zero */
static double
bars_from(const ErrataFigure *figure, guint index)
{
    double from = 0.0;

    if (!figure->series[index].step)
        return 0.0;
    for (guint i = index; i-- > 0;) {
        double value = bars_at(figure->series[i].y, 0, figure->series[i].n);

        from += isfinite(value) ? value : 0.0;
        if (!figure->series[i].step)
            break;
    }
    return from;
}

static Bar
bars_get(const ErrataFigure *figure, guint index)
{
    gboolean points = figure->n_series == 1 && figure->series[0].labels != NULL;
    const ErrataSeries *series = &figure->series[points ? 0 : index];
    guint at = points ? index : 0;

    return (Bar){.label = points ? series->labels[index] : series->label,
                 .value = bars_at(series->y, at, series->n),
                 .from = bars_from(figure, points ? 0 : index),
                 .lo = bars_at(series->lo, at, series->n),
                 .hi = bars_at(series->hi, at, series->n),
                 .tone = series->tone,
                 .emphasis = series->emphasis,
                 .step = series->step};
}

static double
bars_height(const ErrataFigure *figure, ErrataPen *pen, double width)
{
    (void)pen;
    (void)width;
    return MAX(bars_n(figure), 1) * BARS_ROW + ERRATA_AXIS_TICK_ROOM + 8.0;
}

/* the place that all values of a figure are rounded at, for comparing them; G_MAXINT: each its
 * own */
static int
bars_place(const ErrataFigure *figure)
{
    double most = 0.0;

    if (figure->y_unit != ERRATA_UNIT_NONE && figure->y_unit != ERRATA_UNIT_TARGET)
        return G_MAXINT;
    for (guint i = 0; i < bars_n(figure); i++) {
        Bar bar = bars_get(figure, i);

        if (isfinite(bar.lo) || isfinite(bar.hi))
            return G_MAXINT;
        if (fabs(bar.value) > most)
            most = fabs(bar.value);
    }
    if (!(most > 0.0) || !isfinite(most))
        return G_MAXINT;
    return MIN((int)floor(log10(most)) - 2, most >= BARS_BILLION ? 12 : 0);
}

static char *
bars_value(const Bar *bar, ErrataUnit unit, int place)
{
    if (place == G_MAXINT || !isfinite(bar->value) || place < -6)
        return errata_value_of_unit(bar->value, bar->lo, bar->hi, unit);
    return errata_precision_print(bar->value, place);
}

static void
bars_row(const Bar *bar,
         ErrataPen *pen,
         const ErrataScale *scale,
         const char *text,
         double right,
         double y)
{
    double zero = errata_scale_map(scale, bar->from);
    double at = errata_scale_map(scale, bar->from + bar->value);
    double end = MAX(zero, at);

    if (bar->step)
        errata_pen_line(pen, ERRATA_INK_SOFT, 0.5, zero, y - BARS_ROW + 4.5, zero, y + 4.5);
    if (isfinite(bar->value))
        errata_pen_rectangle(pen,
                             errata_theme_tone(bar->tone),
                             MIN(zero, at),
                             y - 4.5,
                             MAX(fabs(at - zero), 0.6),
                             9.0);
    else
        end = zero;
    if (isfinite(bar->lo) && isfinite(bar->hi)) {
        errata_pen_line(pen,
                        ERRATA_INK_TEXT,
                        0.9,
                        errata_scale_map(scale, bar->lo),
                        y,
                        errata_scale_map(scale, bar->hi),
                        y);
        end = MAX(end, errata_scale_map(scale, bar->hi));
    }
    errata_axis_value(pen,
                      bar->emphasis ? ERRATA_STYLE_NOTE_STRONG : ERRATA_STYLE_NOTE,
                      ERRATA_INK_SOFT,
                      (ErrataBeside){MIN(zero, at) - 5.0, end + 5.0, scale->from, right},
                      y + 2.7,
                      text);
}

static void
bars_range(const ErrataFigure *figure, double *ret_lo, double *ret_hi)
{
    double lo = 0.0;
    double hi = figure->axis_to;

    for (guint i = 0; i < bars_n(figure); i++) {
        Bar bar = bars_get(figure, i);

        bar.value += bar.from;
        errata_axis_extend(&lo, &hi, &bar.value, 1);
        errata_axis_extend(&lo, &hi, &bar.lo, 1);
        errata_axis_extend(&lo, &hi, &bar.hi, 1);
    }
    if (hi - lo <= 0.0)
        hi = lo + 1.0;
    *ret_lo = lo;
    *ret_hi = hi;
}

static void
bars_draw(const ErrataFigure *figure, ErrataPen *pen, ErrataArea area)
{
    guint n = bars_n(figure);
    int place = bars_place(figure);
    double labels = 0.0;
    double values = 0.0;
    double bottom = area.y + n * BARS_ROW;
    double left;
    double lo;
    double hi;
    ErrataScale scale;
    ErrataTicks ticks;

    if (n == 0) {
        errata_draw_nothing(pen, area, "nothing to compare");
        return;
    }
    for (guint i = 0; i < n; i++) {
        Bar bar = bars_get(figure, i);
        g_autofree char *value = bars_value(&bar, figure->y_unit, place);

        labels = MAX(labels, errata_pen_measure(pen, ERRATA_STYLE_CELL, bar.label));
        values = MAX(values, errata_pen_measure(pen, ERRATA_STYLE_NOTE_STRONG, value));
    }
    labels = MIN(labels + 2.0, area.width * 0.5);
    values = MIN(values + 8.0, area.width * 0.25);
    left = area.x + labels + 10.0;
    bars_range(figure, &lo, &hi);
    scale = errata_scale_new(lo, hi, left, area.x + area.width - values);
    errata_scale_ticks(lo,
                       hi,
                       (guint)CLAMP((area.x + area.width - left) / 56.0, 2, 6),
                       figure->y_unit,
                       &ticks);
    errata_axis_x_grid(pen, &scale, &ticks, area.y, bottom);
    errata_axis_x_labels(pen, &scale, &ticks, bottom + 10.0, left - 10.0, area.x + area.width);
    errata_scale_clear_ticks(&ticks);
    for (guint i = 0; i < n; i++) {
        Bar bar = bars_get(figure, i);
        g_autofree char *value = bars_value(&bar, figure->y_unit, place);
        double y = area.y + (i + 0.5) * BARS_ROW;

        errata_pen_text(pen,
                        bar.emphasis ? ERRATA_STYLE_CELL_STRONG : ERRATA_STYLE_CELL,
                        ERRATA_INK_TEXT,
                        ERRATA_ALIGN_LEFT,
                        area.x,
                        y + 3.0,
                        labels,
                        bar.label);
        bars_row(&bar, pen, &scale, value, area.x + area.width, y);
    }
}

const ErrataFigureClass errata_figure_bars = {bars_height, bars_draw};
