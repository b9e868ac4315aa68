/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How large the share of each feature is on average: over all sampled rows, over errors and over
 * correct ones, each with an interval. Rows count by their declared weights, where there are
 * any. */
#include <math.h>

#include "attribution-private.h"
#include "intervals.h"
#include "parallel.h"
#include "sum.h"

#define SIZES_FEW   2 /* rows under which there is no interval */
#define SIZES_LEVEL 0.95

enum {
    SIZES_ALL,
    SIZES_ERRORS,
    SIZES_CORRECT,
    SIZES_KINDS
};

/* of one feature, by kind of rows */
typedef struct {
    double mean[SIZES_KINDS];
    ErrataInterval interval[SIZES_KINDS];
} Size;

typedef struct {
    const Attribution *attribution;
    Size *size; /* per feature */
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

/* what a row weighs in a kind of mean; 0 where it is none of those */
static double
sizes_weight(const ErrataOutcome *outcome, gsize row, guint kind)
{
    gboolean counts = kind == SIZES_ALL || (outcome->judged[row] != 0 &&
                                            (outcome->error[row] != 0) == (kind == SIZES_ERRORS));

    return counts ? errata_outcome_weight(outcome, row) : 0.0;
}

/* m = Σ w x / Σ w; its variance by its influence function is Σ w² (x − m)² / (Σ w)², times
 * n / (n − 1) */
static void
sizes_measure(const Attribution *self, const double *value, guint kind, Size *ret)
{
    const ErrataOutcome *outcome = self->analysis->outcome;
    ErrataSum sum = {0}, weights = {0}, square = {0};
    double mean, total, variance;
    gsize n = 0;

    for (gsize i = 0; i < self->n; i++) {
        double weight = sizes_weight(outcome, self->row[i], kind);

        if (isnan(value[i]) || !(weight > 0.0))
            continue;
        errata_sum_add(&sum, weight * value[i]);
        errata_sum_add(&weights, weight);
        n++;
    }
    total = errata_sum_value(&weights);
    ret->mean[kind] = mean = n > 0 ? errata_sum_value(&sum) / total : (double)NAN;
    ret->interval[kind] = (ErrataInterval){(double)NAN, (double)NAN};
    if (n < SIZES_FEW)
        return;
    for (gsize i = 0; i < self->n; i++) {
        double part = sizes_weight(outcome, self->row[i], kind) / total * (value[i] - mean);

        if (!isnan(part))
            errata_sum_add(&square, part * part);
    }
    variance = errata_sum_value(&square) * (double)n / (double)(n - 1);
    ret->interval[kind] = mean > 0.0 ? errata_intervals_log(mean, variance, SIZES_LEVEL)
                                     : (ErrataInterval){0.0, 0.0}; /* nothing in any row */
}

static void
sizes_feature_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    const Sizes *sizes = data;
    const Attribution *self = sizes->attribution;
    g_autofree double *value = g_new(double, MAX(self->n, 1));

    for (gsize f = begin; f < end; f++) {
        for (gsize i = 0; i < self->n; i++)
            value[i] = sizes_of(self, i, (guint)f);
        for (guint kind = 0; kind < SIZES_KINDS; kind++)
            sizes_measure(self, value, kind, &sizes->size[f]);
    }
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
sizes_rank(Attribution *self, const Size *size)
{
    g_autofree Rank *rank = g_new(Rank, MAX(self->n_features, 1));

    for (guint f = 0; f < self->n_features; f++) {
        double mean = size[f].mean[SIZES_ALL];

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
 * with 95 % intervals by the delta method on the log scale, since no mean of sizes is under 0.
 * METHODS 0.4 and 7.
 */
void
attribution_sizes(Attribution *self)
{
    ErrataShares *shares = self->shares;
    g_autofree Size *size = g_new(Size, MAX(self->n_features, 1));
    Sizes sizes = {self, size};

    errata_parallel_for(self->n_features, 1, sizes_feature_cb, &sizes);
    sizes_rank(self, size);
    for (guint i = 0; i < self->n_features; i++) {
        const Size *of = &size[self->order[i]];

        shares->feature[i] = g_strdup(self->name[self->order[i]]);
        shares->mean_abs_errors[i] = of->mean[SIZES_ERRORS];
        shares->mean_abs_correct[i] = of->mean[SIZES_CORRECT];
        shares->mean_abs_lo[i] = of->interval[SIZES_ALL].lo;
        shares->mean_abs_hi[i] = of->interval[SIZES_ALL].hi;
        shares->mean_abs_errors_lo[i] = of->interval[SIZES_ERRORS].lo;
        shares->mean_abs_errors_hi[i] = of->interval[SIZES_ERRORS].hi;
        shares->mean_abs_correct_lo[i] = of->interval[SIZES_CORRECT].lo;
        shares->mean_abs_correct_hi[i] = of->interval[SIZES_CORRECT].hi;
    }
    shares->n_rows = self->n;
}
