/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ErrataLevelOther:
 * @value: (array length=n_rows): a number, or the code of a name; NaN where missing
 * @is_name: codes have no order
 *
 * Another feature of the same rows.
 */
typedef struct {
    const double *value;
    gboolean is_name;
} ErrataLevelOther;

void errata_level_effects_order(const guint *level,
                                gsize n_rows,
                                guint n_levels,
                                const ErrataLevelOther *other,
                                guint n_others,
                                guint *ret_order);
void errata_level_effects_accumulate(const guint *place,
                                     const double *from_before,
                                     const double *to_next,
                                     gsize n_rows,
                                     guint n_levels,
                                     double *ret_effect,
                                     double *ret_error);

G_END_DECLS
