/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folders and archives that hold a model and say so: MLflow, TorchServe, SageMaker, or just a zip
 * with a model in it. What they tell is kept, and which of their members are the model goes back to
 * the ordinary loaders. */
#include "bundle.h"

#include <string.h>

#include "bundle-private.h"
#include "text-hash.h"

/* files that are never the model, nor a log */
static const char *const settings[] = {"MLmodel",
                                       "conda.yaml",
                                       "conda.yml",
                                       "python_env.yaml",
                                       "requirements.txt",
                                       "MANIFEST.json",
                                       "registered_model_meta",
                                       "input_example.json",
                                       "serving_input_example.json",
                                       "serving_input_payload.json",
                                       "model-config.yaml",
                                       "setup.py",
                                       NULL};

/* what is told of a model beside it, by the names that its tools write; a loader may want them */
static const char *const companions[] = {"config.json",
                                         "metadata.json",
                                         "model_config.json",
                                         "setup_config.json",
                                         "generation_config.json",
                                         "preprocessor_config.json",
                                         "tokenizer.json",
                                         "tokenizer_config.json",
                                         "special_tokens_map.json",
                                         "added_tokens.json",
                                         "vocab.json",
                                         "index_to_name.json",
                                         "label_map.json",
                                         "class_names.json",
                                         "feature_names.json",
                                         "hyperparameters.json",
                                         "params.json",
                                         "metrics.json",
                                         "training_args.json",
                                         NULL};

/**
 * errata_bundle_is_settings:
 * @path: of a member
 *
 * Returns: whether it goes with a model and is neither a model nor a log
 */
gboolean
errata_bundle_is_settings(const char *path)
{
    return g_strv_contains(settings, bundle_base_name(path));
}

static const char *
bundle_what(const char *path)
{
    if (bundle_is_code(path))
        return "code";
    if (errata_bundle_is_settings(path) || g_str_has_suffix(path, ".yaml") ||
        g_str_has_suffix(path, ".yml") || g_str_has_suffix(path, ".md"))
        return "settings";
    return "file";
}

/**
 * errata_bundle_is_companion:
 * @path: of a member
 *
 * Returns: whether, beside a model, it is settings, code or words, and so no log
 */
gboolean
errata_bundle_is_companion(const char *path)
{
    return strcmp(bundle_what(path), "file") != 0 ||
           g_strv_contains(companions, bundle_base_name(path));
}

/**
 * errata_bundle_mark:
 * @path: of a member
 *
 * Returns: (transfer none) (nullable): the id of the kind of container that has such a member and
 * no
 *   log has
 */
const char *
errata_bundle_mark(const char *path)
{
    if (strcmp(bundle_base_name(path), "MLmodel") == 0)
        return "mlflow";
    if (strcmp(path, "MAR-INF/MANIFEST.json") == 0 ||
        g_str_has_suffix(path, "/MAR-INF/MANIFEST.json"))
        return "torchserve";
    return NULL;
}

static const ErrataModelPart *
bundle_find_mark(const ErrataModelParts *parts, const char *id)
{
    const ErrataModelPart *found = NULL;

    for (guint i = 0; i < parts->part->len; i++) {
        const ErrataModelPart *part = g_ptr_array_index(parts->part, i);

        if (part->bytes != NULL && g_strcmp0(errata_bundle_mark(part->name), id) == 0 &&
            (found == NULL || strlen(part->name) < strlen(found->name)))
            found = part;
    }
    return found;
}

static gboolean
bundle_is_sagemaker(const ErrataModelParts *parts)
{
    return errata_model_parts_find(parts, "code/inference.py") != NULL ||
           g_str_has_suffix(parts->name, "model.tar.gz");
}

/* what TorchScript calls code/ belongs to the model, and its loader tells of it */
static gboolean
bundle_is_script(const ErrataModelParts *parts, const char *path)
{
    const char *code = g_str_has_prefix(path, "code/") ? path : strstr(path, "/code/");
    g_autofree char *constants = NULL;

    if (code == NULL)
        return FALSE;
    code += code[0] == '/' ? 1 : 0;
    constants = g_strdup_printf("%.*sconstants.pkl", (int)(code - path), path);
    for (guint i = 0; i < parts->part->len; i++)
        if (strcmp(((const ErrataModelPart *)g_ptr_array_index(parts->part, i))->name, constants) ==
            0)
            return TRUE;
    return FALSE;
}

static void
bundle_add_members(ErrataModelContainer *self, const ErrataModelParts *parts)
{
    g_autoptr(GHashTable) names = g_hash_table_new(errata_text_hash, g_str_equal);

    for (guint i = 0; i < parts->part->len; i++) {
        const ErrataModelPart *part = g_ptr_array_index(parts->part, i);

        gboolean is_script = bundle_is_script(parts, part->name);

        errata_model_container_add_member(self,
                                          part->name,
                                          part->size,
                                          is_script ? "file" : bundle_what(part->name));
        if (!g_hash_table_add(names, part->name))
            errata_model_container_add_risk(self,
                                            ERRATA_SEVERITY_MEDIUM,
                                            "duplicate-member",
                                            "two members are named %s: which of them is read "
                                            "depends on the program",
                                            part->name);
        if (!is_script)
            bundle_scan_part(self, part);
    }
}

static gboolean
bundle_is_within(const char *path, const char *folder_or_file)
{
    gsize n = strlen(folder_or_file);

    while (n > 0 && folder_or_file[n - 1] == '/')
        n--;
    return n > 0 && strncmp(path, folder_or_file, n) == 0 && (path[n] == '\0' || path[n] == '/');
}

/* @wanted: (nullable): only what lies there */
static ErrataModelParts *
bundle_inner(const ErrataModelParts *parts, const char *wanted)
{
    ErrataModelParts *inner = errata_model_parts_new(parts->name);

    inner->is_archive = TRUE;
    for (guint i = 0; i < parts->part->len; i++) {
        const ErrataModelPart *part = g_ptr_array_index(parts->part, i);

        if (wanted != NULL ? bundle_is_within(part->name, wanted)
                           : strcmp(bundle_what(part->name), "file") == 0 ||
                                 bundle_is_script(parts, part->name))
            errata_model_parts_add(inner, part->name, part->bytes, part->size);
    }
    return inner;
}

/* the path of what a mark names, which is relative to the folder that the container begins at */
static char *
bundle_path(const ErrataModelPart *mark, const char *wanted)
{
    const char *inside = g_str_has_suffix(mark->name, "MAR-INF/MANIFEST.json")
                             ? mark->name + strlen(mark->name) - strlen("MAR-INF/MANIFEST.json")
                             : bundle_base_name(mark->name);
    g_autofree char *folder = g_strndup(mark->name, (gsize)(inside - mark->name));

    while (g_str_has_prefix(wanted, "./"))
        wanted += 2;
    return g_strconcat(folder, wanted, NULL);
}

static gboolean
bundle_read_mark(ErrataModelContainer *self,
                 const ErrataModelParts *parts,
                 const ErrataModelPart *mark,
                 ErrataModelParts **ret_inner,
                 GError **error)
{
    g_autofree char *wanted = NULL;
    g_autofree char *path = NULL;

    if (strcmp(self->id, "mlflow") == 0 ? !bundle_mlflow(self, mark, &wanted, error)
                                        : !bundle_torchserve(self, mark, &wanted, error))
        return FALSE;
    if (wanted == NULL || wanted[0] == '\0')
        return TRUE;
    path = bundle_path(mark, wanted);
    *ret_inner = bundle_inner(parts, path);
    if ((*ret_inner)->part->len > 0)
        return TRUE;
    g_clear_pointer(ret_inner, errata_model_parts_free);
    errata_model_container_note(self,
                                "%s names %s as the model, which is not there",
                                mark->name,
                                wanted);
    return TRUE;
}

/**
 * errata_bundle_read:
 * @parts: the members of an archive
 * @ret_inner: (out): those that may be the model; may be none
 * @error: return location for a #GError
 *
 * Errors: %ERRATA_ERROR_INVALID_DATA when the container's own description is damaged.
 *
 * Returns: (transfer full): what the container tells, or %NULL with @error set
 */
ErrataModelContainer *
errata_bundle_read(const ErrataModelParts *parts, ErrataModelParts **ret_inner, GError **error)
{
    const ErrataModelPart *mlflow = bundle_find_mark(parts, "mlflow");
    const ErrataModelPart *torchserve = mlflow == NULL ? bundle_find_mark(parts, "torchserve")
                                                       : NULL;
    g_autoptr(ErrataModelParts) inner = NULL;
    g_autoptr(ErrataModelContainer) self = NULL;

    if (mlflow != NULL)
        self = errata_model_container_new("mlflow", "MLflow model");
    else if (torchserve != NULL)
        self = errata_model_container_new("torchserve", "TorchServe model archive");
    else if (bundle_is_sagemaker(parts))
        self = errata_model_container_new("sagemaker", "SageMaker model archive");
    else
        self = errata_model_container_new("archive", "archive");
    if ((mlflow != NULL || torchserve != NULL) &&
        !bundle_read_mark(self, parts, mlflow != NULL ? mlflow : torchserve, &inner, error))
        return NULL;
    bundle_add_members(self, parts);
    *ret_inner = inner != NULL ? g_steal_pointer(&inner) : bundle_inner(parts, NULL);
    return g_steal_pointer(&self);
}

static const char *
bundle_package(const char *framework)
{
    static const char *const packages[][2] = {{"XGBoost", "xgboost"},
                                              {"scikit-learn", "scikit-learn"},
                                              {"CatBoost", "catboost"}};

    for (guint i = 0; framework != NULL && i < G_N_ELEMENTS(packages); i++)
        if (strcmp(framework, packages[i][0]) == 0)
            return packages[i][1];
    return NULL;
}

/**
 * errata_bundle_compare:
 * @container: what a model came in
 * @model: the model; gets a note
 *
 * Notes where the container asks for another version of the library than the one that wrote the
 * model.
 */
void
errata_bundle_compare(const ErrataModelContainer *container, ErrataModel *model)
{
    const char *package = bundle_package(model->framework);
    const char *requirements = errata_model_container_fact(container, "requirements");
    g_auto(GStrv) wanted = NULL;
    g_autofree char *prefix = NULL;

    if (package == NULL || requirements == NULL || model->version == NULL)
        return;
    prefix = g_strconcat(package, "==", NULL);
    wanted = g_strsplit(requirements, ", ", -1);
    for (guint i = 0; wanted[i] != NULL; i++)
        if (g_str_has_prefix(wanted[i], prefix) &&
            strcmp(wanted[i] + strlen(prefix), model->version) != 0)
            g_ptr_array_add(model->notes,
                            g_strdup_printf("written by %s %s, and requirements.txt asks for %s",
                                            model->framework,
                                            model->version,
                                            wanted[i]));
}
