/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "slices-search.h"

G_BEGIN_DECLS

GArray *errata_slices_large_new(const SlicesTable *table, const ErrataExpected *expected);
gboolean errata_slices_large_next(const SlicesTable *table,
                                  const GArray *large,
                                  const ErrataExpected *expected,
                                  guint64 n_candidates,
                                  Slice *ret_slice,
                                  double *ret_score,
                                  double *ret_ratio);
void errata_slices_large_whole(const SlicesTable *table,
                               const ErrataExpected *const expected[2],
                               Slice *slice,
                               double *ret_ratio);

G_END_DECLS
