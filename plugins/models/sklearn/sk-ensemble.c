/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scikit-learn's models of models: votes, bags, AdaBoost, stacks, calibration, one class against
 * the rest. Members see the columns that the ensemble sees, or some of them. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "error.h"
#include "limit.h"
#include "sk-private.h"

typedef enum {
    ENSEMBLE_MEAN,   /* of values */
    ENSEMBLE_SHARES, /* of probabilities */
    ENSEMBLE_VOTES,
    ENSEMBLE_MARGINS,    /* their mean */
    ENSEMBLE_ADA_SHARES, /* SAMME.R */
    ENSEMBLE_ADA_VOTES,  /* SAMME */
    ENSEMBLE_MEDIAN,     /* weighted */
    ENSEMBLE_STACK,
    ENSEMBLE_CALIBRATED,
    ENSEMBLE_REST,
} EnsembleKind;

typedef enum {
    METHOD_PREDICT,
    METHOD_MARGIN,
    METHOD_SHARES,
} EnsembleMethod;

/* from a margin to a probability: a sigmoid, or lines between points */
typedef struct {
    double slope;
    double shift;
    gsize n;
    double *x; /* (nullable) */
    double *y;
} EnsembleCurve;

/**
 * EnsembleMember:
 * @columns: (element-type guint) (nullable): those it sees
 * @of_class: (array length=n_classes): the ensemble's class for each of its own
 * @curves: (element-type EnsembleCurve) (nullable): of a calibration
 */
typedef struct {
    SkBody *body;
    double weight;
    GArray *columns;
    guint *of_class;
    EnsembleMethod method;
    GPtrArray *curves;
} EnsembleMember;

/**
 * SkEnsemble:
 * @last: (nullable): of a stack: what sees the members' answers
 * @passthrough: it sees the columns too
 */
struct _SkEnsemble {
    EnsembleKind kind;
    GPtrArray *members;
    EnsembleMember *last;
    gboolean passthrough;
};

static void
ensemble_curve_free(gpointer data)
{
    EnsembleCurve *curve = data;
    g_free(curve->x);
    g_free(curve->y);
    g_free(curve);
}

static void
ensemble_member_free(gpointer data)
{
    EnsembleMember *member = data;
    if (member == NULL)
        return;
    g_clear_pointer(&member->body, sk_body_free);
    g_clear_pointer(&member->columns, g_array_unref);
    g_clear_pointer(&member->curves, g_ptr_array_unref);
    g_free(member->of_class);
    g_free(member);
}

void
sk_ensemble_free(SkEnsemble *self)
{
    g_ptr_array_unref(self->members);
    ensemble_member_free(self->last);
    g_free(self);
}

/* the ensemble's class for each of a member's: by label, or members know classes by their
 * numbers */
static gboolean
ensemble_map_classes(const SkBody *body, EnsembleMember *member, gboolean by_number, GError **error)
{
    const SkBody *own = member->body;
    if (own->n_classes == 0)
        return TRUE;
    member->of_class = g_new0(guint, own->n_classes);
    for (guint k = 0; k < own->n_classes; k++) {
        guint found = body->n_classes;
        double number = own->class_number != NULL ? own->class_number[k] : (double)NAN;
        for (guint c = 0; !by_number && c < body->n_classes; c++)
            if (g_str_equal(body->class_name->pdata[c], own->class_name->pdata[k]))
                found = c;
        if (by_number && number >= 0 && number < body->n_classes)
            found = (guint)number;
        if (found >= body->n_classes)
            return sk_refuse(error,
                             "a model within knows the class “%s”, which the whole does not",
                             (const char *)own->class_name->pdata[k]);
        member->of_class[k] = found;
    }
    return TRUE;
}

static EnsembleMember *
ensemble_read_member(SkReader *reader,
                     const PickleValue *object,
                     const PickleValue *columns,
                     gboolean by_number,
                     GError **error)
{
    EnsembleMember *member = g_new0(EnsembleMember, 1);
    PickleArray which;
    g_autoptr(GArray) raw = g_array_copy(reader->raw);
    member->weight = 1;
    if (pickle_array(columns, &which)) {
        g_array_set_size(raw, 0);
        member->columns = g_array_new(FALSE, FALSE, sizeof(guint));
        for (gsize i = 0; i < which.n; i++) {
            double number = pickle_array_number(&which, i);
            guint column = number >= 0 && number < reader->raw->len ? (guint)number : G_MAXUINT;
            if (column == G_MAXUINT) {
                sk_fail(error, "a model within sees column %g of %u", number, reader->raw->len);
                ensemble_member_free(member);
                return NULL;
            }
            g_array_append_val(member->columns, column);
            g_array_append_val(raw, g_array_index(reader->raw, guint, column));
        }
    }
    member->body = sk_read_member(reader, object, raw, error);
    if (member->body != NULL && ensemble_map_classes(reader->body, member, by_number, error))
        return member;
    ensemble_member_free(member);
    return NULL;
}

static gboolean
ensemble_read_members(SkReader *reader,
                      const PickleValue *object,
                      gboolean by_number,
                      GError **error)
{
    SkEnsemble *self = reader->body->ensemble;
    const PickleValue *list = pickle_attribute(object, "estimators_");
    const PickleValue *columns = pickle_attribute(object, "estimators_features_");
    guint n = pickle_n_items(list);
    if (n == 0 || n > ERRATA_LIMIT_TREES)
        return sk_fail(error, "expected a list estimators_");
    for (guint i = 0; i < n; i++) {
        EnsembleMember *member = ensemble_read_member(reader,
                                                      pickle_item(list, i),
                                                      pickle_item(columns, i),
                                                      by_number,
                                                      error);
        if (member == NULL)
            return FALSE;
        g_ptr_array_add(self->members, member);
    }
    return TRUE;
}

static const EnsembleMember *
ensemble_member(const SkEnsemble *self, guint index)
{
    return self->members->pdata[index];
}

/* weights of those estimators that were not dropped */
static gboolean
ensemble_read_weights(SkEnsemble *self, const PickleValue *object, GError **error)
{
    const PickleValue *weights = pickle_attribute(object, "weights");
    const PickleValue *list = pickle_attribute(object, "estimators");
    PickleArray array;
    gboolean is_array = pickle_array(weights, &array);
    guint at = 0;
    if (weights == NULL || weights->kind == PICKLE_NONE)
        return TRUE;
    for (guint i = 0; i < pickle_n_items(list); i++) {
        const char *word = pickle_text(pickle_item(pickle_item(list, i), 1));
        double weight = is_array && i < array.n ? pickle_array_number(&array, i) : (double)NAN;
        if (!is_array && !pickle_number(pickle_item(weights, i), &weight))
            weight = (double)NAN;
        if (g_strcmp0(word, "drop") == 0)
            continue;
        if (at >= self->members->len || !isfinite(weight))
            return sk_fail(error, "weights: expected a number per estimator");
        ((EnsembleMember *)self->members->pdata[at++])->weight = weight;
    }
    return at == self->members->len || sk_fail(error, "weights: expected a number per estimator");
}

static gboolean
ensemble_all_have_shares(const SkEnsemble *self)
{
    for (guint i = 0; i < self->members->len; i++)
        if (!sk_body_has_shares(ensemble_member(self, i)->body))
            return FALSE;
    return TRUE;
}

static gboolean
ensemble_read_vote(SkReader *reader, const PickleValue *object, gboolean is_bag, GError **error)
{
    SkBody *body = reader->body;
    SkEnsemble *self = body->ensemble;
    const char *voting = pickle_text(pickle_attribute(object, "voting"));
    if (!ensemble_read_members(reader, object, TRUE, error) ||
        (!is_bag && !ensemble_read_weights(self, object, error)))
        return FALSE;
    gboolean soft = is_bag ? ensemble_all_have_shares(self) : g_strcmp0(voting, "soft") == 0;
    if (soft && !ensemble_all_have_shares(self))
        return sk_refuse(error, "a soft vote of a model that gives no probabilities");
    body->n_margins = body->n_classes > 0 ? body->n_classes : 1;
    self->kind = body->n_classes == 0 ? ENSEMBLE_MEAN : soft ? ENSEMBLE_SHARES : ENSEMBLE_VOTES;
    /* a bag of votes gives their shares as probabilities */
    body->link = body->n_classes == 0 || (!soft && !is_bag) ? SK_LINK_NONE : SK_LINK_SHARES;
    gboolean by_share = TRUE;
    body->hides_margins = is_bag && body->n_classes > 0 &&
                          (!sk_body_is_asked(ensemble_member(self, 0)->body, &by_share, NULL) ||
                           !by_share);
    return TRUE;
}

static gboolean
ensemble_read_ada(SkReader *reader, const PickleValue *object, GError **error)
{
    SkBody *body = reader->body;
    SkEnsemble *self = body->ensemble;
    const char *algorithm = pickle_text(pickle_attribute(object, "algorithm"));
    PickleArray weights;
    if (!ensemble_read_members(reader, object, FALSE, error))
        return FALSE;
    if (!pickle_array(pickle_attribute(object, "estimator_weights_"), &weights) ||
        weights.n < self->members->len)
        return sk_fail(error, "estimator_weights_: expected a number per estimator");
    for (guint i = 0; i < self->members->len; i++)
        ((EnsembleMember *)self->members->pdata[i])->weight = pickle_array_number(&weights, i);
    body->n_margins = body->n_classes > 2 ? body->n_classes : 1;
    body->link = body->n_classes > 0 ? SK_LINK_OWN : SK_LINK_NONE;
    self->kind = body->n_classes == 0                   ? ENSEMBLE_MEDIAN
                 : g_strcmp0(algorithm, "SAMME.R") == 0 ? ENSEMBLE_ADA_SHARES
                                                        : ENSEMBLE_ADA_VOTES;
    if (self->kind == ENSEMBLE_ADA_SHARES && !ensemble_all_have_shares(self))
        return sk_refuse(error, "SAMME.R of models that give no probabilities");
    return TRUE;
}

static guint
ensemble_n_columns(const EnsembleMember *member)
{
    guint n = member->body->n_classes;
    switch (member->method) {
    case METHOD_SHARES:
        return n == 2 ? 1 : n;
    case METHOD_MARGIN:
        return member->body->n_margins;
    case METHOD_PREDICT:
    default:
        return 1;
    }
}

static gboolean
ensemble_read_stack(SkReader *reader, const PickleValue *object, GError **error)
{
    static const char *const names[] = {"predict", "decision_function", "predict_proba"};
    SkBody *body = reader->body;
    SkEnsemble *self = body->ensemble;
    const PickleValue *methods = pickle_attribute(object, "stack_method_");
    GArray *outer = reader->raw;
    g_autoptr(GArray) raw = g_array_new(FALSE, FALSE, sizeof(guint));
    guint none = G_MAXUINT;
    self->kind = ENSEMBLE_STACK;
    self->passthrough = sk_flag(object, "passthrough", FALSE);
    /* models that were fitted before know the labels themselves */
    gboolean prefit = g_strcmp0(pickle_text(pickle_attribute(object, "cv")), "prefit") == 0;
    if (!ensemble_read_members(reader, object, !prefit, error))
        return FALSE;
    for (guint i = 0; i < self->members->len; i++) {
        EnsembleMember *member = self->members->pdata[i];
        const char *name = pickle_text(pickle_item(methods, i));
        gboolean by_share = TRUE;
        for (guint m = 0; name != NULL && m < G_N_ELEMENTS(names); m++)
            if (g_str_equal(name, names[m]))
                member->method = (EnsembleMethod)m;
        if (name == NULL ||
            (member->method == METHOD_SHARES && !sk_body_has_shares(member->body)) ||
            (member->method == METHOD_MARGIN &&
             (!sk_body_is_asked(member->body, &by_share, NULL) || by_share)))
            return sk_refuse(error,
                             "a stack that asks a model for %s",
                             name != NULL ? name : "something unknown");
        for (guint k = 0; k < ensemble_n_columns(member); k++)
            g_array_append_val(raw, none);
    }
    for (guint i = 0; self->passthrough && i < outer->len; i++)
        g_array_append_val(raw, none);
    SkZeros before = reader->zeros;
    reader->zeros = self->passthrough ? before : SK_ZEROS_KEPT;
    reader->raw = raw;
    self->last = ensemble_read_member(reader,
                                      pickle_attribute(object, "final_estimator_"),
                                      NULL,
                                      TRUE,
                                      error);
    reader->raw = outer;
    reader->zeros = before;
    if (self->last == NULL)
        return FALSE;
    if (self->last->body->n_classes != body->n_classes)
        return sk_refuse(error, "a stack whose last model knows other classes");
    body->n_margins = self->last->body->n_margins;
    body->link = body->n_classes == 0                   ? SK_LINK_NONE
                 : sk_body_has_shares(self->last->body) ? SK_LINK_OWN
                                                        : SK_LINK_NONE;
    if (self->last->body->link == SK_LINK_SHARES)
        body->link = SK_LINK_SHARES;
    body->hides_margins = self->last->body->hides_margins;
    return sk_body_is_asked(self->last->body, &body->only_shares, NULL) || body->hides_margins;
}

static EnsembleCurve *
ensemble_read_curve(const PickleValue *object, GError **error)
{
    EnsembleCurve *curve = g_new0(EnsembleCurve, 1);
    PickleArray x;
    const char *name = pickle_class(object);
    curve->slope = sk_number(object, "a_", (double)NAN);
    curve->shift = sk_number(object, "b_", (double)NAN);
    if (g_strcmp0(name, "_SigmoidCalibration") == 0 && !isnan(curve->slope + curve->shift))
        return curve;
    if (g_strcmp0(name, "IsotonicRegression") == 0 &&
        pickle_array(pickle_attribute(object, "X_thresholds_"), &x) && x.n > 0) {
        curve->n = x.n;
        curve->x = sk_numbers(object, "X_thresholds_", x.n, error);
        curve->y = curve->x != NULL ? sk_numbers(object, "y_thresholds_", x.n, error) : NULL;
        if (curve->y != NULL)
            return curve;
    } else
        sk_refuse(error, "a calibration by %s is not computed", name != NULL ? name : "a function");
    ensemble_curve_free(curve);
    return NULL;
}

static gboolean
ensemble_choose_method(EnsembleMember *member, GError **error)
{
    gboolean by_share = FALSE;
    if (!sk_body_is_asked(member->body, &by_share, error))
        return FALSE;
    member->method = by_share ? METHOD_SHARES : METHOD_MARGIN;
    return TRUE;
}

/* a bag whose models give margins is asked for their mean by what calibrates it */
static void
ensemble_bag_margins(SkBody *body)
{
    const SkEnsemble *self = body->ensemble;
    if (self == NULL || !body->hides_margins ||
        (self->kind != ENSEMBLE_VOTES && self->kind != ENSEMBLE_SHARES))
        return;
    guint n = ensemble_member(self, 0)->body->n_margins;
    for (guint i = 0; i < self->members->len; i++) {
        const EnsembleMember *member = ensemble_member(self, i);
        gboolean by_share = TRUE;
        if (!sk_body_is_asked(member->body, &by_share, NULL) || by_share ||
            member->body->n_margins != n || member->body->n_classes != body->n_classes)
            return;
    }
    body->ensemble->kind = ENSEMBLE_MARGINS;
    body->n_margins = n;
    body->link = SK_LINK_NONE;
    body->hides_margins = FALSE;
}

static gboolean
ensemble_read_calibrated(SkReader *reader, const PickleValue *object, GError **error)
{
    SkBody *body = reader->body;
    SkEnsemble *self = body->ensemble;
    const PickleValue *list = pickle_attribute(object, "calibrated_classifiers_");
    self->kind = ENSEMBLE_CALIBRATED;
    body->n_margins = body->n_classes;
    body->link = SK_LINK_SHARES;
    for (guint i = 0; i < pickle_n_items(list); i++) {
        const PickleValue *item = pickle_item(list, i);
        const PickleValue *within = pickle_attribute(item, "estimator");
        const PickleValue *curves = pickle_attribute(item, "calibrators");
        if (within == NULL)
            within = pickle_attribute(item, "base_estimator");
        if (curves == NULL)
            curves = pickle_attribute(item, "calibrators_");
        EnsembleMember *member = ensemble_read_member(reader, within, NULL, FALSE, error);
        if (member == NULL)
            return FALSE;
        g_ptr_array_add(self->members, member);
        ensemble_bag_margins(member->body);
        /* margins before probabilities, as scikit-learn asks for them */
        if (!ensemble_choose_method(member, error))
            return FALSE;
        member->curves = g_ptr_array_new_with_free_func(ensemble_curve_free);
        if (pickle_n_items(curves) != ensemble_n_columns(member))
            return sk_fail(error, "a calibration: expected %u curves", ensemble_n_columns(member));
        for (guint k = 0; k < pickle_n_items(curves); k++) {
            EnsembleCurve *curve = ensemble_read_curve(pickle_item(curves, k), error);
            if (curve == NULL)
                return FALSE;
            g_ptr_array_add(member->curves, curve);
        }
    }
    return self->members->len > 0 || sk_fail(error, "a calibration without models");
}

static gboolean
ensemble_read_rest(SkReader *reader, const PickleValue *object, GError **error)
{
    SkBody *body = reader->body;
    SkEnsemble *self = body->ensemble;
    const PickleValue *list = pickle_attribute(object, "estimators_");
    guint n = body->n_classes == 2 ? 1 : body->n_classes;
    self->kind = ENSEMBLE_REST;
    if (pickle_n_items(list) != n)
        return sk_refuse(error, "one against the rest of several labels at once");
    for (guint k = 0; k < n; k++) {
        EnsembleMember *member = g_new0(EnsembleMember, 1);
        member->body = sk_read_member(reader, pickle_item(list, k), reader->raw, error);
        if (member->body == NULL) {
            g_free(member);
            return FALSE;
        }
        g_ptr_array_add(self->members, member);
        if (!ensemble_choose_method(member, error))
            return FALSE;
        if (member->body->n_classes != 2 || member->body->n_margins == 0)
            return sk_refuse(error,
                             "one against the rest by a model of %u classes",
                             member->body->n_classes);
    }
    body->n_margins = n;
    body->link = ensemble_all_have_shares(self) ? SK_LINK_OWN : SK_LINK_NONE;
    body->only_shares = ensemble_member(self, 0)->method == METHOD_SHARES;
    return TRUE;
}

/**
 * sk_read_ensemble:
 * @ret_is: whether @object is a model of models at all
 *
 * Reads it into the reader's body.
 */
gboolean
sk_read_ensemble(SkReader *reader, const PickleValue *object, gboolean *ret_is, GError **error)
{
    const char *name = pickle_class(object);
    SkBody *body = reader->body;
    gboolean vote = g_str_has_prefix(name, "Voting");
    gboolean bag = g_str_has_prefix(name, "Bagging");
    gboolean ada = g_str_has_prefix(name, "AdaBoost");
    gboolean stack = g_str_has_prefix(name, "Stacking");
    gboolean calibrated = g_str_equal(name, "CalibratedClassifierCV");
    *ret_is = vote || bag || ada || stack || calibrated || g_str_equal(name, "OneVsRestClassifier");
    if (!*ret_is)
        return TRUE;
    body->kind = SK_ENSEMBLE;
    body->ensemble = g_new0(SkEnsemble, 1);
    body->ensemble->members = g_ptr_array_new_with_free_func(ensemble_member_free);
    if ((body->n_classes > 0) == (g_str_has_suffix(name, "Regressor") != FALSE))
        return sk_fail(error, "%s without classes, or with too many", name);
    if (vote || bag)
        return ensemble_read_vote(reader, object, bag, error);
    if (ada)
        return ensemble_read_ada(reader, object, error);
    if (stack)
        return ensemble_read_stack(reader, object, error);
    return calibrated ? ensemble_read_calibrated(reader, object, error)
                      : ensemble_read_rest(reader, object, error);
}

/* what a member says of a row, in room that the caller clears; @whole lacks what a member lacks */
static void
ensemble_ask(const EnsembleMember *member, const double *x, SkAnswer *whole, SkAnswer *answer)
{
    g_autofree double *some = NULL;
    sk_answer_init(answer, member->body);
    if (member->columns != NULL) {
        some = g_new(double, member->columns->len + 1);
        for (guint i = 0; i < member->columns->len; i++)
            some[i] = x[g_array_index(member->columns, guint, i)];
    }
    sk_body_answer(member->body, some != NULL ? some : x, answer);
    whole->lacks |= answer->lacks;
}

static void
ensemble_mean(const SkEnsemble *self, const SkBody *body, const double *x, SkAnswer *answer)
{
    double total = 0;
    for (guint k = 0; k < body->n_margins; k++)
        answer->margin[k] = 0;
    for (guint i = 0; i < self->members->len; i++) {
        const EnsembleMember *member = ensemble_member(self, i);
        g_auto(SkAnswer) own = {0};
        ensemble_ask(member, x, answer, &own);
        total += member->weight;
        if (self->kind == ENSEMBLE_MEAN)
            answer->margin[0] += member->weight * own.value;
        else if (self->kind == ENSEMBLE_VOTES)
            answer->margin[member->of_class[own.best]] += member->weight;
        for (guint k = 0; self->kind == ENSEMBLE_SHARES && k < member->body->n_classes; k++)
            answer->margin[member->of_class[k]] += member->weight * own.share[k];
    }
    for (guint k = 0;
         (self->kind != ENSEMBLE_VOTES || body->link == SK_LINK_SHARES) && k < body->n_margins;
         k++)
        answer->margin[k] /= total;
}

/* log probabilities less their mean, of SAMME.R */
static void
ensemble_add_logs(const EnsembleMember *member, const double *share, guint n, double *sum)
{
    double mean = 0;
    for (guint k = 0; k < member->body->n_classes; k++)
        mean += log(fmax(share[k], DBL_EPSILON)) / n;
    for (guint k = 0; k < member->body->n_classes; k++)
        sum[member->of_class[k]] += (n - 1) * (log(fmax(share[k], DBL_EPSILON)) - mean);
}

static void
ensemble_ada(const SkEnsemble *self, const SkBody *body, const double *x, SkAnswer *answer)
{
    guint n = body->n_classes;
    g_autofree double *sum = g_new0(double, n);
    double total = 0, most = -(double)INFINITY, all = 0;
    for (guint i = 0; i < self->members->len; i++) {
        const EnsembleMember *member = ensemble_member(self, i);
        g_auto(SkAnswer) own = {0};
        ensemble_ask(member, x, answer, &own);
        total += member->weight;
        if (self->kind == ENSEMBLE_ADA_SHARES)
            ensemble_add_logs(member, own.share, n, sum);
        else
            sum[member->of_class[own.best]] += member->weight;
    }
    for (guint k = 0; k < n; k++)
        sum[k] /= total;
    if (n == 2)
        answer->margin[0] = sum[1] - sum[0];
    for (guint k = 0; n > 2 && k < n; k++)
        answer->margin[k] = sum[k];
    answer->best = n == 2 && answer->margin[0] > 0 ? 1 : 0;
    for (guint k = 0; k < n; k++) {
        sum[k] = n == 2 ? (k == 1 ? 0.5 : -0.5) * answer->margin[0] : sum[k] / (n - 1);
        most = fmax(most, sum[k]);
        if (n > 2 && answer->margin[k] > answer->margin[answer->best])
            answer->best = k;
    }
    for (guint k = 0; k < n; k++)
        all += answer->share[k] = exp(sum[k] - most);
    for (guint k = 0; k < n; k++)
        answer->share[k] /= all;
}

typedef struct {
    double value;
    double weight;
} EnsembleValue;

static int
ensemble_compare(const void *a, const void *b)
{
    double x = ((const EnsembleValue *)a)->value, y = ((const EnsembleValue *)b)->value;
    return (x > y) - (x < y);
}

/* the least value at which half of the weight is reached */
static double
ensemble_median(const SkEnsemble *self, const double *x, SkAnswer *answer)
{
    guint n = self->members->len;
    g_autofree EnsembleValue *values = g_new(EnsembleValue, n);
    double total = 0, sum = 0;
    for (guint i = 0; i < n; i++) {
        g_auto(SkAnswer) own = {0};
        ensemble_ask(ensemble_member(self, i), x, answer, &own);
        values[i].value = own.value;
        values[i].weight = ensemble_member(self, i)->weight;
        total += values[i].weight;
    }
    qsort(values, n, sizeof *values, ensemble_compare);
    for (guint i = 0; i < n; i++)
        if ((sum += values[i].weight) >= 0.5 * total)
            return values[i].value;
    return values[n - 1].value;
}

static guint
ensemble_put_columns(const EnsembleMember *member, const SkAnswer *own, double *to)
{
    const SkBody *body = member->body;
    guint n = ensemble_n_columns(member);
    if (member->method == METHOD_PREDICT) {
        to[0] = body->n_classes == 0 ? own->value : member->of_class[own->best];
        return 1;
    }
    if (member->method == METHOD_MARGIN)
        memcpy(to, own->margin, n * sizeof(double));
    else
        memcpy(to, body->n_classes == 2 ? own->share + 1 : own->share, n * sizeof(double));
    return n;
}

static void
ensemble_stack(const SkEnsemble *self, const SkBody *body, const double *x, SkAnswer *answer)
{
    g_autofree double *columns = g_new(double, self->last->body->n_inputs + 1);
    g_auto(SkAnswer) own = {0};
    guint at = 0;
    for (guint i = 0; i < self->members->len; i++) {
        g_auto(SkAnswer) of_member = {0};
        ensemble_ask(ensemble_member(self, i), x, answer, &of_member);
        at += ensemble_put_columns(ensemble_member(self, i), &of_member, columns + at);
    }
    if (self->passthrough)
        memcpy(columns + at, x, body->n_features * sizeof(double));
    ensemble_ask(self->last, columns, answer, &own);
    memcpy(answer->margin, own.margin, body->n_margins * sizeof(double));
    memcpy(answer->share, own.share, body->n_classes * sizeof(double));
    answer->value = own.value;
    answer->best = own.best;
}

static double
ensemble_curve(const EnsembleCurve *curve, double value)
{
    gsize low = 0, high = curve->n;
    if (curve->x == NULL)
        return 1 / (1 + exp(curve->slope * value + curve->shift));
    if (!(value > curve->x[0]))
        return curve->y[0];
    if (!(value < curve->x[curve->n - 1]))
        return curve->y[curve->n - 1];
    while (low < high) {
        gsize middle = low + (high - low) / 2;
        if (curve->x[middle] < value)
            low = middle + 1;
        else
            high = middle;
    }
    return curve->y[low - 1] + (curve->y[low] - curve->y[low - 1]) /
                                   (curve->x[low] - curve->x[low - 1]) *
                                   (value - curve->x[low - 1]);
}

/* one model's calibrated probabilities, added to @sum */
static void
ensemble_add_calibrated(const EnsembleMember *member, const double *x, guint n, SkAnswer *answer)
{
    guint n_columns = ensemble_n_columns(member);
    g_autofree double *columns = g_new0(double, n_columns + 1);
    g_autofree double *share = g_new0(double, n);
    double total = 0;
    g_auto(SkAnswer) own = {0};
    ensemble_ask(member, x, answer, &own);
    ensemble_put_columns(member, &own, columns);
    for (guint k = 0; k < n_columns; k++)
        share[n == 2 ? 1 : member->of_class[k]] = ensemble_curve(member->curves->pdata[k],
                                                                 columns[k]);
    if (n == 2)
        share[0] = 1 - share[1];
    for (guint k = 0; k < n; k++)
        total += share[k];
    for (guint k = 0; k < n; k++) {
        double own_share = n == 2 ? share[k] : total > 0 ? share[k] / total : 1.0 / n;
        answer->margin[k] += own_share > 1 && own_share <= 1 + 1e-5 ? 1 : own_share;
    }
}

static void
ensemble_rest(const SkEnsemble *self, const SkBody *body, const double *x, SkAnswer *answer)
{
    guint n = self->members->len;
    double total = 0;
    gboolean by_share = FALSE;
    answer->best = 0;
    for (guint k = 0; k < n; k++) {
        const EnsembleMember *member = ensemble_member(self, k);
        g_auto(SkAnswer) own = {0};
        ensemble_ask(member, x, answer, &own);
        by_share = member->method == METHOD_SHARES;
        answer->margin[k] = by_share ? own.share[1] : own.margin[0];
        if (body->link == SK_LINK_OWN)
            total += answer->share[n == 1 ? 1 : k] = own.share[1];
        /* of equal ones the last */
        if (n > 1 && answer->margin[k] >= answer->margin[answer->best])
            answer->best = k;
    }
    if (n == 1) {
        answer->best = answer->margin[0] > (by_share ? 0.5 : 0) ? 1 : 0;
        answer->share[0] = 1 - answer->share[1];
    }
    for (guint k = 0; n > 1 && k < body->n_classes; k++)
        answer->share[k] /= total;
}

static void
ensemble_take_shares(const SkBody *body, SkAnswer *answer)
{
    answer->best = 0;
    for (guint k = 0; k < body->n_classes; k++) {
        answer->share[k] = answer->margin[k];
        answer->best = answer->margin[k] > answer->margin[answer->best] ? k : answer->best;
    }
    answer->value = answer->margin[0];
}

static void
ensemble_margins(const SkEnsemble *self, const SkBody *body, const double *x, SkAnswer *answer)
{
    for (guint k = 0; k < body->n_margins; k++)
        answer->margin[k] = 0;
    for (guint i = 0; i < self->members->len; i++) {
        g_auto(SkAnswer) own = {0};
        ensemble_ask(ensemble_member(self, i), x, answer, &own);
        for (guint k = 0; k < body->n_margins; k++)
            answer->margin[k] += own.margin[k] / self->members->len;
    }
}

void
sk_ensemble_run(const SkBody *body, const double *x, SkAnswer *answer)
{
    const SkEnsemble *self = body->ensemble;
    answer->lacks = FALSE;
    switch (self->kind) {
    case ENSEMBLE_ADA_SHARES:
    case ENSEMBLE_ADA_VOTES:
        ensemble_ada(self, body, x, answer);
        break;
    case ENSEMBLE_MEDIAN:
        answer->value = ensemble_median(self, x, answer);
        break;
    case ENSEMBLE_MARGINS:
        ensemble_margins(self, body, x, answer);
        break;
    case ENSEMBLE_STACK:
        ensemble_stack(self, body, x, answer);
        break;
    case ENSEMBLE_REST:
        ensemble_rest(self, body, x, answer);
        break;
    case ENSEMBLE_CALIBRATED:
        for (guint k = 0; k < body->n_classes; k++)
            answer->margin[k] = 0;
        for (guint i = 0; i < self->members->len; i++)
            ensemble_add_calibrated(ensemble_member(self, i), x, body->n_classes, answer);
        for (guint k = 0; k < body->n_classes; k++)
            answer->margin[k] /= self->members->len;
        ensemble_take_shares(body, answer);
        break;
    case ENSEMBLE_MEAN:
    case ENSEMBLE_SHARES:
    case ENSEMBLE_VOTES:
    default:
        ensemble_mean(self, body, x, answer);
        ensemble_take_shares(body, answer);
        break;
    }
}
