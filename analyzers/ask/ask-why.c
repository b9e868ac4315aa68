/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said where a question was not understood: which word was not, and what may have been
 * meant. */
#include "ask-condition.h"
#include "ask-intent.h"
#include "ask-words.h"

/* “over 500” of no column: which may be meant */
static char *
why_which(const AskWords *words)
{
    const ErrataFrame *frame = words->data->frame;
    g_autoptr(GString) names = g_string_new(NULL);
    const AskWord *first;
    const AskWord *last;
    guint n = 0, found = 0;

    for (guint i = 0; frame != NULL && n == 0 && i < words->words->len; i++) {
        const char *op = errata_ask_condition_op(words, i, &n);

        found = i;
        n = op != NULL && errata_ask_condition_is_test(words, i + n) ? n : 0;
    }
    if (n == 0)
        return NULL;
    for (guint c = 0, told = 0; c < frame->n_columns && told < 5; c++)
        if (errata_column_is_numeric(frame->columns[c]) && (int)c != words->data->schema->id) {
            g_string_append_printf(names, "%s%s", told > 0 ? ", " : "", frame->columns[c]->name);
            told++;
        }
    first = errata_ask_words_get(words, found);
    last = errata_ask_words_get(words, found + n);
    return names->len > 0 ? g_strdup_printf("say which column is meant by “%.*s”, e.g. one of %s",
                                            (int)(last->end - first->at),
                                            first->at,
                                            names->str)
                          : NULL;
}

/* what the report tells, and of no single rows; NULL for other plans */
static const char *
why_of_report(const char *plan)
{
    return g_str_has_prefix(plan, "findings fairness") ? "whether the model is fair is told"
           : g_str_has_prefix(plan, "findings")        ? "findings are told"
           : g_str_equal(plan, "features")             ? "what matters to the model is told"
           : g_str_equal(plan, "advice")               ? "advice is given"
                                                       : NULL;
}

char *
errata_ask_why_not(const AskWords *words,
                   const char *plan,
                   gboolean asked,
                   const char *why,
                   const char *left)
{
    static const char *const ahead[] = {"next day",
                                        "next week",
                                        "next month",
                                        "next quarter",
                                        "next year",
                                        "tomorrow",
                                        "in the future",
                                        "forecast*",
                                        NULL};
    static const char *const sure[] = {"how sure", "how certain", "how confident", NULL};
    static const char *const reports[] = {"last report",
                                          "previous report",
                                          "earlier report",
                                          "report before",
                                          NULL};
    const char *found = plan != NULL && why == NULL ? why_of_report(plan) : NULL;

    g_autofree char *when = why == NULL ? errata_ask_condition_relative(words) : NULL;
    g_autofree char *near = why == NULL && when == NULL ? errata_ask_near_say(words) : NULL;
    g_autofree char *shared = errata_ask_names_say(words);

    for (guint i = 0; asked && ahead[i] != NULL; i++)
        if (errata_ask_words_find(words, ahead[i], NULL) >= 0)
            return g_strdup("the log tells what was, not what will be; ask “accuracy over time” "
                            "for how it has gone so far");
    for (guint i = 0; left != NULL && reports[i] != NULL; i++)
        if (errata_ask_words_find(words, reports[i], NULL) >= 0)
            return g_strdup("one report is asked at a time: “errata compare REPORT REPORT” tells "
                            "what is new, worse or fixed between two; ask “what changed” for "
                            "changes within the log");
    if (errata_ask_plain_wants_help(words))
        return g_strdup(
            "ask for a metric (accuracy, recall, mae …), for how many rows or errors, of all "
            "rows, by a column, or where something holds; for rows to be shown; for what was "
            "found; or for what to do");
    for (guint i = 0; left != NULL && sure[i] != NULL; i++)
        if (errata_ask_words_find(words, sure[i], NULL) >= 0)
            return g_strdup("how sure the model is, is not told of single groups; ask “is it "
                            "overconfident”, or “show the most confident errors”");
    if (why != NULL || when != NULL || shared != NULL)
        return g_strdup(why != NULL ? why : when != NULL ? when : shared);
    if (asked && near == NULL) {
        char *which = why_which(words);

        if (which != NULL)
            return which;
    }
    if (left == NULL || (!asked && near == NULL))
        return NULL;
    if (found != NULL && near == NULL)
        return g_strdup_printf(
            "did not understand %s: %s of all rows, and nothing restricts it; ask "
            "for the error rate, or how many rows, instead",
            left,
            found);
    return near != NULL ? g_strdup_printf("did not understand %s; did you mean %s?", left, near)
                        : g_strdup_printf("did not understand %s", left);
}
