/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From what a regression gives back to its target: what TransformedTargetRegressor fitted to the
 * target, undone step by step, the last one first. */
#include <float.h>
#include <math.h>

#include "sk-private.h"

#define UNDO_STEPS  8
#define UNDO_MOST   64
#define UNDO_BOUNDS 1e-7 /* QuantileTransformer: what is as near to the end is the end */

typedef enum {
    UNDO_FUNCTION,
    UNDO_SCALE,
    UNDO_BOX_COX,
    UNDO_YEO_JOHNSON,
    UNDO_RANK,
    UNDO_NORMAL_RANK,
} UndoKind;

typedef struct {
    UndoKind kind;
    SkFunction function;
    double scale; /* of SCALE */
    double shift;
    double lambda;
    double *rank; /* (array length=n): of the RANKs, with the values there */
    double *value;
    guint n;
} UndoStep;

/* @n_read: transformers looked at, also those that do nothing: a file can name one again and
 *   again */
struct _SkUndo {
    UndoStep step[UNDO_STEPS];
    guint n;
    guint n_read;
};

void
sk_undo_free(SkUndo *self)
{
    for (guint i = 0; i < self->n; i++) {
        g_free(self->step[i].rank);
        g_free(self->step[i].value);
    }
    g_free(self);
}

static UndoStep *
undo_add(SkUndo *self, UndoKind kind, GError **error)
{
    if (self->n == UNDO_STEPS) {
        sk_refuse(error, "a target that is transformed more than %d times", UNDO_STEPS);
        return NULL;
    }
    UndoStep *step = &self->step[self->n++];
    step->kind = kind;
    step->scale = 1;
    return step;
}

/* a number of the transformer, which has one per target */
static gboolean
undo_number(const PickleValue *object, const char *name, double *ret, GError **error)
{
    PickleArray array;
    if (!pickle_array(pickle_attribute(object, name), &array) || array.n == 0)
        return sk_fail(error, "%s: expected an array of one number", name);
    if (array.n != 1)
        return sk_refuse(error, "a target of several numbers that is transformed");
    *ret = pickle_array_number(&array, 0);
    return isfinite(*ret) || sk_fail(error, "%s: expected a number", name);
}

static gboolean
undo_read_scaler(SkUndo *self, const PickleValue *scaler, GError **error)
{
    const char *name = pickle_class(scaler);
    gboolean standard = g_str_equal(name, "StandardScaler");
    gboolean range = g_str_equal(name, "MinMaxScaler");
    gboolean scaled = standard ? sk_flag(scaler, "with_std", TRUE)
                               : sk_flag(scaler, "with_scaling", TRUE);
    gboolean shifted = standard ? sk_flag(scaler, "with_mean", TRUE)
                                : !g_str_equal(name, "MaxAbsScaler") &&
                                      sk_flag(scaler, "with_centering", TRUE);
    const char *shift = standard ? "mean_" : range ? "min_" : "center_";
    UndoStep *step = undo_add(self, UNDO_SCALE, error);
    if (step == NULL || (scaled && !undo_number(scaler, "scale_", &step->scale, error)) ||
        (shifted && !undo_number(scaler, shift, &step->shift, error)))
        return FALSE;
    if (range) {
        step->scale = 1 / step->scale;
        step->shift *= -step->scale;
    }
    return !range || !sk_flag(scaler, "clip", FALSE) ||
           sk_refuse(error, "a target that was clipped to its range");
}

static gboolean
undo_read_power(SkUndo *self, const PickleValue *object, GError **error)
{
    gboolean box_cox = g_strcmp0(pickle_text(pickle_attribute(object, "method")), "box-cox") == 0;
    const PickleValue *scaler = pickle_attribute(object, "_scaler");
    if (sk_flag(object, "standardize", TRUE) &&
        !pickle_is_a(scaler, "sklearn.preprocessing", "StandardScaler"))
        return sk_fail(error, "_scaler: expected a StandardScaler");
    if (sk_flag(object, "standardize", TRUE) && !undo_read_scaler(self, scaler, error))
        return FALSE;
    UndoStep *step = undo_add(self, box_cox ? UNDO_BOX_COX : UNDO_YEO_JOHNSON, error);
    return step != NULL && undo_number(object, "lambdas_", &step->lambda, error);
}

static gboolean
undo_read_ranks(SkUndo *self, const PickleValue *object, GError **error)
{
    const char *shape = pickle_text(pickle_attribute(object, "output_distribution"));
    gboolean normal = g_strcmp0(shape, "normal") == 0;
    UndoStep *step = undo_add(self, normal ? UNDO_NORMAL_RANK : UNDO_RANK, error);
    PickleArray ranks, values;
    if (step == NULL)
        return FALSE;
    if (!pickle_array(pickle_attribute(object, "references_"), &ranks) ||
        !pickle_array(pickle_attribute(object, "quantiles_"), &values) || ranks.n == 0 ||
        ranks.n > G_MAXINT)
        return sk_fail(error, "quantiles_: expected a row for each of references_");
    if (values.n != ranks.n)
        return sk_refuse(error, "a target of several numbers that is transformed");
    step->n = (guint)ranks.n;
    step->rank = sk_numbers(object, "references_", ranks.n, error);
    step->value = sk_numbers(object, "quantiles_", ranks.n, error);
    return step->rank != NULL && step->value != NULL;
}

static gboolean
undo_read_function(SkUndo *self, const PickleValue *object, GError **error)
{
    const PickleValue *inverse = pickle_attribute(object, "inverse_func");
    if (inverse == NULL || inverse->kind == PICKLE_NONE)
        return TRUE;
    SkFunction function = sk_function_of(inverse);
    if (function == SK_NO_FUNCTION)
        return sk_refuse(error, "a target transformed by a function is not computed");
    UndoStep *step = undo_add(self, UNDO_FUNCTION, error);
    if (step != NULL)
        step->function = function;
    return step != NULL;
}

static gboolean
undo_read(SkUndo *self, const PickleValue *object, GError **error)
{
    static const char *const scalers[] = {"StandardScaler",
                                          "RobustScaler",
                                          "MaxAbsScaler",
                                          "MinMaxScaler",
                                          NULL};
    const char *name = pickle_class(object);
    const PickleValue *steps = pickle_attribute(object, "steps");
    if (self->n_read++ >= UNDO_MOST)
        return sk_refuse(error, "a target that is transformed more than %d times", UNDO_MOST);
    if (name == NULL || !g_str_has_prefix(pickle_module(object), "sklearn."))
        return sk_refuse(error, "a target transformed by a function is not computed");
    if (g_str_equal(name, "FunctionTransformer"))
        return undo_read_function(self, object, error);
    if (g_strv_contains(scalers, name))
        return undo_read_scaler(self, object, error);
    if (g_str_equal(name, "PowerTransformer"))
        return undo_read_power(self, object, error);
    if (g_str_equal(name, "QuantileTransformer"))
        return undo_read_ranks(self, object, error);
    if (!g_str_equal(name, "Pipeline"))
        return sk_refuse(error, "a target transformed by %s is not computed", name);
    for (guint i = pickle_n_items(steps); i-- > 0;) {
        const PickleValue *step = pickle_item(pickle_item(steps, i), 1);
        if (g_strcmp0(pickle_text(step), "passthrough") != 0 && !undo_read(self, step, error))
            return FALSE;
    }
    return TRUE;
}

/**
 * sk_undo_new:
 * @transformer: what was fitted to the target
 *
 * Source: scikit-learn 1.2, inverse_transform of _data.py, _function_transformer.py and
 * pipeline.py.
 *
 * Errors: %ERRATA_ERROR_UNSUPPORTED, naming what is not undone.
 *
 * Returns: (transfer full) (nullable): how to undo it
 */
SkUndo *
sk_undo_new(const PickleValue *transformer, GError **error)
{
    SkUndo *self = g_new0(SkUndo, 1);
    if (undo_read(self, transformer, error))
        return self;
    sk_undo_free(self);
    return NULL;
}

/* the value at a rank, on the line between the two ranks around it */
static double
undo_rank(const UndoStep *step, double x)
{
    gboolean normal = step->kind == UNDO_NORMAL_RANK;
    guint at = 0;
    guint last = step->n - 1;
    if (normal)
        x = erfc(-x / G_SQRT2) / 2;
    if (isnan(x))
        return x;
    if (x <= 0 || (normal && x - UNDO_BOUNDS < 0))
        return step->value[0];
    if (x >= 1 || (normal && x + UNDO_BOUNDS > 1) || x >= step->rank[last])
        return step->value[last];
    if (x <= step->rank[0])
        return step->value[0];
    while (at + 1 < last && step->rank[at + 1] <= x)
        at++;
    double slope = (step->value[at + 1] - step->value[at]) / (step->rank[at + 1] - step->rank[at]);
    return slope * (x - step->rank[at]) + step->value[at];
}

static double
undo_yeo_johnson(double lambda, double x)
{
    double other = 2 - lambda;
    if (x >= 0)
        return fabs(lambda) < DBL_EPSILON ? exp(x) - 1 : pow(x * lambda + 1, 1 / lambda) - 1;
    return fabs(lambda - 2) > DBL_EPSILON ? 1 - pow(-other * x + 1, 1 / other) : 1 - exp(-x);
}

double
sk_undo_value(const SkUndo *self, double x)
{
    for (guint i = 0; self != NULL && i < self->n; i++) {
        const UndoStep *step = &self->step[i];
        switch (step->kind) {
        case UNDO_FUNCTION:
            x = sk_function_value(step->function, x);
            break;
        case UNDO_SCALE:
            x = x * step->scale + step->shift;
            break;
        case UNDO_BOX_COX:
            x = fabs(step->lambda) > 0 ? pow(x * step->lambda + 1, 1 / step->lambda) : exp(x);
            break;
        case UNDO_YEO_JOHNSON:
            x = isnan(x) ? x : undo_yeo_johnson(step->lambda, x);
            break;
        case UNDO_RANK:
        case UNDO_NORMAL_RANK:
        default:
            x = undo_rank(step, x);
            break;
        }
    }
    return x;
}

/* how much the target is of what is undone; NaN where more than scales are */
double
sk_undo_scale(const SkUndo *self)
{
    double scale = 1;
    for (guint i = 0; self != NULL && i < self->n; i++)
        scale *= self->step[i].kind == UNDO_SCALE ? self->step[i].scale : (double)NAN;
    return scale;
}

/* what the trees' margins are made into: the target itself but for a scale, its exponential, or
 * else */
ErrataLink
sk_undo_link(const SkUndo *self, ErrataLink link)
{
    if (!isnan(sk_undo_scale(self)))
        return link;
    return self->n == 1 && self->step[0].kind == UNDO_FUNCTION &&
                   self->step[0].function == SK_FUNCTION_EXP && link == ERRATA_LINK_IDENTITY
               ? ERRATA_LINK_EXP
               : ERRATA_LINK_OTHER;
}
