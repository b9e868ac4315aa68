/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HDF5: the superblock and the headers of objects, versions old and new.
 * Source: HDF5 File Format Specification 3.0, II and IV.A. */
#include <string.h>

#include "error.h"
#include "h5.h"
#include "limit.h"

#define H5_MESSAGES_MAX 65536 /* of one object */
#define H5_NONE         G_MAXUINT64

gboolean
h5_fail(GError **error, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_autofree char *what = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA, "HDF5: %s", what);
    return FALSE;
}

H5Cursor
h5_cursor(const H5 *file, const guint8 *data, gsize size)
{
    return (H5Cursor){file, data, size, FALSE};
}

const guint8 *
h5_take(H5Cursor *self, guint64 n)
{
    const guint8 *at = self->at;

    if (self->bad || n > self->left) {
        self->bad = TRUE;
        return NULL;
    }
    self->at += n;
    self->left -= n;
    return at;
}

guint64
h5_number(H5Cursor *self, guint n)
{
    const guint8 *at = h5_take(self, n);
    guint64 number = 0;

    for (guint i = 0; at != NULL && i < n; i++)
        number |= (guint64)at[i] << (8 * i);
    return number;
}

/* an address of all ones is none */
guint64
h5_offset(H5Cursor *self)
{
    guint n = self->file->offset_size;
    guint64 offset = h5_number(self, n);

    return n < 8 && offset == (G_GUINT64_CONSTANT(1) << (8 * n)) - 1 ? H5_NONE : offset;
}

guint64
h5_length(H5Cursor *self)
{
    return h5_number(self, self->file->length_size);
}

gboolean
h5_spend(H5 *self, guint64 n, GError **error)
{
    if (n > self->work) {
        self->work = 0;
        return h5_fail(error, "its parts refer to one another more often than its size allows");
    }
    self->work -= n;
    return TRUE;
}

gboolean
h5_at(H5 *self, guint64 address, guint64 size, H5Cursor *ret, GError **error)
{
    guint64 from;

    *ret = h5_cursor(self, NULL, 0);
    if (!g_uint64_checked_add(&from, address, self->base) || from > self->size ||
        size > self->size - from)
        return h5_fail(error,
                       "%" G_GUINT64_FORMAT " bytes at address %" G_GUINT64_FORMAT
                       " lie past the end of the file of %" G_GSIZE_FORMAT,
                       size,
                       address,
                       self->size);
    if (!h5_spend(self, 1, error))
        return FALSE;
    *ret = h5_cursor(self, self->bytes + from, size);
    return TRUE;
}

static gboolean
h5_check_sizes(const H5 *self, GError **error)
{
    guint o = self->offset_size, l = self->length_size;

    return ((o == 2 || o == 4 || o == 8) && (l == 2 || l == 4 || l == 8)) ||
           h5_fail(error, "addresses of %u and lengths of %u bytes are not read", o, l);
}

static gboolean
h5_read_superblock(H5 *self, H5Cursor *cursor, GError **error)
{
    guint version = (guint)h5_number(cursor, 1);

    if (version > 3)
        return h5_fail(error, "its superblock is of version %u; 0 to 3 are read", version);
    if (version < 2)
        h5_take(cursor, 4); /* versions of what follows */
    self->offset_size = (guint)h5_number(cursor, 1);
    self->length_size = (guint)h5_number(cursor, 1);
    if (!h5_check_sizes(self, error))
        return FALSE;
    if (version < 2) {
        h5_take(cursor, 1 + 2 + 2 + 4 + (version == 1 ? 4 : 0));
        self->base = h5_offset(cursor);
        h5_take(cursor, 3 * self->offset_size);
        h5_take(cursor, self->offset_size); /* the name of the root */
        self->root = h5_offset(cursor);
    } else {
        h5_take(cursor, 1);
        self->base = h5_offset(cursor);
        h5_take(cursor, 2 * self->offset_size);
        self->root = h5_offset(cursor);
    }
    return !cursor->bad || h5_fail(error, "it ends within its superblock");
}

/**
 * h5_open:
 * @self: (out): the file
 * @bytes: (array length=size): all of it; stays
 * @size: how much
 * @error: return location for a #GError
 *
 * Finds the superblock: at the beginning, or at 512, 1024 … after what a user put before it.
 *
 * Returns: whether it is one that can be read
 */
gboolean
h5_open(H5 *self, const guint8 *bytes, gsize size, GError **error)
{
    static const guint8 signature[] = "\x89HDF\r\n\x1a\n";
    gsize at = 0;
    H5Cursor cursor;

    *self = (H5){.bytes = bytes, .size = size, .work = size / 4 + 4096};
    self->expanded = MIN((guint64)ERRATA_LIMIT_MODEL_BYTES,
                         ERRATA_LIMIT_EXPANSION_GRACE + (guint64)size * ERRATA_LIMIT_EXPANSION);
    self->unpacked = 2 * self->expanded;
    self->looked = 4 * (guint64)size;
    while (size >= 8 && at <= size - 8 && memcmp(bytes + at, signature, 8) != 0)
        at = at == 0 ? 512 : at * 2;
    if (size < 8 || at > size - 8)
        return h5_fail(error, "it does not begin as such a file does");
    cursor = h5_cursor(self, bytes + at + 8, size - at - 8);
    return h5_read_superblock(self, &cursor, error);
}

static gboolean
object_add(H5 *file,
           H5Object *self,
           guint type,
           guint flags,
           const guint8 *data,
           gsize size,
           GError **error)
{
    H5Message message = {type, (flags & 2) != 0, data, size};

    /* of an object that many links name each of them reads all messages */
    if (!h5_spend(file, 1, error))
        return FALSE;
    if (self->messages->len >= H5_MESSAGES_MAX)
        return h5_fail(error, "an object has more than %d messages", H5_MESSAGES_MAX);
    g_array_append_val(self->messages, message);
    return TRUE;
}

/* messages of version 1 fill their block; of version 2 they may leave a gap that holds none */
static gboolean
object_read_block(H5 *file,
                  H5Object *self,
                  H5Cursor *cursor,
                  guint version,
                  guint header_flags,
                  GError **error)
{
    gsize head = version == 1 ? 8 : 4 + ((header_flags & 4) != 0 ? 2 : 0);

    while (cursor->left >= head) {
        guint type = (guint)h5_number(cursor, version == 1 ? 2 : 1);
        guint64 size = h5_number(cursor, 2);
        guint flags = (guint)h5_number(cursor, 1);
        const guint8 *data;

        h5_take(cursor, version == 1 ? 3 : (header_flags & 4) != 0 ? 2 : 0);
        data = h5_take(cursor, size);
        if (data == NULL)
            return h5_fail(error, "a message of an object is longer than its block");
        if (type != 0 && !object_add(file, self, type, flags, data, size, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
object_read_first(H5 *file,
                  guint64 address,
                  H5Object *self,
                  guint *ret_version,
                  guint *ret_flags,
                  GError **error)
{
    H5Cursor cursor, block;
    guint64 size;

    if (!h5_at(file, address, 16, &cursor, error))
        return FALSE;
    if (memcmp(cursor.at, "OHDR", 4) != 0) {
        guint version = (guint)h5_number(&cursor, 1);

        if (version != 1)
            return h5_fail(error, "there is no object at address %" G_GUINT64_FORMAT, address);
        h5_take(&cursor, 1 + 2 + 4);
        size = h5_number(&cursor, 4);
        *ret_version = 1;
        return h5_at(file, address + 16, size, &block, error) &&
               object_read_block(file, self, &block, 1, 0, error);
    }
    h5_take(&cursor, 5);
    *ret_flags = (guint)h5_number(&cursor, 1);
    *ret_version = 2;
    address += 6 + ((*ret_flags & 0x20) != 0 ? 16 : 0) + ((*ret_flags & 0x10) != 0 ? 4 : 0);
    if (!h5_at(file, address, 1U << (*ret_flags & 3), &cursor, error))
        return FALSE;
    size = h5_number(&cursor, 1U << (*ret_flags & 3));
    return h5_at(file, address + (1U << (*ret_flags & 3)), size, &block, error) &&
           object_read_block(file, self, &block, 2, *ret_flags, error);
}

/* blocks that continue the header, which may hold more such */
static gboolean
object_read_rest(H5 *file, H5Object *self, guint version, guint flags, GError **error)
{
    for (guint i = 0; i < self->messages->len; i++) {
        const H5Message message = g_array_index(self->messages, H5Message, i);
        H5Cursor cursor = h5_cursor(file, message.data, message.size);
        H5Cursor block;
        guint64 address, size;

        if (message.type != H5_CONTINUATION)
            continue;
        address = h5_offset(&cursor);
        size = h5_length(&cursor);
        if (cursor.bad || (version == 2 && size < 8))
            return h5_fail(error, "the header of an object is continued nowhere");
        if (version == 2) { /* between a signature and a checksum */
            address += 4;
            size -= 8;
        }
        if (!h5_at(file, address, size, &block, error) ||
            !object_read_block(file, self, &block, version, flags, error))
            return FALSE;
    }
    return TRUE;
}

/**
 * h5_object_read:
 * @self: a file
 * @address: of the object's header
 * @ret: (out): its messages; cleared by the caller when this succeeds
 * @error: return location for a #GError
 *
 * Returns: whether there is such an object
 */
gboolean
h5_object_read(H5 *self, guint64 address, H5Object *ret, GError **error)
{
    H5Object object = {g_array_new(FALSE, FALSE, sizeof(H5Message))};
    guint version = 0, flags = 0;

    if (!object_read_first(self, address, &object, &version, &flags, error) ||
        !object_read_rest(self, &object, version, flags, error)) {
        h5_object_clear(&object);
        return FALSE;
    }
    *ret = object;
    return TRUE;
}

void
h5_object_clear(H5Object *self)
{
    g_clear_pointer(&self->messages, g_array_unref);
}

const H5Message *
h5_object_find(const H5Object *self, guint type)
{
    for (guint i = 0; i < self->messages->len; i++) {
        const H5Message *message = &g_array_index(self->messages, H5Message, i);

        if (message->type == type)
            return message;
    }
    return NULL;
}
