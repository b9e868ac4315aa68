/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "case.h"

G_BEGIN_DECLS

/**
 * ErrataVerdictGroups:
 * @n: groups of note, without those that are a part of another
 * @rows: share of rows in any of them
 * @errors: share of the errors in any of them, else the sum of their shares
 * @exact: @errors is exact, else a bound
 * @gain: what mending them would give at most; @gain_one what mending the best of them would
 * @apart: no row is in two of them
 */
typedef struct {
    guint n;
    double rows;
    double errors;
    double gain;
    double gain_one;
    gboolean apart;
    gboolean exact;
} ErrataVerdictGroups;

double errata_verdict_gain(const ErrataCase *report, const ErrataFinding *finding);
ErrataVerdictGroups errata_verdict_groups(const ErrataCase *report);

G_END_DECLS
