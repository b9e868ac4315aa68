/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Data sets of HDF5: shape, type, and where the numbers are. Source: HDF5 File Format Specification
 * 3.0, IV.A.2.i. */
#include "h5.h"

static gboolean
data_read_head(H5 *file, const H5Object *object, H5Data *data, GError **error)
{
    const H5Message *space = h5_object_find(object, H5_DATASPACE);
    const H5Message *type = h5_object_find(object, H5_DATATYPE);
    H5Cursor cursor;
    gboolean is_null;
    guint64 n, size;

    if (space == NULL || type == NULL)
        return h5_fail(error, "a data set has no shape or no type");
    if (space->is_shared || type->is_shared) {
        data->why_not = "its type is kept elsewhere in the file";
        return TRUE;
    }
    cursor = h5_cursor(file, space->data, space->size);
    if (!h5_space_read(&cursor, data->dims, &data->n_dims, &is_null))
        return h5_fail(error, "the shape of a data set cannot be read");
    cursor = h5_cursor(file, type->data, type->size);
    if (!h5_type_read(&cursor, &data->type))
        return h5_fail(error, "the type of a data set cannot be read");
    if (is_null)
        data->why_not = "it has no value";
    if (!errata_tensor_count(data->dims, data->n_dims, &n) ||
        !g_uint64_checked_mul(&size, n, (guint64)data->type.size))
        return h5_fail(error, "the shape of a data set has more numbers than can be counted");
    data->size = size;
    return TRUE;
}

static gboolean
data_read_piece(H5 *file, const H5Layout *layout, H5Data *data, GError **error)
{
    guint64 address = layout->address;
    guint64 size = layout->size;
    H5Cursor cursor;

    if (address == G_MAXUINT64 || data->size == 0) {
        data->why_not = data->size > 0 ? "no number of it was ever written" : NULL;
        data->size = 0;
        return TRUE;
    }
    if (size < data->size)
        return h5_fail(error,
                       "a data set takes %" G_GUINT64_FORMAT " bytes, its shape %" G_GSIZE_FORMAT,
                       size,
                       data->size);
    if (!h5_at(file, address, data->size, &cursor, error))
        return FALSE;
    if (data->size > file->looked) {
        data->why_not = "its numbers are those of many others";
        return TRUE;
    }
    file->looked -= data->size;
    data->data = cursor.at;
    return TRUE;
}

static gboolean
data_read_compact(H5Layout *layout, H5Data *data, GError **error)
{
    data->data = h5_take(&layout->rest, layout->size);
    if (data->data == NULL || layout->size < data->size)
        return h5_fail(error, "a small data set is shorter than its shape");
    return TRUE;
}

/* versions 1 and 2 have the class after the dimensions, and the size of one piece from its shape */
static gboolean
data_read_layout(H5 *file,
                 const H5Message *message,
                 const H5Data *data,
                 H5Layout *layout,
                 GError **error)
{
    H5Cursor cursor = h5_cursor(file, message->data, message->size);

    layout->version = (guint)h5_number(&cursor, 1);
    layout->n = layout->version < 3 ? (guint)h5_number(&cursor, 1) : 0;
    layout->klass = (guint)h5_number(&cursor, 1);
    h5_take(&cursor, layout->version < 3 ? 5 : 0);
    if (layout->klass == 2 && layout->version == 3)
        layout->n = (guint)h5_number(&cursor, 1);
    if (layout->klass != 0)
        layout->address = h5_offset(&cursor);
    if (layout->version < 3) {
        h5_take(&cursor, layout->klass != 2 ? 4 * layout->n : 0);
        layout->size = layout->klass == 0 ? h5_number(&cursor, 4) : data->size;
    } else if (layout->klass < 2) {
        layout->size = layout->klass == 0 ? h5_number(&cursor, 2) : h5_length(&cursor);
    }
    layout->rest = cursor;
    return !cursor.bad || h5_fail(error, "the layout of a data set cannot be read");
}

/**
 * h5_data_read:
 * @self: a file
 * @object: one with a layout
 * @ret: (out): what it holds; its @unpacked is the caller's
 * @error: return location for a #GError
 *
 * Errors: claims that the file does not keep. What is sound but not read (other compression, other
 * files) has a why_not instead of data.
 *
 * Returns: whether it is sound
 */
gboolean
h5_data_read(H5 *self, const H5Object *object, H5Data *ret, GError **error)
{
    const H5Message *message = h5_object_find(object, H5_LAYOUT);
    H5Data data = {0};
    H5Layout layout = {0};

    if (!data_read_head(self, object, &data, error))
        return FALSE;
    if (message == NULL)
        return h5_fail(error, "a data set has no layout");
    if (!data_read_layout(self, message, &data, &layout, error))
        return FALSE;
    if (h5_object_find(object, H5_EXTERNAL) != NULL)
        data.why_not = "its numbers are in another file";
    else if (layout.version < 1 || layout.version > 4 || layout.klass > 2)
        data.why_not = "it is laid out in a way that is not read";
    if (data.why_not == NULL &&
        !(layout.klass == 0   ? data_read_compact(&layout, &data, error)
          : layout.klass == 1 ? data_read_piece(self, &layout, &data, error)
                              : h5_chunks_read(self, object, &layout, &data, error)))
        return FALSE;
    *ret = data;
    return TRUE;
}
