/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Strings from untrusted bytes: valid UTF-8 without NUL passes; the rest is read as Windows-1252,
 * the superset of Latin-1 that wrongly labelled logs are written in. */
#include "text.h"

#include <string.h>

/**
 * errata_text_is_clean:
 * @text: (array length=length): any bytes
 * @length: bytes
 *
 * Returns: whether @text is valid UTF-8 and holds no NUL
 */
gboolean
errata_text_is_clean(const char *text, gsize length)
{
    guint64 any = 0;
    gsize i = 0;

    for (; i + 8 <= length; i += 8) {
        guint64 word;

        memcpy(&word, text + i, sizeof word);
        /* a high bit in the byte, or a borrow from a byte that is 0 */
        any |= word | (word - G_GUINT64_CONSTANT(0x0101010101010101));
    }
    if ((any & G_GUINT64_CONSTANT(0x8080808080808080)) == 0) {
        while (i < length && text[i] > 0)
            i++;
        if (i == length)
            return TRUE;
    }
    return g_utf8_validate_len(text, length, NULL) && memchr(text, '\0', length) == NULL;
}

static gunichar
text_windows_1252(guint8 byte)
{
    static const guint16 high[32] = {
        0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
        0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
        0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178};

    return byte >= 0x80 && byte < 0xA0 ? high[byte - 0x80] : byte;
}

/**
 * errata_text_repair:
 * @text: (array length=length): any bytes
 * @length: bytes
 * @ret_had_nul: (out) (optional): whether there were NUL bytes
 *
 * Makes valid UTF-8: NUL bytes become U+FFFD; when the rest is not UTF-8, all of it is read as
 * Windows-1252.
 *
 * Returns: (transfer full): the string
 */
char *
errata_text_repair(const char *text, gsize length, gboolean *ret_had_nul)
{
    g_autoptr(GString) clean = g_string_sized_new(length + 16);
    gboolean had_nul = memchr(text, '\0', length) != NULL;
    gboolean is_utf8 = TRUE;

    for (gsize begin = 0; begin < length && is_utf8;) {
        gsize n = strnlen(text + begin, length - begin);

        is_utf8 = g_utf8_validate_len(text + begin, n, NULL);
        begin += n + 1;
    }
    for (gsize i = 0; i < length; i++) {
        if (text[i] == '\0')
            g_string_append_unichar(clean, 0xFFFD);
        else if (is_utf8)
            g_string_append_c(clean, text[i]);
        else
            g_string_append_unichar(clean, text_windows_1252((guint8)text[i]));
    }
    if (ret_had_nul != NULL)
        *ret_had_nul = had_nul;
    return g_string_free(g_steal_pointer(&clean), FALSE);
}

/* the byte that Windows-1252, or Latin-1, reads as a character; −1 for none */
static int
text_byte_of(gunichar c)
{
    if (c < 0x100)
        return (int)c;
    for (guint byte = 0x80; byte < 0xA0; byte++)
        if (c != 0xFFFD && text_windows_1252((guint8)byte) == c)
            return (int)byte;
    return -1;
}

/* whether there is a character that the first byte of two or more is read as: Â … ô */
static gboolean
text_may_be_garbled(const char *text, gsize length)
{
    const char *end = text + length;

    for (const char *p = memchr(text, 0xC3, length); p != NULL && p + 1 < end;
         p = memchr(p + 1, 0xC3, (gsize)(end - p) - 1))
        if ((guint8)p[1] >= 0x82 && (guint8)p[1] <= 0xB4)
            return TRUE;
    return FALSE;
}

/**
 * errata_text_ungarble:
 * @text: (array length=length): valid UTF-8
 * @length: bytes
 *
 * Undoes UTF-8 that was read as Windows-1252 or Latin-1 and written as UTF-8 again: “GenÃ¨ve” was
 * “Genève”.
 *
 * Returns: (transfer full) (nullable): what @text was, or %NULL when that did not happen to it
 */
char *
errata_text_ungarble(const char *text, gsize length)
{
    g_autoptr(GString) bytes = NULL;
    const char *end = text + length;

    if (length == 0 || !text_may_be_garbled(text, length) ||
        !g_utf8_validate_len(text, length, NULL))
        return NULL;
    bytes = g_string_sized_new(length);
    for (const char *p = text; p < end; p += g_utf8_skip[(guint8)*p]) {
        int byte = text_byte_of(g_utf8_get_char(p));

        if (byte <= 0)
            return NULL;
        g_string_append_c(bytes, (char)byte);
    }
    if (!g_utf8_validate_len(bytes->str, bytes->len, NULL))
        return NULL;
    return g_string_free(g_steal_pointer(&bytes), FALSE);
}

/**
 * errata_text_is_unseen:
 * @c: a character of a text from somewhere else
 *
 * Control characters; marks and overrides of direction; what has no width or no shape: with them a
 * text is shown as another than it is. Joiners (U+200C, U+200D) are letters of some scripts.
 *
 * Source: Unicode Technical Report 36, section 2, and UAX 9.
 *
 * Returns: whether it is not to be shown as it is
 */
gboolean
errata_text_is_unseen(gunichar c)
{
    return g_unichar_iscntrl(c) || c == 0x061c || c == 0x200b || c == 0x200e || c == 0x200f ||
           (c >= 0x202a && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
           (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe007f) ||
           g_unichar_type(c) == G_UNICODE_PRIVATE_USE;
}

/**
 * errata_text_excerpt:
 * @text: (array length=length) (nullable): any bytes
 * @length: bytes
 * @max_characters: characters at most, the closing … included
 *
 * Returns: (transfer full): the start of @text on one line, fit for a terminal: control characters
 *   and others that are not seen become spaces, what is not UTF-8 is repaired
 */
char *
errata_text_excerpt(const char *text, gsize length, gsize max_characters)
{
    gsize taken = MIN(length, 8 * max_characters);
    g_autofree char *clean = NULL;
    g_autoptr(GString) excerpt = g_string_new(NULL);
    gsize n = 0;

    while (taken > 0 && taken < length && ((guint8)text[taken] & 0xC0) == 0x80)
        taken--; /* not within a character */
    clean = errata_text_repair(text != NULL ? text : "", taken, NULL);
    for (const char *p = clean; *p != '\0'; p += g_utf8_skip[(guint8)*p]) {
        gunichar c = g_utf8_get_char(p);
        gsize width = g_utf8_skip[(guint8)*p];
        gboolean last = p[width] == '\0' && taken == length;

        if (++n >= max_characters && !last) {
            g_string_append_unichar(excerpt, 0x2026);
            break;
        }
        g_string_append_unichar(excerpt,
                                errata_text_is_unseen(c) || !g_unichar_isdefined(c) ? ' ' : c);
    }
    return g_string_free(g_steal_pointer(&excerpt), FALSE);
}

/**
 * errata_text_is_plain:
 * @text: valid UTF-8
 *
 * Returns: whether it can be shown as it is: no links, no control characters, nothing hidden
 */
gboolean
errata_text_is_plain(const char *text)
{
    if (strstr(text, "://") != NULL)
        return FALSE;
    for (const char *p = text; *p != '\0'; p = g_utf8_find_next_char(p, NULL)) {
        GUnicodeType type = g_unichar_type(g_utf8_get_char(p));

        if (type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT ||
            type == G_UNICODE_PRIVATE_USE || type == G_UNICODE_SURROGATE)
            return FALSE;
    }
    return TRUE;
}
