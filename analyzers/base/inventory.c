/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a model's file holds, in the words and the measure of a report: the whole list is what
 * `errata inspect` is for. */
#include "inventory.h"

#include "model-container.h"
#include "precision.h"

#define INVENTORY_FACTS 24  /* of a section */
#define INVENTORY_BYTES 300 /* of a value */

static void
inventory_fact_free(gpointer data)
{
    ErrataModelFact *fact = data;

    g_free(fact->name);
    g_free(fact->value);
    g_free(fact);
}

ErrataInventorySection *
errata_inventory_section_new(const char *title, guint64 n_all)
{
    ErrataInventorySection *self = g_new0(ErrataInventorySection, 1);

    self->title = g_strdup(title);
    self->n_all = n_all;
    self->facts = g_ptr_array_new_with_free_func(inventory_fact_free);
    return self;
}

void
errata_inventory_section_free(ErrataInventorySection *self)
{
    if (self == NULL)
        return;
    g_free(self->title);
    g_ptr_array_unref(self->facts);
    g_free(self);
}

/**
 * errata_inventory_section_add:
 * @self: a section
 * @name: of a fact
 * @value: (nullable): its value; none is left out, a long one is cut
 */
void
errata_inventory_section_add(ErrataInventorySection *self, const char *name, const char *value)
{
    ErrataModelFact *fact;
    g_autofree char *cut = NULL;

    if (value == NULL || value[0] == '\0')
        return;
    fact = g_new0(ErrataModelFact, 1);
    fact->name = g_utf8_make_valid(name, -1);
    fact->value = g_utf8_make_valid(value, -1);
    if (g_utf8_strlen(fact->value, -1) > INVENTORY_BYTES) {
        cut = g_utf8_substring(fact->value, 0, INVENTORY_BYTES);
        g_free(fact->value);
        fact->value = g_strconcat(cut, "…", NULL);
    }
    g_ptr_array_add(self->facts, fact);
}

static void G_GNUC_PRINTF(3, 4)
    inventory_say(ErrataInventorySection *section, const char *name, const char *format, ...)
{
    g_autofree char *value = NULL;
    va_list args;

    va_start(args, format);
    value = g_strdup_vprintf(format, args);
    va_end(args);
    errata_inventory_section_add(section, name, value);
}

static void
inventory_trees(ErrataInventorySection *section, const ErrataTrees *trees)
{
    guint n_leaves = 0;

    for (guint node = 0; node < trees->n_nodes; node++)
        n_leaves += (trees->flags[node] & ERRATA_NODE_LEAF) != 0 ? 1 : 0;
    inventory_say(section,
                  "trees",
                  "%u with %u leaves, up to %u splits deep",
                  trees->n_trees,
                  n_leaves,
                  trees->depth);
}

static void
inventory_weights(ErrataInventorySection *section, const ErrataModel *model)
{
    guint64 n = 0, values = 0, odd = 0;
    g_autofree char *numbers = NULL;

    for (guint i = 0; i < model->layers->len; i++) {
        const ErrataModelLayer *layer = g_ptr_array_index(model->layers, i);

        n += layer->n_bytes > 0 ? 1 : 0;
        values += layer->n_values;
        odd += layer->n_nan + layer->n_infinite;
    }
    if (n == 0)
        return;
    numbers = errata_precision_print((double)values, 0);
    inventory_say(section,
                  "weights",
                  "%s numbers in %" G_GUINT64_FORMAT " tensors, %" G_GUINT64_FORMAT
                  " of them NaN or infinite",
                  numbers,
                  n,
                  odd);
}

static ErrataInventorySection *
inventory_head(const ErrataModel *model)
{
    ErrataInventorySection *section = errata_inventory_section_new("What it is", 0);
    const ErrataModelContainer *container = model->container;

    inventory_say(section,
                  "framework",
                  "%s%s%s",
                  model->framework,
                  model->version != NULL ? " " : "",
                  model->version != NULL ? model->version : "");
    errata_inventory_section_add(section, "kind", model->kind);
    errata_inventory_section_add(section, "format", model->format);
    if (container != NULL) {
        inventory_say(section,
                      "packed as",
                      "%s of %u members",
                      container->kind,
                      container->members->len);
        errata_inventory_section_add(section, "member", container->path);
    }
    if (model->inputs->len > 0)
        inventory_say(section, "inputs", "%u", model->inputs->len);
    if (model->trees != NULL)
        inventory_trees(section, model->trees);
    inventory_weights(section, model);
    errata_inventory_section_add(section, "not run", model->why_not);
    if (model->is_unsafe)
        errata_inventory_section_add(section,
                                     "unsafe",
                                     "opened with its library it would run code");
    section->n_all = section->facts->len;
    return section;
}

static void
inventory_add_facts(GPtrArray *sections, const char *title, const GPtrArray *facts)
{
    ErrataInventorySection *section;

    if (facts->len == 0)
        return;
    section = errata_inventory_section_new(title, facts->len);
    for (guint i = 0; i < MIN(facts->len, INVENTORY_FACTS); i++) {
        const ErrataModelFact *fact = g_ptr_array_index(facts, i);

        errata_inventory_section_add(section, fact->name, fact->value);
    }
    g_ptr_array_add(sections, section);
}

static void
inventory_add_risks(GPtrArray *sections, const ErrataModel *model)
{
    ErrataInventorySection *section;

    if (model->risks->len == 0)
        return;
    section = errata_inventory_section_new("What to beware of", model->risks->len);
    for (int severity = ERRATA_SEVERITY_CRITICAL; severity >= ERRATA_SEVERITY_INFO; severity--)
        for (guint i = 0; i < model->risks->len; i++) {
            const ErrataModelRisk *risk = g_ptr_array_index(model->risks, i);

            if ((int)risk->severity == severity && section->facts->len < INVENTORY_FACTS)
                errata_inventory_section_add(section,
                                             errata_severity_nick(risk->severity),
                                             risk->what);
        }
    g_ptr_array_add(sections, section);
}

static void
inventory_add_layers(GPtrArray *sections, const ErrataModel *model)
{
    ErrataInventorySection *section;

    if (model->layers->len == 0)
        return;
    section = errata_inventory_section_new(
        g_strcmp0(model->framework, "scikit-learn") == 0 ? "Steps" : "Layers and tensors",
        model->layers->len);
    for (guint i = 0; i < MIN(model->layers->len, INVENTORY_FACTS); i++) {
        const ErrataModelLayer *layer = g_ptr_array_index(model->layers, i);
        g_autofree char *bad = layer->n_nan + layer->n_infinite > 0
                                   ? g_strdup_printf(", %" G_GUINT64_FORMAT " NaN or infinite",
                                                     layer->n_nan + layer->n_infinite)
                                   : g_strdup("");

        inventory_say(section,
                      layer->name,
                      "%s%s%s%s%s%s%s%s%s%s%s",
                      layer->kind != NULL ? layer->kind : "",
                      layer->kind != NULL && layer->shape != NULL ? " " : "",
                      layer->shape != NULL ? layer->shape : "",
                      layer->dtype != NULL ? " " : "",
                      layer->dtype != NULL ? layer->dtype : "",
                      layer->settings != NULL ? " " : "",
                      layer->settings != NULL ? layer->settings : "",
                      bad,
                      layer->all_zero ? ", all zero" : "",
                      layer->duplicate_of != NULL ? ", the same as " : "",
                      layer->duplicate_of != NULL ? layer->duplicate_of : "");
    }
    g_ptr_array_add(sections, section);
}

GPtrArray *
errata_inventory_new(const ErrataModel *model)
{
    GPtrArray *sections =
        g_ptr_array_new_with_free_func((GDestroyNotify)errata_inventory_section_free);

    g_ptr_array_add(sections, inventory_head(model));
    inventory_add_risks(sections, model);
    inventory_add_facts(sections, "Training", model->training);
    inventory_add_facts(sections, "Hyper-parameters", model->parameters);
    if (model->container != NULL)
        inventory_add_facts(sections, model->container->kind, model->container->facts);
    inventory_add_layers(sections, model);
    return sections;
}
