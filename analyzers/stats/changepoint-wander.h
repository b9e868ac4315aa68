/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "changepoint.h"

G_BEGIN_DECLS

double errata_changepoint_wander(const double *value,
                                 guint n,
                                 const ErrataChange *change,
                                 guint n_changes,
                                 double *ret_statistic);
double errata_changepoint_shifts(const double *value, guint n, double ratio, double *ret_shift);

G_END_DECLS
