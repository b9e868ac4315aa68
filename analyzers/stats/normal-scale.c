/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Normal scores by 64 quantiles with straight lines between: fitted on some rows, read for all. */
#include "normal-scale.h"

#include <math.h>

#include "intervals.h"
#include "sort.h"

/**
 * errata_normal_scale_quantile:
 * @p: a probability, 0 < p < 1
 *
 * Returns: the quantile of the normal distribution
 */
double
errata_normal_scale_quantile(double p)
{
    double level = fabs(2.0 * p - 1.0);

    return level > 0.0 ? copysign(errata_intervals_z(level), p - 0.5) : 0.0;
}

/**
 * errata_normal_scale_learn:
 * @self: (out caller-allocates): gets its knots; ties share the mean of their scores
 * @value: (array length=n): numbers; those that are not finite are left out
 * @n: how many
 *
 * Complexity: n log n.
 */
void
errata_normal_scale_learn(ErrataNormalScale *self, const double *value, gsize n)
{
    g_autofree double *known = g_new(double, MAX(n, 1));
    gsize n_known = 0;
    guint ties = 0;

    self->n = 0;
    for (gsize i = 0; i < n; i++)
        if (isfinite(value[i]))
            known[n_known++] = value[i];
    errata_sort_values(known, n_known);
    for (guint k = 0; k < ERRATA_NORMAL_KNOTS && n_known > 0; k++) {
        double p = (k + 0.5) / ERRATA_NORMAL_KNOTS;
        double own = known[(gsize)(p * (double)n_known)];
        double normal = errata_normal_scale_quantile(p);
        guint last = self->n - 1;

        if (self->n > 0 && !(own > self->value[last])) {
            ties++;
            self->normal[last] += (normal - self->normal[last]) / (ties + 1.0);
            continue;
        }
        ties = 0;
        self->value[self->n] = own;
        self->normal[self->n++] = normal;
    }
}

/**
 * errata_normal_scale_of:
 * @self: a scale
 * @value: a number, or NaN
 *
 * Returns: its normal score, no further out than the last knots; 0, the middle, for NaN
 */
double
errata_normal_scale_of(const ErrataNormalScale *self, double value)
{
    guint lo = 0, n = self->n;
    double part;

    if (isnan(value) || self->n == 0)
        return 0.0;
    while (n > 0) { /* the first knot above; without a branch, as none can be foretold */
        guint half = n / 2;
        gboolean above = self->value[lo + half] > value;

        lo = above ? lo : lo + half + 1;
        n = above ? half : n - half - 1;
    }
    if (lo == 0 || lo == self->n)
        return self->normal[lo == 0 ? 0 : self->n - 1];
    part = (value - self->value[lo - 1]) / (self->value[lo] - self->value[lo - 1]);
    return self->normal[lo - 1] + part * (self->normal[lo] - self->normal[lo - 1]);
}
