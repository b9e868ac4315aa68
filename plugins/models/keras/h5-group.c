/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups of HDF5: names and addresses, in a tree of tables with their names in a heap, or, since
 * 1.8, in messages of the group itself. Source: HDF5 File Format Specification 3.0, III.A, III.C,
 * III.D, IV.A. */
#include <string.h>

#include "h5.h"

#define GROUP_LEVELS 32
#define GROUP_NAME   4096

typedef struct {
    H5 *file;
    H5Cursor names; /* of the heap */
    H5LinkFunc func;
    gpointer data;
} Walk;

static gboolean
group_open_names(H5 *file, guint64 address, H5Cursor *ret, GError **error)
{
    H5Cursor cursor;
    guint64 size, data;

    if (!h5_at(file, address, 8 + 2 * file->length_size + file->offset_size, &cursor, error))
        return FALSE;
    if (memcmp(cursor.at, "HEAP", 4) != 0)
        return h5_fail(error, "the names of a group are not where it says");
    h5_take(&cursor, 8);
    size = h5_length(&cursor);
    h5_length(&cursor);
    data = h5_offset(&cursor);
    return h5_at(file, data, size, ret, error);
}

static gboolean
group_walk_table(Walk *self, guint64 address, GError **error)
{
    H5 *file = self->file;
    gsize entry = 2 * file->offset_size + 24;
    H5Cursor cursor;
    guint64 n;

    if (!h5_at(file, address, 8, &cursor, error))
        return FALSE;
    if (memcmp(cursor.at, "SNOD", 4) != 0)
        return h5_fail(error, "a table of a group is not where it says");
    h5_take(&cursor, 6);
    n = h5_number(&cursor, 2);
    if (!h5_at(file, address + 8, n * entry, &cursor, error) || !h5_spend(file, n, error))
        return FALSE;
    for (guint64 i = 0; i < n; i++) {
        guint64 name = h5_offset(&cursor);
        guint64 object = h5_offset(&cursor);
        guint64 kind = h5_number(&cursor, 4);
        g_autofree char *text = NULL;
        gsize length;

        h5_take(&cursor, 20);
        if (name >= self->names.left)
            return h5_fail(error, "a name of a group lies past the others");
        length = strnlen((const char *)self->names.at + name, self->names.left - name);
        if (length > GROUP_NAME)
            return h5_fail(error, "a name of a group has more than %d bytes", GROUP_NAME);
        text = g_strndup((const char *)self->names.at + name, length);
        if (!self->func(kind == 2 ? H5_LINK_SOFT : H5_LINK_HARD, text, object, self->data, error))
            return FALSE;
    }
    return TRUE;
}

/* a node's children are one level lower, so that no tree has a cycle */
static gboolean
group_walk_tree(Walk *self, guint64 address, guint above, GError **error)
{
    H5 *file = self->file;
    gsize step = file->length_size + file->offset_size;
    H5Cursor cursor;
    guint level;
    guint64 n;

    if (!h5_at(file, address, 8 + 2 * file->offset_size, &cursor, error))
        return FALSE;
    if (memcmp(cursor.at, "TREE", 4) != 0 || cursor.at[4] != 0)
        return h5_fail(error, "the tree of a group is not where it says");
    h5_take(&cursor, 5);
    level = (guint)h5_number(&cursor, 1);
    n = h5_number(&cursor, 2);
    if (level >= above)
        return h5_fail(error, "the tree of a group is deeper than it says");
    if (!h5_at(file, address + 8 + 2 * file->offset_size, n * step, &cursor, error))
        return FALSE;
    for (guint64 i = 0; i < n; i++) {
        guint64 child;

        h5_length(&cursor);
        child = h5_offset(&cursor);
        if (!(level == 0 ? group_walk_table(self, child, error)
                         : group_walk_tree(self, child, level, error)))
            return FALSE;
    }
    return TRUE;
}

static gboolean
group_walk_link(Walk *self, const H5Message *message, GError **error)
{
    H5Cursor cursor = h5_cursor(self->file, message->data, message->size);
    guint version = (guint)h5_number(&cursor, 1);
    guint flags = (guint)h5_number(&cursor, 1);
    guint kind = (flags & 8) != 0 ? (guint)h5_number(&cursor, 1) : 0;
    const guint8 *name;
    guint64 length, address = 0;
    g_autofree char *text = NULL;

    h5_take(&cursor, ((flags & 4) != 0 ? 8 : 0) + ((flags & 0x10) != 0 ? 1 : 0));
    length = h5_number(&cursor, 1U << (flags & 3));
    name = h5_take(&cursor, length);
    if (kind == 0)
        address = h5_offset(&cursor);
    if (cursor.bad || version != 1)
        return h5_fail(error, "a link of a group cannot be read");
    text = g_strndup((const char *)name, length);
    return self->func(kind == 0   ? H5_LINK_HARD
                      : kind == 1 ? H5_LINK_SOFT
                                  : H5_LINK_EXTERNAL,
                      text,
                      address,
                      self->data,
                      error);
}

/**
 * h5_group_each:
 * @self: a file
 * @group: an object; one that is no group has no links
 * @func: is told each link
 * @data: for @func
 * @error: return location for a #GError
 *
 * Groups of many links that were written with `libver='latest'` keep them in a heap of another
 * kind, which is not read: they are counted in @self.
 *
 * Returns: whether all were read and @func never said FALSE
 */
gboolean
h5_group_each(H5 *self, const H5Object *group, H5LinkFunc func, gpointer data, GError **error)
{
    const H5Message *symbols = h5_object_find(group, H5_SYMBOLS);
    const H5Message *info = h5_object_find(group, H5_LINK_INFO);
    Walk walk = {.file = self, .func = func, .data = data};

    if (symbols != NULL) {
        H5Cursor cursor = h5_cursor(self, symbols->data, symbols->size);
        guint64 tree = h5_offset(&cursor);
        guint64 heap = h5_offset(&cursor);

        if (cursor.bad)
            return h5_fail(error, "a group has no tree of names");
        return group_open_names(self, heap, &walk.names, error) &&
               group_walk_tree(&walk, tree, GROUP_LEVELS, error);
    }
    if (info != NULL) {
        H5Cursor cursor = h5_cursor(self, info->data, info->size);
        guint flags;

        h5_take(&cursor, 1);
        flags = (guint)h5_number(&cursor, 1);
        h5_take(&cursor, (flags & 1) != 0 ? 8 : 0);
        if (h5_offset(&cursor) != G_MAXUINT64 && !cursor.bad)
            self->n_hidden++;
    }
    for (guint i = 0; i < group->messages->len; i++) {
        const H5Message *message = &g_array_index(group->messages, H5Message, i);

        if (message->type == H5_LINK && !group_walk_link(&walk, message, error))
            return FALSE;
    }
    return TRUE;
}
