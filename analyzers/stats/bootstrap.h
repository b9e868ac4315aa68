/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "intervals.h"
#include "rng.h"

G_BEGIN_DECLS

/**
 * ErrataBootstrapFunc:
 * @weight: (array length=n_rows): how often each row was drawn
 * @data: user data, shared by threads: read only
 *
 * Returns: the statistic on rows so weighted; NaN leaves the draw out
 */
typedef double (*ErrataBootstrapFunc)(const guint8 *weight, gsize n_rows, gconstpointer data);

guint8 errata_bootstrap_poisson(ErrataRng *rng);
ErrataInterval errata_bootstrap_interval(double estimate,
                                         ErrataBootstrapFunc func,
                                         gsize n_rows,
                                         gconstpointer data,
                                         guint n_draws,
                                         guint64 seed,
                                         guint64 stage,
                                         double level,
                                         double *ret_variance);

G_END_DECLS
