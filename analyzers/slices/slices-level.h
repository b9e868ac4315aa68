/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "slices-table.h"

G_BEGIN_DECLS

float *errata_slices_level_new(const SlicesTable *table, const SlicesHalf *half);
gboolean errata_slices_level_is_unbiased(const SlicesTable *table, const guint8 *member);
gboolean errata_slices_level_is_farther(const SlicesTable *table, const guint8 *member);

G_END_DECLS
