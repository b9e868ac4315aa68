/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What loaders fill. Everything a file says arrives here as it is; the checks that hold for every
 * format are made once, at the end. */
#include "model-builder.h"

#include <string.h>

#include "error.h"
#include "limit.h"
#include "model-opcodes.h"

struct _ErrataModelBuilder {
    ErrataModel *model;
};

static void
model_input_free(gpointer data)
{
    ErrataModelInput *self = data;

    g_free(self->name);
    g_free(self->shape);
    g_strfreev(self->categories);
    g_free(self);
}

static void
model_output_free(gpointer data)
{
    ErrataModelOutput *self = data;

    g_free(self->name);
    g_free(self->label);
    g_free(self->shape);
    g_strfreev(self->categories);
    g_free(self);
}

static void
model_fact_free(gpointer data)
{
    ErrataModelFact *self = data;

    g_free(self->name);
    g_free(self->value);
    g_free(self);
}

static void
model_layer_free(gpointer data)
{
    ErrataModelLayer *self = data;

    g_free(self->name);
    g_free(self->kind);
    g_free(self->dtype);
    g_free(self->shape);
    g_free(self->settings);
    g_free(self->duplicate_of);
    g_free(self);
}

static void
model_risk_free(gpointer data)
{
    ErrataModelRisk *self = data;

    g_free(self->problem);
    g_free(self->what);
    g_free(self);
}

static char *
model_text(const char *text)
{
    return text != NULL ? g_utf8_make_valid(text, -1) : NULL;
}

static char **
model_texts(const char *const *texts, guint *ret_n)
{
    guint n = 0;
    char **copy = NULL;

    while (texts != NULL && texts[n] != NULL)
        n++;
    copy = texts != NULL ? g_new0(char *, n + 1) : NULL;
    for (guint i = 0; i < n; i++)
        copy[i] = model_text(texts[i]);
    if (ret_n != NULL)
        *ret_n = n;
    return copy;
}

/**
 * errata_model_builder_new:
 * @format: id of the model format
 * @framework: what made the model, e.g. `XGBoost`
 *
 * Returns: (transfer full): an empty builder
 */
ErrataModelBuilder *
errata_model_builder_new(const char *format, const char *framework)
{
    ErrataModelBuilder *self = g_new0(ErrataModelBuilder, 1);
    ErrataModel *model = g_new0(ErrataModel, 1);

    g_atomic_ref_count_init(&model->ref_count);
    model->format = g_strdup(format);
    model->framework = model_text(framework);
    model->kind = g_strdup("model");
    model->inputs = g_ptr_array_new_with_free_func(model_input_free);
    model->outputs = g_ptr_array_new_with_free_func(model_output_free);
    model->parameters = g_ptr_array_new_with_free_func(model_fact_free);
    model->training = g_ptr_array_new_with_free_func(model_fact_free);
    model->layers = g_ptr_array_new_with_free_func(model_layer_free);
    model->risks = g_ptr_array_new_with_free_func(model_risk_free);
    model->notes = g_ptr_array_new_with_free_func(g_free);
    self->model = model;
    return self;
}

void
errata_model_builder_free(ErrataModelBuilder *self)
{
    if (self == NULL)
        return;
    errata_model_unref(self->model);
    g_free(self);
}

void
errata_model_builder_set_version(ErrataModelBuilder *self, const char *version)
{
    g_free(self->model->version);
    self->model->version = model_text(version);
}

void
errata_model_builder_set_kind(ErrataModelBuilder *self, const char *kind)
{
    g_free(self->model->kind);
    self->model->kind = model_text(kind);
}

void
errata_model_builder_set_task(ErrataModelBuilder *self, ErrataTask task)
{
    self->model->task = task;
}

void
errata_model_builder_set_classes(ErrataModelBuilder *self, const char *const *classes)
{
    g_strfreev(self->model->classes);
    self->model->classes = model_texts(classes, NULL);
}

void
errata_model_builder_set_unnamed(ErrataModelBuilder *self, gboolean unnamed)
{
    self->model->unnamed = unnamed;
}

ErrataModelInput *
errata_model_builder_add_input(ErrataModelBuilder *self,
                               const char *name,
                               ErrataModelType type,
                               const char *const *categories)
{
    ErrataModelInput *input = g_new0(ErrataModelInput, 1);

    input->name = model_text(name);
    input->type = type;
    input->categories = model_texts(categories, &input->n_categories);
    g_ptr_array_add(self->model->inputs, input);
    return input;
}

ErrataModelInput *
errata_model_builder_input(ErrataModelBuilder *self, guint index)
{
    return g_ptr_array_index(self->model->inputs, index);
}

ErrataModelOutput *
errata_model_builder_add_output(ErrataModelBuilder *self,
                                const char *name,
                                ErrataModelRole role,
                                ErrataModelType type,
                                const char *label)
{
    ErrataModelOutput *output = g_new0(ErrataModelOutput, 1);

    output->name = model_text(name);
    output->role = role;
    output->type = type;
    output->label = model_text(label);
    g_ptr_array_add(self->model->outputs, output);
    return output;
}

static void
builder_add_fact(GPtrArray *facts, const char *name, const char *value)
{
    ErrataModelFact *fact = g_new0(ErrataModelFact, 1);

    fact->name = model_text(name);
    fact->value = model_text(value);
    g_ptr_array_add(facts, fact);
}

void
errata_model_builder_add_parameter(ErrataModelBuilder *self, const char *name, const char *value)
{
    builder_add_fact(self->model->parameters, name, value);
}

void
errata_model_builder_add_training(ErrataModelBuilder *self, const char *name, const char *value)
{
    builder_add_fact(self->model->training, name, value);
}

ErrataModelLayer *
errata_model_builder_add_layer(ErrataModelBuilder *self, const char *name, const char *kind)
{
    ErrataModelLayer *layer = g_new0(ErrataModelLayer, 1);

    layer->name = model_text(name);
    layer->kind = model_text(kind);
    g_ptr_array_add(self->model->layers, layer);
    return layer;
}

static char *G_GNUC_PRINTF(1, 0) builder_words(const char *format, va_list args)
{
    g_autofree char *words = g_strdup_vprintf(format, args);

    return g_utf8_make_valid(words, -1);
}

void
errata_model_builder_add_risk(ErrataModelBuilder *self,
                              ErrataSeverity severity,
                              const char *problem,
                              const char *format,
                              ...)
{
    ErrataModelRisk *risk = g_new0(ErrataModelRisk, 1);
    va_list args;

    va_start(args, format);
    self->model->is_unsafe = self->model->is_unsafe || (severity == ERRATA_SEVERITY_CRITICAL &&
                                                        strcmp(problem, "pickle-import") == 0);
    risk->severity = severity;
    risk->problem = g_strdup(problem);
    risk->what = builder_words(format, args);
    va_end(args);
    g_ptr_array_add(self->model->risks, risk);
}

/**
 * errata_model_opcodes_add:
 * @builder: gets the risk
 * @severity: of what the opcodes touch
 * @n_imports, @n_calls, @n_states: opcodes that import, call, and set a state
 * @of: what they touch, in words
 *
 * Adds the count of a pickle's opcodes, in words and as numbers.
 */
void
errata_model_opcodes_add(ErrataModelBuilder *builder,
                         ErrataSeverity severity,
                         guint n_imports,
                         guint n_calls,
                         guint n_states,
                         const char *of)
{
    ErrataModelOpcodes *self = g_new0(ErrataModelOpcodes, 1);

    self->risk.severity = severity;
    self->risk.problem = g_strdup(ERRATA_MODEL_OPCODES);
    self->risk.what = g_strdup_printf("opcodes of the pickle: %u import, %u call and %u set the "
                                      "state of %s",
                                      n_imports,
                                      n_calls,
                                      n_states,
                                      of);
    self->n_imports = n_imports;
    self->n_calls = n_calls;
    self->n_states = n_states;
    g_ptr_array_add(builder->model->risks, self);
}

const ErrataModelOpcodes *
errata_model_opcodes_get(const ErrataModelRisk *risk)
{
    return strcmp(risk->problem, ERRATA_MODEL_OPCODES) == 0 ? (const ErrataModelOpcodes *)risk
                                                            : NULL;
}

void
errata_model_builder_note(ErrataModelBuilder *self, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_ptr_array_add(self->model->notes, builder_words(format, args));
    va_end(args);
}

void
errata_model_builder_set_why_not(ErrataModelBuilder *self, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_free(self->model->why_not);
    self->model->why_not = builder_words(format, args);
    va_end(args);
}

void
errata_model_builder_set_why_not_trees(ErrataModelBuilder *self, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_free(self->model->why_not_trees);
    self->model->why_not_trees = builder_words(format, args);
    va_end(args);
}

void
errata_model_builder_add_work(ErrataModelBuilder *self, double n)
{
    self->model->work += n;
}

void
errata_model_builder_set_body(ErrataModelBuilder *self,
                              const ErrataModelClass *klass,
                              gpointer body)
{
    g_return_if_fail(self->model->klass == NULL);
    self->model->klass = klass;
    self->model->body = body;
}

void
errata_model_builder_set_trees(ErrataModelBuilder *self, ErrataTrees *trees)
{
    errata_trees_free(self->model->trees);
    self->model->trees = trees;
}

static int
builder_compare_inputs(gconstpointer a, gconstpointer b)
{
    const ErrataModelInput *const *left = a;
    const ErrataModelInput *const *right = b;

    return strcmp((*left)->name, (*right)->name);
}

/* the place of an input whose name another has; the number of inputs when there is none. Sorted,
 * not hashed: names can be chosen to have one hash */
static guint
builder_find_twice(const ErrataModel *model)
{
    g_autoptr(GPtrArray) sorted = g_ptr_array_copy(model->inputs, NULL, NULL);
    guint place = 0;

    g_ptr_array_set_free_func(sorted, NULL);
    g_ptr_array_sort(sorted, builder_compare_inputs);
    for (guint i = 1; i < sorted->len; i++)
        if (builder_compare_inputs(&sorted->pdata[i - 1], &sorted->pdata[i]) == 0) {
            g_ptr_array_find(model->inputs, sorted->pdata[i], &place);
            return place;
        }
    return model->inputs->len;
}

static gboolean
builder_check_inputs(const ErrataModel *model, GError **error)
{
    guint twice;

    if (model->inputs->len > ERRATA_LIMIT_MODEL_FEATURES ||
        model->outputs->len > ERRATA_LIMIT_MODEL_OUTPUTS) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_LIMIT,
                    "the model has %u inputs and %u outputs, more than %u and %u",
                    model->inputs->len,
                    model->outputs->len,
                    ERRATA_LIMIT_MODEL_FEATURES,
                    ERRATA_LIMIT_MODEL_OUTPUTS);
        return FALSE;
    }
    for (guint i = 0; i < model->inputs->len; i++) {
        const ErrataModelInput *input = errata_model_input(model, i);

        if (input->name == NULL) {
            g_set_error(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA, "input %u has no name", i);
            return FALSE;
        }
    }
    twice = builder_find_twice(model);
    if (twice == model->inputs->len)
        return TRUE;
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_INVALID_DATA,
                "input %u: there is another input named “%s”",
                twice,
                errata_model_input(model, twice)->name);
    return FALSE;
}

/**
 * errata_model_builder_finish:
 * @self: a builder; empty afterwards
 * @error: return location for a #GError
 *
 * Errors: %ERRATA_ERROR_INVALID_DATA for inputs without a name or with the same one and for trees
 * that read more features than there are inputs; %ERRATA_ERROR_LIMIT for too many.
 *
 * Returns: (transfer full): the model, or %NULL with @error set
 */
ErrataModel *
errata_model_builder_finish(ErrataModelBuilder *self, GError **error)
{
    g_autoptr(ErrataModel) model = g_steal_pointer(&self->model);

    g_return_val_if_fail(model != NULL, NULL);
    if (!builder_check_inputs(model, error))
        return NULL;
    if (model->trees != NULL && model->trees->n_owners > model->inputs->len) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_INVALID_DATA,
                    "the trees read %u features, the model names %u",
                    model->trees->n_owners,
                    model->inputs->len);
        return NULL;
    }
    if (model->klass == NULL && model->why_not == NULL)
        model->why_not = g_strdup_printf("%s is described, not run", model->kind);
    return g_steal_pointer(&model);
}
