/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A request to a language model with stand-ins for what may not leave, and its answer with the
 * words put back, before anything looks at it. Stand-ins are numbered as they come up in a request:
 * the same request is the same bytes, so that its answer is found again, and two requests share no
 * number. */
#include <string.h>

#include "stand-ins-private.h"

struct _ErrataStandInTable {
    const ErrataStandIns *known;
    GHashTable *hidden; /* what the log has → stand-in */
    GHashTable *shown;  /* stand-in → what the log has; both strings are of @hidden */
    GHashTable *names;  /* set of the stand-ins that are names; strings of @hidden */
    guint n_values;
};

/* of a line of a request */
typedef struct {
    const char *text;
    gboolean is_said; /* a hidden column stands before it: what follows is said of it */
    gboolean
        is_question; /* the user's words: a plain word may be a value, a number may be one of rows */
} StandInLine;

/* headings of tables: words of ours */
static const char *const stand_in_headings[] = {"Facts: id | what | direction | unit",
                                                "Columns: name | kind | meaning",
                                                "Columns: name | holds | meaning",
                                                "Columns: name | holds | role | meaning",
                                                "Findings: id | kind | severity | names",
                                                "To be sorted: finding | what | names",
                                                "Kinds there are: coarse | fine",
                                                "Checks that hold: cause | column | how far apart",
                                                "Classes: item | class",
                                                "Attributes: name | values"};

ErrataStandInTable *
errata_stand_in_table_new(const ErrataStandIns *known)
{
    ErrataStandInTable *self = g_new0(ErrataStandInTable, 1);

    self->known = known;
    self->hidden = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    self->shown = g_hash_table_new(g_str_hash, g_str_equal);
    self->names = g_hash_table_new(g_str_hash, g_str_equal);
    return self;
}

void
errata_stand_in_table_free(ErrataStandInTable *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->names);
    g_hash_table_unref(self->shown);
    g_hash_table_unref(self->hidden);
    g_free(self);
}

/* ---- out ---- */

static const char *
stand_in_of(ErrataStandInTable *self, const char *text, gboolean is_name)
{
    const char *known = g_hash_table_lookup(self->hidden, text);
    char *own;
    char *made;

    if (known != NULL)
        return known;
    made = is_name ? g_strdup_printf("[column-%u]", g_hash_table_size(self->names) + 1)
                   : g_strdup_printf("[value-%u]", ++self->n_values);
    own = g_strdup(text);
    g_hash_table_insert(self->hidden, own, made);
    g_hash_table_insert(self->shown, made, own);
    if (is_name)
        g_hash_table_add(self->names, made);
    return made;
}

/* letters of scripts that write no spaces end no word, and `_` joins words */
static gboolean
stand_in_is_letter(const char *p)
{
    gunichar c = g_utf8_get_char(p);

    return g_unichar_ismark(c) ||
           (g_unichar_isalnum(c) && g_unichar_type(c) != G_UNICODE_OTHER_LETTER);
}

/* whether @p is within a word of @text */
static gboolean
stand_in_is_inside(const char *text, const char *p)
{
    return p > text && *p != '\0' && stand_in_is_letter(p) &&
           stand_in_is_letter(g_utf8_find_prev_char(text, p));
}

/* whether the text before @p ends with one of @words */
static gboolean
stand_in_follows(const char *text, const char *p, const char *const *words)
{
    for (guint i = 0; words[i] != NULL; i++) {
        gsize n = strlen(words[i]);

        if ((gsize)(p - text) >= n && memcmp(p - n, words[i], n) == 0)
            return TRUE;
    }
    return FALSE;
}

/* “F”, sex=F, `sex is F`, the rate of F; or a cell of its own. Elsewhere a plain word is just a
 * word */
static gboolean
stand_in_is_said(const StandInLine *line, const char *p, const char *end)
{
    static const char *const leads[] = {
        "“",    "‘",    "\"",    "'",     "=",      "= ",      "< ",    "> ",   "≥ ",
        "≤ ",   ": ",   ", ",    " is ",  " of ",   " in ",    " for ", " by ", " from ",
        " to ", " or ", " and ", " not ", " with ", " where ", " per ", NULL};
    gboolean begins = p == line->text || *(p - 1) == '\n' ||
                      (p - line->text >= 2 && memcmp(p - 2, "| ", 2) == 0);

    if (line->is_said || (line->is_question && !g_ascii_isdigit(*p)) ||
        stand_in_follows(line->text, p, leads))
        return TRUE;
    return (begins && (*end == '\0' || *end == '\n' || g_str_has_prefix(end, " |"))) || *end == '=';
}

/* the longest that stands at @p: its bytes, 0 for none */
static gsize
stand_in_match(ErrataStandInTable *self,
               const StandInLine *line,
               const char *p,
               const ErrataStandIn **ret_item)
{
    for (gsize n = strnlen(p, ERRATA_STAND_IN_BYTES); n > 0; n--) {
        const ErrataStandIn *item;

        if (self->known->has_length[n] == 0 || ((guchar)p[n] & 0xc0) == 0x80 ||
            stand_in_is_inside(line->text, p + n))
            continue;
        item = errata_stand_ins_find(self->known, p, n);
        if (item == NULL || (item->is_plain && !stand_in_is_said(line, p, p + n)))
            continue;
        *ret_item = item;
        return n;
    }
    return 0;
}

/* a bound of a hidden column (`[column-1] ≥ 44.5`) is no value of the log, but tells of it */
static gsize
stand_in_number(const StandInLine *line, const char *p)
{
    gsize n = line->is_said && g_ascii_isdigit(*p) ? strspn(p, "0123456789.,:T-") : 0;

    while (n > 0 && !g_ascii_isdigit(p[n - 1]))
        n--;
    return n > 0 && !stand_in_is_inside(line->text, p + n) ? n : 0;
}

static gsize
stand_in_heading(const char *p)
{
    for (guint i = 0; i < G_N_ELEMENTS(stand_in_headings); i++)
        if (g_str_has_prefix(p, stand_in_headings[i]))
            return strlen(stand_in_headings[i]);
    return 0;
}

/* what is put for the text at @p: the bytes that it takes the place of, 0 for none */
static gsize
stand_in_replace(ErrataStandInTable *self, StandInLine *line, const char *p, GString *out)
{
    const ErrataStandIn *item = NULL;
    gsize n = stand_in_match(self, line, p, &item);

    if (n > 0) {
        g_string_append(out, stand_in_of(self, item->text, item->is_name));
        line->is_said = line->is_said || item->is_name;
        return n;
    }
    n = stand_in_number(line, p);
    if (n > 0) {
        g_autofree char *number = g_strndup(p, n);

        g_string_append(out, stand_in_of(self, number, FALSE));
    }
    return n;
}

/**
 * errata_stand_in_table_hide:
 * @text: UTF-8: a part of the request
 *
 * Returns: (transfer full): @text with stand-ins. One that @text holds already gets another bracket
 */
char *
errata_stand_in_table_hide(ErrataStandInTable *self, const char *text)
{
    GString *out = g_string_new(NULL);
    StandInLine line = {text, FALSE, FALSE};

    for (const char *p = text; *p != '\0';) {
        gboolean begins = p == text || *(p - 1) == '\n';
        gsize n = begins ? stand_in_heading(p) : 0;

        line.is_said = line.is_said && *p != '\n' && *p != '|';
        line.is_question = begins ? g_str_has_prefix(p, "Question: ") : line.is_question;
        if (n > 0)
            g_string_append_len(out, p, (gssize)n);
        else if (!stand_in_is_inside(text, p))
            n = stand_in_replace(self, &line, p, out);
        if (n == 0) {
            n = (gsize)g_utf8_skip[(guchar)*p];
            if (*p == '[' && (g_ascii_strncasecmp(p + 1, "column-", 7) == 0 ||
                              g_ascii_strncasecmp(p + 1, "value-", 6) == 0))
                g_string_append_c(out, '(');
            else
                g_string_append_len(out, p, (gssize)n);
        }
        p += n;
    }
    return g_string_free(out, FALSE);
}

/* ---- back ---- */

/* @text within a string of JSON, each of @quote doubled where it is not 0 */
static void
stand_in_append(GString *out, const char *text, char quote)
{
    for (const char *p = text; *p != '\0'; p++) {
        if (quote != '\0' && *p == quote)
            g_string_append(out, quote == '"' ? "\\\"" : "'");
        if (*p == '"' || *p == '\\')
            g_string_append_c(out, '\\');
        if ((guchar)*p < 0x20)
            g_string_append_printf(out, "\\u%04x", (guint)(guchar)*p);
        else
            g_string_append_c(out, *p);
    }
}

/* a condition takes one word without quotation marks */
static gboolean
stand_in_is_word(const char *text)
{
    return *text != '\0' && strspn(text,
                                   "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                   "0123456789_.") == strlen(text);
}

/* the quotation mark that a condition has around the @length bytes at @p: '"' as JSON escapes it,
 * `'` or 0 */
static char
stand_in_quote(const char *answer, const char *p, gsize length)
{
    if (p - answer >= 1 && p[-1] == '\'' && p[length] == '\'')
        return '\'';
    if (p - answer >= 2 && p[-2] == '\\' && p[-1] == '"' && g_str_has_prefix(p + length, "\\\""))
        return '"';
    return '\0';
}

/* what @made stands for, with quotation marks where a condition needs them */
static void
stand_in_put_quoted(const ErrataStandInTable *self, const char *made, GString *out)
{
    const char *text = g_hash_table_lookup(self->shown, made);
    gboolean is_name = g_hash_table_contains(self->names, made);
    const char *mark = stand_in_is_word(text) ? "" : is_name ? "\\\"" : "'";

    g_string_append(out, mark);
    stand_in_append(out, text, is_name ? '"' : '\'');
    g_string_append(out, mark);
}

/**
 * errata_stand_in_table_show:
 * @answer: JSON of a model, hostile
 * @conditions: its texts are conditions: what stands in one without quotation marks gets them where
 *   it needs them
 *
 * Returns: (transfer full): @answer with names and values as the log has them; what stands for
 * nothing stays
 */
char *
errata_stand_in_table_show(const ErrataStandInTable *self, const char *answer, gboolean conditions)
{
    GString *out = g_string_new(NULL);

    for (const char *p = answer; *p != '\0'; p++) {
        const char *end = *p == '[' ? strchr(p, ']') : NULL;
        gsize n = end != NULL ? (gsize)(end - p) + 1 : 0;
        g_autofree char *made = n > 0 && n < 32 ? g_ascii_strdown(p, (gssize)n) : NULL;
        gboolean is_whole;
        char quote;

        if (made == NULL || !g_hash_table_contains(self->shown, made)) {
            g_string_append_c(out, *p);
            continue;
        }
        quote = conditions ? stand_in_quote(answer, p, n) : '\0';
        is_whole = p > answer && p[-1] == '"' && p[n] == '"';
        if (!conditions || is_whole || quote != '\0')
            stand_in_append(out, g_hash_table_lookup(self->shown, made), quote);
        else
            stand_in_put_quoted(self, made, out);
        p = end;
    }
    return g_string_free(out, FALSE);
}
