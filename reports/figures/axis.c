/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "axis.h"

#include <math.h>

void
errata_axis_extend(double *lo, double *hi, const double *value, guint n)
{
    for (guint i = 0; value != NULL && i < n; i++) {
        if (!isfinite(value[i]))
            continue;
        *lo = isfinite(*lo) ? MIN(*lo, value[i]) : value[i];
        *hi = isfinite(*hi) ? MAX(*hi, value[i]) : value[i];
    }
}

double
errata_axis_width(ErrataPen *pen, const ErrataTicks *ticks)
{
    double width = 0.0;

    for (guint i = 0; i < ticks->n; i++)
        width = MAX(width, errata_pen_measure(pen, ERRATA_STYLE_TICK, ticks->label[i]));
    return width;
}

void
errata_axis_x_labels(ErrataPen *pen,
                     const ErrataScale *scale,
                     const ErrataTicks *ticks,
                     double baseline,
                     double left,
                     double right)
{
    double free_from = left;

    for (guint i = 0; i < ticks->n; i++) {
        double at = errata_scale_map(scale, ticks->value[i]);
        double width = errata_pen_measure(pen, ERRATA_STYLE_TICK, ticks->label[i]);
        double x = CLAMP(at - width / 2.0, left, MAX(left, right - width));

        if (x < free_from || width > right - left)
            continue;
        errata_pen_text(pen,
                        ERRATA_STYLE_TICK,
                        ERRATA_INK_SOFT,
                        ERRATA_ALIGN_LEFT,
                        x,
                        baseline,
                        0.0,
                        ticks->label[i]);
        free_from = x + width + 6.0;
    }
}

void
errata_axis_x_grid(ErrataPen *pen,
                   const ErrataScale *scale,
                   const ErrataTicks *ticks,
                   double top,
                   double bottom)
{
    for (guint i = 0; i < ticks->n; i++) {
        double x = errata_scale_map(scale, ticks->value[i]);

        errata_pen_line(pen, ERRATA_INK_HAIR, ERRATA_THEME_HAIR, x, top, x, bottom);
    }
}

void
errata_axis_y(ErrataPen *pen,
              const ErrataScale *scale,
              const ErrataTicks *ticks,
              double left,
              double right)
{
    for (guint i = 0; i < ticks->n; i++) {
        double y = errata_scale_map(scale, ticks->value[i]);

        errata_pen_line(pen, ERRATA_INK_HAIR, ERRATA_THEME_HAIR, left, y, right, y);
        errata_pen_text(pen,
                        ERRATA_STYLE_TICK,
                        ERRATA_INK_SOFT,
                        ERRATA_ALIGN_RIGHT,
                        left - 4.0,
                        y + 2.5,
                        0.0,
                        ticks->label[i]);
    }
}

void
errata_axis_value(ErrataPen *pen,
                  ErrataStyle style,
                  ErrataInk ink,
                  ErrataBeside beside,
                  double baseline,
                  const char *text)
{
    double width = errata_pen_measure(pen, style, text);

    if (beside.after + width <= beside.right)
        errata_pen_label(pen, style, ink, beside.after, baseline, text);
    else if (beside.before - width >= beside.left)
        errata_pen_label(pen, style, ink, beside.before - width, baseline, text);
    else
        errata_pen_text(pen,
                        style,
                        ink,
                        ERRATA_ALIGN_RIGHT,
                        beside.right,
                        baseline,
                        beside.right - beside.left,
                        text);
}

static void
axis_names(const ErrataAxes *axes, ErrataPen *pen, ErrataArea area, ErrataArea plot)
{
    errata_pen_text(pen,
                    ERRATA_STYLE_TICK,
                    ERRATA_INK_SOFT,
                    ERRATA_ALIGN_LEFT,
                    area.x,
                    area.y + 6.0,
                    area.width,
                    axes->y_label);
    errata_pen_text(pen,
                    ERRATA_STYLE_TICK,
                    ERRATA_INK_SOFT,
                    ERRATA_ALIGN_RIGHT,
                    plot.x + plot.width,
                    area.y + area.height - 3.0,
                    plot.width,
                    axes->x_label);
}

ErrataAxes
errata_axis_of(const ErrataFigure *figure)
{
    return (ErrataAxes){.x_unit = figure->x_unit,
                        .y_unit = figure->y_unit,
                        .x_is_time = figure->x_is_time,
                        .x_label = figure->x_label,
                        .y_label = figure->y_label};
}

static void
axis_x(const ErrataAxes *axes,
       ErrataPen *pen,
       const ErrataPlot *plot,
       double baseline,
       double right)
{
    ErrataTicks ticks;
    double width = plot->area.width;

    if (axes->x_named)
        return;
    if (axes->x_is_time || axes->x_unit == ERRATA_UNIT_TIME)
        errata_scale_time_ticks(plot->x.lo, plot->x.hi, (guint)CLAMP(width / 56.0, 2, 8), &ticks);
    else
        errata_scale_ticks(plot->x.lo,
                           plot->x.hi,
                           (guint)CLAMP(width / 48.0, 2, 8),
                           axes->x_unit,
                           &ticks);
    errata_scale_years(axes->x_label, &ticks);
    errata_axis_x_labels(pen, &plot->x, &ticks, baseline, plot->area.x - 2.0, right);
    errata_scale_clear_ticks(&ticks);
}

/**
 * errata_axis_plot:
 * @axes: ranges, units and names
 * @pen: draws
 * @area: all the room there is
 *
 * Draws grid, ticks and names of both axes.
 *
 * Returns: the plot that is left for the data
 */
ErrataPlot
errata_axis_plot(const ErrataAxes *axes, ErrataPen *pen, ErrataArea area)
{
    double top = area.y + (axes->y_label != NULL ? 14.0 : 6.0) + axes->above;
    double bottom = area.y + area.height - axes->below - ERRATA_AXIS_TICK_ROOM -
                    (axes->x_label != NULL ? ERRATA_AXIS_NAME_ROOM : 0.0);
    ErrataTicks ticks;
    ErrataPlot plot;
    double most, left;

    plot.y = errata_scale_new(axes->y_lo, axes->y_hi, bottom, top);
    most = axes->y_most > MAX(plot.y.lo, 0.0) ? MIN(axes->y_most, plot.y.hi) : plot.y.hi;
    errata_scale_ticks(plot.y.lo,
                       most,
                       (guint)CLAMP((bottom - errata_scale_map(&plot.y, most)) / 26.0, 2, 5),
                       axes->y_unit,
                       &ticks);
    errata_scale_years(axes->y_label, &ticks);
    left = area.x + errata_axis_width(pen, &ticks) + 6.0;
    plot.area = (ErrataArea){left, top, area.x + area.width - left, bottom - top};
    plot.x = errata_scale_new(axes->x_lo, axes->x_hi, left + 2.0, left + plot.area.width - 2.0);
    errata_axis_y(pen, &plot.y, &ticks, left, left + plot.area.width);
    errata_scale_clear_ticks(&ticks);
    axis_x(axes, pen, &plot, bottom + axes->below + 10.0, area.x + area.width);
    axis_names(axes, pen, area, plot.area);
    return plot;
}

ErrataLabels
errata_axis_labels(ErrataArea inside)
{
    return (ErrataLabels){inside, g_array_new(FALSE, FALSE, sizeof(ErrataArea))};
}

void
errata_axis_take(ErrataLabels *self, ErrataArea area)
{
    g_array_append_val(self->taken, area);
}

gboolean
errata_axis_is_free(const ErrataLabels *self, ErrataArea area)
{
    if (area.x < self->inside.x || area.y < self->inside.y ||
        area.x + area.width > self->inside.x + self->inside.width ||
        area.y + area.height > self->inside.y + self->inside.height)
        return FALSE;
    for (guint i = 0; i < self->taken->len; i++) {
        const ErrataArea *other = &g_array_index(self->taken, ErrataArea, i);

        if (area.x < other->x + other->width && other->x < area.x + area.width &&
            area.y < other->y + other->height && other->y < area.y + area.height)
            return FALSE;
    }
    return TRUE;
}

gboolean
errata_axis_place(ErrataLabels *self,
                  ErrataPen *pen,
                  ErrataStyle style,
                  ErrataInk ink,
                  double x,
                  double y,
                  double distance,
                  const char *text)
{
    static const double sides[][2] =
        {{1, 0}, {1, 1}, {1, -1}, {-1, 0}, {-1, 1}, {-1, -1}, {0, -1}, {0, 1}};
    double size = errata_theme_style(style)->size;
    double width = errata_pen_measure(pen, style, text);

    for (guint i = 0; i < G_N_ELEMENTS(sides); i++) {
        double centre_x = x + sides[i][0] * (distance + width / 2.0);
        double centre_y = y + sides[i][1] * (distance + size * 0.6);
        ErrataArea area = {centre_x - width / 2.0, centre_y - size / 2.0, width, size};

        if (!errata_axis_is_free(self, area))
            continue;
        errata_axis_take(self, area);
        errata_pen_text(pen,
                        style,
                        ink,
                        ERRATA_ALIGN_LEFT,
                        area.x,
                        centre_y + size * 0.36,
                        0.0,
                        text);
        return TRUE;
    }
    return FALSE;
}

void
errata_axis_clear_labels(ErrataLabels *self)
{
    g_clear_pointer(&self->taken, g_array_unref);
}
