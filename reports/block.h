/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "document.h"
#include "pen.h"

G_BEGIN_DECLS

/* where the columns and rows of a table stand, worked out once */
typedef struct {
    double *x;      /* left edge of each column, from the table's */
    double *width;  /* of each column */
    double *height; /* of each row */
    double heading; /* height of the line of headings */
    double total;   /* width of the table */
    double space;   /* extra height within each row */
    guint n_rows;
} ErrataTableMeasure;

ErrataTableMeasure *errata_table_measure(const ErrataBlock *block, ErrataPen *pen, double width);
void errata_table_measure_free(ErrataTableMeasure *self);
double errata_table_tightest(const ErrataTableMeasure *self);
void errata_table_tighten(ErrataTableMeasure *self, double left);
/* @pages: (element-type utf8 guint): destination → page number */
void errata_table_draw(const ErrataBlock *block,
                       const ErrataTableMeasure *measure,
                       ErrataPen *pen,
                       double x,
                       double y,
                       guint first,
                       guint n_rows,
                       GHashTable *pages);

/* any block but a table */
double errata_block_height(const ErrataBlock *block, ErrataPen *pen, double width);
void errata_block_draw(const ErrataBlock *block,
                       ErrataPen *pen,
                       double x,
                       double y,
                       double width,
                       double height);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataTableMeasure, errata_table_measure_free)

G_END_DECLS
