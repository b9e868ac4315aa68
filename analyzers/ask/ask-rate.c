/* SPDX-License-Identifier: GPL-3.0-or-later */
/* “churn rate”, “predicted default rate”, “rate of spam”: the share of rows of a class, by its name
 * or, of the positive class, by that of the label. */
#include <string.h>

#include "ask-condition.h"
#include "ask-intent.h"

#define RATE_WORDS 4 /* of a class */

/* whether one is the other, or the same with another end: churn and churned, approval and
 * approved */
static gboolean
rate_is_kin(const char *said, const char *name)
{
    static const char *const ends[] = {"", "s", "ed", "d", "er", "ers", "flag", " flag", NULL};
    static const char *const nouns[] = {"al",
                                        "ion",
                                        "sion",
                                        "tion",
                                        "ation",
                                        "lation",
                                        "ance",
                                        "ence",
                                        "ment",
                                        "ption",
                                        "ssion",
                                        NULL};
    static const char *const verbs[] = {"", "e", "d", "ed", "t", "ted", "tted", "led", "bed", NULL};
    gsize n_said = strlen(said);
    gsize n_name = strlen(name);
    gsize n = MIN(n_said, n_name);
    gsize same = 0;

    if (n > 3 && strncmp(said, name, n) == 0 &&
        g_strv_contains(ends, n_said > n_name ? said + n : name + n))
        return TRUE;
    while (same < n && said[same] == name[same])
        same++;
    for (gsize k = same; k > 3; k--) /* cancel-lation, cancel-led; approv-al, approv-ed */
        if (g_strv_contains(nouns, said + k) && g_strv_contains(verbs, name + k))
            return TRUE;
    return FALSE;
}

/* the class that words mean; −1: none, or one that may be a value of a column too */
int
errata_ask_rate_class(const AskWords *words, const char *said)
{
    static const char *const plain[] =
        {"positive", "negative", "error", "hit", "success", "failure", "base", "pass", NULL};
    static const char *const leads[] = {"is ", "has ", "was ", "did ", "will "};
    const ErrataSchema *schema = words->data->schema;
    g_autofree char *label = NULL;
    const char *stem;

    if (strlen(said) < 3 || g_strv_contains(plain, said) || errata_ask_words_is_plain(said))
        return -1;
    for (guint i = 0; i < schema->n_classes; i++) {
        g_autofree char *fold = g_strdelimit(g_utf8_strdown(schema->classes[i], -1), "_-", ' ');

        if (strcmp(fold, said) == 0 || rate_is_kin(said, fold))
            return (int)i;
    }
    if (schema->label < 0 || schema->n_classes != 2)
        return -1;
    label = g_strdelimit(g_utf8_strdown(schema->names[schema->label], -1), "_-", ' ');
    stem = label;
    for (guint i = 0; i < G_N_ELEMENTS(leads); i++)
        stem = g_str_has_prefix(label, leads[i]) ? label + strlen(leads[i]) : stem;
    return rate_is_kin(said, stem) ? schema->positive : -1;
}

/* behind @at, or before it, the words of a class; @ret_n: how many */
static int
rate_class_at(const AskWords *words, guint at, gboolean before, guint *ret_n)
{
    for (guint n = RATE_WORDS; n > 0; n--) {
        guint first = before ? at - n : at;
        guint n_name = 0;
        g_autofree char *said = before && n > at ? NULL : errata_ask_words_phrase(words, first, n);
        int class_index = said != NULL ? errata_ask_rate_class(words, said) : -1;

        *ret_n = n;
        /* “churn rate” may be a column of its own */
        if (class_index >= 0 &&
            !(before && errata_ask_words_column(words, first, &n_name) >= 0 && n_name > n))
            return class_index;
    }
    return -1;
}

/* the words of a rate: @ret_first, @ret_n; NULL: none; else what is counted, as filters have it */
static char *
rate_find(const AskWords *words, guint *ret_first, guint *ret_n)
{
    static const char *const rates[] = {"rate", "rates", NULL};
    static const char *const truths[] = {"actual", "true", "real", "observed", NULL};
    const ErrataSchema *schema = words->data->schema;

    for (guint i = 0; schema != NULL && schema->n_classes > 0 && i < words->words->len; i++) {
        gboolean of = errata_ask_words_match(words, i + 1, "of") > 0;
        guint n = 0;
        int class_index = -1;
        const AskWord *lead;
        g_autofree char *quoted = NULL;
        gboolean predicted;

        if (!g_strv_contains(rates, errata_ask_words_get(words, i)->fold) ||
            errata_ask_words_get(words, i)->used)
            continue;
        class_index = rate_class_at(words, i, TRUE, &n);
        if (class_index >= 0) {
            *ret_first = i - n;
            *ret_n = n + 1;
        } else if (of && (class_index = rate_class_at(words, i + 2, FALSE, &n)) >= 0) {
            *ret_first = i;
            *ret_n = n + 2;
        } else {
            continue;
        }
        lead = *ret_first > 0 ? errata_ask_words_get(words, *ret_first - 1) : NULL;
        predicted = lead != NULL && strcmp(lead->fold, "predicted") == 0;
        if (lead != NULL && (predicted || g_strv_contains(truths, lead->fold))) {
            (*ret_first)--;
            (*ret_n)++;
        }
        quoted = errata_ask_condition_quote(schema->classes[class_index], '\'');
        return g_strdup_printf("@%s = %s", predicted ? "prediction" : "label", quoted);
    }
    return NULL;
}

/* whether a question asks for such a rate; @ret_first, @ret_n: get its words */
gboolean
errata_ask_rate_words(const AskWords *words, guint *ret_first, guint *ret_n)
{
    g_autofree char *filter = rate_find(words, ret_first, ret_n);

    return filter != NULL;
}

gboolean
errata_ask_rate_is_asked(const AskWords *words)
{
    guint first = 0, n = 0;

    return errata_ask_rate_words(words, &first, &n);
}

/**
 * errata_ask_rate_take:
 * @words: a question
 *
 * Returns: (transfer full) (nullable): the rows that the rate counts, of all; its words are used.
 * %NULL: no
 *   rate of a class is asked for
 */
AskCondition *
errata_ask_rate_take(AskWords *words)
{
    guint first = 0, n = 0;
    char *filter = rate_find(words, &first, &n);

    if (filter == NULL)
        return NULL;
    errata_ask_words_use(words, first, n);
    return errata_ask_condition_new(first, filter);
}
