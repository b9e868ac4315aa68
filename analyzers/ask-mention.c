/* SPDX-License-Identifier: GPL-3.0-or-later */
/* “errors that mention voucher”, “which classes are confused”: words of texts, and classes taken
 * for others. */
#include <string.h>

#include "ask-condition.h"
#include "ask-intent.h"

/* ---- words of texts ---- */

/* the column of texts: that of the role, or the only one of strings that are no categories; −1:
 * none, or more than one */
static int
mention_column(const AskWords *words)
{
    const ErrataFrame *frame = words->data->frame;
    const ErrataSchema *schema = words->data->schema;
    int found[2] = {-1, -1}; /* by role, by type */
    guint n[2] = {0, 0};

    for (guint c = 0; c < frame->n_columns; c++) {
        gboolean free_text = frame->columns[c]->type == ERRATA_COLUMN_TEXT &&
                             (schema == NULL || (int)c != schema->id);

        if (schema != NULL && schema->columns[c].role == ERRATA_ROLE_TEXT) {
            found[0] = (int)c;
            n[0]++;
        } else if (free_text) {
            found[1] = (int)c;
            n[1]++;
        }
    }
    return n[0] == 1 ? found[0] : n[0] == 0 && n[1] == 1 ? found[1] : -1;
}

/* the column of texts that a word names; −1: none: tickets that mention a word are rows */
static int
mention_named(const AskWords *words, guint at)
{
    const ErrataSchema *schema = words->data->schema;
    guint n = 0;
    int column = errata_ask_words_column(words, at, &n);
    ErrataColumnType type = column >= 0 ? words->data->frame->columns[column]->type
                                        : ERRATA_COLUMN_TIME;

    return (type == ERRATA_COLUMN_TEXT || type == ERRATA_COLUMN_CATEGORY) &&
                   (schema == NULL || column != schema->id)
               ? column
               : -1;
}

/* how many words from @at on say that a text has the next ones in it */
static guint
mention_verb(const AskWords *words, guint at)
{
    static const char *const verbs[] = {"mention the word",
                                        "mentions the word",
                                        "mentioning the word",
                                        "contain the word",
                                        "contains the word",
                                        "containing the word",
                                        "with the word",
                                        "the word",
                                        "have the word",
                                        "mention*",
                                        "contain*",
                                        "include*",
                                        "including",
                                        "say*"};

    for (guint i = 0; i < G_N_ELEMENTS(verbs); i++) {
        guint n = errata_ask_words_match(words, at, verbs[i]);

        if (n > 0)
            return n;
    }
    return 0;
}

/* the word at @at, or all of what stands in quotes from there on; NULL: none that could be meant */
static char *
mention_text(const AskWords *words, guint at, guint *ret_n)
{
    const AskWord *word = errata_ask_words_get(words, at);
    char quote;

    if (word == NULL || word->used || strlen(word->text) < 2)
        return NULL;
    quote = word->at[0];
    *ret_n = 1;
    if (strchr("\"'`", quote) == NULL)
        return g_strdup(word->text);
    for (guint n = 1; errata_ask_words_get(words, at + n - 1) != NULL; n++) {
        const char *end = errata_ask_words_get(words, at + n - 1)->end;

        if (end[-1] != quote || end - word->at < 3)
            continue;
        *ret_n = n;
        return g_strndup(word->at + 1, (gsize)(end - word->at) - 2);
    }
    return NULL;
}

/**
 * errata_ask_mention:
 * @words: a question about a log
 * @at: a word of it
 *
 * “mention voucher”, “containing "gift card" or voucher”, of the log's texts. The words are used.
 *
 * Returns: (transfer full) (nullable): the condition, as filters are written; %NULL where none
 * begins
 */
char *
errata_ask_mention(AskWords *words, guint at)
{
    guint n_verb = mention_verb(words, at);
    int named = n_verb > 0 && at > 0 ? mention_named(words, at - 1) : -1;
    int column = named >= 0 ? named : n_verb > 0 ? mention_column(words) : -1;
    guint next = at + n_verb;
    g_autoptr(GString) filter = g_string_new(NULL);
    g_autofree char *name = NULL;
    guint n = 0;
    guint k = 0;

    if (column < 0)
        return NULL;
    name = errata_ask_condition_name(words, (guint)column);
    for (;; k++) {
        guint either = k > 0 ? errata_ask_words_match(words, next, "or") : 0;
        g_autofree char *text = k == 0 || either > 0 ? mention_text(words, next + either, &n)
                                                     : NULL;
        g_autofree char *quoted = text != NULL ? errata_ask_condition_quote(text, '\'') : NULL;

        if (text == NULL)
            break;
        g_string_append_printf(filter, "%s%s contains %s", k > 0 ? " or " : "", name, quoted);
        next += either + n;
    }
    if (k == 0)
        return NULL;
    at -= named >= 0 ? 1 : 0;
    errata_ask_words_use(words, at, next - at);
    return k > 1 ? g_strdup_printf("(%s)", filter->str) : g_strdup(filter->str);
}

/* ---- classes ---- */

/* the class that the words from @at on name, also one that is a number; −1: none */
static int
mention_class(const AskWords *words, guint at, guint *ret_n)
{
    const ErrataSchema *schema = words->data->schema;

    for (guint i = 0; i < schema->n_classes; i++) {
        g_autofree char *fold = g_strdelimit(g_utf8_strdown(schema->classes[i], -1), "_-", ' ');

        *ret_n = errata_ask_words_match(words, at, fold);
        if (*ret_n > 0)
            return (int)i;
    }
    return -1;
}

/* takes the classes that the question names; no more than two */
static guint
mention_classes(AskWords *words, const char *ret_class[2])
{
    guint found = 0;

    for (guint i = 0; i < words->words->len && found < 2; i++) {
        guint n = 0;
        int class_index = mention_class(words, i, &n);

        if (class_index < 0)
            continue;
        ret_class[found++] = words->data->schema->classes[class_index];
        errata_ask_words_use(words, i, n);
    }
    return found;
}

/**
 * errata_ask_mention_confused:
 * @words: a question about a log with classes
 *
 * “what is billing most often confused with”, “which classes are mixed up”. Its words are used, and
 * those of conditions are left.
 *
 * Returns: (transfer full) (nullable): an operation, behind the conditions that it has already;
 * %NULL where
 *   no such thing is asked
 */
char *
errata_ask_mention_confused(AskWords *words, char **ret_where)
{
    static const char *const between[] = {"confusion between",
                                          "confusions between",
                                          "confused between",
                                          NULL};
    static const char *const asked[] = {"confused with",
                                        "confused for",
                                        "confused by",
                                        "confused",
                                        "confuse",
                                        "confuses",
                                        "mixed up with",
                                        "mixed up",
                                        "mixes up",
                                        "mix up",
                                        "what is mistaken for",
                                        NULL};
    static const char *const around[] = {"most often", "mostly",  "often",  "most",   "usually",
                                         "class",      "classes", "with",   "other",  "another",
                                         "each",       "pairs",   "pair",   "common", "commonly",
                                         "frequently", "mainly",  "labels", "gets",   NULL};
    const ErrataSchema *schema = words->data->schema;
    const char *named[2] = {NULL, NULL};
    g_autofree char *label = NULL;
    g_autofree char *prediction = NULL;
    gboolean both = words->data->frame != NULL && schema != NULL && schema->n_classes > 0 &&
                    errata_ask_intent_any(words, between);
    guint n;

    if (words->data->frame == NULL || schema == NULL || schema->n_classes == 0 ||
        !(both || errata_ask_intent_any(words, asked)))
        return NULL;
    errata_ask_intent_all(words, asked);
    errata_ask_intent_all(words, around);
    n = mention_classes(words, named);
    if (n == 0) {
        *ret_where = g_strdup("error");
        return g_strdup("group \"@label\", \"@prediction\" | count");
    }
    label = errata_ask_condition_quote(named[0], '\'');
    prediction = n > 1 ? errata_ask_condition_quote(named[1], '\'') : NULL;
    if (both && n > 1) { /* either way */
        *ret_where = g_strdup_printf("error and @label in (%s, %s) and @prediction in (%s, %s)",
                                     label,
                                     prediction,
                                     label,
                                     prediction);
        return g_strdup("group \"@label\", \"@prediction\" | count");
    }
    *ret_where = g_strdup_printf(n > 1 ? "@label = %s" : "@label = %s and error", label);
    return n > 1 ? g_strdup_printf("share @prediction = %s", prediction)
                 : g_strdup("group \"@prediction\" | count");
}
