/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "analyzer.h"

G_BEGIN_DECLS

extern const ErrataAnalyzer errata_analyzer_power;

double errata_power_rate(double rate, double n, double candidates);
double errata_power_mean(double mean, double sd, double n, double candidates);

G_END_DECLS
