/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

guint errata_quantiles_edges(const double *sorted, gsize n, guint n_bins, double *ret_edges);

G_END_DECLS
