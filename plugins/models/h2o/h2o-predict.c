/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Predictions of a MOJO, in double precision: margins through the link, probabilities turned back
 * to the classes' own shares where training balanced them. Outputs: the prediction, margins (but of
 * forests), probabilities. */
#include <math.h>
#include <string.h>

#include "h2o-private.h"

#define H2O_EXP_MAX 1e19 /* H2O bounds exp() there */

static double
h2o_exp(double x)
{
    return fmin(H2O_EXP_MAX, exp(x));
}

static double
h2o_link(const H2oBody *self, double x)
{
    switch (self->link) {
    case H2O_LOGIT:
        return 1.0 / (1.0 + (self->trees != NULL ? h2o_exp(-x) : exp(-x)));
    case H2O_LOG:
        return self->trees != NULL ? h2o_exp(x) : exp(x);
    case H2O_INVERSE:
        return 1.0 / (x < 0.0 ? fmin(-1e-5, x) : fmax(1e-5, x));
    case H2O_TWEEDIE:
        return self->power > 0.0 || self->power < 0.0 ? pow(x, 1.0 / self->power)
                                                      : fmax(2e-16, exp(x));
    case H2O_IDENTITY:
    default:
        return x;
    }
}

static void
h2o_softmax(const double *margin, guint n, double *share)
{
    double most = margin[0];
    double sum = 0.0;

    for (guint k = 1; k < n; k++)
        most = fmax(most, margin[k]);
    for (guint k = 0; k < n; k++)
        sum += share[k] = exp(margin[k] - most);
    for (guint k = 0; k < n; k++)
        share[k] /= sum;
}

/* shares of an ordinal model; returns the class: the first at whose bound more than half are
 * below */
static guint
h2o_ordinal(const H2oBody *self, const double *margin, double *share)
{
    guint last = self->n_classes - 1;
    guint best = last;
    double before = 0.0;

    for (guint k = 0; k < last; k++) {
        double below = 1.0 / (1.0 + exp(-margin[k]));

        share[k] = below - before;
        before = below;
        if (margin[k] > 0.0 && best == last)
            best = k;
    }
    share[last] = 1.0 - before;
    return best;
}

/* from balanced classes to those of the data */
static void
h2o_unbalance(const H2oBody *self, double *share)
{
    double sum = 0.0;

    for (guint k = 0; k < self->n_classes; k++) {
        share[k] *= self->prior[k] / self->trained[k];
        sum += share[k];
    }
    for (guint k = 0; sum > 0.0 && k < self->n_classes; k++)
        share[k] /= sum;
}

static guint
h2o_classify(const H2oBody *self, const double *margin, double *share)
{
    guint best = 0;
    double both[2] = {margin[0], -margin[0]};
    double sum = 0.0;

    switch (self->shape) {
    case H2O_BINOMIAL:
        share[1] = h2o_link(self, margin[0]);
        share[0] = 1.0 - share[1];
        break;
    case H2O_TWO_TREES:
        h2o_softmax(both, 2, share);
        break;
    case H2O_MULTINOMIAL:
        h2o_softmax(margin, self->n_classes, share);
        break;
    case H2O_ORDINAL:
        return h2o_ordinal(self, margin, share);
    case H2O_SHARES:
    case H2O_REGRESSION:
    default:
        for (guint k = 0; k < self->n_classes; k++)
            sum += margin[k];
        for (guint k = 0; k < self->n_classes; k++)
            share[k] = sum > 0.0 ? margin[k] / sum : margin[k];
        break;
    }
    if (self->prior != NULL)
        h2o_unbalance(self, share);
    if (self->n_classes == 2)
        return share[1] >= self->threshold ? 1 : 0;
    for (guint k = 1; k < self->n_classes; k++)
        best = share[k] > share[best] ? k : best;
    return best;
}

static void
h2o_put(const H2oBody *self,
        const double *margin,
        double *share,
        gsize row,
        ErrataModelScores *scores)
{
    gboolean has_margin = self->trees == NULL || self->link != H2O_IDENTITY ||
                          self->shape == H2O_MULTINOMIAL || self->shape == H2O_TWO_TREES;
    guint at = 1;

    if (isnan(margin[0]))
        return;
    if (self->n_classes == 0)
        scores->number[0][row] = h2o_link(self, margin[0]);
    else
        scores->number[0][row] = h2o_classify(self, margin, share);
    for (guint k = 0; has_margin && k < self->n_margins; k++)
        scores->number[at++][row] = margin[k];
    for (guint k = 0; k < self->n_classes; k++)
        scores->number[at++][row] = share[k];
}

static gboolean
h2o_predict(const ErrataModel *model,
            gconstpointer body,
            const ErrataModelRows *rows,
            ErrataModelScores *scores,
            GError **error)
{
    const H2oBody *self = body;
    g_autofree double *row = g_new(double, self->n_inputs + 1);
    g_autofree double *margin = g_new(double, self->n_margins);
    g_autofree double *share = g_new0(double, MAX(self->n_classes, 1));

    for (gsize i = 0; i < rows->n_rows; i++) {
        for (guint f = 0; f < self->n_inputs; f++) {
            row[f] = rows->number[f][i];
            if (f < self->n_features && self->is_category[f] && row[f] < 0.0)
                row[f] = (double)NAN;
        }
        if (self->trees != NULL)
            errata_trees_margin(self->trees, row, margin);
        else
            h2o_glm_margin(self, row, margin);
        if (self->offset < self->n_inputs && !isnan(row[self->offset]))
            margin[0] += row[self->offset];
        h2o_put(self, margin, share, i, scores);
    }
    return TRUE;
}

void
h2o_body_free(gpointer data)
{
    H2oBody *self = data;

    g_free(self->is_category);
    g_free(self->prior);
    g_free(self->trained);
    g_free(self->first);
    g_free(self->mode);
    g_free(self->mean);
    g_free(self->beta);
    g_free(self);
}

const ErrataModelClass h2o_class = {h2o_predict, h2o_body_free};
