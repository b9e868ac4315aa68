/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "analyzer.h"

G_BEGIN_DECLS

extern const ErrataAnalyzer errata_analyzer_threshold;

double errata_threshold_round(double below, double at);

G_END_DECLS
