/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What columns tell of the label beyond the score. A score that is noisy, or made of too few
 * columns, errs over the whole range of those it makes too little of: more the farther from the
 * middle. That is one fault of the model, not as many slices as there are ranges. So numbers are
 * fitted beside the score, and where a straight line tells more than any step does, in early rows
 * as in late ones, it is part of what is expected. */
#include "slices-beyond.h"

#include <math.h>
#include <string.h>

#include "normal-scale.h"
#include "side-terms.h"
#include "slices-offset.h"
#include "sort.h"

#define BEYOND_ROWS     20000 /* of the discovery half that are fitted */
#define BEYOND_CELLS    4e6   /* fewer, where there are many columns … */
#define BEYOND_LEAST    1000  /* … but not fewer than this */
#define BEYOND_EVENTS   50.0  /* rows of the rarer class that a column needs */
#define BEYOND_BLOCK    1024  /* rows at a time */
#define BEYOND_BASE     5     /* terms of the score */
#define BEYOND_SURE     6.0   /* standard errors that a coefficient must be */
#define BEYOND_EFFECT   0.25  /* log-odds per standard deviation of a column … */
#define BEYOND_PART     0.10  /* … or of the spread of residuals */
#define BEYOND_ALIKE    0.5   /* of its early coefficient, that the late one must be */
#define BEYOND_STEPS    15    /* places of a step */
#define BEYOND_EVEN     1.15  /* times as much as by the best step, that a line must tell */
#define BEYOND_APART    0.5  /* of the spread of predictions, that those of a group lie apart … */
#define BEYOND_CLOSER   0.5  /* … and so much less without its offset */
#define BEYOND_GAIN     0.04 /* of the loss by the score alone, that columns must save … */
#define BEYOND_FEW      0.10 /* … of the rows at either end, without which … */
#define BEYOND_USUAL    0.65 /* … so much of it must be saved */
#define BEYOND_TOLD     0.05 /* of the errors, or of their size, that predictions by it must save … */
#define BEYOND_SURELY   4.0   /* … by so many standard errors */
#define BEYOND_SQUARES  2.0   /* standard errors that squares must surely save */
#define BEYOND_CLIPPED  0.005 /* of the residuals at either end */
#define BEYOND_ROUNDS   4
#define BEYOND_FORESEEN 4 /* terms of the score as its columns make it */

/* some columns, with their normal scores in the rows fitted */
typedef struct {
    guint n;
    guint column[SLICES_BEYOND_MAX];
    ErrataNormalScale scale[SLICES_BEYOND_MAX];
    double *term[SLICES_BEYOND_MAX];
} BeyondSet;

typedef struct {
    const SlicesTable *table;
    gboolean real;
    gsize n;      /* rows fitted */
    guint32 *row; /* their rows in the frame */
    double *y;
    guint32 *early; /* rows of the fit */
    guint32 *late;
    gsize n_early;
    gsize n_late;
    ErrataNormalScale said; /* of scores */
    double middle, spread;
    double *base[BEYOND_BASE];
    BeyondSet set;  /* what tells beyond the score */
    BeyondSet made; /* what the score is made of */
    SlicesOffset offset;
} Beyond;

static void
beyond_clear(Beyond *self)
{
    g_free(self->row);
    g_free(self->y);
    g_free(self->early);
    g_free(self->late);
    for (guint k = 0; k < BEYOND_BASE; k++)
        g_free(self->base[k]);
    for (guint k = 0; k < SLICES_BEYOND_MAX; k++) {
        g_free(self->set.term[k]);
        g_free(self->made.term[k]);
    }
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Beyond, beyond_clear)

static const double *
beyond_said(const SlicesTable *table)
{
    const ErrataOutcome *outcome = table->analysis->outcome;

    return table->real ? outcome->predicted_value : outcome->score;
}

/* what the score alone may mean, whatever its shape */
static void
beyond_base(const Beyond *self, gsize frame_row, double *ret_base)
{
    double said = beyond_said(self->table)[frame_row];
    double normal, level;

    if (isnan(said))
        said = self->middle;
    normal = errata_normal_scale_of(&self->said, said);
    level = self->real ? CLAMP((said - self->middle) / self->spread, -5.0, 5.0)
                       : CLAMP(log((said + 1e-4) / (1.0 - said + 1e-4)), -8.0, 8.0) / 2.0;
    ret_base[0] = 1.0;
    ret_base[1] = level;
    ret_base[2] = normal;
    ret_base[3] = normal * normal - 1.0;
    ret_base[4] = normal * normal * normal;
}

/* whether any two labels of numbers differ: what is the same everywhere is foretold by anything
 * that is, too */
static gboolean
beyond_has_labels(const SlicesTable *table)
{
    const double *truth = table->analysis->outcome->truth_value;
    const SlicesHalf *half = &table->discovery;

    for (gsize i = 1; truth != NULL && i < half->n_rows; i++)
        if (fabs(truth[half->row[i]] - truth[half->row[0]]) > 0.0)
            return TRUE;
    return FALSE;
}

static gboolean
beyond_can(const SlicesTable *table)
{
    const ErrataOutcome *outcome = table->analysis->outcome;

    if (table->exploratory || table->discovery.n_rows < BEYOND_LEAST || beyond_said(table) == NULL)
        return FALSE;
    return table->real ? beyond_has_labels(table)
                       : outcome->task == ERRATA_TASK_BINARY && outcome->positive >= 0 &&
                             outcome->truth != NULL;
}

static gboolean
beyond_is_number(const SlicesColumn *column)
{
    return column->bin->numeric && column->bin->derived == NULL && column->word == NULL &&
           column->raw->type != ERRATA_COLUMN_TIME && column->bin->n_codes > 2;
}

static double
beyond_label(const SlicesTable *table, guint32 row)
{
    const ErrataOutcome *outcome = table->analysis->outcome;

    if (table->real)
        return outcome->truth_value[row] - outcome->predicted_value[row];
    return outcome->truth[row] == outcome->positive ? 1.0 : 0.0;
}

/* rows far off would decide alone */
static void
beyond_clip(double *y, gsize n)
{
    g_autofree double *sorted = g_memdup2(y, n * sizeof(double));
    double lo, hi;

    errata_sort_values(sorted, n);
    lo = sorted[(gsize)(BEYOND_CLIPPED * (double)n)];
    hi = sorted[(gsize)((1.0 - BEYOND_CLIPPED) * (double)n)];
    for (gsize i = 0; i < n; i++)
        y[i] = CLAMP(y[i], lo, hi);
}

/* early and late rows, as many of each */
static void
beyond_part_by_time(Beyond *self)
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

static void
beyond_gather(Beyond *self)
{
    const SlicesHalf *half = &self->table->discovery;
    gsize most = (gsize)CLAMP(BEYOND_CELLS / MAX((double)self->table->n_columns, 1.0),
                              BEYOND_LEAST,
                              BEYOND_ROWS);
    g_autofree double *said = NULL;
    double square = 0.0;

    self->n = MIN(half->n_rows, most);
    self->row = g_new(guint32, self->n);
    self->y = g_new(double, self->n);
    said = g_new(double, self->n);
    for (gsize i = 0; i < self->n; i++) {
        self->row[i] = half->row[(gsize)((guint64)i * half->n_rows / self->n)];
        self->y[i] = beyond_label(self->table, self->row[i]);
        said[i] = beyond_said(self->table)[self->row[i]];
    }
    if (self->real)
        beyond_clip(self->y, self->n);
    errata_normal_scale_learn(&self->said, said, self->n);
    self->middle = self->said.n > 0 ? self->said.value[self->said.n / 2] : 0.0;
    for (gsize i = 0; i < self->n; i++)
        square += isnan(said[i]) ? 0.0 : (said[i] - self->middle) * (said[i] - self->middle);
    self->spread = MAX(sqrt(square / (double)self->n), 1e-12);
    for (guint k = 0; k < BEYOND_BASE; k++)
        self->base[k] = g_new(double, self->n);
    for (gsize i = 0; i < self->n; i++) {
        double base[BEYOND_BASE];

        beyond_base(self, self->row[i], base);
        for (guint k = 0; k < BEYOND_BASE; k++)
            self->base[k][i] = base[k];
    }
    beyond_part_by_time(self);
}

/* the score's terms, and those of columns but @without */
static ErrataSideTerms
beyond_terms(const Beyond *self, guint without)
{
    ErrataSideTerms terms = {.n = self->n, .y = self->y, .real = self->real};

    for (guint k = 0; k < BEYOND_BASE; k++)
        terms.x[terms.p++] = self->base[k];
    for (guint k = 0; k < self->set.n; k++)
        if (k != without)
            terms.x[terms.p++] = self->set.term[k];
    return terms;
}

typedef struct {
    guint column;
    double statistic;
} BeyondRank;

static int
beyond_compare_cb(gconstpointer a, gconstpointer b)
{
    const BeyondRank *x = a;
    const BeyondRank *y = b;

    if (x->statistic > y->statistic || x->statistic < y->statistic)
        return x->statistic > y->statistic ? -1 : 1;
    return (x->column > y->column) - (x->column < y->column);
}

/* normal scores of a column in the rows fitted */
static double *
beyond_column(const Beyond *self, guint column, ErrataNormalScale *ret_scale)
{
    double *value = g_new(double, self->n);

    errata_slices_table_numbers(self->table, column, self->row, self->n, value);
    errata_normal_scale_learn(ret_scale, value, self->n);
    for (gsize i = 0; i < self->n; i++)
        value[i] = errata_normal_scale_of(ret_scale, value[i]);
    return value;
}

/* the columns that tell most of what is fitted besides @known, one by one */
static void
beyond_choose(const Beyond *self, const ErrataSideTerms *known, guint most, BeyondSet *ret_set)
{
    guint n_columns = self->table->n_columns;
    g_autofree BeyondRank *rank = g_new0(BeyondRank, MAX(n_columns, 1));
    g_autoptr(ErrataSideTest) test = errata_side_test_new(known);
    guint n = 0;

    for (guint c = 0; c < n_columns; c++) {
        ErrataNormalScale scale;
        g_autofree double *term = NULL;

        if (!beyond_is_number(&self->table->columns[c]))
            continue;
        term = beyond_column(self, c, &scale);
        rank[n++] = (BeyondRank){c, errata_side_test_statistic(test, term)};
    }
    qsort(rank, n, sizeof(*rank), beyond_compare_cb);
    for (guint k = 0; k < MIN(n, most); k++) {
        if (rank[k].statistic < BEYOND_SURE * BEYOND_SURE)
            break;
        ret_set->column[k] = rank[k].column;
        ret_set->term[k] = beyond_column(self, rank[k].column, &ret_set->scale[k]);
        ret_set->n++;
    }
}

static void
beyond_choose_beyond(Beyond *self)
{
    ErrataSideTerms score = beyond_terms(self, G_MAXUINT);
    double n_ones = 0.0;
    guint most = SLICES_BEYOND_MAX;

    for (gsize i = 0; i < self->n; i++)
        n_ones += self->y[i];
    if (!self->real)
        most = (guint)MIN(MIN(n_ones, (double)self->n - n_ones) / BEYOND_EVENTS, most);
    errata_side_terms_fit(&score);
    beyond_choose(self, &score, most, &self->set);
}

static void
beyond_drop(Beyond *self, guint k)
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
beyond_least(const Beyond *self)
{
    double sum = 0.0, square = 0.0;

    if (!self->real)
        return BEYOND_EFFECT;
    for (gsize i = 0; i < self->n; i++) {
        sum += self->y[i];
        square += self->y[i] * self->y[i];
    }
    sum /= (double)self->n;
    return BEYOND_PART * sqrt(MAX(square / (double)self->n - sum * sum, 0.0));
}

/* leaves the columns whose effect besides the others is surely of some size */
static void
beyond_prune(Beyond *self)
{
    double least = beyond_least(self);

    for (guint round = 0; round < BEYOND_ROUNDS && self->set.n > 0; round++) {
        ErrataSideTerms terms = beyond_terms(self, G_MAXUINT);
        guint n = self->set.n;

        errata_side_terms_fit(&terms);
        for (guint k = n; k-- > 0;) {
            double beta = fabs(terms.beta[BEYOND_BASE + k]);

            if (beta < least || beta < BEYOND_SURE * terms.error[BEYOND_BASE + k])
                beyond_drop(self, k);
        }
        if (self->set.n == n)
            break;
    }
}

/* the group by whose offset its predictions lie apart from all others */
static SlicesOffset
beyond_find_offset(const Beyond *self)
{
    ErrataSideTerms terms = beyond_terms(self, G_MAXUINT);
    SlicesOffset group = {.amount = 0.0};
    g_autofree double *term = NULL;
    double n[2] = {0.0, 0.0}, sum[2] = {0.0, 0.0};
    double apart;

    errata_side_terms_fit(&terms);
    if (errata_slices_offset_best(self->table, self->row, &terms, &group) <
        BEYOND_SURE * BEYOND_SURE)
        return (SlicesOffset){.amount = 0.0};
    terms.x[terms.p++] = term = errata_slices_offset_term(self->table, &group, self->row, self->n);
    errata_side_terms_fit(&terms);
    group.amount = -terms.beta[BEYOND_BASE];
    for (gsize i = 0; i < self->n; i++) {
        n[term[i] > 0.0] += 1.0;
        sum[term[i] > 0.0] += self->base[1][i];
    }
    apart = self->spread * (sum[1] / MAX(n[1], 1.0) - sum[0] / MAX(n[0], 1.0));
    if (fabs(apart) < BEYOND_APART * self->spread ||
        fabs(apart - group.amount) > BEYOND_CLOSER * fabs(apart))
        return (SlicesOffset){.amount = 0.0};
    return group;
}

/* whether a line tells more than a step at any place, or than any group of another column: either
 * would be a group of its own */
static gboolean
beyond_is_even(const Beyond *self, guint k)
{
    ErrataSideTerms others = beyond_terms(self, k);
    g_autoptr(ErrataSideTest) test = NULL;
    g_autofree double *step = g_new(double, self->n);
    SlicesOffset group;
    double best;

    errata_side_terms_fit(&others);
    best = errata_slices_offset_best(self->table, self->row, &others, &group);
    test = errata_side_test_new(&others);
    for (guint s = 1; s <= BEYOND_STEPS; s++) {
        double p = (double)s / (BEYOND_STEPS + 1.0);
        double edge = errata_normal_scale_quantile(p);

        for (gsize i = 0; i < self->n; i++)
            step[i] = self->set.term[k][i] >= edge ? 1.0 : 0.0;
        best = MAX(best, errata_side_test_statistic(test, step));
    }
    return errata_side_test_statistic(test, self->set.term[k]) >= BEYOND_EVEN * best;
}

/* coefficients by early and by late rows: what has changed is for other analyzers to tell */
static void
beyond_drop_changed(Beyond *self)
{
    ErrataSideTerms early = beyond_terms(self, G_MAXUINT);
    ErrataSideTerms late = beyond_terms(self, G_MAXUINT);

    early.row = self->early;
    early.n_rows = self->n_early;
    late.row = self->late;
    late.n_rows = self->n_late;
    errata_side_terms_fit(&early);
    errata_side_terms_fit(&late);
    for (guint k = self->set.n; k-- > 0;) {
        double a = early.beta[BEYOND_BASE + k], b = late.beta[BEYOND_BASE + k];

        if (!(a * b > 0.0) || MIN(fabs(a), fabs(b)) < BEYOND_ALIKE * MAX(fabs(a), fabs(b)))
            beyond_drop(self, k);
    }
}

/* what is said of the confirmation half by @terms, and by @score alone */
static void
beyond_predict(const Beyond *self,
               const ErrataSideTerms *terms,
               const ErrataSideTerms *score,
               double *ret_better,
               double *ret_alone)
{
    const SlicesHalf *half = &self->table->confirmation;
    double value[BEYOND_BLOCK];

    for (gsize begin = 0; begin < half->n_rows; begin += BEYOND_BLOCK) {
        gsize n = MIN(BEYOND_BLOCK, half->n_rows - begin);
        const guint32 *row = half->row + begin;
        double *better = ret_better + begin, *alone = ret_alone + begin;

        for (gsize i = 0; i < n; i++) {
            double base[BEYOND_BASE];

            beyond_base(self, row[i], base);
            better[i] = alone[i] = 0.0;
            for (guint k = 0; k < BEYOND_BASE; k++) {
                better[i] += terms->beta[k] * base[k];
                alone[i] += score->beta[k] * base[k];
            }
        }
        for (guint k = 0; k < self->set.n; k++) {
            errata_slices_table_numbers(self->table, self->set.column[k], row, n, value);
            for (gsize i = 0; i < n; i++)
                better[i] += terms->beta[BEYOND_BASE + k] *
                             errata_normal_scale_of(&self->set.scale[k], value[i]);
        }
        for (gsize i = 0; i < n && !self->real; i++) {
            better[i] = 1.0 / (1.0 + exp(-better[i]));
            alone[i] = 1.0 / (1.0 + exp(-alone[i]));
        }
    }
}

/* whether the score makes too much of a column: those that go with it go against the label */
static gboolean
beyond_is_overused(const Beyond *self, const ErrataSideTerms *terms, guint k)
{
    double cross = 0.0;

    for (gsize i = 0; i < self->n; i++)
        cross += self->base[2][i] * self->set.term[k][i];
    return cross / (double)self->n * terms->beta[BEYOND_BASE + k] < 0.0 &&
           fabs(cross) > 0.1 * (double)self->n;
}

static double
beyond_loss(const Beyond *self, double y, double said)
{
    if (self->real)
        return fabs(y - said);
    return y > 0.5 ? -log(MAX(said, 1e-12)) : -log(MAX(1.0 - said, 1e-12));
}

/* On the confirmation half: whether columns, or a curve where there are none, save enough of the
 * loss that is left by the score alone, and not only in some rows. Where the score of a group is
 * turned round, columns tell that, too: that is a slice. */
static gboolean
beyond_saves(const Beyond *self, const double *by_score, const SlicesBeyond *beyond)
{
    const SlicesHalf *half = &self->table->confirmation;
    g_autofree double *own = g_new(double, MAX(half->n_rows, 1));
    gsize few = (gsize)(BEYOND_FEW * (double)half->n_rows);
    double all = 0.0, gain = 0.0, square = 0.0, usual = 0.0;

    for (gsize i = 0; i < half->n_rows; i++) {
        double y = beyond_label(self->table, half->row[i]);
        double known = self->set.n > 0 ? by_score[i] : 0.0;
        double alone = beyond_loss(self, y, known);

        own[i] = alone - beyond_loss(self, y, beyond->better[i]);
        all += alone;
        gain += own[i];
        square += own[i] * own[i];
    }
    errata_sort_values(own, half->n_rows);
    for (gsize i = few; i + few < half->n_rows; i++)
        usual += own[i];
    return gain >= BEYOND_GAIN * all && gain >= BEYOND_SURE * sqrt(square) &&
           usual >= BEYOND_USUAL * gain;
}

/* the score from which as many rows are called positive as were */
static double
beyond_cut(const SlicesTable *table, const double *better)
{
    const ErrataOutcome *outcome = table->analysis->outcome;
    const SlicesHalf *half = &table->confirmation;
    g_autofree double *sorted = g_memdup2(better, half->n_rows * sizeof(double));
    gsize n_positive = 0;

    for (gsize i = 0; i < half->n_rows; i++)
        n_positive += outcome->predicted[half->row[i]] == outcome->positive ? 1 : 0;
    errata_sort_values(sorted, half->n_rows);
    return n_positive > 0 ? sorted[half->n_rows - n_positive] : 2.0;
}

static void
beyond_measure(const Beyond *self, SlicesBeyond *beyond)
{
    const ErrataOutcome *outcome = self->table->analysis->outcome;
    const SlicesHalf *half = &self->table->confirmation;
    double n = (double)half->n_rows;
    double cut = self->real ? 0.0 : beyond_cut(self->table, beyond->better);
    double was = 0.0, is = 0.0, square = 0.0;
    double saved = 0.0, saved_square = 0.0;

    for (gsize i = 0; i < half->n_rows; i++) {
        double y = beyond_label(self->table, half->row[i]);
        double less;
        double before = outcome->loss[half->row[i]];
        double after = self->real ? fabs(y - beyond->better[i])
                                  : ((beyond->better[i] >= cut) != (y > 0.5) ? 1.0 : 0.0);

        was += before;
        is += after;
        square += (before - after) * (before - after);
        less = self->real ? before * before - after * after : 0.0;
        saved += less;
        saved_square += less * less;
    }
    beyond->square_saved = saved / n;
    beyond->square_error = sqrt(MAX(saved_square / n - pow(saved / n, 2.0), 0.0) / n);
    beyond->from = self->real ? was / n : 1.0 - was / n;
    beyond->to = self->real ? is / n : 1.0 - is / n;
    beyond->error = sqrt(MAX(square / n - pow((was - is) / n, 2.0), 0.0) / n);
}

/* whether predictions by it would be wrong, or off, so much less that it is worth telling. Numbers
 * must be less far off by their squares, too: of labels that are nearly all zero, or skewed, any
 * prediction of their mean comes nearer to most of them by being lower, and is right as it is */
static gboolean
beyond_matters(const Beyond *self, const SlicesBeyond *beyond)
{
    double gain = self->real ? beyond->from - beyond->to : beyond->to - beyond->from;
    double all = self->real ? beyond->from : 1.0 - beyond->from;

    if (self->real && !(beyond->square_saved > BEYOND_SQUARES * beyond->square_error))
        return FALSE;
    return gain >= BEYOND_TOLD * all && gain >= BEYOND_SURELY * beyond->error;
}

/* the score as its columns make it, and what that may mean */
static void
beyond_foresee(const Beyond *self,
               const ErrataSideTerms *made,
               gsize frame_row,
               double *ret_foreseen)
{
    double level = made->beta[0];

    for (guint k = 0; k < self->made.n; k++)
        level += made->beta[1 + k] *
                 errata_normal_scale_of(
                     &self->made.scale[k],
                     errata_slices_table_number(self->table, self->made.column[k], frame_row));
    ret_foreseen[0] = 1.0;
    ret_foreseen[1] = level;
    ret_foreseen[2] = level * level;
    ret_foreseen[3] = level * level * level;
}

static ErrataSideTerms
beyond_make(Beyond *self)
{
    ErrataSideTerms made = {.n = self->n, .p = 1, .y = self->base[1], .real = TRUE};

    made.x[0] = self->base[0];
    errata_side_terms_fit(&made);
    beyond_choose(self, &made, SLICES_BEYOND_MAX, &self->made);
    for (guint k = 0; k < self->made.n; k++)
        made.x[made.p++] = self->made.term[k];
    errata_side_terms_fit(&made);
    return made;
}

static double
beyond_sum(const ErrataSideTerms *terms, const double *value)
{
    double eta = 0.0;

    for (guint k = 0; k < terms->p; k++)
        eta += terms->beta[k] * value[k];
    return terms->real ? eta : 1.0 / (1.0 + exp(-eta));
}

/* What errors, or how far off, to expect by columns alone. The row's own score is left out: where
 * it stands against the columns they would tell each single error, also of a group whose scores are
 * turned round. */
static void
beyond_expect(Beyond *self, SlicesBeyond *beyond)
{
    const ErrataOutcome *outcome = self->table->analysis->outcome;
    const SlicesHalf *halves[] = {&self->table->discovery, &self->table->confirmation};
    ErrataSideTerms made = beyond_make(self);
    g_autofree double *terms = g_new(double, self->n *BEYOND_FORESEEN);
    g_autofree double *said = g_new0(double, self->n);
    ErrataSideTerms label = {.n = self->n, .y = self->y, .real = self->real};
    ErrataSideTerms prediction;

    for (gsize i = 0; i < self->n; i++) {
        double own[BEYOND_FORESEEN];

        beyond_foresee(self, &made, self->row[i], own);
        for (guint k = 0; k < BEYOND_FORESEEN; k++)
            terms[k * self->n + i] = own[k];
        if (!self->real)
            said[i] = outcome->predicted[self->row[i]] == outcome->positive ? 1.0 : 0.0;
    }
    for (guint k = 0; k < BEYOND_FORESEEN; k++)
        label.x[label.p++] = terms + k * self->n;
    prediction = label;
    prediction.y = said;
    for (guint k = 0; k < self->set.n; k++)
        label.x[label.p++] = self->set.term[k];
    errata_side_terms_fit(&label);
    if (!self->real)
        errata_side_terms_fit(&prediction);
    for (guint h = 0; h < 2; h++) {
        beyond->expected[h] = g_new(double, MAX(halves[h]->n_rows, 1));
        for (gsize i = 0; i < halves[h]->n_rows; i++) {
            double value[ERRATA_SIDE_TERMS_MAX];
            double is, called;

            beyond_foresee(self, &made, halves[h]->row[i], value);
            for (guint k = 0; k < self->set.n; k++)
                value[BEYOND_FORESEEN + k] =
                    errata_normal_scale_of(&self->set.scale[k],
                                           errata_slices_table_number(self->table,
                                                                      self->set.column[k],
                                                                      halves[h]->row[i]));
            is = beyond_sum(&label, value);
            called = self->real ? 0.0 : beyond_sum(&prediction, value);
            beyond->expected[h][i] = self->real ? is : called * (1.0 - is) + (1.0 - called) * is;
        }
    }
}

/* of what is fitted, as far as it holds on the other half; %NULL where nothing of it matters */
static SlicesBeyond *
beyond_finish(Beyond *self)
{
    gsize n = MAX(self->table->confirmation.n_rows, 1);
    ErrataSideTerms terms = beyond_terms(self, G_MAXUINT);
    ErrataSideTerms score;
    g_autofree double *alone = g_new(double, n);
    g_autofree double *group = NULL;
    g_autoptr(SlicesBeyond) beyond = g_new0(SlicesBeyond, 1);

    errata_side_terms_fit(&terms);
    if (self->set.n == 0 &&
        fabs(self->offset.amount) > 0.0) { /* the curve is that of the other rows */
        terms.x[terms.p++] = group =
            errata_slices_offset_term(self->table, &self->offset, self->row, self->n);
        errata_side_terms_fit(&terms);
    }
    score = terms;
    score.p = BEYOND_BASE;
    errata_side_terms_fit(&score);
    beyond->better = g_new(double, n);
    beyond_predict(self, &terms, &score, beyond->better, alone);
    beyond->n = self->set.n;
    for (guint k = 0; k < self->set.n; k++) {
        beyond->column[k] = self->set.column[k];
        beyond->overused[k] = beyond_is_overused(self, &terms, k);
    }
    beyond_measure(self, beyond);
    if (beyond_saves(self, alone, beyond) && beyond_matters(self, beyond)) {
        beyond_expect(self, beyond);
        return g_steal_pointer(&beyond);
    }
    if (self->set.n == 0 || !self->real)
        return NULL;
    while (self->set.n > 0) /* what the predictions tell by themselves */
        beyond_drop(self, self->set.n - 1);
    return beyond_finish(self);
}

/**
 * errata_slices_beyond_new:
 * @table: a table with its columns and rows
 * @ret_offset: (out): of a regression, the group by whose offset its predictions lie apart
 *
 * Fitted on the discovery half, measured on the other. Complexity: 20,000 rows × columns, and once
 * over all rows.
 *
 * Returns: (transfer full) (nullable): what numbers tell beyond the score; of a regression also
 * what the
 *   predictions themselves tell of the labels, where no column does; %NULL where nothing is found
 */
SlicesBeyond *
errata_slices_beyond_new(const SlicesTable *table, SlicesOffset *ret_offset)
{
    g_auto(Beyond) self = {.table = table, .real = table->real};

    *ret_offset = (SlicesOffset){.amount = 0.0};
    if (!beyond_can(table))
        return NULL;
    beyond_gather(&self);
    if (self.real)
        *ret_offset = self.offset = beyond_find_offset(&self);
    beyond_choose_beyond(&self);
    beyond_prune(&self);
    if (self.set.n > 0)
        beyond_drop_changed(&self);
    for (guint k = self.set.n; k-- > 0;)
        if (!beyond_is_even(&self, k))
            beyond_drop(&self, k);
    beyond_prune(&self);
    if (self.set.n == 0 && !self.real)
        return NULL;
    return beyond_finish(&self);
}

void
errata_slices_beyond_free(SlicesBeyond *self)
{
    if (self == NULL)
        return;
    g_free(self->better);
    g_free(self->expected[0]);
    g_free(self->expected[1]);
    g_free(self);
}
