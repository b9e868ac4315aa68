/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parallel.h"
#include "rng.h"

typedef struct {
    guint64 sums[64];
} Sums;

static void
test_parallel_sum_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    Sums *sums = data;

    for (gsize i = begin; i < end; i++)
        sums->sums[chunk] += i;
}

static void
test_parallel_covers_all_items(void)
{
    g_test_summary("Every item is handled once, in chunks that do not depend on the threads");
    for (guint threads = 1; threads <= 4; threads++) {
        Sums sums = {{0}};
        guint64 total = 0;

        errata_parallel_set_threads(threads);
        errata_parallel_for(1003, 100, test_parallel_sum_cb, &sums);
        for (guint i = 0; i < 64; i++)
            total += sums.sums[i];
        g_assert_cmpuint(total, ==, 1002 * 1003 / 2);
        g_assert_cmpuint(sums.sums[10], ==, 1000 + 1001 + 1002);
        g_assert_cmpuint(errata_parallel_n_chunks(1003, 100), ==, 11);
    }
}

typedef struct {
    int n_now; /* atomic */
    int n_most;
    int n_items;
} TestCrowd;

static void
test_parallel_inner_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    TestCrowd *crowd = data;
    int now = g_atomic_int_add(&crowd->n_now, 1) + 1;
    int most;

    do
        most = g_atomic_int_get(&crowd->n_most);
    while (now > most && !g_atomic_int_compare_and_exchange(&crowd->n_most, most, now));
    g_usleep(500);
    g_atomic_int_add(&crowd->n_items, (int)(end - begin));
    g_atomic_int_add(&crowd->n_now, -1);
    (void)chunk;
}

static void
test_parallel_outer_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    for (gsize i = begin; i < end; i++)
        errata_parallel_for(10, 1, test_parallel_inner_cb, data);
    (void)chunk;
}

/* calls within calls do all their work with no more threads than were allowed */
static void
test_parallel_nested(void)
{
    TestCrowd crowd = {0, 0, 0};

    errata_parallel_set_threads(3);
    errata_parallel_for(6, 1, test_parallel_outer_cb, &crowd);
    g_assert_cmpint(crowd.n_items, ==, 60);
    g_assert_cmpint(crowd.n_most, <=, 3);
    errata_parallel_set_threads(1);
}

static void
test_parallel_rng_streams(void)
{
    ErrataRng a = errata_rng_init(1, 2, 3);
    ErrataRng b = errata_rng_init(1, 2, 4);
    double sum = 0.0;

    g_test_summary("Streams differ by item, are uniform, and repeat");
    g_assert_cmpuint(errata_rng_next(&a), !=, errata_rng_next(&b));
    for (guint i = 0; i < 100000; i++)
        sum += errata_rng_uniform(&a);
    g_assert_cmpfloat_with_epsilon(sum / 100000, 0.5, 0.005);
    a = errata_rng_init(1, 2, 3);
    b = errata_rng_init(1, 2, 3);
    g_assert_cmpuint(errata_rng_below(&a, 10), ==, errata_rng_below(&b, 10));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/parallel/covers-all-items", test_parallel_covers_all_items);
    g_test_add_func("/parallel/nested", test_parallel_nested);
    g_test_add_func("/parallel/rng-streams", test_parallel_rng_streams);
    return g_test_run();
}
