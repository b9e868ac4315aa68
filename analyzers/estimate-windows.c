/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Estimates window by window: against what chunks of the source scattered by, and, where labels
 * have come by now, against the truth. METHODS e7. */
#include <math.h>
#include <string.h>

#include "estimate.h"
#include "sum.h"

#define WINDOWS_LEAST  30  /* rows of a window that is estimated */
#define WINDOWS_CHUNKS 10  /* of the source, at least */
#define WINDOWS_MOST   100 /* at most */
#define WINDOWS_SIGMAS 3.0 /* that a window may lie from the source's mean */
#define WINDOWS_LABELS 0.8 /* of a window's rows, for it to be judged */

/* ---- rows unlike any of the source ---- */

static gboolean
windows_is_input(const ErrataSchema *schema, guint column)
{
    ErrataRole role = schema->columns[column].role;

    return role == ERRATA_ROLE_FEATURE || role == ERRATA_ROLE_GROUP;
}

static void
windows_mark_numbers(const ErrataColumn *now, const ErrataColumn *source, guint8 *outside)
{
    double lo = (double)INFINITY, hi = -(double)INFINITY;

    for (gsize row = 0; row < source->n_rows; row++) {
        double value = errata_column_number(source, row);

        lo = value < lo ? value : lo;
        hi = value > hi ? value : hi;
    }
    for (gsize row = 0; lo <= hi && row < now->n_rows; row++) {
        double value = errata_column_number(now, row);

        outside[row] |= value < lo || value > hi;
    }
}

static void
windows_mark_categories(const ErrataColumn *now, const ErrataColumn *source, guint8 *outside)
{
    g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
    g_autofree guint8 *fresh = g_new0(guint8, MAX(now->n_dictionary, 1));

    for (guint i = 0; i < source->n_dictionary; i++)
        g_hash_table_add(known, source->dictionary[i]);
    for (guint i = 0; i < now->n_dictionary; i++)
        fresh[i] = !g_hash_table_contains(known, now->dictionary[i]);
    for (gsize row = 0; row < now->n_rows; row++)
        if (errata_column_is_valid(now, row))
            outside[row] |= fresh[now->code[row]];
}

/**
 * errata_estimate_outside:
 * @analysis: a log
 * @source: what its estimate was learnt from
 *
 * Returns: the share of rows with a number beyond the source's range or a category that it lacks;
 *   NaN without a source of its own
 */
double
errata_estimate_outside(const ErrataAnalysis *analysis, const ErrataEstimateSource *source)
{
    g_autofree guint8 *outside = g_new0(guint8, MAX(analysis->frame->n_rows, 1));
    gsize n = 0;

    if (source->frame == NULL || source->own)
        return (double)NAN;
    for (guint c = 0; c < analysis->frame->n_columns; c++) {
        const ErrataColumn *now = analysis->frame->columns[c];
        const ErrataColumn *then = errata_frame_find(source->frame, now->name, NULL);

        if (then == NULL || !windows_is_input(analysis->schema, c))
            continue;
        if (errata_column_is_numeric(now) && errata_column_is_numeric(then))
            windows_mark_numbers(now, then, outside);
        else if (now->type == ERRATA_COLUMN_CATEGORY && then->type == ERRATA_COLUMN_CATEGORY)
            windows_mark_categories(now, then, outside);
    }
    for (gsize row = 0; row < analysis->frame->n_rows; row++)
        n += outside[row];
    return (double)n / (double)analysis->frame->n_rows;
}

/* ---- windows ---- */

static int
windows_find(const GPtrArray *windows, gint64 at)
{
    guint low = 0, high = windows->len;

    while (low < high) { /* the first that ends after it */
        guint middle = (low + high) / 2;

        if (((const ErrataWindow *)g_ptr_array_index(windows, middle))->to <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low < windows->len && ((const ErrataWindow *)g_ptr_array_index(windows, low))->from <= at
               ? (int)low
               : -1;
}

/* the window of each row of the log, −1: none */
static int *
windows_of_rows(const ErrataAnalysis *analysis)
{
    const ErrataPerformance *performance = &analysis->result->performance;
    const ErrataOutcome *outcome = analysis->outcome;
    int *window = g_new(int, MAX(outcome->n_rows, 1));

    for (gsize rank = 0; rank < outcome->n_rows; rank++) {
        guint32 row = outcome->order[rank];
        gint64 at = performance->windows_are_time && outcome->time != NULL ? outcome->time[row]
                                                                           : (gint64)rank;

        window[row] = windows_find(performance->windows, at);
    }
    return window;
}

/* the rows of one window as an input of their own */
static void
windows_take(const ErrataEstimateRows *all, const guint32 *place, gsize n, ErrataEstimateRows *to)
{
    *to = (ErrataEstimateRows){.n = n, .cbpe = all->cbpe, .only_right = all->only_right};
    to->weight = all->weight != NULL ? g_new(double, MAX(n, 1)) : NULL;
    to->loss = all->loss != NULL ? g_new(double, MAX(n, 1)) : NULL;
    to->square = all->square != NULL ? g_new(double, MAX(n, 1)) : NULL;
    to->predicted = all->predicted != NULL ? g_new(gint32, MAX(n, 1)) : NULL;
    to->chance = g_new0(double *, MAX(all->cbpe.n_classes, 1));
    to->score = g_new0(double *, MAX(all->cbpe.n_classes, 1));
    for (guint k = 0; k < all->cbpe.n_classes; k++) {
        to->chance[k] = g_new(double, MAX(n, 1));
        to->score[k] = all->score[k] != NULL ? g_new(double, MAX(n, 1)) : NULL;
    }
    for (gsize i = 0; i < n; i++) {
        guint32 from = place[i];

        if (to->weight != NULL)
            to->weight[i] = all->weight[from];
        if (to->predicted != NULL)
            to->predicted[i] = all->predicted[from];
        if (to->loss != NULL) {
            to->loss[i] = all->loss[from];
            to->square[i] = all->square[from];
        }
        for (guint k = 0; k < all->cbpe.n_classes; k++) {
            to->chance[k][i] = all->chance[k][from];
            if (to->score[k] != NULL)
                to->score[k][i] = all->score[k][from];
        }
    }
    to->cbpe.n = n;
    to->cbpe.predicted = to->predicted;
    to->cbpe.chance = (const double *const *)to->chance;
    to->cbpe.score = (const double *const *)to->score;
    to->cbpe.weight = to->weight;
}

static void
windows_add_classes(ErrataWindow *window, const ErrataEstimateRows *part)
{
    static const char *const names[] =
        {"accuracy", "precision", "recall", "f1", "f1_macro", "roc_auc"};
    g_autoptr(GArray) list = errata_metrics_list_new();

    errata_cbpe_estimate(&part->cbpe, list);
    for (guint i = 0; i < (part->only_right ? 1 : G_N_ELEMENTS(names)); i++) {
        const ErrataMetricValue *entry = errata_metrics_find(list, names[i], -1);
        g_autofree char *name = g_strconcat("cbpe_", names[i], NULL);

        if (entry != NULL && !isnan(entry->value))
            errata_case_append_metric(window->metrics,
                                      name,
                                      entry->value,
                                      entry->interval.lo,
                                      entry->interval.hi,
                                      part->n);
    }
}

static void
windows_add_numbers(ErrataWindow *window,
                    const ErrataEstimateRows *part,
                    const ErrataEstimateSource *source)
{
    ErrataSum loss = {0}, square = {0}, total = {0};
    double mae;
    double half = 3.0 * sqrt(errata_estimate_variance(source, "mae", -1, (double)part->n));

    for (gsize i = 0; i < part->n; i++) {
        double w = part->weight != NULL ? part->weight[i] : 1.0;

        errata_sum_add(&loss, w * part->loss[i]);
        errata_sum_add(&square, w * part->square[i]);
        errata_sum_add(&total, w);
    }
    mae = errata_sum_value(&loss) / errata_sum_value(&total);
    if (!isfinite(mae))
        return;
    errata_case_append_metric(window->metrics,
                              "dle_mae",
                              mae,
                              fmax(mae - half, 0.0),
                              mae + half,
                              part->n);
    errata_case_append_metric(window->metrics,
                              "dle_rmse",
                              sqrt(errata_sum_value(&square) / errata_sum_value(&total)),
                              (double)NAN,
                              (double)NAN,
                              part->n);
}

static const ErrataMetric *
windows_metric(const ErrataWindow *window, const char *name)
{
    for (guint i = 0; i < window->metrics->len; i++) {
        const ErrataMetric *metric = g_ptr_array_index(window->metrics, i);

        if (strcmp(metric->name, name) == 0)
            return metric;
    }
    return NULL;
}

/* ---- limits ---- */

static gsize
windows_typical_size(const GPtrArray *windows)
{
    gsize most = 1;

    for (guint i = 0; i < windows->len; i++)
        most = MAX(most, ((const ErrataWindow *)g_ptr_array_index(windows, i))->n);
    return most;
}

/* mean ± 3 standard deviations of what was measured on chunks of the source, in its order */
static void
windows_limits(const ErrataAnalysis *analysis, const ErrataEstimateSource *source)
{
    ErrataEstimate *estimate = analysis->result->performance.estimate;
    const ErrataOutcome *outcome = source->outcome;
    gboolean numbers = analysis->schema->task == ERRATA_TASK_REGRESSION;
    double sum[WINDOWS_MOST] = {0.0}, n[WINDOWS_MOST] = {0.0};
    double mean = 0.0, squares = 0.0;
    gsize size = windows_typical_size(analysis->result->performance.windows);
    guint n_chunks = (guint)CLAMP(source->judged->input.n / size, WINDOWS_CHUNKS, WINDOWS_MOST);
    gsize seen = 0;

    for (gsize rank = 0; rank < outcome->n_rows; rank++) {
        guint32 row = outcome->order[rank];
        guint chunk = (guint)(seen * n_chunks / source->judged->input.n);

        if (outcome->judged[row] == 0)
            continue;
        seen++;
        if (isnan(outcome->loss[row]))
            continue;
        sum[chunk] += numbers ? outcome->loss[row] : 1.0 - outcome->loss[row];
        n[chunk] += 1.0;
    }
    for (guint c = 0; c < n_chunks; c++) {
        double value = sum[c] / n[c];
        double delta = value - mean;

        if (isnan(value))
            return;
        mean += delta / (c + 1);
        squares += delta * (value - mean);
    }
    estimate->n_chunks = n_chunks;
    estimate->lower = fmax(mean - WINDOWS_SIGMAS * sqrt(squares / (n_chunks - 1)), 0.0);
    estimate->upper = mean + WINDOWS_SIGMAS * sqrt(squares / (n_chunks - 1));
    if (!numbers)
        estimate->upper = fmin(estimate->upper, 1.0);
}

static void
windows_alert(ErrataAnalysis *analysis)
{
    ErrataEstimate *estimate = analysis->result->performance.estimate;
    const GPtrArray *windows = analysis->result->performance.windows;
    gboolean numbers = strcmp(estimate->method, "DLE") == 0;

    for (guint i = 0; i < windows->len; i++) {
        const ErrataMetric *metric = windows_metric(g_ptr_array_index(windows, i),
                                                    estimate->metric);

        if (metric != NULL)
            estimate->n_alerts += numbers ? metric->value > estimate->upper
                                          : metric->value < estimate->lower;
    }
}

/* ---- track record ---- */

/* by windows that have labels now; they took no part in the estimate */
static void
windows_score(ErrataAnalysis *analysis)
{
    ErrataEstimate *estimate = analysis->result->performance.estimate;
    const GPtrArray *windows = analysis->result->performance.windows;
    const char *truth = strcmp(estimate->method, "DLE") == 0 ? "mae" : "accuracy";
    double bias = 0.0, covered = 0.0;

    for (guint i = 0; i < windows->len; i++) {
        const ErrataWindow *window = g_ptr_array_index(windows, i);
        const ErrataMetric *told = windows_metric(window, estimate->metric);
        const ErrataMetric *real = windows_metric(window, truth);

        if (told == NULL || real == NULL ||
            (double)window->labelled < WINDOWS_LABELS * (double)window->n)
            continue;
        estimate->n_scored++;
        bias += told->value - real->value;
        covered += real->value >= told->lo && real->value <= told->hi;
    }
    if (estimate->n_scored == 0)
        return;
    estimate->bias = bias / estimate->n_scored;
    estimate->covered = covered / estimate->n_scored;
}

/* ---- figure ---- */

static double
windows_as_error(const ErrataEstimate *estimate, double value)
{
    return strcmp(estimate->method, "DLE") == 0 ? value : 1.0 - value;
}

/* the timeline of page 1 shows the estimate beside, or in place of, what labels tell */
static void
windows_draw(ErrataAnalysis *analysis)
{
    const ErrataEstimate *estimate = analysis->result->performance.estimate;
    const GPtrArray *windows = analysis->result->performance.windows;
    ErrataFigure *figure = analysis->result->timeline;
    gboolean numbers = strcmp(estimate->method, "DLE") == 0;
    ErrataSeries *series;
    guint n_real = 0;

    if (figure == NULL || figure->n_series != 1 || figure->series[0].n != windows->len)
        return;
    for (guint i = 0; i < windows->len; i++)
        n_real += !isnan(figure->series[0].y[i]);
    if (n_real == 0) {
        g_free(figure->title);
        figure->title = g_strdup(numbers ? "Mean absolute error over time, estimated without labels"
                                         : "Error rate over time, estimated without labels");
        series = &figure->series[0];
        g_free(series->label);
        series->label = g_strdup("estimated");
    } else {
        series = errata_figure_add_series(figure, "estimated", ERRATA_TONE_REFERENCE, windows->len);
        series->x = g_memdup2(figure->series[0].x, windows->len * sizeof *series->x);
        series->y = g_new(double, windows->len);
        series->lo = g_new(double, windows->len);
        series->hi = g_new(double, windows->len);
    }
    for (guint i = 0; i < windows->len; i++) {
        const ErrataMetric *metric = windows_metric(g_ptr_array_index(windows, i),
                                                    estimate->metric);

        series->y[i] = series->lo[i] = series->hi[i] = (double)NAN;
        if (metric == NULL)
            continue;
        series->y[i] = windows_as_error(estimate, metric->value);
        series->lo[i] = windows_as_error(estimate, numbers ? metric->lo : metric->hi);
        series->hi[i] = windows_as_error(estimate, numbers ? metric->hi : metric->lo);
    }
}

/* places of @rows sorted by window; window w has those from ret_end[w] to ret_end[w + 1] */
static guint32 *
windows_sort(ErrataAnalysis *analysis, const ErrataEstimateRows *rows, gsize *ret_end)
{
    g_autofree int *window = windows_of_rows(analysis);
    guint n_windows = analysis->result->performance.windows->len;
    g_autofree gsize *begin = g_new0(gsize, n_windows + 2);
    guint32 *place = g_new(guint32, MAX(rows->n, 1));

    for (gsize i = 0; i < rows->n; i++)
        ret_end[window[rows->row[i]] + 1]++; /* those in no window come first */
    for (guint w = 1; w <= n_windows; w++) {
        begin[w] = ret_end[w - 1];
        ret_end[w] += ret_end[w - 1];
    }
    for (gsize i = 0; i < rows->n; i++)
        place[begin[window[rows->row[i]] + 1]++] = (guint32)i;
    return place;
}

/**
 * errata_estimate_windows:
 * @analysis: a log whose windows are made; estimates are added to them
 * @source: what the estimate was learnt from
 * @rows: the estimated rows
 *
 * Adds `cbpe_accuracy` and its like, or `dle_mae` and `dle_rmse`, to every window of at least 30
 * rows; sets the limits, counts the windows beyond them, and scores the estimate by windows with
 * labels unless it was learnt from those.
 */
void
errata_estimate_windows(ErrataAnalysis *analysis,
                        const ErrataEstimateSource *source,
                        const ErrataEstimateRows *rows)
{
    GPtrArray *windows = analysis->result->performance.windows;
    g_autofree gsize *end = g_new0(gsize, windows->len + 2);
    g_autofree guint32 *place = windows_sort(analysis, rows, end);

    for (guint w = 0; w < windows->len; w++) {
        g_auto(ErrataEstimateRows) part = {0};

        if (end[w + 1] - end[w] < WINDOWS_LEAST)
            continue;
        windows_take(rows, place + end[w], end[w + 1] - end[w], &part);
        if (part.loss != NULL)
            windows_add_numbers(g_ptr_array_index(windows, w), &part, source);
        else
            windows_add_classes(g_ptr_array_index(windows, w), &part);
    }
    if (source->judged != NULL && !source->own && windows->len > 0) {
        windows_limits(analysis, source);
        windows_alert(analysis);
    }
    if (!source->own)
        windows_score(analysis);
    windows_draw(analysis);
}
