/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How large the share of each feature is on average: over all sampled rows, over errors and over
 * correct ones, each with a bootstrap interval. Rows count by their declared weights, where there
 * are any. All features and groups of rows are added up in one walk over the rows for a block of
 * draws at a time: what is drawn is drawn once, and what is added to stays in the cache. */
#include <math.h>

#include "attribution-private.h"
#include "bootstrap.h"
#include "parallel.h"
#include "sort.h"
#include "sum.h"

#define SIZES_DRAWS 512 /* METHODS e8: 1,000; half of it at half the cost */
#define SIZES_BLOCK 64  /* of them walked at once */
#define SIZES_STAGE 33  /* of the random numbers */
#define SIZES_FEW   2   /* rows under which nothing is drawn */
#define SIZES_LEVEL 0.95

enum {
    SIZES_CORRECT,
    SIZES_ERROR,
    SIZES_OTHER,
    SIZES_GROUPS
};

/* of one feature in one group of rows, draw by draw */
typedef struct {
    double sum[SIZES_BLOCK];
    double lost[SIZES_BLOCK]; /* weight of rows that have no share of it */
} Cell;

typedef struct {
    const Attribution *attribution;
    double *draw; /* per feature and kind of mean (all, errors, correct): SIZES_DRAWS means */
} Sizes;

static double
sizes_of(const Attribution *self, gsize i, guint feature)
{
    gsize width = (gsize)self->n_features + 1;
    double size = 0.0;

    for (guint g = 0; g < self->n_groups; g++)
        size += fabs(self->phi[(i * self->n_groups + g) * width + feature]);
    return size;
}

static guint
sizes_group(const ErrataOutcome *outcome, gsize row)
{
    return outcome->judged[row] == 0  ? SIZES_OTHER
           : outcome->error[row] != 0 ? SIZES_ERROR
                                      : SIZES_CORRECT;
}

/* mean over the rows themselves; @kind: 0 all, 1 errors, 2 correct */
static double
sizes_mean(const Attribution *self, guint feature, guint kind, gsize *ret_n)
{
    const ErrataOutcome *outcome = self->analysis->outcome;
    ErrataSum sum = {0}, weights = {0};

    *ret_n = 0;
    for (gsize i = 0; i < self->n; i++) {
        double weight = errata_outcome_weight(outcome, self->row[i]);
        double size = sizes_of(self, i, feature);
        guint group = sizes_group(outcome, self->row[i]);

        if (isnan(size) || (kind > 0 && group != (kind == 1 ? SIZES_ERROR : SIZES_CORRECT)))
            continue;
        errata_sum_add(&sum, weight * size);
        errata_sum_add(&weights, weight);
        *ret_n += weight > 0.0 ? 1 : 0;
    }
    return errata_sum_value(&weights) > 0.0 ? errata_sum_value(&sum) / errata_sum_value(&weights)
                                            : (double)NAN;
}

static void
sizes_add(Cell *cell, const double *weight, double size)
{
    if (isnan(size)) {
        for (guint b = 0; b < SIZES_BLOCK; b++)
            cell->lost[b] += weight[b];
        return;
    }
    for (guint b = 0; b < SIZES_BLOCK; b++)
        cell->sum[b] += weight[b] * size;
}

static double
sizes_ratio(double sum, double weight)
{
    return weight > 0.0 ? sum / weight : (double)NAN;
}

/* the means of one feature in a block of draws; @all: what the groups' rows weigh */
static void
sizes_store(const Cell *cell, const Cell *all, gsize block, double *draw)
{
    for (guint b = 0; b < SIZES_BLOCK; b++) {
        double sum[SIZES_GROUPS], weight[SIZES_GROUPS];
        gsize at = block * SIZES_BLOCK + b;

        for (guint group = 0; group < SIZES_GROUPS; group++) {
            sum[group] = cell[group].sum[b];
            weight[group] = all[group].sum[b] - cell[group].lost[b];
        }
        draw[at] = sizes_ratio(sum[0] + sum[1] + sum[2], weight[0] + weight[1] + weight[2]);
        draw[SIZES_DRAWS + at] = sizes_ratio(sum[SIZES_ERROR], weight[SIZES_ERROR]);
        draw[2 * SIZES_DRAWS + at] = sizes_ratio(sum[SIZES_CORRECT], weight[SIZES_CORRECT]);
    }
}

static void
sizes_block_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    Sizes *sizes = data;
    const Attribution *self = sizes->attribution;
    const ErrataOutcome *outcome = self->analysis->outcome;

    for (gsize block = begin; block < end; block++) {
        g_autofree Cell *cell = g_new0(Cell, ((gsize)self->n_features + 1) * SIZES_GROUPS);
        Cell *all = cell + (gsize)self->n_features * SIZES_GROUPS;
        ErrataRng rng = errata_rng_init(self->analysis->settings->seed, SIZES_STAGE, block);
        double weight[SIZES_BLOCK];

        for (gsize i = 0; i < self->n; i++) {
            guint group = sizes_group(outcome, self->row[i]);
            double one = errata_outcome_weight(outcome, self->row[i]);

            for (guint b = 0; b < SIZES_BLOCK; b++)
                weight[b] = one * errata_bootstrap_poisson(&rng);
            sizes_add(&all[group], weight, 1.0);
            for (guint f = 0; f < self->n_features; f++)
                sizes_add(&cell[f * SIZES_GROUPS + group], weight, sizes_of(self, i, f));
        }
        for (guint f = 0; f < self->n_features; f++)
            sizes_store(&cell[f * SIZES_GROUPS],
                        all,
                        block,
                        sizes->draw + (gsize)f * 3 * SIZES_DRAWS);
    }
}

/* percentiles: a mean of sizes is not under 0, and nor is its interval */
static ErrataInterval
sizes_interval(double *draw, gsize n_rows)
{
    gsize n = 0;

    errata_sort_values(draw, SIZES_DRAWS);
    while (n < SIZES_DRAWS && isfinite(draw[n]))
        n++;
    if (n_rows < SIZES_FEW || n < SIZES_DRAWS / 2)
        return (ErrataInterval){(double)NAN, (double)NAN};
    return (ErrataInterval){errata_sort_quantile(draw, n, 0.5 - 0.5 * SIZES_LEVEL),
                            errata_sort_quantile(draw, n, 0.5 + 0.5 * SIZES_LEVEL)};
}

typedef struct {
    guint feature;
    double mean;
} Rank;

static int
sizes_compare(const void *a, const void *b)
{
    const Rank *x = a;
    const Rank *y = b;

    return x->mean > y->mean ? -1 : x->mean < y->mean ? 1 : (int)x->feature - (int)y->feature;
}

static void
sizes_rank(Attribution *self)
{
    g_autofree Rank *rank = g_new(Rank, MAX(self->n_features, 1));
    gsize n;

    for (guint f = 0; f < self->n_features; f++) {
        double mean = sizes_mean(self, f, 0, &n);

        rank[f] = (Rank){f, isnan(mean) ? 0.0 : mean};
    }
    qsort(rank, self->n_features, sizeof *rank, sizes_compare);
    for (guint i = 0; i < self->n_features; i++) {
        self->order[i] = rank[i].feature;
        self->shares->mean_abs[i] = rank[i].mean;
    }
}

/**
 * attribution_sizes:
 * @self: with the shares of the sampled rows; gets the order of the features
 *
 * Mean |share| of each feature, outputs summed, over all rows, over errors and over correct ones,
 * with 95 % percentile intervals of a bootstrap of the rows. METHODS e10.
 */
void
attribution_sizes(Attribution *self)
{
    ErrataShares *shares = self->shares;
    g_autofree double *draw = g_new(double, (gsize)self->n_features * 3 * SIZES_DRAWS + 1);
    Sizes sizes = {self, draw};

    sizes_rank(self);
    errata_parallel_for(SIZES_DRAWS / SIZES_BLOCK, 1, sizes_block_cb, &sizes);
    for (guint i = 0; i < self->n_features; i++) {
        guint f = self->order[i];
        double *mean[] = {NULL, shares->mean_abs_errors, shares->mean_abs_correct};
        double *lo[] = {shares->mean_abs_lo,
                        shares->mean_abs_errors_lo,
                        shares->mean_abs_correct_lo};
        double *hi[] = {shares->mean_abs_hi,
                        shares->mean_abs_errors_hi,
                        shares->mean_abs_correct_hi};

        shares->feature[i] = g_strdup(self->name[f]);
        for (guint kind = 0; kind < G_N_ELEMENTS(lo); kind++) {
            gsize n;
            double value = sizes_mean(self, f, kind, &n);
            ErrataInterval interval = sizes_interval(draw + ((gsize)f * 3 + kind) * SIZES_DRAWS, n);

            if (mean[kind] != NULL)
                mean[kind][i] = value;
            lo[kind][i] = interval.lo;
            hi[kind][i] = interval.hi;
        }
    }
    shares->n_rows = self->n;
}
