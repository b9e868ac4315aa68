/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What predictions owe to each feature, over the log: shares of the margin of a sample of rows,
 * their mean size over all rows, over errors and over correct ones; then what pushes the loss of
 * errors up, and what the loss would be without each feature. Without a model, the log's own
 * attributions. */
#include "attribution.h"

#include <math.h>
#include <string.h>

#include "attribution-private.h"
#include "precision.h"
#include "sign-flips.h"
#include "trees.h"
#include "treeshap.h"
#include "words.h"

#define ATTRIBUTION_ROWS       10000 /* sampled at most */
#define ATTRIBUTION_LEAST      500
#define ATTRIBUTION_WORK       1e8     /* rows × leaves, about a second */
#define ATTRIBUTION_CELLS      4000000 /* shares held */
#define ATTRIBUTION_BACKGROUND 25
#define ATTRIBUTION_OF_SUM     500
#define ATTRIBUTION_ROUNDS     2
#define ATTRIBUTION_TOP        3
#define ATTRIBUTION_STAGE      21 /* of the random numbers */

void
attribution_clear(Attribution *self)
{
    g_free(self->row);
    g_free(self->phi);
    g_free(self->order);
    g_free(self->name);
    g_free(self->column);
}

/* of several margins, the one whose shares are largest */
static void
attribution_choose_group(Attribution *self)
{
    gsize width = (gsize)self->n_features + 1;
    double most = -1.0;

    for (guint g = 0; g < self->n_groups; g++) {
        double sum = 0.0;

        for (gsize i = 0; i < self->n; i++)
            for (guint f = 0; f < self->n_features; f++) {
                double share = self->phi[(i * self->n_groups + g) * width + f];

                sum += isnan(share) ? 0.0 : fabs(share);
            }
        if (sum > most) {
            most = sum;
            self->group = g;
        }
    }
}

/* how many rows a model's shares are worked out of, by what each costs */
static gsize
attribution_n_rows(const ErrataModel *model, const ErrataExplainer *explainer)
{
    guint n_groups = errata_explainer_n_groups(explainer);
    guint n_features = errata_explainer_n_features(explainer);
    gsize most = ATTRIBUTION_ROWS;
    gsize cells = (gsize)n_groups * ((gsize)n_features + 1);

    if (model->trees == NULL)
        most = errata_model_use_budget(model,
                                       most,
                                       errata_explainer_is_direct(explainer)
                                           ? 2
                                           : 2 * ATTRIBUTION_ROUNDS * ATTRIBUTION_BACKGROUND);
    else if (errata_treeshap_is_defined(model->trees))
        most = (gsize)CLAMP(2.0 * ATTRIBUTION_WORK / MAX(model->trees->n_nodes, 1),
                            (double)ATTRIBUTION_LEAST,
                            (double)most);
    return CLAMP(ATTRIBUTION_CELLS / MAX(cells, 1), 1, most);
}

/* as the log calls it, where the model spells it otherwise or names nothing: the reader looks
 * there */
static const char *
attribution_name(const ErrataModel *model, guint input, const ErrataColumn *column)
{
    const char *name = errata_model_input(model, input)->name;

    return column != NULL && (model->unnamed || g_ascii_strcasecmp(column->name, name) == 0)
               ? column->name
               : name;
}

static gboolean
attribution_of_model(Attribution *self, char **ret_method, double *ret_gap, GError **error)
{
    const ErrataAnalysis *analysis = self->analysis;
    ErrataModel *model = analysis->model;
    gboolean own = !errata_explainer_needs_background(model, ERRATA_QUANTITY_MARGIN);
    ErrataExplainerEffort effort = {ATTRIBUTION_BACKGROUND,
                                    ATTRIBUTION_ROUNDS,
                                    errata_model_use_budget(model, ATTRIBUTION_OF_SUM, 2)};
    g_autoptr(ErrataExplainer) explainer = errata_explainer_new(model,
                                                                ERRATA_QUANTITY_MARGIN,
                                                                own ? NULL
                                                                    : self->use->match->binding,
                                                                &effort,
                                                                analysis->settings->seed,
                                                                error);
    ErrataSampledCheck check;

    if (explainer == NULL)
        return FALSE;
    self->n_features = errata_explainer_n_features(explainer);
    self->n_groups = errata_explainer_n_groups(explainer);
    self->row = errata_model_cells_sample(analysis->frame->n_rows,
                                          attribution_n_rows(model, explainer),
                                          analysis->settings->seed + ATTRIBUTION_STAGE,
                                          &self->n);
    self->phi = g_new(double, MAX(self->n, 1) * self->n_groups * ((gsize)self->n_features + 1));
    if (!errata_explainer_binding_rows(explainer,
                                       self->use->match->binding,
                                       self->row,
                                       self->n,
                                       NULL,
                                       self->phi,
                                       &check,
                                       error))
        return FALSE;
    self->name = g_new0(const char *, self->n_features + 1);
    self->column = g_new0(const ErrataColumn *, self->n_features + 1);
    for (guint f = 0; f < self->n_features; f++) {
        self->column[f] = errata_model_binding_column(self->use->match->binding, f);
        self->name[f] = attribution_name(model, f, self->column[f]);
    }
    *ret_method = g_strdup(errata_explainer_method(explainer));
    *ret_gap = check.gap;
    self->error = check.error;
    return TRUE;
}

/* why the model is not asked; NULL where it is */
static char *
attribution_why_not_model(const ErrataAnalysis *analysis)
{
    if (analysis->model == NULL)
        return g_strdup("no model was given");
    if (analysis->model->klass == NULL)
        return g_strdup_printf("the model cannot be run: %s", analysis->model->why_not);
    if (analysis->use == NULL)
        return g_strdup("the model was not run on the log");
    return analysis->use->is_sure ? NULL : g_strdup("the model does not give the logged scores");
}

static char *
attribution_why_not(const ErrataAnalysis *analysis)
{
    g_autofree char *model = attribution_why_not_model(analysis);
    const char *surrogate = model != NULL ? attribution_surrogate_why_not(analysis) : NULL;

    for (guint i = 0; model != NULL && i < analysis->schema->n_columns; i++)
        if (analysis->schema->columns[i].role == ERRATA_ROLE_ATTRIBUTION)
            return NULL;
    return surrogate != NULL ? g_strdup_printf("%s, and %s", model, surrogate) : NULL;
}

/* what was shared out of the loss, or why nothing was */
static char *
attribution_loss_words(const Attribution *self)
{
    const ErrataShares *shares = self->shares;

    if (shares->n_pairs > 0)
        return g_strdup_printf(" The loss (%s) of %" G_GUINT64_FORMAT " errors was shared out "
                               "beside that of as many correct rows of the same label that the "
                               "model was as sure of: %s; every row's shares add up to its loss "
                               "within %.1g. What a feature adds was tested by flipping which of "
                               "a pair is the error, in all ways or at least %" G_GUINT64_FORMAT
                               " drawn ones, and corrected over the features "
                               "(Benjamini–Hochberg).",
                               shares->loss_name,
                               shares->n_pairs,
                               shares->loss_method,
                               shares->loss_gap,
                               errata_sign_flips_draws(1, 1.0));
    if (self->use == NULL)
        return g_strdup("");
    return g_strdup_printf(" The loss of errors was not shared out: %s.",
                           self->use->why_no_loss != NULL
                               ? self->use->why_no_loss
                               : "too few errors have a correct row with the same label to be "
                                 "held against");
}

static void
attribution_tell(const Attribution *self, const char *method)
{
    const ErrataShares *shares = self->shares;
    g_autofree char *agreement =
        isnan(shares->agreement)
            ? g_strdup("")
            : g_strdup_printf(" The model gives the logged scores in %.3g %% of %" G_GUINT64_FORMAT
                              " rows.",
                              100.0 * shares->agreement,
                              shares->n_compared);
    g_autofree char *rows = errata_precision_print((double)self->n, 0);
    g_autofree char *loss = attribution_loss_words(self);

    errata_case_method(self->analysis->result,
                       "Attribution: %s, %s rows; shares add up to it within %.1g.%s%s%s",
                       method,
                       rows,
                       shares->gap,
                       agreement,
                       loss,
                       self->analysis->outcome->weight != NULL
                           ? " Mean sizes and what exchanging values costs are weighted by the "
                             "declared row weights; pairs of errors and correct rows count alike."
                           : "");
}

/* evidence of the chapter: what predictions owe most, and whether the model is the log's */
static void
attribution_note(const Attribution *self)
{
    ErrataShares *shares = self->shares;
    double all = 0.0, top = 0.0;
    guint n = MIN(shares->n, ATTRIBUTION_TOP);
    ErrataEvidence *evidence;

    for (guint i = 0; i < shares->n; i++)
        all += shares->mean_abs[i];
    for (guint i = 0; i < n; i++)
        top += shares->mean_abs[i];
    while (n > 0 && !(shares->mean_abs[n - 1] > 0.0))
        n--; /* nothing is owed to those */
    if (all > 0.0) {
        evidence = errata_evidence_new("owed",
                                       "part of the size of all shares",
                                       top / all,
                                       ERRATA_UNIT_SHARE,
                                       shares->n_rows);
        evidence->text = errata_words_list((const char *const *)shares->feature, n, "and");
        evidence->method = g_strdup(shares->method);
        g_ptr_array_add(shares->evidence, evidence);
    }
    if (self->fidelity != NULL) {
        evidence = errata_evidence_new("fidelity",
                                       "how well the surrogate follows the logged scores, in rows "
                                       "that it was not trained on",
                                       shares->fidelity,
                                       ERRATA_UNIT_NONE,
                                       shares->n_rows);
        evidence->text = g_strdup(self->fidelity);
        g_ptr_array_add(shares->evidence, evidence);
    }
    if (isnan(shares->agreement))
        return;
    evidence = errata_evidence_new("agreement",
                                   "rows in which the model gives the logged score",
                                   shares->agreement,
                                   ERRATA_UNIT_SHARE,
                                   shares->n_compared);
    g_ptr_array_add(shares->evidence, evidence);
}

/* by the model, else as logged, else by a surrogate; the source, or NULL where nothing tells */
static const char *
attribution_find(Attribution *self, char **ret_method, double *ret_gap, double *ret_fidelity)
{
    GPtrArray *warnings = self->analysis->result->warnings;
    g_autoptr(GError) error = NULL;
    const char *measure = NULL;

    if (self->use != NULL) {
        if (attribution_of_model(self, ret_method, ret_gap, &error))
            return "model";
        g_ptr_array_add(
            warnings,
            g_strdup_printf("predictions were not shared out among features: %s", error->message));
        return NULL;
    }
    if (attribution_read_log(self, ret_method, ret_gap))
        return "log";
    g_clear_pointer(ret_method, g_free);
    if (attribution_of_surrogate(self, ret_method, ret_gap, ret_fidelity, &measure)) {
        self->fidelity = measure;
        return "surrogate";
    }
    g_autofree char *model = attribution_why_not_model(self->analysis);
    g_autofree char *both = g_strdup_printf("%s, and %s", model, *ret_method);
    errata_case_skip(self->analysis->result, "attribution", both);
    return NULL;
}

static gboolean
attribution_run(ErrataAnalysis *analysis, GError **error)
{
    gboolean is_asked = analysis->use != NULL && analysis->use->is_sure;
    g_auto(Attribution) self = {.analysis = analysis, .use = is_asked ? analysis->use : NULL};
    g_autofree char *method = NULL;
    double gap = 0.0, fidelity = (double)NAN;
    const char *source = attribution_find(&self, &method, &gap, &fidelity);

    if (source == NULL)
        return TRUE;
    self.shares = analysis->result->shares = errata_shares_new(source, method, self.n_features);
    if (analysis->model != NULL && g_str_equal(source, "surrogate"))
        self.shares->instead = attribution_why_not_model(analysis);
    self.shares->gap = gap;
    self.shares->error = self.error;
    self.shares->fidelity = fidelity;
    self.order = g_new(guint, MAX(self.n_features, 1));
    if (self.use != NULL && !self.use->is_own) {
        self.shares->agreement = self.use->match->agreement;
        self.shares->n_compared = self.use->match->n_compared;
    }
    attribution_sizes(&self);
    attribution_choose_group(&self);
    attribution_note(&self);
    if (self.use != NULL) {
        attribution_check_log(&self);
        attribution_loss(&self);
        attribution_words(&self);
        attribution_ways(&self);
        attribution_permute(&self);
    }
    if (!g_str_equal(source, "log"))
        attribution_drivers(&self);
    attribution_signs(&self);
    attribution_figures(&self);
    if (!g_str_equal(source, "log"))
        attribution_depend(&self);
    attribution_tell(&self, method);
    return TRUE;
}

const ErrataAnalyzer errata_analyzer_attribution = {
    .id = "attribution",
    .why_not = attribution_why_not,
    .run = attribution_run,
};
