/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values that keep apart from the tail they lie beyond, however heavy that is. Far out, the
 * distances of a sample from its middle follow a power law or fall off faster; then m times the
 * logarithm of the ratio between the m-th outermost distance and the next is exponential, with a
 * mean that is the same for all m or falls outwards (Rényi 1953). So a gap is measured against the
 * spacings right below it, which know nothing of what lies beyond: no law has to reach from where
 * it is fitted to where the values are. The wider part of a mixture of populations has wide
 * spacings, too, but grows ever rarer outwards: what lies beyond the gap must keep a distance from
 * it that nothing which thins out keeps. */
#include "tail-gap.h"

#include <math.h>
#include <string.h>

#include "select.h"
#include "sort.h"
#include "tests.h"

#define GAP_OUTER  1024  /* values that are looked at */
#define GAP_BELOW  50    /* spacings below a gap that it is compared with … */
#define GAP_FEW    20    /* … or so many, where there are no more */
#define GAP_BEYOND 5     /* different values beyond it */
#define GAP_SHARE  0.002 /* of all values, that may lie beyond */
#define GAP_MOST   400
#define GAP_MANY   20 /* may lie beyond in any case */
#define GAP_JOINED 4  /* spacings that a few strays may part a gap into */
#define GAP_Q      0.01
#define GAP_APART  0.01 /* p of the gap if what lies beyond thins out */
#define GAP_TIMES  2.0  /* of the mean spacing: less is not looked at */

/* the outermost different distances from @centre, the largest first */
static gsize
gap_distances(const double *value, gsize n, double centre, double *ret_distance)
{
    g_autofree double *outer = g_new(double, n + 1);
    double p = n > GAP_OUTER ? 1.0 - (double)GAP_OUTER / (double)n : 0.0;
    double least = 0.0;
    gsize n_outer = 0, n_distances = 0;

    if (n == 0)
        return 0;
    errata_select_quantiles(value, n, &p, 1, &least);
    for (gsize i = 0; i < n; i++)
        if (value[i] >= least && value[i] > centre)
            outer[n_outer++] = value[i];
    errata_sort_values(outer, n_outer);
    for (gsize i = n_outer; i-- > 0 && n_distances < GAP_OUTER;)
        if (n_distances == 0 || outer[i] - centre < ret_distance[n_distances - 1])
            ret_distance[n_distances++] = outer[i] - centre;
    return n_distances;
}

/* median distance of neighbours: what lies on a lattice keeps that far apart by itself */
static double
gap_step(const double *distance, gsize n)
{
    double step[GAP_OUTER];
    const double half = 0.5;
    double median = 0.0;

    for (gsize i = 0; i + 1 < n; i++)
        step[i] = distance[i] - distance[i + 1];
    errata_select_quantiles(step, n - 1, &half, 1, &median);
    return median;
}

/* p of @joined spacings with the sum @gap beside @n more with the sum @sum, all of one exponential
 * law: a sum of so many is less than that part of all with the chance of fewer than @joined among
 * @joined + @n − 1 */
static double
gap_p(double gap, guint joined, double sum, gsize n)
{
    return errata_tests_binomial_lower(joined - 1, joined + n - 1, gap / (gap + sum));
}

/* p of the gap of so many spacings in front of the @m outermost distances if these grow ever rarer
 * outwards: spread evenly, they would keep to its far end as rarely as that at most */
static double
gap_thinning(const double *distance, gsize m, guint joined, double step)
{
    double end = distance[m - 1 + joined];

    return errata_tests_binomial_lower(joined - 1,
                                       m + joined - 2,
                                       (distance[m - 1] - step - end) / (distance[0] - end));
}

/**
 * errata_tail_gap:
 * @value: (array length=n): the outer values of a sample, the larger, the further out; in any order
 * @n: how many
 * @centre: the sample's median
 * @n_all: values of the sample
 * @n_tests: tails looked at, for the correction
 * @ret_p: (out): p of the gap, all places of it and all tails counted; 1 when there is none
 *
 * Looks for a gap in a tail behind which at least five different values lie, and at most 0.2 % of
 * all. Equal values count once, and one step of a lattice is no gap. Costs one pass over the
 * values.
 *
 * Source: Rényi 1953, "On the theory of order statistics".
 *
 * Returns: the least value beyond the gap, or +infinity
 */
double
errata_tail_gap(const double *value,
                gsize n,
                double centre,
                gsize n_all,
                double n_tests,
                double *ret_p)
{
    double distance[GAP_OUTER], sum[GAP_OUTER + 1];
    gsize most = MIN(MAX((gsize)(GAP_SHARE * (double)n_all), GAP_MANY), GAP_MOST);
    gsize n_distances = gap_distances(value, n, centre, distance), best = 0;
    double n_tried = n_tests * (double)most * GAP_JOINED;
    double step, apart = GAP_APART;

    *ret_p = 1.0;
    if (n_distances < GAP_BEYOND + GAP_FEW + 1)
        return (double)INFINITY;
    step = gap_step(distance, n_distances);
    sum[0] = 0.0; /* of the spacings beyond each place */
    for (gsize i = 1; i < n_distances; i++)
        sum[i] = sum[i - 1] + (double)i * log(distance[i - 1] / distance[i]);
    for (gsize m = GAP_BEYOND; m <= most && m + GAP_FEW < n_distances; m++)
        for (guint joined = 1; joined <= GAP_JOINED && m + joined + GAP_FEW <= n_distances;
             joined++) {
            gsize end = m - 1 + joined, n_below = MIN(GAP_BELOW, n_distances - 1 - end);
            double gap = sum[end] - sum[m - 1] + (double)m * log1p(-step / distance[m - 1]);
            double below = sum[end + n_below] - sum[end], p, p_thinning;

            if (!(gap > GAP_TIMES * joined * below / (double)n_below))
                continue;
            p = n_tried * gap_p(gap, joined, below, n_below);
            p_thinning = gap_thinning(distance, m, joined, step);
            if (p > GAP_Q || p_thinning > apart)
                continue;
            apart = p_thinning;
            best = m;
            *ret_p = p;
        }
    return best > 0 ? centre + distance[best - 1] : (double)INFINITY;
}
