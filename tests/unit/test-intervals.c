/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "bootstrap.h"
#include "intervals.h"
#include "ranking.h"
#include "rng.h"
#include "sort.h"
#include "sum.h"
#include "tests.h"

static void
test_intervals_assert_near(double value, double expected, double relative)
{
    if (fabs(value - expected) > relative * fabs(expected))
        g_error("%.15g is not %.15g", value, expected);
}

static void
test_intervals_closed_forms(void)
{
    ErrataInterval interval;

    g_test_summary("Wilson, Newcombe and log-Wald intervals equal published values");
    test_intervals_assert_near(errata_intervals_z(0.95), 1.959963984540054, 1e-14);
    /* 81 of 263: Newcombe 1998, table I, method 3 */
    interval = errata_intervals_wilson(81, 263, 0.95);
    g_assert_cmpfloat_with_epsilon(interval.lo, 0.2553, 5e-5);
    g_assert_cmpfloat_with_epsilon(interval.hi, 0.3662, 5e-5);
    interval = errata_intervals_wilson(0, 0, 0.95);
    g_assert_true(interval.lo <= 0.0 && interval.hi >= 1.0);
    for (guint n = 1; n < 500; n++) {
        g_assert_cmpfloat(errata_intervals_wilson(0, n, 0.95).lo, <=, 0.0);
        g_assert_cmpfloat(errata_intervals_wilson(n, n, 0.95).hi, >=, 1.0);
    }
    /* 56/70 − 48/80: Newcombe 1998, table II, method 10 */
    interval = errata_intervals_newcombe(56, 70, 48, 80, 0.95);
    g_assert_cmpfloat_with_epsilon(interval.lo, 0.0524, 5e-5);
    g_assert_cmpfloat_with_epsilon(interval.hi, 0.3339, 5e-5);
    /* ratio 2, sd of the log = sqrt(1/20 − 1/100 + 1/10 − 1/100) = 0.360555 */
    interval = errata_intervals_ratio(20, 100, 10, 100, 0.95);
    test_intervals_assert_near(interval.lo, 2.0 * exp(-1.959963984540054 * sqrt(0.13)), 1e-12);
    test_intervals_assert_near(interval.hi, 2.0 * exp(1.959963984540054 * sqrt(0.13)), 1e-12);
    g_assert_true(isnan(errata_intervals_ratio(0, 10, 1, 10, 0.95).lo));
    test_intervals_assert_near(errata_intervals_selected_level(0.05, 2, 10), 0.99, 1e-15);
}

static void
test_intervals_tests(void)
{
    const double table[] = {10, 20, 30, 6, 9, 17};
    const double p[] = {0.01, 0.04, (double)NAN, 0.03, 0.005};
    double q[5];
    double statistic, degrees;

    g_test_summary("p values equal those of R and SciPy");
    test_intervals_assert_near(errata_tests_normal(1.959963984540054), 0.05, 1e-12);
    test_intervals_assert_near(errata_tests_chi_square(3.841458820694124, 1), 0.05, 1e-10);
    test_intervals_assert_near(errata_tests_student(2.2281388519649385, 10), 0.05, 1e-9);
    /* P(X ≥ 8), n = 10, p = 0.5: 56 / 1024 */
    test_intervals_assert_near(errata_tests_binomial_upper(8, 10, 0.5), 56.0 / 1024.0, 1e-12);
    test_intervals_assert_near(errata_tests_binomial_lower(2, 10, 0.5), 56.0 / 1024.0, 1e-12);
    /* tea tasting: 34 / 70; and 8 2 / 1 5 of the SciPy manual */
    test_intervals_assert_near(errata_tests_fisher(3, 1, 1, 3), 34.0 / 70.0, 1e-12);
    test_intervals_assert_near(errata_tests_fisher(8, 2, 1, 5), 0.034965034965034975, 1e-9);
    g_assert_cmpfloat(errata_tests_fisher(0, 5, 0, 7), >=, 1.0);
    g_assert_cmpfloat(errata_tests_fisher(900000, 10, 10, 900000), <, 1e-200);
    test_intervals_assert_near(errata_tests_pearson(table, 2, 3, &statistic, &degrees),
                               0.873028283380073,
                               1e-9);
    test_intervals_assert_near(statistic, 0.27157465150403504, 1e-12);
    test_intervals_assert_near(degrees, 2.0, 1e-15);
    errata_tests_benjamini_hochberg(p, 5, 0, q);
    test_intervals_assert_near(q[4], 0.025, 1e-12); /* 0.005 · 5 / 1, and 0.01 · 5 / 2 */
    test_intervals_assert_near(q[0], 0.025, 1e-12);
    test_intervals_assert_near(q[3], 0.05, 1e-12);
    test_intervals_assert_near(q[1], 0.05, 1e-12);
    g_assert_true(isnan(q[2]));
}

static void
test_intervals_sort(void)
{
    const gsize sizes[] = {0, 1, 2, 100, 255, 256, 5000};
    double sum = 0.0;

    g_test_summary("The radix sort orders any doubles, stably, NaN last");
    for (guint kind = 0; kind < 4; kind++)
        for (guint s = 0; s < G_N_ELEMENTS(sizes); s++) {
            gsize n = sizes[s];
            g_autofree double *value = g_new(double, n + 1);
            g_autofree double *sorted = g_new(double, n + 1);
            g_autofree guint32 *order = g_new(guint32, n + 1);
            ErrataRng rng = errata_rng_init(1, kind, s);

            for (gsize i = 0; i < n; i++) {
                double u = errata_rng_uniform(&rng);

                value[i] = kind == 0   ? u - 0.5
                           : kind == 1 ? floor(u * 10.0) - 5.0
                           : kind == 2 ? 1.0 + u * 1e-12 /* all tie in the upper 44 bits */
                                       : (u < 0.1   ? (double)NAN
                                          : u < 0.5 ? -0.0
                                                    : 1e300 * u);
            }
            errata_sort_doubles(value, n, sorted, order);
            for (gsize i = 0; i < n; i++) {
                gboolean tie = i > 0 && sorted[i] <= sorted[i - 1];

                g_assert_true(isnan(sorted[i]) || value[order[i]] - sorted[i] <= 0.0);
                g_assert_true(i == 0 || isnan(sorted[i]) || sorted[i - 1] <= sorted[i]);
                g_assert_true(!tie || order[i - 1] < order[i]);
            }
            errata_sort_values(value, n);
            for (gsize i = 0; i < n; i++)
                sum += isnan(value[i]) ? 0.0 : fabs(value[i] - sorted[i]);
        }
    g_assert_cmpfloat(sum, <=, 0.0);
}

/* AUC and average precision by their definitions, and leave-one-out influence */
static double
test_intervals_brute_auc(const double *score, const guint8 *label, const double *weight, gsize n)
{
    double good = 0.0;
    double all = 0.0;

    for (gsize i = 0; i < n; i++)
        for (gsize j = 0; j < n; j++)
            if (label[i] != 0 && label[j] == 0) {
                all += weight[i] * weight[j];
                good += weight[i] * weight[j] *
                        (score[i] > score[j]   ? 1.0
                         : score[i] < score[j] ? 0.0
                                               : 0.5);
            }
    return good / all;
}

static void
test_intervals_ranking(void)
{
    enum {
        N = 300
    };
    double score[N], weight[N], other[N];
    guint8 label[N];
    ErrataRng rng = errata_rng_init(7, 0, 0);
    double variance, plain, ap, base, squares;
    g_autoptr(ErrataRanking) ranking = NULL;
    g_autoptr(ErrataRanking) weighted = NULL;

    g_test_summary("AUC, DeLong and average precision equal their definitions");
    for (guint i = 0; i < N; i++) {
        score[i] = floor(errata_rng_uniform(&rng) * 40.0) / 40.0;
        other[i] = floor(errata_rng_uniform(&rng) * 40.0) / 40.0;
        label[i] = errata_rng_uniform(&rng) < score[i];
        weight[i] = 1.0;
    }
    ranking = errata_ranking_new(score, label, NULL, N);
    plain = errata_ranking_auc(ranking, &variance);
    test_intervals_assert_near(plain, test_intervals_brute_auc(score, label, weight, N), 1e-12);
    ap = errata_ranking_average_precision(ranking, &base);
    g_assert_cmpfloat(ap, >, 0.5);
    /* the influence function against a numerical derivative on the weights */
    squares = 0.0;
    for (guint i = 0; i < N; i++) {
        g_autoptr(ErrataRanking) moved = NULL;
        double influence;

        weight[i] = 1.0 + 1e-6;
        moved = errata_ranking_new(score, label, weight, N);
        influence = (errata_ranking_average_precision(moved, NULL) - ap) / 1e-6;
        squares += influence * influence;
        weight[i] = 1.0;
    }
    test_intervals_assert_near(base, squares, 1e-4);
    /* one model against a constant one: the paired variance is that of the one */
    for (guint i = 0; i < N; i++)
        other[i] = 0.5;
    test_intervals_assert_near(errata_ranking_delong(score, other, label, N, &base),
                               plain - 0.5,
                               1e-12);
    test_intervals_assert_near(base, variance, 1e-10);
    for (guint i = 0; i < N; i++)
        weight[i] = 0.5 + errata_rng_uniform(&rng);
    weighted = errata_ranking_new(score, label, weight, N);
    test_intervals_assert_near(errata_ranking_auc(weighted, &variance),
                               test_intervals_brute_auc(score, label, weight, N),
                               1e-12);
    g_assert_cmpfloat(variance, >, 0.0);
}

static void
test_intervals_curve(void)
{
    enum {
        N = 5000
    };
    g_autofree double *score = g_new(double, N);
    g_autofree guint8 *label = g_new(guint8, N);
    g_autofree ErrataRankingPoint *point = NULL;
    g_autoptr(ErrataRanking) ranking = NULL;
    ErrataRng rng = errata_rng_init(3, 0, 0);
    double area = 0.0;
    guint n;

    g_test_summary("A curve of 200 points starts at nothing, ends at all and keeps the area");
    for (guint i = 0; i < N; i++) {
        score[i] = errata_rng_uniform(&rng);
        label[i] = errata_rng_uniform(&rng) < score[i] * score[i];
    }
    ranking = errata_ranking_new(score, label, NULL, N);
    point = errata_ranking_points(ranking, 200, &n);
    g_assert_cmpuint(n, <=, 200);
    g_assert_cmpuint(n, >, 150);
    g_assert_cmpfloat(point[0].true_positive + point[0].false_positive, <=, 0.0);
    g_assert_cmpfloat(point[n - 1].true_positive + point[n - 1].false_positive, >=, N);
    for (guint i = 1; i < n; i++)
        area += (point[i].false_positive - point[i - 1].false_positive) *
                (point[i].true_positive + point[i - 1].true_positive) * 0.5;
    g_assert_cmpfloat_with_epsilon(area / ranking->n_positive / ranking->n_negative,
                                   errata_ranking_auc(ranking, NULL),
                                   1e-3);
}

static double
test_intervals_mean_cb(const guint8 *weight, gsize n_rows, gconstpointer data)
{
    const double *value = data;
    double sum = 0.0;
    double n = 0.0;

    for (gsize i = 0; i < n_rows; i++) {
        sum += weight[i] * value[i];
        n += weight[i];
    }
    return sum / n;
}

static void
test_intervals_bootstrap(void)
{
    double value[500];
    double mean = 0.0;
    double variance = 0.0;
    double boot;
    ErrataSum sum = {0};
    ErrataRng rng = errata_rng_init(5, 0, 0);
    ErrataInterval interval;

    g_test_summary("The bootstrap variance of a mean is its sampling variance");
    for (guint i = 0; i < 500; i++)
        mean += (value[i] = errata_rng_uniform(&rng)) / 500.0;
    for (guint i = 0; i < 500; i++)
        variance += (value[i] - mean) * (value[i] - mean) / 499.0 / 500.0;
    interval = errata_bootstrap_interval(mean,
                                         test_intervals_mean_cb,
                                         500,
                                         value,
                                         2000,
                                         0,
                                         1,
                                         0.95,
                                         &boot);
    test_intervals_assert_near(boot, variance, 0.1);
    test_intervals_assert_near(interval.hi - interval.lo, 2.0 * 1.96 * sqrt(variance), 0.1);
    errata_sum_add(&sum, 1.0);
    errata_sum_add(&sum, 1e100);
    errata_sum_add(&sum, 1.0);
    errata_sum_add(&sum, -1e100);
    g_assert_cmpfloat(fabs(errata_sum_value(&sum) - 2.0), <=, 0.0);
}

#define N_DIGITS 70000

/* halved, scores of six digits are of seven, and sorted: the same groups otherwise */
static void
test_intervals_ranking_counts(void)
{
    g_autofree double *score = g_new(double, N_DIGITS);
    g_autofree double *half = g_new(double, N_DIGITS);
    g_autofree guint8 *label = g_new(guint8, N_DIGITS);
    g_autoptr(ErrataRanking) counted = NULL;
    g_autoptr(ErrataRanking) sorted = NULL;
    ErrataRng rng = errata_rng_init(9, 1, 0);

    for (guint i = 0; i < N_DIGITS; i++) {
        double u = errata_rng_uniform(&rng);

        score[i] = i < 2 ? i : rint(u * u * 1e6) / 1e6;
        half[i] = score[i] / 2.0;
        label[i] = errata_rng_uniform(&rng) < score[i];
    }
    counted = errata_ranking_new(score, label, NULL, N_DIGITS);
    sorted = errata_ranking_new(half, label, NULL, N_DIGITS);
    g_assert_cmpuint(counted->n_groups, ==, sorted->n_groups);
    g_assert_cmpuint(counted->n_groups, >, 30000);
    for (gsize g = 0; g < counted->n_groups; g++) {
        g_assert_true(!(counted->score[g] / 2.0 < sorted->score[g]) &&
                      !(counted->score[g] / 2.0 > sorted->score[g]));
        g_assert_cmpint((gint64)counted->positive[g], ==, (gint64)sorted->positive[g]);
        g_assert_cmpint((gint64)counted->negative[g], ==, (gint64)sorted->negative[g]);
    }
    test_intervals_assert_near(counted->n_positive, sorted->n_positive, 1e-15);
    test_intervals_assert_near(counted->n_negative, sorted->n_negative, 1e-15);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/intervals/closed-forms", test_intervals_closed_forms);
    g_test_add_func("/intervals/tests", test_intervals_tests);
    g_test_add_func("/intervals/sort", test_intervals_sort);
    g_test_add_func("/intervals/ranking", test_intervals_ranking);
    g_test_add_func("/intervals/curve", test_intervals_curve);
    g_test_add_func("/intervals/bootstrap", test_intervals_bootstrap);
    g_test_add_func("/intervals/ranking-counts", test_intervals_ranking_counts);
    return g_test_run();
}
