/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define ERRATA_COLUMN_SKETCH_ROWS 100000 /* about so many rows at most are counted */

/**
 * ErrataColumnSketch:
 * @n: bins
 * @edges: (array length=n-1) (nullable): numbers: increasing inner edges; bin b holds
 *   edges[b − 1] ≤ x < edges[b]
 * @labels: (array length=n) (nullable): otherwise: the value of each bin
 * @pooled: the last bin holds all rarer values
 * @rows: rows counted, missing ones included
 * @missing: of them without a value
 * @count: (array length=n): rows per bin
 * @judged: (array length=n): of them with a label and a prediction
 * @loss: (array length=n): sum of their losses
 * @squares: (array length=n): sum of the squares of those
 *
 * A column's distribution and the losses that go with it, in bins: by this a later log is compared
 * with the one that was reported.
 */
typedef struct {
    guint n;
    double *edges;
    char **labels;
    gboolean pooled;
    guint64 rows;
    guint64 missing;
    guint64 *count;
    guint64 *judged;
    double *loss;
    double *squares;
} ErrataColumnSketch;

ErrataColumnSketch *errata_column_sketch_new(guint n);
void errata_column_sketch_free(ErrataColumnSketch *self);
/* whether it can be relied on, wherever it came from */
gboolean errata_column_sketch_is_sound(const ErrataColumnSketch *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataColumnSketch, errata_column_sketch_free)

G_END_DECLS
