/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "tensor.h"

G_BEGIN_DECLS

/* HDF5 files, as far as models are kept in them: groups, attributes, and data sets that lie in one
 * piece or in chunks. Every address and size is checked against the file; nothing is followed out
 * of it. */

#define H5_DIMENSIONS 32

/**
 * H5:
 * @bytes, @size: the file
 * @base: what addresses are counted from
 * @root: address of the first group
 * @offset_size, @length_size: bytes of an address and of a length
 * @work: pieces of the file that may yet be followed, and messages, links and texts read in them
 * @expanded: bytes that data sets in chunks may yet take
 * @unpacked: bytes that chunks may yet be unpacked to
 * @looked: bytes that data sets may yet have where they lie; several may share theirs
 * @n_hidden: groups and objects met whose links or attributes are in a heap that is not read
 */
typedef struct {
    const guint8 *bytes;
    gsize size;
    guint64 base;
    guint64 root;
    guint offset_size;
    guint length_size;
    guint64 work;
    guint64 expanded;
    guint64 unpacked;
    guint64 looked;
    guint n_hidden;
} H5;

/* a piece of the file, read from its beginning; past its end everything is 0 and @bad is set */
typedef struct {
    const H5 *file;
    const guint8 *at;
    gsize left;
    gboolean bad;
} H5Cursor;

/* a message of an object */
typedef struct {
    guint type;
    gboolean is_shared;
    const guint8 *data;
    gsize size;
} H5Message;

/* what an object's header says; clear with h5_object_clear() */
typedef struct {
    GArray *messages;
} H5Object;

enum {
    H5_DATASPACE = 1,
    H5_LINK_INFO = 2,
    H5_DATATYPE = 3,
    H5_LINK = 6,
    H5_EXTERNAL = 7,
    H5_LAYOUT = 8,
    H5_FILTERS = 11,
    H5_ATTRIBUTE = 12,
    H5_CONTINUATION = 16,
    H5_SYMBOLS = 17,
    H5_ATTRIBUTE_INFO = 21,
};

/* classes of datatypes */
enum {
    H5_WHOLE = 0,
    H5_FLOAT = 1,
    H5_STRING = 3,
    H5_BITS = 4,
    H5_OPAQUE = 5,
    H5_ENUM = 8,
    H5_VARIABLE = 9,
};

/**
 * H5Type:
 * @klass: H5_WHOLE …
 * @size: bytes of a value
 * @type: of numbers; OPAQUE for all others
 * @is_text: of VARIABLE: a string
 */
typedef struct {
    guint klass;
    guint size;
    ErrataTensorType type;
    gboolean is_big_endian;
    gboolean is_text;
} H5Type;

/**
 * H5Data:
 * @dims, @n_dims: its shape
 * @type: of a value
 * @data: (nullable): its values; %NULL when they are not looked at, because @why_not
 * @size: bytes
 * @unpacked: (nullable): keeps @data, of chunks
 */
typedef struct {
    guint64 dims[H5_DIMENSIONS];
    guint n_dims;
    H5Type type;
    const guint8 *data;
    gsize size;
    GBytes *unpacked;
    const char *why_not;
} H5Data;

/* where the numbers of a data set are: 0 in the message, 1 in one piece, 2 in chunks of @n
 * dimensions */
typedef struct {
    guint version;
    guint klass;
    guint n;
    guint64 address;
    guint64 size;
    H5Cursor rest;
} H5Layout;

typedef enum {
    H5_LINK_HARD,
    H5_LINK_SOFT,     /* a path within the file; not followed */
    H5_LINK_EXTERNAL, /* into another file; not followed */
} H5LinkKind;

/* @address of a hard link */
typedef gboolean (
    *H5LinkFunc)(H5LinkKind kind, const char *name, guint64 address, gpointer data, GError **error);

gboolean h5_fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
gboolean h5_open(H5 *self, const guint8 *bytes, gsize size, GError **error);
/* a piece of the file at an address; NULL-safe to read on failure */
/* @n pieces of work; FALSE with @error set once a file of that size can have no more of them */
gboolean h5_spend(H5 *self, guint64 n, GError **error);
gboolean h5_at(H5 *self, guint64 address, guint64 size, H5Cursor *ret, GError **error);
guint64 h5_number(H5Cursor *self, guint n);
guint64 h5_offset(H5Cursor *self);
guint64 h5_length(H5Cursor *self);
const guint8 *h5_take(H5Cursor *self, guint64 n);
H5Cursor h5_cursor(const H5 *file, const guint8 *data, gsize size);

gboolean h5_object_read(H5 *self, guint64 address, H5Object *ret, GError **error);
void h5_object_clear(H5Object *self);
const H5Message *h5_object_find(const H5Object *self, guint type);
gboolean h5_group_each(H5 *self,
                       const H5Object *group,
                       H5LinkFunc func,
                       gpointer data,
                       GError **error);
/* (transfer full) (nullable): the first string of an attribute; NULL when there is none */
char *h5_attribute_text(H5 *self, const H5Object *object, const char *name);
gboolean h5_type_read(H5Cursor *cursor, H5Type *ret);
gboolean h5_space_read(H5Cursor *cursor, guint64 *dims, guint *ret_n_dims, gboolean *ret_is_null);
gboolean h5_data_read(H5 *self, const H5Object *object, H5Data *ret, GError **error);
gboolean h5_chunks_read(H5 *self,
                        const H5Object *object,
                        H5Layout *layout,
                        H5Data *data,
                        GError **error);

G_END_DECLS
