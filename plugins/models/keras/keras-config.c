/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a Keras model is made from: its layers in order, those of inner models with theirs before
 * their names, and what settings tell most of them. */
#include <string.h>

#include "keras-private.h"
#include "limit.h"
#include "model-facts.h"

#define CONFIG_DEPTH  16 /* models within models */
#define CONFIG_LAYERS 100000

typedef struct {
    ErrataModelBuilder *builder;
    guint n;
} Config;

/* an activation, a policy of types: a word, or an object with a name */
static char *
config_word(const ErrataDatum *value)
{
    const ErrataDatum *inner = errata_datum_get(value, "config");
    const char *name = errata_datum_text(inner, "name");

    if (value == NULL || value->kind != ERRATA_DATUM_OBJECT)
        return errata_model_facts_text(value);
    if (name == NULL && inner != NULL && inner->kind == ERRATA_DATUM_STRING)
        name = inner->text;
    if (name == NULL)
        name = errata_datum_text(value, "class_name");
    return g_strdup(name);
}

static char *
config_settings(const ErrataDatum *config)
{
    static const char *const told[] = {"units",
                                       "filters",
                                       "kernel_size",
                                       "strides",
                                       "pool_size",
                                       "padding",
                                       "activation",
                                       "rate",
                                       "input_dim",
                                       "output_dim",
                                       "num_heads",
                                       "key_dim",
                                       "axis",
                                       "return_sequences",
                                       "merge_mode",
                                       "target_shape"};
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < G_N_ELEMENTS(told); i++) {
        const ErrataDatum *value = errata_datum_get(config, told[i]);
        g_autofree char *word = value != NULL && value->kind != ERRATA_DATUM_NULL
                                    ? config_word(value)
                                    : NULL;

        if (word != NULL)
            g_string_append_printf(text, "%s%s %s", text->len > 0 ? ", " : "", told[i], word);
    }
    return g_string_free(text, text->len == 0);
}

/* [null, 13], or a list of such, as a shape */
static char *
config_shape(const ErrataDatum *shape)
{
    g_autoptr(GString) text = NULL;

    if (shape == NULL ||
        (shape->kind != ERRATA_DATUM_LIST && shape->kind != ERRATA_DATUM_NUMBERS) ||
        shape->n > ERRATA_LIMIT_DIMENSIONS)
        return NULL;
    text = g_string_new(NULL);
    for (gsize i = 0; i < shape->n; i++) {
        const ErrataDatum *item = shape->kind == ERRATA_DATUM_LIST ? &shape->items[i] : NULL;

        if (i > 0)
            g_string_append(text, " × ");
        if (item == NULL)
            g_string_append_printf(text, "%.0f", shape->numbers[i]);
        else if (item->kind == ERRATA_DATUM_NUMBER)
            g_string_append_printf(text, "%.0f", item->number);
        else
            g_string_append(text, "any");
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static const ErrataDatum *
config_input_shape(const ErrataDatum *layer, const ErrataDatum *config)
{
    static const char *const keys[] = {"batch_shape", "batch_input_shape"};
    const ErrataDatum *build = errata_datum_get(layer, "build_config");
    const ErrataDatum *found = NULL;

    for (guint i = 0; found == NULL && i < G_N_ELEMENTS(keys); i++)
        found = errata_datum_get(config, keys[i]);
    return found != NULL ? found : errata_datum_get(build, "input_shape");
}

static void
config_add_layer(Config *self,
                 const ErrataDatum *layer,
                 const ErrataDatum *config,
                 const char *prefix)
{
    const char *klass = errata_datum_text(layer, "class_name");
    const char *name = errata_datum_text(config, "name");
    g_autofree char *full = NULL;
    ErrataModelLayer *made;

    if (name == NULL)
        name = errata_datum_text(layer, "name");
    full = g_strconcat(prefix, name != NULL ? name : klass, NULL);
    made = errata_model_builder_add_layer(self->builder, full, klass);
    made->shape = config_shape(config_input_shape(layer, config));
    made->dtype = config_word(errata_datum_get(config, "dtype"));
    made->settings = config_settings(config);
    if (strcmp(klass, "InputLayer") == 0 && prefix[0] == '\0' && name != NULL) {
        ErrataModelInput *input =
            errata_model_builder_add_input(self->builder, full, ERRATA_MODEL_NUMBER, NULL);

        input->shape = g_strdup(made->shape);
    }
}

static void
config_walk(Config *self, const ErrataDatum *model, const char *prefix, guint depth)
{
    const ErrataDatum *config = errata_datum_get(model, "config");
    const ErrataDatum *layers = errata_datum_get(config, "layers");

    /* the oldest sequential models are a list of layers */
    if (layers == NULL && config != NULL && config->kind == ERRATA_DATUM_LIST)
        layers = config;
    if (layers == NULL || layers->kind != ERRATA_DATUM_LIST || depth > CONFIG_DEPTH)
        return;
    for (gsize i = 0; i < layers->n && self->n < CONFIG_LAYERS; i++) {
        const ErrataDatum *layer = &layers->items[i];
        const ErrataDatum *inner = errata_datum_get(layer, "config");
        const char *name = errata_datum_text(inner, "name");
        g_autofree char *within = g_strconcat(prefix, name != NULL ? name : "model", "/", NULL);

        if (errata_datum_text(layer, "class_name") == NULL)
            continue;
        self->n++;
        config_add_layer(self, layer, inner, prefix);
        config_walk(self, layer, within, depth + 1);
    }
}

/* ["dense", 0, 0], or a list of such */
static void
config_add_outputs(Config *self, const ErrataDatum *list, guint depth)
{
    const ErrataDatum *first = errata_datum_at(list, 0);

    if (first == NULL || depth > 2)
        return;
    if (first->kind == ERRATA_DATUM_STRING) {
        errata_model_builder_add_output(self->builder,
                                        first->text,
                                        ERRATA_MODEL_PREDICTION,
                                        ERRATA_MODEL_NUMBER,
                                        NULL);
        return;
    }
    for (gsize i = 0; list->kind == ERRATA_DATUM_LIST && i < MIN(list->n, 1000); i++)
        config_add_outputs(self, &list->items[i], depth + 1);
}

/* a sequential model gives what the last of its layers gives */
static void
config_add_last_output(Config *self, const ErrataDatum *layers)
{
    const ErrataDatum *last = layers != NULL && layers->kind == ERRATA_DATUM_LIST && layers->n > 0
                                  ? &layers->items[layers->n - 1]
                                  : NULL;
    const ErrataDatum *config = errata_datum_get(last, "config");
    const char *klass = errata_datum_text(last, "class_name");
    const char *name = errata_datum_text(config, "name");
    const ErrataDatum *units = errata_datum_get(config, "units");
    ErrataModelOutput *output;

    if (name == NULL || klass == NULL || strcmp(klass, "InputLayer") == 0)
        return;
    output = errata_model_builder_add_output(self->builder,
                                             name,
                                             ERRATA_MODEL_PREDICTION,
                                             ERRATA_MODEL_NUMBER,
                                             NULL);
    if (strcmp(klass, "Dense") == 0 && units != NULL && units->kind == ERRATA_DATUM_NUMBER)
        output->shape = g_strdup_printf("any × %.0f", units->number);
}

/**
 * keras_describe_config:
 * @builder: gets layers, inputs and outputs
 * @config: (nullable): an object with a class_name and a config, as Keras writes its models
 */
void
keras_describe_config(ErrataModelBuilder *builder, const ErrataDatum *config)
{
    const char *klass = errata_datum_text(config, "class_name");
    const ErrataDatum *inner = errata_datum_get(config, "config");
    const char *name = errata_datum_text(inner, "name");
    g_autofree char *kind = NULL;
    Config self = {builder, 0};

    if (klass == NULL)
        return;
    kind = g_strdup_printf("neural network (%s)", klass);
    errata_model_builder_set_kind(builder, kind);
    if (name != NULL)
        errata_model_builder_add_parameter(builder, "name", name);
    config_walk(&self, config, "", 0);
    if (strcmp(klass, "Sequential") != 0)
        config_add_outputs(&self, errata_datum_get(inner, "output_layers"), 0);
    else
        config_add_last_output(&self,
                               inner != NULL && inner->kind == ERRATA_DATUM_LIST
                                   ? inner
                                   : errata_datum_get(inner, "layers"));
}
