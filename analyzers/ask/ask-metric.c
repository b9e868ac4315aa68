/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of metrics as people write them. */
#include <string.h>

#include "ask-private.h"
#include "ask-words.h"

static const struct {
    const char *word;
    const char *metric;
} metric_words[] = {
    {"balanced accuracy", "balanced_accuracy"},
    {"error rate", "error_rate"},
    {"error rates", "error_rate"},
    {"rate of errors", "error_rate"},
    {"log loss", "log_loss"},
    {"logloss", "log_loss"},
    {"roc auc", "roc_auc"},
    {"pr auc", "pr_auc"},
    {"average precision", "pr_auc"},
    {"expected calibration error", "ece"},
    {"calibration error", "ece"},
    {"brier score", "brier"},
    {"f1 macro", "f1_macro"},
    {"macro f1", "f1_macro"},
    {"f1 weighted", "f1_weighted"},
    {"f1 score", "f1"},
    {"mean absolute error", "mae"},
    {"average absolute error", "mae"},
    {"median absolute error", "median_abs_error"},
    {"median abs error", "median_abs_error"},
    {"median error", "median_abs_error"},
    {"maximum absolute error", "max_abs_error"},
    {"largest absolute error", "max_abs_error"},
    {"largest error", "max_abs_error"},
    {"biggest error", "max_abs_error"},
    {"maximum error", "max_abs_error"},
    {"max error", "max_abs_error"},
    {"mean signed error", "bias_mean_error"},
    {"explained variance", "explained_variance"},
    {"negative predictive value", "npv"},
    {"positive predictive value", "precision"},
    {"macro precision", "precision_macro"},
    {"macro recall", "recall_macro"},
    {"weighted f1", "f1_weighted"},
    {"cohen's kappa", "kappa"},
    {"mean squared error", "mse"},
    {"root mean squared error", "rmse"},
    {"false positive rate", "false_positive_rate"},
    {"false alarm rate", "false_positive_rate"},
    {"false negative rate", "false_negative_rate"},
    {"false discovery rate", "false_discovery_rate"},
    {"miss rate", "false_negative_rate"},
    {"true positive rate", "recall"},
    {"true negative rate", "specificity"},
    {"accuracy", "accuracy"},
    {"accurate", "accuracy"},
    {"acc", "accuracy"},
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
    {"wape", "wape"},
    {"kappa", "kappa"},
    {"npv", "npv"},
};

/* as people write it → as reports do; a copy in small letters where it is not known */
char *
errata_ask_metric_name(const char *name)
{
    g_autofree char *folded = g_strstrip(g_utf8_strdown(name, -1));
    g_autofree char *words = g_strdelimit(g_strdup(folded), "_-", ' ');

    for (guint i = 0; i < G_N_ELEMENTS(metric_words); i++)
        if (g_str_equal(metric_words[i].word, words))
            return g_strdup(metric_words[i].metric);
    return g_strdup(g_strdelimit(folded, " -", '_'));
}

char *
errata_ask_metric_say(const char *name)
{
    static const struct {
        const char *metric;
        const char *said;
    } known[] = {{"roc_auc", "ROC AUC"},
                 {"pr_auc", "PR AUC"},
                 {"mae", "mean absolute error"},
                 {"rmse", "RMSE"},
                 {"mse", "mean squared error"},
                 {"mape", "MAPE"},
                 {"wape", "WAPE"},
                 {"r2", "R\302\262"},
                 {"bias_mean_error", "mean error (predictions less labels)"},
                 {"median_abs_error", "median absolute error"},
                 {"max_abs_error", "largest absolute error"},
                 {"f1", "F1"},
                 {"f1_macro", "macro F1"},
                 {"f1_weighted", "weighted F1"},
                 {"precision_macro", "macro precision"},
                 {"recall_macro", "macro recall"},
                 {"mcc", "MCC"},
                 {"ece", "calibration error (ECE)"},
                 {"ace", "calibration error (ACE)"},
                 {"brier", "Brier score"},
                 {"npv", "negative predictive value"},
                 {"share_of_errors", "share of the errors"}};

    for (guint i = 0; i < G_N_ELEMENTS(known); i++)
        if (g_str_equal(known[i].metric, name))
            return g_strdup(known[i].said);
    return g_strdelimit(g_strdup(name), "_", ' ');
}

/* of any task */
gboolean
errata_ask_metric_is_known(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(metric_words); i++)
        if (g_str_equal(metric_words[i].metric, name))
            return TRUE;
    return FALSE;
}

/* the metric that the words name, which are used; NULL: none */
const char *
errata_ask_metric_named(AskWords *words)
{
    for (guint i = 0; i < G_N_ELEMENTS(metric_words); i++)
        if (errata_ask_words_take(words, metric_words[i].word) >= 0)
            return metric_words[i].metric;
    return NULL;
}

/* how many words from @at on name a metric, and no value of the log; 0: they do not */
guint
errata_ask_metric_at(const AskWords *words, guint at)
{
    guint n = 0;

    for (guint i = 0; n == 0 && i < G_N_ELEMENTS(metric_words); i++)
        if (!g_hash_table_contains(words->values, metric_words[i].word))
            n = errata_ask_words_match(words, at, metric_words[i].word);
    return n;
}

typedef struct {
    int at; /* word of the question */
    const char *metric;
} MetricNamed;

static int
metric_compare_cb(gconstpointer a, gconstpointer b)
{
    return ((const MetricNamed *)a)->at - ((const MetricNamed *)b)->at;
}

/* Returns: (transfer full) (nullable): all metrics that the words name, which are used, as plans
 * have
 *   them: in order of the question, with commas between; %NULL: none */
char *
errata_ask_metric_list(AskWords *words)
{
    g_autoptr(GArray) named = g_array_new(FALSE, FALSE, sizeof(MetricNamed));
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < G_N_ELEMENTS(metric_words); i++) {
        MetricNamed one = {0, metric_words[i].metric};

        /* a value of the log may be called so; after a first metric, a column too */
        if (g_hash_table_contains(words->values, metric_words[i].word) ||
            (named->len > 0 && g_hash_table_contains(words->columns, metric_words[i].word)))
            continue;
        while ((one.at = errata_ask_words_take(words, metric_words[i].word)) >= 0)
            g_array_append_val(named, one);
    }
    g_array_sort(named, metric_compare_cb);
    for (guint i = 0; i < named->len; i++) {
        const char *metric = g_array_index(named, MetricNamed, i).metric;
        gboolean again = FALSE;

        for (guint k = 0; k < i; k++)
            again = again || g_str_equal(g_array_index(named, MetricNamed, k).metric, metric);
        if (!again)
            g_string_append_printf(text, "%s%s", text->len > 0 ? ERRATA_ASK_COMMA : "", metric);
    }
    return text->len > 0 ? g_string_free(g_steal_pointer(&text), FALSE) : NULL;
}
