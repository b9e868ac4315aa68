/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A chunk of whole records, read on its own. The usual chunk is regular: every line has as many
 * fields as there are columns, and quotes stand around whole fields; its fields are found with bit
 * masks and each column is read in one loop. Any other chunk is read record by record. */
#include <string.h>

#include "csv-private.h"
#include "limit.h"
#include "text.h"

void
errata_csv_chunk_init(CsvChunk *self, gsize n_columns)
{
    *self = (CsvChunk){.n_columns = n_columns};
    self->parts = g_new0(ErrataColumnStore, n_columns);
    self->rejects = g_array_new(FALSE, FALSE, sizeof(CsvReject));
    errata_csv_record_init(&self->record);
}

void
errata_csv_chunk_clear(CsvChunk *self)
{
    for (gsize i = 0; self->parts != NULL && i < self->n_columns; i++)
        errata_column_store_clear(&self->parts[i]);
    g_clear_pointer(&self->parts, g_free);
    g_clear_pointer(&self->rejects, g_array_unref);
    g_clear_pointer(&self->index, g_free);
    g_clear_pointer(&self->n_not_utf8, g_free);
    g_clear_pointer(&self->n_nul, g_free);
    errata_csv_record_clear(&self->record);
}

static void
csv_chunk_start(CsvChunk *self, const CsvDialect *dialect, const ErrataStoreKind *kinds)
{
    for (gsize i = 0; i < self->n_columns; i++) {
        errata_column_store_start(&self->parts[i], kinds[i]);
        self->parts[i].decimal_comma = dialect->decimal_comma;
    }
    g_array_set_size(self->rejects, 0);
    g_clear_pointer(&self->n_not_utf8, g_free);
    g_clear_pointer(&self->n_nul, g_free);
    self->n_lines = 0;
    self->n_junk = 0;
    self->n_comments = 0;
    self->n_headers = 0;
    self->n_long = 0;
}

static gsize
csv_chunk_count_lines(const char *p, const char *end)
{
    gsize n = 0;

    for (; (p = memchr(p, '\n', (gsize)(end - p))) != NULL; p++)
        n++;
    return n;
}

/* whether the line at @p is the header, however the two lines end */
static gboolean
csv_chunk_is_header(const CsvDialect *dialect, const char *p, gsize size)
{
    gsize length = dialect->header != NULL ? dialect->header->len : 0;

    if (length == 0 || size <= length || memcmp(p, dialect->header->str, length) != 0)
        return FALSE;
    return p[length] == '\n' || (p[length] == '\r' && size > length + 1 && p[length + 1] == '\n');
}

/* whether every line ends with the last column's field, and none is a comment or the header */
static gboolean
csv_chunk_is_regular(const CsvChunk *self, const CsvDialect *dialect, const CsvScan *scan)
{
    if (scan->n_ends != scan->n_lines * self->n_columns || self->n_columns < 2)
        return FALSE;
    for (gsize at = self->n_columns - 1; at < scan->n_ends; at += self->n_columns)
        if (self->text[self->index[1 + at]] != '\n')
            return FALSE;
    for (gsize at = 0; dialect->comments && at < scan->n_ends; at += self->n_columns)
        if (self->text[(guint32)(self->index[at] + 1)] == '#')
            return FALSE;
    for (gsize at = 0; dialect->header != NULL && at < scan->n_ends; at += self->n_columns) {
        guint32 begin = self->index[at] + 1;

        if (self->text[begin] == dialect->header->str[0] &&
            csv_chunk_is_header(dialect, self->text + begin, self->size - begin))
            return FALSE;
    }
    return TRUE;
}

static gboolean
csv_chunk_parse_regular(CsvChunk *self, const CsvDialect *dialect)
{
    CsvScan scan;

    if (self->size > ERRATA_LIMIT_CELL_BYTES || dialect->quote != '"')
        return FALSE;
    if (self->index_allocated < self->size + 1) {
        self->index_allocated = self->size + 1;
        g_free(self->index);
        self->index = g_new(guint32, self->index_allocated);
    }
    self->index[0] = G_MAXUINT32; /* the first field begins at 0 */
    scan = errata_csv_scan(self->text, self->size, dialect->separator, self->index + 1);
    if (scan.wild_quotes || scan.open || scan.any_nul || (scan.any_quote && dialect->backslash))
        return FALSE;
    if (!csv_chunk_is_regular(self, dialect, &scan))
        return FALSE;
    if (scan.any_foreign && !g_utf8_validate_len(self->text, self->size, NULL))
        return FALSE;
    for (gsize i = 0; i < self->n_columns; i++) {
        ErrataCells cells = {self->text,
                             self->index + 1 + i,
                             self->n_columns,
                             scan.n_lines,
                             scan.any_quote,
                             scan.odd_quotes,
                             scan.any_cr && i + 1 == self->n_columns};

        errata_column_store_append_cells(&self->parts[i], &cells);
    }
    self->n_lines = scan.any_quote ? csv_chunk_count_lines(self->text, self->text + self->size)
                                   : scan.n_lines;
    return TRUE;
}

static void
csv_chunk_append_field(CsvChunk *self, gsize column, const char *text, gsize length)
{
    g_autofree char *clean = NULL;
    gboolean had_nul = FALSE;

    if (errata_text_is_clean(text, length)) {
        errata_column_store_append_cell(&self->parts[column], text, length);
        return;
    }
    if (self->n_nul == NULL) {
        self->n_nul = g_new0(gsize, self->n_columns);
        self->n_not_utf8 = g_new0(gsize, self->n_columns);
    }
    clean = errata_text_repair(text, length, &had_nul);
    self->n_nul[column] += had_nul;
    self->n_not_utf8[column] += !had_nul;
    errata_column_store_append_cell(&self->parts[column], clean, strlen(clean));
}

/* why the record cannot be accepted, with its fields when that is the reason; NULL: it can */
static const char *
csv_chunk_judge(CsvChunk *self, gsize *ret_n_fields)
{
    gsize n = self->record.ends->len;
    gsize length = 0;

    *ret_n_fields = 0;
    for (gsize i = self->n_columns; i < n; i++) {
        errata_csv_record_field(&self->record, i, &length);
        if (length > 0)
            break;
    }
    if (n < self->n_columns || length > 0) {
        *ret_n_fields = n;
        return "fields";
    }
    self->n_long += n > self->n_columns;
    for (gsize i = 0; i < self->n_columns; i++) {
        errata_csv_record_field(&self->record, i, &length);
        if (length > ERRATA_LIMIT_CELL_BYTES)
            return "a cell is longer than 1 MiB";
    }
    return NULL;
}

static void
csv_chunk_reject(CsvChunk *self,
                 const char *begin,
                 const char *end,
                 gsize n_fields,
                 const char *why)
{
    CsvReject reject = {self->n_lines, (gsize)(begin - self->text), 0, n_fields, why};

    while (end > begin && (end[-1] == '\n' || end[-1] == '\r'))
        end--;
    reject.size = (gsize)(end - begin);
    g_array_append_val(self->rejects, reject);
}

static void
csv_chunk_take_record(CsvChunk *self, const CsvDialect *dialect, const char *p, const char *next)
{
    gsize n_fields;
    gsize length;
    const char *why;

    errata_csv_record_field(&self->record, 0, &length);
    /* a blank line; but of a single column "" is a cell, as its missing ones are written */
    if (self->record.ends->len == 1 && length == 0 && (self->n_columns > 1 || *p != dialect->quote))
        return;
    if (dialect->comments && *p == '#') {
        self->n_comments++;
        return;
    }
    if (csv_chunk_is_header(dialect, p, (gsize)(next - p))) {
        self->n_headers++;
        return;
    }
    why = csv_chunk_judge(self, &n_fields);
    if (why != NULL) {
        csv_chunk_reject(self, p, next, n_fields, why);
        return;
    }
    self->n_junk += self->record.n_junk;
    for (gsize i = 0; i < self->n_columns; i++) {
        const char *field = errata_csv_record_field(&self->record, i, &length);

        csv_chunk_append_field(self, i, field, length);
    }
}

static void
csv_chunk_parse_records(CsvChunk *self, const CsvDialect *dialect)
{
    const char *end = self->text + self->size;

    for (const char *p = self->text; p < end;) {
        const char *next = errata_csv_record_read(&self->record, dialect, p, end);

        if (next == NULL) { /* the cut was not at the end of a record: not to happen */
            csv_chunk_reject(self, p, end, 0, "the record has no end");
            next = end;
        } else {
            csv_chunk_take_record(self, dialect, p, next);
        }
        self->n_lines += csv_chunk_count_lines(p, next);
        p = next;
    }
}

/**
 * errata_csv_chunk_parse:
 * @self: a chunk with its text
 * @dialect: how the file is written
 * @kinds: (array length=n_columns): how values of each column will probably be kept
 *
 * Reads the chunk into @parts and @rejects. Uses nothing but the chunk, so chunks may be read at
 * the same time.
 */
void
errata_csv_chunk_parse(CsvChunk *self, const CsvDialect *dialect, const ErrataStoreKind *kinds)
{
    const char *end = self->text + self->size;

    csv_chunk_start(self, dialect, kinds);
    if (self->defect != NULL) {
        csv_chunk_reject(self, self->text, end, 0, self->defect);
        self->n_lines = csv_chunk_count_lines(self->text, end) + self->more_lines;
    } else if (!csv_chunk_parse_regular(self, dialect)) {
        csv_chunk_parse_records(self, dialect);
    }
}
