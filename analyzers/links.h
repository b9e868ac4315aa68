/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "analyzer.h"

G_BEGIN_DECLS

void errata_links_add(ErrataAnalysis *analysis);
gboolean errata_links_is_opposed(const ErrataFinding *drift, const ErrataFinding *change);

/* links-events.c: what is part of one event */
void errata_links_events(const ErrataAnalysis *analysis);

G_END_DECLS
