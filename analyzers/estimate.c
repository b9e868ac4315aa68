/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How good are predictions whose labels are not there yet? Classes: confidence-based performance
 * estimation (CBPE); numbers: direct loss estimation (DLE); both as NannyML defines them. What is
 * told is an estimate and is called so: it holds as long as features alone have moved. METHODS 1,
 * e7. */
#include "estimate.h"

#include <math.h>
#include <string.h>

#include "precision.h"
#include "sum.h"

#define ESTIMATE_SD 3.0 /* of the other metrics' intervals: METHODS e7 */

/* what a report tells of the estimates; the rest of the confusion matrix is in them */
static const char *const estimate_left_out[] = {"n_positive",
                                                "support",
                                                "majority_accuracy",
                                                "positive_rate",
                                                "predicted_positive_rate",
                                                "f1_positive"};

static void
estimate_measure(ErrataEstimateSource *source)
{
    const ErrataMetricsInput *input = &source->judged->input;
    g_autoptr(ErrataConfusion) confusion = NULL;

    source->measured = errata_metrics_list_new();
    if (input->truth_value != NULL) {
        errata_metrics_regression(input, source->measured);
        return;
    }
    confusion = errata_confusion_new(input);
    errata_metrics_confusion(confusion, input->positive, source->measured);
    if (input->score != NULL && input->positive >= 0)
        errata_metrics_binary_scores(input, source->measured, NULL, NULL);
    else if (input->probability != NULL)
        errata_metrics_multiclass_scores(input, source->measured, NULL);
}

static gboolean
estimate_is_labelled(const ErrataOutcome *outcome, ErrataTask task)
{
    gboolean both = task == ERRATA_TASK_REGRESSION
                        ? outcome->truth_value != NULL && outcome->predicted_value != NULL
                        : outcome->truth != NULL && outcome->predicted != NULL;

    return both && outcome->n_judged >= ERRATA_ESTIMATE_MIN_SOURCE;
}

/* rows with a prediction */
static gsize
estimate_n_predicted(const ErrataAnalysis *analysis)
{
    const ErrataOutcome *outcome = analysis->outcome;
    gsize n = 0;

    for (gsize row = 0; row < outcome->n_rows; row++)
        n += analysis->schema->task == ERRATA_TASK_REGRESSION
                 ? outcome->predicted_value != NULL && !isnan(outcome->predicted_value[row])
                 : outcome->predicted != NULL && outcome->predicted[row] >= 0;
    return n;
}

/* the reference if it has labels, else the rows of the log that have; of classes only as long as
 * others have none, for scores alone tell what was known before labels came */
static void
estimate_choose_source(const ErrataAnalysis *analysis, ErrataEstimateSource *source)
{
    ErrataTask task = analysis->schema->task;

    if (analysis->reference_outcome != NULL &&
        estimate_is_labelled(analysis->reference_outcome, task)) {
        source->frame = analysis->reference;
        source->schema = analysis->reference_schema;
        source->outcome = analysis->reference_outcome;
        source->bins = analysis->reference_bins;
    } else if (estimate_is_labelled(analysis->outcome, task) &&
               (task == ERRATA_TASK_REGRESSION ||
                estimate_n_predicted(analysis) > analysis->outcome->n_judged)) {
        source->frame = analysis->frame;
        source->schema = analysis->schema;
        source->outcome = analysis->outcome;
        source->bins = analysis->bins;
        source->own = TRUE;
    } else {
        return;
    }
    source->judged = errata_judged_new(source->outcome, NULL, 0);
    estimate_measure(source);
}

static gboolean
estimate_is_left_out(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(estimate_left_out); i++)
        if (strcmp(name, estimate_left_out[i]) == 0)
            return TRUE;
    return FALSE;
}

/**
 * errata_estimate_variance:
 * @source: what an estimate was learnt from
 * @name: a metric
 * @class_index: its class, −1: of all
 * @n: rows that it was estimated for; infinity: the variance of what was learnt alone
 *
 * How far the metric of @n rows may be from its estimate: both their labels and those that it was
 * learnt from scatter, each row as one of the source does.
 *
 * Returns: the variance; NaN where the metric could not be measured, 0 without a source
 */
double
errata_estimate_variance(const ErrataEstimateSource *source,
                         const char *name,
                         int class_index,
                         double n)
{
    const ErrataMetricValue *measured;
    double sd;

    if (source->measured == NULL)
        return 0.0;
    measured = errata_metrics_find(source->measured, name, class_index);
    if (measured == NULL)
        return (double)NAN;
    sd = (measured->interval.hi - measured->interval.lo) / 2.0 /
         errata_intervals_z(ERRATA_METRICS_LEVEL);
    return sd * sd * (1.0 + (double)measured->n / n);
}

static void
estimate_add(ErrataAnalysis *analysis,
             const ErrataEstimateSource *source,
             const ErrataMetricValue *entry,
             const char *prefix)
{
    const ErrataMetricValue *measured =
        source->measured != NULL
            ? errata_metrics_find(source->measured, entry->name, entry->class_index)
            : NULL;
    g_autofree char *name = g_strconcat(prefix, entry->name, NULL);
    ErrataInterval interval = entry->interval;
    double bottom = strcmp(entry->name, "mcc") == 0 || strcmp(entry->name, "kappa") == 0 ? -1.0
                                                                                         : 0.0;
    ErrataMetric *metric;

    if (isnan(interval.lo) && measured != NULL) {
        double half = ESTIMATE_SD * sqrt(errata_estimate_variance(source,
                                                                  entry->name,
                                                                  entry->class_index,
                                                                  (double)entry->n));

        interval.lo = fmax(entry->value - half, bottom);
        interval.hi = entry->value + half;
        if (source->judged->input.truth_value == NULL)
            interval.hi = fmin(interval.hi, 1.0);
    }
    metric = errata_case_add_metric(analysis->result,
                                    name,
                                    entry->value,
                                    interval.lo,
                                    interval.hi,
                                    entry->n);
    if (entry->class_index >= 0 && (guint)entry->class_index < analysis->schema->n_classes)
        metric->class_name = g_strdup(analysis->schema->classes[entry->class_index]);
    if (measured != NULL && !source->own)
        metric->baseline = measured->value;
    metric->why = g_strdup(entry->why != NULL ? entry->why : "estimated without labels");
}

static void
estimate_add_classes(ErrataAnalysis *analysis,
                     const ErrataEstimateSource *source,
                     const ErrataEstimateRows *rows)
{
    g_autoptr(GArray) list = errata_metrics_list_new();

    errata_cbpe_estimate(&rows->cbpe, list);
    for (guint i = 0; i < list->len; i++) {
        const ErrataMetricValue *entry = &g_array_index(list, ErrataMetricValue, i);
        gboolean right = entry->class_index < 0 && (strcmp(entry->name, "accuracy") == 0 ||
                                                    strcmp(entry->name, "error_rate") == 0);

        if ((rows->only_right && !right) || estimate_is_left_out(entry->name) ||
            isnan(entry->value))
            continue;
        estimate_add(analysis, source, entry, "cbpe_");
    }
}

static double
estimate_mean(const double *value, const double *weight, gsize n)
{
    ErrataSum sum = {0}, total = {0};

    for (gsize i = 0; i < n; i++) {
        double w = weight != NULL ? weight[i] : 1.0;

        errata_sum_add(&sum, w * value[i]);
        errata_sum_add(&total, w);
    }
    return errata_sum_value(&sum) / errata_sum_value(&total);
}

static void
estimate_add_numbers(ErrataAnalysis *analysis,
                     const ErrataEstimateSource *source,
                     const ErrataEstimateRows *rows)
{
    static const char *const names[] = {"mae", "mse", "rmse"};
    double square = estimate_mean(rows->square, rows->weight, rows->n);
    const double values[] = {estimate_mean(rows->loss, rows->weight, rows->n),
                             square,
                             sqrt(square)};

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        ErrataMetricValue entry =
            {names[i], -1, values[i], {(double)NAN, (double)NAN}, rows->n, NULL};

        if (isfinite(values[i]))
            estimate_add(analysis, source, &entry, "dle_");
    }
}

static void
estimate_describe(ErrataAnalysis *analysis,
                  const ErrataEstimateSource *source,
                  const ErrataEstimateRows *rows)
{
    ErrataEstimate *estimate = errata_case_estimate(analysis->result);
    gboolean numbers = rows->loss != NULL;
    guint64 n = source->judged != NULL ? source->judged->input.n : 0;
    g_autofree char *count = errata_precision_print((double)n, 0);

    estimate->method = g_strdup(numbers ? "DLE" : "CBPE");
    estimate->metric = g_strdup(numbers ? "dle_mae" : "cbpe_accuracy");
    estimate->n = rows->n;
    estimate->n_source = n;
    estimate->recalibrated = rows->recalibrated;
    estimate->source = source->judged == NULL
                           ? g_strdup("the scores as logged, taken at their word")
                           : g_strdup_printf("%s labelled rows of the %s",
                                             count,
                                             source->own ? "log itself" : "reference");
    estimate->assumes = g_strdup(
        source->judged == NULL && analysis->late_labels
            ? "that the scores are true probabilities, which nothing told before the labels came"
        : source->judged == NULL
            ? "that the scores are true probabilities, which nothing here could check"
        : source->own
            ? "that what a row looks like still tells its label as it did there (no concept drift), "
              "and that rows are of kinds seen there"
            : "that what a row looks like still tells its label as it did there (no concept drift), "
              "that rows are of kinds seen there, and that the model did not learn from them (else "
              "it is too good)");
    estimate->outside = errata_estimate_outside(analysis, source);
    errata_case_method(
        analysis->result,
        numbers ? "Without labels: direct loss estimation (DLE): boosted trees fitted to "
                  "the errors on %s, from features and prediction; intervals ± 3 "
                  "standard errors, of these rows and of the log's."
                : "Without labels: confidence-based performance estimation (CBPE) from "
                  "%s; accuracy with its exact Poisson-binomial interval and what "
                  "the labels it was learnt from leave open, other metrics ± 3 "
                  "standard errors, of these rows and of the log's.",
        estimate->source);
}

static gboolean
estimate_has_scores(const ErrataOutcome *outcome)
{
    return outcome->score != NULL || outcome->probability != NULL || outcome->confidence != NULL;
}

/* some predictions lack their labels, or labels that came late tell how good the estimate was:
 * that of a reference, or of scores that were taken at their word */
static gboolean
estimate_is_wanted(const ErrataAnalysis *analysis)
{
    gsize n = estimate_n_predicted(analysis);

    return n > 0 && (n > analysis->outcome->n_judged ||
                     (analysis->late_labels && (analysis->reference != NULL ||
                                                (analysis->schema->task != ERRATA_TASK_REGRESSION &&
                                                 estimate_has_scores(analysis->outcome)))));
}

static char *
estimate_why_not(const ErrataAnalysis *analysis)
{
    const ErrataOutcome *outcome = analysis->outcome;
    ErrataTask task = analysis->schema->task;

    if (!estimate_is_wanted(analysis))
        return NULL; /* nothing to estimate is nothing to tell */
    if (task != ERRATA_TASK_REGRESSION && !estimate_has_scores(outcome))
        return g_strdup(errata_outcome_why_no_scores(outcome));
    if (task == ERRATA_TASK_REGRESSION && !estimate_is_labelled(outcome, task) &&
        !(analysis->reference_outcome != NULL &&
          estimate_is_labelled(analysis->reference_outcome, task)))
        return g_strdup_printf("no %d labelled rows to learn errors from: give a reference with "
                               "predictions and labels",
                               ERRATA_ESTIMATE_MIN_SOURCE);
    return NULL;
}

static gboolean
estimate_run(ErrataAnalysis *analysis, GError **error)
{
    g_auto(ErrataEstimateRows) rows = {0};
    ErrataEstimateSource source = {0};
    ErrataFinding *fall;

    if (!estimate_is_wanted(analysis))
        return TRUE;
    estimate_choose_source(analysis, &source);
    if (analysis->schema->task == ERRATA_TASK_REGRESSION)
        errata_estimate_numbers(analysis, &source, &rows);
    else
        errata_estimate_classes(analysis, &source, &rows);
    if (rows.n > 0) {
        estimate_describe(analysis, &source, &rows);
        if (rows.loss != NULL)
            estimate_add_numbers(analysis, &source, &rows);
        else
            estimate_add_classes(analysis, &source, &rows);
        errata_estimate_windows(analysis, &source, &rows);
        fall = errata_estimate_fall(analysis, &source);
        if (fall != NULL)
            errata_case_add_finding(analysis->result, fall);
    }
    errata_judged_free(source.judged);
    g_clear_pointer(&source.measured, g_array_unref);
    return TRUE;
}

const ErrataAnalyzer errata_analyzer_estimate = {
    .id = "estimate",
    .why_not = estimate_why_not,
    .run = estimate_run,
};
