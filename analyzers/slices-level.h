/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "slices-table.h"

G_BEGIN_DECLS

float *errata_slices_level_new(const SlicesTable *table, const SlicesHalf *half);

G_END_DECLS
