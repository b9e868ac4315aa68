/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hours of a question, as conditions on the log's column of time: “in the morning” (6 to 12),
 * “after 6pm”, “between 08:00 and 12:00”. Only whole hours are known. */
#include <stdlib.h>
#include <string.h>

#include "ask-condition.h"
#include "ask-intent.h"

/* “9am”, “9 pm”, “15:00”; −1: none; @ret_n: how many words */
static int
clock_hour(const AskWords *words, guint at, guint *ret_n)
{
    const AskWord *word = errata_ask_words_get(words, at);
    const char *text = word != NULL && !word->used ? word->fold : "";
    gsize digits = strspn(text, "0123456789");
    const char *end = text + digits;
    int hour = digits > 0 && digits < 3 ? atoi(text) : -1;

    *ret_n = 1;
    if (hour < 0)
        return strcmp(text, "noon") == 0 || strcmp(text, "midday") == 0 ? 12
               : strcmp(text, "midnight") == 0                          ? 0
                                                                        : -1;
    if (end[0] == ':' && end[1] == '0' && end[2] == '0') {
        end += 3;
        if (end[0] == '\0' && errata_ask_words_match(words, at + 1, "am") +
                                      errata_ask_words_match(words, at + 1, "pm") ==
                                  0)
            return hour <= 24 ? hour : -1;
    }
    if (end[0] == '\0') {
        const AskWord *next = errata_ask_words_get(words, at + 1);

        end = next != NULL && !next->used ? next->fold : "";
        *ret_n = 2;
    }
    if (hour > 12 || hour < 1 || (strcmp(end, "am") != 0 && strcmp(end, "pm") != 0))
        return -1;
    return hour % 12 + (end[0] == 'p' ? 12 : 0);
}

/* parts of the day; FALSE: none */
static gboolean
clock_part(const AskWords *words, guint at, int *ret_from, int *ret_to)
{
    static const struct {
        const char *word;
        int from, to;
    } parts[] = {{"morning", 6, 12}, {"afternoon", 12, 18}, {"evening", 18, 24}, {"night", 0, 6}};
    const AskWord *word = errata_ask_words_get(words, at);

    for (guint i = 0; word != NULL && !word->used && i < G_N_ELEMENTS(parts); i++) {
        gsize n = strlen(parts[i].word);

        if (strncmp(word->fold, parts[i].word, n) != 0 ||
            (word->fold[n] != '\0' && strcmp(word->fold + n, "s") != 0))
            continue;
        *ret_from = parts[i].from;
        *ret_to = parts[i].to;
        return TRUE;
    }
    return FALSE;
}

static char *
clock_span(const char *name, int from, int to)
{
    return from < to
               ? g_strdup_printf("\"%s hour\" >= %d and \"%s hour\" < %d", name, from, name, to)
               : g_strdup_printf("(\"%s hour\" >= %d or \"%s hour\" < %d)", name, from, name, to);
}

/**
 * errata_ask_clock:
 * @words: a question
 * @at: a word of it
 *
 * The words are used.
 *
 * Returns: (transfer full) (nullable): the condition, as filters are written; %NULL where none
 * begins
 */
char *
errata_ask_clock(AskWords *words, guint at)
{
    static const char *const before[] = {"before", "until", "till", NULL};
    static const char *const after[] = {"after", "since", "past", NULL};
    static const char *const on[] = {"at", "around", "in", NULL};
    static const char *const relative[] = {"this", "last", "every", "each", "per", "by", NULL};
    static const char *const joins[] = {"and", "to", "until", "till", "-", NULL};
    const char *name = errata_ask_intent_time_name(words);
    const AskWord *word = errata_ask_words_get(words, at);
    const AskWord *join;
    const char *lead = word->fold;
    guint n = 0, n_second = 0;
    int from, to;

    if (name == NULL)
        return NULL;
    if (clock_part(words, at, &from, &to)) {
        if (at > 0 && g_strv_contains(relative, errata_ask_words_get(words, at - 1)->fold))
            return NULL; /* of which day, the question says */
        errata_ask_words_use(words, at, 1);
        return clock_span(name, from, to);
    }
    from = clock_hour(words, at + 1, &n);
    if (from < 0)
        return NULL;
    join = errata_ask_words_get(words, at + 1 + n);
    if ((strcmp(lead, "between") == 0 || strcmp(lead, "from") == 0) && join != NULL &&
        g_strv_contains(joins, join->fold) &&
        (to = clock_hour(words, at + 2 + n, &n_second)) >= 0) {
        errata_ask_words_use(words, at, n + n_second + 2);
        return clock_span(name, from, to);
    }
    if (g_strv_contains(before, lead) || g_strv_contains(after, lead) ||
        g_strv_contains(on, lead)) {
        errata_ask_words_use(words, at, n + 1);
        return g_strdup_printf("\"%s hour\" %s %d",
                               name,
                               g_strv_contains(before, lead)  ? "<"
                               : g_strv_contains(after, lead) ? ">="
                                                              : "=",
                               from % 24);
    }
    return NULL;
}
