/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A column that comes multiplied for a while by something that no unit has. All of its values must
 * be that many times as large, not only their middle: divided by the factor they are distributed as
 * the rows around, moved by what the middle moved they are not. And the column must be afterwards
 * what it was before: what goes on to the end of the log may have grown. Whether a fault multiplied
 * it, or what it measures was that much more for a while, the log cannot tell; it is said so. */
#include <math.h>

#include "data-bugs-units.h"
#include "distances.h"
#include "sort.h"

#define SCALED_LEAST  300  /* values at either side */
#define SCALED_INSIDE 100  /* values of the stretch */
#define SCALED_STEADY 1.95 /* of the noise of two samples: p of 1e-3 */
#define SCALED_FIT    1.63 /* likewise: p of 0.01 */
#define SCALED_MOVED  3.26 /* of that noise at least, where the values are moved instead */
#define SCALED_APART  1.25 /* times as large or as small, for sure */
#define SCALED_SHARP  1.3  /* upper end of the factor's interval over its lower end */
#define SCALED_DIGITS 4    /* of a factor, at most */

gboolean
errata_data_bugs_units_returns(const Units *self, const UnitsStretch *stretch)
{
    gsize before = stretch->from, after = self->n_rows - stretch->to;

    return MIN(before, after) >= SCALED_LEAST && stretch->n_inside >= SCALED_INSIDE &&
           stretch->n_around >= 2 * SCALED_LEAST &&
           stretch->unstable <= SCALED_STEADY * sqrt(4.0 / (double)stretch->n_around);
}

static double
scaled_round(double value, int digits)
{
    double unit = pow(10.0, floor(log10(value)) + 1.0 - digits);

    return round(value / unit) * unit;
}

/* the number of the fewest digits that the interval holds, or one over such a number */
double
errata_data_bugs_units_snap(const ErrataUnitMeasure *measured)
{
    for (int digits = 1; digits <= SCALED_DIGITS; digits++) {
        double times = scaled_round(measured->factor, digits);
        double part = 1.0 / scaled_round(1.0 / measured->factor, digits);

        if (measured->factor > 1.0 && times >= measured->lo && times <= measured->hi)
            return times;
        if (measured->factor < 1.0 && part >= measured->lo && part <= measured->hi)
            return part;
    }
    return measured->factor;
}

/* distance of the stretch from the rows around, its values divided by @scale and moved back by
 * @offset */
static double
scaled_distance(const UnitsStretch *stretch, double scale, double offset)
{
    const ErrataUnitFactor factor = {ERRATA_UNIT_LINEAR, scale, offset, 0.0};

    return errata_unit_factor_distance(&factor,
                                       stretch->inside,
                                       stretch->n_inside,
                                       stretch->around,
                                       stretch->n_around);
}

/* measures the factor and dates the stretch by it; FALSE: all of its values are not so many times
 * as large */
static gboolean
scaled_fits(Units *self,
            UnitsStretch *stretch,
            gsize block,
            double *ret_scale,
            ErrataUnitMeasure *ret)
{
    double moved, noise;

    for (guint round = 0; round < 2; round++) {
        ErrataUnitFactor factor = {ERRATA_UNIT_LINEAR, 1.0, 0.0, 0.0};

        if (!errata_data_bugs_units_returns(self, stretch) ||
            !errata_data_bugs_units_measure(self, stretch, ret))
            return FALSE;
        *ret_scale = factor.scale = errata_data_bugs_units_snap(ret);
        if (round > 0)
            break;
        errata_data_bugs_units_date(self, stretch, &factor, block);
        errata_data_bugs_units_clear(stretch);
        errata_data_bugs_units_load(self, stretch, block);
    }
    if (!(ret->lo > SCALED_APART || ret->hi < 1.0 / SCALED_APART) ||
        ret->hi > SCALED_SHARP * ret->lo)
        return FALSE;
    noise = sqrt(1.0 / (double)stretch->n_inside + 1.0 / (double)stretch->n_around);
    moved = errata_sort_quantile(stretch->inside, stretch->n_inside, 0.5) -
            errata_sort_quantile(stretch->around, stretch->n_around, 0.5);
    return scaled_distance(stretch, *ret_scale, 0.0) <= SCALED_FIT * noise &&
           scaled_distance(stretch, 1.0, moved) >= SCALED_MOVED * noise;
}

/**
 * errata_data_bugs_units_scaled:
 * @self: a column in which stretches are looked for
 * @stretch: one, dated by the unit that fits it best; dated anew here
 * @block: rows of the blocks that told it
 *
 * Returns: whether it came multiplied by something that no unit has, told as a bug
 */
gboolean
errata_data_bugs_units_scaled(Units *self, UnitsStretch *stretch, gsize block)
{
    ErrataUnitMeasure measured;
    ErrataDataBug *bug;
    double scale = 1.0, none;

    if (!scaled_fits(self, stretch, block, &scale, &measured))
        return FALSE;
    none = scaled_distance(stretch, 1.0, 0.0);
    bug = errata_data_bugs_add_scaled(self->bugs,
                                      self->index,
                                      self->rows,
                                      stretch->from,
                                      stretch->to,
                                      scale,
                                      &measured);
    bug->p = MIN(errata_distances_ks_p(MIN(none, 1.0), stretch->n_inside, stretch->n_around) *
                     (double)self->n_rows / UNITS_BLOCK,
                 1.0);
    bug->test = "Kolmogorov–Smirnov, all blocks counted";
    return TRUE;
}
