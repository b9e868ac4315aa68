/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The operators that exported tables of features and linear models use. */
#include <math.h>
#include <string.h>

#include "error.h"
#include "limit.h"
#include "onnx-private.h"

#define BLOCK_NUMBERS 4096

static G_GNUC_PRINTF(4, 0) gboolean ops_throw(GError **error,
                                              ErrataError code,
                                              const OnnxNode *node,
                                              const char *format,
                                              va_list args)
{
    g_autofree char *what = g_strdup_vprintf(format, args);
    g_set_error(error,
                ERRATA_ERROR,
                code,
                "%s%s%s: %s",
                node->op,
                node->name != NULL && node->name[0] ? " " : "",
                node->name != NULL ? node->name : "",
                what);
    return FALSE;
}

gboolean
onnx_fail(GError **error, const OnnxNode *node, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    ops_throw(error, ERRATA_ERROR_INVALID_DATA, node, format, args);
    va_end(args);
    return FALSE;
}

gboolean
onnx_refuse(GError **error, const OnnxNode *node, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    ops_throw(error, ERRATA_ERROR_UNSUPPORTED, node, format, args);
    va_end(args);
    return FALSE;
}

double *
onnx_alloc(OnnxRow *row, guint n)
{
    while (row->block < row->blocks->len) {
        GArray *block = row->blocks->pdata[row->block];
        if (row->used + n <= block->len) {
            double *place = &g_array_index(block, double, row->used);
            row->used += n;
            memset(place, 0, n * sizeof *place);
            return place;
        }
        row->block++;
        row->used = 0;
    }
    GArray *block = g_array_new(FALSE, TRUE, sizeof(double));
    g_array_set_size(block, MAX(n, BLOCK_NUMBERS));
    g_ptr_array_add(row->blocks, block);
    row->used = n;
    return (double *)(gpointer)block->data;
}

/* onnxruntime's approximation of the quantile of the normal distribution; NaN outside 0 … 1.
 * Source: Winitzki 2008, "A handy approximation for the error function and its inverse" */
static double
ops_probit(double p)
{
    double x = 2 * p - 1, log_rest = log((1 - x) * (1 + x));
    double v = 2 / (3.14159 * 0.147) + 0.5 * log_rest;
    return copysign(sqrt(2) * sqrt(sqrt(v * v - log_rest / 0.147) - v), x);
}

/* what may follow the sums, in the order of TreeEnsemble's numbers for it */
static const char *const ops_transforms[] =
    {"NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT", NULL};

/* (nullable): what follows the sums; of a single target onnxruntime computes nothing but PROBIT */
const char *
onnx_transform(const OnnxOp *op)
{
    gboolean is_forest = g_str_equal(op->node->op, "TreeEnsemble");
    const char *name = is_forest ? ops_transforms[onnx_int(op->node, "post_transform", 0)]
                                 : onnx_string(op->node, "post_transform");
    gboolean single = op->n_classes == 0 &&
                      onnx_int(op->node, op->trees != NULL ? "n_targets" : "targets", 1) == 1;
    return single && g_strcmp0(name, "PROBIT") != 0 ? NULL : name;
}

void
onnx_put_label(const OnnxOp *op, OnnxRow *row, guint best)
{
    double *label = onnx_alloc(row, 1);
    *label = best;
    row->cell[op->label] = (OnnxCell){.n = 1, .x = label, .is_double = TRUE};
}

void
onnx_post(const char *transform, double *x, guint n)
{
    double most = -(double)INFINITY, sum = 0;
    if (transform == NULL || g_str_equal(transform, "NONE"))
        return;
    if (g_str_equal(transform, "PROBIT")) {
        for (guint i = 0; i < n; i++)
            x[i] = ops_probit(x[i]);
        return;
    }
    if (g_str_equal(transform, "LOGISTIC")) {
        for (guint i = 0; i < n; i++)
            x[i] = 1 / (1 + exp(-x[i]));
        return;
    }
    gboolean zeros = g_str_equal(transform, "SOFTMAX_ZERO");
    for (guint i = 0; i < n; i++)
        most = fmax(most, x[i]);
    for (guint i = 0; i < n; i++) {
        x[i] = zeros && fabs(x[i]) < 1e-7 ? 0 : exp(x[i] - most);
        sum += x[i];
    }
    /* zeros stay; a sum that is NaN makes all of them NaN */
    for (guint i = 0; i < n && !(sum <= 0); i++)
        x[i] /= sum;
}

double *
onnx_set(const OnnxOp *op, OnnxRow *row, guint n, gboolean is_double)
{
    row->cell[op->out] = (OnnxCell){.n = n, .x = onnx_alloc(row, n), .is_double = is_double};
    return row->cell[op->out].x;
}

void
onnx_round(const OnnxOp *op, OnnxRow *row)
{
    OnnxCell *cell = &row->cell[op->out];
    for (guint i = 0; !cell->is_double && i < cell->n; i++)
        cell->x[i] = (double)(float)cell->x[i];
}

/* whether a result of the type of the inputs is of doubles */
static gboolean
ops_are_double(const OnnxOp *op, const OnnxRow *row)
{
    gboolean is_double = FALSE;
    for (guint i = 0; i < op->n_in; i++)
        is_double |= row->cell[op->in[i]].is_double && row->cell[op->in[i]].n > 0;
    return is_double;
}

static double
ops_at(const GArray *array, guint i, double fallback)
{
    if (array == NULL)
        return fallback;
    return g_array_index(array, double, array->len == 1 ? 0 : i);
}

static gboolean
ops_fits(const OnnxOp *op, const GArray *array, guint n, GError **error)
{
    return array == NULL || array->len == 1 || array->len == n ||
           onnx_fail(error, op->node, "expected %u numbers, found %u", n, array->len);
}

static gboolean
ops_scaler(const OnnxOp *op, OnnxRow *row, GError **error)
{
    const OnnxCell *in = &row->cell[op->in[0]];
    const GArray *offset = onnx_floats(op->node, "offset");
    const GArray *scale = onnx_floats(op->node, "scale");
    if (!ops_fits(op, offset, in->n, error) || !ops_fits(op, scale, in->n, error))
        return FALSE;
    double *out = onnx_set(op, row, in->n, FALSE);
    in = &row->cell[op->in[0]];
    for (guint i = 0; i < in->n; i++)
        out[i] = (in->x[i] - ops_at(offset, i, 0)) * ops_at(scale, i, 1);
    onnx_round(op, row);
    return TRUE;
}

static gboolean
ops_imputer(const OnnxOp *op, OnnxRow *row, GError **error)
{
    const OnnxCell *in = &row->cell[op->in[0]];
    const GArray *fill = onnx_floats(op->node, "imputed_value_floats");
    const GArray *whole = fill == NULL ? onnx_ints(op->node, "imputed_value_int64s") : NULL;
    double replaced = whole != NULL ? (double)onnx_int(op->node, "replaced_value_int64", 0)
                                    : onnx_float(op->node, "replaced_value_float", 0);
    guint n_fill = fill != NULL ? fill->len : whole != NULL ? whole->len : 0;
    if (n_fill == 0)
        return onnx_fail(error, op->node, "no values to fill in");
    if (n_fill != 1 && n_fill != in->n)
        return onnx_fail(error, op->node, "expected %u numbers, found %u", in->n, n_fill);
    double *out = onnx_set(op, row, in->n, ops_are_double(op, row));
    in = &row->cell[op->in[0]];
    for (guint i = 0; i < in->n; i++) {
        gboolean missing = isnan(replaced) ? isnan(in->x[i])
                                           : in->x[i] >= replaced && in->x[i] <= replaced;
        guint at = n_fill == 1 ? 0 : i;
        double filled = fill != NULL ? g_array_index(fill, double, at)
                                     : (double)g_array_index(whole, gint64, at);
        out[i] = missing ? filled : in->x[i];
    }
    return TRUE;
}

static gboolean
ops_normalizer(const OnnxOp *op, OnnxRow *row, GError **error G_GNUC_UNUSED)
{
    const char *norm = onnx_string(op->node, "norm");
    guint n = row->cell[op->in[0]].n;
    double *out = onnx_set(op, row, n, FALSE), total = 0;
    const double *x = row->cell[op->in[0]].x;
    gboolean l1 = norm != NULL && g_str_equal(norm, "L1");
    gboolean l2 = norm != NULL && g_str_equal(norm, "L2");
    if (!l1 && !l2)
        total = -(double)INFINITY;
    for (guint i = 0; i < n; i++)
        total = l1 ? total + fabs(x[i]) : l2 ? total + x[i] * x[i] : fmax(total, x[i]);
    total = l2 ? sqrt(total) : total;
    for (guint i = 0; i < n; i++)
        out[i] = fabs(total) <= 0 ? x[i] : x[i] / total;
    onnx_round(op, row);
    return TRUE;
}

static gboolean
ops_binarizer(const OnnxOp *op, OnnxRow *row, GError **error G_GNUC_UNUSED)
{
    guint n = row->cell[op->in[0]].n;
    double threshold = onnx_float(op->node, "threshold", 0);
    double *out = onnx_set(op, row, n, ops_are_double(op, row));
    for (guint i = 0; i < n; i++)
        out[i] = row->cell[op->in[0]].x[i] > threshold ? 1 : 0;
    return TRUE;
}

/* numbers are cast to whole ones, as the operator says */
static gboolean
ops_one_hot(const OnnxOp *op, OnnxRow *row, GError **error)
{
    const GArray *categories = onnx_ints(op->node, "cats_int64s");
    if (categories == NULL)
        return onnx_refuse(error, op->node, "categories that are texts are not computed");
    guint n = row->cell[op->in[0]].n, k = categories->len;
    gboolean zeros = onnx_int(op->node, "zeros", 1) != 0;
    if ((guint64)n * k > ERRATA_LIMIT_COLUMNS)
        return onnx_fail(error, op->node, "more than %d columns", ERRATA_LIMIT_COLUMNS);
    double *out = onnx_set(op, row, n * k, ops_are_double(op, row));
    for (guint i = 0; i < n; i++) {
        double x = trunc(row->cell[op->in[0]].x[i]);
        gboolean found = FALSE;
        for (guint c = 0; c < k; c++) {
            double distance = x - (double)g_array_index(categories, gint64, c);
            out[i * k + c] = fabs(distance) > 0 || isnan(distance) ? 0 : 1;
            found |= out[i * k + c] > 0;
        }
        row->lacks |= !found && !zeros;
    }
    return TRUE;
}

static gboolean
ops_extract(const OnnxOp *op, OnnxRow *row, GError **error)
{
    if (op->n_in < 2)
        return onnx_fail(error, op->node, "expected two inputs");
    guint n = row->cell[op->in[1]].n;
    double *out = onnx_set(op, row, n, row->cell[op->in[0]].is_double);
    const OnnxCell *in = &row->cell[op->in[0]], *which = &row->cell[op->in[1]];
    for (guint i = 0; i < n; i++) {
        if (!(which->x[i] >= 0 && which->x[i] < in->n))
            return onnx_fail(error, op->node, "a column out of range");
        out[i] = in->x[(guint)which->x[i]];
    }
    return TRUE;
}

/* Concat, FeatureVectorizer: side by side */
static gboolean
ops_concat(const OnnxOp *op, OnnxRow *row, GError **error)
{
    guint n = 0, k = 0;
    for (guint i = 0; i < op->n_in; i++)
        n += row->cell[op->in[i]].n;
    if (n > ERRATA_LIMIT_COLUMNS)
        return onnx_fail(error, op->node, "more than %d columns", ERRATA_LIMIT_COLUMNS);
    double *out = onnx_set(op, row, n, ops_are_double(op, row));
    for (guint i = 0; i < op->n_in; i++) {
        const OnnxCell *in = &row->cell[op->in[i]];
        for (guint j = 0; j < in->n; j++)
            out[k++] = in->x[j];
    }
    return TRUE;
}

static gboolean
ops_same(const OnnxOp *op, OnnxRow *row, GError **error G_GNUC_UNUSED)
{
    row->cell[op->out] = row->cell[op->in[0]];
    return TRUE;
}

static gboolean
ops_cast(const OnnxOp *op, OnnxRow *row, GError **error)
{
    gint64 to = onnx_int(op->node, "to", 0);
    guint n = row->cell[op->in[0]].n;
    if (to != ONNX_FLOAT && to != ONNX_DOUBLE && to != ONNX_INT64 && to != 6 && to != 9)
        return onnx_refuse(error, op->node, "to type %d", (int)to);
    double *out = onnx_set(op, row, n, to != ONNX_FLOAT);
    for (guint i = 0; i < n; i++) {
        double x = row->cell[op->in[0]].x[i];
        out[i] = to == 9 ? (fabs(x) <= 0 ? 0 : 1) : to == ONNX_INT64 || to == 6 ? trunc(x) : x;
    }
    onnx_round(op, row);
    return TRUE;
}

/* Add, Sub, Mul, Div: one number, or as many as the other has */
static gboolean
ops_arithmetic(const OnnxOp *op, OnnxRow *row, GError **error)
{
    if (op->n_in != 2)
        return onnx_fail(error, op->node, "expected two inputs");
    guint na = row->cell[op->in[0]].n, nb = row->cell[op->in[1]].n, n = MAX(na, nb);
    if ((na != n && na != 1) || (nb != n && nb != 1))
        return onnx_fail(error, op->node, "%u and %u numbers do not go together", na, nb);
    double *out = onnx_set(op, row, n, ops_are_double(op, row));
    const double *a = row->cell[op->in[0]].x, *b = row->cell[op->in[1]].x;
    for (guint i = 0; i < n; i++) {
        double x = a[na == 1 ? 0 : i], y = b[nb == 1 ? 0 : i];
        out[i] = op->node->op[0] == 'A'   ? x + y
                 : op->node->op[0] == 'S' ? x - y
                 : op->node->op[0] == 'M' ? x * y
                                          : x / y;
        if (op->node->op[0] == 'D' && op->shape.is_whole) {
            if (!(fabs(y) > 0))
                return onnx_fail(error, op->node, "a whole number divided by zero");
            out[i] = trunc(out[i]);
        }
    }
    onnx_round(op, row);
    return TRUE;
}

static gboolean
ops_softmax(const OnnxOp *op, OnnxRow *row, GError **error G_GNUC_UNUSED)
{
    guint n = row->cell[op->in[0]].n;
    double *out = onnx_set(op, row, n, ops_are_double(op, row));
    memcpy(out, row->cell[op->in[0]].x, n * sizeof *out);
    onnx_post("SOFTMAX", out, n);
    onnx_round(op, row);
    return TRUE;
}

static gboolean
ops_arg_max(const OnnxOp *op, OnnxRow *row, GError **error)
{
    const OnnxCell in = row->cell[op->in[0]];
    gboolean last = onnx_int(op->node, "select_last_index", 0) != 0;
    guint best = 0;
    if (in.n == 0)
        return onnx_fail(error, op->node, "of nothing");
    for (guint i = 1; i < in.n; i++)
        if (!isnan(in.x[best]) &&
            (isnan(in.x[i]) || in.x[i] > in.x[best] || (last && in.x[i] >= in.x[best])))
            best = i;
    onnx_set(op, row, 1, TRUE)[0] = best;
    return TRUE;
}

/* x · matrix (+ c); the matrix is constant, its shape comes from the numbers there are */
static gboolean
ops_product(const OnnxOp *op, OnnxRow *row, GError **error)
{
    gboolean gemm = g_str_equal(op->node->op, "Gemm");
    gboolean turned = gemm && onnx_int(op->node, "transB", 0) != 0;
    double alpha = gemm ? onnx_float(op->node, "alpha", 1) : 1;
    double beta = gemm ? onnx_float(op->node, "beta", 1) : 1;
    if (op->n_in < 2 || (gemm && onnx_int(op->node, "transA", 0) != 0))
        return onnx_refuse(error, op->node, "not computed in this form");
    guint n_in = row->cell[op->in[0]].n, n = row->cell[op->in[1]].n;
    if (n_in == 0 || n % n_in != 0)
        return onnx_fail(error, op->node, "a matrix of %u numbers for %u columns", n, n_in);
    n /= n_in;
    double *out = onnx_set(op, row, n, ops_are_double(op, row));
    const double *x = row->cell[op->in[0]].x, *matrix = row->cell[op->in[1]].x;
    const OnnxCell *plus = op->n_in > 2 ? &row->cell[op->in[2]] : NULL;
    if (plus != NULL && plus->n != n && plus->n > 1)
        return onnx_fail(error, op->node, "expected %u numbers to add, found %u", n, plus->n);
    for (guint k = 0; k < n; k++) {
        double sum = 0;
        for (guint i = 0; i < n_in; i++)
            sum += x[i] * matrix[turned ? k * n_in + i : i * n + k];
        out[k] = alpha * sum;
        if (plus != NULL && plus->n > 0)
            out[k] += beta * plus->x[plus->n == 1 ? 0 : k];
    }
    onnx_round(op, row);
    return TRUE;
}

static gboolean
ops_linear(const OnnxOp *op, OnnxRow *row, GError **error)
{
    const GArray *c = onnx_floats(op->node, "coefficients");
    const GArray *intercepts = onnx_floats(op->node, "intercepts");
    const char *transform = onnx_transform(op);
    guint n_in = row->cell[op->in[0]].n;
    if (c == NULL || n_in == 0 || c->len % n_in != 0)
        return onnx_fail(error, op->node, "coefficients do not fit %u columns", n_in);
    guint n = c->len / n_in, best = 0;
    gboolean pair = op->n_classes == 2 && n == 1;
    if ((op->n_classes > 0 && !pair && n != op->n_classes) ||
        (intercepts != NULL && intercepts->len != n))
        return onnx_fail(error, op->node, "expected a row of coefficients per class");
    double *out = onnx_set(op, row, pair ? 2 : n, FALSE);
    for (guint k = 0; k < n; k++) {
        double sum = ops_at(intercepts, k, 0);
        if (intercepts != NULL && intercepts->len == 1 && k > 0)
            sum = 0;
        for (guint i = 0; i < n_in; i++)
            sum += g_array_index(c, double, (gsize)k *n_in + i) * row->cell[op->in[0]].x[i];
        out[pair ? 1 : k] = sum;
    }
    /* one row for two classes: no transform but the logistic is computed */
    gboolean logistic = g_strcmp0(transform, "LOGISTIC") == 0;
    if (pair && g_strcmp0(transform, "PROBIT") == 0)
        return onnx_refuse(error, op->node, "PROBIT of one score for two classes");
    n = pair ? 2 : n;
    if (pair) {
        best = out[1] > 0 ? 1 : 0;
        out[0] = logistic ? -out[1] : 1 - out[1];
    }
    for (guint k = 1; k < n && !pair; k++)
        best = out[k] > out[best] ? k : best;
    if (!pair || logistic)
        onnx_post(transform, out, n);
    onnx_round(op, row);
    if (op->n_classes > 0)
        onnx_put_label(op, row, best);
    return TRUE;
}

guint
onnx_columns_taken(const OnnxNode *node)
{
    static const char *const lists[] = {"offset", "scale", "imputed_value_floats"};
    const GArray *features = onnx_ints(node, "nodes_featureids");
    const GArray *coefficients = onnx_floats(node, "coefficients");
    const GArray *intercepts = onnx_floats(node, "intercepts");
    gint64 most = 0;
    for (guint i = 0; features != NULL && i < features->len; i++)
        most = MAX(most, g_array_index(features, gint64, i) + 1);
    if (features != NULL)
        return (guint)CLAMP(most, 1, ERRATA_LIMIT_COLUMNS);
    if (g_str_has_prefix(node->op, "SVM"))
        return 0;
    if (coefficients != NULL)
        return coefficients->len / (intercepts != NULL ? intercepts->len : 1);
    for (guint i = 0; i < G_N_ELEMENTS(lists); i++) {
        const GArray *list = onnx_floats(node, lists[i]);
        if (list != NULL && list->len > 1)
            return list->len;
    }
    const GArray *whole = onnx_ints(node, "imputed_value_int64s");
    return whole != NULL && whole->len > 1 ? whole->len : 0;
}

/* operators of another domain may mean anything by a name; a word that is not known would be taken
 * for another one */
static gboolean
ops_check_words(const OnnxNode *node, GError **error)
{
    static const char *const domains[] = {"", "ai.onnx", "ai.onnx.ml", NULL};
    static const char *const norms[] = {"MAX", "L1", "L2", NULL};
    static const char *const ways[] = {"none", "tanh", NULL};
    static const struct {
        const char *attribute;
        const char *const *words;
    } known[] = {
        {"post_transform", ops_transforms},
        {"norm", norms},
        {"approximate", ways},
    };
    if (node->domain != NULL && !g_strv_contains(domains, node->domain))
        return onnx_refuse(error, node, "operators of %.80s are not computed", node->domain);
    gboolean takes_number = g_str_equal(node->op, "TreeEnsemble");
    for (guint i = 0; i < G_N_ELEMENTS(known); i++) {
        const char *word = onnx_string(node, known[i].attribute);
        if (word != NULL && !g_strv_contains(known[i].words, word))
            return onnx_refuse(error, node, "%s %.40s is not known", known[i].attribute, word);
        if (word == NULL && !takes_number && onnx_attribute(node, known[i].attribute) != NULL)
            return onnx_refuse(error, node, "%s is no word", known[i].attribute);
    }
    gint64 number = onnx_int(node, "post_transform", 0);
    if (number < 0 || number + 1 >= (gint64)G_N_ELEMENTS(ops_transforms) ||
        (takes_number && onnx_string(node, "post_transform") != NULL))
        return onnx_refuse(error, node, "post_transform is none of the numbers 0 to 4");
    return TRUE;
}

gboolean
onnx_compile_op(OnnxOp *op, GError **error)
{
    static const struct {
        const char *name;
        gboolean (*run)(const OnnxOp *op, OnnxRow *row, GError **error);
    } table[] = {
        {"Scaler", ops_scaler},
        {"Imputer", ops_imputer},
        {"Normalizer", ops_normalizer},
        {"Binarizer", ops_binarizer},
        {"OneHotEncoder", ops_one_hot},
        {"ArrayFeatureExtractor", ops_extract},
        {"FeatureVectorizer", ops_concat},
        {"Concat", ops_concat},
        {"ZipMap", ops_same},
        {"Identity", ops_same},
        {"Reshape", ops_same},
        {"Flatten", ops_same},
        {"Squeeze", ops_same},
        {"Cast", ops_cast},
        {"Add", ops_arithmetic},
        {"Sub", ops_arithmetic},
        {"Mul", ops_arithmetic},
        {"Div", ops_arithmetic},
        {"Softmax", ops_softmax},
        {"ArgMax", ops_arg_max},
        {"MatMul", ops_product},
        {"Gemm", ops_product},
        {"LabelEncoder", ops_same}, /* until it is known whether it takes texts */
        {"LinearRegressor", ops_linear},
        {"LinearClassifier", ops_linear},
    };
    if (!ops_check_words(op->node, error))
        return FALSE;
    if (g_str_has_prefix(op->node->op, "TreeEnsemble"))
        return onnx_compile_trees(op, error);
    if (g_str_equal(op->node->op, "SVMClassifier") || g_str_equal(op->node->op, "SVMRegressor"))
        return onnx_compile_svm(op, error);
    for (guint i = 0; i < G_N_ELEMENTS(table); i++)
        if (g_str_equal(table[i].name, op->node->op)) {
            op->run = table[i].run;
            return op->n_in > 0 || onnx_fail(error, op->node, "no input");
        }
    return onnx_compile_plain(op) ||
           onnx_refuse(error, op->node, "not an operator that is computed");
}
