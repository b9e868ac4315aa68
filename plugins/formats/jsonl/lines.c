/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A record a line, in rounds: what is in the window is cut into chunks of whole lines, which are
 * read in parallel; then their rows go to the builder in file order. A chunk in which a column is
 * new is read again line by line, so that columns come in the order of the file. The cut depends on
 * the bytes alone, never on the number of threads. */
#include <string.h>

#include "chunk.h"
#include "limit.h"
#include "parallel.h"

#define LINES_ROUND     (4U << 20)
#define LINES_CHUNK     (256U << 10)
#define LINES_MAX_PARTS 16384 /* columns times chunks, about */

typedef struct {
    ErrataJsonlReader *reader;
    ErrataJsonlInput *input;
    ErrataJsonlChunk *chunks;
    guint n_chunks;   /* of this round */
    guint max_chunks; /* allocated */
    guint n_columns;  /* that the chunks know */
    ErrataStoreKind *kinds;
    guint *columns; /* 0 … n_columns − 1 */
    guint64 line;   /* lines before the round */
} Lines;

static void
lines_clear(Lines *self)
{
    for (guint i = 0; i < self->max_chunks; i++)
        errata_jsonl_chunk_clear(&self->chunks[i]);
    g_clear_pointer(&self->chunks, g_free);
    g_clear_pointer(&self->kinds, g_free);
    g_clear_pointer(&self->columns, g_free);
    self->max_chunks = 0;
}

/* chunks for the columns there are now */
static void
lines_prepare(Lines *self)
{
    guint n_columns = errata_frame_builder_n_columns(self->reader->builder);

    if (self->chunks == NULL || n_columns != self->n_columns) {
        lines_clear(self);
        self->n_columns = n_columns;
        self->max_chunks =
            CLAMP(LINES_MAX_PARTS / MAX(n_columns, 1), 1, LINES_ROUND / LINES_CHUNK + 2);
        self->chunks = g_new0(ErrataJsonlChunk, self->max_chunks);
        self->kinds = g_new0(ErrataStoreKind, n_columns);
        self->columns = g_new0(guint, n_columns);
        for (guint i = 0; i < self->max_chunks; i++)
            errata_jsonl_chunk_init(&self->chunks[i], self->reader, n_columns);
    }
    for (guint i = 0; i < n_columns; i++) {
        self->columns[i] = i;
        self->kinds[i] = errata_frame_builder_kind(self->reader->builder, i);
    }
}

static void
lines_work_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    Lines *self = data;

    for (gsize i = begin; i < end; i++)
        errata_jsonl_chunk_parse(&self->chunks[i], self->kinds);
}

/* whole lines from the window's begin; FALSE when there are none yet */
static gboolean
lines_cut(Lines *self)
{
    const char *p = self->input->data + self->input->begin;
    const char *end = self->input->data + self->input->size;

    self->n_chunks = 0;
    while (p < end && self->n_chunks < self->max_chunks) {
        gsize rest = (gsize)(end - p);
        const char *newline = rest > LINES_CHUNK ? memchr(p + LINES_CHUNK, '\n', rest - LINES_CHUNK)
                                                 : NULL;

        if (newline == NULL && !self->input->ended)
            newline = memrchr(p, '\n', rest);
        if (newline == NULL && !self->input->ended)
            break;
        self->chunks[self->n_chunks].text = p;
        p = newline != NULL ? newline + 1 : end;
        self->chunks[self->n_chunks++].end = p;
    }
    return self->n_chunks > 0;
}

static gboolean
lines_read_serially(Lines *self, const ErrataJsonlChunk *chunk, GError **error)
{
    const char *p = chunk->text;

    while (p < chunk->end) {
        const char *newline = memchr(p, '\n', (gsize)(chunk->end - p));
        const char *begin = p;
        const char *end = newline != NULL ? newline : chunk->end;

        p = newline != NULL ? newline + 1 : chunk->end;
        self->line++;
        if (!errata_jsonl_chunk_trim(&begin, &end))
            continue;
        if (end - begin > (gssize)ERRATA_LIMIT_LINE_BYTES) {
            self->reader->why = "it is longer than 16 MiB";
            self->reader->at = NULL;
            errata_jsonl_reader_reject(self->reader, begin, end, "line", self->line);
        } else if (!errata_jsonl_reader_record(self->reader,
                                               begin,
                                               end,
                                               "line",
                                               self->line,
                                               error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean
lines_merge_chunk(Lines *self, ErrataJsonlChunk *chunk, GError **error)
{
    ErrataJsonlReader *reader = self->reader;
    ErrataColumnStore *part = chunk->parts;

    if (chunk->gave_up)
        return lines_read_serially(self, chunk, error);
    for (guint i = 0; i < chunk->rejects->len; i++) {
        const ErrataJsonlReject *reject = &g_array_index(chunk->rejects, ErrataJsonlReject, i);

        reader->why = reject->why;
        reader->at = reject->at;
        errata_jsonl_reader_reject(reader,
                                   reject->begin,
                                   reject->end,
                                   "line",
                                   self->line + reject->line);
    }
    self->line += chunk->n_lines;
    reader->saw_control |= chunk->scan.saw_control;
    reader->saw_surrogate |= chunk->scan.saw_surrogate;
    reader->saw_long_array |= chunk->scan.saw_long_array;
    reader->saw_duplicate |= chunk->scan.saw_duplicate;
    for (guint i = 0; i < chunk->n_columns; i++)
        if (chunk->n_not_utf8[i] + chunk->n_nul[i] > 0)
            errata_frame_builder_count_repaired(reader->builder,
                                                i,
                                                chunk->n_not_utf8[i],
                                                chunk->n_nul[i]);
    if (chunk->n_rows == 0)
        return TRUE;
    return errata_frame_builder_append_rows(reader->builder,
                                            self->columns,
                                            &part,
                                            chunk->n_columns,
                                            1,
                                            error);
}

static gboolean
lines_round(Lines *self, GError **error)
{
    const ErrataJsonlChunk *last = &self->chunks[self->n_chunks - 1];

    errata_parallel_for(self->n_chunks, 1, lines_work_cb, self);
    for (guint i = 0; i < self->n_chunks; i++)
        if (!lines_merge_chunk(self, &self->chunks[i], error))
            return FALSE;
    for (guint i = 0; i < self->n_chunks; i++)
        if (!self->chunks[i].gave_up && self->chunks[i].miss != NULL)
            errata_jsonl_reader_learn(self->reader, self->chunks[i].miss, self->chunks[i].miss_end);
    self->input->begin = (gsize)(last->end - self->input->data);
    return TRUE;
}

/* passes over the rest of a line that is too long */
static gboolean
lines_skip_long(Lines *self, GError **error)
{
    ErrataJsonlInput *input = self->input;
    const char *p = input->data + input->begin;
    const char *newline = NULL;

    self->reader->why = "it is longer than 16 MiB";
    self->reader->at = NULL;
    errata_jsonl_reader_reject(self->reader, p, p + 80, "line", ++self->line);
    while (newline == NULL && !input->ended) {
        input->begin = input->size;
        if (!errata_jsonl_input_more(input, error))
            return FALSE;
        newline = memchr(input->data, '\n', input->size);
    }
    input->begin = newline != NULL ? (gsize)(newline - input->data) + 1 : input->size;
    return TRUE;
}

static gboolean
lines_fill(Lines *self, GError **error)
{
    ErrataJsonlInput *input = self->input;

    do {
        if (!errata_jsonl_input_more(input, error))
            return FALSE;
    } while (!input->ended && input->size < LINES_ROUND);
    return TRUE;
}

static gboolean
lines_read(Lines *self, GError **error)
{
    ErrataJsonlInput *input = self->input;

    for (;;) {
        lines_prepare(self);
        if (lines_cut(self)) {
            if (!lines_round(self, error))
                return FALSE;
        } else if (input->ended) {
            return TRUE;
        } else if (input->size - input->begin > ERRATA_LIMIT_LINE_BYTES) {
            if (!lines_skip_long(self, error))
                return FALSE;
        } else if (!lines_fill(self, error)) {
            return FALSE;
        }
    }
}

/**
 * errata_jsonl_lines_read:
 * @self: the reader
 * @input: the stream
 * @error: return location for a #GError
 *
 * Reads a record from every line. A last line that has no end and is no record is said to be cut.
 *
 * Errors: %ERRATA_ERROR_LIMIT and those of the stream.
 */
gboolean
errata_jsonl_lines_read(ErrataJsonlReader *self, ErrataJsonlInput *input, GError **error)
{
    Lines lines = {.reader = self, .input = input};
    gboolean ok = lines_read(&lines, error);

    lines_clear(&lines);
    if (ok && self->rejected_to != NULL && input->size > 0 &&
        self->rejected_to == input->data + input->size)
        errata_frame_builder_warn(self->builder,
                                  "the last line is not a whole record and has no line end: the "
                                  "file may be truncated");
    return ok;
}
