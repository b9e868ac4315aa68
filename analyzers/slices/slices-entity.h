/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "slices-table.h"

G_BEGIN_DECLS

double errata_slices_entity_test(const SlicesTable *table,
                                 const SlicesHalf *half,
                                 const guint8 *member,
                                 const ErrataExpected *expected,
                                 ErrataExpectedTest *ret_test);
double errata_slices_entity_widen(const SlicesTable *table,
                                  const SlicesHalf *half,
                                  const guint8 *member,
                                  const double *more,
                                  ErrataExpectedTest *test);

G_END_DECLS
