/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A model described as one JSON document, for `errata inspect`. */
#include "model-json.h"

#include "json-writer.h"
#include "limit.h"
#include "model-container.h"
#include "model-opcodes.h"

#define JSON_MAX_CATEGORIES 1000 /* of one input; how many there are is told anyway */

static const char *
model_type_nick(ErrataModelType type)
{
    switch (type) {
    case ERRATA_MODEL_NUMBER:
        return "number";
    case ERRATA_MODEL_CATEGORY:
        return "category";
    case ERRATA_MODEL_TEXT:
        return "text";
    }
    return "number";
}

static const char *
model_role_nick(ErrataModelRole role)
{
    switch (role) {
    case ERRATA_MODEL_PREDICTION:
        return "prediction";
    case ERRATA_MODEL_MARGIN:
        return "margin";
    case ERRATA_MODEL_PROBABILITY:
        return "probability";
    case ERRATA_MODEL_FIELD:
        return "field";
    }
    return "field";
}

static void
json_inputs(ErrataJsonWriter *json, const ErrataModel *model, guint most)
{
    errata_json_writer_uint(json, "n_inputs", model->inputs->len);
    errata_json_writer_begin(json, "inputs", '[');
    for (guint i = 0; i < MIN(model->inputs->len, most); i++) {
        const ErrataModelInput *input = errata_model_input(model, i);

        errata_json_writer_begin(json, NULL, '{');
        errata_json_writer_string(json, "name", input->name);
        errata_json_writer_string(json, "type", model_type_nick(input->type));
        if (input->type == ERRATA_MODEL_CATEGORY) {
            errata_json_writer_uint(json, "n_categories", input->n_categories);
            errata_json_writer_begin(json, "categories", '[');
            for (guint c = 0; c < MIN(input->n_categories, JSON_MAX_CATEGORIES); c++)
                errata_json_writer_string(json, NULL, input->categories[c]);
            errata_json_writer_end(json, ']');
        }
        if (input->shape != NULL)
            errata_json_writer_string(json, "shape", input->shape);
        if (input->is_coded)
            errata_json_writer_uint(json, "n_codes", input->n_codes);
        errata_json_writer_end(json, '}');
    }
    errata_json_writer_end(json, ']');
    errata_json_writer_uint(json, "n_outputs", model->outputs->len);
    errata_json_writer_begin(json, "outputs", '[');
    for (guint i = 0; i < MIN(model->outputs->len, most); i++) {
        const ErrataModelOutput *output = errata_model_output(model, i);

        errata_json_writer_begin(json, NULL, '{');
        errata_json_writer_string(json, "name", output->name);
        errata_json_writer_string(json, "role", model_role_nick(output->role));
        errata_json_writer_string(json, "type", model_type_nick(output->type));
        if (output->shape != NULL)
            errata_json_writer_string(json, "shape", output->shape);
        errata_json_writer_end(json, '}');
    }
    errata_json_writer_end(json, ']');
}

static void
json_facts(ErrataJsonWriter *json, const char *key, const GPtrArray *facts)
{
    errata_json_writer_begin(json, key, '[');
    for (guint i = 0; i < facts->len; i++) {
        const ErrataModelFact *fact = g_ptr_array_index(facts, i);

        errata_json_writer_begin(json, NULL, '{');
        errata_json_writer_string(json, "name", fact->name);
        errata_json_writer_string(json, "value", fact->value);
        errata_json_writer_end(json, '}');
    }
    errata_json_writer_end(json, ']');
}

static void
json_layers(ErrataJsonWriter *json, const ErrataModel *model, guint most)
{
    errata_json_writer_uint(json, "n_layers", model->layers->len);
    errata_json_writer_begin(json, "layers", '[');
    for (guint i = 0; i < MIN(model->layers->len, most); i++) {
        const ErrataModelLayer *layer = g_ptr_array_index(model->layers, i);

        errata_json_writer_begin(json, NULL, '{');
        errata_json_writer_string(json, "name", layer->name);
        errata_json_writer_string(json, "kind", layer->kind);
        errata_json_writer_string(json, "dtype", layer->dtype);
        errata_json_writer_string(json, "shape", layer->shape);
        errata_json_writer_string(json, "settings", layer->settings);
        errata_json_writer_uint(json, "bytes", layer->n_bytes);
        errata_json_writer_uint(json, "values", layer->n_values);
        errata_json_writer_uint(json, "nan", layer->n_nan);
        errata_json_writer_uint(json, "infinite", layer->n_infinite);
        errata_json_writer_boolean(json, "all_zero", layer->all_zero);
        errata_json_writer_string(json, "duplicate_of", layer->duplicate_of);
        errata_json_writer_end(json, '}');
    }
    errata_json_writer_end(json, ']');
    errata_json_writer_begin(json, "risks", '[');
    for (guint i = 0; i < model->risks->len; i++) {
        const ErrataModelRisk *risk = g_ptr_array_index(model->risks, i);
        const ErrataModelOpcodes *opcodes = errata_model_opcodes_get(risk);

        errata_json_writer_begin(json, NULL, '{');
        errata_json_writer_string(json, "severity", errata_severity_nick(risk->severity));
        errata_json_writer_string(json, "problem", risk->problem);
        errata_json_writer_string(json, "what", risk->what);
        if (opcodes != NULL) {
            errata_json_writer_uint(json, "imports", opcodes->n_imports);
            errata_json_writer_uint(json, "calls", opcodes->n_calls);
            errata_json_writer_uint(json, "states", opcodes->n_states);
        }
        errata_json_writer_end(json, '}');
    }
    errata_json_writer_end(json, ']');
}

static void
json_container(ErrataJsonWriter *json, const ErrataModelContainer *container)
{
    errata_json_writer_begin(json, "container", '{');
    errata_json_writer_string(json, "id", container->id);
    errata_json_writer_string(json, "kind", container->kind);
    errata_json_writer_string(json, "path", container->path);
    json_facts(json, "facts", container->facts);
    errata_json_writer_begin(json, "members", '[');
    for (guint i = 0; i < container->members->len; i++) {
        const ErrataModelMember *member = g_ptr_array_index(container->members, i);

        errata_json_writer_begin(json, NULL, '{');
        errata_json_writer_string(json, "path", member->path);
        errata_json_writer_uint(json, "bytes", member->bytes);
        errata_json_writer_string(json, "what", member->what);
        errata_json_writer_end(json, '}');
    }
    errata_json_writer_end(json, ']');
    errata_json_writer_end(json, '}');
}

/* of all tensors together; nothing for a model without */
static void
json_totals(ErrataJsonWriter *json, const ErrataModel *model)
{
    guint64 tensors = 0, bytes = 0, values = 0, nan = 0, infinite = 0, zero = 0, duplicated = 0;

    for (guint i = 0; i < model->layers->len; i++) {
        const ErrataModelLayer *layer = g_ptr_array_index(model->layers, i);

        if (layer->n_bytes == 0)
            continue;
        tensors++;
        bytes += layer->n_bytes;
        values += layer->n_values;
        nan += layer->n_nan;
        infinite += layer->n_infinite;
        zero += layer->all_zero ? 1 : 0;
        duplicated += layer->duplicate_of != NULL ? 1 : 0;
    }
    if (tensors == 0)
        return;
    errata_json_writer_begin(json, "tensors", '{');
    errata_json_writer_uint(json, "tensors", tensors);
    errata_json_writer_uint(json, "values", values);
    errata_json_writer_uint(json, "bytes", bytes);
    errata_json_writer_uint(json, "nan", nan);
    errata_json_writer_uint(json, "infinite", infinite);
    errata_json_writer_uint(json, "all_zero", zero);
    errata_json_writer_uint(json, "duplicated", duplicated);
    errata_json_writer_end(json, '}');
}

static void
json_trees(ErrataJsonWriter *json, const ErrataTrees *trees)
{
    guint n_leaves = 0;

    for (guint node = 0; node < trees->n_nodes; node++)
        n_leaves += (trees->flags[node] & ERRATA_NODE_LEAF) != 0 ? 1 : 0;
    errata_json_writer_begin(json, "trees", '{');
    errata_json_writer_uint(json, "trees", trees->n_trees);
    errata_json_writer_uint(json, "nodes", trees->n_nodes);
    errata_json_writer_uint(json, "leaves", n_leaves);
    errata_json_writer_uint(json, "depth", trees->depth);
    errata_json_writer_uint(json, "groups", trees->n_groups);
    errata_json_writer_boolean(json, "cover", trees->cover != NULL);
    errata_json_writer_doubles(json, "base", trees->base, trees->n_groups);
    errata_json_writer_end(json, '}');
}

static void
json_texts(ErrataJsonWriter *json, const char *key, const GPtrArray *texts)
{
    errata_json_writer_begin(json, key, '[');
    for (guint i = 0; i < texts->len; i++)
        errata_json_writer_string(json, NULL, g_ptr_array_index(texts, i));
    errata_json_writer_end(json, ']');
}

/* up to so many inputs, outputs and layers; how many there are is told anyway */
static char *
model_to_json(const ErrataModel *self,
              const char *path,
              const char *sha256,
              guint64 bytes,
              const GPtrArray *warnings,
              guint most_columns,
              guint most_layers)
{
    ErrataJsonWriter json = {g_string_new(NULL), FALSE};

    errata_json_writer_begin(&json, NULL, '{');
    errata_json_writer_begin(&json, "model", '{');
    errata_json_writer_string(&json, "path", path);
    errata_json_writer_string(&json, "sha256", sha256);
    errata_json_writer_uint(&json, "bytes", bytes);
    errata_json_writer_string(&json, "format", self->format);
    errata_json_writer_string(&json, "framework", self->framework);
    errata_json_writer_string(&json, "version", self->version);
    errata_json_writer_string(&json, "kind", self->kind);
    errata_json_writer_string(&json, "task", errata_task_nick(self->task));
    errata_json_writer_boolean(&json, "runnable", self->klass != NULL);
    errata_json_writer_string(&json, "why_not", self->why_not);
    errata_json_writer_boolean(&json, "unsafe", self->is_unsafe);
    if (self->container != NULL)
        json_container(&json, self->container);
    if (self->classes != NULL)
        errata_json_writer_strings(&json, "classes", self->classes);
    json_inputs(&json, self, most_columns);
    if (self->trees != NULL)
        json_trees(&json, self->trees);
    else if (self->why_not_trees != NULL)
        errata_json_writer_string(&json, "why_not_trees", self->why_not_trees);
    json_totals(&json, self);
    json_facts(&json, "parameters", self->parameters);
    json_facts(&json, "training", self->training);
    json_layers(&json, self, most_layers);
    json_texts(&json, "notes", self->notes);
    json_texts(&json, "warnings", warnings);
    errata_json_writer_end(&json, '}');
    errata_json_writer_end(&json, '}');
    g_string_append_c(json.text, '\n');
    return g_string_free(json.text, FALSE);
}

/**
 * errata_model_to_json:
 * @self: a model
 * @path: of its file, as given
 * @sha256: (nullable): of its file
 * @bytes: of its file
 * @warnings: (element-type utf8): what opening it yielded
 *
 * Of inputs and outputs as many are listed as a log may have columns: a file of 1 kB may claim
 * millions.
 *
 * Returns: (transfer full): the document, with a line end
 */
char *
errata_model_to_json(const ErrataModel *self,
                     const char *path,
                     const char *sha256,
                     guint64 bytes,
                     const GPtrArray *warnings)
{
    return model_to_json(self, path, sha256, bytes, warnings, ERRATA_LIMIT_COLUMNS, G_MAXUINT);
}

/* the same for people, who are shown the first %ERRATA_MODEL_JSON_BRIEF of a list */
char *
errata_model_to_brief_json(const ErrataModel *self,
                           const char *path,
                           const char *sha256,
                           guint64 bytes,
                           const GPtrArray *warnings)
{
    return model_to_json(self,
                         path,
                         sha256,
                         bytes,
                         warnings,
                         ERRATA_MODEL_JSON_BRIEF,
                         ERRATA_MODEL_JSON_BRIEF);
}
