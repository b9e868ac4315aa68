/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scikit-learn's linear models and networks, and how every kind predicts. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "error.h"
#include "limit.h"
#include "sk-private.h"

SkBody *
sk_body_new(void)
{
    SkBody *body = g_new0(SkBody, 1);
    body->steps = g_ptr_array_new_with_free_func(sk_step_free);
    body->scale = 1;
    return body;
}

static void
sk_layer_free(gpointer data)
{
    SkLayer *layer = data;
    g_free(layer->weights);
    g_free(layer->bias);
    g_free(layer);
}

void
sk_body_free(gpointer data)
{
    SkBody *body = data;
    g_ptr_array_unref(body->steps);
    g_free(body->coefficient);
    g_free(body->intercept);
    g_free(body->mean);
    g_free(body->variance);
    g_free(body->prior);
    g_clear_pointer(&body->layers, g_ptr_array_unref);
    g_clear_pointer(&body->scalings, g_ptr_array_unref);
    g_clear_pointer(&body->rotations, g_ptr_array_unref);
    g_clear_pointer(&body->tables, g_ptr_array_unref);
    g_clear_pointer(&body->start, sk_body_free);
    g_clear_pointer(&body->class_name, g_ptr_array_unref);
    g_clear_pointer(&body->undo, sk_undo_free);
    g_clear_pointer(&body->svm, sk_svm_free);
    g_clear_pointer(&body->neighbors, sk_neighbors_free);
    g_clear_pointer(&body->ensemble, sk_ensemble_free);
    g_clear_pointer(&body->booster, sk_booster_free);
    g_clear_pointer(&body->versus, sk_versus_free);
    g_clear_pointer(&body->targets, sk_targets_free);
    g_clear_pointer(&body->density, sk_density_free);
    if (body->own_trees)
        errata_trees_free(body->trees);
    g_free(body->class_number);
    g_free(body);
}

gboolean
sk_take_values(SkReader *reader, gsize n_values, GError **error)
{
    SkBody *body = reader->body;
    if (n_values <= 1)
        return TRUE;
    if (body->n_classes > 0)
        return sk_refuse(error, "a classifier of several outputs");
    if (reader->depth > 0)
        return sk_refuse(error, "a regression of several outputs within another model");
    if (n_values > ERRATA_LIMIT_MODEL_OUTPUTS)
        return sk_fail(error, "%zu outputs are too many", n_values);
    body->n_values = (guint)n_values;
    return TRUE;
}

/* coef_ is k × n or n; intercept_ k numbers, or one */
gboolean
sk_read_linear(SkReader *reader, const PickleValue *object, GError **error)
{
    SkBody *body = reader->body;
    PickleArray coefficient, intercept;
    if (pickle_is_a(pickle_attribute(object, "coef_"), "scipy.sparse", "csr_matrix"))
        return sk_refuse(
            error,
            "coefficients that are a sparse matrix: call densify() before it is saved");
    if (!pickle_array(pickle_attribute(object, "coef_"), &coefficient) ||
        coefficient.n_dimensions > 2 || body->n_features == 0 ||
        coefficient.n % body->n_features != 0 || coefficient.n == 0)
        return sk_fail(error, "coef_: expected a number per feature");
    body->n_margins = (guint)(coefficient.n / body->n_features);
    if (body->n_classes == 0 && !sk_take_values(reader, body->n_margins, error))
        return FALSE;
    if (body->n_classes > 0 && body->n_margins != (body->n_classes > 2 ? body->n_classes : 1))
        return sk_refuse(error, "a linear model of several outputs");
    body->kind = SK_LINEAR;
    body->coefficient = sk_numbers(object, "coef_", coefficient.n, error);
    if (body->coefficient == NULL)
        return FALSE;
    const PickleValue *value = pickle_attribute(object, "intercept_");
    body->intercept = g_new0(double, body->n_margins);
    double single;
    if (pickle_number(value, &single)) {
        for (guint k = 0; k < body->n_margins; k++)
            body->intercept[k] = single;
        return TRUE;
    }
    if (!pickle_array(value, &intercept) || (intercept.n != body->n_margins && intercept.n != 1))
        return sk_fail(error, "intercept_: expected %u numbers", body->n_margins);
    for (guint k = 0; k < body->n_margins; k++)
        body->intercept[k] = pickle_array_number(&intercept, intercept.n == 1 ? 0 : k);
    return TRUE;
}

/* the solver newton-cholesky knows many classes at once from scikit-learn 1.6 on */
static gboolean
predictor_newton_is_ovr(const PickleValue *object)
{
    const char *mode = pickle_text(pickle_attribute(object, "multi_class"));
    const char *version = pickle_text(pickle_attribute(object, "_sklearn_version"));
    return g_strcmp0(mode, "multinomial") != 0 && version != NULL &&
           g_str_has_prefix(version, "1.") && g_ascii_strtoull(version + 2, NULL, 10) < 6;
}

static void
predictor_link_logistic(SkBody *body, const PickleValue *object)
{
    const char *mode = pickle_text(pickle_attribute(object, "multi_class"));
    const char *solver = pickle_text(pickle_attribute(object, "solver"));
    gboolean ovr = (mode != NULL && g_str_equal(mode, "ovr")) ||
                   (solver != NULL && g_str_equal(solver, "liblinear")) ||
                   (g_strcmp0(solver, "newton-cholesky") == 0 && predictor_newton_is_ovr(object));
    gboolean multinomial = mode != NULL && g_str_equal(mode, "multinomial");
    if (body->n_classes == 2) {
        /* two classes as softmax of ∓margin */
        body->link = SK_LINK_LOGISTIC;
        body->scale = multinomial ? 2 : 1;
    } else
        body->link = ovr ? SK_LINK_LOGISTIC : SK_LINK_SOFTMAX;
}

/* TweedieRegressor's link follows its power: the identity up to 0, else the logarithm */
static gboolean
predictor_read_glm(SkReader *reader, const PickleValue *object, GError **error)
{
    const char *link = pickle_text(pickle_attribute(object, "link"));
    gboolean tweedie = g_str_equal(pickle_class(object), "TweedieRegressor");
    gboolean identity = tweedie && (link != NULL && g_str_equal(link, "identity"));
    if (tweedie && (link == NULL || g_str_equal(link, "auto")))
        identity = sk_number(object, "power", 0) <= 0;
    reader->body->link = identity ? SK_LINK_NONE : SK_LINK_EXP;
    return sk_read_linear(reader, object, error);
}

static gboolean
predictor_read_sgd(SkReader *reader, const PickleValue *object, GError **error)
{
    const char *loss = pickle_text(pickle_attribute(object, "loss"));
    if (!sk_read_linear(reader, object, error))
        return FALSE;
    if (loss != NULL && (g_str_equal(loss, "log_loss") || g_str_equal(loss, "log")))
        reader->body->link = SK_LINK_LOGISTIC;
    else if (loss != NULL && g_str_equal(loss, "modified_huber"))
        reader->body->link = SK_LINK_HUBER;
    return TRUE;
}

static gboolean
predictor_read_layer(SkBody *body,
                     const PickleValue *weights,
                     const PickleValue *bias,
                     guint n_in,
                     GError **error)
{
    PickleArray matrix, vector;
    SkLayer *layer = g_new0(SkLayer, 1);
    g_ptr_array_add(body->layers, layer);
    if (!pickle_array(weights, &matrix) || matrix.n_dimensions != 2 || matrix.shape[0] != n_in ||
        matrix.shape[1] == 0 || matrix.shape[1] > ERRATA_LIMIT_COLUMNS ||
        !pickle_array(bias, &vector) || vector.n != matrix.shape[1])
        return sk_fail(error, "a layer's weights do not fit: expected %u rows", n_in);
    layer->n_in = n_in;
    layer->n_out = (guint)matrix.shape[1];
    layer->weights = g_new(double, matrix.n);
    layer->bias = g_new(double, vector.n);
    for (gsize i = 0; i < matrix.n; i++)
        layer->weights[i] = pickle_array_number(&matrix, i);
    for (gsize i = 0; i < vector.n; i++)
        layer->bias[i] = pickle_array_number(&vector, i);
    return TRUE;
}

gboolean
sk_read_network(SkReader *reader, const PickleValue *object, GError **error)
{
    static const char *const names[] = {"identity", "relu", "tanh", "logistic"};
    SkBody *body = reader->body;
    const PickleValue *weights = pickle_attribute(object, "coefs_");
    const PickleValue *bias = pickle_attribute(object, "intercepts_");
    const char *activation = pickle_text(pickle_attribute(object, "activation"));
    guint n_in = body->n_features, which = G_N_ELEMENTS(names);
    for (guint i = 0; activation != NULL && i < G_N_ELEMENTS(names); i++)
        if (g_str_equal(names[i], activation))
            which = i;
    if (which == G_N_ELEMENTS(names) || pickle_n_items(weights) == 0 ||
        pickle_n_items(weights) != pickle_n_items(bias))
        return sk_fail(error, "expected coefs_, intercepts_ and a known activation");
    body->kind = SK_NETWORK;
    body->activation = (SkActivation)which;
    body->layers = g_ptr_array_new_with_free_func(sk_layer_free);
    for (guint i = 0; i < pickle_n_items(weights); i++) {
        if (!predictor_read_layer(body, pickle_item(weights, i), pickle_item(bias, i), n_in, error))
            return FALSE;
        errata_model_builder_add_work(reader->builder,
                                      (double)n_in *
                                          ((const SkLayer *)body->layers->pdata[i])->n_out);
        n_in = ((const SkLayer *)body->layers->pdata[i])->n_out;
    }
    body->n_margins = n_in;
    if (body->n_classes == 0 && !sk_take_values(reader, n_in, error))
        return FALSE;
    if (body->n_classes > 0 && n_in != (body->n_classes > 2 ? body->n_classes : 1))
        return sk_refuse(error, "a network of several outputs");
    body->link = body->n_classes > 2 ? SK_LINK_SOFTMAX : SK_LINK_LOGISTIC;
    return TRUE;
}

gboolean
sk_read_predictor(SkReader *reader, const PickleValue *object, GError **error)
{
    static const char *const linear[] = {"LinearRegression",
                                         "Ridge",
                                         "Lasso",
                                         "ElasticNet",
                                         "RidgeCV",
                                         "LassoCV",
                                         "ElasticNetCV",
                                         "SGDRegressor",
                                         "LinearSVR",
                                         "BayesianRidge",
                                         "HuberRegressor",
                                         "RidgeClassifier",
                                         "RidgeClassifierCV",
                                         "LinearSVC",
                                         "Perceptron",
                                         "PassiveAggressiveClassifier",
                                         "PassiveAggressiveRegressor",
                                         "Lars",
                                         "LassoLars",
                                         "LarsCV",
                                         "LassoLarsCV",
                                         "LassoLarsIC",
                                         "OrthogonalMatchingPursuit",
                                         "OrthogonalMatchingPursuitCV",
                                         "ARDRegression",
                                         "TheilSenRegressor",
                                         "QuantileRegressor",
                                         "MultiTaskLasso",
                                         "MultiTaskElasticNet",
                                         "MultiTaskLassoCV",
                                         "MultiTaskElasticNetCV",
                                         NULL};
    static gboolean (*const readers[])(SkReader *, const PickleValue *, gboolean *, GError **) = {
        sk_read_trees,
        sk_read_histogram,
        sk_read_bayes,
        sk_read_svm,
        sk_read_neighbors,
        sk_read_ensemble,
        sk_read_versus,
        sk_read_density,
        sk_read_simple};
    const char *name = pickle_class(object);
    for (guint i = 0; i < G_N_ELEMENTS(readers); i++) {
        gboolean is = FALSE;
        if (!readers[i](reader, object, &is, error))
            return FALSE;
        if (is)
            return TRUE;
    }
    if (g_str_has_prefix(name, "LogisticRegression")) {
        predictor_link_logistic(reader->body, object);
        return sk_read_linear(reader, object, error);
    }
    if (g_str_equal(name, "SGDClassifier"))
        return predictor_read_sgd(reader, object, error);
    if (g_strv_contains(linear, name))
        return sk_read_linear(reader, object, error);
    if (g_str_equal(name, "PoissonRegressor") || g_str_equal(name, "GammaRegressor") ||
        g_str_equal(name, "TweedieRegressor"))
        return predictor_read_glm(reader, object, error);
    if (g_str_equal(name, "LinearDiscriminantAnalysis")) {
        reader->body->link = reader->body->n_classes > 2 ? SK_LINK_SOFTMAX : SK_LINK_LOGISTIC;
        return sk_read_linear(reader, object, error);
    }
    if (g_str_equal(name, "MLPClassifier") || g_str_equal(name, "MLPRegressor"))
        return sk_read_network(reader, object, error);
    return sk_refuse(error, "models of class %s.%s are not computed", pickle_module(object), name);
}

static double
predictor_activate(SkActivation activation, double z)
{
    switch (activation) {
    case SK_RELU:
        return z > 0 ? z : 0;
    case SK_TANH:
        return tanh(z);
    case SK_LOGISTIC:
        return 1 / (1 + exp(-z));
    case SK_IDENTITY:
    default:
        return z;
    }
}

static void
predictor_network(const SkBody *body, const double *x, double *margin)
{
    g_autofree double *in = sk_copy(x, body->n_features * sizeof(double));
    for (guint l = 0; l < body->layers->len; l++) {
        const SkLayer *layer = body->layers->pdata[l];
        double *out = g_memdup2(layer->bias, layer->n_out * sizeof(double));
        for (guint i = 0; i < layer->n_in; i++)
            for (guint k = 0; k < layer->n_out; k++)
                out[k] += in[i] * layer->weights[(gsize)i * layer->n_out + k];
        for (guint k = 0; l + 1 < body->layers->len && k < layer->n_out; k++)
            out[k] = predictor_activate(body->activation, out[k]);
        g_free(in);
        in = out;
    }
    memcpy(margin, in, body->n_margins * sizeof(double));
}

/* what another model says of the row, which boosting hands it in single precision; of probabilities
 * the logarithms, or of the two of them half or all of the odds' */
static void
predictor_add_start(const SkBody *body, const double *x, double *margin)
{
    const SkBody *start = body->start;
    const double least = (double)FLT_EPSILON;
    g_autofree double *row = g_new(double, (gsize)body->n_features + 1);
    g_auto(SkAnswer) answer = {0};
    sk_answer_init(&answer, start);
    for (guint i = 0; i < body->n_features; i++)
        row[i] = (double)(float)x[i];
    sk_body_answer(start, row, &answer);
    if (body->n_classes == 0)
        margin[0] += answer.value;
    for (guint k = 0; body->n_classes > 0 && k < body->n_margins; k++) {
        double p = answer.share[body->n_margins == 1 ? 1 : k];
        p = fmin(fmax(p, least), 1 - least);
        margin[k] += body->n_margins > 1 ? log(p) : log(p / (1 - p)) / body->scale;
    }
}

void
sk_body_margin(const SkBody *body, const double *x, double *margin)
{
    switch (body->kind == SK_TARGETS ? body->joint : body->kind) {
    case SK_TREES:
    case SK_ISOLATION:
        errata_trees_margin(body->trees, x, margin);
        if (body->start != NULL)
            predictor_add_start(body, x, margin);
        break;
    case SK_CATEGORICAL:
        sk_categorical_margin(body, x, margin);
        break;
    case SK_GAUSSIAN:
        sk_gaussian_margin(body, x, margin);
        break;
    case SK_QUADRATIC:
        sk_quadratic_margin(body, x, margin);
        break;
    case SK_MIXTURE:
    case SK_OUTLYING:
        sk_density_margin(body, x, margin);
        break;
    case SK_NETWORK:
        predictor_network(body, x, margin);
        break;
    case SK_NEIGHBORS:
        sk_neighbors_margin(body, x, margin);
        break;
    case SK_LINEAR:
    case SK_SVM:
    case SK_ENSEMBLE:
    case SK_BOOSTER:
    case SK_VERSUS:
    case SK_TARGETS:
    default:
        for (guint k = 0; k < body->n_margins; k++) {
            double sum = 0;

            for (guint i = 0; i < body->n_features; i++)
                sum += body->coefficient[(gsize)k * body->n_features + i] * x[i];
            margin[k] = sum + body->intercept[k];
        }
        break;
    }
}

/* Zadrozny and Elkan 2002, as SGDClassifier has it; of no class at all every class has the same */
static void
predictor_huber(const SkBody *body, const double *margin, double *share)
{
    double sum = 0;
    if (body->n_margins == 1) {
        share[1] = (fmax(fmin(margin[0], 1), -1) + 1) / 2;
        share[0] = 1 - share[1];
        return;
    }
    for (guint k = 0; k < body->n_classes; k++) {
        share[k] = (fmax(fmin(margin[k], 1), -1) + 1) / 2;
        sum += share[k];
    }
    for (guint k = 0; k < body->n_classes; k++)
        share[k] = sum > 0 ? share[k] / sum : 1.0 / body->n_classes;
}

static void
predictor_shares(const SkBody *body, const double *margin, double *share)
{
    guint n = body->n_classes;
    double sum = 0, most = -(double)INFINITY;
    if (body->link == SK_LINK_HUBER) {
        predictor_huber(body, margin, share);
        return;
    }
    if (body->n_margins == 1) {
        share[1] = 1 / (1 + exp(-body->scale * margin[0]));
        share[0] = 1 - share[1];
        return;
    }
    for (guint k = 0; k < n; k++)
        most = fmax(most, margin[k]);
    for (guint k = 0; k < n; k++) {
        share[k] = body->link == SK_LINK_SHARES     ? margin[k]
                   : body->link == SK_LINK_LOGISTIC ? 1 / (1 + exp(-margin[k]))
                                                    : exp(margin[k] - most);
        sum += share[k];
    }
    for (guint k = 0; body->link != SK_LINK_SHARES && k < n; k++)
        share[k] /= sum;
}

static guint
predictor_class(const SkBody *body, const double *margin)
{
    guint best = 0;
    if (body->n_margins == 1)
        return margin[0] > 0 ? 1 : 0;
    for (guint k = 1; k < body->n_classes; k++)
        if (margin[k] > margin[best])
            best = k;
    return best;
}

/* from the sum of depths to scikit-learn's score, at most 0, and its decision, below 0 for
 * outliers */
static void
predictor_isolation(const SkBody *body, SkAnswer *answer)
{
    answer->share[0] = -exp2(-answer->margin[0] * body->factor);
    answer->margin[0] = answer->share[0] - body->offset;
    answer->value = answer->margin[0] < 0 ? -1 : 1;
}

void
sk_body_conclude(const SkBody *body, SkAnswer *answer)
{
    if (body->kind == SK_ISOLATION) {
        predictor_isolation(body, answer);
        return;
    }
    if (body->kind == SK_MIXTURE || body->kind == SK_OUTLYING) {
        sk_density_conclude(body, answer);
        return;
    }
    if (body->n_classes == 0) {
        answer->value = body->link == SK_LINK_EXP ? exp(answer->margin[0]) : answer->margin[0];
        return;
    }
    answer->best = predictor_class(body, answer->margin);
    if (body->link != SK_LINK_NONE)
        predictor_shares(body, answer->margin, answer->share);
}

gboolean
sk_body_has_shares(const SkBody *self)
{
    return self->n_classes > 0 && self->link != SK_LINK_NONE;
}

gboolean
sk_body_is_asked(const SkBody *self, gboolean *ret_by_share, GError **error)
{
    *ret_by_share = self->only_shares || self->link == SK_LINK_SHARES ||
                    self->kind == SK_GAUSSIAN || self->kind == SK_NEIGHBORS ||
                    self->kind == SK_NETWORK || self->kind == SK_BOOSTER;
    return !self->hides_margins ||
           sk_refuse(error, "a model that asks a bag of models for its decision");
}

void
sk_answer_init(SkAnswer *self, const SkBody *body)
{
    guint widest = sk_widest(body->steps, body->n_inputs);
    guint n_margins = body->targets != NULL ? sk_targets_n_numbers(body) : 0;
    self->margin = g_new0(double, MAX(body->n_margins, n_margins) + 1);
    self->share = g_new0(double, body->n_classes + 1);
    self->one = g_new(double, widest + 1);
    self->two = g_new(double, widest + 1);
    self->value = (double)NAN;
    self->best = 0;
}

void
sk_answer_clear(SkAnswer *self)
{
    g_free(self->margin);
    g_free(self->share);
    g_free(self->one);
    g_free(self->two);
}

/* trees of scikit-learn take cells in single precision, and refuse those beyond it */
static gboolean
predictor_refuses(const SkBody *self, double cell)
{
    gboolean is_single = self->kind == SK_ISOLATION ||
                         (self->kind == SK_TREES && self->trees->cast_float);
    return (is_single && isinf((float)cell)) || (!self->takes_missing && !isfinite(cell));
}

void
sk_body_answer(const SkBody *self, const double *row, SkAnswer *answer)
{
    memcpy(answer->one, row, self->n_inputs * sizeof(double));
    gboolean refused = FALSE;
    const double *x = sk_run_steps(self->steps, answer->texts, answer->one, answer->two, &refused);
    answer->lacks = FALSE;
    for (guint i = 0; i < self->n_features; i++)
        answer->lacks |= predictor_refuses(self, x[i]);
    switch (self->kind) {
    case SK_SVM:
        sk_svm_run(self, x, answer);
        break;
    case SK_NEIGHBORS:
        sk_neighbors_run(self, x, answer);
        break;
    case SK_ENSEMBLE:
        sk_ensemble_run(self, x, answer);
        break;
    case SK_BOOSTER:
        sk_booster_run(self, x, answer);
        break;
    case SK_VERSUS:
        sk_versus_run(self, x, answer);
        break;
    case SK_TARGETS:
        sk_targets_run(self, x, answer);
        answer->lacks |= refused;
        return;
    case SK_TREES:
    case SK_LINEAR:
    case SK_GAUSSIAN:
    case SK_NETWORK:
    case SK_QUADRATIC:
    case SK_CATEGORICAL:
    case SK_ISOLATION:
    case SK_MIXTURE:
    case SK_OUTLYING:
    default:
        sk_body_margin(self, x, answer->margin);
        answer->lacks |= self->kind == SK_CATEGORICAL && isnan(answer->margin[0]);
        sk_body_conclude(self, answer);
        break;
    }
    answer->lacks |= refused;
    if (self->n_classes == 0)
        answer->value = sk_undo_value(self->undo, answer->value);
}

/* outputs: the prediction; margins; probabilities. What finds outliers has its score last */
static void
predictor_write(const ErrataModel *model,
                const SkBody *body,
                gsize row,
                const SkAnswer *answer,
                ErrataModelScores *scores)
{
    guint n_outputs = model->outputs->len;
    guint at = 1;
    if (body->targets != NULL) {
        sk_targets_write(body, row, answer, scores);
        return;
    }
    if (body->n_values > 0) {
        for (guint k = 0; k < body->n_values; k++)
            scores->number[k][row] = sk_undo_value(body->undo, answer->margin[k]);
        return;
    }
    if (body->n_classes == 0)
        scores->number[0][row] = answer->value;
    else if (scores->text[0] != NULL)
        scores->text[0][row] = model->classes[answer->best];
    else
        scores->number[0][row] = body->class_number[answer->best];
    for (guint k = 0; at < n_outputs; at++) {
        ErrataModelRole role = errata_model_output(model, at)->role;
        if (role != ERRATA_MODEL_MARGIN)
            break;
        scores->number[at][row] = answer->margin[k++];
    }
    for (guint k = 0; at < n_outputs; at++)
        scores->number[at][row] = answer->share[k++];
}

void
sk_read_cells(const SkBody *body,
              const ErrataModelRows *rows,
              gsize row,
              double *ret_cell,
              const char **ret_texts)
{
    for (guint k = 0; k < body->n_inputs; k++) {
        ret_texts[k] = rows->number[k] == NULL ? rows->text[k][row] : NULL;
        ret_cell[k] = rows->number[k] != NULL ? rows->number[k][row]
                      : ret_texts[k] != NULL  ? k
                                              : (double)NAN;
    }
}

static gboolean
sk_predict(const ErrataModel *model,
           gconstpointer data,
           const ErrataModelRows *rows,
           ErrataModelScores *scores,
           GError **error G_GNUC_UNUSED)
{
    const SkBody *body = data;
    g_autofree double *row = g_new(double, body->n_inputs + 1);
    g_autofree const char **texts = g_new0(const char *, (gsize)body->n_inputs + 1);
    g_auto(SkAnswer) answer = {0};
    sk_answer_init(&answer, body);
    answer.texts = texts;
    for (gsize i = 0; i < rows->n_rows; i++) {
        sk_read_cells(body, rows, i, row, texts);
        sk_body_answer(body, row, &answer);
        if (!answer.lacks)
            predictor_write(model, body, i, &answer, scores);
    }
    return TRUE;
}

const ErrataModelClass sk_class = {
    .predict = sk_predict,
    .free = sk_body_free,
    .terms = sk_terms,
    .term_values = sk_term_values,
};

const ErrataModelClass sk_class_of_columns = {
    .predict = sk_predict,
    .free = sk_body_free,
    .features = sk_columns_fill,
};
