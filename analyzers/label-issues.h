/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "analyzer.h"
#include "bins.h"
#include "noise-floor.h"

G_BEGIN_DECLS

#define ERRATA_LABEL_WORDS_CODES 64U /* of the log odds that words give a class */

extern const ErrataAnalyzer errata_analyzer_label_issues;

/**
 * ErrataLabelIssues:
 * @n: labelled rows that were looked at
 * @n_classes: classes
 * @row: (array length=n): their rows in the frame, increasing
 * @given: (array length=n): class given
 * @probability: (array length=n*n_classes): row-major probabilities of the classes
 * @from_features: they are out of fold from the features; otherwise as logged
 * @knows: part of what the logged scores tell of the labels that the features tell; NaN where that
 *   was not compared
 * @n_columns: columns learnt from, words not counted
 * @words: (array length=n*n_classes) (nullable): row-major probabilities of the classes by the
 *   words of texts, out of fold; %NULL where there are none to learn from
 * @pooled: (array length=n*n_classes) (nullable): @probability and the logged scores together, by
 *   which suspects are chosen and ranked where words were learnt from; %NULL: by @probability
 * @suggested: (array length=n): class suggested for a listed suspect, −1 for the others
 * @badness: (array length=n): what suspects are ranked by, larger is worse
 * @n_suspects: number of suspects
 * @n_listed: number of those that are worth listing
 * @floor: (array length=n_classes): rate at which rows of other classes are given this class,
 *   beyond what clean labels show; 0 where nothing is beyond chance
 * @expected: suspects that clean labels would show; NaN where that could not be tested
 * @excess: suspects beyond that; 0 where they are too few against @expected or not sure
 * @excess_error: standard error of @excess, that of the floors included
 * @p: of the surest floor, corrected for the number of classes; 1 where there is none
 * @why_untested: (nullable): why the excess could not be tested
 *
 * Labels held against what features or scores say of them.
 */
typedef struct {
    gsize n;
    guint n_classes;
    guint32 *row;
    gint32 *given;
    double *probability;
    gboolean from_features;
    double knows;
    guint n_columns;
    double *words;
    double *pooled;
    gint16 *suggested;
    double *badness;
    gsize n_suspects;
    gsize n_listed;
    double *floor;
    double expected;
    double excess;
    double excess_error;
    double p;
    const char *why_untested;
} ErrataLabelIssues;

/**
 * ErrataLabelRate:
 * @rate: rate at which rows of a class are given another; 0 where there is none to be seen
 * @variance: its variance
 * @lo: its lower limit
 *
 * What a witness says of a pair of classes.
 */
typedef struct {
    double rate;
    double variance;
    double lo;
} ErrataLabelRate;

/**
 * ErrataLabelSure:
 * @row: a row of which scores and trees are both sure
 * @said: the class that it is of by them
 * @against: 1 where its label is another
 */
typedef struct {
    guint32 row;
    guint said;
    guint8 against;
} ErrataLabelSure;

ErrataLabelIssues *errata_label_issues_find(const ErrataAnalysis *analysis);
void errata_label_issues_log(ErrataLabelIssues *self, const ErrataOutcome *outcome);
gboolean errata_label_issues_learn(ErrataLabelIssues *self, const ErrataAnalysis *analysis);
gboolean errata_label_issues_teaches(const ErrataLabelIssues *self,
                                     const ErrataAnalysis *analysis,
                                     const ErrataBinColumn *bin);
void errata_label_issues_words(ErrataLabelIssues *self,
                               const ErrataAnalysis *analysis,
                               const guint8 *fold,
                               guint n_folds);
double errata_label_issues_words_odds(const ErrataLabelIssues *self, gsize i, guint from, guint to);
guint8 *errata_label_issues_words_column(const ErrataLabelIssues *self, guint of, gsize n_rows);
ErrataNoiseFloor errata_label_issues_index(const ErrataLabelIssues *issues,
                                           const ErrataAnalysis *analysis,
                                           const ErrataBins *bins,
                                           const guint8 *use,
                                           const double *logged,
                                           guint from,
                                           guint to,
                                           ErrataLabelRate *ret_agreed);
gboolean errata_label_issues_choose(ErrataLabelIssues *self,
                                    const ErrataAnalysis *analysis,
                                    gboolean scored);
guint32 *errata_label_issues_order(const ErrataLabelIssues *self, gsize *ret_n);
void errata_label_issues_test(ErrataLabelIssues *self, const ErrataAnalysis *analysis);
ErrataFinding *errata_label_issues_report(const ErrataLabelIssues *self,
                                          const ErrataAnalysis *analysis);
void errata_label_issues_calibration(const ErrataLabelIssues *self,
                                     const ErrataAnalysis *analysis,
                                     const ErrataFinding *finding);
void errata_label_issues_inverted(ErrataAnalysis *analysis);
gboolean errata_label_issues_foretold(const ErrataAnalysis *analysis,
                                      const ErrataLabelSure *sure,
                                      gsize n);
void errata_label_issues_segments(const ErrataLabelIssues *self, ErrataAnalysis *analysis);
void errata_label_issues_shape(const ErrataLabelIssues *self, ErrataAnalysis *analysis);
void errata_label_issues_residuals(ErrataAnalysis *analysis);
void errata_label_issues_swaps(ErrataAnalysis *analysis);
void errata_label_issues_free(ErrataLabelIssues *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataLabelIssues, errata_label_issues_free)

G_END_DECLS
