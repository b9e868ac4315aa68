/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "judged.h"

#include <math.h>

static double *
judged_new_numbers(ErrataJudged *self)
{
    double *numbers = g_new(double, MAX(self->input.n, 1));

    g_ptr_array_add(self->owned, numbers);
    return numbers;
}

static const double *
judged_pick(ErrataJudged *self, const double *from, gboolean all)
{
    double *to;

    if (from == NULL || all)
        return from;
    to = judged_new_numbers(self);
    for (gsize i = 0; i < self->input.n; i++)
        to[i] = from[self->row[i]];
    return to;
}

static const gint32 *
judged_pick_class(ErrataJudged *self, const gint32 *from, gboolean all)
{
    gint32 *to;

    if (from == NULL || all)
        return from;
    to = g_new(gint32, MAX(self->input.n, 1));
    for (gsize i = 0; i < self->input.n; i++)
        to[i] = from[self->row[i]];
    g_ptr_array_add(self->owned, to);
    return to;
}

static const double *
judged_pick_weight(ErrataJudged *self, const double *weight)
{
    double *to;

    if (weight == NULL)
        return NULL;
    to = judged_new_numbers(self);
    for (gsize i = 0; i < self->input.n; i++) {
        double w = weight[self->row[i]];

        to[i] = w >= 0.0 ? w : 0.0; /* also missing: the row counts for nothing */
    }
    return to;
}

static const double *const *
judged_pick_probability(ErrataJudged *self, const ErrataOutcome *outcome, gboolean all)
{
    const double **probability;

    if (outcome->probability == NULL)
        return NULL;
    probability = g_new0(const double *, MAX(outcome->n_classes, 1));
    for (guint k = 0; k < outcome->n_classes; k++)
        probability[k] = judged_pick(self, outcome->probability[k], all);
    g_ptr_array_add(self->owned, probability);
    return probability;
}

/* @all: they are all rows of the log, in its order */
static ErrataJudged *
judged_of(const ErrataOutcome *outcome, guint32 *row, gsize n, gboolean all)
{
    ErrataJudged *self = g_new0(ErrataJudged, 1);

    self->row = row;
    self->owned = g_ptr_array_new_with_free_func(g_free);
    self->input.n = n;
    self->input.n_classes = outcome->n_classes;
    self->input.positive = outcome->positive;
    self->input.truth = judged_pick_class(self, outcome->truth, all);
    self->input.predicted = judged_pick_class(self, outcome->predicted, all);
    self->input.score = judged_pick(self, outcome->score, all);
    self->input.rank = outcome->ranks_positive ? judged_pick(self, outcome->rank, all) : NULL;
    self->input.probability = judged_pick_probability(self, outcome, all);
    self->input.truth_value = judged_pick(self, outcome->truth_value, all);
    self->input.predicted_value = judged_pick(self, outcome->predicted_value, all);
    self->input.wrong = outcome->truth == NULL && outcome->truth_value == NULL
                            ? judged_pick(self, outcome->loss, all)
                            : NULL;
    self->input.weight = judged_pick_weight(self, outcome->weight);
    self->confidence = judged_pick(self, outcome->confidence, all);
    self->input.top = outcome->only_top ? self->confidence : NULL;
    return self;
}

/**
 * errata_judged_of:
 * @outcome: a log's predictions and labels
 * @row: (array length=n) (transfer full): rows of it that are judged
 * @n: how many
 *
 * Returns: (transfer full): those rows, in that order
 */
ErrataJudged *
errata_judged_of(const ErrataOutcome *outcome, guint32 *row, gsize n)
{
    return judged_of(outcome, row, n, FALSE);
}

/**
 * errata_judged_new:
 * @outcome: a log's predictions and labels
 * @mask: (array length=n_rows) (nullable): which rows to take; %NULL for all
 * @wanted: value of @mask that takes a row
 *
 * Returns: (transfer full): the judged rows among them, in row order
 */
ErrataJudged *
errata_judged_new(const ErrataOutcome *outcome, const guint8 *mask, guint8 wanted)
{
    guint32 *row = g_new(guint32, MAX(outcome->n_judged, 1));
    gsize n = 0;

    for (gsize i = 0; i < outcome->n_rows && n < outcome->n_judged; i++)
        if (outcome->judged[i] != 0 && (mask == NULL || mask[i] == wanted))
            row[n++] = (guint32)i;
    return judged_of(outcome, row, n, n == outcome->n_rows);
}

void
errata_judged_free(ErrataJudged *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref(self->owned);
    g_free(self->row);
    g_free(self);
}
