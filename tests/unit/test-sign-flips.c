/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sign flips of matched pairs against every pattern written out, and against what chance gives. */
#include <math.h>

#include "rng.h"
#include "sign-flips.h"

#define MOST_PAIRS 16

/* differences of a few pairs, some of them zero or the same; @shift moves all */
static gsize
draw_pairs(guint64 trial, double shift, double *ret)
{
    ErrataRng rng = errata_rng_init(3, 1, trial);
    gsize n = 1 + errata_rng_below(&rng, MOST_PAIRS);

    for (gsize i = 0; i < n; i++) {
        double value = errata_rng_uniform(&rng) + errata_rng_uniform(&rng) - 1.0 + shift;

        ret[i] = errata_rng_below(&rng, 8) == 0 ? 0.0 : trial % 3 == 0 ? rint(4.0 * value) : value;
    }
    return n;
}

static double
sum_of(const double *difference, gsize n, guint kept)
{
    double sum = 0.0;

    for (gsize i = 0; i < n; i++)
        sum += (kept >> i & 1) != 0 ? difference[i] : -difference[i];
    return sum;
}

/* the definition: all 2^n patterns, that of no flip among them */
static double
brute_force(const double *difference, gsize n)
{
    double seen = fabs(sum_of(difference, n, (1U << n) - 1));
    guint large = 0;

    for (guint kept = 0; kept < 1U << n; kept++)
        large += fabs(sum_of(difference, n, kept)) >= seen - 1e-12 ? 1 : 0;
    return (double)large / (double)(1U << n);
}

static void
test_all_patterns(void)
{
    for (guint64 trial = 0; trial < 400; trial++) {
        double difference[MOST_PAIRS];
        gsize n = draw_pairs(trial, (double)(trial % 5) * 0.1, difference);
        ErrataSignFlips got = errata_sign_flips_test(difference, n, 1 << 15, 1);

        g_assert_true(got.is_exact);
        g_assert_cmpfloat_with_epsilon(got.p, brute_force(difference, n), 1e-12);
    }
}

/* by hand: of 1, 2 and 3 the sums ±6 are as far out as 6 is, of eight */
static void
test_by_hand(void)
{
    static const double odd[] = {1.0, (double)INFINITY, 2.0, (double)NAN, 3.0};
    static const double plain[] = {1.0, 2.0, 3.0}, mixed[] = {1.0, 0.0, -2.0, 3.0};
    static const double none[] = {0.0, 0.0};

    g_assert_cmpfloat_with_epsilon(errata_sign_flips_test(plain, 3, 99, 1).p, 0.25, 1e-15);
    /* |1 − 2 + 3| = 2: only the two sums of 0 are nearer to it */
    g_assert_cmpfloat_with_epsilon(errata_sign_flips_test(mixed, 4, 99, 1).p, 0.75, 1e-15);
    g_assert_cmpfloat_with_epsilon(errata_sign_flips_test(none, 2, 99, 1).p, 1.0, 1e-15);
    /* what is no number is passed over */
    g_assert_cmpfloat_with_epsilon(errata_sign_flips_test(odd, 5, 99, 1).p, 0.25, 1e-15);
}

/* drawn patterns come to what all of them come to, as near as so many draws do */
static void
test_drawn(void)
{
    for (guint64 trial = 0; trial < 60; trial++) {
        double difference[MOST_PAIRS], want, near;
        gsize n = draw_pairs(trial, (double)(trial % 5) * 0.1, difference);
        ErrataSignFlips got;

        if (n < MOST_PAIRS - 3)
            continue;
        /* fewer draws than patterns there are */
        want = brute_force(difference, n);
        got = errata_sign_flips_test(difference, n, 900, trial);
        if (got.is_exact) /* zeros among them leave fewer */
            continue;
        near = 5.0 * sqrt(want * (1.0 - want) / (double)got.n) + 2.0 / 900.0;
        g_assert_cmpfloat(fabs(got.p - want), <, near);
    }
}

/* far from chance the p is one over the draws and one, never 0, and one seed gives it again */
static void
test_never_zero(void)
{
    double difference[200];
    ErrataSignFlips got, again;

    for (guint i = 0; i < 200; i++)
        difference[i] = 1.0 + 0.001 * i;
    got = errata_sign_flips_test(difference, 200, 9999, 5);
    again = errata_sign_flips_test(difference, 200, 9999, 5);
    g_assert_false(got.is_exact);
    g_assert_cmpuint(got.n, ==, 9999);
    g_assert_cmpfloat_with_epsilon(got.p, 1e-4, 1e-15);
    g_assert_cmpfloat_with_epsilon(got.p, again.p, 1e-15);
    /* one of a hundred features alone may pass a correction over all */
    g_assert_cmpfloat(100.0 / ((double)errata_sign_flips_draws(100, 0.01) + 1.0), <=, 0.01);
}

/* of pairs without a difference p is below each level no more often than that level */
static void
test_uniform(void)
{
    const guint n_trials = 2000, n = 40;
    guint below[2] = {0, 0};

    for (guint trial = 0; trial < n_trials; trial++) {
        double difference[40], p;
        ErrataRng rng = errata_rng_init(7, 2, trial);

        for (guint i = 0; i < n; i++) /* heavy tails, that a t test is too shy of */
            difference[i] = tan(3.1 * (errata_rng_uniform(&rng) - 0.5));
        p = errata_sign_flips_test(difference, n, 1999, trial).p;
        below[0] += p <= 0.05 ? 1 : 0;
        below[1] += p <= 0.5 ? 1 : 0;
    }
    g_assert_cmpfloat(fabs(below[0] - 0.05 * n_trials), <, 4.0 * sqrt(0.05 * 0.95 * n_trials));
    g_assert_cmpfloat(fabs(below[1] - 0.5 * n_trials), <, 4.0 * sqrt(0.25 * n_trials));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sign-flips/all-patterns", test_all_patterns);
    g_test_add_func("/sign-flips/by-hand", test_by_hand);
    g_test_add_func("/sign-flips/drawn", test_drawn);
    g_test_add_func("/sign-flips/never-zero", test_never_zero);
    g_test_add_func("/sign-flips/uniform", test_uniform);
    return g_test_run();
}
