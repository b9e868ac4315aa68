/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tensors of an ONNX file, which may lie in other files beside it, and what a model that is not
 * run takes and gives. Source: onnx/docs/ExternalData.md and onnx.proto, TensorProto.DataType. */
#include <string.h>

#include "error.h"
#include "onnx-private.h"
#include "tensors.h"

/* by TensorProto.DataType; what is not computed has no numbers of its own */
static const struct {
    ErrataTensorType type;
    gboolean is_computed;
} types[] = {
    [ONNX_FLOAT] = {ERRATA_TENSOR_F32, TRUE},
    [2] = {ERRATA_TENSOR_U8, TRUE},
    [3] = {ERRATA_TENSOR_I8, TRUE},
    [4] = {ERRATA_TENSOR_U16, TRUE},
    [5] = {ERRATA_TENSOR_I16, TRUE},
    [6] = {ERRATA_TENSOR_I32, TRUE},
    [ONNX_INT64] = {ERRATA_TENSOR_I64, TRUE},
    [ONNX_STRING] = {ERRATA_TENSOR_OPAQUE, TRUE},
    [ONNX_BOOL] = {ERRATA_TENSOR_BOOL, TRUE},
    [10] = {ERRATA_TENSOR_F16, FALSE},
    [ONNX_DOUBLE] = {ERRATA_TENSOR_F64, TRUE},
    [12] = {ERRATA_TENSOR_U32, FALSE},
    [13] = {ERRATA_TENSOR_U64, FALSE},
    [14] = {ERRATA_TENSOR_C64, FALSE},
    [15] = {ERRATA_TENSOR_C128, FALSE},
    [16] = {ERRATA_TENSOR_BF16, FALSE},
    [17] = {ERRATA_TENSOR_F8_E4M3, FALSE},
    [18] = {ERRATA_TENSOR_F8_E4M3FNUZ, FALSE},
    [19] = {ERRATA_TENSOR_F8_E5M2, FALSE},
    [20] = {ERRATA_TENSOR_F8_E5M2FNUZ, FALSE},
};

static ErrataTensorType
weights_type(int type)
{
    return type > 0 && type < (int)G_N_ELEMENTS(types) ? types[type].type : ERRATA_TENSOR_OPAQUE;
}

static const char *
weights_nick(int type)
{
    return type == ONNX_STRING ? "string" : errata_tensor_nick(weights_type(type));
}

static gboolean
weights_leads_out(const char *location)
{
    g_auto(GStrv) parts = g_strsplit_set(location, "/\\", -1);

    return g_path_is_absolute(location) || location[0] == '\\' ||
           (g_ascii_isalpha(location[0]) && location[1] == ':') ||
           g_strv_contains((const char *const *)parts, "..");
}

/* a path there is relative to the folder of the file */
static const ErrataModelPart *
weights_part(const ErrataModelParts *parts, const char *location)
{
    const char *path = errata_model_parts_main(parts)->name;
    const char *slash = strrchr(path, '/');
    g_autofree char *folder = slash != NULL ? g_strndup(path, (gsize)(slash + 1 - path))
                                            : g_strdup("");
    g_autofree char *wanted = NULL;

    while (g_str_has_prefix(location, "./"))
        location += 2;
    wanted = g_strconcat(folder, location, NULL);
    for (guint i = 0; i < parts->part->len; i++) {
        const ErrataModelPart *part = g_ptr_array_index(parts->part, i);

        if (strcmp(part->name, wanted) == 0)
            return part;
    }
    return NULL;
}

/* the numbers of a tensor that lie in another file */
static gboolean
weights_fetch(OnnxTensor *tensor, const ErrataModelParts *parts, GError **error)
{
    const char *name = tensor->name != NULL ? tensor->name : "";
    const char *location = tensor->location != NULL ? tensor->location : "";
    const ErrataModelPart *part = weights_leads_out(location) ? NULL
                                                              : weights_part(parts, location);
    const guint8 *bytes;
    gsize size = 0;

    if (part == NULL || part->bytes == NULL) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_UNSUPPORTED,
                    "the numbers of the tensor “%s” are in another file, “%s”, which %s",
                    name,
                    location,
                    weights_leads_out(location) ? "is not in the model's folder"
                    : part == NULL              ? "did not come with it"
                                                : "is too large");
        return FALSE;
    }
    bytes = g_bytes_get_data(part->bytes, &size);
    if (tensor->offset > size || tensor->length > size - tensor->offset) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_INVALID_DATA,
                    "the tensor “%s” is said to end at byte %" G_GUINT64_FORMAT
                    " of %s, which has %" G_GSIZE_FORMAT,
                    name,
                    tensor->offset + tensor->length,
                    part->name,
                    size);
        return FALSE;
    }
    size = tensor->length > 0 ? (gsize)tensor->length : size - (gsize)tensor->offset;
    if (onnx_tensor_fill(tensor, bytes + tensor->offset, size))
        return TRUE;
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_INVALID_DATA,
                "the tensor “%s” is said to be %" G_GSIZE_FORMAT " bytes of %s, in numbers of %s",
                name,
                size,
                part->name,
                weights_nick(tensor->type));
    return FALSE;
}

static gboolean
weights_dims(const OnnxTensor *tensor, guint64 *dims)
{
    for (guint i = 0; i < tensor->dims->len; i++) {
        gint64 n = g_array_index(tensor->dims, gint64, i);

        if (n < 0)
            return FALSE;
        dims[i] = (guint64)n;
    }
    return TRUE;
}

static gboolean
weights_check(OnnxTensor *tensor, const ErrataModelParts *parts, GError **error)
{
    if (tensor->is_external && !weights_fetch(tensor, parts, error))
        return FALSE;
    if (tensor->type <= 0 || tensor->type >= (int)G_N_ELEMENTS(types) ||
        types[tensor->type].is_computed || (tensor->raw_size == 0 && tensor->numbers->len == 0))
        return TRUE;
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_UNSUPPORTED,
                "the tensor “%s” is of numbers of %s, which are not computed with",
                tensor->name != NULL ? tensor->name : "",
                weights_nick(tensor->type));
    return FALSE;
}

/**
 * onnx_weights_find:
 * @file: what the file says; tensors in other files get their numbers
 * @parts: it and the files beside it
 * @error: return location for a #GError
 *
 * Errors: %ERRATA_ERROR_UNSUPPORTED where numbers are not at hand or of a type that is not computed
 * with; %ERRATA_ERROR_INVALID_DATA where they are not where they are said to be.
 *
 * Returns: whether every tensor has its numbers; all were looked at, @error is of the first that
 * lacks
 */
gboolean
onnx_weights_find(OnnxFile *file, const ErrataModelParts *parts, GError **error)
{
    g_autoptr(GError) first = NULL;

    for (guint i = 0; i < file->initializers->len; i++) {
        g_autoptr(GError) why = NULL;

        if (!weights_check(file->initializers->pdata[i], parts, &why) && first == NULL)
            first = g_steal_pointer(&why);
    }
    for (guint i = 0; i < file->nodes->len; i++) {
        const OnnxNode *node = file->nodes->pdata[i];

        for (guint k = 0; k < node->attributes->len; k++) {
            OnnxAttribute *attribute = node->attributes->pdata[k];
            g_autoptr(GError) why = NULL;

            if (attribute->tensor != NULL && !weights_check(attribute->tensor, parts, &why) &&
                first == NULL)
                first = g_steal_pointer(&why);
        }
    }
    if (first == NULL)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&first));
    return FALSE;
}

/* numbers that came one by one, as bytes of their type; NULL where they are not at hand */
static GBytes *
weights_pack(const OnnxTensor *tensor)
{
    gboolean is_single = tensor->type == ONNX_FLOAT;
    g_autoptr(GArray) bytes = NULL;

    if (!is_single && tensor->type != ONNX_DOUBLE)
        return NULL;
    bytes = g_array_new(FALSE, FALSE, is_single ? sizeof(float) : sizeof(double));
    for (guint i = 0; i < tensor->numbers->len; i++) {
        double number = g_array_index(tensor->numbers, double, i);
        float single = (float)number;

        if (is_single)
            g_array_append_val(bytes, single);
        else
            g_array_append_val(bytes, number);
    }
    return g_bytes_new(bytes->data, bytes->len * (is_single ? sizeof(float) : sizeof(double)));
}

static gboolean
weights_add(ErrataTensors *tensors, const OnnxTensor *tensor, GError **error)
{
    g_autofree guint64 *dims = g_new0(guint64, tensor->dims->len + 1);
    g_autofree char *unnamed = g_strdup_printf("tensor %" G_GUINT64_FORMAT,
                                               errata_tensors_n_values(tensors));
    ErrataTensorView view = {
        .name = tensor->name != NULL ? tensor->name : unnamed,
        .type = weights_type(tensor->type),
        .is_big_endian = G_BYTE_ORDER == G_BIG_ENDIAN && tensor->raw == NULL,
        .dims = dims,
        .n_dims = tensor->dims->len,
        .data = tensor->raw,
        .size = tensor->raw_size,
    };
    g_autoptr(GBytes) packed = tensor->raw == NULL ? weights_pack(tensor) : NULL;
    guint64 wanted;

    if (!weights_dims(tensor, dims))
        return TRUE;
    if (packed != NULL) {
        view.data = g_bytes_get_data(packed, &view.size);
        errata_tensors_keep(tensors, packed);
    }
    if (view.data != NULL &&
        (!errata_tensor_bytes(view.type, view.dims, view.n_dims, &wanted) || wanted != view.size))
        view.data = NULL; /* what its bytes are the shape does not tell */
    return errata_tensors_add(tensors, &view, error) != NULL;
}

static void
weights_add_places(const OnnxFile *file, ErrataModelBuilder *builder)
{
    g_autoptr(GHashTable) told = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < file->initializers->len; i++) {
        const OnnxTensor *tensor = file->initializers->pdata[i];

        if (!tensor->is_external || tensor->location == NULL ||
            !weights_leads_out(tensor->location) || !g_hash_table_add(told, tensor->location))
            continue;
        errata_model_builder_add_risk(builder,
                                      ERRATA_SEVERITY_MEDIUM,
                                      "path-traversal",
                                      "opened with its library it would read %s, which lies "
                                      "outside of its folder; nothing was read there",
                                      tensor->location);
    }
}

/**
 * onnx_weights_describe:
 * @file: what the file says
 * @builder: gets its tensors as layers, and what they show as risks
 * @error: return location for a #GError
 *
 * Returns: whether there are not too many
 */
gboolean
onnx_weights_describe(const OnnxFile *file, ErrataModelBuilder *builder, GError **error)
{
    g_autoptr(ErrataTensors) tensors = errata_tensors_new(builder);

    for (guint i = 0; i < file->initializers->len; i++)
        if (!weights_add(tensors, file->initializers->pdata[i], error))
            return FALSE;
    errata_tensors_finish(tensors);
    weights_add_places(file, builder);
    return TRUE;
}

static char *
weights_shape(const OnnxValueInfo *info)
{
    g_autoptr(GString) text = g_string_new(info->dims->len == 0 ? "scalar" : "");

    if (info->type == 0)
        return NULL;
    for (guint i = 0; i < info->dims->len; i++) {
        gint64 n = g_array_index(info->dims, gint64, i);

        g_string_append(text, i > 0 ? " × " : "");
        if (n > 0)
            g_string_append_printf(text, "%" G_GINT64_FORMAT, n);
        else
            g_string_append(text, "any");
    }
    g_string_append_printf(text, " %s", weights_nick(info->type));
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/**
 * onnx_describe_values:
 * @file: what the file says
 * @builder: of a model that is not run: gets the tensors that the graph takes and gives
 */
void
onnx_describe_values(const OnnxFile *file, ErrataModelBuilder *builder)
{
    for (guint i = 0; i < file->inputs->len; i++) {
        const OnnxValueInfo *info = file->inputs->pdata[i];

        errata_model_builder_add_input(builder,
                                       info->name,
                                       info->type == ONNX_STRING ? ERRATA_MODEL_TEXT
                                                                 : ERRATA_MODEL_NUMBER,
                                       NULL)
            ->shape = weights_shape(info);
    }
    for (guint i = 0; i < file->outputs->len; i++) {
        const OnnxValueInfo *info = file->outputs->pdata[i];

        errata_model_builder_add_output(builder,
                                        info->name,
                                        ERRATA_MODEL_PREDICTION,
                                        ERRATA_MODEL_NUMBER,
                                        NULL)
            ->shape = weights_shape(info);
    }
}
