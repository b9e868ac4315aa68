/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "axis.h"

/* Points in a plane that has no scales: only who is near whom counts. Grey ones first, those with
 * emphasis on top; marks name places. The points of a series are one path. A name stands beside the
 * points, with a line to its place where that is far. */

#define MAP_POINT  1.6
#define MAP_STRONG 2.2
#define MAP_NEAR   8.0  /* points between a place and its name, at least */
#define MAP_FAR    15.0 /* and from where on a line leads there */
#define MAP_SPOT   2.0
#define MAP_STEP   14.0 /* how much farther off it is tried next */
#define MAP_RINGS  10
#define MAP_SIDES  24

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

/* points of the figure that @area touches */
static guint
map_covered(const ErrataFigure *figure, const ErrataPlot *plot, ErrataArea area)
{
    guint n = 0;

    for (guint i = 0; i < figure->n_series; i++) {
        const ErrataSeries *series = &figure->series[i];

        for (guint k = 0; series->x != NULL && series->y != NULL && k < series->n; k++) {
            double x = errata_scale_map(&plot->x, series->x[k]);
            double y = errata_scale_map(&plot->y, series->y[k]);

            n += x >= area.x - MAP_STRONG && x <= area.x + area.width + MAP_STRONG &&
                 y >= area.y - MAP_STRONG && y <= area.y + area.height + MAP_STRONG;
        }
    }
    return n;
}

/* the line from @area to the place x, y that it names, from its nearest edge on */
typedef struct {
    double from_x;
    double from_y;
    double x;
    double y;
    double length;
} MapLine;

static MapLine
map_line(ErrataArea area, double x, double y)
{
    MapLine line = {CLAMP(x, area.x, area.x + area.width),
                    CLAMP(y, area.y, area.y + area.height),
                    x,
                    y,
                    0.0};

    line.length = hypot(line.from_x - x, line.from_y - y);
    return line;
}

/* a spot of the line, @at from its beginning */
static ErrataArea
map_spot(const MapLine *line, double at)
{
    double part = at / line->length;

    return (ErrataArea){line->from_x + (line->x - line->from_x) * part - MAP_SPOT / 2.0,
                        line->from_y + (line->y - line->from_y) * part - MAP_SPOT / 2.0,
                        MAP_SPOT,
                        MAP_SPOT};
}

/* whether it crosses no name and no line that is there; where it is near none is drawn */
static gboolean
map_line_is_free(const ErrataLabels *labels, const MapLine *line)
{
    for (double at = MAP_SPOT; line->length > MAP_FAR && at < line->length; at += MAP_SPOT)
        if (!errata_axis_is_free(labels, map_spot(line, at)))
            return FALSE;
    return TRUE;
}

static void
map_draw_line(ErrataPen *pen, ErrataLabels *labels, const MapLine *line)
{
    if (line->length <= MAP_FAR)
        return;
    for (double at = MAP_SPOT; at < line->length; at += MAP_SPOT)
        errata_axis_take(labels, map_spot(line, at));
    errata_pen_line(pen,
                    ERRATA_INK_REFERENCE,
                    ERRATA_THEME_HAIR,
                    line->from_x,
                    line->from_y,
                    line->x,
                    line->y);
}

/* where a name of that size covers the fewest points, at most @most, the nearest such place; FALSE:
 * there is none */
static gboolean
map_seek(const ErrataFigure *figure,
         const ErrataPlot *plot,
         const ErrataLabels *labels,
         double x,
         double y,
         guint most,
         ErrataArea *ret_area)
{
    guint fewest = G_MAXUINT;
    ErrataArea area = *ret_area;

    for (guint ring = 0; ring < MAP_RINGS && fewest > 0; ring++)
        for (guint side = 0; side < MAP_SIDES && fewest > 0; side++) {
            double angle = 2.0 * G_PI * side / MAP_SIDES;
            double away = MAP_NEAR + MAP_STEP * ring;
            MapLine line;
            guint n;

            area.x = x + cos(angle) * (away + area.width / 2.0) - area.width / 2.0;
            area.y = y + sin(angle) * (away + area.height / 2.0) - area.height / 2.0;
            line = map_line(area, x, y);
            if (!errata_axis_is_free(labels, area) || !map_line_is_free(labels, &line))
                continue;
            n = map_covered(figure, plot, area);
            if (n < fewest) {
                fewest = n;
                *ret_area = area;
            }
        }
    return fewest <= most;
}

static void
map_name(const ErrataFigure *figure,
         ErrataPen *pen,
         const ErrataPlot *plot,
         ErrataLabels *labels,
         const ErrataMark *mark)
{
    gboolean strong = mark->tone == ERRATA_TONE_ERROR;
    ErrataStyle style = strong ? ERRATA_STYLE_NOTE_STRONG : ERRATA_STYLE_NOTE;
    ErrataInk ink = strong ? ERRATA_INK_ERROR : ERRATA_INK_SOFT;
    double size = errata_theme_style(style)->size;
    double x = errata_scale_map(&plot->x, mark->x);
    double y = errata_scale_map(&plot->y, mark->y);
    ErrataArea area = {.width = errata_pen_measure(pen, style, mark->label), .height = size};
    MapLine line;

    /* the others' names are told on their own pages: none rather than one on top of points */
    if (!map_seek(figure, plot, labels, x, y, strong ? G_MAXUINT - 1 : 0, &area))
        return;
    line = map_line(area, x, y);
    map_draw_line(pen, labels, &line);
    errata_axis_take(labels, area);
    errata_pen_text(pen,
                    style,
                    ink,
                    ERRATA_ALIGN_LEFT,
                    area.x,
                    area.y + size * 0.86,
                    0.0,
                    mark->label);
}

static void
map_names(const ErrataFigure *figure, ErrataPen *pen, const ErrataPlot *plot)
{
    ErrataLabels labels = errata_axis_labels(plot->area);

    for (guint pass = 0; pass < 2; pass++)
        for (guint i = 0; i < figure->n_marks; i++) {
            const ErrataMark *mark = &figure->marks[i];

            if ((mark->tone == ERRATA_TONE_ERROR) == (pass == 0) && isfinite(mark->x) &&
                isfinite(mark->y))
                map_name(figure, pen, plot, &labels, mark);
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
