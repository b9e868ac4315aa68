/* SPDX-License-Identifier: GPL-3.0-or-later */
/* “the top 2 worst purposes”, “which 3 regions have the lowest recall”: how many groups are wanted,
 * and from which end. Best and worst are ends of a metric, highest and lowest those of its
 * number. */
#include <string.h>

#include "ask-intent.h"
#include "gain.h"
#include "number.h"

static gboolean
top_is(const AskWords *words, guint at, const char *const *list)
{
    const AskWord *word = errata_ask_words_get(words, at);

    return word != NULL && g_strv_contains(list, word->fold);
}

/* “2”, “three”: from 1 to 20; 0: none */
guint
errata_ask_top_number(const AskWords *words, guint at)
{
    const AskWord *word = errata_ask_words_get(words, at);
    gint64 number = 0;
    double named;

    if (word == NULL)
        return 0;
    if (!errata_number_parse_int(word->text, strlen(word->text), &number)) {
        named = errata_ask_number_word(word->fold);
        number = named >= 2.0 && named <= ERRATA_ASK_FINDINGS_MAX ? (gint64)named : 0;
    }
    return number >= 1 && number <= ERRATA_ASK_FINDINGS_MAX ? (guint)number : 0;
}

/* how many words name a column at @at; 0: none */
static guint
top_column(const AskWords *words, guint at)
{
    const ErrataSchema *schema = words->data->schema;
    guint n = 0;
    int column = errata_ask_words_column(words, at, &n);

    /* “the 10 worst predictions” are rows */
    return column >= 0 && (schema == NULL || column != schema->prediction) ? n : 0;
}

static void
top_take(AskWords *words, guint at, guint n, guint number)
{
    words->n_top = number;
    g_array_remove_range(words->words, at, n);
}

void
errata_ask_top_write(AskWords *words, guint at)
{
    static const char *const extremes[] = {"worst", "best", "weakest", "highest", "lowest", NULL};
    static const char *const which[] = {"which", "what", NULL};
    static const char *const tops[] = {"top", "bottom", NULL};
    guint number = errata_ask_top_number(words, at + 1);
    guint skip = errata_ask_words_match(words, at + 2, "values of");
    guint n;

    if (words->n_top > 0)
        return;
    n = top_column(words, at + 2 + skip);
    if (top_is(words, at, tops) && number > 0 && top_is(words, at + 2, extremes) &&
        top_column(words, at + 3) > 0) {
        top_take(words, at, 2, number); /* “top 2 worst regions” */
    } else if (number > 0 && n > 0 && (top_is(words, at, extremes) || top_is(words, at, which))) {
        top_take(words, at + 1, 1 + skip, number); /* “worst 3 regions”, “which 3 regions …” */
    } else if (errata_ask_top_number(words, at) > 0 && top_is(words, at + 1, extremes) &&
               top_column(words, at + 2) > 0) {
        top_take(words, at, 1, errata_ask_top_number(words, at)); /* “three worst regions” */
    }
}

/* whether more of it is worse */
static gboolean
top_is_loss(const char *metric)
{
    static const char *const rates[] = {"error_rate",
                                        "false_positive_rate",
                                        "false_negative_rate",
                                        "false_discovery_rate",
                                        "share_of_errors",
                                        "count",
                                        "share",
                                        NULL};
    g_autofree char *first = g_strndup(metric, strcspn(metric, ","));

    return g_strv_contains(rates, first) || errata_gain_is_loss(first);
}

char *
errata_ask_top_step(const AskWords *words, const char *extreme, const char *metric)
{
    static const char *const good[] = {"best", "most accurate", NULL};
    static const char *const low[] = {"lowest", NULL};
    gboolean loss = top_is_loss(metric);
    gboolean top = g_strv_contains(good, extreme)                                          ? !loss
                   : g_strv_contains(low, extreme) || g_str_has_prefix(extreme, "fewest")  ? FALSE
                   : g_str_equal(extreme, "highest") || g_str_has_prefix(extreme, "most ") ? TRUE
                                                                                           : loss;

    return words->n_top > 0 ? g_strdup_printf("%s %u | ", top ? "top" : "bottom", words->n_top)
                            : NULL;
}

/* a number of groups that no plan has: it is not to be lost */
char *
errata_ask_top_lost(const AskWords *words, const char *plan)
{
    return words->n_top > 0 && plan != NULL && strstr(plan, "| top ") == NULL &&
                   strstr(plan, "| bottom ") == NULL
               ? g_strdup_printf("did not understand which %u are meant; say of what, as in “which "
                                 "%u regions have the highest error rate”",
                                 words->n_top,
                                 words->n_top)
               : NULL;
}
