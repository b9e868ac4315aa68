/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "column.h"

G_BEGIN_DECLS

/* errata_column_read() without a copy where the cells stand as they are read; else into @buffer */
static inline const double *
errata_column_view(const ErrataColumn *self, gsize begin, gsize n, double *buffer)
{
    if (self->type == ERRATA_COLUMN_F64)
        return self->f64 + begin;
    errata_column_read(self, begin, n, buffer);
    return buffer;
}

G_END_DECLS
