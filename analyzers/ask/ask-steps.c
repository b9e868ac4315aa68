/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ranges of equal width as groups: “by tens of age”, “by age in steps of 5”, “by 5000 of
 * amount”. */
#include <math.h>
#include <string.h>

#include "ask-condition.h"
#include "ask-intent.h"
#include "number.h"

/* “tens”, “decades” are 10, “5s” and “5” are 5; 0: none */
static double
steps_width(const AskWords *words, guint at)
{
    static const struct {
        const char *word;
        double width;
    } known[] = {{"tens", 10.0},
                 {"ten", 10.0},
                 {"decade", 10.0},
                 {"decades", 10.0},
                 {"fives", 5.0},
                 {"twenties", 20.0},
                 {"hundreds", 100.0},
                 {"hundred", 100.0},
                 {"thousands", 1e3},
                 {"thousand", 1e3}};
    const AskWord *word = errata_ask_words_get(words, at);
    gsize n = word != NULL && !word->used ? strlen(word->fold) : 0;
    double width = 0.0;

    for (guint i = 0; n > 0 && i < G_N_ELEMENTS(known); i++)
        if (strcmp(known[i].word, word->fold) == 0)
            return known[i].width;
    n -= n > 1 && word->fold[n - 1] == 's' ? 1 : 0;
    return n > 0 && errata_number_parse_double(word->text, n, &width) && width > 0.0 &&
                   isfinite(width)
               ? width
               : 0.0;
}

/* the column of numbers that is named at @at; −1: none */
static int
steps_column(const AskWords *words, guint at, guint *ret_n)
{
    int column = errata_ask_words_column(words, at, ret_n);

    if (column < 0 && errata_ask_words_match(words, at, "age") > 0) {
        column = errata_ask_words_age(words);
        *ret_n = 1;
    }
    return column >= 0 && words->data->frame != NULL &&
                   errata_column_is_numeric(words->data->frame->columns[column])
               ? column
               : -1;
}

static char *
steps_print(const char *column, double width)
{
    char buffer[ERRATA_NUMBER_BUFFER];
    g_autofree char *name = g_strdup_printf("%s by %s", column, errata_number_print(width, buffer));

    return errata_ask_condition_quote(name, '"');
}

char *
errata_ask_steps_before(AskWords *words, guint at, guint n_lead)
{
    double width = steps_width(words, at + n_lead);
    guint of = width > 0.0 ? errata_ask_words_match(words, at + n_lead + 1, "of") : 0;
    guint years = errata_ask_words_match(words, at + n_lead + 1, "years of");
    guint n = 0;
    guint skip = MAX(of, years);
    int column = skip > 0 ? steps_column(words, at + n_lead + 1 + skip, &n) : -1;

    if (column < 0)
        return NULL;
    errata_ask_words_use(words, at, n_lead + 1 + skip + n);
    return steps_print(words->data->frame->columns[column]->name, width);
}

char *
errata_ask_steps_behind(AskWords *words, guint at, char *name)
{
    static const char *const leads[] =
        {"in steps of", "in bands of", "in bins of", "in ranges of", "in groups of", "in", "by"};
    const ErrataColumn *column = words->data->frame != NULL
                                     ? errata_frame_find(words->data->frame, name, NULL)
                                     : NULL;

    for (guint i = 0; column != NULL && errata_column_is_numeric(column) && i < G_N_ELEMENTS(leads);
         i++) {
        guint n = errata_ask_words_match(words, at, leads[i]);
        double width = n > 0 ? steps_width(words, at + n) : 0.0;
        char *steps;

        if (!(width > 0.0))
            continue;
        errata_ask_words_use(words, at, n + 1);
        errata_ask_words_take(words, "years");
        steps = steps_print(column->name, width);
        g_free(name);
        name = g_strndup(steps + 1, strlen(steps) - 2); /* who joins groups quotes them */
        g_free(steps);
        return name;
    }
    return name;
}

guint
errata_ask_steps_band(AskWords *words, guint at)
{
    static const char *const bands[] = {"band",
                                        "bands",
                                        "bracket",
                                        "brackets",
                                        "range",
                                        "ranges",
                                        "bucket",
                                        "buckets",
                                        "bin",
                                        "bins",
                                        "group",
                                        "groups",
                                        NULL};
    const AskWord *word = errata_ask_words_get(words, at);

    if (word == NULL || word->used || !g_strv_contains(bands, word->fold))
        return 0;
    errata_ask_words_use(words, at, 1);
    return 1;
}
