/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions that want rows or findings to be shown. */
#include <math.h>
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
    {"missing*", ERRATA_ASK_GAPS},
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
        "wrong",  "top",     "group*", "segment*", "weakest", "values",    NULL};
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

/* ---- rows of a finding ---- */

/* “the worst slice”, “the first finding”, “F3”, from @at on: how many words; 0: no finding is
 * meant. @ret_id: gets which; NULL: the first, of slices where @ret_slice */
static guint
shown_reference(const AskWords *words, guint at, char **ret_id, gboolean *ret_slice)
{
    static const char *const firsts[] =
        {"worst", "biggest", "largest", "top", "first", "main", "most important", "weakest"};
    static const char *const nouns[] = {"slice", "segment", "group", "finding", "problem"};
    guint skip = errata_ask_words_match(words, at, "the");
    const AskWord *word;
    guint n;

    at += skip;
    for (guint i = 0; i < G_N_ELEMENTS(firsts) * G_N_ELEMENTS(nouns); i++) {
        const char *noun = nouns[i % G_N_ELEMENTS(nouns)];
        g_autofree char *phrase = g_strdup_printf("%s %s", firsts[i / G_N_ELEMENTS(nouns)], noun);
        guint n_name = 0;

        n = errata_ask_words_match(words, at, phrase);
        if (n == 0 || errata_ask_words_column(words, at + n - 1, &n_name) >= 0)
            continue;
        *ret_slice = i % G_N_ELEMENTS(nouns) < 3;
        return skip + n;
    }
    n = errata_ask_words_match(words, at, "finding");
    word = errata_ask_words_get(words, at + n);
    if (word == NULL || word->used || (n == 0 && word->text[0] != 'F'))
        return 0;
    if (word->text[strcspn(word->text, "0123456789")] == '\0' ||
        strcspn(word->text, "0123456789") > 1)
        return 0;
    *ret_id = g_strdup_printf("F%s", word->text + strcspn(word->text, "0123456789"));
    return skip + n + 1;
}

static const ErrataFinding *
shown_pick(const ErrataCase *report, const char *id, gboolean slice)
{
    for (guint i = 0; report != NULL && i < report->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(report->findings, i);

        if (id != NULL ? g_ascii_strcasecmp(finding->id, id) == 0
                       : !slice || finding->kind == ERRATA_FINDING_SLICE)
            return finding;
    }
    return NULL;
}

/* the errors of those rows, the surest first, or the rows with the largest errors; NULL, and
 * @ret_why says so, where no condition tells them */
static char *
shown_rows_of(const AskWords *words, const ErrataFinding *finding, guint limit, char **ret_why)
{
    const ErrataAskData *data = words->data;
    const GPtrArray *predicates = finding->subject.predicates;
    g_autoptr(ErrataFilter) filter = predicates != NULL && predicates->len > 0
                                         ? errata_filter_predicates_join(predicates)
                                         : NULL;
    gboolean numbers = errata_ask_intent_default(words, NULL, "") != NULL;
    gboolean judged = data->schema != NULL && data->schema->label >= 0 &&
                      (data->schema->prediction >= 0 || data->schema->score >= 0) &&
                      finding->kind == ERRATA_FINDING_SLICE;
    gboolean sure = FALSE;
    g_autofree char *where = NULL;

    if (filter == NULL ||
        (data->frame != NULL && !errata_filter_bind(filter, data->frame, data->schema, NULL))) {
        *ret_why = g_strdup_printf("no condition on the log's columns tells the rows of finding "
                                   "%s; its table in the report lists them",
                                   finding->id);
        return NULL;
    }
    if (judged && data->outcome != NULL && data->outcome->confidence != NULL)
        for (gsize row = 0; row < data->outcome->n_rows && !sure; row++)
            sure = isfinite(data->outcome->confidence[row]);
    where = errata_filter_print(filter);
    return g_strdup_printf("filter %s%s | %srows %u",
                           where,
                           judged && !numbers ? " and error" : "",
                           judged && numbers ? "order loss descending | "
                           : judged && sure  ? "order confidence descending | "
                                             : "",
                           limit);
}

/* “examples of the worst slice”, “show me 5 errors in F3”; NULL: nothing of the kind, or @ret_why
 * says why not */
char *
errata_ask_shown_of(AskWords *words, char **ret_why)
{
    static const char *const things[] =
        {"examples", "example", "rows", "cases", "errors", "mistakes", "instances", "samples"};
    static const char *const joins[] = {"of", "in", "from"};
    static const char *const show[] =
        {"show", "list", "give", "display", "see", "some", "random", "typical", NULL};
    gboolean shows = FALSE;

    for (guint i = 0; show[i] != NULL; i++)
        shows = shows || errata_ask_words_find(words, show[i], NULL) >= 0;
    for (guint i = 0; i < G_N_ELEMENTS(things) * G_N_ELEMENTS(joins); i++) {
        g_autofree char *phrase = g_strdup_printf("%s %s",
                                                  things[i / G_N_ELEMENTS(joins)],
                                                  joins[i % G_N_ELEMENTS(joins)]);
        guint n = 0;
        int at = errata_ask_words_find(words, phrase, &n);
        g_autofree char *id = NULL;
        gboolean slice = FALSE;
        guint n_of = at == 0 || (at > 0 && shows)
                         ? shown_reference(words, (guint)at + n, &id, &slice)
                         : 0;
        const ErrataFinding *finding;
        guint limit;

        if (n_of == 0)
            continue;
        limit = shown_number(words, 10);
        errata_ask_words_use(words, (guint)at, n + n_of);
        errata_ask_intent_all(words, show);
        finding = shown_pick(words->data->report, id, slice);
        if (finding != NULL)
            return shown_rows_of(words, finding, limit, ret_why);
        *ret_why = words->data->report == NULL
                       ? g_strdup("what was found, and where, is told by a report; analyse the "
                                  "log and ask of its report")
                   : id != NULL
                       ? g_strdup_printf("there is no finding %s", id)
                       : g_strdup_printf("the report has no finding%s", slice ? " of a slice" : "");
        return NULL;
    }
    return NULL;
}

/**
 * errata_ask_shown_wants_report:
 * @question: in plain words
 * @data: what it is about, without a report
 *
 * Returns: whether it is about the rows of a finding, so that a report has to tell which those are
 *   before there is a plan
 */
gboolean
errata_ask_shown_wants_report(const char *question, const ErrataAskData *data)
{
    g_autoptr(AskWords) words = errata_ask_words_new(question, data);
    g_autofree char *why = NULL;

    g_free(errata_ask_shown_of(words, &why));
    return why != NULL;
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
