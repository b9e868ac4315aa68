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
