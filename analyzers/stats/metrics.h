/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "intervals.h"
#include "ranking.h"
#include "reliability.h"

G_BEGIN_DECLS

#define ERRATA_METRICS_LEVEL 0.95
#define ERRATA_METRICS_LEAST \
    5 /* rows for an interval of a mean: of 2, Student's t is 13, of 5 2.8 */

/**
 * ErrataMetricValue:
 * @name: (transfer none): the field's name, interned
 * @class_index: class it is about, −1: overall
 * @value: the metric; NaN: not defined, and @why says so
 * @interval: 95 % interval, NaN where there is none
 * @n: rows it was computed from
 * @why: (nullable): why it is not defined, or what to know of it; interned
 */
typedef struct {
    const char *name;
    int class_index;
    double value;
    ErrataInterval interval;
    guint64 n;
    const char *why;
} ErrataMetricValue;

/**
 * ErrataMetricsInput:
 * @n: rows, all with label and prediction
 * @n_classes: classes, 0 for regression
 * @positive: binary: index of the positive class, else −1
 * @truth: (array length=n) (nullable): class of the label
 * @predicted: (array length=n) (nullable): class of the prediction
 * @score: (array length=n) (nullable): binary: probability of the positive class, NaN where missing
 * @rank: (array length=n) (nullable): binary, without @score: what is no probability, higher where
 *   the positive class is more likely, NaN where missing
 * @probability: (array length=n_classes) (nullable): multi-class: a column of @n per class, NaN
 *   where missing
 * @top: (array length=n) (nullable): multi-class, where that is all that is known: probability of
 *   the predicted class, NaN where missing
 * @truth_value: (array length=n) (nullable): regression: label
 * @predicted_value: (array length=n) (nullable): regression: prediction
 * @wrong: (array length=n) (nullable): without labels, where the log says which rows were right: 1
 *   for the others
 * @weight: (array length=n) (nullable): row weights, at least 0
 */
typedef struct {
    gsize n;
    guint n_classes;
    int positive;
    const gint32 *truth;
    const gint32 *predicted;
    const double *score;
    const double *rank;
    const double *const *probability;
    const double *top;
    const double *truth_value;
    const double *predicted_value;
    const double *wrong;
    const double *weight;
} ErrataMetricsInput;

/**
 * ErrataConfusion:
 * @n_classes: classes
 * @count: (array length=n_classes*n_classes): row-major, rows = label, columns = prediction
 * @weight: (array length=n_classes*n_classes): sums of weights; equal to @count without weights
 * @squares: (array length=n_classes*n_classes): sums of squared weights
 * @row: (array length=n_classes): weight of each label
 * @column: (array length=n_classes): weight of each prediction
 * @total: weight of all rows
 * @hit: weight of the rows that are right
 */
typedef struct {
    guint n_classes;
    guint64 *count;
    double *weight;
    double *squares;
    double *row;
    double *column;
    double total;
    double hit;
} ErrataConfusion;

GArray *errata_metrics_list_new(void);
ErrataMetricValue *errata_metrics_add(GArray *list,
                                      const char *name,
                                      int class_index,
                                      double value,
                                      ErrataInterval interval,
                                      guint64 n);
const ErrataMetricValue *errata_metrics_find(const GArray *list, const char *name, int class_index);

ErrataConfusion *errata_confusion_new(const ErrataMetricsInput *input);
void errata_confusion_free(ErrataConfusion *self);
void errata_metrics_right(const ErrataMetricsInput *input, GArray *list);
void errata_metrics_confusion(const ErrataConfusion *confusion, int positive, GArray *list);
void errata_metrics_binary_scores(const ErrataMetricsInput *input,
                                  GArray *list,
                                  ErrataRanking **ret_ranking,
                                  ErrataReliability **ret_reliability);
void errata_metrics_top_scores(const ErrataMetricsInput *input,
                               GArray *list,
                               ErrataReliability **ret_reliability);
void errata_metrics_binary_ranks(const ErrataMetricsInput *input, GArray *list);
void errata_metrics_multiclass_scores(const ErrataMetricsInput *input,
                                      GArray *list,
                                      ErrataReliability **ret_reliability);
void errata_metrics_regression(const ErrataMetricsInput *input, GArray *list);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataConfusion, errata_confusion_free)

G_END_DECLS
