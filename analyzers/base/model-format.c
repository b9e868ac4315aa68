/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files that a model came in. */
#include "model-format.h"

#include <string.h>

static void
model_part_free(gpointer data)
{
    ErrataModelPart *part = data;

    g_free(part->name);
    g_clear_pointer(&part->bytes, g_bytes_unref);
    g_free(part);
}

ErrataModelParts *
errata_model_parts_new(const char *name)
{
    ErrataModelParts *self = g_new0(ErrataModelParts, 1);

    self->name = g_strdup(name);
    self->part = g_ptr_array_new_with_free_func(model_part_free);
    return self;
}

/**
 * errata_model_parts_add:
 * @self: parts
 * @name: the member's path
 * @bytes: (transfer none) (nullable): its bytes; %NULL when they were too many to keep
 * @size: how many they are
 */
void
errata_model_parts_add(ErrataModelParts *self, const char *name, GBytes *bytes, guint64 size)
{
    ErrataModelPart *part = g_new0(ErrataModelPart, 1);

    part->name = g_strdup(name);
    /* of an empty file there are no bytes to point at; loaders do */
    if (bytes != NULL && g_bytes_get_size(bytes) == 0)
        part->bytes = g_bytes_new_static("", 0);
    else
        part->bytes = bytes != NULL ? g_bytes_ref(bytes) : NULL;
    part->size = size;
    g_ptr_array_add(self->part, part);
}

void
errata_model_parts_free(ErrataModelParts *self)
{
    if (self == NULL)
        return;
    g_free(self->name);
    g_ptr_array_unref(self->part);
    g_free(self);
}

/**
 * errata_model_parts_find:
 * @self: parts
 * @name: a path, or the end of one (`model.ini` finds `export/model.ini`)
 *
 * Returns: (transfer none) (nullable): the first such part; an exact match goes first
 */
const ErrataModelPart *
errata_model_parts_find(const ErrataModelParts *self, const char *name)
{
    gsize length = strlen(name);
    const ErrataModelPart *found = NULL;

    for (guint i = 0; i < self->part->len; i++) {
        const ErrataModelPart *part = g_ptr_array_index(self->part, i);
        gsize n = strlen(part->name);

        if (strcmp(part->name, name) == 0)
            return part;
        if (found == NULL && n > length && part->name[n - length - 1] == '/' &&
            strcmp(part->name + n - length, name) == 0)
            found = part;
    }
    return found;
}
