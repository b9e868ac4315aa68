/* SPDX-License-Identifier: GPL-3.0-or-later */
/* “women over 70”: people are called by words that no cell has, and their age by a number alone. */
#include <string.h>

#include "ask-condition.h"
#include "number.h"

#define PEOPLE_OLDEST 120.0

static const struct {
    const char *words[6];
    const char *values[5]; /* as columns of sexes have them */
} people_sexes[] = {
    {{"women", "woman", "ladies", "girls", NULL}, {"female", "f", "woman", "women", NULL}},
    {{"men", "man", "gentlemen", "boys", NULL}, {"male", "m", "man", "men", NULL}},
};

static gboolean
people_is_sex(const char *name)
{
    g_autofree char *fold = g_strdelimit(g_utf8_strdown(name, -1), "_-.", ' ');
    g_auto(GStrv) parts = g_strsplit(fold, " ", -1);

    return g_strv_contains((const char *const *)parts, "sex") ||
           g_strv_contains((const char *const *)parts, "gender");
}

/* the one column of sexes; −1: none, or more */
static int
people_column(const ErrataFrame *frame)
{
    int found = -1;

    for (guint c = 0; frame != NULL && c < frame->n_columns; c++) {
        if (!people_is_sex(frame->columns[c]->name))
            continue;
        if (found >= 0 || frame->columns[c]->type != ERRATA_COLUMN_CATEGORY)
            return -1;
        found = (int)c;
    }
    return found;
}

/* women are those whose sex is female, in words that nothing else of the log is called by */
static void
people_add(AskWords *words, int column, const char *value)
{
    g_autofree char *fold = g_utf8_strdown(value, -1);

    for (guint i = 0; i < G_N_ELEMENTS(people_sexes); i++) {
        if (!g_strv_contains(people_sexes[i].values, fold))
            continue;
        for (const char *const *word = people_sexes[i].words; *word != NULL; word++) {
            AskValue known = {column, value};
            GArray *list;

            if (g_hash_table_contains(words->values, *word) ||
                g_hash_table_contains(words->columns, *word))
                continue;
            list = g_array_new(FALSE, FALSE, sizeof(AskValue));
            g_array_append_val(list, known);
            g_hash_table_insert(words->values, g_strdup(*word), list);
        }
    }
}

/* whether the word is one for people: a sex, or who has an age */
static gboolean
people_is_one(const AskWords *words, guint at)
{
    static const char *const names[] = {"people", "persons", "patients", "adults", NULL};
    const AskWord *word = errata_ask_words_get(words, at);
    guint n = 0;
    const AskValue *value = errata_ask_words_value(words, at, &n);

    if (word == NULL)
        return FALSE;
    return g_strv_contains(names, word->fold) ||
           (n == 1 && value->column >= 0 &&
            people_is_sex(words->data->frame->columns[value->column]->name));
}

/**
 * errata_ask_people_mend:
 * @words: a question, before anything was made of it
 *
 * Has “women” and “men” mean what a column of sexes has for them, and “over 70” behind people their
 * age, where there is one column of it.
 */
void
errata_ask_people_mend(AskWords *words)
{
    const ErrataFrame *frame = words->data->frame;
    const int sex = people_column(frame);

    for (guint i = 0; sex >= 0 && i < frame->columns[sex]->n_dictionary; i++)
        people_add(words, sex, frame->columns[sex]->dictionary[i]);
    for (guint at = 1; frame != NULL && at + 1 < words->words->len; at++) {
        const AskWord *word = errata_ask_words_get(words, at);
        const AskWord *number = errata_ask_words_get(words, at + 1);
        const gboolean over = g_str_equal(word->fold, "over") || g_str_equal(word->fold, "above");
        double age;

        if (!over && !g_str_equal(word->fold, "under") && !g_str_equal(word->fold, "below"))
            continue;
        if (people_is_one(words, at - 1) && errata_ask_words_age(words) >= 0 &&
            errata_number_parse_double(number->text, strlen(number->text), &age) && age >= 1.0 &&
            age <= PEOPLE_OLDEST)
            errata_ask_phrase_set(words, at, 1, over ? "older than" : "younger than");
    }
}
