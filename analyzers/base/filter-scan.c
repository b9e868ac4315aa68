/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of a filter: names and values (bare or quoted), operators, parentheses, commas. */
#include <string.h>

#include "error.h"
#include "filter-private.h"
#include "limit.h"
#include "text.h"

static const char *const scan_keywords[] =
    {"and", "or", "not", "in", "is", "missing", "between", "contains", NULL};

/* longest first where one begins another */
static const struct {
    const char *text;
    FilterOp op;
} scan_operators[] = {
    {"==", FILTER_OP_EQ},
    {"!=", FILTER_OP_NE},
    {"<>", FILTER_OP_NE},
    {"<=", FILTER_OP_LE},
    {">=", FILTER_OP_GE},
    {"≠", FILTER_OP_NE},
    {"≤", FILTER_OP_LE},
    {"≥", FILTER_OP_GE},
    {"=", FILTER_OP_EQ},
    {"<", FILTER_OP_LT},
    {">", FILTER_OP_GT},
};

/* those of print come with what is copied from a page */
static const char *const scan_blanks[] =
    {" ", "\t", "\r", "\n", "\u00a0", "\u2007", "\u2009", "\u202f", "\u3000", NULL};

/* what programs make of a quote as one types it */
static const char *const scan_printed_quotes[] =
    {"“", "”", "„", "‟", "‘", "’", "‚", "«", "»", "‹", "›", NULL};

/* the length of the one that @p begins with, 0: none */
static gsize
scan_begins(const char *p, const char *const *with)
{
    for (guint i = 0; with[i] != NULL; i++)
        if (g_str_has_prefix(p, with[i]))
            return strlen(with[i]);
    return 0;
}

/* bytes that end a bare word */
static gboolean
scan_ends_word(const char *p)
{
    if ((guint8)*p <= ' ' || *p == 0x7F || strchr("(),'\"`=<>!", *p) != NULL)
        return TRUE;
    return scan_begins(p, scan_blanks) > 0 || g_str_has_prefix(p, "≠") ||
           g_str_has_prefix(p, "≤") || g_str_has_prefix(p, "≥");
}

/* whether @text, bare, is read back as one word */
gboolean
errata_filter_scan_is_word(const char *text)
{
    if (text[0] == '\0' || scan_begins(text, scan_printed_quotes) > 0)
        return FALSE;
    for (const char *p = text; *p != '\0'; p++)
        if (scan_ends_word(p))
            return FALSE;
    return TRUE;
}

gboolean
errata_filter_scan_is_keyword(const char *text)
{
    for (guint i = 0; scan_keywords[i] != NULL; i++)
        if (g_ascii_strcasecmp(text, scan_keywords[i]) == 0)
            return TRUE;
    return FALSE;
}

static void
scan_token_clear_cb(gpointer data)
{
    g_free(((FilterToken *)data)->text);
}

/* the quoted text at @p; the end behind the closing quote, NULL when there is none */
static const char *
scan_quoted(const char *p, FilterToken *token)
{
    char quote = *p++;
    g_autoptr(GString) text = g_string_new(NULL);

    for (; *p != '\0'; p++) {
        if (*p == quote && p[1] != quote) {
            token->kind = FILTER_TOKEN_QUOTED;
            token->text = g_string_free(g_steal_pointer(&text), FALSE);
            return p + 1;
        }
        p += *p == quote;
        g_string_append_c(text, *p);
    }
    return NULL;
}

static const char *
scan_operator(const char *p, FilterToken *token)
{
    for (guint i = 0; i < G_N_ELEMENTS(scan_operators); i++)
        if (g_str_has_prefix(p, scan_operators[i].text)) {
            token->kind = FILTER_TOKEN_OP;
            token->op = scan_operators[i].op;
            token->text = g_strdup(scan_operators[i].text);
            return p + strlen(scan_operators[i].text);
        }
    return NULL;
}

/* `50 %` is one value, as `50%` is: the end behind the sign */
static const char *
scan_percent(const char *end, FilterToken *token)
{
    const char *sign = end + strspn(end, " \t");
    g_autofree char *number = NULL;

    if (*sign != '%' || sign == end || (sign[1] != '\0' && !scan_ends_word(sign + 1)) ||
        !g_ascii_isdigit(token->text[strlen(token->text) - 1]))
        return end;
    number = g_steal_pointer(&token->text);
    token->text = g_strconcat(number, "%", NULL);
    return sign + 1;
}

/* one token that is neither blank nor quoted */
static const char *
scan_plain(const char *p, FilterToken *token)
{
    static const char marks[] = "(),";
    const char *mark = strchr(marks, *p);
    const char *end;

    if (mark != NULL) {
        token->kind = (FilterTokenKind)(FILTER_TOKEN_OPEN + (mark - marks));
        token->text = g_strndup(p, 1);
        return p + 1;
    }
    end = scan_operator(p, token);
    if (end != NULL)
        return end;
    if (scan_begins(p, scan_printed_quotes) > 0)
        return NULL;
    for (end = p; *end != '\0' && !scan_ends_word(end);)
        end++;
    if (end == p)
        return NULL; /* a lone ! or a control character */
    token->kind = FILTER_TOKEN_WORD;
    token->text = g_strndup(p, (gsize)(end - p));
    return scan_percent(end, token);
}

static gboolean
scan_check(const char *text, GError **error)
{
    gsize length = strlen(text);

    if (length > ERRATA_LIMIT_FILTER_BYTES) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_LIMIT,
                    "a filter of %" G_GSIZE_FORMAT " bytes; at most %u are read",
                    length,
                    ERRATA_LIMIT_FILTER_BYTES);
        return FALSE;
    }
    if (!g_utf8_validate(text, (gssize)length, NULL)) {
        g_set_error_literal(error, ERRATA_ERROR, ERRATA_ERROR_USAGE, "the filter is not UTF-8");
        return FALSE;
    }
    return TRUE;
}

static void
scan_refuse(const char *p, guint at, GError **error)
{
    g_autofree char *found = errata_text_excerpt(p, strlen(p), 20);

    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_USAGE,
                strchr("'\"`", *p) != NULL ? "character %u: the quote that opens %s is never closed"
                : scan_begins(p, scan_printed_quotes) > 0
                    ? "character %u: expected a quote as keyboards have it (' or \"), found %s"
                    : "character %u: “%s” begins no name, value or comparison",
                at,
                found);
}

/**
 * errata_filter_scan:
 * @text: a filter
 * @error: return location for a #GError
 *
 * Errors: %ERRATA_ERROR_USAGE for an open quote or a character that means nothing,
 * %ERRATA_ERROR_LIMIT when it is too long.
 *
 * Returns: (transfer full) (element-type FilterToken): its tokens, the last one of kind END
 */
GArray *
errata_filter_scan(const char *text, GError **error)
{
    g_autoptr(GArray) tokens = g_array_new(FALSE, TRUE, sizeof(FilterToken));
    guint at = 1;

    g_array_set_clear_func(tokens, scan_token_clear_cb);
    if (!scan_check(text, error))
        return NULL;
    for (const char *p = text;;) {
        FilterToken token = {.kind = FILTER_TOKEN_END, .at = at};
        gsize blank = scan_begins(p, scan_blanks);
        const char *end = p + blank;

        if (*p == '\0') {
            g_array_append_val(tokens, token);
            return g_steal_pointer(&tokens);
        }
        if (blank == 0)
            end = strchr("'\"`", *p) != NULL ? scan_quoted(p, &token) : scan_plain(p, &token);
        if (end == NULL) {
            scan_refuse(p, at, error);
            return NULL;
        }
        if (token.kind != FILTER_TOKEN_END)
            g_array_append_val(tokens, token);
        at += (guint)g_utf8_strlen(p, end - p);
        p = end;
    }
}
