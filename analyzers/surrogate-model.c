/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A surrogate as a model like any other: boosted trees that follow a log's own scores, whose inputs
 * are the log's columns. What works on models works on it; its note says what it is and how well it
 * follows. */
#include "surrogate-model.h"

#include <math.h>
#include <string.h>

#include "attribution-surrogate.h"
#include "error.h"
#include "model-builder.h"

/* from a cell to the code that the trees read */
typedef struct {
    guint n_codes;
    double *edge; /* (nullable): of numbers, n_codes − 1 */
    gboolean has_other;
} SurrogateInput;

typedef struct {
    guint n_inputs;
    SurrogateInput *input;
    const ErrataTrees *trees; /* the model's */
    gboolean is_class;
} SurrogateBody;

static void
surrogate_body_free(gpointer data)
{
    SurrogateBody *self = data;

    for (guint i = 0; i < self->n_inputs; i++)
        g_free(self->input[i].edge);
    g_free(self->input);
    g_free(self);
}

static double
surrogate_code(const SurrogateInput *self, double value)
{
    guint code = 0;

    if (isnan(value))
        return value;
    if (self->edge == NULL)
        return value >= 0.0 ? value : self->has_other ? self->n_codes - 1.0 : (double)NAN;
    while (code + 1 < self->n_codes && self->edge[code] <= value)
        code++;
    return code;
}

static gboolean
surrogate_features(const ErrataModel *model,
                   gconstpointer body,
                   const ErrataModelRows *rows,
                   double *const *ret_number,
                   guint8 *ret_defined,
                   GError **error)
{
    const SurrogateBody *self = body;

    for (guint f = 0; f < self->n_inputs; f++)
        for (gsize i = 0; i < rows->n_rows; i++)
            ret_number[f][i] = surrogate_code(&self->input[f], rows->number[f][i]);
    memset(ret_defined, 1, rows->n_rows);
    return TRUE;
}

/* outputs: the prediction, margins, probabilities */
static void
surrogate_write(const SurrogateBody *self, double *margin, gsize row, ErrataModelScores *scores)
{
    guint n = self->trees->n_groups, at = 1, best = 0;

    if (!self->is_class) {
        scores->number[0][row] = margin[0];
        return;
    }
    for (guint g = 0; g < n; g++)
        scores->number[at++][row] = margin[g];
    for (guint g = 1; g < n; g++)
        best = margin[g] > margin[best] ? g : best;
    if (n == 1)
        best = margin[0] > 0.0 ? 1 : 0;
    errata_trees_apply_link(self->trees, margin);
    if (n == 1)
        scores->number[at++][row] = 1.0 - margin[0];
    for (guint g = 0; g < n; g++)
        scores->number[at++][row] = margin[g];
    scores->number[0][row] = best;
}

static gboolean
surrogate_predict(const ErrataModel *model,
                  gconstpointer body,
                  const ErrataModelRows *rows,
                  ErrataModelScores *scores,
                  GError **error)
{
    const SurrogateBody *self = body;
    g_autofree double *cell = g_new(double, (gsize)self->n_inputs + 1);
    g_autofree double *margin = g_new(double, self->trees->n_groups);

    for (gsize i = 0; i < rows->n_rows; i++) {
        for (guint f = 0; f < self->n_inputs; f++)
            cell[f] = surrogate_code(&self->input[f], rows->number[f][i]);
        errata_trees_margin(self->trees, cell, margin);
        surrogate_write(self, margin, i, scores);
    }
    return TRUE;
}

static const ErrataModelClass surrogate_class = {
    .predict = surrogate_predict,
    .free = surrogate_body_free,
    .features = surrogate_features,
};

static void
surrogate_add_inputs(const Surrogate *surrogate, SurrogateBody *body, ErrataModelBuilder *builder)
{
    body->n_inputs = surrogate->n_columns;
    body->input = g_new0(SurrogateInput, surrogate->n_columns);
    for (guint c = 0; c < surrogate->n_columns; c++) {
        const ErrataBinColumn *bin = &surrogate->bins->columns[surrogate->bin[c]];
        guint n_labels = bin->n_codes - (bin->has_other ? 1 : 0);
        g_autoptr(GPtrArray) labels = g_ptr_array_new();

        body->input[c] = (SurrogateInput){.n_codes = bin->n_codes, .has_other = bin->has_other};
        for (guint k = 0; !bin->numeric && k < n_labels; k++)
            g_ptr_array_add(labels, bin->labels[k]);
        g_ptr_array_add(labels, NULL);
        if (bin->numeric)
            body->input[c].edge = g_memdup2(bin->edges,
                                            MAX(bin->n_codes, 1) * sizeof(double) - sizeof(double));
        errata_model_builder_add_input(builder,
                                       surrogate->analysis->schema->names[bin->column],
                                       bin->numeric ? ERRATA_MODEL_NUMBER : ERRATA_MODEL_CATEGORY,
                                       bin->numeric ? NULL : (const char *const *)labels->pdata);
    }
}

/* the classes in the order of the margins: of two the second is what a margin speaks for */
static void
surrogate_name_classes(const Surrogate *surrogate, GPtrArray *names)
{
    const ErrataSchema *schema = surrogate->analysis->schema;
    gboolean turned = surrogate->target == SURROGATE_SCORE && schema->n_classes == 2 &&
                      schema->positive == 0;

    for (guint k = 0; k < schema->n_classes; k++)
        g_ptr_array_add(names, schema->classes[turned ? schema->n_classes - 1 - k : k]);
    g_ptr_array_add(names, NULL);
}

static void
surrogate_add_outputs(const Surrogate *surrogate, SurrogateBody *body, ErrataModelBuilder *builder)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    ErrataModelOutput *prediction;
    guint n;

    body->is_class = surrogate->target != SURROGATE_NUMBER;
    if (!body->is_class) {
        errata_model_builder_add_output(builder,
                                        "prediction",
                                        ERRATA_MODEL_PREDICTION,
                                        ERRATA_MODEL_NUMBER,
                                        NULL);
        errata_model_builder_set_task(builder, ERRATA_TASK_REGRESSION);
        return;
    }
    surrogate_name_classes(surrogate, names);
    n = names->len - 1;
    errata_model_builder_set_classes(builder, (const char *const *)names->pdata);
    errata_model_builder_set_task(builder, n == 2 ? ERRATA_TASK_BINARY : ERRATA_TASK_MULTICLASS);
    prediction = errata_model_builder_add_output(builder,
                                                 "prediction",
                                                 ERRATA_MODEL_PREDICTION,
                                                 ERRATA_MODEL_CATEGORY,
                                                 NULL);
    prediction->categories = g_strdupv((char **)names->pdata);
    for (guint g = 0; g < body->trees->n_groups; g++) {
        const char *label = names->pdata[body->trees->n_groups == 1 ? 1 : g];
        g_autofree char *name = body->trees->n_groups == 1 ? g_strdup("margin")
                                                           : g_strdup_printf("margin_%s", label);

        errata_model_builder_add_output(builder,
                                        name,
                                        ERRATA_MODEL_MARGIN,
                                        ERRATA_MODEL_NUMBER,
                                        label);
    }
    for (guint k = 0; k < n; k++) {
        g_autofree char *name = g_strdup_printf("probability(%s)", (const char *)names->pdata[k]);

        errata_model_builder_add_output(builder,
                                        name,
                                        ERRATA_MODEL_PROBABILITY,
                                        ERRATA_MODEL_NUMBER,
                                        names->pdata[k]);
    }
}

static void
surrogate_note(const Surrogate *surrogate, ErrataModelBuilder *builder)
{
    g_autofree char *followed = attribution_surrogate_followed(surrogate);
    g_autofree char *weak = attribution_surrogate_weak(surrogate);

    if (weak == NULL)
        errata_model_builder_note(builder,
                                  "no model was given: what is explained is a surrogate, %s",
                                  followed);
    else
        errata_model_builder_note(builder,
                                  "no model was given: what is explained is a surrogate, boosted "
                                  "trees that are %s; what follows is how they decide, and the "
                                  "model may decide otherwise",
                                  weak);
}

/**
 * errata_surrogate_model_new:
 * @frame: a log
 * @schema: its roles
 * @outcome: its labels and scores
 * @settings: the seed
 * @error: return location for a #GError
 *
 * Trains trees that follow the logged scores, or predictions, of a log without a model.
 *
 * Errors: %ERRATA_ERROR_TOO_FEW_ROWS where there is too little to follow.
 *
 * Returns: (transfer full): the surrogate, whose note says how well it follows; or %NULL with
 * @error set
 */
ErrataModel *
errata_surrogate_model_new(const ErrataFrame *frame,
                           const ErrataSchema *schema,
                           const ErrataOutcome *outcome,
                           const ErrataSettings *settings,
                           GError **error)
{
    ErrataAnalysis analysis = {
        .frame = frame,
        .schema = schema,
        .outcome = outcome,
        .settings = settings,
    };
    g_auto(Surrogate) surrogate = {.analysis = &analysis};
    g_autoptr(ErrataModelBuilder) builder = errata_model_builder_new("surrogate", "Errata");
    const char *why = attribution_surrogate_why_not(&analysis);
    SurrogateBody *body;
    ErrataTrees *trees;

    if (why == NULL && !attribution_surrogate_fit(&surrogate))
        why =
            "no model was given, and too few rows have scores and features to follow the scores by";
    if (why != NULL) {
        g_set_error_literal(error, ERRATA_ERROR, ERRATA_ERROR_TOO_FEW_ROWS, why);
        return NULL;
    }
    trees = errata_boost_to_trees(surrogate.boost,
                                  surrogate.columns,
                                  surrogate.train,
                                  surrogate.n_train,
                                  error);
    if (trees == NULL)
        return NULL;
    body = g_new0(SurrogateBody, 1);
    body->trees = trees;
    surrogate_add_inputs(&surrogate, body, builder);
    surrogate_add_outputs(&surrogate, body, builder);
    surrogate_note(&surrogate, builder);
    errata_model_builder_set_kind(builder, "surrogate (boosted trees)");
    errata_model_builder_set_trees(builder, trees);
    errata_model_builder_set_body(builder, &surrogate_class, body);
    return errata_model_builder_finish(builder, error);
}
