/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "slices-table.h"

G_BEGIN_DECLS

void errata_slices_deepen(const SlicesTable *table,
                          const ErrataExpected *expected,
                          const guint64 *n_valid,
                          Slice *slice,
                          double *ret_ratio);

G_END_DECLS
