/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "frame-builder.h"
#include "source.h"

G_BEGIN_DECLS

/**
 * CsvDialect:
 * @separator: `,` tab `;` or `|`
 * @quote: `"`, or `'` where the header has them around all of its fields
 * @backslash: within quotes `\"` is a quote
 * @comments: lines that start with `#` are no records
 * @decimal_comma: numbers are written "1,5"
 * @n_fields: fields of most records; 0 when there are none
 * @share: share of the sampled records with so many, in [0, 1]
 * @header: (nullable): the line of the header without its end, of several columns: where files are
 *   joined it stands among the records, too
 */
typedef struct {
    char separator;
    char quote;
    gboolean backslash;
    gboolean comments;
    gboolean decimal_comma;
    gsize n_fields;
    double share;
    GString *header;
} CsvDialect;

/**
 * CsvRecord:
 * @text: the fields one after the other, quotes resolved
 * @ends: (element-type gsize): where each field ends in @text
 * @open: the input ended within quotes
 * @n_junk: fields with something between the closing quote and the separator
 */
typedef struct {
    GString *text;
    GArray *ends;
    gboolean open;
    gsize n_junk;
} CsvRecord;

/* csv-record.c */
void errata_csv_record_init(CsvRecord *self);
void errata_csv_record_clear(CsvRecord *self);
const char *errata_csv_record_read(CsvRecord *self,
                                   const CsvDialect *dialect,
                                   const char *p,
                                   const char *end);
const char *errata_csv_record_field(const CsvRecord *self, gsize field, gsize *ret_length);

/* csv-dialect.c */
CsvDialect errata_csv_dialect_guess(const char *text, gsize size);

/* csv-header.c */
gboolean errata_csv_header_read(CsvDialect *dialect,
                                const char *text,
                                gsize size,
                                ErrataFrameBuilder *builder,
                                GArray *ret_columns,
                                gsize *ret_consumed,
                                gsize *ret_lines,
                                GError **error);

/* csv-input.c: bytes as UTF-8 (or what claims to be) with line feeds */
typedef struct _CsvInput CsvInput;

CsvInput *errata_csv_input_new(ErrataSource *source, GError **error);
void errata_csv_input_free(CsvInput *self);
guint64 errata_csv_input_size(const CsvInput *self); /* 0 where unknown */
gssize errata_csv_input_read(CsvInput *self, char *buffer, gsize size, GError **error);
char *errata_csv_input_head(const guint8 *head, gsize size, gsize *ret_size);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsvInput, errata_csv_input_free)

/* csv-scan.c */

/**
 * CsvScan:
 * @n_ends: separators and line feeds outside quotes; their offsets are in the index
 * @n_lines: line feeds outside quotes
 * @any_quote: there are quotes
 * @odd_quotes: some do not stand around whole fields
 * @wild_quotes: some are neither that nor doubled, so that what is within quotes is uncertain
 * @open: one is not closed at the end
 * @last_line: offset of the last line feed outside quotes, or %G_MAXSIZE
 * @any_foreign: there are bytes above 127
 * @any_nul: there are NUL bytes
 */
typedef struct {
    gsize n_ends;
    gsize n_lines;
    gboolean any_quote;
    gboolean odd_quotes;
    gboolean wild_quotes;
    gboolean open;
    gsize last_line;
    gboolean any_foreign;
    gboolean any_nul;
    gboolean any_cr;
} CsvScan;

#define CSV_SCAN_SLACK 64 /* bytes behind the text that are read and ignored */

CsvScan errata_csv_scan(const char *text, gsize size, char separator, guint32 *index);
CsvScan errata_csv_scan_plain(const char *text, gsize size, char separator, guint32 *index);

/* csv-chunk.c */

/**
 * CsvChunk:
 * @text: whole records, each with its line feed; %CSV_SCAN_SLACK more bytes are readable
 * @size: bytes
 * @defect: (nullable): why the chunk is one record that cannot be accepted
 * @more_lines: lines that were skipped behind the chunk
 * @parts: (array length=n_columns): the accepted rows
 * @n_lines: line feeds, found by errata_csv_chunk_parse()
 * @rejects: (element-type CsvReject): in order
 *
 * A piece of the file that is read on its own.
 */
typedef struct {
    const char *text;
    gsize size;
    const char *defect;
    gsize more_lines;
    ErrataColumnStore *parts;
    gsize n_columns;
    gsize n_lines;
    GArray *rejects;
    guint32 *index;
    gsize index_allocated;
    CsvRecord record;
    gsize *n_not_utf8; /* per column, or NULL */
    gsize *n_nul;
    gsize n_junk;
    gsize n_comments;
    gsize n_headers; /* records that are the header again */
    gsize n_long;    /* records with empty fields too many */
} CsvChunk;

typedef struct {
    gsize line; /* from the start of the chunk */
    gsize begin;
    gsize size;
    gsize n_fields; /* 0: see @why */
    const char *why;
} CsvReject;

void errata_csv_chunk_init(CsvChunk *self, gsize n_columns);
void errata_csv_chunk_clear(CsvChunk *self);
void errata_csv_chunk_parse(CsvChunk *self,
                            const CsvDialect *dialect,
                            const ErrataStoreKind *kinds);

/* csv-split.c */
gsize errata_csv_split(const CsvDialect *dialect,
                       const char *text,
                       gsize size,
                       gsize target,
                       GArray *ends,
                       gsize max_chunks,
                       gboolean *ret_open);

/* csv-tail.c */
gsize errata_csv_tail_totals(const CsvDialect *dialect,
                             const char *text,
                             gsize size,
                             gsize n_columns);

G_END_DECLS
