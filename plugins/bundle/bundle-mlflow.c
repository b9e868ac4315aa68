/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MLflow's model folder: what its file MLmodel says. Source: mlflow.org, MLflow Models, storage
 * format; files written by MLflow 1.x to 2.x. */
#include <string.h>

#include "bundle-private.h"
#include "bundle-yaml.h"
#include "datum.h"

#define MLFLOW_FACTS   200
#define MLFLOW_COLUMNS 40 /* of a signature told */

/* where a flavor says that its model lies, the surest first */
static const char *const data_keys[] =
    {"data", "pickled_model", "model_data", "model_file", "saved_model_dir", "model_path"};

/* the model of a library comes before that of the general wrapper, which names the same file */
static char *
mlflow_wanted(const BundleYaml *yaml)
{
    char *wanted = NULL;

    for (guint general = 0; general < 2; general++)
        for (guint k = 0; k < G_N_ELEMENTS(data_keys); k++)
            for (guint i = 0; wanted == NULL && i < yaml->entries->len; i++) {
                const BundleYamlEntry *entry = g_ptr_array_index(yaml->entries, i);
                g_auto(GStrv) path = g_strsplit(entry->path, ".", 4);

                if (g_strv_length(path) == 3 && strcmp(path[0], "flavors") == 0 &&
                    (strcmp(path[1], "python_function") == 0) == (general == 1) &&
                    strcmp(path[2], data_keys[k]) == 0 && entry->value[0] != '\0')
                    wanted = g_strdup(entry->value);
            }
    if (wanted == NULL)
        wanted = g_strdup(bundle_yaml_get(yaml, "flavors.python_function.python_model"));
    return wanted;
}

/* `age (double), sex (string)`: the columns of a signature, which is JSON in a string */
static char *
mlflow_columns(const char *json)
{
    g_autoptr(ErrataDatumTree) tree = errata_datum_parse_json(json, strlen(json), NULL);
    const ErrataDatum *list = tree != NULL ? errata_datum_tree_root(tree) : NULL;
    GString *text;

    if (list == NULL || list->kind != ERRATA_DATUM_LIST)
        return NULL;
    text = g_string_new(NULL);
    for (gsize i = 0; i < MIN(list->n, MLFLOW_COLUMNS); i++) {
        const ErrataDatum *column = errata_datum_at(list, i);
        const char *name = errata_datum_text(column, "name");
        const char *type = errata_datum_text(column, "type");
        const char *inner = errata_datum_text(errata_datum_get(column, "tensor-spec"), "dtype");

        g_string_append_printf(text,
                               "%s%.100s (%.40s)",
                               i > 0 ? ", " : "",
                               name != NULL ? name : "unnamed",
                               inner != NULL  ? inner
                               : type != NULL ? type
                                              : "any");
    }
    if (list->n > MLFLOW_COLUMNS)
        g_string_append_printf(text, ", … %" G_GSIZE_FORMAT " in all", list->n);
    return g_string_free(text, FALSE);
}

static void
mlflow_add_facts(ErrataModelContainer *self, const BundleYaml *yaml)
{
    for (guint i = 0; i < MIN(yaml->entries->len, MLFLOW_FACTS); i++) {
        const BundleYamlEntry *entry = g_ptr_array_index(yaml->entries, i);
        const char *name = entry->path;
        g_autofree char *columns = NULL;

        if (g_str_has_prefix(name, "signature."))
            columns = mlflow_columns(entry->value);
        if (g_str_has_prefix(name, "flavors."))
            name += strlen("flavors.");
        if (entry->value[0] == '\0' || strcmp(entry->value, "null") == 0)
            continue;
        errata_model_container_add_fact(self, name, columns != NULL ? columns : entry->value);
    }
}

/**
 * bundle_mlflow:
 * @self: gets facts and risks
 * @part: an MLmodel
 * @ret_wanted: (out) (nullable): where the model lies, relative to the folder of @part
 * @error: return location for a #GError
 *
 * Returns: whether it could be read
 */
gboolean
bundle_mlflow(ErrataModelContainer *self,
              const ErrataModelPart *part,
              char **ret_wanted,
              GError **error)
{
    gsize size = 0;
    const char *text = g_bytes_get_data(part->bytes, &size);
    g_autoptr(BundleYaml) yaml = bundle_yaml_read(text != NULL ? text : "", size, error);

    if (yaml == NULL) {
        g_prefix_error(error, "%s: ", part->name);
        return FALSE;
    }
    for (guint i = 0; i < yaml->tags->len; i++) {
        errata_model_container_add_risk(
            self,
            ERRATA_SEVERITY_CRITICAL,
            "yaml-tag",
            "%s has the tag %s, which makes a careless reader of YAML build objects or call "
            "functions of Python",
            part->name,
            (const char *)g_ptr_array_index(yaml->tags, i));
        self->is_unsafe = TRUE;
    }
    mlflow_add_facts(self, yaml);
    *ret_wanted = mlflow_wanted(yaml);
    return TRUE;
}
