/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Predictions of an XGBoost model in its own arithmetic: single precision, tree after tree. Rows
 * run in parallel elsewhere, so the order within a row is the library's. */
#include <math.h>
#include <string.h>

#include "error.h"
#include "xgboost-private.h"

/* common::Sigmoid */
static float
xgb_sigmoid(float margin)
{
    float bounded = fminf(-margin, 88.7f);

    return 1.0f / (expf(bounded) + 1.0f + 1e-16f);
}

/* common::Softmax; the sum is kept in double precision there too */
static void
xgb_softmax(float *value, guint n)
{
    float most = value[0];
    double sum = 0.0;

    for (guint i = 1; i < n; i++)
        most = fmaxf(most, value[i]);
    for (guint i = 0; i < n; i++) {
        value[i] = expf(value[i] - most);
        sum += (double)value[i];
    }
    for (guint i = 0; i < n; i++)
        value[i] /= (float)sum;
}

static void
xgb_linear_margin(const XgbBody *self, const double *row, double *margin)
{
    for (guint g = 0; g < self->n_groups; g++) {
        float sum = self->weights[(gsize)self->n_features * self->n_groups + g] + self->base[g];

        for (guint f = 0; f < self->n_features; f++)
            if (!isnan(row[f]))
                sum += (float)row[f] * self->weights[(gsize)f * self->n_groups + g];
        margin[g] = (double)sum;
    }
}

static guint
xgb_put_group(XgbLink link, double margin, gsize row, guint at, ErrataModelScores *scores)
{
    float m = (float)margin;
    float p = m;

    switch (link) {
    case XGB_BINARY:
    case XGB_LOGISTIC_REGRESSION:
        p = xgb_sigmoid(m);
        break;
    case XGB_EXP:
        p = expf(m);
        break;
    case XGB_HINGE:
        p = m > 0.0f ? 1.0f : 0.0f;
        break;
    case XGB_IDENTITY:
    case XGB_RAW:
    case XGB_MULTI:
        break;
    }
    scores->number[at++][row] = link == XGB_BINARY ? (p > 0.5f ? 1.0 : 0.0) : (double)p;
    scores->number[at++][row] = margin;
    if (link == XGB_BINARY) {
        scores->number[at++][row] = (double)(1.0f - p);
        scores->number[at++][row] = (double)p;
    }
    return at;
}

static void
xgb_put_multi(guint n, const double *margin, float *room, gsize row, ErrataModelScores *scores)
{
    guint best = 0;

    for (guint c = 0; c < n; c++) {
        room[c] = (float)margin[c];
        best = room[c] > room[best] ? c : best;
        scores->number[1 + c][row] = margin[c];
    }
    scores->number[0][row] = best;
    xgb_softmax(room, n);
    for (guint c = 0; c < n; c++)
        scores->number[1 + n + c][row] = (double)room[c];
}

/* the wrapper compares in single precision, as the library keeps cells */
static double
xgb_cell(const XgbBody *self, double value)
{
    float missing = (float)self->missing;

    return (float)value >= missing && (float)value <= missing ? (double)NAN : value;
}

static gboolean
xgb_predict(const ErrataModel *model,
            gconstpointer body,
            const ErrataModelRows *rows,
            ErrataModelScores *scores,
            GError **error)
{
    const XgbBody *self = body;
    gsize n = self->n_features;
    g_autofree double *row = g_new(double, MAX(n * rows->n_rows, 1));
    g_autofree double *margins = g_new(double, MAX(self->n_groups * rows->n_rows, 1));
    g_autofree float *room = g_new(float, self->n_groups);

    for (gsize i = 0; i < rows->n_rows; i++)
        for (guint f = 0; f < n; f++)
            row[i * n + f] = xgb_cell(self, rows->number[f][i]);
    if (self->trees != NULL)
        errata_trees_margins(self->trees, row, n, rows->n_rows, margins);
    for (gsize i = 0; i < rows->n_rows; i++) {
        double *margin = margins + i * self->n_groups;
        guint at = 0;

        if (self->trees == NULL)
            xgb_linear_margin(self, row + i * n, margin);
        if (self->link == XGB_MULTI)
            xgb_put_multi(self->n_groups, margin, room, i, scores);
        else
            for (guint g = 0; g < self->n_groups; g++)
                at = xgb_put_group(self->link, margin[g], i, at, scores);
    }
    return TRUE;
}

static void
xgb_body_free(gpointer body)
{
    XgbBody *self = body;

    g_free(self->weights);
    g_free(self->base);
    g_free(self);
}

static gboolean
xgb_features(const ErrataModel *model,
             gconstpointer body,
             const ErrataModelRows *rows,
             double *const *ret_number,
             guint8 *ret_defined,
             GError **error)
{
    const XgbBody *self = body;

    for (guint f = 0; f < self->n_features; f++)
        for (gsize i = 0; i < rows->n_rows; i++)
            ret_number[f][i] = xgb_cell(self, rows->number[f][i]);
    memset(ret_defined, 1, rows->n_rows);
    return TRUE;
}

/* gblinear's pred_contribs: weight times value; a missing cell adds nothing */
static gboolean
xgb_linear_shares(const ErrataModel *model,
                  gconstpointer body,
                  const ErrataModelRows *rows,
                  double *ret_phi,
                  GError **error)
{
    const XgbBody *self = body;
    double *to = ret_phi;

    for (gsize i = 0; i < rows->n_rows; i++)
        for (guint g = 0; g < self->n_groups; g++) {
            const float *bias = self->weights + (gsize)self->n_features * self->n_groups;

            for (guint f = 0; f < self->n_features; f++) {
                double value = xgb_cell(self, rows->number[f][i]);
                float weight = self->weights[(gsize)f * self->n_groups + g];

                *to++ = isnan(value) ? 0.0 : (double)((float)value * weight);
            }
            *to++ = (double)(bias[g] + self->base[g]);
        }
    return TRUE;
}

const ErrataModelClass xgb_class_linear = {
    .predict = xgb_predict,
    .free = xgb_body_free,
    .shares = xgb_linear_shares,
};
const ErrataModelClass xgb_class = {xgb_predict, xgb_body_free};
const ErrataModelClass xgb_class_with_missing = {xgb_predict, xgb_body_free, xgb_features};

XgbBody *
xgb_read_linear(const ErrataDatum *booster, const XgbHeader *header, GError **error)
{
    gsize n;
    const double *weights = errata_datum_numbers(errata_datum_get(booster, "model"), "weights", &n);
    gsize expected = ((gsize)header->n_features + 1) * header->n_groups;
    XgbBody *body;

    if (weights == NULL || n != expected) {
        xgb_fail(error,
                 "gblinear has %" G_GSIZE_FORMAT " weights; expected %" G_GSIZE_FORMAT
                 ", one per feature and a bias for each of %u outputs",
                 n,
                 expected,
                 header->n_groups);
        return NULL;
    }
    for (gsize i = 0; i < n; i++)
        if (!isfinite(weights[i])) {
            xgb_fail(error, "weight %" G_GSIZE_FORMAT " of gblinear is not finite", i);
            return NULL;
        }
    body = g_new0(XgbBody, 1);
    body->link = header->link;
    body->n_groups = header->n_groups;
    body->n_features = header->n_features;
    body->missing = header->missing;
    body->weights = g_new(float, n);
    for (gsize i = 0; i < n; i++)
        body->weights[i] = (float)weights[i];
    body->base = g_memdup2(header->base, header->n_groups * sizeof *header->base);
    return body;
}
