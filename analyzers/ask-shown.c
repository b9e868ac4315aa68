/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions that want rows or findings to be shown. */
#include <string.h>

#include "ask-intent.h"
#include "number.h"

static const struct {
    const char *word;
    const char *kind;
} shown_kinds[] = {
    {"drift*", "drift"},
    {"label*", "label-issue"},
    {"leak*", "leakage"},
    {"calibrat*", "calibration"},
    {"slice*", "slice"},
    {"group*", "slice"},
    {"segment*", "slice"},
    {"data bug*", "data-bug"},
    {"anomal*", "anomaly"},
    {"fair*", "fairness"},
    {"unfair*", "fairness"},
    {"threshold*", "threshold"},
    {"change*", "change-point"},
    {"cluster*", "cluster"},
    {"severe", "high"},
    {"critical", "critical"},
};

/* how many are asked for, near the beginning or before a word for them; @otherwise where no number
 * is */
static guint
shown_number(AskWords *words, guint otherwise)
{
    static const char *const things[] = {"rows",
                                         "errors",
                                         "wrong",
                                         "worst",
                                         "examples",
                                         "mistakes",
                                         "most",
                                         "false",
                                         "findings",
                                         "problems",
                                         "issues",
                                         "biggest",
                                         "main",
                                         "random",
                                         "first",
                                         "latest",
                                         "newest",
                                         "predictions",
                                         NULL};

    for (guint i = 0; i < words->words->len; i++) {
        const AskWord *word = errata_ask_words_get(words, i);
        const AskWord *next = errata_ask_words_get(words, i + 1);
        gboolean placed = i == 1 || i == 2 || (next != NULL && g_strv_contains(things, next->fold));
        gint64 number;

        if (!word->used && placed &&
            errata_number_parse_int(word->text, strlen(word->text), &number) && number > 0 &&
            number <= ERRATA_ASK_MAX_ROWS) {
            errata_ask_words_use(words, i, 1);
            return (guint)number;
        }
    }
    return otherwise;
}

/* what the report has found; @shows: rows may be meant as well */
char *
errata_ask_shown_findings(AskWords *words, gboolean shows)
{
    static const char *const names[] = {"finding*",
                                        "problem*",
                                        "errata",
                                        "wrong",
                                        "issue*",
                                        "drift*",
                                        "leak*",
                                        "slice*",
                                        "bug*",
                                        "anomal*",
                                        "data bug*",
                                        "cluster*",
                                        "unfair*",
                                        "fairness",
                                        "worst group*",
                                        "worst segment*",
                                        "weakest group*",
                                        "weakest segment*",
                                        "group is worst",
                                        "group is the worst",
                                        "segment is worst",
                                        "segment is the worst",
                                        "groups are worst",
                                        "groups are the worst",
                                        "groups does it fail",
                                        NULL};
    static const char *const fluff[] = {
        "found",  "biggest", "main",   "worst",    "most",    "important", "serious",  "severe",
        "any",    "known",   "there",  "list",     "show",    "find",      "finding*", "problem*",
        "issue*", "data",    "bug*",   "drift*",   "leak*",   "slice*",    "anomal*",  "errata",
        "wrong",  "top",     "group*", "segment*", "weakest", NULL};
    const char *kind = NULL;
    gboolean asked = FALSE;
    guint limit;

    for (guint i = 0; names[i] != NULL; i++)
        asked = asked || (errata_ask_words_find(words, names[i], NULL) >= 0 &&
                          !(shows && g_str_equal(names[i], "wrong")));
    if (!asked)
        return NULL;
    limit = shown_number(words, 0);
    for (guint i = 0; kind == NULL && i < G_N_ELEMENTS(shown_kinds); i++)
        if (errata_ask_words_take(words, shown_kinds[i].word) >= 0)
            kind = shown_kinds[i].kind;
    errata_ask_intent_all(words, fluff);
    if (kind != NULL && limit > 0 && !g_str_equal(kind, "high") && !g_str_equal(kind, "critical"))
        return g_strdup_printf("findings %s, %u", kind, MIN(limit, ERRATA_ASK_FINDINGS_MAX));
    if (kind != NULL && limit > 0)
        return NULL; /* so many of a severity: no plan says that */
    return kind != NULL ? g_strdup_printf("findings %s", kind)
           : limit > 0  ? g_strdup_printf("findings %u", MIN(limit, ERRATA_ASK_FINDINGS_MAX))
                        : g_strdup("findings");
}

/* “the 10 worst rows”, “the most confident errors”: rows, in what order; NULL where none are
 * shown */
char *
errata_ask_shown_rows(AskWords *words)
{
    static const char *const show[] = {"show", "list", "example*", "display", "give", NULL};
    static const char *const show_fluff[] =
        {"show", "list", "display", "some", "first", "example*", NULL};
    static const char *const worst[] =
        {"most confident", "surest", "worst", "biggest", "largest", NULL};
    static const char *const nouns[] =
        {"rows", "errors", "mistakes", "examples", "predictions", NULL};
    static const char *const latest[] = {"last", "latest", "newest", "most recent", NULL};
    static const char *const periods[] =
        {"days", "week", "weeks", "month", "months", "quarter", "year", "years", NULL};
    const char *time = NULL;
    gboolean period = FALSE;
    gboolean ordered = FALSE;
    gboolean named = FALSE;
    guint n;

    for (guint i = 0; worst[i] != NULL; i++)
        ordered = ordered || errata_ask_words_find(words, worst[i], NULL) >= 0;
    for (guint i = 0; nouns[i] != NULL; i++)
        named = named || errata_ask_words_find(words, nouns[i], NULL) >= 0;
    ordered = ordered && named;
    if (!errata_ask_intent_any(words, show) && !ordered)
        return NULL;
    errata_ask_intent_all(words, show_fluff);
    n = shown_number(words, 10);
    for (guint i = 0; periods[i] != NULL; i++) /* “errors of the last 7 days” are a condition */
        period = period || errata_ask_words_find(words, periods[i], NULL) >= 0;
    if (!ordered && named && !period) /* “the last 5 errors” */
        time = errata_ask_intent_any(words, latest) ? errata_ask_intent_time_name(words) : NULL;
    if (time != NULL)
        return g_strdup_printf("order \"%s\" descending | rows %u", time, n);
    if (!ordered)
        return g_strdup_printf("rows %u", n);
    errata_ask_intent_all(words, worst);
    return g_strdup_printf("order %s descending | rows %u",
                           errata_ask_intent_default(words, "confidence", "loss"),
                           n);
}
