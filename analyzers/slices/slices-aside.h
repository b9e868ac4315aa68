/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "slices-table.h"

G_BEGIN_DECLS

gboolean errata_slices_aside(const SlicesTable *table, Slice *slice, int class);
gboolean errata_slices_aside_is_of(double more, double of_class);

G_END_DECLS
