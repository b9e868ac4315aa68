/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ErrataSparse:
 * @n_rows: rows
 * @n_columns: columns
 * @start: (array length=n_rows + 1): where each row begins in the arrays below
 * @column: column of each value
 * @value: the values that are not 0
 *
 * A matrix by rows, mostly 0.
 */
typedef struct {
    guint n_rows;
    guint n_columns;
    gsize *start;
    guint32 *column;
    float *value;
} ErrataSparse;

ErrataSparse *errata_sparse_new(guint n_rows, guint n_columns, gsize n_values);
void errata_sparse_free(ErrataSparse *self);
ErrataSparse *errata_sparse_transpose(const ErrataSparse *self);
ErrataSparse *errata_sparse_rows(const ErrataSparse *self, const guint32 *row, guint n);
void errata_sparse_multiply(const ErrataSparse *self,
                            const float *dense,
                            guint width,
                            float *ret_out);
float *errata_sparse_directions(const ErrataSparse *self, guint n_directions, guint64 seed);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataSparse, errata_sparse_free)

G_END_DECLS
