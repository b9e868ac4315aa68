/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the loss of one row comes from: which of its values raised it above what the log's rows
 * would lose with its label, as a game of its own: the model is run on mixtures of the row and
 * others, and nothing is rescaled. METHODS 7. */
#include <math.h>

#include "explainer.h"
#include "model-truth.h"
#include "model-use.h"
#include "worker-explain-private.h"

#define LOSS_TREE_RUNS 1e8 /* trees × runs, a second or two */
#define LOSS_RUNS      6e5 /* of other models */
#define LOSS_ROUNDS    400U
#define LOSS_FEW       10.0 /* background rows at least */

/* the label of the row as the model counts; NaN where there is none, and @ret_why says why */
static double
loss_truth(Explain *self, const ErrataExplainer *explainer, char **ret_why)
{
    const ErrataFrame *frame = self->opened.frame;
    const ErrataModelMatch *match = self->match;
    g_autoptr(GError) error = NULL;
    g_autofree double *truth = NULL;

    if (!errata_column_is_valid(frame->columns[self->schema->label], self->row)) {
        *ret_why = g_strdup("the row has no label");
        return (double)NAN;
    }
    truth = errata_model_truth_new(self->opened.model,
                                   errata_explainer_n_classes(explainer),
                                   frame,
                                   self->schema,
                                   self->outcome,
                                   match != NULL ? match->class : NULL,
                                   self->opened.warnings,
                                   &error);
    if (truth == NULL || isnan(truth[self->row])) {
        *ret_why = g_strdup(error != NULL ? error->message
                                          : "the label of the row is none that the model knows");
        return (double)NAN;
    }
    return match != NULL ? errata_model_scale_undo(match->scale, truth[self->row])
                         : truth[self->row];
}

/* why the loss of the row cannot be told; NULL where it may be */
static const char *
loss_why_not(const Explain *self)
{
    if (!self->has_log)
        return "labels and what would be lost otherwise are those of a log, and none was named";
    if (self->schema->label < 0)
        return "no column of the log is the label; name it with --role COLUMN=label";
    if (self->is_alone && self->is_disputed)
        return "the surrogate says otherwise than the log does, and the loss would be its own";
    if (self->match != NULL && self->match->is_scaled)
        return "the model gives another number than the log holds, on a scale that was not found";
    return NULL;
}

static ErrataExplainerEffort
loss_effort(const ErrataModel *model)
{
    g_autofree guint8 *read = errata_model_reads(model);
    double runs = model->trees != NULL ? LOSS_TREE_RUNS / MAX(model->trees->n_trees, 1)
                                       : errata_model_use_runs(model, LOSS_RUNS);
    double rows;
    guint n = 0;

    for (guint f = 0; f < model->inputs->len; f++)
        n += read[f] != 0 ? 1 : 0;
    /* of models that take long, fewer rows: two rounds at least are needed for the standard
     * error */
    rows = CLAMP(floor(runs / (4.0 * MAX(n, 1))), LOSS_FEW, EXPLAIN_BACKGROUND);
    return (ErrataExplainerEffort){
        .most_background = (gsize)rows,
        .max_rounds = (guint)CLAMP(runs / (2.0 * rows * MAX(n, 1)), 2.0, LOSS_ROUNDS),
        .most_runs = (gsize)runs,
    };
}

static void
loss_write(Explain *self,
           const ErrataExplainer *explainer,
           const double *phi,
           const ErrataSampledCheck *check)
{
    const ErrataColumn *label = self->opened.frame->columns[self->schema->label];
    g_autofree char *text = errata_column_print(label, self->row);
    guint n = errata_explainer_n_features(explainer);

    errata_json_writer_begin(&self->json, "loss", '{');
    errata_json_writer_string(&self->json,
                              "name",
                              errata_explainer_n_classes(explainer) > 0 ? "log-loss"
                                                                        : "squared error");
    errata_json_writer_string(&self->json, "label", text);
    errata_json_writer_boolean(&self->json, "exact", check->n_sampled == 0);
    errata_json_writer_string(&self->json,
                              "method",
                              check->n_sampled == 0
                                  ? "exact Shapley values of the loss, by running the model on all "
                                    "combinations of the row's values with those of each "
                                    "background row"
                                  : errata_explainer_method(explainer));
    errata_json_writer_uint(&self->json,
                            "background_rows",
                            errata_explainer_n_background(explainer));
    errata_json_writer_double(&self->json, "additivity", check->gap);
    errata_json_writer_double(&self->json, "standard_error", check->size);
    errata_json_writer_double(&self->json, "bias", phi[n]);
    errata_json_writer_double(&self->json, "loss", explain_features(self, phi, n));
    errata_json_writer_end(&self->json, '}');
}

static void
loss_write_none(Explain *self, const char *why)
{
    errata_json_writer_null(&self->json, "loss");
    errata_json_writer_string(&self->json, "why_no_loss", why);
}

/* the loss of the row, shared out; or why not */
gboolean
explain_loss(Explain *self, const ErrataSettings *settings, GError **error)
{
    ErrataModel *model = self->opened.model;
    ErrataExplainerEffort effort = loss_effort(model);
    const char *why_not = loss_why_not(self);
    g_autoptr(ErrataExplainer) explainer = NULL;
    g_autoptr(GError) unfit = NULL;
    g_autofree double *phi = NULL;
    g_autofree char *why = NULL;
    ErrataSampledCheck check = {0};
    double truth;

    if (why_not == NULL)
        explainer = errata_explainer_new_game(model,
                                              ERRATA_QUANTITY_LOSS,
                                              self->binding,
                                              &effort,
                                              settings->seed,
                                              &unfit);
    if (explainer == NULL) {
        loss_write_none(self, why_not != NULL ? why_not : unfit->message);
        return TRUE;
    }
    truth = loss_truth(self, explainer, &why);
    if (why != NULL) {
        loss_write_none(self, why);
        return TRUE;
    }
    phi = g_new(double, (gsize)errata_explainer_n_features(explainer) + 1);
    if (!errata_explainer_rows(explainer, &self->cell->rows, self->row, &truth, phi, &check, error))
        return FALSE;
    if (isnan(phi[0]))
        loss_write_none(self, "the model says nothing of this row, or of mixtures with others");
    else
        loss_write(self, explainer, phi, &check);
    return TRUE;
}
