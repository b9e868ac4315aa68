/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Predictions of a LightGBM model, in double precision: leaves summed in the order of the trees,
 * averaged for random forests, turned into predictions by the objective's ConvertOutput. */
#include <math.h>

#include "error.h"
#include "lightgbm-private.h"

static double
lgb_linear_leaf(const LgbLinear *self, guint leaf, const double *row)
{
    double sum = g_array_index(self->constant, double, leaf);
    guint32 end = g_array_index(self->first, guint32, leaf + 1);

    for (guint32 i = g_array_index(self->first, guint32, leaf); i < end; i++) {
        double value = row[g_array_index(self->feature, guint32, i)];

        if (isnan(value))
            return g_array_index(self->fallback, double, leaf);
        sum += g_array_index(self->factor, double, i) * value;
    }
    return sum;
}

static void
lgb_linear_margin(const LgbBody *self, const double *row, double *margin)
{
    const ErrataTrees *trees = self->trees;

    for (guint g = 0; g < trees->n_groups; g++)
        margin[g] = 0.0;
    for (guint tree = 0; tree < trees->n_trees; tree++) {
        guint32 node = errata_trees_leaf(trees, tree, row);
        guint leaf = (guint)trees->leaf_value[trees->feature[node]];

        margin[trees->group[tree]] += lgb_linear_leaf(self->linear, leaf, row);
    }
    for (guint g = 0; trees->average && g < trees->n_groups; g++)
        margin[g] /= trees->n_trees / trees->n_groups;
}

static double
lgb_sigmoid(double margin, double slope)
{
    return 1.0 / (1.0 + exp(-slope * margin));
}

static double
lgb_convert(const LgbHeader *header, double margin)
{
    switch (header->link) {
    case LGB_SQUARE:
        return copysign(margin * margin, margin);
    case LGB_EXP:
        return exp(margin);
    case LGB_BINARY:
    case LGB_ONE_VS_ALL:
        return lgb_sigmoid(margin, header->sigmoid);
    case LGB_LOG1P_EXP:
        return log1p(exp(margin));
    case LGB_IDENTITY:
    case LGB_SOFTMAX:
        break;
    }
    return margin;
}

static void
lgb_put_classes(const LgbHeader *header, double *margin, gsize row, ErrataModelScores *scores)
{
    guint n = header->n_classes;
    guint best = 0;
    double most;
    double sum = 0.0;

    for (guint c = 0; c < n; c++) {
        scores->number[1 + c][row] = margin[c];
        best = margin[c] > margin[best] ? c : best;
    }
    scores->number[0][row] = best;
    if (header->link == LGB_IDENTITY)
        return;
    most = margin[best];
    for (guint c = 0; c < n; c++) {
        margin[c] = header->link == LGB_SOFTMAX ? exp(margin[c] - most)
                                                : lgb_convert(header, margin[c]);
        sum += margin[c];
    }
    for (guint c = 0; c < n; c++)
        scores->number[1 + n + c][row] = header->link == LGB_SOFTMAX ? margin[c] / sum : margin[c];
}

static void
lgb_put_one(const LgbHeader *header, double margin, gsize row, ErrataModelScores *scores)
{
    double value = lgb_convert(header, margin);

    scores->number[0][row] = header->link == LGB_BINARY ? (value > 0.5 ? 1.0 : 0.0) : value;
    scores->number[1][row] = margin;
    if (header->link == LGB_BINARY) {
        scores->number[2][row] = 1.0 - value;
        scores->number[3][row] = value;
    }
}

static gboolean
lgb_predict(const ErrataModel *model,
            gconstpointer body,
            const ErrataModelRows *rows,
            ErrataModelScores *scores,
            GError **error)
{
    const LgbBody *self = body;
    const LgbHeader *header = &self->header;
    gsize n = header->n_features, n_groups = self->trees->n_groups;
    g_autofree double *row = g_new(double, MAX(n * rows->n_rows, 1));
    g_autofree double *margins = g_new(double, n_groups * rows->n_rows + header->n_classes);

    for (gsize i = 0; i < rows->n_rows; i++)
        for (guint f = 0; f < n; f++)
            row[i * n + f] = rows->number[f][i];
    if (self->linear == NULL)
        errata_trees_margins(self->trees, row, n, rows->n_rows, margins);
    for (gsize i = 0; i < rows->n_rows; i++) {
        double *margin = margins + i * n_groups;

        if (self->linear != NULL)
            lgb_linear_margin(self, row + i * n, margin);
        if (header->n_classes > 1)
            lgb_put_classes(header, margin, i, scores);
        else
            lgb_put_one(header, margin[0], i, scores);
    }
    return TRUE;
}

static void
lgb_body_free(gpointer body)
{
    LgbBody *self = body;

    errata_trees_free(self->own);
    lgb_linear_free(self->linear);
    g_free(self);
}

const ErrataModelClass lgb_class = {lgb_predict, lgb_body_free};
