/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "evidence.h"

G_BEGIN_DECLS

/**
 * ErrataFigureKind:
 * @ERRATA_FIGURE_DOTS: one row per mark: label, n, value with interval (a slice against its
 *   parents)
 * @ERRATA_FIGURE_LINES: curves y over x, with optional bands and a marked point (ROC, PR,
 *   threshold)
 * @ERRATA_FIGURE_TIMELINE: value over time with a band, volume bars beneath, flags
 * @ERRATA_FIGURE_HISTOGRAM: one or two distributions over the same bins or categories
 * @ERRATA_FIGURE_MATRIX: counts by row label and column label (confusion, given/suggested, heat
 *   map)
 * @ERRATA_FIGURE_BARS: label and value with interval
 * @ERRATA_FIGURE_DENSITY: binned two-dimensional counts (predicted against actual)
 * @ERRATA_FIGURE_TREE: a binary tree of nodes (the error tree)
 * @ERRATA_FIGURE_MAP: points of several kinds in a plane without scales; marks name places
 * @ERRATA_FIGURE_SWARM: a row per series: how many rows (@count) lie where (@x), coloured by @y,
 *   from 0 (low) to 1 (high), NaN for none
 */
typedef enum {
    ERRATA_FIGURE_DOTS,
    ERRATA_FIGURE_LINES,
    ERRATA_FIGURE_TIMELINE,
    ERRATA_FIGURE_HISTOGRAM,
    ERRATA_FIGURE_MATRIX,
    ERRATA_FIGURE_BARS,
    ERRATA_FIGURE_DENSITY,
    ERRATA_FIGURE_TREE,
    ERRATA_FIGURE_MAP,
    ERRATA_FIGURE_SWARM,
} ErrataFigureKind;

typedef enum {
    ERRATA_TONE_NOW,       /* accent: this model now */
    ERRATA_TONE_REFERENCE, /* grey: reference, rest, context */
    ERRATA_TONE_ERROR,     /* warm: what is wrong */
    ERRATA_TONE_GOOD,      /* green: gain */
} ErrataTone;

/**
 * ErrataSeries:
 * @label: name of the series, or of the row for DOTS and BARS
 * @tone: what its colour says
 * @n: length of the arrays that are there
 * @x: (nullable): positions; for TIMELINE ns since 1970 or row number
 * @y: (nullable): values; NaN leaves a gap
 * @lo: (nullable): lower ends of the intervals
 * @hi: (nullable): upper ends
 * @count: (nullable): rows behind each point
 * @labels: (nullable) (array zero-terminated=1): names of the points (categories)
 * @emphasis: draw bold
 * @step: draw as steps, not slanted lines; of BARS: begins where the bar before it ends (a
 *   waterfall)
 */
typedef struct {
    char *label;
    ErrataTone tone;
    guint n;
    double *x;
    double *y;
    double *lo;
    double *hi;
    double *count;
    char **labels;
    gboolean emphasis;
    gboolean step;
} ErrataSeries;

/* a flag on a timeline, or a marked point of a curve */
typedef struct {
    double x;
    double y;     /* NaN: the whole height */
    double x_end; /* NaN, or where the marked window ends */
    char *label;
    ErrataTone tone;
    int finding; /* index into the case's findings, −1 when none */
} ErrataMark;

/* a node of a tree; children are indices, −1 in a leaf; node 0 is the root */
typedef struct {
    char *label; /* the condition that leads here, "all predictions" for the root */
    int left;
    int right;
    double value; /* error rate or mean loss */
    double lo;
    double hi;
    double n;
    double coverage; /* share of all errors */
} ErrataNode;

/**
 * ErrataFigure:
 * @id: file name stem, unique in the case: `timeline`, `roc`, `F2` …
 * @title: what it shows, in words
 * @note: (nullable): small print at the right of the title ("bars: predictions per day")
 * @description: what a reader who cannot see it should know (SVG `<desc>`)
 * @x_label: (nullable): of the axis; @x_unit its unit, @x_is_time whether x is ns
 * @y_label: (nullable): of the axis; @y_unit its unit
 * @series: (array length=n_series): the data
 * @marks: (array length=n_marks): flags and marked points
 * @rows: MATRIX and DENSITY: row labels, n_rows of them
 * @columns: column labels
 * @cells: (array length=n_rows*n_columns): row-major values; NaN is empty
 * @cell_counts: (nullable): counts behind the cells where @cells are rates
 * @edges_x: (nullable): DENSITY and numeric HISTOGRAM: n_columns + 1 edges
 * @edges_y: (nullable): DENSITY: n_rows + 1 edges
 * @nodes: (array length=n_nodes): TREE
 * @axis_to: BARS: the axis reaches at least to here, so that two figures side by side have one
 *   scale; 0: by the data
 * @reference_line: draw the diagonal (ROC, reliability, predicted against actual)
 * @row_normalised: shade a MATRIX by share within the row and print counts
 *
 * The data of one figure, without a thought of how it is drawn. Analyzers make it, reports draw it.
 */
typedef struct {
    char *id;
    ErrataFigureKind kind;
    char *title;
    char *note;
    char *description;
    char *x_label;
    char *y_label;
    ErrataUnit x_unit;
    ErrataUnit y_unit;
    gboolean x_is_time;
    double axis_to;
    ErrataSeries *series;
    guint n_series;
    ErrataMark *marks;
    guint n_marks;
    guint n_rows;
    guint n_columns;
    char **rows;
    char **columns;
    double *cells;
    double *cell_counts;
    double *edges_x;
    double *edges_y;
    ErrataNode *nodes;
    guint n_nodes;
    gboolean reference_line;
    gboolean row_normalised;
} ErrataFigure;

ErrataFigure *errata_figure_new(const char *id, ErrataFigureKind kind, const char *title);
void errata_figure_free(ErrataFigure *self);
/* adds a series of @n points, arrays zeroed as asked for by the pointers being set by the caller;
 * the returned series stays the figure's and moves when another is added */
ErrataSeries *errata_figure_add_series(ErrataFigure *self,
                                       const char *label,
                                       ErrataTone tone,
                                       guint n);
ErrataMark *errata_figure_add_mark(ErrataFigure *self,
                                   double x,
                                   const char *label,
                                   ErrataTone tone);
/* DOTS and BARS: a series of one point */
void errata_figure_add_dot(ErrataFigure *self,
                           const char *label,
                           ErrataTone tone,
                           double n,
                           double value,
                           double lo,
                           double hi,
                           gboolean emphasis);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataFigure, errata_figure_free)

G_END_DECLS
