/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define ERRATA_SELECT_MAX 16 /* quantiles asked for at once */

void errata_select_quantiles(const double *value,
                             gsize n,
                             const double *p,
                             guint n_p,
                             double *ret_quantile);
double errata_select_median(const double *value, gsize n);

G_END_DECLS
