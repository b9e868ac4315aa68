/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What predictors that know nothing reach on the same rows, beside which the model's metrics mean
 * something: the labels' mean, the label before in time. The commonest class is with the metrics of
 * the confusion matrix. And what a prediction costs by the configured costs. */
#include <math.h>

#include "performance.h"
#include "sum.h"

#define TRIVIAL_LEAST 30

/* mean of |e|, of e², and of their squares, for the intervals */
typedef struct {
    ErrataSum n;
    ErrataSum loss;
    ErrataSum loss2;
    ErrataSum square;
    ErrataSum square2;
} TrivialSums;

static void
trivial_add(TrivialSums *sums, double error, double w)
{
    errata_sum_add(&sums->n, w);
    errata_sum_add(&sums->loss, w * fabs(error));
    errata_sum_add(&sums->loss2, w * error * error);
    errata_sum_add(&sums->square, w * error * error);
    errata_sum_add(&sums->square2, w * error * error * error * error);
}

static void
trivial_tell(ErrataAnalysis *analysis, const TrivialSums *sums, const char *mae, const char *rmse)
{
    double n = errata_sum_value(&sums->n);
    double mean = errata_sum_value(&sums->loss) / n;
    double square = errata_sum_value(&sums->square) / n;
    double mean_variance = (errata_sum_value(&sums->loss2) / n - mean * mean) / n;
    double square_variance = (errata_sum_value(&sums->square2) / n - square * square) / n;
    ErrataInterval interval;

    if (!(n >= TRIVIAL_LEAST) || !isfinite(mean) || !isfinite(square_variance))
        return;
    interval = errata_intervals_normal(mean, fmax(mean_variance, 0.0), ERRATA_METRICS_LEVEL);
    errata_case_add_metric(analysis->result,
                           mae,
                           mean,
                           fmax(interval.lo, 0.0),
                           interval.hi,
                           (guint64)n);
    interval = errata_intervals_normal(square, fmax(square_variance, 0.0), ERRATA_METRICS_LEVEL);
    errata_case_add_metric(analysis->result,
                           rmse,
                           sqrt(square),
                           sqrt(fmax(interval.lo, 0.0)),
                           sqrt(interval.hi),
                           (guint64)n);
}

static double
trivial_weight(const ErrataOutcome *outcome, gsize row)
{
    return errata_outcome_weight(outcome, row);
}

/* the mean of the labels, and the label of the row before in time */
static void
trivial_numbers(ErrataAnalysis *analysis)
{
    const ErrataOutcome *outcome = analysis->outcome;
    ErrataSum sum = {0}, total = {0};
    TrivialSums mean = {0}, last = {0};
    double before = (double)NAN, centre;

    for (gsize row = 0; row < outcome->n_rows; row++)
        if (outcome->judged[row] != 0) {
            errata_sum_add(&sum, trivial_weight(outcome, row) * outcome->truth_value[row]);
            errata_sum_add(&total, trivial_weight(outcome, row));
        }
    centre = errata_sum_value(&sum) / errata_sum_value(&total);
    for (gsize rank = 0; rank < outcome->n_rows; rank++) {
        guint32 row = outcome->order[rank];
        double truth = outcome->truth_value[row];

        if (outcome->judged[row] == 0)
            continue;
        trivial_add(&mean, centre - truth, trivial_weight(outcome, row));
        if (!isnan(before))
            trivial_add(&last, before - truth, trivial_weight(outcome, row));
        before = truth;
    }
    trivial_tell(analysis, &mean, "mean_predictor_mae", "mean_predictor_rmse");
    if (outcome->time != NULL)
        trivial_tell(analysis, &last, "last_value_mae", "last_value_rmse");
}

/* mean cost of a prediction by [analysis] cost-false-positive and cost-false-negative */
static void
trivial_cost(ErrataAnalysis *analysis)
{
    const ErrataOutcome *outcome = analysis->outcome;
    const double costs[2] = {analysis->settings->cost_false_negative,
                             analysis->settings->cost_false_positive};
    double n = 0.0, wrong[2] = {0.0, 0.0}, mean, variance;
    ErrataInterval interval;

    for (gsize row = 0; row < outcome->n_rows; row++) {
        double w = trivial_weight(outcome, row);

        if (outcome->judged[row] == 0)
            continue;
        n += w;
        if (outcome->error[row] != 0)
            wrong[outcome->predicted[row] == outcome->positive] += w;
    }
    if (!(n > 0.0))
        return;
    mean = (costs[0] * wrong[0] + costs[1] * wrong[1]) / n;
    variance =
        ((costs[0] * costs[0] * wrong[0] + costs[1] * costs[1] * wrong[1]) / n - mean * mean) / n;
    interval = errata_intervals_normal(mean, fmax(variance, 0.0), ERRATA_METRICS_LEVEL);
    errata_case_add_metric(analysis->result,
                           "mean_cost",
                           mean,
                           fmax(interval.lo, 0.0),
                           interval.hi,
                           outcome->n_judged);
}

/**
 * errata_performance_trivial:
 * @analysis: a log
 *
 * Adds mean_predictor_mae and mean_predictor_rmse, where there is time last_value_mae and
 * last_value_rmse; for a binary classifier with costs other than 1 mean_cost.
 */
void
errata_performance_trivial(ErrataAnalysis *analysis)
{
    const ErrataOutcome *outcome = analysis->outcome;

    if (outcome->n_judged == 0)
        return;
    if (outcome->task == ERRATA_TASK_REGRESSION)
        trivial_numbers(analysis);
    else if (outcome->positive >= 0 && outcome->predicted != NULL &&
             (fabs(analysis->settings->cost_false_positive - 1.0) > 1e-12 ||
              fabs(analysis->settings->cost_false_negative - 1.0) > 1e-12))
        trivial_cost(analysis);
}
