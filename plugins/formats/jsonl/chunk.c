/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A chunk of whole lines, read straight into columns and on its own. Lines that no template matches
 * are parsed in full as long as their columns are known; templates and columns are only read
 * here. */
#include "chunk.h"

#include <string.h>

#include "limit.h"
#include "text.h"

void
errata_jsonl_chunk_init(ErrataJsonlChunk *self, const ErrataJsonlReader *whole, guint n_columns)
{
    memset(self, 0, sizeof *self);
    errata_jsonl_reader_scratch(&self->scan, whole);
    self->n_columns = n_columns;
    self->parts = g_new0(ErrataColumnStore, n_columns);
    self->n_not_utf8 = g_new0(gsize, n_columns);
    self->n_nul = g_new0(gsize, n_columns);
    self->rejects = g_array_new(FALSE, FALSE, sizeof(ErrataJsonlReject));
}

void
errata_jsonl_chunk_clear(ErrataJsonlChunk *self)
{
    if (self->rejects == NULL) /* there are no parts where there are no columns */
        return;
    for (guint i = 0; i < self->n_columns; i++)
        errata_column_store_clear(&self->parts[i]);
    g_clear_pointer(&self->parts, g_free);
    g_clear_pointer(&self->n_not_utf8, g_free);
    g_clear_pointer(&self->n_nul, g_free);
    g_clear_pointer(&self->rejects, g_array_unref);
    errata_jsonl_reader_clear(&self->scan);
}

gboolean
errata_jsonl_chunk_trim(const char **p, const char **end)
{
    while (*end > *p && ((*end)[-1] == '\r' || (*end)[-1] == ' ' || (*end)[-1] == '\t'))
        (*end)--;
    while (*p < *end && (**p == ' ' || **p == '\t'))
        (*p)++;
    return *p < *end;
}

/* most logs are ASCII, which is seen faster than that they are UTF-8 */
static gboolean
chunk_is_clean(const char *text, gsize size)
{
    const char *p = text;
    guint64 any = 0;

    for (; size - (gsize)(p - text) >= 32; p += 32) {
        guint64 v[4];

        memcpy(v, p, sizeof v);
        any |= v[0] | v[1] | v[2] | v[3];
    }
    for (; p < text + size; p++)
        any |= (guchar)*p;
    if ((any & G_GUINT64_CONSTANT(0x8080808080808080)) == 0)
        return memchr(text, '\0', size) == NULL;
    return g_utf8_validate_len(text, size, NULL);
}

static void
chunk_append_string(ErrataJsonlChunk *self, guint column, const char *text, gsize length)
{
    ErrataColumnStore *part = &self->parts[column];
    g_autofree char *repaired = NULL;
    gboolean had_nul = FALSE;

    if (G_LIKELY(self->clean) || errata_text_is_clean(text, length)) {
        errata_column_store_append_string(part, text, length);
        return;
    }
    repaired = errata_text_repair(text, length, &had_nul);
    self->n_nul[column] += had_nul ? 1 : 0;
    self->n_not_utf8[column] += had_nul ? 0 : 1;
    errata_column_store_append_string(part, repaired, strlen(repaired));
}

static void
chunk_append_escaped(ErrataJsonlChunk *self, const ErrataJsonlCell *cell)
{
    GString *text = self->scan.unescaped;
    gboolean clean = self->clean;

    errata_jsonl_unescape(cell->begin, cell->end, text, &self->scan.saw_surrogate);
    self->clean = clean && memchr(text->str, '\0', text->len) == NULL;
    chunk_append_string(self, cell->column, text->str, text->len);
    self->clean = clean;
}

static void
chunk_append_row(ErrataJsonlChunk *self)
{
    const ErrataJsonlCell *cells = (const ErrataJsonlCell *)(const void *)self->scan.cells->data;

    for (guint i = 0; i < self->scan.cells->len; i++) {
        const ErrataJsonlCell *cell = &cells[i];
        ErrataColumnStore *part = &self->parts[cell->column];

        if (cell->kind == ERRATA_JSONL_NULL)
            continue;
        if (part->n_rows < self->n_rows)
            errata_column_store_append_missing(part, self->n_rows - part->n_rows);
        switch (cell->kind) {
        case ERRATA_JSONL_STRING:
            chunk_append_string(self, cell->column, cell->begin, (gsize)(cell->end - cell->begin));
            break;
        case ERRATA_JSONL_ESCAPED:
            chunk_append_escaped(self, cell);
            break;
        case ERRATA_JSONL_I64:
            errata_column_store_append_i64(part, cell->i64);
            break;
        case ERRATA_JSONL_F64:
            errata_column_store_append_f64(part, cell->f64);
            break;
        case ERRATA_JSONL_TRUE:
            errata_column_store_append_cell(part, "true", 4);
            break;
        case ERRATA_JSONL_FALSE:
            errata_column_store_append_cell(part, "false", 5);
            break;
        case ERRATA_JSONL_NULL:
            break;
        }
    }
    self->n_rows++;
}

static void
chunk_reject(ErrataJsonlChunk *self, const char *p, const char *end, const char *why)
{
    ErrataJsonlReject reject = {self->n_lines, p, end, NULL, why};

    if (why == self->scan.why)
        reject.at = self->scan.at;
    g_array_append_val(self->rejects, reject);
}

static void
chunk_line(ErrataJsonlChunk *self, const char *p, const char *end)
{
    if (!errata_jsonl_chunk_trim(&p, &end))
        return;
    if (end - p > (gssize)ERRATA_LIMIT_LINE_BYTES) {
        chunk_reject(self, p, end, "it is longer than 16 MiB");
        return;
    }
    self->scan.too_long = FALSE;
    if (errata_jsonl_match(&self->scan, p, end) && !self->scan.too_long) {
        chunk_append_row(self);
        return;
    }
    if (!errata_jsonl_parse(&self->scan, p, end)) {
        chunk_reject(self, p, end, self->scan.why);
    } else if (self->scan.too_long) {
        chunk_reject(self, p, end, "a string is longer than 1 MiB");
    } else if (errata_jsonl_reader_known(&self->scan)) {
        chunk_append_row(self);
        self->miss_end = self->miss != NULL ? self->miss_end : end;
        self->miss = self->miss != NULL ? self->miss : p;
    } else {
        self->gave_up = TRUE;
    }
}

/**
 * errata_jsonl_chunk_parse:
 * @self: a chunk with its text
 * @kinds: (array length=n_columns): how values of each column will probably be kept
 *
 * Reads the chunk; nothing else is written, so chunks may be read at the same time.
 */
void
errata_jsonl_chunk_parse(ErrataJsonlChunk *self, const ErrataStoreKind *kinds)
{
    const char *p = self->text;

    self->n_rows = 0;
    self->n_lines = 0;
    self->miss = NULL;
    self->gave_up = self->n_columns == 0;
    g_array_set_size(self->rejects, 0);
    self->clean = chunk_is_clean(self->text, (gsize)(self->end - self->text));
    for (guint i = 0; i < self->n_columns; i++) {
        errata_column_store_start(&self->parts[i], kinds[i]);
        self->n_not_utf8[i] = self->n_nul[i] = 0;
    }
    while (p < self->end && !self->gave_up) {
        const char *newline = memchr(p, '\n', (gsize)(self->end - p));

        self->n_lines++;
        chunk_line(self, p, newline != NULL ? newline : self->end);
        p = newline != NULL ? newline + 1 : self->end;
    }
    for (guint i = 0; i < self->n_columns; i++)
        errata_column_store_append_missing(&self->parts[i], self->n_rows - self->parts[i].n_rows);
}
