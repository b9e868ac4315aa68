/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "slices-search.h"

G_BEGIN_DECLS

double errata_slices_refine(const SlicesTable *table,
                            const ErrataExpected *expected,
                            const guint8 *within,
                            Slice *slice);
void errata_slices_refine_fewer(const SlicesTable *table,
                                const ErrataExpected *expected,
                                Slice *slice);
double errata_slices_refine_decimal(double above, double at_most);
double errata_slices_refine_end(const ErrataColumn *column, double edge);

G_END_DECLS
