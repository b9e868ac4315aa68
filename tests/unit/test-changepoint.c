/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "changepoint-wander.h"
#include "changepoint.h"
#include "rng.h"

#define N 400

static double
test_normal(ErrataRng *rng)
{
    double u = errata_rng_uniform(rng), v = errata_rng_uniform(rng);

    return sqrt(-2.0 * log(1.0 - u)) * cos(2.0 * G_PI * v);
}

/* independent for @memory 0, else each value keeps that part of the one before */
static void
test_noise(double *value, guint64 seed, double memory)
{
    ErrataRng rng = errata_rng_init(seed, 3, 0);

    for (guint i = 0; i < N; i++)
        value[i] = (i > 0 ? memory * value[i - 1] : 0.0) + test_normal(&rng);
}

/* by hand: b = 4: φ(4) = 1.338e-4, (4 − ¼) · ln(49²) + 4/4 = 30.188 → 0.00404 */
static void
test_changepoint_p(void)
{
    g_assert_cmpfloat_with_epsilon(errata_changepoint_cusum_p(4.0, 0.02), 0.0040401, 1e-6);
    g_assert_cmpfloat(errata_changepoint_cusum_p(0.5, 0.02), >=, 1.0);
    g_assert_cmpfloat(errata_changepoint_cusum_p(6.0, 0.02), <, 1e-5);
}

/* of 30,000 rings of 160 independent normal values 0.69 % had a window of at least 4 of them that
 * was so far from the rest */
static void
test_changepoint_window_p(void)
{
    g_assert_cmpfloat_with_epsilon(errata_changepoint_window_p(4.5, 0.025, 160), 0.0065, 1e-4);
    g_assert_cmpfloat(errata_changepoint_window_p(4.5, 0.025, 400), >, 0.0065);
    g_assert_cmpfloat(errata_changepoint_window_p(0.5, 0.02, 160), >=, 1.0);
    g_assert_cmpfloat(errata_changepoint_window_p(8.0, 0.02, 160), <, 1e-9);
}

static void
test_changepoint_step(void)
{
    double value[N];
    ErrataChange change[ERRATA_CHANGEPOINT_MOST];

    test_noise(value, 1, 0.0);
    for (guint i = 251; i < N; i++)
        value[i] += 3.0;
    g_assert_cmpuint(errata_changepoint_find(value, N, 0.01, change), ==, 1);
    g_assert_cmpuint(change[0].begin, ==, 251);
    g_assert_cmpuint(change[0].end, ==, 251);
    g_assert_cmpfloat_with_epsilon(change[0].size, 3.0, 0.3);
    g_assert_cmpfloat(change[0].p, <, 1e-12);
}

static void
test_changepoint_ramp(void)
{
    double value[N];
    ErrataChange change[ERRATA_CHANGEPOINT_MOST];

    test_noise(value, 2, 0.0);
    for (guint i = 150; i < N; i++)
        value[i] += 8.0 * MIN((i - 149.5) / 80.0, 1.0);
    g_assert_cmpuint(errata_changepoint_find(value, N, 0.01, change), ==, 1);
    g_assert_cmpfloat_with_epsilon(change[0].begin, 150.0, 6.0);
    g_assert_cmpfloat_with_epsilon(change[0].end, 230.0, 6.0);
    g_assert_cmpfloat_with_epsilon(change[0].size, 8.0, 0.4);
}

static void
test_changepoint_two(void)
{
    double value[N];
    ErrataChange change[ERRATA_CHANGEPOINT_MOST];
    guint first;

    g_test_summary("Up and down again: two changes, each dated");
    test_noise(value, 3, 0.0);
    for (guint i = 120; i < 260; i++)
        value[i] += 3.0;
    g_assert_cmpuint(errata_changepoint_find(value, N, 0.01, change), ==, 2);
    first = change[0].begin < change[1].begin ? 0 : 1;
    g_assert_cmpfloat_with_epsilon(change[first].begin, 120.0, 2.0);
    g_assert_cmpfloat_with_epsilon(change[1 - first].begin, 260.0, 2.0);
    g_assert_cmpfloat_with_epsilon(change[first].size, 3.0, 0.5);
    g_assert_cmpfloat_with_epsilon(change[1 - first].size, -3.0, 0.5);
}

static void
test_changepoint_stairs(void)
{
    double value[N];
    ErrataChange change[ERRATA_CHANGEPOINT_MOST];
    guint n_stairs = 0, n_ramps = 0;

    g_test_summary("Up and up again are two steps, not a slow rise; a slow rise is no stairs");
    for (guint64 seed = 20; seed < 40; seed++) {
        guint first;

        test_noise(value, seed, 0.0);
        for (guint i = 120; i < N; i++)
            value[i] += i < 230 ? 1.2 : 2.4;
        n_stairs += errata_changepoint_find(value, N, 0.01, change) == 2 &&
                    change[0].begin == change[0].end && change[1].begin == change[1].end;
        first = change[0].begin < change[1].begin ? 0 : 1;
        g_assert_cmpfloat_with_epsilon(change[first].begin, 120.0, 30.0);
        test_noise(value, seed, 0.0);
        for (guint i = 120; i < N; i++)
            value[i] += 4.0 * MIN((i - 119.5) / 110.0, 1.0);
        n_ramps += errata_changepoint_find(value, N, 0.01, change) == 1 &&
                   change[0].end > change[0].begin;
    }
    g_test_message("%u stairs, %u ramps of 20", n_stairs, n_ramps);
    g_assert_cmpuint(n_stairs, >=, 18);
    g_assert_cmpuint(n_ramps, >=, 18);
}

/* three falls, the first two of which pass */
static void
test_changepoint_falls(void)
{
    static const guint at[] = {98, 147, 228, 266, 330};
    static const double level[] = {1.7, 0.0, 2.9, 0.0, 1.3};
    double value[N];
    ErrataChange change[ERRATA_CHANGEPOINT_MOST];
    guint n = 0;

    for (guint64 seed = 20; seed < 30; seed++) {
        gboolean seen[G_N_ELEMENTS(at)] = {FALSE};

        test_noise(value, seed, 0.0);
        for (guint i = 0; i < N; i++)
            for (guint c = G_N_ELEMENTS(at); c-- > 0;)
                if (i >= at[c]) {
                    value[i] += level[c];
                    break;
                }
        n = errata_changepoint_find(value, N, 0.01, change);
        g_assert_cmpuint(n, >=, 5);
        for (guint c = 0; c < n; c++)
            for (guint k = 0; k < G_N_ELEMENTS(at); k++)
                seen[k] |= ABS((gint)change[c].begin - (gint)at[k]) <= 12;
        for (guint k = 0; k < G_N_ELEMENTS(at); k++)
            g_assert_true(seen[k]);
    }
}

static void
test_changepoint_burst(void)
{
    double value[N];
    ErrataChange change[ERRATA_CHANGEPOINT_MOST];

    g_test_summary("Three wild values are no lasting change");
    test_noise(value, 4, 0.0);
    for (guint i = 200; i < 203; i++)
        value[i] += 60.0;
    g_assert_cmpuint(errata_changepoint_find(value, N, 0.01, change), ==, 0);
}

static void
test_changepoint_quiet(gconstpointer data)
{
    const double *memory = data;
    double value[N];
    ErrataChange change[ERRATA_CHANGEPOINT_MOST];
    guint found = 0;

    g_test_summary(
        "Of 1,000 series of noise about one in a hundred has a change at 0.01; a few more where neighbours depend much");
    for (guint64 seed = 0; seed < 1000; seed++) {
        test_noise(value, 100 + seed, *memory);
        found += errata_changepoint_find(value, N, 0.01, change) > 0;
    }
    g_test_message("%u of 1000", found);
    g_assert_cmpuint(found, <=, *memory > 0.5 ? 30 : 18);
}

/* each value near the one before it by @memory; 1: a random walk. Seen with a little noise */
static void
test_walk(double *value, guint64 seed, double memory)
{
    double noise[N];
    double at = 0.0;

    test_noise(value, seed, 0.0);
    test_noise(noise, seed + 100000, 0.0);
    for (guint i = 0; i < N; i++) {
        at = memory * at + value[i];
        value[i] = at + 0.2 * noise[i];
    }
}

static void
test_changepoint_walks(gconstpointer data)
{
    const double *memory = data;
    double value[N];
    ErrataChange change[ERRATA_CHANGEPOINT_MOST];
    guint quiet = 0, found = 0, right = 0;

    g_test_summary("What wanders does not change; a jump on its way is found and dated");
    for (guint64 seed = 0; seed < 100; seed++) {
        guint n;

        test_walk(value, 500 + seed, *memory);
        quiet += errata_changepoint_find(value, N, 0.001, change) == 0;
        for (guint i = 170; i < N; i++)
            value[i] += 10.0;
        n = errata_changepoint_find(value, N, 0.001, change);
        found += n > 0;
        right += n == 1 && change[0].begin == 170 && change[0].end == 170 && change[0].wander > 0.0;
    }
    g_test_message("%u quiet, %u found, %u right", quiet, found, right);
    g_assert_cmpuint(quiet, >=, 98);
    g_assert_cmpuint(found, >=, 95);
    g_assert_cmpuint(right, >=, 90);
}

/* by hand: with ratio 0 the auxiliary residual is the standardised difference of the means: of 0 0
 * 0 and 3 3 3, noise of the innovations √(Σ(y − ȳ)² / 5) = √2.7, so 3 / √(2.7 · 2/3) = √5 */
static void
test_changepoint_shifts(void)
{
    const double value[] = {0.0, 0.0, 0.0, 3.0, 3.0, 3.0};
    double shift[G_N_ELEMENTS(value)];

    g_assert_cmpfloat_with_epsilon(
        errata_changepoint_shifts(value, G_N_ELEMENTS(value), 0.0, shift),
        sqrt(2.7),
        1e-12);
    g_assert_cmpfloat_with_epsilon(shift[3], sqrt(5.0), 1e-12);
    g_assert_cmpfloat_with_epsilon(shift[1], 1.8 / sqrt(2.7 * 1.2), 1e-12);
}

static void
test_changepoint_edges(void)
{
    double value[N] = {0.0};
    ErrataChange change[ERRATA_CHANGEPOINT_MOST];

    g_test_summary("Nothing changes in a constant; a few values are not searched");
    g_assert_cmpuint(errata_changepoint_find(value, N, 0.01, change), ==, 0);
    test_noise(value, 1, 0.0);
    g_assert_cmpuint(errata_changepoint_find(value, 39, 0.01, change), ==, 0);
    for (guint i = 0; i < N; i++)
        value[i] = i >= 300;
    g_assert_cmpuint(errata_changepoint_find(value, N, 0.01, change), ==, 1);
    g_assert_cmpuint(change[0].begin, ==, 300);
}

int
main(int argc, char **argv)
{
    static const double memory[] = {0.0, 0.3, 0.6, 0.95, 1.0};

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/changepoint/p", test_changepoint_p);
    g_test_add_func("/changepoint/window-p", test_changepoint_window_p);
    g_test_add_func("/changepoint/step", test_changepoint_step);
    g_test_add_func("/changepoint/ramp", test_changepoint_ramp);
    g_test_add_func("/changepoint/two", test_changepoint_two);
    g_test_add_func("/changepoint/stairs", test_changepoint_stairs);
    g_test_add_func("/changepoint/falls", test_changepoint_falls);
    g_test_add_func("/changepoint/burst", test_changepoint_burst);
    g_test_add_data_func("/changepoint/quiet/independent", &memory[0], test_changepoint_quiet);
    g_test_add_data_func("/changepoint/quiet/a-little-dependent",
                         &memory[1],
                         test_changepoint_quiet);
    g_test_add_data_func("/changepoint/quiet/dependent", &memory[2], test_changepoint_quiet);
    g_test_add_data_func("/changepoint/walks/lasting", &memory[3], test_changepoint_walks);
    g_test_add_data_func("/changepoint/walks/free", &memory[4], test_changepoint_walks);
    g_test_add_func("/changepoint/shifts", test_changepoint_shifts);
    g_test_add_func("/changepoint/edges", test_changepoint_edges);
    return g_test_run();
}
