/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench-sliceline [ROWS [COLUMNS [CODES [LEVEL]]]]: columns of independent codes (by default as
 * many as the census income data has: 48,842 rows, 14 columns, 162 codes in all), errors in 15 % of
 * the rows and in 45 % of those of two planted slices; searched to LEVEL with the usual settings.
 * Prints CPU seconds, memory and what was found. Not a test: run it on an idle machine. */
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "rng.h"
#include "sliceline.h"

/* distinct values of the fourteen columns, ten bins for numbers: 162 */
static const guint bench_census[] = {10, 9, 10, 16, 16, 7, 15, 6, 5, 2, 2, 2, 10, 42};

static double
bench_cpu(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

int
main(int argc, char **argv)
{
    gsize n_rows = argc > 1 ? (gsize)strtoull(argv[1], NULL, 10) : 48842;
    guint n_columns = argc > 2 ? (guint)atoi(argv[2]) : 14;
    guint n_codes = argc > 3 ? (guint)atoi(argv[3]) : 0;
    g_autofree guint8 *code = g_new(guint8, n_rows * n_columns);
    g_autofree const guint8 **codes = g_new(const guint8 *, n_columns);
    g_autofree double *loss = g_new(double, n_rows);
    g_autoptr(ErrataSliceline) found = NULL;
    ErrataSlicelineInput input =
        {n_rows, n_columns, codes, NULL, loss, TRUE, 0.95, 0, 10, 3, 0.0, 0};
    struct rusage before, after;
    double p[10];
    double begin;

    input.min_rows = MAX(32, (n_rows + 99) / 100);
    input.max_level = argc > 4 ? (guint)atoi(argv[4]) : 3;
    for (guint c = 0; c < n_columns; c++) {
        guint n = n_codes > 0 ? n_codes : bench_census[c % G_N_ELEMENTS(bench_census)];

        codes[c] = code + c * n_rows;
        for (gsize row = 0; row < n_rows; row++) {
            ErrataRng rng = errata_rng_init(1, c, row);
            double u = errata_rng_uniform(&rng);

            code[c * n_rows + row] = (guint8)((double)n * u * u); /* the first codes more often */
        }
    }
    for (gsize row = 0; row < n_rows; row++) {
        ErrataRng rng = errata_rng_init(1, 1000, row);
        gboolean in = (codes[0][row] == 1 && codes[1][row] == 0) ||
                      (codes[2][row] == 0 && codes[MIN(5, n_columns - 1)][row] == 1);

        loss[row] = errata_rng_uniform(&rng) < (in ? 0.45 : 0.15) ? 1.0 : 0.0;
    }
    getrusage(RUSAGE_SELF, &before);
    begin = bench_cpu();
    found = errata_sliceline_search(&input);
    g_print("search %.4f s CPU, %" G_GUINT64_FORMAT " + %" G_GUINT64_FORMAT " + %" G_GUINT64_FORMAT
            " slices counted%s\n",
            bench_cpu() - begin,
            found->n_evaluated[0],
            found->n_evaluated[1],
            found->n_evaluated[2],
            found->truncated ? ", truncated" : "");
    getrusage(RUSAGE_SELF, &after);
    g_print("%.1f MB more than before, %.1f MB in all\n",
            (double)(after.ru_maxrss - before.ru_maxrss) / 1024.0,
            (double)after.ru_maxrss / 1024.0);
    begin = bench_cpu();
    g_print("%u permutations", errata_sliceline_permute(&input, found->slices, 199, 20, 1, p));
    g_print(" %.3f s CPU\n", bench_cpu() - begin);
    for (guint i = 0; i < found->slices->len; i++) {
        const ErrataSlicelineSlice *slice = &g_array_index(found->slices, ErrataSlicelineSlice, i);

        g_print("%.6f %" G_GSIZE_FORMAT " rows %g errors p %.3f:",
                slice->score,
                slice->size,
                slice->error,
                p[i]);
        for (guint j = 0; j < slice->n; j++)
            g_print(" x%u=%u", slice->column[j], slice->code[j]);
        g_print("\n");
    }
    return 0;
}
