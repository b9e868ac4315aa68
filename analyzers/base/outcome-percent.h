/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean errata_outcome_percent_window(const double *number,
                                       const guint32 *order,
                                       gsize n_rows,
                                       gsize *ret_from,
                                       gsize *ret_to);

G_END_DECLS
