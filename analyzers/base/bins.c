/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The searchable columns as one byte per cell. A numeric column is cut at quantiles of a seeded
 * sample, but a value that is common by itself gets a code of its own, so that counts (0, 1, 2 …)
 * stay exact; categories keep their common values and pool the rest; a time gives two columns,
 * hour and weekday. Typical: 10 codes a column, one pass over the cells, columns in parallel. */
#include "bins.h"

#include <math.h>
#include <string.h>

#include "bins-rank.h"
#include "parallel.h"
#include "rng.h"
#include "sort.h"

#define BINS_REST         0.005 /* of the rows beyond a value that fills a bin, for these to have one */
#define BINS_SAMPLE       20000 /* rows that the edges are learnt on */
#define BINS_VALUES       30    /* codes of a category column, and distinct numbers kept apart */
#define BINS_HEAVY        0.005 /* share of the sample that makes a number common by itself */
#define BINS_HEAVY_TOTAL  0.95  /* share that all common numbers must cover together */
#define BINS_RARE_DIVISOR 200   /* a category needs n / 200 rows to have a code */
#define BINS_RARE_ROWS    8
#define BINS_STAGE        G_GUINT64_CONSTANT(0x62696e73) /* "bins" */
#define BINS_HOUR_NS      (G_GINT64_CONSTANT(3600) * 1000000000)
#define BINS_NO_COLUMN    G_MAXUINT
#define BINS_FULL         0.5 /* of what the fullest code lacks to hold all, by which it grows elsewhere */
#define BINS_CHUNK        1024
#define BINS_SMALL        65536 /* values of two bytes */

static const char bins_weekdays[] = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday";
static const char bins_hour[] = "hour";
static const char bins_weekday[] = "weekday";

typedef struct {
    const ErrataFrame *frame;
    const ErrataFrame *edges_from;
    guint n_bins;
    guint64 seed;
    ErrataBins *bins;
} BinsWork;

static double
bins_number(const ErrataColumn *column, gsize row)
{
    if (!errata_column_is_valid(column, row))
        return (double)NAN;
    if (column->type == ERRATA_COLUMN_F64)
        return column->f64[row];
    return (double)errata_column_integer(column, row);
}

/* sorted values of a sample of the column, missing left out; @ret_n may be 0 */
static double *
bins_sample(const ErrataColumn *column, guint64 seed, guint index, gsize *ret_n)
{
    gsize n_draws = MIN(column->n_rows, (gsize)BINS_SAMPLE);
    double *values = g_new(double, MAX(n_draws, 1));
    ErrataRng rng = errata_rng_init(seed, BINS_STAGE, index);
    gsize n = 0;

    for (gsize i = 0; i < n_draws; i++) {
        gsize row = i;

        if (column->n_rows > BINS_SAMPLE) { /* one row out of each of n_draws equal stretches */
            gsize begin = (gsize)((unsigned __int128)i * column->n_rows / n_draws);
            gsize end = (gsize)((unsigned __int128)(i + 1) * column->n_rows / n_draws);

            row = begin + (gsize)errata_rng_below(&rng, end - begin);
        }
        double value = bins_number(column, row);

        if (isfinite(value))
            values[n++] = value;
    }
    errata_sort_values(values, n);
    *ret_n = n;
    return values;
}

/* the same of whole numbers of one or two bytes, by a mark for each that there may be */
static double *
bins_distinct_small(const ErrataColumn *column, guint *ret_n)
{
    g_autofree guint8 *seen = g_new0(guint8, BINS_SMALL);
    g_autofree double *found = g_new(double, BINS_VALUES);
    guint n = 0;

    for (gsize row = 0; row < column->n_rows; row++) {
        gint64 value = errata_column_integer(column, row);

        if (errata_column_is_valid(column, row))
            seen[value + BINS_SMALL / 2] = 1;
    }
    for (int i = 0; i < BINS_SMALL; i++) {
        if (seen[i] == 0)
            continue;
        if (n == BINS_VALUES)
            return NULL;
        found[n++] = i - BINS_SMALL / 2;
    }
    *ret_n = n;
    return g_steal_pointer(&found);
}

/* all distinct values of the column when there are at most BINS_VALUES, sorted; else %NULL */
static double *
bins_distinct(const ErrataColumn *column, guint *ret_n)
{
    g_autofree double *found = g_new(double, BINS_VALUES + 1);
    guint n = 0;
    double last = (double)NAN;

    for (gsize row = 0; row < column->n_rows; row++) {
        double value = bins_number(column, row);
        guint at = 0;

        if (!isfinite(value) || !(value < last || value > last || isnan(last)))
            continue;
        last = value;
        while (at < n && found[at] < value)
            at++;
        if (at < n && !(found[at] > value))
            continue;
        if (n == BINS_VALUES)
            return NULL;
        memmove(found + at + 1, found + at, (n - at) * sizeof(double));
        found[at] = value;
        n++;
    }
    *ret_n = n;
    return g_steal_pointer(&found);
}

/* values that are common by themselves, when they make up nearly the whole sample */
static double *
bins_heavy(const double *sample, gsize n, guint *ret_n)
{
    g_autofree double *heavy = g_new(double, BINS_VALUES);
    gsize total = 0;
    guint n_heavy = 0;

    for (gsize begin = 0, end = 0; begin < n; begin = end) {
        while (end < n && !(sample[end] > sample[begin]))
            end++;
        if ((double)(end - begin) < BINS_HEAVY * (double)n)
            continue;
        if (n_heavy == BINS_VALUES)
            return NULL;
        heavy[n_heavy++] = sample[begin];
        total += end - begin;
    }
    if ((double)total < BINS_HEAVY_TOTAL * (double)n)
        return NULL;
    *ret_n = n_heavy;
    return g_steal_pointer(&heavy);
}

/* edges so that each of @values (sorted) begins a code */
static void
bins_edges_at(ErrataBinColumn *self, const double *values, guint n)
{
    self->n_codes = MAX(n, 1);
    self->edges = g_new0(double, self->n_codes);
    for (guint i = 1; i < n; i++)
        self->edges[i - 1] = values[i];
}

/* puts an edge among those there are, which rise */
static void
bins_add_edge(ErrataBinColumn *self, guint *n_edges, double edge)
{
    guint at = *n_edges;

    while (at > 0 && self->edges[at - 1] > edge)
        at--;
    if ((at > 0 && !(self->edges[at - 1] < edge)) || *n_edges == ERRATA_BINS_MAX - 1)
        return;
    memmove(self->edges + at + 1, self->edges + at, (*n_edges - at) * sizeof(double));
    self->edges[at] = edge;
    (*n_edges)++;
}

/* A value that has at least @share of the rows gets a bin of its own: else what few rows lie beyond
 * it (the fees of those who pay one, where nine in ten do not) would share its bin, and no group of
 * theirs could be seen. */
static void
bins_part_heavy(ErrataBinColumn *self, const double *sample, gsize n, double share, guint *n_edges)
{
    gsize least = (gsize)(BINS_REST * (double)n) + 1;
    gsize after = 0; /* end of the last such value */

    for (gsize begin = 0, end = 0; begin < n; begin = end) {
        while (end < n && !(sample[end] > sample[begin]))
            end++;
        if ((double)(end - begin) < share * (double)n)
            continue;
        if (after > 0 && begin - after >= least)
            bins_add_edge(self, n_edges, sample[after]);
        if (after > 0 || begin >= least)
            bins_add_edge(self, n_edges, sample[begin]);
        after = end;
    }
    if (after > 0 && n - after >= least)
        bins_add_edge(self, n_edges, sample[after]);
}

static void
bins_edges_quantiles(ErrataBinColumn *self, const double *sample, gsize n, guint n_bins)
{
    guint n_edges = 0;

    self->edges = g_new0(double, ERRATA_BINS_MAX);
    for (guint i = 1; i < n_bins && n > 0; i++) {
        double edge = sample[MIN((gsize)((double)n * i / n_bins), n - 1)];

        if (edge > (n_edges > 0 ? self->edges[n_edges - 1] : sample[0]))
            self->edges[n_edges++] = edge;
    }
    bins_part_heavy(self, sample, n, 1.0 / n_bins, &n_edges);
    self->n_codes = n_edges + 1;
}

static void
bins_learn_edges(ErrataBinColumn *self, const ErrataColumn *column, guint n_bins, guint64 seed)
{
    g_autofree double *sample = NULL;
    g_autofree double *values = NULL;
    gsize n = 0;
    guint n_values = 0;

    /* the marks are worth their clearing where there are many rows */
    if (column->type == ERRATA_COLUMN_I64 && column->narrow != NULL && column->width <= 2 &&
        column->n_rows >= BINS_SMALL / 16)
        values = bins_distinct_small(column, &n_values);
    else
        values = bins_distinct(column, &n_values);
    if (values == NULL) {
        sample = bins_sample(column, seed, self->column, &n);
        values = bins_heavy(sample, n, &n_values);
    }
    if (values != NULL)
        bins_edges_at(self, values, n_values);
    else
        bins_edges_quantiles(self, sample, n, n_bins);
    if (values != NULL && sample != NULL) { /* the few others are not among the common ones */
        guint n_edges = self->n_codes - 1;

        self->edges = g_renew(double, self->edges, ERRATA_BINS_MAX);
        bins_part_heavy(self, sample, n, BINS_HEAVY, &n_edges);
        self->n_codes = n_edges + 1;
    }
}

static void
bins_code_numbers(ErrataBinColumn *self, const ErrataColumn *column)
{
    double value[BINS_CHUNK];

    if (column->type == ERRATA_COLUMN_F64) { /* NaN where missing */
        errata_bins_rank(self->edges, self->n_codes - 1, column->f64, column->n_rows, self->code);
        return;
    }
    for (gsize begin = 0; begin < column->n_rows; begin += BINS_CHUNK) {
        gsize n = MIN(column->n_rows - begin, BINS_CHUNK);

        errata_column_read(column, begin, n, value);
        errata_bins_rank(self->edges, self->n_codes - 1, value, n, self->code + begin);
    }
}

typedef struct {
    const char *value;
    gsize count;
} BinsValue;

static int
bins_compare_values_cb(gconstpointer a, gconstpointer b)
{
    const BinsValue *x = a;
    const BinsValue *y = b;

    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return strcmp(x->value, y->value);
}

static void
bins_learn_labels(ErrataBinColumn *self, const ErrataColumn *column)
{
    g_autofree BinsValue *values = g_new0(BinsValue, MAX(column->n_dictionary, 1));
    gsize least = MAX(column->n_rows / BINS_RARE_DIVISOR, (gsize)BINS_RARE_ROWS);
    guint n_kept = 0;
    guint n_seen = 0;

    for (guint i = 0; i < column->n_dictionary; i++)
        values[i].value = column->dictionary[i];
    for (gsize row = 0; row < column->n_rows; row++)
        if (errata_column_is_valid(column, row))
            values[column->code[row]].count++;
    qsort(values, column->n_dictionary, sizeof(BinsValue), bins_compare_values_cb);
    while (n_seen < column->n_dictionary && values[n_seen].count > 0)
        n_seen++;
    while (n_kept < MIN(n_seen, BINS_VALUES) && values[n_kept].count >= least)
        n_kept++;
    self->has_other = n_kept < n_seen;
    self->n_codes = n_kept + (self->has_other ? 1 : 0);
    self->labels = g_new0(char *, self->n_codes + 1);
    for (guint i = 0; i < n_kept; i++)
        self->labels[i] = g_strdup(values[i].value);
    if (self->has_other)
        self->labels[n_kept] = g_strdup("other");
}

/* the code of a text: its label's, the pool's, or missing where nothing is pooled */
static guint8
bins_label_code(const ErrataBinColumn *self, const char *text)
{
    guint n_labels = self->n_codes - (self->has_other ? 1 : 0);

    for (guint i = 0; i < n_labels; i++)
        if (strcmp(self->labels[i], text) == 0)
            return (guint8)i;
    return self->has_other ? (guint8)n_labels : ERRATA_BINS_MISSING;
}

static void
bins_code_dictionary(ErrataBinColumn *self, const ErrataColumn *column)
{
    g_autofree guint8 *codes = g_new(guint8, MAX(column->n_dictionary, 1));

    for (guint i = 0; i < column->n_dictionary; i++)
        codes[i] = bins_label_code(self, column->dictionary[i]);
    for (gsize row = 0; row < column->n_rows; row++)
        self->code[row] = errata_column_is_valid(column, row) ? codes[column->code[row]]
                                                              : ERRATA_BINS_MISSING;
}

/* a column of another type than the labels were learnt on, e.g. numbers in the reference only */
static void
bins_code_printed(ErrataBinColumn *self, const ErrataColumn *column)
{
    for (gsize row = 0; row < column->n_rows; row++) {
        g_autofree char *text = NULL;

        self->code[row] = ERRATA_BINS_MISSING;
        if (!errata_column_is_valid(column, row))
            continue;
        text = errata_column_print(column, row);
        self->code[row] = bins_label_code(self, text);
    }
}

static void
bins_code_booleans(ErrataBinColumn *self, const ErrataColumn *column)
{
    for (gsize row = 0; row < column->n_rows; row++)
        self->code[row] = errata_column_is_valid(column, row) ? column->boolean[row] != 0
                                                              : ERRATA_BINS_MISSING;
}

/* Monday is 0; 1970-01-01 was a Thursday */
static void
bins_code_time(ErrataBinColumn *self, const ErrataColumn *column)
{
    for (gsize row = 0; row < column->n_rows; row++) {
        gint64 hours;
        gint64 hour;

        self->code[row] = ERRATA_BINS_MISSING;
        if (!errata_column_is_valid(column, row))
            continue;
        hours = column->i64[row] / BINS_HOUR_NS - (column->i64[row] % BINS_HOUR_NS < 0);
        hour = ((hours % 24) + 24) % 24;
        if (self->derived == bins_hour)
            self->code[row] = (guint8)hour;
        else
            self->code[row] = (guint8)((((hours - hour) / 24 + 3) % 7 + 7) % 7);
    }
}

static void
bins_learn_time(ErrataBinColumn *self)
{
    if (self->derived == bins_weekday) {
        self->n_codes = 7;
        self->labels = g_strsplit(bins_weekdays, " ", -1);
        return;
    }
    self->n_codes = 24;
    self->edges = g_new0(double, self->n_codes);
    for (guint i = 0; i < 23; i++)
        self->edges[i] = i + 1;
}

static void
bins_code_cells(ErrataBinColumn *self, const ErrataColumn *column)
{
    gboolean numbers = errata_column_is_numeric(column);

    if (self->derived != NULL) {
        if (column->type == ERRATA_COLUMN_TIME)
            bins_code_time(self, column);
    } else if (self->numeric) {
        if (numbers)
            bins_code_numbers(self, column);
    } else if (column->type == ERRATA_COLUMN_CATEGORY) {
        bins_code_dictionary(self, column);
    } else if (column->type == ERRATA_COLUMN_BOOL) {
        bins_code_booleans(self, column);
    } else if (numbers) {
        bins_code_printed(self, column);
    }
}

/* cells stay missing where the other frame lacks the column or has another type there */
static void
bins_code(ErrataBinColumn *self, const ErrataColumn *column, gsize n_rows)
{
    self->code = g_malloc(MAX(n_rows, 1));
    memset(self->code, ERRATA_BINS_MISSING, n_rows);
    if (column != NULL)
        bins_code_cells(self, column);
    self->n_missing = 0;
    for (gsize begin = 0; begin < n_rows; begin += BINS_CHUNK) {
        guint32 n = 0;

        for (gsize row = begin; row < MIN(begin + BINS_CHUNK, n_rows); row++)
            n += self->code[row] == ERRATA_BINS_MISSING;
        self->n_missing += n;
    }
}

/* the rows that the fullest code holds, as a share of those with a value */
static double
bins_fullest(const guint8 *code, gsize n_rows)
{
    gsize count[256] = {0};
    gsize most = 0, n = 0;

    for (gsize row = 0; row < n_rows; row++)
        count[code[row]]++;
    for (guint c = 0; c < ERRATA_BINS_MISSING; c++) {
        most = MAX(most, count[c]);
        n += count[c];
    }
    return (double)most / (double)MAX(n, 1);
}

/* whether the numbers of @from, where the edges were learnt, came in another unit or on another
 * scale, by which one code holds nearly all of this column and tells nothing */
static gboolean
bins_is_other_scale(const ErrataBinColumn *self, const ErrataColumn *from, gsize n_rows)
{
    ErrataBinColumn coded = *self;
    g_autofree guint8 *code = NULL;
    double fullest = bins_fullest(self->code, n_rows);

    if (self->n_codes < 3 || fullest < BINS_FULL)
        return FALSE;
    code = coded.code = g_malloc(MAX(from->n_rows, 1));
    bins_code_numbers(&coded, from);
    return fullest >= BINS_FULL * (1.0 + bins_fullest(code, from->n_rows));
}

static void
bins_learn_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    BinsWork *work = data;

    for (gsize i = begin; i < end; i++) {
        ErrataBinColumn *self = &work->bins->columns[i];
        const ErrataColumn *column = work->frame->columns[self->column];
        const ErrataColumn *from = NULL;

        if (work->edges_from != NULL)
            from = errata_frame_find(work->edges_from, column->name, NULL);
        if (from == NULL || !errata_column_is_numeric(from) || from->n_missing == from->n_rows)
            from = column;
        if (self->derived != NULL) {
            bins_learn_time(self);
        } else if (self->numeric) {
            bins_learn_edges(self, from, work->n_bins, work->seed);
        } else if (column->type == ERRATA_COLUMN_BOOL) {
            self->n_codes = 2;
            self->labels = g_new0(char *, 3);
            self->labels[0] = g_strdup("false");
            self->labels[1] = g_strdup("true");
        } else {
            bins_learn_labels(self, column);
        }
        bins_code(self, column, work->frame->n_rows);
        if (self->numeric && self->derived == NULL && from != column &&
            bins_is_other_scale(self, from, work->frame->n_rows)) {
            g_free(self->edges);
            g_free(self->code);
            bins_learn_edges(self, column, work->n_bins, work->seed);
            bins_code(self, column, work->frame->n_rows);
        }
    }
}

static void
bins_add(GArray *columns, const ErrataColumn *column, guint index, const char *derived)
{
    ErrataBinColumn added = {.column = index, .derived = derived};

    added.numeric = derived == bins_hour || (derived == NULL && errata_column_is_numeric(column));
    added.name = derived != NULL ? g_strdup_printf("%s %s", column->name, derived)
                                 : g_strdup(column->name);
    g_array_append_val(columns, added);
}

/**
 * errata_bins_new:
 * @frame: the log
 * @schema: its roles; columns that are features, groups or the time are taken
 * @edges_from: (nullable): where the edges of numeric columns are learnt, e.g. the reference;
 *   %NULL: on @frame, as are those of a column that has another scale there. Categories are always
 *   learnt on @frame, so that new values are seen
 * @n_bins: quantile bins of a numeric column, 2 … %ERRATA_BINS_MAX
 * @seed: of the sample
 *
 * Codes the searchable columns. Numbers with at most 30 distinct values, or of which at most 30
 * common values make up 95 %, get one code per such value. Texts have no codes.
 *
 * Returns: (transfer full): the codes
 */
ErrataBins *
errata_bins_new(const ErrataFrame *frame,
                const ErrataSchema *schema,
                const ErrataFrame *edges_from,
                guint n_bins,
                guint64 seed)
{
    g_autoptr(GArray) columns = g_array_new(FALSE, TRUE, sizeof(ErrataBinColumn));
    ErrataBins *self = g_new0(ErrataBins, 1);
    BinsWork work = {frame, edges_from, CLAMP(n_bins, 2, ERRATA_BINS_MAX), seed, self};

    for (guint i = 0; i < frame->n_columns; i++) {
        const ErrataColumn *column = frame->columns[i];
        ErrataRole role = schema->columns[i].role;

        if (role != ERRATA_ROLE_FEATURE && role != ERRATA_ROLE_GROUP && role != ERRATA_ROLE_TIME)
            continue;
        if (column->type == ERRATA_COLUMN_TIME) {
            bins_add(columns, column, i, bins_hour);
            bins_add(columns, column, i, bins_weekday);
        } else if (column->type != ERRATA_COLUMN_TEXT && role != ERRATA_ROLE_TIME) {
            bins_add(columns, column, i, NULL);
        }
    }
    self->n_rows = frame->n_rows;
    self->n_columns = columns->len;
    self->columns = (ErrataBinColumn *)(gpointer)g_array_free(g_steal_pointer(&columns), FALSE);
    errata_parallel_for(self->n_columns, 1, bins_learn_cb, &work);
    return self;
}

const ErrataBinColumn *
errata_bins_find(const ErrataBins *self, guint column)
{
    guint begin = 0;
    guint end = self->n_columns;

    while (begin < end) {
        guint middle = begin + (end - begin) / 2;

        if (self->columns[middle].column < column)
            begin = middle + 1;
        else
            end = middle;
    }
    if (begin == self->n_columns || self->columns[begin].column != column ||
        self->columns[begin].derived != NULL)
        return NULL;
    return &self->columns[begin];
}

static void
bins_apply_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    BinsWork *work = data;

    for (gsize i = begin; i < end; i++) {
        ErrataBinColumn *self = &work->bins->columns[i];
        const ErrataColumn *column = self->column != BINS_NO_COLUMN
                                         ? work->frame->columns[self->column]
                                         : NULL;

        bins_code(self, column, work->frame->n_rows);
    }
}

/**
 * errata_bins_apply:
 * @self: learnt codes
 * @frame: another frame, matched by column name
 *
 * Codes another frame by the same edges and labels. A value without a code is missing; so is a
 * column that the frame lacks, whose @column is then %G_MAXUINT.
 *
 * Returns: (transfer full): codes of @frame, columns in the order of @self
 */
ErrataBins *
errata_bins_apply(const ErrataBins *self, const ErrataFrame *frame)
{
    ErrataBins *other = g_new0(ErrataBins, 1);
    BinsWork work = {.frame = frame, .bins = other};

    other->n_rows = frame->n_rows;
    other->n_columns = self->n_columns;
    other->columns = g_new0(ErrataBinColumn, MAX(self->n_columns, 1));
    for (guint i = 0; i < self->n_columns; i++) {
        const ErrataBinColumn *from = &self->columns[i];
        ErrataBinColumn *to = &other->columns[i];
        g_autofree char *name = g_strdup(from->name);

        if (from->derived != NULL) /* "ts hour" comes from "ts" */
            name[strlen(name) - strlen(from->derived) - 1] = '\0';
        *to = *from;
        to->name = g_strdup(from->name);
        to->edges = from->edges != NULL
                        ? g_memdup2(from->edges, MAX(from->n_codes, 1) * sizeof(double))
                        : NULL;
        to->labels = g_strdupv(from->labels);
        if (errata_frame_find(frame, name, &to->column) == NULL)
            to->column = BINS_NO_COLUMN;
    }
    errata_parallel_for(other->n_columns, 1, bins_apply_cb, &work);
    return other;
}

void
errata_bins_free(ErrataBins *self)
{
    if (self == NULL)
        return;
    for (guint i = 0; i < self->n_columns; i++) {
        g_free(self->columns[i].name);
        g_free(self->columns[i].edges);
        g_strfreev(self->columns[i].labels);
        g_free(self->columns[i].code);
    }
    g_free(self->columns);
    g_free(self);
}
