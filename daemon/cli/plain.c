/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Output where the locale has no UTF-8 (`env -i`, cron, LC_ALL=C): what its character set lacks is
 * written in ASCII, ± as +/-, instead of as a question mark. */
#include "plain.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *utf8;
    const char *ascii;
} plain_table[] = {
    {"±", "+/-"},
    {"–", "-"},
    {"−", "-"},
    {"—", "-"},
    {"‑", "-"},
    {"→", "->"},
    {"←", "<-"},
    {"↑", "up"},
    {"↓", "down"},
    {"≤", "<="},
    {"≥", ">="},
    {"≠", "!="},
    {"≈", "~"},
    {"×", "x"},
    {"·", "-"},
    {"•", "*"},
    {"…", "..."},
    {"“", "\""},
    {"”", "\""},
    {"‘", "'"},
    {"’", "'"},
    {"²", "^2"},
    {"√", "sqrt "},
    {"µ", "u"},
    {"°", " deg"},
    {"█", "#"},
    {"▉", "#"},
    {"▊", "#"},
    {"▋", "#"},
    {"▌", "#"},
    {"▍", "+"},
    {"▎", "+"},
    {"▏", "+"},
    {"░", "."},
    {"▒", ":"},
    {"▓", "#"},
    {"─", "-"},
    {"│", "|"},
    {"━", "-"},
    {"\302\240", " "},
    {"\342\200\257", " "},
    {"\342\200\211", " "},
};

static const char *
plain_find(const char *p, gsize length)
{
    for (gsize i = 0; i < G_N_ELEMENTS(plain_table); i++)
        if (strlen(plain_table[i].utf8) == length && memcmp(p, plain_table[i].utf8, length) == 0)
            return plain_table[i].ascii;
    return NULL;
}

/**
 * errata_plain_text:
 * @text: UTF-8
 * @charset: what the terminal reads
 *
 * Returns: (transfer full): @text in @charset; characters that it lacks are transliterated
 */
char *
errata_plain_text(const char *text, const char *charset)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    GString *plain = g_string_new(NULL);

    for (const char *p = valid; *p != '\0'; p += g_utf8_skip[(guchar)*p]) {
        gsize length = (gsize)g_utf8_skip[(guchar)*p];
        g_autofree char *native = NULL;
        g_autofree char *one = NULL;

        if (length == 1) {
            g_string_append_c(plain, *p);
            continue;
        }
        native = g_convert(p, (gssize)length, charset, "UTF-8", NULL, NULL, NULL);
        if (native != NULL && *native != '\0' && strcmp(native, "?") != 0) {
            g_string_append(plain, native);
        } else if (plain_find(p, length) != NULL) {
            g_string_append(plain, plain_find(p, length));
        } else {
            g_autofree char *letter = g_strndup(p, length);

            one = g_str_to_ascii(letter, "C");
            g_string_append(plain, one);
        }
    }
    return g_string_free(plain, FALSE);
}

static void
plain_write(FILE *file, const char *text)
{
    const char *charset;

    if (g_get_charset(&charset)) {
        fputs(text, file);
    } else {
        g_autofree char *plain = errata_plain_text(text, charset);

        fputs(plain, file);
    }
    fflush(file);
}

static void
plain_print_cb(const char *text)
{
    plain_write(stdout, text);
}

static void
plain_print_error_cb(const char *text)
{
    plain_write(stderr, text);
}

/**
 * errata_plain_set_up:
 *
 * Has g_print() and g_printerr() write so; where the locale is UTF-8 nothing changes.
 */
void
errata_plain_set_up(void)
{
    if (g_get_charset(NULL))
        return;
    g_set_print_handler(plain_print_cb);
    g_set_printerr_handler(plain_print_error_cb);
}
