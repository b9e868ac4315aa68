/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keras: archives of version 3 (config.json, metadata.json, model.weights.h5), HDF5 files of before
 * with the description as an attribute, weights alone, and descriptions alone. Nothing is made from
 * a description. Source: keras/src/saving/saving_lib.py and
 * keras/src/legacy/saving/legacy_h5_format.py. */
#include <string.h>

#include "error.h"
#include "keras-private.h"
#include "model-facts.h"
#include "plugin.h"

extern const ErrataPlugin errata_plugin_keras;

static void
keras_add_config(ErrataModelBuilder *builder, const ErrataDatum *config)
{
    const ErrataDatum *compile = errata_datum_get(config, "compile_config");

    keras_describe_config(builder, config);
    keras_add_risks(builder, config);
    if (compile != NULL && compile->kind == ERRATA_DATUM_OBJECT)
        errata_model_facts_add_training(builder, NULL, compile);
}

static ErrataDatumTree *
keras_parse(const char *text, gsize size, const char *name, GError **error)
{
    ErrataDatumTree *document = errata_datum_parse_model_json(text, size, error);

    if (document == NULL)
        g_prefix_error(error, "%s: ", name);
    return document;
}

/* attributes of the file's first group, or of the archive's weights */
static gboolean
keras_read_attributes(ErrataModelBuilder *builder, H5 *file, const H5Object *root, GError **error)
{
    static const char *const documents[] = {"model_config", "training_config"};
    g_autofree char *version = h5_attribute_text(file, root, "keras_version");
    g_autofree char *backend = h5_attribute_text(file, root, "backend");

    if (version != NULL)
        errata_model_builder_set_version(builder, version);
    if (backend != NULL)
        errata_model_builder_add_training(builder, "backend", backend);
    for (guint i = 0; i < G_N_ELEMENTS(documents); i++) {
        g_autofree char *text = h5_attribute_text(file, root, documents[i]);
        g_autoptr(ErrataDatumTree) document = NULL;

        if (text == NULL)
            continue;
        document = keras_parse(text, strlen(text), documents[i], error);
        if (document == NULL)
            return FALSE;
        if (i == 0) {
            keras_add_config(builder, errata_datum_tree_root(document));
        } else {
            keras_add_risks(builder, errata_datum_tree_root(document));
            errata_model_facts_add_training(builder, NULL, errata_datum_tree_root(document));
        }
    }
    return TRUE;
}

static gboolean
keras_read_h5(ErrataModelBuilder *builder,
              ErrataTensors *tensors,
              const ErrataModelPart *part,
              GError **error)
{
    gsize size;
    const guint8 *bytes = g_bytes_get_data(part->bytes, &size);
    H5 file;
    H5Object root;
    gboolean ok;

    if (!h5_open(&file, bytes, size, error) || !h5_object_read(&file, file.root, &root, error)) {
        g_prefix_error(error, "%s: ", part->name);
        return FALSE;
    }
    ok = keras_read_attributes(builder, &file, &root, error) &&
         keras_add_weights(builder, tensors, &file, &root, error);
    h5_object_clear(&root);
    if (file.n_hidden > 0)
        errata_model_builder_note(
            builder,
            "%s keeps names in a heap of the newer kind, which is not read: some "
            "groups or attributes are not listed",
            part->name);
    if (!ok)
        g_prefix_error(error, "%s: ", part->name);
    return ok;
}

static gboolean
keras_root_link_cb(H5LinkKind kind,
                   const char *name,
                   guint64 address,
                   gpointer data,
                   GError **error)
{
    static const char *const groups[] = {"model_weights",
                                         "optimizer_weights",
                                         "layers",
                                         "_layer_checkpoint_dependencies",
                                         NULL};
    gboolean *found = data;

    *found = *found || g_strv_contains(groups, name);
    return TRUE;
}

/* HDF5 holds anything: Keras leaves attributes, or groups of its names, at the root. What cannot be
 * looked at is told of when it is read */
static gboolean
keras_is_own(const ErrataModelPart *part)
{
    static const char *const attributes[] = {"keras_version", "model_config", "layer_names"};
    gsize size;
    const guint8 *bytes = g_bytes_get_data(part->bytes, &size);
    gboolean found = FALSE;
    H5 file;
    H5Object root;

    if (!h5_open(&file, bytes, size, NULL) || !h5_object_read(&file, file.root, &root, NULL))
        return TRUE;
    for (guint i = 0; !found && i < G_N_ELEMENTS(attributes); i++) {
        g_autofree char *text = h5_attribute_text(&file, &root, attributes[i]);

        found = text != NULL;
    }
    if (!found && !h5_group_each(&file, &root, keras_root_link_cb, &found, NULL))
        found = TRUE;
    found = found || file.n_hidden > 0;
    h5_object_clear(&root);
    return found;
}

static ErrataModel *
keras_finish(ErrataModelBuilder *builder, ErrataTensors *tensors, GError **error)
{
    errata_tensors_finish(tensors);
    errata_model_builder_set_why_not(
        builder,
        "neural networks of Keras are described; their layers are not run");
    return errata_model_builder_finish(builder, error);
}

static gboolean
keras_read_metadata(ErrataModelBuilder *builder, const ErrataModelPart *part, GError **error)
{
    gsize size;
    const char *text = g_bytes_get_data(part->bytes, &size);
    g_autoptr(ErrataDatumTree) document = keras_parse(text, size, part->name, error);
    const char *version;

    if (document == NULL)
        return FALSE;
    version = errata_datum_text(errata_datum_tree_root(document), "keras_version");
    if (version != NULL)
        errata_model_builder_set_version(builder, version);
    errata_model_facts_add_training(builder, NULL, errata_datum_tree_root(document));
    return TRUE;
}

static gboolean
keras_read_config(ErrataModelBuilder *builder, const ErrataModelPart *part, GError **error)
{
    gsize size;
    const char *text = g_bytes_get_data(part->bytes, &size);
    g_autoptr(ErrataDatumTree) document = keras_parse(text, size, part->name, error);

    if (document == NULL)
        return FALSE;
    keras_add_config(builder, errata_datum_tree_root(document));
    return TRUE;
}

static gboolean
keras_read_archive(ErrataModelBuilder *builder,
                   ErrataTensors *tensors,
                   const ErrataModelParts *parts,
                   GError **error)
{
    const ErrataModelPart *metadata = errata_model_parts_find(parts, "metadata.json");
    const ErrataModelPart *config = errata_model_parts_find(parts, "config.json");
    const ErrataModelPart *weights = errata_model_parts_find(parts, "model.weights.h5");

    if (metadata != NULL && metadata->bytes != NULL &&
        !keras_read_metadata(builder, metadata, error))
        return FALSE;
    if (config != NULL && config->bytes != NULL && !keras_read_config(builder, config, error))
        return FALSE;
    return weights == NULL || weights->bytes == NULL ||
           keras_read_h5(builder, tensors, weights, error);
}

static ErrataModel *
keras_load_archive(const ErrataModelParts *parts, GError **error)
{
    g_autoptr(ErrataModelBuilder) builder = errata_model_builder_new("keras", "Keras");
    g_autoptr(ErrataTensors) tensors = errata_tensors_new(builder);

    return keras_read_archive(builder, tensors, parts, error)
               ? keras_finish(builder, tensors, error)
               : NULL;
}

static ErrataModel *
keras_load_h5(const ErrataModelParts *parts, GError **error)
{
    const ErrataModelPart *part = errata_model_parts_main(parts);
    gboolean is_own = keras_is_own(part);
    g_autoptr(ErrataModelBuilder) builder = errata_model_builder_new(is_own ? "keras-h5" : "hdf5",
                                                                     is_own ? "Keras" : "HDF5");
    g_autoptr(ErrataTensors) tensors = errata_tensors_new(builder);

    errata_model_builder_set_kind(builder, is_own ? "weights in HDF5" : "arrays in HDF5");
    if (!keras_read_h5(builder, tensors, part, error))
        return NULL;
    if (is_own)
        return keras_finish(builder, tensors, error);
    errata_tensors_finish(tensors);
    errata_model_builder_set_why_not(builder,
                                     "nothing in the file tells that it is of Keras, or what is "
                                     "computed with its arrays");
    return errata_model_builder_finish(builder, error);
}

static ErrataModel *
keras_load_config(const ErrataModelParts *parts, GError **error)
{
    g_autoptr(ErrataModelBuilder) builder = errata_model_builder_new("keras-config", "Keras");
    g_autoptr(ErrataTensors) tensors = errata_tensors_new(builder);

    if (!keras_read_config(builder, errata_model_parts_main(parts), error))
        return NULL;
    errata_model_builder_note(builder, "only the description is here, without weights");
    return keras_finish(builder, tensors, error);
}

static guint
keras_sniff_archive(const ErrataModelParts *parts)
{
    return errata_model_parts_find(parts, "model.weights.h5") != NULL &&
                   errata_model_parts_find(parts, "config.json") != NULL
               ? 85
               : 0;
}

static guint
keras_sniff_h5(const guint8 *head, gsize size, const char *name)
{
    static const guint8 signature[] = "\x89HDF\r\n\x1a\n";

    return size >= 8 && memcmp(head, signature, 8) == 0 ? 90 : 0;
}

static guint
keras_sniff_config(const guint8 *head, gsize size, const char *name)
{
    return head != NULL && size > 0 && head[0] == '{' &&
                   memmem(head, size, "\"class_name\"", 12) != NULL &&
                   memmem(head, size, "\"keras", 6) != NULL
               ? 70
               : 0;
}

static const ErrataModelFormat keras_archive = {
    .id = "keras",
    .summary = "Keras 3 archives (described)",
    .sniff_archive = keras_sniff_archive,
    .load = keras_load_archive,
};

static const ErrataModelFormat keras_h5 = {
    .id = "keras-h5",
    .summary = "Keras in HDF5, models and weights (described)",
    .sniff = keras_sniff_h5,
    .any_size = TRUE,
    .load = keras_load_h5,
};

static const ErrataModelFormat keras_config = {
    .id = "keras-config",
    .summary = "descriptions of Keras models (described)",
    .sniff = keras_sniff_config,
    .load = keras_load_config,
};

const ErrataPlugin errata_plugin_keras = {
    .abi = ERRATA_PLUGIN_ABI,
    .struct_size = sizeof(ErrataPlugin),
    .id = "keras",
    .models = (const ErrataModelFormat *const[]){&keras_archive, &keras_h5, &keras_config, NULL},
};
