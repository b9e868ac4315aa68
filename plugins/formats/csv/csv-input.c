/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bytes of a file as the rest reads them: without byte order mark, UTF-16 and UTF-32 as UTF-8,
 * and line feeds where a file has only carriage returns. */
#include <string.h>

#include "csv-private.h"

#define CSV_INPUT_RAW  65536
#define CSV_INPUT_PEEK 65536

typedef enum {
    CSV_BYTES,
    CSV_UTF16_LE,
    CSV_UTF16_BE,
    CSV_UTF32_LE,
    CSV_UTF32_BE,
} CsvEncoding;

struct _CsvInput {
    ErrataSource *source;
    CsvEncoding encoding;
    gsize bom; /* bytes still to skip */
    gboolean cr_only;
    guint8 *raw; /* for UTF-16 and UTF-32 */
    gsize n_raw; /* kept from the last read: half a unit or half a pair */
};

static gsize
csv_input_unit_size(CsvEncoding encoding)
{
    return encoding == CSV_UTF32_LE || encoding == CSV_UTF32_BE ? 4 : 2;
}

static gunichar
csv_input_unit(const guint8 *p, CsvEncoding encoding)
{
    switch (encoding) {
    case CSV_UTF16_LE:
        return (gunichar)(p[0] | p[1] << 8);
    case CSV_UTF16_BE:
        return (gunichar)(p[1] | p[0] << 8);
    case CSV_UTF32_LE:
        return p[0] | (gunichar)p[1] << 8 | (gunichar)p[2] << 16 | (gunichar)p[3] << 24;
    case CSV_UTF32_BE:
        return p[3] | (gunichar)p[2] << 8 | (gunichar)p[1] << 16 | (gunichar)p[0] << 24;
    case CSV_BYTES:
        break;
    }
    return *p;
}

/* whether all of the first units are characters, and none is NUL */
static gboolean
csv_input_is_utf32(const guint8 *head, gsize size, CsvEncoding encoding)
{
    for (gsize i = 0; i + 4 <= MIN(size, 512); i += 4) {
        gunichar c = csv_input_unit(head + i, encoding);

        if (c == 0 || c > 0x10FFFF)
            return FALSE;
    }
    return size >= 16;
}

static CsvEncoding
csv_input_encoding(const guint8 *head, gsize size, gsize *ret_bom)
{
    gsize n_zero[2] = {0, 0};

    *ret_bom = 0;
    if (size >= 3 && memcmp(head, "\xEF\xBB\xBF", 3) == 0) {
        *ret_bom = 3;
        return CSV_BYTES;
    }
    for (CsvEncoding wide = CSV_UTF32_LE; wide <= CSV_UTF32_BE; wide++)
        if (csv_input_is_utf32(head, size, wide)) {
            *ret_bom = csv_input_unit(head, wide) == 0xFEFF ? 4 : 0;
            return wide;
        }
    if (size >= 2 && (memcmp(head, "\xFF\xFE", 2) == 0 || memcmp(head, "\xFE\xFF", 2) == 0)) {
        *ret_bom = 2;
        return head[0] == 0xFF ? CSV_UTF16_LE : CSV_UTF16_BE;
    }
    for (gsize i = 0; i < MIN(size, 512); i++)
        n_zero[i & 1] += head[i] == 0;
    if (size >= 16 && n_zero[1] > MIN(size, 512) / 5 * 2 && n_zero[0] == 0)
        return CSV_UTF16_LE;
    if (size >= 16 && n_zero[0] > MIN(size, 512) / 5 * 2 && n_zero[1] == 0)
        return CSV_UTF16_BE;
    return CSV_BYTES;
}

/* whole characters of @raw into @out, three bytes of room for two; what is no character becomes
 * U+FFFD; returns the bytes written, and in @used those read */
static gsize
csv_input_decode(const guint8 *raw,
                 gsize n_raw,
                 CsvEncoding encoding,
                 gboolean at_end,
                 char *out,
                 gsize *used)
{
    gsize unit = csv_input_unit_size(encoding);
    gsize n = 0;
    gsize i = 0;

    while (i + unit <= n_raw) {
        gunichar c = csv_input_unit(raw + i, encoding);

        if (unit == 2 && c >= 0xD800 && c < 0xDC00) {
            gunichar low;

            if (i + 4 > n_raw && !at_end)
                break;
            low = i + 4 <= n_raw ? csv_input_unit(raw + i + 2, encoding) : 0;
            if (low >= 0xDC00 && low < 0xE000) {
                c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
                i += 2;
            }
        }
        if ((c >= 0xD800 && c < 0xE000) || c > 0x10FFFF)
            c = 0xFFFD;
        n += (gsize)g_unichar_to_utf8(c, out + n);
        i += unit;
    }
    *used = at_end ? n_raw : i;
    return n;
}

static gboolean
csv_input_is_cr_only(const char *text, gsize size)
{
    return memchr(text, '\r', size) != NULL && memchr(text, '\n', size) == NULL;
}

static void
csv_input_cr_to_lf(char *text, gsize size)
{
    for (gsize i = 0; i < size; i++)
        if (text[i] == '\r')
            text[i] = '\n';
}

/**
 * errata_csv_input_head:
 * @head: (array length=size): the first bytes of a file
 * @size: bytes
 * @ret_size: (out): bytes returned
 *
 * Returns: (transfer full): the start of the file as errata_csv_input_read() gives it
 */
char *
errata_csv_input_head(const guint8 *head, gsize size, gsize *ret_size)
{
    gsize bom, used;
    CsvEncoding encoding = csv_input_encoding(head, size, &bom);
    char *text = g_malloc(size * 2 + 8);

    if (encoding == CSV_BYTES) {
        *ret_size = size - bom;
        memcpy(text, head + bom, *ret_size);
    } else {
        *ret_size = csv_input_decode(head + bom, size - bom, encoding, FALSE, text, &used);
    }
    if (csv_input_is_cr_only(text, *ret_size))
        csv_input_cr_to_lf(text, *ret_size);
    return text;
}

/**
 * errata_csv_input_new:
 * @source: the file; stays the caller's
 * @error: return location
 *
 * Returns: (transfer full): what reads it; %NULL with the error of the source
 */
CsvInput *
errata_csv_input_new(ErrataSource *source, GError **error)
{
    const guint8 *head;
    gsize size;
    CsvInput *self;

    if (!errata_source_peek(source, CSV_INPUT_PEEK, &head, &size, error))
        return NULL;
    self = g_new0(CsvInput, 1);
    self->source = source;
    self->encoding = csv_input_encoding(head, size, &self->bom);
    if (self->encoding == CSV_BYTES) {
        self->cr_only = csv_input_is_cr_only((const char *)head, size);
    } else {
        g_autofree char *text = g_malloc(size * 2 + 8);
        gsize used;
        gsize n = csv_input_decode(head + self->bom,
                                   size - self->bom,
                                   self->encoding,
                                   FALSE,
                                   text,
                                   &used);

        self->raw = g_malloc(CSV_INPUT_RAW);
        self->cr_only = csv_input_is_cr_only(text, n);
    }
    return self;
}

guint64
errata_csv_input_size(const CsvInput *self)
{
    return self->encoding == CSV_BYTES ? errata_source_size(self->source) : 0;
}

void
errata_csv_input_free(CsvInput *self)
{
    if (self == NULL)
        return;
    g_free(self->raw);
    g_free(self);
}

static gboolean
csv_input_skip_bom(CsvInput *self, GError **error)
{
    guint8 bom[4];

    while (self->bom > 0) {
        gssize n = errata_source_read(self->source, bom, self->bom, error);

        if (n <= 0)
            return n == 0;
        self->bom -= (gsize)n;
    }
    return TRUE;
}

static gssize
csv_input_read_wide(CsvInput *self, char *buffer, gsize size, GError **error)
{
    gsize room = MIN(CSV_INPUT_RAW, size / 3 * 2);
    gsize n = 0;

    while (n == 0) {
        gssize got =
            errata_source_read(self->source, self->raw + self->n_raw, room - self->n_raw, error);
        gsize used = 0;

        if (got < 0)
            return -1;
        n = csv_input_decode(self->raw,
                             self->n_raw + (gsize)got,
                             self->encoding,
                             got == 0,
                             buffer,
                             &used);
        self->n_raw += (gsize)got - used;
        memmove(self->raw, self->raw + used, self->n_raw);
        if (got == 0)
            break;
    }
    return (gssize)n;
}

/**
 * errata_csv_input_read:
 * @self: an input
 * @buffer: (array length=size): where the text goes
 * @size: room, at least 64
 * @error: return location
 *
 * Returns: bytes, 0 at the end, −1 with the error of the source
 */
gssize
errata_csv_input_read(CsvInput *self, char *buffer, gsize size, GError **error)
{
    gssize n;

    if (!csv_input_skip_bom(self, error))
        return -1;
    n = self->encoding == CSV_BYTES ? errata_source_read(self->source, buffer, size, error)
                                    : csv_input_read_wide(self, buffer, size, error);
    if (n > 0 && self->cr_only)
        csv_input_cr_to_lf(buffer, (gsize)n);
    return n;
}
