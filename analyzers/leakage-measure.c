/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How well one column alone tells the label: classes (or means) per code are learnt on the
 * discovery half and judged on the other. Numbers that look promising in ten quantile bins are cut
 * again, finely and at the quantiles of the rare class too, so that a leak among few positives is
 * seen. */
#include <math.h>
#include <string.h>

#include "leakage.h"
#include "sort.h"

#define MEASURE_PROMISING 0.7 /* AUC or R² in ten bins from which a number is cut finely */
#define MEASURE_EDGES     120 /* quantiles of each of the two groups */
#define MEASURE_DIGITS    15  /* at the end of an id */
#define MEASURE_BLOCKS    200 /* of an order */
#define MEASURE_LEAST     5   /* rows of a class that an AUC needs */
#define MEASURE_FILLED    30  /* filled rows of a half */
#define MEASURE_PURE      0.9 /* of the rows without a value have one class, before they are told */

/* counts (classification) or sums (regression) per code and half */
typedef struct {
    guint n_classes; /* 0: regression */
    guint64 *count;  /* [half][code][class] */
    double n[2][ERRATA_LEAKAGE_CODES];
    double sum[2][ERRATA_LEAKAGE_CODES];
    double squares[2];
} MeasureTable;

/**
 * errata_leakage_column_free:
 * @self: (nullable): a column
 */
void
errata_leakage_column_free(ErrataLeakageColumn *self)
{
    if (self == NULL)
        return;
    errata_leakage_part_free(self->part);
    g_free(self->owned);
    g_free(self);
}

/**
 * errata_leakage_measure_labelled:
 *
 * Returns: whether the row has a label
 */
gboolean
errata_leakage_measure_labelled(const ErrataOutcome *outcome, gsize row)
{
    return outcome->truth != NULL
               ? outcome->truth[row] >= 0
               : outcome->truth_value != NULL && !isnan(outcome->truth_value[row]);
}

static guint64 *
measure_cell(const MeasureTable *table, guint half, guint code)
{
    return &table->count[(half * ERRATA_LEAKAGE_CODES + code) * table->n_classes];
}

static void
measure_fill(MeasureTable *table,
             const ErrataOutcome *outcome,
             const guint8 *set_aside,
             const guint8 *code)
{
    if (outcome->truth != NULL) {
        table->n_classes = outcome->n_classes;
        table->count = g_new0(guint64,
                              2 * (gsize)ERRATA_LEAKAGE_CODES * MAX(outcome->n_classes, 1));
        for (gsize row = 0; row < outcome->n_rows; row++)
            if (outcome->truth[row] >= 0 && (set_aside == NULL || set_aside[row] == 0))
                measure_cell(table, outcome->half[row], code[row])[outcome->truth[row]]++;
        return;
    }
    for (gsize row = 0; row < outcome->n_rows; row++) {
        double y = outcome->truth_value[row];

        if (isnan(y) || (set_aside != NULL && set_aside[row] != 0))
            continue;
        table->n[outcome->half[row]][code[row]] += 1.0;
        table->sum[outcome->half[row]][code[row]] += y;
        table->squares[outcome->half[row]] += y * y;
    }
}

typedef struct {
    double rate;
    double positive;
    double negative;
} MeasureGroup;

static int
measure_compare(const void *a, const void *b)
{
    const MeasureGroup *left = a;
    const MeasureGroup *right = b;

    return (left->rate > right->rate) - (left->rate < right->rate);
}

/* AUC on the confirmation half of codes ranked by the class's share in the discovery half, with its
 * variance by Hanley and McNeil 1982 */
static double
measure_auc(const MeasureTable *table, guint class, double *ret_variance)
{
    MeasureGroup group[ERRATA_LEAKAGE_CODES];
    double n_positive = 0.0;
    double n_negative = 0.0;
    double below = 0.0;
    double area = 0.0;

    for (guint code = 0; code < ERRATA_LEAKAGE_CODES; code++) {
        const guint64 *learnt = measure_cell(table, 0, code);
        const guint64 *judged = measure_cell(table, 1, code);
        double all = 0.0;

        group[code] = (MeasureGroup){0.0, (double)judged[class], 0.0};
        for (guint c = 0; c < table->n_classes; c++) {
            all += (double)learnt[c];
            group[code].negative += c == class ? 0.0 : (double)judged[c];
        }
        group[code].rate = ((double)learnt[class] + 0.1) / (all + 0.2);
        n_positive += group[code].positive;
        n_negative += group[code].negative;
    }
    if (n_positive < MEASURE_LEAST || n_negative < MEASURE_LEAST)
        return (double)NAN;
    qsort(group, ERRATA_LEAKAGE_CODES, sizeof(MeasureGroup), measure_compare);
    for (guint i = 0, end; i < ERRATA_LEAKAGE_CODES; i = end) {
        double positive = 0.0;
        double negative = 0.0;

        for (end = i; end < ERRATA_LEAKAGE_CODES && !(group[end].rate > group[i].rate); end++) {
            positive += group[end].positive;
            negative += group[end].negative;
        }
        area += positive * (below + 0.5 * negative);
        below += negative;
    }
    area /= n_positive * n_negative;
    *ret_variance = (area * (1.0 - area) +
                     (n_positive - 1.0) * (area / (2.0 - area) - area * area) +
                     (n_negative - 1.0) * (2.0 * area * area / (1.0 + area) - area * area)) /
                    (n_positive * n_negative);
    return area;
}

/* rows of the confirmation half that the commonest class of their code in the other half misses */
static void
measure_wrong(const MeasureTable *table, ErrataLeakageColumn *self)
{
    guint64 n = 0;
    guint64 right = 0;

    for (guint code = 0; code < ERRATA_LEAKAGE_CODES; code++) {
        const guint64 *learnt = measure_cell(table, 0, code);
        const guint64 *judged = measure_cell(table, 1, code);
        guint best = 0;

        for (guint c = 0; c < table->n_classes; c++) {
            best = learnt[c] > learnt[best] ? c : best;
            n += judged[c];
        }
        right += judged[best];
    }
    self->n = n;
    self->wrong = n > 0 ? 1.0 - (double)right / (double)n : (double)NAN;
}

/* rows with a value (@missing: without one) against the others, where one class has nearly all of
 * the former */
static void
measure_filled(const MeasureTable *table, gboolean missing, ErrataLeakageColumn *self)
{
    guint64 filled[2][ERRATA_LEAKAGE_CLASSES] = {{0}};
    guint64 all[2] = {0, 0};
    guint64 n[2] = {0, 0};
    guint64 class_rows = 0;
    guint class = 0;

    for (guint half = 0; half < 2; half++)
        for (guint code = 0; code < ERRATA_LEAKAGE_CODES; code++)
            for (guint c = 0; c < table->n_classes; c++) {
                guint64 count = measure_cell(table, half, code)[c];
                gboolean its = (code == ERRATA_BINS_MISSING) == missing;

                filled[half][c] += its ? count : 0;
                n[half] += its ? count : 0;
                all[half] += count;
            }
    for (guint c = 1; c < table->n_classes; c++)
        class = filled[0][c] > filled[0][class] ? c : class;
    if (n[0] < MEASURE_FILLED || n[1] < MEASURE_FILLED || n[1] == all[1] ||
        (missing && (double)filled[0][class] < MEASURE_PURE * (double)n[0]))
        return;
    for (guint code = 0; code < ERRATA_LEAKAGE_CODES; code++)
        class_rows += measure_cell(table, 1, code)[class];
    self->missing = missing;
    self->filled_class = class;
    self->filled_share = (double)filled[1][class] / (double)n[1];
    self->filled_rows = n[1];
    self->filled_base = (double)class_rows / (double)all[1];
}

/* rows with a value; where those tell nothing, rows without */
static void
measure_either(const MeasureTable *table, ErrataLeakageColumn *self)
{
    measure_filled(table, FALSE, self);
    if (!(self->filled_share >= MEASURE_PURE) || self->filled_base >= MEASURE_PURE)
        measure_filled(table, TRUE, self);
}

static void
measure_classes(const MeasureTable *table, const ErrataOutcome *outcome, ErrataLeakageColumn *self)
{
    guint n = 0;
    double sum = 0.0;
    double variance = 0.0;
    gboolean binary = outcome->task == ERRATA_TASK_BINARY && outcome->positive >= 0;

    for (guint c = 0; c < table->n_classes; c++) {
        double of_class = 0.0;
        double area;

        if (binary && c != (guint)outcome->positive)
            continue;
        area = measure_auc(table, c, &of_class);
        if (isnan(area))
            continue;
        sum += area;
        variance += of_class;
        n++;
    }
    measure_wrong(table, self);
    measure_either(table, self);
    if (n == 0)
        return;
    self->strength = sum / n;
    variance = MAX(variance, 0.0) / ((double)n * n); /* a perfect area rounds below 0 */
    self->lo = MAX(self->strength - 1.96 * sqrt(variance), 0.0);
    self->hi = MIN(self->strength + 1.96 * sqrt(variance), 1.0);
}

/* R² on the confirmation half of the discovery half's mean per code */
static void
measure_means(const MeasureTable *table, ErrataLeakageColumn *self)
{
    double n = 0.0;
    double sum = 0.0;
    double learnt_n = 0.0;
    double learnt_sum = 0.0;
    double residual = table->squares[1];

    for (guint code = 0; code < ERRATA_LEAKAGE_CODES; code++) {
        n += table->n[1][code];
        sum += table->sum[1][code];
        learnt_n += table->n[0][code];
        learnt_sum += table->sum[0][code];
    }
    self->n = (guint64)n;
    if (n < 2.0 || learnt_n < 1.0)
        return;
    for (guint code = 0; code < ERRATA_LEAKAGE_CODES; code++) {
        double mean = table->n[0][code] > 0.0 ? table->sum[0][code] / table->n[0][code]
                                              : learnt_sum / learnt_n;

        residual += table->n[1][code] * mean * mean - 2.0 * mean * table->sum[1][code];
    }
    if (table->squares[1] - sum * sum / n > 0.0)
        self->strength = 1.0 - residual / (table->squares[1] - sum * sum / n);
}

/**
 * errata_leakage_measure_codes:
 * @analysis: an analysis with labels
 * @column: index in the frame
 * @name: its name
 * @code: (array length=n_rows): codes, borrowed
 *
 * Returns: (transfer full): how well the codes tell the label
 */
ErrataLeakageColumn *
errata_leakage_measure_codes(const ErrataAnalysis *analysis,
                             int column,
                             const char *name,
                             const guint8 *code)
{
    ErrataLeakageColumn *self = g_new0(ErrataLeakageColumn, 1);
    g_autofree MeasureTable *table = g_new0(MeasureTable, 1);

    self->column = column;
    self->name = name;
    self->code = code;
    self->strength = self->by_bins = self->lo = self->hi = (double)NAN;
    self->wrong = self->filled_share = (double)NAN;
    self->p = 1.0;
    measure_fill(table, analysis->outcome, analysis->set_aside, code);
    if (analysis->outcome->truth != NULL)
        measure_classes(table, analysis->outcome, self);
    else
        measure_means(table, self);
    g_free(table->count);
    return self;
}

static guint
measure_add_edges(double *values, gsize n, double *edges, guint n_edges)
{
    errata_sort_values(values, n);
    for (guint i = 1; i < MEASURE_EDGES && n > 0; i++)
        edges[n_edges++] = values[n * i / MEASURE_EDGES];
    return n_edges;
}

/* edges at quantiles of the rarest class and of the rest (regression: of all), discovery half */
static guint
measure_edges(const ErrataAnalysis *analysis, const double *value, double *edges)
{
    const ErrataOutcome *outcome = analysis->outcome;
    g_autofree double *rare = g_new(double, outcome->n_rows + 1);
    g_autofree double *rest = g_new(double, outcome->n_rows + 1);
    g_autofree guint64 *count = g_new0(guint64, MAX(outcome->n_classes, 1));
    gsize n_rare = 0;
    gsize n_rest = 0;
    guint rarest = 0;
    guint n_edges = 0;
    guint n = 0;

    for (gsize row = 0; outcome->truth != NULL && row < outcome->n_rows; row++)
        if (outcome->truth[row] >= 0)
            count[outcome->truth[row]]++;
    for (guint c = 1; c < outcome->n_classes && outcome->truth != NULL; c++)
        rarest = count[c] < count[rarest] ? c : rarest;
    for (gsize row = 0; row < outcome->n_rows; row++) {
        if (outcome->half[row] != 0 || isnan(value[row]) ||
            !errata_leakage_measure_labelled(outcome, row))
            continue;
        if (outcome->truth != NULL && (guint)outcome->truth[row] == rarest)
            rare[n_rare++] = value[row];
        else
            rest[n_rest++] = value[row];
    }
    n_edges = measure_add_edges(rare, n_rare, edges, n_edges);
    n_edges = measure_add_edges(rest, n_rest, edges, n_edges);
    errata_sort_values(edges, n_edges);
    for (guint i = 0; i < n_edges; i++)
        if (n == 0 || edges[i] > edges[n - 1])
            edges[n++] = edges[i];
    return n;
}

/* R² on the confirmation half of a straight line through the other half */
static double
measure_line(const ErrataOutcome *outcome, const guint8 *set_aside, const double *value)
{
    double n[2] = {0.0, 0.0};
    double mean_x[2] = {0.0, 0.0};
    double mean_y[2] = {0.0, 0.0};
    double xx = 0.0;
    double xy = 0.0;
    double residual = 0.0;
    double total = 0.0;

    for (gsize row = 0; row < outcome->n_rows; row++)
        if (set_aside[row] == 0 && !isnan(value[row]) && !isnan(outcome->truth_value[row])) {
            guint half = outcome->half[row];

            n[half] += 1.0;
            mean_x[half] += (value[row] - mean_x[half]) / n[half];
            mean_y[half] += (outcome->truth_value[row] - mean_y[half]) / n[half];
        }
    for (gsize row = 0; row < outcome->n_rows; row++)
        if (outcome->half[row] == 0 && set_aside[row] == 0 && !isnan(value[row]) &&
            !isnan(outcome->truth_value[row])) {
            xx += (value[row] - mean_x[0]) * (value[row] - mean_x[0]);
            xy += (value[row] - mean_x[0]) * (outcome->truth_value[row] - mean_y[0]);
        }
    for (gsize row = 0; row < outcome->n_rows; row++) {
        double y = outcome->truth_value[row];
        double guess = mean_y[0];

        if (outcome->half[row] == 0 || set_aside[row] != 0 || isnan(y))
            continue;
        if (!isnan(value[row]) && xx > 0.0)
            guess += xy / xx * (value[row] - mean_x[0]);
        residual += (y - guess) * (y - guess);
        total += (y - mean_y[1]) * (y - mean_y[1]);
    }
    return total > 0.0 ? 1.0 - residual / total : (double)NAN;
}

/**
 * errata_leakage_measure_bin:
 * @analysis: an analysis with labels
 * @bin: a searchable column
 *
 * Returns: (transfer full): how well the column tells the label
 */
ErrataLeakageColumn *
errata_leakage_measure_bin(const ErrataAnalysis *analysis, const ErrataBinColumn *bin)
{
    const ErrataColumn *raw = analysis->frame->columns[bin->column];
    ErrataLeakageColumn *self =
        errata_leakage_measure_codes(analysis, (int)bin->column, raw->name, bin->code);
    ErrataLeakageColumn *fine;
    g_autofree double *value = NULL;
    g_autofree guint8 *code = NULL;
    double edges[2 * MEASURE_EDGES];
    guint n_edges;

    self->by_bins = self->strength;
    if (!bin->numeric || !errata_column_is_numeric(raw) || !(self->strength >= MEASURE_PROMISING))
        return self;
    value = errata_column_numbers(raw);
    code = g_new(guint8, MAX(raw->n_rows, 1));
    n_edges = measure_edges(analysis, value, edges);
    for (gsize row = 0; row < raw->n_rows; row++) {
        guint lo = 0;
        guint hi = n_edges;

        while (lo < hi) {
            guint middle = (lo + hi) / 2;

            if (edges[middle] <= value[row])
                lo = middle + 1;
            else
                hi = middle;
        }
        code[row] = isnan(value[row]) ? ERRATA_BINS_MISSING : (guint8)lo;
    }
    fine = errata_leakage_measure_codes(analysis, (int)bin->column, bin->name, code);
    fine->by_bins = self->by_bins;
    if (analysis->outcome->truth == NULL)
        fine->strength = MAX(fine->strength,
                             measure_line(analysis->outcome, analysis->set_aside, value));
    if (!(fine->strength > self->strength)) {
        errata_leakage_column_free(fine);
        return self;
    }
    errata_leakage_column_free(self);
    fine->owned = g_steal_pointer(&code);
    return fine;
}

/* the number that an id ends in, NaN where it has none */
static double
measure_id(const ErrataColumn *column, gsize row)
{
    gsize length = 0;
    gsize digits = 0;
    double number = 0.0;
    const char *text;

    if (errata_column_is_numeric(column))
        return errata_column_number(column, row);
    if (column->type != ERRATA_COLUMN_CATEGORY && column->type != ERRATA_COLUMN_TEXT)
        return (double)NAN;
    text = errata_column_is_valid(column, row) ? errata_column_text(column, row, &length) : NULL;
    while (text != NULL && digits < MIN(length, (gsize)MEASURE_DIGITS) &&
           g_ascii_isdigit(text[length - 1 - digits]))
        digits++;
    for (gsize i = length - digits; i < length && digits > 0; i++) /* with leading zeros */
        number = 10.0 * number + g_ascii_digit_value(text[i]);
    return digits > 0 ? number : (double)NAN;
}

/**
 * errata_leakage_measure_order:
 * @analysis: an analysis with labels
 * @column: the column of ids or of time
 *
 * Cuts the rows into stretches of equal length by their ids (the number they end in) or by time.
 *
 * Returns: (transfer full): how well the stretch tells the label
 */
ErrataLeakageColumn *
errata_leakage_measure_order(const ErrataAnalysis *analysis, guint column)
{
    const ErrataColumn *raw = analysis->frame->columns[column];
    gsize n = analysis->frame->n_rows;
    g_autofree guint8 *code = g_new(guint8, MAX(n, 1));
    g_autofree double *rank = NULL;
    ErrataLeakageColumn *self;

    if ((int)column == analysis->schema->time) {
        for (gsize i = 0; i < n; i++)
            code[analysis->outcome->order[i]] = (guint8)(i * MEASURE_BLOCKS / n);
    } else {
        g_autofree double *value = g_new(double, MAX(n, 1));

        rank = g_new(double, MAX(n, 1));
        for (gsize row = 0; row < n; row++) {
            value[row] = measure_id(raw, row);
            value[row] = isnan(value[row]) ? -1.0 : value[row];
        }
        errata_sort_midranks(value, n, rank);
        for (gsize row = 0; row < n; row++)
            code[row] = (guint8)((rank[row] - 1.0) * MEASURE_BLOCKS / (double)n);
    }
    self = errata_leakage_measure_codes(analysis, (int)column, raw->name, code);
    self->way = ERRATA_LEAKAGE_ORDER;
    self->owned = g_steal_pointer(&code);
    return self;
}

/* the median of the distances from @centre; overwrites @values */
static double
measure_spread(double *values, gsize n, double centre)
{
    for (gsize i = 0; i < n; i++)
        values[i] = fabs(values[i] - centre);
    errata_sort_values(values, n);
    return values[n / 2];
}

/* the model's R² by medians, which rows whose predictions broke do not move; NaN where labels have
 * no spread */
static double
measure_model_median(const ErrataOutcome *outcome, const guint8 *set_aside)
{
    g_autofree double *truth = g_new(double, MAX(outcome->n_rows, 1));
    g_autofree double *residual = g_new(double, MAX(outcome->n_rows, 1));
    gsize n = 0;
    double spread, left;

    for (gsize row = 0; row < outcome->n_rows; row++) {
        if (outcome->judged[row] == 0 || outcome->half[row] == 0 || set_aside[row] != 0)
            continue;
        truth[n] = outcome->truth_value[row];
        residual[n] = truth[n] - outcome->predicted_value[row];
        n++;
    }
    if (n == 0)
        return (double)NAN;
    errata_sort_values(truth, n);
    spread = measure_spread(truth, n, truth[n / 2]);
    left = measure_spread(residual, n, 0.0);
    return spread > 0.0 ? 1.0 - left / spread * (left / spread) : (double)NAN;
}

/* the model's R² on the confirmation half */
static double
measure_model_r2(const ErrataOutcome *outcome, const guint8 *set_aside)
{
    double n = 0.0;
    double mean = 0.0;
    double total = 0.0;
    double residual = 0.0;

    for (gsize row = 0; row < outcome->n_rows; row++) {
        double y = outcome->truth_value[row];
        double step;

        if (outcome->judged[row] == 0 || outcome->half[row] == 0 || set_aside[row] != 0)
            continue;
        n += 1.0;
        step = y - mean;
        mean += step / n;
        total += step * (y - mean);
        residual += (y - outcome->predicted_value[row]) * (y - outcome->predicted_value[row]);
    }
    return total > 0.0 ? 1.0 - residual / total : (double)NAN;
}

static double
measure_model_wrong(const ErrataAnalysis *analysis)
{
    const ErrataOutcome *outcome = analysis->outcome;
    gsize n = 0;
    gsize wrong = 0;

    for (gsize row = 0; row < outcome->n_rows; row++)
        if (outcome->judged[row] != 0 && analysis->set_aside[row] == 0) {
            n++;
            wrong += outcome->error[row];
        }
    return n > 0 ? (double)wrong / (double)n : (double)NAN;
}

/**
 * errata_leakage_measure_model:
 * @analysis: an analysis with labels
 *
 * Numbers: the larger of R² and that by medians, so that some rows with broken predictions do not
 * make a good model look like one that a column beats.
 *
 * Returns: (transfer full) (nullable): how well the model itself tells the label, by its scores
 * where
 *   there are some, else by its predictions; %NULL when there is neither
 */
ErrataLeakageColumn *
errata_leakage_measure_model(const ErrataAnalysis *analysis)
{
    const ErrataOutcome *outcome = analysis->outcome;
    g_autofree guint8 *code = g_new(guint8, MAX(outcome->n_rows, 1));
    ErrataLeakageColumn *self;

    if (outcome->truth == NULL && outcome->predicted_value == NULL)
        return NULL;
    if (outcome->truth != NULL && outcome->predicted == NULL && outcome->score == NULL)
        return NULL;
    for (gsize row = 0; row < outcome->n_rows; row++) {
        code[row] = ERRATA_BINS_MISSING;
        if (outcome->score != NULL && !isnan(outcome->score[row]))
            code[row] = (guint8)(MIN(outcome->score[row], 0.999999) * ERRATA_BINS_MAX);
        else if (outcome->predicted != NULL && outcome->predicted[row] >= 0)
            code[row] = (guint8)MIN(outcome->predicted[row], ERRATA_BINS_MAX - 1);
    }
    self = errata_leakage_measure_codes(analysis, -1, "the model", code);
    self->code = NULL;
    if (outcome->truth == NULL)
        self->strength = fmax(measure_model_r2(outcome, analysis->set_aside),
                              measure_model_median(outcome, analysis->set_aside));
    else
        self->wrong = measure_model_wrong(analysis);
    return self;
}
