/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TensorFlow: SavedModels (saved_model.pb, and variables/ with the numbers), as they come out of an
 * archive, their graph alone, and checkpoints. No operation is run. */
#include <string.h>

#include "error.h"
#include "plugin.h"
#include "tf-private.h"

extern const ErrataPlugin errata_plugin_tensorflow;

/* MetaInfoDef: 4 tags, 5 version */
static void
tf_read_info(ErrataModelBuilder *builder, ErrataWire wire)
{
    g_autoptr(GString) tags = g_string_new(NULL);
    ErrataWireField field;

    while (errata_wire_next(&wire, &field)) {
        g_autofree char *text = field.kind == 2 ? errata_wire_text(&field) : NULL;

        if (field.number == 4 && text != NULL)
            g_string_append_printf(tags, "%s%s", tags->len > 0 ? ", " : "", text);
        else if (field.number == 5 && text != NULL)
            errata_model_builder_set_version(builder, text);
    }
    if (tags->len > 0)
        errata_model_builder_add_training(builder, "tags", tags->str);
}

/* MetaGraphDef: 1 info, 2 graph, 5 signatures */
static gboolean
tf_read_meta_graph(ErrataModelBuilder *builder,
                   ErrataTensors *tensors,
                   ErrataWire wire,
                   GError **error)
{
    g_autoptr(GArray) signatures = g_array_new(FALSE, FALSE, sizeof(ErrataWire));
    ErrataWireField field;

    while (errata_wire_next(&wire, &field)) {
        if (field.kind != 2)
            continue;
        if (field.number == 1)
            tf_read_info(builder, field.bytes);
        else if (field.number == 2 && !tf_read_graph(builder, tensors, field.bytes, error))
            return FALSE;
        else if (field.number == 5)
            g_array_append_val(signatures, field.bytes);
    }
    if (wire.failed)
        return tf_fail(error, "its graph is damaged");
    return tf_read_signatures(builder, signatures, error);
}

/* SavedModel: 1 version, 2 graphs */
gboolean
tf_read_saved_model(ErrataModelBuilder *builder,
                    ErrataTensors *tensors,
                    const ErrataModelPart *part,
                    GError **error)
{
    gsize size;
    const guint8 *bytes = g_bytes_get_data(part->bytes, &size);
    ErrataWire wire = {bytes, size > 0 ? bytes + size : bytes, FALSE};
    ErrataWireField field;
    guint n = 0;

    while (errata_wire_next(&wire, &field)) {
        if (field.number == 1 && (field.kind != 0 || field.integer != 1))
            return tf_fail(error, "%s is of a version that is not known", part->name);
        if (field.number != 2 || field.kind != 2 || n++ > 0)
            continue;
        if (!tf_read_meta_graph(builder, tensors, field.bytes, error)) {
            g_prefix_error(error, "%s: ", part->name);
            return FALSE;
        }
    }
    if (wire.failed || n == 0)
        return tf_fail(error,
                       n == 0 ? "%s holds no graph" : "%s ends within a field, or is damaged",
                       part->name);
    if (n > 1)
        errata_model_builder_note(builder,
                                  "it holds %u graphs, of which the first is described",
                                  n);
    return TRUE;
}

/* the index of the variables of the model, or of a checkpoint */
static const ErrataModelPart *
tf_find_index(const ErrataModelParts *parts)
{
    for (guint i = 0; i < parts->part->len; i++) {
        const ErrataModelPart *part = g_ptr_array_index(parts->part, i);

        if (g_str_has_suffix(part->name, ".index") && tf_is_bundle(part))
            return part;
    }
    return NULL;
}

static ErrataModel *
tf_load(const ErrataModelParts *parts, GError **error)
{
    g_autoptr(ErrataModelBuilder) builder = errata_model_builder_new("tensorflow", "TensorFlow");
    g_autoptr(ErrataTensors) tensors = errata_tensors_new(builder);
    const ErrataModelPart *graph = parts->is_archive
                                       ? errata_model_parts_find(parts, "saved_model.pb")
                                       : errata_model_parts_main(parts);
    const ErrataModelPart *index = tf_find_index(parts);

    errata_model_builder_set_kind(builder, "SavedModel");
    if (graph != NULL && graph != index && graph->bytes != NULL) {
        if (!tf_read_saved_model(builder, tensors, graph, error))
            return NULL;
    } else {
        errata_model_builder_set_kind(builder, "checkpoint");
    }
    if (index != NULL && !tf_read_bundle(builder, tensors, parts, index, error))
        return NULL;
    if (index == NULL && graph != NULL)
        errata_model_builder_note(builder, "its variables are not here");
    errata_tensors_finish(tensors);
    errata_model_builder_set_why_not(builder,
                                     "graphs of TensorFlow are described; their operations are not "
                                     "run");
    return errata_model_builder_finish(builder, error);
}

static guint
tf_sniff_archive(const ErrataModelParts *parts)
{
    if (errata_model_parts_find(parts, "saved_model.pb") != NULL)
        return 80;
    return tf_find_index(parts) != NULL ? 75 : 0;
}

/* version 1, then a graph, which begins with what is said of it; models of ONNX name a producer
 * there */
static guint
tf_sniff(const guint8 *head, gsize size, const char *name)
{
    const char *slash = strrchr(name, '/');
    ErrataWire wire = {head, size > 0 ? head + size : head, FALSE};

    if (head == NULL || size < 8 || head[0] != 8 || head[1] != 1 || head[2] != 0x12)
        return size >= 8 && g_str_has_suffix(name, ".index") ? 25 : 0;
    if (strcmp(slash != NULL ? slash + 1 : name, "saved_model.pb") == 0)
        return 98;
    wire.at += 3;
    errata_wire_varint(&wire);
    return wire.at < wire.end && *wire.at == 0x0a && memmem(head, size, "serve", 5) != NULL &&
                   memmem(head, size, "onnx", 4) == NULL
               ? 98
               : 0;
}

static const ErrataModelFormat tf_format = {
    .id = "tensorflow",
    .summary = "TensorFlow SavedModels and checkpoints (described)",
    .sniff = tf_sniff,
    .sniff_archive = tf_sniff_archive,
    .load = tf_load,
};

const ErrataPlugin errata_plugin_tensorflow = {
    .abi = ERRATA_PLUGIN_ABI,
    .struct_size = sizeof(ErrataPlugin),
    .id = "tensorflow",
    .models = (const ErrataModelFormat *const[]){&tf_format, NULL},
};
