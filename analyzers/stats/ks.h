/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

double errata_ks_one_sample_p(double statistic, double n);
double errata_ks_two_sample_p(double statistic, gsize n, gsize m);

G_END_DECLS
