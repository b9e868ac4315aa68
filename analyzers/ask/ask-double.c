/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words of questions that the log has too: a column is_worst, a class of tickets called “wrong”.
 * Where the words around one tell which is meant it is read so; elsewhere it is not answered, and
 * who asks is told how to say it. */
#include <string.h>

#include "ask-condition.h"

static const char *const double_words[] = {"worst",
                                           "best",
                                           "wrong",
                                           "right",
                                           "correct",
                                           "incorrect",
                                           "error",
                                           "errors",
                                           "mistake",
                                           "mistakes",
                                           "rate",
                                           "average",
                                           NULL};

static gboolean
double_is(const AskWords *words, guint at, const char *const *list)
{
    const AskWord *word = errata_ask_words_get(words, at);

    return word != NULL && g_strv_contains(list, word->fold);
}

/* whether a figure is named around @at: “false positive rate”, “churn rate”, “average age” */
static gboolean
double_is_figure(const AskWords *words, guint at)
{
    static const char *const figures[] = {"base rate",
                                          "selection rate",
                                          "average error",
                                          "mean error",
                                          NULL};
    static const char *const average[] = {"average", NULL};
    guint rate = 0, n = 0;

    for (guint i = 0; i <= at; i++) {
        n = errata_ask_metric_at(words, i);
        for (guint k = 0; n == 0 && figures[k] != NULL; k++)
            n = errata_ask_words_match(words, i, figures[k]);
        if (n > 1 && at < i + n)
            return TRUE;
    }
    if (double_is(words, at, average) && errata_ask_words_column(words, at + 1, &n) >= 0)
        return TRUE;
    return errata_ask_rate_words(words, &rate, &n) && at >= rate && at < rate + n;
}

/* whether best or worst are ends of something: “the worst 3 regions”, “which region is best”,
 * “where is it worst”, “the best threshold” */
static gboolean
double_is_extreme(const AskWords *words, guint at)
{
    static const char *const extremes[] = {"worst", "best", NULL};
    static const char *const which[] = {"which", "what", NULL};
    static const char *const verbs[] =
        {"is", "are", "does", "do", "performs", "perform", "doing", "the", NULL};
    static const char *const things[] = {"threshold",
                                         "thresholds",
                                         "cutoff",
                                         "group",
                                         "groups",
                                         "slice",
                                         "slices",
                                         "segment",
                                         "segments",
                                         "rows",
                                         "errors",
                                         "predictions",
                                         "examples",
                                         "cases",
                                         "mistakes",
                                         NULL};
    static const char *const whole[] = {"it", "model", NULL};
    static const char *const where[] = {"where", NULL};
    guint next = at + 1;
    guint n = 0;

    if (!double_is(words, at, extremes))
        return FALSE;
    while (errata_ask_words_get(words, next) != NULL &&
           g_ascii_isdigit(errata_ask_words_get(words, next)->text[0]))
        next++;
    if (double_is(words, next, things) || errata_ask_words_column(words, next, &n) >= 0 ||
        (at > 0 && double_is(words, at - 1, whole) && double_is(words, 0, where)))
        return TRUE;
    for (guint i = 0; at > 0 && double_is(words, at - 1, verbs) && i + 1 < at; i++)
        if (double_is(words, i, which) && errata_ask_words_column(words, i + 1, &n) >= 0)
            return TRUE;
    return FALSE;
}

/* whether the words around make it the column: “by worst”, “where worst is 1”, “average rate” */
static gboolean
double_is_column(const AskWords *words, guint at)
{
    static const char *const before[] = {"by",
                                         "per",
                                         "each",
                                         "across",
                                         "where",
                                         "when",
                                         "if",
                                         "mean",
                                         "median",
                                         "column",
                                         "average",
                                         "describe",
                                         "max",
                                         "maximum",
                                         "min",
                                         "minimum",
                                         "missing",
                                         NULL};
    static const char *const of[] = {"distribution", "histogram", "spread", "quantiles", NULL};
    static const char *const behind[] = {"is",
                                         "=",
                                         "==",
                                         "!=",
                                         ">",
                                         "<",
                                         ">=",
                                         "<=",
                                         "over",
                                         "above",
                                         "under",
                                         "below",
                                         "between",
                                         NULL};

    const AskWord *next = errata_ask_words_get(words, at + 1);

    return (at > 0 && double_is(words, at - 1, before)) || double_is(words, at + 1, behind) ||
           (at > 1 && double_is(words, at - 2, of) &&
            errata_ask_words_match(words, at - 1, "of") > 0) ||
           (next != NULL && g_ascii_isdigit(next->text[0]));
}

/* whether rows may be asked for, and not a column of errors: “show errors” */
static gboolean
double_is_shown(const AskWords *words, guint at)
{
    static const char *const shows[] = {"show", "list", "see", "me", "the", NULL};

    return at > 0 && double_is(words, at - 1, shows);
}

static gboolean
double_is_of(const AskWords *words, guint at, int column)
{
    guint n = 0;
    const AskValue *value = at < words->words->len ? errata_ask_words_value(words, at, &n) : NULL;

    return value != NULL && value->column == column;
}

/* whether another value of the column is beside it: “compare good and average” */
static gboolean
double_is_listed(const AskWords *words, guint at, int column)
{
    static const char *const joins[] = {"and", "or", "vs", "versus", "&", NULL};

    if ((at > 1 && double_is(words, at - 1, joins) && double_is_of(words, at - 2, column)) ||
        (double_is(words, at + 1, joins) && double_is_of(words, at + 2, column)))
        return TRUE;
    return (at > 0 && *errata_ask_words_get(words, at - 1)->end == ',' &&
            double_is_of(words, at - 1, column)) ||
           (*errata_ask_words_get(words, at)->end == ',' && double_is_of(words, at + 1, column));
}

/* whether it stands as rows do: “accuracy for average”, “on the right”, of a column that has left
 * too; “for the wrong” may be said of predictions */
static gboolean
double_is_rows(const AskWords *words, guint at, int column)
{
    static const char *const kinds[] = {"average", "best", "worst", NULL};
    static const char *const right[] = {"right", NULL};
    static const char *const leads[] = {"for", "on", NULL};
    const ErrataColumn *cells = words->data->frame->columns[column];
    gboolean side = FALSE;
    guint lead;

    for (guint i = 0; double_is(words, at, right) && i < cells->n_dictionary; i++)
        side = side || g_ascii_strcasecmp(cells->dictionary[i], "left") == 0;
    if (at == 0 || (!side && !double_is(words, at, kinds)))
        return FALSE;
    lead = at - 1;
    if (side && errata_ask_words_match(words, lead, "of") > 0)
        return TRUE;
    if (side && lead > 0 && errata_ask_words_match(words, lead, "the") > 0)
        lead--;
    return double_is(words, lead, leads);
}

/* whether it stands with the column whose value it is: “kind is wrong”, “wrong kind”, 'wrong' */
static gboolean
double_is_value(const AskWords *words, guint at, int column)
{
    static const char *const is[] = {"is", "are", "=", "==", "!=", "not", "was", "in", NULL};
    guint n = 0;

    return strchr("\"'`", *errata_ask_words_get(words, at)->at) != NULL ||
           (at > 0 && errata_ask_words_column(words, at - 1, &n) == column) ||
           (at > 1 && double_is(words, at - 1, is) &&
            errata_ask_words_column(words, at - 2, &n) == column) ||
           errata_ask_words_column(words, at + 1, &n) == column ||
           double_is_listed(words, at, column) || double_is_rows(words, at, column);
}

/**
 * errata_ask_double_mark:
 * @words: a question, whose names and values are known
 *
 * Notes the first word of which it cannot be told whether it is of the log or of the language as
 * why there is no answer.
 */
void
errata_ask_double_mark(AskWords *words)
{
    const ErrataSchema *schema = words->data->schema;

    for (guint i = 0; words->data->frame != NULL && words->untold == NULL && i < words->words->len;
         i++) {
        const AskWord *word = errata_ask_words_get(words, i);
        const GArray *values = g_hash_table_lookup(words->values, word->fold);
        const AskValue *value = values != NULL ? &g_array_index(values, AskValue, 0) : NULL;
        guint n = 0;
        int column;

        if (!g_strv_contains(double_words, word->fold) || double_is_figure(words, i) ||
            double_is_extreme(words, i))
            continue;
        column = errata_ask_words_column(words, i, &n);
        if (value != NULL && value->column >= 0 && !double_is_value(words, i, value->column) &&
            !(column >= 0 && double_is_column(words, i))) {
            const char *name = words->data->frame->columns[value->column]->name;

            words->untold = g_strdup_printf("“%s” is a value of %s, and may be the word: for the "
                                            "value say %s '%s'",
                                            word->text,
                                            name,
                                            name,
                                            value->text);
        } else if (value == NULL && column >= 0 && !double_is_column(words, i) &&
                   (!g_str_has_prefix(word->fold, "error") || double_is_shown(words, i)) &&
                   (schema == NULL || (column != schema->label && column != schema->prediction))) {
            const char *name = words->data->frame->columns[column]->name;

            words->untold = g_strdup_printf("“%s” may be the word or the column %s: for the column "
                                            "say by %s, or where %s is …",
                                            word->text,
                                            name,
                                            name,
                                            name);
        }
    }
}
