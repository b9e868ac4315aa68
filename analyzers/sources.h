/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "analyzer.h"

G_BEGIN_DECLS

void errata_sources_mark(ErrataAnalysis *analysis);

G_END_DECLS
