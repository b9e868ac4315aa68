/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Predictions of a CatBoost model: values compared in single precision, leaves summed in double. */
#include <math.h>
#include <string.h>

#include "catboost-private.h"

static double
cb_sigmoid(double margin)
{
    return 1.0 / (1.0 + exp(-margin));
}

static void
cb_put_classes(const CbBody *self, double *margin, gsize row, ErrataModelScores *scores)
{
    guint n = self->n_groups;
    guint best = 0;
    double most;
    double sum = 0.0;

    for (guint c = 0; c < n; c++) {
        scores->number[1 + c][row] = margin[c];
        best = margin[c] > margin[best] ? c : best;
    }
    most = margin[best];
    for (guint c = 0; c < n; c++) {
        margin[c] = self->link == CB_SOFTMAX ? exp(margin[c] - most) : cb_sigmoid(margin[c]);
        sum += margin[c];
    }
    for (guint c = 0; c < n; c++)
        scores->number[1 + n + c][row] = self->link == CB_SOFTMAX ? margin[c] / sum : margin[c];
    scores->number[0][row] = best;
}

static void
cb_put(const CbBody *self, double *margin, gsize row, ErrataModelScores *scores)
{
    guint n = self->n_groups;

    switch (self->link) {
    case CB_SOFTMAX:
    case CB_ONE_VS_ALL:
        cb_put_classes(self, margin, row, scores);
        break;
    case CB_BINARY:
        scores->number[0][row] = margin[0] > self->border ? 1.0 : 0.0;
        scores->number[1][row] = margin[0];
        scores->number[3][row] = cb_sigmoid(margin[0]);
        scores->number[2][row] = 1.0 - scores->number[3][row];
        break;
    case CB_LABELS:
        for (guint g = 0; g < n; g++) {
            scores->number[3 * g][row] = margin[g] > 0.0 ? 1.0 : 0.0;
            scores->number[3 * g + 1][row] = margin[g];
            scores->number[3 * g + 2][row] = cb_sigmoid(margin[g]);
        }
        break;
    case CB_SPREAD:
        scores->number[0][row] = margin[0];
        scores->number[1][row] = exp(2.0 * margin[1]);
        break;
    case CB_IDENTITY:
    case CB_EXP:
    default:
        for (guint g = 0; g < n; g++) {
            scores->number[2 * g][row] = self->link == CB_EXP ? exp(margin[g]) : margin[g];
            scores->number[2 * g + 1][row] = margin[g];
        }
        break;
    }
}

/* place of a string's hash among those the model knows, −1 for others */
static double
cb_code(GHashTable *code, const char *text)
{
    guint32 hash = cb_hash(text != NULL ? text : "", text != NULL ? strlen(text) : 0);
    guint found = GPOINTER_TO_UINT(g_hash_table_lookup(code, GUINT_TO_POINTER(hash)));

    return found > 0 ? (double)(found - 1) : ERRATA_MODEL_UNSEEN;
}

static gboolean
cb_predict(const ErrataModel *model,
           gconstpointer body,
           const ErrataModelRows *rows,
           ErrataModelScores *scores,
           GError **error)
{
    const CbBody *self = body;
    gsize n = self->n_features;
    g_autofree double *row = g_new(double, MAX(n * rows->n_rows, 1));
    g_autofree double *margin = g_new(double, MAX(self->n_groups * rows->n_rows, 1));

    for (gsize i = 0; i < rows->n_rows; i++)
        for (guint f = 0; f < n; f++)
            row[i * n + f] = self->code[f] != NULL ? cb_code(self->code[f], rows->text[f][i])
                                                   : rows->number[f][i];
    errata_trees_margins(self->trees, row, n, rows->n_rows, margin);
    for (gsize i = 0; i < rows->n_rows; i++)
        cb_put(self, margin + i * self->n_groups, i, scores);
    return TRUE;
}

static void
cb_body_free(gpointer body)
{
    CbBody *self = body;

    for (guint f = 0; f < self->n_features; f++)
        g_clear_pointer(&self->code[f], g_hash_table_unref);
    g_free(self->code);
    errata_trees_free(self->own);
    g_free(self);
}

const ErrataModelClass cb_class = {cb_predict, cb_body_free};
