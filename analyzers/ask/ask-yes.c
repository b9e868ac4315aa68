/* SPDX-License-Identifier: GPL-3.0-or-later */
/* “accuracy of self-employed”, “how many were flagged”: columns that say yes or no, in words, as
 * truths or as 0 and 1, and are asked for by their name alone. */
#include <math.h>

#include "ask-condition.h"

/* “the worst predictions” are not those that are yes, “churned customers” are */
static gboolean
yes_is_outcome_word(const char *called)
{
    static const char *const words[] = {"prediction",
                                        "predictions",
                                        "label",
                                        "labels",
                                        "target",
                                        "targets",
                                        "outcome",
                                        "outcomes",
                                        "class",
                                        "classes",
                                        NULL};

    return g_strv_contains(words, called);
}

static gboolean
yes_says(const AskWords *words, guint at, gboolean yes)
{
    static const char *const said[2][4] = {{"false", "no", "unset", NULL},
                                           {"true", "yes", "set", NULL}};
    const AskWord *word = errata_ask_words_get(words, at);

    return word != NULL && !word->used && g_strv_contains(said[yes ? 1 : 0], word->fold);
}

/* whether a feature holds 0 and 1, and nothing else */
static gboolean
yes_is_flag(const AskWords *words, int column)
{
    const ErrataColumn *cells = words->data->frame->columns[column];
    const ErrataSchema *schema = words->data->schema;
    ErrataRole role = schema != NULL ? schema->columns[column].role : ERRATA_ROLE_FEATURE;
    gboolean seen[2] = {FALSE, FALSE};

    if ((role != ERRATA_ROLE_FEATURE && role != ERRATA_ROLE_GROUP) ||
        !errata_column_is_numeric(cells))
        return FALSE;
    for (gsize row = 0; row < cells->n_rows; row++) {
        double value = errata_column_is_valid(cells, row) ? errata_column_number(cells, row) : 0.0;

        if (fabs(value) > 0.0 && fabs(value - 1.0) > 0.0)
            return FALSE;
        seen[value > 0.5 ? 1 : 0] = TRUE;
    }
    return seen[0] && seen[1];
}

/**
 * errata_ask_yes:
 * @words: a question about a log
 * @column: a column that it names
 * @called: how it names it
 * @next: the word behind that
 * @negated: whether “not” was said
 * @ret_end: (out): gets where the next words begin
 *
 * Returns: (transfer full) (nullable): that the column is true, or 1, or that it is not; %NULL
 *   where it is no column of truths
 */
char *
errata_ask_yes(const AskWords *words,
               int column,
               const char *called,
               guint next,
               gboolean negated,
               guint *ret_end)
{
    gboolean truths = words->data->frame->columns[column]->type == ERRATA_COLUMN_BOOL;
    gboolean yes = yes_says(words, next, TRUE), no = yes_says(words, next, FALSE);
    g_autofree char *name = NULL;

    if ((yes_is_outcome_word(called) && !yes && !no) || (!truths && !yes_is_flag(words, column)))
        return NULL;
    name = errata_ask_condition_name(words, (guint)column);
    *ret_end = next + (yes || no ? 1 : 0);
    if (truths)
        return g_strdup_printf("%s = %s", name, no != negated ? "false" : "true");
    return g_strdup_printf("%s = %d", name, no != negated ? 0 : 1);
}

/**
 * errata_ask_yes_values:
 * @words: a question about a log
 * @column: a column of categories that it names
 * @called: how it names it
 *
 * Returns: (transfer full) (nullable) (element-type AskValue): the value yes of a column of yes and
 *   no; %NULL of any other
 */
GArray *
errata_ask_yes_values(const AskWords *words, int column, const char *called)
{
    const ErrataColumn *cells = words->data->frame->columns[column];
    AskValue value = {column, NULL};
    gboolean no = FALSE;
    GArray *list;

    for (guint i = 0; cells->n_dictionary == 2 && i < 2; i++)
        if (g_ascii_strcasecmp(cells->dictionary[i], "yes") == 0)
            value.text = cells->dictionary[i];
        else
            no = g_ascii_strcasecmp(cells->dictionary[i], "no") == 0;
    if (value.text == NULL || !no || yes_is_outcome_word(called))
        return NULL;
    list = g_array_new(FALSE, FALSE, sizeof(AskValue));
    g_array_append_val(list, value);
    return list;
}

/**
 * errata_ask_yes_not:
 * @words: a question about a log
 * @column: a column that it names behind “no” or “without”
 *
 * Returns: (transfer full) (nullable): that a column of truths is false, one of yes and no is no,
 *   or one of 0 and 1 is 0; %NULL of any other
 */
char *
errata_ask_yes_not(const AskWords *words, int column)
{
    const ErrataColumn *cells = words->data->frame->columns[column];
    g_autoptr(GArray) yes = errata_ask_yes_values(words, column, "");
    g_autofree char *name = errata_ask_condition_name(words, (guint)column);

    if (cells->type == ERRATA_COLUMN_BOOL)
        return g_strdup_printf("%s = false", name);
    if (yes_is_flag(words, column))
        return g_strdup_printf("%s = 0", name);
    if (yes == NULL)
        return NULL;
    return g_strdup_printf("%s = %s",
                           name,
                           g_array_index(yes, AskValue, 0).text == cells->dictionary[0]
                               ? cells->dictionary[1]
                               : cells->dictionary[0]);
}

/**
 * errata_ask_yes_led:
 * @words: a question about a log
 * @at: where it names a column
 *
 * Returns: whether that is a column of truths behind “in the” or “for”: rows for which it holds,
 *   and no groups, as in “the largest error in the rain”
 */
gboolean
errata_ask_yes_led(const AskWords *words, guint at)
{
    static const char *const leads[] = {"in", "for", "with", NULL};
    guint lead = at > 1 && errata_ask_words_match(words, at - 1, "the") > 0 ? at - 2 : at - 1;
    guint n = 0, end = 0;
    int column = errata_ask_words_column(words, at, &n);
    g_autofree char *yes = NULL;
    g_autoptr(GArray) values = NULL;

    if (at == 0 || column < 0 || words->data->frame == NULL ||
        !g_strv_contains(leads, errata_ask_words_get(words, lead)->fold))
        return FALSE;
    yes = errata_ask_yes(words, column, "", at + n, FALSE, &end);
    values = errata_ask_yes_values(words, column, "");
    return yes != NULL || values != NULL;
}
