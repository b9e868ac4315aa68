/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Models that lie in a dictionary, a list or a tuple beside what their makers keep with them: names
 * of columns, a version, figures. One model can be run; of several it is not told what stands
 * between them. */
#include "error.h"
#include "limit.h"
#include "sk-private.h"

static gboolean
container_is_model(const PickleValue *value)
{
    const char *module = pickle_module(value);
    return module != NULL && value->kind == PICKLE_OBJECT && value->state != NULL &&
           (sk_is_booster(value) ||
            (g_str_has_prefix(module, "sklearn.") && !g_str_has_prefix(module, "sklearn.utils.")));
}

static gboolean
container_is_one(const PickleValue *value)
{
    return value != NULL && (value->kind == PICKLE_DICT || value->kind == PICKLE_LIST ||
                             value->kind == PICKLE_TUPLE);
}

/* the place of a value as a reader would say it */
static char *
container_place(const PickleValue *container, guint index)
{
    const char *key = container->kind == PICKLE_DICT
                          ? pickle_text(container->items->pdata[index - 1])
                          : NULL;
    return key != NULL ? g_strdup_printf("“%.60s”", key) : g_strdup_printf("item %u", index);
}

/**
 * sk_open_container:
 * @root: what a pickle holds
 * @ret_place: (out) (nullable): where the model was found, %NULL where @root is no container
 * @error: return location for a #GError
 *
 * Errors: %ERRATA_ERROR_UNSUPPORTED when it holds several models.
 *
 * Returns: (nullable): the only model that a dictionary, list or tuple holds; @root itself where it
 * is
 *   none of these, or holds no model; %NULL with @error set
 */
const PickleValue *
sk_open_container(const PickleValue *root, char **ret_place, GError **error)
{
    g_autoptr(GString) told = g_string_new(NULL);
    const PickleValue *found = NULL;
    gboolean is_dict = container_is_one(root) && root->kind == PICKLE_DICT;
    guint n = 0;
    *ret_place = NULL;
    for (guint i = is_dict ? 1 : 0; container_is_one(root) && i < pickle_n_items(root);
         i += is_dict ? 2 : 1) {
        const PickleValue *value = pickle_item(root, i);
        if (!container_is_model(value))
            continue;
        g_autofree char *place = container_place(root, i);
        g_string_append_printf(told, "%s%s (%s)", n > 0 ? ", " : "", place, pickle_class(value));
        found = value;
        n++;
        g_free(*ret_place);
        *ret_place = g_steal_pointer(&place);
    }
    if (n <= 1)
        return n == 1 ? found : root;
    g_clear_pointer(ret_place, g_free);
    sk_refuse(
        error,
        "it holds %u objects, %s, and does not tell what stands between them; save one pipeline",
        n,
        told->str);
    return NULL;
}

/**
 * sk_container_names:
 * @root: what a pickle holds
 * @n: columns that its model takes
 *
 * Returns: (transfer full) (nullable): the only list of just as many texts beside the model
 */
GPtrArray *
sk_container_names(const PickleValue *root, guint n)
{
    g_autoptr(GPtrArray) found = NULL;
    gboolean is_dict = container_is_one(root) && root->kind == PICKLE_DICT;
    for (guint i = is_dict ? 1 : 0; container_is_one(root) && i < pickle_n_items(root);
         i += is_dict ? 2 : 1) {
        const PickleValue *list = pickle_item(root, i);
        g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
        PickleArray array;
        gboolean is_array = pickle_array(list, &array);
        if (!is_array && !container_is_one(list))
            continue;
        for (guint k = 0; k < n && (is_array ? array.n : pickle_n_items(list)) == n; k++) {
            char *name = is_array ? NULL : g_strdup(pickle_text(pickle_item(list, k)));
            if (is_array && (array.kind == 'U' || array.kind == 'O'))
                name = pickle_array_text(&array, k);
            if (name == NULL)
                break;
            g_ptr_array_add(names, name);
        }
        if (names->len != n)
            continue;
        if (found != NULL)
            return NULL;
        found = g_steal_pointer(&names);
    }
    return g_steal_pointer(&found);
}
