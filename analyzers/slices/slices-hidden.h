/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "slices-find.h"

G_BEGIN_DECLS

void errata_slices_hidden(const SlicesTable *table, SlicesFind *find, double alpha, guint64 seed);

G_END_DECLS
