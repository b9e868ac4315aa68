/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is there a floor under the error of a score? Clean labels follow a logistic curve of the score's
 * log odds: the surer, the fewer exceptions. Labels changed at random leave a share of exceptions
 * however sure the score. Rows are pooled by log odds, so a fit costs the same for any log. */
#include "noise-floor.h"

#include <math.h>

#include "tests.h"

#define NOISE_BINS       241
#define NOISE_LIMIT      12.0 /* log odds */
#define NOISE_ROUNDS     300
#define NOISE_TINY       1e-9
#define NOISE_LEAST      5.0 /* rows expected of the rarer label for a bin to show scatter */
#define NOISE_PARAMETERS 4

typedef struct {
    double n[NOISE_BINS];
    double y[NOISE_BINS];
    double x[NOISE_BINS]; /* mean log odds */
} NoiseBins;

typedef struct {
    double a;
    double b;
    double in;
    double out;
} NoiseModel;

static void
noise_pool(NoiseBins *bins, const double *score, const guint8 *label, gsize n)
{
    for (gsize i = 0; i < n; i++) {
        double s = CLAMP(score[i], 1e-6, 1.0 - 1e-6);
        double x = CLAMP(log(s / (1.0 - s)), -NOISE_LIMIT, NOISE_LIMIT);
        guint bin = (guint)((x + NOISE_LIMIT) / (2.0 * NOISE_LIMIT) * (NOISE_BINS - 1) + 0.5);

        bins->n[bin] += 1.0;
        bins->y[bin] += label[i] != 0 ? 1.0 : 0.0;
        bins->x[bin] += (x - bins->x[bin]) / bins->n[bin];
    }
}

static double
noise_clean(const NoiseModel *model, double x)
{
    return CLAMP(1.0 / (1.0 + exp(-model->a - model->b * x)), NOISE_TINY, 1.0 - NOISE_TINY);
}

static double
noise_given(const NoiseModel *model, double x)
{
    double clean = noise_clean(model, x);

    return CLAMP(model->in * (1.0 - clean) + (1.0 - model->out) * clean,
                 NOISE_TINY,
                 1.0 - NOISE_TINY);
}

static double
noise_log_likelihood(const NoiseBins *bins, const NoiseModel *model)
{
    double sum = 0.0;

    for (guint i = 0; i < NOISE_BINS; i++) {
        double p = noise_given(model, bins->x[i]);

        sum += bins->y[i] * log(p) + (bins->n[i] - bins->y[i]) * log1p(-p);
    }
    return sum;
}

/* one Newton step of the logistic fit of @expected class members on the log odds */
static void
noise_newton(const NoiseBins *bins, const double *expected, NoiseModel *model)
{
    double g0 = 0.0, g1 = 0.0, h00 = 1e-6, h01 = 0.0, h11 = 1e-6, det;

    for (guint i = 0; i < NOISE_BINS; i++) {
        double p = noise_clean(model, bins->x[i]);
        double residual = expected[i] - bins->n[i] * p;
        double weight = bins->n[i] * p * (1.0 - p);

        g0 += residual;
        g1 += residual * bins->x[i];
        h00 += weight;
        h01 += weight * bins->x[i];
        h11 += weight * bins->x[i] * bins->x[i];
    }
    det = h00 * h11 - h01 * h01;
    if (!(det > 0.0))
        return;
    model->a += CLAMP((h11 * g0 - h01 * g1) / det, -1.0, 1.0);
    model->b += CLAMP((h00 * g1 - h01 * g0) / det, -1.0, 1.0);
}

/* expectation: how many rows of each bin are truly of the class; maximisation: rates and curve */
static void
noise_step(const NoiseBins *bins, NoiseModel *model, gboolean with_rates)
{
    double expected[NOISE_BINS];
    double members = NOISE_TINY, others = NOISE_TINY, lost = 0.0, gained = 0.0;

    for (guint i = 0; i < NOISE_BINS; i++) {
        double clean = noise_clean(model, bins->x[i]);
        double one = clean * (1.0 - model->out) + (1.0 - clean) * model->in;
        double zero = clean * model->out + (1.0 - clean) * (1.0 - model->in);
        double kept = bins->y[i] * clean * (1.0 - model->out) / MAX(one, NOISE_TINY);
        double gone = (bins->n[i] - bins->y[i]) * clean * model->out / MAX(zero, NOISE_TINY);

        expected[i] = kept + gone;
        members += kept + gone;
        others += bins->n[i] - kept - gone;
        lost += gone;
        gained += bins->y[i] - kept;
    }
    if (with_rates) {
        model->out = CLAMP(lost / members, 0.0, 0.5);
        model->in = CLAMP(gained / others, 0.0, 0.5);
    }
    noise_newton(bins, expected, model);
}

/* how much more the bins scatter about the curve than chance alone would have them: real scores are
 * never exactly logistic, and what the curve misses must not count as certainty */
static double
noise_dispersion(const NoiseBins *bins, const NoiseModel *model)
{
    double sum = 0.0, n = 0.0;

    for (guint i = 0; i < NOISE_BINS; i++) {
        double p = noise_given(model, bins->x[i]);
        double variance = bins->n[i] * p * (1.0 - p);

        if (bins->n[i] * MIN(p, 1.0 - p) < NOISE_LEAST)
            continue;
        sum += (bins->y[i] - bins->n[i] * p) * (bins->y[i] - bins->n[i] * p) / variance;
        n += 1.0;
    }
    return n > NOISE_PARAMETERS ? MAX(sum / (n - NOISE_PARAMETERS), 1.0) : 1.0;
}

/* the information of the bins on in, out, a and b */
static void
noise_information(const NoiseBins *bins,
                  const NoiseModel *model,
                  double ret_h[NOISE_PARAMETERS][NOISE_PARAMETERS])
{
    for (guint i = 0; i < NOISE_BINS; i++) {
        double clean = noise_clean(model, bins->x[i]);
        double p = noise_given(model, bins->x[i]);
        double slope = (1.0 - model->in - model->out) * clean * (1.0 - clean);
        double d[NOISE_PARAMETERS] = {1.0 - clean, -clean, slope, slope * bins->x[i]};

        for (guint r = 0; r < NOISE_PARAMETERS; r++)
            for (guint c = 0; c < NOISE_PARAMETERS; c++)
                ret_h[r][c] += bins->n[i] * d[r] * d[c] / (p * (1.0 - p));
    }
}

/* variance of the rate `in` when all four parameters are fitted: what is left of its information
 * once the others are eliminated */
static double
noise_variance(const NoiseBins *bins, const NoiseModel *model)
{
    double h[NOISE_PARAMETERS][NOISE_PARAMETERS] = {{0.0}};

    noise_information(bins, model, h);
    for (guint pivot = NOISE_PARAMETERS - 1; pivot > 0; pivot--) {
        if (!(h[pivot][pivot] > NOISE_TINY))
            continue; /* nothing is known of it, so it takes nothing away */
        for (guint r = 0; r < pivot; r++)
            for (guint c = 0; c < pivot; c++)
                h[r][c] -= h[r][pivot] * h[pivot][c] / h[pivot][pivot];
    }
    return h[0][0] > NOISE_TINY ? 1.0 / h[0][0] : (double)NAN;
}

/**
 * errata_noise_floor_fit:
 * @score: (array length=n): probability of a class, in [0, 1]
 * @label: (array length=n): 1 for rows given the class
 * @n: rows
 *
 * Fits P(given) = in·(1 − c) + (1 − out)·c with c = σ(a + b·logit(score)) by expectation
 * maximisation, and compares it with in = out = 0 (Platt 1999) by the likelihood ratio on two
 * degrees of freedom, divided by the scatter of the bins about the curve (McCullagh and Nelder
 * 1989, §4.5), as is the standard error. The noise model is that of Natarajan et al. 2013,
 * "Learning with Noisy Labels".
 *
 * Returns: the rates and the p
 */
ErrataNoiseFloor
errata_noise_floor_fit(const double *score, const guint8 *label, gsize n)
{
    NoiseBins bins = {0};
    NoiseModel plain = {0.0, 1.0, 0.0, 0.0};
    NoiseModel noisy = {0.0, 1.0, 0.01, 0.01};
    double ratio, scatter;

    noise_pool(&bins, score, label, n);
    for (guint round = 0; round < 50; round++)
        noise_step(&bins, &plain, FALSE);
    for (guint round = 0; round < NOISE_ROUNDS; round++)
        noise_step(&bins, &noisy, TRUE);
    ratio = 2.0 * (noise_log_likelihood(&bins, &noisy) - noise_log_likelihood(&bins, &plain));
    scatter = noise_dispersion(&bins, &noisy);
    return (ErrataNoiseFloor){noisy.in,
                              noisy.out,
                              sqrt(scatter * noise_variance(&bins, &noisy)),
                              errata_tests_chi_square(MAX(ratio, 0.0) / scatter, 2.0)};
}
