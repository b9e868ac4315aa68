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

/* the classes that the question names, no more than two, and where */
typedef struct {
    const char *name[2];
    guint at[2];
    guint n_words[2];
    guint n;
} MentionClasses;

static MentionClasses
mention_classes(const AskWords *words)
{
    MentionClasses found = {.n = 0};

    for (guint i = 0; i < words->words->len && found.n < 2; i++) {
        guint n = 0;
        int class_index = mention_class(words, i, &n);

        if (class_index < 0 || errata_ask_words_match(words, i, "other class*") > 0)
            continue; /* “which other class”, also where one is called so */
        found.name[found.n] = words->data->schema->classes[class_index];
        found.at[found.n] = i;
        found.n_words[found.n++] = n;
    }
    return found;
}

static const char *const mention_asked[] = {"confusion between",
                                            "confusions between",
                                            "confused between",
                                            "confused with",
                                            "confused for",
                                            "confused by",
                                            "confused",
                                            "confuse",
                                            "confuses",
                                            "mixed up with",
                                            "mixed up",
                                            "mixes up",
                                            "mix up",
                                            "mistaken for",
                                            NULL};

/* where “with” or “for” stands that parts what is confused from what it is confused with; the end
 * where there is none */
static guint
mention_parting(const AskWords *words)
{
    static const char *const parts[] = {"with", "for", "by", NULL};
    int at = -1;

    for (guint i = 0; at < 0 && mention_asked[i] != NULL; i++)
        at = errata_ask_words_find(words, mention_asked[i], NULL);
    while (at >= 0 && (guint)at < words->words->len &&
           !g_strv_contains(parts, errata_ask_words_get(words, (guint)at)->fold))
        at++;
    return at >= 0 ? (guint)at : words->words->len;
}

static gboolean
mention_is_confused(const AskWords *words)
{
    for (guint i = 0; mention_asked[i] != NULL; i++) {
        guint n = 0;
        int at = errata_ask_words_find(words, mention_asked[i], &n);

        /* “0 mistaken for 1” is a condition; “what is mistaken for 1” asks for classes */
        if (at >= 0 && (!g_str_equal(mention_asked[i], "mistaken for") ||
                        errata_ask_words_match(words, 0, "what") > 0 ||
                        errata_ask_words_match(words, 0, "which") > 0 ||
                        errata_ask_words_match(words, 0, "how often") > 0))
            return TRUE;
    }
    return FALSE;
}

/* of one class: what its rows are predicted as, or which rows are predicted as it */
static char *
mention_one(const char *name, gboolean is_predicted, char **ret_where)
{
    g_autofree char *quoted = errata_ask_condition_quote(name, '\'');

    *ret_where =
        g_strdup_printf("%s = %s and error", is_predicted ? "@prediction" : "@label", quoted);
    return g_strdup_printf("group \"%s\" | count", is_predicted ? "@label" : "@prediction");
}

/* of two: how often the first is predicted as the second, or either way */
static char *
mention_two(const MentionClasses *classes, gboolean either, char **ret_where)
{
    g_autofree char *one = errata_ask_condition_quote(classes->name[0], '\'');
    g_autofree char *other = errata_ask_condition_quote(classes->name[1], '\'');

    if (!either) {
        *ret_where = g_strdup_printf("@label = %s", one);
        return g_strdup_printf("share @prediction = %s", other);
    }
    *ret_where = g_strdup_printf("error and @label in (%s, %s) and @prediction in (%s, %s)",
                                 one,
                                 other,
                                 one,
                                 other);
    return g_strdup("group \"@label\", \"@prediction\" | count");
}

/**
 * errata_ask_mention_confused:
 * @words: a question about a log with classes
 * @ret_where: (out): gets the condition that the operation is of
 *
 * “what is billing most often confused with”, “what is confused with billing”, “which classes are
 * mixed up”. A class is confused with what its rows are predicted as: the one that stands before
 * “with” is the label, the one behind it the prediction. Its words are used, and those of
 * conditions are left.
 *
 * Returns: (transfer full) (nullable): an operation, behind the conditions that it has already;
 * %NULL where
 *   no such thing is asked
 */
char *
errata_ask_mention_confused(AskWords *words, char **ret_where)
{
    static const char *const around[] = {
        "most often", "mostly",     "often",   "most",   "usually", "class", "classes",
        "with",       "other",      "another", "each",   "pairs",   "pair",  "common",
        "commonly",   "frequently", "mainly",  "labels", "gets",    "two",   NULL};
    const ErrataSchema *schema = words->data->schema;
    MentionClasses classes;
    guint parting;
    gboolean before[2];

    if (words->data->frame == NULL || schema == NULL || schema->n_classes == 0 ||
        !mention_is_confused(words))
        return NULL;
    classes = mention_classes(words);
    parting = mention_parting(words);
    before[0] = classes.n > 0 && classes.at[0] < parting;
    before[1] = classes.n > 1 && classes.at[1] < parting;
    if (classes.n > 1 && !before[0])
        return NULL; /* two that others are confused with */
    errata_ask_intent_all(words, mention_asked);
    errata_ask_intent_all(words, around);
    for (guint i = 0; i < classes.n; i++)
        errata_ask_words_use(words, classes.at[i], classes.n_words[i]);
    if (classes.n > 1)
        return mention_two(&classes, before[1], ret_where);
    if (classes.n > 0)
        return mention_one(classes.name[0], !before[0], ret_where);
    *ret_where = g_strdup("error");
    return g_strdup("group \"@label\", \"@prediction\" | count");
}

/**
 * errata_ask_mention_note:
 * @words: a question about a log with classes, as it was asked
 *
 * Returns: (transfer full) (nullable): which way confusions were counted, and how to ask for the
 *   other; %NULL where none of one class are asked for
 */
char *
errata_ask_mention_note(const AskWords *words)
{
    const ErrataSchema *schema = words->data->schema;
    MentionClasses classes;

    if (words->data->frame == NULL || schema == NULL || schema->n_classes == 0 ||
        !mention_is_confused(words))
        return NULL;
    classes = mention_classes(words);
    if (classes.n != 1)
        return NULL;
    return classes.at[0] < mention_parting(words)
               ? g_strdup_printf("These are rows labelled %s that are predicted as another class; "
                                 "“what is confused with %s” counts the other way.",
                                 classes.name[0],
                                 classes.name[0])
               : g_strdup_printf("These are rows of other labels that are predicted as %s; “what "
                                 "is %s confused with” counts the other way.",
                                 classes.name[0],
                                 classes.name[0]);
}
