/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether the levels of a taxonomy are levels: each kind within the one above it, and each telling
 * its rows from the others by how often they are wrong. */
#pragma once

#include "analyzer.h"

G_BEGIN_DECLS

#define ERRATA_LEVELS_LEAVES 32 /* at most */

/**
 * ErrataLevelLeaf:
 * @finding: a slice or a cluster
 * @coarse: (nullable) (transfer none): its kind on the first level; %NULL: it has none
 * @fine: (nullable) (transfer none): on the second; "": none
 * @keeps_coarse: (out): whether the first level stands
 * @keeps_fine: (out): whether the second does
 * @p: (out): of the first level's test
 * @said: (out) (transfer full) (nullable): what was measured, for a reader
 *
 * A finding and its place.
 */
typedef struct {
    const ErrataFinding *finding;
    const char *coarse;
    const char *fine;
    gboolean keeps_coarse;
    gboolean keeps_fine;
    double p;
    char *said;
} ErrataLevelLeaf;

/* kinds on both levels: proposed, kept, and why the others are dropped */
typedef struct {
    guint n_kinds;
    guint n_kept;
    guint n_outside; /* rows that the kind above has not, or a name of the other level */
    guint n_same;    /* all the rows of the kind above: says nothing more */
    guint n_untold;  /* members are wrong about as often as the others */
} ErrataLevelCounts;

ErrataLevelCounts errata_levels_check(const ErrataAnalysis *analysis,
                                      ErrataLevelLeaf *leaves,
                                      guint n_leaves);

G_END_DECLS
