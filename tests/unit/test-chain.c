/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "chain.h"
#include "rng.h"

static double
test_normal(ErrataRng *rng)
{
    double u = errata_rng_uniform(rng), v = errata_rng_uniform(rng);

    return sqrt(-2.0 * log(1.0 - u)) * cos(2.0 * G_PI * v);
}

/* by hand: 40 batches of 5 equal values 0, 1, 0, 1 …: between = 5 · 40 · ¼ / 39, all = ¼, ratio 200
 * / 39 */
static void
test_chain_batches(void)
{
    double value[201];

    for (guint i = 0; i < 200; i++)
        value[i] = i / 5 % 2;
    value[200] = (double)NAN;
    g_assert_cmpfloat_with_epsilon(errata_chain_inflation(value, 201), 200.0 / 39.0, 1e-12);
    g_assert_cmpfloat_with_epsilon(errata_chain_inflation(value, 199), 1.0, 1e-12);
    for (guint i = 0; i < 200; i++)
        value[i] = 3.0;
    g_assert_cmpfloat_with_epsilon(errata_chain_inflation(value, 200), 1.0, 1e-12);
}

static void
test_chain_memory(void)
{
    double value[4000];
    guint alone = 0;
    double sum = 0.0;

    g_test_summary("Independent values count in full; with memory 0.8 nine are worth one");
    for (guint64 seed = 0; seed < 200; seed++) {
        ErrataRng rng = errata_rng_init(seed, 51, 0);
        double last = 0.0;

        for (guint i = 0; i < 4000; i++)
            value[i] = test_normal(&rng);
        alone += errata_chain_inflation(value, 4000) > 1.0;
        for (guint i = 0; i < 4000; i++)
            value[i] = last = 0.8 * last + 0.6 * value[i];
        sum += errata_chain_inflation(value, 4000) / 200.0;
    }
    g_test_message("%u of 200 not alone, %.2f", alone, sum);
    g_assert_cmpuint(alone, <=, 6);
    g_assert_cmpfloat_with_epsilon(sum, 9.0, 1.0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/chain/batches", test_chain_batches);
    g_test_add_func("/chain/memory", test_chain_memory);
    return g_test_run();
}
