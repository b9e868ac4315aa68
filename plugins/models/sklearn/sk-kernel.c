/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Covariances of Gaussian processes: functions of two rows, and sums, products and powers of such.
 *
 * Source: sklearn/gaussian_process/kernels.py of 1.2; Rasmussen and Williams 2006, chapter 4. */
#include "sk-kernel.h"

#include <math.h>

#define KERNEL_MOST 100 /* kernels that one may be made of */

typedef enum {
    KERNEL_SUM,
    KERNEL_PRODUCT,
    KERNEL_POWER,
    KERNEL_CONSTANT,
    KERNEL_WHITE, /* nothing between a row and one of the training */
    KERNEL_RBF,
    KERNEL_MATERN,
    KERNEL_RATIONAL,
    KERNEL_PERIODIC,
    KERNEL_DOT,
} KernelKind;

/* @scale: (array length=n_scales) (nullable): lengths, one for all columns or one for each */
struct _SkKernel {
    KernelKind kind;
    SkKernel *left;
    SkKernel *right;
    double *scale;
    guint n_scales;
    double parameter; /* exponent, constant, nu, alpha, periodicity, sigma_0 */
};

static const struct {
    const char *name;
    KernelKind kind;
    const char *parameter;
    gboolean has_scale;
} kernels[] = {
    {"Sum", KERNEL_SUM, NULL, FALSE},
    {"Product", KERNEL_PRODUCT, NULL, FALSE},
    {"Exponentiation", KERNEL_POWER, "exponent", FALSE},
    {"ConstantKernel", KERNEL_CONSTANT, "constant_value", FALSE},
    {"WhiteKernel", KERNEL_WHITE, NULL, FALSE},
    {"RBF", KERNEL_RBF, NULL, TRUE},
    {"Matern", KERNEL_MATERN, "nu", TRUE},
    {"RationalQuadratic", KERNEL_RATIONAL, "alpha", TRUE},
    {"ExpSineSquared", KERNEL_PERIODIC, "periodicity", TRUE},
    {"DotProduct", KERNEL_DOT, "sigma_0", FALSE},
};

void
sk_kernel_free(SkKernel *self)
{
    g_clear_pointer(&self->left, sk_kernel_free);
    g_clear_pointer(&self->right, sk_kernel_free);
    g_free(self->scale);
    g_free(self);
}

static gboolean
kernel_read_scale(SkKernel *self, const PickleValue *object, guint n_features, GError **error)
{
    PickleArray array;
    double single;
    if (pickle_number(pickle_attribute(object, "length_scale"), &single)) {
        self->n_scales = 1;
        self->scale = g_new(double, 1);
        self->scale[0] = single;
    } else if (pickle_array(pickle_attribute(object, "length_scale"), &array) &&
               (array.n == 1 || (array.n == n_features &&
                                 (self->kind == KERNEL_RBF || self->kind == KERNEL_MATERN)))) {
        self->n_scales = (guint)array.n;
        self->scale = sk_numbers(object, "length_scale", array.n, error);
    } else
        return sk_fail(error, "length_scale: expected one number, or one for each column");
    return self->scale != NULL;
}

static gboolean
kernel_read_parameters(SkKernel *self,
                       const PickleValue *object,
                       guint row,
                       guint n_features,
                       GError **error)
{
    const char *name = kernels[row].parameter;
    if (name != NULL && !pickle_number(pickle_attribute(object, name), &self->parameter))
        return sk_fail(error, "%s of the kernel %s: expected a number", name, kernels[row].name);
    if (kernels[row].has_scale && !kernel_read_scale(self, object, n_features, error))
        return FALSE;
    double nu = self->parameter;
    static const double known[] = {0.5, 1.5, 2.5, (double)INFINITY};
    for (guint i = 0; self->kind == KERNEL_MATERN && i < G_N_ELEMENTS(known); i++)
        if (nu >= known[i] && nu <= known[i])
            return TRUE;
    return self->kind != KERNEL_MATERN ||
           sk_refuse(error, "the kernel Matern with nu = %g is not computed", nu);
}

/* @left: how many more kernels there may be; a file can name the same one again and again */
static SkKernel *
kernel_read(const PickleValue *object, guint n_features, guint *left, GError **error)
{
    const char *name = pickle_class(object);
    guint row = 0;
    while (name != NULL && row < G_N_ELEMENTS(kernels) && !g_str_equal(name, kernels[row].name))
        row++;
    if (name == NULL || row == G_N_ELEMENTS(kernels) ||
        !g_str_has_prefix(pickle_module(object), "sklearn.gaussian_process.kernels")) {
        sk_refuse(error, "the kernel %s is not computed", name != NULL ? name : "of a function");
        return NULL;
    }
    if (*left == 0) {
        sk_fail(error, "a kernel made of more than %d others", KERNEL_MOST);
        return NULL;
    }
    (*left)--;
    SkKernel *self = g_new0(SkKernel, 1);
    gboolean is_pair = kernels[row].kind == KERNEL_SUM || kernels[row].kind == KERNEL_PRODUCT;
    gboolean is_power = kernels[row].kind == KERNEL_POWER;
    self->kind = kernels[row].kind;
    if (is_pair || is_power)
        self->left = kernel_read(pickle_attribute(object, is_power ? "kernel" : "k1"),
                                 n_features,
                                 left,
                                 error);
    if (is_pair && self->left != NULL)
        self->right = kernel_read(pickle_attribute(object, "k2"), n_features, left, error);
    if (((is_pair || is_power) && self->left == NULL) || (is_pair && self->right == NULL) ||
        !kernel_read_parameters(self, object, row, n_features, error))
        g_clear_pointer(&self, sk_kernel_free);
    return self;
}

/**
 * sk_kernel_new:
 * @object: a kernel of scikit-learn, as fitted
 *
 * Errors: %ERRATA_ERROR_UNSUPPORTED, naming the kernel.
 *
 * Returns: (transfer full) (nullable): the kernel
 */
SkKernel *
sk_kernel_new(const PickleValue *object, guint n_features, GError **error)
{
    guint left = KERNEL_MOST;
    return kernel_read(object, n_features, &left, error);
}

guint
sk_kernel_parts(const SkKernel *self)
{
    return 1 + (self->left != NULL ? sk_kernel_parts(self->left) : 0) +
           (self->right != NULL ? sk_kernel_parts(self->right) : 0);
}

/* squared, of columns in units of their lengths; as they are where @scaled is not set */
static double
kernel_distance(const SkKernel *self, const double *a, const double *b, guint n, gboolean scaled)
{
    double sum = 0;
    for (guint i = 0; i < n; i++) {
        double length = scaled ? self->scale[self->n_scales > 1 ? i : 0] : 1;
        double apart = a[i] / length - b[i] / length;
        sum += apart * apart;
    }
    return sum;
}

static double
kernel_matern(double nu, double square)
{
    double d = sqrt(square);
    if (nu < 1)
        return exp(-d);
    if (nu < 2)
        return (1 + d * sqrt(3)) * exp(-d * sqrt(3));
    if (nu < 3) {
        d *= sqrt(5);
        return (1 + d + d * d / 3) * exp(-d);
    }
    return exp(-square / 2);
}

double
sk_kernel_value(const SkKernel *self, const double *a, const double *b, guint n)
{
    double sum = self->parameter * self->parameter;
    switch (self->kind) {
    case KERNEL_SUM:
        return sk_kernel_value(self->left, a, b, n) + sk_kernel_value(self->right, a, b, n);
    case KERNEL_PRODUCT:
        return sk_kernel_value(self->left, a, b, n) * sk_kernel_value(self->right, a, b, n);
    case KERNEL_POWER:
        return pow(sk_kernel_value(self->left, a, b, n), self->parameter);
    case KERNEL_CONSTANT:
        return self->parameter;
    case KERNEL_RBF:
        return exp(-0.5 * kernel_distance(self, a, b, n, TRUE));
    case KERNEL_MATERN:
        return kernel_matern(self->parameter, kernel_distance(self, a, b, n, TRUE));
    case KERNEL_RATIONAL:
        sum = kernel_distance(self, a, b, n, FALSE) /
              (2 * self->parameter * self->scale[0] * self->scale[0]);
        return pow(1 + sum, -self->parameter);
    case KERNEL_PERIODIC:
        sum = sqrt(kernel_distance(self, a, b, n, FALSE));
        sum = sin(G_PI / self->parameter * sum) / self->scale[0];
        return exp(-2 * sum * sum);
    case KERNEL_DOT:
        for (guint i = 0; i < n; i++)
            sum += a[i] * b[i];
        return sum;
    case KERNEL_WHITE:
    default:
        return 0;
    }
}
