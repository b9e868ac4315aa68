/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "judged.h"

#include <math.h>

static double *
judged_pick(const ErrataJudged *self, const double *from)
{
    double *to;

    if (from == NULL)
        return NULL;
    to = g_new(double, MAX(self->input.n, 1));
    for (gsize i = 0; i < self->input.n; i++)
        to[i] = from[self->row[i]];
    return to;
}

static gint32 *
judged_pick_class(const ErrataJudged *self, const gint32 *from)
{
    gint32 *to;

    if (from == NULL)
        return NULL;
    to = g_new(gint32, MAX(self->input.n, 1));
    for (gsize i = 0; i < self->input.n; i++)
        to[i] = from[self->row[i]];
    return to;
}

static void
judged_pick_weight(ErrataJudged *self, const double *weight)
{
    self->weight = judged_pick(self, weight);
    for (gsize i = 0; self->weight != NULL && i < self->input.n; i++)
        if (!(self->weight[i] >= 0.0)) /* also missing: the row counts for nothing */
            self->weight[i] = 0.0;
}

static void
judged_pick_probability(ErrataJudged *self, const ErrataOutcome *outcome)
{
    if (outcome->probability == NULL)
        return;
    self->probability = g_new0(double *, MAX(outcome->n_classes, 1));
    for (guint k = 0; k < outcome->n_classes; k++)
        self->probability[k] = judged_pick(self, outcome->probability[k]);
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
    ErrataJudged *self = g_new0(ErrataJudged, 1);

    self->row = row;
    self->input.n = n;
    self->input.n_classes = outcome->n_classes;
    self->input.positive = outcome->positive;
    self->truth = judged_pick_class(self, outcome->truth);
    self->predicted = judged_pick_class(self, outcome->predicted);
    self->score = judged_pick(self, outcome->score);
    self->truth_value = judged_pick(self, outcome->truth_value);
    self->predicted_value = judged_pick(self, outcome->predicted_value);
    self->confidence = judged_pick(self, outcome->confidence);
    judged_pick_probability(self, outcome);
    judged_pick_weight(self, outcome->weight);
    self->input.truth = self->truth;
    self->input.predicted = self->predicted;
    self->input.score = self->score;
    self->input.probability = (const double *const *)self->probability;
    self->input.truth_value = self->truth_value;
    self->input.predicted_value = self->predicted_value;
    self->input.weight = self->weight;
    return self;
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
    return errata_judged_of(outcome, row, n);
}

void
errata_judged_free(ErrataJudged *self)
{
    if (self == NULL)
        return;
    for (guint k = 0; self->probability != NULL && k < self->input.n_classes; k++)
        g_free(self->probability[k]);
    g_free(self->probability);
    g_free(self->row);
    g_free(self->confidence);
    g_free(self->truth);
    g_free(self->predicted);
    g_free(self->score);
    g_free(self->truth_value);
    g_free(self->predicted_value);
    g_free(self->weight);
    g_free(self);
}
