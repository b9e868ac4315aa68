/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "pickle.h"

guint
pickle_n_items(const PickleValue *value)
{
    return value == NULL || value->items == NULL ? 0 : value->items->len;
}

const PickleValue *
pickle_item(const PickleValue *value, guint index)
{
    return index < pickle_n_items(value) ? value->items->pdata[index] : NULL;
}

const PickleValue *
pickle_get(const PickleValue *dict, const char *key)
{
    guint n = dict != NULL && dict->kind == PICKLE_DICT ? pickle_n_items(dict) : 0;
    for (guint i = 0; i + 1 < n; i += 2) {
        const PickleValue *name = dict->items->pdata[i];
        if (name->kind == PICKLE_STRING && strcmp(name->data, key) == 0)
            return dict->items->pdata[i + 1];
    }
    return NULL;
}

const char *
pickle_text(const PickleValue *value)
{
    return value != NULL && value->kind == PICKLE_STRING ? value->data : NULL;
}

/* the state is a dictionary, or a tuple with one and the slots */
const PickleValue *
pickle_attribute(const PickleValue *object, const char *name)
{
    if (object == NULL || object->kind != PICKLE_OBJECT || object->state == NULL)
        return NULL;
    const PickleValue *found = pickle_get(object->state, name);
    for (guint i = 0; found == NULL && object->state->kind == PICKLE_TUPLE && i < 2; i++)
        found = pickle_get(pickle_item(object->state, i), name);
    return found;
}

static const PickleValue *
value_class(const PickleValue *object)
{
    if (object == NULL || object->kind != PICKLE_OBJECT || object->callable == NULL ||
        object->callable->kind != PICKLE_GLOBAL)
        return NULL;
    /* protocols 0 and 1 go by a helper, whose first argument is the class */
    const PickleValue *first = pickle_item(object->args, 0);
    if (g_str_equal(object->callable->name, "_reconstructor") && first != NULL &&
        first->kind == PICKLE_GLOBAL)
        return first;
    return object->callable;
}

const char *
pickle_class(const PickleValue *object)
{
    const PickleValue *global = value_class(object);
    return global == NULL ? NULL : global->name;
}

const char *
pickle_module(const PickleValue *object)
{
    const PickleValue *global = value_class(object);
    return global == NULL ? NULL : global->module;
}

gboolean
pickle_is_a(const PickleValue *object, const char *module, const char *name)
{
    const PickleValue *global = value_class(object);
    return global != NULL && g_str_has_prefix(global->module, module) &&
           g_str_equal(global->name, name);
}

/* (nullable): the text of _codecs.encode(text, "latin1"), whose characters are the bytes that
 * protocol 2 has not */
static const PickleValue *
value_latin1(const PickleValue *callable, const PickleValue *args)
{
    const PickleValue *text = pickle_item(args, 0);
    const char *encoding = pickle_text(pickle_item(args, 1));
    gboolean is_call = callable->kind == PICKLE_GLOBAL &&
                       g_str_equal(callable->module, "_codecs") &&
                       g_str_equal(callable->name, "encode");
    gboolean is_text = text != NULL && text->kind == PICKLE_STRING && text->raw != NULL;
    return is_call && is_text && encoding != NULL && g_str_equal(encoding, "latin1") ? text : NULL;
}

/* and bytes() for none */
static gboolean
value_is_no_bytes(const PickleValue *callable, const PickleValue *args)
{
    return callable->kind == PICKLE_GLOBAL && g_str_equal(callable->name, "bytes") &&
           (g_str_equal(callable->module, "__builtin__") ||
            g_str_equal(callable->module, "builtins")) &&
           pickle_n_items(args) == 0;
}

char *
pickle_call_bytes(const PickleValue *callable, const PickleValue *args, gsize *ret_size)
{
    const PickleValue *text = value_latin1(callable, args);
    *ret_size = 0;
    if (text == NULL)
        return value_is_no_bytes(callable, args) ? g_strdup("") : NULL;
    char *bytes = g_malloc(text->raw_size + 1);
    for (gsize i = 0; i < text->raw_size; i++) {
        guint8 c = text->raw[i];
        if (c >= 0x80 && i + 1 < text->raw_size)
            c = (guint8)(c << 6 | (text->raw[++i] & 0x3f));
        bytes[(*ret_size)++] = (char)c;
    }
    return bytes;
}
