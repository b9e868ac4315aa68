/* SPDX-License-Identifier: GPL-3.0-or-later */
/* By what a stretch of a column that wanders came multiplied: by likelihood. Its two ends and the
 * steps from row to row each tell the factor with an error that is known, so their squared
 * distances add up to a χ². The free factor of the least χ² has an interval; a unit is told where
 * it fits about as well and no other does. Factors that are too near to be told apart are both
 * named; what no unit has is told as the number that it is. */
#include <math.h>

#include "data-bugs-wander.h"

#define FACTOR_FIT   12.0  /* χ² of an explanation, at most */
#define FACTOR_NEAR  9.0   /* … and beyond that of the best factor */
#define FACTOR_99    6.63  /* χ² of one degree of freedom: the interval */
#define FACTOR_CLEAR 4.0   /* by which the next explanation must be worse */
#define FACTOR_PRIOR 100.0 /* χ² that a prior of 1 is worth */
#define FACTOR_PLAIN 3.0   /* … that a number of one digit costs, which the world likes */
#define FACTOR_MOST  9.0   /* of the logarithm */
#define FACTOR_STEP  0.01
#define FACTOR_FINE  0.0005
#define FACTOR_ALIKE 0.005 /* of the logarithm: the same factor */
#define FACTOR_APART 1.25  /* times as large or as small, that are told as a number */
#define FACTOR_SHARP 1.3   /* upper end of its interval over its lower end */

double
errata_data_bugs_wander_gap(const WanderEnds *ends, guint end, const ErrataUnitFactor *factor)
{
    double inside = ends->inside[end], outside = ends->outside[end];

    if (!ends->is_there[end])
        return 0.0;
    if (!errata_unit_factor_holds(factor, inside, inside))
        return (double)INFINITY;
    inside = errata_unit_factor_undo(factor, inside);
    if (!ends->logs)
        return fabs(inside - outside) / ends->step[end];
    return inside > 0.0 && outside > 0.0 ? fabs(log(inside / outside)) / ends->step[end]
                                         : (double)INFINITY;
}

/* logarithm of how many times as long steps are that came by a factor */
static double
factor_times(const WanderEnds *ends, const ErrataUnitFactor *factor)
{
    double sum = 0.0;
    guint n = 0;

    for (guint e = 0; e < 2; e++) {
        sum -= ends->is_there[e] ? log(errata_unit_factor_slope(factor, ends->inside[e])) : 0.0;
        n += ends->is_there[e] ? 1 : 0;
    }
    return sum / MAX(n, 1);
}

/* χ² of a factor; infinite: it cannot have been */
static double
factor_chi2(const WanderEnds *ends, const ErrataUnitFactor *factor)
{
    double sum = pow(errata_data_bugs_wander_gap(ends, 0, factor), 2.0) +
                 pow(errata_data_bugs_wander_gap(ends, 1, factor), 2.0);

    if (isfinite(ends->times / ends->times_step))
        sum += pow((ends->times - factor_times(ends, factor)) / ends->times_step, 2.0);
    return isnan(sum) ? (double)INFINITY : sum;
}

static double
factor_chi2_of(const WanderEnds *ends, double log_scale)
{
    const ErrataUnitFactor factor = {ERRATA_UNIT_LINEAR, exp(log_scale), 0.0, 0.0};

    return factor_chi2(ends, &factor);
}

/* the factor of the least χ², which is returned, with its 99 % interval */
static double
factor_measure(const WanderEnds *ends, ErrataUnitMeasure *ret)
{
    double best = 0.0, least = (double)INFINITY, lo, hi;

    for (double x = -FACTOR_MOST; x <= FACTOR_MOST; x += FACTOR_STEP)
        if (factor_chi2_of(ends, x) < least) {
            least = factor_chi2_of(ends, x);
            best = x;
        }
    lo = best - FACTOR_STEP;
    hi = best + FACTOR_STEP;
    for (double x = lo; x <= hi; x += FACTOR_FINE)
        if (factor_chi2_of(ends, x) < least) {
            least = factor_chi2_of(ends, x);
            best = x;
        }
    for (lo = best; lo > -FACTOR_MOST && factor_chi2_of(ends, lo) < least + FACTOR_99;)
        lo -= FACTOR_FINE;
    for (hi = best; hi < FACTOR_MOST && factor_chi2_of(ends, hi) < least + FACTOR_99;)
        hi += FACTOR_FINE;
    *ret = (ErrataUnitMeasure){exp(best), exp(lo), exp(hi)};
    return least;
}

static gboolean
factor_is_same(const ErrataUnitFactor *a, const ErrataUnitFactor *b)
{
    return a->kind == b->kind && !(fabs(a->offset - b->offset) > 0.0) &&
           fabs(log(a->scale / b->scale)) < FACTOR_ALIKE;
}

/* the unit that is likeliest, and the cost of it; @ret_other: the next, and that of it */
static const ErrataUnitFactor *
factor_unit(const WanderEnds *ends,
            double least,
            double *ret_cost,
            const ErrataUnitFactor **ret_other,
            double *ret_next)
{
    const ErrataUnitFactor *best = NULL;

    *ret_cost = *ret_next = (double)INFINITY;
    *ret_other = NULL;
    for (guint i = 0; i < errata_unit_factor_count(); i++) {
        const ErrataUnitFactor *unit = errata_unit_factor(i);
        double chi2 = factor_chi2(ends, unit), cost = chi2 + FACTOR_PRIOR * unit->prior;

        if (chi2 > FACTOR_FIT || chi2 > least + FACTOR_NEAR)
            continue;
        if (cost < *ret_cost) {
            *ret_next = *ret_cost;
            *ret_other = best;
            *ret_cost = cost;
            best = unit;
        } else if (cost < *ret_next) {
            *ret_next = cost;
            *ret_other = unit;
        }
    }
    return best;
}

/* whether a number has one digit, or is one over such a number */
static gboolean
factor_is_plain(double scale)
{
    double times = exp(fabs(log(scale)));

    return times < 9.5 && fabs(times - round(times)) < 1e-9;
}

/* a free factor, told as a number of few digits */
static WanderFactor
factor_number(const ErrataUnitMeasure *measured, double least, const ErrataUnitFactor *number)
{
    WanderFactor found = {.measured = *measured, .other = *number};
    gboolean apart = measured->lo > FACTOR_APART || measured->hi < 1.0 / FACTOR_APART;

    found.is_number = apart && measured->hi < FACTOR_SHARP * measured->lo && least <= FACTOR_FIT;
    return found;
}

/* what explains a stretch: see above */
WanderFactor
errata_data_bugs_wander_factor(const WanderEnds *ends)
{
    WanderFactor found = {.unit = NULL};
    double least = factor_measure(ends, &found.measured), cost, next, plain;
    ErrataUnitFactor number = errata_unit_none;
    const ErrataUnitFactor *other;

    found.unit = factor_unit(ends, least, &cost, &other, &next);
    number.scale = errata_data_bugs_units_snap(&found.measured);
    if (found.unit == NULL)
        return factor_number(&found.measured, least, &number);
    plain = factor_is_plain(number.scale) && !factor_is_same(&number, found.unit)
                ? factor_chi2(ends, &number) + FACTOR_PLAIN
                : (double)INFINITY;
    if (plain + FACTOR_CLEAR < cost)
        return factor_number(&found.measured, least, &number);
    if (plain < next) {
        next = plain;
        other = &number;
    }
    if (other != NULL &&
        (next < cost + FACTOR_CLEAR ||
         (other == &number && errata_data_bugs_units_is_round(found.unit, &found.measured))))
        found.other = *other;
    return found;
}
