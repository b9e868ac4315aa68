/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Steps that compare a row with rows that were kept: distances to the centres of clusters, kernels
 * with training rows and what is projected of them; and two that are projections in other words. */
#include <math.h>
#include <string.h>

#include "limit.h"
#include "sk-private.h"

typedef enum {
    LANDMARKS_LINEAR,
    LANDMARKS_POLY,
    LANDMARKS_RBF,
    LANDMARKS_SIGMOID,
    LANDMARKS_LAPLACIAN,
    LANDMARKS_COSINE,
    LANDMARKS_DISTANCE,
} LandmarksKind;

/**
 * SkLandmarks:
 * @row: n × n_in
 * @mean: (array length=n) (nullable): mean of each row's kernel over all, of kernels that are
 *   centred
 * @all_mean: of all
 * @matrix: n_out × n (nullable): what is projected of the kernels
 */
struct _SkLandmarks {
    LandmarksKind kind;
    double gamma;
    double start;
    double degree;
    guint n_in;
    guint n;
    double *row;
    double *mean;
    double all_mean;
    guint n_out;
    double *matrix;
};

void
sk_landmarks_free(SkLandmarks *self)
{
    g_free(self->row);
    g_free(self->mean);
    g_free(self->matrix);
    g_free(self);
}

static double
landmarks_dot(const double *a, const double *b, guint n)
{
    double sum = 0;
    for (guint i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* as the library has it, from the lengths and the product */
static double
landmarks_distance(const double *a, const double *b, guint n)
{
    double square = landmarks_dot(a, a, n) - 2 * landmarks_dot(a, b, n) + landmarks_dot(b, b, n);
    return sqrt(isnan(square) ? square : fmax(square, 0));
}

static double
landmarks_cosine(const double *a, const double *b, guint n)
{
    double of_a = sqrt(landmarks_dot(a, a, n)), of_b = sqrt(landmarks_dot(b, b, n));
    return landmarks_dot(a, b, n) / (of_a > 0 || isnan(of_a) ? of_a : 1) / (of_b > 0 ? of_b : 1);
}

static double
landmarks_kernel(const SkLandmarks *self, const double *a, const double *b)
{
    guint n = self->n_in;
    double sum = 0;
    switch (self->kind) {
    case LANDMARKS_DISTANCE:
        return landmarks_distance(a, b, n);
    case LANDMARKS_COSINE:
        return landmarks_cosine(a, b, n);
    case LANDMARKS_RBF:
        for (guint i = 0; i < n; i++)
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        return exp(-self->gamma * sum);
    case LANDMARKS_LAPLACIAN:
        for (guint i = 0; i < n; i++)
            sum += fabs(a[i] - b[i]);
        return exp(-self->gamma * sum);
    case LANDMARKS_POLY:
        return pow(self->gamma * landmarks_dot(a, b, n) + self->start, self->degree);
    case LANDMARKS_SIGMOID:
        return tanh(self->gamma * landmarks_dot(a, b, n) + self->start);
    case LANDMARKS_LINEAR:
    default:
        return landmarks_dot(a, b, n);
    }
}

void
sk_landmarks_run(const SkLandmarks *self, const double *in, double *out)
{
    g_autofree double *kernel = g_new(double, (gsize)self->n + 1);
    double mean = 0;
    for (guint k = 0; k < self->n; k++) {
        kernel[k] = landmarks_kernel(self, in, self->row + (gsize)k * self->n_in);
        mean += kernel[k] / self->n;
    }
    for (guint k = 0; self->mean != NULL && k < self->n; k++)
        kernel[k] += self->all_mean - self->mean[k] - mean;
    for (guint k = 0; self->matrix == NULL && k < self->n; k++)
        out[k] = kernel[k];
    for (guint k = 0; self->matrix != NULL && k < self->n_out; k++)
        out[k] = landmarks_dot(kernel, self->matrix + (gsize)k * self->n, self->n);
}

/* the rows to compare with */
static gboolean
landmarks_read_rows(SkReader *reader,
                    SkLandmarks *self,
                    const PickleValue *object,
                    const char *name,
                    GError **error)
{
    gsize n_rows = 0;
    self->row = sk_matrix(object, name, self->n_in, &n_rows, error);
    if (self->row == NULL)
        return FALSE;
    if (n_rows > G_MAXUINT32 / 2)
        return sk_refuse(error, "%s: more than %u rows", name, G_MAXUINT32 / 2);
    self->n = self->n_out = (guint)n_rows;
    errata_model_builder_add_work(reader->builder, (double)n_rows * self->n_in);
    return TRUE;
}

static gboolean
landmarks_read_kernel(SkLandmarks *self, const PickleValue *object, GError **error)
{
    static const char *const names[] = {"linear", "poly", "rbf", "sigmoid", "laplacian", "cosine"};
    const PickleValue *more = pickle_attribute(object, "kernel_params");
    const char *name = pickle_text(pickle_attribute(object, "kernel"));
    if (more != NULL && more->kind != PICKLE_NONE)
        return sk_refuse(error, "a kernel with parameters of its own");
    for (guint i = 0; name != NULL && i < G_N_ELEMENTS(names); i++)
        if (g_str_equal(name, names[i]) ||
            (g_str_equal(name, "polynomial") && i == LANDMARKS_POLY)) {
            self->kind = (LandmarksKind)i;
            self->gamma = sk_number(object, "gamma", 1.0 / self->n_in);
            self->gamma = sk_number(object, "gamma_", self->gamma);
            self->start = sk_number(object, "coef0", 1);
            self->degree = sk_number(object, "degree", 3);
            return TRUE;
        }
    return sk_refuse(error, "the kernel %s is not computed", name != NULL ? name : "(a function)");
}

/* the kernels with some rows, made independent of one another: Williams and Seeger 2001 */
static gboolean
landmarks_read_nystroem(SkReader *reader,
                        SkLandmarks *self,
                        const PickleValue *object,
                        GError **error)
{
    if (!landmarks_read_kernel(self, object, error) ||
        !landmarks_read_rows(reader, self, object, "components_", error))
        return FALSE;
    self->matrix = sk_numbers(object, "normalization_", (gsize)self->n * self->n, error);
    return self->matrix != NULL;
}

/* centred kernels with all training rows, projected: Schölkopf, Smola and Müller 1997 */
static gboolean
landmarks_read_pca(SkReader *reader, SkLandmarks *self, const PickleValue *object, GError **error)
{
    const PickleValue *centre = pickle_attribute(object, "_centerer");
    PickleArray vectors;
    if (!landmarks_read_kernel(self, object, error) ||
        !landmarks_read_rows(reader, self, object, "X_fit_", error))
        return FALSE;
    self->mean = sk_numbers(centre, "K_fit_rows_", self->n, error);
    self->all_mean = sk_number(centre, "K_fit_all_", (double)NAN);
    if (self->mean == NULL)
        return FALSE;
    if (!pickle_array(pickle_attribute(object, "eigenvectors_"), &vectors) ||
        vectors.n_dimensions != 2 || vectors.shape[0] != self->n || vectors.shape[1] == 0 ||
        vectors.shape[1] > ERRATA_LIMIT_COLUMNS || isnan(self->all_mean))
        return sk_fail(error, "eigenvectors_: expected a matrix of %u rows", self->n);
    self->n_out = (guint)vectors.shape[1];
    g_autofree double *size = sk_numbers(object, "eigenvalues_", self->n_out, error);
    if (size == NULL)
        return FALSE;
    self->matrix = g_new0(double, vectors.n);
    for (guint k = 0; k < self->n_out; k++)
        for (guint i = 0; fabs(size[k]) > 0 && i < self->n; i++)
            self->matrix[(gsize)k * self->n + i] =
                pickle_array_number(&vectors, (gsize)i * self->n_out + k) / sqrt(size[k]);
    return TRUE;
}

/* cosines of random projections, which stand for a kernel: Rahimi and Recht 2007 */
static gboolean
landmarks_read_waves(const PickleValue *object, GArray *raw, GPtrArray *steps, GError **error)
{
    guint n_in = raw->len;
    PickleArray weights;
    if (!pickle_array(pickle_attribute(object, "random_weights_"), &weights) ||
        weights.n_dimensions != 2 || weights.shape[0] != n_in || weights.shape[1] == 0 ||
        weights.shape[1] > ERRATA_LIMIT_COLUMNS)
        return sk_fail(error, "random_weights_: expected a matrix of %u rows", n_in);
    guint n = (guint)weights.shape[1];
    SkStep *step = sk_step_new(steps, SK_STEP_PROJECT, n_in);
    step->n_out = n;
    step->a = g_new0(double, n_in);
    step->matrix = g_new(double, weights.n);
    for (guint k = 0; k < n; k++)
        for (guint i = 0; i < n_in; i++)
            step->matrix[(gsize)k * n_in + i] = pickle_array_number(&weights, (gsize)i * n + k);
    step = sk_step_new(steps, SK_STEP_SCALE, n);
    step->a = g_new0(double, n);
    step->b = g_new(double, n);
    step->c = sk_numbers(object, "random_offset_", n, error);
    if (step->c == NULL)
        return FALSE;
    for (guint k = 0; k < n; k++)
        step->b[k] = 1;
    sk_step_new(steps, SK_STEP_FUNCTION, n)->function = SK_FUNCTION_COS;
    step = sk_step_new(steps, SK_STEP_SCALE, n);
    step->a = g_new0(double, n);
    step->b = g_new(double, n);
    for (guint k = 0; k < n; k++)
        step->b[k] = sqrt(2.0) / sqrt(n);
    sk_step_forget(raw, n);
    return TRUE;
}

/* @matrix: n × n, is lost; @ret: (caller-allocates): its inverse, by Gauss and Jordan with the
 *   largest pivots */
static gboolean
landmarks_invert(double *matrix, guint n, double *ret)
{
    for (guint i = 0; i < n; i++)
        for (guint k = 0; k < n; k++)
            ret[(gsize)i * n + k] = i == k ? 1 : 0;
    for (guint c = 0; c < n; c++) {
        guint best = c;
        for (guint i = c; i < n; i++)
            if (fabs(matrix[(gsize)i * n + c]) > fabs(matrix[(gsize)best * n + c]))
                best = i;
        if (!(fabs(matrix[(gsize)best * n + c]) > 0))
            return FALSE;
        for (guint k = 0; k < n; k++) {
            double m = matrix[(gsize)c * n + k], r = ret[(gsize)c * n + k];
            matrix[(gsize)c * n + k] = matrix[(gsize)best * n + k];
            ret[(gsize)c * n + k] = ret[(gsize)best * n + k];
            matrix[(gsize)best * n + k] = m;
            ret[(gsize)best * n + k] = r;
        }
        double pivot = matrix[(gsize)c * n + c];
        for (guint k = 0; k < n; k++) {
            matrix[(gsize)c * n + k] /= pivot;
            ret[(gsize)c * n + k] /= pivot;
        }
        for (guint i = 0; i < n; i++) {
            double factor = matrix[(gsize)i * n + c];
            for (guint k = 0; i != c && k < n; k++) {
                matrix[(gsize)i * n + k] -= factor * matrix[(gsize)c * n + k];
                ret[(gsize)i * n + k] -= factor * ret[(gsize)c * n + k];
            }
        }
    }
    return TRUE;
}

/* what is expected of the factors, given the columns: (x − mean) · Wᵀ(I + W Cᵀ)⁻¹ with W = C/noise;
 * Barber 2012, 21.2.1 */
static gboolean
landmarks_read_factors(const PickleValue *object, GArray *raw, GPtrArray *steps, GError **error)
{
    PickleArray components;
    guint n_in = raw->len;
    if (!pickle_array(pickle_attribute(object, "components_"), &components) ||
        components.n_dimensions != 2 || components.shape[1] != n_in || components.shape[0] == 0 ||
        components.shape[0] > SK_MAX_FACTORS)
        return sk_refuse(error, "components_: expected 1 to %d rows of %u", SK_MAX_FACTORS, n_in);
    guint n = (guint)components.shape[0];
    g_autofree double *c = sk_numbers(object, "components_", components.n, error);
    g_autofree double *noise = c != NULL ? sk_numbers(object, "noise_variance_", n_in, error)
                                         : NULL;
    g_autofree double *sum = g_new(double, (gsize)n *n);
    g_autofree double *inverse = g_new(double, (gsize)n *n);
    SkStep *step = sk_step_new(steps, SK_STEP_PROJECT, n_in);
    step->n_out = n;
    step->a = noise != NULL ? sk_numbers(object, "mean_", n_in, error) : NULL;
    if (step->a == NULL)
        return FALSE;
    step->matrix = g_new0(double, components.n);
    for (guint i = 0; i < n; i++)
        for (guint k = 0; k < n; k++) {
            sum[(gsize)i * n + k] = i == k ? 1 : 0;
            for (guint f = 0; f < n_in; f++)
                sum[(gsize)i * n + k] += c[(gsize)i * n_in + f] / noise[f] * c[(gsize)k * n_in + f];
        }
    if (!landmarks_invert(sum, n, inverse))
        return sk_fail(error, "components_: factors that cannot be told apart");
    for (guint k = 0; k < n; k++)
        for (guint f = 0; f < n_in; f++)
            for (guint i = 0; i < n; i++)
                step->matrix[(gsize)k * n_in + f] += c[(gsize)i * n_in + f] / noise[f] *
                                                     inverse[(gsize)i * n + k];
    sk_step_forget(raw, n);
    return TRUE;
}

/**
 * sk_read_landmarks:
 * @ret_is: whether @object is one of these transformers at all
 *
 * Reads it to the end of @steps.
 */
gboolean
sk_read_landmarks(SkReader *reader,
                  const PickleValue *object,
                  GArray *raw,
                  GPtrArray *steps,
                  gboolean *ret_is,
                  GError **error)
{
    const char *name = pickle_class(object);
    gboolean is_centres = g_str_equal(name, "KMeans") || g_str_equal(name, "MiniBatchKMeans") ||
                          g_str_equal(name, "BisectingKMeans");
    gboolean is_nystroem = g_str_equal(name, "Nystroem");
    *ret_is = TRUE;
    if (g_str_equal(name, "RBFSampler"))
        return landmarks_read_waves(object, raw, steps, error);
    if (g_str_equal(name, "FactorAnalysis"))
        return landmarks_read_factors(object, raw, steps, error);
    if (!is_centres && !is_nystroem && !g_str_equal(name, "KernelPCA")) {
        *ret_is = FALSE;
        return TRUE;
    }
    reader->is_rounded = TRUE;
    SkStep *step = sk_step_new(steps, SK_STEP_LANDMARKS, raw->len);
    SkLandmarks *self = step->landmarks = g_new0(SkLandmarks, 1);
    self->n_in = raw->len;
    self->kind = LANDMARKS_DISTANCE;
    if (!(is_centres    ? landmarks_read_rows(reader, self, object, "cluster_centers_", error)
          : is_nystroem ? landmarks_read_nystroem(reader, self, object, error)
                        : landmarks_read_pca(reader, self, object, error)))
        return FALSE;
    step->n_out = self->n_out;
    sk_step_forget(raw, step->n_out);
    return sk_may_widen(reader, step->n_out, error);
}
