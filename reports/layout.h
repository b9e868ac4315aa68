/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "block.h"

G_BEGIN_DECLS

/* a block, or some rows of a table, on a page */
typedef struct {
    const ErrataBlock *block;
    const ErrataTableMeasure *table; /* nullable */
    double x;
    double y;
    double width;
    double height;
    guint first_row;
    guint n_rows;
} ErrataPlaced;

typedef struct {
    GArray *placed;      /* (element-type ErrataPlaced) */
    const char *running; /* right-hand running head */
} ErrataPage;

/**
 * ErrataLayout:
 * @width: of a page, in points
 * @height: of a page
 * @pages: (element-type ErrataPage)
 * @dests: (element-type utf8 guint): destination → page number, from 1
 *
 * A document laid out on pages. Knows blocks, not what they say.
 */
typedef struct {
    double width;
    double height;
    GPtrArray *pages;
    GPtrArray *tables;
    GHashTable *dests;
} ErrataLayout;

/* @paper: `A4` (also for %NULL) or `Letter` */
ErrataLayout *errata_layout_new(const ErrataDocument *document, ErrataPen *pen, const char *paper);
void errata_layout_free(ErrataLayout *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataLayout, errata_layout_free)

G_END_DECLS
