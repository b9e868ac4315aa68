/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file in rounds: a block is cut into chunks of whole records; while these are read in parallel
 * the next block is filled; then the rows go to the builder in file order. Blocks, chunks and what
 * is expected of a column are the same whatever the number of threads. Two blocks and the parts of
 * one round are all that is held beside the columns. */
#include "csv-reader.h"

#include <string.h>

#include "error.h"
#include "limit.h"
#include "parallel.h"

#define CSV_FIRST_BYTES (128U << 10) /* small files cost little */
#define CSV_BLOCK_BYTES (4U << 20)
#define CSV_CHUNK_BYTES (256U << 10)
#define CSV_MAX_CHUNKS  24
#define CSV_MAX_PARTS   16384 /* columns times chunks, about */
#define CSV_OPEN_BYTES \
    (2U << 20) /* behind a quote that is not closed within, the line is given up */
#define CSV_HINT_ROWS 200
#define CSV_SPARE     1.03 /* of the rows foreseen */

typedef struct {
    char *text;
    gsize size;
    gsize allocated;
} CsvBlock;

typedef struct {
    CsvInput *input;
    ErrataFrameBuilder *builder;
    CsvDialect dialect;
    GArray *columns; /* (element-type guint) */
    ErrataStoreKind *kinds;
    CsvChunk *chunks;
    gsize max_chunks;
    gsize n_chunks; /* of this round */
    CsvBlock block;
    CsvBlock next;
    gboolean at_end;
    gboolean foreseen; /* how many rows there will be */
    gboolean skipping; /* the rest of a line that is too long */
    gboolean cut_off;  /* the file does not end with a line feed */
    gsize n_lines;     /* before this round */
    gsize n_junk;
    gsize n_comments;
    gsize n_headers;
    gsize n_long;
    char *totals;       /* lines behind the last record, which are none */
    char *first_reject; /* where and why */
    GError *error;
} CsvReader;

static void
csv_reader_clear(CsvReader *self)
{
    for (gsize i = 0; self->chunks != NULL && i < self->max_chunks; i++)
        errata_csv_chunk_clear(&self->chunks[i]);
    g_free(self->chunks);
    g_free(self->kinds);
    g_free(self->block.text);
    g_free(self->next.text);
    g_clear_pointer(&self->columns, g_array_unref);
    errata_csv_input_free(self->input);
    g_free(self->totals);
    g_free(self->first_reject);
    if (self->dialect.header != NULL)
        g_string_free(g_steal_pointer(&self->dialect.header), TRUE);
    g_clear_error(&self->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CsvReader, csv_reader_clear)

/* drops the rest of a line that is too long from text that was just read */
static gsize
csv_reader_skip(CsvReader *self, char *text, gsize size)
{
    char *stop = memchr(text, '\n', size);

    if (stop == NULL)
        return 0;
    self->skipping = FALSE;
    memmove(text, stop + 1, size - (gsize)(stop + 1 - text));
    return size - (gsize)(stop + 1 - text);
}

/* fills @block with @more bytes, or fewer at the end; sets @at_end or @error */
static void
csv_reader_fill(CsvReader *self, CsvBlock *block, gsize more)
{
    gsize target = block->size + more;

    if (block->allocated < target + CSV_SCAN_SLACK + 1) {
        block->allocated = target + CSV_SCAN_SLACK + 1;
        block->text = g_realloc(block->text, block->allocated);
    }
    while (block->size + CSV_SCAN_SLACK < target && !self->at_end && self->error == NULL) {
        gssize n = errata_csv_input_read(self->input,
                                         block->text + block->size,
                                         target - block->size,
                                         &self->error);

        if (n < 0)
            return;
        self->at_end = n == 0;
        block->size += self->skipping ? csv_reader_skip(self, block->text + block->size, (gsize)n)
                                      : (gsize)n;
    }
    memset(block->text + block->size, 0, CSV_SCAN_SLACK + 1);
}

/* what is odd about the end of the file: zeros of a torn write, no line feed */
static void
csv_reader_mend_end(CsvReader *self)
{
    CsvBlock *block = &self->block;
    gsize n_zero = 0;

    for (; block->size > 0 && block->text[block->size - 1] == '\0'; block->size--)
        n_zero++;
    if (n_zero > 0)
        errata_frame_builder_warn(self->builder,
                                  "%" G_GSIZE_FORMAT
                                  " NUL bytes at the end were skipped: a write was torn",
                                  n_zero);
    if (block->size > 0 && block->text[block->size - 1] != '\n') {
        self->cut_off = TRUE;
        block->text[block->size++] = '\n';
    }
    memset(block->text + block->size, 0, CSV_SCAN_SLACK);
}

/* takes rows of totals off the end of the file */
static void
csv_reader_take_totals(CsvReader *self)
{
    CsvBlock *block = &self->block;
    gsize found =
        errata_csv_tail_totals(&self->dialect, block->text, block->size, self->columns->len);

    self->totals = g_strndup(block->text + found, block->size - found);
    block->size = found;
    memset(block->text + block->size, 0, CSV_SCAN_SLACK);
}

static void
csv_reader_reject_totals(CsvReader *self)
{
    g_auto(GStrv) lines = g_strsplit(self->totals != NULL ? self->totals : "", "\n", -1);

    for (guint i = 0; lines[i] != NULL; i++) {
        g_autofree char *where = g_strdup_printf("line %" G_GSIZE_FORMAT, self->n_lines + i + 1);

        if (*g_strchomp(lines[i]) != '\0')
            errata_frame_builder_reject_row(self->builder,
                                            where,
                                            "a row of totals behind the last record, expected an "
                                            "observation",
                                            lines[i],
                                            strlen(lines[i]));
    }
}

static void
csv_reader_add_chunk(CsvReader *self, gsize begin, gsize end, const char *defect)
{
    CsvChunk *chunk = &self->chunks[self->n_chunks++];

    if (chunk->parts == NULL)
        errata_csv_chunk_init(chunk, self->columns->len);
    chunk->text = self->block.text + begin;
    chunk->size = end - begin;
    chunk->defect = defect;
    chunk->more_lines = 0;
}

/* cuts the block into chunks; what a line that cannot be read takes is a chunk of its own */
static gsize
csv_reader_cut(CsvReader *self, GArray *ends)
{
    gsize begin = 0;

    self->n_chunks = 0;
    while (begin < self->block.size && self->n_chunks < self->max_chunks) {
        const char *text = self->block.text + begin;
        gsize size = self->block.size - begin;
        gboolean open = FALSE;
        gsize done;
        gsize from = 0;

        g_array_set_size(ends, 0);
        done = errata_csv_split(&self->dialect,
                                text,
                                size,
                                CSV_CHUNK_BYTES,
                                ends,
                                self->max_chunks - self->n_chunks,
                                &open);
        for (guint i = 0; i < ends->len; i++) {
            gsize to = g_array_index(ends, gsize, i);

            csv_reader_add_chunk(self, begin + from, begin + to, NULL);
            from = to;
        }
        begin += done;
        if (done == size || self->n_chunks == self->max_chunks)
            break;
        if (open && (self->at_end || size - done > CSV_OPEN_BYTES)) {
            const char *rest = self->block.text + begin;
            const char *stop = memchr(rest, '\n', size - done);

            if (stop == NULL)
                break; /* the line itself is not whole yet */
            csv_reader_add_chunk(self,
                                 begin,
                                 begin + (gsize)(stop + 1 - rest),
                                 "a quote is opened and not closed");
            begin += (gsize)(stop + 1 - rest);
        } else {
            break;
        }
    }
    if (begin == 0 && self->block.size > ERRATA_LIMIT_LINE_BYTES && self->n_chunks == 0) {
        csv_reader_add_chunk(self, 0, self->block.size, "the record is longer than 16 MiB");
        self->chunks[0].more_lines = 1;
        self->skipping = TRUE;
        begin = self->block.size;
    }
    return begin;
}

/* item 0 fills the next block, the others are chunks */
static void
csv_reader_work_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    CsvReader *self = data;

    for (gsize item = begin; item < end; item++) {
        if (item > 0)
            errata_csv_chunk_parse(&self->chunks[item - 1], &self->dialect, self->kinds);
        else if (!self->at_end)
            csv_reader_fill(self, &self->next, CSV_BLOCK_BYTES);
    }
}

static void
csv_reader_merge_rejects(CsvReader *self, const CsvChunk *chunk)
{
    for (guint i = 0; i < chunk->rejects->len; i++) {
        const CsvReject *reject = &g_array_index(chunk->rejects, CsvReject, i);
        g_autofree char *where = g_strdup_printf("line %" G_GSIZE_FORMAT,
                                                 self->n_lines + reject->line + 1);
        g_autofree char *why = reject->n_fields == 0
                                   ? g_strdup(reject->why)
                                   : g_strdup_printf("%" G_GSIZE_FORMAT " %s, expected %u",
                                                     reject->n_fields,
                                                     reject->why,
                                                     self->columns->len);

        if (self->first_reject == NULL)
            self->first_reject = g_strdup_printf("%s: %s", where, why);
        errata_frame_builder_reject_row(self->builder,
                                        where,
                                        why,
                                        chunk->text + reject->begin,
                                        reject->size);
        if (self->cut_off && self->at_end && self->next.size == 0 &&
            chunk == &self->chunks[self->n_chunks - 1] && reject->n_fields < self->columns->len &&
            reject->begin + reject->size + 1 >= chunk->size)
            errata_frame_builder_warn(self->builder,
                                      "the file ends in the middle of a record: truncated");
    }
}

/* how many rows there will be, from those of the first round */
static void
csv_reader_foresee(CsvReader *self)
{
    double size = (double)errata_csv_input_size(self->input);
    double n_rows = 0.0, bytes = 1.0;

    for (gsize i = 0; i < self->n_chunks; i++) {
        n_rows += (double)self->chunks[i].parts[0].n_rows;
        bytes += (double)self->chunks[i].size;
    }
    if (size > bytes)
        errata_frame_builder_expect(self->builder, (gsize)(n_rows * size / bytes * CSV_SPARE));
    self->foreseen = TRUE;
}

static gboolean
csv_reader_merge(CsvReader *self, GError **error)
{
    ErrataColumnStore *parts[CSV_MAX_CHUNKS];

    for (gsize i = 0; i < self->n_chunks; i++) {
        CsvChunk *chunk = &self->chunks[i];

        parts[i] = chunk->parts;
        csv_reader_merge_rejects(self, chunk);
        self->n_lines += chunk->n_lines;
        self->n_junk += chunk->n_junk;
        self->n_comments += chunk->n_comments;
        self->n_headers += chunk->n_headers;
        self->n_long += chunk->n_long;
        for (gsize c = 0; chunk->n_nul != NULL && c < self->columns->len; c++)
            errata_frame_builder_count_repaired(self->builder,
                                                g_array_index(self->columns, guint, c),
                                                chunk->n_not_utf8[c],
                                                chunk->n_nul[c]);
    }
    if (!self->foreseen)
        csv_reader_foresee(self);
    if (!errata_frame_builder_append_rows(self->builder,
                                          (const guint *)(const void *)self->columns->data,
                                          parts,
                                          self->columns->len,
                                          self->n_chunks,
                                          error))
        return FALSE;
    for (gsize c = 0; c < self->columns->len; c++)
        self->kinds[c] = errata_frame_builder_kind(self->builder,
                                                   g_array_index(self->columns, guint, c));
    return TRUE;
}

/* what the first records say of each column, where earlier files do not */
static void
csv_reader_expect(CsvReader *self, const char *text, gsize size)
{
    const gsize n = self->columns->len;
    g_autofree ErrataColumnStore *samples = g_new0(ErrataColumnStore, n);
    const char *p = text;
    CsvRecord record;

    errata_csv_record_init(&record);
    for (guint row = 0; row < CSV_HINT_ROWS && p != NULL && p - text < CSV_CHUNK_BYTES; row++) {
        p = errata_csv_record_read(&record, &self->dialect, p, text + size);
        for (gsize c = 0; p != NULL && c < n && record.ends->len == n; c++) {
            gsize length;
            const char *field = errata_csv_record_field(&record, c, &length);

            samples[c].decimal_comma = self->dialect.decimal_comma;
            errata_column_store_append_cell(&samples[c], field, length);
        }
    }
    errata_csv_record_clear(&record);
    for (gsize c = 0; c < n; c++) {
        gsize n_odd = samples[c].odd != NULL ? samples[c].odd->len : 0;

        self->kinds[c] = errata_frame_builder_kind(self->builder,
                                                   g_array_index(self->columns, guint, c));
        if (self->kinds[c] == ERRATA_STORE_NONE)
            self->kinds[c] = n_odd * 10 > samples[c].n_rows ? ERRATA_STORE_STRING : samples[c].kind;
        errata_column_store_clear(&samples[c]);
    }
}

static void
csv_reader_warn(CsvReader *self)
{
    ErrataFrameBuilder *builder = self->builder;

    if (self->n_junk > 0)
        errata_frame_builder_warn(builder,
                                  "%" G_GSIZE_FORMAT
                                  " fields go on behind their closing quote; that was kept",
                                  self->n_junk);
    if (self->n_comments > 0)
        errata_frame_builder_warn(builder,
                                  "%" G_GSIZE_FORMAT
                                  " comment lines among the records were skipped",
                                  self->n_comments);
    if (self->n_headers > 0)
        errata_frame_builder_warn(builder,
                                  "%" G_GSIZE_FORMAT
                                  " lines among the records are the header again and were skipped",
                                  self->n_headers);
    if (self->n_long > 0)
        errata_frame_builder_warn(
            builder,
            "%" G_GSIZE_FORMAT
            " records have empty fields behind the last column; those were dropped",
            self->n_long);
    if (self->dialect.backslash)
        errata_frame_builder_warn(builder, "\\\" within quotes was read as a quote");
    if (self->dialect.decimal_comma)
        errata_frame_builder_warn(builder, "numbers are written with a decimal comma");
}

/* the first block, the dialect, the header and room for chunks */
static gboolean
csv_reader_start(CsvReader *self, GError **error)
{
    CsvBlock *block = &self->block;
    gsize consumed = 0;

    csv_reader_fill(self, block, CSV_FIRST_BYTES);
    while (!self->at_end && self->error == NULL && block->size < ERRATA_LIMIT_LINE_BYTES &&
           memchr(block->text, '\n', block->size) == NULL)
        csv_reader_fill(self, block, CSV_BLOCK_BYTES);
    if (self->error != NULL) {
        g_propagate_error(error, g_steal_pointer(&self->error));
        return FALSE;
    }
    if (self->at_end)
        csv_reader_mend_end(self);
    if (block->size == 0) {
        g_set_error_literal(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA, "the file is empty");
        return FALSE;
    }
    self->dialect = errata_csv_dialect_guess(block->text, MIN(block->size, 65536));
    self->columns = g_array_new(FALSE, FALSE, sizeof(guint));
    if (!errata_csv_header_read(&self->dialect,
                                block->text,
                                block->size,
                                self->builder,
                                self->columns,
                                &consumed,
                                &self->n_lines,
                                error))
        return FALSE;
    block->size -= consumed;
    memmove(block->text, block->text + consumed, block->size + CSV_SCAN_SLACK);
    if (self->at_end)
        csv_reader_take_totals(self);
    self->kinds = g_new0(ErrataStoreKind, self->columns->len);
    csv_reader_expect(self, block->text, block->size);
    self->max_chunks = CLAMP(CSV_MAX_PARTS / self->columns->len, 1, CSV_MAX_CHUNKS);
    self->chunks = g_new0(CsvChunk, self->max_chunks);
    return TRUE;
}

/* one round; the block is then the next one */
static gboolean
csv_reader_round(CsvReader *self, GArray *ends, GError **error)
{
    gsize used = csv_reader_cut(self, ends);
    gsize rest = self->block.size - used;
    CsvBlock block = self->block;
    gboolean was_at_end = self->at_end;

    if (self->next.allocated < rest + CSV_SCAN_SLACK + 1) {
        self->next.allocated = rest + CSV_SCAN_SLACK + 1;
        self->next.text = g_realloc(self->next.text, self->next.allocated);
    }
    memcpy(self->next.text, self->block.text + used, rest);
    memset(self->next.text + rest, 0, CSV_SCAN_SLACK);
    self->next.size = rest;
    errata_parallel_for(self->n_chunks + 1, 1, csv_reader_work_cb, self);
    if (!csv_reader_merge(self, error))
        return FALSE;
    if (self->error != NULL) {
        g_propagate_error(error, g_steal_pointer(&self->error));
        return FALSE;
    }
    self->block = self->next;
    self->next = block;
    if (self->at_end && !was_at_end) {
        csv_reader_mend_end(self);
        csv_reader_take_totals(self);
    }
    return TRUE;
}

/**
 * errata_csv_reader_run:
 * @source: the file
 * @builder: gets its columns and rows
 * @error: return location
 *
 * Reads a whole file of separated values.
 *
 * Errors: %ERRATA_ERROR_INVALID_DATA when it is empty, has only a header, or no record could be
 * accepted; %ERRATA_ERROR_LIMIT; those of @source.
 *
 * Returns: whether there are rows
 */
gboolean
errata_csv_reader_run(ErrataSource *source, ErrataFrameBuilder *builder, GError **error)
{
    g_auto(CsvReader) self = {.builder = builder};
    g_autoptr(GArray) ends = g_array_new(FALSE, FALSE, sizeof(gsize));
    const gsize n_before = errata_frame_builder_n_rows(builder);

    self.input = errata_csv_input_new(source, error);
    if (self.input == NULL || !csv_reader_start(&self, error))
        return FALSE;
    while (self.block.size > 0 || !self.at_end)
        if (!csv_reader_round(&self, ends, error))
            return FALSE;
    csv_reader_reject_totals(&self);
    csv_reader_warn(&self);
    if (errata_frame_builder_n_rows(builder) > n_before)
        return TRUE;
    if (self.first_reject != NULL)
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_INVALID_DATA,
                    "no record could be accepted; %s",
                    self.first_reject);
    else
        g_set_error_literal(
            error,
            ERRATA_ERROR,
            ERRATA_ERROR_INVALID_DATA,
            "line 2: expected the first row, found the end of the file: a header only, no rows; "
            "write at least one row below it");
    return FALSE;
}
