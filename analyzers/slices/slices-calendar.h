/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "slices-table.h"

G_BEGIN_DECLS

gboolean errata_slices_calendar_is_on(const SlicesTable *table, const Slice *slice);
gboolean errata_slices_calendar_comes_back(const SlicesTable *table,
                                           const ErrataExpected *expected,
                                           const Slice *slice);
double errata_slices_calendar_test(const SlicesTable *table,
                                   const SlicesHalf *half,
                                   const Slice *slice,
                                   const guint8 *member,
                                   const ErrataExpected *expected,
                                   ErrataExpectedTest *ret_test);

G_END_DECLS
