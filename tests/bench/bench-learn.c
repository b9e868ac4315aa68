/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench-learn [ROWS]: times confident learning on ROWS × 10 made-up probabilities (joint and
 * pruning), five folds of boosted trees on ROWS / 5 × 20 codes, and the distances of two halves of
 * a column of ROWS numbers. Not a test: run it on an idle machine, on one core. */
#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "boost.h"
#include "confident.h"
#include "distances.h"
#include "rng.h"
#include "sort.h"

#define BENCH_CLASSES 10
#define BENCH_COLUMNS 20

/* processor time, which other programs on the machine do not lengthen */
static double
bench_seconds(clock_t since)
{
    return (double)(clock() - since) / (double)CLOCKS_PER_SEC;
}

static void
bench_confident(gsize n)
{
    g_autofree gint32 *given = g_new(gint32, n);
    g_autofree double *p = g_new(double, n *BENCH_CLASSES);
    g_autofree gint16 *suggested = g_new(gint16, n);
    g_autoptr(ErrataConfident) joint = NULL;
    clock_t start;
    gsize pruned;
    double measured;

    for (gsize i = 0; i < n; i++) {
        ErrataRng rng = errata_rng_init(1, 1, i);
        double sum = 0.0;

        given[i] = (gint32)errata_rng_below(&rng, BENCH_CLASSES);
        for (guint j = 0; j < BENCH_CLASSES; j++) {
            double u = errata_rng_uniform(&rng);

            p[i * BENCH_CLASSES + j] = u * u * u + ((gint32)j == given[i] ? 0.6 : 0.0);
            sum += p[i * BENCH_CLASSES + j];
        }
        for (guint j = 0; j < BENCH_CLASSES; j++)
            p[i * BENCH_CLASSES + j] /= sum;
    }
    start = clock();
    joint = errata_confident_measure(given, p, n, BENCH_CLASSES);
    measured = bench_seconds(start);
    pruned = errata_confident_prune(joint, given, p, suggested);
    g_print("confident %zu x %d: joint %.3f s, with pruning %.3f s (%zu pruned)\n",
            n,
            BENCH_CLASSES,
            measured,
            bench_seconds(start),
            pruned);
}

static void
bench_boost(gsize n)
{
    ErrataBoostColumn columns[BENCH_COLUMNS];
    guint8 *codes[BENCH_COLUMNS];
    ErrataBoostParams params = errata_boost_params(ERRATA_BOOST_LOGISTIC, 0, 0);
    g_autofree double *target = g_new(double, n);
    g_autofree double *value = g_new(double, n);
    g_autofree guint32 *row = g_new(guint32, n);
    clock_t start;

    for (guint c = 0; c < BENCH_COLUMNS; c++) {
        guint8 *code = codes[c] = g_new(guint8, n);

        for (gsize i = 0; i < n; i++) {
            ErrataRng rng = errata_rng_init(2, c, i);

            code[i] = (guint8)errata_rng_below(&rng, 32);
        }
        columns[c] = (ErrataBoostColumn){code, 32, TRUE};
    }
    for (gsize i = 0; i < n; i++) {
        ErrataRng rng = errata_rng_init(3, 0, i);
        double x = 0.2 * ((double)columns[0].code[i] - (double)columns[1].code[i]);

        row[i] = (guint32)i;
        target[i] = errata_rng_uniform(&rng) < 1.0 / (1.0 + exp(-x)) ? 1.0 : 0.0;
    }
    params.rounds = 60;
    params.halvings = 2;
    start = clock();
    for (gsize fold = 0; fold < 5; fold++) {
        gsize n_train = n - n / 5;
        g_autoptr(ErrataBoost) boost =
            errata_boost_train(columns, BENCH_COLUMNS, row + fold, n_train, target, &params);

        errata_boost_predict(boost, columns, row, n / 5, value);
    }
    g_print("boost %zu x %d, five folds: %.3f s\n", n, BENCH_COLUMNS, bench_seconds(start));
    for (guint c = 0; c < BENCH_COLUMNS; c++)
        g_free(codes[c]);
}

static void
bench_distances(gsize n)
{
    g_autofree double *value = g_new(double, n);
    g_autofree ErrataScale *scale = g_new(ErrataScale, 1);
    g_autoptr(ErrataPartition) a = NULL;
    g_autoptr(ErrataPartition) b = NULL;
    ErrataDistances d;
    clock_t start;

    for (gsize i = 0; i < n; i++) {
        ErrataRng rng = errata_rng_init(4, 0, i);

        value[i] = errata_rng_uniform(&rng) + (i < n / 2 ? 0.0 : 0.01);
    }
    start = clock();
    errata_scale_learn(scale, value, n / 2, value + n / 2, n - n / 2, ERRATA_PARTITION_CODES);
    a = errata_partition_new(scale, value, n / 2);
    b = errata_partition_new(scale, value + n / 2, n - n / 2);
    d = errata_distances_measure(a, b, -G_MAXDOUBLE, G_MAXDOUBLE);
    g_print("distances %zu: %.3f s (KS %.4f)\n", n, bench_seconds(start), d.ks);
}

int
main(int argc, char **argv)
{
    gsize n = argc > 1 ? (gsize)strtoull(argv[1], NULL, 10) : 1000000;

    n = CLAMP(n, 1000, 20000000);
    bench_confident(n);
    bench_boost(n / 5);
    bench_distances(n);
    return 0;
}
