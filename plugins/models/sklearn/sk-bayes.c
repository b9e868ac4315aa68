/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scikit-learn's naive Bayes models, quadratic discriminant analysis and nearest centroid. All but
 * those of normal distributions are linear in what they see: margins are joint log likelihoods. */
#include <math.h>
#include <string.h>

#include "error.h"
#include "sk-private.h"

static gboolean
bayes_read_gaussian(SkReader *reader, const PickleValue *object, GError **error)
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

/* margins linear in the features, one per class */
static gboolean
bayes_set_linear(SkBody *body, double *coefficient, double *intercept)
{
    body->kind = SK_LINEAR;
    body->only_shares = TRUE;
    body->link = SK_LINK_SOFTMAX;
    body->n_margins = body->n_classes;
    body->coefficient = coefficient;
    body->intercept = intercept;
    return TRUE;
}

static double *
bayes_read_weights(SkBody *body, const PickleValue *object, GError **error)
{
    return sk_numbers(object,
                      "feature_log_prob_",
                      (gsize)body->n_classes * body->n_features,
                      error);
}

static gboolean
bayes_read_multinomial(SkReader *reader, const PickleValue *object, gboolean prior, GError **error)
{
    SkBody *body = reader->body;
    g_autofree double *weights = bayes_read_weights(body, object, error);
    double *start;
    if (weights == NULL)
        return FALSE;
    start = prior ? sk_numbers(object, "class_log_prior_", body->n_classes, error)
                  : g_new0(double, body->n_classes);
    return start != NULL && bayes_set_linear(body, g_steal_pointer(&weights), start);
}

static gboolean
bayes_read_bernoulli(SkReader *reader, const PickleValue *object, GError **error)
{
    SkBody *body = reader->body;
    const PickleValue *binarize = pickle_attribute(object, "binarize");
    g_autofree double *weights = bayes_read_weights(body, object, error);
    double threshold;
    double *start;
    if (weights == NULL)
        return FALSE;
    start = sk_numbers(object, "class_log_prior_", body->n_classes, error);
    if (start == NULL)
        return FALSE;
    if (pickle_number(binarize, &threshold)) {
        SkStep *step = sk_step_new(body->steps, SK_STEP_BINARIZE, body->n_features);
        step->low = threshold;
    }
    for (guint k = 0; k < body->n_classes; k++)
        for (guint i = 0; i < body->n_features; i++) {
            double *weight = &weights[(gsize)k * body->n_features + i];
            double absent = log(1 - exp(*weight));
            start[k] += absent;
            *weight -= absent;
        }
    return bayes_set_linear(body, g_steal_pointer(&weights), start);
}

/* the nearest centre has the largest c·x − ½|c|², linear as the square of x is the same for all */
static gboolean
bayes_read_centroids(SkReader *reader, const PickleValue *object, GError **error)
{
    static const char *const squares[] = {"euclidean", "l2", "sqeuclidean", NULL};
    SkBody *body = reader->body;
    const char *metric = pickle_text(pickle_attribute(object, "metric"));
    gsize n = (gsize)body->n_classes * body->n_features;
    double *center;
    double *start;
    if (metric == NULL || !g_strv_contains(squares, metric))
        return sk_refuse(error,
                         "the metric %s of the nearest centroid is not computed",
                         metric != NULL ? metric : "(a function)");
    center = sk_numbers(object, "centroids_", n, error);
    if (center == NULL)
        return FALSE;
    start = g_new0(double, body->n_classes);
    for (gsize i = 0; i < n; i++)
        start[i / body->n_features] -= 0.5 * center[i] * center[i];
    bayes_set_linear(body, center, start);
    body->only_shares = FALSE;
    body->link = SK_LINK_NONE;
    return TRUE;
}

/* lists of a matrix or numbers per class */
static GPtrArray *
bayes_read_lists(const PickleValue *list, guint n, guint rows, GError **error)
{
    g_autoptr(GPtrArray) arrays = g_ptr_array_new_with_free_func(g_free);
    if (pickle_n_items(list) != n) {
        sk_fail(error, "expected a list of %u arrays", n);
        return NULL;
    }
    for (guint k = 0; k < n; k++) {
        PickleArray array;
        if (!pickle_array(pickle_item(list, k), &array) || array.n == 0 || array.shape[0] == 0 ||
            (rows > 0 && (array.n_dimensions != 2 || array.shape[0] != rows))) {
            sk_fail(error, "expected arrays of numbers");
            return NULL;
        }
        double *numbers = g_new(double, array.n + 1);
        numbers[0] = (double)(rows > 0 ? array.shape[1] : array.n);
        for (gsize i = 0; i < array.n; i++)
            numbers[i + 1] = pickle_array_number(&array, i);
        g_ptr_array_add(arrays, numbers);
    }
    return g_steal_pointer(&arrays);
}

/* per feature how many categories, then per class their log probabilities */
static gboolean
bayes_read_categorical(SkReader *reader, const PickleValue *object, GError **error)
{
    SkBody *body = reader->body;
    const PickleValue *list = pickle_attribute(object, "feature_log_prob_");
    body->kind = SK_CATEGORICAL;
    body->n_margins = body->n_classes;
    body->only_shares = TRUE;
    body->link = SK_LINK_SOFTMAX;
    body->prior = sk_numbers(object, "class_log_prior_", body->n_classes, error);
    if (body->prior == NULL)
        return FALSE;
    body->tables = bayes_read_lists(list, body->n_features, body->n_classes, error);
    return body->tables != NULL;
}

static gboolean
bayes_read_quadratic(SkReader *reader, const PickleValue *object, GError **error)
{
    SkBody *body = reader->body;
    guint n = body->n_classes;
    body->kind = SK_QUADRATIC;
    body->n_margins = n == 2 ? 1 : n;
    body->link = n == 2 ? SK_LINK_LOGISTIC : SK_LINK_SOFTMAX;
    body->mean = sk_numbers(object, "means_", (gsize)n * body->n_features, error);
    body->prior = body->mean != NULL ? sk_numbers(object, "priors_", n, error) : NULL;
    if (body->prior == NULL)
        return FALSE;
    body->scalings = bayes_read_lists(pickle_attribute(object, "scalings_"), n, 0, error);
    if (body->scalings == NULL)
        return FALSE;
    body->rotations =
        bayes_read_lists(pickle_attribute(object, "rotations_"), n, body->n_features, error);
    for (guint k = 0; body->rotations != NULL && k < n; k++) {
        const double *scaling = body->scalings->pdata[k];
        const double *rotation = body->rotations->pdata[k];
        if (fabs(scaling[0] - rotation[0]) > 0)
            return sk_fail(error, "scalings_ and rotations_ do not fit");
    }
    return body->rotations != NULL;
}

/**
 * sk_read_bayes:
 * @ret_is: whether @object is a model of this kind at all
 *
 * Reads naive Bayes or quadratic discriminant analysis into the reader's body.
 */
gboolean
sk_read_bayes(SkReader *reader, const PickleValue *object, gboolean *ret_is, GError **error)
{
    const char *name = pickle_class(object);
    *ret_is = TRUE;
    if (reader->body->n_classes > 0) {
        if (g_str_equal(name, "GaussianNB"))
            return bayes_read_gaussian(reader, object, error);
        if (g_str_equal(name, "MultinomialNB") || g_str_equal(name, "ComplementNB"))
            return bayes_read_multinomial(reader, object, name[0] == 'M', error);
        if (g_str_equal(name, "BernoulliNB"))
            return bayes_read_bernoulli(reader, object, error);
        if (g_str_equal(name, "CategoricalNB"))
            return bayes_read_categorical(reader, object, error);
        if (g_str_equal(name, "NearestCentroid"))
            return bayes_read_centroids(reader, object, error);
        if (g_str_equal(name, "QuadraticDiscriminantAnalysis"))
            return bayes_read_quadratic(reader, object, error);
    }
    *ret_is = FALSE;
    return TRUE;
}

/* −½ (|(x − mean) · rotation / √scaling|² + Σ log scaling) + log prior */
static double
bayes_quadratic(const SkBody *body, guint k, const double *x)
{
    const double *mean = body->mean + (gsize)k * body->n_features;
    const double *scaling = body->scalings->pdata[k];
    const double *rotation = body->rotations->pdata[k];
    guint rank = (guint)scaling[0];
    double norm = 0, spread = 0;
    for (guint r = 0; r < rank; r++) {
        double sum = 0;
        for (guint i = 0; i < body->n_features; i++)
            sum += (x[i] - mean[i]) * (rotation[1 + (gsize)i * rank + r] / sqrt(scaling[1 + r]));
        norm += sum * sum;
        spread += log(scaling[1 + r]);
    }
    return -0.5 * (norm + spread) + log(body->prior[k]);
}

void
sk_quadratic_margin(const SkBody *body, const double *x, double *margin)
{
    if (body->n_margins == 1) {
        margin[0] = bayes_quadratic(body, 1, x) - bayes_quadratic(body, 0, x);
        return;
    }
    for (guint k = 0; k < body->n_classes; k++)
        margin[k] = bayes_quadratic(body, k, x);
}

/* a category that training did not see has no probability at all: not a number */
void
sk_categorical_margin(const SkBody *body, const double *x, double *margin)
{
    memset(margin, 0, body->n_classes * sizeof *margin);
    for (guint i = 0; i < body->n_features; i++) {
        const double *table = body->tables->pdata[i];
        double n = table[0];
        gboolean is_known = x[i] > -1 && x[i] < n;
        gsize category = is_known && x[i] > 0 ? (gsize)x[i] : 0;
        for (guint k = 0; k < body->n_classes; k++)
            margin[k] += is_known ? table[1 + k * (gsize)n + category] : (double)NAN;
    }
    for (guint k = 0; k < body->n_classes; k++)
        margin[k] += body->prior[k];
}

void
sk_gaussian_margin(const SkBody *body, const double *x, double *margin)
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
