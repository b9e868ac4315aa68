/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Datatypes, dataspaces and attributes of HDF5. Source: HDF5 File Format Specification 3.0, III.E,
 * IV.A.2.b, IV.A.2.d, IV.A.2.m. */
#include <string.h>

#include "h5.h"
#include "limit.h"

#define TEXT_MAX (64U << 20) /* of an attribute: a model's description may be long */

static ErrataTensorType
type_of_whole(guint size, gboolean is_signed)
{
    switch (size) {
    case 1:
        return is_signed ? ERRATA_TENSOR_I8 : ERRATA_TENSOR_U8;
    case 2:
        return is_signed ? ERRATA_TENSOR_I16 : ERRATA_TENSOR_U16;
    case 4:
        return is_signed ? ERRATA_TENSOR_I32 : ERRATA_TENSOR_U32;
    case 8:
        return is_signed ? ERRATA_TENSOR_I64 : ERRATA_TENSOR_U64;
    default:
        return ERRATA_TENSOR_OPAQUE;
    }
}

/* by the bits of exponent and mantissa; others are bytes */
static ErrataTensorType
type_of_float(guint size, guint exponent, guint mantissa)
{
    static const struct {
        guint size, exponent, mantissa;
        ErrataTensorType type;
    } known[] = {{8, 11, 52, ERRATA_TENSOR_F64},
                 {4, 8, 23, ERRATA_TENSOR_F32},
                 {2, 5, 10, ERRATA_TENSOR_F16},
                 {2, 8, 7, ERRATA_TENSOR_BF16},
                 {1, 5, 2, ERRATA_TENSOR_F8_E5M2},
                 {1, 4, 3, ERRATA_TENSOR_F8_E4M3}};

    for (guint i = 0; i < G_N_ELEMENTS(known); i++)
        if (known[i].size == size && known[i].exponent == exponent && known[i].mantissa == mantissa)
            return known[i].type;
    return ERRATA_TENSOR_OPAQUE;
}

/**
 * h5_type_read:
 * @cursor: at a datatype
 * @ret: (out): what it is
 *
 * Returns: whether it could be read
 */
gboolean
h5_type_read(H5Cursor *cursor, H5Type *ret)
{
    guint klass = (guint)h5_number(cursor, 1);
    guint64 bits = h5_number(cursor, 3);
    H5Type type = {.klass = klass & 15, .size = (guint)h5_number(cursor, 4)};

    type.is_big_endian = (bits & 1) != 0;
    if (type.klass == H5_WHOLE) {
        type.type = type_of_whole(type.size, (bits & 8) != 0);
    } else if (type.klass == H5_FLOAT) {
        guint exponent, mantissa;

        h5_take(cursor, 5);
        exponent = (guint)h5_number(cursor, 1);
        h5_take(cursor, 1);
        mantissa = (guint)h5_number(cursor, 1);
        type.type = type_of_float(type.size, exponent, mantissa);
    } else if (type.klass == H5_ENUM) {
        /* of whole numbers: how truth values are kept */
        type.type = type.size == 1 ? ERRATA_TENSOR_BOOL : type_of_whole(type.size, TRUE);
        type.is_big_endian = FALSE;
    } else if (type.klass == H5_VARIABLE) {
        type.is_text = (bits & 15) == 1;
    }
    *ret = type;
    return !cursor->bad && type.size > 0;
}

/**
 * h5_space_read:
 * @cursor: at a dataspace
 * @dims: (array fixed-size=32): gets the shape
 * @ret_n_dims: (out): 0 for a single value
 * @ret_is_null: (out): there is no value at all
 *
 * Returns: whether it could be read
 */
gboolean
h5_space_read(H5Cursor *cursor, guint64 *dims, guint *ret_n_dims, gboolean *ret_is_null)
{
    guint version = (guint)h5_number(cursor, 1);
    guint n = (guint)h5_number(cursor, 1);

    h5_take(cursor, 1);
    *ret_is_null = h5_number(cursor, 1) == 2 && version == 2;
    h5_take(cursor, version == 1 ? 4 : 0);
    if (version < 1 || version > 2 || n > H5_DIMENSIONS)
        return FALSE;
    for (guint i = 0; i < n; i++)
        dims[i] = h5_length(cursor);
    *ret_n_dims = n;
    return !cursor->bad;
}

/* a string of any length lies in a heap of the file: its length, the heap's address, its number
 * there */
static char *
attribute_heap_text(H5 *file, H5Cursor *value)
{
    guint64 length = h5_number(value, 4);
    guint64 address = h5_offset(value);
    guint64 wanted = h5_number(value, 4);
    H5Cursor heap;
    guint64 size;

    if (value->bad || length > TEXT_MAX ||
        !h5_at(file, address, 8 + file->length_size, &heap, NULL) ||
        memcmp(heap.at, "GCOL", 4) != 0)
        return NULL;
    h5_take(&heap, 8);
    size = h5_length(&heap);
    if (!h5_at(file, address, size, &heap, NULL))
        return NULL;
    h5_take(&heap, 8 + file->length_size);
    while (!heap.bad && heap.left >= 8 + file->length_size && h5_spend(file, 1, NULL)) {
        guint64 number = h5_number(&heap, 2);
        guint64 bytes;
        const guint8 *data;

        h5_take(&heap, 6);
        bytes = h5_length(&heap);
        data = h5_take(&heap, bytes);
        if (number == 0 || data == NULL)
            return NULL;
        h5_take(&heap, MIN((8 - bytes % 8) % 8, heap.left));
        if (number == wanted)
            return g_strndup((const char *)data, MIN(bytes, length));
    }
    return NULL;
}

static gboolean
attribute_is_named(const guint8 *data, gsize size, const char *name)
{
    gsize length = strlen(name);

    return data != NULL && size >= length && strncmp((const char *)data, name, length) == 0 &&
           (size == length || data[length] == '\0');
}

static char *
attribute_read(H5 *file, const H5Message *message, const char *name)
{
    H5Cursor cursor = h5_cursor(file, message->data, message->size);
    guint version = (guint)h5_number(&cursor, 1);
    guint flags = (guint)h5_number(&cursor, 1);
    guint64 name_size = h5_number(&cursor, 2);
    guint64 type_size = h5_number(&cursor, 2);
    guint64 space_size = h5_number(&cursor, 2);
    guint64 pad = version == 1 ? 7 : 0;
    const guint8 *text, *type_data, *space;
    H5Type type;
    H5Cursor inner;

    if (version < 1 || version > 3 || (version > 1 && flags != 0)) /* flags: shared types */
        return NULL;
    h5_take(&cursor, version == 3 ? 1 : 0);
    text = h5_take(&cursor, (name_size + pad) & ~pad);
    type_data = h5_take(&cursor, (type_size + pad) & ~pad);
    space = h5_take(&cursor, (space_size + pad) & ~pad);
    if (space == NULL || !attribute_is_named(text, name_size, name))
        return NULL;
    inner = h5_cursor(file, type_data, type_size);
    if (!h5_type_read(&inner, &type))
        return NULL;
    if (type.klass == H5_VARIABLE && type.is_text)
        return attribute_heap_text(file, &cursor);
    if (type.klass == H5_STRING && type.size <= cursor.left)
        return g_strndup((const char *)cursor.at, type.size);
    return NULL;
}

/* more attributes than an object's header takes, of files written with libver='latest' */
static gboolean
attribute_is_hidden(const H5 *file, const H5Object *object)
{
    const H5Message *info = h5_object_find(object, H5_ATTRIBUTE_INFO);
    H5Cursor cursor;
    guint flags;

    if (info == NULL)
        return FALSE;
    cursor = h5_cursor(file, info->data, info->size);
    h5_take(&cursor, 1);
    flags = (guint)h5_number(&cursor, 1);
    h5_take(&cursor, (flags & 1) != 0 ? 2 : 0);
    return h5_offset(&cursor) != G_MAXUINT64 && !cursor.bad;
}

char *
h5_attribute_text(H5 *self, const H5Object *object, const char *name)
{
    for (guint i = 0; i < object->messages->len; i++) {
        const H5Message *message = &g_array_index(object->messages, H5Message, i);
        char *found = message->type == H5_ATTRIBUTE && !message->is_shared
                          ? attribute_read(self, message, name)
                          : NULL;

        if (found != NULL)
            return found;
    }
    self->n_hidden += attribute_is_hidden(self, object) ? 1 : 0;
    return NULL;
}
