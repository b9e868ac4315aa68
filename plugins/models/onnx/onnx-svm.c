/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ai.onnx.ml's SVMClassifier and SVMRegressor, in the order and single precision of onnxruntime.
 * Pairs of classes vote; probabilities of pairs become those of classes by the second method of Wu,
 * Lin and Weng (2004), with onnxruntime's own end of the iteration. */
#include <math.h>
#include <string.h>

#include "onnx-private.h"

#define SVM_LEAST_SHARE 1e-7
#define SVM_ROUNDS      100

static double
svm_single(double x)
{
    return (double)(float)x;
}

typedef enum {
    SVM_LINEAR,
    SVM_POLY,
    SVM_RBF,
    SVM_SIGMOID,
} SvmKind;

static const char *const svm_kinds[] = {"LINEAR", "POLY", "RBF", "SIGMOID"}; /* by SvmKind */

/* what a node says of its kernel: looked up by name, hence once a row and not once a vector */
typedef struct {
    SvmKind kind;
    double gamma, start, degree;
    const double *vectors; /* (nullable): one after the other */
} SvmKernel;

/* whether the kernel is known; one that is not told is linear */
static gboolean
svm_kind(const char *name, SvmKind *ret_kind)
{
    for (guint i = 0; i < G_N_ELEMENTS(svm_kinds); i++)
        if (name == NULL || g_str_equal(name, svm_kinds[i])) {
            *ret_kind = (SvmKind)i;
            return TRUE;
        }
    return FALSE;
}

static SvmKernel
svm_kernel(const OnnxNode *node)
{
    const GArray *given = onnx_floats(node, "kernel_params");
    const GArray *vectors = onnx_floats(node, "support_vectors");
    SvmKernel self = {.vectors = vectors != NULL ? (const double *)(const void *)vectors->data
                                                 : NULL};
    double *const params[] = {&self.gamma, &self.start, &self.degree};
    svm_kind(onnx_string(node, "kernel_type"), &self.kind);
    for (guint i = 0; given != NULL && i < MIN(given->len, G_N_ELEMENTS(params)); i++)
        *params[i] = g_array_index(given, double, i);
    return self;
}

/* of a row and one support vector */
static double
svm_product(const SvmKernel *self, const double *x, guint at, guint n)
{
    const double *vector = self->vectors + (gsize)at * n;
    double sum = 0;
    if (self->kind == SVM_RBF)
        for (guint i = 0; i < n; i++)
            sum += (x[i] - vector[i]) * (x[i] - vector[i]);
    else
        for (guint i = 0; i < n; i++)
            sum += x[i] * vector[i];
    switch (self->kind) {
    case SVM_RBF:
        return svm_single(exp(-self->gamma * sum));
    case SVM_POLY:
        return svm_single(pow(self->gamma * sum + self->start, self->degree));
    case SVM_SIGMOID:
        return svm_single(tanh(self->gamma * sum + self->start));
    case SVM_LINEAR:
        break;
    }
    return svm_single(sum);
}

static gboolean
svm_run_regressor(const OnnxOp *op, OnnxRow *row, GError **error)
{
    const OnnxCell in = row->cell[op->in[0]];
    const GArray *vectors = onnx_floats(op->node, "support_vectors");
    const GArray *dual = onnx_floats(op->node, "coefficients");
    SvmKernel kernel = svm_kernel(op->node);
    double *out = onnx_alloc(row, 1);
    if (vectors == NULL ? in.n != dual->len : (guint64)dual->len * in.n != vectors->len)
        return onnx_fail(error, op->node, "its vectors do not fit %u columns", in.n);
    out[0] = g_array_index(onnx_floats(op->node, "rho"), double, 0);
    for (guint i = 0; i < dual->len; i++)
        out[0] += g_array_index(dual, double, i) *
                  (vectors != NULL ? svm_product(&kernel, in.x, i, in.n) : in.x[i]);
    out[0] = onnx_int(op->node, "one_class", 0) != 0 ? (out[0] > 0 ? 1 : -1) : svm_single(out[0]);
    row->cell[op->out] = (OnnxCell){.n = 1, .x = out};
    return TRUE;
}

/* margins of all pairs of classes; @votes: those that each class wins */
static void
svm_pairs(const OnnxOp *op, const double *product, guint n_vectors, double *pair, guint *votes)
{
    const GArray *dual = onnx_floats(op->node, "coefficients");
    const GArray *rho = onnx_floats(op->node, "rho");
    const GArray *counts = onnx_ints(op->node, "vectors_per_class");
    guint at = 0, first_i = 0;
    for (guint i = 0; i + 1 < op->n_classes; i++) {
        guint n_i = (guint)g_array_index(counts, gint64, i), first_j = first_i + n_i;
        for (guint j = i + 1; j < op->n_classes; j++) {
            guint n_j = (guint)g_array_index(counts, gint64, j);
            double sum = 0;
            for (guint k = first_i; k < first_i + n_i; k++)
                sum += g_array_index(dual, double, (j - 1) * n_vectors + k) * product[k];
            for (guint k = first_j; k < first_j + n_j; k++)
                sum += g_array_index(dual, double, i *n_vectors + k) * product[k];
            sum += g_array_index(rho, double, at);
            votes[sum > 0 ? i : j]++;
            pair[at++] = svm_single(sum);
            first_j += n_j;
        }
        first_i += n_i;
    }
}

/* @r: n × n, what class i wins against class j; @q and @qp are room */
static void
svm_couple(guint n, const double *r, double *q, double *qp, double *p)
{
    for (guint i = 0; i < n; i++) {
        p[i] = 1.0 / n;
        for (guint j = 0; j < n; j++)
            if (j != i) {
                q[i * n + i] += r[j * n + i] * r[j * n + i];
                q[i * n + j] = -r[j * n + i] * r[i * n + j];
            }
    }
    for (guint round = 0; round < SVM_ROUNDS; round++) {
        double total = 0, most = 0;
        for (guint i = 0; i < n; i++) {
            qp[i] = 0;
            for (guint j = 0; j < n; j++)
                qp[i] += q[i * n + j] * p[j];
            total += p[i] * qp[i];
        }
        for (guint i = 0; i < n; i++)
            most = fmax(most, fabs(qp[i] - total));
        if (most < 0.005 / n)
            break;
        for (guint i = 0; i < n; i++) {
            double step = (total - qp[i]) / q[i * n + i];
            p[i] += step;
            total = (total + step * (step * q[i * n + i] + 2 * qp[i])) / (1 + step) / (1 + step);
            for (guint j = 0; j < n; j++) {
                qp[j] = (qp[j] + step * q[i * n + j]) / (1 + step);
                p[j] /= 1 + step;
            }
        }
    }
}

static void
svm_shares(const OnnxOp *op, OnnxRow *row, const double *pair, double *out)
{
    const GArray *a = onnx_floats(op->node, "prob_a");
    const GArray *b = onnx_floats(op->node, "prob_b");
    guint n = op->n_classes, at = 0;
    double *r = onnx_alloc(row, n * n), *q = onnx_alloc(row, n * n), *qp = onnx_alloc(row, n);
    for (guint i = 0; i + 1 < n; i++)
        for (guint j = i + 1; j < n; j++, at++) {
            double x = pair[at] * g_array_index(a, double, at) + g_array_index(b, double, at);
            double wins = CLAMP(1 / (1 + exp(x)), SVM_LEAST_SHARE, 1 - SVM_LEAST_SHARE);
            r[i * n + j] = wins;
            r[j * n + i] = 1 - wins;
        }
    svm_couple(n, r, q, qp, out);
}

/* a row of coefficients for each class, and one rho for all */
static guint
svm_run_linear(const OnnxOp *op, const OnnxCell *in, double *out)
{
    const GArray *factor = onnx_floats(op->node, "coefficients");
    guint n = op->n_classes, best = 0;
    for (guint k = 0; k < n; k++) {
        out[k] = g_array_index(onnx_floats(op->node, "rho"), double, 0);
        for (guint i = 0; i < in->n; i++)
            out[k] += in->x[i] * g_array_index(factor, double, k * in->n + i);
        best = out[k] > out[best] ? k : best;
    }
    onnx_post(onnx_transform(op), out, n);
    return n == 2 && !op->is_positive && out[best] > 0 ? 1 : best;
}

static guint
svm_run_pairs(const OnnxOp *op, OnnxRow *row, const OnnxCell *in, guint n_vectors, double *out)
{
    const char *transform = onnx_transform(op);
    SvmKernel kernel = svm_kernel(op->node);
    guint n = op->n_classes, best = 0;
    g_autofree double *product = g_new(double, n_vectors);
    g_autofree double *pair = g_new(double, n *(n - 1) / 2);
    g_autofree guint *votes = g_new0(guint, n);
    for (guint i = 0; i < n_vectors; i++)
        product[i] = svm_product(&kernel, in->x, i, in->n);
    svm_pairs(op, product, n_vectors, pair, votes);
    for (guint k = 1; k < n; k++)
        best = votes[k] > votes[best] ? k : best;
    if (onnx_floats(op->node, "prob_a") != NULL) {
        svm_shares(op, row, pair, out);
        onnx_post(transform, out, n);
    } else if (n == 2) {
        gboolean plain = transform == NULL || g_str_equal(transform, "NONE");
        out[1] = pair[0];
        out[0] = plain ? -pair[0] : 1 - pair[0];
        if (!plain && g_str_equal(transform, "LOGISTIC")) {
            out[0] = -pair[0];
            onnx_post(transform, out, 2);
        }
    }
    return best;
}

static gboolean
svm_run_classifier(const OnnxOp *op, OnnxRow *row, GError **error)
{
    const OnnxCell in = row->cell[op->in[0]];
    const GArray *vectors = onnx_floats(op->node, "support_vectors");
    const GArray *dual = onnx_floats(op->node, "coefficients");
    guint n = op->n_classes, best, n_vectors = dual->len / (vectors != NULL ? n - 1 : n);
    double *out = onnx_alloc(row, n);
    if (vectors != NULL ? (guint64)n_vectors * in.n != vectors->len : n_vectors != in.n)
        return onnx_fail(error, op->node, "its coefficients do not fit %u columns", in.n);
    best = vectors != NULL ? svm_run_pairs(op, row, &in, n_vectors, out)
                           : svm_run_linear(op, &in, out);
    for (guint k = 0; k < n; k++)
        out[k] = svm_single(out[k]);
    row->cell[op->out] = (OnnxCell){.n = n, .x = out};
    onnx_put_label(op, row, best);
    return TRUE;
}

/* as many vectors, coefficients, intercepts and sigmoids as the classes need */
static gboolean
svm_check_classes(const OnnxOp *op, GError **error)
{
    const OnnxNode *node = op->node;
    const GArray *vectors = onnx_floats(node, "support_vectors");
    const GArray *dual = onnx_floats(node, "coefficients"), *rho = onnx_floats(node, "rho");
    const GArray *counts = onnx_ints(node, "vectors_per_class");
    const GArray *a = onnx_floats(node, "prob_a"), *b = onnx_floats(node, "prob_b");
    guint64 n = op->n_classes, n_pairs = n * (n - 1) / 2, sum = 0;
    if (vectors == NULL)
        return dual->len % n == 0 || onnx_fail(error, node, "expected coefficients per class");
    for (guint k = 0; counts != NULL && k < counts->len; k++)
        sum += (guint64)g_array_index(counts, gint64, k) <= dual->len
                   ? (guint64)g_array_index(counts, gint64, k)
                   : G_MAXUINT32;
    if (counts == NULL || counts->len != n || sum * (n - 1) != dual->len)
        return onnx_fail(error, node, "vectors_per_class and coefficients do not fit");
    if (rho->len < n_pairs || (a != NULL) != (b != NULL) ||
        (a != NULL && (a->len < n_pairs || b->len < n_pairs)))
        return onnx_fail(error, node, "expected a number for each pair of classes");
    return a != NULL || n == 2 ||
           onnx_refuse(error, node, "it gives margins of pairs of classes, no probabilities");
}

gboolean
onnx_compile_svm(OnnxOp *op, GError **error)
{
    const GArray *dual = onnx_floats(op->node, "coefficients");
    const char *kernel = onnx_string(op->node, "kernel_type");
    SvmKind kind;
    if (dual == NULL || onnx_floats(op->node, "rho") == NULL || op->n_in == 0)
        return onnx_fail(error, op->node, "expected coefficients, rho and an input");
    if (!svm_kind(kernel, &kind))
        return onnx_refuse(error, op->node, "the kernel %.40s is not computed", kernel);
    op->is_positive = TRUE;
    for (guint i = 0; i < dual->len; i++)
        op->is_positive &= g_array_index(dual, double, i) >= 0;
    op->run = op->n_classes > 0 ? svm_run_classifier : svm_run_regressor;
    return op->n_classes == 0 || svm_check_classes(op, error);
}
