/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two models, or two states of one, on the same rows. METHODS 0.4 and e8. */
#include "paired.h"

#include <math.h>

#include "bootstrap.h"
#include "ranking.h"
#include "tests.h"

#define PAIRED_EXACT 25   /* discordant pairs under which McNemar's test is exact */
#define PAIRED_DRAWS 1000 /* of the bootstrap */
#define PAIRED_STAGE G_GUINT64_CONSTANT(0x706169726564) /* "paired" */

/**
 * errata_paired_shares:
 * @before: (array length=n): 1 where it was right before
 * @after: (array length=n): 1 where it is right now
 * @n: rows
 * @level: of the interval
 *
 * McNemar's test: exact binomial under 25 discordant pairs, else chi-square with continuity
 * correction. The interval of the difference is Wald's for paired proportions.
 * Source: McNemar 1947; Agresti 2002, "Categorical data analysis", 10.1.
 */
ErrataPaired
errata_paired_shares(const guint8 *before, const guint8 *after, gsize n, double level)
{
    ErrataPaired result = {.n = n};
    guint64 up = 0, down = 0;
    double all = (double)MAX(n, 1);
    double gap;

    for (gsize i = 0; i < n; i++) {
        up += after[i] != 0 && before[i] == 0;
        down += after[i] == 0 && before[i] != 0;
    }
    gap = (double)up - (double)down;
    result.difference = gap / all;
    result.variance = ((double)(up + down) - gap * gap / all) / all / all;
    result.interval = errata_intervals_normal(result.difference, result.variance, level);
    if (up + down < PAIRED_EXACT) {
        result.test = "McNemar, exact";
        result.p = fmin(1.0, 2.0 * errata_tests_binomial_upper(MAX(up, down), up + down, 0.5));
    } else {
        double excess = fmax(fabs(gap) - 1.0, 0.0);

        result.test = "McNemar";
        result.p = errata_tests_chi_square(excess * excess / (double)(up + down), 1.0);
    }
    return result;
}

/**
 * errata_paired_areas:
 * @before: (array length=n): scores before
 * @after: (array length=n): scores now
 * @label: (array length=n): 1 for a positive row
 * @n: rows
 * @level: of the interval
 *
 * DeLong's test of two ROC AUCs on the same rows; NaN without both classes.
 */
ErrataPaired
errata_paired_areas(const double *before,
                    const double *after,
                    const guint8 *label,
                    gsize n,
                    double level)
{
    ErrataPaired result = {.n = n, .test = "DeLong, paired"};

    result.difference = errata_ranking_delong(after, before, label, n, &result.variance);
    result.interval = errata_intervals_normal(result.difference, result.variance, level);
    result.p = result.variance > 0.0
                   ? errata_tests_normal(result.difference / sqrt(result.variance))
                   : 1.0;
    return result;
}

static double
paired_mean_cb(const guint8 *weight, gsize n_rows, gconstpointer data)
{
    const double *gap = data;
    double sum = 0.0, n = 0.0;

    for (gsize i = 0; i < n_rows; i++) {
        sum += weight[i] * gap[i];
        n += weight[i];
    }
    return sum / n;
}

/**
 * errata_paired_means:
 * @before: (array length=n): losses before
 * @after: (array length=n): losses now
 * @n: rows, at least 2
 * @seed: of the draws
 * @level: of the interval
 *
 * Mean of the differences, its interval and variance by 1,000 Poisson bootstrap draws of the pairs.
 */
ErrataPaired
errata_paired_means(const double *before, const double *after, gsize n, guint64 seed, double level)
{
    ErrataPaired result = {.n = n, .test = "paired bootstrap"};
    g_autofree double *gap = g_new(double, MAX(n, 1));
    double sum = 0.0;

    for (gsize i = 0; i < n; i++) {
        gap[i] = after[i] - before[i];
        sum += gap[i];
    }
    result.difference = sum / (double)MAX(n, 1);
    result.interval = errata_bootstrap_interval(result.difference,
                                                paired_mean_cb,
                                                n,
                                                gap,
                                                PAIRED_DRAWS,
                                                seed,
                                                PAIRED_STAGE,
                                                level,
                                                &result.variance);
    result.p = result.variance > 0.0
                   ? errata_tests_normal(result.difference / sqrt(result.variance))
                   : 1.0;
    return result;
}
