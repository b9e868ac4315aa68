/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns that know the answer: alone they tell the label far better than any other column and than
 * the model, are the label under other names, or are filled only where the label is one class; and
 * ids or times in whose order the labels stand. Such columns are left out of the searches. */
#include "leakage.h"

#include <math.h>

#include "intervals.h"
#include "parallel.h"
#include "tests.h"
#include "words.h"

#define LEAKAGE_STRONG 0.95  /* AUC or R² of a column alone */
#define LEAKAGE_ABOVE  0.5   /* what it leaves unexplained, against the next column and the model */
#define LEAKAGE_WRONG  0.5   /* or: its errors against the model's … */
#define LEAKAGE_PLAIN  0.3   /* … and against always saying the commonest class */
#define LEAKAGE_COPY   0.999 /* agreement of a column that is the label under other names */
#define LEAKAGE_FILLED 0.95  /* lower end of the class's share among the filled rows */
#define LEAKAGE_BASE   0.8   /* a class that is commoner anyway proves nothing */
#define LEAKAGE_REACH  0.05  /* of that class's rows must be filled */
#define LEAKAGE_ROWS   100
#define LEAKAGE_FEW    30.0 /* labels of the rarer classes: of fewer any column tells some by chance */

typedef struct {
    ErrataAnalysis *analysis;
    GPtrArray *columns; /* (element-type ErrataLeakageColumn) */
    ErrataLeakageColumn *model;
    ErrataLeakageColumn *next; /* the best column that is not suspected, or %NULL */
    double plain;              /* errors of always saying the commonest class */
    double n_rarer;            /* labels of the others; NaN for numbers */
} Leakage;

static char *
leakage_why_not(const ErrataAnalysis *analysis)
{
    const ErrataOutcome *outcome = analysis->outcome;
    gsize n = 0;

    if (analysis->schema->correct >= 0)
        return g_strdup_printf("rows are judged by %s, without labels",
                               analysis->frame->columns[analysis->schema->correct]->name);
    for (gsize row = 0; row < outcome->n_rows; row++)
        n += errata_leakage_measure_labelled(outcome, row) ? 1 : 0;
    if (n < LEAKAGE_ROWS)
        return errata_words_too_few(n, "a label", LEAKAGE_ROWS);
    if (outcome->truth != NULL &&
        (outcome->n_classes < 2 || outcome->n_classes > ERRATA_LEAKAGE_CLASSES))
        return g_strdup_printf("%u %s; leakage is looked for with 2 to %d",
                               outcome->n_classes,
                               outcome->n_classes == 1 ? "class" : "classes",
                               ERRATA_LEAKAGE_CLASSES);
    return NULL;
}

/* what is measured, side by side */
typedef struct {
    const ErrataAnalysis *analysis;
    GPtrArray *bins; /* (element-type ErrataBinColumn) */
    gint order[2];   /* then the orders by these columns, −1 for none */
    ErrataLeakageColumn **measured;
    ErrataLeakageColumn *model;
} LeakageWork;

static void
leakage_measure_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    LeakageWork *work = data;
    guint n_bins = work->bins->len;

    for (gsize i = begin; i < end; i++)
        if (i < n_bins)
            work->measured[i] = errata_leakage_measure_bin(work->analysis,
                                                           g_ptr_array_index(work->bins, i));
        else if (i == n_bins + 2)
            work->model = errata_leakage_measure_model(work->analysis);
        else if (work->order[i - n_bins] >= 0)
            work->measured[i] = errata_leakage_measure_order(work->analysis,
                                                             (guint)work->order[i - n_bins]);
}

/* whether the bins stand for their column: those of its hours do for a time, the first of its bins,
 * but not for the clock of the log */
static gboolean
leakage_is_measured(const ErrataAnalysis *analysis, guint index)
{
    const ErrataBinColumn *bin = &analysis->bins->columns[index];

    if (analysis->exclude[bin->column] != 0 ||
        !errata_schema_is_logged(analysis->schema, bin->column))
        return FALSE;
    if (bin->derived == NULL)
        return TRUE;
    return analysis->frame->columns[bin->column]->type == ERRATA_COLUMN_TIME &&
           (int)bin->column != analysis->schema->time &&
           (index == 0 || analysis->bins->columns[index - 1].column != bin->column);
}

static void
leakage_measure(Leakage *self)
{
    const ErrataAnalysis *analysis = self->analysis;
    g_autoptr(GPtrArray) bins = g_ptr_array_new();
    g_autofree ErrataLeakageColumn **measured = NULL;
    LeakageWork work = {analysis, bins, {analysis->schema->id, -1}, NULL, NULL};

    for (guint i = 0; i < analysis->bins->n_columns; i++)
        if (leakage_is_measured(analysis, i))
            g_ptr_array_add(bins, &analysis->bins->columns[i]);
    if (analysis->outcome->time != NULL)
        work.order[1] = analysis->schema->time;
    work.measured = measured = g_new0(ErrataLeakageColumn *, bins->len + 2);
    errata_parallel_for(bins->len + 3, 1, leakage_measure_cb, &work);
    for (guint i = 0; i < bins->len + 2; i++)
        if (measured[i] != NULL)
            g_ptr_array_add(self->columns, measured[i]);
    self->model = work.model;
}

static double
leakage_plain(const ErrataOutcome *outcome, double *ret_n_rarer)
{
    g_autofree gsize *count = g_new0(gsize, MAX(outcome->n_classes, 1));
    gsize n = 0;
    gsize most = 0;

    for (gsize row = 0; outcome->truth != NULL && row < outcome->n_rows; row++)
        if (outcome->truth[row] >= 0) {
            n++;
            count[outcome->truth[row]]++;
        }
    for (guint c = 0; c < outcome->n_classes; c++)
        most = MAX(most, count[c]);
    *ret_n_rarer = n > 0 ? (double)(n - most) : (double)NAN;
    return n > 0 ? 1.0 - (double)most / (double)n : (double)NAN;
}

static gboolean
leakage_is_strong(const Leakage *self, const ErrataLeakageColumn *column)
{
    return column->strength >= LEAKAGE_STRONG && !(self->n_rarer < LEAKAGE_FEW);
}

/* wrong less than half as often as the model, and than three tenths of always saying the same */
static gboolean
leakage_is_right(const Leakage *self, const ErrataLeakageColumn *column)
{
    return !isnan(column->wrong) && self->model != NULL && !isnan(self->model->wrong) &&
           column->wrong < LEAKAGE_WRONG * self->model->wrong &&
           column->wrong < LEAKAGE_PLAIN * self->plain;
}

static gboolean
leakage_beats_model(const Leakage *self, const ErrataLeakageColumn *column)
{
    const ErrataOutcome *outcome = self->analysis->outcome;

    if (self->model == NULL || isnan(self->model->strength))
        return TRUE;
    if (outcome->truth != NULL && (outcome->n_classes > 2 || outcome->score == NULL))
        return leakage_is_right(self, column);
    return 1.0 - column->strength <= LEAKAGE_ABOVE * (1.0 - self->model->strength);
}

static gboolean
leakage_beats_next(const Leakage *self, const ErrataLeakageColumn *column)
{
    return self->next == NULL || isnan(self->next->strength) ||
           1.0 - column->strength <= LEAKAGE_ABOVE * (1.0 - self->next->strength);
}

/* as many values as classes, and each all but always with its own class; hours are none */
static gboolean
leakage_is_copy(const Leakage *self, const ErrataLeakageColumn *column)
{
    const ErrataOutcome *outcome = self->analysis->outcome;
    gboolean seen[ERRATA_LEAKAGE_CODES] = {FALSE};
    guint n_codes = 0;

    if (outcome->truth == NULL || column->way == ERRATA_LEAKAGE_ORDER ||
        self->analysis->frame->columns[column->column]->type == ERRATA_COLUMN_TIME ||
        !(1.0 - column->wrong >= LEAKAGE_COPY) || !(self->plain > 0.02))
        return FALSE;
    for (gsize row = 0; row < outcome->n_rows; row++)
        if (!seen[column->code[row]]) {
            seen[column->code[row]] = TRUE;
            n_codes++;
        }
    return n_codes <= outcome->n_classes + 1;
}

/* errors of the model in the rows where the column has a value, or has none */
static double
leakage_model_filled(const Leakage *self, const ErrataLeakageColumn *column)
{
    const ErrataOutcome *outcome = self->analysis->outcome;
    gsize n = 0;
    gsize wrong = 0;

    for (gsize row = 0; row < outcome->n_rows; row++)
        if (outcome->judged[row] != 0 &&
            (column->code[row] == ERRATA_BINS_MISSING) == column->missing) {
            n++;
            wrong += outcome->error[row];
        }
    return n > 0 ? (double)wrong / (double)n : (double)NAN;
}

static gboolean
leakage_is_filled(const Leakage *self, const ErrataLeakageColumn *column)
{
    double n = (double)column->filled_rows;
    double reach = column->filled_share * n / (column->filled_base * (double)column->n);
    double model;

    if (column->way == ERRATA_LEAKAGE_ORDER || isnan(column->filled_share) ||
        column->filled_base > LEAKAGE_BASE || !(reach >= LEAKAGE_REACH) ||
        errata_intervals_wilson(column->filled_share * n, n, 0.95).lo < LEAKAGE_FILLED)
        return FALSE;
    model = leakage_model_filled(self, column);
    return isnan(model) || 1.0 - column->filled_share < LEAKAGE_WRONG * model;
}

static double
leakage_p(const Leakage *self, const ErrataLeakageColumn *column)
{
    double rest = self->plain;
    guint64 n = column->n;

    if (column->way == ERRATA_LEAKAGE_FILLED)
        return errata_tests_binomial_upper(
            (guint64)llround(column->filled_share * (double)column->filled_rows),
            column->filled_rows,
            column->filled_base);
    if (self->analysis->outcome->truth == NULL)
        return errata_tests_student(
            sqrt(column->strength * ((double)n - 2.0) / MAX(1.0 - column->strength, 1e-12)),
            (double)n - 2.0);
    return isnan(column->lo)
               ? errata_tests_binomial_lower((guint64)llround(column->wrong * (double)n), n, rest)
               : errata_tests_normal_upper((column->strength - 0.5) * 2.0 * 1.96 /
                                           MAX(column->hi - column->lo, 1e-9));
}

/* whether the column gives the label away; sets how */
static gboolean
leakage_judge(const Leakage *self, ErrataLeakageColumn *column)
{
    if (leakage_is_copy(self, column)) {
        column->way = ERRATA_LEAKAGE_COPY;
        return TRUE;
    }
    if (leakage_is_strong(self, column) && leakage_beats_model(self, column) &&
        leakage_beats_next(self, column))
        return TRUE;
    if (column->way != ERRATA_LEAKAGE_ORDER && leakage_is_right(self, column))
        return TRUE;
    if (!leakage_is_filled(self, column))
        return FALSE;
    column->way = ERRATA_LEAKAGE_FILLED;
    return TRUE;
}

/* the best column that is not suspected of anything */
static void
leakage_set_next(Leakage *self)
{
    self->next = NULL;
    for (guint i = 0; i < self->columns->len; i++) {
        ErrataLeakageColumn *column = g_ptr_array_index(self->columns, i);

        if (column->part == NULL && !leakage_is_strong(self, column) &&
            !leakage_is_right(self, column) && !isnan(column->strength) &&
            (self->next == NULL || column->strength > self->next->strength))
            self->next = column;
    }
}

/* the columns that do not give the label away in all rows, once more in some of them */
typedef struct {
    const ErrataAnalysis *analysis;
    GPtrArray *bins; /* (element-type ErrataBinColumn) */
    ErrataLeakageColumn **found;
} LeakageParts;

static void
leakage_parts_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    LeakageParts *work = data;

    for (gsize i = begin; i < end; i++)
        work->found[i] = errata_leakage_part_find(work->analysis, g_ptr_array_index(work->bins, i));
}

/* how many rows of cells were tried for a column: its p bears all of them */
static double
leakage_tries(const ErrataAnalysis *analysis)
{
    double n = 2.0;

    for (guint i = 0; i < analysis->bins->n_columns; i++)
        n += analysis->bins->columns[i].numeric ? 0.0 : 1.0;
    return n;
}

static void
leakage_replace(Leakage *self, ErrataLeakageColumn *found)
{
    double p = leakage_p(self, found) * leakage_tries(self->analysis);

    for (guint i = 0; i < self->columns->len; i++) {
        ErrataLeakageColumn *column = g_ptr_array_index(self->columns, i);

        if (column->column == found->column && column->way != ERRATA_LEAKAGE_ORDER) {
            found->p = isnan(p) ? 1.0 : MIN(p, 1.0);
            g_ptr_array_remove_index(self->columns, i);
            g_ptr_array_insert(self->columns, (gint)i, found);
            return;
        }
    }
    errata_leakage_column_free(found);
}

/* columns that were not found so far, in some of the rows */
static void
leakage_find_parts(Leakage *self)
{
    const ErrataAnalysis *analysis = self->analysis;
    g_autoptr(GPtrArray) bins = g_ptr_array_new();
    g_autoptr(GPtrArray) left = g_ptr_array_new();
    g_autoptr(GArray) alone = g_array_new(FALSE, FALSE, sizeof(double));
    g_autofree ErrataLeakageColumn **found = NULL;
    LeakageParts work = {analysis, bins, NULL};
    ErrataLeakageColumn *beyond;
    double best = 0.0;

    for (guint i = 0; i < self->columns->len; i++) {
        const ErrataLeakageColumn *column = g_ptr_array_index(self->columns, i);

        for (guint k = 0; k < analysis->bins->n_columns; k++)
            if ((int)analysis->bins->columns[k].column == column->column &&
                analysis->bins->columns[k].derived == NULL && !(column->p < 1.0) &&
                column->way != ERRATA_LEAKAGE_ORDER) {
                g_ptr_array_add(bins, &analysis->bins->columns[k]);
                g_array_append_val(alone, column->by_bins);
            }
    }
    work.found = found = g_new0(ErrataLeakageColumn *, MAX(bins->len, 1));
    errata_parallel_for(bins->len, 1, leakage_parts_cb, &work);
    for (guint i = 0; i < bins->len; i++)
        if (found[i] != NULL)
            leakage_replace(self, found[i]);
        else {
            g_ptr_array_add(left, g_ptr_array_index(bins, i));
            best = fmax(best, g_array_index(alone, double, i));
        }
    beyond = errata_leakage_beyond_find(analysis, left, best, self->model);
    if (beyond != NULL)
        leakage_replace(self, beyond);
}

static void
leakage_find(Leakage *self)
{
    guint n = self->columns->len;
    g_autofree double *p = g_new(double, n + 1);
    g_autofree double *q = g_new(double, n + 1);

    leakage_set_next(self);
    for (guint i = 0; i < n; i++) {
        ErrataLeakageColumn *column = g_ptr_array_index(self->columns, i);

        column->p = leakage_judge(self, column) ? leakage_p(self, column) : 1.0;
        column->p = isnan(column->p) ? 1.0 : column->p;
    }
    leakage_find_parts(self);
    leakage_set_next(self);
    for (guint i = 0; i < n; i++)
        p[i] = ((const ErrataLeakageColumn *)g_ptr_array_index(self->columns, i))->p;
    errata_tests_benjamini_hochberg(p, n, n, q);
    for (guint i = 0; i < n; i++) {
        const ErrataLeakageColumn *column = g_ptr_array_index(self->columns, i);

        if (!(q[i] < self->analysis->settings->alpha))
            continue;
        if (column->way != ERRATA_LEAKAGE_ORDER)
            self->analysis->exclude[column->column] = 1;
        errata_case_add_finding(
            self->analysis->result,
            column->part != NULL
                ? errata_leakage_report(self->analysis, column, column->part->model, NULL, q[i])
                : errata_leakage_report(self->analysis, column, self->model, self->next, q[i]));
    }
}

static gboolean
leakage_run(ErrataAnalysis *analysis, GError **error)
{
    g_autoptr(GPtrArray) columns =
        g_ptr_array_new_with_free_func((GDestroyNotify)errata_leakage_column_free);
    Leakage self = {.analysis = analysis, .columns = columns};

    errata_leakage_copied(analysis);
    self.plain = leakage_plain(analysis->outcome, &self.n_rarer);
    leakage_measure(&self);
    if (columns->len > 0)
        leakage_find(&self);
    errata_leakage_column_free(self.model);
    errata_case_tried(analysis->result, "leakage", columns->len);
    errata_case_method(
        analysis->result,
        "Leakage: %u columns and orders, each alone against the label, learnt on one "
        "half and judged on the other; suspected from an %s of %g, leaving at most "
        "half as much unexplained as the next column and the model do. The same is asked in the rows that have "
        "a value, in groups and in stretches of time.",
        columns->len,
        analysis->outcome->truth != NULL ? "AUC" : "R²",
        LEAKAGE_STRONG);
    return TRUE;
}

const ErrataAnalyzer errata_analyzer_leakage = {
    .id = "leakage",
    .why_not = leakage_why_not,
    .run = leakage_run,
};
