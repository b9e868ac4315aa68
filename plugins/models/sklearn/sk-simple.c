/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scikit-learn's models that are a constant, a linear form in other words, or sums of a kernel's
 * values. */
#include <math.h>
#include <string.h>

#include "error.h"
#include "limit.h"
#include "sk-private.h"

gboolean
sk_find_class(const PickleArray *classes, const PickleValue *label, guint *ret)
{
    double number = (double)NAN;
    const char *text = pickle_text(label);
    gboolean is_number = pickle_number(label, &number);
    for (gsize i = 0; i < classes->n; i++) {
        g_autofree char *name = pickle_array_text(classes, i);
        double own = pickle_array_number(classes, i);
        if ((text != NULL && g_strcmp0(name, text) == 0) ||
            (is_number && own >= number && own <= number)) {
            *ret = (guint)i;
            return TRUE;
        }
    }
    return FALSE;
}

/* the probabilities that a dummy gives for one target: what it saw, all to one class, or all
 * alike */
static gboolean
simple_read_prior(const PickleValue *object,
                  const PickleValue *prior,
                  const PickleValue *classes,
                  const PickleValue *constant,
                  guint n,
                  double *ret,
                  GError **error)
{
    const char *strategy = pickle_text(pickle_attribute(object, "strategy"));
    gboolean is_constant = g_strcmp0(strategy, "constant") == 0;
    PickleArray shares, names;
    guint best = 0;
    if (!is_constant && g_strcmp0(strategy, "prior") != 0 &&
        g_strcmp0(strategy, "most_frequent") != 0)
        return sk_refuse(error,
                         "a dummy that draws its answers, by the strategy “%.40s”",
                         strategy != NULL ? strategy : "(none)");
    if (!pickle_array(prior, &shares) || shares.n != n || !pickle_array(classes, &names))
        return sk_fail(error, "class_prior_: expected %u numbers", n);
    if (is_constant && !sk_find_class(&names, constant, &best))
        return sk_refuse(error, "a dummy whose constant is no class");
    if (is_constant) {
        ret[best] = 1;
        return TRUE;
    }
    for (guint k = 0; k < n; k++) {
        ret[k] = pickle_array_number(&shares, k);
        best = ret[k] > ret[best] ? k : best;
    }
    for (guint k = 0; strategy[0] == 'm' && k < n; k++)
        ret[k] = k == best ? 1 : 0;
    return TRUE;
}

/* nothing is looked at, so nothing can be missing */
static void
simple_be_constant(SkReader *reader, guint n_margins)
{
    SkBody *body = reader->body;
    body->kind = SK_LINEAR;
    body->n_features = 0;
    body->n_margins = n_margins;
    body->intercept = g_new0(double, (gsize)n_margins + 1);
    body->takes_missing = reader->takes_missing = TRUE;
}

/* one item, or a list of one per target */
static const PickleValue *
simple_of_target(const PickleValue *value, gboolean is_list, guint target)
{
    return is_list ? pickle_item(value, target) : value;
}

gboolean
sk_read_joint_dummy(SkReader *reader,
                    const PickleValue *object,
                    const guint *width,
                    guint n,
                    GError **error)
{
    const PickleValue *priors = pickle_attribute(object, "class_prior_");
    const PickleValue *classes = pickle_attribute(object, "classes_");
    const PickleValue *constants = pickle_attribute(object, "constant");
    gboolean is_list = classes != NULL && classes->kind == PICKLE_LIST;
    guint at = 0, all = 0;
    for (guint t = 0; t < n; t++)
        all += width[t];
    simple_be_constant(reader, all);
    for (guint t = 0; t < n; t++) {
        if (!simple_read_prior(object,
                               simple_of_target(priors, is_list, t),
                               simple_of_target(classes, is_list, t),
                               simple_of_target(constants, is_list, t),
                               width[t],
                               reader->body->intercept + at,
                               error))
            return FALSE;
        at += width[t];
    }
    return TRUE;
}

static gboolean
simple_read_dummy(SkReader *reader, const PickleValue *object, GError **error)
{
    SkBody *body = reader->body;
    PickleArray constant;
    if (g_str_equal(pickle_class(object), "DummyClassifier")) {
        body->link = SK_LINK_SHARES;
        return body->n_classes > 0 ? sk_read_joint_dummy(reader, object, &body->n_classes, 1, error)
                                   : sk_refuse(error, "a dummy of fewer than two classes");
    }
    if (!pickle_array(pickle_attribute(object, "constant_"), &constant) || constant.n == 0)
        return sk_fail(error, "constant_: expected a number");
    if (!sk_take_values(reader, constant.n, error))
        return FALSE;
    simple_be_constant(reader, (guint)constant.n);
    for (gsize i = 0; i < constant.n; i++)
        body->intercept[i] = pickle_array_number(&constant, i);
    return TRUE;
}

/* partial least squares: columns less their means, over their scales, times coefficients */
static gboolean
simple_read_pls(SkReader *reader, const PickleValue *object, GError **error)
{
    SkBody *body = reader->body;
    guint n = body->n_features;
    PickleArray intercept;
    const PickleValue *mine = pickle_attribute(object, "_coef_");
    if (mine == NULL)
        return sk_refuse(error,
                         "%s as other versions of scikit-learn than 1.2 store it",
                         pickle_class(object));
    if (!pickle_array(pickle_attribute(object, "intercept_"), &intercept) || intercept.n == 0)
        return sk_fail(error, "intercept_: expected a number per target");
    if (!sk_take_values(reader, intercept.n, error))
        return FALSE;
    SkStep *step = sk_step_new(body->steps, SK_STEP_SCALE, n);
    step->a = sk_numbers(object, "_x_mean", n, error);
    step->b = step->a != NULL ? sk_numbers(object, "_x_std", n, error) : NULL;
    if (step->b == NULL)
        return FALSE;
    step->divides = TRUE;
    body->kind = SK_LINEAR;
    body->n_margins = (guint)intercept.n;
    body->coefficient = sk_numbers(object, "_coef_", intercept.n * n, error);
    if (body->coefficient != NULL)
        body->intercept = sk_numbers(object, "intercept_", intercept.n, error);
    return body->intercept != NULL;
}

/* the nearest centre has the largest c·x − ½|c|² */
static gboolean
simple_read_centres(SkReader *reader, const PickleValue *object, GError **error)
{
    SkBody *body = reader->body;
    guint n = body->n_features;
    PickleArray centres;
    if (!pickle_array(pickle_attribute(object, "cluster_centers_"), &centres) ||
        centres.n_dimensions != 2 || centres.shape[1] != n || centres.shape[0] < 2 ||
        centres.shape[0] > ERRATA_LIMIT_MODEL_OUTPUTS)
        return sk_refuse(error,
                         "clusters by other than 2 to %u centres",
                         ERRATA_LIMIT_MODEL_OUTPUTS);
    body->kind = SK_LINEAR;
    body->n_margins = body->n_classes = (guint)centres.shape[0];
    body->coefficient = sk_numbers(object, "cluster_centers_", centres.n, error);
    if (body->coefficient == NULL)
        return FALSE;
    body->intercept = g_new0(double, body->n_margins);
    body->class_number = g_new(double, body->n_margins);
    body->class_name = g_ptr_array_new_with_free_func(g_free);
    for (guint k = 0; k < body->n_margins; k++) {
        body->class_number[k] = k;
        g_ptr_array_add(body->class_name, g_strdup_printf("%u", k));
        for (guint i = 0; i < n; i++) {
            double c = body->coefficient[(gsize)k * n + i];
            body->intercept[k] -= 0.5 * c * c;
        }
    }
    g_ptr_array_add(body->class_name, NULL);
    if (reader->depth == 0)
        errata_model_builder_set_classes(reader->builder,
                                         (const char *const *)body->class_name->pdata);
    return TRUE;
}

/* lines between points that never turn back */
static gboolean
simple_read_isotonic(SkReader *reader, const PickleValue *object, GError **error)
{
    SkBody *body = reader->body;
    const char *beyond = pickle_text(pickle_attribute(object, "out_of_bounds"));
    PickleArray points;
    if (!pickle_array(pickle_attribute(object, "X_thresholds_"), &points) || points.n == 0 ||
        points.n > ERRATA_LIMIT_MODEL_FEATURES || body->n_features != 1)
        return sk_refuse(error, "an isotonic regression of other than one column");
    guint n = (guint)points.n;
    g_autofree double *x = sk_numbers(object, "X_thresholds_", n, error);
    g_autofree double *y = x != NULL ? sk_numbers(object, "y_thresholds_", n, error) : NULL;
    if (y == NULL)
        return FALSE;
    for (guint i = 0; i < n; i++)
        if (!isfinite(x[i]) || (i > 0 && !(x[i] > x[i - 1])))
            return sk_fail(error, "X_thresholds_: expected ascending numbers");
    if (n > 1)
        sk_step_new(body->steps, SK_STEP_SPLINE, 1)->spline =
            sk_spline_of_lines(x, y, n, g_strcmp0(beyond, "clip") == 0);
    body->kind = SK_LINEAR;
    body->n_margins = 1;
    body->coefficient = g_new0(double, 1);
    body->intercept = g_new0(double, 1);
    body->coefficient[0] = n > 1 ? 1 : 0;
    body->intercept[0] = n > 1 ? 0 : y[0];
    return TRUE;
}

gboolean
sk_is_isotonic(const PickleValue *object)
{
    return pickle_is_a(object, "sklearn.isotonic", "IsotonicRegression");
}

/**
 * sk_read_simple:
 * @ret_is: whether @object is one of these models at all
 *
 * Reads it into the reader's body.
 */
gboolean
sk_read_simple(SkReader *reader, const PickleValue *object, gboolean *ret_is, GError **error)
{
    const char *name = pickle_class(object);
    *ret_is = TRUE;
    if (sk_is_dummy(object))
        return simple_read_dummy(reader, object, error);
    if (sk_is_isotonic(object))
        return simple_read_isotonic(reader, object, error);
    if (g_str_equal(name, "PLSRegression") || g_str_equal(name, "PLSCanonical") ||
        g_str_equal(name, "CCA"))
        return simple_read_pls(reader, object, error);
    if (g_str_equal(name, "KMeans") || g_str_equal(name, "MiniBatchKMeans"))
        return simple_read_centres(reader, object, error);
    *ret_is = FALSE;
    return TRUE;
}

gboolean
sk_is_dummy(const PickleValue *object)
{
    return pickle_is_a(object, "sklearn.dummy", "DummyClassifier") ||
           pickle_is_a(object, "sklearn.dummy", "DummyRegressor");
}
