/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "analyzer.h"

G_BEGIN_DECLS

void errata_propose(ErrataAnalysis *analysis, ErrataLlm *llm);

G_END_DECLS
