/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gain.h"

#include <math.h>

#define GAIN_SAME  1e-9  /* of a level: computed in another order */
#define GAIN_WHOLE 0.005 /* relative: a gain from there is one of the whole log */

/**
 * errata_gain_is_loss:
 * @metric: (nullable): its name
 *
 * Returns: whether less of it is better
 */
gboolean
errata_gain_is_loss(const char *metric)
{
    static const char *const losses[] =
        {"log_loss", "brier", "cost", "mean_cost", "mae", "rmse", "ece", NULL};

    return metric != NULL &&
           (g_strv_contains(losses, metric) || g_str_has_suffix(metric, "_difference"));
}

/* of all metrics that a gain is told in, these have no upper end at 1 */
static double
gain_most(const char *metric)
{
    static const char *const open[] = {"log_loss", "cost", "mean_cost", "mae", "rmse", NULL};

    return g_strv_contains(open, metric) ? (double)INFINITY : 1.0;
}

/**
 * errata_gain_of:
 * @report: has the metrics with their intervals
 * @suggestion: one of a finding of it
 *
 * The level before has the interval of the report's metric, where it is that metric; NaN where it
 * is a level of some rows only. The level after is the level before and the gain, and however the
 * two go together its standard error is no more than the sum of theirs (Cauchy–Schwarz): its
 * interval adds up their half-widths, and is too wide rather than too narrow.
 */
ErrataGain
errata_gain_of(const ErrataCase *report, const ErrataSuggestion *suggestion)
{
    const double none = (double)NAN;
    ErrataGain gain = {none, none, none, none, none, none, none};
    const ErrataMetric *now;
    gboolean loss = errata_gain_is_loss(suggestion->metric);
    double difference = suggestion->to - suggestion->from;

    if (suggestion->metric == NULL)
        return gain;
    gain.value = loss ? -difference : difference;
    gain.lo = suggestion->lo;
    gain.hi = suggestion->hi;
    now = errata_case_metric(report, suggestion->metric);
    if (now == NULL || !(fabs(now->value - suggestion->from) <= GAIN_SAME * fabs(now->value)))
        return gain;
    gain.from_lo = now->lo;
    gain.from_hi = now->hi;
    gain.to_lo = now->lo + (loss ? -gain.hi : gain.lo);
    gain.to_hi = now->hi + (loss ? -gain.lo : gain.hi);
    if (isfinite(gain.to_lo))
        gain.to_lo = CLAMP(gain.to_lo, 0.0, suggestion->to);
    if (isfinite(gain.to_hi))
        gain.to_hi =
            CLAMP(gain.to_hi, suggestion->to, fmax(gain_most(suggestion->metric), suggestion->to));
    return gain;
}

/**
 * errata_gain_is_whole:
 * @suggestion: with a gain
 * @now: its metric, as the report has it
 *
 * Returns: whether the gain is one of the whole log, not of some rows only
 */
gboolean
errata_gain_is_whole(const ErrataSuggestion *suggestion, const ErrataMetric *now)
{
    return fabs(suggestion->from - now->value) <= GAIN_WHOLE * fabs(now->value);
}

/**
 * errata_gain_measured:
 * @report: has the metrics
 * @finding: one of it
 * @metric: whose gain it is
 * @delta: what mending it was expected to give
 *
 * Returns: @delta, or what a remedy was measured to gain of the same metric of the whole log where
 *   that is more than the group was expected to: nothing may promise less than the remedy beside
 *   it. To leave rows to a person mends nothing
 */
double
errata_gain_measured(const ErrataCase *report,
                     const ErrataFinding *finding,
                     const char *metric,
                     double delta)
{
    const ErrataMetric *now = errata_case_metric(report, metric);
    const gboolean group = finding->kind == ERRATA_FINDING_SLICE ||
                           finding->kind == ERRATA_FINDING_CLUSTER;
    double best = delta;

    for (guint i = 0; group && now != NULL && i < finding->suggestions->len; i++) {
        const ErrataSuggestion *suggestion = g_ptr_array_index(finding->suggestions, i);
        const double rise = suggestion->to - suggestion->from;
        const double size = errata_gain_is_loss(metric) ? -rise : rise;

        if (suggestion->upper_bound || g_strcmp0(suggestion->metric, metric) != 0 ||
            g_strcmp0(suggestion->action, "abstain-route") == 0 ||
            !errata_gain_is_whole(suggestion, now))
            continue;
        if (size > fabs(best))
            best = copysign(size, delta);
    }
    return best;
}
