/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "error.h"
#include "pmml-expression.h"
#include "pmml-model.h"
#include "text-hash.h"

#define NEURON_LIMIT (1U << 20)

typedef enum {
    ACTIVE_THRESHOLD,
    ACTIVE_LOGISTIC,
    ACTIVE_TANH,
    ACTIVE_IDENTITY,
    ACTIVE_EXPONENTIAL,
    ACTIVE_RECIPROCAL,
    ACTIVE_SQUARE,
    ACTIVE_GAUSS,
    ACTIVE_SINE,
    ACTIVE_COSINE,
    ACTIVE_ELLIOTT,
    ACTIVE_ARCTAN,
    ACTIVE_RECTIFIER,
    ACTIVE_RADIAL,
} Activation;

typedef enum {
    NEURAL_NONE,
    NEURAL_SIMPLEMAX,
    NEURAL_SOFTMAX,
} NeuralNorm;

typedef struct {
    guint from;
    double weight;
} Link;

typedef struct {
    double bias;
    double width;
    double altitude;
    guint first; /* of n links */
    guint n;
} Neuron;

typedef struct {
    guint first; /* of n neurons */
    guint n;
    Activation activation;
    double threshold;
    NeuralNorm norm;
} Layer;

typedef struct {
    guint neuron;
    const char *id;                   /* of the neuron */
    guint label;                      /* of a class */
    const PmmlExpression *expression; /* of a number */
} NeuralOutput;

typedef struct {
    GArray *inputs;  /* guint: slots; neurons 0 … are these */
    GArray *neurons; /* Neuron, after the inputs */
    GArray *links;   /* Link */
    GArray *layers;  /* Layer */
    GArray *outputs; /* NeuralOutput */
    GHashTable *ids; /* → index + 1 */
} Neural;

static void
neural_free(gpointer body)
{
    Neural *self = body;
    g_array_unref(self->inputs);
    g_array_unref(self->neurons);
    g_array_unref(self->links);
    g_array_unref(self->layers);
    g_array_unref(self->outputs);
    g_hash_table_unref(self->ids);
    g_free(self);
}

static gboolean
neural_find(const Neural *self,
            const PmmlElement *element,
            const char *attribute,
            guint *ret,
            GError **error)
{
    const char *id;
    if (!pmml_require(element, attribute, &id, error))
        return FALSE;
    guint index = GPOINTER_TO_UINT(g_hash_table_lookup(self->ids, id));
    *ret = index - 1;
    return index > 0 || pmml_error(error, element, "there is no neuron “%s” before it", id);
}

static gboolean
neural_add_id(Neural *self, const PmmlElement *element, guint n, GError **error)
{
    const char *id;
    if (!pmml_require(element, "id", &id, error))
        return FALSE;
    if (n >= NEURON_LIMIT)
        return pmml_error(error, element, "more than %u neurons", NEURON_LIMIT);
    g_hash_table_insert(self->ids, pmml_pointer(id), GUINT_TO_POINTER(n + 1));
    return TRUE;
}

static gboolean
neural_read_inputs(PmmlProgram *program, const PmmlModel *model, Neural *self, GError **error)
{
    const PmmlElement *list = pmml_child(model->element, "NeuralInputs");
    const PmmlElement *input = list == NULL ? NULL : pmml_child(list, "NeuralInput");
    for (; input != NULL; input = pmml_next(input, "NeuralInput")) {
        const PmmlElement *field = pmml_child(input, "DerivedField");
        PmmlSlot slot = {.kind = PMML_SLOT_DERIVED, .name = "a neural input", .type = PMML_DOUBLE};
        if (field == NULL)
            return pmml_error(error, input, "no DerivedField");
        slot.expression = pmml_expression_within(program, field, model->scope, NULL, error);
        if (slot.expression == NULL)
            return FALSE;
        guint index = pmml_program_add_slot(program, &slot);
        if (!neural_add_id(self, input, self->inputs->len, error))
            return FALSE;
        g_array_append_val(self->inputs, index);
    }
    return TRUE;
}

static gboolean
neural_activation(const PmmlElement *element, const char *fallback, Activation *ret, GError **error)
{
    static const char *const names[] = {"threshold",
                                        "logistic",
                                        "tanh",
                                        "identity",
                                        "exponential",
                                        "reciprocal",
                                        "square",
                                        "Gauss",
                                        "sine",
                                        "cosine",
                                        "Elliott",
                                        "arctan",
                                        "rectifier",
                                        "radialBasis"};
    const char *name = pmml_attribute(element, "activationFunction");
    if (name == NULL)
        name = fallback;
    for (guint i = 0; name != NULL && i < G_N_ELEMENTS(names); i++)
        if (g_str_equal(names[i], name)) {
            *ret = (Activation)i;
            return TRUE;
        }
    return pmml_unsupported(error,
                            element,
                            "activationFunction “%s” is not known",
                            name != NULL ? name : "");
}

static gboolean
neural_norm(const PmmlElement *element, const char *fallback, NeuralNorm *ret, GError **error)
{
    static const char *const names[] = {"none", "simplemax", "softmax"};
    const char *name = pmml_attribute(element, "normalizationMethod");
    if (name == NULL)
        name = fallback;
    for (guint i = 0; name != NULL && i < G_N_ELEMENTS(names); i++)
        if (g_str_equal(names[i], name)) {
            *ret = (NeuralNorm)i;
            return TRUE;
        }
    *ret = NEURAL_NONE;
    return name == NULL ||
           pmml_unsupported(error, element, "normalizationMethod “%s” is not known", name);
}

static gboolean
neural_read_neuron(Neural *self,
                   const PmmlElement *element,
                   double width,
                   double altitude,
                   GError **error)
{
    Neuron neuron = {.first = self->links->len};
    if (!pmml_number_or(element, "bias", 0, &neuron.bias, error) ||
        !pmml_number_or(element, "width", width, &neuron.width, error) ||
        !pmml_number_or(element, "altitude", altitude, &neuron.altitude, error))
        return FALSE;
    const PmmlElement *con = pmml_child(element, "Con");
    for (; con != NULL; con = pmml_next(con, "Con")) {
        Link link;
        if (!neural_find(self, con, "from", &link.from, error) ||
            !pmml_number(con, "weight", &link.weight, error))
            return FALSE;
        g_array_append_val(self->links, link);
        neuron.n++;
    }
    g_array_append_val(self->neurons, neuron);
    return TRUE;
}

static gboolean
neural_read_layer(Neural *self, const PmmlModel *model, const PmmlElement *element, GError **error)
{
    double width, altitude, threshold;
    Layer layer = {.first = self->neurons->len};
    if (!pmml_number_or(model->element, "width", (double)NAN, &width, error) ||
        !pmml_number_or(model->element, "altitude", 1, &altitude, error) ||
        !pmml_number_or(model->element, "threshold", 0, &threshold, error) ||
        !pmml_number_or(element, "width", width, &width, error) ||
        !pmml_number_or(element, "altitude", altitude, &altitude, error) ||
        !pmml_number_or(element, "threshold", threshold, &layer.threshold, error) ||
        !neural_activation(element,
                           pmml_attribute(model->element, "activationFunction"),
                           &layer.activation,
                           error) ||
        !neural_norm(element,
                     pmml_attribute(model->element, "normalizationMethod"),
                     &layer.norm,
                     error))
        return FALSE;
    const PmmlElement *neuron = pmml_child(element, "Neuron");
    for (; neuron != NULL; neuron = pmml_next(neuron, "Neuron")) {
        if (layer.activation == ACTIVE_RADIAL && isnan(width) &&
            pmml_attribute(neuron, "width") == NULL)
            return pmml_error(error, neuron, "radialBasis needs a width");
        if (!neural_read_neuron(self, neuron, width, altitude, error))
            return FALSE;
        layer.n++;
    }
    /* ids come afterwards: no neuron of a layer sees another of it */
    guint n = self->inputs->len + layer.first;
    neuron = pmml_child(element, "Neuron");
    for (; neuron != NULL; neuron = pmml_next(neuron, "Neuron"))
        if (!neural_add_id(self, neuron, n++, error))
            return FALSE;
    g_array_append_val(self->layers, layer);
    return TRUE;
}

/* a derived field of the document may stand in for the expression */
static const PmmlExpression *
neural_resolve(const PmmlProgram *program, const PmmlExpression *expression)
{
    for (guint n = 0; n < 8 && expression->kind == PMML_EXPRESSION_FIELD; n++) {
        const PmmlSlot *slot = pmml_program_slot(program, expression->slot);
        if (slot->kind != PMML_SLOT_DERIVED || slot->expression == NULL)
            return expression;
        expression = slot->expression;
    }
    return expression;
}

/* what a neuron tells of the one predicted field: a class of it, or its value */
static gboolean
neural_read_output(PmmlProgram *program,
                   PmmlModel *model,
                   const PmmlElement *field,
                   NeuralOutput *ret,
                   guint *target,
                   GError **error)
{
    const PmmlExpression *expression =
        pmml_expression_within(program, field, model->scope, NULL, error);
    if (expression == NULL)
        return FALSE;
    expression = neural_resolve(program, expression);
    if (expression->kind == PMML_EXPRESSION_DISCRETE)
        ret->label = pmml_model_label(model, expression->constant.string);
    else if (expression->kind != PMML_EXPRESSION_FIELD && expression->kind != PMML_EXPRESSION_NORM)
        return pmml_unsupported(error, field, "its expression cannot be inverted");
    if (ret->label == G_MAXUINT && model->function == PMML_CLASSIFICATION)
        return pmml_unsupported(error, field, "it names no class");
    if (*target != PMML_NO_SLOT && *target != expression->slot)
        return pmml_unsupported(error, field, "the network predicts more than one field");
    *target = expression->slot;
    ret->expression = expression;
    return TRUE;
}

/* one neuron that tells one class of two: the other has the rest */
static void
neural_complete(PmmlModel *model, const Neural *self)
{
    const PmmlData *target = model->target_data;
    if (self->outputs->len != 1 || model->labels->len != 1 || target == NULL ||
        target->texts->len != 2)
        return;
    for (guint i = 0; i < 2; i++)
        if (pmml_model_find_label(model, target->texts->pdata[i]) == G_MAXUINT)
            pmml_model_label(model, target->texts->pdata[i]);
}

static gboolean
neural_read_outputs(PmmlProgram *program, PmmlModel *model, Neural *self, GError **error)
{
    guint target = PMML_NO_SLOT;
    const PmmlElement *list = pmml_child(model->element, "NeuralOutputs");
    const PmmlElement *element = list == NULL ? NULL : pmml_child(list, "NeuralOutput");
    for (; element != NULL; element = pmml_next(element, "NeuralOutput")) {
        NeuralOutput output = {.label = G_MAXUINT};
        const PmmlElement *field = pmml_child(element, "DerivedField");
        if (!neural_find(self, element, "outputNeuron", &output.neuron, error))
            return FALSE;
        output.id = pmml_attribute(element, "outputNeuron");
        if (field == NULL)
            return pmml_error(error, element, "no DerivedField");
        if (!neural_read_output(program, model, field, &output, &target, error))
            return FALSE;
        g_array_append_val(self->outputs, output);
    }
    neural_complete(model, self);
    return self->outputs->len > 0 || pmml_error(error, model->element, "no NeuralOutput");
}

static gboolean
neural_read(PmmlProgram *program, PmmlModel *model, GError **error)
{
    Neural *self = g_new0(Neural, 1);
    model->body = self;
    self->inputs = g_array_new(FALSE, FALSE, sizeof(guint));
    self->neurons = g_array_new(FALSE, FALSE, sizeof(Neuron));
    self->links = g_array_new(FALSE, FALSE, sizeof(Link));
    self->layers = g_array_new(FALSE, FALSE, sizeof(Layer));
    self->outputs = g_array_new(FALSE, FALSE, sizeof(NeuralOutput));
    self->ids = g_hash_table_new(errata_text_hash, g_str_equal);
    if (!neural_read_inputs(program, model, self, error))
        return FALSE;
    const PmmlElement *layer = pmml_child(model->element, "NeuralLayer");
    for (; layer != NULL; layer = pmml_next(layer, "NeuralLayer"))
        if (!neural_read_layer(self, model, layer, error))
            return FALSE;
    return neural_read_outputs(program, model, self, error);
}

static double
neural_activate(Activation activation, double threshold, double z)
{
    switch (activation) {
    case ACTIVE_THRESHOLD:
        return z > threshold ? 1 : 0;
    case ACTIVE_LOGISTIC:
        return 1 / (1 + exp(-z));
    case ACTIVE_TANH:
        return tanh(z);
    case ACTIVE_EXPONENTIAL:
        return exp(z);
    case ACTIVE_RECIPROCAL:
        return 1 / z;
    case ACTIVE_SQUARE:
        return z * z;
    case ACTIVE_GAUSS:
        return exp(-z * z);
    case ACTIVE_SINE:
        return sin(z);
    case ACTIVE_COSINE:
        return cos(z);
    case ACTIVE_ELLIOTT:
        return z / (1 + fabs(z));
    case ACTIVE_ARCTAN:
        return 2 * atan(z) / G_PI;
    case ACTIVE_RECTIFIER:
        return z > 0 ? z : 0;
    case ACTIVE_IDENTITY:
    case ACTIVE_RADIAL:
    default:
        return z;
    }
}

/* exp(n·log altitude − ‖x − w‖²/(2·width²)) */
static double
neural_radial(const Neural *self, const Neuron *neuron, const double *value)
{
    double distance = 0;
    for (guint i = 0; i < neuron->n; i++) {
        const Link *link = &g_array_index(self->links, Link, neuron->first + i);
        double d = value[link->from] - link->weight;
        distance += d * d;
    }
    return exp(neuron->n * log(neuron->altitude) - distance / (2 * neuron->width * neuron->width));
}

static void
neural_layer(const Neural *self, const Layer *layer, double *value)
{
    double *out = value + self->inputs->len + layer->first;
    for (guint k = 0; k < layer->n; k++) {
        const Neuron *neuron = &g_array_index(self->neurons, Neuron, layer->first + k);
        double z = neuron->bias;
        if (layer->activation == ACTIVE_RADIAL) {
            out[k] = neural_radial(self, neuron, value);
            continue;
        }
        for (guint i = 0; i < neuron->n; i++) {
            const Link *link = &g_array_index(self->links, Link, neuron->first + i);
            z += link->weight * value[link->from];
        }
        out[k] = neural_activate(layer->activation, layer->threshold, z);
    }
    if (layer->norm == NEURAL_SOFTMAX)
        pmml_softmax(out, layer->n, FALSE);
    double sum = 0;
    for (guint k = 0; k < layer->n && layer->norm == NEURAL_SIMPLEMAX; k++)
        sum += out[k];
    for (guint k = 0; k < layer->n && fabs(sum) > 0; k++)
        out[k] /= sum;
}

/* NormContinuous the other way round */
static double
neural_denormalize(const PmmlExpression *norm, double y)
{
    const PmmlPoint *point = (const PmmlPoint *)pmml_pointer(norm->points->data);
    guint n = norm->points->len, k = 1;
    gboolean rises = point[n - 1].to >= point[0].to;
    while (k < n - 1 && (rises ? y > point[k].to : y < point[k].to))
        k++;
    const PmmlPoint *a = &point[k - 1], *b = &point[k];
    return a->from + (y - a->to) / (b->to - a->to) * (b->from - a->from);
}

static void
neural_answer(const PmmlModel *model,
              const Neural *self,
              PmmlRow *row,
              const double *value,
              PmmlResult *result)
{
    if (model->labels->len > 0)
        result->score = pmml_row_scores(row, model);
    for (guint i = 0; i < self->outputs->len; i++) {
        const NeuralOutput *output = &g_array_index(self->outputs, NeuralOutput, i);
        double number = value[output->neuron];
        if (output->label != G_MAXUINT) {
            result->score[output->label] = number;
            continue;
        }
        if (output->expression->kind == PMML_EXPRESSION_NORM)
            number = neural_denormalize(output->expression, number);
        if (result->value.missing)
            result->value = pmml_value_number(PMML_DOUBLE, number);
    }
    if (result->score == NULL)
        return;
    if (self->outputs->len == 1 && model->labels->len == 2)
        result->score[1] = 1 - result->score[0];
    pmml_model_decide(model, result);
    guint best = pmml_model_best(model, result->score);
    for (guint i = 0; i < self->outputs->len; i++) {
        const NeuralOutput *output = &g_array_index(self->outputs, NeuralOutput, i);
        if (output->label == best)
            result->entity = output->id;
    }
}

static gboolean
neural_run(const PmmlModel *model, PmmlRow *row, PmmlResult *result, GError **error)
{
    const Neural *self = model->body;
    double *value = pmml_row_alloc(row, self->inputs->len + self->neurons->len, sizeof(double));
    for (guint i = 0; i < self->inputs->len; i++) {
        gboolean missing;
        if (!pmml_row_number(row,
                             g_array_index(self->inputs, guint, i),
                             &value[i],
                             &missing,
                             error))
            return FALSE;
        if (missing)
            return TRUE;
    }
    for (guint i = 0; i < self->layers->len; i++)
        neural_layer(self, &g_array_index(self->layers, Layer, i), value);
    neural_answer(model, self, row, value, result);
    return TRUE;
}

const PmmlModelClass pmml_neural_class = {
    .element = "NeuralNetwork",
    .kind = "neural network",
    .read = neural_read,
    .run = neural_run,
    .free = neural_free,
};
