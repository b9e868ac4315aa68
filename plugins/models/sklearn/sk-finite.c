/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What scikit-learn raises an error on: transformers look at all that comes in, most of them refuse
 * missing cells and nearly all of them infinite ones, which steps before may have made of large
 * numbers. */
#include <math.h>

#include "sk-private.h"

/**
 * sk_finite_take:
 * @object: a transformer
 * @step: (transfer none): the first step that it was read into
 *
 * Tells the step which cells its class refuses.
 *
 * Source: the calls of check_array and _validate_data in scikit-learn 1.2.
 */
void
sk_finite_take(const PickleValue *object, SkStep *step)
{
    static const char *const all[] = {"Pipeline",
                                      "ColumnTransformer",
                                      "FeatureUnion",
                                      "FunctionTransformer",
                                      "VarianceThreshold",
                                      "CountVectorizer",
                                      "TfidfVectorizer",
                                      "HashingVectorizer",
                                      NULL};
    static const char *const missing[] = {"StandardScaler",
                                          "RobustScaler",
                                          "MaxAbsScaler",
                                          "MinMaxScaler",
                                          "PowerTransformer",
                                          "QuantileTransformer",
                                          "OneHotEncoder",
                                          "OrdinalEncoder",
                                          NULL};
    static const char *const imputers[] = {"SimpleImputer",
                                           "KNNImputer",
                                           "IterativeImputer",
                                           "MissingIndicator",
                                           NULL};
    const char *name = pickle_class(object);
    const PickleValue *within = pickle_attribute(object, "estimator_");

    /* what chooses columns by a model takes what the model takes */
    if (g_strv_contains(all, name) || (within != NULL && sk_is_booster(within)))
        return;
    step->refuses_infinite = TRUE;
    step->refuses_missing = !g_strv_contains(missing, name) &&
                            !(g_strv_contains(imputers, name) &&
                              isnan(sk_number(object, "missing_values", (double)NAN)));
}

/**
 * sk_finite_refuses:
 * @step: a step
 * @in: (array): what comes in
 *
 * Returns: whether the library would raise an error on the row
 */
gboolean
sk_finite_refuses(const SkStep *step, const double *in)
{
    if (!step->refuses_infinite)
        return FALSE;
    for (guint i = 0; i < step->n_in; i++)
        if (isinf(in[i]) || (step->refuses_missing && isnan(in[i])))
            return TRUE;
    return FALSE;
}
