/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How good the predictions are: every metric with its interval, now and on the baseline, the
 * curves behind them, and their course over time. METHODS 1. */
#include "performance.h"

#include <math.h>

#include "parallel.h"

static const ErrataInterval performance_none = {(double)NAN, (double)NAN};

/* what is measured on one set of rows */
typedef struct {
    GArray *list; /* (element-type ErrataMetricValue) */
    ErrataConfusion *confusion;
    ErrataRanking *ranking;
    ErrataReliability *reliability;
} PerformanceMeasures;

static void
performance_measures_clear(PerformanceMeasures *self)
{
    g_clear_pointer(&self->list, g_array_unref);
    g_clear_pointer(&self->confusion, errata_confusion_free);
    g_clear_pointer(&self->ranking, errata_ranking_free);
    g_clear_pointer(&self->reliability, errata_reliability_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PerformanceMeasures, performance_measures_clear)

static void
performance_measure(const ErrataMetricsInput *input, PerformanceMeasures *measures)
{
    measures->list = errata_metrics_list_new();
    if (input->n == 0)
        return;
    errata_metrics_add(measures->list, "n", -1, (double)input->n, performance_none, input->n);
    if (input->truth_value != NULL && input->predicted_value != NULL) {
        errata_metrics_regression(input, measures->list);
        return;
    }
    if (input->wrong != NULL)
        errata_metrics_right(input, measures->list);
    if (input->truth == NULL || input->predicted == NULL)
        return;
    measures->confusion = errata_confusion_new(input);
    errata_metrics_confusion(measures->confusion, input->positive, measures->list);
    if (input->score != NULL && input->positive >= 0)
        errata_metrics_binary_scores(input,
                                     measures->list,
                                     &measures->ranking,
                                     &measures->reliability);
    else if (input->rank != NULL && input->positive >= 0)
        errata_metrics_binary_ranks(input, measures->list);
    else if (input->probability != NULL)
        errata_metrics_multiclass_scores(input, measures->list, &measures->reliability);
    else if (input->top != NULL)
        errata_metrics_top_scores(input, measures->list, &measures->reliability);
}

/**
 * errata_performance_list:
 * @input: rows that have a label and a prediction
 *
 * Returns: (transfer full) (element-type ErrataMetricValue): all metrics of the task with their
 *   intervals
 */
GArray *
errata_performance_list(const ErrataMetricsInput *input)
{
    g_auto(PerformanceMeasures) measures = {0};

    performance_measure(input, &measures);
    return g_steal_pointer(&measures.list);
}

static const char *
performance_class_name(const ErrataAnalysis *analysis, int class_index)
{
    if (class_index < 0 || (guint)class_index >= analysis->schema->n_classes)
        return NULL;
    return analysis->schema->classes[class_index];
}

/* the class of @schema with the name that @class_index has in the log */
static int
performance_same_class(const ErrataAnalysis *analysis, const ErrataSchema *schema, int class_index)
{
    const char *name = performance_class_name(analysis, class_index);

    for (guint k = 0; name != NULL && k < schema->n_classes; k++)
        if (g_strcmp0(schema->classes[k], name) == 0)
            return (int)k;
    return -1;
}

static void
performance_report(ErrataAnalysis *analysis, const GArray *now, const GArray *baseline)
{
    const ErrataSchema *schema = analysis->reference != NULL ? analysis->reference_schema
                                                             : analysis->schema;

    for (guint i = 0; i < now->len; i++) {
        const ErrataMetricValue *entry = &g_array_index(now, ErrataMetricValue, i);
        const ErrataMetricValue *before = NULL;
        ErrataMetric *metric;
        int class_index = performance_same_class(analysis, schema, entry->class_index);

        if (baseline != NULL && (entry->class_index < 0 || class_index >= 0))
            before = errata_metrics_find(baseline, entry->name, class_index);
        metric = errata_case_add_metric(analysis->result,
                                        entry->name,
                                        entry->value,
                                        entry->interval.lo,
                                        entry->interval.hi,
                                        entry->n);
        metric->class_name = g_strdup(performance_class_name(analysis, entry->class_index));
        metric->why = g_strdup(entry->why);
        if (before != NULL)
            metric->baseline = before->value;
    }
}

static void
performance_undefined(ErrataAnalysis *analysis, const char *const *names, const char *why)
{
    for (guint i = 0; names[i] != NULL; i++)
        if (errata_case_metric(analysis->result, names[i]) == NULL)
            errata_case_add_metric(analysis->result,
                                   names[i],
                                   (double)NAN,
                                   (double)NAN,
                                   (double)NAN,
                                   0)
                ->why = g_strdup(why);
}

/* what is missing is said, not left out */
static void
performance_say_undefined(ErrataAnalysis *analysis, const char *why)
{
    static const char *const class_names[] = {"accuracy",
                                              "balanced_accuracy",
                                              "precision_macro",
                                              "recall_macro",
                                              "f1_macro",
                                              "f1_weighted",
                                              "mcc",
                                              "kappa",
                                              NULL};
    static const char *const score_names[] =
        {"log_loss", "brier", "roc_auc", "pr_auc", "ece", "ace", NULL};
    static const char *const number_names[] = {"rmse",
                                               "mae",
                                               "median_abs_error",
                                               "mape",
                                               "r2",
                                               "explained_variance",
                                               "bias_mean_error",
                                               "max_abs_error",
                                               "pearson",
                                               "spearman",
                                               NULL};

    if (analysis->schema->task == ERRATA_TASK_REGRESSION) {
        performance_undefined(analysis, number_names, why);
        return;
    }
    performance_undefined(analysis, class_names, why);
    performance_undefined(analysis,
                          score_names,
                          analysis->outcome->score != NULL || analysis->outcome->probability != NULL
                              ? why
                              : errata_outcome_why_no_scores(analysis->outcome));
}

/* what can be said of predictions alone: how often each class, how large on average */
static void
performance_predictions(ErrataAnalysis *analysis)
{
    const ErrataOutcome *outcome = analysis->outcome;
    g_autofree guint64 *count = g_new0(guint64, MAX(outcome->n_classes, 1));
    guint64 n = 0;

    for (gsize i = 0; outcome->predicted != NULL && i < outcome->n_rows; i++)
        if (outcome->predicted[i] >= 0) {
            count[outcome->predicted[i]]++;
            n++;
        }
    for (guint k = 0; n > 0 && k < outcome->n_classes; k++) {
        ErrataInterval interval =
            errata_intervals_wilson((double)count[k], (double)n, ERRATA_METRICS_LEVEL);

        errata_case_add_metric(analysis->result,
                               "predicted_share",
                               (double)count[k] / (double)n,
                               interval.lo,
                               interval.hi,
                               n)
            ->class_name = g_strdup(performance_class_name(analysis, (int)k));
    }
}

static void
performance_mean(ErrataAnalysis *analysis, const char *name, const double *value)
{
    double mean = 0.0;
    double squares = 0.0;
    guint64 n = 0;
    ErrataInterval interval;

    for (gsize i = 0; value != NULL && i < analysis->outcome->n_rows; i++) {
        double delta = value[i] - mean;

        if (isnan(value[i]))
            continue;
        n++;
        mean += delta / (double)n;
        squares += delta * (value[i] - mean);
    }
    if (n == 0 || errata_case_metric(analysis->result, name) != NULL)
        return;
    interval = errata_intervals_normal(
        mean,
        n >= ERRATA_METRICS_LEAST ? squares / (double)(n - 1) / (double)n : (double)NAN,
        ERRATA_METRICS_LEVEL);
    errata_case_add_metric(analysis->result, name, mean, interval.lo, interval.hi, n);
}

static void
performance_coverage(ErrataAnalysis *analysis)
{
    const ErrataOutcome *outcome = analysis->outcome;
    ErrataInterval interval = errata_intervals_wilson((double)outcome->n_judged,
                                                      (double)outcome->n_rows,
                                                      ERRATA_METRICS_LEVEL);

    if (outcome->n_rows > 0)
        errata_case_add_metric(analysis->result,
                               "judged_share",
                               (double)outcome->n_judged / (double)outcome->n_rows,
                               interval.lo,
                               interval.hi,
                               outcome->n_rows);
}

static const char *
performance_headline(const ErrataAnalysis *analysis)
{
    return analysis->schema->task == ERRATA_TASK_REGRESSION ? "rmse" : "accuracy";
}

static void
performance_note_methods(ErrataAnalysis *analysis)
{
    if (analysis->schema->task == ERRATA_TASK_REGRESSION)
        errata_case_method(
            analysis->result,
            "Metrics: errors are prediction minus label; intervals of means and their ratios "
            "by the influence function, of quantiles by order statistics, of "
            "Spearman's correlation on Fisher's scale.");
    else
        errata_case_method(analysis->result,
                           "Metrics: as scikit-learn defines them; proportions with Wilson "
                           "intervals, AUC with DeLong's, all else by the influence function; "
                           "calibration error over ten equal-width bins (ece) and ten equal-mass "
                           "bins (ace), log-loss clipped at 1e-15.");
    if (analysis->outcome->entity != NULL)
        errata_case_method(
            analysis->result,
            "Metrics: rows of one %s are not taken as independent in the intervals of "
            "metrics (jackknife over groups of %u different ones), in falls of "
            "performance, changes of the error rate, of scores and of columns, "
            "groups and clusters of rows with more errors, labels that look copied or "
            "turned round, bursts of missing cells, values that the baseline lacks, "
            "calibration, fairness, thresholds, drift and the test of label issues for chance.",
            analysis->settings->entity,
            analysis->outcome->n_entities);
    if (g_strcmp0(analysis->result->baseline_kind, "first-half") == 0)
        errata_case_method(analysis->result,
                           "Metrics: changes beside them are of the second half of the rows "
                           "against the first; “unchanged” where the 99.8 %% interval of the "
                           "difference, 0.01 over five metrics, includes none.");
    else if (analysis->result->baseline_kind != NULL)
        errata_case_method(
            analysis->result,
            "Metrics: changes beside them are of all rows against %s; "
            "“unchanged” where the 99.8 %% interval of the difference, 0.01 over five "
            "metrics, with both sides uncertain, includes none.",
            analysis->result->baseline_what);
}

static void
performance_keep_confusion(ErrataAnalysis *analysis, const ErrataConfusion *confusion)
{
    ErrataPerformance *performance = &analysis->result->performance;
    gsize n = confusion->n_classes;

    performance->n_confusion = confusion->n_classes;
    performance->confusion_classes = g_new0(char *, n + 1);
    for (guint k = 0; k < n; k++)
        performance->confusion_classes[k] = g_strdup(performance_class_name(analysis, (int)k));
    performance->confusion = g_new(guint64, MAX(n * n, 1));
    for (gsize cell = 0; cell < n * n; cell++)
        performance->confusion[cell] = confusion->count[cell];
}

/* the same metrics on the reference, or on the first half */
static void
performance_measure_baseline(const ErrataAnalysis *analysis, PerformanceMeasures *measures)
{
    g_autoptr(ErrataJudged) judged = NULL;

    if (analysis->reference_outcome != NULL)
        judged = errata_judged_new(analysis->reference_outcome, NULL, 0);
    else if (analysis->baseline != NULL)
        judged = errata_judged_new(analysis->outcome, analysis->baseline, 1);
    if (judged != NULL && judged->input.n > 0)
        performance_measure(&judged->input, measures);
}

static char *
performance_why_not(const ErrataAnalysis *analysis)
{
    const ErrataOutcome *outcome = analysis->outcome;

    if (analysis->schema->correct >= 0)
        return NULL;
    if (analysis->schema->task == ERRATA_TASK_NONE)
        return g_strdup("neither predictions nor labels were found");
    if (outcome->predicted == NULL && outcome->predicted_value == NULL && outcome->score == NULL &&
        outcome->truth == NULL && outcome->truth_value == NULL)
        return g_strdup("neither predictions nor labels were found");
    return NULL;
}

/* what takes the time, side by side: the metrics with their curves; those of the baseline, and how
 * sure the model was. Each sorts the rows once */
typedef struct {
    ErrataAnalysis *analysis;
    const ErrataJudged *judged;
    PerformanceMeasures now;
    PerformanceMeasures baseline;
} PerformanceWork;

static void
performance_now(PerformanceWork *work)
{
    PerformanceMeasures *now = &work->now;

    performance_measure(&work->judged->input, now);
    if (now->confusion != NULL)
        errata_performance_curves(work->analysis,
                                  work->judged,
                                  now->confusion,
                                  now->ranking,
                                  now->reliability);
    g_clear_pointer(&now->ranking, errata_ranking_free); /* large */
}

static void
performance_beside(PerformanceWork *work)
{
    performance_measure_baseline(work->analysis, &work->baseline);
    g_clear_pointer(&work->baseline.ranking, errata_ranking_free);
    errata_performance_coverage(work->analysis, work->judged);
}

static void
performance_part_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    for (gsize part = begin; part < end; part++)
        (part == 0 ? performance_now : performance_beside)(data);
}

static gboolean
performance_run(ErrataAnalysis *analysis, GError **error)
{
    const ErrataOutcome *outcome = analysis->outcome;
    g_autoptr(ErrataJudged) judged = errata_judged_new(outcome, NULL, 0);
    PerformanceWork work = {.analysis = analysis, .judged = judged};
    g_autofree char *said = NULL;

    if (analysis->schema->correct >= 0)
        said = g_strdup_printf("rows are judged by %s, without labels",
                               analysis->frame->columns[analysis->schema->correct]->name);
    errata_parallel_for(2, 1, performance_part_cb, &work);
    errata_performance_entity(outcome, judged, work.now.list);
    performance_report(analysis, work.now.list, work.baseline.list);
    performance_coverage(analysis);
    performance_predictions(analysis);
    performance_mean(analysis, "mean_prediction", outcome->predicted_value);
    performance_mean(analysis, "mean_score", outcome->score);
    performance_say_undefined(analysis,
                              said != NULL ? said
                              : outcome->truth == NULL && outcome->truth_value == NULL
                                  ? "the log has no labels"
                                  : "no row has both a label and a prediction");
    g_free(analysis->result->headline);
    analysis->result->headline = g_strdup(performance_headline(analysis));
    if (work.now.confusion != NULL) {
        performance_keep_confusion(analysis, work.now.confusion);
    } else if (judged->input.truth_value != NULL && judged->input.n > 0) {
        errata_performance_pinball(analysis, judged);
        errata_performance_numbers(analysis, judged);
    }
    performance_measures_clear(&work.now);
    performance_measures_clear(&work.baseline);
    errata_performance_trivial(analysis);
    errata_performance_opposed(analysis);
    errata_performance_windows(analysis);
    if (judged->input.n > 0)
        performance_note_methods(analysis);
    return TRUE;
}

const ErrataAnalyzer errata_analyzer_performance = {
    .id = "performance",
    .why_not = performance_why_not,
    .run = performance_run,
};
