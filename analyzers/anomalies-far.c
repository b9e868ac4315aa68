/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which of many distances are too large to be the outermost of their kind. */
#include <math.h>

#include "anomalies.h"
#include "sort.h"
#include "tail.h"
#include "tests.h"

#define FAR_ROWS   1000 /* values at least */
#define FAR_SHARE  0.05 /* of them that the law is fitted to */
#define FAR_Q      0.05
#define FAR_STRAYS 3    /* natural values beyond their end that are allowed for */
#define FAR_APART  0.05 /* p of far values that thin out from the natural end on */

/* How likely values beyond the natural end are to keep such a distance from it, and to lie so close
 * together, if they grow ever rarer outwards, as the wider part of a mixture of populations does:
 * of m such values at most j lie within the share t of the way to the furthest with a chance of at
 * most that of m − 1 spread evenly. A few natural strays may lie there: the best of j = 0 … 3 is
 * taken four times. */
double
errata_anomalies_thinning(double *beyond, gsize n)
{
    double best = 1.0;

    if (n == 0)
        return 1.0;
    errata_sort_values(beyond, n);
    for (gsize j = 0; j <= FAR_STRAYS && j + 1 < n; j++)
        best = fmin(best,
                    (1.0 + FAR_STRAYS) *
                        errata_tests_binomial_lower(j, n - 1, beyond[j] / beyond[n - 1]));
    return best;
}

double
errata_anomalies_far(const double *value, gsize n)
{
    g_autofree double *sorted = g_memdup2(value, MAX(n, 1) * sizeof(double));
    gsize begin = n - (gsize)(FAR_SHARE * (double)n), n_tail = n - begin, n_far = 0, n_beyond = 0;
    double share = (double)n_tail / (double)MAX(n, 1);
    double end, far;
    ErrataTail tail;

    if (n < FAR_ROWS)
        return (double)INFINITY;
    errata_sort_values(sorted, n);
    if (!errata_tail_fit(sorted + begin, n_tail, sorted[begin - 1], &tail))
        return (double)INFINITY;
    for (gsize i = 1; i <= n_tail; i++) /* Benjamini–Hochberg over all values */
        if (share * errata_tail_survival(&tail, sorted[n - i]) * (double)n / (double)i <= FAR_Q)
            n_far = i;
    if (n_far < ERRATA_ANOMALY_LEAST)
        return (double)INFINITY;
    end = errata_tail_quantile(&tail, 1.0 / (double)n_tail);
    while (n_beyond < n_tail && sorted[n - 1 - n_beyond] > end)
        n_beyond++;
    if (n_beyond < ERRATA_ANOMALY_LEAST)
        return (double)INFINITY;
    far = fmax(sorted[n - n_far], end);
    for (gsize i = n - n_beyond; i < n; i++)
        sorted[i] -= end;
    return errata_anomalies_thinning(sorted + n - n_beyond, n_beyond) < FAR_APART
               ? far
               : (double)INFINITY;
}
