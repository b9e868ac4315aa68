/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of hypotheses: statistics in, p out. Special functions are GSL's, with its error handler
 * off: a tail too small for a double is 0, not the end of the process. */
#include "tests.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <math.h>

#include "sort.h"

static void
tests_init(void)
{
    static gsize done = 0;

    if (g_once_init_enter(&done)) {
        gsl_set_error_handler_off();
        g_once_init_leave(&done, 1);
    }
}

static double
tests_clamp(double p)
{
    return isnan(p) ? p : CLAMP(p, 0.0, 1.0);
}

/**
 * errata_tests_normal:
 * @z: a statistic that is standard normal under the null
 *
 * Returns: two-sided p
 */
double
errata_tests_normal(double z)
{
    return erfc(fabs(z) * M_SQRT1_2);
}

/**
 * errata_tests_normal_upper:
 * @z: a statistic that is standard normal under the null
 *
 * Returns: one-sided p, P(Z ≥ z)
 */
double
errata_tests_normal_upper(double z)
{
    return 0.5 * erfc(z * M_SQRT1_2);
}

/**
 * errata_tests_chi_square:
 * @statistic: at least 0
 * @degrees: degrees of freedom, above 0
 *
 * Returns: upper-tail p
 */
double
errata_tests_chi_square(double statistic, double degrees)
{
    tests_init();
    if (!(degrees > 0.0) || isnan(statistic))
        return (double)NAN;
    if (!(statistic > 0.0))
        return 1.0;
    if (isinf(statistic) || statistic > 1e7 + 20.0 * degrees)
        return 0.0;
    return tests_clamp(gsl_cdf_chisq_Q(statistic, degrees));
}

/**
 * errata_tests_student:
 * @t: the statistic
 * @degrees: degrees of freedom, above 0, not necessarily whole
 *
 * Returns: two-sided p
 */
double
errata_tests_student(double t, double degrees)
{
    tests_init();
    if (!(degrees > 0.0) || isnan(t))
        return (double)NAN;
    if (isinf(t))
        return 0.0;
    return tests_clamp(2.0 * gsl_cdf_tdist_Q(fabs(t), degrees));
}

/**
 * errata_tests_binomial_upper:
 * @successes: successes, at most @n
 * @n: trials, at most 2³² − 1
 * @p: probability of a success under the null, in [0, 1]
 *
 * Returns: P(X ≥ @successes)
 */
double
errata_tests_binomial_upper(guint64 successes, guint64 n, double p)
{
    tests_init();
    g_return_val_if_fail(n <= G_MAXUINT32, (double)NAN);
    if (successes == 0)
        return 1.0;
    if (successes > n || !(p > 0.0))
        return 0.0;
    if (p >= 1.0)
        return 1.0;
    return tests_clamp(gsl_cdf_binomial_Q((guint)(successes - 1), p, (guint)n));
}

/**
 * errata_tests_binomial_lower:
 * @successes: successes, at most @n
 * @n: trials, at most 2³² − 1
 * @p: probability of a success under the null, in [0, 1]
 *
 * Returns: P(X ≤ @successes)
 */
double
errata_tests_binomial_lower(guint64 successes, guint64 n, double p)
{
    tests_init();
    g_return_val_if_fail(n <= G_MAXUINT32, (double)NAN);
    if (successes >= n || !(p > 0.0))
        return 1.0;
    if (p >= 1.0)
        return 0.0;
    return tests_clamp(gsl_cdf_binomial_P((guint)successes, p, (guint)n));
}

static double
tests_log_choose(double n, double k)
{
    return lgamma(n + 1.0) - lgamma(k + 1.0) - lgamma(n - k + 1.0);
}

/* Σ over one side of the observed table of P(table) / P(observed) for tables as improbable as it;
 * @ret_total adds up all tables of that side */
static double
tests_fisher_side(double x, double row, double column, double n, int step, double *ret_total)
{
    double relative = 1.0;
    double extreme = 0.0;

    for (;;) {
        double up = (row - x) * (column - x);
        double down = x * (n - row - column + x);

        relative *= step > 0 ? up / ((x + 1.0) * (n - row - column + x + 1.0))
                             : down / ((row - x + 1.0) * (column - x + 1.0));
        x += step;
        if (!(relative > 0.0))
            return extreme;
        *ret_total += relative;
        if (relative <= 1.0 + 1e-7)
            extreme += relative;
        if (relative < 1e-18 * *ret_total)
            return extreme;
    }
}

/**
 * errata_tests_fisher:
 * @a: successes of the first group
 * @b: failures of the first group
 * @c: successes of the second group
 * @d: failures of the second group
 *
 * Fisher's exact test of a 2 × 2 table: the tables with the same margins that are no more probable
 * than this one, as R and SciPy have it.
 *
 * Returns: two-sided p
 */
double
errata_tests_fisher(guint64 a, guint64 b, guint64 c, guint64 d)
{
    double row = (double)a + (double)b;
    double column = (double)a + (double)c;
    double n = row + (double)c + (double)d;
    double p = exp(tests_log_choose(row, (double)a) + tests_log_choose(n - row, (double)c) -
                   tests_log_choose(n, column));
    double total = 1.0;
    double extreme = 1.0;

    extreme += tests_fisher_side((double)a, row, column, n, 1, &total);
    extreme += tests_fisher_side((double)a, row, column, n, -1, &total);
    /* the recurrence sums to 1 / p; where p underflows or rounds, its own total is the measure */
    return tests_clamp(p > 1e-280 ? extreme / total : 0.0);
}

static double
tests_table(const double *count,
            guint n_rows,
            guint n_columns,
            gboolean likelihood,
            double *ret_statistic,
            double *ret_degrees)
{
    g_autofree double *row = g_new0(double, n_rows);
    g_autofree double *column = g_new0(double, n_columns);
    double total = 0.0;
    double statistic = 0.0;
    guint used_rows = 0;
    guint used_columns = 0;

    for (guint i = 0; i < n_rows; i++)
        for (guint j = 0; j < n_columns; j++) {
            row[i] += count[i * n_columns + j];
            column[j] += count[i * n_columns + j];
            total += count[i * n_columns + j];
        }
    for (guint i = 0; i < n_rows; i++)
        used_rows += row[i] > 0.0;
    for (guint j = 0; j < n_columns; j++)
        used_columns += column[j] > 0.0;
    for (guint i = 0; i < n_rows; i++)
        for (guint j = 0; j < n_columns; j++) {
            double observed = count[i * n_columns + j];
            double expected = total > 0.0 ? row[i] * column[j] / total : 0.0;

            if (!(expected > 0.0))
                continue;
            if (!likelihood)
                statistic += (observed - expected) * (observed - expected) / expected;
            else if (observed > 0.0)
                statistic += 2.0 * observed * log(observed / expected);
        }
    *ret_statistic = statistic;
    *ret_degrees = used_rows > 1 && used_columns > 1 ? (used_rows - 1.0) * (used_columns - 1.0)
                                                     : 0.0;
    return errata_tests_chi_square(statistic, *ret_degrees);
}

/**
 * errata_tests_g:
 * @count: (array length=n_rows*n_columns): row-major counts
 * @n_rows: rows of the table
 * @n_columns: columns of the table
 * @ret_statistic: (out): G = 2 Σ O ln(O / E)
 * @ret_degrees: (out): degrees of freedom; empty rows and columns do not count
 *
 * The likelihood-ratio test of independence. Source: Sokal and Rohlf 1995, "Biometry", 17.
 *
 * Returns: p; NaN for fewer than two rows or columns in use
 */
double
errata_tests_g(const double *count,
               guint n_rows,
               guint n_columns,
               double *ret_statistic,
               double *ret_degrees)
{
    return tests_table(count, n_rows, n_columns, TRUE, ret_statistic, ret_degrees);
}

/**
 * errata_tests_pearson:
 * @count: (array length=n_rows*n_columns): row-major counts
 * @n_rows: rows of the table
 * @n_columns: columns of the table
 * @ret_statistic: (out): Σ (O − E)² / E
 * @ret_degrees: (out): degrees of freedom; empty rows and columns do not count
 *
 * Pearson's chi-square test of independence without continuity correction, as
 * `scipy.stats.chi2_contingency(correction=False)`.
 *
 * Returns: p; NaN for fewer than two rows or columns in use
 */
double
errata_tests_pearson(const double *count,
                     guint n_rows,
                     guint n_columns,
                     double *ret_statistic,
                     double *ret_degrees)
{
    return tests_table(count, n_rows, n_columns, FALSE, ret_statistic, ret_degrees);
}

/**
 * errata_tests_two_by_two:
 * @a: successes of the first group
 * @b: failures of the first group
 * @c: successes of the second group
 * @d: failures of the second group
 * @ret_statistic: (out) (optional): G, or NaN when Fisher's test was used
 * @ret_test: (out) (optional) (transfer none): name of the test used
 *
 * Two-sided test of two proportions: Fisher's exact test where a cell is 30 or less, else the G
 * test.
 *
 * Returns: p
 */
double
errata_tests_two_by_two(guint64 a,
                        guint64 b,
                        guint64 c,
                        guint64 d,
                        double *ret_statistic,
                        const char **ret_test)
{
    gboolean exact = MIN(MIN(a, b), MIN(c, d)) <= 30;
    double statistic = (double)NAN;
    double degrees;
    double p;

    if (exact) {
        p = errata_tests_fisher(a, b, c, d);
    } else {
        const double count[4] = {(double)a, (double)b, (double)c, (double)d};

        p = errata_tests_g(count, 2, 2, &statistic, &degrees);
    }
    if (ret_statistic != NULL)
        *ret_statistic = statistic;
    if (ret_test != NULL)
        *ret_test = exact ? "Fisher's exact test" : "G test";
    return p;
}

/**
 * errata_tests_two_proportions:
 * @successes_a: successes among @n_a
 * @n_a: trials of a
 * @successes_b: successes among @n_b
 * @n_b: trials of b
 *
 * The z test of equal proportions with the pooled variance.
 *
 * Returns: two-sided p; 1 when both proportions are 0 or 1, NaN without trials
 */
double
errata_tests_two_proportions(double successes_a, double n_a, double successes_b, double n_b)
{
    double pooled, variance;

    if (!(n_a > 0.0 && n_b > 0.0))
        return (double)NAN;
    pooled = (successes_a + successes_b) / (n_a + n_b);
    variance = pooled * (1.0 - pooled) * (1.0 / n_a + 1.0 / n_b);
    if (!(variance > 0.0))
        return 1.0;
    return errata_tests_normal((successes_a / n_a - successes_b / n_b) / sqrt(variance));
}

/**
 * errata_tests_benjamini_hochberg:
 * @p: (array length=n): p values; NaN ones get NaN
 * @n: how many
 * @n_tried: hypotheses tried in the family, at least @n (0 means @n); the others count as p = 1
 * @ret_q: (out caller-allocates) (array length=n): q values, in [0, 1]
 *
 * Step-up q values: q_(k) = min over j ≥ k of p_(j) m / j. Source: Benjamini and Hochberg 1995,
 * "Controlling the false discovery rate".
 */
void
errata_tests_benjamini_hochberg(const double *p, gsize n, gsize n_tried, double *ret_q)
{
    g_autofree guint32 *order = g_new(guint32, MAX(n, 1));
    double m = (double)MAX(n, n_tried);
    double least = 1.0;

    errata_sort_doubles(p, n, NULL, order);
    for (gsize k = n; k > 0; k--) {
        double value = p[order[k - 1]];

        if (!isnan(value))
            least = fmin(least, value * m / (double)k);
        ret_q[order[k - 1]] = isnan(value) ? value : least;
    }
}
