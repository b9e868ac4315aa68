/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "slices-find.h"

G_BEGIN_DECLS

gboolean errata_slices_foretold(const SlicesTable *table,
                                const SlicesFind *find,
                                const guint8 *member);

G_END_DECLS
