/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plain operators of ai.onnx beside those of tables: functions of one number, of several side by
 * side, sums over the columns, normalisation. A row is computed at a time, so that all of them are
 * refused along another axis than the columns'. Source: the operators' schemas, opset 1 to 20. */
#include <math.h>
#include <string.h>

#include "onnx-private.h"

/* SELU's constants, as the schema has them */
#define PLAIN_SELU_ALPHA 1.67326319217681884765625
#define PLAIN_SELU_GAMMA 1.05070102214813232421875

static double *
plain_set(const OnnxOp *op, OnnxRow *row, guint n, gboolean is_double)
{
    row->cell[op->out] = (OnnxCell){.n = n, .x = onnx_alloc(row, n), .is_double = is_double};
    return row->cell[op->out].x;
}

static void
plain_round(const OnnxOp *op, OnnxRow *row)
{
    OnnxCell *cell = &row->cell[op->out];
    for (guint i = 0; !cell->is_double && i < cell->n; i++)
        cell->x[i] = (double)(float)cell->x[i];
}

/* functions of one number, with the parameters @a and @b */
static double
plain_reciprocal(double x, double a G_GNUC_UNUSED, double b G_GNUC_UNUSED)
{
    return 1 / x;
}

static double
plain_floor(double x, double a G_GNUC_UNUSED, double b G_GNUC_UNUSED)
{
    return floor(x);
}

static double
plain_ceil(double x, double a G_GNUC_UNUSED, double b G_GNUC_UNUSED)
{
    return ceil(x);
}

static double
plain_nearest(double x, double a G_GNUC_UNUSED, double b G_GNUC_UNUSED)
{
    return rint(x);
}

static double
plain_sign(double x, double a G_GNUC_UNUSED, double b G_GNUC_UNUSED)
{
    return isnan(x) ? x : (x > 0) - (x < 0);
}

static double
plain_sin(double x, double a G_GNUC_UNUSED, double b G_GNUC_UNUSED)
{
    return sin(x);
}

static double
plain_cos(double x, double a G_GNUC_UNUSED, double b G_GNUC_UNUSED)
{
    return cos(x);
}

static double
plain_atan(double x, double a G_GNUC_UNUSED, double b G_GNUC_UNUSED)
{
    return atan(x);
}

static double
plain_erf(double x, double a G_GNUC_UNUSED, double b G_GNUC_UNUSED)
{
    return erf(x);
}

static double
plain_softplus(double x, double a G_GNUC_UNUSED, double b G_GNUC_UNUSED)
{
    return fmax(x, 0) + log1p(exp(-fabs(x)));
}

static double
plain_softsign(double x, double a G_GNUC_UNUSED, double b G_GNUC_UNUSED)
{
    return x / (1 + fabs(x));
}

static double
plain_is_nan(double x, double a G_GNUC_UNUSED, double b G_GNUC_UNUSED)
{
    return isnan(x) ? 1 : 0;
}

static double
plain_not(double x, double a G_GNUC_UNUSED, double b G_GNUC_UNUSED)
{
    return fabs(x) > 0 ? 0 : 1;
}

static double
plain_leaky(double x, double a, double b G_GNUC_UNUSED)
{
    return x < 0 ? a * x : x;
}

static double
plain_elu(double x, double a, double b)
{
    return b * (x < 0 ? a * expm1(x) : x);
}

static double
plain_celu(double x, double a, double b G_GNUC_UNUSED)
{
    return fmax(0, x) + fmin(0, a * expm1(x / a));
}

static double
plain_hard_sigmoid(double x, double a, double b)
{
    return fmax(0, fmin(1, a * x + b));
}

static double
plain_hard_swish(double x, double a G_GNUC_UNUSED, double b G_GNUC_UNUSED)
{
    return x * fmax(0, fmin(1, x / 6 + 0.5));
}

static double
plain_thresholded(double x, double a, double b G_GNUC_UNUSED)
{
    return x > a ? x : 0;
}

static const struct {
    const char *name;
    double (*of)(double x, double a, double b);
    const char *a; /* attributes, nullable */
    const char *b;
    double a_default;
    double b_default;
    gboolean is_truth;
} functions[] = {
    {"Reciprocal", plain_reciprocal, NULL, NULL, 0, 0, FALSE},
    {"Floor", plain_floor, NULL, NULL, 0, 0, FALSE},
    {"Ceil", plain_ceil, NULL, NULL, 0, 0, FALSE},
    {"Round", plain_nearest, NULL, NULL, 0, 0, FALSE},
    {"Sign", plain_sign, NULL, NULL, 0, 0, FALSE},
    {"Sin", plain_sin, NULL, NULL, 0, 0, FALSE},
    {"Cos", plain_cos, NULL, NULL, 0, 0, FALSE},
    {"Atan", plain_atan, NULL, NULL, 0, 0, FALSE},
    {"Erf", plain_erf, NULL, NULL, 0, 0, FALSE},
    {"Softplus", plain_softplus, NULL, NULL, 0, 0, FALSE},
    {"Softsign", plain_softsign, NULL, NULL, 0, 0, FALSE},
    {"IsNaN", plain_is_nan, NULL, NULL, 0, 0, TRUE},
    {"Not", plain_not, NULL, NULL, 0, 0, TRUE},
    {"LeakyRelu", plain_leaky, "alpha", NULL, 0.01, 0, FALSE},
    {"Elu", plain_elu, "alpha", NULL, 1, 1, FALSE},
    {"Selu", plain_elu, "alpha", "gamma", PLAIN_SELU_ALPHA, PLAIN_SELU_GAMMA, FALSE},
    {"Celu", plain_celu, "alpha", NULL, 1, 0, FALSE},
    {"HardSigmoid", plain_hard_sigmoid, "alpha", "beta", 0.2, 0.5, FALSE},
    {"HardSwish", plain_hard_swish, NULL, NULL, 0, 0, FALSE},
    {"ThresholdedRelu", plain_thresholded, "alpha", NULL, 1, 0, FALSE},
};

static guint
plain_function(const OnnxNode *node)
{
    guint i = 0;
    while (i < G_N_ELEMENTS(functions) && !g_str_equal(functions[i].name, node->op))
        i++;
    return i;
}

static gboolean
plain_run_function(const OnnxOp *op, OnnxRow *row, GError **error G_GNUC_UNUSED)
{
    guint which = plain_function(op->node), n = row->cell[op->in[0]].n;
    double a = functions[which].a_default, b = functions[which].b_default;
    if (functions[which].a != NULL)
        a = onnx_float(op->node, functions[which].a, a);
    if (functions[which].b != NULL)
        b = onnx_float(op->node, functions[which].b, b);
    double *out =
        plain_set(op, row, n, functions[which].is_truth || row->cell[op->in[0]].is_double);
    for (guint i = 0; i < n; i++)
        out[i] = functions[which].of(row->cell[op->in[0]].x[i], a, b);
    plain_round(op, row);
    return TRUE;
}

/* operators of two numbers: how they join, and whether they tell true or false */
static const struct {
    const char *name;
    char how;
    gboolean is_truth;
} pairs[] = {
    {"Pow", '^', FALSE},
    {"Max", 'M', FALSE},
    {"Min", 'm', FALSE},
    {"Sum", '+', FALSE},
    {"Mean", '+', FALSE},
    {"PRelu", 'p', FALSE},
    {"Greater", '>', TRUE},
    {"Less", '<', TRUE},
    {"GreaterOrEqual", 'g', TRUE},
    {"LessOrEqual", 'l', TRUE},
    {"Equal", '=', TRUE},
    {"And", '&', TRUE},
    {"Or", '|', TRUE},
    {"Xor", 'x', TRUE},
};

static guint
plain_pair(const OnnxNode *node)
{
    guint i = 0;
    while (i < G_N_ELEMENTS(pairs) && !g_str_equal(pairs[i].name, node->op))
        i++;
    return i;
}

static double
plain_join(char how, double x, double y)
{
    switch (how) {
    case '^':
        return pow(x, y);
    case 'M':
        return isnan(x) || isnan(y) ? (double)NAN : fmax(x, y);
    case 'm':
        return isnan(x) || isnan(y) ? (double)NAN : fmin(x, y);
    case '+':
        return x + y;
    case 'p':
        return x < 0 ? x * y : x;
    case '>':
        return x > y;
    case '<':
        return x < y;
    case 'g':
        return x >= y;
    case 'l':
        return x <= y;
    case '=':
        return x >= y && x <= y;
    case '&':
        return fabs(x) > 0 && fabs(y) > 0;
    case '|':
        return fabs(x) > 0 || fabs(y) > 0;
    case 'x':
    default:
        return (fabs(x) > 0) != (fabs(y) > 0);
    }
}

/* the columns of all inputs side by side: as many as the widest has, or one; 0 with @error */
static guint
plain_width(const OnnxOp *op, const OnnxRow *row, GError **error)
{
    guint n = 0;
    for (guint i = 0; i < op->n_in; i++)
        n = MAX(n, row->cell[op->in[i]].n);
    for (guint i = 0; i < op->n_in; i++)
        if (row->cell[op->in[i]].n != n && row->cell[op->in[i]].n != 1) {
            onnx_fail(error,
                      op->node,
                      "%u and %u numbers do not go together",
                      n,
                      row->cell[op->in[i]].n);
            return 0;
        }
    return n;
}

static double
plain_at(const OnnxOp *op, const OnnxRow *row, guint input, guint i)
{
    const OnnxCell *cell = &row->cell[op->in[input]];
    return cell->x[cell->n == 1 ? 0 : i];
}

static gboolean
plain_run_pair(const OnnxOp *op, OnnxRow *row, GError **error)
{
    guint which = plain_pair(op->node), n = plain_width(op, row, error);
    if (n == 0)
        return FALSE;
    gboolean is_mean = g_str_equal(op->node->op, "Mean");
    double *out = plain_set(op, row, n, pairs[which].is_truth || row->cell[op->in[0]].is_double);
    for (guint i = 0; i < n; i++) {
        out[i] = plain_at(op, row, 0, i);
        for (guint k = 1; k < op->n_in; k++)
            out[i] = plain_join(pairs[which].how, out[i], plain_at(op, row, k, i));
        out[i] /= is_mean ? op->n_in : 1;
        if (pairs[which].how == '^' && op->shape.is_whole)
            out[i] = trunc(out[i]);
    }
    plain_round(op, row);
    return TRUE;
}

static gboolean
plain_run_where(const OnnxOp *op, OnnxRow *row, GError **error)
{
    guint n = plain_width(op, row, error);
    if (n == 0)
        return FALSE;
    double *out = plain_set(op, row, n, row->cell[op->in[1]].is_double);
    for (guint i = 0; i < n; i++)
        out[i] = plain_at(op, row, fabs(plain_at(op, row, 0, i)) > 0 ? 1 : 2, i);
    return TRUE;
}

/* the limits are attributes, or one number each */
static gboolean
plain_run_clip(const OnnxOp *op, OnnxRow *row, GError **error)
{
    const OnnxCell in = row->cell[op->in[0]];
    double limit[2] = {onnx_float(op->node, "min", -(double)INFINITY),
                       onnx_float(op->node, "max", (double)INFINITY)};
    for (guint k = 1; k < op->n_in; k++) {
        const OnnxCell *cell = &row->cell[op->in[k]];
        /* of two names the first may be empty, and then is none of the inputs */
        guint which = ((const char *)op->node->inputs->pdata[1])[0] == '\0' ? 1 : k - 1;
        if (cell->n != 1 || which > 1)
            return onnx_fail(error, op->node, "expected a number as limit");
        limit[which] = cell->x[0];
    }
    double *out = plain_set(op, row, in.n, in.is_double);
    for (guint i = 0; i < in.n; i++)
        out[i] = isnan(in.x[i]) ? in.x[i] : fmin(fmax(in.x[i], limit[0]), limit[1]);
    plain_round(op, row);
    return TRUE;
}

static double
plain_reduce(const char *how, const double *x, guint n)
{
    double sum = 0, most = -(double)INFINITY, least = (double)INFINITY, product = 1;
    gboolean is_square = g_str_equal(how, "L2") || g_str_equal(how, "SumSquare");
    for (guint i = 0; i < n; i++) {
        sum += is_square ? x[i] * x[i] : g_str_equal(how, "L1") ? fabs(x[i]) : x[i];
        most = isnan(x[i]) || x[i] > most ? x[i] : most;
        least = isnan(x[i]) || x[i] < least ? x[i] : least;
        product *= x[i];
    }
    if (g_str_equal(how, "Max") || g_str_equal(how, "Min"))
        return how[1] == 'a' ? most : least;
    if (g_str_equal(how, "Prod"))
        return product;
    if (g_str_equal(how, "L2"))
        return sqrt(sum);
    if (g_str_equal(how, "LogSum"))
        return log(sum);
    if (!g_str_equal(how, "LogSumExp"))
        return g_str_equal(how, "Mean") ? sum / n : sum;
    sum = 0;
    for (guint i = 0; i < n; i++)
        sum += exp(x[i] - most);
    return most + log(sum);
}

static gboolean
plain_run_reduce(const OnnxOp *op, OnnxRow *row, GError **error)
{
    const OnnxCell in = row->cell[op->in[0]];
    if (in.n == 0)
        return onnx_fail(error, op->node, "of nothing");
    double *out = plain_set(op, row, 1, in.is_double);
    out[0] = plain_reduce(op->node->op + strlen("Reduce"), in.x, in.n);
    plain_round(op, row);
    return TRUE;
}

static gboolean
plain_run_log_softmax(const OnnxOp *op, OnnxRow *row, GError **error)
{
    const OnnxCell in = row->cell[op->in[0]];
    if (in.n == 0)
        return onnx_fail(error, op->node, "of nothing");
    double all = plain_reduce("LogSumExp", in.x, in.n);
    double *out = plain_set(op, row, in.n, in.is_double);
    for (guint i = 0; i < in.n; i++)
        out[i] = in.x[i] - all;
    plain_round(op, row);
    return TRUE;
}

static gboolean
plain_run_arg_min(const OnnxOp *op, OnnxRow *row, GError **error)
{
    const OnnxCell in = row->cell[op->in[0]];
    gboolean last = onnx_int(op->node, "select_last_index", 0) != 0;
    guint best = 0;
    if (in.n == 0)
        return onnx_fail(error, op->node, "of nothing");
    for (guint i = 1; i < in.n; i++)
        best = in.x[i] < in.x[best] || (last && in.x[i] <= in.x[best]) ? i : best;
    plain_set(op, row, 1, TRUE)[0] = best;
    return TRUE;
}

/* what training found of each column: scale, shift, mean and variance */
static gboolean
plain_run_batch(const OnnxOp *op, OnnxRow *row, GError **error)
{
    const OnnxCell in = row->cell[op->in[0]];
    double epsilon = onnx_float(op->node, "epsilon", (double)1e-5F);
    if (op->n_in != 5 || onnx_int(op->node, "training_mode", 0) != 0)
        return onnx_refuse(error, op->node, "not computed in this form");
    for (guint k = 1; k < 5; k++)
        if (row->cell[op->in[k]].n != in.n)
            return onnx_fail(error,
                             op->node,
                             "expected %u numbers, found %u",
                             in.n,
                             row->cell[op->in[k]].n);
    double *out = plain_set(op, row, in.n, in.is_double);
    for (guint i = 0; i < in.n; i++)
        out[i] = (in.x[i] - plain_at(op, row, 3, i)) / sqrt(plain_at(op, row, 4, i) + epsilon) *
                     plain_at(op, row, 1, i) +
                 plain_at(op, row, 2, i);
    plain_round(op, row);
    return TRUE;
}

static gboolean
plain_run_layer(const OnnxOp *op, OnnxRow *row, GError **error)
{
    const OnnxCell in = row->cell[op->in[0]];
    double epsilon = onnx_float(op->node, "epsilon", (double)1e-5F), mean = 0, square = 0;
    if (in.n == 0 || plain_width(op, row, error) != in.n)
        return in.n > 0 ? FALSE : onnx_fail(error, op->node, "of nothing");
    for (guint i = 0; i < in.n; i++)
        mean += in.x[i] / in.n;
    for (guint i = 0; i < in.n; i++)
        square += (in.x[i] - mean) * (in.x[i] - mean) / in.n;
    double *out = plain_set(op, row, in.n, in.is_double);
    for (guint i = 0; i < in.n; i++)
        out[i] = (in.x[i] - mean) / sqrt(square + epsilon) * plain_at(op, row, 1, i) +
                 (op->n_in > 2 ? plain_at(op, row, 2, i) : 0);
    plain_round(op, row);
    return TRUE;
}

static gboolean
plain_run_gather(const OnnxOp *op, OnnxRow *row, GError **error)
{
    const OnnxCell in = row->cell[op->in[0]], which = row->cell[op->in[1]];
    double *out = plain_set(op, row, which.n, in.is_double);
    for (guint i = 0; i < which.n; i++) {
        double at = which.x[i] < 0 ? which.x[i] + in.n : which.x[i];
        if (!(at >= 0 && at < in.n))
            return onnx_fail(error, op->node, "a column out of range");
        out[i] = in.x[(guint)at];
    }
    return TRUE;
}

static gboolean
plain_run_same(const OnnxOp *op, OnnxRow *row, GError **error G_GNUC_UNUSED)
{
    row->cell[op->out] = row->cell[op->in[0]];
    return TRUE;
}

static gboolean
plain_is_reduction(const char *name)
{
    static const char *const names[] = {"ReduceSum",
                                        "ReduceMean",
                                        "ReduceMax",
                                        "ReduceMin",
                                        "ReduceProd",
                                        "ReduceL1",
                                        "ReduceL2",
                                        "ReduceSumSquare",
                                        "ReduceLogSum",
                                        "ReduceLogSumExp",
                                        NULL};
    return g_strv_contains(names, name);
}

/**
 * onnx_compile_plain:
 * @op: an operator whose inputs are known
 *
 * Returns: whether it is one of these; how it runs and which of its results counts are set then
 */
gboolean
onnx_compile_plain(OnnxOp *op)
{
    static const struct {
        const char *name;
        guint least; /* inputs */
        guint most;
        gboolean (*run)(const OnnxOp *op, OnnxRow *row, GError **error);
    } others[] = {
        {"Where", 3, 3, plain_run_where},
        {"Clip", 1, 3, plain_run_clip},
        {"LogSoftmax", 1, 1, plain_run_log_softmax},
        {"ArgMin", 1, 1, plain_run_arg_min},
        {"BatchNormalization", 5, 5, plain_run_batch},
        {"LayerNormalization", 2, 3, plain_run_layer},
        {"Gather", 2, 2, plain_run_gather},
        {"Dropout", 1, 3, plain_run_same},
        {"Unsqueeze", 1, 2, plain_run_same},
    };
    const char *name = op->node->op;
    guint n = op->n_in;
    if (plain_function(op->node) < G_N_ELEMENTS(functions) && n == 1)
        op->run = plain_run_function;
    if (plain_pair(op->node) < G_N_ELEMENTS(pairs)) {
        gboolean any = strchr("Mm+", pairs[plain_pair(op->node)].how) != NULL;
        op->run = n == 2 || (any && n > 0) ? plain_run_pair : NULL;
    }
    if (plain_is_reduction(name) && n > 0)
        op->run = plain_run_reduce;
    for (guint i = 0; i < G_N_ELEMENTS(others); i++)
        if (g_str_equal(others[i].name, name) && n >= others[i].least && n <= others[i].most)
            op->run = others[i].run;
    if (op->run != NULL)
        op->out = op->label; /* the first: others are a mask, or of training */
    return op->run != NULL;
}
