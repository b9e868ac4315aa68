/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scikit-learn's support vector machines, as libsvm computes them: a margin for each pair of
 * classes, whose winners vote; probabilities of pairs by Platt's sigmoid, made those of classes by
 * the second method of Wu, Lin and Weng (2004), with libsvm's own bounds, start and end of the
 * iteration. */
#include <math.h>
#include <string.h>

#include "error.h"
#include "limit.h"
#include "sk-kernel.h"
#include "sk-private.h"

#define SVM_KERNEL      20 /* numbers that an exponential function costs as much as */
#define SVM_LEAST_SHARE 1e-7

typedef enum {
    SVM_LINEAR,
    SVM_POLY,
    SVM_RBF,
    SVM_SIGMOID,
    SVM_LAPLACIAN,
    SVM_PROCESS, /* a Gaussian process' own */
} SvmKernel;

/**
 * SkSvm:
 * @vector: n_vectors × n_features
 * @first: (array length=n_classes+1): vectors of class k are first[k] … first[k+1]
 * @dual: (n_classes − 1) × n_vectors; of a regression 1 × n_vectors
 * @intercept: per pair of classes
 * @slope, @shift: (nullable): of the sigmoid of each pair
 * @by_class: margins are per class, from votes and sums of confidence; else per pair
 * @break_ties: the class is the one of the largest margin
 * @outliers: the prediction is the sign
 * @process: (nullable): the kernel of a Gaussian process
 */
struct _SkSvm {
    SvmKernel kernel;
    double gamma;
    double start;
    double degree;
    guint n_vectors;
    double *vector;
    guint *first;
    double *dual;
    double *intercept;
    double *slope;
    double *shift;
    gboolean by_class;
    gboolean break_ties;
    gboolean outliers;
    SkKernel *process;
};

void
sk_svm_free(SkSvm *self)
{
    g_clear_pointer(&self->process, sk_kernel_free);
    g_free(self->vector);
    g_free(self->first);
    g_free(self->dual);
    g_free(self->intercept);
    g_free(self->slope);
    g_free(self->shift);
    g_free(self);
}

gboolean
sk_svm_finds_outliers(const SkBody *body)
{
    return body->svm->outliers;
}

static gboolean
svm_read_kernel(SkSvm *self, const PickleValue *object, GError **error)
{
    static const char *const names[] = {"linear", "poly", "rbf", "sigmoid"};
    const char *name = pickle_text(pickle_attribute(object, "kernel"));
    for (guint i = 0; name != NULL && i < G_N_ELEMENTS(names); i++)
        if (g_str_equal(name, names[i])) {
            self->kernel = (SvmKernel)i;
            self->gamma = sk_number(object, "_gamma", (double)NAN);
            self->start = sk_number(object, "coef0", 0);
            self->degree = sk_number(object, "degree", 3);
            return !isnan(self->gamma) || sk_fail(error, "_gamma is no number");
        }
    return sk_refuse(error, "the kernel %s is not computed", name != NULL ? name : "(a function)");
}

/* kernel ridge regression is such a sum, too; without a gamma one over the number of columns */
static gboolean
svm_read_ridge(SkReader *reader, SkSvm *self, const PickleValue *object, GError **error)
{
    static const char *const names[] = {"linear", "poly", "rbf", "sigmoid", "laplacian"};
    const char *name = pickle_text(pickle_attribute(object, "kernel"));
    SkBody *body = reader->body;
    guint which = G_N_ELEMENTS(names);
    gsize n_rows;
    for (guint i = 0; name != NULL && i < G_N_ELEMENTS(names); i++)
        if (g_str_equal(name, names[i]) || (g_str_equal(name, "polynomial") && i == SVM_POLY))
            which = i;
    if (which == G_N_ELEMENTS(names))
        return sk_refuse(error,
                         "the kernel %s is not computed",
                         name != NULL ? name : "(a function)");
    self->kernel = (SvmKernel)which;
    self->gamma = sk_number(object, "gamma", 1.0 / body->n_features);
    self->start = sk_number(object, "coef0", 1);
    self->degree = sk_number(object, "degree", 3);
    self->vector = sk_matrix(object, "X_fit_", body->n_features, &n_rows, error);
    if (self->vector == NULL)
        return FALSE;
    if (n_rows > G_MAXUINT32 / 2)
        return sk_refuse(error, "X_fit_: more than %u rows", G_MAXUINT32 / 2);
    self->n_vectors = (guint)n_rows;
    self->dual = sk_numbers(object, "dual_coef_", self->n_vectors, NULL);
    self->intercept = g_new0(double, 1);
    errata_model_builder_add_work(reader->builder,
                                  self->n_vectors * ((double)body->n_features + SVM_KERNEL));
    return self->dual != NULL || sk_refuse(error, "a kernel ridge regression of several outputs");
}

/* one class by stochastic gradient descent: a linear form, less an offset */
static gboolean
svm_read_descent(SkReader *reader, SkSvm *self, const PickleValue *object, GError **error)
{
    self->kernel = SVM_LINEAR;
    self->outliers = TRUE;
    self->n_vectors = 1;
    self->vector = sk_numbers(object, "coef_", reader->body->n_features, error);
    self->intercept = self->vector != NULL ? sk_numbers(object, "offset_", 1, error) : NULL;
    if (self->intercept == NULL)
        return FALSE;
    self->intercept[0] = -self->intercept[0];
    self->dual = g_new(double, 1);
    self->dual[0] = 1;
    return TRUE;
}

/* a number, or an array of one */
static gboolean
svm_read_moment(const PickleValue *object, const char *name, double *ret, GError **error)
{
    if (pickle_number(pickle_attribute(object, name), ret))
        return TRUE;
    g_autofree double *found = sk_numbers(object, name, 1, error);
    if (found != NULL)
        *ret = found[0];
    return found != NULL;
}

/* the mean of a Gaussian process is such a sum, too, in units of the target's own mean and
 * deviation */
static gboolean
svm_read_process(SkReader *reader, SkSvm *self, const PickleValue *object, GError **error)
{
    const SkBody *body = reader->body;
    PickleArray alpha;
    gsize n = 0;
    self->kernel = SVM_PROCESS;
    self->process = sk_kernel_new(pickle_attribute(object, "kernel_"), body->n_features, error);
    self->vector = self->process != NULL
                       ? sk_matrix(object, "X_train_", body->n_features, &n, error)
                       : NULL;
    if (self->vector == NULL)
        return FALSE;
    if (n > G_MAXUINT32 / 2 || !pickle_array(pickle_attribute(object, "alpha_"), &alpha))
        return sk_fail(error, "alpha_: expected a number for each row of the training");
    if (alpha.n_dimensions > 1 && alpha.shape[1] > 1)
        return sk_refuse(error, "a Gaussian process of several targets");
    self->n_vectors = (guint)n;
    self->dual = sk_numbers(object, "alpha_", n, error);
    self->intercept = g_new0(double, 1);
    double deviation = 1;
    if (self->dual == NULL || !svm_read_moment(object, "_y_train_mean", self->intercept, error) ||
        !svm_read_moment(object, "_y_train_std", &deviation, error))
        return FALSE;
    for (gsize i = 0; i < n; i++)
        self->dual[i] *= deviation;
    errata_model_builder_add_work(reader->builder,
                                  (double)n * ((double)body->n_features + SVM_KERNEL) *
                                      sk_kernel_parts(self->process));
    return TRUE;
}

static gboolean
svm_read_vectors(SkSvm *self, const SkBody *body, const PickleValue *object, GError **error)
{
    gsize n_vectors = 0;
    self->vector = sk_matrix(object, "support_vectors_", body->n_features, &n_vectors, error);
    if (n_vectors > G_MAXUINT32 / 2)
        return sk_fail(error, "support_vectors_: too many");
    self->n_vectors = (guint)n_vectors;
    return self->vector != NULL;
}

/* the vectors' factors, @n_rows times */
static double *
svm_read_dual(const SkSvm *self, const PickleValue *object, gsize n_rows, GError **error)
{
    gsize found = 0;
    g_autofree double *dual = sk_matrix(object, "_dual_coef_", self->n_vectors, &found, error);
    if (dual != NULL && found != n_rows) {
        sk_fail(error, "_dual_coef_: expected %zu rows", n_rows);
        return NULL;
    }
    return g_steal_pointer(&dual);
}

/* how many vectors each class has */
static gboolean
svm_read_counts(SkSvm *self, const SkBody *body, const PickleValue *object, GError **error)
{
    const char *name = pickle_attribute(object, "_n_support") != NULL ? "_n_support" : "n_support_";
    g_autofree double *counts = sk_numbers(object, name, body->n_classes, error);
    double sum = 0;
    if (counts == NULL)
        return FALSE;
    self->first = g_new0(guint, body->n_classes + 1);
    for (guint k = 0; k < body->n_classes; k++) {
        if (!(counts[k] >= 0) || !((sum += counts[k]) <= self->n_vectors))
            return sk_fail(error, "%s: more support vectors than there are", name);
        self->first[k + 1] = (guint)sum;
    }
    return TRUE;
}

static gboolean
svm_read_sigmoids(SkSvm *self, const PickleValue *object, guint n_pairs, GError **error)
{
    const char *a = pickle_attribute(object, "_probA") != NULL ? "_probA" : "probA_";
    const char *b = pickle_attribute(object, "_probB") != NULL ? "_probB" : "probB_";
    if (!sk_flag(object, "probability", FALSE))
        return TRUE;
    self->slope = sk_numbers(object, a, n_pairs, error);
    self->shift = self->slope != NULL ? sk_numbers(object, b, n_pairs, error) : NULL;
    return self->shift != NULL;
}

static gboolean
svm_read_classes(SkSvm *self, SkBody *body, const PickleValue *object, GError **error)
{
    const char *shape = pickle_text(pickle_attribute(object, "decision_function_shape"));
    guint n = body->n_classes;
    if (n > 1024)
        return sk_refuse(error, "a support vector machine of %u classes", n);
    guint n_pairs = n * (n - 1) / 2;
    self->by_class = shape == NULL || g_str_equal(shape, "ovr");
    self->break_ties = sk_flag(object, "break_ties", FALSE) && self->by_class && n > 2;
    body->n_margins = n == 2 ? 1 : self->by_class ? n : n_pairs;
    self->dual = svm_read_dual(self, object, n - 1, error);
    self->intercept = self->dual != NULL ? sk_numbers(object, "_intercept_", n_pairs, error) : NULL;
    if (self->intercept == NULL || !svm_read_counts(self, body, object, error) ||
        !svm_read_sigmoids(self, object, n_pairs, error))
        return FALSE;
    body->link = self->slope != NULL ? SK_LINK_OWN : SK_LINK_NONE;
    return TRUE;
}

/**
 * sk_read_svm:
 * @ret_is: whether @object is a support vector machine of libsvm at all
 *
 * Reads a support vector machine into the reader's body.
 */
gboolean
sk_read_svm(SkReader *reader, const PickleValue *object, gboolean *ret_is, GError **error)
{
    SkBody *body = reader->body;
    const char *name = pickle_class(object);
    gboolean classes = g_str_equal(name, "SVC") || g_str_equal(name, "NuSVC");
    gboolean outliers = g_str_equal(name, "OneClassSVM");
    gboolean ridge = g_str_equal(name, "KernelRidge");
    gboolean descent = g_str_equal(name, "SGDOneClassSVM");
    gboolean process = g_str_equal(name, "GaussianProcessRegressor");
    *ret_is = classes || outliers || ridge || descent || process || g_str_equal(name, "SVR") ||
              g_str_equal(name, "NuSVR");
    if (!*ret_is)
        return TRUE;
    if (classes != (body->n_classes > 0))
        return sk_fail(error, "a support vector machine without classes, or with too many");
    SkSvm *self = body->svm = g_new0(SkSvm, 1);
    body->kind = SK_SVM;
    body->n_margins = 1;
    self->outliers = outliers;
    if (ridge)
        return svm_read_ridge(reader, self, object, error);
    if (process)
        return svm_read_process(reader, self, object, error);
    if (descent)
        return svm_read_descent(reader, self, object, error);
    if (!svm_read_kernel(self, object, error) || !svm_read_vectors(self, body, object, error))
        return FALSE;
    errata_model_builder_add_work(reader->builder,
                                  self->n_vectors * ((double)body->n_features + SVM_KERNEL));
    if (classes)
        return svm_read_classes(self, body, object, error);
    self->dual = svm_read_dual(self, object, 1, error);
    self->intercept = self->dual != NULL ? sk_numbers(object, "_intercept_", 1, error) : NULL;
    return self->intercept != NULL;
}

/* as libsvm multiplies it: pow() rounds otherwise, which shows where large terms cancel */
static double
svm_power(double base, double degree)
{
    double power = 1;
    if (!(degree >= 0 && degree <= G_MAXINT && degree <= floor(degree)))
        return pow(base, degree);
    for (guint times = (guint)degree; times > 0; times /= 2) {
        if (times % 2 == 1)
            power *= base;
        base *= base;
    }
    return power;
}

static double
svm_kernel(const SkSvm *self, const double *a, const double *b, guint n)
{
    double sum = 0;
    if (self->process != NULL)
        return sk_kernel_value(self->process, a, b, n);
    if (self->kernel == SVM_RBF) {
        for (guint i = 0; i < n; i++)
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        return exp(-self->gamma * sum);
    }
    for (guint i = 0; self->kernel == SVM_LAPLACIAN && i < n; i++)
        sum += fabs(a[i] - b[i]);
    for (guint i = 0; self->kernel != SVM_LAPLACIAN && i < n; i++)
        sum += a[i] * b[i];
    switch (self->kernel) {
    case SVM_POLY:
        return svm_power(self->gamma * sum + self->start, self->degree);
    case SVM_SIGMOID:
        return tanh(self->gamma * sum + self->start);
    case SVM_LAPLACIAN:
        return exp(-self->gamma * sum);
    case SVM_LINEAR:
    case SVM_RBF:
    case SVM_PROCESS:
    default:
        return sum;
    }
}

/* above 0 for the first class of a pair */
static void
svm_pairs(const SkSvm *self, guint n, const double *kernel, double *pair)
{
    for (guint i = 0; i < n; i++)
        for (guint j = i + 1; j < n; j++, pair++) {
            const double *of_first = self->dual + (gsize)(j - 1) * self->n_vectors;
            const double *of_second = self->dual + (gsize)i * self->n_vectors;
            double sum = 0;
            for (guint v = self->first[i]; v < self->first[i + 1]; v++)
                sum += of_first[v] * kernel[v];
            for (guint v = self->first[j]; v < self->first[j + 1]; v++)
                sum += of_second[v] * kernel[v];
            *pair = sum;
        }
}

/* votes, and sums of confidence squeezed between −⅓ and ⅓ */
static void
svm_by_class(guint n, const double *pair, double *margin)
{
    g_autofree double *vote = g_new0(double, n);
    for (guint k = 0; k < n; k++)
        margin[k] = 0;
    for (guint i = 0; i < n; i++)
        for (guint j = i + 1; j < n; j++, pair++) {
            margin[i] += *pair;
            margin[j] -= *pair;
            vote[*pair < 0 ? j : i]++;
        }
    for (guint k = 0; k < n; k++)
        margin[k] = vote[k] + margin[k] / (3 * (fabs(margin[k]) + 1));
}

static guint
svm_vote(guint n, const double *pair)
{
    g_autofree guint *vote = g_new0(guint, n);
    guint best = 0;
    for (guint i = 0; i < n; i++)
        for (guint j = i + 1; j < n; j++, pair++)
            vote[*pair > 0 ? i : j]++;
    for (guint k = 1; k < n; k++)
        best = vote[k] > vote[best] ? k : best;
    return best;
}

/* one round of the iteration towards the least p'Qp; @product is Qp, @whole p'Qp */
static void
svm_couple_round(guint n, const double *q, double *share, double *product, double whole)
{
    for (guint t = 0; t < n; t++) {
        double own = q[(gsize)t * n + t];
        double step = (whole - product[t]) / own;
        share[t] += step;
        whole = (whole + step * (step * own + 2 * product[t])) / (1 + step) / (1 + step);
        for (guint k = 0; k < n; k++) {
            product[k] = (product[k] + step * q[(gsize)t * n + k]) / (1 + step);
            share[k] /= 1 + step;
        }
    }
}

/* probabilities of classes from those of pairs, r[i][j] of i against j */
static void
svm_couple(guint n, const double *r, double *share)
{
    g_autofree double *q = g_new0(double, (gsize)n *n);
    g_autofree double *product = g_new0(double, n);
    for (guint t = 0; t < n; t++) {
        share[t] = 1.0 / n;
        for (guint k = 0; k < n; k++) {
            double other = r[(gsize)k * n + t];
            if (k == t)
                continue;
            q[(gsize)t * n + t] += other * other;
            q[(gsize)t * n + k] = k < t ? q[(gsize)k * n + t] : -other * r[(gsize)t * n + k];
        }
    }
    for (guint round = 0; round < MAX(100, n); round++) {
        double whole = 0, worst = 0;
        for (guint t = 0; t < n; t++) {
            product[t] = 0;
            for (guint k = 0; k < n; k++)
                product[t] += q[(gsize)t * n + k] * share[k];
            whole += share[t] * product[t];
        }
        for (guint t = 0; t < n; t++)
            worst = fmax(worst, fabs(product[t] - whole));
        if (worst < 0.005 / n)
            break;
        svm_couple_round(n, q, share, product, whole);
    }
}

static void
svm_shares(const SkSvm *self, guint n, const double *pair, double *share)
{
    g_autofree double *r = g_new0(double, (gsize)n *n);
    guint at = 0;
    for (guint i = 0; i < n; i++)
        for (guint j = i + 1; j < n; j++, at++) {
            double z = pair[at] * self->slope[at] + self->shift[at];
            double p = z >= 0 ? exp(-z) / (1 + exp(-z)) : 1 / (1 + exp(z));
            p = fmin(fmax(p, SVM_LEAST_SHARE), 1 - SVM_LEAST_SHARE);
            r[(gsize)i * n + j] = p;
            r[(gsize)j * n + i] = 1 - p;
        }
    svm_couple(n, r, share);
}

void
sk_svm_run(const SkBody *body, const double *x, SkAnswer *answer)
{
    const SkSvm *self = body->svm;
    guint n = body->n_classes;
    guint n_pairs = n > 0 ? n * (n - 1) / 2 : 0;
    g_autofree double *kernel = g_new(double, self->n_vectors);
    g_autofree double *pair = g_new(double, n_pairs + 1);
    for (guint v = 0; v < self->n_vectors; v++)
        kernel[v] =
            svm_kernel(self, x, self->vector + (gsize)v * body->n_features, body->n_features);
    if (n == 0) {
        double sum = 0;
        for (guint v = 0; v < self->n_vectors; v++)
            sum += self->dual[v] * kernel[v];
        answer->margin[0] = sum + self->intercept[0];
        answer->value = !self->outliers ? answer->margin[0] : answer->margin[0] > 0 ? 1 : -1;
        return;
    }
    svm_pairs(self, n, kernel, pair);
    for (guint p = 0; p < n_pairs; p++)
        pair[p] += self->intercept[p];
    if (n == 2)
        answer->margin[0] = -pair[0];
    else if (self->by_class)
        svm_by_class(n, pair, answer->margin);
    else
        memcpy(answer->margin, pair, n_pairs * sizeof(double));
    answer->best = svm_vote(n, pair);
    for (guint k = 0; self->break_ties && k < n; k++)
        answer->best = answer->margin[k] > answer->margin[answer->best] ? k : answer->best;
    if (self->slope != NULL)
        svm_shares(self, n, pair, answer->share);
}
