/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench-drift FILE.csv: the first half of a log against the second, column by column, as the drift
 * analyzer compares them: Kolmogorov–Smirnov, Wasserstein, PSI, Jensen–Shannon, chi-square, shares
 * of missing cells and the bars of the figures. Identifiers and times are left out. Prints the CPU
 * seconds (median of three, reading not counted), then name, statistic and PSI of each column. */
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "drift.h"
#include "number.h"
#include "parallel.h"
#include "plugin.h"

#define BENCH_ROUNDS 3

extern const ErrataPlugin errata_plugin_csv;

static ErrataFrame *
bench_read(const char *path, GError **error)
{
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
    g_autoptr(ErrataSource) source = NULL;
    ErrataFrame *frame = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0) {
        g_printerr("%s cannot be opened\n", path);
        return NULL;
    }
    source = errata_source_new_fd(fd, path);
    if (errata_plugin_csv.formats[0]->read(source, builder, error))
        frame = errata_frame_builder_finish(builder, error);
    close(fd);
    return frame;
}

static gboolean
bench_wants(const ErrataColumn *column)
{
    return g_str_has_prefix(column->name, "f") || g_str_has_prefix(column->name, "c") ||
           (g_str_has_prefix(column->name, "i") && column->name[1] != 'd') ||
           g_str_equal(column->name, "score") || g_str_equal(column->name, "label");
}

/* Returns: CPU seconds */
static double
bench_measure(const ErrataDriftSide *from, const ErrataDriftSide *to, ErrataDriftColumn *columns)
{
    clock_t start = clock();

    for (guint i = 0; i < to->frame->n_columns; i++)
        if (bench_wants(to->frame->columns[i])) {
            errata_drift_column_clear(&columns[i]);
            columns[i] = (ErrataDriftColumn){.column = i, .name = to->frame->columns[i]->name};
            errata_drift_column_measure(&columns[i], from, to);
        }
    return (double)(clock() - start) / CLOCKS_PER_SEC;
}

static int
bench_compare(gconstpointer a, gconstpointer b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return (x > y) - (x < y);
}

static void
bench_print(const ErrataDriftColumn *columns, guint n_columns)
{
    for (guint i = 0; i < n_columns; i++) {
        char statistic[ERRATA_NUMBER_BUFFER], psi[ERRATA_NUMBER_BUFFER];

        if (columns[i].name != NULL)
            g_print("%s %s %s\n",
                    columns[i].name,
                    errata_number_print(columns[i].statistic, statistic),
                    errata_number_print(columns[i].psi, psi));
    }
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataFrame) frame = argc > 1 ? bench_read(argv[1], &error) : NULL;
    g_autofree guint32 *row = NULL;
    g_autofree ErrataDriftColumn *columns = NULL;
    ErrataDriftSide from = {0}, to = {0};
    double seconds[BENCH_ROUNDS];

    if (frame == NULL) {
        g_printerr("usage: bench-drift FILE.csv\n%s\n", error != NULL ? error->message : "");
        return 2;
    }
    errata_parallel_set_threads(1);
    row = g_new(guint32, frame->n_rows);
    for (gsize i = 0; i < frame->n_rows; i++)
        row[i] = (guint32)i;
    from = (ErrataDriftSide){.frame = frame, .row = row, .n = frame->n_rows / 2};
    to = (ErrataDriftSide){.frame = frame, .row = row + from.n, .n = frame->n_rows - from.n};
    columns = g_new0(ErrataDriftColumn, frame->n_columns);
    for (guint round = 0; round < BENCH_ROUNDS; round++)
        seconds[round] = bench_measure(&from, &to, columns);
    qsort(seconds, BENCH_ROUNDS, sizeof(double), bench_compare);
    g_print("seconds %.3f -\n", seconds[BENCH_ROUNDS / 2]);
    bench_print(columns, frame->n_columns);
    for (guint i = 0; i < frame->n_columns; i++)
        errata_drift_column_clear(&columns[i]);
    return 0;
}
