/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "finding.h"
#include "pattern.h"

G_BEGIN_DECLS

/* how alike the rows of two groups have to be for them to be one: Jaccard */
#define ERRATA_PATTERN_ALIKE 0.6

/* whether a condition that a column is one number is on a code for no value */
typedef gboolean (*ErrataPatternIsCode)(const ErrataPredicate *predicate, gconstpointer data);

const char *errata_pattern_analyzer(ErrataFindingKind kind);
char *errata_pattern_identity(const ErrataFinding *finding);
GPtrArray *errata_pattern_gaps(const GPtrArray *predicates,
                               ErrataPatternIsCode is_code,
                               gconstpointer data);
const ErrataEvidence *errata_pattern_evidence(const ErrataFinding *finding);
gboolean errata_pattern_same_gap(const ErrataFinding *before,
                                 double share,
                                 const ErrataFinding *now);
void errata_pattern_measure(const ErrataFinding *finding, ErrataPattern *pattern);
ErrataPatternState errata_pattern_compare(const ErrataPattern *before, const ErrataPattern *now);

G_END_DECLS
