/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Masks mail addresses, cards (Luhn), IBANs (modulo 97), numbers of passports and social security,
 * MAC and IP addresses, keys (entropy), telephone and other long numbers, what follows a word such
 * as `password:`, names and passwords in addresses, the values of columns that the user declared,
 * and what the user's own patterns match. Masking too much costs a name; too little, trust. */
#include "redact.h"

#include <string.h>

#include "redact-match.h"

#define REDACT_BACKTRACKING "(*LIMIT_MATCH=100000)" /* of a pattern that goes astray */

typedef struct {
    const char *mask;
    gsize (*match)(const char *text);
} RedactKind;

/* in this order: a card is also a number */
static const RedactKind redact_kinds[] = {
    {"[mail]", errata_redact_match_mail},
    {"[iban]", errata_redact_match_iban},
    {"[passport]", errata_redact_match_passport},
    {"[card]", errata_redact_match_card},
    {"[mac]", errata_redact_match_mac},
    {"[ssn]", errata_redact_match_social},
    {"[ip]", errata_redact_match_ip},
    {"[key]", errata_redact_match_key},
    {"[phone]", errata_redact_match_phone},
};

static const char *const redact_words[] = {
    "password", "passwd",     "passphrase",   "passcode",      "passwort",
    "kennwort", "pwd",        "mot de passe", "contraseña",    "senha",
    "secret",   "secret key", "token",        "access key",    "apikey",
    "api_key",  "api-key",    "api key",      "authorization", NULL};

/* right before a number they make it one of a telephone */
static const char *const redact_telephones[] = {"tel",
                                                "telefon",
                                                "telephone",
                                                "phone",
                                                "fon",
                                                "fone",
                                                "mob",
                                                "mobil",
                                                "mobile",
                                                "handy",
                                                "cell",
                                                "fax",
                                                "call",
                                                "sms",
                                                "whatsapp",
                                                NULL};

/* … and one of a release */
static const char *const redact_releases[] = {"v", "ver", "version", "r", "rev", "release", NULL};

struct _ErrataRedact {
    GPtrArray *patterns; /* (element-type GRegex) */
    char **columns;
};

/**
 * errata_redact_new:
 * @patterns: (nullable): regular expressions separated by `;`, checked before
 * @columns: (nullable) (array zero-terminated=1): names whose values are masked
 *
 * Returns: (transfer full): the masks
 */
ErrataRedact *
errata_redact_new(const char *patterns, const char *const *columns)
{
    ErrataRedact *self = g_new0(ErrataRedact, 1);
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();
    g_auto(GStrv) list = g_strsplit(patterns != NULL ? patterns : "", ";", -1);

    self->patterns = g_ptr_array_new_with_free_func((GDestroyNotify)g_regex_unref);
    for (guint i = 0; columns != NULL && columns[i] != NULL; i++)
        g_strv_builder_add(names, columns[i]);
    self->columns = g_strv_builder_end(names);
    for (guint i = 0; list[i] != NULL; i++) {
        g_autofree char *bounded = g_strconcat(REDACT_BACKTRACKING, list[i], NULL);
        GRegex *regex = *list[i] != '\0' ? g_regex_new(bounded, 0, 0, NULL) : NULL;

        if (regex != NULL)
            g_ptr_array_add(self->patterns, regex);
    }
    return self;
}

void
errata_redact_free(ErrataRedact *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref(self->patterns);
    g_strfreev(self->columns);
    g_free(self);
}

static gsize
redact_match(const char *text, const char **ret_mask)
{
    for (guint i = 0; i < G_N_ELEMENTS(redact_kinds); i++) {
        gsize n = redact_kinds[i].match(text);

        if (n > 0) {
            *ret_mask = redact_kinds[i].mask;
            return n;
        }
    }
    return 0;
}

/* quotation marks of any script and spaces */
static gsize
redact_quotes(const char *text)
{
    gsize at = 0;

    while (text[at] != '\0') {
        gunichar c = g_utf8_get_char(text + at);
        GUnicodeType type = g_unichar_type(c);

        if (c != '"' && c != '\'' && c != '`' && type != G_UNICODE_SPACE_SEPARATOR &&
            type != G_UNICODE_INITIAL_PUNCTUATION && type != G_UNICODE_FINAL_PUNCTUATION &&
            c != 0x201a && c != 0x201e && c != 0x300c && c != 0x300d)
            break;
        at += (gsize)g_utf8_skip[(guchar)text[at]];
    }
    return at;
}

/* to the next of @ends or the end of a quotation */
static gsize
redact_length(const char *text, const char *ends)
{
    gsize at = 0;

    while (text[at] != '\0' && strchr(ends, text[at]) == NULL &&
           ((guchar)text[at] < 0x80 || redact_quotes(text + at) == 0))
        at += (gsize)g_utf8_skip[(guchar)text[at]];
    return at;
}

/* `NAME: value`, `NAME=value`, `"NAME": "value"`, where @says also `NAME is value`: bytes before
 * the value, 0 when @text is none */
static gsize
redact_named(const char *text, const char *name, gboolean says)
{
    gsize length = strlen(name);
    gsize at;

    if (length == 0 || g_ascii_strncasecmp(text, name, length) != 0)
        return 0;
    at = length + redact_quotes(text + length);
    if (says && at > length && strncmp(text + at, "is ", 3) == 0)
        return at + 3 + redact_quotes(text + at + 3);
    if (g_str_has_prefix(text + at, "：")) /* full width */
        at += strlen("：");
    else if (text[at] == ':' || text[at] == '=')
        at++;
    else
        return 0;
    return at + redact_quotes(text + at);
}

/* after `password is` mostly comes `wrong`: a secret has a digit or a sign */
static gboolean
redact_is_secret(const char *text, gsize n)
{
    for (gsize i = 0; i < n; i++)
        if (g_ascii_isdigit(text[i]) || (i + 1 < n && strchr("!#$%&*+=?@^_~", text[i]) != NULL))
            return TRUE;
    return FALSE;
}

/* one word, with `Bearer` before it two */
static gsize
redact_secret(const char *text, gsize *ret_before)
{
    for (guint i = 0; redact_words[i] != NULL; i++) {
        gsize before = redact_named(text, redact_words[i], FALSE);
        gboolean says = before == 0;
        gsize n;

        if (says)
            before = redact_named(text, redact_words[i], TRUE);
        if (before == 0)
            continue;
        before += g_ascii_strncasecmp(text + before, "bearer ", 7) == 0 ? 7 : 0;
        n = redact_length(text + before, " \",;|\n");
        *ret_before = before;
        if (!says || redact_is_secret(text + before, n))
            return n;
    }
    return 0;
}

/* scheme://NAME:PASSWORD@host */
static gsize
redact_userinfo(const char *text, gsize *ret_before)
{
    gsize scheme = 0;
    gsize n;

    while (scheme < 32 && (g_ascii_isalnum(text[scheme]) || text[scheme] == '+'))
        scheme++;
    if (scheme == 0 || strncmp(text + scheme, "://", 3) != 0)
        return 0;
    *ret_before = scheme + 3;
    n = strcspn(text + *ret_before, "@/ \"<>[]\n");
    return text[*ret_before + n] == '@' && memchr(text + *ret_before, ':', n) != NULL ? n : 0;
}

/* (transfer full) (nullable): the stand-in for a declared column's name that @text begins with */
static char *
redact_stand_in(const char *text)
{
    gsize n = strlen("[column-");

    if (!g_str_has_prefix(text, "[column-"))
        return NULL;
    n += strspn(text + n, "0123456789");
    return text[n] == ']' ? g_strndup(text, n + 1) : NULL;
}

/* what follows a stand-in is a declared column's value, be it one of the log or not: bytes before
 * it, 0 where it has a stand-in of its own */
static gsize
redact_stood_for(const char *text)
{
    g_autofree char *name = redact_stand_in(text);
    gsize before = name != NULL ? redact_named(text, name, TRUE) : 0;

    return before > 0 && !g_str_has_prefix(text + before, "[value-") ? before : 0;
}

/* a column's value goes on to the next separator */
static gsize
redact_value(const ErrataRedact *self, const char *text, gsize *ret_before)
{
    gsize n = redact_secret(text, ret_before);

    if (n == 0)
        n = redact_userinfo(text, ret_before);
    if (n > 0)
        return n;
    for (guint i = 0; self->columns[i] != NULL; i++) {
        *ret_before = redact_named(text, self->columns[i], TRUE);
        if (*ret_before > 0)
            return redact_length(text + *ret_before, "\",;|\n");
    }
    *ret_before = redact_stood_for(text);
    return *ret_before > 0 ? redact_length(text + *ret_before, "\",;|\n") : 0;
}

static gboolean
redact_is_one_of(const char *const *words, const char *word, gsize length)
{
    while (length > 0 && word[length - 1] == '_')
        length--;
    for (guint i = 0; words[i] != NULL; i++)
        if (strlen(words[i]) == length && g_ascii_strncasecmp(word, words[i], length) == 0)
            return TRUE;
    return FALSE;
}

/* what begins right after a word of @length bytes: only what can be told from its own shape, so
 * that the number of a row or a release stays */
static gsize
redact_glued(const char *word, gsize length, const char *text, const char **ret_mask)
{
    gsize n;

    *ret_mask = "[iban]";
    if (g_ascii_isalpha(*text))
        return g_ascii_isupper(*text) ? errata_redact_match_iban(text) : 0;
    *ret_mask = "[card]";
    n = errata_redact_match_issued_card(text);
    if (n > 0)
        return n;
    *ret_mask = "[mac]";
    n = errata_redact_match_mac(text);
    if (n > 0)
        return n;
    *ret_mask = "[ip]";
    n = errata_redact_match_ip(text);
    if (n > 0 && strchr(text, '.') != NULL && memchr(text, ':', n) == NULL)
        return redact_is_one_of(redact_releases, word, length) ? 0 : n;
    *ret_mask = "[phone]";
    return redact_is_one_of(redact_telephones, word, length) ? errata_redact_match_phone(text) : 0;
}

typedef enum {
    REDACT_FREE,   /* anything may begin */
    REDACT_GLUED,  /* after letters: a number may */
    REDACT_INSIDE, /* of a number: nothing does */
} RedactPlace;

/* what the character at @p makes of the place after it; scripts that write no spaces end no word */
static RedactPlace
redact_place(const char *text, const char *p)
{
    gunichar c = g_utf8_get_char(p);
    GUnicodeType type = g_unichar_type(c);

    if (g_unichar_isdigit(c) ||
        (*p == '.' && p > text && g_ascii_isdigit(p[-1]) && g_ascii_isdigit(p[1])))
        return REDACT_INSIDE;
    if (*p == '_' || (g_unichar_isalpha(c) && type != G_UNICODE_OTHER_LETTER) ||
        g_unichar_ismark(c))
        return REDACT_GLUED;
    return REDACT_FREE;
}

/* bytes to mask at @p, @ret_before of them stay; @word: where the letters before it begin */
static gsize
redact_find(const ErrataRedact *self,
            RedactPlace place,
            const char *word,
            const char *p,
            gsize *ret_before,
            const char **ret_mask)
{
    gsize n = 0;

    *ret_before = 0;
    *ret_mask = "[masked]";
    if (place == REDACT_FREE)
        n = redact_value(self, p, ret_before);
    else if (place == REDACT_GLUED && p[-1] == '_') /* DB_PASSWORD=… */
        n = redact_secret(p, ret_before);
    if (n > 0)
        return n;
    *ret_before = 0;
    if (place == REDACT_FREE)
        return redact_match(p, ret_mask);
    return place == REDACT_GLUED ? redact_glued(word, (gsize)(p - word), p, ret_mask) : 0;
}

static char *
redact_scan(const ErrataRedact *self, const char *text)
{
    GString *out = g_string_new(NULL);
    RedactPlace place = REDACT_FREE;
    const char *word = text;

    for (const char *p = text; *p != '\0';) {
        const char *mask;
        gsize before;
        gsize n = redact_find(self, place, word, p, &before, &mask);
        RedactPlace next = redact_place(text, p);

        if (n > 0) {
            g_string_append_len(out, p, (gssize)before);
            g_string_append(out, mask);
            p += before + n;
            place = REDACT_FREE;
            continue;
        }
        if (next == REDACT_GLUED && place != REDACT_GLUED)
            word = p;
        place = next;
        n = (gsize)g_utf8_skip[(guchar)*p];
        g_string_append_len(out, p, (gssize)n);
        p += n;
    }
    return g_string_free(out, FALSE);
}

/**
 * errata_redact_apply:
 * @text: UTF-8
 *
 * Returns: (transfer full): @text with masks such as `[mail]`; `[masked]` alone where a pattern of
 * the
 *   user's cannot be carried out within bounds
 */
char *
errata_redact_apply(const ErrataRedact *self, const char *text)
{
    char *masked = redact_scan(self, text);

    for (guint i = 0; i < self->patterns->len; i++) {
        char *next = g_regex_replace_literal(g_ptr_array_index(self->patterns, i),
                                             masked,
                                             -1,
                                             0,
                                             "[masked]",
                                             0,
                                             NULL);

        g_free(masked);
        if (next == NULL)
            return g_strdup("[masked]");
        masked = next;
    }
    return masked;
}
