/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "table.h"

ErrataTable *
errata_table_new(const char *title, guint n_columns)
{
    ErrataTable *self = g_new0(ErrataTable, 1);

    self->title = g_strdup(title);
    self->n_columns = n_columns;
    self->headings = g_new0(char *, n_columns + 1);
    self->right = g_new0(gboolean, n_columns);
    self->cells = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < n_columns; i++)
        self->headings[i] = g_strdup("");
    return self;
}

void
errata_table_heading(ErrataTable *self, guint column, const char *heading, gboolean right)
{
    g_return_if_fail(column < self->n_columns);
    g_free(self->headings[column]);
    self->headings[column] = g_strdup(heading != NULL ? heading : "");
    self->right[column] = right;
}

void
errata_table_add_cell(ErrataTable *self, const char *text)
{
    g_ptr_array_add(self->cells, g_strdup(text != NULL ? text : ""));
    self->n_rows = (self->cells->len + self->n_columns - 1) / self->n_columns;
}

const char *
errata_table_cell(const ErrataTable *self, guint row, guint column)
{
    guint index = row * self->n_columns + column;

    return index < self->cells->len ? g_ptr_array_index(self->cells, index) : "";
}

void
errata_table_free(ErrataTable *self)
{
    if (self == NULL)
        return;
    g_free(self->title);
    g_free(self->note);
    g_strfreev(self->headings);
    g_free(self->right);
    g_ptr_array_unref(self->cells);
    g_free(self);
}
