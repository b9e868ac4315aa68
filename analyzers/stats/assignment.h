/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

double errata_assignment_solve(const double *cost, guint n, guint *ret_column);

G_END_DECLS
