/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define ERRATA_EXPECTED_MAX_TERMS 32

/**
 * ErrataExpected:
 * @n_rows: rows
 * @real: a mean of a loss with unit variance about it; otherwise the rate of a 0/1 error
 * @sloped: a term has a slope on the cell's logit besides its level
 * @y: (array length=n_rows): errors (0 or 1) or losses, borrowed
 * @group: (array length=n_rows): rows of a group share cell and terms, hence their expectation
 * @n_groups: groups
 * @n_terms: slices besides the intercept
 * @mu: (array length=n_groups): expected rate or loss of a row of the group
 * @variance: residual variance when @real, else 1
 *
 * What loss to expect of a row from its cell (prediction and score bin) and from the slices known
 * so far: with l = logit(rate of the cell), logit μ = l + a + Σ (b_k + s_k (l − centre_k)) · [row
 * in slice k], fitted by maximum likelihood with a unit prior on the slopes s; for real losses μ =
 * mean of the cell + a + Σ b_k · [row in slice k], least squares.
 */
typedef struct {
    gsize n_rows;
    gboolean real;
    gboolean sloped;
    const double *y;
    guint32 *group;
    guint n_groups;
    guint n_terms;
    double *mu;
    double variance;
    /* per group */
    double *offset;
    double *count;
    double *sum;
    guint32 *terms; /* bit k: in slice k */
    guint32 *cell;  /* that its rows are in */
    guint n_cells;
    /* per term */
    double centre[ERRATA_EXPECTED_MAX_TERMS]; /* mean logit of its rows' cells */
} ErrataExpected;

/* observed and expected over some rows, and the score test of one more term */
typedef struct {
    double n;
    double observed;
    double expected; /* by the other rows */
    double variance; /* of observed − expected when the term has no effect */
    double p;        /* one-sided: more than expected */
} ErrataExpectedTest;

ErrataExpected *errata_expected_new(const double *y,
                                    const guint32 *cell,
                                    guint n_cells,
                                    gsize n_rows,
                                    gboolean real);
void errata_expected_free(ErrataExpected *self);
void errata_expected_add(ErrataExpected *self, const guint8 *member);
double errata_expected_others(const ErrataExpected *self, guint group, double n, double sum);
double *errata_expected_outside(const ErrataExpected *self, const guint8 *member);
void errata_expected_test(const ErrataExpected *self,
                          const guint8 *member,
                          ErrataExpectedTest *ret_test);
double errata_expected_captured(const ErrataExpected *self, const guint8 *member);
double errata_expected_ratio(double n, double observed, double expected, double variance);

static inline double
errata_expected_mu(const ErrataExpected *self, gsize row)
{
    return self->mu[self->group[row]];
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataExpected, errata_expected_free)

G_END_DECLS
