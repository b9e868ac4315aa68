/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "slices-table.h"

G_BEGIN_DECLS

gboolean errata_slices_alike(const SlicesTable *table, const Slice *a, const Slice *b);

G_END_DECLS
