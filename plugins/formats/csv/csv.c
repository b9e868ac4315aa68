/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Comma, tab, semicolon and pipe separated values: what they are recognised by.
 *
 * What is done with files that are not as RFC 4180 has them:
 * - a record with too few fields, or with more that are not empty, is rejected with its line; no
 *   column is ever shifted; empty fields too many are dropped, with a warning
 * - a quote that is opened and not closed within 2 MiB costs the line it is on
 * - text behind a closing quote stays part of the field; \" is a quote where that fits better
 * - bytes that are not UTF-8 are read as Windows-1252 cell by cell, NUL becomes U+FFFD; both warned
 * of
 * - UTF-16, UTF-32, carriage returns alone, "sep=;", comment lines, R's row names and a header
 *   behind # are understood
 * - columns without a name, or with one that is taken, get one; a first record of data is no header
 * - a cell over 1 MiB or a record over 16 MiB is rejected */
#include <string.h>

#include "csv-reader.h"
#include "plugin.h"

/* share of the bytes that text does not hold, in percent */
static guint
csv_control_share(const char *text, gsize size)
{
    gsize n = 0;

    for (gsize i = 0; i < size; i++)
        n += (guint8)text[i] < ' ' && strchr("\n\r\t", text[i]) == NULL;
    return size > 0 ? (guint)(n * 100 / size) : 0;
}

static gboolean
csv_is_named(const char *name)
{
    static const char *const ends[] = {".csv", ".tsv", ".tab", ".psv", ".txt", ".dat"};
    g_autofree char *lower = g_ascii_strdown(name != NULL ? name : "", -1);

    for (gsize i = 0; i < G_N_ELEMENTS(ends); i++)
        if (g_str_has_suffix(lower, ends[i]))
            return TRUE;
    return FALSE;
}

/* starts like a format that has separators in it too */
static gboolean
csv_is_other(const char *text, gsize size)
{
    static const char *const starts[] = {"<?xml", "<!doc", "<html", "<pmml", "%pdf", "@relation"};

    for (; size > 0 && g_ascii_isspace(*text); size--)
        text++;
    if (size == 0 || *text == '{' || *text == '[')
        return TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(starts); i++)
        if (size >= strlen(starts[i]) &&
            g_ascii_strncasecmp(text, starts[i], strlen(starts[i])) == 0)
            return TRUE;
    return FALSE;
}

static guint
csv_sniff(const guint8 *head, gsize size, const char *name)
{
    gsize length;
    g_autofree char *text = errata_csv_input_head(head, size, &length);
    guint named = csv_is_named(name) ? 15 : 0;
    CsvDialect dialect;

    while (length > 0 && text[length - 1] == '\0')
        length--; /* a torn write */
    if (length == 0 || csv_control_share(text, length) > 2)
        return 0;
    if (csv_is_other(text, length))
        return named > 0 ? 5 : 0;
    if (text[length - 1] != '\n' && length < size + 1)
        text[length++] = '\n'; /* a file of one line; the buffer has room */
    dialect = errata_csv_dialect_guess(text, length);
    if (dialect.n_fields == 0)
        return 0;
    if (dialect.n_fields < 2)
        return named > 0 ? 30 : 3;
    if (dialect.share >= 0.9)
        return 80 + named;
    return dialect.share >= 0.5 ? 50 + named : 10 + named;
}

static gboolean
csv_read(ErrataSource *source, ErrataFrameBuilder *builder, GError **error)
{
    return errata_csv_reader_run(source, builder, error);
}

static const ErrataFormat csv_format = {
    .id = "csv",
    .summary = "Comma, tab, semicolon or pipe separated values, RFC 4180 and its deviations",
    .sniff = csv_sniff,
    .read = csv_read,
};

extern const ErrataPlugin errata_plugin_csv;

const ErrataPlugin errata_plugin_csv = {
    .abi = ERRATA_PLUGIN_ABI,
    .struct_size = sizeof(ErrataPlugin),
    .id = "csv",
    .formats = (const ErrataFormat *const[]){&csv_format, NULL},
};
