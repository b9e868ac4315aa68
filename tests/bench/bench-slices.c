/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench-slices [ROWS [COLUMNS [THREADS [SURE]]]]: makes a log with four planted slices and
 * correlated columns, whose scores are SURE times as sure as they should be, searches it and prints
 * CPU seconds and what was found. Not a test: run it on an idle machine. */
#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "../unit/synth-log.h"
#include "parallel.h"
#include "slices.h"

static double
bench_cpu(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static double
bench_number(const Log *log, guint column, gsize row)
{
    return log->frame->columns[column]->f64[row];
}

static void
bench_fill(Log *log, guint n_columns, double sure)
{
    for (guint c = 0; c < n_columns; c++) {
        g_autofree char *name = g_strdup_printf("x%u", c);

        if (c % 3 == 2)
            log_add_category(log, name, "a b c d e f g h", 8);
        else
            log_add_number(log, name, 0, c % 3 == 1 ? log->frame->columns[c - 1]->f64 : NULL);
    }
    for (gsize i = 0; i < log->n; i++) {
        double score = 0.9 * log_uniform(log) + 0.1 * bench_number(log, 0, i);
        double rate = 0.6 * MIN(score, 1.0 - score);
        gboolean in = log->frame->columns[2]->code[i] == 4 ||
                      (log->frame->columns[5]->code[i] == 2 && bench_number(log, 0, i) > 0.5) ||
                      (log->frame->columns[8]->code[i] == 1 && bench_number(log, 3, i) < 0.2 &&
                       bench_number(log, 4, i) < 0.2) ||
                      (bench_number(log, 6, i) > 0.35 && bench_number(log, 6, i) < 0.45);

        log_set_error(log,
                      i,
                      1.0 / (1.0 + pow(1.0 / score - 1.0, sure)),
                      log_uniform(log) < (in ? rate + 0.2 : rate));
    }
}

int
main(int argc, char **argv)
{
    gsize n_rows = argc > 1 ? (gsize)strtoull(argv[1], NULL, 10) : 200000;
    guint n_columns = argc > 2 ? (guint)atoi(argv[2]) : 15;
    Log log;
    double begin;

    errata_parallel_set_threads(argc > 3 ? (guint)atoi(argv[3]) : 1);
    log_init_columns(&log, MAX(n_rows, 1000), MAX(n_columns, 9), 1);
    bench_fill(&log, MAX(n_columns, 9), argc > 4 ? strtod(argv[4], NULL) : 1.0);
    begin = bench_cpu();
    log_finish(&log);
    g_print("bins %.2f s CPU\n", bench_cpu() - begin);
    begin = bench_cpu();
    if (!errata_analyzer_slices.run(&log.analysis, NULL))
        return 1;
    g_print("slices %.2f s CPU\n", bench_cpu() - begin);
    for (guint i = 0; i < log.analysis.result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(log.analysis.result->findings, i);

        g_print("  %s\n", finding->title);
    }
    for (guint i = 0; i < log.analysis.result->method_notes->len; i++)
        g_print("%s\n", (const char *)g_ptr_array_index(log.analysis.result->method_notes, i));
    log_clear(&log);
    return 0;
}
