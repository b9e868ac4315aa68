/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "slices-find.h"

G_BEGIN_DECLS

/**
 * SlicesNear:
 * @cell: per half: (array length=n_rows): rows that columns let expect as many errors of, as near
 *   as they are to a decision
 * @n_cells: per half
 * @close: (array length=n_rows): of the confirmation half, 1 for the rows nearest to a decision
 *
 * How near to the model's decision rows are, where no scores were logged.
 */
typedef struct _SlicesNear {
    guint32 *cell[2];
    guint n_cells[2];
    guint8 *close;
} SlicesNear;

gboolean errata_slices_near_can(const SlicesTable *table);
SlicesNear *errata_slices_near_new(const SlicesTable *table);
SlicesNear *errata_slices_near_labels(const SlicesTable *table);
void errata_slices_near_free(SlicesNear *self);
gboolean errata_slices_near_leaves(const SlicesTable *table,
                                   const SlicesNear *near,
                                   const Slice *slice);
gboolean errata_slices_near_is_by_numbers(const SlicesTable *table, const Slice *slice);
SlicesFind *errata_slices_near_choose(SlicesTable *table,
                                      SlicesFind *find,
                                      double alpha,
                                      guint64 seed);
void errata_slices_near_add(ErrataAnalysis *analysis, const SlicesTable *table);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(SlicesNear, errata_slices_near_free)

G_END_DECLS
