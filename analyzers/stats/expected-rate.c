/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Logistic (or linear) model with a known offset per cell and, per slice, one indicator and one
 * slope on that offset. Rows of the same cell and the same slices are one group, so a fit costs
 * groups × terms², not rows: typical are 40 cells, five slices, some hundred groups. */
#include "expected-rate.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "tests.h"

#define EXPECTED_STEPS       50
#define EXPECTED_RIDGE       1e-6 /* keeps slices inside each other solvable */
#define EXPECTED_MAX_STEP    4.0
#define EXPECTED_TOLERANCE   1e-10
#define EXPECTED_EXACT_BELOW 50.0 /* errors under which the binomial test is exact */
#define EXPECTED_HALVINGS    12
#define EXPECTED_SLOPE_RIDGE 1.0 /* precision of a slope about 0; −1: the cell says nothing */
#define EXPECTED_OTHERS \
    10.0 /* rows that a cell's own rate counts as beside those outside a slice */
#define EXPECTED_SIZE (2 * ERRATA_EXPECTED_MAX_TERMS + 1)

typedef struct {
    guint n;
    double a[EXPECTED_SIZE][EXPECTED_SIZE];
    double b[EXPECTED_SIZE];
} ExpectedSystem;

/* Cholesky in place; the lower triangle becomes the factor */
static void
expected_factor(ExpectedSystem *s)
{
    for (guint j = 0; j < s->n; j++) {
        for (guint k = 0; k < j; k++)
            s->a[j][j] -= s->a[j][k] * s->a[j][k];
        s->a[j][j] = sqrt(MAX(s->a[j][j], 1e-300));
        for (guint i = j + 1; i < s->n; i++) {
            for (guint k = 0; k < j; k++)
                s->a[i][j] -= s->a[i][k] * s->a[j][k];
            s->a[i][j] /= s->a[j][j];
        }
    }
}

/* solves with the factor; b becomes the solution */
static void
expected_solve(const ExpectedSystem *s, double *b)
{
    for (guint i = 0; i < s->n; i++) {
        for (guint k = 0; k < i; k++)
            b[i] -= s->a[i][k] * b[k];
        b[i] /= s->a[i][i];
    }
    for (guint i = s->n; i-- > 0;) {
        for (guint k = i + 1; k < s->n; k++)
            b[i] -= s->a[k][i] * b[k];
        b[i] /= s->a[i][i];
    }
}

static guint
expected_n_columns(const ErrataExpected *self)
{
    return 1 + (self->sloped ? 2 : 1) * self->n_terms;
}

/* intercept, indicators, then slopes; the columns of a group that are not zero */
static guint
expected_columns(const ErrataExpected *self, guint group, guint *ret_column, double *ret_value)
{
    guint n = 0;

    ret_column[n] = 0;
    ret_value[n++] = 1.0;
    for (guint k = 0; k < self->n_terms; k++)
        if (((self->terms[group] >> k) & 1) != 0) {
            ret_column[n] = 1 + k;
            ret_value[n++] = 1.0;
        }
    for (guint k = 0; self->sloped && k < self->n_terms; k++)
        if (((self->terms[group] >> k) & 1) != 0) {
            ret_column[n] = 1 + self->n_terms + k;
            ret_value[n++] = self->offset[group] - self->centre[k];
        }
    return n;
}

static double
expected_weight(const ErrataExpected *self, guint group)
{
    double mu = self->mu[group];

    return self->real ? 1.0 : mu * (1.0 - mu);
}

/* information matrix and score of intercept and terms at the present expectations */
static void
expected_system(const ErrataExpected *self, const double *beta, ExpectedSystem *s)
{
    guint column[EXPECTED_SIZE];
    double value[EXPECTED_SIZE];

    memset(s, 0, sizeof(*s));
    s->n = expected_n_columns(self);
    for (guint g = 0; g < self->n_groups; g++) {
        double w = self->count[g] * expected_weight(self, g);
        double u = self->sum[g] - self->count[g] * self->mu[g];
        guint n = expected_columns(self, g, column, value);

        for (guint i = 0; i < n; i++) {
            s->b[column[i]] += u * value[i];
            for (guint j = 0; j <= i; j++)
                s->a[column[i]][column[j]] += w * value[i] * value[j];
        }
    }
    for (guint i = 0; i < s->n; i++) {
        double ridge = EXPECTED_RIDGE * (1.0 + s->a[i][i]) +
                       (i > self->n_terms ? EXPECTED_SLOPE_RIDGE : 0.0);

        s->b[i] -= ridge * (beta != NULL ? beta[i] : 0.0);
        s->a[i][i] += ridge;
    }
}

static void
expected_predict(ErrataExpected *self, const double *beta)
{
    guint column[EXPECTED_SIZE];
    double value[EXPECTED_SIZE];

    for (guint g = 0; g < self->n_groups; g++) {
        double eta = self->offset[g];
        guint n = expected_columns(self, g, column, value);

        for (guint i = 0; i < n; i++)
            eta += beta[column[i]] * value[i];
        self->mu[g] = self->real ? MAX(eta, 0.0) : 1.0 / (1.0 + exp(-eta));
    }
}

/* log likelihood at the present expectations less the slopes' penalty */
static double
expected_objective(const ErrataExpected *self, const double *beta)
{
    double value = 0.0;

    for (guint g = 0; g < self->n_groups; g++) {
        double mu = CLAMP(self->mu[g], 1e-300, 1.0 - DBL_EPSILON);

        value += self->sum[g] * log(mu) + (self->count[g] - self->sum[g]) * log1p(-mu);
    }
    for (guint i = self->n_terms + 1; i < expected_n_columns(self); i++)
        value -= 0.5 * EXPECTED_SLOPE_RIDGE * beta[i] * beta[i];
    return value;
}

/* a Newton step, halved until it gains; returns the largest change of a coefficient */
static double
expected_step(ErrataExpected *self, double *beta)
{
    double before = self->real ? 0.0 : expected_objective(self, beta);
    double from[EXPECTED_SIZE];
    double largest = 0.0;
    double part = 1.0;
    ExpectedSystem s;

    expected_system(self, beta, &s);
    expected_factor(&s);
    expected_solve(&s, s.b);
    memcpy(from, beta, sizeof(from));
    for (guint i = 0; i < s.n; i++)
        largest = MAX(largest, fabs(s.b[i]));
    if (largest > EXPECTED_MAX_STEP && !self->real)
        part = EXPECTED_MAX_STEP / largest;
    for (guint halved = 0; halved < EXPECTED_HALVINGS; halved++) {
        for (guint i = 0; i < s.n; i++)
            beta[i] = from[i] + part * s.b[i];
        expected_predict(self, beta);
        if (self->real || expected_objective(self, beta) >= before - 1e-9 * (1.0 + fabs(before)))
            break;
        part /= 2.0;
    }
    return part * largest;
}

static void
expected_fit(ErrataExpected *self)
{
    double beta[EXPECTED_SIZE] = {0.0};

    expected_predict(self, beta);
    for (guint step = 0; step < EXPECTED_STEPS; step++)
        if (expected_step(self, beta) < EXPECTED_TOLERANCE)
            break;
}

static void
expected_measure_variance(ErrataExpected *self)
{
    double sum = 0.0;

    self->variance = 1.0;
    if (!self->real || self->n_rows == 0)
        return;
    for (gsize row = 0; row < self->n_rows; row++) {
        double residual = self->y[row] - errata_expected_mu(self, row);

        sum += residual * residual;
    }
    self->variance = MAX(sum / (double)self->n_rows, 1e-12);
}

/**
 * errata_expected_new:
 * @y: (array length=n_rows): errors 0 or 1, or losses of 0 or more; must outlive the model
 * @cell: (array length=n_rows): cell of each row, 0 … n_cells − 1
 * @n_cells: cells, at least 1; one cell means that nothing is known of a row
 * @n_rows: rows
 * @real: @y are real losses
 *
 * Fits the model without terms: each cell's own rate, shrunk towards the overall rate by one row.
 *
 * Returns: (transfer full): the model
 */
ErrataExpected *
errata_expected_new(const double *y,
                    const guint32 *cell,
                    guint n_cells,
                    gsize n_rows,
                    gboolean real)
{
    ErrataExpected *self = g_new0(ErrataExpected, 1);
    double total = 0.0;
    double mean;

    self->n_rows = n_rows;
    self->real = real;
    self->sloped = !real && n_cells > 1;
    self->y = y;
    self->n_groups = n_cells;
    self->group = g_memdup2(cell, MAX(n_rows, 1) * sizeof(guint32));
    self->mu = g_new0(double, n_cells);
    self->offset = g_new0(double, n_cells);
    self->count = g_new0(double, n_cells);
    self->sum = g_new0(double, n_cells);
    self->terms = g_new0(guint32, n_cells);
    self->n_cells = n_cells;
    self->cell = g_new0(guint32, n_cells);
    for (guint c = 0; c < n_cells; c++)
        self->cell[c] = c;
    for (gsize row = 0; row < n_rows; row++) {
        self->count[cell[row]] += 1.0;
        self->sum[cell[row]] += y[row];
        total += y[row];
    }
    mean = real ? total / MAX((double)n_rows, 1.0) : (total + 0.5) / ((double)n_rows + 1.0);
    for (guint g = 0; g < n_cells; g++) {
        double rate = (self->sum[g] + mean) / (self->count[g] + 1.0);

        self->offset[g] = real ? rate : log(rate / (1.0 - rate));
    }
    expected_fit(self);
    expected_measure_variance(self);
    return self;
}

void
errata_expected_free(ErrataExpected *self)
{
    if (self == NULL)
        return;
    g_free(self->group);
    g_free(self->mu);
    g_free(self->offset);
    g_free(self->count);
    g_free(self->sum);
    g_free(self->terms);
    g_free(self->cell);
    g_free(self);
}

/* group g becomes 2g (outside) and 2g + 1 (inside), then unused ones are squeezed out */
static void
expected_split(ErrataExpected *self, const guint8 *member)
{
    guint n_wide = 2 * self->n_groups;
    g_autofree guint32 *place = g_new(guint32, n_wide);
    g_autofree double *offset = self->offset;
    g_autofree guint32 *terms = self->terms;
    g_autofree guint32 *cell = self->cell;
    guint n_groups = 0;

    memset(place, 0xff, n_wide * sizeof(guint32));
    for (gsize row = 0; row < self->n_rows; row++) {
        self->group[row] = 2 * self->group[row] + (member[row] != 0);
        place[self->group[row]] = 0;
    }
    for (guint wide = 0; wide < n_wide; wide++)
        if (place[wide] == 0)
            place[wide] = n_groups++;
    g_free(self->mu);
    g_free(self->count);
    g_free(self->sum);
    self->n_groups = n_groups;
    self->mu = g_new0(double, n_groups);
    self->count = g_new0(double, n_groups);
    self->sum = g_new0(double, n_groups);
    self->offset = g_new0(double, n_groups);
    self->terms = g_new0(guint32, n_groups);
    self->cell = g_new0(guint32, n_groups);
    for (guint wide = 0; wide < n_wide; wide++) {
        if (place[wide] == G_MAXUINT32)
            continue;
        self->offset[place[wide]] = offset[wide / 2];
        self->cell[place[wide]] = cell[wide / 2];
        self->terms[place[wide]] = terms[wide / 2] |
                                   (wide % 2 == 1 ? (guint32)1 << self->n_terms : 0);
    }
    for (gsize row = 0; row < self->n_rows; row++) {
        guint32 g = self->group[row] = place[self->group[row]];

        self->count[g] += 1.0;
        self->sum[g] += self->y[row];
    }
}

/* The rates of the cells by their rows outside of all terms: slices that are known would else be
 * part of what is usual there. A cell without such rows keeps its rate. */
static void
expected_rebase(ErrataExpected *self)
{
    g_autofree double *offset = g_new(double, self->n_cells);
    double total = 0.0, n = 0.0, mean;

    for (guint c = 0; c < self->n_cells; c++)
        offset[c] = (double)NAN;
    for (guint g = 0; g < self->n_groups; g++)
        if (self->terms[g] == 0) {
            total += self->sum[g];
            n += self->count[g];
        }
    mean = self->real ? total / MAX(n, 1.0) : (total + 0.5) / (n + 1.0);
    for (guint g = 0; g < self->n_groups; g++) {
        double rate = (self->sum[g] + mean) / (self->count[g] + 1.0);

        if (self->terms[g] == 0)
            offset[self->cell[g]] = self->real ? rate : log(rate / (1.0 - rate));
    }
    for (guint g = 0; g < self->n_groups; g++)
        if (!isnan(offset[self->cell[g]]))
            self->offset[g] = offset[self->cell[g]];
}

/**
 * errata_expected_add:
 * @self: a model with fewer than %ERRATA_EXPECTED_MAX_TERMS terms
 * @member: (array length=n_rows): 1 for the rows of a slice
 *
 * Adds the rows as a term and fits again, so that the slice is from now on expected. For errors the
 * term has a slope besides its level: where the model's confidence means nothing, confident rows
 * gain more errors than unsure ones, and a level alone would leave the confident ones as a slice
 * within the slice.
 */
void
errata_expected_add(ErrataExpected *self, const guint8 *member)
{
    double sum = 0.0;
    double n = 0.0;

    g_return_if_fail(self->n_terms < ERRATA_EXPECTED_MAX_TERMS);
    for (gsize row = 0; row < self->n_rows; row++)
        if (member[row] != 0) {
            sum += self->offset[self->group[row]];
            n += 1.0;
        }
    self->centre[self->n_terms] = n > 0.0 ? sum / n : 0.0;
    expected_split(self, member);
    self->n_terms++;
    expected_rebase(self);
    expected_fit(self);
    expected_measure_variance(self);
}

/* rows in question and their summed losses, per group */
typedef struct {
    double *n;
    double *sum;
} ExpectedInside;

static void
expected_inside_init(const ErrataExpected *self, const guint8 *member, ExpectedInside *ret)
{
    ret->n = g_new0(double, self->n_groups);
    ret->sum = g_new0(double, self->n_groups);
    for (gsize row = 0; row < self->n_rows; row++)
        if (member[row] != 0) {
            ret->n[self->group[row]] += 1.0;
            ret->sum[self->group[row]] += self->y[row];
        }
}

static void
expected_inside_clear(ExpectedInside *self)
{
    g_free(self->n);
    g_free(self->sum);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ExpectedInside, expected_inside_clear)

/**
 * errata_expected_others:
 * @self: a fitted model
 * @group: one of its groups
 * @n: rows of it that are in question
 * @sum: their summed loss
 *
 * Where no term is, a group is a cell, whose rate has the rows in question in it; the rows of a
 * term are expected as that says.
 *
 * Returns: what a row of the group is expected to lose by the other rows
 */
double
errata_expected_others(const ErrataExpected *self, guint group, double n, double sum)
{
    if (self->terms[group] != 0)
        return self->mu[group];
    return (self->sum[group] - sum + EXPECTED_OTHERS * self->mu[group]) /
           (self->count[group] - n + EXPECTED_OTHERS);
}

/**
 * errata_expected_outside:
 * @self: a fitted model
 * @member: (array length=n_rows): 1 for the rows in question
 *
 * Returns: (transfer full) (array length=n_groups): expectations as @self.mu, by the rows outside
 */
double *
errata_expected_outside(const ErrataExpected *self, const guint8 *member)
{
    g_auto(ExpectedInside) inside = {NULL, NULL};
    double *mu = g_new(double, MAX(self->n_groups, 1));

    expected_inside_init(self, member, &inside);
    for (guint g = 0; g < self->n_groups; g++)
        mu[g] = errata_expected_others(self, g, inside.n[g], inside.sum[g]);
    return mu;
}

/* variance of observed − expected by the fitted terms, and by the cells, whose rates have the rows
 * in question in them (Cochran 1954): the smaller one, as each leaves the other out */
static double
expected_variance(const ErrataExpected *self, const ExpectedInside *inside)
{
    double cross[EXPECTED_SIZE] = {0.0};
    double solved[EXPECTED_SIZE];
    double value[EXPECTED_SIZE];
    guint column[EXPECTED_SIZE];
    double by_terms = 0.0, by_cells = 0.0;
    ExpectedSystem s;

    for (guint g = 0; g < self->n_groups; g++) {
        double w = inside->n[g] * expected_weight(self, g);

        by_terms += w;
        by_cells += self->terms[g] != 0 ? w : w * (1.0 - inside->n[g] / MAX(self->count[g], 1.0));
        for (guint i = 0, n = expected_columns(self, g, column, value); i < n; i++)
            cross[column[i]] += w * value[i];
    }
    expected_system(self, NULL, &s);
    expected_factor(&s);
    memcpy(solved, cross, sizeof(cross));
    expected_solve(&s, solved);
    for (guint i = 0; i < s.n; i++)
        by_terms -= cross[i] * solved[i];
    return MIN(by_terms, by_cells) * self->variance;
}

/* few errors: exactly binomial, of as many rows, or of all errors where the rows are a large
 * part */
static double
expected_exact(const ErrataExpected *self, const ErrataExpectedTest *t)
{
    double all = 0.0;

    for (guint g = 0; g < self->n_groups; g++)
        all += self->sum[g];
    if (!(t->n > 0.0))
        return 1.0;
    if (all >= t->observed && all < t->n && t->expected < all)
        return errata_tests_binomial_upper((guint64)t->observed, (guint64)all, t->expected / all);
    return errata_tests_binomial_upper((guint64)t->observed,
                                       (guint64)t->n,
                                       MIN(t->expected / t->n, 1.0));
}

/**
 * errata_expected_test:
 * @self: a fitted model
 * @member: (array length=n_rows): 1 for the rows in question
 * @ret_test: observed and expected over those rows, and the test
 *
 * What is expected is what the other rows of each cell tell, or a large part of the rows would hide
 * itself. Rao's score test of adding the rows as a term, one-sided (more than expected), its
 * variance corrected for the fitted terms or cells, and given for the observed less the expected as
 * returned; exact binomial under 50 errors.
 */
void
errata_expected_test(const ErrataExpected *self, const guint8 *member, ErrataExpectedTest *ret_test)
{
    g_auto(ExpectedInside) inside = {NULL, NULL};
    ErrataExpectedTest t = {0.0, 0.0, 0.0, 0.0, 1.0};
    double outside = 0.0, wider;

    expected_inside_init(self, member, &inside);
    for (guint g = 0; g < self->n_groups; g++) {
        t.n += inside.n[g];
        t.observed += inside.sum[g];
        t.expected += inside.n[g] * self->mu[g];
        outside += inside.n[g] * errata_expected_others(self, g, inside.n[g], inside.sum[g]);
    }
    t.variance = expected_variance(self, &inside);
    if (!self->real && t.observed < EXPECTED_EXACT_BELOW)
        t.p = expected_exact(self, &t);
    else if (t.variance > 0.0)
        t.p = errata_tests_normal_upper((t.observed - t.expected) / sqrt(t.variance));
    wider = (t.observed - outside) / (t.observed - t.expected);
    if (isfinite(wider) && wider > 1.0) { /* nothing is known of cells that have no other rows */
        t.expected = outside;
        t.variance *= wider * wider;
    }
    *ret_test = t;
}

/**
 * errata_expected_ratio:
 * @n: rows
 * @observed: their errors or summed loss
 * @expected: the same, expected
 * @variance: 0 for 0/1 errors, else the variance of one row's loss
 *
 * Log likelihood ratio of "the rate is what was observed" to "the rate is what was expected":
 * n·KL(observed/n ‖ expected/n), or (observed − expected)² / (2 n variance).
 *
 * Returns: the ratio, 0 or more; 0 when no more was observed than expected
 */
double
errata_expected_ratio(double n, double observed, double expected, double variance)
{
    double ratio;

    if (!(observed > expected) || n <= 0.0)
        return 0.0;
    if (variance > 0.0)
        return (observed - expected) * (observed - expected) / (2.0 * n * variance);
    expected = MAX(expected, 1e-9);
    ratio = observed * log(observed / expected);
    if (observed < n)
        ratio += (n - observed) * log((n - observed) / (n - expected));
    return MAX(ratio, 0.0);
}

typedef struct {
    double mu;
    double count;
} ExpectedGroup;

static int
expected_compare_cb(gconstpointer a, gconstpointer b)
{
    const ExpectedGroup *x = a;
    const ExpectedGroup *y = b;

    return (x->mu < y->mu) - (x->mu > y->mu);
}

/**
 * errata_expected_captured:
 * @self: a fitted model
 * @member: (array length=n_rows): 1 for the rows in question
 *
 * Returns: what is expected of those rows, over what is of as many of the rows of which most is: 1
 * where they
 *   are those rows and no others
 */
double
errata_expected_captured(const ErrataExpected *self, const guint8 *member)
{
    g_autofree ExpectedGroup *group = g_new(ExpectedGroup, MAX(self->n_groups, 1));
    double n = 0.0, own = 0.0, most = 0.0;

    for (gsize i = 0; i < self->n_rows; i++)
        if (member[i] != 0) {
            n += 1.0;
            own += errata_expected_mu(self, i);
        }
    for (guint g = 0; g < self->n_groups; g++)
        group[g] = (ExpectedGroup){self->mu[g], self->count[g]};
    qsort(group, self->n_groups, sizeof(*group), expected_compare_cb);
    for (guint g = 0; g < self->n_groups && n > 0.0; g++) {
        double taken = MIN(n, group[g].count);

        most += taken * group[g].mu;
        n -= taken;
    }
    return most > 0.0 ? own / most : 0.0;
}
