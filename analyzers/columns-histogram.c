/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A column's distribution now and in the baseline over the same bins: at most 20, equal in width
 * between the 0.5 % and 99.5 % quantiles, one per value for few whole numbers, one per common value
 * for categories. The outer bins also hold what lies beyond them. */
#include <math.h>
#include <string.h>

#include "columns.h"
#include "select.h"

#define HISTOGRAM_BINS  20
#define HISTOGRAM_NAMED 19     /* values shown by name; the rest is pooled */
#define HISTOGRAM_ROWS  200000 /* that the edges are learnt from */
#define HISTOGRAM_CHUNK 1024
#define HISTOGRAM_SLOTS 32 /* of a side: the bins, and what is missing */

/* the two samples of a column: cells now and cells in the baseline */
typedef struct {
    const ErrataColumn *now;
    const ErrataColumn *before; /* nullable */
    const guint8 *baseline;     /* rows of @now that are the baseline, or %NULL */
} HistogramSource;

/* bins of equal width */
typedef struct {
    double from;
    double width; /* of all together */
    double n_bins;
} HistogramScale;

/* 0: now, 1: baseline */
static guint
histogram_side(const HistogramSource *source, gsize row)
{
    return source->baseline != NULL && source->baseline[row] != 0 ? 1 : 0;
}

static const ErrataColumn *
histogram_before(const ErrataAnalysis *analysis, guint column)
{
    const ErrataColumn *before;

    if (analysis->reference == NULL)
        return NULL;
    before = errata_frame_find(analysis->reference, analysis->frame->columns[column]->name, NULL);
    return before;
}

/* least, 0.5 %, 99.5 % and largest of some numbers */
typedef struct {
    double ends[4];
    gboolean whole;
} HistogramRange;

/* from an even sample when there are many rows; FALSE when there are none */
static gboolean
histogram_range(const ErrataColumn *column, HistogramRange *ret_range)
{
    static const double at[] = {0.0, 0.005, 0.995, 1.0};
    gsize step = MAX((column->n_rows + HISTOGRAM_ROWS - 1) / HISTOGRAM_ROWS, 1);
    g_autofree double *values = g_new(double, column->n_rows / step + 1);
    gsize n = 0;

    for (gsize row = 0; row < column->n_rows; row += step) {
        double value = errata_column_number(column, row);

        if (!isnan(value))
            values[n++] = value;
    }
    if (n == 0)
        return FALSE;
    errata_select_quantiles(values, n, at, G_N_ELEMENTS(at), ret_range->ends);
    ret_range->whole = TRUE;
    for (gsize i = 0; ret_range->whole && i < n; i++)
        ret_range->whole = !(floor(values[i]) < values[i]);
    return TRUE;
}

/* edges of the bins, n_bins + 1 of them; %NULL where there is nothing to show */
static double *
histogram_edges(const ErrataColumn *column, const ErrataColumn *before, guint *ret_n_bins)
{
    HistogramRange now, other;
    double *edges;
    double lo, hi;

    if (!histogram_range(column, &now))
        return NULL;
    edges = g_new(double, HISTOGRAM_BINS + 1);
    if (now.whole && now.ends[3] - now.ends[0] < (double)HISTOGRAM_BINS) {
        *ret_n_bins = (guint)(now.ends[3] - now.ends[0]) + 1;
        for (guint i = 0; i <= *ret_n_bins; i++)
            edges[i] = now.ends[0] + (double)i - 0.5;
        return edges;
    }
    lo = now.ends[1];
    hi = now.ends[2];
    if (before != NULL && errata_column_is_numeric(before) && histogram_range(before, &other)) {
        lo = MIN(lo, other.ends[1]);
        hi = MAX(hi, other.ends[2]);
    }
    if (!(hi > lo)) {
        lo = now.ends[0];
        hi = now.ends[3];
    }
    *ret_n_bins = hi > lo ? HISTOGRAM_BINS : 1;
    for (guint i = 0; i <= *ret_n_bins; i++)
        edges[i] = hi > lo ? lo + (hi - lo) * (double)i / HISTOGRAM_BINS
                           : lo + (i == 0 ? -0.5 : 0.5);
    return edges;
}

/* the slot of each number: its bin, in the second half those of the baseline; what is missing has
 * one behind the bins */
__attribute__((always_inline)) static inline void
histogram_slots_of(const HistogramScale *scale,
                   const double *value,
                   const guint8 *side,
                   gsize n,
                   gint32 *ret_slot)
{
    const double from = scale->from, width = scale->width;
    const double n_bins = scale->n_bins, last = n_bins - 1.0, missing = HISTOGRAM_BINS;

    for (gsize i = 0; i < n; i++) {
        double at = (value[i] - from) / width * n_bins;

        at = at < 0.0 ? 0.0 : at;
        at = at > last ? last : at;
        at = at >= 0.0 ? at : missing;
        ret_slot[i] = (gint32)at;
    }
    for (gsize i = 0; side != NULL && i < n; i++)
        ret_slot[i] += side[i] != 0 ? HISTOGRAM_SLOTS : 0;
}

/* the same numbers on every machine: wider registers change no operation */
#if defined(__x86_64__)
__attribute__((target("avx2"))) static void
histogram_slots_wide(const HistogramScale *scale,
                     const double *value,
                     const guint8 *side,
                     gsize n,
                     gint32 *ret_slot)
{
    histogram_slots_of(scale, value, side, n, ret_slot);
}
#endif

static void
histogram_slots(const HistogramScale *scale,
                const double *value,
                const guint8 *side,
                gsize n,
                gint32 *ret_slot)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) {
        histogram_slots_wide(scale, value, side, n, ret_slot);
        return;
    }
#endif
    histogram_slots_of(scale, value, side, n, ret_slot);
}

/* adds the rows of a column to the side that @side tells, all to @otherwise when it is %NULL */
static void
histogram_count_numbers(const ErrataColumn *column,
                        const guint8 *side,
                        guint otherwise,
                        const double *edges,
                        guint n_bins,
                        double *count[2])
{
    const HistogramScale scale = {edges[0], edges[n_bins] - edges[0], (double)n_bins};
    double buffer[HISTOGRAM_CHUNK];
    gint32 slot[HISTOGRAM_CHUNK];
    guint64 rows[4][2 * HISTOGRAM_SLOTS] = {{0}}; /* of every fourth row: equal bins do not wait */

    for (gsize begin = 0; begin < column->n_rows; begin += HISTOGRAM_CHUNK) {
        gsize n = MIN(column->n_rows - begin, HISTOGRAM_CHUNK), i = 0;
        const double *value = column->type == ERRATA_COLUMN_F64 ? column->f64 + begin : buffer;

        if (value == buffer)
            errata_column_read(column, begin, n, buffer);
        histogram_slots(&scale, value, side != NULL ? side + begin : NULL, n, slot);
        for (; i + 4 <= n; i += 4)
            for (guint k = 0; k < 4; k++)
                rows[k][slot[i + k]]++;
        for (; i < n; i++)
            rows[0][slot[i]]++;
    }
    for (guint b = 0; b < n_bins; b++)
        for (guint which = 0; which < 2; which++)
            for (guint k = 0; k < 4; k++)
                count[side != NULL ? which : otherwise][b] +=
                    (double)rows[k][which * HISTOGRAM_SLOTS + b];
}

typedef struct {
    const char *name;
    double count[2];
    guint order;
} HistogramValue;

static int
histogram_value_cb(gconstpointer a, gconstpointer b)
{
    const HistogramValue *x = a;
    const HistogramValue *y = b;
    double n_x = x->count[0] + x->count[1];
    double n_y = y->count[0] + y->count[1];

    if (n_x < n_y || n_x > n_y)
        return n_x > n_y ? -1 : 1;
    return x->order < y->order ? -1 : 1;
}

static guint
histogram_add_value(GArray *values, GHashTable *seen, char *name)
{
    gpointer found = g_hash_table_lookup(seen, name);
    HistogramValue value = {name, {0.0, 0.0}, values->len};

    if (found != NULL)
        return GPOINTER_TO_UINT(found) - 1;
    g_array_append_val(values, value);
    g_hash_table_insert(seen, name, GUINT_TO_POINTER(values->len));
    return values->len - 1;
}

static void
histogram_count_column(const ErrataColumn *column,
                       const HistogramSource *source,
                       gboolean is_before,
                       GArray *values,
                       GHashTable *seen)
{
    static char words[2][6] = {"false", "true"};
    gboolean is_bool = column->type == ERRATA_COLUMN_BOOL;
    guint n = is_bool ? 2 : column->n_dictionary;
    g_autofree guint *index = g_new(guint, n + 1);
    g_autofree guint64 *rows = g_new0(guint64, 2 * (gsize)n + 2);

    for (guint i = 0; i < n; i++)
        index[i] = histogram_add_value(values, seen, is_bool ? words[i] : column->dictionary[i]);
    for (gsize row = 0; row < column->n_rows; row++) {
        guint code = is_bool ? (column->boolean[row] != 0 ? 1 : 0) : column->code[row];
        guint side = is_before ? 1 : histogram_side(source, row);

        if (errata_column_is_valid(column, row))
            rows[2 * code + side]++;
    }
    for (guint i = 0; i < n; i++)
        for (guint side = 0; side < 2; side++)
            g_array_index(values, HistogramValue, index[i]).count[side] +=
                (double)rows[2 * i + side];
}

static void
histogram_add_series(ErrataFigure *figure, double *count[2], guint n, const char *before)
{
    ErrataSeries *series = errata_figure_add_series(figure, "now", ERRATA_TONE_NOW, n);

    series->y = g_steal_pointer(&count[0]);
    series = errata_figure_add_series(figure, before, ERRATA_TONE_REFERENCE, n);
    series->y = g_steal_pointer(&count[1]);
}

static ErrataFigure *
histogram_of_categories(ErrataFigure *figure, const HistogramSource *source, const char *before)
{
    g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(HistogramValue));
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    double *count[2];
    guint n;

    histogram_count_column(source->now, source, FALSE, values, seen);
    if (source->before != NULL && source->before->type == source->now->type)
        histogram_count_column(source->before, source, TRUE, values, seen);
    g_array_sort(values, histogram_value_cb);
    n = MIN(values->len, HISTOGRAM_NAMED);
    n += values->len > n ? 1 : 0;
    figure->n_columns = n;
    figure->columns = g_new0(char *, n + 1);
    count[0] = g_new0(double, n + 1);
    count[1] = g_new0(double, n + 1);
    for (guint i = 0; i < values->len; i++) {
        const HistogramValue *value = &g_array_index(values, HistogramValue, i);
        guint at = MIN(i, n - 1);

        count[0][at] += value->count[0];
        count[1][at] += value->count[1];
        if (figure->columns[at] == NULL)
            figure->columns[at] = values->len > n && at == n - 1
                                      ? g_strdup_printf("%u others", values->len - at)
                                      : g_strdup(value->name);
    }
    histogram_add_series(figure, count, n, before);
    return figure;
}

/**
 * errata_columns_histogram:
 * @analysis: the analysis
 * @column: index in its frame
 *
 * Returns: (transfer full) (nullable): a HISTOGRAM with the rows per bin, now and in the baseline;
 *   %NULL for times, texts and empty columns
 */
ErrataFigure *
errata_columns_histogram(const ErrataAnalysis *analysis, guint column)
{
    const HistogramSource source = {analysis->frame->columns[column],
                                    histogram_before(analysis, column),
                                    analysis->reference == NULL ? analysis->baseline : NULL};
    const char *before = analysis->reference != NULL ? "reference" : "first half";
    g_autofree char *id = g_strdup_printf("column-%u", column);
    g_autoptr(ErrataFigure) figure = NULL;
    double *count[2];
    guint n_bins = 0;

    if (source.now->n_missing == source.now->n_rows || source.now->type == ERRATA_COLUMN_TEXT ||
        source.now->type == ERRATA_COLUMN_TIME)
        return NULL;
    figure = errata_figure_new(id, ERRATA_FIGURE_HISTOGRAM, source.now->name);
    figure->description =
        g_strdup_printf("Distribution of %s now and in the %s.", source.now->name, before);
    figure->x_label = g_strdup(source.now->name);
    figure->y_label = g_strdup("share of rows");
    figure->y_unit = ERRATA_UNIT_SHARE;
    if (!errata_column_is_numeric(source.now))
        return histogram_of_categories(g_steal_pointer(&figure), &source, before);
    figure->edges_x = histogram_edges(source.now, source.before, &n_bins);
    if (figure->edges_x == NULL)
        return NULL;
    figure->n_columns = n_bins;
    count[0] = g_new0(double, n_bins);
    count[1] = g_new0(double, n_bins);
    histogram_count_numbers(source.now, source.baseline, 0, figure->edges_x, n_bins, count);
    if (source.before != NULL && errata_column_is_numeric(source.before))
        histogram_count_numbers(source.before, NULL, 1, figure->edges_x, n_bins, count);
    histogram_add_series(figure, count, n_bins, before);
    return g_steal_pointer(&figure);
}
