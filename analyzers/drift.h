/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "analyzer.h"
#include "distances.h"
#include "foretold.h"

G_BEGIN_DECLS

extern const ErrataAnalyzer errata_analyzer_drift;

#define ERRATA_DRIFT_MIN_ROWS 30
#define ERRATA_DRIFT_BARS     20 /* shown in a figure */

/**
 * ErrataDriftSide:
 * @frame: where the rows are
 * @outcome: (nullable): their losses
 * @bins: (nullable): their codes
 * @row: (array length=n): the rows, bugs and copies left out
 * @n: number of rows
 */
typedef struct {
    const ErrataFrame *frame;
    const ErrataOutcome *outcome;
    const ErrataBins *bins;
    guint32 *row;
    gsize n;
} ErrataDriftSide;

/**
 * ErrataDriftColumn:
 * @column: index in the frame; @name its name
 * @kind: how it was compared
 * @why_not: (nullable): why it was not compared
 * @test: name of the test; @statistic, @p and @q (within the run's columns) of it
 * @js: Jensen–Shannon distance; NaN for text
 * @psi: population stability index; NaN for text
 * @effect: what the rule looks at besides @js: Wasserstein over the reference's standard deviation,
 *   AUC − ½ for text; NaN for categories
 * @auc_lo: text: lower limit of the domain classifier's AUC
 * @mean_from: mean in the reference, sentinels left out; @mean_to now; NaN where not numbers
 * @sd_from: standard deviation in the reference; @sd_to now; NaN where not numbers
 * @n_from: values compared in the reference; @n_to now
 * @missing_from: share missing in the reference; @missing_to now; @missing_p of the difference
 * @rows_from: rows of the reference that the share missing is of; @rows_to now
 * @missing_of_fault: without the rows left out the share missing has not moved that way
 * @n_new: values never seen in the reference; @new_values names some of them
 * @n_vanished: values of the reference not seen now
 * @n_bars: bars of the figure
 * @edges: (nullable): n_bars + 1 edges, for numbers
 * @labels: (nullable): names of the bars
 * @bar_from: rows of the reference by bar; @bar_to rows now
 * @worth_from: as how many independent rows one of the reference counts, as they follow each other
 *   and belong to entities; @worth_to now
 * @js_sd: standard error of @js; @psi_sd of @psi; NaN where not known
 * @drifted: the rule holds; @by_missing it holds for the share missing alone
 * @js_chance: square of @js that chance alone gives, on average
 * @psi_chance: @psi that chance alone gives
 * @loss: change in mean loss that goes with the column's own change; NaN where not known
 * @loss_sd: its standard error
 * @foretold: what the same is of the losses that scores, or predicted numbers, let expect of the
 *   reference's rows; NaN where nothing is expected
 * @earlier: it was compared with an earlier report; @loss is known from the start
 */
typedef struct {
    guint column;
    const char *name;
    enum {
        ERRATA_DRIFT_NUMBER,
        ERRATA_DRIFT_CATEGORY,
        ERRATA_DRIFT_TEXT
    } kind;
    const char *why_not;
    const char *test;
    double statistic;
    double p;
    double q;
    double js;
    guint dof; /* of chi-square */
    double js_chance;
    double psi;
    double psi_chance;
    double effect;
    double auc_lo;
    double mean_from;
    double mean_to;
    double sd_from;
    double sd_to;
    gsize n_from;
    gsize n_to;
    double missing_from;
    double missing_to;
    double missing_p;
    gsize rows_from;
    gsize rows_to;
    gboolean missing_of_fault;
    guint n_new;
    char *new_values;
    guint n_vanished;
    guint n_bars;
    double *edges;
    char **labels;
    double *bar_from;
    double *bar_to;
    double worth_from;
    double worth_to;
    double js_sd;
    double psi_sd;
    gboolean drifted;
    gboolean by_missing;
    double loss;
    double loss_sd;
    double foretold;
    gboolean earlier;
} ErrataDriftColumn;

/**
 * ErrataDriftSplit:
 * @known: both sides have labels and predictions
 * @loss_from: mean loss of the reference; @loss_to now
 * @change_sd: standard error of the change
 * @covariate: part of the change that comes with other rows: what the reference's losses, by
 *   prediction and score and weighted to look like now, let expect
 * @covariate_sd: its standard error
 * @alone: share of the rows of now that the reference has hardly any like
 * @scored: predictions come with scores, by which more is known of such rows
 * @auc: of the domain classifier, cross-fitted; NaN where there is nothing to learn from
 * @auc_lo: lower end of its 95 % interval (DeLong); @auc_hi upper end
 * @n: rows it was fitted on
 * @used: (array length=n_used): names of the columns it used most
 * @bugs: part of the change that rows hit by a data bug carry; NaN: none is, or it is not known.
 *   @loss_from, @loss_to and @change_sd are with those rows then
 * @bugs_sd: its standard error
 * @n_hit: judged rows of now that are hit
 */
typedef struct {
    gboolean known;
    double loss_from;
    double loss_to;
    double change_sd;
    double covariate;
    double covariate_sd;
    double alone;
    gboolean scored;
    double auc;
    double auc_lo;
    double auc_hi;
    gsize n;
    const char *used[3];
    guint n_used;
    double bugs;
    double bugs_sd;
    gsize n_hit;
} ErrataDriftSplit;

guint32 *errata_drift_passing(const ErrataAnalysis *analysis,
                              const char *column,
                              ErrataDriftSide *side);
void errata_drift_column_measure(ErrataDriftColumn *self,
                                 const ErrataDriftSide *from,
                                 const ErrataDriftSide *to);
gboolean errata_drift_earlier_measure(ErrataDriftColumn *self,
                                      const ErrataCase *earlier,
                                      const ErrataDriftSide *to);
ErrataDriftSplit errata_drift_earlier_split(const ErrataCase *earlier, const ErrataDriftSide *to);
double errata_drift_column_effect(const ErrataDriftColumn *self,
                                  const ErrataColumn *column,
                                  const ErrataDriftSide *side);
double errata_drift_column_distance(guint column,
                                    const ErrataDriftSide *from,
                                    const ErrataDriftSide *to);
void errata_drift_column_clear(ErrataDriftColumn *self);
double errata_drift_text_auc(const ErrataColumn *from_column,
                             const ErrataDriftSide *from,
                             const ErrataColumn *to_column,
                             const ErrataDriftSide *to,
                             double *ret_sd);
ErrataDriftSplit errata_drift_split(const ErrataAnalysis *analysis,
                                    const ErrataDriftSide *from,
                                    const ErrataDriftSide *to,
                                    const guint8 *leave_out);
double *errata_drift_expected(const ErrataDriftSide *from);
void errata_drift_column_loss(ErrataDriftColumn *self,
                              const ErrataDriftSide *from,
                              const ErrataDriftSide *to,
                              const double *expected);
ErrataFinding *errata_drift_change(const ErrataAnalysis *analysis,
                                   const ErrataDriftSplit *split,
                                   const ErrataDriftSide *from,
                                   const ErrataDriftSide *first,
                                   const ErrataDriftSide *to);
ErrataDriftSplit errata_drift_with_bugs(const ErrataDriftSplit *split,
                                        const ErrataOutcome *outcome,
                                        const guint8 *hit,
                                        const ErrataDriftSide *from,
                                        const ErrataDriftSide *to);
double errata_drift_mean_loss(const ErrataDriftSide *side, double *ret_variance);
void errata_drift_tell_rows(const ErrataAnalysis *analysis,
                            ErrataFinding *finding,
                            const ErrataDriftSide *now);
char *errata_drift_since(const ErrataAnalysis *analysis,
                         const char *column,
                         ErrataFinding *finding);
ErrataFinding *errata_drift_report(const ErrataDriftColumn *self,
                                   const ErrataAnalysis *analysis,
                                   const ErrataDriftSplit *split);
void errata_drift_report_foretold(ErrataFinding *finding,
                                  const ErrataDriftColumn *self,
                                  const ErrataForetold *foretold,
                                  gboolean regression);

G_END_DECLS
