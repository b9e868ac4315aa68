/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Types, shapes and signatures of TensorFlow: which tensors a function takes and gives. Source:
 * tensorflow/core/framework/types.proto, tensor_shape.proto, core/protobuf/meta_graph.proto. */
#include <string.h>

#include "error.h"
#include "limit.h"
#include "tf-private.h"

static const struct {
    const char *name;
    ErrataTensorType type;
} types[] = {
    [1] = {"float32", ERRATA_TENSOR_F32},
    [2] = {"float64", ERRATA_TENSOR_F64},
    [3] = {"int32", ERRATA_TENSOR_I32},
    [4] = {"uint8", ERRATA_TENSOR_U8},
    [5] = {"int16", ERRATA_TENSOR_I16},
    [6] = {"int8", ERRATA_TENSOR_I8},
    [7] = {"string", ERRATA_TENSOR_OPAQUE},
    [8] = {"complex64", ERRATA_TENSOR_C64},
    [9] = {"int64", ERRATA_TENSOR_I64},
    [10] = {"bool", ERRATA_TENSOR_BOOL},
    [11] = {"qint8", ERRATA_TENSOR_I8},
    [12] = {"quint8", ERRATA_TENSOR_U8},
    [13] = {"qint32", ERRATA_TENSOR_I32},
    [14] = {"bfloat16", ERRATA_TENSOR_BF16},
    [15] = {"qint16", ERRATA_TENSOR_I16},
    [16] = {"quint16", ERRATA_TENSOR_U16},
    [17] = {"uint16", ERRATA_TENSOR_U16},
    [18] = {"complex128", ERRATA_TENSOR_C128},
    [19] = {"float16", ERRATA_TENSOR_F16},
    [20] = {"resource", ERRATA_TENSOR_OPAQUE},
    [21] = {"variant", ERRATA_TENSOR_OPAQUE},
    [22] = {"uint32", ERRATA_TENSOR_U32},
    [23] = {"uint64", ERRATA_TENSOR_U64},
    [24] = {"float8_e5m2", ERRATA_TENSOR_F8_E5M2},
    [25] = {"float8_e4m3fn", ERRATA_TENSOR_F8_E4M3},
};

gboolean
tf_fail(GError **error, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_autofree char *what = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error_literal(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA, what);
    return FALSE;
}

ErrataTensorType
tf_type(guint64 number)
{
    return number < G_N_ELEMENTS(types) ? types[number].type : ERRATA_TENSOR_OPAQUE;
}

const char *
tf_type_name(guint64 number)
{
    return number < G_N_ELEMENTS(types) && types[number].name != NULL ? types[number].name
                                                                      : "other";
}

/* TensorShapeProto */
gboolean
tf_shape_read(ErrataWire wire, TfShape *ret)
{
    ErrataWireField field;

    *ret = (TfShape){0};
    while (errata_wire_next(&wire, &field)) {
        ErrataWire dim = field.bytes;
        ErrataWireField inner;

        if (field.number == 3)
            ret->is_unknown = field.integer != 0;
        if (field.number != 2 || field.kind != 2)
            continue;
        if (ret->n_dims == G_N_ELEMENTS(ret->dims))
            return FALSE;
        ret->dims[ret->n_dims] = 0;
        while (errata_wire_next(&dim, &inner))
            if (inner.number == 1)
                ret->dims[ret->n_dims] = (gint64)inner.integer < 0 ? G_MAXUINT64 : inner.integer;
        ret->n_dims++;
        if (dim.failed)
            return FALSE;
    }
    return !wire.failed;
}

char *
tf_shape_text(const TfShape *self, guint64 type)
{
    GString *text = g_string_new(self->is_unknown    ? "any shape"
                                 : self->n_dims == 0 ? "scalar"
                                                     : "");

    for (guint i = 0; i < self->n_dims && !self->is_unknown; i++) {
        g_string_append(text, i > 0 ? " × " : "");
        if (self->dims[i] == G_MAXUINT64)
            g_string_append(text, "any");
        else
            g_string_append_printf(text, "%" G_GUINT64_FORMAT, self->dims[i]);
    }
    g_string_append_printf(text, " %s", tf_type_name(type));
    return g_string_free(text, FALSE);
}

/* key 1, value 2 */
static gboolean
signature_pair(ErrataWire wire, char **ret_key, ErrataWire *ret_value)
{
    ErrataWireField field;

    *ret_value = (ErrataWire){0};
    while (errata_wire_next(&wire, &field)) {
        if (field.number == 1) {
            g_free(*ret_key);
            *ret_key = errata_wire_text(&field);
        } else if (field.number == 2 && field.kind == 2) {
            *ret_value = field.bytes;
        }
    }
    return !wire.failed && *ret_key != NULL;
}

static ErrataModelType
signature_type(guint64 type)
{
    return type == 7 ? ERRATA_MODEL_TEXT : ERRATA_MODEL_NUMBER;
}

/* TensorInfo of an input (1) or output (2) */
static gboolean
signature_tensor(ErrataModelBuilder *builder,
                 const char *signature,
                 const char *name,
                 guint where,
                 ErrataWire wire)
{
    g_autofree char *full = signature != NULL ? g_strconcat(signature, ".", name, NULL)
                                              : g_strdup(name);
    ErrataWireField field;
    TfShape shape = {.is_unknown = TRUE};
    guint64 type = 0;

    while (errata_wire_next(&wire, &field)) {
        if (field.number == 2)
            type = field.integer;
        else if (field.number == 3 && !tf_shape_read(field.bytes, &shape))
            return FALSE;
    }
    if (where == 1) {
        ErrataModelInput *input =
            errata_model_builder_add_input(builder, full, signature_type(type), NULL);

        input->shape = tf_shape_text(&shape, type);
    } else {
        ErrataModelOutput *output = errata_model_builder_add_output(builder,
                                                                    full,
                                                                    ERRATA_MODEL_FIELD,
                                                                    signature_type(type),
                                                                    NULL);

        output->shape = tf_shape_text(&shape, type);
    }
    return !wire.failed;
}

static gboolean
signature_read(ErrataModelBuilder *builder, const char *signature, ErrataWire wire)
{
    ErrataWireField field;

    while (errata_wire_next(&wire, &field)) {
        g_autofree char *name = NULL;
        ErrataWire value;

        if (field.number > 2 || field.kind != 2)
            continue;
        if (!signature_pair(field.bytes, &name, &value) ||
            !signature_tensor(builder, signature, name, field.number, value))
            return FALSE;
    }
    return !wire.failed;
}

/**
 * tf_read_signatures:
 * @builder: gets inputs and outputs
 * @entries: (element-type ErrataWire): of the map of signatures
 * @error: return location for a #GError
 *
 * Tensors carry the name of their signature where there are several.
 *
 * Returns: whether they could be read
 */
gboolean
tf_read_signatures(ErrataModelBuilder *builder, GArray *entries, GError **error)
{
    guint n = 0;

    for (guint pass = 0; pass < 2; pass++)
        for (guint i = 0; i < entries->len; i++) {
            g_autofree char *name = NULL;
            ErrataWire value;

            if (!signature_pair(g_array_index(entries, ErrataWire, i), &name, &value))
                return tf_fail(error, "signature %u is damaged", i);
            if (g_str_has_prefix(name, "__saved_model"))
                continue;
            if (pass == 0)
                n++;
            else if (!signature_read(builder, n > 1 ? name : NULL, value))
                return tf_fail(error, "signature “%s” is damaged", name);
        }
    return TRUE;
}
