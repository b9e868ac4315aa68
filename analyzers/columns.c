/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A summary of every column: what is missing and distinct, its quantiles, its distribution now and
 * in the baseline, and how much it goes with the error. Columns are independent and run in
 * parallel. */
#include "columns.h"

#include <math.h>
#include <string.h>

#include "clean.h"
#include "distinct.h"
#include "outside.h"
#include "parallel.h"
#include "rng.h"
#include "select.h"
#include "sort.h"
#include "sum.h"
#include "tests.h"

#define COLUMNS_BLOCK 1024 /* numbers hashed at once */

typedef struct {
    const ErrataAnalysis *analysis;
    const double *loss_rank; /* regression: midranks of the loss of the judged rows */
    const guint32 *judged;   /* regression: those rows */
    gsize n_judged;
    ErrataColumnSummary **summaries;
} ColumnsWork;

static void
columns_moments(ErrataColumnSummary *summary, const double *value, gsize n)
{
    static const double at[] = {0.05, 0.25, 0.5, 0.75, 0.95};

    summary->min = (double)INFINITY;
    summary->max = -(double)INFINITY;
    errata_outside_ends(value, n, &summary->min, &summary->max);
    summary->mean = errata_sum_of(value, n) / (double)n;
    summary->sd = n > 1 ? sqrt(errata_sum_squares(value, n, summary->mean) / (double)(n - 1))
                        : (double)NAN;
    G_STATIC_ASSERT(G_N_ELEMENTS(at) == G_N_ELEMENTS(summary->quantiles));
    errata_select_quantiles(value, n, at, G_N_ELEMENTS(at), summary->quantiles);
}

__attribute__((always_inline)) static inline void
columns_hash_of(const double *value, gsize n, guint64 *ret_hash)
{
    for (gsize i = 0; i < n; i++) {
        double plain = value[i] + 0.0; /* −0 is 0 */
        guint64 bits;

        memcpy(&bits, &plain, sizeof bits);
        ret_hash[i] = errata_rng_mix(bits);
    }
}

#if defined(__x86_64__)
/* with products of 64 bits side by side */
__attribute__((target("avx512f,avx512dq,avx512vl"))) static void
columns_hash_wide(const double *value, gsize n, guint64 *ret_hash)
{
    columns_hash_of(value, n, ret_hash);
}
#endif

static void
columns_hash(const double *value, gsize n, guint64 *ret_hash)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
        columns_hash_wide(value, n, ret_hash);
        return;
    }
#endif
    columns_hash_of(value, n, ret_hash);
}

static guint64
columns_distinct_numbers(const double *value, gsize n)
{
    g_autoptr(ErrataDistinct) distinct = errata_distinct_new();
    guint64 hash[COLUMNS_BLOCK];

    for (gsize begin = 0; begin < n; begin += COLUMNS_BLOCK) {
        gsize m = MIN(n - begin, (gsize)COLUMNS_BLOCK);

        columns_hash(value + begin, m, hash);
        errata_distinct_add_many(distinct, hash, m);
    }
    return errata_distinct_count(distinct);
}

/* whole numbers of at most two bytes, each with a place of its own */
static guint64
columns_distinct_short(const ErrataColumn *column)
{
    g_autofree guint8 *seen = g_new0(guint8, G_MAXUINT16 + 1);
    guint64 n = 0;

    for (gsize row = 0; row < column->n_rows; row++)
        seen[(guint16)(column->width == 1 ? ((const gint8 *)column->narrow)[row]
                                          : ((const gint16 *)column->narrow)[row])] |=
            (guint8)errata_column_is_valid(column, row);
    for (guint i = 0; i <= G_MAXUINT16; i++)
        n += seen[i];
    return n;
}

/* large whole numbers fall together as doubles */
static guint64
columns_distinct_integers(const ErrataColumn *column)
{
    g_autoptr(ErrataDistinct) distinct = errata_distinct_new();

    if (column->narrow != NULL && column->width <= 2)
        return columns_distinct_short(column);
    for (gsize row = 0; row < column->n_rows; row++)
        if (errata_column_is_valid(column, row))
            errata_distinct_add(distinct,
                                errata_rng_mix((guint64)errata_column_integer(column, row)));
    return errata_distinct_count(distinct);
}

static void
columns_numbers(ErrataColumnSummary *summary, const ErrataColumn *column)
{
    gsize n = 0;
    g_autofree double *owned = NULL;
    const double *values = errata_column_present(column, &owned, &n);

    if (n == 0)
        return;
    summary->distinct = column->type == ERRATA_COLUMN_I64 || column->type == ERRATA_COLUMN_TIME
                            ? columns_distinct_integers(column)
                            : columns_distinct_numbers(values, n);
    summary->distinct = MIN(summary->distinct, n); /* of many it is an estimate */
    if (column->type == ERRATA_COLUMN_TIME)
        return;
    columns_moments(summary, values, n);
    for (guint i = 0; column->type == ERRATA_COLUMN_BOOL && i < G_N_ELEMENTS(summary->quantiles);
         i++)
        summary->quantiles[i] = (double)NAN;
}

/* distinct values of a category: those of the dictionary that occur */
static guint64
columns_distinct_codes(const ErrataColumn *column)
{
    g_autofree guint8 *seen = g_new0(guint8, column->n_dictionary + 1);
    guint64 n = 0;

    for (gsize row = 0; row < column->n_rows; row++)
        if (errata_column_is_valid(column, row) && seen[column->code[row]] == 0) {
            seen[column->code[row]] = 1;
            n++;
        }
    return n;
}

/* distinct texts by their 64-bit hashes in an open table */
static guint64
columns_distinct_texts(const ErrataColumn *column)
{
    gsize size = 16;
    g_autofree guint64 *slots = NULL;
    guint64 n = 0;

    while (size < 2 * column->n_rows)
        size *= 2;
    slots = g_new0(guint64, size);
    for (gsize row = 0; row < column->n_rows; row++) {
        guint64 hash;
        gsize slot;

        if (!errata_column_is_valid(column, row))
            continue;
        hash = errata_column_hash(column, row) | 1; /* 0 marks a free slot */
        for (slot = hash >> 1 & (size - 1); slots[slot] != 0 && slots[slot] != hash;)
            slot = (slot + 1) & (size - 1);
        n += slots[slot] == 0 ? 1 : 0;
        slots[slot] = hash;
    }
    return n;
}

/**
 * columns_cramers_v:
 * Bias-corrected Cramér's V of codes (missing is one more) against the error of the judged rows
 * (Bergsma 2013), with the chi-square p of the table.
 */
static double
columns_cramers_v(const ErrataBinColumn *bins, const ErrataOutcome *outcome, double *ret_p)
{
    double count[2 * 256] = {0.0};
    double table[2 * 256];
    double n = 0.0;
    double chi2;
    double degrees;
    double k;
    guint n_rows = 0;

    for (gsize row = 0; row < outcome->n_rows; row++)
        if (outcome->judged[row] != 0)
            count[2 * bins->code[row] + outcome->error[row]] += 1.0;
    for (guint i = 0; i < 256; i++) {
        if (!(count[2 * i] + count[2 * i + 1] > 0.0))
            continue;
        n += count[2 * i] + count[2 * i + 1];
        table[2 * n_rows] = count[2 * i];
        table[2 * n_rows + 1] = count[2 * i + 1];
        n_rows++;
    }
    if (n_rows < 2 || outcome->n_errors == 0 || outcome->n_errors == outcome->n_judged) {
        *ret_p = (double)NAN;
        return (double)NAN;
    }
    *ret_p = errata_tests_pearson(table, n_rows, 2, &chi2, &degrees);
    k = (double)n_rows - ((double)n_rows - 1.0) * ((double)n_rows - 1.0) / (n - 1.0);
    chi2 = MAX(chi2 / n - ((double)n_rows - 1.0) / (n - 1.0), 0.0);
    return k > 1.0 ? MIN(sqrt(chi2 / MIN(k - 1.0, 1.0 - 1.0 / (n - 1.0))), 1.0) : (double)NAN;
}

/* |Spearman| of the column and the loss over the judged rows that have a value */
static double
columns_spearman(const ColumnsWork *work, const ErrataColumn *column, double *ret_p)
{
    g_autofree double *x = g_new(double, work->n_judged + 1);
    g_autofree double *y = g_new(double, work->n_judged + 1);
    g_autofree double *ranks = g_new(double, work->n_judged + 1);
    double n;
    double mean;
    double sxy = 0.0;
    double sxx = 0.0;
    double syy = 0.0;
    double r;
    gsize n_both = 0;

    for (gsize i = 0; i < work->n_judged; i++) {
        double value = errata_column_number(column, work->judged[i]);

        if (isnan(value))
            continue;
        x[n_both] = value;
        y[n_both++] = work->loss_rank[i];
    }
    n = (double)n_both;
    *ret_p = (double)NAN;
    if (n_both < 10)
        return (double)NAN;
    errata_sort_midranks(x, n_both, ranks);
    memcpy(x, ranks, n_both * sizeof *x);
    errata_sort_midranks(y, n_both, ranks);
    mean = 0.0;
    for (gsize i = 0; i < n_both; i++)
        mean += x[i] / n;
    for (gsize i = 0; i < n_both; i++) {
        sxy += (x[i] - mean) * (ranks[i] - mean);
        sxx += (x[i] - mean) * (x[i] - mean);
        syy += (ranks[i] - mean) * (ranks[i] - mean);
    }
    if (!(sxx > 0.0) || !(syy > 0.0))
        return (double)NAN;
    r = sxy / sqrt(sxx * syy);
    *ret_p = errata_tests_student(r * sqrt((n - 2.0) / MAX(1.0 - r * r, 1e-300)), n - 2.0);
    return fabs(r);
}

static void
columns_association(const ColumnsWork *work, ErrataColumnSummary *summary, guint column)
{
    const ErrataAnalysis *analysis = work->analysis;
    const ErrataBinColumn *bins = analysis->bins != NULL ? errata_bins_find(analysis->bins, column)
                                                         : NULL;

    if (analysis->outcome->n_judged == 0)
        return;
    if (work->loss_rank != NULL && errata_column_is_numeric(analysis->frame->columns[column])) {
        summary->error_association =
            columns_spearman(work, analysis->frame->columns[column], &summary->error_association_p);
        return;
    }
    if (bins != NULL)
        summary->error_association =
            columns_cramers_v(bins, analysis->outcome, &summary->error_association_p);
}

static ErrataColumnSummary *
columns_summarise(const ColumnsWork *work, guint index)
{
    const ErrataAnalysis *analysis = work->analysis;
    const ErrataColumn *column = analysis->frame->columns[index];
    const ErrataSchemaColumn *schema = &analysis->schema->columns[index];
    ErrataColumnSummary *summary = g_new0(ErrataColumnSummary, 1);

    summary->name = g_strdup(column->name);
    summary->type = g_strdup(errata_column_type_nick(column->type));
    summary->role = g_strdup(errata_role_nick(schema->role));
    summary->reason = g_strdup(schema->reason);
    summary->unit = g_strdup(schema->unit);
    summary->description = g_strdup(schema->description);
    summary->derived_from = g_strdup(schema->derived_from);
    summary->n = column->n_rows;
    summary->missing = work->analysis->clean != NULL && schema->derived_from == NULL
                           ? work->analysis->clean->raw->columns[index]->n_missing
                           : column->n_missing;
    summary->unparsable = column->n_unparsable;
    if (column->unparsable != NULL)
        summary->unparsable_example = g_strdup(column->unparsable[0]);
    summary->min = summary->max = summary->mean = summary->sd = (double)NAN;
    summary->drift = summary->drift_p = (double)NAN;
    summary->error_association = summary->error_association_p = (double)NAN;
    for (guint i = 0; i < G_N_ELEMENTS(summary->quantiles); i++)
        summary->quantiles[i] = (double)NAN;
    if (column->type == ERRATA_COLUMN_CATEGORY)
        summary->distinct = columns_distinct_codes(column);
    else if (column->type == ERRATA_COLUMN_TEXT)
        summary->distinct = columns_distinct_texts(column);
    else
        columns_numbers(summary, column);
    if (schema->role == ERRATA_ROLE_FEATURE || schema->role == ERRATA_ROLE_GROUP)
        columns_association(work, summary, index);
    if (schema->role != ERRATA_ROLE_ID)
        summary->histogram = errata_columns_histogram(analysis, index);
    summary->sketch = errata_columns_sketch(analysis, index);
    return summary;
}

static void
columns_summarise_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    ColumnsWork *work = data;

    for (gsize i = begin; i < end; i++)
        work->summaries[i] = columns_summarise(work, (guint)i);
}

static gboolean
columns_run(ErrataAnalysis *analysis, GError **error)
{
    const ErrataOutcome *outcome = analysis->outcome;
    g_autofree ErrataColumnSummary **summaries = g_new0(ErrataColumnSummary *,
                                                        analysis->frame->n_columns + 1);
    g_autofree guint32 *judged = NULL;
    g_autofree double *ranks = NULL;
    ColumnsWork work = {.analysis = analysis, .summaries = summaries};

    if (outcome->task == ERRATA_TASK_REGRESSION && outcome->n_judged > 0) {
        g_autofree double *loss = g_new(double, outcome->n_judged);

        judged = g_new(guint32, outcome->n_judged);
        ranks = g_new(double, outcome->n_judged);
        for (gsize row = 0; row < outcome->n_rows; row++)
            if (outcome->judged[row] != 0) {
                loss[work.n_judged] = outcome->loss[row];
                judged[work.n_judged++] = (guint32)row;
            }
        errata_sort_midranks(loss, work.n_judged, ranks);
        work.judged = judged;
        work.loss_rank = ranks;
    }
    errata_parallel_for(analysis->frame->n_columns, 1, columns_summarise_cb, &work);
    for (guint i = 0; i < analysis->frame->n_columns; i++)
        g_ptr_array_add(summaries[i]->derived_from != NULL ? analysis->result->derived
                                                           : analysis->result->columns,
                        summaries[i]);
    errata_case_method(
        analysis->result,
        "Columns: association with the error is the bias-corrected Cramér's V of the "
        "column's bins with being wrong%s.",
        ranks != NULL ? ", for numbers the rank correlation with the loss" : "");
    return TRUE;
}

const ErrataAnalyzer errata_analyzer_columns = {
    .id = "columns",
    .run = columns_run,
};
