/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SlicesTurnedRows:
 * @n: rows
 * @confidence: (array length=n): of their predictions; NaN where there is none
 * @error: (array length=n): 1.0 for wrong rows, else 0.0
 * @told: (array length=n): 1 for rows of which is known why they are wrong
 * @n_classes: classes; the one predicted for a row is its cell modulo them
 *
 * Rows and what their scores say of them.
 */
typedef struct {
    gsize n;
    const double *confidence;
    const double *error;
    const guint8 *told;
    guint n_classes;
} SlicesTurnedRows;

gboolean errata_slices_turned_pool(const SlicesTurnedRows *rows,
                                   guint32 *cell,
                                   guint n_cells,
                                   guint8 *ret_turned);

G_END_DECLS
