/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "distinct.h"
#include "outside.h"
#include "rng.h"
#include "scale.h"
#include "select.h"
#include "sort.h"

static int
test_compare_cb(gconstpointer a, gconstpointer b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    if (isnan(x) || isnan(y))
        return isnan(x) - isnan(y);
    return (x > y) - (x < y);
}

static void
test_select_sort(void)
{
    static const double odd[] = {(double)NAN, (double)INFINITY, -(double)INFINITY, 0.0, -0.0};

    g_test_summary("Sorted as by qsort(), whatever the way: merged when few, by passes when many");
    for (gsize n = 0; n < 1200; n += n < 300 ? 1 : 7) {
        ErrataRng rng = errata_rng_init(7, 3, n);
        g_autofree double *value = g_new(double, n + 1);
        g_autofree double *want = g_new(double, n + 1);

        for (gsize i = 0; i < n; i++) {
            value[i] = n % 3 == 0 ? (double)errata_rng_below(&rng, 9) - 4.0
                                  : errata_rng_uniform(&rng) - 0.5;
            if (errata_rng_below(&rng, 20) == 0)
                value[i] = odd[errata_rng_below(&rng, G_N_ELEMENTS(odd))];
        }
        memcpy(want, value, n * sizeof *value);
        qsort(want, n, sizeof *want, test_compare_cb);
        errata_sort_values(value, n);
        for (gsize i = 0; i < n; i++)
            g_assert_cmpint(test_compare_cb(&value[i], &want[i]), ==, 0);
    }
}

static void
test_select_equals_sort(void)
{
    static const double p[] = {0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0};

    g_test_summary("Selected quantiles are those of the sorted numbers, ties and signs included");
    for (guint round = 0; round < 60; round++) {
        ErrataRng rng = errata_rng_init(7, 1, round);
        gsize n = 1 + errata_rng_below(&rng, round < 30 ? 40 : 5000);
        g_autofree double *value = g_new(double, n);
        g_autofree double *sorted = g_new(double, n);
        double got[G_N_ELEMENTS(p)];

        for (gsize i = 0; i < n; i++)
            value[i] = round % 3 == 0 ? (double)errata_rng_below(&rng, 5) - 2.0
                                      : errata_rng_uniform(&rng) * 1e6 - 3e5;
        memcpy(sorted, value, n * sizeof *value);
        errata_sort_values(sorted, n);
        errata_select_quantiles(value, n, p, G_N_ELEMENTS(p), got);
        for (guint i = 0; i < G_N_ELEMENTS(p); i++)
            g_assert_cmpfloat_with_epsilon(got[i], errata_sort_quantile(sorted, n, p[i]), 1e-9);
    }
}

static void
test_select_distinct(void)
{
    g_test_summary(
        "Distinct counts are exact while there are few, within three standard errors beyond");
    for (guint64 n = 1; n <= 4000000; n = n * 5 + 3) {
        g_autoptr(ErrataDistinct) distinct = errata_distinct_new();

        for (guint64 i = 0; i < n; i++) {
            errata_distinct_add(distinct, errata_rng_mix(i));
            errata_distinct_add(distinct, errata_rng_mix(i / 2));
        }
        if (n <= ERRATA_DISTINCT_EXACT)
            g_assert_cmpuint(errata_distinct_count(distinct), ==, n);
        else
            g_assert_cmpfloat(fabs((double)errata_distinct_count(distinct) / (double)n - 1.0),
                              <,
                              0.025);
    }
}

static void
test_select_outside(void)
{
    static const double odd[] = {(double)NAN, (double)INFINITY, -(double)INFINITY, 0.3, 0.6};

    g_test_summary("Numbers not between two ends, and the ends themselves, as one by one");
    for (guint round = 0; round < 60; round++) {
        ErrataRng rng = errata_rng_init(7, 2, round);
        gsize n = errata_rng_below(&rng, 300), n_want = 0, present = 0, n_got;
        double value[300], least = (double)INFINITY, most = -(double)INFINITY;
        double got_least = least, got_most = most;
        guint16 want[300], got[300];

        for (gsize i = 0; i < n; i++) {
            value[i] = 0.3 + 0.3 * errata_rng_uniform(&rng);
            if (errata_rng_below(&rng, 12) == 0)
                value[i] = odd[errata_rng_below(&rng, G_N_ELEMENTS(odd))];
            if (!(value[i] > 0.3) || !(value[i] < 0.6))
                want[n_want++] = (guint16)i;
            present += isnan(value[i]) ? 0 : 1;
            least = fmin(least, value[i]);
            most = fmax(most, value[i]);
        }
        n_got = errata_outside_find(value, n, 0.3, 0.6, got);
        g_assert_cmpuint(n_got, ==, n_want);
        g_assert_true(memcmp(want, got, n_want * sizeof *want) == 0);
        g_assert_cmpuint(errata_outside_ends(value, n, &got_least, &got_most), ==, present);
        g_assert_true(got_least <= least && got_least >= least);
        g_assert_true(got_most <= most && got_most >= most);
    }
}

static void
test_select_codes(void)
{
    g_autofree ErrataScale *scale = g_new(ErrataScale, 1);
    double value[1003];
    guint16 code[1003];

    g_test_summary("Many codes at once are those of one number at a time");
    for (guint round = 0; round < 30; round++) {
        ErrataRng rng = errata_rng_init(2, 7, round);

        for (guint i = 0; i < G_N_ELEMENTS(value); i++) {
            value[i] = round % 3 == 0 ? (double)errata_rng_below(&rng, 7) - 3.0
                                      : tan((errata_rng_uniform(&rng) - 0.5) * 3.14);
            if (i % 100 == round)
                value[i] = i % 200 == round ? -0.0 : (double)INFINITY;
        }
        errata_scale_learn(scale, value, G_N_ELEMENTS(value), NULL, 0, 4096);
        value[0] = -1e300;
        errata_scale_codes(scale, value, G_N_ELEMENTS(value), code);
        for (guint i = 0; i < G_N_ELEMENTS(value); i++)
            g_assert_cmpuint(code[i], ==, errata_scale_code(scale, value[i]));
    }
}

static void
test_select_below(void)
{
    double value[64];

    g_test_summary("How many are less, by counting");
    for (guint n = 0; n <= G_N_ELEMENTS(value); n++) {
        ErrataRng rng = errata_rng_init(3, 7, n);

        for (guint i = 0; i < n; i++)
            value[i] = (double)errata_rng_below(&rng, 20);
        errata_sort_values(value, n);
        for (guint k = 0; k < 44; k++) {
            double at = 0.5 * (double)k - 1.0;
            gsize n_less = 0;

            for (guint i = 0; i < n; i++)
                n_less += value[i] < at ? 1 : 0;
            g_assert_cmpuint(errata_sort_below(value, n, at), ==, n_less);
        }
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/select/sort", test_select_sort);
    g_test_add_func("/select/equals-sort", test_select_equals_sort);
    g_test_add_func("/select/codes", test_select_codes);
    g_test_add_func("/sort/below", test_select_below);
    g_test_add_func("/select/distinct", test_select_distinct);
    g_test_add_func("/select/outside", test_select_outside);
    return g_test_run();
}
