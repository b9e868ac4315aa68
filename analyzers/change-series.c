/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The series in which changes are looked for: per block of equally many rows the error rate, the
 * mean score, each column's mean normal score, its distance from the middle, its missing cells and
 * the shares of its values. Where a log covers two days, what the hour of the day adds is taken
 * out; where it covers two weeks, what the weekday adds too; neither where its times are stamps so
 * rare that hours or weekdays do not take turns. Columns are read on a sample of each block. Rows
 * of a column's own faults have no part in its series, those of any fault none in that of the
 * errors. */
#include <math.h>

#include "change-points.h"
#include "intervals.h"
#include "parallel.h"
#include "rng.h"
#include "sort.h"

#define SERIES_BLOCK_ROWS  25 /* the fewest rows of a block … */
#define SERIES_SMALL_ROWS  7 /* … in a log that has too few for ERRATA_CHANGEPOINT_BLOCKS of them */
#define SERIES_SCALE_ROWS  8192 /* values a scale is learnt from */
#define SERIES_SCALE_EDGES 255
#define SERIES_FILLED      0.5 /* share of the blocks that must have values */
#define SERIES_THIN \
    0.2 /* of the mean count of a block, under which it is filled from those around */
#define SERIES_REACH      4 /* blocks at either side of one without values */
#define SERIES_CATEGORIES 20
#define SERIES_RARE       0.01
#define SERIES_MISSING    0.002
#define SERIES_HITS       1.0 /* mean rows per block with, and without, a value */
#define SERIES_LANES      4
#define SERIES_HOUR       G_GINT64_CONSTANT(3600000000000)
#define SERIES_DAY        (24 * SERIES_HOUR)
#define SERIES_TURNS      20 /* of each hour, or weekday, that tell what it adds … */
#define SERIES_HOUR_STEP  16 /* … unless hours, on average, are no further apart … */
#define SERIES_DAY_STEP   4  /* … or weekdays, in days */
#define SERIES_STREAM     23

/**
 * errata_change_cell:
 * @time: ns UTC
 *
 * Returns: hour of the week, 0 … 167; which weekday is the first does not matter
 */
guint8
errata_change_cell(gint64 time)
{
    gint64 hour = time / SERIES_HOUR - (time % SERIES_HOUR < 0 ? 1 : 0);

    return (guint8)(((hour % ERRATA_CHANGE_CELLS) + ERRATA_CHANGE_CELLS) % ERRATA_CHANGE_CELLS);
}

static void
series_scale_free(ErrataChangeScale *self)
{
    if (self == NULL)
        return;
    g_free(self->edge);
    g_free(self->score);
    g_free(self);
}

static void
series_free(gpointer data)
{
    ErrataChangeSeries *self = data;

    if (self->kind != ERRATA_CHANGE_SPREAD || self->of_score) /* else shared with the mean's */
        series_scale_free(self->scale);
    g_free(self->name);
    g_free(self->season);
    g_free(self->block);
    g_free(self);
}

static double
series_normal_score(double p)
{
    return p >= 0.5 ? errata_intervals_z(CLAMP(2.0 * p - 1.0, 1e-9, 1.0 - 1e-9))
                    : -errata_intervals_z(CLAMP(1.0 - 2.0 * p, 1e-9, 1.0 - 1e-9));
}

/* edges at or below the value; those beyond the last are infinite, so that no branch depends on
 * it */
static inline guint
series_scale_find(const ErrataChangeScale *scale, double value)
{
    guint at = 0;

    for (guint step = (SERIES_SCALE_EDGES + 1) / 2; step > 0; step /= 2)
        at += step * (guint)(scale->edge[at + step - 1] <= value);
    return at;
}

/* from the values of an even part of the sample; %NULL where there are too few or all are one */
static ErrataChangeScale *
series_scale_new(const ErrataChangeLog *log, const ErrataColumn *column)
{
    gsize stride = MAX(log->n_sample / SERIES_SCALE_ROWS, 1);
    g_autofree double *value = g_new(double, log->n_sample / stride + 1);
    const guint8 *aside = errata_fault_rows_of(log->faults, column);
    gsize n = 0, below = 0;
    ErrataChangeScale *scale;

    for (gsize i = 0; i < log->n_sample; i += stride) {
        if (aside != NULL && aside[log->sample[i]] != 0)
            continue;
        value[n] = errata_column_number(column, log->sample[i]);
        n += isnan(value[n]) ? 0 : 1;
    }
    if (n < SERIES_BLOCK_ROWS)
        return NULL;
    errata_sort_values(value, n);
    if (!(value[n - 1] > value[0]))
        return NULL;
    scale = g_new0(ErrataChangeScale, 1);
    scale->edge = g_new(double, SERIES_SCALE_EDGES + 1);
    scale->score = g_new(double, SERIES_SCALE_EDGES + 2);
    scale->lo = errata_sort_quantile(value, n, 0.005);
    scale->hi = errata_sort_quantile(value, n, 0.995);
    for (gsize i = 1; i <= SERIES_SCALE_EDGES; i++) {
        double edge = value[i * n / (SERIES_SCALE_EDGES + 1)];

        if (scale->n == 0 || edge > scale->edge[scale->n - 1])
            scale->edge[scale->n++] = edge;
    }
    for (guint e = scale->n; e <= SERIES_SCALE_EDGES; e++)
        scale->edge[e] = (double)INFINITY;
    for (guint c = 0; c <= scale->n; c++) {
        gsize end = below;

        while (end < n && (c == scale->n || value[end] < scale->edge[c]))
            end++;
        scale->score[c] = series_normal_score(0.5 * ((double)below + (double)end) / (double)n);
        below = end;
    }
    return scale;
}

/**
 * errata_change_value:
 * @log: the log
 * @series: a series that is read from rows
 * @row: a row
 * @raw: in the unit of the column, cut at its 0.5 % and 99.5 % quantiles unless the series is
 *   uncut, instead of normal scores
 *
 * Returns: the row's part in the series, NaN where it has none
 */
double
errata_change_value(const ErrataChangeLog *log,
                    const ErrataChangeSeries *series,
                    guint32 row,
                    gboolean raw)
{
    const ErrataOutcome *outcome = log->analysis->outcome;
    gboolean of_model = series->kind == ERRATA_CHANGE_ERROR || series->kind == ERRATA_CHANGE_SCORE;
    const guint8 *aside = !of_model             ? series->aside
                          : series->with_faults ? NULL
                                                : log->faults->model;
    double value;

    if (aside != NULL && aside[row] != 0)
        return (double)NAN;
    switch (series->kind) {
    case ERRATA_CHANGE_ERROR:
        return outcome->judged[row] != 0 ? outcome->loss[row] : (double)NAN;
    case ERRATA_CHANGE_SCORE:
        return outcome->score != NULL             ? outcome->score[row]
               : outcome->predicted_value != NULL ? outcome->predicted_value[row]
                                                  : outcome->confidence[row];
    case ERRATA_CHANGE_MISSING:
        return errata_column_is_valid(series->from, row) ? 0.0 : 1.0;
    case ERRATA_CHANGE_MEAN:
    case ERRATA_CHANGE_SPREAD:
        value = errata_column_number(series->from, row);
        if (isnan(value) || raw)
            return isnan(value) || series->uncut
                       ? value
                       : CLAMP(value, series->scale->lo, series->scale->hi);
        value = series->scale->score[series_scale_find(series->scale, value)];
        return series->kind == ERRATA_CHANGE_SPREAD ? fabs(value) : value;
    case ERRATA_CHANGE_SHARE:
        if (series->is_label)
            return outcome->truth[row] < 0 ? (double)NAN
                                           : (guint)outcome->truth[row] == series->code;
        if (!errata_column_is_valid(series->from, row))
            return (double)NAN;
        return series->from->type == ERRATA_COLUMN_BOOL ? series->from->boolean[row] == series->code
                                                        : series->from->code[row] == series->code;
    case ERRATA_CHANGE_VOLUME:
        break;
    }
    return (double)NAN;
}

static ErrataChangeSeries *
series_new(ErrataChangeKind kind, const char *prefix, const ErrataColumn *from, const char *value)
{
    ErrataChangeSeries *self = g_new0(ErrataChangeSeries, 1);

    self->kind = kind;
    self->from = from;
    self->column = from != NULL ? from->name : NULL;
    self->name = g_strconcat(prefix,
                             from != NULL ? from->name : "",
                             value != NULL ? "=" : "",
                             value != NULL ? value : "",
                             NULL);
    return self;
}

/* mean of the blocks nearest to one that has no values, or hardly any, until there are @least of
 * them */
static double
series_near(const double *sum, const double *count, guint n, guint block, double least)
{
    for (guint reach = SERIES_REACH;; reach *= 2) {
        guint begin = block > reach ? block - reach : 0;
        double s = 0.0, k = 0.0;

        for (guint b = begin; b < MIN(block + reach + 1, n); b++) {
            s += sum[b];
            k += count[b];
        }
        if (k >= least)
            return s / k;
    }
}

/* means of the blocks, when enough of them have values; where nearly all rows are missing or set
 * aside, the few that are left are no mean of their own */
static void
series_fill(ErrataChangeSeries *self, const double *sum, const double *count, guint n)
{
    double mean = 0.0;
    guint filled = 0;

    for (guint b = 0; b < n; b++) {
        filled += count[b] > 0.0;
        mean += count[b] / n;
    }
    if (filled == 0 || filled < SERIES_FILLED * n)
        return;
    self->n = n;
    self->block = g_new(double, n);
    for (guint b = 0; b < n; b++)
        self->block[b] = count[b] > 0.0 && count[b] >= SERIES_THIN * mean
                             ? sum[b] / count[b]
                             : series_near(sum, count, n, b, mean);
}

/* what there is of some values; four sums at a time, as each waits for its last addition */
typedef struct {
    double sum;
    double squares;
    double n;
} SeriesPart;

static SeriesPart
series_part(const double *value, gsize n)
{
    double sum[SERIES_LANES] = {0}, squares[SERIES_LANES] = {0}, there[SERIES_LANES] = {0};
    gsize i = 0;

    for (; i + SERIES_LANES <= n; i += SERIES_LANES)
        for (guint k = 0; k < SERIES_LANES; k++) {
            double x = isnan(value[i + k]) ? 0.0 : value[i + k];

            sum[k] += x;
            squares[k] += x * x;
            there[k] += isnan(value[i + k]) ? 0.0 : 1.0;
        }
    for (; i < n; i++) {
        double x = isnan(value[i]) ? 0.0 : value[i];

        sum[0] += x;
        squares[0] += x * x;
        there[0] += isnan(value[i]) ? 0.0 : 1.0;
    }
    return (SeriesPart){(sum[0] + sum[1]) + (sum[2] + sum[3]),
                        (squares[0] + squares[1]) + (squares[2] + squares[3]),
                        (there[0] + there[1]) + (there[2] + there[3])};
}

/* what the hour and the weekday add is taken out of the blocks' sums */
static void
series_take_out_season(const ErrataChangeLog *log,
                       ErrataChangeSeries *self,
                       const SeriesPart *part,
                       double *sum)
{
    g_autofree ErrataChangeCell *cell = g_new(ErrataChangeCell, log->run->len + 1);

    for (guint r = 0; r < log->run->len; r++) {
        const ErrataChangeRun *run = &g_array_index(log->run, ErrataChangeRun, r);

        cell[r] = (ErrataChangeCell){part[r].sum, part[r].n, run->block, run->cell};
    }
    self->season =
        errata_change_season_fit(cell, log->run->len, log->n_blocks, self->spread, log->takes_day);
    for (guint r = 0; r < log->run->len; r++) {
        const ErrataChangeRun *run = &g_array_index(log->run, ErrataChangeRun, r);

        sum[run->block] -= self->season[run->cell] * part[r].n;
    }
}

/* the sampled rows' parts in the series: errata_change_value() of each, many at once */
static void
series_values(const ErrataChangeLog *log, const ErrataChangeSeries *self, double *value)
{
    gboolean is_code = self->kind == ERRATA_CHANGE_SHARE && !self->is_label &&
                       self->aside == NULL && self->from->type == ERRATA_COLUMN_CATEGORY;

    if (self->kind == ERRATA_CHANGE_MEAN && self->aside == NULL) {
        for (gsize i = 0; i < log->n_sample; i++)
            value[i] = errata_column_number(self->from, log->sample[i]);
        for (gsize i = 0; i < log->n_sample; i++)
            if (!isnan(value[i]))
                value[i] = self->scale->score[series_scale_find(self->scale, value[i])];
    } else if (is_code && self->from->n_missing == 0) {
        for (gsize i = 0; i < log->n_sample; i++)
            value[i] = self->from->code[log->sample[i]] == self->code;
    } else {
        for (gsize i = 0; i < log->n_sample; i++)
            value[i] = errata_change_value(log, self, log->sample[i], FALSE);
    }
}

/* blocks of the values */
static void
series_read(const ErrataChangeLog *log, ErrataChangeSeries *self, const double *value)
{
    g_autofree double *sum = g_new0(double, log->n_blocks);
    g_autofree double *count = g_new0(double, log->n_blocks);
    g_autofree SeriesPart *part = g_new(SeriesPart, log->run->len + 1);
    double all = 0.0, squares = 0.0, n = 0.0;

    for (guint r = 0; r < log->run->len; r++) {
        const ErrataChangeRun *run = &g_array_index(log->run, ErrataChangeRun, r);

        part[r] = series_part(value + run->begin, run->end - run->begin);
        sum[run->block] += part[r].sum;
        count[run->block] += part[r].n;
        all += part[r].sum;
        squares += part[r].squares;
        n += part[r].n;
    }
    if (!(n > 0.0) || ((self->kind == ERRATA_CHANGE_MISSING || self->kind == ERRATA_CHANGE_SHARE) &&
                       MIN(all, n - all) < SERIES_HITS * log->n_blocks))
        return;
    self->spread = sqrt(fmax(squares / n - all / n * (all / n), 0.0));
    if (log->takes_hour || log->takes_day)
        series_take_out_season(log, self, part, sum);
    series_fill(self, sum, count, log->n_blocks);
}

/* the spread of a column follows its mean and is read with it: its values are the same without
 * their signs */
static void
series_read_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    const ErrataChangeLog *log = data;
    g_autofree double *value = g_new(double, log->n_sample + 1);

    for (gsize i = begin; i < end; i++) {
        ErrataChangeSeries *series = g_ptr_array_index(log->series, i);
        ErrataChangeSeries *next = i + 1 < log->series->len ? g_ptr_array_index(log->series, i + 1)
                                                            : NULL;

        if (series->kind == ERRATA_CHANGE_VOLUME ||
            (series->kind == ERRATA_CHANGE_SPREAD && !series->of_score))
            continue;
        series_values(log, series, value);
        series_read(log, series, value);
        if (next == NULL || next->kind != ERRATA_CHANGE_SPREAD || next->of_score)
            continue;
        for (gsize k = 0; k < log->n_sample; k++)
            value[k] = fabs(value[k]);
        series_read(log, next, value);
    }
}

typedef struct {
    guint code;
    gsize count;
} SeriesCategory;

static int
series_compare_category_cb(gconstpointer a, gconstpointer b)
{
    const SeriesCategory *x = a;
    const SeriesCategory *y = b;

    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return x->code < y->code ? -1 : 1;
}

/* the commonest values; of two values, one tells all */
static void
series_add_categories(ErrataChangeLog *log, const ErrataColumn *column)
{
    guint n = column->type == ERRATA_COLUMN_BOOL ? 2 : column->n_dictionary;
    g_autofree SeriesCategory *category = g_new0(SeriesCategory, n + 1);
    const guint8 *aside = errata_fault_rows_of(log->faults, column);
    gsize total = 0;

    for (guint c = 0; c < n; c++)
        category[c].code = c;
    for (gsize i = 0; i < log->n_sample; i++)
        if (errata_column_is_valid(column, log->sample[i]) &&
            (aside == NULL || aside[log->sample[i]] == 0)) {
            category[column->type == ERRATA_COLUMN_BOOL ? column->boolean[log->sample[i]]
                                                        : column->code[log->sample[i]]]
                .count++;
            total++;
        }
    qsort(category, n, sizeof(SeriesCategory), series_compare_category_cb);
    for (guint c = 0; c < MIN(n, SERIES_CATEGORIES); c++) {
        gsize least = MAX((gsize)(SERIES_RARE * (double)total), 1);
        ErrataChangeSeries *series;

        if (category[c].count < least || category[c].count == total ||
            (c == 1 && category[0].count + category[1].count == total))
            break;
        series = series_new(ERRATA_CHANGE_SHARE,
                            "share:",
                            column,
                            column->type != ERRATA_COLUMN_BOOL
                                ? column->dictionary[category[c].code]
                            : category[c].code != 0 ? "true"
                                                    : "false");
        series->code = category[c].code;
        series->aside = aside;
        g_ptr_array_add(log->series, series);
    }
}

static void
series_add_column(ErrataChangeLog *log, const ErrataColumn *column)
{
    const guint8 *aside = errata_fault_rows_of(log->faults, column);
    ErrataChangeSeries *mean, *spread;
    gsize missing = 0;

    for (gsize i = 0; column->n_missing > 0 && i < log->n_sample; i++)
        missing += !errata_column_is_valid(column, log->sample[i]) &&
                   (aside == NULL || aside[log->sample[i]] == 0);
    if ((double)missing > SERIES_MISSING * (double)log->n_sample && missing < log->n_sample) {
        ErrataChangeSeries *series = series_new(ERRATA_CHANGE_MISSING, "missing:", column, NULL);

        series->aside = aside;
        g_ptr_array_add(log->series, series);
    }
    if (column->type == ERRATA_COLUMN_CATEGORY || column->type == ERRATA_COLUMN_BOOL) {
        series_add_categories(log, column);
        return;
    }
    if (!errata_column_is_numeric(column))
        return;
    mean = series_new(ERRATA_CHANGE_MEAN, "mean:", column, NULL);
    mean->scale = series_scale_new(log, column);
    if (mean->scale == NULL) {
        series_free(mean);
        return;
    }
    mean->aside = aside;
    g_ptr_array_add(log->series, mean);
    if (mean->scale->n < 3)
        return;
    spread = series_new(ERRATA_CHANGE_SPREAD, "spread:", column, NULL);
    spread->scale = mean->scale;
    spread->aside = aside;
    g_ptr_array_add(log->series, spread);
}

/* scores that another rule makes may keep their mean and lie further apart, or closer together */
static void
series_add_score_spread(ErrataChangeLog *log)
{
    const ErrataAnalysis *analysis = log->analysis;
    int score = analysis->schema->score;
    const ErrataColumn *column = score >= 0 ? analysis->frame->columns[score] : NULL;
    ErrataChangeSeries *spread;

    if (analysis->outcome->score == NULL || column == NULL || !errata_column_is_numeric(column))
        return;
    spread = series_new(ERRATA_CHANGE_SPREAD, "spread:", column, NULL);
    spread->of_score = TRUE;
    spread->scale = series_scale_new(log, column);
    spread->aside = errata_fault_rows_of(log->faults, column);
    if (spread->scale == NULL || spread->scale->n < 3)
        series_free(spread);
    else
        g_ptr_array_add(log->series, spread);
}

static void
series_add_label(ErrataChangeLog *log)
{
    const ErrataSchema *schema = log->analysis->schema;

    if (log->analysis->outcome->truth == NULL || schema->label < 0)
        return;
    for (guint k = 0; k < MIN(schema->n_classes, SERIES_CATEGORIES); k++) {
        ErrataChangeSeries *series;

        if (schema->positive >= 0 && k != (guint)schema->positive)
            continue;
        series = series_new(ERRATA_CHANGE_SHARE,
                            "share:",
                            log->analysis->frame->columns[schema->label],
                            schema->classes[k]);
        series->code = k;
        series->is_label = TRUE;
        series->aside = errata_fault_rows_of(log->faults, series->from);
        g_ptr_array_add(log->series, series);
    }
}

static void
series_add_all(ErrataChangeLog *log)
{
    const ErrataAnalysis *analysis = log->analysis;
    const ErrataOutcome *outcome = analysis->outcome;

    if (outcome->n_judged > 0)
        g_ptr_array_add(log->series, series_new(ERRATA_CHANGE_ERROR, "error_rate", NULL, NULL));
    if (outcome->score != NULL || outcome->predicted_value != NULL || outcome->confidence != NULL)
        g_ptr_array_add(log->series, series_new(ERRATA_CHANGE_SCORE, "mean_score", NULL, NULL));
    series_add_score_spread(log);
    series_add_label(log);
    for (guint c = 0; c < analysis->frame->n_columns; c++) {
        ErrataRole role = analysis->schema->columns[c].role;

        if ((role == ERRATA_ROLE_FEATURE || role == ERRATA_ROLE_GROUP ||
             role == ERRATA_ROLE_TEXT) &&
            errata_schema_is_logged(analysis->schema, c) &&
            (analysis->exclude == NULL || analysis->exclude[c] == 0))
            series_add_column(log, analysis->frame->columns[c]);
    }
}

/* the next row of the sample belongs to this block and hour */
static void
series_extend_run(ErrataChangeLog *log, guint block, guint cell)
{
    guint n = log->run->len;
    ErrataChangeRun *last = n > 0 ? &g_array_index(log->run, ErrataChangeRun, n - 1) : NULL;
    ErrataChangeRun next = {log->n_sample, log->n_sample + 1, block, cell};

    if (last != NULL && last->block == block && last->cell == cell)
        last->end++;
    else
        g_array_append_val(log->run, next);
}

/**
 * errata_change_row_cell:
 * @log: a log with times
 * @row: a row
 *
 * Returns: its hour of the week, without the hour or the weekday where that is not taken out
 */
guint8
errata_change_row_cell(const ErrataChangeLog *log, guint32 row)
{
    guint8 cell = errata_change_cell(log->analysis->outcome->time[row]);

    return (guint8)((log->takes_hour ? cell % 24 : 0) + (log->takes_day ? cell / 24 * 24 : 0));
}

/* whether hours, or weekdays, take turns often enough to tell what they add from what the time
 * does: of stamps once a month each weekday has one or two, and would carry what changed with
 * them */
static gboolean
series_takes_turns(const ErrataChangeLog *log, gint64 unit, guint step, guint n_cells)
{
    const gint64 *time = log->analysis->outcome->time;
    gint64 first = time[log->row[0]] / unit, last = time[log->row[log->n_rows - 1]] / unit;
    gsize turns = 0;

    for (gsize i = 1; i < log->n_rows; i++) {
        guint8 before = errata_change_cell(time[log->row[i - 1]]);
        guint8 after = errata_change_cell(time[log->row[i]]);

        turns += unit == SERIES_DAY ? before / 24 != after / 24 : before % 24 != after % 24;
    }
    return turns >= (gsize)SERIES_TURNS * n_cells || (gint64)turns * step >= last - first;
}

/* rows of one time have no order: where there are more than a block of them, the order in which
 * they stand in the file, perhaps sorted by a column, is not to look like a change. Returns:
 * (transfer full): the rows, those of such times in any order */
static guint32 *
series_mixed_rows(const ErrataChangeLog *log)
{
    const gint64 *time = log->analysis->outcome->time;
    guint32 *mixed = g_memdup2(log->row, log->n_rows * sizeof(guint32));
    ErrataRng rng = errata_rng_init(log->analysis->settings->seed, SERIES_STREAM, 0);

    for (gsize begin = 0, end; time != NULL && begin < log->n_rows; begin = end) {
        for (end = begin + 1; end < log->n_rows && time[log->row[end]] == time[log->row[begin]];)
            end++;
        if (end - begin == log->n_rows || end - begin <= log->n_rows / log->n_blocks)
            continue;
        for (gsize i = end - begin; i > 1; i--) {
            gsize other = begin + errata_rng_below(&rng, (guint32)i);
            guint32 row = mixed[begin + i - 1];

            mixed[begin + i - 1] = mixed[other];
            mixed[other] = row;
        }
    }
    return mixed;
}

/* what the log's times allow */
static void
series_read_times(ErrataChangeLog *log)
{
    const gint64 *time = log->analysis->outcome->time;
    double span = (double)time[log->row[log->n_rows - 1]] - (double)time[log->row[0]];

    log->weekly = span >= (double)(14 * SERIES_DAY);
    log->seasonal = span >= (double)(2 * SERIES_DAY);
    log->takes_hour = log->seasonal && series_takes_turns(log, SERIES_HOUR, SERIES_HOUR_STEP, 24);
    log->takes_day = log->weekly && series_takes_turns(log, SERIES_DAY, SERIES_DAY_STEP, 7);
}

/* rows in time order; blocks; the sample and its hours of the week */
static void
series_cut(ErrataChangeLog *log)
{
    const ErrataAnalysis *analysis = log->analysis;
    const ErrataOutcome *outcome = analysis->outcome;
    g_autofree guint32 *mixed = NULL;

    log->row = g_new(guint32, MAX(outcome->n_rows, 1));
    for (gsize i = 0; i < outcome->n_rows; i++) {
        guint32 row = outcome->order[i];

        if (log->faults->whole[row] == 0 &&
            (outcome->time == NULL || outcome->time[row] != G_MININT64))
            log->row[log->n_rows++] = row;
    }
    log->n_blocks = (guint)MIN(log->n_rows / SERIES_BLOCK_ROWS, ERRATA_CHANGE_BLOCKS);
    if (log->n_blocks < ERRATA_CHANGEPOINT_BLOCKS)
        log->n_blocks = (guint)MIN(log->n_rows / SERIES_SMALL_ROWS, ERRATA_CHANGEPOINT_BLOCKS);
    if (log->n_blocks < ERRATA_CHANGEPOINT_BLOCKS)
        return;
    if (outcome->time != NULL)
        series_read_times(log);
    mixed = series_mixed_rows(log);
    log->sample = g_new(guint32, (gsize)log->n_blocks * ERRATA_CHANGE_SAMPLE);
    log->run = g_array_new(FALSE, FALSE, sizeof(ErrataChangeRun));
    for (gsize b = 0; b < log->n_blocks; b++) {
        gsize begin = log->n_rows * b / log->n_blocks;
        gsize end = log->n_rows * (b + 1) / log->n_blocks;
        gsize n = MIN(end - begin, ERRATA_CHANGE_SAMPLE);

        for (gsize i = 0; i < n; i++) {
            guint32 row = mixed[begin + i * (end - begin) / n];

            series_extend_run(log,
                              (guint)b,
                              log->takes_hour || log->takes_day ? errata_change_row_cell(log, row)
                                                                : 0);
            log->sample[log->n_sample++] = row;
        }
    }
}

/**
 * errata_change_log_new:
 * @analysis: a log
 *
 * Returns: (transfer full) (nullable): its series by blocks, %NULL when it has too few rows for any
 */
ErrataChangeLog *
errata_change_log_new(ErrataAnalysis *analysis)
{
    g_autoptr(ErrataChangeLog) log = g_new0(ErrataChangeLog, 1);

    log->analysis = analysis;
    log->faults = errata_fault_rows_new(analysis);
    log->series = g_ptr_array_new_with_free_func(series_free);
    series_cut(log);
    if (log->n_blocks < ERRATA_CHANGEPOINT_BLOCKS)
        return NULL;
    series_add_all(log);
    errata_parallel_for(log->series->len, 1, series_read_cb, log);
    errata_change_volume(log);
    return g_steal_pointer(&log);
}

void
errata_change_log_free(ErrataChangeLog *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref(self->series);
    errata_fault_rows_free(self->faults);
    g_free(self->row);
    g_free(self->sample);
    if (self->run != NULL)
        g_array_unref(self->run);
    g_free(self);
}
