/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A permutation test of matched pairs: were it of no matter which of a pair is which, each
 * difference would as well have the other sign. All sign patterns where they are no more than the
 * draws, else drawn ones. What eight differences add up to is looked up by their signs, so that a
 * draw costs n / 8 additions. Source: Fisher 1935, section 21; Phipson and Smyth 2010 (p of drawn
 * patterns is never 0); Besag and Clifford 1991 (drawing ends once enough sums were as large). */
#include "sign-flips.h"

#include <math.h>

#include "rng.h"

#define FLIPS_BYTE    8
#define FLIPS_SUMS    256    /* of the signs of eight */
#define FLIPS_LEAST   9999   /* draws */
#define FLIPS_MOST    149999 /* draws */
#define FLIPS_SPARE   3.0    /* times the draws that the smallest p asked for takes */
#define FLIPS_ENOUGH  100    /* sums as large: more draws would not make p small */
#define FLIPS_ROUNDED 1e-12  /* of the size of all differences: sums so near are the same */
#define FLIPS_STAGE   37

typedef struct {
    double *sum; /* n_bytes × 256, by which of eight differences keep their sign */
    gsize n;
    gsize n_bytes;
    double least; /* a sum of this size is as large as the one that was seen */
} Flips;

/**
 * errata_sign_flips_draws:
 * @n_tests: tests that a correction is over
 * @alpha: level after the correction
 *
 * Returns: how many patterns to draw so that one test alone among @n_tests can pass
 * Benjamini–Hochberg,
 *   with some to spare
 */
guint64
errata_sign_flips_draws(guint n_tests, double alpha)
{
    return (
        guint64)CLAMP(FLIPS_SPARE * n_tests / alpha - 1.0, (double)FLIPS_LEAST, (double)FLIPS_MOST);
}

/* eight sums at a time: with one more difference, what there is goes up or down by it */
static void
flips_fill(double *sum, const double *difference, gsize n)
{
    sum[0] = 0.0;
    for (gsize i = 0; i < FLIPS_BYTE; i++) {
        double value = i < n ? difference[i] : 0.0;

        for (guint signs = 1U << i; signs-- > 0;) {
            sum[signs | 1U << i] = sum[signs] + value;
            sum[signs] -= value;
        }
    }
}

static double
flips_add(const Flips *self, guint64 signs, gsize byte, gsize n_bytes)
{
    double sum = 0.0;

    for (gsize b = 0; b < n_bytes; b++, signs >>= FLIPS_BYTE)
        sum += self->sum[(byte + b) * FLIPS_SUMS + (signs & (FLIPS_SUMS - 1))];
    return sum;
}

/* the first sign may stay: a pattern and its opposite have sums of one size */
static ErrataSignFlips
flips_all(const Flips *self)
{
    guint64 n = (guint64)1 << (self->n - 1), large = 0;

    for (guint64 signs = 0; signs < n; signs++)
        large += fabs(flips_add(self, signs << 1 | 1, 0, self->n_bytes)) >= self->least ? 1 : 0;
    return (ErrataSignFlips){(double)large / (double)n, 2 * n, TRUE};
}

static ErrataSignFlips
flips_drawn(const Flips *self, guint64 most, guint64 seed)
{
    guint64 large = 0, draw = 0;

    while (draw < most && large < FLIPS_ENOUGH) {
        ErrataRng rng = errata_rng_init(seed, FLIPS_STAGE, draw++);
        double sum = 0.0;

        for (gsize byte = 0; byte < self->n_bytes; byte += sizeof(guint64))
            sum += flips_add(self,
                             errata_rng_next(&rng),
                             byte,
                             MIN(sizeof(guint64), self->n_bytes - byte));
        large += fabs(sum) >= self->least ? 1 : 0;
    }
    if (large >= FLIPS_ENOUGH)
        return (ErrataSignFlips){(double)large / (double)draw, draw, FALSE};
    return (ErrataSignFlips){(double)(large + 1) / (double)(draw + 1), draw, FALSE};
}

/**
 * errata_sign_flips_test:
 * @difference: (array length=n): of each pair
 * @n: how many pairs
 * @most: patterns drawn at most, where they are not all looked at; at least 1
 * @seed: of the draws: tests with one seed see the same signs
 *
 * Whether the mean difference of matched pairs is other than chance has it: how often the sum of
 * the differences with signs by chance is at least as far from zero as the one that was seen, which
 * counts among them. Differences of zero have no sign to flip.
 *
 * Returns: the p, and out of how many patterns
 */
ErrataSignFlips
errata_sign_flips_test(const double *difference, gsize n, guint64 most, guint64 seed)
{
    g_autofree double *kept = g_new(double, n + 1);
    g_autofree double *sum = NULL;
    Flips self = {0};
    double seen = 0.0, size = 0.0;

    for (gsize i = 0; i < n; i++) {
        if (!(fabs(difference[i]) > 0.0) || !isfinite(difference[i]))
            continue;
        kept[self.n++] = difference[i];
        seen += difference[i];
        size += fabs(difference[i]);
    }
    if (self.n == 0)
        return (ErrataSignFlips){1.0, 0, TRUE};
    self.least = fabs(seen) - FLIPS_ROUNDED * size;
    self.n_bytes = (self.n + FLIPS_BYTE - 1) / FLIPS_BYTE;
    self.sum = sum = g_new(double, self.n_bytes *FLIPS_SUMS);
    for (gsize byte = 0; byte < self.n_bytes; byte++)
        flips_fill(sum + byte * FLIPS_SUMS, kept + byte * FLIPS_BYTE, self.n - byte * FLIPS_BYTE);
    /* 2^n patterns, half of which tell all */
    if (self.n <= 8 * sizeof most && (guint64)1 << (self.n - 1) <= most)
        return flips_all(&self);
    return flips_drawn(&self, most, seed);
}
