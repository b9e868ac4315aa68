/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mixtures of normal distributions, whose parts are told as classes; and what tells outliers: the
 * ellipse around the bulk of the training rows, and how thin they lie around a row, against its
 * neighbours. */
#include <math.h>
#include <string.h>

#include "limit.h"
#include "sk-near.h"
#include "sk-private.h"

/**
 * SkDensity:
 * @n: distributions
 * @mean: n × n_features
 * @root: n × n_features × n_features: triangular roots of the precisions; of an ellipse the
 *   precision
 * @shift: (array length=n): mean · root, n × n_features
 * @constant: (array length=n): what is added to −½ of the squared length
 * @offset: the decision is the score less this
 * @near, @k: (nullable): the neighbours asked
 * @reach: (array): of each training row the distance to its own farthest neighbour
 * @density: (array): of each the inverse of the mean distance at which its neighbours reach it
 */
#define DENSITY_LEAST 1e-10 /* added to distances that may all be 0, as the library does */

struct _SkDensity {
    guint n;
    double *mean;
    double *root;
    double *shift;
    double *constant;
    double offset;
    SkNear *near;
    guint k;
    double *reach;
    double *density;
};

void
sk_density_free(SkDensity *self)
{
    g_free(self->mean);
    g_free(self->root);
    g_free(self->shift);
    g_free(self->constant);
    g_clear_pointer(&self->near, sk_near_free);
    g_free(self->reach);
    g_free(self->density);
    g_free(self);
}

/* as the library has it: the row and the mean each by the root, then their difference */
static double
density_length(const SkDensity *self, const double *x, guint k, guint n)
{
    const double *root = self->root + (gsize)k * n * n;
    double length = 0;
    for (guint c = 0; c < n; c++) {
        double sum = 0;
        for (guint i = 0; i < n; i++)
            sum += x[i] * root[(gsize)i * n + c];
        sum -= self->shift[(gsize)k * n + c];
        length += sum * sum;
    }
    return length;
}

static double
density_distance(const SkDensity *self, const double *x, guint n)
{
    double distance = 0;
    for (guint i = 0; i < n; i++)
        for (guint c = 0; c < n; c++)
            distance += (x[i] - self->mean[i]) * self->root[(gsize)i * n + c] *
                        (x[c] - self->mean[c]);
    return distance;
}

/* whether it is open which of several rows at one distance are the last ones asked */
static gboolean
density_is_tied(const SkDensity *self, const double *x, const double *reduced)
{
    double edge = 0;
    gsize n = 0;
    if (!sk_near_is_open(self->near))
        return FALSE;
    for (guint i = 0; i < self->k; i++)
        edge = fmax(edge, sk_near_expand(self->near, reduced[i]));
    for (gsize i = 0; i < sk_near_n_rows(self->near); i++) {
        double far = sk_near_expand(self->near, sk_near_distance(self->near, x, i));
        n += far <= edge + sk_near_room(self->near, x, edge) ? 1 : 0;
    }
    return n > self->k;
}

/* Breunig and others 2000, "LOF", definitions 5 to 7, for a row that is none of the training's; NaN
 * where the file does not tell which rows are near */
static double
density_local(const SkDensity *self, const double *x)
{
    g_autofree gsize *row = g_new(gsize, self->k);
    g_autofree double *far = g_new(double, self->k);
    double reached = 0, density = 0;
    sk_near_find(self->near, x, self->k, row, far);
    if (density_is_tied(self, x, far))
        return (double)NAN;
    for (guint i = 0; i < self->k; i++) {
        reached += fmax(sk_near_expand(self->near, far[i]), self->reach[row[i]]) / self->k;
        density += self->density[row[i]] / self->k;
    }
    return -density * (reached + DENSITY_LEAST);
}

void
sk_density_margin(const SkBody *body, const double *x, double *margin)
{
    const SkDensity *self = body->density;
    guint n = body->n_features;
    if (body->kind == SK_OUTLYING) {
        margin[0] = self->near != NULL ? density_local(self, x) : -density_distance(self, x, n);
        return;
    }
    for (guint k = 0; k < self->n; k++)
        margin[k] = self->constant[k] - 0.5 * density_length(self, x, k, n);
}

/* the logarithm of what the parts add up to; or the score, and the decision that is below 0 for
 * outliers */
void
sk_density_conclude(const SkBody *body, SkAnswer *answer)
{
    const SkDensity *self = body->density;
    double most = -(double)INFINITY, sum = 0;
    answer->best = 0;
    if (body->kind == SK_OUTLYING) {
        answer->share[0] = answer->margin[0];
        answer->margin[0] -= self->offset;
        answer->value = answer->margin[0] >= 0 ? 1 : -1;
        answer->lacks |= isnan(answer->margin[0]);
        return;
    }
    for (guint k = 0; k < self->n; k++)
        most = fmax(most, answer->margin[k]);
    for (guint k = 0; k < self->n; k++)
        sum += exp(answer->margin[k] - most);
    for (guint k = 0; k < self->n; k++) {
        answer->share[k] = exp(answer->margin[k] - most) / sum;
        if (answer->margin[k] > answer->margin[answer->best])
            answer->best = k;
    }
    answer->share[self->n] = most + log(sum);
}

/* the logarithmic derivative of the gamma function for x > 0, NaN for others: Abramowitz and Stegun
 * 6.3.5 and 6.3.18 */
static double
density_digamma(double x)
{
    double below = 0;
    if (!(x > 0))
        return (double)NAN;
    while (x < 12) {
        below -= 1 / x;
        x += 1;
    }
    double r = 1 / (x * x);
    return below + log(x) - 0.5 / x -
           r * (1.0 / 12 -
                r * (1.0 / 120 -
                     r * (1.0 / 252 -
                          r * (1.0 / 240 - r * (1.0 / 132 - r * (691.0 / 32760 - r / 12))))));
}

/* what a mixture keeps of its roots, by the kind of its covariances, as a square for each part */
static gboolean
density_read_roots(SkDensity *self, const PickleValue *object, guint n, GError **error)
{
    const char *kind = pickle_text(pickle_attribute(object, "covariance_type"));
    gboolean full = g_strcmp0(kind, "full") == 0, tied = g_strcmp0(kind, "tied") == 0;
    gboolean diag = g_strcmp0(kind, "diag") == 0;
    gsize square = (gsize)n * n;
    gsize n_numbers = full ? self->n * square : tied ? square : diag ? (gsize)self->n * n : self->n;
    g_autofree double *told = sk_numbers(object, "precisions_cholesky_", n_numbers, error);
    if (told == NULL)
        return FALSE;
    if (!full && !tied && !diag && g_strcmp0(kind, "spherical") != 0)
        return sk_refuse(error, "covariances of the kind %s", kind != NULL ? kind : "(none)");
    self->root = g_new0(double, self->n *square);
    for (guint k = 0; k < self->n; k++)
        for (gsize i = 0; i < square; i++) {
            gboolean is_diagonal = i / n == i % n;
            double value = full   ? told[k * square + i]
                           : tied ? told[i]
                           : diag ? told[(gsize)k * n + i / n]
                                  : told[k];
            self->root[k * square + i] = full || tied || is_diagonal ? value : 0;
        }
    return TRUE;
}

static gboolean
density_is_weighed(const SkDensity *self, GError **error)
{
    for (guint k = 0; k < self->n; k++)
        if (isnan(self->constant[k]))
            return sk_fail(error, "weight_concentration_: expected numbers above 0");
    return TRUE;
}

/* logarithms of the weights of the parts: known, or expected: Bishop 2006, 10.66 */
static gboolean
density_read_weights(SkDensity *self, const PickleValue *object, gboolean bayes, GError **error)
{
    const char *prior = pickle_text(pickle_attribute(object, "weight_concentration_prior_type"));
    const PickleValue *told = pickle_attribute(object, "weight_concentration_");
    double sum = 0;
    self->constant = sk_numbers(object, "weights_", self->n, error);
    if (self->constant == NULL)
        return FALSE;
    if (!bayes) {
        for (guint k = 0; k < self->n; k++)
            self->constant[k] = log(self->constant[k]);
        return TRUE;
    }
    if (g_strcmp0(prior, "dirichlet_distribution") == 0) {
        g_autofree double *weight = sk_numbers(object, "weight_concentration_", self->n, error);
        for (guint k = 0; weight != NULL && k < self->n; k++)
            sum += weight[k];
        for (guint k = 0; weight != NULL && k < self->n; k++)
            self->constant[k] = density_digamma(weight[k]) - density_digamma(sum);
        return weight != NULL && density_is_weighed(self, error);
    }
    PickleArray a, b;
    if (!pickle_array(pickle_item(told, 0), &a) || !pickle_array(pickle_item(told, 1), &b) ||
        a.n != self->n || b.n != self->n)
        return sk_fail(error, "weight_concentration_: expected two lists of %u numbers", self->n);
    for (guint k = 0; k < self->n; k++) {
        double one = pickle_array_number(&a, k), other = pickle_array_number(&b, k);
        double both = density_digamma(one + other);
        self->constant[k] = density_digamma(one) - both + sum;
        sum += density_digamma(other) - both;
    }
    return density_is_weighed(self, error);
}

/* what is added for parts whose precisions are not known, but expected: Bishop 2006, 10.64 and
 * 10.65 */
static gboolean
density_expect(SkDensity *self, const PickleValue *object, guint n, GError **error)
{
    double same;
    gboolean is_same = pickle_number(pickle_attribute(object, "degrees_of_freedom_"), &same);
    g_autofree double *freedom = is_same
                                     ? g_new(double, self->n)
                                     : sk_numbers(object, "degrees_of_freedom_", self->n, error);
    for (guint k = 0; is_same && k < self->n; k++)
        freedom[k] = same; /* of parts that share their covariance */
    g_autofree double *precision = freedom != NULL
                                       ? sk_numbers(object, "mean_precision_", self->n, error)
                                       : NULL;
    for (guint k = 0; precision != NULL && k < self->n; k++) {
        double sum = n * log(2);
        if (!(freedom[k] > n - 1.0))
            return sk_fail(error, "degrees_of_freedom_: expected more than %u", n - 1);
        for (guint i = 0; i < n; i++)
            sum += density_digamma(0.5 * (freedom[k] - i));
        self->constant[k] += 0.5 * (sum - n / precision[k]) - 0.5 * n * log(freedom[k]);
    }
    return precision != NULL;
}

static void
density_name_parts(SkReader *reader)
{
    SkBody *body = reader->body;
    body->class_number = g_new(double, body->n_classes);
    body->class_name = g_ptr_array_new_with_free_func(g_free);
    for (guint k = 0; k < body->n_classes; k++) {
        body->class_number[k] = k;
        g_ptr_array_add(body->class_name, g_strdup_printf("%u", k));
    }
    g_ptr_array_add(body->class_name, NULL);
    if (reader->depth == 0 && body->n_classes > 1)
        errata_model_builder_set_classes(reader->builder,
                                         (const char *const *)body->class_name->pdata);
}

static gboolean
density_read_mixture(SkReader *reader, const PickleValue *object, gboolean bayes, GError **error)
{
    SkBody *body = reader->body;
    SkDensity *self = body->density = g_new0(SkDensity, 1);
    guint n = body->n_features;
    PickleArray means;
    if (!pickle_array(pickle_attribute(object, "means_"), &means) || means.n_dimensions != 2 ||
        means.shape[1] != n || means.shape[0] < 1 || means.shape[0] > ERRATA_LIMIT_MODEL_OUTPUTS ||
        n > SK_MAX_FACTORS || means.n * n > SK_MAX_WIDE)
        return sk_refuse(error,
                         "a mixture of other than 1 to %u parts, or of more than %d columns",
                         ERRATA_LIMIT_MODEL_OUTPUTS,
                         SK_MAX_FACTORS);
    self->n = (guint)means.shape[0];
    self->mean = sk_numbers(object, "means_", means.n, error);
    if (self->mean == NULL || !density_read_roots(self, object, n, error) ||
        !density_read_weights(self, object, bayes, error) ||
        (bayes && !density_expect(self, object, n, error)))
        return FALSE;
    self->shift = g_new0(double, means.n);
    for (guint k = 0; k < self->n; k++) {
        const double *root = self->root + (gsize)k * n * n;
        self->constant[k] -= 0.5 * n * log(2 * G_PI);
        for (guint c = 0; c < n; c++) {
            self->constant[k] += log(root[(gsize)c * n + c]);
            for (guint i = 0; i < n; i++)
                self->shift[(gsize)k * n + c] += self->mean[(gsize)k * n + i] *
                                                 root[(gsize)i * n + c];
        }
    }
    body->kind = SK_MIXTURE;
    body->link = SK_LINK_SOFTMAX;
    body->n_margins = body->n_classes = self->n;
    errata_model_builder_add_work(reader->builder, (double)self->n * n * n);
    density_name_parts(reader);
    return TRUE;
}

/* Rousseeuw and Van Driessen 1999 */
static gboolean
density_read_ellipse(SkReader *reader, const PickleValue *object, GError **error)
{
    SkBody *body = reader->body;
    SkDensity *self = body->density = g_new0(SkDensity, 1);
    gsize n = body->n_features;
    PickleArray precision;
    if (!pickle_array(pickle_attribute(object, "precision_"), &precision))
        return sk_refuse(error, "an ellipse that keeps its covariance and not its precision");
    self->n = 1;
    self->mean = sk_numbers(object, "location_", n, error);
    self->root = self->mean != NULL ? sk_numbers(object, "precision_", n * n, error) : NULL;
    self->offset = sk_number(object, "offset_", (double)NAN);
    body->kind = SK_OUTLYING;
    body->n_margins = 1;
    return self->root != NULL &&
           (!isnan(self->offset) || sk_fail(error, "offset_: expected a number"));
}

static gboolean
density_read_local(SkReader *reader, const PickleValue *object, GError **error)
{
    SkBody *body = reader->body;
    SkDensity *self = body->density = g_new0(SkDensity, 1);
    double k = sk_number(object, "n_neighbors_", 0);
    PickleArray far;
    if (!sk_flag(object, "novelty", FALSE))
        return sk_refuse(error, "LocalOutlierFactor without novelty, which judges no new rows");
    self->near = sk_near_new(object, body->n_features, error);
    if (self->near == NULL)
        return FALSE;
    gsize n_rows = sk_near_n_rows(self->near);
    if (!(k >= 1 && k <= (double)n_rows) ||
        !pickle_array(pickle_attribute(object, "_distances_fit_X_"), &far) ||
        far.n_dimensions != 2 || far.shape[0] != n_rows || (double)far.shape[1] < k)
        return sk_fail(error, "_distances_fit_X_: expected those of each row to its neighbours");
    self->k = (guint)k;
    self->density = sk_numbers(object, "_lrd", n_rows, error);
    self->offset = sk_number(object, "offset_", (double)NAN);
    self->reach = g_new(double, n_rows + 1);
    for (gsize i = 0; i < n_rows; i++)
        self->reach[i] = pickle_array_number(&far, i * far.shape[1] + self->k - 1);
    body->kind = SK_OUTLYING;
    body->n_margins = 1;
    if (sk_near_is_open(self->near))
        errata_model_builder_note(reader->builder,
                                  "a row is given no answer where training rows are equally near: "
                                  "which of them the library takes is not told by the file");
    errata_model_builder_add_work(reader->builder, (double)n_rows * body->n_features);
    return self->density != NULL &&
           (!isnan(self->offset) || sk_fail(error, "offset_: expected a number"));
}

/**
 * sk_read_density:
 * @ret_is: whether @object is one of these models at all
 *
 * Reads it into the reader's body.
 */
gboolean
sk_read_density(SkReader *reader, const PickleValue *object, gboolean *ret_is, GError **error)
{
    const char *name = pickle_class(object);
    *ret_is = TRUE;
    if (g_str_equal(name, "GaussianMixture") || g_str_equal(name, "BayesianGaussianMixture"))
        return density_read_mixture(reader, object, name[0] == 'B', error);
    if (g_str_equal(name, "EllipticEnvelope"))
        return density_read_ellipse(reader, object, error);
    if (g_str_equal(name, "LocalOutlierFactor"))
        return density_read_local(reader, object, error);
    *ret_is = FALSE;
    return TRUE;
}
