/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define ERRATA_OUTSIDE_MOST 65536 /* numbers looked through at once */

gsize errata_outside_find(const double *value, gsize n, double lo, double hi, guint16 *ret_place);
gsize errata_outside_ends(const double *value, gsize n, double *ret_least, double *ret_most);

G_END_DECLS
