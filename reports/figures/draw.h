/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "figure.h"
#include "pen.h"

G_BEGIN_DECLS

typedef struct {
    double x;
    double y;
    double width;
    double height;
} ErrataArea;

/**
 * ErrataFigureClass:
 * @height: natural height for a width, title not counted
 * @draw: draws into the area; nothing leaves it
 *
 * One kind of figure: a function of data and area, knows no pages.
 */
typedef struct {
    double (*height)(const ErrataFigure *figure, ErrataPen *pen, double width);
    void (*draw)(const ErrataFigure *figure, ErrataPen *pen, ErrataArea area);
} ErrataFigureClass;

extern const ErrataFigureClass errata_figure_dots;
extern const ErrataFigureClass errata_figure_lines;
extern const ErrataFigureClass errata_figure_timeline;
extern const ErrataFigureClass errata_figure_histogram;
extern const ErrataFigureClass errata_figure_matrix;
extern const ErrataFigureClass errata_figure_bars;
extern const ErrataFigureClass errata_figure_density;
extern const ErrataFigureClass errata_figure_tree;
extern const ErrataFigureClass errata_figure_map;
extern const ErrataFigureClass errata_figure_swarm;

/* with title and note */
double errata_draw_height(const ErrataFigure *figure, ErrataPen *pen, double width);
void errata_draw_figure(const ErrataFigure *figure, ErrataPen *pen, ErrataArea area);
#define ERRATA_DRAW_NOTHING 32.0 /* height of a figure that has nothing to draw */
/* instead of a figure: why there is none */
void errata_draw_nothing(ErrataPen *pen, ErrataArea area, const char *why);

/* in the space of a line of text */
void errata_draw_spark(ErrataPen *pen, ErrataArea area, const double *value, guint n);
void errata_draw_small_histogram(ErrataPen *pen, ErrataArea area, const ErrataFigure *figure);

G_END_DECLS
