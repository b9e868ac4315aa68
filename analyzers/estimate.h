/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "analyzer.h"
#include "cbpe.h"
#include "judged.h"

G_BEGIN_DECLS

extern const ErrataAnalyzer errata_analyzer_estimate;

#define ERRATA_ESTIMATE_MIN_SOURCE 300 /* labelled rows that an estimate may be learnt from */

/**
 * ErrataEstimateSource:
 * @frame: where the labelled rows are, %NULL when there are none
 * @schema: its roles
 * @outcome: its predictions and labels
 * @bins: its codes, by the edges of the log's
 * @judged: the labelled rows
 * @measured: (element-type ErrataMetricValue): how good the predictions are on them
 * @own: they are rows of the log itself
 *
 * What an estimate is learnt from.
 */
typedef struct {
    const ErrataFrame *frame;
    const ErrataSchema *schema;
    const ErrataOutcome *outcome;
    const ErrataBins *bins;
    ErrataJudged *judged;
    GArray *measured;
    gboolean own;
} ErrataEstimateSource;

/**
 * ErrataEstimateRows:
 * @n: rows of the log that can be estimated
 * @row: (array length=n): which
 * @cbpe: classes: the rows as errata_cbpe_estimate() takes them; its arrays are owned here
 * @chance: (array length=cbpe.n_classes): behind @cbpe
 * @score: (array length=cbpe.n_classes): behind @cbpe; an entry may be %NULL
 * @predicted: (array length=n): behind @cbpe
 * @weight: (array length=n) (nullable): row weights
 * @only_right: class 1 is being right: only accuracy can be told
 * @recalibrated: the probabilities are not the scores as logged
 * @loss: (array length=n) (nullable): numbers: expected absolute error
 * @square: (array length=n) (nullable): numbers: expected squared error
 */
typedef struct {
    gsize n;
    guint32 *row;
    ErrataCbpeInput cbpe;
    double **chance;
    double **score;
    gint32 *predicted;
    double *weight;
    gboolean only_right;
    gboolean recalibrated;
    double *loss;
    double *square;
} ErrataEstimateRows;

/* the analyzer's parts, a file each */
void errata_estimate_classes(const ErrataAnalysis *analysis,
                             const ErrataEstimateSource *source,
                             ErrataEstimateRows *rows);
void errata_estimate_numbers(const ErrataAnalysis *analysis,
                             const ErrataEstimateSource *source,
                             ErrataEstimateRows *rows);
double errata_estimate_variance(const ErrataEstimateSource *source,
                                const char *name,
                                int class_index,
                                double n);
void errata_estimate_rows_clear(ErrataEstimateRows *self);
double errata_estimate_outside(const ErrataAnalysis *analysis, const ErrataEstimateSource *source);
void errata_estimate_windows(ErrataAnalysis *analysis,
                             const ErrataEstimateSource *source,
                             const ErrataEstimateRows *rows);
ErrataFinding *errata_estimate_fall(const ErrataAnalysis *analysis,
                                    const ErrataEstimateSource *source);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ErrataEstimateRows, errata_estimate_rows_clear)

G_END_DECLS
