/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What columns tell of the label beyond the score. A score that is noisy, or made of too few
 * columns, errs over the whole range of those it makes too little of: more the farther from the
 * middle. That is one fault of the model, not as many slices as there are ranges. So numbers are
 * fitted beside the score, and where a straight line tells more than any step does, in early rows
 * as in late ones, it is part of what is expected. */
#include "slices-beyond.h"

#include <math.h>
#include <string.h>

#include "slices-beyond-fit.h"
#include "slices-offset.h"
#include "sort.h"

#define BEYOND_APART    0.5  /* of the spread of predictions, that those of a group lie apart … */
#define BEYOND_CLOSER   0.5  /* … and so much less without its offset */
#define BEYOND_EFFECT   0.25 /* log-odds per standard deviation of a column */
#define BEYOND_EVEN     1.15 /* times as much as by the best step, that a line must tell */
#define BEYOND_GAIN     0.04 /* of the loss by the score alone, that columns must save … */
#define BEYOND_FEW      0.10 /* … of the rows at either end, without which … */
#define BEYOND_USUAL    0.65 /* … so much of it must be saved */
#define BEYOND_TOLD     0.05 /* of the errors, or of their size, that predictions by it must save … */
#define BEYOND_SURELY   4.0 /* … by so many standard errors */
#define BEYOND_SQUARES  2.0 /* standard errors that squares must surely save */
#define BEYOND_FORESEEN 4   /* terms of the score as its columns make it */

static const double *
beyond_said(const SlicesTable *table)
{
    const ErrataOutcome *outcome = table->analysis->outcome;

    return table->real ? outcome->predicted_value : outcome->score;
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

    if (table->exploratory || table->discovery.n_rows < SLICES_BEYOND_LEAST ||
        beyond_said(table) == NULL)
        return FALSE;
    return table->real ? beyond_has_labels(table)
                       : outcome->task == ERRATA_TASK_BINARY && outcome->positive >= 0 &&
                             outcome->truth != NULL;
}

/* the group by whose offset its predictions lie apart from all others */
static SlicesOffset
beyond_find_offset(const SlicesBeyondFit *self)
{
    ErrataSideTerms terms = errata_slices_beyond_fit_terms(self, G_MAXUINT);
    SlicesOffset group = {.amount = 0.0};
    g_autofree double *term = NULL;
    double n[2] = {0.0, 0.0}, sum[2] = {0.0, 0.0};
    double apart;

    errata_side_terms_fit(&terms);
    if (errata_slices_offset_best(self->table, self->row, &terms, &group) <
        SLICES_BEYOND_SURE * SLICES_BEYOND_SURE)
        return (SlicesOffset){.amount = 0.0};
    terms.x[terms.p++] = term = errata_slices_offset_term(self->table, &group, self->row, self->n);
    errata_side_terms_fit(&terms);
    group.amount = -terms.beta[SLICES_BEYOND_BASE];
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

/* whether the score makes too much of a column: those that go with it go against the label */
static gboolean
beyond_is_overused(const SlicesBeyondFit *self, const ErrataSideTerms *terms, guint k)
{
    double cross = 0.0;

    for (gsize i = 0; i < self->n; i++)
        cross += self->base[2][i] * self->set.term[k][i];
    return cross / (double)self->n * terms->beta[SLICES_BEYOND_BASE + k] < 0.0 &&
           fabs(cross) > 0.1 * (double)self->n;
}

static double
beyond_loss(const SlicesBeyondFit *self, double y, double said)
{
    if (self->table->real)
        return fabs(y - said);
    return y > 0.5 ? -log(MAX(said, 1e-12)) : -log(MAX(1.0 - said, 1e-12));
}

/* On the confirmation half: whether columns, or a curve where there are none, save enough of the
 * loss that is left by the score alone, and not only in some rows. Where the score of a group is
 * turned round, columns tell that, too: that is a slice. */
static gboolean
beyond_saves(const SlicesBeyondFit *self, const double *by_score, const SlicesBeyond *beyond)
{
    const SlicesHalf *half = &self->table->confirmation;
    g_autofree double *own = g_new(double, MAX(half->n_rows, 1));
    gsize few = (gsize)(BEYOND_FEW * (double)half->n_rows);
    double all = 0.0, gain = 0.0, square = 0.0, usual = 0.0;

    for (gsize i = 0; i < half->n_rows; i++) {
        double y = errata_slices_beyond_fit_label(self, half->row[i]);
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
    return gain >= BEYOND_GAIN * all && gain >= SLICES_BEYOND_SURE * sqrt(square) &&
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
beyond_measure(const SlicesBeyondFit *self, SlicesBeyond *beyond)
{
    const ErrataOutcome *outcome = self->table->analysis->outcome;
    const SlicesHalf *half = &self->table->confirmation;
    double n = (double)half->n_rows;
    double cut = self->table->real ? 0.0 : beyond_cut(self->table, beyond->better);
    double was = 0.0, is = 0.0, square = 0.0;
    double saved = 0.0, saved_square = 0.0;

    for (gsize i = 0; i < half->n_rows; i++) {
        double y = errata_slices_beyond_fit_label(self, half->row[i]);
        double less;
        double before = outcome->loss[half->row[i]];
        double after = self->table->real ? fabs(y - beyond->better[i])
                                         : ((beyond->better[i] >= cut) != (y > 0.5) ? 1.0 : 0.0);

        was += before;
        is += after;
        square += (before - after) * (before - after);
        less = self->table->real ? before * before - after * after : 0.0;
        saved += less;
        saved_square += less * less;
    }
    beyond->square_saved = saved / n;
    beyond->square_error = sqrt(MAX(saved_square / n - pow(saved / n, 2.0), 0.0) / n);
    beyond->from = self->table->real ? was / n : 1.0 - was / n;
    beyond->to = self->table->real ? is / n : 1.0 - is / n;
    beyond->error = sqrt(MAX(square / n - pow((was - is) / n, 2.0), 0.0) / n);
}

/* whether predictions by it would be wrong, or off, so much less that it is worth telling. Numbers
 * must be less far off by their squares, too: of labels that are nearly all zero, or skewed, any
 * prediction of their mean comes nearer to most of them by being lower, and is right as it is */
static gboolean
beyond_matters(const SlicesBeyondFit *self, const SlicesBeyond *beyond)
{
    double gain = self->table->real ? beyond->from - beyond->to : beyond->to - beyond->from;
    double all = self->table->real ? beyond->from : 1.0 - beyond->from;

    if (self->table->real && !(beyond->square_saved > BEYOND_SQUARES * beyond->square_error))
        return FALSE;
    return gain >= BEYOND_TOLD * all && gain >= BEYOND_SURELY * beyond->error;
}

/* the score as its columns make it, and what that may mean */
static void
beyond_foresee(const SlicesBeyondFit *self,
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
beyond_make(SlicesBeyondFit *self)
{
    ErrataSideTerms made = {.n = self->n, .p = 1, .y = self->base[1], .real = TRUE};

    made.x[0] = self->base[0];
    errata_side_terms_fit(&made);
    errata_slices_beyond_fit_choose(self, &made, SLICES_BEYOND_MAX, &self->made);
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
beyond_expect(SlicesBeyondFit *self, SlicesBeyond *beyond)
{
    const ErrataOutcome *outcome = self->table->analysis->outcome;
    const SlicesHalf *halves[] = {&self->table->discovery, &self->table->confirmation};
    ErrataSideTerms made = beyond_make(self);
    g_autofree double *terms = g_new(double, self->n *BEYOND_FORESEEN);
    g_autofree double *said = g_new0(double, self->n);
    ErrataSideTerms label = {.n = self->n, .y = self->y, .real = self->table->real};
    ErrataSideTerms prediction;

    for (gsize i = 0; i < self->n; i++) {
        double own[BEYOND_FORESEEN];

        beyond_foresee(self, &made, self->row[i], own);
        for (guint k = 0; k < BEYOND_FORESEEN; k++)
            terms[k * self->n + i] = own[k];
        if (!self->table->real)
            said[i] = outcome->predicted[self->row[i]] == outcome->positive ? 1.0 : 0.0;
    }
    for (guint k = 0; k < BEYOND_FORESEEN; k++)
        label.x[label.p++] = terms + k * self->n;
    prediction = label;
    prediction.y = said;
    for (guint k = 0; k < self->set.n; k++)
        label.x[label.p++] = self->set.term[k];
    errata_side_terms_fit(&label);
    if (!self->table->real)
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
            called = self->table->real ? 0.0 : beyond_sum(&prediction, value);
            beyond->expected[h][i] = self->table->real ? is
                                                       : called * (1.0 - is) + (1.0 - called) * is;
        }
    }
}

/* of what is fitted, as far as it holds on the other half; %NULL where nothing of it matters */
static SlicesBeyond *
beyond_finish(SlicesBeyondFit *self)
{
    gsize n = MAX(self->table->confirmation.n_rows, 1);
    ErrataSideTerms terms = errata_slices_beyond_fit_terms(self, G_MAXUINT);
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
    score.p = SLICES_BEYOND_BASE;
    errata_side_terms_fit(&score);
    beyond->better = g_new(double, n);
    errata_slices_beyond_fit_predict(self,
                                     &self->table->confirmation,
                                     &terms,
                                     &score,
                                     beyond->better,
                                     alone);
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
    if (self->set.n == 0 || !self->table->real)
        return NULL;
    while (self->set.n > 0) /* what the predictions tell by themselves */
        errata_slices_beyond_fit_drop(self, self->set.n - 1);
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
    g_auto(SlicesBeyondFit) self = {.table = table,
                                    .class = table->analysis->outcome->positive,
                                    .by = beyond_said(table),
                                    .sure = SLICES_BEYOND_SURE,
                                    .effect = BEYOND_EFFECT,
                                    .even = BEYOND_EVEN};

    *ret_offset = (SlicesOffset){.amount = 0.0};
    if (!beyond_can(table))
        return NULL;
    errata_slices_beyond_fit_gather(&self);
    if (table->real)
        *ret_offset = self.offset = beyond_find_offset(&self);
    errata_slices_beyond_fit_columns(&self);
    if (self.set.n == 0 && !table->real)
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
