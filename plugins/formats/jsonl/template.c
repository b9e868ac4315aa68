/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Logs are written by one program: record after record has the same keys in the same order and the
 * same spaces between them. A template is the text of a record without its scalars; a record that
 * matches one is read by comparing that text and scanning the scalars, without looking at keys. */
#include <string.h>

#include "jsonl-private.h"

#define TEMPLATE_MAX       8       /* shapes remembered */
#define TEMPLATE_MAX_BYTES 1048576 /* of one shape */

struct _ErrataJsonlTemplate {
    guint n_cells;
    char *text;    /* all literals one after the other */
    guint *length; /* n_cells + 1 of them: before each scalar, and after the last */
    guint *column; /* n_cells of them */
};

void
errata_jsonl_template_free(gpointer data)
{
    ErrataJsonlTemplate *self = data;

    g_free(self->text);
    g_free(self->length);
    g_free(self->column);
    g_free(self);
}

/* the record just parsed, its cells in text order with their columns, as a template */
void
errata_jsonl_learn(ErrataJsonlReader *self, const char *p, const char *end)
{
    ErrataJsonlTemplate *template;
    g_autoptr(GString) text = NULL;

    if (self->cells->len == 0 || end - p > TEMPLATE_MAX_BYTES)
        return;
    text = g_string_new(NULL);
    template = g_new0(ErrataJsonlTemplate, 1);
    template->n_cells = self->cells->len;
    template->length = g_new(guint, self->cells->len + 1);
    template->column = g_new(guint, self->cells->len);
    for (guint i = 0; i < self->cells->len; i++) {
        const ErrataJsonlCell *cell = &g_array_index(self->cells, ErrataJsonlCell, i);

        template->length[i] = (guint)(cell->token - p);
        template->column[i] = cell->column;
        g_string_append_len(text, p, cell->token - p);
        p = cell->token_end;
    }
    template->length[template->n_cells] = (guint)(end - p);
    g_string_append_len(text, p, end - p);
    template->text = g_string_free(g_steal_pointer(&text), FALSE);
    g_ptr_array_insert(self->templates, 0, template);
    if (self->templates->len > TEMPLATE_MAX)
        g_ptr_array_set_size(self->templates, TEMPLATE_MAX);
}

static gboolean
template_match(ErrataJsonlReader *self,
               const ErrataJsonlTemplate *template,
               const char *p,
               const char *end)
{
    const char *text = template->text;
    guint length;

    g_array_set_size(self->cells, template->n_cells);
    for (guint i = 0; i < template->n_cells; i++) {
        ErrataJsonlCell *cell = &g_array_index(self->cells, ErrataJsonlCell, i);

        length = template->length[i];
        if ((gsize)(end - p) < length || memcmp(p, text, length) != 0)
            return FALSE;
        text += length;
        p = errata_jsonl_scan_scalar(self, p + length, end, cell);
        if (p == NULL)
            return FALSE;
        cell->column = template->column[i];
    }
    length = template->length[template->n_cells];
    return (gsize)(end - p) == length && memcmp(p, text, length) == 0;
}

/* whether the record is like one before; then self->cells are its cells, with columns */
gboolean
errata_jsonl_match(ErrataJsonlReader *self, const char *p, const char *end)
{
    for (guint i = 0; i < self->templates->len; i++) {
        ErrataJsonlTemplate *template = g_ptr_array_index(self->templates, i);

        if (!template_match(self, template, p, end))
            continue;
        for (; i > 0; i--)
            self->templates->pdata[i] = self->templates->pdata[i - 1];
        self->templates->pdata[0] = template;
        return TRUE;
    }
    return FALSE;
}
