/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "slices-find.h"

G_BEGIN_DECLS

void errata_slices_merge(const SlicesTable *table, SlicesFind *find);
gboolean errata_slices_merge_holds(const SlicesTable *table,
                                   const SlicesFind *find,
                                   const Slice *slice,
                                   int sign);

G_END_DECLS
