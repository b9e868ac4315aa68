/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a margin owes to each word of a text, where the model adds words up: weight times how far
 * the word's column is from its mean over the background. These are the exact Shapley values of a
 * sum whose parts are the columns; those of a text's words add up to the share of the text. A word
 * that a text lacks has a share, too: that of its absence. Source: Lundberg and Lee 2017, corollary
 * 1 (Linear SHAP). */
#include "term-shares.h"

#include <string.h>

/**
 * errata_term_shares_new:
 * @model: a model that runs
 * @background: rows that a word's absence is taken from, at least one
 *
 * Returns: (transfer full) (nullable): what words are weighed with; %NULL where the model has none
 * that it adds
 *   up
 */
ErrataTermShares *
errata_term_shares_new(ErrataModel *model, const ErrataModelRows *background)
{
    g_autoptr(ErrataTermShares) self = g_new0(ErrataTermShares, 1);
    g_autofree double *value = NULL;

    self->model = errata_model_ref(model);
    if (model->klass == NULL || model->klass->terms == NULL || background->n_rows == 0)
        return NULL;
    self->terms = model->klass->terms(model, model->body);
    if (self->terms == NULL)
        return NULL;
    self->mean = g_new0(double, self->terms->n);
    value = g_new(double, self->terms->n);
    for (gsize row = 0; row < background->n_rows; row++) {
        errata_term_shares_values(self, background, row, value);
        for (guint i = 0; i < self->terms->n; i++)
            self->mean[i] += value[i] / (double)background->n_rows;
    }
    return g_steal_pointer(&self);
}

void
errata_term_shares_free(ErrataTermShares *self)
{
    if (self == NULL)
        return;
    errata_model_terms_free(self->terms);
    errata_model_unref(self->model);
    g_free(self->mean);
    g_free(self);
}

/**
 * errata_term_shares_values:
 * @self: what words are weighed with
 * @rows: rows of the model
 * @row: one of them
 * @ret_value: (out caller-allocates) (array length=terms.n): what the row has in each word's
 *   column; 0 of a word that is not in it, NaN of a text that is missing
 */
void
errata_term_shares_values(const ErrataTermShares *self,
                          const ErrataModelRows *rows,
                          gsize row,
                          double *ret_value)
{
    self->model->klass
        ->term_values(self->model, self->model->body, self->terms, rows, row, ret_value);
}

/* what @margin owes to @term, by the row's @value of all */
double
errata_term_shares_of(const ErrataTermShares *self, const double *value, guint margin, guint term)
{
    return self->terms->weight[(gsize)margin * self->terms->n + term] *
           (value[term] - self->mean[term]);
}

/**
 * errata_term_shares_loss:
 * @self: what words are weighed with
 * @loss: of the margins, with one number
 * @rows: rows and the words that are looked at
 * @row: one of them
 * @background: rows that a word's absence is taken from, with the same words
 * @truth: the row's label
 * @ret_share: (out caller-allocates) (array length=rows.n): what its loss owes to each word
 *
 * Shares of the margins against each background row, rescaled to the difference of the loss: the
 * shares of all words, and of what else the model adds up, are together the loss less its mean over
 * the background.
 *
 * Source: as errata_quantity_slope().
 */
void
errata_term_shares_loss(const ErrataTermShares *self,
                        const ErrataQuantity *loss,
                        const ErrataTermRows *rows,
                        gsize row,
                        const ErrataTermRows *background,
                        double truth,
                        double *ret_share)
{
    guint n_margins = self->terms->n_margins;
    g_autofree double *slope = g_new(double, n_margins);
    const double *value = rows->value + row * rows->n;

    memset(ret_share, 0, rows->n * sizeof *ret_share);
    for (gsize r = 0; r < background->n_rows; r++) {
        const double *other = background->value + r * rows->n;

        errata_quantity_slope(loss,
                              rows->margin + row * n_margins,
                              background->margin + r * n_margins,
                              truth,
                              0,
                              slope);
        for (guint k = 0; k < n_margins; k++) {
            const double *weight = self->terms->weight + (gsize)k * self->terms->n;
            double by = slope[k] / (double)background->n_rows;

            for (guint t = 0; t < rows->n; t++)
                ret_share[t] += by * weight[rows->term[t]] * (value[t] - other[t]);
        }
    }
}
