/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ErrataTable:
 * @title: what it lists
 * @note: (nullable): small print at the right of the title
 * @n_columns: columns
 * @headings: (array length=n_columns): their headings
 * @right: (array length=n_columns): whether a column is aligned right (numbers)
 * @n_rows: rows
 * @cells: (array length=n_rows*n_columns): row-major texts, already formatted
 *
 * A small table for people: examples of a finding, rejected rows.
 */
typedef struct {
    char *title;
    char *note;
    guint n_columns;
    char **headings;
    gboolean *right;
    guint n_rows;
    GPtrArray *cells;
} ErrataTable;

ErrataTable *errata_table_new(const char *title, guint n_columns);
void errata_table_heading(ErrataTable *self, guint column, const char *heading, gboolean right);
void errata_table_add_cell(ErrataTable *self, const char *text); /* fills rows left to right */
const char *errata_table_cell(const ErrataTable *self, guint row, guint column);
void errata_table_free(ErrataTable *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataTable, errata_table_free)

G_END_DECLS
