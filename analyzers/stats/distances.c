/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Distances between two samples of one column. Numbers come in groups by one scale; one walk over
 * the groups gives Kolmogorov–Smirnov and Wasserstein, and only the groups in which the two
 * distribution functions cross, or lie farthest apart, are put in order. All results are exact. The
 * distribution of the Kolmogorov statistic is in ks.c. */
#include "distances.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#include "ks.h"
#include "sum.h"

#define DISTANCES_EXACT_PRODUCT 10000 /* n·m up to which the two-sample p is exact */
#define DISTANCES_PSI_FLOOR     1e-4
#define DISTANCES_EXACT_COUNT   64 /* rows of a category whose splits are counted one by one */
#define DISTANCES_LEAST         5.0

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

/* mean divergence, in bits and times the rows of both sides' shares, that chance gives a category
 * of @count rows of which each is on the one side with probability @share; exact for a few, else (r
 * − c)² / 8 of the expansion around r = c */
static double
distances_chance_of(guint64 count, double share, double total_r, double total_c)
{
    double n = (double)count;
    double chance = pow(1.0 - share, n); /* none of them on that side */
    double sum = 0.0;

    if (count > DISTANCES_EXACT_COUNT)
        return (1.0 / total_r + 1.0 / total_c) / (8.0 * G_LN2);
    for (guint64 k = 0; k <= count; k++) {
        double r = (double)k / total_r;
        double c = (n - (double)k) / total_c;
        double middle = 0.5 * (r + c);

        sum += chance * 0.5 *
               ((r > 0.0 ? r * log2(r / middle) : 0.0) + (c > 0.0 ? c * log2(c / middle) : 0.0));
        chance *= (n - (double)k) / ((double)k + 1.0) * share / (1.0 - share);
    }
    return sum;
}

/**
 * errata_distances_by_chance:
 * @reference: (array length=n): counts per bin
 * @current: (array length=n): counts per bin
 * @n: bins
 * @ret_js2: (out): the square of the Jensen–Shannon distance that two samples of one law have on
 *   average, the bins as common as both together say: each row of a bin is on either side by their
 *   sizes alone, as under permutation. The larger part of the distance of many rare categories
 *   (Miller 1955, "Note on the bias of information estimates")
 * @ret_psi: (out): the same of the PSI, (bins − 1)(1/n + 1/m) (Yurdakul and Naranjo 2020,
 *   "Statistical properties of the population stability index"); bins of under five rows expected
 *   do not follow it and are not counted
 */
void
errata_distances_by_chance(const guint64 *reference,
                           const guint64 *current,
                           gsize n,
                           double *ret_js2,
                           double *ret_psi)
{
    double total_r = 0.0, total_c = 0.0, least;
    double known[DISTANCES_EXACT_COUNT + 1];
    gsize n_used = 0;

    *ret_js2 = *ret_psi = 0.0;
    for (guint k = 0; k <= DISTANCES_EXACT_COUNT; k++)
        known[k] = (double)NAN;
    for (gsize i = 0; i < n; i++) {
        total_r += (double)reference[i];
        total_c += (double)current[i];
    }
    if (!(total_r > 0.0 && total_c > 0.0))
        return;
    least = MIN(total_r, total_c) / (total_r + total_c);
    for (gsize i = 0; i < n; i++) {
        guint64 both = reference[i] + current[i];
        double one;

        if (both == 0)
            continue;
        n_used += (double)both * least >= DISTANCES_LEAST ? 1 : 0;
        one = both <= DISTANCES_EXACT_COUNT ? known[both] : (double)NAN;
        if (isnan(one))
            one = distances_chance_of(both, total_r / (total_r + total_c), total_r, total_c);
        if (both <= DISTANCES_EXACT_COUNT)
            known[both] = one;
        *ret_js2 += one;
    }
    *ret_psi = n_used > 1 ? (double)(n_used - 1) * (1.0 / total_r + 1.0 / total_c) : 0.0;
}

/* variance of a share-weighted mean of @n rows of which each adds its bin's @slope */
static double
distances_variance(const guint64 *count, const double *slope, gsize n, double total, double worth)
{
    double mean = 0.0, square = 0.0;

    for (gsize i = 0; i < n; i++) {
        double share = (double)count[i] / total;

        mean += share * slope[i];
        square += share * slope[i] * slope[i];
    }
    return fmax(square - mean * mean, 0.0) / (total * worth);
}

/**
 * errata_distances_errors:
 * @reference: (array length=n): counts per bin
 * @current: (array length=n): counts per bin
 * @n: bins
 * @worth_r: as how many independent rows one of the reference counts, in (0, 1]
 * @worth_c: the same of the current ones
 * @ret_js: (out): standard error of the Jensen–Shannon distance; NaN where that is 0 or a side
 *   empty
 * @ret_psi: (out): standard error of the PSI
 *
 * Delta method on the shares, which are multinomial: ∂JS²/∂r = ½ log₂(2r / (r + c)), ∂PSI/∂c =
 * ln(c / r) + 1 − r / c, and the same with the sides exchanged; of shares at the floor 0.
 */
void
errata_distances_errors(const guint64 *reference,
                        const guint64 *current,
                        gsize n,
                        double worth_r,
                        double worth_c,
                        double *ret_js,
                        double *ret_psi)
{
    const guint64 *count[] = {reference, current};
    const double worth[] = {worth_r, worth_c};
    g_autofree double *js = g_new0(double, MAX(n, 1));
    g_autofree double *psi = g_new0(double, MAX(n, 1));
    double total[2] = {0.0, 0.0}, of_js = 0.0, of_psi = 0.0;
    double distance = errata_distances_js(reference, current, n);

    *ret_js = *ret_psi = (double)NAN;
    for (gsize i = 0; i < n; i++) {
        total[0] += (double)reference[i];
        total[1] += (double)current[i];
    }
    if (!(total[0] > 0.0 && total[1] > 0.0))
        return;
    for (guint side = 0; side < 2; side++) {
        for (gsize i = 0; i < n; i++) {
            double own = (double)count[side][i] / total[side];
            double other = (double)count[1 - side][i] / total[1 - side];
            double floored = MAX(other, DISTANCES_PSI_FLOOR);

            js[i] = own > 0.0 ? 0.5 * log2(2.0 * own / (own + other)) : 0.0;
            psi[i] = own > DISTANCES_PSI_FLOOR ? log(own / floored) + 1.0 - floored / own : 0.0;
        }
        of_js += distances_variance(count[side], js, n, total[side], worth[side]);
        of_psi += distances_variance(count[side], psi, n, total[side], worth[side]);
    }
    *ret_psi = sqrt(of_psi);
    if (distance > 0.0)
        *ret_js = sqrt(of_js) / (2.0 * distance);
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

/* what has been walked of two samples */
typedef struct {
    ErrataPartition *a;
    ErrataPartition *b;
    double step_a;
    double step_b;
    double lo; /* numbers beyond count as these in the area */
    double hi;
    double ks;
    ErrataSum area;
} DistancesWalk;

/* a group of both samples, and where the next one begins */
typedef struct {
    guint code;
    gsize a, a_end; /* ranks */
    gsize b, b_end;
    double first; /* the least number of both, cut off or not */
    double next;  /* the same of the next group */
} DistancesGroup;

/* the difference of the distribution functions in front of two ranks */
static inline double
distances_gap(const DistancesWalk *walk, gsize a, gsize b)
{
    return (double)(a - walk->a->begin) * walk->step_a -
           (double)(b - walk->b->begin) * walk->step_b;
}

static inline void
distances_add(DistancesWalk *walk, double gap, double from, double to)
{
    errata_sum_add(&walk->area,
                   gap * (CLAMP(to, walk->lo, walk->hi) - CLAMP(from, walk->lo, walk->hi)));
}

/* number by number: the group is put in order for it */
static void
distances_walk(DistancesWalk *walk, const DistancesGroup *group, gboolean area)
{
    gsize n_a = group->a_end - group->a, n_b = group->b_end - group->b;
    const double *x = n_a > 0 ? errata_partition_values(walk->a, group->code) : NULL;
    const double *y = n_b > 0 ? errata_partition_values(walk->b, group->code) : NULL;
    double gap = fabs(distances_gap(walk, group->a, group->b)); /* 0 in front of the first number */
    double last = group->first;
    gsize i = 0, j = 0;

    while (i < n_a || j < n_b) {
        double value = j >= n_b || (i < n_a && x[i] <= y[j]) ? x[i] : y[j];

        if (area)
            distances_add(walk, gap, last, value);
        while (i < n_a && x[i] <= value)
            i++;
        while (j < n_b && y[j] <= value)
            j++;
        gap = fabs(distances_gap(walk, group->a + i, group->b + j));
        walk->ks = MAX(walk->ks, gap);
        last = value;
    }
    if (area)
        distances_add(walk, gap, last, group->next);
}

/* what the numbers of a whole group lack to the next one, summed */
static inline double
distances_lack(const ErrataPartition *side, const DistancesGroup *group)
{
    const ErrataPartitionGroup *sums = &side->group[group->code];

    return (double)sums->count * (group->next - side->scale->middle) - sums->sum;
}

/* the area up to the next group when the gap keeps its sign: no order is needed within the group,
 * nor its numbers */
static void
distances_sum(DistancesWalk *walk, const DistancesGroup *group)
{
    double area = distances_gap(walk, group->a, group->b) * (group->next - group->first);
    double a = distances_lack(walk->a, group);
    double b = distances_lack(walk->b, group);

    errata_sum_add(&walk->area, fabs(area + a * walk->step_a - b * walk->step_b));
}

/* the groups that hold numbers */
static GArray *
distances_groups(DistancesWalk *walk)
{
    GArray *groups = g_array_new(FALSE, FALSE, sizeof(DistancesGroup));
    gsize n_a = errata_partition_n(walk->a), n_b = errata_partition_n(walk->b);

    for (guint code = 0; code < walk->a->scale->n_codes; code++) {
        DistancesGroup group = {.code = code};

        errata_partition_group(walk->a, code, &group.a, &group.a_end);
        errata_partition_group(walk->b, code, &group.b, &group.b_end);
        if (group.a == group.a_end && group.b == group.b_end)
            continue;
        group.first = MIN(walk->a->group[code].least, walk->b->group[code].least);
        if (groups->len > 0)
            g_array_index(groups, DistancesGroup, groups->len - 1).next = group.first;
        g_array_append_val(groups, group);
        walk->ks = MAX(walk->ks, fabs(distances_gap(walk, group.a_end, group.b_end)));
    }
    /* behind the last number both functions are 1 */
    g_array_index(groups, DistancesGroup, groups->len - 1).next =
        fmax(errata_partition_at(walk->a, n_a - 1), errata_partition_at(walk->b, n_b - 1));
    return groups;
}

/* how a group must be looked at */
typedef enum {
    DISTANCES_SUMMED,
    DISTANCES_WALKED,         /* for both */
    DISTANCES_WALKED_FOR_GAP, /* the gap may be largest within, the area is summed */
    DISTANCES_BEYOND,         /* no area, and no largest gap */
    DISTANCES_BEYOND_WALKED,
} DistancesWay;

static gboolean
distances_is_whole(const ErrataPartition *side, guint code, gsize n)
{
    return side->group[code].count == n;
}

/* a group is walked number by number only when the gap may be largest, or change its sign, within
 * it; or where only a part of it counts */
static DistancesWay
distances_way(const DistancesWalk *walk, const DistancesGroup *group)
{
    double gap = distances_gap(walk, group->a, group->b);
    double most = gap + (double)(group->a_end - group->a) * walk->step_a;
    double least = gap - (double)(group->b_end - group->b) * walk->step_b;
    gboolean largest = MAX(most, -least) > walk->ks;

    if (!(group->next > walk->lo && group->first < walk->hi))
        return largest ? DISTANCES_BEYOND_WALKED : DISTANCES_BEYOND;
    if ((least < 0.0 && most > 0.0) || group->first < walk->lo || group->next > walk->hi ||
        !distances_is_whole(walk->a, group->code, group->a_end - group->a) ||
        !distances_is_whole(walk->b, group->code, group->b_end - group->b))
        return DISTANCES_WALKED;
    return largest ? DISTANCES_WALKED_FOR_GAP : DISTANCES_SUMMED;
}

/* Kolmogorov–Smirnov and the area between the distribution functions */
static void
distances_compare(DistancesWalk *walk)
{
    g_autoptr(GArray) groups = distances_groups(walk);

    for (guint g = 0; g < groups->len; g++) { /* more than will be walked: the gap may grow */
        const DistancesGroup *group = &g_array_index(groups, DistancesGroup, g);
        DistancesWay way = distances_way(walk, group);

        if (way == DISTANCES_SUMMED || way == DISTANCES_BEYOND)
            continue;
        errata_partition_want(walk->a, group->code);
        errata_partition_want(walk->b, group->code);
    }
    for (guint g = 0; g < groups->len; g++) {
        const DistancesGroup *group = &g_array_index(groups, DistancesGroup, g);
        DistancesWay way = distances_way(walk, group);

        if (way == DISTANCES_WALKED)
            distances_walk(walk, group, TRUE);
        if (way == DISTANCES_WALKED_FOR_GAP || way == DISTANCES_BEYOND_WALKED)
            distances_walk(walk, group, FALSE);
        if (way == DISTANCES_SUMMED || way == DISTANCES_WALKED_FOR_GAP)
            distances_sum(walk, group);
    }
}

/* what errata_distances_count() with these edges will look at */
void
errata_distances_want(ErrataPartition *side, const double *edges, guint n_edges)
{
    for (guint edge = 0; edge < n_edges; edge++)
        errata_partition_want(side, errata_scale_code(side->scale, edges[edge]));
}

/**
 * errata_distances_count:
 * @side: the numbers
 * @edges: (array length=n_edges): increasing inner edges
 * @n_edges: number of edges
 * @ret_count: (array length=n_edges+1): numbers per bin, edges[c − 1] ≤ x < edges[c]
 */
void
errata_distances_count(ErrataPartition *side,
                       const double *edges,
                       guint n_edges,
                       guint64 *ret_count)
{
    gsize before = 0;

    errata_distances_want(side, edges, n_edges);
    for (guint bin = 0; bin < n_edges; bin++) {
        gsize end = errata_partition_below(side, edges[bin]);

        ret_count[bin] = end - before;
        before = end;
    }
    ret_count[n_edges] = errata_partition_n(side) - before;
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

/* inner edges of equal-mass bins: the distinct quantiles k / bins that lie strictly between the
 * least and the largest number */
static guint
distances_edges(ErrataPartition *side, double *ret_edges)
{
    double last, most;
    guint n_edges = 0;

    for (guint k = 0; k <= ERRATA_DISTANCES_BINS; k++)
        errata_partition_want_quantile(side, (double)k / ERRATA_DISTANCES_BINS);
    last = errata_partition_at(side, 0);
    most = errata_partition_at(side, errata_partition_n(side) - 1);
    for (guint k = 1; k < ERRATA_DISTANCES_BINS; k++) {
        double edge = errata_partition_quantile(side, (double)k / ERRATA_DISTANCES_BINS);

        if (edge > last && edge < most)
            last = ret_edges[n_edges++] = edge;
    }
    return n_edges;
}

/**
 * errata_distances_measure:
 * @reference: numbers
 * @current: numbers by the same scale
 * @lo: numbers below count as this in the Wasserstein distance
 * @hi: numbers above count as this there
 *
 * All distances between two samples of numbers. Jensen–Shannon and PSI use the reference's decile
 * bins; the Wasserstein distance is ∫ |F_reference − F_current| dx between @lo and @hi, which is
 * the distance of the clipped samples.
 *
 * Returns: the distances, all NaN when a side is empty
 */
ErrataDistances
errata_distances_measure(ErrataPartition *reference, ErrataPartition *current, double lo, double hi)
{
    ErrataDistances self = {(double)NAN, (double)NAN, (double)NAN, (double)NAN, (double)NAN, 0};
    guint64 counts_r[ERRATA_DISTANCES_BINS], counts_c[ERRATA_DISTANCES_BINS];
    gsize n_r = errata_partition_n(reference), n_c = errata_partition_n(current);
    DistancesWalk walk = {reference, current, 0.0, 0.0, lo, hi, 0.0, {0}};

    g_return_val_if_fail(reference->scale == current->scale, self);
    if (n_r == 0 || n_c == 0)
        return self;
    walk.step_a = 1.0 / (double)n_r;
    walk.step_b = 1.0 / (double)n_c;
    self.n_edges = distances_edges(reference, self.edges);
    errata_distances_want(reference, self.edges, self.n_edges);
    errata_distances_want(current, self.edges, self.n_edges);
    distances_compare(&walk);
    self.ks = walk.ks;
    self.ks_p = errata_distances_ks_p(self.ks, n_r, n_c);
    self.wasserstein = errata_sum_value(&walk.area);
    errata_distances_count(reference, self.edges, self.n_edges, counts_r);
    errata_distances_count(current, self.edges, self.n_edges, counts_c);
    self.js = errata_distances_js(counts_r, counts_c, self.n_edges + 1);
    self.psi = errata_distances_psi(counts_r, counts_c, self.n_edges + 1);
    return self;
}
