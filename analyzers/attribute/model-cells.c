/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of a log as a model's inputs, copied out of it. */
#include "model-cells.h"

#include <math.h>
#include <string.h>

#include "rng.h"

#define CELLS_STAGE 11 /* of the random numbers */

/**
 * errata_model_cells_empty:
 * @model: a model
 * @n_rows: rows
 *
 * Returns: (transfer full): room for rows of that model, to be filled
 */
ErrataModelCells *
errata_model_cells_empty(const ErrataModel *model, gsize n_rows)
{
    ErrataModelCells *self = g_new0(ErrataModelCells, 1);

    self->n_inputs = model->inputs->len;
    self->number = g_new0(double *, self->n_inputs + 1);
    self->text = g_new0(const char **, self->n_inputs + 1);
    for (guint i = 0; i < self->n_inputs; i++) {
        if (errata_model_input(model, i)->type == ERRATA_MODEL_TEXT)
            self->text[i] = g_new0(const char *, MAX(n_rows, 1));
        else
            self->number[i] = g_new0(double, MAX(n_rows, 1));
    }
    self->rows.n_rows = n_rows;
    self->rows.number = (const double *const *)self->number;
    self->rows.text = (const char *const *const *)self->text;
    return self;
}

/**
 * errata_model_cells_new:
 * @binding: rows bound to a model
 * @row: (array length=n_rows): which of them, in this order
 * @n_rows: how many
 *
 * Returns: (transfer full): copies of their cells
 */
ErrataModelCells *
errata_model_cells_new(const ErrataModelBinding *binding, const gsize *row, gsize n_rows)
{
    ErrataModelCells *self = errata_model_cells_empty(errata_model_binding_model(binding), n_rows);
    g_autoptr(ErrataModelBlock) block = errata_model_block_new(binding, 1);

    self->strings = g_string_chunk_new(1024);
    for (gsize i = 0; i < n_rows; i++) {
        const ErrataModelRows *from = errata_model_block_fill(block, row[i], 1);

        for (guint f = 0; f < self->n_inputs; f++) {
            if (self->number[f] != NULL)
                self->number[f][i] = from->number[f][0];
            else if (from->text[f][0] != NULL)
                self->text[f][i] = g_string_chunk_insert_const(self->strings, from->text[f][0]);
        }
    }
    return self;
}

void
errata_model_cells_free(ErrataModelCells *self)
{
    if (self == NULL)
        return;
    for (guint i = 0; i < self->n_inputs; i++) {
        g_free(self->number[i]);
        g_free(self->text[i]);
    }
    g_free(self->number);
    g_free(self->text);
    if (self->strings != NULL)
        g_string_chunk_free(self->strings);
    g_free(self);
}

/* one cell over another; a text stays where it is */
void
errata_model_cells_copy_input(ErrataModelCells *self,
                              gsize row,
                              const ErrataModelRows *from,
                              gsize from_row,
                              guint input)
{
    if (self->number[input] != NULL)
        self->number[input][row] = from->number[input][from_row];
    else
        self->text[input][row] = from->text[input][from_row];
}

/* one row over another; texts stay where they are */
void
errata_model_cells_copy(ErrataModelCells *self,
                        gsize row,
                        const ErrataModelRows *from,
                        gsize from_row)
{
    for (guint f = 0; f < self->n_inputs; f++)
        errata_model_cells_copy_input(self, row, from, from_row, f);
}

/* whether two rows agree in an input; missing agrees with missing */
gboolean
errata_model_cells_same(const ErrataModelRows *a,
                        gsize row,
                        const ErrataModelRows *b,
                        gsize b_row,
                        guint input)
{
    double x, y;

    if (a->number[input] == NULL)
        return g_strcmp0(a->text[input][row], b->text[input][b_row]) == 0;
    x = a->number[input][row];
    y = b->number[input][b_row];
    return isnan(x) ? isnan(y) : x >= y && x <= y;
}

/**
 * errata_model_cells_sample:
 * @n_rows: rows of a log
 * @most: at most so many of them
 * @seed: of the random numbers
 * @ret_n: (out): how many
 *
 * Returns: (transfer full) (array length=ret_n): row numbers in order, by chance, each as likely
 */
gsize *
errata_model_cells_sample(gsize n_rows, gsize most, guint64 seed, gsize *ret_n)
{
    ErrataRng rng = errata_rng_init(seed, CELLS_STAGE, 0);
    gsize wanted = MIN(n_rows, most);
    gsize *sample = g_new(gsize, wanted + 1);
    gsize n = 0;

    /* each row with the odds that make the number come out */
    for (gsize row = 0; row < n_rows && n < wanted; row++)
        if (errata_rng_below(&rng, n_rows - row) < wanted - n)
            sample[n++] = row;
    *ret_n = n;
    return sample;
}
