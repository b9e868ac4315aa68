/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "column.h"
#include "number.h"

G_BEGIN_DECLS

const char *errata_column_key(const ErrataColumn *column,
                              gsize row,
                              char buffer[ERRATA_NUMBER_BUFFER],
                              gsize *ret_length);

G_END_DECLS
