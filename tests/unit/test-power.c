/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "made-analysis.h"
#include "power.h"

static void
test_power_rate(void)
{
    const double candidates = 300000.0;
    guint found = 0;
    double rate = errata_power_rate(0.15, 1000.0, candidates);

    g_test_summary("Slices that are as bad as told exceed the search's bar four times in five");
    g_assert_cmpfloat(rate, >, 0.15 * 1.25);
    for (guint draw = 0; draw < 2000; draw++) {
        ErrataRng rng = errata_rng_init(7, 1, draw);
        double errors = 0.0, p;

        for (guint i = 0; i < 1000; i++)
            errors += errata_rng_uniform(&rng) < rate;
        p = errors / 1000.0;
        found += p > 0.15 && 1000.0 * (p * log(p / 0.15) + (1.0 - p) * log((1.0 - p) / 0.85)) >=
                                 log(candidates);
    }
    g_assert_cmpfloat_with_epsilon(found / 2000.0, 0.8, 0.06);
}

static void
test_power_ends(void)
{
    g_test_summary("More rows see more; too few promise nothing");
    g_assert_cmpfloat(errata_power_rate(0.1, 4000.0, 1e6), <, errata_power_rate(0.1, 400.0, 1e6));
    g_assert_true(isnan(errata_power_rate(0.5, 10.0, 1e6)));
    g_assert_true(isnan(errata_power_rate(0.0, 1000.0, 1e6)));
    g_assert_cmpfloat(errata_power_mean(2.0, 3.0, 4000.0, 1e6),
                      <,
                      errata_power_mean(2.0, 3.0, 100.0, 1e6));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/power/rate", test_power_rate);
    g_test_add_func("/power/ends", test_power_ends);
    return g_test_run();
}
