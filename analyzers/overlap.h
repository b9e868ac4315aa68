/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "analyzer.h"

G_BEGIN_DECLS

extern const ErrataAnalyzer errata_analyzer_overlap;

/* overlap-faults.c: faults of the data that go with a group that errs */
void errata_overlap_faults(ErrataAnalysis *analysis);
void errata_overlap_mark_groups(const ErrataAnalysis *analysis, guint8 *mark, guint8 bit);

G_END_DECLS
