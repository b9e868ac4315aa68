/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was read: immutable columns, what was refused, and what was odd about the input. */
#include "frame.h"

ErrataFrame *
errata_frame_ref(ErrataFrame *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

void
errata_frame_unref(ErrataFrame *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    for (guint i = 0; i < self->n_columns; i++)
        errata_column_free(self->columns[i]);
    g_free(self->columns);
    g_clear_pointer(&self->rejects, g_ptr_array_unref);
    g_clear_pointer(&self->warnings, g_ptr_array_unref);
    g_free(self);
}

/**
 * errata_frame_find:
 * @self: a frame
 * @name: exact name of a column
 * @ret_index: (out) (optional): its index, untouched when there is none
 *
 * Returns: (transfer none) (nullable): the column of that name
 */
const ErrataColumn *
errata_frame_find(const ErrataFrame *self, const char *name, guint *ret_index)
{
    for (guint i = 0; i < self->n_columns; i++) {
        if (!g_str_equal(self->columns[i]->name, name))
            continue;
        if (ret_index != NULL)
            *ret_index = i;
        return self->columns[i];
    }
    return NULL;
}

void
errata_reject_free(ErrataReject *self)
{
    if (self == NULL)
        return;
    g_free(self->where);
    g_free(self->why);
    g_free(self->excerpt);
    g_free(self);
}
