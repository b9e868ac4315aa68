/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions in plain words, by keywords: what is not recognised is not guessed at, and a question with
 * a word that nothing was made of is not answered: it may have been a condition. The plan is shown to
 * who asked, so that a wrong reading is seen. */
#include <string.h>

#include "ask-condition.h"
#include "ask-private.h"
#include "ask-words.h"
#include "number.h"

static const struct {
    const char *word;
    const char *metric;
} route_metrics[] = {
    {"balanced accuracy", "balanced_accuracy"},
    {"error rate", "error_rate"},
    {"rate of errors", "error_rate"},
    {"log loss", "log_loss"},
    {"logloss", "log_loss"},
    {"roc auc", "roc_auc"},
    {"pr auc", "pr_auc"},
    {"average precision", "pr_auc"},
    {"calibration error", "ece"},
    {"brier score", "brier"},
    {"f1 macro", "f1_macro"},
    {"macro f1", "f1_macro"},
    {"f1 weighted", "f1_weighted"},
    {"f1 score", "f1"},
    {"mean absolute error", "mae"},
    {"mean squared error", "mse"},
    {"root mean squared error", "rmse"},
    {"false positive rate", "false_positive_rate"},
    {"false negative rate", "false_negative_rate"},
    {"false discovery rate", "false_discovery_rate"},
    {"miss rate", "false_negative_rate"},
    {"true positive rate", "recall"},
    {"true negative rate", "specificity"},
    {"accuracy", "accuracy"},
    {"accurate", "accuracy"},
    {"precision", "precision"},
    {"recall", "recall"},
    {"sensitivity", "recall"},
    {"specificity", "specificity"},
    {"auroc", "roc_auc"},
    {"auprc", "pr_auc"},
    {"auc", "roc_auc"},
    {"fpr", "false_positive_rate"},
    {"fnr", "false_negative_rate"},
    {"fdr", "false_discovery_rate"},
    {"tpr", "recall"},
    {"tnr", "specificity"},
    {"ppv", "precision"},
    {"brier", "brier"},
    {"f1", "f1"},
    {"ece", "ece"},
    {"mcc", "mcc"},
    {"rmse", "rmse"},
    {"mse", "mse"},
    {"mae", "mae"},
    {"mape", "mape"},
    {"r2", "r2"},
};

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

/* as people write it → as reports do; a copy in small letters where it is not known */
char *
errata_ask_metric_name(const char *name)
{
    g_autofree char *folded = g_strstrip(g_utf8_strdown(name, -1));
    g_autofree char *words = g_strdelimit(g_strdup(folded), "_-", ' ');

    for (guint i = 0; i < G_N_ELEMENTS(route_metrics); i++)
        if (g_str_equal(route_metrics[i].word, words))
            return g_strdup(route_metrics[i].metric);
    return g_strdup(g_strdelimit(folded, " -", '_'));
}

/* of any task */
gboolean
errata_ask_metric_is_known(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(route_metrics); i++)
        if (g_str_equal(route_metrics[i].metric, name))
            return TRUE;
    return FALSE;
}

/* the metric that the words name, which are used; NULL: none */
const char *
errata_ask_metric_named(AskWords *words)
{
    for (guint i = 0; i < G_N_ELEMENTS(route_metrics); i++)
        if (errata_ask_words_take(words, route_metrics[i].word) >= 0)
            return route_metrics[i].metric;
    return NULL;
}

/* takes the first of the phrases that is there */
static gboolean
route_any(AskWords *words, const char *const *phrases)
{
    for (guint i = 0; phrases[i] != NULL; i++)
        if (errata_ask_words_take(words, phrases[i]) >= 0)
            return TRUE;
    return FALSE;
}

/* takes all of the phrases that are there */
static gboolean
route_all(AskWords *words, const char *const *phrases)
{
    gboolean any = FALSE;

    for (guint i = 0; phrases[i] != NULL; i++)
        while (errata_ask_words_take(words, phrases[i]) >= 0)
            any = TRUE;
    return any;
}

/* the column that follows `by`, `per` or `each` */
static const char *
route_group(AskWords *words)
{
    static const char *const leads[] = {"for each",
                                        "for every",
                                        "in each",
                                        "in every",
                                        "by",
                                        "per",
                                        "each",
                                        "every",
                                        "across",
                                        NULL};

    for (guint i = 0; leads[i] != NULL; i++) {
        guint n_lead = 0;
        guint n = 0;
        int at = errata_ask_words_find(words, leads[i], &n_lead);
        int column = at >= 0 ? errata_ask_words_column(words, (guint)at + n_lead, &n) : -1;

        if (column < 0)
            continue;
        errata_ask_words_use(words, (guint)at, n_lead + n);
        return g_ptr_array_index(words->names, (guint)column);
    }
    return NULL;
}

/* “the worst region”, “which region has the best …”: the column whose values are to be compared */
static const char *
route_extreme(AskWords *words)
{
    static const char *const extremes[] =
        {"worst", "best", "least accurate", "most accurate", "lowest", "highest", NULL};
    static const char *const leads[] = {"which", "what", "worst", "best", "accurate", NULL};
    gboolean extreme = FALSE;

    for (guint i = 0; extremes[i] != NULL; i++)
        extreme = extreme || errata_ask_words_find(words, extremes[i], NULL) >= 0;
    for (guint i = 1; extreme && i < words->words->len; i++) {
        guint n = 0;
        int column = errata_ask_words_column(words, i, &n);

        if (column < 0 || !g_strv_contains(leads, errata_ask_words_get(words, i - 1)->fold))
            continue;
        errata_ask_words_use(words, i, n);
        for (guint k = 0; extremes[k] != NULL; k++)
            errata_ask_words_take(words, extremes[k]);
        return g_ptr_array_index(words->names, (guint)column);
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
                                          "threshold",
                                          "cut-off of",
                                          "cutoff of",
                                          "cutoff"};

    for (guint i = 0; i < G_N_ELEMENTS(phrases); i++) {
        guint n = 0;
        int at = errata_ask_words_find(words, phrases[i], &n);
        const AskWord *word = at >= 0 ? errata_ask_words_get(words, (guint)at + n) : NULL;
        double number;

        if (word == NULL || !errata_number_parse_double(word->text, strlen(word->text), &number))
            continue;
        errata_ask_words_use(words, (guint)at, n + 1);
        return word->text;
    }
    return NULL;
}

static char *
route_findings(AskWords *words)
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

    for (guint i = 0; names[i] != NULL; i++)
        asked = asked || errata_ask_words_find(words, names[i], NULL) >= 0;
    if (!asked)
        return NULL;
    for (guint i = 0; kind == NULL && i < G_N_ELEMENTS(route_kinds); i++)
        if (errata_ask_words_take(words, route_kinds[i].word) >= 0)
            kind = route_kinds[i].kind;
    route_all(words, fluff);
    return kind != NULL ? g_strdup_printf("findings %s", kind) : g_strdup("findings");
}

/* how many rows are to be shown */
static guint
route_rows(AskWords *words)
{
    for (guint i = 0; i < words->words->len; i++) {
        const AskWord *word = errata_ask_words_get(words, i);
        gint64 number;

        if (!word->used && errata_number_parse_int(word->text, strlen(word->text), &number) &&
            number > 0 && number <= ERRATA_ASK_MAX_ROWS && i > 0 && i <= 2) {
            errata_ask_words_use(words, i, 1);
            return (guint)number;
        }
    }
    return 10;
}

/* what is measured, without the rows it is measured on */
static char *
route_operation(AskWords *words)
{
    static const char *const compare[] =
        {"compare", "compared", "comparison", "worse", "better", "difference", "differ", NULL};
    static const char *const count[] = {"how many", "number of", "count", NULL};
    static const char *const wrong[] = {"how often is it wrong", "how often wrong", NULL};
    static const char *const good[] = {"how good",
                                       "how well",
                                       "how often",
                                       "how bad",
                                       "performance",
                                       "perform",
                                       "performs",
                                       NULL};
    static const char *const show[] = {"show", "list", "example*", "display", NULL};
    static const char *const show_fluff[] = {"show", "list", "display", "some", "first", NULL};
    const ErrataSchema *schema = words->data->schema;
    const char *group = route_group(words);
    const char *extreme = group == NULL ? route_extreme(words) : NULL;
    const char *metric = errata_ask_metric_named(words);
    gboolean compares = route_all(words, compare);

    if (extreme != NULL) {
        group = extreme;
        metric = metric != NULL                                             ? metric
                 : schema != NULL && schema->task == ERRATA_TASK_REGRESSION ? "mae"
                                                                            : "error_rate";
    }
    if (compares && group == NULL)
        return g_strdup("compare");
    if (metric == NULL && route_any(words, wrong))
        metric = "error_rate";
    if (metric == NULL && (route_any(words, good) || compares))
        metric = schema != NULL && schema->task == ERRATA_TASK_REGRESSION ? "rmse" : "accuracy";
    if (metric != NULL)
        return group != NULL ? g_strdup_printf("group \"%s\" | metric %s", group, metric)
                             : g_strdup_printf("metric %s", metric);
    if (route_any(words, count))
        return group != NULL ? g_strdup_printf("group \"%s\" | count", group) : g_strdup("count");
    if (route_any(words, show)) {
        route_all(words, show_fluff);
        return g_strdup_printf("rows %u", route_rows(words));
    }
    return NULL;
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
        !g_str_has_prefix(operation, "rows"))
        return;
    if (route_all(words, wrong))
        g_ptr_array_add(conditions, route_of_outcome(words, "error"));
    else if (route_all(words, right))
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
    route_all(words, rest);
    return 0;
}

/* the steps; NULL where which rows are meant cannot be told */
static char *
route_rows_of(AskWords *words, char *operation, const char *threshold, char **ret_why)
{
    gboolean compare = g_str_equal(operation, "compare");
    g_autoptr(GPtrArray) conditions = errata_ask_condition_take(words, compare, ret_why);
    guint second = compare ? route_second(words, conditions) : 0;
    g_autofree char *measure = NULL;
    g_autofree char *where = NULL;
    g_autofree char *other = NULL;

    route_outcome(words, operation, conditions);
    measure = route_class(g_strdup(operation), conditions);
    where = errata_ask_condition_join(words,
                                      conditions,
                                      0,
                                      second > 0 ? second : conditions->len,
                                      ret_why);
    if (second > 0)
        other = errata_ask_condition_join(words, conditions, second, conditions->len, ret_why);
    if (compare && where == NULL)
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

static char *
route_steps(AskWords *words, gboolean *ret_asked, char **ret_why)
{
    gboolean why = errata_ask_words_find(words, "why", NULL) >= 0 ||
                   errata_ask_words_find(words, "explain", NULL) >= 0;
    const char *row = why ? route_word_after(words, "row") : NULL;
    const char *finding = row == NULL ? route_finding(words) : NULL;
    const char *threshold;
    g_autofree char *operation = NULL;
    char *findings;

    if (row != NULL)
        return g_strdup_printf("explain %s", row);
    if (finding != NULL)
        return g_strdup_printf("finding %s", finding);
    threshold = route_threshold(words);
    operation = route_operation(words);
    findings = operation == NULL || g_str_has_prefix(operation, "rows") ? route_findings(words)
                                                                        : NULL;
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
    gboolean whole = plan != NULL &&
                     (g_str_has_prefix(plan, "explain ") || g_str_has_prefix(plan, "finding ") ||
                      (data->frame == NULL && !g_str_has_prefix(plan, "finding")));

    if (whole || (plan != NULL && left == NULL && why == NULL))
        return g_steal_pointer(&plan);
    if (ret_why != NULL && asked && (why != NULL || left != NULL))
        *ret_why = why != NULL ? g_steal_pointer(&why)
                               : g_strdup_printf("did not understand %s", left);
    return NULL;
}
