/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One record, byte by byte: RFC 4180 with what is found in the wild. A quote opens a field only at
 * its start; within, a doubled quote is a quote, and so is one behind a backslash where the file
 * uses that; what follows the closing quote belongs to the field; a quote elsewhere is data. */
#include <string.h>

#include "csv-private.h"

void
errata_csv_record_init(CsvRecord *self)
{
    self->text = g_string_new(NULL);
    self->ends = g_array_new(FALSE, FALSE, sizeof(gsize));
}

void
errata_csv_record_clear(CsvRecord *self)
{
    if (self->text != NULL)
        g_string_free(g_steal_pointer(&self->text), TRUE);
    g_clear_pointer(&self->ends, g_array_unref);
}

static const char *
csv_record_until(const char *p, const char *end, char a, char b)
{
    while (p < end && *p != a && *p != b)
        p++;
    return p;
}

/* @p behind the opening quote; returns the first byte behind the closing one */
static const char *
csv_record_quoted(CsvRecord *self, const CsvDialect *dialect, const char *p, const char *end)
{
    const char quote = dialect->quote;
    const char escape = dialect->backslash ? '\\' : quote;

    for (;;) {
        const char *q = csv_record_until(p, end, quote, escape);

        g_string_append_len(self->text, p, q - p);
        if (end - q < 2) {
            self->open = q == end || *q == escape;
            return end;
        }
        if (*q == quote && q[1] != quote)
            return q + 1;
        if (*q == quote || q[1] == quote || q[1] == '\\')
            g_string_append_c(self->text, q[1]);
        else
            g_string_append_len(self->text, q, 2);
        p = q + 2;
    }
}

static gboolean
csv_record_is_blank(const char *p, const char *end)
{
    while (p < end && (*p == ' ' || *p == '\t'))
        p++;
    return p == end;
}

/**
 * errata_csv_record_read:
 * @self: where its fields go
 * @dialect: how the file is written
 * @p: the start of a record
 * @end: the end of what is there
 *
 * Returns: the start of the next record; %NULL when there is no line feed that ends this one, with
 *   @open set when that is because of a quote
 */
const char *
errata_csv_record_read(CsvRecord *self, const CsvDialect *dialect, const char *p, const char *end)
{
    self->open = FALSE;
    self->n_junk = 0;
    if (p < end && *p == '\n' && self->text->len == 0 && self->ends->len == 1)
        return p +
               1; /* a blank line after another: what may be most of a file made to waste time */
    g_string_truncate(self->text, 0);
    g_array_set_size(self->ends, 0);
    for (;;) {
        const char *rest;
        const char *stop;

        rest = p < end && *p == dialect->quote ? csv_record_quoted(self, dialect, p + 1, end) : p;
        stop = csv_record_until(rest, end, dialect->separator, '\n');
        if (stop == end)
            return NULL;
        {
            const char *tail = stop;

            if (*stop == '\n' && tail > rest && tail[-1] == '\r')
                tail--;
            if (rest == p || !csv_record_is_blank(rest, tail)) {
                g_string_append_len(self->text, rest, tail - rest);
                self->n_junk += rest != p;
            }
        }
        g_array_append_val(self->ends, self->text->len);
        p = stop + 1;
        if (*stop == '\n')
            return p;
    }
}

const char *
errata_csv_record_field(const CsvRecord *self, gsize field, gsize *ret_length)
{
    gsize begin = field > 0 ? g_array_index(self->ends, gsize, field - 1) : 0;

    *ret_length = g_array_index(self->ends, gsize, field) - begin;
    return self->text->str + begin;
}
