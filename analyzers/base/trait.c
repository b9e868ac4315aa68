/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The traits of texts: what they are called, and how a condition on one reads in a sentence. */
#include "trait.h"

#include <math.h>
#include <string.h>

#include "number.h"

#define TRAIT_SEPARATOR ": "

typedef enum {
    TRAIT_COUNT,
    TRAIT_SHARE,
    TRAIT_NUMBER,
    TRAIT_CATEGORY,
} TraitShape;

typedef struct {
    const char *nick;
    TraitShape shape;
    const char *one;  /* COUNT: with its article; SHARE: of what it is one; else what it is */
    const char *many; /* COUNT; SHARE: what part of them is */
    const char *summary;
} TraitFacts;

static const TraitFacts trait_facts[] = {
    [ERRATA_TRAIT_CHARACTERS] =
        {"characters", TRAIT_COUNT, "a character", "characters", "characters, spaces included"},
    [ERRATA_TRAIT_WORDS] = {"words", TRAIT_COUNT, "a word", "words", "runs of letters and digits"},
    [ERRATA_TRAIT_LANGUAGE] = {"language",
                               TRAIT_CATEGORY,
                               "the language",
                               NULL,
                               "by its common words, letters and endings; unknown when unsure"},
    [ERRATA_TRAIT_SCRIPT] =
        {"script", TRAIT_CATEGORY, "the script", NULL, "script of most letters"},
    [ERRATA_TRAIT_SENTIMENT] = {"sentiment",
                                TRAIT_NUMBER,
                                "the sentiment",
                                NULL,
                                "−1 (bad) to 1 (good) by a word list, denied words turned round"},
    [ERRATA_TRAIT_NEGATIONS] =
        {"negations", TRAIT_COUNT, "a negation", "negations", "words that deny"},
    [ERRATA_TRAIT_DIGITS] = {"digits", TRAIT_COUNT, "a digit", "digits", "decimal digits"},
    [ERRATA_TRAIT_EMOJI] = {"emoji", TRAIT_COUNT, "an emoji", "emoji", "emoji"},
    [ERRATA_TRAIT_CAPITALS] =
        {"capitals", TRAIT_SHARE, "words", "in capitals", "share of words all in capitals"},
    [ERRATA_TRAIT_LINKS] = {"links",
                            TRAIT_COUNT,
                            "a link or mention",
                            "links and mentions",
                            "web and mail addresses, @mentions"},
    [ERRATA_TRAIT_RARE_WORDS] = {"rare words",
                                 TRAIT_SHARE,
                                 "words",
                                 "rare",
                                 "share of words hardly ever seen in the column"},
    [ERRATA_TRAIT_TYPOS] = {"typos",
                            TRAIT_SHARE,
                            "words",
                            "typos",
                            "share of words that are rare and one slip from a common one"},
    [ERRATA_TRAIT_REPETITION] =
        {"repetition", TRAIT_SHARE, "words", "repeated", "share of words said before or drawn out"},
    [ERRATA_TRAIT_PUNCTUATION] = {"punctuation",
                                  TRAIT_SHARE,
                                  "characters",
                                  "punctuation",
                                  "share of characters that are punctuation"},
    [ERRATA_TRAIT_QUESTIONS] =
        {"questions", TRAIT_COUNT, "a question mark", "question marks", "question marks"},
    [ERRATA_TRAIT_EXCLAMATIONS] = {"exclamations",
                                   TRAIT_COUNT,
                                   "an exclamation mark",
                                   "exclamation marks",
                                   "exclamation marks"},
};

G_STATIC_ASSERT(G_N_ELEMENTS(trait_facts) == ERRATA_TRAITS);

/**
 * errata_trait_summary:
 * @trait: a trait
 *
 * Returns: (transfer none): what it measures, in a few words
 */
const char *
errata_trait_summary(ErrataTrait trait)
{
    return trait_facts[trait].summary;
}

/* a whole number of things in the text */
gboolean
errata_trait_is_count(ErrataTrait trait)
{
    return trait_facts[trait].shape == TRAIT_COUNT;
}

/* a name, not a number */
gboolean
errata_trait_is_category(ErrataTrait trait)
{
    return trait_facts[trait].shape == TRAIT_CATEGORY;
}

/**
 * errata_trait_column:
 * @text: name of a text column
 * @trait: a trait
 *
 * Returns: (transfer full): the name of the derived column: "message: rare words"
 */
char *
errata_trait_column(const char *text, ErrataTrait trait)
{
    return g_strconcat(text, TRAIT_SEPARATOR, trait_facts[trait].nick, NULL);
}

/**
 * errata_trait_parse:
 * @column: a column's name
 * @ret_text: (out) (optional) (transfer full): name of the text column
 * @ret_trait: (out) (optional): the trait
 *
 * Returns: whether the name is one that errata_trait_column() makes
 */
gboolean
errata_trait_parse(const char *column, char **ret_text, ErrataTrait *ret_trait)
{
    for (guint i = 0; i < ERRATA_TRAITS; i++) {
        g_autofree char *end = errata_trait_column("", i);
        gsize length = strlen(column);
        gsize tail = strlen(end);

        if (length <= tail || strcmp(column + length - tail, end) != 0)
            continue;
        if (ret_text != NULL)
            *ret_text = g_strndup(column, length - tail);
        if (ret_trait != NULL)
            *ret_trait = i;
        return TRUE;
    }
    return FALSE;
}

/* “has at least 20 words”: bounds @from … @to, whole numbers, −1 for none */
static char *
trait_describe_count(const char *text, const TraitFacts *facts, double from, double to)
{
    if (from < 1.0 && to < 0.0)
        return NULL;
    if (from < 2.0 && from > 0.0 && to < 0.0)
        return g_strdup_printf("%s has %s", text, facts->one);
    if (to < 0.0)
        return g_strdup_printf("%s has at least %.0f %s", text, from, facts->many);
    if (to < 1.0)
        return g_strdup_printf("%s has no %s", text, facts->many);
    if (from < 1.0)
        return to < 2.0 ? g_strdup_printf("%s has no %s or one", text, facts->many)
                        : g_strdup_printf("%s has at most %.0f %s", text, to, facts->many);
    if (to < from + 1.0)
        return to < 2.0 ? g_strdup_printf("%s has just %s", text, facts->one)
                        : g_strdup_printf("%s has %.0f %s", text, from, facts->many);
    return g_strdup_printf("%s has %.0f to %.0f %s", text, from, to, facts->many);
}

static char *
trait_number(const TraitFacts *facts, double value)
{
    char buffer[ERRATA_NUMBER_BUFFER];

    if (facts->shape == TRAIT_SHARE)
        return g_strdup_printf("%s %%", errata_number_print(rint(value * 1e4) / 100.0, buffer));
    return g_strdup(errata_number_print(value, buffer));
}

/* “all words of message are in capitals”, “at least 20 % of the words of message are typos” */
static char *
trait_describe_share(const char *text,
                     const TraitFacts *facts,
                     const ErrataPredicate *predicate,
                     const char *words,
                     const char *number)
{
    gboolean least = predicate->op == ERRATA_OP_EQ || predicate->op == ERRATA_OP_GE;
    gboolean most = predicate->op == ERRATA_OP_EQ || predicate->op == ERRATA_OP_LE;
    const char *whole = least && predicate->number >= 1.0                           ? "all"
                        : most && predicate->number <= 0.0                          ? "no"
                        : predicate->op == ERRATA_OP_GT && predicate->number <= 0.0 ? "some"
                                                                                    : NULL;

    if (whole != NULL)
        return g_strdup_printf("%s %s of %s are %s", whole, facts->one, text, facts->many);
    return g_strdup_printf("%s%s of the %s of %s are %s",
                           words,
                           number,
                           facts->one,
                           text,
                           facts->many);
}

static char *
trait_describe_number(const char *text, const TraitFacts *facts, const ErrataPredicate *predicate)
{
    g_autofree char *number = trait_number(facts, predicate->number);
    g_autofree char *upper = trait_number(facts, predicate->upper);
    const char *words = NULL;

    switch (predicate->op) {
    case ERRATA_OP_EQ:
        words = "";
        break;
    case ERRATA_OP_LT:
        words = "under ";
        break;
    case ERRATA_OP_LE:
        words = "at most ";
        break;
    case ERRATA_OP_GT:
        words = "over ";
        break;
    case ERRATA_OP_GE:
        words = "at least ";
        break;
    case ERRATA_OP_BETWEEN:
        return facts->shape == TRAIT_SHARE
                   ? g_strdup_printf("%s to under %s of the %s of %s are %s",
                                     number,
                                     upper,
                                     facts->one,
                                     text,
                                     facts->many)
                   : g_strdup_printf("%s of %s is from %s to under %s",
                                     facts->one,
                                     text,
                                     number,
                                     upper);
    case ERRATA_OP_IN:
    case ERRATA_OP_NOT_IN:
    case ERRATA_OP_IS_MISSING:
    case ERRATA_OP_CONTAINS:
        return NULL;
    }
    if (facts->shape == TRAIT_SHARE)
        return trait_describe_share(text, facts, predicate, words, number);
    return g_strdup_printf("%s of %s is %s%s", facts->one, text, words, number);
}

static char *
trait_describe_whole(const char *text, const TraitFacts *facts, const ErrataPredicate *predicate)
{
    double number = predicate->number;

    switch (predicate->op) {
    case ERRATA_OP_EQ:
        return trait_describe_count(text, facts, number, number);
    case ERRATA_OP_LT:
        return trait_describe_count(text, facts, 0.0, ceil(number) - 1.0);
    case ERRATA_OP_LE:
        return trait_describe_count(text, facts, 0.0, floor(number));
    case ERRATA_OP_GT:
        return trait_describe_count(text, facts, floor(number) + 1.0, -1.0);
    case ERRATA_OP_GE:
        return trait_describe_count(text, facts, ceil(number), -1.0);
    case ERRATA_OP_BETWEEN:
        return trait_describe_count(text, facts, ceil(number), ceil(predicate->upper) - 1.0);
    case ERRATA_OP_IN:
    case ERRATA_OP_NOT_IN:
    case ERRATA_OP_IS_MISSING:
    case ERRATA_OP_CONTAINS:
        break;
    }
    return NULL;
}

static char *
trait_describe_category(const char *text, const TraitFacts *facts, const ErrataPredicate *predicate)
{
    gboolean negated = predicate->op == ERRATA_OP_NOT_IN;
    GString *words = g_string_new(NULL);

    g_string_append_printf(words, "%s of %s is %s", facts->one, text, negated ? "not " : "");
    for (guint i = 0; predicate->values[i] != NULL; i++) {
        if (i > 0)
            g_string_append(words,
                            predicate->values[i + 1] != NULL ? ", "
                            : negated                        ? " nor "
                                                             : " or ");
        g_string_append(words, predicate->values[i]);
    }
    return g_string_free(words, FALSE);
}

/**
 * errata_trait_describe:
 * @predicate: a condition
 *
 * Returns: (transfer full) (nullable): a condition on a number of a derived column inside a
 * sentence
 *   ("message has a negation"); %NULL for conditions on other columns
 */
char *
errata_trait_describe(const ErrataPredicate *predicate)
{
    g_autofree char *text = NULL;
    ErrataTrait trait;

    if (!errata_trait_parse(predicate->column, &text, &trait))
        return NULL;
    if (predicate->op == ERRATA_OP_IS_MISSING)
        return NULL;
    switch (trait_facts[trait].shape) {
    case TRAIT_COUNT:
        return predicate->values != NULL
                   ? NULL
                   : trait_describe_whole(text, &trait_facts[trait], predicate);
    case TRAIT_SHARE:
    case TRAIT_NUMBER:
        return predicate->values != NULL
                   ? NULL
                   : trait_describe_number(text, &trait_facts[trait], predicate);
    case TRAIT_CATEGORY:
        if (predicate->values == NULL || predicate->values[0] == NULL)
            return NULL;
        if (predicate->op == ERRATA_OP_NOT_IN || predicate->op == ERRATA_OP_IN ||
            predicate->op == ERRATA_OP_EQ)
            return trait_describe_category(text, &trait_facts[trait], predicate);
        break;
    }
    return NULL;
}
