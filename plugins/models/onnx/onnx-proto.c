/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "onnx-proto.h"

#include <math.h>
#include <string.h>

#include "error.h"
#include "limit.h"
#include "wire.h"

static double
bits_float(guint32 bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return (double)value;
}

static double
bits_double(guint64 bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* repeated numbers come one by one, or packed */
static gboolean
field_floats(const ErrataWireField *field, GArray *numbers)
{
    ErrataWire packed = field->bytes;
    double value;
    if (field->kind == 5) {
        value = bits_float((guint32)field->integer);
        g_array_append_val(numbers, value);
        return TRUE;
    }
    while (field->kind == 2 && packed.at < packed.end && !packed.failed) {
        value = bits_float((guint32)errata_wire_fixed(&packed, 4));
        g_array_append_val(numbers, value);
    }
    return field->kind == 2 && !packed.failed;
}

static gboolean
field_doubles(const ErrataWireField *field, GArray *numbers)
{
    ErrataWire packed = field->bytes;
    double value;
    if (field->kind == 1) {
        value = bits_double(field->integer);
        g_array_append_val(numbers, value);
        return TRUE;
    }
    while (field->kind == 2 && packed.at < packed.end && !packed.failed) {
        value = bits_double(errata_wire_fixed(&packed, 8));
        g_array_append_val(numbers, value);
    }
    return field->kind == 2 && !packed.failed;
}

static gboolean
field_ints(const ErrataWireField *field, GArray *ints)
{
    ErrataWire packed = field->bytes;
    gint64 value;
    if (field->kind == 0) {
        value = (gint64)field->integer;
        g_array_append_val(ints, value);
        return TRUE;
    }
    while (field->kind == 2 && packed.at < packed.end && !packed.failed) {
        value = (gint64)errata_wire_varint(&packed);
        g_array_append_val(ints, value);
    }
    return field->kind == 2 && !packed.failed;
}

static void
tensor_free(OnnxTensor *self)
{
    g_free(self->name);
    g_array_unref(self->dims);
    g_array_unref(self->numbers);
    g_ptr_array_unref(self->strings);
    g_free(self->location);
    g_free(self);
}

static void
attribute_free(gpointer data)
{
    OnnxAttribute *self = data;
    g_free(self->name);
    g_free(self->s);
    g_array_unref(self->floats);
    g_array_unref(self->ints);
    g_ptr_array_unref(self->strings);
    g_clear_pointer(&self->tensor, tensor_free);
    g_free(self);
}

static void
node_free(gpointer data)
{
    OnnxNode *self = data;
    g_free(self->op);
    g_free(self->domain);
    g_free(self->name);
    g_ptr_array_unref(self->inputs);
    g_ptr_array_unref(self->outputs);
    g_ptr_array_unref(self->attributes);
    g_free(self);
}

static void
info_free(gpointer data)
{
    OnnxValueInfo *self = data;
    g_free(self->name);
    g_array_unref(self->dims);
    g_free(self);
}

void
onnx_file_free(OnnxFile *self)
{
    if (self == NULL)
        return;
    g_free(self->producer);
    g_free(self->producer_version);
    g_ptr_array_unref(self->opsets);
    g_ptr_array_unref(self->metadata);
    g_ptr_array_unref(self->nodes);
    g_ptr_array_unref(self->initializers);
    g_ptr_array_unref(self->inputs);
    g_ptr_array_unref(self->outputs);
    g_free(self);
}

/* as little-endian bytes; numbers of a type that no operator here works on are left as they lie */
gboolean
onnx_tensor_fill(OnnxTensor *self, const guint8 *bytes, gsize n)
{
    ErrataWire raw = {bytes, bytes + n, FALSE};
    guint size = self->type == ONNX_FLOAT || self->type == 6             ? 4
                 : self->type == ONNX_DOUBLE || self->type == ONNX_INT64 ? 8
                 : self->type == ONNX_BOOL                               ? 1
                                                                         : 0;
    self->raw = bytes;
    self->raw_size = n;
    if (size == 0)
        return TRUE;
    if (n % size != 0)
        return FALSE;
    while (raw.at < raw.end) {
        guint64 bits = errata_wire_fixed(&raw, size);
        double value = self->type == ONNX_FLOAT    ? bits_float((guint32)bits)
                       : self->type == ONNX_DOUBLE ? bits_double(bits)
                       : self->type == 6           ? (double)(gint32)(guint32)bits
                                                   : (double)(gint64)bits;
        g_array_append_val(self->numbers, value);
    }
    return TRUE;
}

static gboolean
tensor_add_ints(OnnxTensor *self, const ErrataWireField *field)
{
    g_autoptr(GArray) ints = g_array_new(FALSE, FALSE, sizeof(gint64));
    if (!field_ints(field, ints))
        return FALSE;
    for (guint i = 0; i < ints->len; i++) {
        double value = (double)g_array_index(ints, gint64, i);
        g_array_append_val(self->numbers, value);
    }
    return TRUE;
}

/* StringStringEntryProto: what an external tensor says of its place */
static gboolean
tensor_add_place(OnnxTensor *self, ErrataWire wire)
{
    ErrataWireField field;
    g_autofree char *key = NULL, *value = NULL;
    while (errata_wire_next(&wire, &field)) {
        if (field.number == 1 && field.kind == 2 && key == NULL)
            key = errata_wire_text(&field);
        else if (field.number == 2 && field.kind == 2 && value == NULL)
            value = errata_wire_text(&field);
    }
    if (wire.failed || key == NULL || value == NULL)
        return FALSE;
    if (g_str_equal(key, "location") && self->location == NULL)
        self->location = g_steal_pointer(&value);
    else if (g_str_equal(key, "offset"))
        return g_ascii_string_to_unsigned(value, 10, 0, G_MAXUINT64, &self->offset, NULL);
    else if (g_str_equal(key, "length"))
        return g_ascii_string_to_unsigned(value, 10, 0, G_MAXUINT64, &self->length, NULL);
    return TRUE;
}

static gboolean
tensor_field(OnnxTensor *self, const ErrataWireField *field, ErrataWire *ret_raw)
{
    switch (field->number) {
    case 1:
        return field_ints(field, self->dims);
    case 2:
        self->type = (int)field->integer;
        return TRUE;
    case 4:
        return field_floats(field, self->numbers);
    case 5:
    case 7:
        return tensor_add_ints(self, field);
    case 6:
        g_ptr_array_add(self->strings, errata_wire_text(field));
        return field->kind == 2;
    case 8:
        g_free(self->name);
        self->name = errata_wire_text(field);
        return field->kind == 2;
    case 9:
        *ret_raw = field->bytes;
        return field->kind == 2;
    case 10:
        return field_doubles(field, self->numbers);
    case 13:
        return field->kind == 2 && tensor_add_place(self, field->bytes);
    case 14:
        self->is_external = field->integer == 1;
        return TRUE;
    default:
        return TRUE;
    }
}

static OnnxTensor *
tensor_read(ErrataWire wire)
{
    OnnxTensor *self = g_new0(OnnxTensor, 1);
    ErrataWire raw = {0};
    ErrataWireField field;
    self->dims = g_array_new(FALSE, FALSE, sizeof(gint64));
    self->numbers = g_array_new(FALSE, FALSE, sizeof(double));
    self->strings = g_ptr_array_new_with_free_func(g_free);
    while (errata_wire_next(&wire, &field))
        wire.failed |= !tensor_field(self, &field, &raw);
    if (wire.failed ||
        (raw.at != NULL && !onnx_tensor_fill(self, raw.at, (gsize)(raw.end - raw.at))))
        g_clear_pointer(&self, tensor_free);
    return self;
}

static gboolean
attribute_field(OnnxAttribute *self, const ErrataWireField *field)
{
    switch (field->number) {
    case 1:
        g_free(self->name);
        self->name = errata_wire_text(field);
        return field->kind == 2;
    case 2:
        self->f = bits_float((guint32)field->integer);
        return field->kind == 5;
    case 3:
        self->i = (gint64)field->integer;
        return field->kind == 0;
    case 4:
        g_free(self->s);
        self->s = errata_wire_text(field);
        return field->kind == 2;
    case 5:
        g_clear_pointer(&self->tensor, tensor_free);
        self->tensor = field->kind == 2 ? tensor_read(field->bytes) : NULL;
        return self->tensor != NULL;
    case 7:
        return field_floats(field, self->floats);
    case 8:
        return field_ints(field, self->ints);
    case 9:
        g_ptr_array_add(self->strings, errata_wire_text(field));
        return field->kind == 2;
    default:
        return TRUE;
    }
}

static gboolean
attribute_read(ErrataWire wire, GPtrArray *attributes)
{
    OnnxAttribute *self = g_new0(OnnxAttribute, 1);
    ErrataWireField field;
    g_ptr_array_add(attributes, self);
    self->floats = g_array_new(FALSE, FALSE, sizeof(double));
    self->ints = g_array_new(FALSE, FALSE, sizeof(gint64));
    self->strings = g_ptr_array_new_with_free_func(g_free);
    while (errata_wire_next(&wire, &field))
        wire.failed |= !attribute_field(self, &field);
    if (self->name == NULL)
        self->name = g_strdup("");
    return !wire.failed;
}

static gboolean
node_read(ErrataWire wire, GPtrArray *nodes)
{
    OnnxNode *self = g_new0(OnnxNode, 1);
    ErrataWireField field;
    g_ptr_array_add(nodes, self);
    self->inputs = g_ptr_array_new_with_free_func(g_free);
    self->outputs = g_ptr_array_new_with_free_func(g_free);
    self->attributes = g_ptr_array_new_with_free_func(attribute_free);
    while (errata_wire_next(&wire, &field)) {
        wire.failed |= field.number <= 7 && field.kind != 2;
        if (wire.failed)
            return FALSE;
        if (field.number == 1)
            g_ptr_array_add(self->inputs, errata_wire_text(&field));
        else if (field.number == 2)
            g_ptr_array_add(self->outputs, errata_wire_text(&field));
        else if (field.number == 3 && self->name == NULL)
            self->name = errata_wire_text(&field);
        else if (field.number == 4 && self->op == NULL)
            self->op = errata_wire_text(&field);
        else if (field.number == 7 && self->domain == NULL)
            self->domain = errata_wire_text(&field);
        else if (field.number == 5)
            wire.failed = !attribute_read(field.bytes, self->attributes);
    }
    return !wire.failed && self->op != NULL;
}

/* TypeProto.tensor_type: element type and the last dimension */
static gboolean
info_tensor(OnnxValueInfo *self, ErrataWire wire)
{
    ErrataWireField field;
    while (errata_wire_next(&wire, &field)) {
        if (field.number == 1 && field.kind == 0)
            self->type = (int)field.integer;
        if (field.number != 2 || field.kind != 2)
            continue;
        ErrataWire shape = field.bytes;
        ErrataWireField dimension;
        while (errata_wire_next(&shape, &dimension)) {
            ErrataWire one = dimension.bytes;
            ErrataWireField value;
            self->columns = 0;
            while (dimension.kind == 2 && errata_wire_next(&one, &value))
                if (value.number == 1 && value.kind == 0)
                    self->columns = (gint64)value.integer;
            g_array_append_val(self->dims, self->columns);
        }
        wire.failed |= shape.failed;
    }
    return !wire.failed;
}

static gboolean
info_read(ErrataWire wire, GPtrArray *infos)
{
    OnnxValueInfo *self = g_new0(OnnxValueInfo, 1);
    ErrataWireField field, type;
    g_ptr_array_add(infos, self);
    self->dims = g_array_new(FALSE, FALSE, sizeof(gint64));
    while (errata_wire_next(&wire, &field)) {
        if (field.kind != 2)
            continue;
        if (field.number == 1 && self->name == NULL)
            self->name = errata_wire_text(&field);
        if (field.number != 2)
            continue;
        ErrataWire inner = field.bytes;
        while (errata_wire_next(&inner, &type))
            if (type.number == 1 && type.kind == 2)
                wire.failed |= !info_tensor(self, type.bytes);
        wire.failed |= inner.failed;
    }
    return !wire.failed && self->name != NULL;
}

static gboolean
graph_read(OnnxFile *self, ErrataWire wire)
{
    ErrataWireField field;
    while (errata_wire_next(&wire, &field)) {
        if (self->nodes->len + self->initializers->len > ERRATA_LIMIT_MODEL_FEATURES)
            return FALSE;
        if (field.kind != 2)
            continue;
        if (field.number == 1)
            wire.failed = !node_read(field.bytes, self->nodes);
        else if (field.number == 5) {
            OnnxTensor *tensor = tensor_read(field.bytes);
            wire.failed = tensor == NULL;
            if (tensor != NULL)
                g_ptr_array_add(self->initializers, tensor);
        } else if (field.number == 11)
            wire.failed = !info_read(field.bytes, self->inputs);
        else if (field.number == 12)
            wire.failed = !info_read(field.bytes, self->outputs);
    }
    return !wire.failed;
}

/* two strings, or a string and a number, as "a b" */
static char *
pair_read(ErrataWire wire, guint first, guint second, char **ret_second)
{
    ErrataWireField field;
    char *name = NULL, *value = NULL;
    while (errata_wire_next(&wire, &field)) {
        if (field.number == first && field.kind == 2 && name == NULL)
            name = errata_wire_text(&field);
        else if (field.number == second && value == NULL)
            value = field.kind == 2 ? errata_wire_text(&field)
                                    : g_strdup_printf("%" G_GUINT64_FORMAT, field.integer);
    }
    *ret_second = value != NULL ? value : g_strdup("");
    return name != NULL ? name : g_strdup("");
}

static gboolean
file_field(OnnxFile *self, const ErrataWireField *field)
{
    char *second;
    if (field->number == 1 && field->kind == 0)
        self->ir_version = (gint64)field->integer;
    if (field->kind != 2)
        return TRUE;
    if (field->number == 2 && self->producer == NULL)
        self->producer = errata_wire_text(field);
    else if (field->number == 3 && self->producer_version == NULL)
        self->producer_version = errata_wire_text(field);
    else if (field->number == 7)
        return graph_read(self, field->bytes);
    else if (field->number == 8) {
        g_autofree char *domain = pair_read(field->bytes, 1, 2, &second);
        g_ptr_array_add(self->opsets,
                        g_strdup_printf("%s %s", domain[0] ? domain : "ai.onnx", second));
        g_free(second);
    } else if (field->number == 14) {
        g_ptr_array_add(self->metadata, pair_read(field->bytes, 1, 2, &second));
        g_ptr_array_add(self->metadata, second);
    }
    return TRUE;
}

/* older files list initializers among the inputs */
static void
file_drop_constants(OnnxFile *self)
{
    for (guint i = self->inputs->len; i-- > 0;) {
        const OnnxValueInfo *info = self->inputs->pdata[i];
        for (guint k = 0; k < self->initializers->len; k++)
            if (g_strcmp0(((const OnnxTensor *)self->initializers->pdata[k])->name, info->name) ==
                0) {
                g_ptr_array_remove_index(self->inputs, i);
                break;
            }
    }
}

/**
 * onnx_file_read:
 * @bytes: (array length=size): a ModelProto
 *
 * Returns: (nullable): what it says, or %NULL with an error naming the byte
 */
OnnxFile *
onnx_file_read(const guint8 *bytes, gsize size, GError **error)
{
    g_autoptr(OnnxFile) self = g_new0(OnnxFile, 1);
    /* no bytes may be NULL, from which no step leads on */
    ErrataWire wire = {bytes, size > 0 ? bytes + size : bytes, FALSE};
    ErrataWireField field;
    self->opsets = g_ptr_array_new_with_free_func(g_free);
    self->metadata = g_ptr_array_new_with_free_func(g_free);
    self->nodes = g_ptr_array_new_with_free_func(node_free);
    self->initializers = g_ptr_array_new_with_free_func((GDestroyNotify)tensor_free);
    self->inputs = g_ptr_array_new_with_free_func(info_free);
    self->outputs = g_ptr_array_new_with_free_func(info_free);
    gsize at = 0;
    while (errata_wire_next(&wire, &field)) {
        wire.failed |= !file_field(self, &field);
        if (!wire.failed)
            at = (gsize)(wire.at - bytes);
    }
    if (wire.failed || self->nodes->len == 0) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_INVALID_DATA,
                    wire.failed ? "after byte %" G_GSIZE_FORMAT
                                  ": expected a field of an ONNX model, found none that fits"
                                : "expected an ONNX graph with nodes in its %" G_GSIZE_FORMAT
                                  " bytes, found none",
                    at);
        return NULL;
    }
    file_drop_constants(self);
    return g_steal_pointer(&self);
}

const OnnxAttribute *
onnx_attribute(const OnnxNode *node, const char *name)
{
    for (guint i = 0; i < node->attributes->len; i++) {
        const OnnxAttribute *one = node->attributes->pdata[i];
        if (g_str_equal(one->name, name))
            return one;
    }
    return NULL;
}

double
onnx_float(const OnnxNode *node, const char *name, double fallback)
{
    const OnnxAttribute *one = onnx_attribute(node, name);
    return one != NULL ? one->f : fallback;
}

gint64
onnx_int(const OnnxNode *node, const char *name, gint64 fallback)
{
    const OnnxAttribute *one = onnx_attribute(node, name);
    return one != NULL ? one->i : fallback;
}

const char *
onnx_string(const OnnxNode *node, const char *name)
{
    const OnnxAttribute *one = onnx_attribute(node, name);
    return one != NULL ? one->s : NULL;
}

const GArray *
onnx_floats(const OnnxNode *node, const char *name)
{
    const OnnxAttribute *one = onnx_attribute(node, name);
    if (one != NULL && one->tensor != NULL && one->tensor->numbers->len > 0)
        return one->tensor->numbers;
    return one != NULL && one->floats->len > 0 ? one->floats : NULL;
}

const GArray *
onnx_ints(const OnnxNode *node, const char *name)
{
    const OnnxAttribute *one = onnx_attribute(node, name);
    return one != NULL && one->ints->len > 0 ? one->ints : NULL;
}

const GPtrArray *
onnx_strings(const OnnxNode *node, const char *name)
{
    const OnnxAttribute *one = onnx_attribute(node, name);
    return one != NULL && one->strings->len > 0 ? one->strings : NULL;
}
