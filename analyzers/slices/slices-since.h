/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "slices-table.h"

G_BEGIN_DECLS

/**
 * SlicesTimes:
 * @at: (array) per half: places in it, in order of time
 *
 * The rows of both halves as they came.
 */
typedef struct {
    guint32 *at[2];
} SlicesTimes;

/* sums over rows: @square of residuals, or of losses where the rows are none of the group's */
typedef struct {
    double n;
    double y;
    double mu;
    double square;
} SlicesSum;

/**
 * SlicesLine:
 * @n: blocks of time
 * @own: (array length=n + 1): of the rows of a group before each block
 * @other: (array length=n + 1): of all other rows
 * @begin: (array length=n + 1) (nullable): place of the first row of a block, in order of time
 *
 * A group and all others through time.
 */
typedef struct {
    guint n;
    SlicesSum *own;
    SlicesSum *other;
    gsize *begin;
} SlicesLine;

SlicesTimes *errata_slices_times_new(const SlicesTable *table);
void errata_slices_times_free(SlicesTimes *self);
double errata_slices_since_z(const SlicesLine *line,
                             guint lo,
                             guint hi,
                             double least,
                             double *ret_rest);
gboolean errata_slices_since(const SlicesTable *table,
                             const SlicesTimes *times,
                             const ErrataExpected *const expected[2],
                             Slice *slice);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(SlicesTimes, errata_slices_times_free)

G_END_DECLS
