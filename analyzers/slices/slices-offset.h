/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "side-terms.h"
#include "slices-table.h"

G_BEGIN_DECLS

double errata_slices_offset_best(const SlicesTable *table,
                                 const guint32 *row,
                                 const ErrataSideTerms *known,
                                 SlicesOffset *ret_group);
double *errata_slices_offset_term(const SlicesTable *table,
                                  const SlicesOffset *self,
                                  const guint32 *row,
                                  gsize n);
void errata_slices_offset_take_off(const SlicesTable *table,
                                   const SlicesOffset *self,
                                   const guint32 *row,
                                   gsize n,
                                   double *value);

G_END_DECLS
