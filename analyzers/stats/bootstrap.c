/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bootstrap with Poisson weights: every row is drawn Poisson(1) times on its own, so a draw
 * needs no permutation and parts of the data could be drawn apart. Source: Chamandy et al. 2012,
 * "Estimating uncertainty for massive data streams". */
#include "bootstrap.h"

#include <math.h>

#include "parallel.h"
#include "sort.h"

#define BOOTSTRAP_GRAIN 8 /* draws per chunk */

typedef struct {
    ErrataBootstrapFunc func;
    gconstpointer data;
    gsize n_rows;
    guint64 seed;
    guint64 stage;
    double *statistic;
} BootstrapWork;

/**
 * errata_bootstrap_poisson:
 * @rng: random numbers
 *
 * Returns: a Poisson number of mean 1, by inversion
 */
guint8
errata_bootstrap_poisson(ErrataRng *rng)
{
    double u = errata_rng_uniform(rng);
    double p = 0.36787944117144233; /* 1 / e */
    guint8 k = 0;

    while (u >= p && k < 20) {
        u -= p;
        k++;
        p /= k;
    }
    return k;
}

static void
bootstrap_draws_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    BootstrapWork *work = data;
    g_autofree guint8 *weight = g_new(guint8, MAX(work->n_rows, 1));

    for (gsize draw = begin; draw < end; draw++) {
        ErrataRng rng = errata_rng_init(work->seed, work->stage, draw);

        for (gsize row = 0; row < work->n_rows; row++)
            weight[row] = errata_bootstrap_poisson(&rng);
        work->statistic[draw] = work->func(weight, work->n_rows, work->data);
    }
}

static double
bootstrap_variance(const double *statistic, gsize n)
{
    double mean = 0.0;
    double squares = 0.0;

    for (gsize i = 0; i < n; i++) {
        double delta = statistic[i] - mean;

        mean += delta / (double)(i + 1);
        squares += delta * (statistic[i] - mean);
    }
    return n > 1 ? squares / (double)(n - 1) : (double)NAN;
}

/**
 * errata_bootstrap_interval:
 * @estimate: the statistic on the rows themselves
 * @func: computes it on weighted rows
 * @n_rows: rows
 * @data: for @func
 * @n_draws: draws, 1,000 by METHODS 0
 * @seed: of the run
 * @stage: names the use
 * @level: coverage, in (0, 1)
 * @ret_variance: (out) (optional): variance of the draws
 *
 * The basic bootstrap interval 2 θ − q. Source: Davison and Hinkley 1997, "Bootstrap methods and
 * their application", 5.2.1. The same for any number of threads.
 *
 * Returns: the interval; NaN when fewer than half of the draws are defined
 */
ErrataInterval
errata_bootstrap_interval(double estimate,
                          ErrataBootstrapFunc func,
                          gsize n_rows,
                          gconstpointer data,
                          guint n_draws,
                          guint64 seed,
                          guint64 stage,
                          double level,
                          double *ret_variance)
{
    g_autofree double *statistic = g_new(double, MAX(n_draws, 1));
    BootstrapWork work = {func, data, n_rows, seed, stage, statistic};
    gsize n = 0;

    errata_parallel_for(n_draws, BOOTSTRAP_GRAIN, bootstrap_draws_cb, &work);
    errata_sort_values(statistic, n_draws);
    while (n < n_draws && isfinite(statistic[n]))
        n++;
    if (ret_variance != NULL)
        *ret_variance = bootstrap_variance(statistic, n);
    if (n == 0 || n < n_draws / 2)
        return (ErrataInterval){(double)NAN, (double)NAN};
    return (ErrataInterval){2.0 * estimate - errata_sort_quantile(statistic, n, 0.5 + 0.5 * level),
                            2.0 * estimate - errata_sort_quantile(statistic, n, 0.5 - 0.5 * level)};
}
