/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether the columns between steps are a sparse matrix of scipy, which does not hold its zeros.
 * To scikit-learn's models and to LightGBM they are zeros all the same; XGBoost takes what is not
 * held for missing. */
#include <math.h>

#include "sk-private.h"

/* a part whose weight is 0 holds its numbers all the same */
static gboolean
zeros_are_weighed(const PickleValue *object)
{
    const PickleValue *weights = pickle_attribute(object, "transformer_weights");
    double weight;

    for (guint i = 1;
         weights != NULL && weights->kind == PICKLE_DICT && i < pickle_n_items(weights);
         i += 2)
        if (pickle_number(pickle_item(weights, i), &weight) && !(fabs(weight) > 0))
            return TRUE;
    return FALSE;
}

/* steps that are sparse whatever comes in */
static SkZeros
zeros_made(const PickleValue *object, const char *name)
{
    const PickleValue *sparse = pickle_attribute(object, "sparse");
    gboolean is = FALSE;

    if (g_str_equal(name, "OneHotEncoder"))
        is = sk_flag(object, "sparse_output", sk_flag(object, "sparse", TRUE));
    else if (g_str_equal(name, "KBinsDiscretizer"))
        is = g_strcmp0(pickle_text(pickle_attribute(object, "encode")), "onehot") == 0;
    else if (g_str_equal(name, "MissingIndicator"))
        is = sparse != NULL && sparse->kind == PICKLE_BOOL && sparse->integer != 0;
    else if (g_str_equal(name, "SplineTransformer"))
        return sk_flag(object, "sparse_output", FALSE) ? SK_ZEROS_UNSURE : SK_ZEROS_KEPT;
    else if (g_str_equal(name, "HashingVectorizer"))
        return sk_flag(object, "alternate_sign", TRUE) ? SK_ZEROS_UNSURE : SK_ZEROS_LEFT_OUT;
    else
        is = sk_is_vectorizer(object);
    return is ? SK_ZEROS_LEFT_OUT : SK_ZEROS_KEPT;
}

/**
 * sk_zeros_after:
 * @object: a step that was read
 * @before: of what came in; of what its parts give, where it has some
 *
 * Source: the transform methods of scikit-learn 0.20 to 1.7.
 *
 * Returns: what becomes of the zeros that it gives
 */
SkZeros
sk_zeros_after(const PickleValue *object, SkZeros before)
{
    static const char *const keep[] = {"Pipeline",
                                       "FeatureUnion",
                                       "StandardScaler",
                                       "MaxAbsScaler",
                                       "RobustScaler",
                                       "Normalizer",
                                       "TfidfTransformer",
                                       "PolynomialFeatures",
                                       "Binarizer",
                                       "SelectKBest",
                                       "SelectPercentile",
                                       "SelectFpr",
                                       "SelectFdr",
                                       "SelectFwe",
                                       "GenericUnivariateSelect",
                                       "VarianceThreshold",
                                       "SelectFromModel",
                                       "RFE",
                                       "RFECV",
                                       "SequentialFeatureSelector",
                                       NULL};
    /* some of what they hold may be zero */
    static const char *const blur[] = {"FunctionTransformer",
                                       "SimpleImputer",
                                       "MissingIndicator",
                                       "QuantileTransformer",
                                       NULL};
    const char *name = pickle_class(object);
    const PickleValue *function = pickle_attribute(object, "func");
    SkZeros made = zeros_made(object, name);

    if (g_str_equal(name, "ColumnTransformer") && !sk_flag(object, "sparse_output_", FALSE))
        return SK_ZEROS_KEPT;
    if (before != SK_ZEROS_KEPT && zeros_are_weighed(object))
        return SK_ZEROS_UNSURE;
    if (g_str_equal(name, "ColumnTransformer"))
        return before != SK_ZEROS_KEPT ? before : SK_ZEROS_UNSURE;
    if (g_strv_contains(keep, name) || (function != NULL && function->kind == PICKLE_NONE))
        return before;
    if (made == SK_ZEROS_KEPT && before != SK_ZEROS_KEPT && g_strv_contains(blur, name))
        return SK_ZEROS_UNSURE;
    return made;
}
