/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "slices-table.h"

G_BEGIN_DECLS

gboolean errata_slices_weights_agree(const SlicesTable *table,
                                     const guint8 *member,
                                     int said,
                                     double over);

G_END_DECLS
