/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Phrases of a question in the forms that conditions are read from: “60 or more” is “>= 60”,
 * “30-40” is “between 30 and 40”, “between 10 and 12 March” is “between 10 March and 12 March”,
 * “not over 30” is “<= 30”. */
#include <string.h>

#include "ask-condition.h"
#include "ask-intent.h"
#include "number.h"

static gboolean
phrase_is(const AskWords *words, guint at, const char *const *list)
{
    const AskWord *word = errata_ask_words_get(words, at);

    return word != NULL && g_strv_contains(list, word->fold);
}

/* @n words, or none behind the one before, become those of @text, which has spaces between them */
void
errata_ask_phrase_set(AskWords *words, guint at, guint n, const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, " ", -1);
    AskWord first = *errata_ask_words_get(words, n > 0 ? at : at - 1);
    AskWord last = *errata_ask_words_get(words, at + n - 1);

    if (n > 0)
        g_array_remove_range(words->words, at, n); /* their texts are freed */
    for (guint i = 0; parts[i] != NULL; i++) {
        AskWord word = {.text = g_strdup(parts[i]),
                        .fold = g_utf8_strdown(parts[i], -1),
                        .at = first.at,
                        .end = last.end};

        g_array_insert_val(words->words, at + i, word);
    }
}

static gboolean
phrase_number(const AskWords *words, guint at, double *ret_value)
{
    const AskWord *word = errata_ask_words_get(words, at);
    gsize n = word != NULL ? strlen(word->text) : 0;

    n -= n > 1 && word->text[n - 1] == '%' ? 1 : 0;
    return n > 0 && errata_number_parse_double(word->text, n, ret_value);
}

static gboolean
phrase_is_number(const AskWords *words, guint at)
{
    double value;

    return phrase_number(words, at, &value);
}

static gboolean
phrase_is_month(const AskWords *words, guint at)
{
    static const char *const months[] = {
        "january", "february", "march",    "april", "may", "june", "july", "august", "september",
        "october", "november", "december", "jan",   "feb", "mar",  "apr",  "jun",    "jul",
        "aug",     "sep",      "sept",     "oct",   "nov", "dec",  NULL};

    return phrase_is(words, at, months);
}

/* “60 or more”, “60 and over”, “30 or less” */
static void
phrase_or_more(AskWords *words, guint at)
{
    static const char *const joins[] = {"or", "and", NULL};
    static const char *const ups[] = {"more",
                                      "over",
                                      "older",
                                      "higher",
                                      "above",
                                      "longer",
                                      "greater",
                                      "up",
                                      "upwards",
                                      "larger",
                                      "bigger",
                                      "beyond",
                                      NULL};
    static const char *const downs[] =
        {"less", "fewer", "younger", "lower", "below", "under", "shorter", "smaller", "down", NULL};
    gboolean up;
    guint n_op = 0;
    guint n_unit = 0; /* “60 months or longer” */
    g_autofree char *text = NULL;

    if (phrase_is_number(words, at) && phrase_is(words, at + 2, joins) &&
        errata_ask_words_column(words, at + 1, &n_unit) >= 0 && n_unit == 1 &&
        (phrase_is(words, at + 3, ups) || phrase_is(words, at + 3, downs)) &&
        !phrase_is_number(words, at + 4)) {
        text = g_strdup_printf("%s %s %s",
                               phrase_is(words, at + 3, ups) ? ">=" : "<=",
                               errata_ask_words_get(words, at)->text,
                               errata_ask_words_get(words, at + 1)->text);
        errata_ask_phrase_set(words, at, 4, text);
        return;
    }
    up = phrase_is(words, at + 2, ups);
    if (!phrase_is_number(words, at) || !phrase_is(words, at + 1, joins) ||
        !(up || phrase_is(words, at + 2, downs)) || phrase_is_number(words, at + 3) ||
        phrase_is(words, at + 3, (const char *const[]){"than", "to", NULL}) ||
        (at > 0 && errata_ask_condition_op(words, at - 1, &n_op) != NULL))
        return;
    text = g_strdup_printf("%s %s", up ? ">=" : "<=", errata_ask_words_get(words, at)->text);
    errata_ask_phrase_set(words, at, 3, text);
}

/* “not over 30”, “no older than 30”, “exactly 30” */
static void
phrase_op(AskWords *words, guint at)
{
    static const char *const nots[] = {"not", "no", "isn't", "aren't", "wasn't", "weren't", NULL};
    static const char *const same[] = {"exactly", "precisely", NULL};
    guint n = 0;
    gboolean negated = phrase_is(words, at, nots);
    const char *op = negated ? errata_ask_condition_op(words, at + 1, &n) : NULL;
    const char *other = op == NULL              ? NULL
                        : strcmp(op, ">") == 0  ? "<="
                        : strcmp(op, ">=") == 0 ? "<"
                        : strcmp(op, "<") == 0  ? ">="
                        : strcmp(op, "<=") == 0 ? ">"
                                                : NULL;

    if (other != NULL && phrase_is_number(words, at + 1 + n))
        errata_ask_phrase_set(words, at, n + 1, other);
    else if (phrase_is(words, at, same) && phrase_is_number(words, at + 1))
        errata_ask_phrase_set(words, at, 1, "=");
}

/* “30-40”, “10-20k” */
static void
phrase_dash(AskWords *words, guint at)
{
    const AskWord *word = errata_ask_words_get(words, at);
    const char *dash = strpbrk(word->text, "-–");
    g_autofree char *first = NULL;
    g_autofree char *text = NULL;
    const char *second;
    gboolean thousands;
    double a, b;
    char from[ERRATA_NUMBER_BUFFER], to[ERRATA_NUMBER_BUFFER];
    gsize n;

    dash = dash != NULL && dash > word->text ? dash : NULL;
    if (dash == NULL || g_hash_table_contains(words->values, word->fold))
        return;
    first = g_strndup(word->text, (gsize)(dash - word->text));
    second = dash + (g_str_has_prefix(dash, "–") ? strlen("–") : 1);
    n = strlen(second);
    thousands = n > 1 && (second[n - 1] == 'k' || second[n - 1] == 'K');
    if (strlen(first) == 4 && n < 3)
        return; /* 2026-03 */
    if (strcspn(first, "kK") + 1 == strlen(first))
        first[strlen(first) - 1] = '\0';
    if (!errata_number_parse_double(first, strlen(first), &a) ||
        !errata_number_parse_double(second, n - (thousands ? 1 : 0), &b) || a >= b)
        return;
    text = g_strdup_printf("between %s and %s",
                           errata_number_print(thousands ? a * 1e3 : a, from),
                           errata_number_print(thousands ? b * 1e3 : b, to));
    errata_ask_phrase_set(words, at, 1, text);
}

/* “between 600 and 700 credit score” is “credit score between 600 and 700” */
static gboolean
phrase_turn_between(AskWords *words, guint at)
{
    const ErrataFrame *frame = words->data->frame;
    guint n = 0, n_before = 0;
    int column = frame != NULL ? errata_ask_words_column(words, at + 4, &n) : -1;
    g_autofree char *name = column >= 0 ? errata_ask_words_phrase(words, at + 4, n) : NULL;
    g_autofree char *text = NULL;

    if (name == NULL || !errata_column_is_numeric(frame->columns[column]) ||
        (at > 0 && errata_ask_words_column(words, at - 1, &n_before) >= 0))
        return FALSE;
    text = g_strdup_printf("%s between %s and %s",
                           name,
                           errata_ask_words_get(words, at + 1)->text,
                           errata_ask_words_get(words, at + 3)->text);
    errata_ask_phrase_set(words, at, 4 + n, text);
    return TRUE;
}

/* “wrong decisions” of a column of decisions are wrong predictions */
static void
phrase_decisions(AskWords *words, guint at)
{
    static const char *const told[] = {"wrong", "right", "correct", "incorrect", "false", NULL};
    const ErrataSchema *schema = words->data->schema;
    guint n = 0;

    if (at > 0 && schema != NULL && schema->prediction >= 0 && phrase_is(words, at - 1, told) &&
        errata_ask_words_column(words, at, &n) == schema->prediction)
        errata_ask_phrase_set(words, at, n, "predictions");
}

/* “from 30 to 40”, “between ages 30 and 40”, “between 10 and 12 March” */
static void
phrase_between(AskWords *words, guint at)
{
    static const char *const joins[] = {"and", "to", "until", "till", "through", NULL};
    gboolean from = phrase_is(words, at, (const char *const[]){"from", NULL});
    gboolean between = phrase_is(words, at, (const char *const[]){"between", NULL});
    double a, b;
    guint n = 0;

    if (!from && !between)
        return;
    if (between && errata_ask_words_column(words, at + 1, &n) >= 0 && n == 1 &&
        phrase_is_number(words, at + 2) && phrase_is_number(words, at + 4)) {
        g_autofree char *swapped = g_strdup_printf("%s between",
                                                   errata_ask_words_get(words, at + 1)->text);

        errata_ask_phrase_set(words, at, 2, swapped);
        return;
    }
    if (!phrase_number(words, at + 1, &a) || !phrase_is(words, at + 2, joins) ||
        !phrase_number(words, at + 3, &b))
        return;
    if (phrase_turn_between(words, at))
        return;
    if (phrase_is_month(words, at + 4) && a < 32 && b < 32) {
        g_autofree char *day = g_strdup_printf("%s %s",
                                               errata_ask_words_get(words, at + 1)->text,
                                               errata_ask_words_get(words, at + 4)->text);

        errata_ask_phrase_set(words, at + 1, 1, day);
    } else if (from && !(a >= 1900 && a < 2200 && b >= 1900 && b < 2200)) {
        errata_ask_phrase_set(words, at, 1, "between");
        errata_ask_phrase_set(words, at + 2, 1, "and");
    }
}

/* whether the word is the whole name of a column of numbers */
static gboolean
phrase_is_numbers(const AskWords *words, guint at)
{
    const AskWord *word = errata_ask_words_get(words, at);
    guint column = word != NULL && words->data->frame != NULL
                       ? GPOINTER_TO_UINT(g_hash_table_lookup(words->columns, word->fold))
                       : 0;

    return column > 0 && errata_column_is_numeric(words->data->frame->columns[column - 1]) &&
           g_ascii_strcasecmp(words->data->frame->columns[column - 1]->name, word->text) == 0;
}

/* “20000 euros”, “€20000”, “up to 5 April” */
static void
phrase_small(AskWords *words, guint at)
{
    static const char *const money[] =
        {"euro", "euros", "eur", "dollars", "usd", "pounds", "gbp", NULL};
    static const char *const signs[] = {"€", "$", "£"};
    const AskWord *word = errata_ask_words_get(words, at);
    double value;

    for (guint i = 0; i < G_N_ELEMENTS(signs); i++)
        if (g_str_has_prefix(word->text, signs[i]) &&
            errata_number_parse_double(word->text + strlen(signs[i]),
                                       strlen(word->text) - strlen(signs[i]),
                                       &value)) {
            g_autofree char *bare = g_strdup(word->text + strlen(signs[i]));

            errata_ask_phrase_set(words, at, 1, bare);
            return;
        }
    if (g_str_has_prefix(word->fold, "non ") &&
        g_hash_table_contains(words->values, word->fold + strlen("non ")) &&
        !g_hash_table_contains(words->values, word->fold)) {
        g_autofree char *apart = g_strdup_printf("not %s", word->text + strlen("non-"));

        errata_ask_phrase_set(words, at, 1, apart);
        return;
    }
    if (g_str_has_suffix(word->text, "+") &&
        errata_number_parse_double(word->text, strlen(word->text) - 1, &value)) {
        g_autofree char *least =
            g_strdup_printf(">= %.*s", (int)strlen(word->text) - 1, word->text);

        errata_ask_phrase_set(words, at, 1, least);
        return;
    }
    if (at > 0 && phrase_is(words, at - 1, (const char *const[]){"of", "with", NULL}) &&
        phrase_is_number(words, at) && phrase_is_numbers(words, at + 1)) {
        g_autofree char *same = g_strdup_printf("%s = %s",
                                                errata_ask_words_get(words, at + 1)->text,
                                                errata_ask_words_get(words, at)->text);

        errata_ask_phrase_set(words, at, 2, same); /* “loans of 60 months” */
        return;
    }
    if (at > 0 && phrase_is(words, at, money) && phrase_is_number(words, at - 1))
        g_array_remove_index(words->words, at);
    else if (errata_ask_words_match(words, at, "up to") > 0 &&
             (phrase_is_month(words, at + 2) || phrase_is_month(words, at + 3) ||
              (errata_ask_words_get(words, at + 2) != NULL && !phrase_is_number(words, at + 2))))
        errata_ask_phrase_set(words, at, 2, "until");
}

/* “calibration by region” is that of the groups; “calibration” alone asks for what was found */
static void
phrase_calibration(AskWords *words, guint at)
{
    static const char *const leads[] = {"by", "per", "across", NULL};

    if (phrase_is(words, at, (const char *const[]){"calibration", NULL}) &&
        (phrase_is(words, at + 1, leads) || errata_ask_words_match(words, at + 1, "for each") > 0))
        errata_ask_phrase_set(words, at, 1, "calibration error");
}

void
errata_ask_phrase_write(AskWords *words)
{
    for (guint i = 0; i < words->words->len; i++) {
        phrase_calibration(words, i);
        phrase_decisions(words, i);
        phrase_dash(words, i);
        phrase_between(words, i);
        phrase_small(words, i);
        if (i >= words->words->len)
            break;
        errata_ask_top_write(words, i);
        phrase_or_more(words, i);
        phrase_op(words, i);
    }
}
