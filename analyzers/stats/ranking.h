/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ErrataRanking:
 * @n_groups: distinct scores
 * @score: (array length=n_groups): distinct scores, best (highest) first
 * @positive: (array length=n_groups): positives with that score (or their weight)
 * @negative: (array length=n_groups): negatives with that score (or their weight)
 * @positive_squares: (array length=n_groups) (nullable): sums of squared weights; %NULL without
 *   weights
 * @negative_squares: (array length=n_groups) (nullable): likewise
 * @n_positive: all positives (or their weight)
 * @n_negative: all negatives (or their weight)
 *
 * Rows sorted once by score, ties pooled: all that ROC, precision–recall, threshold curves and
 * their areas need.
 */
typedef struct {
    gsize n_groups;
    double *score;
    double *positive;
    double *negative;
    double *positive_squares;
    double *negative_squares;
    double n_positive;
    double n_negative;
} ErrataRanking;

/**
 * ErrataRankingPoint:
 * @group: predicted positive are the groups before this one; 0 … n_groups
 * @score: lowest score that is predicted positive; +infinity for none
 * @true_positive: positives among them
 * @false_positive: negatives among them
 *
 * A point of a curve over thresholds.
 */
typedef struct {
    gsize group;
    double score;
    double true_positive;
    double false_positive;
} ErrataRankingPoint;

ErrataRanking *errata_ranking_new(const double *score,
                                  const guint8 *label,
                                  const double *weight,
                                  gsize n);
ErrataRanking *errata_ranking_pooled(const double *score,
                                     const guint8 *label,
                                     const double *weight,
                                     gsize n);
void errata_ranking_free(ErrataRanking *self);
double errata_ranking_auc(const ErrataRanking *self, double *ret_variance);
double errata_ranking_average_precision(const ErrataRanking *self, double *ret_variance);
double errata_ranking_ks(const ErrataRanking *self);
ErrataRankingPoint *errata_ranking_points(const ErrataRanking *self, guint most, guint *ret_n);
double errata_ranking_delong(const double *score_a,
                             const double *score_b,
                             const guint8 *label,
                             gsize n,
                             double *ret_variance);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataRanking, errata_ranking_free)

G_END_DECLS
