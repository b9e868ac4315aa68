/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "analyzer.h"

G_BEGIN_DECLS

/* where the positive class is rare: which part of the missed ones lies in the slice */
void errata_slices_missed_add(const ErrataAnalysis *analysis, ErrataFinding *slice);
/* what another threshold does to the errors on hard ground */
void errata_slices_missed_threshold(const ErrataAnalysis *analysis, const ErrataFinding *threshold);

G_END_DECLS
