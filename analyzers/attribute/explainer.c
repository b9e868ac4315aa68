/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One way to share out a quantity of any model: exact tree values where it is a sum of trees, exact
 * values of sums, permutations for the rest. */
#include "explainer.h"

#include <math.h>

#include "error.h"
#include "evaluator.h"
#include "parallel.h"
#include "tree-rows.h"
#include "treeshap-background.h"
#include "treeshap-rescaled.h"
#include "treeshap.h"

#define EXPLAINER_GRAIN            128
#define EXPLAINER_GRAIN_BACKGROUND 2048 /* against a background, whose cost is per tree */
#define EXPLAINER_GRAIN_SLOW       16   /* rows that take long each */
#define EXPLAINER_GAP              1e-9
#define EXPLAINER_GAP_SINGLE       1e-5 /* sums in single precision */
#define EXPLAINER_GAP_RESCALED     1e-6 /* several margins: by quadrature */

struct _ErrataExplainer {
    ErrataModel *model;
    ErrataQuantity *quantity;
    ErrataModelCells *background; /* nullable */
    ErrataTreeRows *against_rows; /* nullable: the same as trees read them */
    gboolean is_own;              /* one of these five: shares as the library gives them */
    ErrataTreeshap *paths;
    ErrataTreeshapBackground *against;
    ErrataTreeshapRescaled *rescaled;
    ErrataSampledShap *sampled;
    guint n_features;
    char *method;
};

void
errata_explainer_free(ErrataExplainer *self)
{
    if (self == NULL)
        return;
    errata_treeshap_free(self->paths);
    errata_treeshap_background_free(self->against);
    errata_treeshap_rescaled_free(self->rescaled);
    errata_sampled_shap_free(self->sampled);
    errata_tree_rows_free(self->against_rows);
    errata_model_cells_free(self->background);
    errata_quantity_free(self->quantity);
    errata_model_unref(self->model);
    g_free(self->method);
    g_free(self);
}

static gboolean
explainer_needs_background(ErrataExplainer *self, GError **error)
{
    if (self->background != NULL)
        return TRUE;
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_UNSUPPORTED,
                "shares of the %s of this model (%s) need background rows, that a feature's "
                "absence is taken from; give some: attribute takes --background FILE, explain the "
                "log behind the model",
                errata_quantity_nick(self->quantity->kind),
                self->model->kind != NULL ? self->model->kind : "of another kind than trees");
    return FALSE;
}

/* the background as trees read it, less the rows that they have no result for */
static gboolean
explainer_read_background(ErrataExplainer *self, GError **error)
{
    self->against_rows = errata_tree_rows_new(self->model, &self->background->rows, error);
    if (self->against_rows == NULL)
        return FALSE;
    errata_tree_rows_drop_undefined(self->against_rows);
    if (self->against_rows->n_rows == 0 && self->background->rows.n_rows > 0) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_TOO_FEW_ROWS,
                    "the model has a result for none of %" G_GSIZE_FORMAT " background rows",
                    self->background->rows.n_rows);
        return FALSE;
    }
    self->background->rows.n_rows = self->against_rows->n_rows;
    return TRUE;
}

static const char *
explainer_together(const ErrataTrees *trees)
{
    return trees->owner != NULL
               ? "; all columns that the model makes of an input are there or absent together"
               : "";
}

/* the library shares out the margin itself, without rows to compare with */
static gboolean
explainer_has_own(const ErrataModel *model, ErrataQuantityKind kind)
{
    return kind == ERRATA_QUANTITY_MARGIN && model->klass != NULL && model->klass->shares != NULL;
}

/**
 * errata_explainer_needs_background:
 * @model: a model
 * @kind: what is shared out
 *
 * Returns: whether a feature's absence must be taken from rows: it need not where trees tell how
 * many
 *   training rows took each way, and the quantity is what they add up to
 */
gboolean
errata_explainer_needs_background(const ErrataModel *model, ErrataQuantityKind kind)
{
    const ErrataTrees *trees = model->trees;

    if (explainer_has_own(model, kind))
        return FALSE;
    if (trees == NULL || !errata_treeshap_is_defined(trees) || trees->link == ERRATA_LINK_ISOLATION)
        return TRUE;
    return kind != ERRATA_QUANTITY_MARGIN &&
           !(kind == ERRATA_QUANTITY_PROBABILITY && errata_quantity_is_vote(model));
}

static gboolean
explainer_take_trees(ErrataExplainer *self, GError **error)
{
    const ErrataTrees *trees = self->model->trees;
    gboolean vote = errata_quantity_is_vote(self->model);
    const char *nick = self->quantity->form == ERRATA_FORM_ISOLATION
                           ? "decision"
                           : errata_quantity_nick(self->quantity->kind);
    gboolean margin = self->quantity->form == ERRATA_FORM_PLAIN &&
                      self->quantity->kind != ERRATA_QUANTITY_LOSS;
    const char *what = vote ? "probability" : "margin";

    self->n_features = trees->n_owners;
    if (margin && self->background == NULL) {
        self->method = g_strdup_printf("exact path-dependent Shapley values of the %s%s",
                                       what,
                                       explainer_together(trees));
        self->paths = errata_treeshap_new(trees, error);
        return self->paths != NULL;
    }
    if (!explainer_needs_background(self, error) || !explainer_read_background(self, error))
        return FALSE;
    if (margin) {
        self->method = g_strdup_printf("exact interventional Shapley values of the %s against "
                                       "%" G_GSIZE_FORMAT " background rows%s",
                                       what,
                                       self->background->rows.n_rows,
                                       explainer_together(trees));
        self->against = errata_treeshap_background_new(trees,
                                                       self->against_rows->number,
                                                       self->background->rows.n_rows,
                                                       error);
        return self->against != NULL;
    }
    self->background->rows.n_rows = errata_treeshap_rescaled_most(trees,
                                                                  self->background->rows.n_rows);
    self->method = g_strdup_printf("exact interventional Shapley values of the %s against "
                                   "%" G_GSIZE_FORMAT " background rows, rescaled to the %s row "
                                   "by row%s",
                                   vote                                            ? "probability"
                                   : self->quantity->form == ERRATA_FORM_ISOLATION ? "path length"
                                                                                   : "margin",
                                   self->background->rows.n_rows,
                                   nick,
                                   explainer_together(trees));
    self->rescaled = errata_treeshap_rescaled_new(trees,
                                                  self->quantity,
                                                  self->against_rows->number,
                                                  self->background->rows.n_rows,
                                                  error);
    return self->rescaled != NULL;
}

static gboolean
explainer_take_outputs(ErrataExplainer *self,
                       const ErrataExplainerEffort *effort,
                       guint64 seed,
                       GError **error)
{
    const char *nick = errata_quantity_word(self->quantity);
    const char *why = self->model->trees == NULL ? self->model->why_not_trees : NULL;

    self->n_features = self->model->inputs->len;
    if (!explainer_needs_background(self, error))
        return FALSE;
    self->sampled = errata_sampled_shap_new(self->model,
                                            self->quantity,
                                            &self->background->rows,
                                            effort->max_rounds,
                                            seed,
                                            error);
    if (self->sampled == NULL)
        return FALSE;
    /* those that the model says nothing of are none */
    gsize n = errata_sampled_shap_background(self->sampled)->n_rows;
    self->method =
        errata_sampled_shap_is_additive(self->sampled)
            ? g_strdup_printf("exact Shapley values of the %s, which is a sum over features, "
                              "against %" G_GSIZE_FORMAT " background rows",
                              nick,
                              n)
            : g_strdup_printf("Shapley values of the %s by antithetic permutations against "
                              "%" G_GSIZE_FORMAT " background rows%s%s%s",
                              nick,
                              n,
                              why != NULL ? " (not as trees: " : "",
                              why != NULL ? why : "",
                              why != NULL ? ")" : "");
    return TRUE;
}

/* a sum over features is taken against more rows, where it holds for these, too */
static gboolean
explainer_widen(ErrataExplainer *self,
                const ErrataModelBinding *binding,
                const ErrataExplainerEffort *effort,
                guint64 seed,
                GError **error)
{
    gsize n;
    g_autofree gsize *row = errata_model_cells_sample(errata_model_binding_n_rows(binding),
                                                      effort->most_of_sum,
                                                      seed,
                                                      &n);
    g_autoptr(ErrataExplainer) wide = NULL;

    if (n <= self->background->rows.n_rows)
        return TRUE;
    wide = g_new0(ErrataExplainer, 1);
    wide->model = errata_model_ref(self->model);
    wide->quantity = self->quantity; /* lent */
    wide->background = errata_model_cells_new(binding, row, n);
    if (!explainer_take_outputs(wide, effort, seed, error)) {
        wide->quantity = NULL;
        return FALSE;
    }
    if (errata_sampled_shap_is_additive(wide->sampled)) {
        ErrataExplainer old = *self;

        self->background = g_steal_pointer(&wide->background);
        self->sampled = g_steal_pointer(&wide->sampled);
        self->method = g_steal_pointer(&wide->method);
        wide->background = old.background;
        wide->sampled = old.sampled;
        wide->method = old.method;
    }
    wide->quantity = NULL;
    return TRUE;
}

static gboolean
explainer_runs(const ErrataModel *model, GError **error)
{
    if (model->klass != NULL)
        return TRUE;
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_UNSUPPORTED,
                "the model cannot be run: %s",
                model->why_not);
    return FALSE;
}

/* the model and rows that a feature's absence is taken from */
static ErrataExplainer *
explainer_begin(ErrataModel *model,
                const ErrataModelBinding *background,
                const ErrataExplainerEffort *effort,
                guint64 seed)
{
    ErrataExplainer *self = g_new0(ErrataExplainer, 1);
    g_autofree gsize *row = NULL;
    gsize n;

    self->model = errata_model_ref(model);
    if (background == NULL)
        return self;
    row = errata_model_cells_sample(errata_model_binding_n_rows(background),
                                    effort->most_background,
                                    seed,
                                    &n);
    self->background = errata_model_cells_new(background, row, n);
    return self;
}

/**
 * errata_explainer_new:
 * @model: a model
 * @kind: what is shared out
 * @background: (nullable) (transfer none): rows that a feature's absence is taken from; for the
 *   margin of trees without one, the training rows as the trees' covers tell them
 * @effort: how much may be spent
 * @seed: of all that is chosen by chance
 * @error: return location for a #GError
 *
 * Errors: %ERRATA_ERROR_UNSUPPORTED for a model that cannot be run, has no such quantity, or needs
 * a background; %ERRATA_ERROR_TOO_FEW_ROWS for a background that is of no use; %ERRATA_ERROR_LIMIT
 * for too many inputs; those of the model.
 *
 * Returns: (transfer full): the explainer, or %NULL with @error set
 */
ErrataExplainer *
errata_explainer_new(ErrataModel *model,
                     ErrataQuantityKind kind,
                     const ErrataModelBinding *background,
                     const ErrataExplainerEffort *effort,
                     guint64 seed,
                     GError **error)
{
    g_autoptr(ErrataExplainer) self = NULL;

    if (!explainer_runs(model, error))
        return NULL;
    self = explainer_begin(model, background, effort, seed);
    if (model->trees != NULL)
        self->quantity = errata_quantity_of_trees(model, kind);
    if (self->quantity != NULL)
        return explainer_take_trees(self, error) ? g_steal_pointer(&self) : NULL;
    self->quantity = errata_quantity_of_outputs(model, kind, error);
    if (self->quantity != NULL && self->background == NULL && explainer_has_own(model, kind)) {
        self->is_own = TRUE;
        self->n_features = model->inputs->len;
        self->method = g_strdup_printf("exact shares of the margin as %s gives them: weight times "
                                       "value, and the intercept as the bias",
                                       model->framework);
        return g_steal_pointer(&self);
    }
    if (self->quantity == NULL || !explainer_take_outputs(self, effort, seed, error) ||
        (errata_sampled_shap_is_additive(self->sampled) &&
         !explainer_widen(self, background, effort, seed, error)))
        return NULL;
    return g_steal_pointer(&self);
}

/**
 * errata_explainer_new_game:
 * @model: a model
 * @kind: what is shared out
 * @background: rows that a feature's absence is taken from
 * @effort: how much may be spent on a row
 * @seed: of all that is chosen by chance
 * @error: return location for a #GError
 *
 * Explains by running the model on mixtures of a row and each background row only, and nothing
 * rescaled: the value of a coalition is the mean quantity of the mixtures with its values, whatever
 * the model. Exact where all coalitions can be run, else permutations with their standard error.
 * For a row at a time.
 *
 * Errors: as errata_explainer_new().
 *
 * Returns: (transfer full): the explainer, or %NULL with @error set
 */
ErrataExplainer *
errata_explainer_new_game(ErrataModel *model,
                          ErrataQuantityKind kind,
                          const ErrataModelBinding *background,
                          const ErrataExplainerEffort *effort,
                          guint64 seed,
                          GError **error)
{
    g_autoptr(ErrataExplainer) self = NULL;

    if (!explainer_runs(model, error))
        return NULL;
    self = explainer_begin(model, background, effort, seed);
    self->quantity = errata_quantity_of_outputs(model, kind, error);
    if (self->quantity == NULL || !explainer_take_outputs(self, effort, seed, error))
        return NULL;
    errata_sampled_shap_enumerate(self->sampled, effort->most_runs);
    return g_steal_pointer(&self);
}

guint
errata_explainer_n_features(const ErrataExplainer *self)
{
    return self->n_features;
}

guint
errata_explainer_n_groups(const ErrataExplainer *self)
{
    return self->quantity->n_groups;
}

/* classes that labels are indices of; 0 when they are numbers */
guint
errata_explainer_n_classes(const ErrataExplainer *self)
{
    return errata_quantity_n_classes(self->quantity);
}

gsize
errata_explainer_n_background(const ErrataExplainer *self)
{
    return self->background != NULL ? self->background->rows.n_rows : 0;
}

const ErrataModelRows *
errata_explainer_background(const ErrataExplainer *self)
{
    return self->sampled != NULL ? errata_sampled_shap_background(self->sampled) : NULL;
}

/* whether rows are run mixed with those of the background */
gboolean
errata_explainer_is_sampled(const ErrataExplainer *self)
{
    return self->sampled != NULL;
}

gboolean
errata_explainer_is_direct(const ErrataExplainer *self)
{
    return self->sampled == NULL || errata_sampled_shap_is_additive(self->sampled);
}

/* how far shares may be from adding up before something is broken, relative */
double
errata_explainer_tolerance(const ErrataExplainer *self)
{
    return self->is_own             ? EXPLAINER_GAP_SINGLE
           : self->sampled != NULL  ? errata_sampled_shap_tolerance(self->sampled)
           : self->rescaled != NULL ? EXPLAINER_GAP_RESCALED
                                    : EXPLAINER_GAP;
}

/* rows that are best explained together */
gsize
errata_explainer_grain(const ErrataExplainer *self)
{
    return self->paths != NULL || self->is_own ? EXPLAINER_GRAIN
           : self->against != NULL             ? EXPLAINER_GRAIN_BACKGROUND
                                               : EXPLAINER_GRAIN_SLOW;
}

/* what it shares out, in a word */
const char *
errata_explainer_nick(const ErrataExplainer *self)
{
    if (self->sampled == NULL && self->quantity->form == ERRATA_FORM_ISOLATION)
        return "decision";
    if (self->sampled == NULL && self->quantity->kind == ERRATA_QUANTITY_MARGIN &&
        errata_quantity_is_vote(self->model))
        return errata_quantity_nick(ERRATA_QUANTITY_PROBABILITY);
    return errata_quantity_word(self->quantity);
}

const char *
errata_explainer_method(const ErrataExplainer *self)
{
    return self->method;
}

static gboolean
explainer_tree_rows(const ErrataExplainer *self,
                    const ErrataModelRows *rows,
                    const double *truth,
                    double *ret_phi,
                    ErrataSampledCheck *check,
                    GError **error)
{
    const ErrataTrees *trees = self->model->trees;
    gsize width = (gsize)self->quantity->n_groups * ((gsize)self->n_features + 1);
    g_autoptr(ErrataTreeRows) read = errata_tree_rows_new(self->model, rows, error);
    double gap;

    if (read == NULL)
        return FALSE;
    if (self->rescaled != NULL) {
        gap = errata_treeshap_rescaled_rows(self->rescaled,
                                            read->number,
                                            rows->n_rows,
                                            truth,
                                            ret_phi);
    } else {
        if (self->paths != NULL)
            errata_treeshap_rows(self->paths, read->number, rows->n_rows, ret_phi);
        else if (!errata_treeshap_background_rows(self->against,
                                                  read->number,
                                                  rows->n_rows,
                                                  ret_phi,
                                                  error))
            return FALSE;
        gap = errata_treeshap_gap(trees, read->number, rows->n_rows, ret_phi, NULL);
    }
    check->gap = fmax(check->gap, gap);
    check->n_undefined += errata_tree_rows_void(read, width, ret_phi);
    return TRUE;
}

/* the library's shares, held against the margins that the model gives */
static gboolean
explainer_own_rows(const ErrataExplainer *self,
                   const ErrataModelRows *rows,
                   double *ret_phi,
                   ErrataSampledCheck *check,
                   GError **error)
{
    const ErrataQuantity *quantity = self->quantity;
    gsize width = (gsize)self->n_features + 1;
    g_autoptr(ErrataEvaluator) evaluator =
        errata_evaluator_new(self->model, quantity, rows->n_rows);

    for (gsize row = 0; row < rows->n_rows; row++)
        errata_model_cells_copy(evaluator->cells, row, rows, row);
    if (!errata_evaluator_run(evaluator, rows->n_rows, error) ||
        !self->model->klass->shares(self->model, self->model->body, rows, ret_phi, error))
        return FALSE;
    for (gsize i = 0; i < rows->n_rows * quantity->n_raw; i++) {
        const double *phi = ret_phi + i * width;
        double margin = evaluator->raw[i];
        double sum = 0.0;

        for (gsize f = 0; f < width; f++)
            sum += phi[f];
        check->gap = fmax(check->gap, fabs(sum - margin) / fmax(1.0, fabs(margin)));
    }
    return TRUE;
}

/**
 * errata_explainer_rows:
 * @self: an explainer
 * @rows: rows of its model
 * @first_row: number of the first of them, for the random numbers
 * @truth: (array) (nullable): their labels (a class's index, or a number), for the loss
 * @ret_phi: (out caller-allocates): per row and group the share of each feature, then the bias:
 *   n_rows × n_groups × (n_features + 1) numbers; NaN for rows without the quantity
 * @check: (inout): whether it adds up; added to
 * @error: return location for a #GError
 *
 * Errors: %ERRATA_ERROR_LIMIT for a path of more than 64 features against a background; those of
 * the model.
 *
 * Returns: whether it was done
 */
gboolean
errata_explainer_rows(const ErrataExplainer *self,
                      const ErrataModelRows *rows,
                      guint64 first_row,
                      const double *truth,
                      double *ret_phi,
                      ErrataSampledCheck *check,
                      GError **error)
{
    if (self->is_own)
        return explainer_own_rows(self, rows, ret_phi, check, error);
    if (self->sampled == NULL)
        return explainer_tree_rows(self, rows, truth, ret_phi, check, error);
    return errata_sampled_shap_rows(self->sampled, rows, first_row, truth, ret_phi, check, error);
}

/* rows of a log, explained in parallel */
typedef struct {
    const ErrataExplainer *self;
    const ErrataModelBinding *binding;
    const gsize *row;
    const double *truth;
    double *phi;
    ErrataSampledCheck *check; /* per chunk */
    GError **errors;           /* per chunk */
} Explaining;

static void
explainer_chunk_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    Explaining *at = data;
    gsize width = (gsize)errata_explainer_n_groups(at->self) * (at->self->n_features + 1);
    g_autoptr(ErrataModelCells) cells =
        errata_model_cells_new(at->binding, at->row + begin, end - begin);

    if (!errata_explainer_rows(at->self,
                               &cells->rows,
                               at->row[begin],
                               at->truth != NULL ? at->truth + begin : NULL,
                               at->phi + begin * width,
                               &at->check[chunk],
                               &at->errors[chunk]))
        at->check[chunk].gap = (double)NAN;
}

/**
 * errata_explainer_binding_rows:
 * @self: an explainer
 * @binding: rows of a log bound to its model
 * @row: (array length=n_rows): which of them
 * @n_rows: how many
 * @truth: (array length=n_rows) (nullable): labels of those, for the loss
 * @ret_phi: (out caller-allocates): as errata_explainer_rows()
 * @ret_check: (out): whether it adds up
 * @error: return location for a #GError
 *
 * Explains rows of a log in parallel; what comes out does not depend on the number of threads.
 *
 * Returns: whether it was done
 */
gboolean
errata_explainer_binding_rows(const ErrataExplainer *self,
                              const ErrataModelBinding *binding,
                              const gsize *row,
                              gsize n_rows,
                              const double *truth,
                              double *ret_phi,
                              ErrataSampledCheck *ret_check,
                              GError **error)
{
    gsize grain = errata_explainer_grain(self);
    gsize n_chunks = errata_parallel_n_chunks(n_rows, grain);
    g_autofree ErrataSampledCheck *check = g_new0(ErrataSampledCheck, n_chunks + 1);
    g_autofree GError **errors = g_new0(GError *, n_chunks + 1);
    Explaining at = {self, binding, row, truth, ret_phi, check, errors};
    gboolean ok = TRUE;

    *ret_check = (ErrataSampledCheck){0};
    errata_parallel_for(n_rows, grain, explainer_chunk_cb, &at);
    for (gsize chunk = 0; chunk < n_chunks; chunk++) {
        ret_check->gap = fmax(ret_check->gap, check[chunk].gap);
        ret_check->error = fmax(ret_check->error, check[chunk].error);
        ret_check->size = fmax(ret_check->size, check[chunk].size);
        ret_check->n_sampled += check[chunk].n_sampled;
        ret_check->n_undefined += check[chunk].n_undefined;
        if (errors[chunk] == NULL)
            continue;
        if (ok)
            g_propagate_error(error, g_steal_pointer(&errors[chunk]));
        g_clear_error(&errors[chunk]);
        ok = FALSE;
    }
    return ok;
}
