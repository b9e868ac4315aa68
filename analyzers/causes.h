/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "analyzer.h"

G_BEGIN_DECLS

/**
 * ErrataCauseLoss:
 * @n: judged rows
 * @n_hit: those of them that a data bug hit
 * @mean: mean loss of them all
 * @variance: of that mean
 * @clean: mean loss of the rows that no bug hit, NaN under 30 of them
 * @part: by how much the hit rows raise the mean over @clean
 * @part_variance: its variance, the share of hit rows taken as fixed
 *
 * What data bugs do to the mean loss of some rows.
 */
typedef struct {
    gsize n;
    gsize n_hit;
    double mean;
    double variance;
    double clean;
    double part;
    double part_variance;
} ErrataCauseLoss;

/* a fault of the data: a data bug, or a code among numbers that came in some window only */
gboolean errata_causes_is_fault(const ErrataFinding *finding);
guint8 *errata_causes_hit(const ErrataAnalysis *analysis);

guint8 *errata_causes_uncounted(const ErrataAnalysis *analysis);
ErrataCauseLoss errata_causes_loss(const ErrataOutcome *outcome,
                                   const guint8 *hit,
                                   const guint32 *row,
                                   gsize n_rows);
double errata_causes_then(const ErrataCase *earlier);
void errata_causes_add(ErrataFinding *finding, const char *cause, double share, gsize n);
void errata_causes_add_bugs(ErrataFinding *finding, double share, double error, gsize n_hit);

G_END_DECLS
