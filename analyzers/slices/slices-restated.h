/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "slices-table.h"

G_BEGIN_DECLS

gboolean errata_slices_restated(const SlicesTable *table, guint column);

G_END_DECLS
