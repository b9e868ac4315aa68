/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quantiles.h"

#include "sort.h"

/**
 * errata_quantiles_edges:
 * @sorted: (array length=n): increasing values, none NaN
 * @n: number of values
 * @n_bins: bins wanted, at least 1
 * @ret_edges: (array length=n_bins-1): room for the edges
 *
 * Inner edges of equal-mass bins: the distinct quantiles k / n_bins that lie strictly between the
 * least and the largest value. A bin holds edges[c − 1] ≤ x < edges[c]; the outer ones are open.
 *
 * Returns: number of edges, at most n_bins − 1
 */
guint
errata_quantiles_edges(const double *sorted, gsize n, guint n_bins, double *ret_edges)
{
    guint n_edges = 0;
    double last;

    if (n == 0)
        return 0;
    last = sorted[0];
    for (guint k = 1; k < n_bins; k++) {
        double edge = errata_sort_quantile(sorted, n, (double)k / (double)n_bins);

        if (edge > last && edge < sorted[n - 1])
            last = ret_edges[n_edges++] = edge;
    }
    return n_edges;
}
