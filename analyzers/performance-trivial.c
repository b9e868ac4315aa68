/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What predictors that know nothing reach on the same rows, beside which the model's metrics mean
 * something: the labels' mean, the label before in time. The commonest class is with the metrics of
 * the confusion matrix. And what a prediction costs by the configured costs. */
#include <math.h>

#include "performance.h"
#include "sum.h"

#define TRIVIAL_LEAST 30

/* rows, sums of weights and of their squares; sums of |e|, of e², and of their squares, for the
 * intervals */
typedef struct {
    guint64 n;
    ErrataSum weight;
    ErrataSum weight2;
    ErrataSum loss;
    ErrataSum loss2;
    ErrataSum square;
    ErrataSum square2;
} TrivialSums;

static void
trivial_add(TrivialSums *sums, double error, double w)
{
    sums->n++;
    errata_sum_add(&sums->weight, w);
    errata_sum_add(&sums->weight2, w * w);
    errata_sum_add(&sums->loss, w * fabs(error));
    errata_sum_add(&sums->loss2, w * error * error);
    errata_sum_add(&sums->square, w * error * error);
    errata_sum_add(&sums->square2, w * error * error * error * error);
}

/* of a weighted mean, by Kish's effective rows */
static double
trivial_variance(double square, double mean, double weight, double weight2)
{
    return fmax(square - mean * mean, 0.0) * weight2 / weight / weight;
}

static void
trivial_tell(ErrataAnalysis *analysis, const TrivialSums *sums, const char *mae, const char *rmse)
{
    double weight = errata_sum_value(&sums->weight), weight2 = errata_sum_value(&sums->weight2);
    double mean = errata_sum_value(&sums->loss) / weight;
    double square = errata_sum_value(&sums->square) / weight;
    double mean_variance =
        trivial_variance(errata_sum_value(&sums->loss2) / weight, mean, weight, weight2);
    double square_variance =
        trivial_variance(errata_sum_value(&sums->square2) / weight, square, weight, weight2);
    ErrataInterval interval;

    if (sums->n < TRIVIAL_LEAST || !isfinite(mean) || !isfinite(square_variance))
        return;
    interval = errata_intervals_normal(mean, mean_variance, ERRATA_METRICS_LEVEL);
    errata_case_add_metric(analysis->result,
                           mae,
                           mean,
                           fmax(interval.lo, 0.0),
                           interval.hi,
                           sums->n);
    interval = errata_intervals_normal(square, square_variance, ERRATA_METRICS_LEVEL);
    errata_case_add_metric(analysis->result,
                           rmse,
                           sqrt(square),
                           sqrt(fmax(interval.lo, 0.0)),
                           sqrt(interval.hi),
                           sums->n);
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
    double weight = 0.0, weight2 = 0.0, wrong[2] = {0.0, 0.0}, mean, variance;
    ErrataInterval interval;

    for (gsize row = 0; row < outcome->n_rows; row++) {
        double w = trivial_weight(outcome, row);

        if (outcome->judged[row] == 0)
            continue;
        weight += w;
        weight2 += w * w;
        if (outcome->error[row] != 0)
            wrong[outcome->predicted[row] == outcome->positive] += w;
    }
    if (!(weight > 0.0))
        return;
    mean = (costs[0] * wrong[0] + costs[1] * wrong[1]) / weight;
    variance =
        trivial_variance((costs[0] * costs[0] * wrong[0] + costs[1] * costs[1] * wrong[1]) / weight,
                         mean,
                         weight,
                         weight2);
    interval = errata_intervals_normal(mean, variance, ERRATA_METRICS_LEVEL);
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
