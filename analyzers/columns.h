/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "analyzer.h"

G_BEGIN_DECLS

/* one summary per column: counts, quantiles, histogram now and before, association with the
 * error */
extern const ErrataAnalyzer errata_analyzer_columns;

/* the distribution of a column over shared bins, now and in the baseline; NULL where there is
 * none */
ErrataColumnSketch *errata_columns_sketch(const ErrataAnalysis *analysis, guint column);
ErrataFigure *errata_columns_histogram(const ErrataAnalysis *analysis, guint column);

G_END_DECLS
