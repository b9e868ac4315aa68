/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plain operators of ai.onnx beside those of tables: functions of one number, of several side by
 * side, sums over the columns, normalisation. A row is computed at a time, so that all of them are
 * refused along another axis than the columns'. Source: the operators' schemas, opset 1 to 20. */
#include <math.h>
#include <string.h>

#include "onnx-private.h"

/* SELU's constants, as the schema has them */
#define PLAIN_SELU_ALPHA  1.67326319217681884765625
#define PLAIN_SELU_GAMMA  1.05070102214813232421875
#define PLAIN_LOG_SUM_EXP 'e'
#define PLAIN_GELU_TANH   "Gelu as tanh"

/* NaN where either is: fmax and fmin give the other */
static double
plain_larger(double x, double y)
{
    return isnan(x) || isnan(y) ? (double)NAN : fmax(x, y);
}

static double
plain_smaller(double x, double y)
{
    return isnan(x) || isnan(y) ? (double)NAN : fmin(x, y);
}

static double
plain_reciprocal(double x)
{
    return 1 / x;
}

static double
plain_negative(double x)
{
    return -x;
}

static double
plain_sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

static double
plain_relu(double x)
{
    return plain_larger(x, 0);
}

static double
plain_sign(double x)
{
    return isnan(x) ? x : (x > 0) - (x < 0);
}

static double
plain_softplus(double x)
{
    return fmax(x, 0) + log1p(exp(-fabs(x)));
}

static double
plain_softsign(double x)
{
    return x / (1 + fabs(x));
}

static double
plain_hard_swish(double x)
{
    return x * plain_larger(0, plain_smaller(1, x / 6 + 0.5));
}

static double
plain_mish(double x)
{
    return x * tanh(plain_softplus(x));
}

static double
plain_gelu(double x)
{
    return 0.5 * x * (1 + erf(x / sqrt(2)));
}

static double
plain_gelu_tanh(double x)
{
    return 0.5 * x * (1 + tanh(sqrt(2 / G_PI) * (x + 0.044715 * x * x * x)));
}

static double
plain_is_nan(double x)
{
    return isnan(x) ? 1 : 0;
}

static double
plain_not(double x)
{
    return fabs(x) > 0 ? 0 : 1;
}

/* functions of one number, with the parameters @a and @b */
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
    return plain_larger(0, x) + plain_smaller(0, a * expm1(x / a));
}

static double
plain_hard_sigmoid(double x, double a, double b)
{
    return plain_larger(0, plain_smaller(1, a * x + b));
}

static double
plain_shrink(double x, double a, double b)
{
    return x < -a ? x + b : x > a ? x - b : 0;
}

/* the schema's own body asks whether x is above: NaN is not */
static double
plain_thresholded(double x, double a, double b G_GNUC_UNUSED)
{
    return x > a ? x : 0;
}

struct _OnnxFunction {
    const char *name;
    double (*plain)(double x); /* (nullable): of a function without parameters */
    double (*of)(double x, double a, double b);
    const char *a; /* attributes, nullable */
    const char *b;
    double a_default;
    double b_default;
    gboolean is_truth;
};

static const OnnxFunction functions[] = {
    {.name = "Reciprocal", .plain = plain_reciprocal},
    {.name = "Neg", .plain = plain_negative},
    {.name = "Abs", .plain = fabs},
    {.name = "Sqrt", .plain = sqrt},
    {.name = "Exp", .plain = exp},
    {.name = "Log", .plain = log},
    {.name = "Tanh", .plain = tanh},
    {.name = "Sigmoid", .plain = plain_sigmoid},
    {.name = "Relu", .plain = plain_relu},
    {.name = "Floor", .plain = floor},
    {.name = "Ceil", .plain = ceil},
    {.name = "Round", .plain = rint},
    {.name = "Sign", .plain = plain_sign},
    {.name = "Sin", .plain = sin},
    {.name = "Cos", .plain = cos},
    {.name = "Atan", .plain = atan},
    {.name = "Tan", .plain = tan},
    {.name = "Asin", .plain = asin},
    {.name = "Acos", .plain = acos},
    {.name = "Sinh", .plain = sinh},
    {.name = "Cosh", .plain = cosh},
    {.name = "Asinh", .plain = asinh},
    {.name = "Acosh", .plain = acosh},
    {.name = "Atanh", .plain = atanh},
    {.name = "Erf", .plain = erf},
    {.name = "Mish", .plain = plain_mish},
    {.name = "Gelu", .plain = plain_gelu},
    {.name = PLAIN_GELU_TANH, .plain = plain_gelu_tanh},
    {.name = "Softplus", .plain = plain_softplus},
    {.name = "Softsign", .plain = plain_softsign},
    {.name = "HardSwish", .plain = plain_hard_swish},
    {.name = "IsNaN", .plain = plain_is_nan, .is_truth = TRUE},
    {.name = "Not", .plain = plain_not, .is_truth = TRUE},
    {"LeakyRelu", NULL, plain_leaky, "alpha", NULL, 0.01, 0, FALSE},
    {"Elu", NULL, plain_elu, "alpha", NULL, 1, 1, FALSE},
    {"Selu", NULL, plain_elu, "alpha", "gamma", PLAIN_SELU_ALPHA, PLAIN_SELU_GAMMA, FALSE},
    {"Celu", NULL, plain_celu, "alpha", NULL, 1, 0, FALSE},
    {"HardSigmoid", NULL, plain_hard_sigmoid, "alpha", "beta", 0.2, 0.5, FALSE},
    {"Shrink", NULL, plain_shrink, "lambd", "bias", 0.5, 0, FALSE},
    {"ThresholdedRelu", NULL, plain_thresholded, "alpha", NULL, 1, 0, FALSE},
};

static gboolean
plain_run_function(const OnnxOp *op, OnnxRow *row, GError **error G_GNUC_UNUSED)
{
    const OnnxFunction *function = op->function;
    const OnnxCell in = row->cell[op->in[0]];
    double *out = onnx_set(op, row, in.n, function->is_truth || in.is_double);
    for (guint i = 0; i < in.n; i++)
        out[i] = function->plain != NULL ? function->plain(in.x[i])
                                         : function->of(in.x[i], op->a, op->b);
    onnx_round(op, row);
    return TRUE;
}

static gboolean
plain_compile_function(OnnxOp *op)
{
    const char *name = op->node->op, *how = onnx_string(op->node, "approximate");
    if (g_str_equal(name, "Gelu") && g_strcmp0(how, "tanh") == 0)
        name = PLAIN_GELU_TANH;
    for (guint i = 0; i < G_N_ELEMENTS(functions) && op->function == NULL; i++)
        if (g_str_equal(functions[i].name, name) && op->n_in == 1)
            op->function = &functions[i];
    if (op->function == NULL)
        return FALSE;
    op->a = op->function->a_default;
    op->b = op->function->b_default;
    if (op->function->a != NULL)
        op->a = onnx_float(op->node, op->function->a, op->a);
    if (op->function->b != NULL)
        op->b = onnx_float(op->node, op->function->b, op->b);
    op->run = plain_run_function;
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
    {"Mean", 'a', FALSE},
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

static double
plain_join(char how, double x, double y)
{
    switch (how) {
    case '^':
        return pow(x, y);
    case 'M':
        return plain_larger(x, y);
    case 'm':
        return plain_smaller(x, y);
    case '+':
    case 'a':
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
    guint n = plain_width(op, row, error);
    if (n == 0)
        return FALSE;
    double *out = onnx_set(op, row, n, op->is_truth || row->cell[op->in[0]].is_double);
    for (guint i = 0; i < n; i++) {
        out[i] = plain_at(op, row, 0, i);
        for (guint k = 1; k < op->n_in; k++)
            out[i] = plain_join(op->how, out[i], plain_at(op, row, k, i));
        out[i] /= op->how == 'a' ? op->n_in : 1;
        if (op->how == '^' && op->shape.is_whole)
            out[i] = trunc(out[i]);
    }
    onnx_round(op, row);
    return TRUE;
}

static gboolean
plain_compile_pair(OnnxOp *op)
{
    for (guint i = 0; i < G_N_ELEMENTS(pairs); i++) {
        gboolean any = strchr("Mm+a", pairs[i].how) != NULL && op->n_in > 0;
        if (!g_str_equal(pairs[i].name, op->node->op) || (op->n_in != 2 && !any))
            continue;
        op->how = pairs[i].how;
        op->is_truth = pairs[i].is_truth;
        op->run = plain_run_pair;
        return TRUE;
    }
    return FALSE;
}

static gboolean
plain_run_where(const OnnxOp *op, OnnxRow *row, GError **error)
{
    guint n = plain_width(op, row, error);
    if (n == 0)
        return FALSE;
    double *out = onnx_set(op, row, n, row->cell[op->in[1]].is_double);
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
    double *out = onnx_set(op, row, in.n, in.is_double);
    for (guint i = 0; i < in.n; i++)
        out[i] = plain_smaller(plain_larger(in.x[i], limit[0]), limit[1]);
    onnx_round(op, row);
    return TRUE;
}

static const struct {
    const char *name;
    char how;
} reductions[] = {
    {"ReduceSum", '+'},
    {"ReduceMean", 'a'},
    {"ReduceMax", 'M'},
    {"ReduceMin", 'm'},
    {"ReduceProd", '*'},
    {"ReduceL1", '1'},
    {"ReduceL2", '2'},
    {"ReduceSumSquare", 'q'},
    {"ReduceLogSum", 'l'},
    {"ReduceLogSumExp", PLAIN_LOG_SUM_EXP},
};

static double
plain_reduce(char how, const double *x, guint n)
{
    double sum = 0, most = -(double)INFINITY, least = (double)INFINITY, product = 1;
    gboolean is_square = how == '2' || how == 'q';
    for (guint i = 0; i < n; i++) {
        sum += is_square ? x[i] * x[i] : how == '1' ? fabs(x[i]) : x[i];
        most = plain_larger(most, x[i]);
        least = plain_smaller(least, x[i]);
        product *= x[i];
    }
    switch (how) {
    case 'M':
        return most;
    case 'm':
        return least;
    case '*':
        return product;
    case '2':
        return sqrt(sum);
    case 'l':
        return log(sum);
    case 'a':
        return sum / n;
    case PLAIN_LOG_SUM_EXP:
        break;
    default:
        return sum;
    }
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
    double *out = onnx_set(op, row, 1, in.is_double);
    out[0] = plain_reduce(op->how, in.x, in.n);
    onnx_round(op, row);
    return TRUE;
}

static gboolean
plain_compile_reduce(OnnxOp *op)
{
    for (guint i = 0; i < G_N_ELEMENTS(reductions); i++)
        if (g_str_equal(reductions[i].name, op->node->op) && op->n_in > 0) {
            op->how = reductions[i].how;
            op->run = plain_run_reduce;
            return TRUE;
        }
    return FALSE;
}

static gboolean
plain_run_log_softmax(const OnnxOp *op, OnnxRow *row, GError **error)
{
    const OnnxCell in = row->cell[op->in[0]];
    if (in.n == 0)
        return onnx_fail(error, op->node, "of nothing");
    double all = plain_reduce(PLAIN_LOG_SUM_EXP, in.x, in.n);
    double *out = onnx_set(op, row, in.n, in.is_double);
    for (guint i = 0; i < in.n; i++)
        out[i] = in.x[i] - all;
    onnx_round(op, row);
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
        if (!isnan(in.x[best]) &&
            (isnan(in.x[i]) || in.x[i] < in.x[best] || (last && in.x[i] <= in.x[best])))
            best = i;
    onnx_set(op, row, 1, TRUE)[0] = best;
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
    double *out = onnx_set(op, row, in.n, in.is_double);
    for (guint i = 0; i < in.n; i++)
        out[i] = (in.x[i] - plain_at(op, row, 3, i)) / sqrt(plain_at(op, row, 4, i) + epsilon) *
                     plain_at(op, row, 1, i) +
                 plain_at(op, row, 2, i);
    onnx_round(op, row);
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
    double *out = onnx_set(op, row, in.n, in.is_double);
    for (guint i = 0; i < in.n; i++)
        out[i] = (in.x[i] - mean) / sqrt(square + epsilon) * plain_at(op, row, 1, i) +
                 (op->n_in > 2 ? plain_at(op, row, 2, i) : 0);
    onnx_round(op, row);
    return TRUE;
}

static gboolean
plain_run_gather(const OnnxOp *op, OnnxRow *row, GError **error)
{
    const OnnxCell in = row->cell[op->in[0]], which = row->cell[op->in[1]];
    double *out = onnx_set(op, row, which.n, in.is_double);
    for (guint i = 0; i < which.n; i++) {
        double at = which.x[i] < 0 ? which.x[i] + in.n : which.x[i];
        if (!(at >= 0 && at < in.n))
            return onnx_fail(error, op->node, "a column out of range");
        out[i] = in.x[(guint)at];
    }
    return TRUE;
}

/* of a row that training drops nothing of */
static gboolean
plain_run_dropout(const OnnxOp *op, OnnxRow *row, GError **error)
{
    const OnnxCell training = op->n_in > 2 ? row->cell[op->in[2]] : (OnnxCell){0};
    if (training.n > 0 && fabs(training.x[0]) > 0)
        return onnx_refuse(error, op->node, "training_mode drops at random");
    row->cell[op->out] = row->cell[op->in[0]];
    return TRUE;
}

static gboolean
plain_run_same(const OnnxOp *op, OnnxRow *row, GError **error G_GNUC_UNUSED)
{
    row->cell[op->out] = row->cell[op->in[0]];
    return TRUE;
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
        {"Dropout", 1, 3, plain_run_dropout},
        {"Unsqueeze", 1, 2, plain_run_same},
    };
    const char *name = op->node->op;
    guint n = op->n_in;
    if (plain_compile_function(op) || plain_compile_pair(op) || plain_compile_reduce(op)) {
        op->out = op->label;
        return TRUE;
    }
    for (guint i = 0; i < G_N_ELEMENTS(others); i++)
        if (g_str_equal(others[i].name, name) && n >= others[i].least && n <= others[i].most)
            op->run = others[i].run;
    if (op->run != NULL)
        op->out = op->label; /* the first: others are a mask, or of training */
    return op->run != NULL;
}
