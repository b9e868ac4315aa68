/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "analyzer.h"

G_BEGIN_DECLS

void errata_sources_mark(ErrataAnalysis *analysis);
gboolean errata_sources_is_step(const ErrataFinding *finding);

/* sources-segments.c: slices that lie in a group whose scores are off */
gboolean errata_sources_is_segment(const ErrataFinding *finding);
void errata_sources_segments(const ErrataAnalysis *analysis);

/* sources-events.c: groups that began to err when all did */
void errata_sources_events(const ErrataAnalysis *analysis);

G_END_DECLS
