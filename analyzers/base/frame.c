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
    for (guint i = self->n_borrowed; i < self->n_columns; i++)
        errata_column_free(self->columns[i]);
    g_free(self->columns);
    g_clear_pointer(&self->rejects, g_ptr_array_unref);
    g_clear_pointer(&self->warnings, g_ptr_array_unref);
    g_free(self);
}

/**
 * errata_frame_extend:
 * @base: a frame, which must outlive the new one
 * @columns: (array length=n_columns) (transfer full): columns of as many rows, with other names
 * @n_columns: how many
 *
 * Returns: (transfer full): @base with further columns behind its own
 */
ErrataFrame *
errata_frame_extend(const ErrataFrame *base, ErrataColumn **columns, guint n_columns)
{
    ErrataFrame *self = g_new0(ErrataFrame, 1);

    g_atomic_ref_count_init(&self->ref_count);
    self->n_rows = base->n_rows;
    self->n_columns = base->n_columns + n_columns;
    self->n_borrowed = base->n_columns;
    self->columns = g_new0(ErrataColumn *, self->n_columns);
    for (guint i = 0; i < base->n_columns; i++)
        self->columns[i] = base->columns[i];
    for (guint i = 0; i < n_columns; i++)
        self->columns[base->n_columns + i] = columns[i];
    self->n_rejected = base->n_rejected;
    self->rejects = base->rejects != NULL ? g_ptr_array_ref(base->rejects) : NULL;
    self->warnings = base->warnings != NULL ? g_ptr_array_ref(base->warnings) : NULL;
    return self;
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
