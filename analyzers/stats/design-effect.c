/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much less so many rows tell of a mean where they come in clusters: rows of one customer are
 * right or wrong together. The variance of a mean is that of the sums of its clusters (Liang and
 * Zeger 1986, "Longitudinal data analysis using generalized linear models", Biometrika 73); over
 * that of as many independent rows it is the design effect (Kish 1965, "Survey Sampling", 8.2). */
#include "design-effect.h"

#include <gsl/gsl_cdf.h>
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

/**
 * errata_design_share:
 * @cluster: (nullable): per row which cluster it is of, from 0; %NULL where rows are independent
 * @n_clusters: how many there are
 * @value: per row its value, of which few differ, as 0 and 1; NaN where it has none
 * @row: (array length=n) (nullable): some rows; %NULL: the first @n
 * @n: how many
 *
 * Returns: errata_design_effect(); where all values are the same, which tells nothing of how alike
 *   rows of a cluster are, that of rows that are all alike, errata_design_size()
 */
double
errata_design_share(const guint32 *cluster,
                    guint n_clusters,
                    const double *value,
                    const guint32 *row,
                    gsize n)
{
    double least = (double)INFINITY, most = -(double)INFINITY;

    if (cluster == NULL)
        return 1.0;
    for (gsize i = 0; i < n; i++) {
        gsize at = row != NULL ? row[i] : i;

        least = fmin(least, value[at]);
        most = fmax(most, value[at]);
    }
    return least < most ? errata_design_effect(cluster, n_clusters, value, row, n)
                        : errata_design_size(cluster, n_clusters, value, row, n);
}

/* what the clusters add to the difference of two means */
typedef struct {
    double *part;  /* per cluster */
    guint8 *sides; /* likewise: bit 1 << side */
    double mean[2];
    double n[2];      /* rows, by their weights */
    double n_seen[2]; /* clusters */
} DesignSides;

static void
design_sides_measure(DesignSides *self,
                     const guint32 *cluster,
                     const double *value,
                     const double *weight,
                     const guint8 *side,
                     const guint32 *row,
                     gsize n)
{
    for (gsize i = 0; i < n; i++) {
        gsize at = row != NULL ? row[i] : i;
        double counts = weight != NULL ? weight[i] : 1.0;

        if (side[i] > 1 || isnan(value[i]) || !(counts > 0.0))
            continue;
        self->n[side[i]] += counts;
        self->mean[side[i]] += (value[i] - self->mean[side[i]]) * counts / self->n[side[i]];
        if ((self->sides[cluster[at]] & (1 << side[i])) == 0)
            self->n_seen[side[i]] += 1.0;
        self->sides[cluster[at]] |= (guint8)(1 << side[i]);
    }
    for (gsize i = 0; i < n; i++)
        if (side[i] <= 1 && !isnan(value[i]) && self->n[side[i]] > 0.0)
            self->part[cluster[row != NULL ? row[i] : i]] +=
                (side[i] == 1 ? 1.0 : -1.0) * (weight != NULL ? weight[i] : 1.0) *
                (value[i] - self->mean[side[i]]) / self->n[side[i]];
}

/**
 * errata_design_difference:
 * @cluster: per row which cluster it is of, from 0
 * @n_clusters: how many there are
 * @value: (array length=n): a value of each of the rows; NaN where it has none
 * @weight: (array length=n) (nullable): what each counts for, 0 or more
 * @side: (array length=n): on which of two sides it is, 0 or 1; more: on neither
 * @row: (array length=n) (nullable): the rows; %NULL: the first @n
 * @n: how many
 *
 * How far the means of two sides lie apart where rows come in clusters. What a cluster adds to the
 * difference is summed over both sides, so one that is on both of them and is as it always is adds
 * next to nothing (Liang and Zeger 1986). Its variance is estimated from as many clusters as the
 * side with fewer has, or fewer where some add much more than others (Satterthwaite 1946, "An
 * approximate distribution of estimates of variance components", Biometrics Bulletin 2).
 *
 * Returns: the second side's mean less the first's, over the standard error, as a standard normal
 *   number would be as unlikely; 0 where a side has fewer than two clusters; infinite where the
 *   sides differ and nothing varies within either
 */
double
errata_design_difference(const guint32 *cluster,
                         guint n_clusters,
                         const double *value,
                         const double *weight,
                         const guint8 *side,
                         const guint32 *row,
                         gsize n)
{
    g_autofree double *part = g_new0(double, MAX(n_clusters, 1));
    g_autofree guint8 *sides = g_new0(guint8, MAX(n_clusters, 1));
    DesignSides self = {.part = part, .sides = sides};
    double squares = 0.0, fourths = 0.0, least, degrees, t, p, apart;

    design_sides_measure(&self, cluster, value, weight, side, row, n);
    least = fmin(self.n_seen[0], self.n_seen[1]);
    if (least < 2.0)
        return 0.0;
    for (guint c = 0; c < n_clusters; c++) {
        squares += part[c] * part[c];
        fourths += part[c] * part[c] * part[c] * part[c];
    }
    apart = self.mean[1] - self.mean[0];
    t = fabs(apart) / sqrt(squares * least / (least - 1.0));
    if (!(t < (double)INFINITY) || !(fourths > 0.0))
        return fabs(apart) > 0.0 ? copysign((double)INFINITY, apart) : 0.0;
    /* the fourth power of a normal number is 3 times its squared variance on average */
    degrees = CLAMP(3.0 * squares * squares / fourths - 1.0, 1.0, least - 1.0);
    p = gsl_cdf_tdist_Q(t, degrees);
    return copysign(p > 0.0 ? fmax(gsl_cdf_ugaussian_Qinv(p), 0.0) : t, apart);
}

/* what a cluster adds to sums, and to their covariance */
typedef struct {
    double *sum;        /* of the cluster at hand, per cell */
    guint *touched;     /* cells that it has rows of */
    double *covariance; /* n_cells × n_cells, its upper half */
    double *total;      /* per cell */
    guint n_cells;
    guint n_touched;
} DesignSums;

static int
design_compare_cb(gconstpointer a, gconstpointer b)
{
    const guint *x = a, *y = b;

    return *x < *y ? -1 : *x > *y ? 1 : 0;
}

/* the cluster at hand is over */
static void
design_end(DesignSums *self)
{
    qsort(self->touched, self->n_touched, sizeof *self->touched, design_compare_cb);
    for (guint a = 0; a < self->n_touched; a++)
        for (guint b = a; b < self->n_touched; b++)
            self->covariance[(gsize)self->touched[a] * self->n_cells + self->touched[b]] +=
                self->sum[self->touched[a]] * self->sum[self->touched[b]];
    for (guint a = 0; a < self->n_touched; a++) {
        self->total[self->touched[a]] += self->sum[self->touched[a]];
        self->sum[self->touched[a]] = 0.0;
    }
    self->n_touched = 0;
}

/* numbers below @n ordered by the cluster that they are of */
static guint32 *
design_order(const guint32 *cluster, guint n_clusters, gsize n)
{
    g_autofree gsize *place = g_new0(gsize, (gsize)n_clusters + 1);
    guint32 *order = g_new(guint32, MAX(n, 1));

    for (gsize i = 0; i < n; i++)
        place[cluster[i] + 1]++;
    for (guint c = 0; c < n_clusters; c++)
        place[c + 1] += place[c];
    for (gsize i = 0; i < n; i++)
        order[place[cluster[i]]++] = (guint32)i;
    return order;
}

/**
 * errata_design_chi_square:
 * @cluster: (array length=n): per row which cluster it is of, from 0
 * @n_clusters: how many there are
 * @cell: (array length=n): per row to which sum it adds
 * @value: (array length=n): what it adds: 0 on average where the hypothesis holds, divided by the
 *   standard error that the whole sum would have if rows were independent
 * @n: rows
 * @n_cells: sums
 *
 * Whether sums are 0 whose rows come in clusters: Σ of their squares is no chi-square then, as the
 * rows of a cluster move one sum, or several, together. Its mean and its spread come from the
 * covariance of the sums over the clusters (Rao and Scott 1984, "On chi-squared tests for multiway
 * contingency tables with cell proportions estimated from survey data", Annals of Statistics 12,
 * second order), and as that is estimated from so many clusters, an F distribution is what it is
 * held against. O(n + n_cells² + Σ over clusters of the squared number of their cells).
 *
 * Returns: p, in [0, 1]; 1 where there are fewer than two clusters, or nothing varies
 */
double
errata_design_chi_square(const guint32 *cluster,
                         guint n_clusters,
                         const guint *cell,
                         const double *value,
                         gsize n,
                         guint n_cells)
{
    g_autofree guint32 *order = design_order(cluster, n_clusters, n);
    g_autofree double *sum = g_new0(double, MAX(n_cells, 1));
    g_autofree double *total = g_new0(double, MAX(n_cells, 1));
    g_autofree guint8 *seen = g_new0(guint8, MAX(n_cells, 1));
    g_autofree guint *touched = g_new(guint, MAX(n_cells, 1));
    g_autofree double *covariance = g_new0(double, MAX((gsize)n_cells * n_cells, 1));
    DesignSums self = {sum, touched, covariance, total, n_cells, 0};
    double statistic = 0.0, trace = 0.0, squares = 0.0, n_seen = 0.0;

    for (gsize i = 0; i < n; i++) {
        guint at = cell[order[i]];

        if (seen[at] == 0)
            touched[self.n_touched++] = at;
        seen[at] = 1;
        sum[at] += value[order[i]];
        if (i + 1 < n && cluster[order[i + 1]] == cluster[order[i]])
            continue;
        for (guint k = 0; k < self.n_touched; k++)
            seen[touched[k]] = 0;
        design_end(&self);
        n_seen += 1.0;
    }
    for (gsize a = 0; a < n_cells; a++) {
        statistic += total[a] * total[a];
        trace += covariance[a * n_cells + a];
        for (gsize b = a; b < n_cells; b++)
            squares += (a == b ? 1.0 : 2.0) * covariance[a * n_cells + b] *
                       covariance[a * n_cells + b];
    }
    if (n_seen < 2.0 || !(trace > 0.0) || !isfinite(trace * trace / squares))
        return 1.0;
    return gsl_cdf_fdist_Q(statistic / trace, trace * trace / squares, n_seen - 1.0);
}
