/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define ERRATA_SENTINEL_MAX 4 /* codes of one column */

/**
 * ErrataSentinel:
 * @value: the code, e.g. −999
 * @count: how often it stands there
 * @next: the nearest other value
 * @lo: lower end of the central 99.8 % of the others
 * @hi: upper end of it
 */
typedef struct {
    double value;
    gsize count;
    double next;
    double lo;
    double hi;
} ErrataSentinel;

guint errata_sentinel_find(const double *value, gsize n, ErrataSentinel ret[ERRATA_SENTINEL_MAX]);
guint errata_sentinel_find_instants(const double *value,
                                    gsize n,
                                    ErrataSentinel ret[ERRATA_SENTINEL_MAX]);
gboolean errata_sentinel_measure(const double *value,
                                 gsize n,
                                 double code,
                                 ErrataSentinel *ret_sentinel);
gboolean errata_sentinel_is_instant(double value);

G_END_DECLS
