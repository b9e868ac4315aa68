/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "error.h"
#include "pmml-model.h"
#include "text-hash.h"

typedef enum {
    KERNEL_LINEAR,
    KERNEL_POLYNOMIAL,
    KERNEL_RADIAL,
    KERNEL_SIGMOID,
} KernelKind;

typedef struct {
    guint slot;
    gboolean is_category;
    PmmlValue value;
    double coefficient;
} VectorField;

typedef struct {
    guint label;     /* of targetCategory; G_MAXUINT in a regression */
    guint alternate; /* of alternateTargetCategory; G_MAXUINT */
    double threshold;
    double bias;
    GArray *weights; /* double */
    GArray *vectors; /* guint, instances; none: weights are of the fields */
} Machine;

typedef struct {
    KernelKind kernel;
    double gamma;
    double coef0;
    double degree;
    GArray *fields;       /* VectorField */
    GPtrArray *instances; /* GArray of double */
    GHashTable *ids;      /* → index + 1 */
    GArray *machines;     /* Machine */
    gboolean one_against_one;
    gboolean most_wins;  /* the largest value, else the smallest */
    gboolean is_rounded; /* PMML 3: its one machine says 1 for its target, 0 for the alternative */
} Vectors;

static void
vectors_free(gpointer body)
{
    Vectors *self = body;
    for (guint i = 0; i < self->machines->len; i++) {
        g_array_unref(g_array_index(self->machines, Machine, i).weights);
        g_array_unref(g_array_index(self->machines, Machine, i).vectors);
    }
    g_array_unref(self->machines);
    g_array_unref(self->fields);
    g_ptr_array_unref(self->instances);
    g_hash_table_unref(self->ids);
    g_free(self);
}

static gboolean
vectors_read_kernel(Vectors *self, const PmmlElement *model, GError **error)
{
    static const char *const names[] = {"LinearKernelType",
                                        "PolynomialKernelType",
                                        "RadialBasisKernelType",
                                        "SigmoidKernelType"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        const PmmlElement *element = pmml_child(model, names[i]);
        if (element == NULL)
            continue;
        self->kernel = (KernelKind)i;
        return pmml_number_or(element, "gamma", 1, &self->gamma, error) &&
               pmml_number_or(element, "coef0", 1, &self->coef0, error) &&
               pmml_number_or(element, "degree", 1, &self->degree, error);
    }
    return TRUE;
}

static gboolean
vectors_read_field(const PmmlProgram *program,
                   const PmmlModel *model,
                   Vectors *self,
                   const PmmlElement *element,
                   GError **error)
{
    VectorField field = {.coefficient = 1};
    const char *text;
    if (pmml_is(element, "FieldRef")) {
        if (!pmml_program_field(element, model->scope, "field", &field.slot, error))
            return FALSE;
    } else if (pmml_is(element, "CategoricalPredictor")) {
        field.is_category = TRUE;
        if (!pmml_program_field(element, model->scope, "name", &field.slot, error) ||
            !pmml_require(element, "value", &text, error) ||
            !pmml_number_or(element, "coefficient", 1, &field.coefficient, error))
            return FALSE;
        if (!pmml_value_parse(pmml_program_slot(program, field.slot)->type, text, &field.value))
            return pmml_error(error, element, "“%s” is no value of its field", text);
    } else
        return pmml_unknown(error, element);
    g_array_append_val(self->fields, field);
    return TRUE;
}

static gboolean
vectors_read_dictionary(const PmmlProgram *program,
                        const PmmlModel *model,
                        Vectors *self,
                        GError **error)
{
    const PmmlElement *dictionary = pmml_child(model->element, "VectorDictionary");
    const PmmlElement *fields = dictionary == NULL ? NULL : pmml_child(dictionary, "VectorFields");
    if (fields == NULL)
        return pmml_error(error, model->element, "no VectorDictionary with VectorFields");
    for (const PmmlElement *child = fields->first; child != NULL; child = child->next)
        if (!vectors_read_field(program, model, self, child, error))
            return FALSE;
    const PmmlElement *instance = pmml_child(dictionary, "VectorInstance");
    for (; instance != NULL; instance = pmml_next(instance, "VectorInstance")) {
        const char *id;
        if (!pmml_require(instance, "id", &id, error))
            return FALSE;
        if (instance->first == NULL)
            return pmml_error(error, instance, "no array");
        GArray *array = pmml_array(instance->first, self->fields->len, error);
        if (array == NULL)
            return FALSE;
        g_ptr_array_add(self->instances, array);
        g_hash_table_insert(self->ids, pmml_pointer(id), GUINT_TO_POINTER(self->instances->len));
    }
    return TRUE;
}

static gboolean
vectors_read_supports(const Vectors *self,
                      Machine *machine,
                      const PmmlElement *element,
                      GError **error)
{
    const PmmlElement *list = pmml_child(element, "SupportVectors");
    const PmmlElement *vector = list == NULL ? NULL : pmml_child(list, "SupportVector");
    for (; vector != NULL; vector = pmml_next(vector, "SupportVector")) {
        const char *id;
        if (!pmml_require(vector, "vectorId", &id, error))
            return FALSE;
        guint index = GPOINTER_TO_UINT(g_hash_table_lookup(self->ids, id));
        if (index == 0)
            return pmml_error(error, vector, "there is no vector “%s”", id);
        index--;
        g_array_append_val(machine->vectors, index);
    }
    return TRUE;
}

static gboolean
vectors_read_weights(const Vectors *self,
                     Machine *machine,
                     const PmmlElement *element,
                     GError **error)
{
    const PmmlElement *list = pmml_child(element, "Coefficients");
    if (list == NULL)
        return pmml_error(error, element, "no Coefficients");
    if (!pmml_number_or(list, "absoluteValue", 0, &machine->bias, error))
        return FALSE;
    const PmmlElement *one = pmml_child(list, "Coefficient");
    for (; one != NULL; one = pmml_next(one, "Coefficient")) {
        double weight;
        if (!pmml_number_or(one, "value", 0, &weight, error))
            return FALSE;
        g_array_append_val(machine->weights, weight);
    }
    guint wanted = machine->vectors->len > 0 ? machine->vectors->len : self->fields->len;
    return machine->weights->len == wanted || machine->weights->len == 0 ||
           pmml_error(error,
                      list,
                      "expected %u coefficients, found %u",
                      wanted,
                      machine->weights->len);
}

static gboolean
vectors_read_machine(PmmlModel *model, Vectors *self, const PmmlElement *element, GError **error)
{
    Machine machine = {.label = G_MAXUINT, .alternate = G_MAXUINT};
    const char *target = pmml_attribute(element, "targetCategory");
    const char *alternate = pmml_attribute(element, "alternateTargetCategory");
    const char *binary = pmml_attribute(model->element, "alternateBinaryTargetCategory");
    double threshold;
    machine.weights = g_array_new(FALSE, FALSE, sizeof(double));
    machine.vectors = g_array_new(FALSE, FALSE, sizeof(guint));
    gboolean ok = vectors_read_supports(self, &machine, element, error) &&
                  vectors_read_weights(self, &machine, element, error) &&
                  pmml_number_or(model->element, "threshold", 0, &threshold, error) &&
                  pmml_number_or(element, "threshold", threshold, &machine.threshold, error);
    if (ok && model->function == PMML_CLASSIFICATION) {
        ok = target != NULL || pmml_error(error, element, "no targetCategory");
        if (ok)
            machine.label = pmml_model_label(model, target);
        self->is_rounded = alternate == NULL && binary != NULL;
        alternate = self->is_rounded ? binary : alternate;
        if (ok && alternate != NULL)
            machine.alternate = pmml_model_label(model, alternate);
    }
    g_array_append_val(self->machines, machine);
    return ok;
}

/* one machine that names one class: of a target of two values the other is meant */
static void
vectors_complete(PmmlModel *model, Vectors *self)
{
    const PmmlData *target = model->target_data;
    Machine *machine = &g_array_index(self->machines, Machine, 0);
    if (model->function != PMML_CLASSIFICATION || self->machines->len != 1 ||
        machine->alternate != G_MAXUINT || target == NULL || target->texts->len != 2)
        return;
    for (guint i = 0; i < 2; i++) {
        guint label = pmml_model_label(model, target->texts->pdata[i]);
        if (label != machine->label)
            machine->alternate = label;
    }
}

static gboolean
vectors_read_method(PmmlModel *model, Vectors *self, GError **error)
{
    const char *method = pmml_attribute(model->element, "classificationMethod");
    const char *most = pmml_attribute(model->element, "maxWins");
    guint n_alternates = 0;
    for (guint i = 0; i < self->machines->len; i++)
        n_alternates += g_array_index(self->machines, Machine, i).alternate != G_MAXUINT;
    self->most_wins = most != NULL && (g_str_equal(most, "true") || g_str_equal(most, "1"));
    if (self->is_rounded && self->machines->len > 1)
        return pmml_unsupported(error,
                                model->element,
                                "alternateBinaryTargetCategory with more than one machine");
    self->one_against_one = method != NULL ? g_str_equal(method, "OneAgainstOne")
                                           : n_alternates > 0;
    if (method != NULL && !self->one_against_one && !g_str_equal(method, "OneAgainstAll"))
        return pmml_unsupported(error, model->element, "classificationMethod “%s”", method);
    /* a machine that tells two classes apart decides between them */
    vectors_complete(model, self);
    for (guint i = n_alternates = 0; i < self->machines->len; i++)
        n_alternates += g_array_index(self->machines, Machine, i).alternate != G_MAXUINT;
    if (model->function == PMML_CLASSIFICATION && self->machines->len == 1)
        self->one_against_one = n_alternates > 0;
    return !self->one_against_one || n_alternates == self->machines->len ||
           pmml_error(error, model->element, "a machine has no alternateTargetCategory");
}

static gboolean
vectors_read(PmmlProgram *program, PmmlModel *model, GError **error)
{
    Vectors *self = g_new0(Vectors, 1);
    model->body = self;
    self->fields = g_array_new(FALSE, FALSE, sizeof(VectorField));
    self->instances = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    self->ids = g_hash_table_new(errata_text_hash, g_str_equal);
    self->machines = g_array_new(FALSE, FALSE, sizeof(Machine));
    if (!vectors_read_kernel(self, model->element, error) ||
        !vectors_read_dictionary(program, model, self, error))
        return FALSE;
    const PmmlElement *element = pmml_child(model->element, "SupportVectorMachine");
    for (; element != NULL; element = pmml_next(element, "SupportVectorMachine"))
        if (!vectors_read_machine(model, self, element, error))
            return FALSE;
    if (self->machines->len == 0)
        return pmml_error(error, model->element, "no SupportVectorMachine");
    return vectors_read_method(model, self, error);
}

static double
vectors_kernel(const Vectors *self, const double *x, const double *y)
{
    double dot = 0, distance = 0;
    for (guint i = 0; i < self->fields->len; i++) {
        dot += x[i] * y[i];
        distance += (x[i] - y[i]) * (x[i] - y[i]);
    }
    switch (self->kernel) {
    case KERNEL_POLYNOMIAL:
        return pow(self->gamma * dot + self->coef0, self->degree);
    case KERNEL_RADIAL:
        return exp(-self->gamma * distance);
    case KERNEL_SIGMOID:
        return tanh(self->gamma * dot + self->coef0);
    case KERNEL_LINEAR:
    default:
        return dot;
    }
}

static double
vectors_value(const Vectors *self, const Machine *machine, const double *x, double *kernel)
{
    double sum = 0;
    if (machine->vectors->len == 0) {
        for (guint i = 0; i < machine->weights->len; i++)
            sum += g_array_index(machine->weights, double, i) * x[i];
        return sum + machine->bias;
    }
    for (guint i = 0; i < machine->weights->len; i++) {
        guint at = g_array_index(machine->vectors, guint, i);
        if (isnan(kernel[at])) {
            const GArray *instance = self->instances->pdata[at];
            kernel[at] = vectors_kernel(self, x, (const double *)(gconstpointer)instance->data);
        }
        sum += g_array_index(machine->weights, double, i) * kernel[at];
    }
    return sum + machine->bias;
}

static gboolean
vectors_input(const Vectors *self, PmmlRow *row, double *x, gboolean *ret_missing, GError **error)
{
    *ret_missing = FALSE;
    for (guint i = 0; i < self->fields->len && !*ret_missing; i++) {
        const VectorField *field = &g_array_index(self->fields, VectorField, i);
        PmmlValue value;
        if (!field->is_category) {
            if (!pmml_row_number(row, field->slot, &x[i], ret_missing, error))
                return FALSE;
            continue;
        }
        if (!pmml_slot_value(row, field->slot, &value, error))
            return FALSE;
        x[i] = !value.missing && pmml_value_equal(&value, &field->value) ? field->coefficient : 0;
    }
    return TRUE;
}

/* whether a machine is for its target: below its threshold; above it where the most wins */
static gboolean
vectors_is_for_target(const Vectors *self, const Machine *machine, double value)
{
    if (self->is_rounded)
        return value >= 0.5;
    return self->most_wins ? value > machine->threshold : value < machine->threshold;
}

/* each machine votes for its target or for the alternative */
static void
vectors_vote(const PmmlModel *model,
             const Vectors *self,
             PmmlRow *row,
             const double *x,
             double *kernel,
             PmmlResult *result)
{
    double *votes = pmml_row_scores(row, model);
    for (guint i = 0; i < self->machines->len; i++) {
        const Machine *machine = &g_array_index(self->machines, Machine, i);
        double value = vectors_value(self, machine, x, kernel);
        if (self->is_rounded && !(value >= -0.5 && value < 1.5))
            return; /* rounds to neither 0 nor 1 */
        votes[vectors_is_for_target(self, machine, value) ? machine->label : machine->alternate] +=
            1;
    }
    for (guint i = 0; i < model->labels->len; i++)
        votes[i] /= self->machines->len;
    result->score = votes;
    pmml_model_decide(model, result);
}

static gboolean
vectors_run(const PmmlModel *model, PmmlRow *row, PmmlResult *result, GError **error)
{
    const Vectors *self = model->body;
    gboolean missing;
    double *x = pmml_row_alloc(row, self->fields->len, sizeof(double));
    double *kernel = pmml_row_alloc(row, self->instances->len, sizeof(double));
    for (guint i = 0; i < self->instances->len; i++)
        kernel[i] = (double)NAN;
    if (!vectors_input(self, row, x, &missing, error))
        return FALSE;
    if (missing)
        return TRUE;
    if (model->function != PMML_CLASSIFICATION) {
        result->value = pmml_value_number(
            PMML_DOUBLE,
            vectors_value(self, &g_array_index(self->machines, Machine, 0), x, kernel));
        return TRUE;
    }
    if (self->one_against_one) {
        vectors_vote(model, self, row, x, kernel, result);
        return TRUE;
    }
    guint best = 0;
    double least = (double)NAN;
    for (guint i = 0; i < self->machines->len; i++) {
        const Machine *machine = &g_array_index(self->machines, Machine, i);
        double value = vectors_value(self, machine, x, kernel);
        value = self->most_wins ? -value : value;
        if (isnan(least) || value < least) {
            least = value;
            best = machine->label;
        }
    }
    result->value = pmml_model_label_value(model, best);
    return TRUE;
}

const PmmlModelClass pmml_vector_machine_class = {
    .element = "SupportVectorMachineModel",
    .kind = "support vector machine",
    .read = vectors_read,
    .run = vectors_run,
    .free = vectors_free,
};
