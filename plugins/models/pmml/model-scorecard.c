/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "error.h"
#include "pmml-model.h"

typedef struct {
    PmmlPredicate *predicate;
    double score;
    PmmlExpression *expression; /* (nullable): ComplexPartialScore */
    const char *reason;         /* (nullable) */
} CardAttribute;

typedef struct {
    double baseline;
    GArray *attributes; /* CardAttribute */
} Characteristic;

typedef struct {
    double initial;
    gboolean uses_reasons;
    gboolean points_above;
    GArray *characteristics; /* Characteristic */
    GPtrArray *reasons;      /* distinct codes */
} Scorecard;

static void
card_free(gpointer body)
{
    Scorecard *self = body;
    for (guint i = 0; i < self->characteristics->len; i++)
        g_array_unref(g_array_index(self->characteristics, Characteristic, i).attributes);
    g_array_unref(self->characteristics);
    g_ptr_array_unref(self->reasons);
    g_free(self);
}

static gboolean
card_flag(const PmmlElement *element, const char *name, gboolean fallback)
{
    const char *text = pmml_attribute(element, name);
    return text == NULL ? fallback : g_str_equal(text, "true") || g_str_equal(text, "1");
}

static gboolean
card_read_attribute(PmmlProgram *program,
                    const PmmlModel *model,
                    Scorecard *self,
                    const PmmlElement *element,
                    const char *reason,
                    CardAttribute *ret,
                    GError **error)
{
    const PmmlElement *complex = pmml_child(element, "ComplexPartialScore");
    ret->predicate = pmml_predicate_within(program, element, model->scope, error);
    ret->reason = pmml_attribute(element, "reasonCode");
    if (ret->reason == NULL)
        ret->reason = reason;
    if (ret->predicate == NULL || !pmml_number_or(element, "partialScore", 0, &ret->score, error))
        return FALSE;
    if (self->uses_reasons && ret->reason == NULL)
        return pmml_error(error, element, "no reasonCode");
    if (ret->reason != NULL &&
        !g_ptr_array_find_with_equal_func(self->reasons, ret->reason, g_str_equal, NULL))
        g_ptr_array_add(self->reasons, pmml_pointer(ret->reason));
    if (complex == NULL)
        return pmml_attribute(element, "partialScore") != NULL ||
               pmml_error(error, element, "no partialScore");
    ret->expression = pmml_expression_within(program, complex, model->scope, NULL, error);
    return ret->expression != NULL;
}

static gboolean
card_read_characteristic(PmmlProgram *program,
                         const PmmlModel *model,
                         Scorecard *self,
                         const PmmlElement *element,
                         double baseline,
                         GError **error)
{
    Characteristic one = {.attributes = g_array_new(FALSE, TRUE, sizeof(CardAttribute))};
    const char *reason = pmml_attribute(element, "reasonCode");
    gboolean ok = pmml_number_or(element, "baselineScore", baseline, &one.baseline, error);
    if (ok && isnan(one.baseline) && self->uses_reasons)
        ok = pmml_error(error, element, "no baselineScore");
    g_array_append_val(self->characteristics, one);
    const PmmlElement *child = pmml_child(element, "Attribute");
    for (; ok && child != NULL; child = pmml_next(child, "Attribute")) {
        CardAttribute attribute = {0};
        ok = card_read_attribute(program, model, self, child, reason, &attribute, error);
        g_array_append_val(one.attributes, attribute);
    }
    return ok;
}

/* who asks for none need not have written any */
static gboolean
card_tells_reasons(const PmmlElement *model)
{
    const PmmlElement *list = pmml_child(model, "Output");
    const PmmlElement *one = list == NULL ? NULL : pmml_child(list, "OutputField");
    for (; one != NULL; one = pmml_next(one, "OutputField"))
        if (g_strcmp0(pmml_attribute(one, "feature"), "reasonCode") == 0)
            return TRUE;
    /* outputs of what it is a segment of may ask as well */
    return !pmml_is(model->parent, "PMML");
}

static gboolean
card_read(PmmlProgram *program, PmmlModel *model, GError **error)
{
    Scorecard *self = g_new0(Scorecard, 1);
    double baseline;
    const PmmlElement *list = pmml_child(model->element, "Characteristics");
    const char *algorithm = pmml_attribute(model->element, "reasonCodeAlgorithm");
    model->body = self;
    self->characteristics = g_array_new(FALSE, FALSE, sizeof(Characteristic));
    self->reasons = g_ptr_array_new();
    self->uses_reasons = card_flag(model->element, "useReasonCodes", TRUE) &&
                         card_tells_reasons(model->element);
    self->points_above = algorithm != NULL && g_str_equal(algorithm, "pointsAbove");
    if (algorithm != NULL && !self->points_above && !g_str_equal(algorithm, "pointsBelow"))
        return pmml_unsupported(error,
                                model->element,
                                "reasonCodeAlgorithm “%s” is not known",
                                algorithm);
    if (!pmml_number_or(model->element, "initialScore", 0, &self->initial, error) ||
        !pmml_number_or(model->element, "baselineScore", (double)NAN, &baseline, error))
        return FALSE;
    if (list == NULL)
        return pmml_error(error, model->element, "no Characteristics");
    const PmmlElement *element = pmml_child(list, "Characteristic");
    for (; element != NULL; element = pmml_next(element, "Characteristic"))
        if (!card_read_characteristic(program, model, self, element, baseline, error))
            return FALSE;
    return TRUE;
}

/* the first attribute that applies; NULL when none does */
static gboolean
card_find(const Characteristic *one, PmmlRow *row, const CardAttribute **ret, GError **error)
{
    *ret = NULL;
    for (guint i = 0; i < one->attributes->len && *ret == NULL; i++) {
        const CardAttribute *attribute = &g_array_index(one->attributes, CardAttribute, i);
        PmmlTruth truth;
        if (!pmml_predicate_test(attribute->predicate, row, &truth, error))
            return FALSE;
        if (truth == PMML_TRUE)
            *ret = attribute;
    }
    return TRUE;
}

static gboolean
card_partial(const CardAttribute *attribute,
             PmmlRow *row,
             double *ret,
             gboolean *ret_missing,
             GError **error)
{
    PmmlValue value;
    *ret = attribute->score;
    *ret_missing = FALSE;
    if (attribute->expression == NULL)
        return TRUE;
    if (!pmml_expression_value(attribute->expression, row, &value, error))
        return FALSE;
    *ret_missing = value.missing || value.type == PMML_STRING;
    *ret = value.number;
    return TRUE;
}

/* codes by what they cost, the dearest first */
static void
card_rank(const Scorecard *self, PmmlRow *row, const double *lost, PmmlResult *result)
{
    guint n = self->reasons->len;
    result->reasons = pmml_row_alloc(row, n + 1, sizeof(char *));
    guint k = 0;
    g_autofree guint *order = g_new(guint, n);
    for (guint i = 0; i < n; i++) {
        if (isnan(lost[i]))
            continue;
        guint at = k++;
        while (at > 0 && lost[order[at - 1]] < lost[i]) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = i;
    }
    for (guint i = 0; i < k; i++)
        result->reasons[i] = self->reasons->pdata[order[i]];
}

static void
card_add_reason(const Scorecard *self, const char *reason, double lost, double *by_reason)
{
    guint index;
    if (reason == NULL ||
        !g_ptr_array_find_with_equal_func(self->reasons, reason, g_str_equal, &index))
        return;
    by_reason[index] = isnan(by_reason[index]) ? lost : by_reason[index] + lost;
}

static gboolean
card_run(const PmmlModel *model, PmmlRow *row, PmmlResult *result, GError **error)
{
    const Scorecard *self = model->body;
    double score = self->initial;
    double *lost = pmml_row_alloc(row, self->reasons->len, sizeof(double));
    for (guint i = 0; i < self->reasons->len; i++)
        lost[i] = (double)NAN;
    for (guint i = 0; i < self->characteristics->len; i++) {
        const Characteristic *one = &g_array_index(self->characteristics, Characteristic, i);
        const CardAttribute *attribute;
        double partial;
        gboolean missing;
        if (!card_find(one, row, &attribute, error))
            return FALSE;
        if (attribute == NULL)
            return TRUE;
        if (!card_partial(attribute, row, &partial, &missing, error))
            return FALSE;
        if (missing)
            return TRUE;
        score += partial;
        card_add_reason(self,
                        attribute->reason,
                        self->points_above ? partial - one->baseline : one->baseline - partial,
                        lost);
    }
    result->value = pmml_value_number(PMML_DOUBLE, score);
    if (self->uses_reasons)
        card_rank(self, row, lost, result);
    return TRUE;
}

const PmmlModelClass pmml_scorecard_class = {
    .element = "Scorecard",
    .kind = "scorecard",
    .read = card_read,
    .run = card_run,
    .free = card_free,
};
