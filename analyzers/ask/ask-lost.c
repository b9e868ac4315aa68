/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two figures of different kinds in one question (“lowest churn rate and highest error rate”): a
 * plan has one of them, and the words of the other would be taken for a condition. */
#include "ask-condition.h"
#include "ask-intent.h"

typedef enum {
    LOST_METRIC,
    LOST_RATE,   /* share of a class */
    LOST_ROWS,   /* how many there are */
    LOST_ERRORS, /* how many are wrong */
    LOST_MEAN,   /* of a column, with “and” before or behind it */
} LostKind;

/* how many words from @at on are a mean in a list: “mean score and”, “and average age”; 0: none */
static guint
lost_mean(const AskWords *words, guint at)
{
    static const char *const means[] = {"mean", "average", "median", NULL};
    guint n = 0;

    if (!g_strv_contains(means, errata_ask_words_get(words, at)->fold))
        return 0;
    n = MAX(errata_ask_words_match(words, at + 1, "score"),
            errata_ask_words_match(words, at + 1, "confidence"));
    if (n == 0 && errata_ask_words_column(words, at + 1, &n) < 0)
        return 0;
    return errata_ask_words_match(words, at + 1 + n, "and") > 0 ||
                   (at > 0 && errata_ask_words_match(words, at - 1, "and") > 0)
               ? n + 1
               : 0;
}

/* how many words from @at on name a figure, and which kind; 0: none */
static guint
lost_figure(const AskWords *words, guint at, LostKind *ret_kind)
{
    static const struct {
        LostKind kind;
        const char *phrase;
    } figures[] = {{LOST_RATE, "base rate"},
                   {LOST_RATE, "prevalence"},
                   {LOST_RATE, "selection rate"},
                   {LOST_ROWS, "most rows"},
                   {LOST_ROWS, "fewest rows"},
                   {LOST_ROWS, "how many rows"},
                   {LOST_ROWS, "number of rows"},
                   {LOST_ERRORS, "most errors"},
                   {LOST_ERRORS, "fewest errors"},
                   {LOST_ERRORS, "most mistakes"},
                   {LOST_ERRORS, "fewest mistakes"}};
    gboolean finding = g_str_equal(errata_ask_words_get(words, at)->text, "F1"); /* or the metric */
    guint n = finding ? 0 : errata_ask_metric_at(words, at);

    *ret_kind = LOST_METRIC;
    for (guint i = 0; n == 0 && i < G_N_ELEMENTS(figures); i++) {
        n = errata_ask_words_match(words, at, figures[i].phrase);
        *ret_kind = figures[i].kind;
    }
    if (n == 0) {
        n = lost_mean(words, at);
        *ret_kind = LOST_MEAN;
    }
    return n;
}

/**
 * errata_ask_lost:
 * @words: a question of which nothing is used
 *
 * Returns: (transfer full) (nullable): why it is not answered: two figures are asked for that no
 *   plan has together; %NULL where that is not so
 */
char *
errata_ask_lost(const AskWords *words)
{
    const AskWord *first[2] = {NULL, NULL}; /* of each of two figures, and the last */
    const AskWord *last[2] = {NULL, NULL};
    LostKind kind[2] = {LOST_METRIC, LOST_METRIC};
    guint rate = 0, n_rate = 0;
    guint n_found = 0;

    if (!errata_ask_rate_words(words, &rate, &n_rate))
        n_rate = 0;
    for (guint i = 0, n = 0; n_found < 2 && i < words->words->len; i += n) {
        guint n_name = 0;
        LostKind found = LOST_RATE;

        n = n_rate > 0 && i == rate ? n_rate : lost_figure(words, i, &found);
        if (errata_ask_words_column(words, i, &n_name) >= 0 && n_name >= n) {
            n = n_name; /* a column is called so */
            continue;
        }
        if (n > 0 && (n_found == 0 || found != kind[0])) {
            kind[n_found] = found;
            first[n_found] = errata_ask_words_get(words, i);
            last[n_found] = errata_ask_words_get(words, i + n - 1);
            n_found++;
        }
        n = MAX(n, 1);
    }
    return n_found < 2
               ? NULL
               : g_strdup_printf("“%.*s” and “%.*s” are two figures: ask for each by itself",
                                 (int)(last[0]->end - first[0]->at),
                                 first[0]->at,
                                 (int)(last[1]->end - first[1]->at),
                                 first[1]->at);
}
