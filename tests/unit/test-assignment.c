/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "assignment.h"
#include "rng.h"

#define ASSIGNMENT_MOST 6

/* the least sum over all ways, one row after the other */
static double
test_least(const double *cost, guint n, guint row, guint taken)
{
    double least = G_MAXDOUBLE;

    if (row == n)
        return 0.0;
    for (guint j = 0; j < n; j++)
        if ((taken >> j & 1) == 0) {
            double sum = cost[row * n + j] + test_least(cost, n, row + 1, taken | 1U << j);

            least = sum < least ? sum : least;
        }
    return least;
}

/* by hand: 2 + 2 + 4; the least of each row, 1 + 2 + 2, would all be of one column */
static void
test_assignment_hand(void)
{
    static const double cost[] = {1.0, 2.0, 9.0, 2.0, 4.0, 6.0, 2.0, 8.0, 4.0};
    guint column[3];

    g_assert_cmpfloat_with_epsilon(errata_assignment_solve(cost, 3, column), 8.0, 1e-12);
    g_assert_cmpuint(column[0], ==, 1);
    g_assert_cmpuint(column[1], ==, 0);
    g_assert_cmpuint(column[2], ==, 2);
}

static void
test_assignment_all_ways(void)
{
    ErrataRng rng = errata_rng_init(5, 1, 0);

    g_test_summary("As good as the best of all ways, on 300 tables, costs below 0 and ties too");
    for (guint trial = 0; trial < 300; trial++) {
        guint n = 1 + trial % ASSIGNMENT_MOST;
        double cost[ASSIGNMENT_MOST * ASSIGNMENT_MOST];
        guint column[ASSIGNMENT_MOST];
        guint taken = 0;
        double sum = 0.0;

        for (guint i = 0; i < n * n; i++)
            cost[i] = trial % 2 == 0 ? 20.0 * errata_rng_uniform(&rng) - 10.0
                                     : (double)errata_rng_below(&rng, 4);
        g_assert_cmpfloat_with_epsilon(errata_assignment_solve(cost, n, column),
                                       test_least(cost, n, 0, 0),
                                       1e-9);
        for (guint i = 0; i < n; i++) {
            sum += cost[i * n + column[i]];
            taken |= 1U << column[i];
        }
        g_assert_cmpuint(taken, ==, (1U << n) - 1);
        g_assert_cmpfloat_with_epsilon(sum, test_least(cost, n, 0, 0), 1e-9);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/assignment/hand", test_assignment_hand);
    g_test_add_func("/assignment/all-ways", test_assignment_all_ways);
    return g_test_run();
}
