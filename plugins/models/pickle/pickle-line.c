/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts of protocol 0 stand in a line of their own, and what a line cannot hold is escaped: Unicode
 * as Python's codec raw-unicode-escape writes it, Python 2's strings as its repr() does. Arrays lie
 * in them as well, byte by byte. */
#include "pickle-line.h"

#include <math.h>
#include <string.h>

/* the number that @n_digits digits of @base begin with; -1 where fewer follow */
static gint64
line_digits(const char *text, guint n_digits, guint base)
{
    gint64 number = 0;
    for (guint i = 0; i < n_digits; i++) {
        gint digit = g_ascii_xdigit_value(text[i]);
        if (digit < 0 || digit >= (gint)base)
            return -1;
        number = number * base + digit;
    }
    return number;
}

/**
 * pickle_line_raw:
 * @line: what stands behind the operation V
 * @ret_size: length of the text in bytes
 *
 * Bytes are characters of Latin-1, \uXXXX and \UXXXXXXXX others.
 *
 * Source: Lib/pickle.py, save_str and load_unicode.
 *
 * Returns: (transfer full): the text in UTF-8; it may hold NULs
 */
char *
pickle_line_raw(const char *line, gsize *ret_size)
{
    GString *text = g_string_new(NULL);
    for (const char *at = line; *at != '\0';) {
        guint n = at[0] != '\\' ? 0 : at[1] == 'u' ? 4 : at[1] == 'U' ? 8 : 0;
        gint64 code = n > 0 ? line_digits(at + 2, n, 16) : -1;
        if (code < 0) {
            g_string_append_unichar(text, (guchar)*at++);
            continue;
        }
        g_string_append_unichar(text, g_unichar_validate((gunichar)code) ? (gunichar)code : 0xFFFD);
        at += n + 2;
    }
    *ret_size = text->len;
    return g_string_free(text, FALSE);
}

/* one escape, and how many characters it takes; what is none stays a backslash */
static char
line_escape(const char *at, guint *ret_length)
{
    static const char letters[] = "abfnrtv\\'\"";
    static const char bytes[] = "\a\b\f\n\r\t\v\\'\"";
    const char *letter = at[1] != '\0' ? strchr(letters, at[1]) : NULL;
    gint64 code = at[1] == 'x' ? line_digits(at + 2, 2, 16) : -1;
    *ret_length = letter != NULL ? 2 : code >= 0 ? 4 : 1;
    if (letter != NULL)
        return bytes[letter - letters];
    for (guint n = 3; code < 0 && n > 0; n--) {
        code = line_digits(at + 1, n, 8);
        *ret_length = code >= 0 ? n + 1 : 1;
    }
    return code >= 0 ? (char)(guchar)code : '\\';
}

/**
 * pickle_line_quoted:
 * @line: what stands behind the operation S: within quotes, as they must be
 * @ret_size: number of bytes
 *
 * Source: Lib/pickle.py, load_string; the language reference on escapes.
 *
 * Returns: (transfer full): the bytes; they may hold NULs
 */
char *
pickle_line_quoted(const char *line, gsize *ret_size)
{
    gsize length = strlen(line);
    gboolean is_quoted = length >= 2 && (line[0] == '\'' || line[0] == '"') &&
                         line[length - 1] == line[0];
    const char *end = line + length - (is_quoted ? 1 : 0);
    GString *text = g_string_new(NULL);
    for (const char *at = line + (is_quoted ? 1 : 0); at < end;) {
        guint n = 1;
        g_string_append_c(text, *at == '\\' ? line_escape(at, &n) : *at);
        at += n;
    }
    *ret_size = text->len;
    return g_string_free(text, FALSE);
}

gboolean
pickle_line_special(const char *line, double *ret_number)
{
    gboolean is_nan = g_str_equal(line, "nan");
    if (!is_nan && !g_str_equal(line, "inf") && !g_str_equal(line, "-inf"))
        return FALSE;
    *ret_number = is_nan ? (double)NAN : line[0] == '-' ? -(double)INFINITY : (double)INFINITY;
    return TRUE;
}
