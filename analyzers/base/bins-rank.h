/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void errata_bins_rank(const double *edges,
                      guint n_edges,
                      const double *value,
                      gsize n,
                      guint8 *ret_code);

G_END_DECLS
