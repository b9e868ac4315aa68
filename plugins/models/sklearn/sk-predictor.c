/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scikit-learn's linear models, Gaussian naive Bayes and networks, and how every kind predicts. */
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
    g_free(body->class_number);
    g_free(body);
}

/* coef_ is k × n or n; intercept_ k numbers, or one */
static gboolean
predictor_read_linear(SkReader *reader, const PickleValue *object, GError **error)
{
    SkBody *body = reader->body;
    PickleArray coefficient, intercept;
    if (!pickle_array(pickle_attribute(object, "coef_"), &coefficient) ||
        coefficient.n_dimensions > 2 || body->n_features == 0 ||
        coefficient.n % body->n_features != 0 || coefficient.n == 0)
        return sk_fail(error, "coef_: expected a number per feature");
    body->n_margins = (guint)(coefficient.n / body->n_features);
    if (body->n_margins != (body->n_classes > 2 ? body->n_classes : 1))
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

static void
predictor_link_logistic(SkBody *body, const PickleValue *object)
{
    const char *mode = pickle_text(pickle_attribute(object, "multi_class"));
    const char *solver = pickle_text(pickle_attribute(object, "solver"));
    gboolean ovr = (mode != NULL && g_str_equal(mode, "ovr")) ||
                   (solver != NULL && g_str_equal(solver, "liblinear"));
    gboolean multinomial = mode != NULL && g_str_equal(mode, "multinomial");
    if (body->n_classes == 2) {
        /* two classes as softmax of ∓margin */
        body->link = SK_LINK_LOGISTIC;
        body->scale = multinomial ? 2 : 1;
    } else
        body->link = ovr ? SK_LINK_LOGISTIC : SK_LINK_SOFTMAX;
}

static gboolean
predictor_read_sgd(SkReader *reader, const PickleValue *object, GError **error)
{
    const char *loss = pickle_text(pickle_attribute(object, "loss"));
    if (!predictor_read_linear(reader, object, error))
        return FALSE;
    if (loss != NULL && (g_str_equal(loss, "log_loss") || g_str_equal(loss, "log")))
        reader->body->link = SK_LINK_LOGISTIC;
    else if (loss != NULL && g_str_equal(loss, "modified_huber"))
        errata_model_builder_note(reader->builder,
                                  "probabilities of the loss modified_huber are not computed");
    return TRUE;
}

static gboolean
predictor_read_gaussian(SkReader *reader, const PickleValue *object, GError **error)
{
    SkBody *body = reader->body;
    gsize n = (gsize)body->n_classes * body->n_features;
    gboolean old = pickle_attribute(object, "var_") == NULL;
    body->kind = SK_GAUSSIAN;
    body->n_margins = body->n_classes;
    body->link = SK_LINK_SOFTMAX;
    body->mean = sk_numbers(object, "theta_", n, error);
    if (body->mean != NULL)
        body->variance = sk_numbers(object, old ? "sigma_" : "var_", n, error);
    if (body->variance != NULL)
        body->prior = sk_numbers(object, "class_prior_", body->n_classes, error);
    return body->prior != NULL;
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

static gboolean
predictor_read_network(SkReader *reader, const PickleValue *object, GError **error)
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
        n_in = ((const SkLayer *)body->layers->pdata[i])->n_out;
    }
    body->n_margins = n_in;
    if (n_in != (body->n_classes > 2 ? body->n_classes : 1))
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
                                         NULL};
    const char *name = pickle_class(object);
    gboolean is_trees;
    if (!sk_read_trees(reader, object, &is_trees, error))
        return FALSE;
    if (is_trees)
        return TRUE;
    if (g_str_has_prefix(name, "LogisticRegression")) {
        predictor_link_logistic(reader->body, object);
        return predictor_read_linear(reader, object, error);
    }
    if (g_str_equal(name, "SGDClassifier"))
        return predictor_read_sgd(reader, object, error);
    if (g_strv_contains(linear, name))
        return predictor_read_linear(reader, object, error);
    if (g_str_equal(name, "GaussianNB"))
        return predictor_read_gaussian(reader, object, error);
    if (g_str_equal(name, "MLPClassifier") || g_str_equal(name, "MLPRegressor"))
        return predictor_read_network(reader, object, error);
    return sk_refuse(error, "models of class %s.%s are not computed", pickle_module(object), name);
}

static void
predictor_gaussian(const SkBody *body, const double *x, double *margin)
{
    for (guint k = 0; k < body->n_classes; k++) {
        const double *mean = body->mean + (gsize)k * body->n_features;
        const double *variance = body->variance + (gsize)k * body->n_features;
        double sum = log(body->prior[k]);
        for (guint i = 0; i < body->n_features; i++) {
            double d = x[i] - mean[i];
            sum -= 0.5 * (log(2 * G_PI * variance[i]) + d * d / variance[i]);
        }
        margin[k] = sum;
    }
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
    g_autofree double *in = g_memdup2(x, body->n_features * sizeof(double) + 1);
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

static void
predictor_margin(const SkBody *body, const double *x, double *margin)
{
    switch (body->kind) {
    case SK_TREES:
        errata_trees_margin(body->trees, x, margin);
        break;
    case SK_GAUSSIAN:
        predictor_gaussian(body, x, margin);
        break;
    case SK_NETWORK:
        predictor_network(body, x, margin);
        break;
    case SK_LINEAR:
    default:
        for (guint k = 0; k < body->n_margins; k++) {
            const double *c = body->coefficient + (gsize)k * body->n_features;
            double sum = 0;
            for (guint i = 0; i < body->n_features; i++)
                sum += c[i] * x[i];
            margin[k] = sum + body->intercept[k];
        }
        break;
    }
}

static void
predictor_shares(const SkBody *body, const double *margin, double *share)
{
    guint n = body->n_classes;
    double sum = 0, most = -(double)INFINITY;
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

/* outputs: the prediction; of classes the margins (but of trees' shares), then the probabilities */
static void
predictor_write(const ErrataModel *model,
                const SkBody *body,
                gsize row,
                const double *margin,
                double *share,
                ErrataModelScores *scores)
{
    guint at = 0;
    if (body->n_classes == 0) {
        scores->number[0][row] = margin[0];
        return;
    }
    guint best = predictor_class(body, margin);
    if (scores->text[0] != NULL)
        scores->text[0][row] = model->classes[best];
    else
        scores->number[0][row] = body->class_number[best];
    at = 1;
    for (guint k = 0;
         body->link != SK_LINK_SHARES && body->kind != SK_GAUSSIAN && k < body->n_margins;
         k++)
        scores->number[at++][row] = margin[k];
    if (body->link == SK_LINK_NONE)
        return;
    predictor_shares(body, margin, share);
    for (guint k = 0; k < body->n_classes; k++)
        scores->number[at++][row] = share[k];
}

static gboolean
sk_predict(const ErrataModel *model,
           gconstpointer data,
           const ErrataModelRows *rows,
           ErrataModelScores *scores,
           GError **error G_GNUC_UNUSED)
{
    const SkBody *body = data;
    guint widest = sk_widest(body->steps, body->n_inputs);
    guint n = MAX(body->n_margins, body->n_classes);
    g_autofree double *one = g_new(double, widest + 1);
    g_autofree double *two = g_new(double, widest + 1);
    g_autofree double *margin = g_new(double, n + 1);
    g_autofree double *share = g_new(double, n + 1);
    for (gsize row = 0; row < rows->n_rows; row++) {
        for (guint i = 0; i < body->n_inputs; i++)
            one[i] = rows->number[i][row];
        const double *x = sk_run_steps(body->steps, one, two);
        predictor_margin(body, x, margin);
        predictor_write(model, body, row, margin, share, scores);
    }
    return TRUE;
}

const ErrataModelClass sk_class = {
    .predict = sk_predict,
    .free = sk_body_free,
};
