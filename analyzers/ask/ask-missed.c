/* SPDX-License-Identifier: GPL-3.0-or-later */
/* “how many frauds were missed”, “defaults that it caught”: rows of a class, by what was predicted
 * of them. */
#include <string.h>

#include "ask-condition.h"

/* where the words miss or catch; @ret_n: how many; −1: nowhere */
static int
missed_find(const AskWords *words, guint *ret_n, gboolean *ret_caught)
{
    static const struct {
        const char *phrase;
        gboolean caught;
    } known[] = {{"failed to catch", FALSE},
                 {"fail to catch", FALSE},
                 {"did not catch", FALSE},
                 {"didn't catch", FALSE},
                 {"not catch", FALSE},
                 {"not caught", FALSE},
                 {"not detected", FALSE},
                 {"not detect", FALSE},
                 {"slipped through", FALSE},
                 {"went undetected", FALSE},
                 {"undetected", FALSE},
                 {"overlooked", FALSE},
                 {"missed", FALSE},
                 {"miss", FALSE},
                 {"misses", FALSE},
                 {"caught", TRUE},
                 {"catch", TRUE},
                 {"detected", TRUE},
                 {"detect", TRUE}};

    for (guint i = 0; i < G_N_ELEMENTS(known); i++) {
        int at = errata_ask_words_find(words, known[i].phrase, ret_n);

        if (at < 0 || errata_ask_words_match(words, (guint)at + *ret_n, "by") > 0)
            continue; /* missed by 10 */
        *ret_caught = known[i].caught;
        return at;
    }
    return -1;
}

/* the only class that the question names; −1: none, or several; @ret_at: where */
static int
missed_class(const AskWords *words, guint *ret_at)
{
    int found = -1;

    for (guint i = 0; i < words->words->len; i++) {
        const AskWord *word = errata_ask_words_get(words, i);
        g_autofree char *one = g_str_has_suffix(word->fold, "s")
                                   ? g_strndup(word->fold, strlen(word->fold) - 1)
                                   : g_strdup(word->fold);
        int class_index = -1;

        if (word->used)
            continue;
        class_index = errata_ask_rate_class(words, word->fold);
        if (class_index < 0)
            class_index = errata_ask_rate_class(words, one);
        if (class_index < 0)
            continue;
        if (found >= 0)
            return -1;
        found = class_index;
        *ret_at = i;
    }
    return found;
}

/**
 * errata_ask_missed:
 * @words: a question
 * @conditions: (element-type AskCondition): gets the label, and what was predicted
 *
 * A class that is not named is the positive one. The words are used.
 *
 * Returns: whether it asks for what was missed or caught
 */
gboolean
errata_ask_missed(AskWords *words, GPtrArray *conditions)
{
    const ErrataSchema *schema = words->data->schema;
    gboolean caught = FALSE;
    guint n = 0, named = G_MAXUINT;
    int at = schema != NULL && schema->n_classes > 1 ? missed_find(words, &n, &caught) : -1;
    int class_index = at >= 0 ? missed_class(words, &named) : -1;
    g_autofree char *quoted = NULL;

    if (at < 0 || (class_index < 0 && (schema->n_classes > 2 || schema->positive < 0)))
        return FALSE;
    class_index = class_index >= 0 ? class_index : schema->positive;
    quoted = errata_ask_condition_quote(schema->classes[class_index], '\'');
    errata_ask_words_use(words, (guint)at, n);
    if (named < G_MAXUINT)
        errata_ask_words_use(words, named, 1);
    g_ptr_array_add(conditions,
                    errata_ask_condition_new(named < G_MAXUINT ? named : (guint)at,
                                             g_strdup_printf("@label = %s", quoted)));
    g_ptr_array_add(conditions,
                    errata_ask_condition_new(
                        (guint)at,
                        g_strdup_printf("@prediction %s %s", caught ? "=" : "!=", quoted)));
    return TRUE;
}
