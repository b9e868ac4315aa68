/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "column.h"

G_BEGIN_DECLS

ErrataColumn *errata_column_dates_convert(ErrataColumn *column);
gboolean errata_column_dates_are_open(const ErrataColumn *column);
gboolean errata_column_dates_clock(const char *text, gsize length, gint64 *ret_ns);

G_END_DECLS
