/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Masks mail addresses, cards (Luhn), IBANs (modulo 97), numbers of passports, MAC and IP addresses, keys
 * (entropy), telephone and other long numbers, what follows a word such as `password:`, the values of columns that the user
 * declared, and what the user's own patterns match. Masking too much costs a name; too little, trust. */
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
    {"[ip]", errata_redact_match_ip},
    {"[key]", errata_redact_match_key},
    {"[phone]", errata_redact_match_phone},
};

static const char *const redact_words[] = {"password",
                                           "passwd",
                                           "passphrase",
                                           "secret",
                                           "token",
                                           "apikey",
                                           "api_key",
                                           "api-key",
                                           "authorization",
                                           NULL};

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

/* `NAME: value`, `NAME=value`, `"NAME": "value"`, where @says also `NAME is value`: bytes before the value,
 * 0 when @text is none */
static gsize
redact_named(const char *text, const char *name, gboolean says)
{
    gsize length = strlen(name);
    gsize at;

    if (length == 0 || g_ascii_strncasecmp(text, name, length) != 0)
        return 0;
    at = length + strspn(text + length, "\"' ");
    if (says && at > length && strncmp(text + at, "is ", 3) == 0)
        return at + 3 + strspn(text + at + 3, "\"' ");
    if (text[at] != ':' && text[at] != '=')
        return 0;
    at++;
    return at + strspn(text + at, "\"' ");
}

/* a secret is one word, with `Bearer` before it two; a column's value goes on to the next separator */
static gsize
redact_value(const ErrataRedact *self, const char *text, gsize *ret_before)
{
    for (guint i = 0; redact_words[i] != NULL; i++) {
        gsize before = redact_named(text, redact_words[i], FALSE);

        if (before > 0) {
            before += g_ascii_strncasecmp(text + before, "bearer ", 7) == 0 ? 7 : 0;
            *ret_before = before;
            return strcspn(text + before, " \",;|\n");
        }
    }
    for (guint i = 0; self->columns[i] != NULL; i++) {
        *ret_before = redact_named(text, self->columns[i], TRUE);
        if (*ret_before > 0)
            return strcspn(text + *ret_before, "\",;|\n");
    }
    return 0;
}

static char *
redact_scan(const ErrataRedact *self, const char *text)
{
    GString *out = g_string_new(NULL);
    gboolean inside = FALSE; /* of a word: nothing begins there */

    for (const char *p = text; *p != '\0';) {
        const char *mask = NULL;
        gsize before = 0;
        gsize n = inside ? 0 : redact_value(self, p, &before);

        if (n > 0) {
            g_string_append_len(out, p, (gssize)before);
            g_string_append(out, "[masked]");
        } else if (!inside && (n = redact_match(p, &mask)) > 0) {
            before = 0;
            g_string_append(out, mask);
        } else {
            inside = g_ascii_isalnum(*p) || (guchar)*p >= 0x80 || *p == '_' ||
                     (*p == '.' && p > text && g_ascii_isdigit(p[-1]) && g_ascii_isdigit(p[1]));
            g_string_append_c(out, *p++);
            continue;
        }
        p += before + n;
        inside = FALSE;
    }
    return g_string_free(out, FALSE);
}

/**
 * errata_redact_apply:
 * @text: UTF-8
 *
 * Returns: (transfer full): @text with masks such as `[mail]`; `[masked]` alone where a pattern of the
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
