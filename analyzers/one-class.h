/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "analyzer.h"

G_BEGIN_DECLS

extern const ErrataAnalyzer errata_analyzer_one_class;

gint32 errata_one_class_of(const ErrataOutcome *outcome);

G_END_DECLS
