/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "partition.h"

G_BEGIN_DECLS

#define ERRATA_DISTANCES_BINS 10 /* quantile bins of the reference, for JS and PSI */

/**
 * ErrataDistances:
 * @ks: Kolmogorov–Smirnov statistic, in [0, 1]
 * @ks_p: its two-sided p
 * @wasserstein: Wasserstein-1 distance in the column's unit, of the clipped samples
 * @js: Jensen–Shannon distance (root of the base-2 divergence), in [0, 1]
 * @psi: population stability index
 * @n_edges: inner edges of the shared bins, at most %ERRATA_DISTANCES_BINS − 1
 * @edges: the reference's decile edges; a bin holds edges[c − 1] ≤ x < edges[c]
 *
 * How far two samples of a number lie apart. All NaN when either is empty.
 */
typedef struct {
    double ks;
    double ks_p;
    double wasserstein;
    double js;
    double psi;
    guint n_edges;
    double edges[ERRATA_DISTANCES_BINS - 1];
} ErrataDistances;

/**
 * ErrataDistancesCategories:
 * @chi2: chi-square of the 2 × k table, categories empty on both sides left out
 * @dof: k − 1
 * @p: its p; 1 with fewer than two categories
 * @cramers_v: √(chi2 / n)
 * @js: Jensen–Shannon distance, in [0, 1]
 * @psi: population stability index
 */
typedef struct {
    double chi2;
    guint dof;
    double p;
    double cramers_v;
    double js;
    double psi;
} ErrataDistancesCategories;

ErrataDistances errata_distances_measure(ErrataPartition *reference,
                                         ErrataPartition *current,
                                         double lo,
                                         double hi);
void errata_distances_by_chance(const guint64 *reference,
                                const guint64 *current,
                                gsize n,
                                double *ret_js2,
                                double *ret_psi);
ErrataDistancesCategories errata_distances_categories(const guint64 *reference,
                                                      const guint64 *current,
                                                      gsize n);
void errata_distances_errors(const guint64 *reference,
                             const guint64 *current,
                             gsize n,
                             double worth_r,
                             double worth_c,
                             double *ret_js,
                             double *ret_psi);
double errata_distances_js(const guint64 *reference, const guint64 *current, gsize n);
double errata_distances_psi(const guint64 *reference, const guint64 *current, gsize n);
double errata_distances_ks_p(double ks, gsize n_reference, gsize n_current);
void errata_distances_want(ErrataPartition *side, const double *edges, guint n_edges);
void errata_distances_count(ErrataPartition *side,
                            const double *edges,
                            guint n_edges,
                            guint64 *ret_count);

G_END_DECLS
