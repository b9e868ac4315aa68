/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a stretch of rows of a column came in another unit. It is compared with the rows around
 * it under every factor that turns one unit into another; one that explains it is reported with
 * ends dated on rows. */
#include <math.h>
#include <string.h>

#include "data-bugs-units.h"
#include "distances.h"
#include "select.h"
#include "sort.h"
#include "unit-factor.h"

#define UNITS_STRETCHES  8    /* looked at per column and scale */
#define UNITS_AROUND     6000 /* rows on either side */
#define UNITS_LEAST      30   /* values of a stretch, and ten times that around it */
#define UNITS_PART       0.5  /* cost of the factor against that of none */
#define UNITS_NEAR       0.1  /* more than the least cost, where decimals decide */
#define UNITS_OFF        0.5 /* of the values, undone, off the decimals of the column: a wrong factor … */
#define UNITS_ON         0.05  /* … and the most for a right one */
#define UNITS_DIFFERENCE 0.1   /* cost of none that is worth a look */
#define UNITS_CAP        7.0   /* of a row's log ratio */
#define UNITS_LATTICE    40.0  /* counts in the middle half: of more, any may be the next */
#define UNITS_LARGE      500.0 /* a count from here on is not whole by a factor of four digits */
#define UNITS_RULE       0.2   /* of the rows, from the first on: that is the usual unit */
#define UNITS_APART      0.25  /* cost of none for a stretch that lasts */
#define UNITS_FAR        0.5   /* from here on it need not fit as well */
#define UNITS_FIT        1.36  /* of the noise of two samples */
#define UNITS_SURE       1.63  /* of that noise: p of 0.01 */
#define UNITS_STEADY     1.95 /* of the noise of the surroundings' halves: they stay where they are */
#define UNITS_GRID       30   /* factors nearby, on either side … */
#define UNITS_GRID_STEP  0.01 /* … of so much each */
#define UNITS_BESIDE     600  /* values at either side that a factor is measured against */
#define UNITS_FIT_PART   0.2  /* of the cost of none, between the rows on either side */
#define UNITS_ROUNDS     4    /* of dating a stretch that goes on */
#define UNITS_MORE       600  /* rows at either side of an end */
#define UNITS_WIDER      1.5  /* times, at most */
#define UNITS_ROUND      0.01 /* of the logarithm: too near to tell a unit from a round number */
#define UNITS_PLAIN      0.05 /* likewise, of a number of one digit, which the world likes */
#define UNITS_SUDDEN     4.0  /* standard deviations of the column's other jumps */

/* share of the values that are no counts, never none or all */
static double
units_part_broken(const double *values, gsize n)
{
    gsize n_broken = 0;

    for (gsize i = 0; i < n; i++)
        n_broken += units_is_whole(values[i]) ? 0 : 1;
    return ((double)n_broken + 0.5) / ((double)n + 1.0);
}

/* whether the values undone are counts. Of a few thousand, a unit of four digits does not tell the
 * last one: where what came is no count, that is not held against it */
static gsize
units_off_counts(const UnitsStretch *stretch, const ErrataUnitFactor *factor)
{
    gboolean rough = !errata_unit_factor_is_exact(factor) &&
                     units_part_broken(stretch->inside, stretch->n_inside) > 0.5;
    gsize n_off = 0;

    for (gsize i = 0; i < stretch->n_inside; i++) {
        double value = errata_unit_factor_undo(factor, stretch->inside[i]);

        n_off += units_is_whole(value) || (rough && fabs(value) >= UNITS_LARGE) ? 0 : 1;
    }
    return n_off;
}

static double
units_cost(const Units *self, const UnitsStretch *stretch, const ErrataUnitFactor *factor)
{
    double cost = errata_unit_factor_distance(factor,
                                              stretch->inside,
                                              stretch->n_inside,
                                              stretch->around,
                                              stretch->n_around);
    gsize n_off = self->counts ? units_off_counts(stretch, factor) : 0;

    return cost + 0.5 * (double)n_off / (double)stretch->n_inside + factor->prior;
}

/* whether a place lies in a stretch that was reported: it tells nothing of what is usual */
static gboolean
units_is_found(const Units *self, gsize place)
{
    for (guint i = 0; i < MIN(self->n_found, UNITS_FOUND); i++)
        if (place >= self->found[i][0] && place < self->found[i][1])
            return TRUE;
    return FALSE;
}

gsize
errata_data_bugs_units_gather(const Units *self, gsize from, gsize to, double *values)
{
    gsize n = 0;

    for (gsize i = from; i < to; i++) {
        double value = errata_column_number(self->column, self->order[i]);

        if (!isnan(value) && !units_is_found(self, i))
            values[n++] = value;
    }
    return n;
}

void
errata_data_bugs_units_clear(UnitsStretch *stretch)
{
    g_clear_pointer(&stretch->inside, g_free);
    g_clear_pointer(&stretch->around, g_free);
}

static double
units_distance(const double *a, gsize n_a, const double *b, gsize n_b)
{
    return errata_unit_factor_distance(&errata_unit_none, a, n_a, b, n_b);
}

void
errata_data_bugs_units_load(const Units *self, UnitsStretch *stretch, gsize block)
{
    gsize left = stretch->from > block ? stretch->from - block : 0;
    gsize right = MIN(stretch->to + block, self->n_rows);
    gsize reach = stretch->near
                      ? CLAMP(stretch->to - stretch->from, (gsize)UNITS_BESIDE, UNITS_AROUND)
                      : UNITS_AROUND;
    gsize first = left > reach ? left - reach : 0;
    gsize last = MIN(right + reach, self->n_rows);
    gsize middle;

    stretch->inside = g_new(double, MIN(stretch->to - stretch->from, 2 * UNITS_AROUND) + 1);
    if (stretch->to - stretch->from <= 2 * UNITS_AROUND) {
        stretch->n_inside =
            errata_data_bugs_units_gather(self, stretch->from, stretch->to, stretch->inside);
    } else { /* its ends are as good as all of it */
        stretch->n_inside = errata_data_bugs_units_gather(self,
                                                          stretch->from,
                                                          stretch->from + UNITS_AROUND,
                                                          stretch->inside);
        stretch->n_inside += errata_data_bugs_units_gather(self,
                                                           stretch->to - UNITS_AROUND,
                                                           stretch->to,
                                                           stretch->inside + stretch->n_inside);
    }
    stretch->around = g_new(double, left - first + last - right + 1);
    stretch->n_around = errata_data_bugs_units_gather(self, first, left, stretch->around);
    middle = stretch->n_around;
    stretch->n_around += errata_data_bugs_units_gather(self, right, last, stretch->around + middle);
    if (middle < stretch->n_around / 5 || middle > stretch->n_around * 4 / 5)
        middle = stretch->n_around / 2;
    errata_sort_values(stretch->inside, stretch->n_inside);
    errata_sort_values(stretch->around, middle);
    errata_sort_values(stretch->around + middle, stretch->n_around - middle);
    stretch->unstable = units_distance(stretch->around,
                                       middle,
                                       stretch->around + middle,
                                       stretch->n_around - middle);
    errata_sort_values(stretch->around, stretch->n_around);
}

/* whether values are as far from one another as those in degrees around are: what came in kelvins
 * is */
static gboolean
units_is_as_wide(const UnitsStretch *stretch)
{
    double inside = errata_sort_quantile(stretch->inside, stretch->n_inside, 0.75) -
                    errata_sort_quantile(stretch->inside, stretch->n_inside, 0.25);
    double around = errata_sort_quantile(stretch->around, stretch->n_around, 0.75) -
                    errata_sort_quantile(stretch->around, stretch->n_around, 0.25);

    return inside <= UNITS_WIDER * around && around <= UNITS_WIDER * inside;
}

/* whether the values can have come by a factor */
static gboolean
units_holds(const UnitsStretch *stretch, const ErrataUnitFactor *factor)
{
    gboolean moved = factor->kind == ERRATA_UNIT_LINEAR && !(fabs(factor->scale - 1.0) > 0.0);

    return errata_unit_factor_holds(factor,
                                    stretch->inside[0],
                                    stretch->inside[stretch->n_inside - 1]) &&
           (!moved || units_is_as_wide(stretch));
}

/* of factors that explain a stretch about as well as @best, such as 24 and 25.4, that which puts
 * rounded values back on the decimals that the column has */
static const ErrataUnitFactor *
units_by_decimals(const Units *self,
                  const UnitsStretch *stretch,
                  const ErrataUnitFactor *best,
                  double *cost)
{
    double step = errata_unit_lattice(stretch->around, stretch->n_around);
    double near = *cost + UNITS_NEAR;

    if (!(step > 0.0) ||
        errata_unit_factor_off(best, stretch->inside, stretch->n_inside, step) < UNITS_OFF)
        return best;
    for (guint i = 0; i < errata_unit_factor_count(); i++) {
        const ErrataUnitFactor *factor = errata_unit_factor(i);
        double own;

        if (!units_holds(stretch, factor) ||
            errata_unit_factor_off(factor, stretch->inside, stretch->n_inside, step) > UNITS_ON)
            continue;
        own = units_cost(self, stretch, factor);
        if (own > near)
            continue;
        *cost = near = own;
        best = factor;
    }
    return best;
}

/* the factor that explains the stretch best, with its cost */
static const ErrataUnitFactor *
units_best(const Units *self, const UnitsStretch *stretch, double *ret_cost)
{
    const ErrataUnitFactor *best = NULL;

    for (guint i = 0; i < errata_unit_factor_count(); i++) {
        const ErrataUnitFactor *factor = errata_unit_factor(i);
        double cost;

        if (!units_holds(stretch, factor))
            continue;
        cost = units_cost(self, stretch, factor);
        if (best != NULL && cost >= *ret_cost)
            continue;
        *ret_cost = cost;
        best = factor;
    }
    return self->counts ? best : units_by_decimals(self, stretch, best, ret_cost);
}

static gboolean
units_has_rows(const UnitsStretch *stretch)
{
    return stretch->n_inside >= UNITS_LEAST && stretch->n_around >= 10 * UNITS_LEAST;
}

/* how far the level, or the share that is not whole, of the rows behind a place is from that of the
 * rows in front of it */
static double
units_jump(const Units *self, gsize at, gsize reach, gboolean whole)
{
    const guint32 *row = self->order + at;

    return whole ? fabs(errata_data_bugs_units_share_broken(self, row, reach) -
                        errata_data_bugs_units_share_broken(self, row - reach, reach))
                 : fabs(errata_data_bugs_units_mean_score(self, row, reach) -
                        errata_data_bugs_units_mean_score(self, row - reach, reach));
}

/* by how much the column's level changes from some rows to the next where no end is: a column that
 * wanders changes much, and no end of its stretches is sudden */
static double
units_usual_jump(const Units *self, const UnitsStretch *stretch, gsize reach, gboolean whole)
{
    static const double at[] = {0.5, 0.9};
    g_autofree double *jump = g_new(double, self->n_rows / reach + 1);
    double floor = (whole ? 0.1 : 0.7) * sqrt(2.0 / (double)reach);
    double quantile[G_N_ELEMENTS(at)] = {0.0};
    gsize n = 0;

    for (gsize i = reach; i + reach <= self->n_rows; i += reach)
        if ((i + reach <= stretch->from || i >= stretch->from + reach) &&
            (i + reach <= stretch->to || i >= stretch->to + reach))
            jump[n++] = units_jump(self, i, reach, whole);
    if (n > 0)
        errata_select_quantiles(jump, n, at, G_N_ELEMENTS(at), quantile);
    return MAX(MAX(quantile[0] / 0.6745, quantile[1] / 1.645), floor);
}

/* the factor between a stretch and the rows right beside it, its interval wider by as much as these
 * differ from one another: before and behind it, or, at an end of the log, nearer and further
 * off */
gboolean
errata_data_bugs_units_measure(const Units *self,
                               const UnitsStretch *stretch,
                               ErrataUnitMeasure *ret)
{
    gsize width = MAX(stretch->n_inside, (gsize)UNITS_BESIDE), before, behind;
    g_autofree double *beside = NULL;
    ErrataUnitMeasure apart = {1.0, 1.0, 1.0};
    gsize n[2];

    width = MIN(width, (gsize)UNITS_AROUND);
    before = MIN(stretch->from, width);
    behind = MIN(self->n_rows - stretch->to, width);
    beside = g_new(double, before + behind + 1);
    n[0] = errata_data_bugs_units_gather(self, stretch->from - before, stretch->from, beside);
    n[1] = errata_data_bugs_units_gather(self, stretch->to, stretch->to + behind, beside + n[0]);
    if (MIN(n[0], n[1]) < UNITS_LEAST) {
        n[1] += n[0];
        n[0] = n[1] / 2;
        n[1] -= n[0];
    }
    errata_sort_values(beside, n[0]);
    errata_sort_values(beside + n[0], n[1]);
    if (!errata_unit_measure(beside, n[0], beside + n[0], n[1], &apart))
        return FALSE;
    errata_sort_values(beside, n[0] + n[1]);
    if (!errata_unit_measure(stretch->inside, stretch->n_inside, beside, n[0] + n[1], ret))
        return FALSE;
    ret->lo *= MIN(apart.factor, 1.0 / apart.factor);
    ret->hi *= MAX(apart.factor, 1.0 / apart.factor);
    return TRUE;
}

/* the distance that is left if each row had as much more, or less, as the middle one has */
static double
units_shift_distance(const UnitsStretch *stretch)
{
    ErrataUnitFactor shift = errata_unit_none;

    shift.offset = errata_sort_quantile(stretch->inside, stretch->n_inside, 0.5) -
                   errata_sort_quantile(stretch->around, stretch->n_around, 0.5);
    return errata_unit_factor_distance(&shift,
                                       stretch->inside,
                                       stretch->n_inside,
                                       stretch->around,
                                       stretch->n_around);
}

/* whether another factor nearby, that no unit has, fits far better: then the column grew, and the
 * nearest unit is beside the point. Told apart where there are rows enough. Degrees of another
 * scale must fit better than a plain shift, which many a pair of them is near to. */
static gboolean
units_is_growth(const UnitsStretch *stretch, const ErrataUnitFactor *factor)
{
    double noise = sqrt(1.0 / (double)stretch->n_inside + 1.0 / (double)stretch->n_around);
    double own = errata_unit_factor_distance(factor,
                                             stretch->inside,
                                             stretch->n_inside,
                                             stretch->around,
                                             stretch->n_around);
    double least = own;

    if (factor->kind != ERRATA_UNIT_LINEAR)
        return FALSE;
    if (fabs(factor->offset) > 0.0 && fabs(factor->scale - 1.0) > 0.0)
        return units_shift_distance(stretch) <= own;
    if (own <= UNITS_SURE * noise)
        return FALSE;
    if (fabs(factor->offset) > 0.0)
        return units_shift_distance(stretch) < UNITS_PART * own;
    for (int step = -UNITS_GRID; step <= UNITS_GRID; step++) {
        ErrataUnitFactor other = *factor;

        other.scale *= exp(UNITS_GRID_STEP * step);
        least = fmin(least,
                     errata_unit_factor_distance(&other,
                                                 stretch->inside,
                                                 stretch->n_inside,
                                                 stretch->around,
                                                 stretch->n_around));
    }
    return least < UNITS_PART * own;
}

/* whether a factor is what the stretch, its ends dated, needs: half the cost of none, in
 * surroundings that are alike themselves, and no further off than two samples of these sizes. One
 * that lasts and is not far from what was there must fit as a sample does: drift moves columns,
 * too. Values that follow those before them make a sample of fewer */
static gboolean
units_explains(const Units *self,
               const UnitsStretch *stretch,
               const ErrataUnitFactor *factor,
               double cost,
               double none)
{
    double noise = sqrt(1.0 / (double)stretch->n_inside + 1.0 / (double)stretch->n_around);
    double off = cost - factor->prior;
    gsize reach = MIN((gsize)UNITS_BLOCK, stretch->to - stretch->from);
    double wander = units_usual_jump(self, stretch, reach, FALSE) / sqrt(2.0 / (double)reach);

    if (none < (self->lasts ? UNITS_APART : UNITS_DIFFERENCE) || !(cost < UNITS_PART * none) ||
        stretch->unstable > UNITS_PART * none)
        return FALSE;
    if (self->lasts && none < UNITS_FAR)
        return off <= UNITS_FIT * noise && stretch->unstable <= UNITS_FIT_PART * none;
    return off <= 2.2 * noise * MAX(wander, 1.0) + 0.03 + stretch->unstable;
}

/* whether the column changes at either end, from so many rows to the next, by more than it does
 * elsewhere */
static gboolean
units_jumps(const Units *self, const UnitsStretch *stretch, gsize reach)
{
    gboolean broken = self->counts && self->column->type == ERRATA_COLUMN_F64;

    for (guint whole = 0; whole < (broken ? 2 : 1); whole++) {
        double usual = UNITS_SUDDEN * units_usual_jump(self, stretch, reach, whole != 0);
        gboolean begins = stretch->from < reach ||
                          units_jump(self, stretch->from, reach, whole != 0) > usual;
        gboolean ends = stretch->to + reach > self->n_rows ||
                        units_jump(self, stretch->to, reach, whole != 0) > usual;

        if (begins && ends)
            return TRUE;
    }
    return FALSE;
}

/* likewise at once; where blocks were looked at together, the factor is small and only more rows
 * tell */
static gboolean
units_is_sudden(const Units *self, const UnitsStretch *stretch, gsize block)
{
    gsize n = stretch->to - stretch->from;

    return units_jumps(self, stretch, MIN((gsize)UNITS_BLOCK, n)) ||
           (block > UNITS_BLOCK && n > UNITS_BLOCK &&
            units_jumps(self, stretch, MIN((gsize)UNITS_MORE, n)));
}

static double
units_near(const UnitsStretch *stretch, double value, double width)
{
    return 0.5 + (double)(errata_sort_below(stretch->around, stretch->n_around, value + width) -
                          errata_sort_below(stretch->around, stretch->n_around, value - width));
}

/* log of the density of the value undone against that of the value as it stands. Few counts lie on
 * their
 * @lattice when they are undone; otherwise both windows are alike in measure and no narrower than
 *   @width */
static double
units_log_ratio(const UnitsStretch *stretch,
                const ErrataUnitFactor *factor,
                double value,
                double width,
                gboolean lattice)
{
    double slope = errata_unit_factor_slope(factor, value);
    double wider = lattice ? 1.0 : CLAMP(1.0 / slope, 1.0, 1e9);

    return log(units_near(stretch, errata_unit_factor_undo(factor, value), wider * width * slope) /
               units_near(stretch, value, wider * width));
}

/* the ends: the run of rows with the largest sum of log ratios, the density of the value undone
 * against that of the value as it stands, both from the rows around. TRUE: it may go on further
 * out */
gboolean
errata_data_bugs_units_date(const Units *self,
                            UnitsStretch *stretch,
                            const ErrataUnitFactor *factor,
                            gsize block)
{
    gsize begin = stretch->from > 2 * block ? stretch->from - 2 * block : 0;
    gsize end = MIN(stretch->to + 2 * block, self->n_rows);
    double spread = errata_sort_quantile(stretch->around, stretch->n_around, 0.75) -
                    errata_sort_quantile(stretch->around, stretch->n_around, 0.25);
    gboolean lattice = self->counts && spread <= UNITS_LATTICE;
    double width = lattice ? 0.3 : MAX(0.05 * spread, 1e-12);
    double inside = units_part_broken(stretch->inside, stretch->n_inside);
    double around = units_part_broken(stretch->around, stretch->n_around);
    double sum = 0.0;
    double most = 0.0;
    gsize start = begin;

    for (gsize i = begin; i < end; i++) {
        double value = errata_column_number(self->column, self->order[i]);
        double ratio;

        if (isnan(value))
            continue;
        if (!(sum > 0.0)) {
            sum = 0.0;
            start = i;
        }
        ratio = units_log_ratio(stretch, factor, value, width, lattice);
        if (!lattice) /* what is no count tells more than its size, where the others are counts */
            ratio += units_is_whole(value) ? log((1.0 - inside) / (1.0 - around))
                                           : log(inside / around);
        sum += CLAMP(ratio, -UNITS_CAP, UNITS_CAP);
        if (sum > most) {
            most = sum;
            stretch->from = start;
            stretch->to = i + 1;
        }
    }
    return (begin > 0 && stretch->from < begin + UNITS_LEAST) ||
           (end < self->n_rows && stretch->to + UNITS_LEAST > end);
}

/* whether a round number explains what was measured about as well as a rare unit's factor: twice as
 * much is no knot */
gboolean
errata_data_bugs_units_is_round(const ErrataUnitFactor *factor, const ErrataUnitMeasure *measured)
{
    double round = errata_data_bugs_units_snap(measured);
    double times = exp(fabs(log(round)));
    double digit = times / pow(10.0, floor(log10(times) + 1e-9));
    double slack = fabs(digit - nearbyint(digit)) < 1e-6 ? UNITS_PLAIN : -UNITS_ROUND;

    return factor->prior >= ERRATA_UNIT_RARE && fabs(log(round / factor->scale)) > UNITS_ROUND &&
           fabs(log(round / measured->factor)) <
               fabs(log(factor->scale / measured->factor)) + slack;
}

/* whether as much more or less in every row explains the stretch as a sample is explained: a column
 * that varies by little for its level is multiplied by little as if it had moved, and what it
 * measures may have. Decimals that it has only once the factor is undone tell a unit */
static gboolean
units_is_shift(const UnitsStretch *stretch, const ErrataUnitFactor *factor)
{
    double noise = sqrt(1.0 / (double)stretch->n_inside + 1.0 / (double)stretch->n_around);
    double step = errata_unit_lattice(stretch->around, stretch->n_around);

    if (step > 0.0 &&
        errata_unit_factor_off(&errata_unit_none, stretch->inside, stretch->n_inside, step) >
            UNITS_OFF &&
        errata_unit_factor_off(factor, stretch->inside, stretch->n_inside, step) < UNITS_ON)
        return FALSE;
    return units_shift_distance(stretch) <= UNITS_FIT * noise;
}

/* FALSE: a factor that is not the unit's, and may be one that no unit has */
static gboolean
units_add(Units *self, const UnitsStretch *stretch, const ErrataUnitFactor *factor, double none)
{
    ErrataUnitMeasure measured = {(double)NAN, (double)NAN, (double)NAN};
    gboolean is_measured = !errata_unit_factor_is_exact(factor) &&
                           errata_data_bugs_units_measure(self, stretch, &measured);
    gboolean grew = units_is_growth(stretch, factor) || factor->scale < measured.lo ||
                    factor->scale > measured.hi ||
                    (is_measured && errata_data_bugs_units_is_round(factor, &measured));
    ErrataDataBug *bug;

    if (grew && errata_data_bugs_units_returns(self, stretch))
        return FALSE;
    bug = errata_data_bugs_add_unit(self->bugs,
                                    self->index,
                                    self->rows,
                                    stretch->from,
                                    stretch->to,
                                    factor);
    bug->p = MIN(errata_distances_ks_p(MIN(none, 1.0), stretch->n_inside, stretch->n_around) *
                     (double)self->n_rows / UNITS_BLOCK,
                 1.0);
    bug->test = "Kolmogorov–Smirnov, all blocks counted";
    bug->grew = grew;
    bug->factor_lo = measured.lo;
    bug->factor_hi = measured.hi;
    bug->unsure = is_measured && units_is_shift(stretch, factor);
    if (is_measured && (bug->unsure || stretch->to == self->n_rows))
        errata_data_bugs_doubt_unit(self->bugs, bug, factor, &measured);
    return TRUE;
}

/* the column's values in the first rows of the reference, sorted; %NULL: too few */
static double *
units_reference(const Units *self, gsize *ret_n)
{
    const ErrataFrame *reference = self->bugs->analysis->reference;
    const ErrataColumn *usual = reference != NULL
                                    ? errata_frame_find(reference, self->column->name, NULL)
                                    : NULL;
    g_autofree double *values = NULL;
    gsize n = 0;

    if (usual == NULL || !errata_column_is_numeric(usual))
        return NULL;
    values = g_new(double, MIN(usual->n_rows, 2 * UNITS_AROUND) + 1);
    for (gsize row = 0; row < MIN(usual->n_rows, 2 * UNITS_AROUND); row++) {
        values[n] = errata_column_number(usual, row);
        n += isnan(values[n]) ? 0 : 1;
    }
    if (n < UNITS_LEAST)
        return NULL;
    errata_sort_values(values, n);
    *ret_n = n;
    return g_steal_pointer(&values);
}

/* whether the rows before the first step are unlike the reference and those after it like it */
gboolean
errata_data_bugs_units_begins_wrong(const Units *self, const gsize *cut)
{
    gsize n = 0, n_before, n_after;
    g_autofree double *values = units_reference(self, &n);
    g_autofree double *before = NULL;
    g_autofree double *after = NULL;

    if (values == NULL)
        return FALSE;
    before = g_new(double, UNITS_AROUND + 1);
    after = g_new(double, UNITS_AROUND + 1);
    n_before = errata_data_bugs_units_gather(self, 0, MIN(cut[1], UNITS_AROUND), before);
    n_after =
        errata_data_bugs_units_gather(self, cut[1], MIN(cut[2], cut[1] + UNITS_AROUND), after);
    if (n_before < UNITS_LEAST || n_after < UNITS_LEAST)
        return FALSE;
    errata_sort_values(before, n_before);
    errata_sort_values(after, n_after);
    return units_distance(before, n_before, values, n) >
           2.0 * units_distance(after, n_after, values, n);
}

/* a long stretch from the first row on: what came later is the other unit, unless the reference
 * knows better */
static gboolean
units_is_the_rule(const Units *self, const UnitsStretch *stretch)
{
    const gsize cut[] = {0, stretch->to, self->n_rows};

    return stretch->from < UNITS_LEAST && (double)stretch->to > UNITS_RULE * (double)self->n_rows &&
           !errata_data_bugs_units_begins_wrong(self, cut);
}

/* whether the rows from one to another are nearer to a stretch than so much of what they are to the
 * rows around it */
static gboolean
units_resemble(const Units *self, const UnitsStretch *stretch, gsize from, gsize to, double part)
{
    gsize step = (to - from) / UNITS_AROUND + 1, n = 0;
    g_autofree double *value = g_new(double, UNITS_AROUND + 1);

    for (gsize i = from; i < to; i += step) {
        value[n] = errata_column_number(self->column, self->order[i]);
        n += isnan(value[n]) ? 0 : 1;
    }
    errata_sort_values(value, n);
    return n >= UNITS_LEAST &&
           units_distance(stretch->inside, stretch->n_inside, value, n) <
               part * units_distance(stretch->around, stretch->n_around, value, n);
}

/* whether a stretch is as usual: it stands out from the rows around as most rows of the log would,
 * or lies at one end of the log and is as the half of the others at the other end. Then what lies
 * beside it came in another unit, unless the reference knows better */
static gboolean
units_is_usual(const Units *self, const UnitsStretch *stretch)
{
    gboolean first = stretch->from < UNITS_BLOCK;
    gboolean last = stretch->to + UNITS_BLOCK > self->n_rows;
    gsize from = last ? 0 : stretch->to + (self->n_rows - stretch->to) / 2;
    gsize to = last ? stretch->from / 2 : self->n_rows, n = 0;
    g_autofree double *known = NULL;

    if (!(!self->lasts && units_resemble(self, stretch, 0, self->n_rows, 1.0)) &&
        !(first != last && units_resemble(self, stretch, from, to, UNITS_PART)))
        return FALSE;
    known = units_reference(self, &n);
    return known == NULL || units_distance(stretch->inside, stretch->n_inside, known, n) <=
                                2.0 * units_distance(stretch->around, stretch->n_around, known, n);
}

/* the stretch, its ends dated under the best factor */
static gboolean
units_prepare(Units *self, UnitsStretch *stretch, gsize block)
{
    guint n_rounds = block > UNITS_BLOCK || self->lasts ? UNITS_ROUNDS : 1;
    gboolean goes_on = TRUE;
    double cost;

    for (guint round = 0; goes_on && round < n_rounds; round++, block *= 2) {
        gsize to = stretch->to;

        errata_data_bugs_units_load(self, stretch, block);
        if (!units_has_rows(stretch))
            return FALSE;
        goes_on =
            errata_data_bugs_units_date(self, stretch, units_best(self, stretch, &cost), block);
        if (to == self->n_rows && stretch->to + UNITS_LEAST > to) /* its last rows tell little */
            stretch->to = to;
        errata_data_bugs_units_clear(stretch);
    }
    errata_data_bugs_units_load(self, stretch, block);
    return units_has_rows(stretch);
}

/* judges a stretch by what lies between its ends once they are dated; TRUE: it is told */
static gboolean
units_judge(Units *self, UnitsStretch *stretch, gsize block)
{
    gboolean told = FALSE;

    if (units_prepare(self, stretch, block)) {
        double cost = 0.0;
        double none = units_cost(self, stretch, &errata_unit_none);
        const ErrataUnitFactor *factor = units_best(self, stretch, &cost);
        gboolean explains = units_explains(self, stretch, factor, cost, none) &&
                            (!self->weekly || errata_unit_factor_is_exact(factor));

        told = (explains || errata_data_bugs_units_returns(self, stretch)) &&
               units_is_sudden(self, stretch, block) && !units_is_the_rule(self, stretch) &&
               !units_is_usual(self, stretch) &&
               ((explains && units_add(self, stretch, factor, none)) ||
                (!self->weekly && errata_data_bugs_units_scaled(self, stretch, block)));
    }
    if (told) {
        self->taken = stretch->to;
        self->found[self->n_found % UNITS_FOUND][0] = stretch->from;
        self->found[self->n_found++ % UNITS_FOUND][1] = stretch->to;
    }
    errata_data_bugs_units_clear(stretch);
    return told;
}

void
errata_data_bugs_units_look(Units *self, gsize from, gsize to, gsize block)
{
    UnitsStretch stretch = {.from = from, .to = to};
    UnitsStretch near = {.from = from, .to = to, .near = TRUE};

    if (from < self->taken || self->n_stretches >= UNITS_STRETCHES)
        return;
    for (guint i = 0; i < MIN(self->n_found, UNITS_FOUND); i++)
        if (from < self->found[i][1] + block && self->found[i][0] < to + block)
            return;
    self->n_stretches++;
    if (!units_judge(self, &stretch, block) && to - from < UNITS_AROUND && to < self->n_rows &&
        from > 0)
        units_judge(self, &near, block);
}

/* the stretch and the rows around it; FALSE: these are too few, or do not stay where they are */
static gboolean
units_load_steady(const ErrataDataBugs *bugs,
                  guint column,
                  const ErrataDataBugsRows *rows,
                  UnitsStretch *stretch)
{
    const Units units = {.column = bugs->analysis->frame->columns[column],
                         .order = rows->order,
                         .n_rows = rows->n_rows};

    errata_data_bugs_units_load(&units, stretch, UNITS_BLOCK);
    return units_has_rows(stretch) &&
           stretch->unstable <= UNITS_STEADY * sqrt(4.0 / (double)stretch->n_around);
}

gboolean
errata_data_bugs_units_is_steady(const ErrataDataBugs *bugs,
                                 guint column,
                                 const ErrataDataBugsRows *rows,
                                 gsize from,
                                 gsize to)
{
    UnitsStretch stretch = {.from = from, .to = to};
    gboolean steady = units_load_steady(bugs, column, rows, &stretch);

    errata_data_bugs_units_clear(&stretch);
    return steady;
}

gboolean
errata_data_bugs_units_grew(const ErrataDataBugs *bugs,
                            guint column,
                            const ErrataDataBugsRows *rows,
                            gsize from,
                            gsize to,
                            const ErrataUnitFactor *factor)
{
    UnitsStretch stretch = {.from = from, .to = to};
    gboolean grew = units_load_steady(bugs, column, rows, &stretch) &&
                    units_is_growth(&stretch, factor);

    errata_data_bugs_units_clear(&stretch);
    return grew;
}
