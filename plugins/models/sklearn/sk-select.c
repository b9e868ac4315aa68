/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scikit-learn's transformers that leave columns out: by scores or p-values of each column, or by
 * what a model within made of them. Which columns stay is worked out as the library does it, from
 * what was fitted; only some of them keep it. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "error.h"
#include "limit.h"
#include "number.h"
#include "sk-private.h"
#include "sort.h"

static gboolean
select_mask(const gboolean *keep, GArray *raw, GPtrArray *steps)
{
    SkStep *step = sk_step_new(steps, SK_STEP_SELECT, raw->len);
    g_autoptr(GArray) left = g_array_new(FALSE, FALSE, sizeof(guint));
    step->first = g_new0(guint, raw->len + 1);
    step->n_out = 0;
    for (guint i = 0; i < raw->len; i++)
        if (keep[i]) {
            step->first[step->n_out++] = i;
            g_array_append_val(left, g_array_index(raw, guint, i));
        }
    g_array_set_size(raw, 0);
    if (left->len > 0)
        g_array_append_vals(raw, left->data, left->len);
    return TRUE;
}

typedef struct {
    double score;
    guint column;
} SelectRank;

static int
select_compare(const void *a, const void *b)
{
    const SelectRank *x = a, *y = b;
    if (x->score > y->score || x->score < y->score)
        return x->score > y->score ? 1 : -1;
    return (x->column > y->column) - (x->column < y->column);
}

/* the @k largest scores; of equal ones the later columns */
static void
select_k_best(const double *score, guint n, double k, gboolean *keep)
{
    g_autofree SelectRank *rank = g_new(SelectRank, n);
    for (guint i = 0; i < n; i++) {
        rank[i].score = isnan(score[i]) ? -(double)INFINITY : score[i];
        rank[i].column = i;
    }
    qsort(rank, n, sizeof *rank, select_compare);
    for (guint i = 0; i < n; i++)
        keep[rank[i].column] = n - i <= k;
}

/* scores above the percentile; of those just at it the first columns, up to the share asked for */
static void
select_percentile(double *score, guint n, double percentile, gboolean *keep)
{
    guint n_kept = 0;
    g_autofree double *sorted = g_new(double, (gsize)n + 1);
    for (guint i = 0; i < n; i++)
        sorted[i] = score[i] = isnan(score[i]) ? -DBL_MAX : score[i];
    errata_sort_values(sorted, n);
    double threshold = errata_sort_quantile(sorted, n, 1 - percentile / 100);
    for (guint i = 0; i < n; i++) {
        keep[i] = percentile >= 100 || (percentile > 0 && score[i] > threshold);
        n_kept += keep[i] ? 1 : 0;
    }
    for (guint i = 0; percentile > 0 && i < n && n_kept < (guint)(n * percentile / 100); i++)
        if (!keep[i] && score[i] >= threshold) {
            keep[i] = TRUE;
            n_kept++;
        }
}

/* Benjamini and Hochberg's largest p-value that is still below its line; below 0 for none */
static double
select_discovery(const double *p, guint n, double alpha)
{
    g_autofree double *sorted = sk_copy(p, n * sizeof(double));
    double most = -1;
    errata_sort_values(sorted, n);
    for (guint i = 0; i < n; i++)
        if (sorted[i] <= alpha / n * (i + 1))
            most = sorted[i];
    return most;
}

/* @mode: what GenericUnivariateSelect calls it */
static gboolean
select_read_filter(const PickleValue *object,
                   const char *mode,
                   const char *parameter,
                   GArray *raw,
                   GPtrArray *steps,
                   GError **error)
{
    guint n = raw->len;
    gboolean by_score = g_str_equal(mode, "k_best") || g_str_equal(mode, "percentile");
    double value = sk_number(object, parameter, g_str_equal(mode, "k_best") ? n : (double)NAN);
    g_autofree double *told = sk_numbers(object, by_score ? "scores_" : "pvalues_", n, error);
    g_autofree gboolean *keep = g_new0(gboolean, (gsize)n + 1);
    double most = value;
    if (told == NULL)
        return FALSE;
    if (!(value >= 0) || (g_str_equal(mode, "percentile") && value > 100))
        return sk_fail(error, "%s: expected a number, 0 or more", parameter);
    if (g_str_equal(mode, "k_best"))
        select_k_best(told, n, value, keep);
    else if (g_str_equal(mode, "percentile"))
        select_percentile(told, n, value, keep);
    else if (g_str_equal(mode, "fdr"))
        most = select_discovery(told, n, value);
    else if (g_str_equal(mode, "fwe"))
        most = value / n;
    else if (!g_str_equal(mode, "fpr"))
        return sk_refuse(error, "a selection by “%.60s” is not computed", mode);
    for (guint i = 0; !by_score && i < n; i++)
        keep[i] = g_str_equal(mode, "fdr") ? told[i] <= most : told[i] < most;
    return select_mask(keep, raw, steps);
}

static gboolean
select_read_variance(const PickleValue *object, GArray *raw, GPtrArray *steps, GError **error)
{
    g_autofree double *variance = sk_numbers(object, "variances_", raw->len, error);
    g_autofree gboolean *keep = g_new0(gboolean, raw->len + 1);
    double threshold = sk_number(object, "threshold", 0);
    for (guint i = 0; variance != NULL && i < raw->len; i++)
        keep[i] = variance[i] > threshold;
    return variance != NULL && select_mask(keep, raw, steps);
}

static gboolean
select_read_support(const PickleValue *object, GArray *raw, GPtrArray *steps, GError **error)
{
    g_autofree double *support = sk_numbers(object, "support_", raw->len, error);
    g_autofree gboolean *keep = g_new0(gboolean, raw->len + 1);
    for (guint i = 0; support != NULL && i < raw->len; i++)
        keep[i] = support[i] > 0;
    return support != NULL && select_mask(keep, raw, steps);
}

/* norms of a model's coefficients by column; else what its trees say */
static gboolean
select_importances(const PickleValue *model, double order, guint n, double *ret, GError **error)
{
    PickleArray array;
    if (pickle_attribute(model, "coef_") == NULL)
        return sk_tree_importances(model, n, ret, error);
    if (!pickle_array(pickle_attribute(model, "coef_"), &array) || array.n_dimensions > 2 ||
        array.n == 0 || array.n % n != 0)
        return sk_refuse(error, "a selection by coefficients that are no table of %u columns", n);
    for (guint i = 0; i < n; i++) {
        double sum = 0, most = 0;
        for (gsize k = 0; k < array.n / n; k++) {
            double size = fabs(pickle_array_number(&array, k * n + i));
            most = fmax(most, size);
            sum += array.n == n || order <= 1 ? size : pow(size, order);
        }
        ret[i] = array.n == n || order <= 1 ? sum : isinf(order) ? most : pow(sum, 1 / order);
    }
    return TRUE;
}

static double
select_reference(const double *importance, guint n, gboolean median)
{
    double sum = 0;
    if (median) {
        g_autofree double *sorted = sk_copy(importance, n * sizeof(double));
        errata_sort_values(sorted, n);
        return errata_sort_quantile(sorted, n, 0.5);
    }
    for (guint i = 0; i < n; i++)
        sum += importance[i];
    return sum / n;
}

/* models whose own fit makes coefficients 0 are told apart at next to nothing, others at the
 * mean */
static gboolean
select_is_sparse(const PickleValue *model)
{
    const char *penalty = pickle_text(pickle_attribute(model, "penalty"));
    const char *name = pickle_class(model);
    double ratio = sk_number(model, "l1_ratio_", sk_number(model, "l1_ratio", 0));
    return g_strcmp0(penalty, "l1") == 0 || strstr(name, "Lasso") != NULL ||
           (strstr(name, "ElasticNet") != NULL && fabs(ratio - 1) <= 1e-5);
}

/* a number, "mean", "median", or a number times one of them */
static gboolean
select_threshold(const PickleValue *object,
                 const PickleValue *model,
                 const double *importance,
                 guint n,
                 double *ret,
                 GError **error)
{
    const PickleValue *value = pickle_attribute(object, "threshold");
    const char *word = pickle_text(value);
    const char *star = word != NULL ? strchr(word, '*') : NULL;
    double factor = 1;
    if (pickle_number(value, ret))
        return TRUE;
    if (word == NULL && select_is_sparse(model)) {
        *ret = 1e-5;
        return TRUE;
    }
    if (star != NULL) {
        g_autofree char *number = g_strndup(word, (gsize)(star - word));
        g_strstrip(number);
        if (!errata_number_parse_double(number, strlen(number), &factor))
            return sk_fail(error, "threshold: “%.60s” is no factor", number);
    }
    g_autofree char *reference = g_strdup(star != NULL ? star + 1 : word != NULL ? word : "mean");
    g_strstrip(reference);
    if (!g_str_equal(reference, "mean") && !g_str_equal(reference, "median"))
        return sk_refuse(error, "a selection at “%.60s” is not computed", reference);
    *ret = factor * select_reference(importance, n, g_str_equal(reference, "median"));
    return TRUE;
}

/* SelectFromModel: what a model makes of its columns, against a threshold, and no more than so
 * many */
static gboolean
select_read_model(const PickleValue *object, GArray *raw, GPtrArray *steps, GError **error)
{
    const PickleValue *model = pickle_attribute(object, "estimator_");
    const PickleValue *most = pickle_attribute(object, "max_features_");
    const char *getter = pickle_text(pickle_attribute(object, "importance_getter"));
    guint n = raw->len;
    g_autofree double *importance = g_new0(double, (gsize)n + 1);
    g_autofree gboolean *keep = g_new0(gboolean, (gsize)n + 1);
    g_autofree SelectRank *rank = g_new0(SelectRank, (gsize)n + 1);
    double threshold = (double)NAN, left = n;
    if (model == NULL)
        model = pickle_attribute(object, "estimator");
    if (most == NULL)
        most = pickle_attribute(object, "max_features");
    if (pickle_class(model) == NULL)
        return sk_fail(error, "SelectFromModel: expected the model that was fitted");
    if (getter != NULL && !g_str_equal(getter, "auto"))
        return sk_refuse(error, "a selection by “%.60s” of a model is not computed", getter);
    if (most != NULL && most->kind != PICKLE_NONE && !pickle_number(most, &left))
        return sk_refuse(error, "a selection of so many columns as a function says");
    if (!select_importances(model, sk_number(object, "norm_order", 1), n, importance, error) ||
        !select_threshold(object, model, importance, n, &threshold, error))
        return FALSE;
    for (guint i = 0; i < n; i++) {
        rank[i].score = -importance[i];
        rank[i].column = i;
    }
    qsort(rank, n, sizeof *rank, select_compare);
    for (guint i = 0; i < n; i++)
        keep[rank[i].column] = i < left && !(importance[rank[i].column] < threshold);
    return select_mask(keep, raw, steps);
}

/**
 * sk_read_selector:
 * @ret_is: whether @object leaves columns out at all
 *
 * Reads a transformer that leaves columns out to the end of @steps.
 */
gboolean
sk_read_selector(const PickleValue *object,
                 GArray *raw,
                 GPtrArray *steps,
                 gboolean *ret_is,
                 GError **error)
{
    static const struct {
        const char *name;
        const char *mode;
        const char *parameter;
    } filters[] = {{"SelectKBest", "k_best", "k"},
                   {"SelectPercentile", "percentile", "percentile"},
                   {"SelectFpr", "fpr", "alpha"},
                   {"SelectFdr", "fdr", "alpha"},
                   {"SelectFwe", "fwe", "alpha"},
                   {"GenericUnivariateSelect", NULL, "param"}};
    const char *name = pickle_class(object);
    const char *mode = pickle_text(pickle_attribute(object, "mode"));
    *ret_is = TRUE;
    for (guint i = 0; i < G_N_ELEMENTS(filters); i++)
        if (g_str_equal(name, filters[i].name))
            return select_read_filter(object,
                                      filters[i].mode != NULL ? filters[i].mode
                                      : mode != NULL          ? mode
                                                              : "(nothing)",
                                      filters[i].parameter,
                                      raw,
                                      steps,
                                      error);
    if (g_str_equal(name, "VarianceThreshold"))
        return select_read_variance(object, raw, steps, error);
    if (g_str_equal(name, "RFE") || g_str_equal(name, "RFECV") ||
        g_str_equal(name, "SequentialFeatureSelector"))
        return select_read_support(object, raw, steps, error);
    if (g_str_equal(name, "SelectFromModel"))
        return select_read_model(object, raw, steps, error);
    *ret_is = FALSE;
    return TRUE;
}
