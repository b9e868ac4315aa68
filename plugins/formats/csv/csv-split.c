/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A block cut at the ends of records. Where quotes stand as they should, the parity of quotes
 * finds such an end quickly; elsewhere records are walked through one by one. */
#include <string.h>

#include "csv-private.h"

/* the end of the last whole record within about @target bytes of @p, or NULL */
static const char *
csv_split_fast(const CsvDialect *dialect, const char *p, const char *end, gsize target)
{
    gsize size = MIN((gsize)(end - p), target);

    if (memchr(p, dialect->quote, size) == NULL) {
        const char *last = memrchr(p, '\n', size);

        return last != NULL ? last + 1 : NULL;
    }
    if (!dialect->backslash && dialect->quote == '"') {
        CsvScan scan = errata_csv_scan(p, size, dialect->separator, NULL);

        if (!scan.wild_quotes && scan.last_line != G_MAXSIZE)
            return p + scan.last_line + 1;
    }
    return NULL;
}

static const char *
csv_split_slow(const CsvDialect *dialect,
               CsvRecord *record,
               const char *p,
               const char *end,
               gsize target)
{
    const char *stop = NULL;

    for (const char *next = p; next != NULL && next < end && (gsize)(next - p) < target;) {
        next = errata_csv_record_read(record, dialect, next, end);
        if (next != NULL)
            stop = next;
    }
    return stop;
}

/**
 * errata_csv_split:
 * @dialect: how the file is written
 * @text: (array length=size): starts with a record; %CSV_SCAN_SLACK more bytes are readable
 * @size: bytes
 * @target: bytes of a chunk, about
 * @ends: (element-type gsize): gets the end of every chunk
 * @max_chunks: chunks at most
 * @ret_open: (out): whether the record behind the last chunk is open because of a quote
 *
 * Returns: the end of the last chunk
 */
gsize
errata_csv_split(const CsvDialect *dialect,
                 const char *text,
                 gsize size,
                 gsize target,
                 GArray *ends,
                 gsize max_chunks,
                 gboolean *ret_open)
{
    const char *end = text + size;
    const char *p = text;
    CsvRecord record;

    errata_csv_record_init(&record);
    while (p < end && ends->len < max_chunks) {
        const char *stop = csv_split_fast(dialect, p, end, target);
        gsize at;

        if (stop == NULL)
            stop = csv_split_slow(dialect, &record, p, end, target);
        if (stop == NULL)
            break;
        p = stop;
        at = (gsize)(p - text);
        g_array_append_val(ends, at);
    }
    *ret_open = p < end && ends->len < max_chunks && record.open;
    errata_csv_record_clear(&record);
    return (gsize)(p - text);
}
