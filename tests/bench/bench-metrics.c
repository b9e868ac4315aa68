/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All metrics of 1,000,000 rows with a score: confusion matrix and what follows of it, log-loss,
 * Brier, calibration, ROC and PR areas with their curves, accuracy of 200 groups, AUC of 20. Prints
 * the CPU seconds (median of five) and the values. With a file name it writes the rows there, for
 * bench-metrics-peer.py: all scores (doubles), then all labels, groups and regions (bytes).
 *
 *   bench-metrics [FILE] */
#include <math.h>
#include <string.h>
#include <time.h>

#include "metrics.h"
#include "number.h"
#include "rng.h"

#define BENCH_ROWS    1000000U
#define BENCH_GROUPS  200
#define BENCH_REGIONS 20
#define BENCH_ROUNDS  5

typedef struct {
    double *score;
    gint32 *truth;
    gint32 *predicted;
    guint8 *label;
    guint8 *group;
    guint8 *region;
} BenchRows;

typedef struct {
    GArray *list;
    double group_accuracy; /* mean of the groups' */
    double region_auc;     /* mean of the regions' */
    guint n_points;        /* of the curve */
} BenchResult;

static void
bench_make(BenchRows *rows)
{
    rows->score = g_new(double, BENCH_ROWS);
    rows->truth = g_new(gint32, BENCH_ROWS);
    rows->predicted = g_new(gint32, BENCH_ROWS);
    rows->label = g_new(guint8, BENCH_ROWS);
    rows->group = g_new(guint8, BENCH_ROWS);
    rows->region = g_new(guint8, BENCH_ROWS);
    for (guint i = 0; i < BENCH_ROWS; i++) {
        ErrataRng rng = errata_rng_init(4, 8, i);
        double x = errata_rng_uniform(&rng) + errata_rng_uniform(&rng) - 1.2;

        rows->score[i] = round(1e6 / (1.0 + exp(-4.0 * x))) / 1e6;
        rows->label[i] = errata_rng_uniform(&rng) < 1.0 / (1.0 + exp(0.2 - 3.5 * x));
        rows->group[i] = (guint8)errata_rng_below(&rng, BENCH_GROUPS);
        rows->region[i] = (guint8)errata_rng_below(&rng, BENCH_REGIONS);
        rows->truth[i] = rows->label[i];
        rows->predicted[i] = rows->score[i] >= 0.5;
    }
}

static void
bench_groups(const BenchRows *rows, BenchResult *result)
{
    guint64 count[BENCH_GROUPS][2] = {{0}};

    for (guint i = 0; i < BENCH_ROWS; i++)
        count[rows->group[i]][rows->truth[i] == rows->predicted[i]]++;
    for (guint g = 0; g < BENCH_GROUPS; g++)
        result->group_accuracy += (double)count[g][1] / (double)(count[g][0] + count[g][1]) /
                                  BENCH_GROUPS;
}

static void
bench_regions(const BenchRows *rows, BenchResult *result)
{
    g_autofree double *score = g_new(double, BENCH_ROWS);
    g_autofree guint8 *label = g_new(guint8, BENCH_ROWS);
    gsize next[BENCH_REGIONS + 1] = {0};
    gsize begin = 0;

    for (guint i = 0; i < BENCH_ROWS; i++)
        next[rows->region[i] + 1]++;
    for (guint r = 1; r <= BENCH_REGIONS; r++)
        next[r] += next[r - 1];
    for (guint i = 0; i < BENCH_ROWS; i++) {
        gsize at = next[rows->region[i]]++;

        score[at] = rows->score[i];
        label[at] = rows->label[i];
    }
    for (guint r = 0; r < BENCH_REGIONS; r++) {
        g_autoptr(ErrataRanking) ranking =
            errata_ranking_new(score + begin, label + begin, NULL, next[r] - begin);
        double variance;

        result->region_auc += errata_ranking_auc(ranking, &variance) / BENCH_REGIONS;
        begin = next[r];
    }
}

static BenchResult
bench_measure(const BenchRows *rows)
{
    ErrataMetricsInput input = {.n = BENCH_ROWS,
                                .n_classes = 2,
                                .positive = 1,
                                .truth = rows->truth,
                                .predicted = rows->predicted,
                                .score = rows->score};
    BenchResult result = {.list = errata_metrics_list_new()};
    g_autoptr(ErrataConfusion) confusion = errata_confusion_new(&input);
    g_autoptr(ErrataRanking) ranking = NULL;
    g_autofree ErrataRankingPoint *points = NULL;

    errata_metrics_confusion(confusion, 1, result.list);
    errata_metrics_binary_scores(&input, result.list, &ranking, NULL);
    points = errata_ranking_points(ranking, 1000, &result.n_points);
    bench_groups(rows, &result);
    bench_regions(rows, &result);
    return result;
}

static int
bench_compare(gconstpointer a, gconstpointer b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return (x > y) - (x < y);
}

static void
bench_print(const char *name, double value)
{
    char buffer[ERRATA_NUMBER_BUFFER];

    g_print("%s %s\n", name, errata_number_print(value, buffer));
}

static gboolean
bench_write(const char *path, const BenchRows *rows, GError **error)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();

    g_byte_array_append(bytes, (const guint8 *)rows->score, BENCH_ROWS * sizeof(double));
    g_byte_array_append(bytes, rows->label, BENCH_ROWS);
    g_byte_array_append(bytes, rows->group, BENCH_ROWS);
    g_byte_array_append(bytes, rows->region, BENCH_ROWS);
    return g_file_set_contents(path, (const char *)bytes->data, (gssize)bytes->len, error);
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    double seconds[BENCH_ROUNDS];
    BenchResult result = {0};
    BenchRows rows;

    bench_make(&rows);
    if (argc > 1 && !bench_write(argv[1], &rows, &error)) {
        g_printerr("%s\n", error->message);
        return 1;
    }
    for (guint round = 0; round < BENCH_ROUNDS; round++) {
        clock_t start = clock();

        g_clear_pointer(&result.list, g_array_unref);
        result = bench_measure(&rows);
        seconds[round] = (double)(clock() - start) / CLOCKS_PER_SEC;
    }
    qsort(seconds, BENCH_ROUNDS, sizeof(double), bench_compare);
    bench_print("seconds", seconds[BENCH_ROUNDS / 2]);
    for (guint i = 0; i < result.list->len; i++) {
        const ErrataMetricValue *value = &g_array_index(result.list, ErrataMetricValue, i);

        if (value->class_index < 0)
            bench_print(value->name, value->value);
    }
    bench_print("group_accuracy", result.group_accuracy);
    bench_print("region_auc", result.region_auc);
    return 0;
}
