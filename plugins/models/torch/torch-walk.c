/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From what a pickle would build to names: tensors and modules by their path through dictionaries,
 * lists and modules; single values are hyper-parameters of a module, or facts of the training. */
#include <string.h>

#include "limit.h"
#include "number.h"
#include "torch-private.h"

#define WALK_DEPTH 100
#define WALK_FACTS 400
#define WALK_ITEMS 64 /* single values told of one list */

static gboolean walk_value(Torch *self,
                           const char *path,
                           const PickleValue *value,
                           gboolean in_module,
                           guint depth,
                           GError **error);

static char *
walk_join(const char *path, const char *key)
{
    /* what a module keeps its parts in is no part of their names */
    if (strcmp(key, "_parameters") == 0 || strcmp(key, "_buffers") == 0 ||
        strcmp(key, "_modules") == 0)
        return g_strdup(path);
    return path[0] != '\0' ? g_strconcat(path, ".", key, NULL) : g_strdup(key);
}

static void
walk_fact(Torch *self, const char *path, const PickleValue *value, gboolean in_module)
{
    char buffer[ERRATA_NUMBER_BUFFER];
    const char *text = NULL;
    const char *last = strrchr(path, '.');

    last = last != NULL ? last + 1 : path;
    if (path[0] == '\0' || self->n_facts >= WALK_FACTS ||
        (in_module && (last[0] == '_' || strcmp(last, "training") == 0)))
        return;
    if (value->kind == PICKLE_BOOL)
        text = value->integer != 0 ? "True" : "False";
    else if (value->kind == PICKLE_INT || value->kind == PICKLE_FLOAT)
        text = errata_number_print(value->number, buffer);
    else if (value->kind == PICKLE_STRING && value->size <= 200)
        text = value->data;
    if (text == NULL)
        return;
    self->n_facts++;
    if (in_module)
        errata_model_builder_add_parameter(self->builder, path, text);
    else
        errata_model_builder_add_training(self->builder, path, text);
}

static gboolean
walk_pairs(Torch *self,
           const char *path,
           const PickleValue *value,
           gboolean in_module,
           guint depth,
           GError **error)
{
    guint n = pickle_n_items(value);

    for (guint i = 0; i + 1 < n; i += 2) {
        const PickleValue *key = pickle_item(value, i);
        g_autofree char *number = key->kind == PICKLE_INT
                                      ? g_strdup_printf("%" G_GINT64_FORMAT, key->integer)
                                      : NULL;
        const char *name = key->kind == PICKLE_STRING ? key->data : number;
        g_autofree char *inner = name != NULL ? walk_join(path, name) : NULL;

        if (inner != NULL && strlen(inner) < 4096 &&
            !walk_value(self, inner, pickle_item(value, i + 1), in_module, depth + 1, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
walk_list(Torch *self,
          const char *path,
          const PickleValue *value,
          gboolean in_module,
          guint depth,
          GError **error)
{
    for (guint i = 0; i < pickle_n_items(value); i++) {
        const PickleValue *item = pickle_item(value, i);
        g_autofree char *number = g_strdup_printf("%u", i);
        g_autofree char *inner = walk_join(path, number);

        if (i >= WALK_ITEMS && item->kind < PICKLE_LIST)
            continue;
        if (!walk_value(self, inner, item, in_module, depth + 1, error))
            return FALSE;
    }
    return TRUE;
}

/* a module has a dictionary of modules within it; a program's objects are all modules */
static gboolean
walk_is_module(const PickleValue *value)
{
    const char *module = pickle_module(value);

    return module != NULL &&
           (pickle_attribute(value, "_modules") != NULL || g_str_has_prefix(module, "__torch__"));
}

static gboolean
walk_object(Torch *self,
            const char *path,
            const PickleValue *value,
            gboolean in_module,
            guint depth,
            GError **error)
{
    if (walk_is_module(value) && self->n_modules++ < ERRATA_LIMIT_TENSORS) {
        errata_model_builder_add_layer(self->builder,
                                       path[0] != '\0' ? path : "(model)",
                                       pickle_class(value));
        in_module = TRUE;
    }
    /* a dictionary of a class of its own has members; an object a state; a call of PyTorch's arguments */
    if (pickle_n_items(value) > 0 && !walk_pairs(self, path, value, in_module, depth, error))
        return FALSE;
    if (value->state != NULL)
        return walk_value(self, path, value->state, in_module, depth + 1, error);
    if (pickle_n_items(value) == 0 && value->args != NULL && pickle_module(value) != NULL &&
        g_str_has_prefix(pickle_module(value), "torch."))
        return walk_value(self, path, value->args, in_module, depth + 1, error);
    return TRUE;
}

static gboolean
walk_value(Torch *self,
           const char *path,
           const PickleValue *value,
           gboolean in_module,
           guint depth,
           GError **error)
{
    if (value == NULL)
        return TRUE;
    if (torch_is_tensor(value))
        return torch_add_tensor(self, path[0] != '\0' ? path : "(tensor)", value, error);
    if (value->kind < PICKLE_LIST) {
        walk_fact(self, path, value, in_module);
        return TRUE;
    }
    /* what is reached twice, or from within itself, is told once */
    if (depth >= WALK_DEPTH || !g_hash_table_add(self->seen, GSIZE_TO_POINTER((gsize)value)))
        return TRUE;
    if (value->kind == PICKLE_LIST || value->kind == PICKLE_TUPLE || value->kind == PICKLE_SET)
        return walk_list(self, path, value, in_module, depth, error);
    if (value->kind == PICKLE_DICT)
        return walk_pairs(self, path, value, in_module, depth, error);
    return value->kind != PICKLE_OBJECT || walk_object(self, path, value, in_module, depth, error);
}

/**
 * torch_walk:
 * @self: gets layers, tensors and facts
 * @root: what the pickle holds
 * @error: return location for a #GError
 *
 * Returns: whether all tensors fit their storages
 */
gboolean
torch_walk(Torch *self, const PickleValue *root, GError **error)
{
    return walk_value(self, "", root, FALSE, 0, error);
}
