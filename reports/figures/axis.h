/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "draw.h"
#include "scale.h"

G_BEGIN_DECLS

#define ERRATA_AXIS_TICK_ROOM 14.0 /* below a plot, for tick labels */
#define ERRATA_AXIS_NAME_ROOM 11.0 /* below those, for the axis' name */

/* where the value of a mark may stand: behind @after, else before @before, else at @right */
typedef struct {
    double before;
    double after;
    double left;
    double right;
} ErrataBeside;

void errata_axis_value(ErrataPen *pen,
                       ErrataStyle style,
                       ErrataInk ink,
                       ErrataBeside beside,
                       double baseline,
                       const char *text);

/* a plot: where the data are drawn, and their two scales */
typedef struct {
    ErrataArea area;
    ErrataScale x;
    ErrataScale y;
} ErrataPlot;

/* smallest and largest of the finite values; unchanged when there are none */
void errata_axis_extend(double *lo, double *hi, const double *value, guint n);
double errata_axis_width(ErrataPen *pen, const ErrataTicks *ticks);
/* tick labels beneath @baseline's line; those that would touch are left out */
void errata_axis_x_labels(ErrataPen *pen,
                          const ErrataScale *scale,
                          const ErrataTicks *ticks,
                          double baseline,
                          double left,
                          double right);
void errata_axis_x_grid(ErrataPen *pen,
                        const ErrataScale *scale,
                        const ErrataTicks *ticks,
                        double top,
                        double bottom);
void errata_axis_y(ErrataPen *pen,
                   const ErrataScale *scale,
                   const ErrataTicks *ticks,
                   double left,
                   double right);
/**
 * ErrataAxes:
 * @x_lo: range of the data … @y_hi
 * @x_named: the x axis has names instead of ticks, drawn by the caller
 * @above: room to leave above the plot
 * @below: room to leave between plot and x labels, for a strip of bars
 */
typedef struct {
    double x_lo;
    double x_hi;
    double y_lo;
    double y_hi;
    double y_most; /* no ticks above it; 0: up to y_hi */
    ErrataUnit x_unit;
    ErrataUnit y_unit;
    gboolean x_is_time;
    gboolean x_named;
    const char *x_label;
    const char *y_label;
    double above;
    double below;
} ErrataAxes;

/* the figure's units and names; ranges and room are the caller's */
ErrataAxes errata_axis_of(const ErrataFigure *figure);
/* a plot with both axes, named, ready for marks; the area holds all of it */
ErrataPlot errata_axis_plot(const ErrataAxes *axes, ErrataPen *pen, ErrataArea area);

/**
 * ErrataLabels:
 *
 * Places direct labels so that none touches another or leaves the area.
 */
typedef struct {
    ErrataArea inside;
    GArray *taken; /* (element-type ErrataArea) */
} ErrataLabels;

ErrataLabels errata_axis_labels(ErrataArea inside);
void errata_axis_take(ErrataLabels *self, ErrataArea area);
gboolean errata_axis_is_free(const ErrataLabels *self, ErrataArea area);
/* beside the point, on the first side that is free; FALSE: nowhere, not drawn */
gboolean errata_axis_place(ErrataLabels *self,
                           ErrataPen *pen,
                           ErrataStyle style,
                           ErrataInk ink,
                           double x,
                           double y,
                           double distance,
                           const char *text);
void errata_axis_clear_labels(ErrataLabels *self);

G_END_DECLS
