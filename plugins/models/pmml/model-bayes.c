/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "error.h"
#include "pmml-model.h"

typedef struct {
    PmmlValue value;
    double *count; /* by label */
} BayesPair;

typedef enum {
    BAYES_NONE,
    BAYES_GAUSSIAN,
    BAYES_POISSON,
    BAYES_UNIFORM,
} BayesShape;

typedef struct {
    BayesShape shape;
    double a; /* mean, lower */
    double b; /* variance, upper */
} BayesDistribution;

typedef struct {
    guint slot;
    GPtrArray *pairs;  /* BayesPair */
    GArray *densities; /* BayesDistribution, by label */
    double *total;     /* by label, of all pairs */
} BayesInput;

typedef struct {
    GPtrArray *inputs;  /* BayesInput */
    double *prior;      /* counts by label */
    double threshold;   /* in place of a count of 0 and of densities below it */
    gboolean only_zero; /* before PMML 4.2: densities too only in place of 0 */
} Bayes;

static void
bayes_pair_free(gpointer data)
{
    BayesPair *pair = data;
    g_free(pair->count);
    g_free(pair);
}

static void
bayes_input_free(gpointer data)
{
    BayesInput *input = data;
    g_ptr_array_unref(input->pairs);
    g_array_unref(input->densities);
    g_free(input->total);
    g_free(input);
}

static void
bayes_free(gpointer body)
{
    Bayes *self = body;
    g_ptr_array_unref(self->inputs);
    g_free(self->prior);
    g_free(self);
}

/* counts by label; unknown classes are refused */
static double *
bayes_read_counts(const PmmlModel *model, const PmmlElement *parent, GError **error)
{
    const PmmlElement *list = pmml_child(parent, "TargetValueCounts");
    const PmmlElement *element = list == NULL ? NULL : pmml_child(list, "TargetValueCount");
    g_autofree double *count = g_new0(double, model->labels->len);
    for (; element != NULL; element = pmml_next(element, "TargetValueCount")) {
        const char *value;
        double number;
        if (!pmml_require(element, "value", &value, error) ||
            !pmml_number(element, "count", &number, error))
            return NULL;
        guint label = pmml_model_find_label(model, value);
        if (label == G_MAXUINT) {
            pmml_error(error, element, "“%s” is no class of BayesOutput", value);
            return NULL;
        }
        count[label] = number;
    }
    return g_steal_pointer(&count);
}

static gboolean
bayes_read_output(PmmlModel *model, Bayes *self, GError **error)
{
    const PmmlElement *output = pmml_child(model->element, "BayesOutput");
    const PmmlElement *list = output == NULL ? NULL : pmml_child(output, "TargetValueCounts");
    if (list == NULL)
        return pmml_unsupported(error, model->element, "no BayesOutput with TargetValueCounts");
    const PmmlElement *element = pmml_child(list, "TargetValueCount");
    for (; element != NULL; element = pmml_next(element, "TargetValueCount")) {
        const char *value;
        if (!pmml_require(element, "value", &value, error))
            return FALSE;
        pmml_model_label(model, value);
    }
    self->prior = bayes_read_counts(model, output, error);
    return self->prior != NULL;
}

static gboolean
bayes_read_density(const PmmlElement *element, BayesDistribution *ret, GError **error)
{
    const PmmlElement *one = element->first;
    if (one == NULL)
        return pmml_error(error, element, "no distribution");
    if (pmml_is(one, "GaussianDistribution")) {
        ret->shape = BAYES_GAUSSIAN;
        return pmml_number(one, "mean", &ret->a, error) &&
               pmml_number(one, "variance", &ret->b, error);
    }
    if (pmml_is(one, "PoissonDistribution")) {
        ret->shape = BAYES_POISSON;
        return pmml_number(one, "mean", &ret->a, error);
    }
    if (pmml_is(one, "UniformDistribution")) {
        ret->shape = BAYES_UNIFORM;
        return pmml_number(one, "lower", &ret->a, error) &&
               pmml_number(one, "upper", &ret->b, error);
    }
    return pmml_unknown(error, one);
}

static gboolean
bayes_read_densities(const PmmlModel *model,
                     BayesInput *input,
                     const PmmlElement *list,
                     GError **error)
{
    g_array_set_size(input->densities, model->labels->len);
    const PmmlElement *element = pmml_child(list, "TargetValueStat");
    for (; element != NULL; element = pmml_next(element, "TargetValueStat")) {
        const char *value;
        if (!pmml_require(element, "value", &value, error))
            return FALSE;
        guint label = pmml_model_find_label(model, value);
        if (label == G_MAXUINT)
            return pmml_error(error, element, "“%s” is no class of BayesOutput", value);
        if (!bayes_read_density(element,
                                &g_array_index(input->densities, BayesDistribution, label),
                                error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
bayes_read_pairs(const PmmlModel *model,
                 BayesInput *input,
                 PmmlType type,
                 const PmmlElement *element,
                 GError **error)
{
    const PmmlElement *one = pmml_child(element, "PairCounts");
    input->total = g_new0(double, model->labels->len);
    for (; one != NULL; one = pmml_next(one, "PairCounts")) {
        const char *text;
        BayesPair *pair = g_new0(BayesPair, 1);
        g_ptr_array_add(input->pairs, pair);
        if (!pmml_require(one, "value", &text, error))
            return FALSE;
        if (!pmml_value_parse(type, text, &pair->value))
            return pmml_error(error, one, "“%s” is no value of its field", text);
        pair->count = bayes_read_counts(model, one, error);
        if (pair->count == NULL)
            return FALSE;
        for (guint i = 0; i < model->labels->len; i++)
            input->total[i] += pair->count[i];
    }
    return TRUE;
}

/* its field, or what is derived from it */
static gboolean
bayes_read_slot(PmmlProgram *program,
                const PmmlModel *model,
                BayesInput *input,
                const PmmlElement *element,
                GError **error)
{
    const PmmlElement *derived = pmml_child(element, "DerivedField");
    if (derived == NULL)
        return pmml_program_field(element, model->scope, "fieldName", &input->slot, error);
    PmmlSlot slot = {.kind = PMML_SLOT_DERIVED, .name = "an input of naive Bayes", .typed = TRUE};
    if (!pmml_type_of(derived, pmml_type_unless_told(derived), &slot.type, error))
        return FALSE;
    slot.expression = pmml_expression_within(program, derived, model->scope, NULL, error);
    if (slot.expression == NULL)
        return FALSE;
    input->slot = pmml_program_add_slot(program, &slot);
    return TRUE;
}

static gboolean
bayes_read_input(PmmlProgram *program,
                 const PmmlModel *model,
                 Bayes *self,
                 const PmmlElement *element,
                 GError **error)
{
    const PmmlElement *stats = pmml_child(element, "TargetValueStats");
    BayesInput *input = g_new0(BayesInput, 1);
    input->pairs = g_ptr_array_new_with_free_func(bayes_pair_free);
    input->densities = g_array_new(FALSE, TRUE, sizeof(BayesDistribution));
    g_ptr_array_add(self->inputs, input);
    if (!bayes_read_slot(program, model, input, element, error))
        return FALSE;
    if (stats != NULL)
        return bayes_read_densities(model, input, stats, error);
    return bayes_read_pairs(model,
                            input,
                            pmml_program_slot(program, input->slot)->type,
                            element,
                            error);
}

static gboolean
bayes_read(PmmlProgram *program, PmmlModel *model, GError **error)
{
    Bayes *self = g_new0(Bayes, 1);
    model->body = self;
    self->inputs = g_ptr_array_new_with_free_func(bayes_input_free);
    if (!pmml_number_or(model->element, "threshold", 0, &self->threshold, error) ||
        !bayes_read_output(model, self, error))
        return FALSE;
    const PmmlElement *list = pmml_child(model->element, "BayesInputs");
    for (const PmmlElement *child = list == NULL ? NULL : list->first; child != NULL;
         child = child->next) {
        const PmmlElement *element = pmml_is(child, "Extension") ? pmml_child(child, "BayesInput")
                                                                 : child;
        self->only_zero |= pmml_is(child, "Extension");
        if (element != NULL && pmml_is(element, "BayesInput") &&
            !bayes_read_input(program, model, self, element, error))
            return FALSE;
    }
    return TRUE;
}

static double
bayes_density(const BayesDistribution *one, double x)
{
    switch (one->shape) {
    case BAYES_GAUSSIAN:
        return exp(-(x - one->a) * (x - one->a) / (2 * one->b)) / sqrt(2 * G_PI * one->b);
    case BAYES_POISSON:
        return exp(x * log(one->a) - one->a - lgamma(x + 1));
    case BAYES_UNIFORM:
        return x >= one->a && x <= one->b ? 1 / (one->b - one->a) : 0;
    case BAYES_NONE:
    default:
        return 1;
    }
}

static gboolean
bayes_add(const PmmlModel *model,
          const Bayes *self,
          const BayesInput *input,
          PmmlRow *row,
          double *score,
          GError **error)
{
    PmmlValue value;
    if (!pmml_slot_value(row, input->slot, &value, error))
        return FALSE;
    if (value.missing)
        return TRUE;
    const BayesPair *found = NULL;
    for (guint i = 0; i < input->pairs->len && found == NULL; i++) {
        const BayesPair *pair = input->pairs->pdata[i];
        if (pmml_value_equal(&value, &pair->value))
            found = pair;
    }
    if (found == NULL && input->densities->len == 0)
        return TRUE;
    for (guint k = 0; k < model->labels->len; k++) {
        double p = found != NULL
                       ? found->count[k] / input->total[k]
                       : bayes_density(&g_array_index(input->densities, BayesDistribution, k),
                                       value.number);
        gboolean is_low = found == NULL && !self->only_zero ? p < self->threshold : !(p > 0);
        score[k] += log(is_low ? self->threshold : p);
    }
    return TRUE;
}

static gboolean
bayes_run(const PmmlModel *model, PmmlRow *row, PmmlResult *result, GError **error)
{
    const Bayes *self = model->body;
    double *score = pmml_row_scores(row, model);
    for (guint k = 0; k < model->labels->len; k++)
        score[k] = log(self->prior[k]);
    for (guint i = 0; i < self->inputs->len; i++)
        if (!bayes_add(model, self, self->inputs->pdata[i], row, score, error))
            return FALSE;
    pmml_softmax(score, model->labels->len, FALSE);
    result->score = score;
    pmml_model_decide(model, result);
    return TRUE;
}

const PmmlModelClass pmml_bayes_class = {
    .element = "NaiveBayesModel",
    .kind = "naive Bayes",
    .read = bayes_read,
    .run = bayes_run,
    .free = bayes_free,
};
