/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "column.h"

G_BEGIN_DECLS

/**
 * ErrataNestedColumns:
 * @columns: (element-type ErrataColumn): a column per value, in the order in which they were met
 * @n_failed: cells that are no list or object like the others; they are missing in all columns
 * @example: (nullable): the first of those cells, an excerpt
 *
 * What the cells of one column held.
 */
typedef struct {
    GPtrArray *columns;
    gsize n_failed;
    char *example;
} ErrataNestedColumns;

ErrataNestedColumns *errata_column_nested_split(const ErrataColumn *column);
void errata_nested_columns_free(ErrataNestedColumns *self);
gboolean errata_nested_is_label_key(const char *key, gsize length);
gboolean errata_nested_is_score_key(const char *key, gsize length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataNestedColumns, errata_nested_columns_free)

G_END_DECLS
