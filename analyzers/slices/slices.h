/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "analyzer.h"

G_BEGIN_DECLS

/* where the model makes more errors than expected: conjunctions of up to three conditions */
extern const ErrataAnalyzer errata_analyzer_slices;

gboolean errata_slices_is_blind_spot(const ErrataFinding *finding);

double errata_slices_share(const ErrataAnalysis *analysis);

G_END_DECLS
