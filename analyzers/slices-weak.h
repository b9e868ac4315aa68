/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "slices-find.h"

G_BEGIN_DECLS

gboolean errata_slices_weak_may_hide(const SlicesTable *table, const GArray *found);
void errata_slices_weak_settle(const SlicesTable *table, GArray *found);

G_END_DECLS
