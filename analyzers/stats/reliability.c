/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reliability bins and the calibration errors made of them. With gaps d_b and shares w_b,
 * ECE = Σ w_b |d_b|. Under perfect calibration d_b is near normal with variance
 * Σ p (1 − p) / n_b², so E|d_b| = √(2/π) sd_b: that is what chance alone would show. */
#include "reliability.h"

#include <math.h>

static ErrataReliability *
reliability_alloc(guint n_bins)
{
    ErrataReliability *self = g_new0(ErrataReliability, 1);

    self->n_bins = n_bins;
    self->n = g_new0(guint64, n_bins);
    self->weight = g_new0(double, n_bins);
    self->effective = g_new0(double, n_bins);
    self->mean_score = g_new0(double, n_bins);
    self->rate = g_new0(double, n_bins);
    return self;
}

void
errata_reliability_free(ErrataReliability *self)
{
    if (self == NULL)
        return;
    g_free(self->n);
    g_free(self->weight);
    g_free(self->effective);
    g_free(self->mean_score);
    g_free(self->rate);
    g_free(self);
}

/* sums to means; @effective comes in as Σ w², @null as Σ w² p (1 − p), @score_squares as Σ w p²,
 * @score_hits as Σ w p y */
static void
reliability_finish(ErrataReliability *self, const double *null, const double *spread)
{
    double total = 0.0;

    self->mce = self->ece = self->ece_expected = self->ece_variance = self->bias = 0.0;
    for (guint b = 0; b < self->n_bins; b++)
        total += self->weight[b];
    for (guint b = 0; b < self->n_bins; b++) {
        double weight = self->weight[b];
        double gap;

        if (!(weight > 0.0)) {
            self->mean_score[b] = self->rate[b] = (double)NAN;
            continue;
        }
        self->mean_score[b] /= weight;
        self->rate[b] /= weight;
        gap = self->rate[b] - self->mean_score[b];
        self->ece += weight / total * fabs(gap);
        self->bias += weight / total * gap;
        self->mce = fmax(self->mce, fabs(gap));
        self->ece_expected += sqrt(2.0 / G_PI * null[b]) / total;
        /* Σ w² (y − p − gap)² over the bin, and its gap against the whole */
        self->ece_variance += spread[b] / total / total;
        self->effective[b] = weight * weight / self->effective[b];
    }
    for (guint b = 0; b < self->n_bins; b++)
        if (self->weight[b] > 0.0) {
            double gap = fabs(self->rate[b] - self->mean_score[b]) - self->ece;

            self->ece_variance += self->weight[b] * self->weight[b] / self->effective[b] * gap *
                                  gap / total / total;
        }
}

/* the residual y − p has mean gap in its bin: Σ w² (y − p)² − gap² Σ w² */
static double
reliability_spread(double squares, double effective, double weight, double score, double hits)
{
    double gap = weight > 0.0 ? (hits - score) / weight : 0.0;

    return fmax(squares - gap * gap * effective, 0.0);
}

/**
 * errata_reliability_equal_width:
 * @score: (array length=n): probabilities in [0, 1], none NaN
 * @hit: (array length=n): 1 where what they predict happened
 * @weight: (array length=n) (nullable): weights
 * @n: rows
 * @n_bins: bins of equal width, closed left; 1 belongs to the last
 *
 * Source: Guo et al. 2017, "On calibration of modern neural networks", eq. 3.
 *
 * Returns: (transfer full): the bins; all zero without rows
 */
ErrataReliability *
errata_reliability_equal_width(const double *score,
                               const guint8 *hit,
                               const double *weight,
                               gsize n,
                               guint n_bins)
{
    ErrataReliability *self = reliability_alloc(n_bins);
    g_autofree double *null = g_new0(double, n_bins);
    g_autofree double *squares = g_new0(double, n_bins);

    for (gsize i = 0; i < n; i++) {
        double p = score[i];
        double y = hit[i] != 0 ? 1.0 : 0.0;
        double w = weight != NULL ? weight[i] : 1.0;
        guint b = MIN((guint)(p * n_bins), n_bins - 1);

        self->n[b]++;
        self->weight[b] += w;
        self->effective[b] += w * w;
        self->mean_score[b] += w * p;
        self->rate[b] += w * y;
        null[b] += w * w * p * (1.0 - p);
        squares[b] += w * w * (y - p) * (y - p);
    }
    for (guint b = 0; b < n_bins; b++)
        squares[b] = reliability_spread(squares[b],
                                        self->effective[b],
                                        self->weight[b],
                                        self->mean_score[b],
                                        self->rate[b]);
    reliability_finish(self, null, squares);
    return self;
}

/**
 * errata_reliability_equal_mass:
 * @ranking: scores and what happened
 * @n_bins: bins of near equal weight; tied scores stay together
 *
 * A group of tied scores goes to the bin in which the middle of its weight lies. @n counts rows
 * only without weights, else it is the rounded weight.
 *
 * Returns: (transfer full): the bins, from the lowest scores up
 */
ErrataReliability *
errata_reliability_equal_mass(const ErrataRanking *ranking, guint n_bins)
{
    ErrataReliability *self = reliability_alloc(n_bins);
    g_autofree double *null = g_new0(double, n_bins);
    g_autofree double *squares = g_new0(double, n_bins);
    double total = ranking->n_positive + ranking->n_negative;
    double below = 0.0;

    for (gsize g = ranking->n_groups; g > 0; g--) {
        double p = ranking->score[g - 1];
        double w = ranking->positive[g - 1] + ranking->negative[g - 1];
        double p2 = ranking->positive_squares != NULL ? ranking->positive_squares[g - 1]
                                                      : ranking->positive[g - 1];
        double n2 = ranking->negative_squares != NULL ? ranking->negative_squares[g - 1]
                                                      : ranking->negative[g - 1];
        double middle = total > 0.0 ? (below + 0.5 * w) / total : 0.0;
        guint b = MIN((guint)(middle * n_bins), n_bins - 1);

        below += w;
        self->n[b] += (guint64)llround(w);
        self->weight[b] += w;
        self->effective[b] += p2 + n2;
        self->mean_score[b] += w * p;
        self->rate[b] += ranking->positive[g - 1];
        null[b] += (p2 + n2) * p * (1.0 - p);
        squares[b] += p2 * (1.0 - p) * (1.0 - p) + n2 * p * p;
    }
    for (guint b = 0; b < n_bins; b++)
        squares[b] = reliability_spread(squares[b],
                                        self->effective[b],
                                        self->weight[b],
                                        self->mean_score[b],
                                        self->rate[b]);
    reliability_finish(self, null, squares);
    return self;
}
