/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Distances between two samples of one column. Numbers come sorted, once per side; a single merge
 * gives Kolmogorov–Smirnov and Wasserstein, and binary searches the bins of the rest. The
 * distribution of the Kolmogorov statistic is in ks.c. */
#include "distances.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#include "ks.h"
#include "quantiles.h"

#define DISTANCES_EXACT_PRODUCT 10000 /* n·m up to which the two-sample p is exact */
#define DISTANCES_PSI_FLOOR     1e-4

/**
 * errata_distances_js:
 * @reference: (array length=n): counts per bin
 * @current: (array length=n): counts per bin
 * @n: bins
 *
 * Source: Lin 1991, "Divergence Measures Based on the Shannon Entropy", with base 2.
 *
 * Returns: the root of the divergence, in [0, 1]; NaN when a side is empty
 */
double
errata_distances_js(const guint64 *reference, const guint64 *current, gsize n)
{
    double total_r = 0.0, total_c = 0.0, sum = 0.0;

    for (gsize i = 0; i < n; i++) {
        total_r += (double)reference[i];
        total_c += (double)current[i];
    }
    if (!(total_r > 0.0 && total_c > 0.0))
        return (double)NAN;
    for (gsize i = 0; i < n; i++) {
        double r = (double)reference[i] / total_r;
        double c = (double)current[i] / total_c;
        double middle = 0.5 * (r + c);

        if (r > 0.0)
            sum += 0.5 * r * log2(r / middle);
        if (c > 0.0)
            sum += 0.5 * c * log2(c / middle);
    }
    return sqrt(CLAMP(sum, 0.0, 1.0));
}

/**
 * errata_distances_psi:
 * @reference: (array length=n): counts per bin
 * @current: (array length=n): counts per bin
 * @n: bins
 *
 * Σ (c − r)·ln(c / r) over the shares, each at least 1e-4.
 *
 * Returns: the index, at least 0; NaN when a side is empty
 */
double
errata_distances_psi(const guint64 *reference, const guint64 *current, gsize n)
{
    double total_r = 0.0, total_c = 0.0, sum = 0.0;

    for (gsize i = 0; i < n; i++) {
        total_r += (double)reference[i];
        total_c += (double)current[i];
    }
    if (!(total_r > 0.0 && total_c > 0.0))
        return (double)NAN;
    for (gsize i = 0; i < n; i++) {
        double r = MAX((double)reference[i] / total_r, DISTANCES_PSI_FLOOR);
        double c = MAX((double)current[i] / total_c, DISTANCES_PSI_FLOOR);

        sum += (c - r) * log(c / r);
    }
    return sum;
}

/**
 * errata_distances_categories:
 * @reference: (array length=n): rows per category
 * @current: (array length=n): rows per category
 * @n: categories of the union
 *
 * Chi-square of the two-sample table (both rows random), without continuity correction.
 * Source: Pearson 1900; Cramér 1946 for V.
 *
 * Returns: the distances; NaN (p 1) when a side is empty
 */
ErrataDistancesCategories
errata_distances_categories(const guint64 *reference, const guint64 *current, gsize n)
{
    ErrataDistancesCategories self = {.p = 1.0};
    double total_r = 0.0, total_c = 0.0;
    guint used = 0;

    self.js = errata_distances_js(reference, current, n);
    self.psi = errata_distances_psi(reference, current, n);
    for (gsize i = 0; i < n; i++) {
        total_r += (double)reference[i];
        total_c += (double)current[i];
    }
    if (!(total_r > 0.0 && total_c > 0.0)) {
        self.chi2 = self.cramers_v = (double)NAN;
        return self;
    }
    for (gsize i = 0; i < n; i++) {
        double both = (double)reference[i] + (double)current[i];
        double expected_r = both * total_r / (total_r + total_c);
        double expected_c = both - expected_r;

        if (!(both > 0.0))
            continue;
        used++;
        self.chi2 += ((double)reference[i] - expected_r) * ((double)reference[i] - expected_r) /
                     expected_r;
        self.chi2 += ((double)current[i] - expected_c) * ((double)current[i] - expected_c) /
                     expected_c;
    }
    self.dof = used > 0 ? used - 1 : 0;
    self.cramers_v = sqrt(self.chi2 / (total_r + total_c));
    if (self.dof > 0)
        self.p = gsl_cdf_chisq_Q(self.chi2, (double)self.dof);
    return self;
}

/* both sides sorted; walks the distinct values of the union, ties together */
static void
distances_merge(const double *a,
                gsize n_a,
                const double *b,
                gsize n_b,
                double lo,
                double hi,
                double *ret_ks,
                double *ret_wasserstein)
{
    double step_a = 1.0 / (double)n_a;
    double step_b = 1.0 / (double)n_b;
    double ks = 0.0, area = 0.0, lost = 0.0, last = 0.0;
    double gap = 0.0;
    gsize i = 0, j = 0;

    while (i < n_a || j < n_b) {
        double value = j >= n_b || (i < n_a && a[i] <= b[j]) ? a[i] : b[j];

        if (i + j > 0) {
            double width = CLAMP(value, lo, hi) - CLAMP(last, lo, hi);
            double term = width * fabs(gap) - lost; /* compensated: long columns, small steps */
            double next = area + term;

            lost = (next - area) - term;
            area = next;
        }
        while (i < n_a && a[i] <= value)
            i++;
        while (j < n_b && b[j] <= value)
            j++;
        gap = (double)i * step_a - (double)j * step_b;
        ks = MAX(ks, fabs(gap));
        last = value;
    }
    *ret_ks = ks;
    *ret_wasserstein = area;
}

/**
 * errata_distances_wasserstein:
 * @reference: (array length=n_reference): increasing values, none NaN
 * @n_reference: number of values
 * @current: (array length=n_current): increasing values, none NaN
 * @n_current: number of values
 * @lo: values below count as this
 * @hi: values above count as this
 *
 * ∫ |F_reference − F_current| dx between @lo and @hi, which is the distance of the clipped samples.
 *
 * Returns: the distance in the column's unit; NaN when a side is empty
 */
double
errata_distances_wasserstein(const double *reference,
                             gsize n_reference,
                             const double *current,
                             gsize n_current,
                             double lo,
                             double hi)
{
    double ks, wasserstein;

    if (n_reference == 0 || n_current == 0)
        return (double)NAN;
    distances_merge(reference, n_reference, current, n_current, lo, hi, &ks, &wasserstein);
    return wasserstein;
}

/* first index with value ≥ edge */
static gsize
distances_lower_bound(const double *sorted, gsize n, double edge)
{
    gsize from = 0;

    while (n > 0) {
        gsize half = n / 2;

        if (sorted[from + half] < edge) {
            from += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return from;
}

/**
 * errata_distances_count:
 * @sorted: (array length=n): increasing values, none NaN
 * @n: number of values
 * @edges: (array length=n_edges): increasing inner edges
 * @n_edges: number of edges
 * @ret_count: (array length=n_edges+1): values per bin, edges[c − 1] ≤ x < edges[c]
 */
void
errata_distances_count(const double *sorted,
                       gsize n,
                       const double *edges,
                       guint n_edges,
                       guint64 *ret_count)
{
    gsize before = 0;

    for (guint bin = 0; bin < n_edges; bin++) {
        gsize end = distances_lower_bound(sorted, n, edges[bin]);

        ret_count[bin] = end - before;
        before = end;
    }
    ret_count[n_edges] = n - before;
}

/**
 * errata_distances_ks_p:
 * @ks: the two-sample statistic
 * @n_reference: values of the one sample
 * @n_current: values of the other
 *
 * Exact up to n·m = 10,000; beyond, the one-sample distribution for the rounded harmonic size
 * n·m / (n + m), as SciPy's `ks_2samp(method="asymp")`.
 *
 * Returns: the two-sided p; NaN when a side is empty
 */
double
errata_distances_ks_p(double ks, gsize n_reference, gsize n_current)
{
    double n = (double)n_reference;
    double m = (double)n_current;

    if (n_reference == 0 || n_current == 0)
        return (double)NAN;
    if (n * m <= DISTANCES_EXACT_PRODUCT)
        return errata_ks_two_sample_p(ks, n_reference, n_current);
    return errata_ks_one_sample_p(ks, nearbyint(n * m / (n + m)));
}

/**
 * errata_distances_measure:
 * @reference: (array length=n_reference): increasing values, none NaN
 * @n_reference: number of values
 * @current: (array length=n_current): increasing values, none NaN
 * @n_current: number of values
 *
 * All distances between two samples of numbers, from one merge of the sorted sides.
 * Jensen–Shannon and PSI use the reference's decile bins.
 *
 * Returns: the distances
 */
ErrataDistances
errata_distances_measure(const double *reference,
                         gsize n_reference,
                         const double *current,
                         gsize n_current)
{
    ErrataDistances self = {(double)NAN, (double)NAN, (double)NAN, (double)NAN, (double)NAN, 0};
    guint64 counts_r[ERRATA_DISTANCES_BINS], counts_c[ERRATA_DISTANCES_BINS];

    if (n_reference == 0 || n_current == 0)
        return self;
    distances_merge(reference,
                    n_reference,
                    current,
                    n_current,
                    -G_MAXDOUBLE,
                    G_MAXDOUBLE,
                    &self.ks,
                    &self.wasserstein);
    self.ks_p = errata_distances_ks_p(self.ks, n_reference, n_current);
    self.n_edges =
        errata_quantiles_edges(reference, n_reference, ERRATA_DISTANCES_BINS, self.edges);
    errata_distances_count(reference, n_reference, self.edges, self.n_edges, counts_r);
    errata_distances_count(current, n_current, self.edges, self.n_edges, counts_c);
    self.js = errata_distances_js(counts_r, counts_c, self.n_edges + 1);
    self.psi = errata_distances_psi(counts_r, counts_c, self.n_edges + 1);
    return self;
}
