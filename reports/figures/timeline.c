/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "axis.h"
#include "value.h"

/* Value over time with its band, volume bars beneath, numbered flags above. The first series
 * with counts gives the bars; flags that lie close together climb to their own line. */

#define TIMELINE_HEIGHT    164.0
#define TIMELINE_BARS      26.0
#define TIMELINE_FLAG_LINE 15.0
#define TIMELINE_MAX_LINES 4
#define TIMELINE_RADIUS    6.0
#define TIMELINE_CLOSE     0.22 /* of the axis: flags closer than this need lines of their own */

static void
timeline_range(const ErrataFigure *figure, ErrataAxes *axes)
{
    double pad;

    axes->x_lo = axes->x_hi = axes->y_lo = axes->y_hi = (double)NAN;
    for (guint i = 0; i < figure->n_series; i++) {
        const ErrataSeries *series = &figure->series[i];

        errata_axis_extend(&axes->x_lo, &axes->x_hi, series->x, series->n);
        errata_axis_extend(&axes->y_lo, &axes->y_hi, series->y, series->n);
        errata_axis_extend(&axes->y_lo, &axes->y_hi, series->lo, series->n);
        errata_axis_extend(&axes->y_lo, &axes->y_hi, series->hi, series->n);
    }
    if (!isfinite(axes->y_lo))
        return;
    pad = MAX((axes->y_hi - axes->y_lo) * 0.08, fabs(axes->y_hi) * 0.01);
    axes->y_hi += pad;
    axes->y_lo = axes->y_lo >= 0.0 && axes->y_lo < 0.35 * axes->y_hi ? 0.0 : axes->y_lo - pad;
    if (figure->y_unit == ERRATA_UNIT_SHARE)
        axes->y_lo = MAX(axes->y_lo, 0.0);
}

/* a line needs two windows with a value */
static gboolean
timeline_can_draw(const ErrataAxes *axes)
{
    return isfinite(axes->y_lo) && axes->x_hi > axes->x_lo;
}

static double
timeline_height(const ErrataFigure *figure, ErrataPen *pen, double width)
{
    ErrataAxes axes = {0};

    (void)pen;
    (void)width;
    timeline_range(figure, &axes);
    return timeline_can_draw(&axes) ? TIMELINE_HEIGHT : ERRATA_DRAW_NOTHING;
}

static void
timeline_series(const ErrataSeries *series, ErrataPen *pen, const ErrataPlot *plot, gboolean band)
{
    g_autofree double *x = g_new(double, MAX(series->n, 1));
    g_autofree double *y = g_new(double, MAX(series->n, 1));
    g_autofree double *lo = g_new(double, MAX(series->n, 1));
    g_autofree double *hi = g_new(double, MAX(series->n, 1));

    if (series->x == NULL || series->y == NULL)
        return;
    for (guint i = 0; i < series->n; i++) {
        x[i] = errata_scale_map(&plot->x, series->x[i]);
        y[i] = errata_scale_map(&plot->y, series->y[i]);
        lo[i] = series->lo != NULL ? errata_scale_map(&plot->y, series->lo[i]) : (double)NAN;
        hi[i] = series->hi != NULL ? errata_scale_map(&plot->y, series->hi[i]) : (double)NAN;
    }
    if (band)
        errata_pen_band(pen, errata_theme_tint(series->tone), x, lo, hi, series->n);
    else
        errata_pen_curve(pen,
                         errata_theme_tone(series->tone),
                         series->tone == ERRATA_TONE_REFERENCE ? 1.0 : ERRATA_THEME_CURVE,
                         x,
                         y,
                         series->n);
}

static void
timeline_bars(const ErrataFigure *figure, ErrataPen *pen, const ErrataPlot *plot)
{
    const ErrataSeries *series = NULL;
    double floor_y = plot->area.y + plot->area.height + TIMELINE_BARS;
    double peak = 0.0;
    double width;

    for (guint i = 0; i < figure->n_series && series == NULL; i++)
        if (figure->series[i].count != NULL && figure->series[i].x != NULL)
            series = &figure->series[i];
    if (series == NULL || series->n == 0)
        return;
    for (guint i = 0; i < series->n; i++)
        peak = isfinite(series->count[i]) ? MAX(peak, series->count[i]) : peak;
    width = MIN(0.72 * plot->area.width / series->n, 14.0);
    for (guint i = 0; i < series->n && peak > 0.0; i++) {
        double height = series->count[i] / peak * (TIMELINE_BARS - 8.0);
        double x = CLAMP(errata_scale_map(&plot->x, series->x[i]) - width / 2.0,
                         plot->area.x,
                         plot->area.x + plot->area.width - width);

        if (isfinite(series->x[i]))
            errata_pen_rectangle(pen, ERRATA_INK_HAIR, x, floor_y - height, width, height);
    }
}

/* the line, 0 at the top, on which a flag from @left to @right touches no other */
static int
timeline_line(double taken[TIMELINE_MAX_LINES][2], double left, double right)
{
    for (int line = 0; line < TIMELINE_MAX_LINES; line++)
        if (right < taken[line][0] || left > taken[line][1]) {
            taken[line][0] = MIN(taken[line][0], left);
            taken[line][1] = MAX(taken[line][1], right);
            return line;
        }
    return -1;
}

/* whether the line of another flag would strike through what stands from @left to @right */
static gboolean
timeline_struck(const ErrataFigure *figure,
                const ErrataPlot *plot,
                guint mark,
                double left,
                double right)
{
    for (guint i = 0; i < figure->n_marks; i++) {
        double x = errata_scale_map(&plot->x, figure->marks[i].x);

        if (i != mark && x > left && x < right)
            return TRUE;
    }
    return FALSE;
}

/* what a flag says, and from where to where it reaches */
typedef struct {
    char number[8];
    double x;
    double width; /* of the label */
    gboolean to_left;
    int line;
} TimelineFlag;

static void
timeline_flag(const ErrataMark *mark,
              const TimelineFlag *flag,
              ErrataPen *pen,
              const ErrataPlot *plot)
{
    ErrataInk ink = errata_theme_tone(mark->tone);
    double y = plot->area.y + TIMELINE_RADIUS + flag->line * TIMELINE_FLAG_LINE;

    errata_pen_dashes(pen, ink, flag->x, y, flag->x, plot->area.y + plot->area.height);
    errata_pen_dot(pen, ink, flag->x, y, flag->number[0] != '\0' ? TIMELINE_RADIUS : 2.5);
    errata_pen_text(pen,
                    ERRATA_STYLE_NOTE_STRONG,
                    ERRATA_INK_PAPER,
                    ERRATA_ALIGN_CENTRE,
                    flag->x,
                    y + 2.7,
                    0.0,
                    flag->number);
    if (flag->width > 0.0)
        errata_pen_text(pen,
                        ERRATA_STYLE_NOTE,
                        ink,
                        flag->to_left ? ERRATA_ALIGN_RIGHT : ERRATA_ALIGN_LEFT,
                        flag->x + (flag->to_left ? -1.0 : 1.0) * (TIMELINE_RADIUS + 4.0),
                        y + 2.7,
                        flag->width + 0.5,
                        mark->label);
}

/* the label stands on the inner side, on the other where it would be struck through, or nowhere */
static void
timeline_choose_side(const ErrataFigure *figure,
                     const ErrataPlot *plot,
                     guint mark,
                     TimelineFlag *flag)
{
    for (guint i = 0; i < 2; i++, flag->to_left = !flag->to_left) {
        double far = flag->x + (flag->to_left ? -1.0 : 1.0) * (TIMELINE_RADIUS + 8.0 + flag->width);

        if (far >= plot->area.x && far <= plot->area.x + plot->area.width &&
            !timeline_struck(figure, plot, mark, MIN(far, flag->x), MAX(far, flag->x)))
            return;
    }
    flag->width = 0.0;
}

static void
timeline_flags(const ErrataFigure *figure, ErrataPen *pen, const ErrataPlot *plot)
{
    double taken[TIMELINE_MAX_LINES][2];
    double right = plot->area.x + plot->area.width;

    for (guint i = 0; i < TIMELINE_MAX_LINES; i++) {
        taken[i][0] = G_MAXDOUBLE;
        taken[i][1] = -G_MAXDOUBLE;
    }
    for (guint i = 0; i < figure->n_marks; i++) {
        const ErrataMark *mark = &figure->marks[i];
        TimelineFlag flag = {.x = errata_scale_map(&plot->x, mark->x)};
        double most = plot->area.width * 0.45;

        if (!isfinite(mark->x) || flag.x < plot->area.x - 1.0 || flag.x > right + 1.0)
            continue;
        if (mark->finding >= 0)
            g_snprintf(flag.number, sizeof flag.number, "%d", mark->finding + 1);
        flag.to_left = flag.x > plot->area.x + plot->area.width / 2.0;
        flag.width = mark->label != NULL
                         ? MIN(errata_pen_measure(pen, ERRATA_STYLE_NOTE, mark->label), most)
                         : 0.0;
        timeline_choose_side(figure, plot, i, &flag);
        for (int with_label = 1; with_label >= 0; with_label--) {
            double reach = TIMELINE_RADIUS + 8.0 + (with_label ? flag.width : 0.0);

            flag.line = timeline_line(taken,
                                      flag.x - (flag.to_left ? reach : TIMELINE_RADIUS + 2.0),
                                      flag.x + (flag.to_left ? TIMELINE_RADIUS + 2.0 : reach));
            if (flag.line >= 0)
                break;
            flag.width = 0.0;
        }
        if (flag.line >= 0)
            timeline_flag(mark, &flag, pen, plot);
    }
}

/* marked windows as a pale strip behind everything */
static void
timeline_windows(const ErrataFigure *figure, ErrataPen *pen, const ErrataPlot *plot)
{
    double right = plot->area.x + plot->area.width;

    for (guint i = 0; i < figure->n_marks; i++) {
        const ErrataMark *mark = &figure->marks[i];
        double from = CLAMP(errata_scale_map(&plot->x, mark->x), plot->area.x, right);
        double to = CLAMP(errata_scale_map(&plot->x, mark->x_end), plot->area.x, right);

        if (isfinite(mark->x) && isfinite(mark->x_end) && to > from)
            errata_pen_rectangle(pen,
                                 errata_theme_tint(mark->tone),
                                 from,
                                 plot->area.y,
                                 to - from,
                                 plot->area.height);
    }
}

/* as many as flags stand close together */
static guint
timeline_flag_lines(const ErrataFigure *figure, double range)
{
    guint most = 0;

    for (guint i = 0; i < figure->n_marks; i++) {
        guint n = 0;

        for (guint j = 0; j < figure->n_marks; j++)
            n += fabs(figure->marks[i].x - figure->marks[j].x) < TIMELINE_CLOSE * range ? 1 : 0;
        most = MAX(most, n);
    }
    return MIN(most, TIMELINE_MAX_LINES);
}

static void
timeline_draw(const ErrataFigure *figure, ErrataPen *pen, ErrataArea area)
{
    ErrataAxes axes = errata_axis_of(figure);
    ErrataPlot plot;
    double room;

    axes.x_label = axes.y_label = NULL; /* the title says both */
    timeline_range(figure, &axes);
    room = timeline_flag_lines(figure, axes.x_hi - axes.x_lo) * TIMELINE_FLAG_LINE;
    if (!timeline_can_draw(&axes)) {
        errata_draw_nothing(pen, area, "too few windows have enough labelled rows to draw a rate");
        return;
    }
    /* flags stand above the data: the axis is stretched so that they have lines of their own */
    axes.y_most = axes.y_hi;
    axes.y_hi += (axes.y_hi - axes.y_lo) * room / MAX(area.height - 60.0 - room, 30.0);
    axes.below = TIMELINE_BARS;
    plot = errata_axis_plot(&axes, pen, area);
    timeline_windows(figure, pen, &plot);
    for (guint i = 0; i < figure->n_series; i++)
        timeline_series(&figure->series[i], pen, &plot, TRUE);
    for (guint i = 0; i < figure->n_series; i++)
        timeline_series(&figure->series[i], pen, &plot, FALSE);
    timeline_bars(figure, pen, &plot);
    timeline_flags(figure, pen, &plot);
}

const ErrataFigureClass errata_figure_timeline = {timeline_height, timeline_draw};
