/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A model, run on rows made up on the way. */
#include "evaluator.h"

#include <math.h>

/**
 * errata_evaluator_new:
 * @model: a model that runs
 * @quantity: (transfer none): of its outputs; must outlive the result
 * @capacity: most rows of a run
 *
 * Returns: (transfer full): room for them
 */
ErrataEvaluator *
errata_evaluator_new(ErrataModel *model, const ErrataQuantity *quantity, gsize capacity)
{
    ErrataEvaluator *self = g_new0(ErrataEvaluator, 1);

    self->model = model;
    self->quantity = quantity;
    self->capacity = capacity;
    self->cells = errata_model_cells_empty(model, capacity);
    self->raw = g_new(double, capacity *MAX(quantity->n_raw, 1));
    self->number = g_new0(double *, model->outputs->len + 1);
    self->text = g_new0(const char **, model->outputs->len + 1);
    for (guint o = 0; o < model->outputs->len; o++) {
        if (errata_model_output(model, o)->type == ERRATA_MODEL_TEXT)
            self->text[o] = g_new(const char *, capacity);
        else
            self->number[o] = g_new(double, capacity);
    }
    return self;
}

void
errata_evaluator_free(ErrataEvaluator *self)
{
    if (self == NULL)
        return;
    for (guint o = 0; o < self->model->outputs->len; o++) {
        g_free(self->number[o]);
        g_free(self->text[o]);
    }
    g_free(self->number);
    g_free(self->text);
    g_free(self->raw);
    errata_model_cells_free(self->cells);
    g_free(self);
}

/**
 * errata_evaluator_run:
 * @self: an evaluator with rows in its cells
 * @n_rows: how many
 * @error: return location for a #GError
 *
 * Runs the model on them and puts its raw numbers into @raw, row by row.
 *
 * Errors: those of the model.
 *
 * Returns: whether it ran
 */
gboolean
errata_evaluator_run(ErrataEvaluator *self, gsize n_rows, GError **error)
{
    const ErrataModel *model = self->model;
    guint n_raw = self->quantity->n_raw;
    ErrataModelScores scores = {n_rows, self->number, self->text, NULL};
    gboolean ok;

    g_return_val_if_fail(n_rows <= self->capacity, FALSE);
    for (guint o = 0; o < model->outputs->len; o++)
        for (gsize i = 0; i < n_rows; i++) {
            if (self->number[o] != NULL)
                self->number[o][i] = (double)NAN;
            else
                self->text[o][i] = NULL;
        }
    self->cells->rows.n_rows = n_rows;
    scores.strings = g_string_chunk_new(64);
    ok = model->klass->predict(model, model->body, &self->cells->rows, &scores, error);
    g_string_chunk_free(scores.strings);
    for (gsize i = 0; ok && i < n_rows; i++)
        for (guint k = 0; k < n_raw; k++)
            self->raw[i * n_raw + k] = self->number[self->quantity->output[k]][i];
    return ok;
}
