/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Logistic or least-squares regression on a few dense terms by Newton steps, and the score test of
 * one term more. Typical: six terms of a score and ten columns, 20,000 rows. */
#include "side-terms.h"

#include <math.h>
#include <string.h>

#define SIDE_STEPS     15
#define SIDE_TOLERANCE 1e-6
#define SIDE_MOST      3.0 /* a coefficient's largest step */
#define SIDE_RIDGE     1e-6
#define SIDE_LEFT      (10.0 * SIDE_RIDGE) /* of a term beside those known, or it is one of them */

typedef struct {
    double a[ERRATA_SIDE_TERMS_MAX][ERRATA_SIDE_TERMS_MAX]; /* lower triangle, then its factor */
    double b[ERRATA_SIDE_TERMS_MAX];
    double residual; /* mean square, of numbers */
} SideSystem;

static gsize
side_count(const ErrataSideTerms *self)
{
    return self->row != NULL ? self->n_rows : self->n;
}

static gsize
side_row(const ErrataSideTerms *self, gsize i)
{
    return self->row != NULL ? self->row[i] : i;
}

/**
 * errata_side_terms_predict:
 * @self: a fitted predictor
 * @row: a row of its terms
 *
 * Returns: the probability of 1, or the number
 */
double
errata_side_terms_predict(const ErrataSideTerms *self, gsize row)
{
    double eta = 0.0;

    for (guint j = 0; j < self->p; j++)
        eta += self->beta[j] * self->x[j][row];
    return self->real ? eta : 1.0 / (1.0 + exp(-eta));
}

static double
side_weight(const ErrataSideTerms *self, double mu)
{
    return self->real ? 1.0 : mu * (1.0 - mu);
}

static void
side_system(const ErrataSideTerms *self, SideSystem *s)
{
    gsize n = side_count(self);
    double value[ERRATA_SIDE_TERMS_MAX];

    memset(s, 0, sizeof(*s));
    for (gsize i = 0; i < n; i++) {
        gsize row = side_row(self, i);
        double mu = errata_side_terms_predict(self, row);
        double w = side_weight(self, mu);
        double off = self->y[row] - mu;

        s->residual += off * off;
        for (guint j = 0; j < self->p; j++) {
            value[j] = self->x[j][row];
            s->b[j] += off * value[j];
            for (guint k = 0; k <= j; k++)
                s->a[j][k] += w * value[j] * value[k];
        }
    }
    s->residual /= MAX((double)n, 1.0);
    for (guint j = 0; j < self->p; j++)
        s->a[j][j] += SIDE_RIDGE * (1.0 + s->a[j][j]);
}

/* Cholesky in place */
static void
side_factor(SideSystem *s, guint p)
{
    for (guint j = 0; j < p; j++) {
        for (guint k = 0; k < j; k++)
            s->a[j][j] -= s->a[j][k] * s->a[j][k];
        s->a[j][j] = sqrt(MAX(s->a[j][j], 1e-12));
        for (guint i = j + 1; i < p; i++) {
            for (guint k = 0; k < j; k++)
                s->a[i][j] -= s->a[i][k] * s->a[j][k];
            s->a[i][j] /= s->a[j][j];
        }
    }
}

/* half a solution: @b becomes what it is before the transposed factor, whose square is the
 * quadratic form */
static void
side_forward(const SideSystem *s, guint p, double *b)
{
    for (guint i = 0; i < p; i++) {
        for (guint k = 0; k < i; k++)
            b[i] -= s->a[i][k] * b[k];
        b[i] /= s->a[i][i];
    }
}

static void
side_solve(const SideSystem *s, guint p, double *b)
{
    side_forward(s, p, b);
    for (guint i = p; i-- > 0;) {
        for (guint k = i + 1; k < p; k++)
            b[i] -= s->a[k][i] * b[k];
        b[i] /= s->a[i][i];
    }
}

static void
side_errors(ErrataSideTerms *self, const SideSystem *s)
{
    for (guint j = 0; j < self->p; j++) {
        double unit[ERRATA_SIDE_TERMS_MAX] = {0.0};
        double form = 0.0;

        unit[j] = 1.0;
        side_forward(s, self->p, unit);
        for (guint k = 0; k < self->p; k++)
            form += unit[k] * unit[k];
        self->error[j] = sqrt(form * (self->real ? s->residual : 1.0));
    }
}

/**
 * errata_side_terms_fit:
 * @self: terms and labels; @self.beta is where the steps begin
 *
 * Complexity: rows × terms² a step. Source: McCullagh and Nelder 1989, section 2.5.
 */
void
errata_side_terms_fit(ErrataSideTerms *self)
{
    SideSystem s;

    for (guint step = 0; step < SIDE_STEPS; step++) {
        double largest = 0.0;

        side_system(self, &s);
        side_factor(&s, self->p);
        side_solve(&s, self->p, s.b);
        for (guint j = 0; j < self->p; j++)
            largest = MAX(largest, fabs(s.b[j]));
        for (guint j = 0; j < self->p; j++)
            self->beta[j] += s.b[j] *
                             (largest > SIDE_MOST && !self->real ? SIDE_MOST / largest : 1.0);
        if (largest < SIDE_TOLERANCE || self->real)
            break;
    }
    side_system(self, &s); /* of the solution: its residuals, and with the factor its errors */
    side_factor(&s, self->p);
    side_errors(self, &s);
}

struct _ErrataSideTest {
    const ErrataSideTerms *terms;
    SideSystem system; /* factored */
    double *off;       /* of each row fitted: label less what is said of it … */
    double *weight;
};

/**
 * errata_side_test_new:
 * @terms: a fitted predictor; must outlive the test
 *
 * Returns: (transfer full): what every term that @terms does not have is tested against
 */
ErrataSideTest *
errata_side_test_new(const ErrataSideTerms *terms)
{
    ErrataSideTest *self = g_new0(ErrataSideTest, 1);
    gsize n = side_count(terms);

    self->terms = terms;
    self->off = g_new(double, MAX(n, 1));
    self->weight = g_new(double, MAX(n, 1));
    side_system(terms, &self->system);
    side_factor(&self->system, terms->p);
    for (gsize i = 0; i < n; i++) {
        gsize row = side_row(terms, i);
        double mu = errata_side_terms_predict(terms, row);

        self->off[i] = terms->y[row] - mu;
        self->weight[i] = side_weight(terms, mu);
    }
    return self;
}

/* what the rows of a term that is 1 in them, or any number, sum up to */
typedef struct {
    double score;
    double square;
    double cross[ERRATA_SIDE_TERMS_MAX];
} SideSums;

static void
side_sums_add(SideSums *sums, const ErrataSideTest *test, gsize i, double z)
{
    const ErrataSideTerms *terms = test->terms;
    gsize row = side_row(terms, i);
    double weighted = test->weight[i] * z;

    sums->score += z * test->off[i];
    sums->square += weighted * z;
    for (guint j = 0; j < terms->p; j++)
        sums->cross[j] += weighted * terms->x[j][row];
}

static double
side_sums_statistic(const SideSums *sums, const ErrataSideTest *test)
{
    const ErrataSideTerms *terms = test->terms;
    SideSums own = *sums;

    side_forward(&test->system, terms->p, own.cross);
    for (guint j = 0; j < terms->p; j++)
        own.square -= own.cross[j] * own.cross[j];
    if (!(own.square > 1e-9 * (double)side_count(terms)) ||
        !(own.square > SIDE_LEFT * sums->square))
        return 0.0;
    return own.score * own.score /
           (own.square * (terms->real ? MAX(test->system.residual, 1e-300) : 1.0));
}

/**
 * errata_side_test_statistic:
 * @self: a test
 * @z: (array length=n): a term that its predictor does not have
 *
 * Returns: Rao's score statistic of adding the term, about chi-square with one degree of freedom
 */
double
errata_side_test_statistic(const ErrataSideTest *self, const double *z)
{
    gsize n = side_count(self->terms);
    SideSums sums = {0};

    for (gsize i = 0; i < n; i++)
        side_sums_add(&sums, self, i, z[side_row(self->terms, i)]);
    return side_sums_statistic(&sums, self);
}

/**
 * errata_side_test_groups:
 * @self: a test
 * @code: (array length=n): the group of each row of its terms
 * @ordered: groups are ranges of a number, the last of %ERRATA_SIDE_GROUPS those where it is
 *   missing
 * @ret_statistic: (array fixed-size=256): per group the statistic of the term that is 1 in its rows
 *   and else 0; with @ordered, of the term that is 1 in it and all ranges above; 0 where no term is
 *   told from those known
 *
 * Complexity: rows × terms, whatever the number of groups.
 */
void
errata_side_test_groups(const ErrataSideTest *self,
                        const guint8 *code,
                        gboolean ordered,
                        double *ret_statistic)
{
    gsize n = side_count(self->terms);
    g_autofree SideSums *sums = g_new0(SideSums, ERRATA_SIDE_GROUPS);

    for (gsize i = 0; i < n; i++)
        side_sums_add(&sums[code[side_row(self->terms, i)]], self, i, 1.0);
    for (guint g = ERRATA_SIDE_GROUPS - 1; ordered && g-- > 1;) {
        sums[g - 1].score += sums[g].score;
        sums[g - 1].square += sums[g].square;
        for (guint j = 0; j < self->terms->p; j++)
            sums[g - 1].cross[j] += sums[g].cross[j];
    }
    for (guint g = 0; g < ERRATA_SIDE_GROUPS; g++)
        ret_statistic[g] = side_sums_statistic(&sums[g], self);
}

void
errata_side_test_free(ErrataSideTest *self)
{
    if (self == NULL)
        return;
    g_free(self->off);
    g_free(self->weight);
    g_free(self);
}
