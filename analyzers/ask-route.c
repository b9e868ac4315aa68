/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions in plain words, by keywords: what is not recognised is not guessed at, and a question with
 * a word that nothing was made of is not answered: it may have been a condition. The plan is shown to
 * who asked, so that a wrong reading is seen. */
#include <string.h>

#include "ask-condition.h"
#include "ask-intent.h"
#include "ask-private.h"
#include "ask-words.h"
#include "number.h"

static const struct {
    const char *word;
    const char *kind;
} route_kinds[] = {
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

/* takes the first of the phrases that is there */
static gboolean
route_any(AskWords *words, const char *const *phrases)
{
    for (guint i = 0; phrases[i] != NULL; i++)
        if (errata_ask_words_take(words, phrases[i]) >= 0)
            return TRUE;
    return FALSE;
}

/* the column, or span of time, that follows `by`, `per` or `each` */
static char *
route_group(AskWords *words)
{
    static const char *const leads[] = {"for each",
                                        "for every",
                                        "in each",
                                        "in every",
                                        "broken down by",
                                        "split by",
                                        "grouped by",
                                        "by",
                                        "per",
                                        "each",
                                        "every",
                                        "across",
                                        NULL};
    static const char *const about[] =
        {"break down", "breakdown", "break", "down", "split", "different", NULL};

    for (guint i = 0; leads[i] != NULL; i++) {
        guint n_lead = 0;
        guint n = 0;
        int at = errata_ask_words_find(words, leads[i], &n_lead);
        char *name = at >= 0 ? errata_ask_intent_column(words, (guint)at + n_lead, &n) : NULL;

        if (name == NULL)
            continue;
        errata_ask_words_use(words, (guint)at, n_lead + n);
        errata_ask_intent_all(words, about);
        return name;
    }
    return errata_ask_intent_time(words);
}

/* “the worst region”, “which region has the best …”: the column whose values are to be compared;
 * @ret_many: whether it is that with most or fewest of something */
static char *
route_extreme(AskWords *words, gboolean *ret_many)
{
    static const char *const extremes[] = {"worst",
                                           "best",
                                           "worse",
                                           "weakest",
                                           "least accurate",
                                           "most accurate",
                                           "lowest",
                                           "highest",
                                           "most wrong",
                                           "most often wrong",
                                           "most errors",
                                           "most mistakes",
                                           "fewest errors",
                                           "fewest mistakes",
                                           "most rows",
                                           "fewest rows",
                                           NULL};
    static const char *const leads[] =
        {"which", "what", "worst", "best", "accurate", "weakest", "the", "for", "in", NULL};
    static const char *const about[] = {"perform*", "does", "doing", "predicted", NULL};
    gboolean extreme = FALSE;

    for (guint i = 0; extremes[i] != NULL; i++)
        extreme = extreme || errata_ask_words_find(words, extremes[i], NULL) >= 0;
    for (guint i = 1; extreme && i < words->words->len; i++) {
        guint n = 0;
        char *name = g_strv_contains(leads, errata_ask_words_get(words, i - 1)->fold)
                         ? errata_ask_intent_column(words, i, &n)
                         : NULL;

        if (name == NULL)
            continue;
        errata_ask_words_use(words, i, n);
        for (guint k = 0; extremes[k] != NULL; k++) {
            gboolean errors = g_str_has_suffix(extremes[k], "errors") ||
                              g_str_has_suffix(extremes[k], "mistakes");
            guint n_words = 0;
            int at = errata_ask_words_find(words, extremes[k], &n_words);

            if (at < 0)
                continue;
            *ret_many = *ret_many || errors || g_str_has_suffix(extremes[k], "rows");
            /* “errors” is left: it says which rows are counted */
            errata_ask_words_use(words, (guint)at, errors ? 1 : n_words);
        }
        errata_ask_intent_all(words, about);
        return name;
    }
    return NULL;
}

/* “F3”, with a capital: f1 is a metric too */
static const char *
route_finding(AskWords *words)
{
    for (guint i = 0; i < words->words->len; i++) {
        const AskWord *word = errata_ask_words_get(words, i);

        if (word->text[0] == 'F' && word->text[1] != '\0' &&
            word->text[1 + strspn(word->text + 1, "0123456789")] == '\0' &&
            errata_ask_words_match(words, i + 1, "score") == 0) {
            errata_ask_words_use(words, i, 1);
            return word->text;
        }
    }
    return NULL;
}

/* the word behind @before, e.g. the number of a row */
static const char *
route_word_after(AskWords *words, const char *before)
{
    guint n = 0;
    int at = errata_ask_words_find(words, before, &n);
    const AskWord *word = at >= 0 ? errata_ask_words_get(words, (guint)at + n) : NULL;

    if (word == NULL || word->used)
        return NULL;
    errata_ask_words_use(words, (guint)at, n + 1);
    return word->text + (word->text[0] == '#');
}

static const char *
route_threshold(AskWords *words)
{
    static const char *const phrases[] = {"threshold of",
                                          "threshold is",
                                          "threshold were",
                                          "threshold was",
                                          "threshold to",
                                          "threshold at",
                                          "threshold",
                                          "cut off of",
                                          "cut off at",
                                          "cutoff of",
                                          "cutoff at",
                                          "cutoff"};
    static const char *const about[] = {"what if",
                                        "if",
                                        "set",
                                        "moved",
                                        "changed",
                                        "move",
                                        "change",
                                        "raise",
                                        "raised",
                                        "lower",
                                        "lowered",
                                        "used",
                                        "use",
                                        "happens",
                                        "happen",
                                        NULL};

    for (guint i = 0; i < G_N_ELEMENTS(phrases); i++) {
        guint n = 0;
        int at = errata_ask_words_find(words, phrases[i], &n);
        const AskWord *word = at >= 0 ? errata_ask_words_get(words, (guint)at + n) : NULL;
        double number;

        if (word == NULL || !errata_number_parse_double(word->text, strlen(word->text), &number))
            continue;
        errata_ask_words_use(words, (guint)at, n + 1);
        errata_ask_intent_all(words, about);
        return word->text;
    }
    return NULL;
}

/* how many are asked for, near the beginning or before a word for them; @otherwise where no number is */
static guint
route_number(AskWords *words, guint otherwise)
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
                                         NULL};

    for (guint i = 1; i < words->words->len; i++) {
        const AskWord *word = errata_ask_words_get(words, i);
        const AskWord *next = errata_ask_words_get(words, i + 1);
        gboolean placed = i <= 2 || (next != NULL && g_strv_contains(things, next->fold));
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
static char *
route_findings(AskWords *words, gboolean shows)
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
                                        NULL};
    static const char *const fluff[] = {
        "found",  "biggest", "main",   "worst",    "most",  "important", "serious",  "severe",
        "any",    "known",   "there",  "list",     "show",  "find",      "finding*", "problem*",
        "issue*", "data",    "bug*",   "drift*",   "leak*", "slice*",    "anomal*",  "errata",
        "wrong",  "top",     "group*", "segment*", NULL};
    const char *kind = NULL;
    gboolean asked = FALSE;
    guint limit;

    for (guint i = 0; names[i] != NULL; i++)
        asked = asked || (errata_ask_words_find(words, names[i], NULL) >= 0 &&
                          !(shows && g_str_equal(names[i], "wrong")));
    if (!asked)
        return NULL;
    limit = route_number(words, 0);
    for (guint i = 0; kind == NULL && i < G_N_ELEMENTS(route_kinds); i++)
        if (errata_ask_words_take(words, route_kinds[i].word) >= 0)
            kind = route_kinds[i].kind;
    errata_ask_intent_all(words, fluff);
    if (kind != NULL && limit > 0)
        return NULL; /* so many of a kind: no plan says that */
    return kind != NULL ? g_strdup_printf("findings %s", kind)
           : limit > 0  ? g_strdup_printf("findings %u", MIN(limit, ERRATA_ASK_FINDINGS_MAX))
                        : g_strdup("findings");
}

/* the metric that stands for how good or bad a log is */
static const char *
route_default(const AskWords *words, const char *classes, const char *numbers)
{
    const ErrataSchema *schema = words->data->schema;

    return schema != NULL && schema->task == ERRATA_TASK_REGRESSION ? numbers : classes;
}

/* “what share of the errors …”, “what percentage is wrong …”: the metric, or `count` */
static const char *
route_share(AskWords *words)
{
    static const char *const shares[] = {"what share",
                                         "share",
                                         "what percentage",
                                         "percentage",
                                         "what percent",
                                         "percent",
                                         "what fraction",
                                         "fraction",
                                         "what proportion",
                                         "proportion",
                                         "how much",
                                         NULL};
    static const char *const errors[] = {"of all the errors",
                                         "of all errors",
                                         "of the errors",
                                         "of errors",
                                         "of all mistakes",
                                         "of the mistakes",
                                         "of mistakes",
                                         NULL};
    static const char *const about[] =
        {"come", "comes", "made", "occur", "happen", "fall", "lie", NULL};
    static const char *const wrong[] = {"wrong", "incorrect", "misclassified", NULL};
    static const char *const right[] = {"right", "correct", NULL};

    if (!route_any(words, shares))
        return NULL;
    if (route_any(words, errors)) {
        errata_ask_intent_all(words, about);
        return "share_of_errors";
    }
    return route_any(words, wrong) ? "error_rate" : route_any(words, right) ? "accuracy" : "count";
}

/* “the 10 worst rows”, “the most confident errors”: rows, in what order; NULL where none are shown */
static char *
route_shown(AskWords *words)
{
    static const char *const show[] = {"show", "list", "example*", "display", "give", NULL};
    static const char *const show_fluff[] =
        {"show", "list", "display", "some", "first", "example*", NULL};
    static const char *const worst[] =
        {"most confident", "surest", "worst", "biggest", "largest", NULL};
    static const char *const nouns[] = {"rows", "errors", "mistakes", "examples", NULL};
    gboolean ordered = FALSE;
    gboolean named = FALSE;
    guint n;

    for (guint i = 0; worst[i] != NULL; i++)
        ordered = ordered || errata_ask_words_find(words, worst[i], NULL) >= 0;
    for (guint i = 0; nouns[i] != NULL; i++)
        named = named || errata_ask_words_find(words, nouns[i], NULL) >= 0;
    ordered = ordered && named;
    if (!route_any(words, show) && !ordered)
        return NULL;
    errata_ask_intent_all(words, show_fluff);
    n = route_number(words, 10);
    if (!ordered)
        return g_strdup_printf("rows %u", n);
    errata_ask_intent_all(words, worst);
    return g_strdup_printf("order %s descending | rows %u",
                           route_default(words, "confidence", "loss"),
                           n);
}

/* a metric by groups, or of all rows */
static char *
route_measured(const char *group, const char *metric)
{
    const char *count = g_str_equal(metric, "count") ? "" : "metric ";

    return group != NULL ? g_strdup_printf("group \"%s\" | %s%s", group, count, metric)
                         : g_strdup_printf("%s%s", count, metric);
}

/* what is counted though no word says so: “errors in May”, “is income missing”, “the base rate” */
static gboolean
route_counts(AskWords *words)
{
    static const char *const things[] = {"errors",
                                         "mistakes",
                                         "missing",
                                         "base rate",
                                         "prevalence",
                                         "false negative*",
                                         "false positive*",
                                         "false alarm*",
                                         NULL};
    static const char *const about[] = {"anywhere", "ever", "often", "sometimes", NULL};
    gboolean any = FALSE;

    for (guint i = 0; things[i] != NULL; i++)
        any = any || errata_ask_words_find(words, things[i], NULL) >= 0;
    if (any)
        errata_ask_intent_all(words, about);
    return any;
}

/* what is measured, without the rows it is measured on */
static char *
route_operation(AskWords *words, gboolean supposed)
{
    static const char *const compare[] =
        {"compare", "compared", "comparison", "worse", "better", "difference", "differ", NULL};
    static const char *const against[] = {"vs", "versus", "against", NULL};
    static const char *const count[] = {"how many", "number of", "count", NULL};
    static const char *const wrong[] = {"how often is it wrong",
                                        "how often is the model wrong",
                                        "how often wrong",
                                        NULL};
    static const char *const good[] = {"how good",
                                       "how well",
                                       "how often",
                                       "how bad",
                                       "any good",
                                       "performance",
                                       "perform",
                                       "performs",
                                       "doing",
                                       NULL};
    const char *metric = route_share(words);
    gboolean many = FALSE;
    g_autofree char *group = route_group(words);
    g_autofree char *shown = NULL;
    gboolean compares = errata_ask_intent_all(words, compare);

    if (group == NULL && !compares) {
        group = route_extreme(words, &many);
        if (group != NULL && metric == NULL)
            metric = errata_ask_metric_named(words);
        if (group != NULL && metric == NULL)
            metric = many ? "count" : route_default(words, "error_rate", "mae");
    }
    if (metric == NULL)
        metric = errata_ask_metric_named(words);
    for (guint i = 0; group == NULL && against[i] != NULL; i++)
        compares = compares || errata_ask_words_find(words, against[i], NULL) >= 0;
    if (compares && group == NULL)
        return metric == NULL || g_str_equal(metric, "accuracy") ||
                       g_str_equal(metric, "error_rate") || g_str_equal(metric, "mae")
                   ? g_strdup("compare")
                   : NULL; /* only errors are compared */
    if (metric == NULL && route_any(words, wrong))
        metric = route_default(words, "error_rate", "mae");
    if (metric == NULL && (route_any(words, good) || compares))
        metric = route_default(words, "accuracy", "rmse");
    if (metric == NULL && route_any(words, count))
        metric = "count";
    if (metric == NULL && supposed)
        metric = "accuracy";
    if (metric == NULL)
        shown = route_shown(words);
    if (metric == NULL && shown == NULL && route_counts(words))
        metric = "count";
    if (shown != NULL || metric == NULL)
        return g_steal_pointer(&shown);
    return route_measured(group, metric);
}

/* ---- the whole ---- */

/* what a row is called; with a mark where a column is called so */
static AskCondition *
route_of_outcome(const AskWords *words, const char *name)
{
    gboolean taken = words->data->frame != NULL &&
                     errata_frame_find(words->data->frame, name, NULL) != NULL;

    return errata_ask_condition_new(0, g_strdup_printf("%s%s", taken ? "@" : "", name));
}

/* “how many errors”: a count of some rows */
static void
route_outcome(AskWords *words, const char *operation, GPtrArray *conditions)
{
    static const char *const wrong[] = {"errors",
                                        "error",
                                        "mistakes",
                                        "mistake",
                                        "wrong",
                                        "incorrect",
                                        "misclassified",
                                        "misclassifications",
                                        NULL};
    static const char *const right[] = {"correct", "right", "correctly", NULL};

    if (!g_str_equal(operation, "count") && !g_str_has_suffix(operation, "| count") &&
        !g_str_has_prefix(operation, "rows") && !g_str_has_prefix(operation, "order"))
        return;
    if (errata_ask_intent_all(words, wrong) || g_str_has_prefix(operation, "order confidence"))
        g_ptr_array_add(conditions, route_of_outcome(words, "error"));
    else if (errata_ask_intent_all(words, right))
        g_ptr_array_add(conditions, route_of_outcome(words, "correct"));
}

/* “recall of default”: the class goes to the metric */
static char *
route_class(char *operation, GPtrArray *conditions)
{
    static const char *const names[] = {"metric precision",
                                        "metric recall",
                                        "metric f1",
                                        "metric false_negative_rate",
                                        "metric false_discovery_rate",
                                        NULL};
    gboolean by_class = FALSE;

    for (guint i = 0; names[i] != NULL; i++)
        by_class = by_class || g_str_has_suffix(operation, names[i]);
    for (guint i = 0; by_class && i < conditions->len; i++) {
        const AskCondition *condition = g_ptr_array_index(conditions, i);

        if (condition->column == -1 && !condition->negated && condition->values->len == 1) {
            char *named = g_strdup_printf("%s of \"%s\"",
                                          operation,
                                          (const char *)g_ptr_array_index(condition->values, 0));

            g_ptr_array_remove_index(conditions, i);
            g_free(operation);
            return named;
        }
    }
    return operation;
}

/* of two groups, the first condition of the second: behind the word between them; 0 where there is
 * one group, compared with the rest */
static guint
route_second(AskWords *words, const GPtrArray *conditions)
{
    static const char *const joins[] =
        {"versus", "vs", "vs.", "against", "than", "to", "with", "and", "or"};
    static const char *const rest[] = {"the rest",
                                       "all others",
                                       "the others",
                                       "everyone else",
                                       "everything else",
                                       "rest",
                                       "others",
                                       "other rows",
                                       "elsewhere",
                                       "against",
                                       "versus",
                                       "vs",
                                       NULL};

    for (guint i = 0; i < G_N_ELEMENTS(joins) && conditions->len > 1; i++) {
        int at = errata_ask_words_find(words, joins[i], NULL);

        for (guint k = 1; at >= 0 && k < conditions->len; k++) {
            const AskCondition *before = g_ptr_array_index(conditions, k - 1);
            const AskCondition *after = g_ptr_array_index(conditions, k);

            if (before->first < (guint)at && after->first >= (guint)at) {
                errata_ask_words_use(words, (guint)at, 1);
                return k;
            }
        }
    }
    errata_ask_intent_all(words, rest);
    return 0;
}

/* the steps; NULL where which rows are meant cannot be told */
static char *
route_rows_of(AskWords *words, char *operation, const char *threshold, char **ret_why)
{
    gboolean compare = g_str_equal(operation, "compare");
    g_autoptr(GPtrArray) said_of = g_ptr_array_new_with_free_func(errata_ask_condition_free);
    gboolean said = errata_ask_said_outcome(words, said_of, ret_why);
    g_autoptr(GPtrArray) conditions = errata_ask_condition_take(words, compare, ret_why);
    guint second = compare ? route_second(words, conditions) : 0;
    g_autofree char *measure = NULL;
    g_autofree char *where = NULL;
    g_autofree char *other = NULL;

    if (said)
        g_ptr_array_extend_and_steal(conditions, g_steal_pointer(&said_of));
    else
        route_outcome(words, operation, conditions);
    measure = route_class(g_strdup(operation), conditions);
    where = errata_ask_condition_join(words,
                                      conditions,
                                      0,
                                      second > 0 ? second : conditions->len,
                                      ret_why);
    if (second > 0)
        other = errata_ask_condition_join(words, conditions, second, conditions->len, ret_why);
    if ((compare || g_str_equal(operation, "metric share_of_errors")) && where == NULL)
        return NULL;
    if (compare) {
        g_free(measure);
        measure = g_strdup_printf("compare %s", other != NULL ? other : "rest");
    }
    return g_strdup_printf("%s%s%s%s%s%s%s",
                           where != NULL ? "filter " : "",
                           where != NULL ? where : "",
                           where != NULL ? " | " : "",
                           threshold != NULL ? "what-if threshold " : "",
                           threshold != NULL ? threshold : "",
                           threshold != NULL ? " | " : "",
                           measure);
}

/* words that may stand in a question about one row, or one finding, and change nothing */
static const char *const route_about_row[] = {
    "why",      "explain",   "wrong",   "right",  "get",      "got",   "decide*", "predict*",
    "classif*", "misclass*", "happen*", "score*", "rejected", "fail*", "error",   "detail*",
    "miss*",    "given",     "label*",  "id",     "show",     "look",  "like",    "correct",
    "approved", "flagged",   "reason*", "behind", "mistake",  NULL};
static const char *const route_about_finding[] = {
    "why",       "explain", "mean*",   "more",    "detail*", "finding", "found",   "show",
    "describe",  "say*",    "serious", "happen*", "text",    "full",    "problem", "evidence",
    "important", "fix",     "what's",  "do",      "should",  NULL};

/* “why is 3005 wrong”: the row named by its id or number alone; NULL: none, or more than one */
static const char *
route_lone_row(AskWords *words)
{
    guint found = G_MAXUINT;

    for (guint i = 0; i < words->words->len; i++) {
        const AskWord *word = errata_ask_words_get(words, i);

        if (word->used || word->text[strcspn(word->text, "0123456789")] == '\0' ||
            g_ascii_strncasecmp(word->text, "F", 1) == 0)
            continue;
        if (found < G_MAXUINT)
            return NULL;
        found = i;
    }
    if (found == G_MAXUINT)
        return NULL;
    errata_ask_words_use(words, found, 1);
    return errata_ask_words_get(words, found)->text;
}

/* what is asked of one row or one finding; NULL: of more */
static char *
route_single(AskWords *words)
{
    gboolean why = errata_ask_words_find(words, "why", NULL) >= 0 ||
                   errata_ask_words_find(words, "explain", NULL) >= 0;
    const char *row = why ? route_word_after(words, "row") : NULL;
    const char *finding = row == NULL ? route_finding(words) : NULL;
    const ErrataSchema *schema = words->data->schema;

    if (finding != NULL) {
        errata_ask_intent_all(words, route_about_finding);
        return g_strdup_printf("finding %s", finding);
    }
    if (row == NULL && why)
        row = route_lone_row(words);
    if (row == NULL)
        return NULL;
    errata_ask_intent_all(words, route_about_row);
    for (guint i = 0; schema != NULL && i < schema->n_classes; i++) {
        g_autofree char *class_name = g_utf8_strdown(schema->classes[i], -1);

        errata_ask_words_take(words, class_name);
    }
    return g_strdup_printf("explain %s", row);
}

static char *
route_steps(AskWords *words, gboolean *ret_asked, char **ret_why)
{
    g_autofree char *whole = route_single(words);
    const char *threshold;
    g_autofree char *operation = NULL;
    gboolean shows;
    char *findings;

    if (whole == NULL)
        whole = errata_ask_intent(words);
    *ret_asked = whole != NULL;
    if (whole != NULL && !g_str_has_prefix(whole, "describe "))
        return g_steal_pointer(&whole);
    threshold = route_threshold(words);
    operation = whole != NULL ? g_steal_pointer(&whole) : route_operation(words, threshold != NULL);
    shows = operation != NULL &&
            (g_str_has_prefix(operation, "rows") || g_str_has_prefix(operation, "order"));
    findings = operation == NULL || shows ? route_findings(words, shows) : NULL;
    *ret_asked = findings != NULL || operation != NULL;
    if (findings != NULL || operation == NULL)
        return findings;
    if (words->data->frame == NULL) /* carried out, it says that it needs the rows */
        return g_strdup(g_str_equal(operation, "compare") ? "compare rest" : operation);
    return route_rows_of(words, operation, threshold, ret_why);
}

/**
 * errata_ask_route:
 * @question: in plain words
 * @data: what it is about: columns and values are recognised
 * @ret_why: (out) (optional): gets what was not understood, where only a part was
 *
 * Returns: (transfer full) (nullable): a plan that answers it; %NULL when the question is not
 *   understood, or a word of it is not
 */
char *
errata_ask_route(const char *question, const ErrataAskData *data, char **ret_why)
{
    g_autoptr(AskWords) words = errata_ask_words_new(question, data);
    g_autofree char *why = NULL;
    gboolean asked = FALSE; /* at least what is wanted was understood */
    g_autofree char *plan = route_steps(words, &asked, &why);
    g_autofree char *left = errata_ask_words_left(words);
    gboolean whole = plan != NULL && data->frame == NULL && !g_str_has_prefix(plan, "finding");

    if (whole || (plan != NULL && left == NULL && why == NULL))
        return g_steal_pointer(&plan);
    if (ret_why != NULL && asked && (why != NULL || left != NULL))
        *ret_why = why != NULL ? g_steal_pointer(&why)
                               : g_strdup_printf("did not understand %s", left);
    return NULL;
}
