/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pmml-function.h"
#include "pmml-model.h"

static gboolean
math_numeric(const PmmlValue *argument, guint n)
{
    for (guint i = 0; i < n; i++)
        if (!argument[i].missing && argument[i].type == PMML_STRING)
            return FALSE;
    return TRUE;
}

/* the wider of the two types: integer < float < double; everything else counts as integer */
static PmmlType
math_wider(PmmlType a, PmmlType b)
{
    if (a == PMML_DOUBLE || b == PMML_DOUBLE)
        return PMML_DOUBLE;
    return a == PMML_FLOAT || b == PMML_FLOAT ? PMML_FLOAT : PMML_INTEGER;
}

static gboolean
math_set(PmmlValue *ret, PmmlType type, double number)
{
    *ret = pmml_value_number(type, number);
    return TRUE;
}

static gboolean
math_add(const PmmlValue *a, guint n, GStringChunk *strings G_GNUC_UNUSED, PmmlValue *ret)
{
    return math_numeric(a, n) &&
           math_set(ret, math_wider(a[0].type, a[1].type), a[0].number + a[1].number);
}

static gboolean
math_subtract(const PmmlValue *a, guint n, GStringChunk *strings G_GNUC_UNUSED, PmmlValue *ret)
{
    return math_numeric(a, n) &&
           math_set(ret, math_wider(a[0].type, a[1].type), a[0].number - a[1].number);
}

static gboolean
math_multiply(const PmmlValue *a, guint n, GStringChunk *strings G_GNUC_UNUSED, PmmlValue *ret)
{
    return math_numeric(a, n) &&
           math_set(ret, math_wider(a[0].type, a[1].type), a[0].number * a[1].number);
}

/* Two integers are divided as integers; by 0 there is no result. */
static gboolean
math_divide(const PmmlValue *a, guint n, GStringChunk *strings G_GNUC_UNUSED, PmmlValue *ret)
{
    if (!math_numeric(a, n))
        return FALSE;
    PmmlType type = math_wider(a[0].type, a[1].type);
    if (!(fabs(a[1].number) > 0))
        return pmml_set_undefined(ret);
    double quotient = a[0].number / a[1].number;
    return math_set(ret, type, type == PMML_INTEGER ? trunc(quotient) : quotient);
}

static gboolean
math_modulo(const PmmlValue *a, guint n, GStringChunk *strings G_GNUC_UNUSED, PmmlValue *ret)
{
    if (!math_numeric(a, n))
        return FALSE;
    if (!(fabs(a[1].number) > 0))
        return pmml_set_undefined(ret);
    /* the result has the sign of the divisor */
    double rest = a[0].number - a[1].number * floor(a[0].number / a[1].number);
    return math_set(ret, math_wider(a[0].type, a[1].type), rest);
}

typedef struct {
    guint n;
    double sum;
    double product;
    double least;
    double most;
    PmmlType type;
} MathSummary;

static gboolean
math_summary(const PmmlValue *a, guint n, MathSummary *ret)
{
    if (!math_numeric(a, n))
        return FALSE;
    *ret = (MathSummary){.product = 1,
                         .least = (double)INFINITY,
                         .most = -(double)INFINITY,
                         .type = PMML_INTEGER};
    for (guint i = 0; i < n; i++) {
        if (a[i].missing)
            continue;
        ret->n++;
        ret->sum += a[i].number;
        ret->product *= a[i].number;
        ret->least = fmin(ret->least, a[i].number);
        ret->most = fmax(ret->most, a[i].number);
        ret->type = math_wider(ret->type, a[i].type);
    }
    return TRUE;
}

#define MATH_SUMMARY(name, result_type, result)                      \
    static gboolean math_##name(const PmmlValue *a,                  \
                                guint n,                             \
                                GStringChunk *strings G_GNUC_UNUSED, \
                                PmmlValue *ret)                      \
    {                                                                \
        MathSummary summary;                                         \
        if (!math_summary(a, n, &summary))                           \
            return FALSE;                                            \
        *ret = PMML_NOTHING;                                         \
        return summary.n == 0 || math_set(ret, result_type, result); \
    }

MATH_SUMMARY(min, summary.type, summary.least)
MATH_SUMMARY(max, summary.type, summary.most)
MATH_SUMMARY(sum, summary.type, summary.sum)
MATH_SUMMARY(product, summary.type, summary.product)
MATH_SUMMARY(avg, PMML_DOUBLE, summary.sum / summary.n)

static int
math_order(gconstpointer a, gconstpointer b)
{
    const double *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static gboolean
math_median(const PmmlValue *a, guint n, GStringChunk *strings G_GNUC_UNUSED, PmmlValue *ret)
{
    if (!math_numeric(a, n))
        return FALSE;
    g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(double));
    for (guint i = 0; i < n; i++)
        if (!a[i].missing)
            g_array_append_val(numbers, a[i].number);
    *ret = PMML_NOTHING;
    if (numbers->len == 0)
        return TRUE;
    g_array_sort(numbers, math_order);
    const double *sorted = (const double *)pmml_pointer(numbers->data);
    guint half = numbers->len / 2;
    double median = numbers->len % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    return math_set(ret, PMML_DOUBLE, median);
}

/* of one number; float stays float where it makes sense, integers become double */
#define MATH_ONE(name, result)                                                            \
    static gboolean math_##name(const PmmlValue *a,                                       \
                                guint n,                                                  \
                                GStringChunk *strings G_GNUC_UNUSED,                      \
                                PmmlValue *ret)                                           \
    {                                                                                     \
        double x = a[0].number;                                                           \
        return math_numeric(a, n) &&                                                      \
               math_set(ret, a[0].type == PMML_FLOAT ? PMML_FLOAT : PMML_DOUBLE, result); \
    }

MATH_ONE(log10, log10(x))
MATH_ONE(ln, log(x))
MATH_ONE(ln1p, log1p(x))
MATH_ONE(sqrt, sqrt(x))
MATH_ONE(exp, exp(x))
MATH_ONE(expm1, expm1(x))
MATH_ONE(sin, sin(x))
MATH_ONE(cos, cos(x))
MATH_ONE(tan, tan(x))
MATH_ONE(asin, asin(x))
MATH_ONE(acos, acos(x))
MATH_ONE(atan, atan(x))
MATH_ONE(sinh, sinh(x))
MATH_ONE(cosh, cosh(x))
MATH_ONE(tanh, tanh(x))
MATH_ONE(erf, erf(x))
MATH_ONE(std_normal_cdf, pmml_normal_share(x))
MATH_ONE(std_normal_pdf, exp(-x *x / 2) / sqrt(2 * G_PI))
MATH_ONE(std_normal_idf, pmml_normal_quantile(x))

/* of one number, of its own type */
#define MATH_SAME(name, result)                                        \
    static gboolean math_##name(const PmmlValue *a,                    \
                                guint n,                               \
                                GStringChunk *strings G_GNUC_UNUSED,   \
                                PmmlValue *ret)                        \
    {                                                                  \
        double x = a[0].number;                                        \
        return math_numeric(a, n) && math_set(ret, a[0].type, result); \
    }

MATH_SAME(abs, fabs(x))

/* of one number, a whole one */
#define MATH_WHOLE(name, result)                                          \
    static gboolean math_##name(const PmmlValue *a,                       \
                                guint n,                                  \
                                GStringChunk *strings G_GNUC_UNUSED,      \
                                PmmlValue *ret)                           \
    {                                                                     \
        double x = a[0].number;                                           \
        return math_numeric(a, n) && math_set(ret, PMML_INTEGER, result); \
    }

MATH_WHOLE(floor, floor(x))
MATH_WHOLE(ceil, ceil(x))
MATH_WHOLE(round, x - floor(x) >= 0.5 ? ceil(x) : floor(x))
MATH_SAME(rint, rint(x))

#define MATH_TWO(name, result_type, result)                              \
    static gboolean math_##name(const PmmlValue *a,                      \
                                guint n,                                 \
                                GStringChunk *strings G_GNUC_UNUSED,     \
                                PmmlValue *ret)                          \
    {                                                                    \
        double x = a[0].number, y = a[1].number;                         \
        return math_numeric(a, n) && math_set(ret, result_type, result); \
    }

MATH_TWO(pow, math_wider(a[0].type, a[1].type), pow(x, y))
MATH_TWO(threshold, math_wider(a[0].type, a[1].type), x > y ? 1 : 0)
MATH_TWO(hypot, PMML_DOUBLE, hypot(x, y))
MATH_TWO(atan2, PMML_DOUBLE, atan2(x, y))

/* of a normal distribution whose deviation is a number above 0, else there is no result */
#define MATH_NORMAL(name, result)                                                     \
    static gboolean math_normal_##name(const PmmlValue *a,                            \
                                       guint n,                                       \
                                       GStringChunk *strings G_GNUC_UNUSED,           \
                                       PmmlValue *ret)                                \
    {                                                                                 \
        double x = a[0].number, mean = a[1].number, sd = a[2].number;                 \
        if (!math_numeric(a, n))                                                      \
            return FALSE;                                                             \
        return sd > 0 ? math_set(ret, PMML_DOUBLE, result) : pmml_set_undefined(ret); \
    }

MATH_NORMAL(cdf, pmml_normal_share((x - mean) / sd))
MATH_NORMAL(pdf, exp(-(x - mean) * (x - mean) / (2 * sd * sd)) / (sd * sqrt(2 * G_PI)))
MATH_NORMAL(idf, mean + sd * pmml_normal_quantile(x))

const PmmlBuiltIn pmml_functions_math[] = {
    {"+", 2, 2, FALSE, math_add},
    {"-", 2, 2, FALSE, math_subtract},
    {"*", 2, 2, FALSE, math_multiply},
    {"/", 2, 2, FALSE, math_divide},
    {"modulo", 2, 2, FALSE, math_modulo},
    {"min", 1, 0, TRUE, math_min},
    {"max", 1, 0, TRUE, math_max},
    {"sum", 1, 0, TRUE, math_sum},
    {"avg", 1, 0, TRUE, math_avg},
    {"median", 1, 0, TRUE, math_median},
    {"product", 1, 0, TRUE, math_product},
    {"log10", 1, 1, FALSE, math_log10},
    {"ln", 1, 1, FALSE, math_ln},
    {"ln1p", 1, 1, FALSE, math_ln1p},
    {"sqrt", 1, 1, FALSE, math_sqrt},
    {"abs", 1, 1, FALSE, math_abs},
    {"exp", 1, 1, FALSE, math_exp},
    {"expm1", 1, 1, FALSE, math_expm1},
    {"pow", 2, 2, FALSE, math_pow},
    {"threshold", 2, 2, FALSE, math_threshold},
    {"floor", 1, 1, FALSE, math_floor},
    {"ceil", 1, 1, FALSE, math_ceil},
    {"round", 1, 1, FALSE, math_round},
    {"rint", 1, 1, FALSE, math_rint},
    {"hypot", 2, 2, FALSE, math_hypot},
    {"sin", 1, 1, FALSE, math_sin},
    {"cos", 1, 1, FALSE, math_cos},
    {"tan", 1, 1, FALSE, math_tan},
    {"asin", 1, 1, FALSE, math_asin},
    {"acos", 1, 1, FALSE, math_acos},
    {"atan", 1, 1, FALSE, math_atan},
    {"atan2", 2, 2, FALSE, math_atan2},
    {"sinh", 1, 1, FALSE, math_sinh},
    {"cosh", 1, 1, FALSE, math_cosh},
    {"tanh", 1, 1, FALSE, math_tanh},
    {"erf", 1, 1, FALSE, math_erf},
    {"normalCDF", 3, 3, FALSE, math_normal_cdf},
    {"normalPDF", 3, 3, FALSE, math_normal_pdf},
    {"normalIDF", 3, 3, FALSE, math_normal_idf},
    {"stdNormalCDF", 1, 1, FALSE, math_std_normal_cdf},
    {"stdNormalPDF", 1, 1, FALSE, math_std_normal_pdf},
    {"stdNormalIDF", 1, 1, FALSE, math_std_normal_idf},
    {NULL, 0, 0, FALSE, NULL},
};
