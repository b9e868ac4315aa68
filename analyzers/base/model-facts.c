/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON documents that lie beside or in models, as facts. A document may be long: what is one value
 * is told, what is a table of many is not. */
#include "model-facts.h"

#include <math.h>

#include "number.h"

#define FACTS_DEPTH 6   /* objects within objects */
#define FACTS_MAX   400 /* of one document */
#define FACTS_ITEMS 12  /* elements told of an array */
#define FACTS_LISTS 2   /* lists within lists that are told */
#define FACTS_BYTES 400 /* of a string */

typedef struct {
    ErrataModelBuilder *builder;
    gboolean training;
    guint n;
} Facts;

static void
facts_append_number(GString *text, double number)
{
    char buffer[ERRATA_NUMBER_BUFFER];

    g_string_append(text, isnan(number) ? "null" : errata_number_print(number, buffer));
}

/* @depth: lists around it */
static void
facts_append(GString *text, const ErrataDatum *value, guint depth)
{
    switch (value->kind) {
    case ERRATA_DATUM_NULL:
        g_string_append(text, "null");
        break;
    case ERRATA_DATUM_BOOLEAN:
        g_string_append(text, value->number > 0.0 ? "true" : "false");
        break;
    case ERRATA_DATUM_NUMBER:
        facts_append_number(text, value->number);
        break;
    case ERRATA_DATUM_STRING:
        g_string_append_len(text, value->text, (gssize)MIN(value->n, FACTS_BYTES));
        g_string_append(text, value->n > FACTS_BYTES ? "…" : "");
        break;
    case ERRATA_DATUM_NUMBERS:
    case ERRATA_DATUM_LIST:
        g_string_append_c(text, '[');
        for (gsize i = 0; i < MIN(value->n, FACTS_ITEMS); i++) {
            g_string_append(text, i > 0 ? ", " : "");
            if (value->kind == ERRATA_DATUM_NUMBERS)
                facts_append_number(text, value->numbers[i]);
            else if (value->items[i].kind == ERRATA_DATUM_OBJECT ||
                     (value->items[i].kind == ERRATA_DATUM_LIST && depth >= FACTS_LISTS))
                g_string_append(text, "…");
            else
                facts_append(text, &value->items[i], depth + 1);
        }
        if (value->n > FACTS_ITEMS)
            g_string_append_printf(text, ", … %" G_GSIZE_FORMAT " in all", value->n);
        g_string_append_c(text, ']');
        break;
    case ERRATA_DATUM_OBJECT:
        g_string_append_printf(text, "%" G_GSIZE_FORMAT " members", value->n);
        break;
    }
}

char *
errata_model_facts_text(const ErrataDatum *value)
{
    GString *text;

    if (value == NULL || value->kind == ERRATA_DATUM_OBJECT)
        return NULL;
    text = g_string_new(NULL);
    facts_append(text, value, 0);
    return g_string_free(text, FALSE);
}

static void
facts_walk(Facts *self, const char *name, const ErrataDatum *value, guint depth)
{
    if (value->kind == ERRATA_DATUM_OBJECT && depth < FACTS_DEPTH) {
        for (gsize i = 0; i < value->n; i++) {
            g_autofree char *inner = name != NULL && name[0] != '\0'
                                         ? g_strdup_printf("%s.%s", name, value->keys[i])
                                         : g_strdup(value->keys[i]);

            facts_walk(self, inner, &value->items[i], depth + 1);
        }
        return;
    }
    if (value->kind == ERRATA_DATUM_NULL || name == NULL || name[0] == '\0' ||
        self->n++ >= FACTS_MAX)
        return;
    g_autoptr(GString) text = g_string_new(NULL);

    facts_append(text, value, 0);
    if (self->training)
        errata_model_builder_add_training(self->builder, name, text->str);
    else
        errata_model_builder_add_parameter(self->builder, name, text->str);
}

/**
 * errata_model_facts_add_parameters:
 * @builder: gets hyper-parameters
 * @prefix: (nullable): goes before the names of members
 * @value: (nullable): a document, or a part of one
 *
 * Adds every value in @value, those of inner objects with dotted names, null left out; at most 400.
 */
void
errata_model_facts_add_parameters(ErrataModelBuilder *builder,
                                  const char *prefix,
                                  const ErrataDatum *value)
{
    Facts self = {builder, FALSE, 0};

    if (value != NULL)
        facts_walk(&self, prefix, value, 0);
}

/**
 * errata_model_facts_add_training:
 * @builder: gets facts of the training
 * @prefix: (nullable): goes before the names of members
 * @value: (nullable): a document, or a part of one
 *
 * As errata_model_facts_add_parameters(), for what tells of the training.
 */
void
errata_model_facts_add_training(ErrataModelBuilder *builder,
                                const char *prefix,
                                const ErrataDatum *value)
{
    Facts self = {builder, TRUE, 0};

    if (value != NULL)
        facts_walk(&self, prefix, value, 0);
}
