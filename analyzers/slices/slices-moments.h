/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "slices-since.h"

G_BEGIN_DECLS

gboolean errata_slices_moments_next(const SlicesTable *table,
                                    const SlicesTimes *times,
                                    const ErrataExpected *expected,
                                    Slice *ret_slice,
                                    guint64 *n_tried);
gboolean errata_slices_moments_are_foreseen(const SlicesTable *table, const Slice *slice);

G_END_DECLS
