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
    if (self->templates->len < TEMPLATE_MAX) {
        g_ptr_array_add(self->templates, template);
    } else {
        guint slot = (guint)(self->n_learnt % TEMPLATE_MAX);

        errata_jsonl_template_free(self->templates->pdata[slot]);
        self->templates->pdata[slot] = template;
    }
    self->n_learnt++;
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

/* whether the record is like one before; then self->cells are its cells, with columns. The
 * templates are only read, so readers in other threads may share them */
gboolean
errata_jsonl_match(ErrataJsonlReader *self, const char *p, const char *end)
{
    guint n = self->templates->len;

    for (guint i = 0; i < n; i++) {
        guint slot = (self->last_template + i) % n;

        if (template_match(self, g_ptr_array_index(self->templates, slot), p, end)) {
            self->last_template = slot;
            return TRUE;
        }
    }
    return FALSE;
}
