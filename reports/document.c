/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "document.h"

#include <math.h>

static void
document_cell_clear(gpointer data)
{
    ErrataCell *cell = data;

    g_free(cell->text);
    g_free(cell->sub);
}

static void
document_tile_clear(ErrataTile *tile)
{
    g_free(tile->name);
    g_free(tile->value);
    g_free(tile->interval);
    g_free(tile->change);
    g_free(tile->history);
}

static void
document_advice_clear(ErrataAdvice *advice)
{
    g_free(advice->action);
    g_free(advice->text);
    g_free(advice->cost);
    g_free(advice->gain);
}

static void
document_block_free(gpointer data)
{
    ErrataBlock *block = data;

    for (guint i = 0; i < block->n_tiles; i++)
        document_tile_clear(&block->tiles[i]);
    for (guint i = 0; i < block->n_columns; i++)
        g_free(block->columns[i].heading);
    for (guint i = 0; i < block->n_advice; i++)
        document_advice_clear(&block->advice[i]);
    g_free(block->text);
    g_free(block->number);
    g_free(block->note);
    g_free(block->dest);
    g_free(block->outline);
    g_free(block->running);
    g_free(block->stem);
    g_free(block->tiles);
    g_free(block->figures);
    g_free(block->columns);
    g_free(block->advice);
    g_clear_pointer(&block->cells, g_array_unref);
    g_clear_pointer(&block->dests, g_ptr_array_unref);
    g_free(block);
}

ErrataDocument *
errata_document_new(void)
{
    ErrataDocument *self = g_new0(ErrataDocument, 1);

    self->blocks = g_ptr_array_new_with_free_func(document_block_free);
    self->figures = g_ptr_array_new_with_free_func((GDestroyNotify)errata_figure_free);
    self->foot = g_ptr_array_new_with_free_func(g_free);
    return self;
}

void
errata_document_free(ErrataDocument *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref(self->blocks);
    g_ptr_array_unref(self->figures);
    g_ptr_array_unref(self->foot);
    g_free(self->title);
    g_free(self->subject);
    g_free(self->keywords);
    g_free(self->running);
    g_free(self->created);
    g_free(self);
}

/* Returns: (transfer none): the block, empty */
ErrataBlock *
errata_document_add(ErrataDocument *self, ErrataBlockKind kind)
{
    ErrataBlock *block = g_new0(ErrataBlock, 1);

    block->kind = kind;
    block->style = ERRATA_STYLE_BODY;
    g_ptr_array_add(self->blocks, block);
    return block;
}

ErrataBlock *
errata_document_heading(ErrataDocument *self, ErrataStyle style, const char *text)
{
    ErrataBlock *block = errata_document_add(self, ERRATA_BLOCK_HEADING);

    block->style = style;
    block->text = g_strdup(text);
    block->keep_next = TRUE;
    return block;
}

ErrataBlock *
errata_document_prose(ErrataDocument *self, ErrataStyle style, const char *text)
{
    ErrataBlock *block = errata_document_add(self, ERRATA_BLOCK_PROSE);

    block->style = style;
    block->text = g_strdup(text);
    return block;
}

ErrataBlock *
errata_document_figure(ErrataDocument *self, const ErrataFigure *figure)
{
    ErrataBlock *block = errata_document_add(self, ERRATA_BLOCK_FIGURES);

    errata_block_add_figure(block, figure);
    return block;
}

void
errata_block_add_figure(ErrataBlock *self, const ErrataFigure *figure)
{
    self->figures = g_renew(const ErrataFigure *, self->figures, self->n_figures + 1);
    self->figures[self->n_figures++] = figure;
}

/* keeps a figure that was made for the document. Returns: (transfer none): @figure */
ErrataFigure *
errata_document_take(ErrataDocument *self, ErrataFigure *figure)
{
    g_ptr_array_add(self->figures, figure);
    return figure;
}

/* Returns: (transfer none): a tile that moves when another is added */
ErrataTile *
errata_block_add_tile(ErrataBlock *self)
{
    self->tiles = g_renew(ErrataTile, self->tiles, self->n_tiles + 1);
    self->tiles[self->n_tiles] = (ErrataTile){.tone = ERRATA_TONE_REFERENCE};
    return &self->tiles[self->n_tiles++];
}

ErrataColumnSpec *
errata_block_add_column(ErrataBlock *self, const char *heading, double width, gboolean right)
{
    self->columns = g_renew(ErrataColumnSpec, self->columns, self->n_columns + 1);
    self->columns[self->n_columns] = (ErrataColumnSpec){.heading = g_strdup(heading),
                                                        .width = width,
                                                        .right = right,
                                                        .lines = 1};
    return &self->columns[self->n_columns++];
}

/* Returns: (transfer none): the cell, valid until the next is added */
ErrataCell *
errata_block_take_cell(ErrataBlock *self, char *text)
{
    ErrataCell cell = {.text = text, .value = (double)NAN, .style = ERRATA_STYLE_CELL};

    if (self->cells == NULL) {
        self->cells = g_array_new(FALSE, FALSE, sizeof(ErrataCell));
        g_array_set_clear_func(self->cells, document_cell_clear);
    }
    g_array_append_val(self->cells, cell);
    return &g_array_index(self->cells, ErrataCell, self->cells->len - 1);
}

ErrataCell *
errata_block_add_cell(ErrataBlock *self, const char *text)
{
    return errata_block_take_cell(self, g_strdup(text));
}

const ErrataCell *
errata_block_cell(const ErrataBlock *self, guint row, guint column)
{
    return &g_array_index(self->cells, ErrataCell, row * self->n_columns + column);
}

guint
errata_block_n_rows(const ErrataBlock *self)
{
    return self->cells != NULL && self->n_columns > 0 ? self->cells->len / self->n_columns : 0;
}

static gboolean
document_is_empty(const ErrataBlock *self, guint column)
{
    for (guint row = 0; row < errata_block_n_rows(self); row++) {
        const ErrataCell *cell = errata_block_cell(self, row, column);

        if (cell->figure != NULL || cell->kind == ERRATA_CELL_PAGE ||
            cell->kind == ERRATA_CELL_GLYPH || (cell->text != NULL && *cell->text != '\0'))
            return FALSE;
    }
    return TRUE;
}

void
errata_block_drop_empty(ErrataBlock *self, guint first)
{
    guint n_rows = errata_block_n_rows(self);

    for (guint column = self->n_columns; column > first; column--) {
        if (!document_is_empty(self, column - 1))
            continue;
        for (guint row = n_rows; row > 0; row--)
            g_array_remove_index(self->cells, (row - 1) * self->n_columns + column - 1);
        g_free(self->columns[column - 1].heading);
        for (guint i = column; i < self->n_columns; i++)
            self->columns[i - 1] = self->columns[i];
        self->n_columns--;
    }
}

ErrataAdvice *
errata_block_add_advice(ErrataBlock *self)
{
    self->advice = g_renew(ErrataAdvice, self->advice, self->n_advice + 1);
    self->advice[self->n_advice] = (ErrataAdvice){0};
    return &self->advice[self->n_advice++];
}
