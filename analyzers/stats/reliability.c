/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reliability bins and the calibration errors made of them. With gaps d_b and shares w_b,
 * ECE = Σ w_b |d_b|. Under perfect calibration d_b is near normal with variance
 * Σ p (1 − p) / n_b², so E|d_b| = √(2/π) sd_b: that is what chance alone would show. */
#include "reliability.h"

#include <math.h>

#define RELIABILITY_ROUNDS 60    /* of a bisection: to the last digits of a double */
#define RELIABILITY_NONE   1e-12 /* of a gap, that rounding leaves of it */

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
    self->variance = g_new0(double, n_bins);
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
    g_free(self->variance);
    g_free(self);
}

/* variance of the mean gap of bin @b. Two rows with the event and two without are granted where
 * that makes it larger (Agresti and Coull 1998): rows with no event, or all of them, do not show
 * that the next cannot differ */
static double
reliability_variance(const ErrataReliability *self, guint b, double spread)
{
    double n = self->effective[b], rate = self->rate[b];
    double granted = (n * rate + 2.0) / (n + 4.0);
    double more = granted * (1.0 - granted) - rate * (1.0 - rate);

    return spread / (self->weight[b] * self->weight[b]) + fmax(more, 0.0) / n;
}

/* what chance in how many rows fall into each bin adds to the variance of Σ share · gap */
static double
reliability_share_variance(const ErrataReliability *self, const double *gap, double total)
{
    double mean = 0.0, sum = 0.0;

    for (guint b = 0; b < self->n_bins; b++)
        mean += self->weight[b] > 0.0 ? self->weight[b] / total * gap[b] : 0.0;
    for (guint b = 0; b < self->n_bins; b++) {
        double share = self->weight[b] / total;

        if (share > 0.0)
            sum += share * share / self->effective[b] * (gap[b] - mean) * (gap[b] - mean);
    }
    return sum;
}

static double
reliability_total(const ErrataReliability *self)
{
    double total = 0.0;

    for (guint b = 0; b < self->n_bins; b++)
        total += self->weight[b];
    return total;
}

/* sums to means; @effective comes in as Σ w², @null as Σ w² p (1 − p), @spread as
 * Σ w² (y − p − gap)² */
static void
reliability_finish(ErrataReliability *self, const double *null, const double *spread)
{
    g_autofree double *size = g_new0(double, self->n_bins);
    double total = reliability_total(self);

    self->mce = self->ece = self->ece_expected = self->ece_variance = self->bias = 0.0;
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
        size[b] = fabs(gap);
        self->ece += weight / total * size[b];
        self->bias += weight / total * gap;
        self->mce = fmax(self->mce, size[b]);
        self->ece_expected += sqrt(2.0 / G_PI * null[b]) / total;
        self->effective[b] = weight * weight / self->effective[b];
        self->variance[b] = reliability_variance(self, b, spread[b]);
        self->ece_variance += weight * weight * self->variance[b] / total / total;
    }
    if (total > 0.0)
        self->ece_variance += reliability_share_variance(self, size, total);
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

/* what the calibration error would be measured as, were the true gaps of the bins @gap */
typedef struct {
    double error;    /* Σ share · gap */
    double mean;     /* of what is measured: E|N(gap, variance)| is more than a small gap */
    double variance; /* of what is measured */
} ReliabilityGuess;

static ReliabilityGuess
reliability_guess(const ErrataReliability *self, const double *gap, double total)
{
    ReliabilityGuess guess = {0};

    for (guint b = 0; b < self->n_bins; b++) {
        double share = self->weight[b] / total, sd = sqrt(self->variance[b]);
        double mean = gap[b];

        if (!(share > 0.0))
            continue;
        if (sd > 0.0) {
            double z = gap[b] / sd;

            mean = sd * sqrt(2.0 / G_PI) * exp(-0.5 * z * z) + gap[b] * erf(z / G_SQRT2);
        }
        guess.error += share * gap[b];
        guess.mean += share * mean;
        guess.variance += share * share * fmax(gap[b] * gap[b] + sd * sd - mean * mean, 0.0);
    }
    guess.variance += reliability_share_variance(self, gap, total);
    return guess;
}

/* the likeliest gaps whose error is another than the one measured: with normal gaps, each moved by
 * @pull times share · variance, and none below 0 */
static ReliabilityGuess
reliability_pulled(const ErrataReliability *self, double pull, double total)
{
    g_autofree double *gap = g_new0(double, self->n_bins);

    for (guint b = 0; b < self->n_bins; b++) {
        double size = fabs(self->rate[b] - self->mean_score[b]);
        double left = size - pull * self->weight[b] / total * self->variance[b];

        if (self->weight[b] > 0.0)
            gap[b] = left > RELIABILITY_NONE * size ? left : 0.0;
    }
    return reliability_guess(self, gap, total);
}

/* the error at which what was measured lies @z standard deviations above its mean */
static double
reliability_end(const ErrataReliability *self, double z, double most, double total, double scale)
{
    double down = most, up = -1.0;
    ReliabilityGuess guess = reliability_pulled(self, most, total);

    if (self->ece - guess.mean <= z * sqrt(scale * guess.variance))
        return guess.error; /* even the least error could have shown this */
    for (guint round = 0; round < RELIABILITY_ROUNDS; round++, up *= 2.0) {
        guess = reliability_pulled(self, up, total);
        if (self->ece - guess.mean <= z * sqrt(scale * guess.variance))
            break;
    }
    for (guint round = 0; round < RELIABILITY_ROUNDS; round++) {
        double middle = 0.5 * (down + up);

        guess = reliability_pulled(self, middle, total);
        if (self->ece - guess.mean > z * sqrt(scale * guess.variance))
            down = middle;
        else
            up = middle;
    }
    return guess.error;
}

/**
 * errata_reliability_interval:
 * @self: the bins
 * @level: of the interval
 *
 * Which calibration errors could have been measured as @ece: chance adds to small gaps and not to
 * large ones, so @ece is compared with the mean and scatter of what each error would show, with the
 * gaps of the bins as the likeliest for that error. The upper end is never below @ece itself.
 * Source: Chuang and Lai 2000, "Hybrid resampling methods for confidence intervals", Statistica
 * Sinica 10, with normal gaps in place of resampling.
 *
 * Returns: the interval, from 0 to what would be seen if each bin had no event, or nothing else, by
 * the side of its gap; NaN at both ends without rows
 */
ErrataInterval
errata_reliability_interval(const ErrataReliability *self, double level)
{
    double total = reliability_total(self), z = errata_intervals_z(level);
    double most = 0.0, known = 0.0, largest = 0.0, scale;
    g_autofree double *size = g_new0(double, self->n_bins);

    if (!(total > 0.0))
        return (ErrataInterval){(double)NAN, (double)NAN};
    for (guint b = 0; b < self->n_bins; b++) {
        double share = self->weight[b] / total;

        if (!(share > 0.0))
            continue;
        size[b] = fabs(self->rate[b] - self->mean_score[b]);
        known += share * share * self->variance[b];
        largest += share *
                   fabs((self->rate[b] < self->mean_score[b] ? 0.0 : 1.0) - self->mean_score[b]);
        if (self->variance[b] > 0.0)
            most = fmax(most, size[b] / share / self->variance[b]);
    }
    if (!(known > 0.0))
        return (ErrataInterval){fmax(self->ece - z * sqrt(self->ece_variance), 0.0),
                                fmin(self->ece + z * sqrt(self->ece_variance), largest)};
    /* rows that belong together move several bins at once: more than the bins' own variances say */
    scale = self->ece_variance / (known + reliability_share_variance(self, size, total));
    return (ErrataInterval){
        reliability_end(self, z, most, total, scale),
        CLAMP(reliability_end(self, -z, most, total, scale), self->ece, fmax(largest, self->ece))};
}
