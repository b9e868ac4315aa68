/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From what a pickle would build to names: tensors and modules by their path through dictionaries,
 * lists and modules; single values are hyper-parameters of a module, or facts of the training. */
#include <string.h>

#include "limit.h"
#include "model-curve.h"
#include "number.h"
#include "torch-private.h"

#define WALK_DEPTH 100
#define WALK_FACTS 400
#define WALK_ITEMS 20 /* single values told of one list */

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

/* what a program's writer calls the settings that he trained with */
static gboolean
walk_is_settings(const char *path)
{
    static const char *const names[] = {"hyper_parameters",
                                        "hyperparameters",
                                        "hparams",
                                        "args",
                                        "config",
                                        "cfg",
                                        "opt",
                                        "params",
                                        NULL};
    g_autofree char *first = g_strndup(path, strcspn(path, "."));

    return first[0] != '\0' && strcmp(first, path) != 0 && g_strv_contains(names, first);
}

/* in words: a single value; %NULL for what is none */
static char *
walk_words(const PickleValue *value)
{
    char buffer[ERRATA_NUMBER_BUFFER];

    if (value->kind == PICKLE_BOOL)
        return g_strdup(value->integer != 0 ? "True" : "False");
    if (value->kind == PICKLE_INT || value->kind == PICKLE_FLOAT)
        return g_strdup(errata_number_print(value->number, buffer));
    return value->kind == PICKLE_STRING && value->size <= 200 ? g_strdup(value->data) : NULL;
}

static void
walk_tell(Torch *self, const char *path, const char *words, gboolean in_module)
{
    const char *last = strrchr(path, '.');

    last = last != NULL ? last + 1 : path;
    if (path[0] == '\0' || words == NULL || self->n_facts >= WALK_FACTS ||
        (in_module && (last[0] == '_' || strcmp(last, "training") == 0)))
        return;
    self->n_facts++;
    if (in_module || walk_is_settings(path))
        errata_model_builder_add_parameter(self->builder, path, words);
    else
        errata_model_builder_add_training(self->builder, path, words);
}

static void
walk_fact(Torch *self, const char *path, const PickleValue *value, gboolean in_module)
{
    g_autofree char *words = walk_words(value);

    walk_tell(self, path, words, in_module);
}

/* numbers of a loss or score, step by step; %NULL for another list */
static char *
walk_curve(const char *path, const PickleValue *list)
{
    const char *dot = strrchr(path, '.');
    const char *name = dot != NULL ? dot + 1 : path;
    guint n = pickle_n_items(list);
    g_autofree double *curve = NULL;

    if (n < 2 || n > ERRATA_LIMIT_DICTIONARY || errata_model_curve_direction(name) == 0)
        return NULL;
    curve = g_new(double, n);
    for (guint i = 0; i < n; i++) {
        const PickleValue *item = pickle_item(list, i);

        if (item->kind != PICKLE_INT && item->kind != PICKLE_FLOAT)
            return NULL;
        curve[i] = item->number;
    }
    return errata_model_curve_describe(path, curve, n);
}

/* a list of single values is one fact; FALSE for another list */
static gboolean
walk_plain_list(Torch *self, const char *path, const PickleValue *list, gboolean in_module)
{
    guint n = pickle_n_items(list);
    g_autoptr(GString) text = g_string_new(list->kind == PICKLE_TUPLE ? "(" : "[");
    g_autofree char *curve = in_module ? NULL : walk_curve(path, list);

    if (curve != NULL) {
        walk_tell(self, path, curve, FALSE);
        return TRUE;
    }
    for (guint i = 0; i < n; i++)
        if (pickle_item(list, i)->kind >= PICKLE_LIST)
            return FALSE;
    for (guint i = 0; i < MIN(n, WALK_ITEMS); i++) {
        g_autofree char *words = walk_words(pickle_item(list, i));

        g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", words != NULL ? words : "None");
    }
    if (n > WALK_ITEMS)
        g_string_append_printf(text, ", … %u more", n - WALK_ITEMS);
    g_string_append_c(text, list->kind == PICKLE_TUPLE ? ')' : ']');
    if (n > 0)
        walk_tell(self, path, text->str, in_module);
    return TRUE;
}

/* versions of the layers' formats, and the optimizer's own numbers for the parameters */
static gboolean
walk_is_bookkeeping(const char *path, const char *name)
{
    return strcmp(name, "_metadata") == 0 ||
           (strcmp(name, "params") == 0 && strstr(path, "param_groups.") != NULL);
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

        if (inner != NULL && strlen(inner) < 4096 && !walk_is_bookkeeping(path, name) &&
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
    if (walk_plain_list(self, path, value, in_module))
        return TRUE;
    for (guint i = 0; i < pickle_n_items(value); i++) {
        const PickleValue *item = pickle_item(value, i);
        g_autofree char *number = g_strdup_printf("%u", i);
        g_autofree char *inner = walk_join(path, number);

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
        if (path[0] == '\0' && !g_str_has_prefix(pickle_module(value), "__torch__")) {
            g_autofree char *kind = g_strdup_printf("PyTorch module (%s)", pickle_class(value));

            errata_model_builder_set_kind(self->builder, kind);
        }
        in_module = TRUE;
    }
    /* a dictionary of a class of its own has members; an object a state; a call of PyTorch's
     * arguments */
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
