/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "evidence-share.h"

#include <math.h>

#include "intervals.h"
#include "metrics.h"

/**
 * errata_evidence_share_of:
 * @evidence: a share of rows
 * @n: of how many, or of how many of equal weight would tell as much (Kish)
 *
 * Gives the share its Wilson interval. METHODS 0.
 */
void
errata_evidence_share_of(ErrataEvidence *evidence, double n)
{
    ErrataInterval interval;

    if (!(n > 0.0) || !isfinite(evidence->value))
        return;
    interval = errata_intervals_wilson(evidence->value * n, n, ERRATA_METRICS_LEVEL);
    evidence->lo = interval.lo;
    evidence->hi = interval.hi;
}
