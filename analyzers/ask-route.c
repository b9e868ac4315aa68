/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions in plain words, by keywords: what is not recognised is not guessed at. The plan is shown to
 * who asked, so that a wrong reading is seen. */
#include <string.h>

#include "ask.h"
#include "schema-name.h"

static const struct {
    const char *word;
    const char *metric;
} route_metrics[] = {
    {"balanced accuracy", "balanced_accuracy"},
    {"error rate", "error_rate"},
    {"log loss", "log_loss"},
    {"roc auc", "roc_auc"},
    {"pr auc", "pr_auc"},
    {"calibration error", "ece"},
    {"accuracy", "accuracy"},
    {"accurate", "accuracy"},
    {"precision", "precision"},
    {"recall", "recall"},
    {"specificity", "specificity"},
    {"auc", "roc_auc"},
    {"brier", "brier"},
    {"f1", "f1"},
    {"rmse", "rmse"},
    {"mae", "mae"},
    {"mape", "mape"},
};

static const struct {
    const char *word;
    const char *kind;
} route_kinds[] = {
    {"drift", "drift"},
    {"label", "label-issue"},
    {"leak", "leakage"},
    {"calibrat", "calibration"},
    {"slice", "slice"},
    {"group", "slice"},
    {"segment", "slice"},
    {"data bug", "data-bug"},
    {"anomal", "anomaly"},
    {"fair", "fairness"},
    {"threshold", "threshold"},
    {"change", "change-point"},
    {"cluster", "cluster"},
    {"severe", "high"},
    {"critical", "critical"},
};

/* whether @word stands in @text at the start of a word */
static const char *
route_has(const char *text, const char *word)
{
    for (const char *p = strstr(text, word); p != NULL; p = strstr(p + 1, word))
        if (p == text || !g_ascii_isalnum(p[-1]))
            return p;
    return NULL;
}

static const char *
route_metric(const char *lower)
{
    for (guint i = 0; i < G_N_ELEMENTS(route_metrics); i++)
        if (route_has(lower, route_metrics[i].word) != NULL)
            return route_metrics[i].metric;
    return NULL;
}

/* the condition that follows `where`, when it fits the log */
static char *
route_where(const char *question, const char *lower, const ErrataAskData *data)
{
    static const char *const words[] = {" where ", " when ", " if ", " with ", " for ", " among "};

    for (guint i = 0; data->frame != NULL && i < G_N_ELEMENTS(words); i++) {
        const char *at = strstr(lower, words[i]);
        g_autofree char *condition = at != NULL
                                         ? g_strdup(question + (at - lower) + strlen(words[i]))
                                         : NULL;
        g_autoptr(ErrataFilter) filter = NULL;

        if (condition == NULL)
            continue;
        filter = errata_filter_parse(condition, NULL);
        if (filter != NULL && errata_filter_bind(filter, data->frame, data->schema, NULL))
            return errata_filter_print(filter);
    }
    return NULL;
}

/* a value of a column that the question names, as a condition; longer values first */
static char *
route_value(const char *lower, const ErrataAskData *data)
{
    const ErrataColumn *best = NULL;
    const char *value = NULL;

    for (guint c = 0; data->frame != NULL && c < data->frame->n_columns; c++) {
        const ErrataColumn *column = data->frame->columns[c];

        if (column->type != ERRATA_COLUMN_CATEGORY || column->n_dictionary > 1000)
            continue;
        for (guint i = 0; i < column->n_dictionary; i++) {
            g_autofree char *folded = g_utf8_strdown(column->dictionary[i], -1);
            const char *at = strlen(folded) >= 3 ? route_has(lower, folded) : NULL;

            if (at == NULL || g_ascii_isalnum(at[strlen(folded)]) ||
                (value != NULL && strlen(column->dictionary[i]) <= strlen(value)))
                continue;
            best = column;
            value = column->dictionary[i];
        }
    }
    if (best != NULL) {
        GPtrArray *predicates =
            g_ptr_array_new_with_free_func((GDestroyNotify)errata_predicate_free);
        ErrataPredicate *predicate = errata_predicate_new(best->name, ERRATA_OP_EQ);
        g_autoptr(ErrataFilter) filter = NULL;

        predicate->values = g_new0(char *, 2);
        predicate->values[0] = g_strdup(value);
        g_ptr_array_add(predicates, predicate);
        filter = errata_filter_predicates_join(predicates);
        g_ptr_array_unref(predicates);
        return errata_filter_print(filter);
    }
    return NULL;
}

/* the column that follows `by`, `per` or `each` */
static const char *
route_group(const char *lower, const ErrataAskData *data)
{
    static const char *const words[] = {" by ", " per ", " each "};

    for (guint i = 0; data->frame != NULL && i < G_N_ELEMENTS(words); i++) {
        const char *at = strstr(lower, words[i]);

        for (guint c = 0; at != NULL && c < data->frame->n_columns; c++) {
            g_autofree char *folded = g_utf8_strdown(data->frame->columns[c]->name, -1);
            const char *rest = at + strlen(words[i]);

            if (g_str_has_prefix(rest, folded) && !g_ascii_isalnum(rest[strlen(folded)]) &&
                rest[strlen(folded)] != '_')
                return data->frame->columns[c]->name;
        }
    }
    return NULL;
}

/* the word that follows @before, e.g. the number of a row */
static char *
route_word_after(const char *question, const char *lower, const char *before)
{
    const char *at = route_has(lower, before);

    if (at == NULL)
        return NULL;
    at = question + (at - lower) + strlen(before);
    at += strspn(at, " #");
    return g_strndup(at, strcspn(at, " ,;?!"));
}

/* “F3”, with a capital: f1 is a metric too */
static char *
route_finding(const char *question)
{
    for (const char *p = question; *p != '\0'; p++) {
        gsize length = 1 + strspn(p + 1, "0123456789");

        if (*p == 'F' && length > 1 && (p == question || !g_ascii_isalnum(p[-1])) &&
            !g_ascii_isalnum(p[length]) && strncmp(p + length, " score", 6) != 0)
            return g_strndup(p, length);
    }
    return NULL;
}

static char *
route_findings(const char *lower)
{
    static const char *const words[] = {"finding",
                                        "problem",
                                        "errata",
                                        "what is wrong",
                                        "issue",
                                        "drift",
                                        "leak",
                                        "slice",
                                        "bug",
                                        "anomal"};

    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        if (route_has(lower, words[i]) == NULL)
            continue;
        for (guint k = 0; k < G_N_ELEMENTS(route_kinds); k++)
            if (route_has(lower, route_kinds[k].word) != NULL)
                return g_strdup_printf("findings %s", route_kinds[k].kind);
        return g_strdup("findings");
    }
    return NULL;
}

/* what is measured, without the rows it is measured on */
static char *
route_operation(const char *lower, const ErrataAskData *data)
{
    const char *metric = route_metric(lower);
    const char *group = route_group(lower, data);
    gboolean number = data->schema != NULL && data->schema->task == ERRATA_TASK_REGRESSION;

    if (route_has(lower, "worse") != NULL || route_has(lower, "better") != NULL ||
        route_has(lower, "compare") != NULL || route_has(lower, "against the rest") != NULL)
        return g_strdup("compare rest");
    if (metric == NULL &&
        (route_has(lower, "how good") != NULL || route_has(lower, "how often") != NULL ||
         route_has(lower, "performance") != NULL))
        metric = number ? "rmse" : "accuracy";
    if (metric != NULL)
        return group != NULL ? g_strdup_printf("group \"%s\" | metric %s", group, metric)
                             : g_strdup_printf("metric %s", metric);
    if (route_has(lower, "how many") != NULL || route_has(lower, "count") != NULL)
        return group != NULL ? g_strdup_printf("group \"%s\" | count", group) : g_strdup("count");
    if (route_has(lower, "show") != NULL || route_has(lower, "list") != NULL ||
        route_has(lower, "example") != NULL)
        return g_strdup("rows 10");
    return NULL;
}

static char *
route_steps(const char *question, const char *lower, const ErrataAskData *data)
{
    g_autofree char *threshold = route_word_after(question, lower, "threshold of");
    g_autofree char *row = route_word_after(question, lower, "row");
    g_autofree char *finding = route_finding(question);
    g_autofree char *operation = NULL;
    g_autofree char *where = NULL;

    if (row != NULL && row[0] != '\0' && strcmp(row, "s") != 0 &&
        g_ascii_strcasecmp(row, "s") != 0 &&
        (route_has(lower, "why") != NULL || route_has(lower, "explain") != NULL))
        return g_strdup_printf("explain %s", row);
    if (finding != NULL)
        return g_strdup_printf("finding %s", finding);
    operation = route_operation(lower, data);
    if (operation == NULL || g_str_has_prefix(operation, "rows")) {
        char *findings = route_findings(lower);

        if (findings != NULL || operation == NULL)
            return findings;
    }
    where = route_where(question, lower, data);
    if (where == NULL)
        where = route_value(lower, data);
    if (where == NULL && strcmp(operation, "compare rest") == 0)
        return NULL;
    return g_strdup_printf("%s%s%s%s%s%s%s",
                           where != NULL ? "filter " : "",
                           where != NULL ? where : "",
                           where != NULL ? " | " : "",
                           threshold != NULL ? "what-if threshold " : "",
                           threshold != NULL ? threshold : "",
                           threshold != NULL ? " | " : "",
                           operation);
}

/**
 * errata_ask_route:
 * @question: in plain words
 * @data: what it is about: columns and values are recognised
 *
 * Returns: (transfer full) (nullable): a plan that may answer it; %NULL when the question is not
 *   understood
 */
char *
errata_ask_route(const char *question, const ErrataAskData *data)
{
    g_autofree char *clean = g_strdup(question);
    g_autofree char *lower = NULL;
    gsize n;

    g_strstrip(clean);
    n = strlen(clean);
    while (n > 0 && strchr("?!.", clean[n - 1]) != NULL)
        clean[--n] = '\0';
    lower = g_ascii_strdown(clean, -1); /* byte for byte as long as the question */
    return route_steps(clean, lower, data);
}
