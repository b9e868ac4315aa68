/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void errata_sort_doubles(const double *value, gsize n, double *ret_sorted, guint32 *ret_order);
void errata_sort_payload(const double *value,
                         const guint32 *payload,
                         gsize n,
                         double *ret_sorted,
                         guint32 *ret_payload);
void errata_sort_values(double *value, gsize n);
void errata_sort_midranks(const double *value, gsize n, double *ret_rank);
double errata_sort_quantile(const double *sorted, gsize n, double p);
gsize errata_sort_below(const double *sorted, gsize n, double value);

G_END_DECLS
