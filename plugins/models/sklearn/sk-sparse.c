/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Matrices of a model, as arrays of numpy or as sparse matrices of scipy, whose other numbers are
 * zero: what was trained on counted words keeps such. */
#include "sk-private.h"

#define SPARSE_MOST (64U << 20) /* numbers, when all of them are written out */

/* rows of numbers behind one another, with their columns; @start says where each row begins */
static gboolean
sparse_fill(const PickleValue *matrix, gsize n_rows, gsize n_columns, double *to, GError **error)
{
    PickleArray start, column, number;
    if (!pickle_array(pickle_attribute(matrix, "indptr"), &start) || start.n != n_rows + 1 ||
        !pickle_array(pickle_attribute(matrix, "indices"), &column) ||
        !pickle_array(pickle_attribute(matrix, "data"), &number) || column.n != number.n)
        return sk_fail(error, "a sparse matrix whose arrays differ in length");
    double last = 0;
    for (gsize row = 0; row < n_rows; row++) {
        double end = pickle_array_number(&start, row + 1);
        if (!(end >= last && end <= (double)number.n))
            return sk_fail(error, "row %zu of a sparse matrix ends where none can", row);
        for (gsize i = (gsize)last; i < (gsize)end; i++) {
            double at = pickle_array_number(&column, i);
            if (!(at >= 0 && at < (double)n_columns))
                return sk_fail(error, "row %zu of a sparse matrix has the column %g", row, at);
            to[row * n_columns + (gsize)at] += pickle_array_number(&number, i);
        }
        last = end;
    }
    return TRUE;
}

/**
 * sk_matrix:
 * @name: an attribute of @object
 * @n_columns: how many columns there must be
 * @ret_rows: return location for the number of rows
 *
 * Returns: (transfer full) (nullable) (array): the rows, all their numbers written out; %NULL with
 * @error
 */
double *
sk_matrix(const PickleValue *object,
          const char *name,
          gsize n_columns,
          gsize *ret_rows,
          GError **error)
{
    const PickleValue *value = pickle_attribute(object, name);
    const PickleValue *shape = pickle_attribute(value, "_shape");
    PickleArray dense, start;
    if (pickle_array(value, &dense)) {
        if (dense.n_dimensions != 2 || dense.shape[1] != n_columns || dense.n == 0) {
            sk_fail(error, "%s: expected rows of %zu numbers", name, n_columns);
            return NULL;
        }
        *ret_rows = dense.shape[0];
        return sk_numbers(object, name, dense.n, error);
    }
    if (!pickle_is_a(value, "scipy.sparse", "csr_matrix") ||
        !pickle_array(pickle_attribute(value, "indptr"), &start) || start.n < 2 ||
        pickle_n_items(shape) != 2 || n_columns == 0) {
        sk_fail(error, "%s: expected rows of %zu numbers", name, n_columns);
        return NULL;
    }
    if (pickle_item(shape, 1)->integer != (gint64)n_columns ||
        pickle_item(shape, 0)->integer != (gint64)start.n - 1) {
        sk_fail(error, "%s: expected rows of %zu numbers", name, n_columns);
        return NULL;
    }
    if (start.n - 1 > SPARSE_MOST / n_columns) {
        sk_refuse(error, "%s: a sparse matrix of more than %u numbers", name, SPARSE_MOST);
        return NULL;
    }
    *ret_rows = start.n - 1;
    g_autofree double *to = g_new0(double, (start.n - 1) * n_columns + 1);
    return sparse_fill(value, *ret_rows, n_columns, to, error) ? g_steal_pointer(&to) : NULL;
}
