/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ErrataTail:
 * @n: values beyond the threshold
 * @threshold: where the tail begins
 * @shape: generalised Pareto shape ξ, at least 0, at its upper limit
 * @scale: its scale σ, so that the fit passes the censoring point
 * @step: distance of neighbouring values where they lie on a lattice, else about 0
 */
typedef struct {
    gsize n;
    double threshold;
    double shape;
    double scale;
    double step;
} ErrataTail;

gboolean errata_tail_fit(const double *sorted, gsize n, double threshold, ErrataTail *ret);
double errata_tail_quantile(const ErrataTail *self, double share);
double errata_tail_survival(const ErrataTail *self, double value);

G_END_DECLS
