/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sparse matrices by rows, their product with narrow dense ones, and the directions in which their
 * rows differ most (randomised truncated singular value decomposition). Every output row is summed
 * by one thread in a fixed order. */
#include "sparse.h"

#include <gsl/gsl_eigen.h>
#include <math.h>
#include <string.h>

#include "parallel.h"
#include "rng.h"

#define SPARSE_GRAIN  256
#define SPARSE_SPARE  10                             /* directions more than wanted, for accuracy */
#define SPARSE_ROUNDS 2                              /* power iterations */
#define SPARSE_STAGE  G_GUINT64_CONSTANT(0x73766400) /* "svd" */

ErrataSparse *
errata_sparse_new(guint n_rows, guint n_columns, gsize n_values)
{
    ErrataSparse *self = g_new0(ErrataSparse, 1);

    self->n_rows = n_rows;
    self->n_columns = n_columns;
    self->start = g_new0(gsize, (gsize)n_rows + 1);
    self->column = g_new(guint32, MAX(n_values, 1));
    self->value = g_new(float, MAX(n_values, 1));
    return self;
}

void
errata_sparse_free(ErrataSparse *self)
{
    if (self == NULL)
        return;
    g_free(self->start);
    g_free(self->column);
    g_free(self->value);
    g_free(self);
}

/**
 * errata_sparse_transpose:
 * @self: a matrix
 *
 * Returns: (transfer full): its columns as rows
 */
ErrataSparse *
errata_sparse_transpose(const ErrataSparse *self)
{
    gsize n_values = self->start[self->n_rows];
    ErrataSparse *other = errata_sparse_new(self->n_columns, self->n_rows, n_values);
    g_autofree gsize *next = g_new(gsize, (gsize)self->n_columns + 1);

    for (gsize i = 0; i < n_values; i++)
        other->start[self->column[i] + 1]++;
    for (guint c = 0; c < self->n_columns; c++)
        other->start[c + 1] += other->start[c];
    memcpy(next, other->start, ((gsize)self->n_columns + 1) * sizeof *next);
    for (guint row = 0; row < self->n_rows; row++)
        for (gsize i = self->start[row]; i < self->start[row + 1]; i++) {
            gsize at = next[self->column[i]]++;

            other->column[at] = row;
            other->value[at] = self->value[i];
        }
    return other;
}

/**
 * errata_sparse_rows:
 * @self: a matrix
 * @row: (array length=n): rows of it
 * @n: how many
 *
 * Returns: (transfer full): those rows, in that order
 */
ErrataSparse *
errata_sparse_rows(const ErrataSparse *self, const guint32 *row, guint n)
{
    ErrataSparse *other;
    gsize n_values = 0;

    for (guint i = 0; i < n; i++)
        n_values += self->start[row[i] + 1] - self->start[row[i]];
    other = errata_sparse_new(n, self->n_columns, n_values);
    for (guint i = 0; i < n; i++) {
        gsize begin = self->start[row[i]];
        gsize length = self->start[row[i] + 1] - begin;

        memcpy(other->column + other->start[i], self->column + begin, length * sizeof(guint32));
        memcpy(other->value + other->start[i], self->value + begin, length * sizeof(float));
        other->start[i + 1] = other->start[i] + length;
    }
    return other;
}

typedef struct {
    const ErrataSparse *sparse;
    const float *dense;
    guint width;
    float *out;
} SparseWork;

static void
sparse_multiply_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    const SparseWork *work = data;
    const ErrataSparse *sparse = work->sparse;
    guint width = work->width;

    for (gsize row = begin; row < end; row++) {
        float *out = work->out + row * width;

        memset(out, 0, width * sizeof *out);
        for (gsize i = sparse->start[row]; i < sparse->start[row + 1]; i++) {
            const float *in = work->dense + (gsize)sparse->column[i] * width;
            float value = sparse->value[i];

            for (guint k = 0; k < width; k++)
                out[k] += value * in[k];
        }
    }
}

/**
 * errata_sparse_multiply:
 * @self: a matrix of n × m
 * @dense: (array length=m*width): row-major
 * @width: columns of @dense
 * @ret_out: (out caller-allocates) (array length=n*width): the product, row-major
 */
void
errata_sparse_multiply(const ErrataSparse *self, const float *dense, guint width, float *ret_out)
{
    SparseWork work = {self, dense, width, ret_out};

    errata_parallel_for(self->n_rows, SPARSE_GRAIN, sparse_multiply_cb, &work);
}

/* orthonormal columns that span those of @matrix (modified Gram–Schmidt, twice); a column that the
 * others span becomes 0. Worked on by columns. */
static void
sparse_orthonormalise(float *matrix, guint n, guint width)
{
    g_autofree float *column = g_new(float, (gsize)n *width + 1);

    for (guint i = 0; i < n; i++)
        for (guint k = 0; k < width; k++)
            column[(gsize)k * n + i] = matrix[(gsize)i * width + k];
    for (guint k = 0; k < width; k++) {
        float *own = column + (gsize)k * n;
        double norm = 0.0, before = 0.0;

        for (guint i = 0; i < n; i++)
            before += (double)own[i] * (double)own[i];
        for (guint j = 0; j < 2 * k; j++) {
            const float *other = column + (gsize)(j % k) * n;
            float dot = 0.0F;

            for (guint i = 0; i < n; i++)
                dot += own[i] * other[i];
            for (guint i = 0; i < n; i++)
                own[i] -= dot * other[i];
        }
        for (guint i = 0; i < n; i++)
            norm += (double)own[i] * (double)own[i];
        norm = norm > 1e-10 * before && norm > 0.0 ? 1.0 / sqrt(norm) : 0.0;
        for (guint i = 0; i < n; i++)
            own[i] *= (float)norm;
    }
    for (guint i = 0; i < n; i++)
        for (guint k = 0; k < width; k++)
            matrix[(gsize)i * width + k] = column[(gsize)k * n + i];
}

static float *
sparse_draw(guint n, guint width, guint64 seed)
{
    float *drawn = g_new(float, (gsize)n *width + 1);

    for (guint i = 0; i < n; i++) {
        ErrataRng rng = errata_rng_init(seed, SPARSE_STAGE, i);

        for (guint k = 0; k < width; k++)
            drawn[(gsize)i * width + k] = (errata_rng_next(&rng) >> 63) != 0 ? 1.0F : -1.0F;
    }
    return drawn;
}

/* eigenvectors of @z's inner products, largest first, as columns of the result, over their roots */
static gsl_matrix *
sparse_rotation(const float *z, guint n, guint width)
{
    gsl_matrix *gram = gsl_matrix_calloc(width, width);
    gsl_matrix *vectors = gsl_matrix_alloc(width, width);
    gsl_vector *values = gsl_vector_alloc(width);
    gsl_eigen_symmv_workspace *space = gsl_eigen_symmv_alloc(width);

    for (guint i = 0; i < n; i++) {
        const float *row = z + (gsize)i * width;

        for (guint a = 0; a < width; a++) {
            double *out = gsl_matrix_ptr(gram, a, 0);
            double value = (double)row[a];

            for (guint b = 0; b < width; b++)
                out[b] += value * (double)row[b];
        }
    }
    gsl_eigen_symmv(gram, values, vectors, space);
    gsl_eigen_symmv_sort(values, vectors, GSL_EIGEN_SORT_VAL_DESC);
    for (guint k = 0; k < width; k++) {
        double value = gsl_vector_get(values, k);
        gboolean kept = value > 1e-9 * MAX(gsl_vector_get(values, 0), 1e-300);

        for (guint a = 0; a < width; a++)
            gsl_matrix_set(vectors, a, k, kept ? gsl_matrix_get(vectors, a, k) / sqrt(value) : 0.0);
    }
    gsl_eigen_symmv_free(space);
    gsl_vector_free(values);
    gsl_matrix_free(gram);
    return vectors;
}

/* signs are free: the largest entry of a direction is positive */
static void
sparse_fix_signs(float *directions, guint n, guint width)
{
    for (guint k = 0; k < width; k++) {
        float most = 0.0F;

        for (guint i = 0; i < n; i++)
            if (fabsf(directions[(gsize)i * width + k]) > fabsf(most))
                most = directions[(gsize)i * width + k];
        for (guint i = 0; most < 0.0F && i < n; i++)
            directions[(gsize)i * width + k] = -directions[(gsize)i * width + k];
    }
}

/**
 * errata_sparse_directions:
 * @self: a matrix of n × m
 * @n_directions: how many
 * @seed: of the random start
 *
 * The first right singular vectors: the product of @self with them is what of its rows a space of
 * so few dimensions can hold best. Directions beyond the rank are 0.
 *
 * Source: Halko, Martinsson and Tropp 2011, "Finding structure with randomness", algorithms 4.4,
 * 5.1.
 *
 * Returns: (transfer full) (array length=m*n_directions): row-major
 */
float *
errata_sparse_directions(const ErrataSparse *self, guint n_directions, guint64 seed)
{
    guint width = n_directions + SPARSE_SPARE;
    guint n = self->n_rows, m = self->n_columns;
    g_autoptr(ErrataSparse) turned = errata_sparse_transpose(self);
    g_autofree float *z = sparse_draw(m, width, seed);
    g_autofree float *y = g_new(float, (gsize)n *width + 1);
    float *directions = g_new0(float, (gsize)m *n_directions + 1);
    gsl_matrix *rotation;

    for (guint round = 0; round <= SPARSE_ROUNDS; round++) {
        errata_sparse_multiply(self, z, width, y);
        sparse_orthonormalise(y, n, width);
        errata_sparse_multiply(turned, y, width, z);
    }
    rotation = sparse_rotation(z, m, width);
    for (guint i = 0; i < m; i++)
        for (guint a = 0; a < width; a++) {
            float value = z[(gsize)i * width + a];
            const double *in = gsl_matrix_const_ptr(rotation, a, 0);

            for (guint k = 0; k < n_directions; k++)
                directions[(gsize)i * n_directions + k] += value * (float)in[k];
        }
    gsl_matrix_free(rotation);
    sparse_fix_signs(directions, m, n_directions);
    return directions;
}
