/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json-writer.h"

#include <math.h>

#include "number.h"

static void
json_writer_escape(GString *text, const char *value)
{
    g_autofree char *valid = g_utf8_make_valid(value, -1);

    g_string_append_c(text, '"');
    for (const char *p = valid; *p != '\0'; p++) {
        guchar c = (guchar)*p;

        if (c == '"' || c == '\\')
            g_string_append_printf(text, "\\%c", c);
        else if (c == '\n')
            g_string_append(text, "\\n");
        else if (c < 0x20 || c == 0x7f)
            g_string_append_printf(text, "\\u%04x", c);
        else
            g_string_append_c(text, (char)c);
    }
    g_string_append_c(text, '"');
}

static void
json_writer_lead(ErrataJsonWriter *self, const char *key)
{
    if (self->comma)
        g_string_append_c(self->text, ',');
    self->comma = TRUE;
    if (key == NULL)
        return;
    json_writer_escape(self->text, key);
    g_string_append_c(self->text, ':');
}

/**
 * errata_json_writer_begin:
 * @self: a writer
 * @key: (nullable): the member's name; %NULL in an array or at the top
 * @bracket: `{` or `[`
 */
void
errata_json_writer_begin(ErrataJsonWriter *self, const char *key, char bracket)
{
    json_writer_lead(self, key);
    g_string_append_c(self->text, bracket);
    self->comma = FALSE;
}

void
errata_json_writer_end(ErrataJsonWriter *self, char bracket)
{
    g_string_append_c(self->text, bracket);
    self->comma = TRUE;
}

void
errata_json_writer_null(ErrataJsonWriter *self, const char *key)
{
    json_writer_lead(self, key);
    g_string_append(self->text, "null");
}

/**
 * errata_json_writer_string:
 * @self: a writer
 * @key: (nullable): the member's name
 * @value: (nullable): %NULL is written as null
 */
void
errata_json_writer_string(ErrataJsonWriter *self, const char *key, const char *value)
{
    if (value == NULL) {
        errata_json_writer_null(self, key);
        return;
    }
    json_writer_lead(self, key);
    json_writer_escape(self->text, value);
}

/**
 * errata_json_writer_double:
 * @self: a writer
 * @key: (nullable): the member's name
 * @value: the number; NaN and infinities are written as null, −0 as 0
 */
void
errata_json_writer_double(ErrataJsonWriter *self, const char *key, double value)
{
    char buffer[ERRATA_NUMBER_BUFFER];

    if (!isfinite(value)) {
        errata_json_writer_null(self, key);
        return;
    }
    json_writer_lead(self, key);
    g_string_append(self->text, fabs(value) > 0.0 ? errata_number_print(value, buffer) : "0");
}

void
errata_json_writer_uint(ErrataJsonWriter *self, const char *key, guint64 value)
{
    json_writer_lead(self, key);
    g_string_append_printf(self->text, "%" G_GUINT64_FORMAT, value);
}

void
errata_json_writer_int(ErrataJsonWriter *self, const char *key, gint64 value)
{
    json_writer_lead(self, key);
    g_string_append_printf(self->text, "%" G_GINT64_FORMAT, value);
}

void
errata_json_writer_boolean(ErrataJsonWriter *self, const char *key, gboolean value)
{
    json_writer_lead(self, key);
    g_string_append(self->text, value ? "true" : "false");
}

/* a list of strings; NULL writes an empty one */
void
errata_json_writer_strings(ErrataJsonWriter *self, const char *key, char *const *values)
{
    errata_json_writer_begin(self, key, '[');
    for (guint i = 0; values != NULL && values[i] != NULL; i++)
        errata_json_writer_string(self, NULL, values[i]);
    errata_json_writer_end(self, ']');
}

/* a list of numbers, NaN as null */
void
errata_json_writer_doubles(ErrataJsonWriter *self, const char *key, const double *values, gsize n)
{
    errata_json_writer_begin(self, key, '[');
    for (gsize i = 0; i < n; i++)
        errata_json_writer_double(self, NULL, values[i]);
    errata_json_writer_end(self, ']');
}
