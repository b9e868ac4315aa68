/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much less so many rows tell of a mean where they come in clusters: rows of one customer are
 * right or wrong together. The variance of a mean is that of the sums of its clusters (Liang and
 * Zeger 1986, "Longitudinal data analysis using generalized linear models", Biometrika 73); over
 * that of as many independent rows it is the design effect (Kish 1965, "Survey Sampling", 8.2). */
#include "design-effect.h"

#include <math.h>

/**
 * errata_design_effect:
 * @cluster: (nullable): per row which cluster it is of, from 0; %NULL where rows are independent
 * @n_clusters: how many there are
 * @value: per row its value; NaN where it has none
 * @row: (array length=n) (nullable): the rows whose mean is asked for; %NULL: the first @n
 * @n: how many
 *
 * Returns: by how much the variance of the mean exceeds that of the mean of independent rows: 1
 *   where it does not, or where it cannot be told; as many rows as there are per cluster where all
 *   of one cluster are alike
 */
double
errata_design_effect(const guint32 *cluster,
                     guint n_clusters,
                     const double *value,
                     const guint32 *row,
                     gsize n)
{
    g_autofree double *sum = NULL;
    g_autofree guint8 *seen = NULL;
    double mean = 0.0, n_values = 0.0, single = 0.0, together = 0.0, n_seen = 0.0;

    if (cluster == NULL || value == NULL)
        return 1.0;
    sum = g_new0(double, MAX(n_clusters, 1));
    seen = g_new0(guint8, MAX(n_clusters, 1));
    for (gsize i = 0; i < n; i++) {
        gsize at = row != NULL ? row[i] : i;

        if (isnan(value[at]))
            continue;
        n_values += 1.0;
        mean += (value[at] - mean) / n_values;
    }
    for (gsize i = 0; i < n; i++) {
        gsize at = row != NULL ? row[i] : i;
        double rest = value[at] - mean;

        if (isnan(rest))
            continue;
        sum[cluster[at]] += rest;
        seen[cluster[at]] = 1;
        single += rest * rest;
    }
    for (guint c = 0; c < n_clusters; c++) {
        together += sum[c] * sum[c];
        n_seen += seen[c];
    }
    if (n_seen < 2.0 || !(single > 0.0) || !isfinite(together / single))
        return 1.0;
    return fmax(together / single * n_seen / (n_seen - 1.0), 1.0);
}

/**
 * errata_design_size:
 * @cluster: per row which cluster it is of, from 0
 * @n_clusters: how many there are
 * @value: (nullable): per row its value; rows of NaN are not counted
 * @row: (array length=n) (nullable): some rows; %NULL: the first @n
 * @n: how many
 *
 * Returns: rows of the cluster that a row is of, over all of them: Σ m² / Σ m; 1 without rows
 */
double
errata_design_size(const guint32 *cluster,
                   guint n_clusters,
                   const double *value,
                   const guint32 *row,
                   gsize n)
{
    g_autofree double *count = g_new0(double, MAX(n_clusters, 1));
    double sum = 0.0, squares = 0.0;

    for (gsize i = 0; i < n; i++) {
        gsize at = row != NULL ? row[i] : i;

        count[cluster[at]] += value == NULL || !isnan(value[at]) ? 1.0 : 0.0;
    }
    for (guint c = 0; c < n_clusters; c++) {
        sum += count[c];
        squares += count[c] * count[c];
    }
    return sum > 0.0 ? squares / sum : 1.0;
}

/**
 * errata_design_alike:
 * @effect: a design effect
 * @size: errata_design_size() of its rows
 *
 * How alike rows of a cluster are, ρ of Kish's effect = 1 + (size − 1) ρ: with it the effect in
 * some of the rows follows from their own size, though their values vary too little to tell.
 *
 * Returns: ρ, from 0 to 1
 */
double
errata_design_alike(double effect, double size)
{
    return size > 1.0 ? CLAMP((effect - 1.0) / (size - 1.0), 0.0, 1.0) : 0.0;
}
