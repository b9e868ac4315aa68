/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows as a model's trees read them: the cells of its inputs mostly; where a format treats cells
 * before its trees see them (PMML: replacements, casts, strings), what comes out of that. */
#include "tree-rows.h"

#include <math.h>
#include <string.h>

/**
 * errata_tree_rows_new:
 * @model: a model with trees
 * @rows: rows of its inputs; must outlive the result
 * @error: return location for a #GError
 *
 * Errors: those of the model.
 *
 * Returns: (transfer full): the rows as its trees read them, or %NULL with @error set
 */
ErrataTreeRows *
errata_tree_rows_new(const ErrataModel *model, const ErrataModelRows *rows, GError **error)
{
    g_autoptr(ErrataTreeRows) self = g_new0(ErrataTreeRows, 1);

    self->n_rows = rows->n_rows;
    self->number = rows->number;
    if (model->klass == NULL || model->klass->features == NULL)
        return g_steal_pointer(&self);
    self->n_own = model->trees->n_features;
    self->own = g_new0(double *, MAX(self->n_own, 1));
    for (guint f = 0; f < self->n_own; f++)
        self->own[f] = g_new(double, MAX(rows->n_rows, 1));
    self->defined = g_new0(guint8, MAX(rows->n_rows, 1));
    self->number = (const double *const *)self->own;
    if (!model->klass->features(model, model->body, rows, self->own, self->defined, error))
        return NULL;
    return g_steal_pointer(&self);
}

void
errata_tree_rows_free(ErrataTreeRows *self)
{
    if (self == NULL)
        return;
    for (guint f = 0; f < self->n_own; f++)
        g_free(self->own[f]);
    g_free(self->own);
    g_free(self->defined);
    g_free(self);
}

/* keeps the rows that the trees have a result for: for a background */
void
errata_tree_rows_drop_undefined(ErrataTreeRows *self)
{
    gsize n = 0;

    if (self->defined == NULL)
        return;
    for (gsize i = 0; i < self->n_rows; i++) {
        if (self->defined[i] == 0)
            continue;
        for (guint f = 0; f < self->n_own; f++)
            self->own[f][n] = self->own[f][i];
        n++;
    }
    memset(self->defined, 1, n);
    self->n_rows = n;
}

/**
 * errata_tree_rows_void:
 * @self: rows
 * @width: numbers per row
 * @phi: (array): n_rows × @width numbers: those of rows without a result become NaN
 *
 * Returns: rows without a result
 */
gsize
errata_tree_rows_void(const ErrataTreeRows *self, gsize width, double *phi)
{
    gsize n = 0;

    for (gsize i = 0; self->defined != NULL && i < self->n_rows; i++) {
        if (self->defined[i] != 0)
            continue;
        n++;
        for (gsize k = 0; k < width; k++)
            phi[i * width + k] = (double)NAN;
    }
    return n;
}
