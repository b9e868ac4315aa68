/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

double errata_tail_gap(const double *value,
                       gsize n,
                       double centre,
                       gsize n_all,
                       double n_tests,
                       double *ret_p);

G_END_DECLS
