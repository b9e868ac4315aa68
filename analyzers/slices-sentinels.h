/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "slices-table.h"

G_BEGIN_DECLS

void errata_slices_sentinels_find(SlicesColumn *column);

G_END_DECLS
