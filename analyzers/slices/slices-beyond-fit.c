/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A label fitted by its score and by the numbers that tell it beyond that: those of which a
 * straight line tells more than any step does, in early rows as in late ones. */
#include "slices-beyond-fit.h"

#include <math.h>
#include <string.h>

#include "parallel.h"
#include "slices-offset.h"
#include "sort.h"

#define FIT_ROWS    20000 /* of the discovery half that are fitted */
#define FIT_CELLS   4e6   /* fewer, where there are many columns */
#define FIT_EVENTS  50.0  /* rows of the rarer class that a column needs */
#define FIT_PART    0.10  /* of the spread of residuals, that a column must tell */
#define FIT_ALIKE   0.5   /* of its early coefficient, that the late one must be */
#define FIT_STEPS   15    /* places of a step */
#define FIT_CLIPPED 0.005 /* of the residuals at either end */
#define FIT_ROUNDS  4

typedef struct {
    guint column;
    double statistic;
} FitRank;

/* what the score alone may mean, whatever its shape */
static void
fit_base(const SlicesBeyondFit *self, gsize frame_row, double *ret_base)
{
    double said = self->by[frame_row];
    double normal, level;

    if (isnan(said))
        said = self->middle;
    normal = errata_normal_scale_of(&self->said, said);
    level = self->table->real ? CLAMP((said - self->middle) / self->spread, -5.0, 5.0)
                              : CLAMP(log((said + 1e-4) / (1.0 - said + 1e-4)), -8.0, 8.0) / 2.0;
    ret_base[0] = 1.0;
    ret_base[1] = level;
    ret_base[2] = normal;
    ret_base[3] = normal * normal - 1.0;
    ret_base[4] = normal * normal * normal;
}

static gboolean
fit_is_number(const SlicesColumn *column)
{
    return column->bin->numeric && column->bin->derived == NULL && column->word == NULL &&
           column->raw->type != ERRATA_COLUMN_TIME && column->bin->n_codes > 2;
}

/**
 * errata_slices_beyond_fit_label:
 * @self: a fit
 * @row: of the frame
 *
 * Returns: 1 where the label is its class, else 0; of numbers, label less prediction
 */
double
errata_slices_beyond_fit_label(const SlicesBeyondFit *self, guint32 row)
{
    const ErrataOutcome *outcome = self->table->analysis->outcome;

    if (self->table->real)
        return outcome->truth_value[row] - outcome->predicted_value[row];
    return outcome->truth[row] == self->class ? 1.0 : 0.0;
}

/* rows far off would decide alone */
static void
fit_clip(double *y, gsize n)
{
    g_autofree double *sorted = g_memdup2(y, n * sizeof(double));
    double lo, hi;

    errata_sort_values(sorted, n);
    lo = sorted[(gsize)(FIT_CLIPPED * (double)n)];
    hi = sorted[(gsize)((1.0 - FIT_CLIPPED) * (double)n)];
    for (gsize i = 0; i < n; i++)
        y[i] = CLAMP(y[i], lo, hi);
}

/* early and late rows, as many of each */
static void
fit_part_by_time(SlicesBeyondFit *self)
{
    const ErrataOutcome *outcome = self->table->analysis->outcome;
    g_autofree guint8 *taken = g_new0(guint8, MAX(outcome->n_rows, 1));
    g_autofree guint32 *at = g_new(guint32, MAX(outcome->n_rows, 1));
    gsize n = 0;

    self->early = g_new(guint32, self->n);
    self->late = g_new(guint32, self->n);
    for (gsize i = 0; i < self->n; i++) {
        taken[self->row[i]] = 1;
        at[self->row[i]] = (guint32)i;
    }
    for (gsize k = 0; k < outcome->n_rows; k++) {
        guint32 row = outcome->order != NULL ? outcome->order[k] : (guint32)k;

        if (taken[row] == 0)
            continue;
        if (n++ < self->n / 2)
            self->early[self->n_early++] = at[row];
        else
            self->late[self->n_late++] = at[row];
    }
}

/**
 * errata_slices_beyond_fit_gather:
 * @self: with its table, class and scores
 *
 * Gathers the rows that are fitted: at most 20,000 of the discovery half, evenly.
 */
void
errata_slices_beyond_fit_gather(SlicesBeyondFit *self)
{
    const SlicesHalf *half = &self->table->discovery;
    gsize most = (gsize)CLAMP(FIT_CELLS / MAX((double)self->table->n_columns, 1.0),
                              SLICES_BEYOND_LEAST,
                              FIT_ROWS);
    g_autofree double *said = NULL;
    double square = 0.0;

    self->n = MIN(half->n_rows, most);
    self->row = g_new(guint32, self->n);
    self->y = g_new(double, self->n);
    said = g_new(double, self->n);
    for (gsize i = 0; i < self->n; i++) {
        self->row[i] = half->row[(gsize)((guint64)i * half->n_rows / self->n)];
        self->y[i] = errata_slices_beyond_fit_label(self, self->row[i]);
        said[i] = self->by[self->row[i]];
    }
    if (self->table->real)
        fit_clip(self->y, self->n);
    errata_normal_scale_learn(&self->said, said, self->n);
    self->middle = self->said.n > 0 ? self->said.value[self->said.n / 2] : 0.0;
    for (gsize i = 0; i < self->n; i++)
        square += isnan(said[i]) ? 0.0 : (said[i] - self->middle) * (said[i] - self->middle);
    self->spread = MAX(sqrt(square / (double)self->n), 1e-12);
    for (guint k = 0; k < SLICES_BEYOND_BASE; k++)
        self->base[k] = g_new(double, self->n);
    for (gsize i = 0; i < self->n; i++) {
        double base[SLICES_BEYOND_BASE];

        fit_base(self, self->row[i], base);
        for (guint k = 0; k < SLICES_BEYOND_BASE; k++)
            self->base[k][i] = base[k];
    }
    fit_part_by_time(self);
}

/**
 * errata_slices_beyond_fit_terms:
 * @self: rows gathered
 * @without: a column of its set that is left out; %G_MAXUINT for none
 *
 * Returns: the score's terms and those of the columns, which @self owns, to be fitted
 */
ErrataSideTerms
errata_slices_beyond_fit_terms(const SlicesBeyondFit *self, guint without)
{
    ErrataSideTerms terms = {.n = self->n, .y = self->y, .real = self->table->real};

    for (guint k = 0; k < SLICES_BEYOND_BASE; k++)
        terms.x[terms.p++] = self->base[k];
    for (guint k = 0; k < self->set.n; k++)
        if (k != without)
            terms.x[terms.p++] = self->set.term[k];
    return terms;
}

static int
fit_compare_cb(gconstpointer a, gconstpointer b)
{
    const FitRank *x = a;
    const FitRank *y = b;

    if (x->statistic > y->statistic || x->statistic < y->statistic)
        return x->statistic > y->statistic ? -1 : 1;
    return (x->column > y->column) - (x->column < y->column);
}

/* normal scores of a column in the rows fitted */
static double *
fit_column(const SlicesBeyondFit *self, guint column, ErrataNormalScale *ret_scale)
{
    double *value;

    if (self->known != NULL && self->known[column].term != NULL) {
        *ret_scale = self->known[column].scale;
        return g_memdup2(self->known[column].term, self->n * sizeof(double));
    }
    value = g_new(double, self->n);
    errata_slices_table_numbers(self->table, column, self->row, self->n, value);
    errata_normal_scale_learn(ret_scale, value, self->n);
    for (gsize i = 0; i < self->n; i++)
        value[i] = errata_normal_scale_of(ret_scale, value[i]);
    return value;
}

typedef struct {
    const SlicesBeyondFit *fit;
    SlicesBeyondNormal *known;
} FitKnow;

static void
fit_know_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    FitKnow *work = data;

    for (gsize c = begin; c < end; c++)
        if (fit_is_number(&work->fit->table->columns[c]))
            work->known[c].term = fit_column(work->fit, (guint)c, &work->known[c].scale);
}

/**
 * errata_slices_beyond_fit_know:
 * @self: rows gathered
 *
 * Returns: (transfer full) (array): the normal scores of all numbers of its table, for itself and
 *   for other fits of the same rows
 */
SlicesBeyondNormal *
errata_slices_beyond_fit_know(const SlicesBeyondFit *self)
{
    FitKnow work = {self, g_new0(SlicesBeyondNormal, MAX(self->table->n_columns, 1))};

    errata_parallel_for(self->table->n_columns, 1, fit_know_cb, &work);
    return work.known;
}

/**
 * errata_slices_beyond_fit_choose:
 * @self: rows gathered
 * @known: fitted terms
 * @most: columns at most
 * @ret_set: (inout): empty; gets the columns that tell most of what is fitted besides @known, one
 *   by one
 *
 * Complexity: rows × columns.
 */
void
errata_slices_beyond_fit_choose(const SlicesBeyondFit *self,
                                const ErrataSideTerms *known,
                                guint most,
                                SlicesBeyondSet *ret_set)
{
    guint n_columns = self->table->n_columns;
    g_autofree FitRank *rank = g_new0(FitRank, MAX(n_columns, 1));
    g_autoptr(ErrataSideTest) test = errata_side_test_new(known);
    guint n = 0;

    for (guint c = 0; c < n_columns; c++) {
        ErrataNormalScale scale;
        g_autofree double *term = NULL;

        if (!fit_is_number(&self->table->columns[c]))
            continue;
        term = fit_column(self, c, &scale);
        rank[n++] = (FitRank){c, errata_side_test_statistic(test, term)};
    }
    qsort(rank, n, sizeof(*rank), fit_compare_cb);
    for (guint k = 0; k < MIN(n, most); k++) {
        if (rank[k].statistic < self->sure * self->sure)
            break;
        ret_set->column[k] = rank[k].column;
        ret_set->term[k] = fit_column(self, rank[k].column, &ret_set->scale[k]);
        ret_set->n++;
    }
}

/* columns that the rarer of both labels has rows enough for */
static guint
fit_most(const SlicesBeyondFit *self)
{
    double n_ones = 0.0;

    if (self->table->real)
        return SLICES_BEYOND_MAX;
    for (gsize i = 0; i < self->n; i++)
        n_ones += self->y[i];
    return (guint)MIN(MIN(n_ones, (double)self->n - n_ones) / FIT_EVENTS, SLICES_BEYOND_MAX);
}

static void
fit_choose_beyond(SlicesBeyondFit *self)
{
    ErrataSideTerms score = errata_slices_beyond_fit_terms(self, G_MAXUINT);

    errata_side_terms_fit(&score);
    errata_slices_beyond_fit_choose(self, &score, fit_most(self), &self->set);
}

/**
 * errata_slices_beyond_fit_add:
 * @self: rows gathered
 * @column: of the table, a number
 *
 * Takes a column into its set, unless it is there, or the rarer label has too few rows for it.
 */
void
errata_slices_beyond_fit_add(SlicesBeyondFit *self, guint column)
{
    SlicesBeyondSet *set = &self->set;

    for (guint k = 0; k < set->n; k++)
        if (set->column[k] == column)
            return;
    if (set->n >= fit_most(self))
        return;
    set->column[set->n] = column;
    set->term[set->n] = fit_column(self, column, &set->scale[set->n]);
    set->n++;
}

/**
 * errata_slices_beyond_fit_drop:
 * @self: a fit
 * @k: the column of its set that is left out from then on
 */
void
errata_slices_beyond_fit_drop(SlicesBeyondFit *self, guint k)
{
    g_free(self->set.term[k]);
    for (guint i = k; i + 1 < self->set.n; i++) {
        self->set.term[i] = self->set.term[i + 1];
        self->set.column[i] = self->set.column[i + 1];
        self->set.scale[i] = self->set.scale[i + 1];
    }
    self->set.term[--self->set.n] = NULL;
}

static double
fit_least(const SlicesBeyondFit *self)
{
    double sum = 0.0, square = 0.0;

    if (!self->table->real)
        return self->effect;
    for (gsize i = 0; i < self->n; i++) {
        sum += self->y[i];
        square += self->y[i] * self->y[i];
    }
    sum /= (double)self->n;
    return FIT_PART * sqrt(MAX(square / (double)self->n - sum * sum, 0.0));
}

/* leaves the columns whose effect besides the others is surely of some size */
static void
fit_prune(SlicesBeyondFit *self)
{
    double least = fit_least(self);

    for (guint round = 0; round < FIT_ROUNDS && self->set.n > 0; round++) {
        ErrataSideTerms terms = errata_slices_beyond_fit_terms(self, G_MAXUINT);
        guint n = self->set.n;

        errata_side_terms_fit(&terms);
        for (guint k = n; k-- > 0;) {
            double beta = fabs(terms.beta[SLICES_BEYOND_BASE + k]);

            if (beta < least || beta < self->sure * terms.error[SLICES_BEYOND_BASE + k])
                errata_slices_beyond_fit_drop(self, k);
        }
        if (self->set.n == n)
            break;
    }
}

/* whether a line tells more than a step at any place, or than any group of another column: either
 * would be a group of its own */
static gboolean
fit_is_even(const SlicesBeyondFit *self, guint k)
{
    ErrataSideTerms others = errata_slices_beyond_fit_terms(self, k);
    g_autoptr(ErrataSideTest) test = NULL;
    g_autofree double *step = g_new(double, self->n);
    SlicesOffset group;
    double best;

    errata_side_terms_fit(&others);
    best = errata_slices_offset_best(self->table, self->row, &others, &group);
    test = errata_side_test_new(&others);
    for (guint s = 1; s <= FIT_STEPS; s++) {
        double p = (double)s / (FIT_STEPS + 1.0);
        double edge = errata_normal_scale_quantile(p);

        for (gsize i = 0; i < self->n; i++)
            step[i] = self->set.term[k][i] >= edge ? 1.0 : 0.0;
        best = MAX(best, errata_side_test_statistic(test, step));
    }
    return errata_side_test_statistic(test, self->set.term[k]) >= self->even * best;
}

/* coefficients by early and by late rows: what has changed is for other analyzers to tell */
static void
fit_drop_changed(SlicesBeyondFit *self)
{
    ErrataSideTerms early = errata_slices_beyond_fit_terms(self, G_MAXUINT);
    ErrataSideTerms late = errata_slices_beyond_fit_terms(self, G_MAXUINT);

    early.row = self->early;
    early.n_rows = self->n_early;
    late.row = self->late;
    late.n_rows = self->n_late;
    errata_side_terms_fit(&early);
    errata_side_terms_fit(&late);
    for (guint k = self->set.n; k-- > 0;) {
        double a = early.beta[SLICES_BEYOND_BASE + k], b = late.beta[SLICES_BEYOND_BASE + k];

        if (!(a * b > 0.0) || MIN(fabs(a), fabs(b)) < FIT_ALIKE * MAX(fabs(a), fabs(b)))
            errata_slices_beyond_fit_drop(self, k);
    }
}

/**
 * errata_slices_beyond_fit_say:
 * @self: a fit
 * @terms: fitted terms of the score and of its columns
 * @score: fitted terms of the score alone
 * @row: (array length=n): rows of the frame
 * @n: how many
 * @normal: per column of its set the normal scores of these rows
 * @ret_better: (out caller-allocates) (array length=n): what the first say of each row: the
 *   probability of the class, or what the label is beyond the prediction
 * @ret_alone: (out caller-allocates) (array length=n): what the second say
 */
void
errata_slices_beyond_fit_say(const SlicesBeyondFit *self,
                             const ErrataSideTerms *terms,
                             const ErrataSideTerms *score,
                             const guint32 *row,
                             gsize n,
                             const double *const *normal,
                             double *ret_better,
                             double *ret_alone)
{
    for (gsize i = 0; i < n; i++) {
        double base[SLICES_BEYOND_BASE];

        fit_base(self, row[i], base);
        ret_better[i] = ret_alone[i] = 0.0;
        for (guint k = 0; k < SLICES_BEYOND_BASE; k++) {
            ret_better[i] += terms->beta[k] * base[k];
            ret_alone[i] += score->beta[k] * base[k];
        }
    }
    for (guint k = 0; k < self->set.n; k++)
        for (gsize i = 0; i < n; i++)
            ret_better[i] += terms->beta[SLICES_BEYOND_BASE + k] * normal[k][i];
    for (gsize i = 0; i < n && !self->table->real; i++) {
        ret_better[i] = 1.0 / (1.0 + exp(-ret_better[i]));
        ret_alone[i] = 1.0 / (1.0 + exp(-ret_alone[i]));
    }
}

/**
 * errata_slices_beyond_fit_normals:
 * @self: a fit
 * @k: a column of its set
 * @row: (array length=n): rows of the frame
 * @n: how many
 * @ret_normal: (out caller-allocates) (array length=n): their normal scores
 */
void
errata_slices_beyond_fit_normals(const SlicesBeyondFit *self,
                                 guint k,
                                 const guint32 *row,
                                 gsize n,
                                 double *ret_normal)
{
    errata_slices_table_numbers(self->table, self->set.column[k], row, n, ret_normal);
    for (gsize i = 0; i < n; i++)
        ret_normal[i] = errata_normal_scale_of(&self->set.scale[k], ret_normal[i]);
}

/**
 * errata_slices_beyond_fit_predict:
 * @self: a fit
 * @half: rows of its table
 * @terms: fitted terms of the score and of its columns
 * @score: fitted terms of the score alone
 * @ret_better: (out caller-allocates) (array length=half->n_rows): as of
 *   errata_slices_beyond_fit_say()
 * @ret_alone: (out caller-allocates) (array length=half->n_rows): likewise
 */
void
errata_slices_beyond_fit_predict(const SlicesBeyondFit *self,
                                 const SlicesHalf *half,
                                 const ErrataSideTerms *terms,
                                 const ErrataSideTerms *score,
                                 double *ret_better,
                                 double *ret_alone)
{
    g_autofree double *value = g_new(double, SLICES_BEYOND_MAX *SLICES_BEYOND_BLOCK);
    const double *normal[SLICES_BEYOND_MAX];

    for (gsize begin = 0; begin < half->n_rows; begin += SLICES_BEYOND_BLOCK) {
        gsize n = MIN(SLICES_BEYOND_BLOCK, half->n_rows - begin);
        const guint32 *row = half->row + begin;

        for (guint k = 0; k < self->set.n; k++) {
            double *own = value + k * SLICES_BEYOND_BLOCK;

            errata_slices_beyond_fit_normals(self, k, row, n, own);
            normal[k] = own;
        }
        errata_slices_beyond_fit_say(self,
                                     terms,
                                     score,
                                     row,
                                     n,
                                     normal,
                                     ret_better + begin,
                                     ret_alone + begin);
    }
}

/**
 * errata_slices_beyond_fit_columns:
 * @self: rows gathered
 *
 * Finds the columns that tell beyond the score, evenly from one end to the other, and all the time.
 * Complexity: 20,000 rows × columns.
 */
void
errata_slices_beyond_fit_columns(SlicesBeyondFit *self)
{
    fit_choose_beyond(self);
    fit_prune(self);
    if (self->set.n > 0)
        fit_drop_changed(self);
    for (guint k = self->set.n; k-- > 0;)
        if (!fit_is_even(self, k))
            errata_slices_beyond_fit_drop(self, k);
    fit_prune(self);
}

void
errata_slices_beyond_fit_clear(SlicesBeyondFit *self)
{
    g_free(self->row);
    g_free(self->y);
    g_free(self->early);
    g_free(self->late);
    for (guint k = 0; k < SLICES_BEYOND_BASE; k++)
        g_free(self->base[k]);
    for (guint k = 0; k < SLICES_BEYOND_MAX; k++) {
        g_free(self->set.term[k]);
        g_free(self->made.term[k]);
    }
}
