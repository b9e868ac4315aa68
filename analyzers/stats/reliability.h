/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "intervals.h"
#include "ranking.h"

G_BEGIN_DECLS

/**
 * ErrataReliability:
 * @n_bins: bins
 * @n: (array length=n_bins): rows per bin
 * @weight: (array length=n_bins): their weight
 * @effective: (array length=n_bins): Kish's effective rows
 * @mean_score: (array length=n_bins): mean score; NaN in an empty bin
 * @rate: (array length=n_bins): observed rate; NaN in an empty bin
 * @variance: (array length=n_bins): sampling variance of rate − mean score; 0 in an empty bin
 * @ece: expected calibration error Σ share · |rate − mean score|
 * @mce: largest gap of a bin that has rows
 * @ece_expected: what @ece would be on average were the scores the true probabilities
 * @ece_variance: sampling variance of @ece
 * @bias: Σ share · (rate − mean score): below 0 the scores are too high
 *
 * How scores agree with what happened, bin by bin.
 */
typedef struct {
    guint n_bins;
    guint64 *n;
    double *weight;
    double *effective;
    double *mean_score;
    double *rate;
    double *variance;
    double ece;
    double mce;
    double ece_expected;
    double ece_variance;
    double bias;
} ErrataReliability;

ErrataReliability *errata_reliability_equal_width(const double *score,
                                                  const guint8 *hit,
                                                  const double *weight,
                                                  gsize n,
                                                  guint n_bins);
ErrataReliability *errata_reliability_equal_mass(const ErrataRanking *ranking, guint n_bins);
ErrataInterval errata_reliability_interval(const ErrataReliability *self, double level);
void errata_reliability_free(ErrataReliability *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataReliability, errata_reliability_free)

G_END_DECLS
