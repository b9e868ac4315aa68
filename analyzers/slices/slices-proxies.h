/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "slices-table.h"
#include "stats/expected-rate.h"

G_BEGIN_DECLS

guint8 *errata_slices_proxies(const SlicesTable *table, const ErrataExpected *scored);

G_END_DECLS
