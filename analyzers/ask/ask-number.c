/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers of a question that are written out: “over forty”, “a threshold of zero point three”,
 * “more than 3k”, “thirty percent”. They become digits where a number is to be expected: “one” is
 * often none. */
#include <string.h>

#include "ask-words.h"
#include "number.h"

static const struct {
    const char *word;
    double value;
} number_small[] = {{"zero", 0.0},     {"one", 1.0},        {"two", 2.0},       {"three", 3.0},
                    {"four", 4.0},     {"five", 5.0},       {"six", 6.0},       {"seven", 7.0},
                    {"eight", 8.0},    {"nine", 9.0},       {"ten", 10.0},      {"eleven", 11.0},
                    {"twelve", 12.0},  {"thirteen", 13.0},  {"fourteen", 14.0}, {"fifteen", 15.0},
                    {"sixteen", 16.0}, {"seventeen", 17.0}, {"eighteen", 18.0}, {"nineteen", 19.0},
                    {"twenty", 20.0},  {"thirty", 30.0},    {"forty", 40.0},    {"fifty", 50.0},
                    {"sixty", 60.0},   {"seventy", 70.0},   {"eighty", 80.0},   {"ninety", 90.0},
                    {"dozen", 12.0},   {"half", 0.5}};

/* a number as far as it has been read */
typedef struct {
    double whole;  /* thousands and more that are done with */
    double part;   /* up to 999 */
    double behind; /* the digits behind the point, as a whole number */
    double place;  /* ten for each of them; 0: no point was read */
    gboolean any;
    gboolean unit; /* the last word was one of 1 … 19, which none of them may follow */
} Number;

/* FALSE where the word does not go on with the number */
static gboolean
number_add(Number *self, const char *word)
{
    double scale = strcmp(word, "thousand") == 0 ? 1e3 : strcmp(word, "million") == 0 ? 1e6 : 0.0;

    if (strcmp(word, "point") == 0 && self->any && !(self->place > 0.0)) {
        self->place = 1.0;
        return TRUE;
    }
    if (strcmp(word, "hundred") == 0 && self->any && self->part < 100.0 && !(self->place > 0.0)) {
        self->part *= 100.0;
        self->unit = FALSE;
        return TRUE;
    }
    if (scale > 0.0 && self->any && self->part > 0.0 && !(self->place > 0.0)) {
        self->whole += self->part * scale;
        self->part = 0.0;
        self->unit = FALSE;
        return TRUE;
    }
    for (guint i = 0; i < G_N_ELEMENTS(number_small); i++) {
        double value = number_small[i].value;

        if (strcmp(number_small[i].word, word) != 0)
            continue;
        if (self->place > 0.0) {
            if (value > 9.0)
                return FALSE;
            self->behind = self->behind * 10.0 + value;
            self->place *= 10.0;
            return TRUE;
        }
        if (self->unit || (self->any && value >= 10.0 && self->part > 0.0 && self->part < 100.0))
            return FALSE;
        self->part += value;
        self->any = TRUE;
        self->unit = value < 20.0;
        return TRUE;
    }
    return FALSE;
}

/* what a word like “forty” stands for; −1: no number */
double
errata_ask_number_word(const char *word)
{
    for (guint i = 0; i < G_N_ELEMENTS(number_small); i++)
        if (strcmp(number_small[i].word, word) == 0)
            return number_small[i].value;
    return -1.0;
}

/* how many words from @at on are a number that is written out */
guint
errata_ask_number_read(const AskWords *words, guint at, double *ret_value)
{
    Number number = {0.0, 0.0, 0.0, 0.0, FALSE, FALSE};
    guint n = 0;

    for (guint i = at; i < words->words->len; i++) {
        g_auto(GStrv) parts = g_strsplit(errata_ask_words_get(words, i)->fold, " ", -1);
        Number next = number;
        gboolean fits = parts[0] != NULL;

        for (guint k = 0; fits && parts[k] != NULL; k++)
            fits = number_add(&next, parts[k]);
        if (!fits)
            break;
        number = next;
        n = i + 1 - at;
    }
    *ret_value = number.whole + number.part;
    if (number.place > 0.0)
        *ret_value += number.behind / number.place;
    return n;
}

/* “3k”, “10,000” */
static gboolean
number_is_short(const char *text, double *ret_value)
{
    gsize n = strlen(text);
    g_auto(GStrv) parts = g_strsplit(text, ",", -1);
    g_autofree char *joined = g_strjoinv("", parts);
    guint n_parts = g_strv_length(parts);

    if (n > 1 && (text[n - 1] == 'k' || text[n - 1] == 'K') &&
        errata_number_parse_double(text, n - 1, ret_value)) {
        *ret_value *= 1e3;
        return TRUE;
    }
    for (guint i = 1; i < n_parts; i++)
        if (strlen(parts[i]) != 3)
            return FALSE;
    return n_parts > 1 && parts[0][0] != '\0' && strlen(parts[0]) < 4 &&
           strspn(joined, "0123456789") == strlen(joined) &&
           errata_number_parse_double(joined, strlen(joined), ret_value);
}

static gboolean
number_is(const AskWords *words, guint at, const char *const *list)
{
    const AskWord *word = errata_ask_words_get(words, at);

    return word != NULL && g_strv_contains(list, word->fold);
}

/* “between two and three thousand”: 2, or 2,000? */
static gboolean
number_is_cut(const AskWords *words, guint at, double second)
{
    const char *text = errata_ask_words_get(words, at)->text;
    double first;

    return second >= 1e3 && errata_number_parse_double(text, strlen(text), &first) && first < 100.0;
}

/* whether a number, @n words long, is to be expected at @at */
static gboolean
number_is_led(const AskWords *words, guint at, guint n, double value)
{
    static const char *const compares[] = {"over",
                                           "above",
                                           "under",
                                           "below",
                                           "than",
                                           "least",
                                           "most",
                                           "between",
                                           "exceeds",
                                           "exceeding",
                                           "beyond",
                                           ">",
                                           "<",
                                           ">=",
                                           "<=",
                                           "=",
                                           "up",
                                           NULL};
    static const char *const things[] = {"threshold", "cutoff", "score", "confidence", "age", NULL};
    static const char *const links[] = {"of", "is", "at", "to", "was", "were", "a", NULL};
    static const char *const shows[] = {"top", "first", "last", "worst", "best", "latest", NULL};
    static const char *const joins[] = {"and", "to", NULL};
    static const char *const shown[] = {"rows",
                                        "errors",
                                        "worst",
                                        "best",
                                        "examples",
                                        "mistakes",
                                        "wrong",
                                        "groups",
                                        "findings",
                                        "biggest",
                                        "problems",
                                        "years",
                                        "year",
                                        NULL};
    static const char *const percents[] = {"percent", "%", NULL};
    const char *word = errata_ask_words_get(words, at)->fold;
    gboolean one = n == 1 && strcmp(word, "one") == 0;
    gboolean to = number_is(words, at - 1, (const char *const[]){"to", NULL});

    if (at == 0)
        return FALSE;
    if (number_is(words, at - 1, compares) || number_is(words, at - 1, things) ||
        (to && number_is(words, at - 2, (const char *const[]){"up", NULL})))
        return TRUE;
    if (at > 1 && number_is(words, at - 1, links) &&
        (number_is(words, at - 2, things) ||
         (at > 2 && number_is(words, at - 2, links) && number_is(words, at - 3, things))))
        return TRUE;
    if (at > 2 && number_is(words, at - 1, joins) &&
        number_is(words, at - 3, (const char *const[]){"between", "from", NULL}))
        return !number_is_cut(words, at - 2, value);
    return !one && (number_is(words, at - 1, shows) || number_is(words, at + n, shown) ||
                    number_is(words, at + n, percents));
}

/* whether it is a name or a value of the log */
static gboolean
number_is_name(const AskWords *words, guint at, guint n)
{
    g_autofree char *phrase = errata_ask_words_phrase(words, at, n);

    return phrase != NULL && (g_hash_table_contains(words->values, phrase) ||
                              g_hash_table_contains(words->columns, phrase));
}

/* lets @n words be one */
static void
number_set(AskWords *words, guint at, guint n, double value, gboolean percent)
{
    AskWord *word = &g_array_index(words->words, AskWord, at);
    char buffer[ERRATA_NUMBER_BUFFER];

    word->end = errata_ask_words_get(words, at + n - 1)->end;
    g_free(word->text);
    g_free(word->fold);
    word->text = g_strdup_printf("%s%s", errata_number_print(value, buffer), percent ? "%" : "");
    word->fold = g_strdup(word->text);
    if (n > 1)
        g_array_remove_range(words->words, at + 1, n - 1);
}

/**
 * errata_ask_number_write:
 * @words: a question that is being read
 *
 * Writes numbers that stand for something to compare with, or for how many to show, in digits.
 */
void
errata_ask_number_write(AskWords *words)
{
    for (guint i = 0; i < words->words->len; i++) {
        const AskWord *word = errata_ask_words_get(words, i);
        double value = 0.0;
        guint n = errata_ask_number_read(words, i, &value);
        gboolean digits = n == 0 &&
                          errata_number_parse_double(word->text, strlen(word->text), &value);
        gboolean shortened = n == 0 && !digits && number_is_short(word->text, &value);
        gboolean percent;

        n = digits || shortened ? 1 : n;
        if (n == 0 || number_is_name(words, i, n))
            continue;
        percent = number_is(words, i + n, (const char *const[]){"percent", "%", NULL});
        if ((digits && !percent) || !number_is_led(words, i, n, value))
            continue;
        number_set(words, i, n + (percent ? 1 : 0), value, percent);
    }
}
