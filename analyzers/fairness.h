/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "analyzer.h"
#include "rate.h"

G_BEGIN_DECLS

extern const ErrataAnalyzer errata_analyzer_fairness;

#define ERRATA_FAIRNESS_LEAST 30 /* rows under which a group is shown and not ranked */

typedef enum {
    ERRATA_FAIRNESS_SELECTION,
    ERRATA_FAIRNESS_TRUE_POSITIVE,
    ERRATA_FAIRNESS_FALSE_POSITIVE,
    ERRATA_FAIRNESS_PRECISION,
    ERRATA_FAIRNESS_ERROR,
    ERRATA_FAIRNESS_N,
} ErrataFairnessMetric;

/**
 * ErrataFairnessGroup:
 * @value: the group
 * @n: its rows
 * @all: all of them, by weight
 * @rate: (array length=ERRATA_FAIRNESS_N): the rows that each rate is of, 1 where it counts them
 * @score: its scores; @positive whether they are of positives
 * @score_squares: Σ w x² of the scores' distances from the labels
 *
 * Rows count by their declared weight.
 */
typedef struct {
    const char *value;
    gsize n;
    ErrataRate all;
    ErrataRate rate[ERRATA_FAIRNESS_N];
    ErrataRate score;
    ErrataRate positive;
    double score_squares;
} ErrataFairnessGroup;

/**
 * ErrataFairnessRate:
 * @known: there are two groups to compare
 * @difference: greatest less least rate among the ranked groups; NaN where not known
 * @ratio: least over greatest
 * @interval: of the difference, widened for being the greatest of all pairs; @ratio_interval of the
 *   ratio
 * @lowest: group with the least rate; @highest with the greatest
 * @odd: group that is farthest from all others together, in standard errors; of two the one that is
 *   worse off (a lower rate; a higher one of false positives and of errors)
 * @p: of all groups having one rate (Pearson); @q corrected within the run
 */
typedef struct {
    gboolean known;
    double difference;
    double ratio;
    ErrataInterval interval;
    ErrataInterval ratio_interval;
    guint lowest;
    guint highest;
    guint odd;
    double p;
    double q;
} ErrataFairnessRate;

/**
 * ErrataFairness:
 * @column: the group column in the frame
 * @code: (array length=n_rows): group of each row, −1: none
 * @group: (array length=n_groups): the groups
 * @range: (element-type utf8) (nullable): what the groups are called where they are ranges of a
 *   number
 * @rate: (array length=ERRATA_FAIRNESS_N): comparisons between them
 *
 * One group column measured.
 */
typedef struct {
    const ErrataColumn *column;
    gint32 *code;
    ErrataFairnessGroup *group;
    GPtrArray *range;
    guint n_groups;
    ErrataFairnessRate rate[ERRATA_FAIRNESS_N];
} ErrataFairness;

const char *errata_fairness_metric_name(ErrataFairnessMetric metric);
double errata_fairness_rate(const ErrataFairnessGroup *group, ErrataFairnessMetric metric);
gboolean errata_fairness_bins(ErrataFairness *self);
void errata_fairness_publish(const ErrataFairness *self, ErrataCase *result);
ErrataFinding *errata_fairness_report(const ErrataFairness *self,
                                      const ErrataAnalysis *analysis,
                                      ErrataFairnessMetric metric);

G_END_DECLS
