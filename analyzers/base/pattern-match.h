/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "finding.h"
#include "pattern.h"

G_BEGIN_DECLS

/* how alike the rows of two groups have to be for them to be one: Jaccard */
#define ERRATA_PATTERN_ALIKE 0.6

const char *errata_pattern_analyzer(ErrataFindingKind kind);
char *errata_pattern_identity(const ErrataFinding *finding);
const ErrataEvidence *errata_pattern_evidence(const ErrataFinding *finding);
void errata_pattern_measure(const ErrataFinding *finding, ErrataPattern *pattern);
ErrataPatternState errata_pattern_compare(const ErrataPattern *before, const ErrataPattern *now);

G_END_DECLS
