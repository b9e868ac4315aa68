/* SPDX-License-Identifier: GPL-3.0-or-later */
/* “houses built before 1950”: years that are numbers of a column, which the question calls by a
 * word of its name, and no dates of the log. */
#include <math.h>
#include <string.h>

#include "ask-condition.h"
#include "number.h"

#define YEARS_BEFORE 4 /* words before the year among which the column is named */
#define YEARS_FIRST  1000
#define YEARS_LAST   2200

/* four digits; 0: no year */
static int
years_number(const AskWords *words, guint at)
{
    const AskWord *word = errata_ask_words_get(words, at);
    gint64 year;

    return word != NULL && !word->used && strlen(word->text) == 4 &&
                   errata_number_parse_int(word->text, 4, &year) && year >= YEARS_FIRST &&
                   year < YEARS_LAST
               ? (int)year
               : 0;
}

/* whether all values of a column are years, as numbers */
static gboolean
years_is_column(const AskWords *words, guint column)
{
    const ErrataColumn *cells = words->data->frame->columns[column];
    const ErrataSchema *schema = words->data->schema;
    gsize n = 0;

    if (!errata_column_is_numeric(cells) ||
        (schema != NULL && ((int)column == schema->label || (int)column == schema->prediction ||
                            (int)column == schema->id)))
        return FALSE;
    for (gsize row = 0; row < cells->n_rows; row++) {
        double value = errata_column_number(cells, row);

        if (isnan(value))
            continue;
        if (value < YEARS_FIRST || value >= YEARS_LAST || value > floor(value))
            return FALSE;
        n++;
    }
    return n > 0;
}

/* where a question, before @at, has a word of the column's name that is not “year”; −1: nowhere */
static int
years_named_at(const AskWords *words, guint at, const char *name)
{
    static const char *const weak[] = {"year", "years", "yr", "of", "in", "the", "model", NULL};
    g_autofree char *fold = g_strdelimit(g_utf8_strdown(name, -1), "_-.", ' ');
    g_auto(GStrv) parts = g_strsplit(fold, " ", -1);

    for (guint back = 1; back <= MIN(at, YEARS_BEFORE); back++) {
        const AskWord *word = errata_ask_words_get(words, at - back);

        if (!word->used && strlen(word->fold) > 3 && !g_strv_contains(weak, word->fold) &&
            g_strv_contains((const char *const *)parts, word->fold))
            return (int)(at - back);
    }
    return -1;
}

/* the only column of years that a word before @at names; @ret_named: where; −1: none, or several */
static int
years_column(const AskWords *words, guint at, guint *ret_named)
{
    int found = -1;

    for (guint c = 0; c < words->data->frame->n_columns; c++) {
        int named = years_named_at(words, at, words->data->frame->columns[c]->name);

        if (named < 0 || !years_is_column(words, c))
            continue;
        if (found >= 0)
            return -1;
        found = (int)c;
        *ret_named = (guint)named;
    }
    return found;
}

/**
 * errata_ask_years:
 * @words: a question
 * @at: a word of it
 *
 * “before 1950”, “between 1950 and 1980” (both ends), “in 1950” behind a word of the name of a
 * column of years. The words are used.
 *
 * Returns: (transfer full) (nullable): the condition, as filters are written; %NULL where none
 * begins
 */
char *
errata_ask_years(AskWords *words, guint at)
{
    static const struct {
        const char *lead;
        const char *op;
    } leads[] = {{"before", "<"},
                 {"after", ">"},
                 {"since", ">="},
                 {"from", ">="},
                 {"until", "<="},
                 {"in", "="},
                 {"of", "="},
                 {"is", "="},
                 {"between", ">="}};
    guint named = 0;
    int year = years_number(words, at + 1);
    int column = year > 0 ? years_column(words, at, &named) : -1;
    int last = 0;
    g_autofree char *name = NULL;

    if (column < 0)
        return NULL;
    name = errata_ask_condition_name(words, (guint)column);
    if (errata_ask_words_match(words, at + 2, "and") + errata_ask_words_match(words, at + 2, "to") >
        0)
        last = years_number(words, at + 3);
    for (guint i = 0; i < G_N_ELEMENTS(leads); i++) {
        gboolean span = last > 0 && (strcmp(leads[i].lead, "between") == 0 ||
                                     strcmp(leads[i].lead, "from") == 0);

        if (errata_ask_words_match(words, at, leads[i].lead) == 0)
            continue;
        if (strcmp(leads[i].lead, "between") == 0 && !span)
            return NULL;
        errata_ask_words_use(words, at, span ? 4 : 2);
        errata_ask_words_use(words, named, 1);
        return span ? g_strdup_printf("%s >= %d and %s <= %d", name, year, name, last)
                    : g_strdup_printf("%s %s %d", name, leads[i].op, year);
    }
    return NULL;
}
