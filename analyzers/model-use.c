/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The model that made a log, at work on it: bound to its columns, and the loss of its errors shared
 * out beside that of correct rows that are like them. What is spent is bounded by the size of the
 * model, not of the log. */
#include "model-use.h"

#include <math.h>
#include <string.h>

#include "clean.h"
#include "model-truth.h"
#include "rng.h"
#include "sort.h"

#define USE_ERRORS     1000  /* most errors whose loss is shared out */
#define USE_FEW        10    /* fewer are not */
#define USE_BACKGROUND 25    /* rows that a feature's absence is taken from */
#define USE_ROUNDS     2     /* through them, where shares are estimates */
#define USE_TREE_PAIRS 3e6   /* trees × rows × background rows, about half a second */
#define USE_TREE_RUNS  3e7   /* trees × runs, where trees are run as any other model is */
#define USE_RUNS       1.5e5 /* of other models */
#define USE_WORK       5e8   /* numbers that those go through */
#define USE_STAGE      23

void
errata_model_use_free(ErrataModelUse *self)
{
    if (self == NULL)
        return;
    errata_explainer_free(self->loss);
    errata_model_match_free(self->match);
    g_free(self->why_no_loss);
    g_free(self->truth);
    g_free(self->pair);
    g_free(self->loss_of_error);
    g_free(self->loss_of_correct);
    g_free(self);
}

/**
 * errata_model_use_runs:
 * @model: a model that is no sum of trees
 * @most: runs wanted at most
 *
 * Returns: how many there may be, by what each goes through
 */
double
errata_model_use_runs(const ErrataModel *model, double most)
{
    return fmin(most, USE_WORK / fmax(model->work, 1.0));
}

/**
 * errata_model_use_budget:
 * @model: a model
 * @most: rows wanted at most
 * @per_row: runs of the model, or comparisons with background rows, per row
 *
 * Returns: for how many rows that may be done
 */
gsize
errata_model_use_budget(const ErrataModel *model, gsize most, gsize per_row)
{
    double budget = model->trees != NULL
                        ? USE_TREE_PAIRS / MAX(model->trees->n_trees, 1)
                        : errata_model_use_runs(model, USE_RUNS) / MAX(model->inputs->len, 1);

    return (gsize)CLAMP(budget / (double)MAX(per_row, 1), 20.0, (double)most);
}

/* rows on either side of the pairs: each is compared with the background, walk by walk through the
 * trees, or run mixed with it, where the loss is no function of margins */
static gsize
use_most_pairs(const ErrataModel *model, const ErrataExplainer *loss)
{
    gsize per_row = (gsize)2 * USE_BACKGROUND;
    g_autofree guint8 *read = errata_model_reads(model);
    guint n_read = 0;
    double runs;

    if (model->trees == NULL || !errata_explainer_is_sampled(loss))
        return errata_model_use_budget(model, USE_ERRORS, per_row);
    for (guint f = 0; f < model->inputs->len; f++)
        n_read += read[f];
    runs = (double)per_row * 2.0 * USE_ROUNDS * MAX(n_read, 1);
    return (gsize)CLAMP(USE_TREE_RUNS / MAX(model->trees->n_trees, 1) / runs,
                        2.0 * USE_FEW,
                        (double)USE_ERRORS);
}

/* by label, then by how sure the prediction was (numbers: by the label itself), then by row */
typedef struct {
    gint32 label;
    double sure;
    gsize row;
} Candidate;

static int
use_compare(const void *a, const void *b)
{
    const Candidate *x = a;
    const Candidate *y = b;

    if (x->label != y->label)
        return x->label < y->label ? -1 : 1;
    if (x->sure < y->sure || x->sure > y->sure)
        return x->sure < y->sure ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row ? 1 : 0;
}

static double
use_sure(const ErrataOutcome *outcome, gsize row)
{
    double sure = outcome->task == ERRATA_TASK_REGRESSION && outcome->truth_value != NULL
                      ? outcome->truth_value[row]
                  : outcome->confidence != NULL ? outcome->confidence[row]
                                                : 0.0;

    return isfinite(sure) ? sure : 0.0;
}

/* up to @most judged rows with (or without) an error, by chance, sorted */
static Candidate *
use_candidates(const ErrataAnalysis *analysis,
               const double *truth,
               gboolean error,
               gsize most,
               gsize *ret_n)
{
    const ErrataOutcome *outcome = analysis->outcome;
    gsize n_rows = outcome->n_rows, n_all = 0, seen = 0, n = 0;
    ErrataRng rng = errata_rng_init(analysis->settings->seed, USE_STAGE, error ? 1 : 0);
    Candidate *all;

#define USE_IS(row) \
    (outcome->judged[row] != 0 && (outcome->error[row] != 0) == error && !isnan(truth[row]))
    for (gsize row = 0; row < n_rows; row++)
        n_all += USE_IS(row) ? 1 : 0;
    most = MIN(most, n_all);
    all = g_new(Candidate, most + 1);
    for (gsize row = 0; row < n_rows && n < most; row++) {
        if (!USE_IS(row))
            continue;
        if (errata_rng_below(&rng, n_all - seen++) < most - n)
            all[n++] = (Candidate){outcome->truth != NULL ? outcome->truth[row] : 0,
                                   use_sure(outcome, row),
                                   row};
    }
#undef USE_IS
    qsort(all, n, sizeof *all, use_compare);
    *ret_n = n;
    return all;
}

/* the nearest in @at of those with the same label that are not taken; n when there is none */
static gsize
use_nearest(const Candidate *correct, gsize n, const guint8 *taken, const Candidate *error)
{
    gsize low = 0, high = n, below, above;

    while (low < high) {
        gsize middle = low + (high - low) / 2;

        if (use_compare(&correct[middle], error) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    below = low;
    above = low;
    while (below > 0 && correct[below - 1].label == error->label && taken[below - 1] != 0)
        below--;
    while (above < n && correct[above].label == error->label && taken[above] != 0)
        above++;
    below = below > 0 && correct[below - 1].label == error->label ? below - 1 : n;
    above = above < n && correct[above].label == error->label ? above : n;
    if (below == n || above == n)
        return below == n ? above : below;
    return error->sure - correct[below].sure <= correct[above].sure - error->sure ? below : above;
}

/* each error with the correct row of its label that was as sure, each taken once */
static void
use_pair(ErrataModelUse *self, const ErrataAnalysis *analysis, gsize most)
{
    gsize n_errors, n_correct;
    g_autofree Candidate *error = use_candidates(analysis, self->truth, TRUE, most, &n_errors);
    g_autofree Candidate *correct =
        use_candidates(analysis, self->truth, FALSE, 20 * most, &n_correct);
    g_autofree guint8 *taken = g_new0(guint8, n_correct + 1);

    self->pair = g_new(ErrataModelPair, n_errors + 1);
    for (gsize i = 0; i < n_errors; i++) {
        gsize at = use_nearest(correct, n_correct, taken, &error[i]);

        if (at == n_correct)
            continue;
        taken[at] = 1;
        self->pair[self->n_pairs++] = (ErrataModelPair){error[i].row, correct[at].row};
    }
}

/* shares of the loss of one side of the pairs */
static double *
use_share(ErrataModelUse *self, gboolean error_side, GError **error)
{
    gsize width = (gsize)self->n_features + 1;
    g_autofree gsize *row = g_new(gsize, self->n_pairs);
    g_autofree double *truth = g_new(double, self->n_pairs);
    g_autofree double *phi = g_new(double, self->n_pairs *width);
    ErrataSampledCheck check;

    for (gsize i = 0; i < self->n_pairs; i++) {
        row[i] = error_side ? self->pair[i].error : self->pair[i].correct;
        truth[i] = self->truth[row[i]];
    }
    if (!errata_explainer_binding_rows(self->loss,
                                       self->match->binding,
                                       row,
                                       self->n_pairs,
                                       truth,
                                       phi,
                                       &check,
                                       error))
        return NULL;
    self->check.gap = fmax(self->check.gap, check.gap);
    self->check.error = fmax(self->check.error, check.error);
    self->check.n_sampled += check.n_sampled;
    return g_steal_pointer(&phi);
}

/* pairs that the model gives nothing for are dropped */
static void
use_drop_undefined(ErrataModelUse *self)
{
    gsize width = (gsize)self->n_features + 1;
    gsize n = 0;

    for (gsize i = 0; i < self->n_pairs; i++) {
        if (isnan(self->loss_of_error[i * width]) || isnan(self->loss_of_correct[i * width]))
            continue;
        self->pair[n] = self->pair[i];
        memmove(self->loss_of_error + n * width,
                self->loss_of_error + i * width,
                width * sizeof *self->loss_of_error);
        memmove(self->loss_of_correct + n * width,
                self->loss_of_correct + i * width,
                width * sizeof *self->loss_of_correct);
        n++;
    }
    self->n_pairs = n;
}

static gboolean
use_losses(ErrataModelUse *self,
           const ErrataAnalysis *analysis,
           GPtrArray *warnings,
           GError **error)
{
    ErrataModel *model = analysis->model;
    ErrataExplainerEffort effort = {USE_BACKGROUND, USE_ROUNDS};

    self->loss = errata_explainer_new(model,
                                      ERRATA_QUANTITY_LOSS,
                                      self->match->binding,
                                      &effort,
                                      analysis->settings->seed,
                                      error);
    if (self->loss == NULL)
        return FALSE;
    self->n_features = errata_explainer_n_features(self->loss);
    self->truth = errata_model_truth_new(model,
                                         errata_explainer_n_classes(self->loss),
                                         analysis->frame,
                                         analysis->schema,
                                         analysis->outcome,
                                         self->match->class,
                                         warnings,
                                         error);
    if (self->truth == NULL)
        return FALSE;
    for (gsize row = 0; row < analysis->outcome->n_rows; row++)
        self->truth[row] = errata_model_scale_undo(self->match->scale, self->truth[row]);
    use_pair(self, analysis, use_most_pairs(model, self->loss));
    if (self->n_pairs < USE_FEW)
        return TRUE;
    self->loss_of_error = use_share(self, TRUE, error);
    self->loss_of_correct = self->loss_of_error != NULL ? use_share(self, FALSE, error) : NULL;
    if (self->loss_of_correct == NULL)
        return FALSE;
    use_drop_undefined(self);
    return TRUE;
}

/* numbers or classes that the model predicts side by side; 0 where one is its prediction */
static guint
use_n_targets(const ErrataModel *model)
{
    guint n = 0;

    for (guint o = 0; o < model->outputs->len; o++) {
        const ErrataModelOutput *output = errata_model_output(model, o);

        if (output->role == ERRATA_MODEL_PREDICTION)
            return 0;
        if (output->role == ERRATA_MODEL_FIELD && g_str_has_prefix(output->name, "prediction_"))
            n++;
    }
    return n;
}

/**
 * errata_model_use_new:
 * @analysis: a log, with the model that is said to have made it
 *
 * Binds the model to the log, compares its scores with the logged ones, and shares out the loss of
 * a sample of errors and of correct rows that are like them. What does not fit becomes a warning.
 *
 * Returns: (transfer full) (nullable): the model at work; %NULL without one, or where it cannot be
 * run
 *   on this log
 */
ErrataModelUse *
errata_model_use_new(ErrataAnalysis *analysis)
{
    g_autoptr(ErrataModelUse) self = NULL;
    g_autoptr(GError) error = NULL;
    GPtrArray *warnings = analysis->result->warnings;

    if (analysis->model == NULL || analysis->model->klass == NULL || analysis->model->is_unsafe)
        return NULL;
    if (use_n_targets(analysis->model) > 1) {
        g_ptr_array_add(
            warnings,
            g_strdup_printf("the model was not run on the log: it predicts %u targets at once, and "
                            "the log does not tell which of them is its own; score and attribute "
                            "give each",
                            use_n_targets(analysis->model)));
        return NULL;
    }
    self = g_new0(ErrataModelUse, 1);
    self->match = errata_model_match_new(analysis->model,
                                         analysis->clean->raw,
                                         analysis->schema,
                                         analysis->outcome,
                                         analysis->settings->seed,
                                         warnings,
                                         &error);
    if (self->match == NULL) {
        g_ptr_array_add(warnings,
                        g_strdup_printf("the model was not run on the log: %s", error->message));
        return NULL;
    }
    self->is_sure = errata_model_match_is_sure(self->match);
    if (!self->is_sure) {
        self->why_no_loss = g_strdup("the model does not give the logged scores");
    } else if (self->match->is_scaled) {
        self->why_no_loss = g_strdup(
            "the model gives another number than the log holds, on a scale "
            "that was not found");
    } else if (analysis->outcome->n_errors < USE_FEW) {
        self->why_no_loss = g_strdup("the log has too few errors");
    } else if (!use_losses(self, analysis, warnings, &error)) {
        self->why_no_loss = g_strdup(error->message);
        self->n_pairs = 0;
    }
    return g_steal_pointer(&self);
}
