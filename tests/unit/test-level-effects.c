/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Accumulated effects of names against their definition, and their order against distances worked
 * out pair by pair. */
#include <math.h>

#include "level-effects.h"
#include "rng.h"

#define N_ROWS   300
#define N_LEVELS 5

typedef struct {
    guint level[N_ROWS];
    double x[N_ROWS];
    double name[N_ROWS]; /* a code */
} Rows;

/* values of x go with the level as @shift says */
static void
draw(guint64 seed, const double *shift, Rows *ret)
{
    for (guint i = 0; i < N_ROWS; i++) {
        ErrataRng rng = errata_rng_init(seed, 4, i);

        ret->level[i] = (guint)errata_rng_below(&rng, N_LEVELS);
        ret->x[i] = shift[ret->level[i]] + errata_rng_uniform(&rng);
        ret->name[i] = (double)errata_rng_below(&rng, 3);
    }
}

/* levels whose rows begin at 0, 3, 1, 4 and 2 stand in that order, one way or the other */
static void
test_order(void)
{
    static const double shift[N_LEVELS] = {0.0, 3.0, 1.0, 4.0, 2.0};
    static const guint want[N_LEVELS] = {0, 2, 4, 1, 3};
    guint order[N_LEVELS];
    gboolean same = TRUE, turned = TRUE;
    Rows rows;

    draw(1, shift, &rows);
    for (guint i = 0; i < N_ROWS; i++) /* so that all overlap, neighbours most */
        rows.x[i] += 4.0 * (double)(i % 7) / 7.0;
    ErrataLevelOther other[] = {{rows.x, FALSE}, {rows.name, TRUE}};

    errata_level_effects_order(rows.level, N_ROWS, N_LEVELS, other, 2, order);
    for (guint k = 0; k < N_LEVELS; k++) {
        same = same && order[k] == want[k];
        turned = turned && order[k] == want[N_LEVELS - 1 - k];
    }
    g_assert_true(same || turned);
}

/* three levels of which two have the same names and one has others: that one stands at an end */
static void
test_order_names(void)
{
    guint level[90], order[3];
    double name[90];
    ErrataLevelOther other = {name, TRUE};

    for (guint i = 0; i < 90; i++) {
        level[i] = i % 3;
        name[i] = i % 3 == 0 ? 7.0 : (double)(i / 3 % 2);
    }
    errata_level_effects_order(level, 90, 3, &other, 1, order);
    g_assert_cmpuint(order[1], !=, 0);
    /* nothing tells them apart: as numbered */
    errata_level_effects_order(level, 90, 3, &other, 0, order);
    for (guint k = 0; k < 3; k++)
        g_assert_cmpuint(order[k], ==, k);
}

/* a model in which what a level does hangs on x */
static double
model(guint place, double x)
{
    static const double alone[N_LEVELS] = {0.5, -1.0, 2.0, 0.0, 3.0};

    return alone[place] + (double)place * x * x;
}

/* the definition: steps, each the mean over the rows at either end of it, added up, less the mean
 * over rows */
static void
brute_force(const Rows *rows, double *ret)
{
    double mean = 0.0;

    ret[0] = 0.0;
    for (guint s = 0; s + 1 < N_LEVELS; s++) {
        double sum = 0.0, n = 0.0;

        for (guint i = 0; i < N_ROWS; i++)
            if (rows->level[i] == s || rows->level[i] == s + 1) {
                sum += model(s + 1, rows->x[i]) - model(s, rows->x[i]);
                n += 1.0;
            }
        ret[s + 1] = ret[s] + sum / n;
    }
    for (guint i = 0; i < N_ROWS; i++)
        mean += ret[rows->level[i]] / N_ROWS;
    for (guint k = 0; k < N_LEVELS; k++)
        ret[k] -= mean;
}

static void
accumulate(const Rows *rows, double *ret_effect, double *ret_error)
{
    g_autofree double *before = g_new(double, N_ROWS);
    g_autofree double *next = g_new(double, N_ROWS);

    for (guint i = 0; i < N_ROWS; i++) {
        guint place = rows->level[i];

        before[i] = place > 0 ? model(place, rows->x[i]) - model(place - 1, rows->x[i])
                              : (double)NAN;
        next[i] = place + 1 < N_LEVELS ? model(place + 1, rows->x[i]) - model(place, rows->x[i])
                                       : (double)NAN;
    }
    errata_level_effects_accumulate(rows->level,
                                    before,
                                    next,
                                    N_ROWS,
                                    N_LEVELS,
                                    ret_effect,
                                    ret_error);
}

static void
test_effects(void)
{
    static const double shift[N_LEVELS] = {0.0, 0.5, 1.0, 0.2, 0.9};

    for (guint64 seed = 0; seed < 20; seed++) {
        double effect[N_LEVELS], error[N_LEVELS], want[N_LEVELS];
        Rows rows;

        draw(seed, shift, &rows);
        accumulate(&rows, effect, error);
        brute_force(&rows, want);
        for (guint k = 0; k < N_LEVELS; k++)
            g_assert_cmpfloat_with_epsilon(effect[k], want[k], 1e-12);
    }
}

/* standard errors are how much effects differ from one drawing of rows to the next */
static void
test_errors(void)
{
    static const double shift[N_LEVELS] = {0.0, 0.5, 1.0, 0.2, 0.9};
    const guint n_trials = 600;
    double mean[N_LEVELS] = {0.0}, square[N_LEVELS] = {0.0}, told[N_LEVELS] = {0.0};

    for (guint64 seed = 0; seed < n_trials; seed++) {
        double effect[N_LEVELS], error[N_LEVELS];
        Rows rows;

        draw(seed, shift, &rows);
        accumulate(&rows, effect, error);
        for (guint k = 0; k < N_LEVELS; k++) {
            mean[k] += effect[k] / n_trials;
            square[k] += effect[k] * effect[k] / n_trials;
            told[k] += error[k] / n_trials;
        }
    }
    for (guint k = 0; k < N_LEVELS; k++) {
        double spread = sqrt(square[k] - mean[k] * mean[k]);

        g_assert_cmpfloat(fabs(told[k] / spread - 1.0), <, 0.12);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/level-effects/order", test_order);
    g_test_add_func("/level-effects/order-names", test_order_names);
    g_test_add_func("/level-effects/effects", test_effects);
    g_test_add_func("/level-effects/errors", test_errors);
    return g_test_run();
}
