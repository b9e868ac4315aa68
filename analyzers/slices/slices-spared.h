/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "slices-find.h"

G_BEGIN_DECLS

gboolean errata_slices_spared_take(const SlicesTable *table,
                                   const ErrataExpected *const expected[2],
                                   const Slice *slice,
                                   double alpha,
                                   SlicesFind *find);
void errata_slices_spared_expect(const SlicesTable *table,
                                 const SlicesFind *find,
                                 const SlicesHalf *half,
                                 ErrataExpected *expected);

G_END_DECLS
