/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "analyzer.h"

G_BEGIN_DECLS

extern const ErrataAnalyzer errata_analyzer_compare;

/* the rows of @analysis by which a later report can be compared row by row; NULL without ids */
ErrataRowSample *errata_compare_sample(const ErrataAnalysis *analysis);
/* whether @earlier may be what a log of @task is compared with; @ret_why (transfer none) says why
 * not */
gboolean errata_compare_is_usable(const ErrataCase *earlier,
                                  const ErrataCase *now,
                                  const char **ret_why);

G_END_DECLS
