/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A third witness of changed labels, for those that the first two accuse. A logged score that is
 * noisy or over-confident, or that stands for two models in turn, has a floor of its own: rows of
 * which it is sure and wrong. So the logged score is recalibrated together with the features: a
 * logistic index of both, fitted by expectation maximisation for labels of which some are changed
 * (Natarajan et al. 2013), has a floor only where what features and score say together is
 * contradicted as well. And changed labels are those that no feature tells: among rows that the
 * index is sure of, those that the trees are surest of must be contradicted as often, beyond what
 * the index expects. */
#include <math.h>
#include <string.h>

#include "label-issues.h"
#include "sort.h"

#define INDEX_ROWS       20000 /* fitted on, evenly spread */
#define INDEX_TERMS      48    /* at most */
#define INDEX_CATEGORIES 8     /* codes of a column that get a term */
#define INDEX_ROUNDS     12    /* of Newton */
#define INDEX_AGAIN      4     /* likewise, when refitted */
#define INDEX_EM         6     /* refits to the labels that are likely true */
#define INDEX_RIDGE      1e-5  /* per row */
#define INDEX_LIMIT      4.0   /* standard deviations */
#define INDEX_LOGIT      10.0  /* log odds */
#define INDEX_SURE       0.05  /* doubt of a row that the index is sure of */
#define INDEX_LEAST      200   /* such rows */
#define INDEX_Z          1.96
#define INDEX_TINY       1e-9

typedef struct {
    guint n_terms;
    gsize n;
    guint32 *at;   /* places in the rows of the issues */
    float *x;      /* n × n_terms */
    guint8 *label; /* 1: given the second class of the pair */
    double *clean; /* probability of the second class if no label was changed */
    double beta[INDEX_TERMS];
} Index;

static void
index_free(Index *self)
{
    g_free(self->at);
    g_free(self->x);
    g_free(self->label);
    g_free(self->clean);
    g_free(self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Index, index_free)

/* rows given either class, as many as are fitted on */
static Index *
index_new(const ErrataLabelIssues *issues, const guint8 *use, gint32 from, gint32 to)
{
    Index *self = g_new0(Index, 1);
    gsize all = 0, seen = 0, step;

    for (gsize i = 0; i < issues->n; i++)
        all += use[i] != 0 && (issues->given[i] == from || issues->given[i] == to) ? 1 : 0;
    step = all / INDEX_ROWS + 1;
    self->at = g_new(guint32, all / step + 1);
    self->label = g_new(guint8, all / step + 1);
    self->clean = g_new(double, all / step + 1);
    self->x = g_new0(float, (all / step + 1) * INDEX_TERMS);
    for (gsize i = 0; i < issues->n; i++) {
        if (use[i] == 0 || (issues->given[i] != from && issues->given[i] != to) ||
            seen++ % step != 0)
            continue;
        self->label[self->n] = issues->given[i] == to ? 1 : 0;
        self->at[self->n++] = (guint32)i;
    }
    return self;
}

/* adds a term, brought to mean 0 and deviation 1, what is missing to 0; none where all are alike */
static void
index_standardise(Index *self, const double *value)
{
    double n = 0.0, mean = 0.0, square = 0.0, deviation;

    for (gsize i = 0; i < self->n; i++) {
        double delta = value[i] - mean;

        if (isfinite(value[i]) == 0)
            continue;
        n += 1.0;
        mean += delta / n;
        square += delta * (value[i] - mean);
    }
    deviation = sqrt(square / MAX(n, 1.0));
    if (!(deviation > 0.0) || isfinite(deviation) == 0)
        return;
    for (gsize i = 0; i < self->n; i++)
        self->x[i * INDEX_TERMS + self->n_terms] =
            isfinite(value[i]) != 0
                ? (float)CLAMP((value[i] - mean) / deviation, -INDEX_LIMIT, INDEX_LIMIT)
                : 0.0F;
    self->n_terms++;
}

/* a term per category but one */
static void
index_add_codes(Index *self, const ErrataLabelIssues *issues, const ErrataBinColumn *bin)
{
    guint n = MIN(bin->n_codes, INDEX_CATEGORIES);

    for (guint code = bin->n_missing > 0 ? 0 : 1; code < n && self->n_terms < INDEX_TERMS; code++) {
        for (gsize i = 0; i < self->n; i++)
            self->x[i * INDEX_TERMS + self->n_terms] = bin->code[issues->row[self->at[i]]] == code
                                                           ? 1.0F
                                                           : 0.0F;
        self->n_terms++;
    }
}

/* the terms: one, the log odds of the logged score and by the words, and the columns that teach */
static void
index_add_terms(Index *self,
                const ErrataLabelIssues *issues,
                const ErrataAnalysis *analysis,
                const ErrataBins *bins,
                const double *logged,
                guint from,
                guint to)
{
    g_autofree double *value = g_new(double, MAX(self->n, 1));

    for (gsize i = 0; i < self->n; i++) {
        double s = logged[self->at[i]];

        self->x[i * INDEX_TERMS] = 1.0F;
        value[i] =
            isnan(s)
                ? s
                : CLAMP(log((s + INDEX_TINY) / (1.0 - s + INDEX_TINY)), -INDEX_LOGIT, INDEX_LOGIT);
    }
    self->n_terms = 1;
    index_standardise(self, value);
    if (issues->words != NULL) {
        for (gsize i = 0; i < self->n; i++)
            value[i] = errata_label_issues_words_odds(issues, self->at[i], from, to);
        index_standardise(self, value);
    }
    for (guint c = 0; c < bins->n_columns && self->n_terms < INDEX_TERMS; c++) {
        const ErrataBinColumn *bin = &bins->columns[c];
        const ErrataColumn *column = analysis->frame->columns[bin->column];

        if (!errata_label_issues_teaches(issues, analysis, bin))
            continue;
        if (!bin->numeric) {
            index_add_codes(self, issues, bin);
            continue;
        }
        for (gsize i = 0; i < self->n; i++)
            value[i] = errata_column_number(column, issues->row[self->at[i]]);
        index_standardise(self, value);
    }
}

static void
index_predict(Index *self)
{
    for (gsize i = 0; i < self->n; i++) {
        const float *x = self->x + i * INDEX_TERMS;
        double eta = 0.0;

        for (guint j = 0; j < self->n_terms; j++)
            eta += self->beta[j] * (double)x[j];
        self->clean[i] = CLAMP(1.0 / (1.0 + exp(-eta)), INDEX_TINY, 1.0 - INDEX_TINY);
    }
}

/* solves the symmetric positive system of @n by elimination, in place */
static void
index_solve(double h[INDEX_TERMS][INDEX_TERMS], double *g, guint n)
{
    for (guint pivot = 0; pivot < n; pivot++)
        for (guint r = pivot + 1; r < n; r++) {
            double factor = h[r][pivot] / h[pivot][pivot];

            for (guint c = pivot; c < n; c++)
                h[r][c] -= factor * h[pivot][c];
            g[r] -= factor * g[pivot];
        }
    for (guint pivot = n; pivot-- > 0;) {
        for (guint c = pivot + 1; c < n; c++)
            g[pivot] -= h[pivot][c] * g[c];
        g[pivot] /= h[pivot][pivot];
    }
}

/* a Newton step of the logistic regression on @target */
static void
index_step(Index *self, const double *target)
{
    double h[INDEX_TERMS][INDEX_TERMS] = {{0.0}};
    double g[INDEX_TERMS] = {0.0};

    for (guint j = 0; j < self->n_terms; j++) {
        h[j][j] = INDEX_RIDGE * (double)self->n + INDEX_TINY;
        g[j] = j > 0 ? -h[j][j] * self->beta[j] : 0.0;
    }
    for (gsize i = 0; i < self->n; i++) {
        const float *x = self->x + i * INDEX_TERMS;
        double p = self->clean[i], weight = p * (1.0 - p), residual = target[i] - p;

        for (guint j = 0; j < self->n_terms; j++) {
            double part = weight * (double)x[j];

            g[j] += residual * (double)x[j];
            for (guint k = 0; k <= j; k++)
                h[j][k] += part * (double)x[k];
        }
    }
    for (guint j = 0; j < self->n_terms; j++)
        for (guint k = 0; k < j; k++)
            h[k][j] = h[j][k];
    index_solve(h, g, self->n_terms);
    for (guint j = 0; j < self->n_terms; j++)
        self->beta[j] += CLAMP(g[j], -1.0, 1.0);
    index_predict(self);
}

/* the labels as they are likely to be when given ones are changed at the rates @floor */
static void
index_expect(const Index *self, const ErrataNoiseFloor *floor, double *ret_target)
{
    for (gsize i = 0; i < self->n; i++) {
        double c = self->clean[i];
        double one = c * (1.0 - floor->out), zero = c * floor->out;

        ret_target[i] = self->label[i] != 0
                            ? one / MAX(one + (1.0 - c) * floor->in, INDEX_TINY)
                            : zero / MAX(zero + (1.0 - c) * (1.0 - floor->in), INDEX_TINY);
    }
}

static ErrataNoiseFloor
index_fit(Index *self)
{
    g_autofree double *target = g_new(double, MAX(self->n, 1));
    ErrataNoiseFloor floor = {0.0, 0.0, (double)NAN, 1.0};

    index_predict(self);
    for (guint em = 0; em <= INDEX_EM; em++) {
        index_expect(self, &floor, target);
        for (guint round = 0; round < (em == 0 ? INDEX_ROUNDS : INDEX_AGAIN); round++) {
            index_step(self, target);
            index_expect(self, &floor, target);
        }
        floor = errata_noise_floor_fit(self->clean, self->label, self->n);
    }
    return floor;
}

/* of the rows that the index is sure are of the first class, the half that the trees are surest of:
 * how often they are given the second beyond what the index expects */
static ErrataLabelRate
index_agreed(const Index *self, const ErrataLabelIssues *issues, guint from, guint to)
{
    g_autofree double *value = g_new(double, MAX(self->n, 1));
    g_autofree guint32 *index = g_new(guint32, MAX(self->n, 1));
    g_autofree guint32 *order = g_new(guint32, MAX(self->n, 1));
    double hits = 0.0, expected = 0.0, rate, error;
    gsize n = 0;

    for (gsize i = 0; i < self->n; i++) {
        const double *p = issues->probability + (gsize)self->at[i] * issues->n_classes;

        if (self->clean[i] >= INDEX_SURE)
            continue;
        value[n] = p[to] / MAX(p[to] + p[from], 1e-300);
        index[n++] = (guint32)i;
    }
    errata_sort_payload(value, index, n, NULL, order);
    n /= 2;
    if (n < INDEX_LEAST)
        return (ErrataLabelRate){0.0, 0.0, 0.0};
    for (gsize k = 0; k < n; k++) {
        hits += self->label[order[k]];
        expected += self->clean[order[k]];
    }
    rate = MAX(hits - expected, 0.0) / (double)n;
    error = sqrt(MAX(hits, 1.0)) / (double)n;
    return (ErrataLabelRate){rate, error * error, MAX(rate - INDEX_Z * error, 0.0)};
}

/**
 * errata_label_issues_index:
 * @issues: rows with probabilities out of fold from the features
 * @analysis: the log
 * @bins: its columns, coded
 * @use: per row of @issues: 1 for those to look at
 * @logged: per row of @issues: logged probability of @to, of the two classes; NaN where missing
 * @from: a class
 * @to: another
 *
 * Fits P(given @to) = in·(1 − c) + (1 − out)·c with c = σ(β·x), x the log odds of the logged score
 * and the columns, by expectation maximisation. O(n·t²) for t ≤ 48 terms on at most 20,000 rows.
 *
 * Returns: the floor of that index, its p uncorrected; and in @ret_agreed the rate among the rows
 * that
 *   both it and the trees are sure of, 0 where there are too few or too few go against them
 */
ErrataNoiseFloor
errata_label_issues_index(const ErrataLabelIssues *issues,
                          const ErrataAnalysis *analysis,
                          const ErrataBins *bins,
                          const guint8 *use,
                          const double *logged,
                          guint from,
                          guint to,
                          ErrataLabelRate *ret_agreed)
{
    g_autoptr(Index) self = index_new(issues, use, (gint32)from, (gint32)to);
    ErrataNoiseFloor floor;

    index_add_terms(self, issues, analysis, bins, logged, from, to);
    floor = index_fit(self);
    *ret_agreed = index_agreed(self, issues, from, to);
    return floor;
}
