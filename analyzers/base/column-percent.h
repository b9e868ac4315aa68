/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "column.h"

G_BEGIN_DECLS

ErrataColumn *errata_column_percent_convert(ErrataColumn *column);

G_END_DECLS
