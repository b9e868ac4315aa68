/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Data sets in chunks, each packed on its own, found by a tree. Source: HDF5 File Format
 * Specification 3.0, III.A.1, IV.A.2.i and IV.A.2.l. */
#include <gio/gio.h>
#include <string.h>

#include "error.h"
#include "h5.h"
#include "limit.h"

#define CHUNK_FILTERS 8
#define CHUNK_LEVELS  32
#define CHUNK_ROW     16 /* bytes that could be copied while a row is found */

enum {
    FILTER_DEFLATE = 1,
    FILTER_SHUFFLE = 2,
    FILTER_FLETCHER32 = 3,
};

typedef struct {
    H5 *file;
    H5Data *data;
    guint64 chunk[H5_DIMENSIONS];
    guint64 chunk_size; /* bytes of one, unpacked */
    guint row;          /* dimension from which on a chunk lies in one piece in the data set too */
    guint64 n_rows;     /* such pieces of a chunk */
    guint filter[CHUNK_FILTERS];
    guint n_filters;
    guint8 *to;    /* the data set */
    guint8 *space; /* two chunks, for filters */
} Chunks;

/* FALSE for filters that are not known */
static gboolean
chunks_read_filters(Chunks *self, const H5Message *message)
{
    H5Cursor cursor = h5_cursor(self->file, message->data, message->size);
    guint version = (guint)h5_number(&cursor, 1);
    guint n = (guint)h5_number(&cursor, 1);

    h5_take(&cursor, version == 1 ? 6 : 0);
    if (version < 1 || version > 2 || n > CHUNK_FILTERS)
        return FALSE;
    for (guint i = 0; i < n; i++) {
        guint id = (guint)h5_number(&cursor, 2);
        guint64 name = version == 1 || id >= 256 ? h5_number(&cursor, 2) : 0;
        guint64 values;

        h5_take(&cursor, 2);
        values = h5_number(&cursor, 2);
        h5_take(&cursor, version == 1 ? (name + 7) & ~(guint64)7 : name);
        h5_take(&cursor, 4 * values + (version == 1 && values % 2 == 1 ? 4 : 0));
        if (cursor.bad || id < FILTER_DEFLATE || id > FILTER_FLETCHER32)
            return FALSE;
        self->filter[i] = id;
    }
    self->n_filters = n;
    return TRUE;
}

/* into exactly @size bytes */
static gboolean
chunk_inflate(const guint8 *from, gsize from_size, guint8 *to, gsize size)
{
    g_autoptr(GConverter) inflate =
        G_CONVERTER(g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_ZLIB));
    gsize got = 0;

    while (got < size) {
        gsize n_read = 0, n_written = 0;
        GConverterResult result = g_converter_convert(inflate,
                                                      from,
                                                      from_size,
                                                      to + got,
                                                      size - got,
                                                      G_CONVERTER_INPUT_AT_END,
                                                      &n_read,
                                                      &n_written,
                                                      NULL);

        if (result == G_CONVERTER_ERROR || (n_read == 0 && n_written == 0))
            return FALSE;
        from += n_read;
        from_size -= n_read;
        got += n_written;
        if (result == G_CONVERTER_FINISHED)
            break;
    }
    return got == size;
}

/* the first bytes of all numbers, the second ones, … back to numbers */
static void
chunk_unshuffle(const guint8 *from, guint8 *to, gsize size, gsize item)
{
    gsize n = size / item;

    for (gsize b = 0; b < item; b++)
        for (gsize i = 0; i < n; i++)
            to[i * item + b] = from[b * n + i];
    memcpy(to + n * item, from + n * item, size - n * item);
}

/* undoes the filters, the last one first; NULL when the bytes are not what they should be */
static const guint8 *
chunk_unpack(const Chunks *self, const guint8 *from, gsize size, guint64 mask)
{
    guint8 *free_space = self->space;

    for (guint i = self->n_filters; i-- > 0;) {
        if ((mask >> i & 1) != 0)
            continue;
        if (self->filter[i] == FILTER_FLETCHER32) {
            if (size < 4)
                return NULL;
            size -= 4;
            continue;
        }
        if (self->filter[i] == FILTER_DEFLATE) {
            gsize sum = 0;

            /* a checksum that was added before packing is unpacked with the rest */
            for (guint before = 0; before < i; before++)
                sum += self->filter[before] == FILTER_FLETCHER32 && (mask >> before & 1) == 0 ? 4
                                                                                              : 0;
            if (!chunk_inflate(from, size, free_space, self->chunk_size + sum))
                return NULL;
            size = self->chunk_size + sum;
        } else {
            if (size > self->chunk_size + 4 * CHUNK_FILTERS)
                return NULL;
            chunk_unshuffle(from, free_space, size, self->data->type.size);
        }
        from = free_space;
        free_space = free_space == self->space ? self->space + self->chunk_size + 4 * CHUNK_FILTERS
                                               : self->space;
    }
    return size >= self->chunk_size ? from : NULL;
}

/* the part of a chunk that lies within the data set, row by row */
static void
chunk_place(const Chunks *self, const guint64 *offset, const guint8 *from)
{
    const H5Data *data = self->data;
    guint row = self->row;
    gsize item = data->type.size;
    guint64 index[H5_DIMENSIONS] = {0};
    guint64 length = 1;

    for (guint d = 0; d < data->n_dims; d++) {
        if (offset[d] >= data->dims[d])
            return;
        if (d >= row) /* behind the first of them the chunk is as wide as the data set */
            length *= MIN(self->chunk[d], data->dims[d] - offset[d]);
    }
    for (;;) {
        guint64 to = 0, in = 0;
        guint d = row;

        for (guint k = 0; k < data->n_dims; k++) {
            to = to * data->dims[k] + offset[k] + index[k];
            in = in * self->chunk[k] + index[k];
        }
        memcpy(self->to + to * item, from + in * item, length * item);
        while (d > 0 && (++index[d - 1] >= self->chunk[d - 1] ||
                         offset[d - 1] + index[d - 1] >= data->dims[d - 1]))
            index[--d] = 0;
        if (d == 0)
            return;
    }
}

static gboolean
chunks_walk(Chunks *self, guint64 address, guint above, GError **error)
{
    H5 *file = self->file;
    gsize key = 8 + 8 * ((gsize)self->data->n_dims + 1);
    H5Cursor cursor;
    guint level;
    guint64 n;

    if (!h5_at(file, address, 8 + 2 * file->offset_size, &cursor, error))
        return FALSE;
    if (memcmp(cursor.at, "TREE", 4) != 0 || cursor.at[4] != 1)
        return h5_fail(error, "the tree of a data set's chunks is not where it says");
    h5_take(&cursor, 5);
    level = (guint)h5_number(&cursor, 1);
    n = h5_number(&cursor, 2);
    if (level >= above)
        return h5_fail(error, "the tree of a data set's chunks is deeper than it says");
    if (!h5_at(file,
               address + 8 + 2 * file->offset_size,
               n * (key + file->offset_size),
               &cursor,
               error))
        return FALSE;
    for (guint64 i = 0; i < n; i++) {
        guint64 size = h5_number(&cursor, 4);
        guint64 mask = h5_number(&cursor, 4);
        guint64 offset[H5_DIMENSIONS + 1] = {0};
        guint64 child;
        H5Cursor packed;
        const guint8 *chunk;

        for (guint d = 0; d <= self->data->n_dims; d++)
            offset[d] = h5_number(&cursor, 8);
        child = h5_offset(&cursor);
        if (level > 0) {
            if (!chunks_walk(self, child, level, error))
                return FALSE;
            continue;
        }
        if (!h5_at(file, child, size, &packed, error))
            return FALSE;
        if (self->chunk_size + CHUNK_ROW * self->n_rows > file->unpacked)
            return h5_fail(error, "its chunks unpack to more than such a file may hold");
        file->unpacked -= self->chunk_size + CHUNK_ROW * self->n_rows;
        chunk = chunk_unpack(self, packed.at, size, mask);
        if (chunk == NULL)
            return h5_fail(error, "a chunk of a data set cannot be unpacked to its size");
        chunk_place(self, offset, chunk);
    }
    return TRUE;
}

/* the size of a chunk from the layout; the last of its dimensions is the size of a number */
static gboolean
chunks_read_shape(Chunks *self, H5Layout *layout, GError **error)
{
    if (layout->n != self->data->n_dims + 1)
        return h5_fail(error, "the chunks of a data set have other dimensions than it has");
    self->chunk_size = self->data->type.size;
    for (guint d = 0; d < self->data->n_dims; d++) {
        self->chunk[d] = h5_number(&layout->rest, 4);
        if (self->chunk[d] == 0 ||
            !g_uint64_checked_mul(&self->chunk_size, self->chunk_size, self->chunk[d]))
            return h5_fail(error, "the chunks of a data set have no size");
    }
    self->row = self->data->n_dims - 1;
    while (self->row > 0 && self->chunk[self->row] == self->data->dims[self->row])
        self->row--;
    self->n_rows = 1;
    for (guint d = 0; d < self->row; d++)
        self->n_rows *= self->chunk[d]; /* less than the chunk's bytes, which were counted */
    return !layout->rest.bad || h5_fail(error, "the layout of a data set cannot be read");
}

gboolean
h5_chunks_read(H5 *self, const H5Object *object, H5Layout *layout, H5Data *data, GError **error)
{
    const H5Message *filters = h5_object_find(object, H5_FILTERS);
    Chunks chunks = {.file = self, .data = data};
    gboolean ok;

    if (layout->version > 3 || data->n_dims == 0 || data->n_dims > H5_DIMENSIONS - 1) {
        data->why_not = "its chunks are found in a way that is not read";
        return TRUE;
    }
    if (!chunks_read_shape(&chunks, layout, error))
        return FALSE;
    if (filters != NULL && !chunks_read_filters(&chunks, filters)) {
        data->why_not = "it is packed in a way that is not read";
        return TRUE;
    }
    if (data->size == 0 || layout->address == G_MAXUINT64) {
        data->why_not = data->size > 0 ? "no number of it was ever written" : NULL;
        data->size = 0;
        return TRUE;
    }
    if (data->size > self->expanded || chunks.chunk_size > self->expanded / 3) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_LIMIT,
                    "HDF5: a data set of %" G_GSIZE_FORMAT
                    " bytes is more than such a file may be unpacked to",
                    data->size);
        return FALSE;
    }
    self->expanded -= data->size;
    chunks.to = g_malloc0(data->size);
    chunks.space = g_malloc(2 * (chunks.chunk_size + 4 * CHUNK_FILTERS));
    data->unpacked = g_bytes_new_take(chunks.to, data->size);
    ok = chunks_walk(&chunks, layout->address, CHUNK_LEVELS, error);
    g_free(chunks.space);
    if (!ok) {
        g_clear_pointer(&data->unpacked, g_bytes_unref);
        return FALSE;
    }
    data->data = chunks.to;
    return TRUE;
}
