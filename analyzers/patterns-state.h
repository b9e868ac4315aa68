/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How bad a pattern is now, and whether it is gone. */
#pragma once

#include "analyzer.h"
#include "rows.h"

G_BEGIN_DECLS

void errata_patterns_measure(const ErrataFinding *finding, ErrataPattern *pattern);
ErrataPatternState errata_patterns_compare(const ErrataPattern *before, const ErrataPattern *now);
gboolean errata_patterns_is_gone(const ErrataAnalysis *analysis,
                                 const ErrataPattern *before,
                                 const ErrataFinding *subject,
                                 const ErrataRows *rows);

G_END_DECLS
