/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small words that are values of the log: us, it, at, be, no, so. Where one stands as a value does
 * (“in the us”, “of at and be”) it is that value; where it stands as the word does (“tell us”, “is
 * it”) it is none; where neither can be told the question is not answered. */
#include <string.h>

#include "ask-words.h"

static const char *const small_words[] = {"a",
                                          "am",
                                          "as",
                                          "at",
                                          "be",
                                          "do",
                                          "in",
                                          "is",
                                          "it",
                                          "me",
                                          "my",
                                          "no",
                                          "on",
                                          "or",
                                          "so",
                                          "to",
                                          "us",
                                          NULL};

static gboolean
small_is(const AskWords *words, guint at, const char *const *list)
{
    const AskWord *word = errata_ask_words_get(words, at);

    return word != NULL && g_strv_contains(list, word->fold);
}

/* the column whose value the word is; −1: none. What is yes or no is said with its column. */
static int
small_column(const AskWords *words, guint at)
{
    const AskWord *word = errata_ask_words_get(words, at);
    const GArray *found = word != NULL ? g_hash_table_lookup(words->values, word->fold) : NULL;
    const ErrataColumn *cells;
    int column = found != NULL ? g_array_index(found, AskValue, 0).column : -1;

    if (column < 0)
        return -1;
    cells = words->data->frame->columns[column];
    for (guint i = 0; i < cells->n_dictionary; i++)
        if (g_ascii_strcasecmp(cells->dictionary[i], "yes") == 0)
            return -1;
    return column;
}

/* whether a comma, or the end, is behind the word */
static gboolean
small_is_last(const AskWords *words, guint at)
{
    const AskWord *word = errata_ask_words_get(words, at);

    return at + 1 >= words->words->len || (*word->end != '\0' && strchr(",;?!.:", *word->end));
}

/* whether what is behind the word may stand behind a value */
static gboolean
small_is_closed(const AskWords *words, guint at)
{
    static const char *const tails[] = {"and",  "or",    "vs",     "versus", "compared", "than",
                                        "in",   "with",  "for",    "where",  "during",   "since",
                                        "from", "after", "before", "by",     "per",      "&",
                                        "but",  "is",    "are",    "was",    "were",     NULL};
    guint n = 0;

    return small_is_last(words, at) || small_is(words, at + 1, tails) ||
           errata_ask_words_column(words, at + 1, &n) == small_column(words, at);
}

/* whether another value of the column is before or behind it, in a list */
static gboolean
small_is_listed(const AskWords *words, guint at)
{
    static const char *const joins[] = {"and", "or", "vs", "versus", "&", "nor", NULL};
    int column = small_column(words, at);

    if (at > 1 && small_is(words, at - 1, joins) && small_column(words, at - 2) == column)
        return TRUE;
    if (at > 0 && *errata_ask_words_get(words, at - 1)->end == ',' &&
        small_column(words, at - 1) == column)
        return TRUE;
    return (small_is(words, at + 1, joins) && small_column(words, at + 2) == column) ||
           (*errata_ask_words_get(words, at)->end == ',' && small_column(words, at + 1) == column);
}

/* whether the words around it make it the word that it is otherwise */
static gboolean
small_is_word(const AskWords *words, guint at)
{
    static const char *const gives[] = {"tell",
                                        "tells",
                                        "give",
                                        "gives",
                                        "show",
                                        "shows",
                                        "let",
                                        "help",
                                        "get",
                                        "send",
                                        "cost",
                                        "lets",
                                        NULL};
    static const char *const before[] = {"is",    "was",  "does",  "did",     "do",    "can",
                                         "could", "will", "would", "should",  "has",   "how",
                                         "why",   "when", "where", "if",      "that",  "what",
                                         "as",    "make", "makes", "because", "while", NULL};
    static const char *const behind[] = {"is",
                                         "was",
                                         "does",
                                         "did",
                                         "do",
                                         "has",
                                         "can",
                                         "will",
                                         "would",
                                         "gets",
                                         "got",
                                         "makes",
                                         "made",
                                         "fails",
                                         "do",
                                         "be",
                                         "goes",
                                         NULL};
    static const char *const modal[] = {"would",
                                        "will",
                                        "can",
                                        "should",
                                        "could",
                                        "might",
                                        "may",
                                        "must",
                                        "to",
                                        "shall",
                                        "it",
                                        "not",
                                        NULL};
    const char *fold = errata_ask_words_get(words, at)->fold;
    gboolean object = g_str_equal(fold, "us") || g_str_equal(fold, "me");

    if (object)
        return at > 0 && small_is(words, at - 1, gives);
    if (g_str_equal(fold, "it"))
        return (at > 0 && small_is(words, at - 1, before)) || small_is(words, at + 1, behind) ||
               (at > 1 && small_is(words, at - 2, before) && !small_is_last(words, at));
    if (g_str_equal(fold, "be") || g_str_equal(fold, "do"))
        return (at > 0 && small_is(words, at - 1, modal)) || !small_is_last(words, at);
    if (g_str_equal(fold, "at"))
        return at > 0 && !small_is_last(words, at);
    return !small_is_last(words, at);
}

/* whether another value of its column is behind “than”: “does it do better than us” */
static gboolean
small_is_rival(const AskWords *words, guint at)
{
    static const char *const than[] = {"than", NULL};
    guint n = 0;

    for (guint i = at + 1; i + 1 < words->words->len; i++) {
        const AskValue *value = small_is(words, i, than) ? errata_ask_words_value(words, i + 1, &n)
                                                         : NULL;

        if (value != NULL
                ? value->column == small_column(words, at)
                : small_is(words, i, than) && small_column(words, i + 1) == small_column(words, at))
            return TRUE;
    }
    return FALSE;
}

/* whether “a” stands where no article does: held against something, behind “how many”, before a
 * verb or what is more than one, or as the last word */
static gboolean
small_is_no_article(const AskWords *words, guint at)
{
    static const char *const compared[] = {"better", "worse", "more", "less", NULL};
    static const char *const apart[] = {"vs", "versus", "than", "compared", NULL};
    static const char *const many[] = {"many", NULL};
    static const char *const of[] = {"of", NULL};
    static const char *const verbs[] = {"do",
                                        "does",
                                        "did",
                                        "have",
                                        "has",
                                        "had",
                                        "is",
                                        "are",
                                        "was",
                                        "were",
                                        "get",
                                        "gets",
                                        "got",
                                        "perform",
                                        "performs",
                                        "fail",
                                        "fails",
                                        NULL};
    static const char *const ones[] = {"series", "means", "news", "lens", NULL};
    static const char *const endings[] = {"ss", "us", "is", "as"};
    const AskWord *next = errata_ask_words_get(words, at + 1);
    guint n = 0;
    gboolean several = next != NULL && g_str_has_suffix(next->fold, "s") &&
                       !g_strv_contains(ones, next->fold) &&
                       errata_ask_words_column(words, at + 1, &n) < 0;
    const AskValue *class = errata_ask_words_value(words, at + 1, &n);
    gboolean did = class != NULL && class->column < 0 && at + 1 + n == words->words->len &&
                   at > 0 && small_is(words, at - 1, of); /* “what share of a churned” */

    for (guint i = 0; several && i < G_N_ELEMENTS(endings); i++)
        several = !g_str_has_suffix(next->fold, endings[i]);
    return several || did || small_is_last(words, at) || small_is(words, at + 1, apart) ||
           small_is(words, at + 1, verbs) || (at > 0 && small_is(words, at - 1, many)) ||
           (small_is(words, at + 1, compared) &&
            (errata_ask_words_match(words, at + 2, "than") > 0 || small_is_last(words, at + 1)));
}

/* whether it is written as a name: US, or A behind another word, where not all of the question is
 * in capitals */
static gboolean
small_is_name(const AskWords *words, guint at)
{
    const char *text = errata_ask_words_get(words, at)->text;

    if (!g_ascii_isupper(text[0]) || (text[1] == '\0' ? at == 0 : !g_ascii_isupper(text[1])))
        return FALSE;
    for (guint i = 0; text[1] == '\0' && i < words->words->len; i++) /* A Title Is Written So */
        if (i != at && g_ascii_islower(errata_ask_words_get(words, i)->text[0]))
            return TRUE;
    for (const char *p = words->question; text[1] != '\0' && *p != '\0'; p++)
        if (g_ascii_islower(*p))
            return TRUE;
    return FALSE;
}

/* whether the word stands as a value does */
static gboolean
small_is_value(const AskWords *words, guint at)
{
    static const char *const leads[] = {"in",
                                        "for",
                                        "of",
                                        "from",
                                        "among",
                                        "vs",
                                        "versus",
                                        "with",
                                        "within",
                                        "than",
                                        "the",
                                        "against",
                                        "except",
                                        "outside",
                                        "excluding",
                                        "without",
                                        NULL};
    static const char *const objects[] = {"us", "me", NULL};
    static const char *const pronouns[] = {"us", "me", "it", NULL};
    static const char *const to[] = {"to", NULL};
    gboolean led = at > 0 && small_is(words, at - 1, leads);

    if (strchr("\"'`", *errata_ask_words_get(words, at)->at) != NULL || small_is_name(words, at))
        return TRUE;
    if (g_str_equal(errata_ask_words_get(words, at)->fold, "a") ? small_is_no_article(words, at)
                                                                : small_is_rival(words, at))
        return TRUE;
    if ((led || small_is_listed(words, at)) && small_is_closed(words, at) &&
        (led || !small_is_word(words, at) || !small_is_last(words, at)))
        return TRUE;
    if (small_is_word(words, at) || (at > 0 && small_is(words, at - 1, to)))
        return FALSE;
    return small_is(words, at, objects) || /* no sentence has “us” for its subject */
           (at > 0 && small_is_last(words, at) && small_is(words, at, pronouns));
}

/**
 * errata_ask_small_mark:
 * @words: a question, whose values are known
 *
 * A small word that is a value gets a folded form of its own, which is that value and no small
 * word. The first of which it cannot be told is noted as why there is no answer.
 */
void
errata_ask_small_mark(AskWords *words)
{
    static const char *const is[] = {"is", "are", "not", "=", NULL};
    g_autofree gboolean *means = g_new0(gboolean, words->words->len + 1);

    for (guint i = 0; words->data->frame != NULL && i < words->words->len; i++) {
        const AskWord *word = errata_ask_words_get(words, i);
        int column = g_strv_contains(small_words, word->fold) ? small_column(words, i) : -1;
        guint n = 0;

        if (column < 0)
            continue;
        means[i] = g_str_equal(word->fold, "a") && small_is_no_article(words, i);
        if ((i > 0 && errata_ask_words_column(words, i - 1, &n) >= 0) ||
            (i > 1 && small_is(words, i - 1, is) && errata_ask_words_column(words, i - 2, &n) >= 0))
            continue; /* “market us”, “market is us”: read with the column, which passes over “a” */
        means[i] = small_is_value(words, i);
        if (means[i] || small_is_word(words, i) || words->untold != NULL)
            continue;
        words->untold = g_strdup_printf(
            "“%s” is a value of %s, and may be the word: for the value say %s '%s'",
            word->text,
            words->data->frame->columns[column]->name,
            words->data->frame->columns[column]->name,
            g_array_index((GArray *)g_hash_table_lookup(words->values, word->fold), AskValue, 0)
                .text);
    }
    for (guint i = 0; i < words->words->len; i++) {
        AskWord *word = &g_array_index(words->words, AskWord, i);
        GArray *list = means[i] ? g_hash_table_lookup(words->values, word->fold) : NULL;
        char *fold;

        if (list == NULL)
            continue;
        fold = g_strconcat(word->fold, "'", NULL); /* no word that is split ends so */
        g_hash_table_insert(words->values, g_strdup(fold), g_array_ref(list));
        g_free(word->fold);
        word->fold = fold;
    }
}
