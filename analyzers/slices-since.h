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

SlicesTimes *errata_slices_times_new(const SlicesTable *table);
void errata_slices_times_free(SlicesTimes *self);
gboolean errata_slices_since(const SlicesTable *table,
                             const SlicesTimes *times,
                             const ErrataExpected *const expected[2],
                             Slice *slice);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(SlicesTimes, errata_slices_times_free)

G_END_DECLS
