/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is there a floor under the error of a score? Clean labels follow a logistic curve of the score's
 * log odds: the surer, the fewer exceptions. Labels changed at random leave a share of exceptions
 * however sure the score. Rows are pooled by log odds, so a fit costs the same for any log. */
#include "noise-floor.h"

#include <math.h>

#include "tests.h"

#define NOISE_BINS   241
#define NOISE_LIMIT  12.0 /* log odds */
#define NOISE_ROUNDS 300
#define NOISE_TINY   1e-9

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
noise_log_likelihood(const NoiseBins *bins, const NoiseModel *model)
{
    double sum = 0.0;

    for (guint i = 0; i < NOISE_BINS; i++) {
        double clean = noise_clean(model, bins->x[i]);
        double p = model->in * (1.0 - clean) + (1.0 - model->out) * clean;

        p = CLAMP(p, NOISE_TINY, 1.0 - NOISE_TINY);
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

/**
 * errata_noise_floor_fit:
 * @score: (array length=n): probability of a class, in [0, 1]
 * @label: (array length=n): 1 for rows given the class
 * @n: rows
 *
 * Fits P(given) = in·(1 − c) + (1 − out)·c with c = σ(a + b·logit(score)) by expectation
 * maximisation, and compares it with in = out = 0 (Platt 1999) by the likelihood ratio on two
 * degrees of freedom. The noise model is that of Natarajan et al. 2013, "Learning with Noisy Labels".
 *
 * Returns: the rates and the p
 */
ErrataNoiseFloor
errata_noise_floor_fit(const double *score, const guint8 *label, gsize n)
{
    NoiseBins bins = {0};
    NoiseModel plain = {0.0, 1.0, 0.0, 0.0};
    NoiseModel noisy = {0.0, 1.0, 0.01, 0.01};
    double ratio;

    noise_pool(&bins, score, label, n);
    for (guint round = 0; round < 50; round++)
        noise_step(&bins, &plain, FALSE);
    for (guint round = 0; round < NOISE_ROUNDS; round++)
        noise_step(&bins, &noisy, TRUE);
    ratio = 2.0 * (noise_log_likelihood(&bins, &noisy) - noise_log_likelihood(&bins, &plain));
    return (ErrataNoiseFloor){noisy.in, noisy.out, errata_tests_chi_square(MAX(ratio, 0.0), 2.0)};
}
