/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "case.h"

G_BEGIN_DECLS

/**
 * ErrataGain:
 * @value: by how much the metric gets better: to − from where more is better, from − to where less
 *   is; NaN where it was not computed
 * @lo: lower end of its 95 % interval, or NaN
 * @hi: upper end
 * @from_lo: of the level before
 * @from_hi: likewise
 * @to_lo: of the level after
 * @to_hi: likewise
 *
 * What a suggestion gains, and the levels before and after, each with an interval of its own: that
 * of a difference says nothing of a level.
 */
typedef struct {
    double value;
    double lo;
    double hi;
    double from_lo;
    double from_hi;
    double to_lo;
    double to_hi;
} ErrataGain;

ErrataGain errata_gain_of(const ErrataCase *report, const ErrataSuggestion *suggestion);
gboolean errata_gain_is_loss(const char *metric);
gboolean errata_gain_is_whole(const ErrataSuggestion *suggestion, const ErrataMetric *now);
double errata_gain_measured(const ErrataCase *report,
                            const ErrataFinding *finding,
                            const char *metric,
                            double delta);

G_END_DECLS
