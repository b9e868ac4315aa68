/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "analyzer.h"

G_BEGIN_DECLS

void errata_patterns_follow(ErrataAnalysis *analysis, const GPtrArray *known, gint64 now);

G_END_DECLS
