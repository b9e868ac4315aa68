/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "schema.h"

G_BEGIN_DECLS

#define ERRATA_BINS_MISSING 255 /* code of a missing cell */
#define ERRATA_BINS_MAX     254 /* codes 0 … 253 */

/**
 * ErrataBinColumn:
 * @column: index in the frame
 * @numeric: codes are ordered intervals; otherwise codes are categories
 * @derived: `hour` or `weekday` of a time column, or %NULL
 * @name: the column's name ("ts hour" for a derived one)
 * @n_codes: number of codes in use, missing not counted
 * @edges: (array length=n_edges): numeric: increasing inner edges, n_codes − 1 of them; code c
 *   holds edges[c − 1] ≤ x < edges[c]
 * @labels: (array length=n_codes): categories: the value of each code; the last is pooled when
 *   @has_other
 * @has_other: the last code pools all rarer values
 * @n_missing: missing cells
 * @code: (array length=n_rows): the codes
 */
typedef struct {
    guint column;
    gboolean numeric;
    const char *derived;
    char *name;
    guint n_codes;
    double *edges;
    char **labels;
    gboolean has_other;
    gsize n_missing;
    guint8 *code;
} ErrataBinColumn;

/**
 * ErrataBins:
 *
 * The searchable columns (feature, group, time's hour and weekday) as one byte per cell. Numeric
 * columns get @n_bins quantile bins learnt on the frame (fixed seed sample), or on the reference
 * when there is one and has them on the same scale; numbers with few distinct values get one code
 * each.
 */
typedef struct {
    gsize n_rows;
    guint n_columns;
    ErrataBinColumn *columns;
} ErrataBins;

ErrataBins *errata_bins_new(const ErrataFrame *frame,
                            const ErrataSchema *schema,
                            const ErrataFrame *edges_from,
                            guint n_bins,
                            guint64 seed);
/* the codes of another frame by the same edges and labels, e.g. the reference; columns it lacks are
 * all missing */
ErrataBins *errata_bins_apply(const ErrataBins *self, const ErrataFrame *frame);
/* the codes of a column itself, not of its hour or weekday; NULL where it has none. Only of bins
 * that were learnt, which are in the order of the frame's columns */
const ErrataBinColumn *errata_bins_find(const ErrataBins *self, guint column);
void errata_bins_free(ErrataBins *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataBins, errata_bins_free)

G_END_DECLS
