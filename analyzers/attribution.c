/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the model's predictions owe to each feature, over the log: exact shares of the margin of a
 * sample of rows, their mean size over all rows, over errors and over correct ones. */
#include "attribution.h"

#include <math.h>

#include "model-rows.h"
#include "parallel.h"
#include "rng.h"
#include "treeshap.h"

#define ATTRIBUTION_ROWS  10000 /* sampled */
#define ATTRIBUTION_GRAIN 128
#define ATTRIBUTION_STAGE 21 /* of the random numbers */

typedef struct {
    const ErrataModelBinding *binding;
    const ErrataTreeshap *shap;
    const ErrataTrees *trees;
    const gsize *row;
    double *size; /* per sampled row and feature: Σ over outputs of |share| */
    double *gap;  /* per chunk */
} Attribution;

static void
attribution_chunk_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    Attribution *self = data;
    guint n_features = self->trees->n_features;
    guint n_groups = self->trees->n_groups;
    gsize width = (gsize)n_features + 1;
    gsize n = end - begin;
    g_autoptr(ErrataModelBlock) block = errata_model_block_new(self->binding, 1);
    g_autofree double *cell = g_new(double, n *n_features);
    g_autofree const double **number = g_new(const double *, n_features);
    g_autofree double *phi = g_new(double, n *n_groups *width);

    for (gsize i = 0; i < n; i++) {
        const ErrataModelRows *row = errata_model_block_fill(block, self->row[begin + i], 1);

        for (guint f = 0; f < n_features; f++)
            cell[f * n + i] = row->number[f][0];
    }
    for (guint f = 0; f < n_features; f++)
        number[f] = cell + f * n;
    errata_treeshap_rows(self->shap, number, n, phi);
    self->gap[chunk] = errata_treeshap_gap(self->trees, number, n, phi, NULL);
    for (gsize i = 0; i < n; i++)
        for (guint g = 0; g < n_groups; g++)
            for (guint f = 0; f < n_features; f++)
                self->size[(begin + i) * n_features + f] +=
                    fabs(phi[(i * n_groups + g) * width + f]);
}

static gsize *
attribution_sample(const ErrataAnalysis *analysis, gsize *ret_n)
{
    gsize n_rows = analysis->frame->n_rows;
    gsize most = MIN(n_rows, ATTRIBUTION_ROWS);
    ErrataRng rng = errata_rng_init(analysis->settings->seed, ATTRIBUTION_STAGE, 0);
    gsize *row = g_new(gsize, most + 1);
    gsize n = 0;

    for (gsize i = 0; i < n_rows && n < most; i++)
        if (errata_rng_below(&rng, n_rows - i) < most - n)
            row[n++] = i;
    *ret_n = n;
    return row;
}

/* mean size over sampled rows, all or those that are judged and (not) errors */
static double
attribution_mean(const Attribution *self,
                 gsize n,
                 guint feature,
                 const ErrataOutcome *outcome,
                 int error)
{
    double sum = 0.0;
    gsize used = 0;

    for (gsize i = 0; i < n; i++) {
        gsize row = self->row[i];

        if (error >= 0 && (outcome->judged[row] == 0 || (outcome->error[row] != 0) != (error != 0)))
            continue;
        sum += self->size[i * self->trees->n_features + feature];
        used++;
    }
    return used > 0 ? sum / (double)used : (double)NAN;
}

typedef struct {
    guint feature;
    double mean;
} Rank;

static int
attribution_compare(const void *a, const void *b)
{
    const Rank *x = a;
    const Rank *y = b;

    return x->mean > y->mean ? -1 : x->mean < y->mean ? 1 : (int)x->feature - (int)y->feature;
}

static ErrataShares *
attribution_shares(const Attribution *self, const ErrataAnalysis *analysis, gsize n)
{
    guint n_features = self->trees->n_features;
    ErrataShares *shares =
        errata_shares_new("model", "exact path-dependent Shapley values of the margin", n_features);
    g_autofree Rank *rank = g_new(Rank, MAX(n_features, 1));

    for (guint f = 0; f < n_features; f++)
        rank[f] = (Rank){f, attribution_mean(self, n, f, analysis->outcome, -1)};
    qsort(rank, n_features, sizeof *rank, attribution_compare);
    for (guint i = 0; i < n_features; i++) {
        guint f = rank[i].feature;

        shares->feature[i] = g_strdup(errata_model_input(analysis->model, f)->name);
        shares->mean_abs[i] = rank[i].mean;
        shares->mean_abs_errors[i] = attribution_mean(self, n, f, analysis->outcome, 1);
        shares->mean_abs_correct[i] = attribution_mean(self, n, f, analysis->outcome, 0);
    }
    shares->n_rows = n;
    for (gsize chunk = 0; chunk < errata_parallel_n_chunks(n, ATTRIBUTION_GRAIN); chunk++)
        shares->gap = fmax(shares->gap, self->gap[chunk]);
    return shares;
}

static char *
attribution_why_not(const ErrataAnalysis *analysis)
{
    if (analysis->model == NULL)
        return g_strdup("no model was given");
    if (analysis->model->trees == NULL)
        return g_strdup_printf("the model is not one of trees: %s",
                               analysis->model->why_not_trees != NULL
                                   ? analysis->model->why_not_trees
                                   : analysis->model->kind);
    return NULL;
}

static void
attribution_warn(ErrataAnalysis *analysis, const char *why)
{
    g_ptr_array_add(analysis->result->warnings,
                    g_strdup_printf("the model's predictions were not shared out among its "
                                    "features: %s",
                                    why));
}

static gboolean
attribution_run(ErrataAnalysis *analysis, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(ErrataModelBinding) binding = NULL;
    g_autoptr(ErrataTreeshap) shap = NULL;
    gsize n;
    g_autofree gsize *row = attribution_sample(analysis, &n);
    g_autofree double *size = NULL;
    g_autofree double *gap = NULL;
    Attribution self;

    binding = errata_model_binding_new(analysis->model,
                                       analysis->frame,
                                       analysis->result->warnings,
                                       &local);
    shap = binding != NULL ? errata_treeshap_new(analysis->model->trees, &local) : NULL;
    if (shap == NULL) {
        attribution_warn(analysis, local->message);
        return TRUE;
    }
    size = g_new0(double, MAX(n * analysis->model->trees->n_features, 1));
    gap = g_new0(double, errata_parallel_n_chunks(n, ATTRIBUTION_GRAIN) + 1);
    self = (Attribution){binding, shap, analysis->model->trees, row, size, gap};
    errata_parallel_for(n, ATTRIBUTION_GRAIN, attribution_chunk_cb, &self);
    analysis->result->shares = attribution_shares(&self, analysis, n);
    g_ptr_array_add(analysis->result->method_notes,
                    g_strdup_printf("Attribution: exact path-dependent Shapley values of the "
                                    "model's margin on %" G_GSIZE_FORMAT
                                    " rows; shares add up to it within %.1g.",
                                    n,
                                    analysis->result->shares->gap));
    return TRUE;
}

const ErrataAnalyzer errata_analyzer_attribution = {
    .id = "attribution",
    .why_not = attribution_why_not,
    .run = attribution_run,
};
