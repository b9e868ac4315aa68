/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a pattern is gone. */
#pragma once

#include "analyzer.h"
#include "rows.h"

G_BEGIN_DECLS

gboolean errata_patterns_is_gone(const ErrataAnalysis *analysis,
                                 const ErrataPattern *before,
                                 const ErrataFinding *subject,
                                 const ErrataRows *rows);

G_END_DECLS
