/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "axis.h"
#include "value.h"

/* Curves over a number: ROC, precision and recall, reliability, threshold against cost. A series
 * with few points and intervals is drawn as dots with whiskers, one with many as a band; counts
 * give a histogram beneath. Long curves are thinned to what paper can show. */

#define LINES_FEW_POINTS 40
#define LINES_MAX_POINTS 400
#define LINES_OBSTACLE   3.0 /* distance of what labels keep clear of along a curve */
#define LINES_CROP       3.0 /* times the median: where a curve may leave through the top */
#define LINES_SHOOTS     2.0 /* times that: how far up a curve has to go to be let out */
#define LINES_BARS       24.0

static double
lines_height(const ErrataFigure *figure, ErrataPen *pen, double width)
{
    (void)pen;
    return figure->reference_line ? CLAMP(width * 0.7, 160.0, 200.0)
                                  : CLAMP(width * 0.62, 150.0, 200.0);
}

static const ErrataSeries *
lines_counted(const ErrataFigure *figure)
{
    for (guint i = 0; i < figure->n_series; i++)
        if (figure->series[i].count != NULL && figure->series[i].x != NULL)
            return &figure->series[i];
    return NULL;
}

static gboolean
lines_is_dotted(const ErrataSeries *series)
{
    return series->n <= LINES_FEW_POINTS && series->lo != NULL && series->hi != NULL;
}

static ErrataInk
lines_ink(const ErrataFigure *figure, guint index)
{
    guint same = 0;

    for (guint i = 0; i < figure->n_series; i++)
        if (figure->series[i].tone == figure->series[index].tone)
            same++;
    if (same > 2 && figure->series[index].tone != ERRATA_TONE_REFERENCE)
        return (ErrataInk)(ERRATA_INK_CATEGORY + index % ERRATA_THEME_N_CATEGORIES);
    return errata_theme_tone(figure->series[index].tone);
}

static void
lines_range(const ErrataFigure *figure, ErrataAxes *axes)
{
    axes->x_lo = axes->x_hi = axes->y_lo = axes->y_hi = (double)NAN;
    for (guint i = 0; i < figure->n_series; i++) {
        const ErrataSeries *series = &figure->series[i];

        errata_axis_extend(&axes->x_lo, &axes->x_hi, series->x, series->n);
        errata_axis_extend(&axes->y_lo, &axes->y_hi, series->y, series->n);
        if (lines_is_dotted(series)) {
            errata_axis_extend(&axes->y_lo, &axes->y_hi, series->lo, series->n);
            errata_axis_extend(&axes->y_lo, &axes->y_hi, series->hi, series->n);
        }
    }
    if (figure->x_unit == ERRATA_UNIT_SHARE && isfinite(axes->x_lo)) {
        axes->x_lo = MIN(axes->x_lo, 0.0);
        axes->x_hi = MAX(axes->x_hi, 1.0);
    }
    if (figure->y_unit == ERRATA_UNIT_SHARE && isfinite(axes->y_lo)) {
        axes->y_lo = axes->y_lo < 0.6 ? MIN(axes->y_lo, 0.0)
                                      : axes->y_lo - (axes->y_hi - axes->y_lo) * 0.06;
        axes->y_hi = figure->reference_line ? MAX(axes->y_hi, 1.0) : axes->y_hi;
    }
}

static int
lines_compare_cb(gconstpointer a, gconstpointer b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return x < y ? -1 : x > y ? 1 : 0;
}

/* a curve that shoots up at one end would leave the rest, where the decision is, flat */
static void
lines_crop(const ErrataFigure *figure, ErrataAxes *axes)
{
    const ErrataSeries *series = &figure->series[0];
    g_autofree double *sorted = NULL;
    double top = 0.0;
    guint n = 0;

    if (figure->reference_line || figure->n_series != 1 || series->y == NULL || axes->y_lo < 0.0)
        return;
    sorted = g_new(double, MAX(series->n, 1));
    for (guint i = 0; i < series->n; i++)
        if (isfinite(series->y[i]))
            sorted[n++] = series->y[i];
    qsort(sorted, n, sizeof *sorted, lines_compare_cb);
    top = n > 0 ? sorted[n / 2] * LINES_CROP : 0.0;
    for (guint i = 0; i < figure->n_marks; i++)
        if (isfinite(figure->marks[i].y))
            top = MAX(top, figure->marks[i].y * 1.2);
    if (top > 0.0 && axes->y_hi > LINES_SHOOTS * top)
        axes->y_hi = top;
}

/* at most LINES_MAX_POINTS points, evenly over the series, both ends among them */
static guint
lines_thin(const ErrataSeries *series,
           const ErrataPlot *plot,
           const double *values,
           double *x,
           double *y)
{
    guint n = MIN(series->n, LINES_MAX_POINTS);

    for (guint i = 0; i < n; i++) {
        guint at = n > 1 ? (guint)((guint64)i * (series->n - 1) / (n - 1)) : 0;

        x[i] = errata_scale_map(&plot->x, series->x[at]);
        y[i] = errata_scale_map(&plot->y, values[at]);
    }
    return n;
}

static void
lines_band(const ErrataSeries *series, ErrataPen *pen, const ErrataPlot *plot)
{
    g_autofree double *x = g_new(double, series->n + 2);
    g_autofree double *lo = g_new(double, series->n + 2);
    g_autofree double *hi = g_new(double, series->n + 2);
    guint n;

    lines_thin(series, plot, series->lo, x, lo);
    n = lines_thin(series, plot, series->hi, x, hi);
    errata_pen_band(pen, errata_theme_tint(series->tone), x, lo, hi, n);
}

static void
lines_dots(const ErrataSeries *series, ErrataPen *pen, const ErrataPlot *plot, ErrataInk ink)
{
    for (guint i = 0; i < series->n; i++) {
        double x = errata_scale_map(&plot->x, series->x[i]);

        if (!isfinite(series->x[i]) || !isfinite(series->y[i]))
            continue;
        if (isfinite(series->lo[i]) && isfinite(series->hi[i]))
            errata_pen_line(pen,
                            ink,
                            1.0,
                            x,
                            errata_scale_map(&plot->y, series->lo[i]),
                            x,
                            errata_scale_map(&plot->y, series->hi[i]));
        errata_pen_dot(pen, ink, x, errata_scale_map(&plot->y, series->y[i]), 2.4);
    }
}

static void
lines_curve(const ErrataSeries *series, ErrataPen *pen, const ErrataPlot *plot, ErrataInk ink)
{
    g_autofree double *x = g_new(double, 2 * series->n + 2);
    g_autofree double *y = g_new(double, 2 * series->n + 2);
    guint n = lines_thin(series, plot, series->y, x, y);

    if (series->step) {
        for (guint i = n; i > 1; i--) { /* in place, from behind: (x[i], y[i−1]) goes between */
            x[2 * i - 2] = x[i - 1];
            y[2 * i - 2] = y[i - 1];
            x[2 * i - 3] = x[i - 1];
            y[2 * i - 3] = y[i - 2];
        }
        n = n > 0 ? 2 * n - 1 : 0;
    }
    errata_pen_curve(pen,
                     ink,
                     series->tone == ERRATA_TONE_REFERENCE ? 1.0 : ERRATA_THEME_CURVE,
                     x,
                     y,
                     n);
}

static void
lines_bars(const ErrataSeries *series, ErrataPen *pen, const ErrataPlot *plot)
{
    double bottom = plot->area.y + plot->area.height + LINES_BARS;
    double peak = 0.0;
    double width = MIN(plot->area.width / MAX(series->n, 1) * 0.7, 12.0);

    for (guint i = 0; i < series->n; i++)
        peak = isfinite(series->count[i]) ? MAX(peak, series->count[i]) : peak;
    for (guint i = 0; i < series->n && peak > 0.0; i++) {
        double height = series->count[i] / peak * (LINES_BARS - 6.0);
        double x = errata_scale_map(&plot->x, series->x[i]) - width / 2.0;

        if (isfinite(x))
            errata_pen_rectangle(pen,
                                 ERRATA_INK_HAIR,
                                 CLAMP(x, plot->area.x, plot->area.x + plot->area.width - width),
                                 bottom - height,
                                 width,
                                 height);
    }
}

/* small boxes along a curve, close enough that no label slips between them */
static void
lines_take_segment(ErrataLabels *labels, double x1, double y1, double x2, double y2)
{
    guint n = (guint)MIN(ceil(hypot(x2 - x1, y2 - y1) / LINES_OBSTACLE), 400.0);

    for (guint i = 0; i < n; i++) {
        double t = (double)i / n;

        errata_axis_take(
            labels,
            (ErrataArea){x1 + t * (x2 - x1) - 1.0, y1 + t * (y2 - y1) - 1.0, 2.0, 2.0});
    }
}

static void
lines_take_series(const ErrataSeries *series, const ErrataPlot *plot, ErrataLabels *labels)
{
    double last_x = (double)NAN;
    double last_y = (double)NAN;

    for (guint i = 0; series->x != NULL && series->y != NULL && i < series->n; i++) {
        double x = errata_scale_map(&plot->x, series->x[i]);
        double y = errata_scale_map(&plot->y, series->y[i]);

        if (!isfinite(x) || !isfinite(y)) {
            last_x = last_y = (double)NAN;
            continue;
        }
        if (isfinite(last_x) && hypot(x - last_x, y - last_y) < LINES_OBSTACLE)
            continue;
        if (isfinite(last_x))
            lines_take_segment(labels, last_x, last_y, x, y);
        last_x = x;
        last_y = y;
    }
}

/* intervals of single points */
static void
lines_take_intervals(const ErrataSeries *series, const ErrataPlot *plot, ErrataLabels *labels)
{
    for (guint i = 0; lines_is_dotted(series) && i < series->n; i++) {
        double x = errata_scale_map(&plot->x, series->x[i]);
        double lo = errata_scale_map(&plot->y, series->lo[i]);
        double hi = errata_scale_map(&plot->y, series->hi[i]);

        if (isfinite(x) && isfinite(lo) && isfinite(hi))
            lines_take_segment(labels, x, lo, x, hi);
    }
}

/* where x and y are equal, as far as the plot goes; FALSE where it does not */
static gboolean
lines_diagonal_ends(const ErrataPlot *plot, double *x, double *y)
{
    double lo = MAX(plot->x.lo, plot->y.lo);
    double hi = MIN(plot->x.hi, plot->y.hi);

    x[0] = errata_scale_map(&plot->x, lo);
    y[0] = errata_scale_map(&plot->y, lo);
    x[1] = errata_scale_map(&plot->x, hi);
    y[1] = errata_scale_map(&plot->y, hi);
    return hi > lo;
}

/* keeps labels off the curves, their intervals, the diagonal and the marked points */
static void
lines_take(const ErrataFigure *figure, const ErrataPlot *plot, ErrataLabels *labels)
{
    double ends_x[2], ends_y[2];

    for (guint s = 0; s < figure->n_series; s++) {
        lines_take_series(&figure->series[s], plot, labels);
        lines_take_intervals(&figure->series[s], plot, labels);
    }
    if (figure->reference_line && lines_diagonal_ends(plot, ends_x, ends_y))
        lines_take_segment(labels, ends_x[0], ends_y[0], ends_x[1], ends_y[1]);
    for (guint i = 0; i < figure->n_marks; i++) {
        double x = errata_scale_map(&plot->x, figure->marks[i].x);
        double y = errata_scale_map(&plot->y, figure->marks[i].y);

        if (isfinite(x) && isfinite(y))
            errata_axis_take(labels, (ErrataArea){x - 3.0, y - 3.0, 6.0, 6.0});
    }
}

static void
lines_marks(const ErrataFigure *figure,
            ErrataPen *pen,
            const ErrataPlot *plot,
            ErrataLabels *labels)
{
    for (guint i = 0; i < figure->n_marks; i++) {
        const ErrataMark *mark = &figure->marks[i];
        ErrataInk ink = errata_theme_tone(mark->tone);
        double x = errata_scale_map(&plot->x, mark->x);
        double y = isfinite(mark->y) ? errata_scale_map(&plot->y, mark->y) : plot->area.y + 6.0;

        if (!isfinite(x) || x < plot->area.x || x > plot->area.x + plot->area.width)
            continue;
        if (isfinite(mark->y))
            errata_pen_dot(pen, ink, x, y, 3.2);
        else
            errata_pen_dashes(pen, ink, x, plot->area.y, x, plot->area.y + plot->area.height);
        if (mark->label != NULL)
            errata_axis_place(labels, pen, ERRATA_STYLE_NOTE_STRONG, ink, x, y, 6.0, mark->label);
    }
}

/* the name of a curve stands where the curve is far from the others: at its last quarter, middle
 * … */
static void
lines_names(const ErrataFigure *figure,
            ErrataPen *pen,
            const ErrataPlot *plot,
            ErrataLabels *labels)
{
    static const double places[] = {0.75, 0.5, 0.3, 0.9, 0.15};

    for (guint s = 0; figure->n_series > 1 && s < figure->n_series; s++) {
        const ErrataSeries *series = &figure->series[s];

        if (series->label == NULL || *series->label == '\0' || series->x == NULL ||
            series->y == NULL)
            continue;
        for (guint k = 0; k < G_N_ELEMENTS(places); k++) {
            guint at = (guint)(places[k] * (series->n > 0 ? series->n - 1 : 0));
            double x = series->n > 0 ? errata_scale_map(&plot->x, series->x[at]) : (double)NAN;
            double y = series->n > 0 ? errata_scale_map(&plot->y, series->y[at]) : (double)NAN;

            if (isfinite(x) && isfinite(y) &&
                errata_axis_place(labels,
                                  pen,
                                  ERRATA_STYLE_NOTE,
                                  lines_ink(figure, s),
                                  x,
                                  y,
                                  5.0,
                                  series->label))
                break;
        }
    }
}

static void
lines_diagonal(ErrataPen *pen, const ErrataPlot *plot)
{
    double x[2], y[2];

    if (lines_diagonal_ends(plot, x, y))
        errata_pen_dashes(pen, ERRATA_INK_REFERENCE, x[0], y[0], x[1], y[1]);
}

static void
lines_all_series(const ErrataFigure *figure, ErrataPen *pen, const ErrataPlot *plot)
{
    for (guint i = 0; i < figure->n_series; i++) {
        const ErrataSeries *series = &figure->series[i];

        if (series->x != NULL && series->lo != NULL && series->hi != NULL &&
            !lines_is_dotted(series))
            lines_band(series, pen, plot);
    }
    for (guint i = 0; i < figure->n_series; i++) {
        const ErrataSeries *series = &figure->series[i];

        if (series->x == NULL || series->y == NULL)
            continue;
        lines_curve(series, pen, plot, lines_ink(figure, i));
        if (lines_is_dotted(series))
            lines_dots(series, pen, plot, lines_ink(figure, i));
    }
}

static void
lines_draw(const ErrataFigure *figure, ErrataPen *pen, ErrataArea area)
{
    const ErrataSeries *counted = lines_counted(figure);
    ErrataAxes axes = errata_axis_of(figure);
    ErrataPlot plot;
    ErrataLabels labels;

    lines_range(figure, &axes);
    if (!isfinite(axes.x_lo) || !isfinite(axes.y_lo)) {
        errata_draw_nothing(pen, area, "too few rows to draw");
        return;
    }
    lines_crop(figure, &axes);
    axes.below = counted != NULL ? LINES_BARS : 0.0;
    plot = errata_axis_plot(&axes, pen, area);
    labels = errata_axis_labels(plot.area);
    if (figure->reference_line)
        lines_diagonal(pen, &plot);
    errata_pen_clip(pen,
                    plot.area.x,
                    plot.area.y - 3.0,
                    plot.area.width + 3.0,
                    plot.area.height + 6.0);
    lines_all_series(figure, pen, &plot);
    errata_pen_clip_end(pen);
    if (counted != NULL)
        lines_bars(counted, pen, &plot);
    lines_take(figure, &plot, &labels);
    lines_marks(figure, pen, &plot, &labels);
    lines_names(figure, pen, &plot, &labels);
    errata_axis_clear_labels(&labels);
}

const ErrataFigureClass errata_figure_lines = {lines_height, lines_draw};
