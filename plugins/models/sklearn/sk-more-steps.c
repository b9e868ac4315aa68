/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scikit-learn's transformers that multiply, rank, bend or bin columns. */
#include <math.h>
#include <string.h>

#include "error.h"
#include "limit.h"
#include "sk-private.h"
#include "sort.h"

#define MORE_NORMAL_EDGE 1e-7 /* ranks are kept that far from 0 and 1 before the normal quantile */

/* a numpy function of one number; %SK_NO_FUNCTION for all else */
SkFunction
sk_function_of(const PickleValue *global)
{
    static const char *const names[] = {
        "log",     "log1p",    "log2",     "log10",      "exp",  "expm1", "exp2", "sqrt", "square",
        "cbrt",    "absolute", "negative", "reciprocal", "sin",  "cos",   "tanh", "sinh", "cosh",
        "arcsinh", "arctan",   "sign",     "floor",      "ceil", "rint",  "trunc"};
    if (global == NULL || global->kind != PICKLE_GLOBAL ||
        !(g_str_equal(global->module, "numpy") || g_str_has_prefix(global->module, "numpy.")))
        return SK_NO_FUNCTION;
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_str_equal(global->name, names[i]))
            return (SkFunction)(i + 1);
    return SK_NO_FUNCTION;
}

double
sk_function_value(SkFunction function, double x)
{
    switch (function) {
    case SK_FUNCTION_LOG:
        return log(x);
    case SK_FUNCTION_LOG1P:
        return log1p(x);
    case SK_FUNCTION_LOG2:
        return log2(x);
    case SK_FUNCTION_LOG10:
        return log10(x);
    case SK_FUNCTION_EXP:
        return exp(x);
    case SK_FUNCTION_EXPM1:
        return expm1(x);
    case SK_FUNCTION_EXP2:
        return exp2(x);
    case SK_FUNCTION_SQRT:
        return sqrt(x);
    case SK_FUNCTION_SQUARE:
        return x * x;
    case SK_FUNCTION_CBRT:
        return cbrt(x);
    case SK_FUNCTION_ABSOLUTE:
        return fabs(x);
    case SK_FUNCTION_NEGATIVE:
        return -x;
    case SK_FUNCTION_RECIPROCAL:
        return 1 / x;
    case SK_FUNCTION_SIN:
        return sin(x);
    case SK_FUNCTION_COS:
        return cos(x);
    case SK_FUNCTION_TANH:
        return tanh(x);
    case SK_FUNCTION_SINH:
        return sinh(x);
    case SK_FUNCTION_COSH:
        return cosh(x);
    case SK_FUNCTION_ARCSINH:
        return asinh(x);
    case SK_FUNCTION_ARCTAN:
        return atan(x);
    case SK_FUNCTION_SIGN:
        return isnan(x) ? x : (x > 0) - (x < 0);
    case SK_FUNCTION_FLOOR:
        return floor(x);
    case SK_FUNCTION_CEIL:
        return ceil(x);
    case SK_FUNCTION_RINT:
        return rint(x);
    case SK_FUNCTION_TRUNC:
        return trunc(x);
    case SK_FUNCTION_SUBLINEAR:
        return x > 0 ? 1 + log(x) : x;
    case SK_NO_FUNCTION:
    default:
        return x;
    }
}

static gboolean
more_read_function(const PickleValue *object, GArray *raw, GPtrArray *steps, GError **error)
{
    const PickleValue *function = pickle_attribute(object, "func");
    const PickleValue *arguments = pickle_attribute(object, "kw_args");
    SkFunction known = sk_function_of(function);
    if (function == NULL || function->kind == PICKLE_NONE)
        return TRUE;
    if (known == SK_NO_FUNCTION || pickle_n_items(arguments) > 0)
        return sk_refuse(error,
                         "FunctionTransformer: the function %s is not computed",
                         function->kind == PICKLE_GLOBAL ? function->name : "it calls");
    sk_step_new(steps, SK_STEP_FUNCTION, raw->len)->function = known;
    sk_step_forget(raw, raw->len);
    return TRUE;
}

/* all products of @left more columns from @from on, in the order of scikit-learn */
static gboolean
more_add_powers(GArray *products,
                GArray *ends,
                GArray *product,
                guint from,
                guint n,
                guint left,
                gboolean distinct)
{
    if (left == 0) {
        if (product->len > 0)
            g_array_append_vals(products, product->data, product->len);
        g_array_append_val(ends, products->len);
        return ends->len <= ERRATA_LIMIT_COLUMNS && products->len <= (1U << 20);
    }
    for (guint i = from; i < n; i++) {
        g_array_append_val(product, i);
        if (!more_add_powers(products, ends, product, distinct ? i + 1 : i, n, left - 1, distinct))
            return FALSE;
        g_array_set_size(product, product->len - 1);
    }
    return TRUE;
}

static gboolean
more_read_polynomial(const PickleValue *object, GArray *raw, GPtrArray *steps, GError **error)
{
    double low = 0, high = sk_number(object, "_max_degree", sk_number(object, "degree", 2));
    g_autoptr(GArray) products = g_array_new(FALSE, FALSE, sizeof(guint));
    g_autoptr(GArray) ends = g_array_new(FALSE, FALSE, sizeof(guint));
    g_autoptr(GArray) product = g_array_new(FALSE, FALSE, sizeof(guint));
    guint zero = 0;
    low = sk_number(object, "_min_degree", 0);
    g_array_append_val(ends, zero);
    if (!(high >= 0 && high <= 32 && low >= 0))
        return sk_refuse(error, "polynomials of degree %g", high);
    for (guint d = 0; d <= (guint)high; d++) {
        if (d == 0 ? !sk_flag(object, "include_bias", TRUE) : d < low)
            continue;
        if (!more_add_powers(products,
                             ends,
                             product,
                             0,
                             raw->len,
                             d,
                             sk_flag(object, "interaction_only", FALSE)))
            return sk_refuse(error, "polynomials of more than %d columns", ERRATA_LIMIT_COLUMNS);
    }
    SkStep *step = sk_step_new(steps, SK_STEP_POWERS, raw->len);
    step->n_out = ends->len - 1;
    step->first = g_memdup2(ends->data, ends->len * sizeof(guint));
    step->dropped = sk_copy(products->data, products->len * sizeof(guint));
    sk_step_forget(raw, step->n_out);
    return TRUE;
}

static gboolean
more_read_quantiles(const PickleValue *object,
                    SkZeros zeros,
                    GArray *raw,
                    GPtrArray *steps,
                    GError **error)
{
    PickleArray quantiles;
    const char *shape = pickle_text(pickle_attribute(object, "output_distribution"));
    if (!pickle_array(pickle_attribute(object, "quantiles_"), &quantiles) ||
        quantiles.n_dimensions != 2 || quantiles.shape[1] != raw->len || quantiles.shape[0] < 1 ||
        quantiles.shape[0] > G_MAXINT32)
        return sk_fail(error, "quantiles_: expected a matrix of %u columns", raw->len);
    if (zeros == SK_ZEROS_UNSURE)
        return sk_refuse(
            error,
            "QuantileTransformer of a sparse matrix that may hold some zeros: it leaves "
            "the others as they are");
    SkStep *step = sk_step_new(steps, SK_STEP_QUANTILES, raw->len);
    step->one_hot = g_strcmp0(shape, "normal") == 0;
    step->keeps_zeros = zeros == SK_ZEROS_LEFT_OUT;
    step->first = g_new(guint, 1);
    step->first[0] = (guint)quantiles.shape[0];
    step->values = sk_numbers(object, "references_", step->first[0], error);
    step->matrix = g_new(double, quantiles.n); /* a run per column */
    for (gsize i = 0; i < quantiles.n; i++)
        step->matrix[i % raw->len * step->first[0] + i / raw->len] = pickle_array_number(&quantiles,
                                                                                         i);
    sk_step_forget(raw, raw->len);
    return step->values != NULL;
}

static gboolean
more_read_power(SkReader *reader,
                const PickleValue *object,
                GArray *raw,
                GPtrArray *steps,
                GError **error)
{
    const char *method = pickle_text(pickle_attribute(object, "method"));
    const PickleValue *scaler = pickle_attribute(object, "_scaler");
    SkStep *step = sk_step_new(steps, SK_STEP_POWER, raw->len);
    step->one_hot = g_strcmp0(method, "box-cox") == 0;
    step->a = sk_numbers(object, "lambdas_", raw->len, error);
    if (step->a == NULL)
        return FALSE;
    sk_step_forget(raw, raw->len);
    return !sk_flag(object, "standardize", TRUE) || sk_read_step(reader, scaler, raw, steps, error);
}

static gboolean
more_read_bins(const PickleValue *object, GArray *raw, GPtrArray *steps, GError **error)
{
    const char *encode = pickle_text(pickle_attribute(object, "encode"));
    const PickleValue *place = pickle_attribute(object, "bin_edges_");
    PickleArray columns;
    g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(double));
    if (!pickle_array(place, &columns) || columns.kind != 'O' || columns.n != raw->len)
        return sk_fail(error, "bin_edges_: expected an array per column");
    SkStep *step = sk_step_new(steps, SK_STEP_BINS, raw->len);
    step->one_hot = g_strcmp0(encode, "ordinal") != 0;
    step->first = g_new0(guint, raw->len + 1);
    step->n_out = step->one_hot ? 0 : raw->len;
    for (guint i = 0; i < raw->len; i++) {
        PickleArray edges;
        if (!pickle_array(pickle_item(columns.items, i), &edges) || edges.n < 2 ||
            edges.n > ERRATA_LIMIT_DICTIONARY)
            return sk_fail(error, "bin_edges_: expected edges of column %u", i);
        for (gsize e = 0; e < edges.n; e++) {
            double edge = pickle_array_number(&edges, e);
            g_array_append_val(values, edge);
        }
        step->first[i + 1] = values->len;
        step->n_out += step->one_hot ? (guint)edges.n - 1 : 0;
    }
    if (step->n_out > ERRATA_LIMIT_DICTIONARY)
        return sk_refuse(error, "bins of more than %u columns", ERRATA_LIMIT_DICTIONARY);
    step->values = sk_copy(values->data, values->len * sizeof(double));
    sk_step_forget(raw, step->n_out);
    return TRUE;
}

/* the same columns several ways, side by side */
static gboolean
more_read_union(SkReader *reader,
                const PickleValue *object,
                GArray *raw,
                GPtrArray *steps,
                GError **error)
{
    const PickleValue *list = pickle_attribute(object, "transformer_list");
    SkStep *step = sk_step_new(steps, SK_STEP_COLUMNS, raw->len);
    step->parts = g_ptr_array_new_with_free_func(sk_part_free);
    step->n_out = 0;
    SkZeros before = reader->zeros, most = SK_ZEROS_KEPT;
    for (guint i = 0; i < pickle_n_items(list); i++) {
        const PickleValue *entry = pickle_item(list, i);
        const PickleValue *transformer = pickle_item(entry, 1);
        if (!sk_may_widen(reader, raw->len, error))
            return FALSE;
        g_autoptr(GArray) own = g_array_copy(raw);
        SkPart *part = g_new0(SkPart, 1);
        if (g_strcmp0(pickle_text(transformer), "drop") == 0) {
            g_free(part);
            continue;
        }
        part->columns = g_array_new(FALSE, FALSE, sizeof(guint));
        part->steps = g_ptr_array_new_with_free_func(sk_step_free);
        g_ptr_array_add(step->parts, part);
        for (guint c = 0; c < raw->len; c++)
            g_array_append_val(part->columns, c);
        reader->zeros = before;
        if (!sk_read_step(reader, transformer, own, part->steps, error))
            return FALSE;
        most = MAX(most, reader->zeros);
        part->n_out = own->len;
        step->n_out += part->n_out;
        if (!sk_weigh_part(object, entry, part, error))
            return FALSE;
    }
    reader->zeros = most;
    sk_step_forget(raw, step->n_out);
    return TRUE;
}

/**
 * sk_read_more_steps:
 * @ret_is: whether @object is one of these transformers at all
 *
 * Reads a transformer to the end of @steps.
 */
gboolean
sk_read_more_steps(SkReader *reader,
                   const PickleValue *object,
                   GArray *raw,
                   GPtrArray *steps,
                   gboolean *ret_is,
                   GError **error)
{
    const char *name = pickle_class(object);
    *ret_is = TRUE;
    if (!sk_read_selector(object, raw, steps, ret_is, error))
        return FALSE;
    if (*ret_is)
        return TRUE;
    *ret_is = TRUE;
    if (g_str_equal(name, "PolynomialFeatures"))
        return more_read_polynomial(object, raw, steps, error);
    if (g_str_equal(name, "QuantileTransformer"))
        return more_read_quantiles(object, reader->zeros, raw, steps, error);
    if (g_str_equal(name, "PowerTransformer"))
        return more_read_power(reader, object, raw, steps, error);
    if (g_str_equal(name, "SplineTransformer"))
        return sk_read_spline(reader, object, raw, steps, error);
    if (g_str_equal(name, "KBinsDiscretizer"))
        return more_read_bins(object, raw, steps, error);
    if (g_str_equal(name, "FeatureUnion"))
        return more_read_union(reader, object, raw, steps, error);
    if (g_str_equal(name, "FunctionTransformer"))
        return more_read_function(object, raw, steps, error);
    if (g_str_equal(name, "Binarizer")) {
        sk_step_new(steps, SK_STEP_BINARIZE, raw->len)->low = sk_number(object, "threshold", 0);
        sk_step_forget(raw, raw->len);
        return TRUE;
    }
    *ret_is = FALSE;
    return TRUE;
}

/* as numpy.interp: lines between points, the ends beyond; of equal points the last */
static double
more_interpolate(const double *x, const double *y, guint n, double value, double sign)
{
    guint low = 0, high = n;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (sign * x[sign > 0 ? middle : n - 1 - middle] <= value)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return sign * y[sign > 0 ? 0 : n - 1];
    if (low == n)
        return sign * y[sign > 0 ? n - 1 : 0];
    guint a = sign > 0 ? low - 1 : n - low, b = sign > 0 ? low : n - 1 - low;
    double slope = (sign * y[b] - sign * y[a]) / (sign * x[b] - sign * x[a]);
    return slope * (value - sign * x[a]) + sign * y[a];
}

/* Wichura 1988, algorithm AS 241: the normal quantile to 16 digits */
static double
more_normal_tail(double p, double q)
{
    double r = sqrt(-log(q < 0 ? p : 1 - p));
    double value;
    if (r <= 5) {
        r -= 1.6;
        value = (((((((7.7454501427834140764e-4 * r + .0227238449892691845833) * r +
                      .24178072517745061177) *
                         r +
                     1.27045825245236838258) *
                        r +
                    3.64784832476320460504) *
                       r +
                   5.7694972214606914055) *
                      r +
                  4.6303378461565452959) *
                     r +
                 1.42343711074968357734) /
                (((((((1.05075007164441684324e-9 * r + 5.475938084995344946e-4) * r +
                      .0151986665636164571966) *
                         r +
                     .14810397642748007459) *
                        r +
                    .68976733498510000455) *
                       r +
                   1.6763848301838038494) *
                      r +
                  2.05319162663775882187) *
                     r +
                 1);
    } else {
        r -= 5;
        value = (((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r +
                      .0012426609473880784386) *
                         r +
                     .026532189526576123093) *
                        r +
                    .29656057182850489123) *
                       r +
                   1.7848265399172913358) *
                      r +
                  5.4637849111641143699) *
                     r +
                 6.6579046435011037772) /
                (((((((2.04426310338993978564e-15 * r + 1.4215117583164458887e-7) * r +
                      1.8463183175100546818e-5) *
                         r +
                     7.868691311456132591e-4) *
                        r +
                    .0148753612908506148525) *
                       r +
                   .13692988092273580531) *
                      r +
                  .59983220655588793769) *
                     r +
                 1);
    }
    return q < 0 ? -value : value;
}

static double
more_normal_quantile(double p)
{
    double q = p - 0.5;
    double r = .180625 - q * q;
    if (fabs(q) > .425)
        return more_normal_tail(p, q);
    return q *
           (((((((r * 2509.0809287301226727 + 33430.575583588128105) * r + 67265.770927008700853) *
                    r +
                45921.953931549871457) *
                   r +
               13731.693765509461125) *
                  r +
              1971.5909503065514427) *
                 r +
             133.14166789178437745) *
                r +
            3.387132872796366608) /
           (((((((r * 5226.495278852545925 + 28729.085735721942674) * r + 39307.89580009271061) *
                    r +
                21213.794301586595867) *
                   r +
               5394.1960214247511077) *
                  r +
              687.1870074920579083) *
                 r +
             42.313330701600911252) *
                r +
            1);
}

/* the mean of the rank from below and the one from above */
static double
more_quantile(const SkStep *step, guint column, double value)
{
    guint n = step->first[0];
    const double *quantile = step->matrix + (gsize)column * n;
    double rank;
    if (isnan(value) || (step->keeps_zeros && !(fabs(value) > 0)))
        return value;
    if (step->keeps_zeros && value < 0)
        return (double)NAN; /* refused, in a sparse matrix */
    double edge = step->one_hot ? MORE_NORMAL_EDGE : 0;
    gboolean lowest = step->one_hot ? value - edge < quantile[0] : value <= quantile[0];
    gboolean highest = step->one_hot ? value + edge > quantile[n - 1] : value >= quantile[n - 1];
    rank = lowest    ? 0
           : highest ? 1
                     : 0.5 * (more_interpolate(quantile, step->values, n, value, 1) -
                              more_interpolate(quantile, step->values, n, -value, -1));
    if (!step->one_hot)
        return rank;
    double least = more_normal_quantile(MORE_NORMAL_EDGE - DBL_EPSILON);
    double most = more_normal_quantile(1 - (MORE_NORMAL_EDGE - DBL_EPSILON));
    if (!(rank > 0))
        return least;
    return rank >= 1 ? most : fmin(fmax(more_normal_quantile(rank), least), most);
}

static double
more_power(gboolean box_cox, double lambda, double x)
{
    const double tiny = DBL_EPSILON;
    if (box_cox)
        return fabs(lambda) <= 0 ? log(x) : expm1(lambda * log(x)) / lambda;
    if (x >= 0)
        return fabs(lambda) < tiny ? log1p(x) : (pow(x + 1, lambda) - 1) / lambda;
    return fabs(lambda - 2) > tiny ? -(pow(-x + 1, 2 - lambda) - 1) / (2 - lambda) : -log1p(-x);
}

static void
more_bins(const SkStep *step, const double *in, double *out)
{
    guint at = 0;
    for (guint i = 0; i < step->n_in; i++) {
        const double *edge = step->values + step->first[i];
        guint n = step->first[i + 1] - step->first[i] - 1; /* bins */
        guint bin = 0;
        while (bin + 1 < n && edge[bin + 1] <= in[i])
            bin++;
        if (!step->one_hot) {
            out[at++] = bin;
            continue;
        }
        for (guint b = 0; b < n; b++)
            out[at++] = b == bin ? 1 : 0;
    }
}

void
sk_run_more_steps(const SkStep *step, const double *in, double *out)
{
    if (step->kind == SK_STEP_BINS) {
        more_bins(step, in, out);
        return;
    }
    for (guint k = 0; k < step->n_out; k++) {
        switch (step->kind) {
        case SK_STEP_SELECT:
            out[k] = in[step->first[k]];
            break;
        case SK_STEP_MISSING:
            out[k] = isnan(in[k]) ? 1 : 0;
            break;
        case SK_STEP_BINARIZE:
            out[k] = in[k] > step->low ? 1 : 0;
            break;
        case SK_STEP_FUNCTION:
            out[k] = sk_function_value(step->function, in[k]);
            break;
        case SK_STEP_POWERS:
            out[k] = 1;
            for (guint i = step->first[k]; i < step->first[k + 1]; i++)
                out[k] *= in[step->dropped[i]];
            break;
        case SK_STEP_QUANTILES:
            out[k] = more_quantile(step, k, in[k]);
            break;
        case SK_STEP_POWER:
        case SK_STEP_WORDS:
        case SK_STEP_MODELLED:
        case SK_STEP_LANDMARKS:
        case SK_STEP_SPLINE:
        case SK_STEP_BINS:
        case SK_STEP_SCALE:
        case SK_STEP_IMPUTE:
        case SK_STEP_NORMALIZE:
        case SK_STEP_PROJECT:
        case SK_STEP_ENCODE:
        case SK_STEP_COLUMNS:
        default:
            out[k] = more_power(step->one_hot, step->a[k], in[k]);
            break;
        }
    }
}
