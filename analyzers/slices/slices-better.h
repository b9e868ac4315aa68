/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "slices-sum.h"
#include "slices-table.h"

G_BEGIN_DECLS

#define SLICES_BETTER_LIFT 1.25 /* expected over observed */

gboolean errata_slices_better_holds(const SlicesTable *table,
                                    const ErrataExpected *expected,
                                    const guint8 *member,
                                    double alpha,
                                    ErrataExpectedTest *ret_test);
gboolean errata_slices_better_search(const SlicesTable *table,
                                     const ErrataExpected *expected,
                                     Slice *ret_slice);

G_END_DECLS
