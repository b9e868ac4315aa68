/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "judged.h"

G_BEGIN_DECLS

extern const ErrataAnalyzer errata_analyzer_performance;

/* every metric of some rows: (element-type ErrataMetricValue) */
GArray *errata_performance_list(const ErrataMetricsInput *input);

/* parts of the analyzer, a file each */
void errata_performance_curves(ErrataAnalysis *analysis,
                               const ErrataJudged *judged,
                               const ErrataConfusion *confusion,
                               const ErrataRanking *ranking,
                               const ErrataReliability *reliability);
void errata_performance_coverage(ErrataAnalysis *analysis, const ErrataJudged *judged);
void errata_performance_numbers(ErrataAnalysis *analysis, const ErrataJudged *judged);
void errata_performance_windows(ErrataAnalysis *analysis);
void errata_performance_course(const ErrataOutcome *outcome,
                               const guint8 *window,
                               const double *design,
                               GPtrArray *windows);
void errata_performance_entity(const ErrataOutcome *outcome,
                               const ErrataJudged *judged,
                               GArray *list);
void errata_performance_stretch(ErrataMetricValue *metric, double factor);
void errata_performance_opposed(ErrataAnalysis *analysis);
void errata_performance_trivial(ErrataAnalysis *analysis);
void errata_performance_pinball(ErrataAnalysis *analysis, const ErrataJudged *judged);

G_END_DECLS
