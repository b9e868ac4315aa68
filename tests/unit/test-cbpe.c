/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "cbpe.h"
#include "estimate.h"
#include "made-analysis.h"

#define TINY 1e-12

static double
test_cbpe_value(const GArray *list, const char *name)
{
    const ErrataMetricValue *entry = errata_metrics_find(list, name, -1);

    g_assert_nonnull(entry);
    return entry->value;
}

static void
test_cbpe_worked(void)
{
    const double yes[] = {0.9, 0.8, 0.3, 0.2};
    const double no[] = {0.1, 0.2, 0.7, 0.8};
    const double *const chance[] = {no, yes};
    const double *const score[] = {NULL, yes};
    const gint32 predicted[] = {1, 1, 0, 0};
    ErrataCbpeInput input = {4, 2, 1, predicted, chance, score, NULL};
    g_autoptr(GArray) list = errata_metrics_list_new();
    double variance;

    g_test_summary("Four rows by hand: TP 1.7, FP 0.3, FN 0.5, TN 1.5");
    errata_cbpe_estimate(&input, list);
    g_assert_cmpfloat_with_epsilon(test_cbpe_value(list, "accuracy"), 0.8, TINY);
    g_assert_cmpfloat_with_epsilon(test_cbpe_value(list, "error_rate"), 0.2, TINY);
    g_assert_cmpfloat_with_epsilon(test_cbpe_value(list, "precision"), 1.7 / 2.0, TINY);
    g_assert_cmpfloat_with_epsilon(test_cbpe_value(list, "recall"), 1.7 / 2.2, TINY);
    g_assert_cmpfloat_with_epsilon(test_cbpe_value(list, "specificity"), 1.5 / 1.8, TINY);
    g_assert_cmpfloat_with_epsilon(test_cbpe_value(list, "f1"), 3.4 / 4.2, TINY);
    g_assert_cmpfloat_with_epsilon(errata_cbpe_accuracy(&input, &variance), 0.8, TINY);
    g_assert_cmpfloat_with_epsilon(variance, (0.09 + 0.16 + 0.21 + 0.16) / 16.0, TINY);
}

/* Σ_i Σ_j p_i (1 − p_j) [s_i > s_j, ties half] over Σ p Σ (1 − p) */
static double
test_cbpe_brute_auc(const double *p, const double *s, gsize n)
{
    double area = 0.0, up = 0.0, down = 0.0;

    for (gsize i = 0; i < n; i++) {
        up += p[i];
        down += 1.0 - p[i];
        for (gsize j = 0; j < n; j++)
            area += p[i] * (1.0 - p[j]) * (s[i] > s[j] ? 1.0 : s[i] < s[j] ? 0.0 : 0.5);
    }
    return area / up / down;
}

static void
test_cbpe_area(void)
{
    double p[200], rest[200], s[200];
    gint32 predicted[200];
    const double *const chance[] = {rest, p};
    const double *const score[] = {NULL, s};
    ErrataCbpeInput input = {200, 2, 1, predicted, chance, score, NULL};
    g_autoptr(GArray) list = errata_metrics_list_new();
    ErrataRng rng = errata_rng_init(3, 1, 0);

    g_test_summary("The area by groups of ties is that by all pairs");
    for (guint i = 0; i < 200; i++) {
        s[i] = (double)errata_rng_below(&rng, 25) / 25.0;
        p[i] = 0.1 + 0.8 * s[i] * s[i];
        rest[i] = 1.0 - p[i];
        predicted[i] = s[i] >= 0.5;
    }
    errata_cbpe_estimate(&input, list);
    g_assert_cmpfloat_with_epsilon(test_cbpe_value(list, "roc_auc"),
                                   test_cbpe_brute_auc(p, s, 200),
                                   TINY);
}

static void
test_cbpe_classes(void)
{
    const double a[] = {0.5, 0.1, 0.2};
    const double b[] = {0.3, 0.8, 0.2};
    const double c[] = {0.2, 0.1, 0.6};
    const double *const chance[] = {a, b, c};
    const gint32 predicted[] = {0, 1, 2};
    ErrataCbpeInput input = {3, 3, -1, predicted, chance, chance, NULL};
    g_autoptr(GArray) list = errata_metrics_list_new();

    g_test_summary("Three classes: the mean chance of what was said");
    errata_cbpe_estimate(&input, list);
    g_assert_cmpfloat_with_epsilon(test_cbpe_value(list, "accuracy"), 1.9 / 3.0, TINY);
    /* class 0: 0.8 expected, 0.5 of the one said; recall 0.5 / 0.8 and so on */
    g_assert_cmpfloat_with_epsilon(test_cbpe_value(list, "recall_macro"),
                                   (0.5 / 0.8 + 0.8 / 1.3 + 0.6 / 0.9) / 3.0,
                                   TINY);
}

#define CASES_ROWS 6

/* all ways in which labels of @n_classes may fall on six rows, each with its probability: the
 * expected confusion matrix, and mean and variance of the accuracy */
static void
test_cbpe_all_cases(const ErrataCbpeInput *input,
                    double *expected,
                    double *ret_mean,
                    double *ret_var)
{
    guint n_cases = 1;
    double square = 0.0;

    *ret_mean = 0.0;
    for (guint i = 0; i < CASES_ROWS; i++)
        n_cases *= input->n_classes;
    for (guint world = 0; world < n_cases; world++) {
        double p = 1.0, right = 0.0;

        for (guint i = 0, rest = world; i < CASES_ROWS; i++, rest /= input->n_classes) {
            p *= input->chance[rest % input->n_classes][i];
            right += (gint32)(rest % input->n_classes) == input->predicted[i] ? 1.0 : 0.0;
        }
        *ret_mean += p * right / CASES_ROWS;
        square += p * right * right / CASES_ROWS / CASES_ROWS;
        for (guint i = 0, rest = world; i < CASES_ROWS; i++, rest /= input->n_classes)
            expected[rest % input->n_classes * input->n_classes + (guint)input->predicted[i]] += p;
    }
    *ret_var = square - *ret_mean * *ret_mean;
}

static void
test_cbpe_cases_binary(void)
{
    const double yes[] = {0.95, 0.4, 0.7, 0.15, 0.05, 0.55};
    const double no[] = {0.05, 0.6, 0.3, 0.85, 0.95, 0.45};
    const double *const chance[] = {no, yes};
    const double *const score[] = {NULL, yes};
    const gint32 predicted[] = {1, 1, 1, 0, 0, 0};
    ErrataCbpeInput input = {CASES_ROWS, 2, 1, predicted, chance, score, NULL};
    g_autoptr(GArray) list = errata_metrics_list_new();
    double m[4] = {0.0}, mean, spread, variance;

    g_test_summary("Two classes: every metric from the confusion expected over all 64 labellings");
    test_cbpe_all_cases(&input, m, &mean, &spread); /* m: TN, FP, FN, TP */
    errata_cbpe_estimate(&input, list);
    g_assert_cmpfloat_with_epsilon(test_cbpe_value(list, "accuracy"), mean, TINY);
    g_assert_cmpfloat_with_epsilon(errata_cbpe_accuracy(&input, &variance), mean, TINY);
    g_assert_cmpfloat_with_epsilon(variance, spread, TINY);
    g_assert_cmpfloat_with_epsilon(test_cbpe_value(list, "precision"), m[3] / (m[3] + m[1]), TINY);
    g_assert_cmpfloat_with_epsilon(test_cbpe_value(list, "recall"), m[3] / (m[3] + m[2]), TINY);
    g_assert_cmpfloat_with_epsilon(test_cbpe_value(list, "specificity"),
                                   m[0] / (m[0] + m[1]),
                                   TINY);
    g_assert_cmpfloat_with_epsilon(test_cbpe_value(list, "f1"),
                                   2.0 * m[3] / (2.0 * m[3] + m[1] + m[2]),
                                   TINY);
    g_assert_cmpfloat_with_epsilon(test_cbpe_value(list, "balanced_accuracy"),
                                   0.5 * (m[3] / (m[3] + m[2]) + m[0] / (m[0] + m[1])),
                                   TINY);
    g_assert_cmpfloat_with_epsilon(
        test_cbpe_value(list, "mcc"),
        (m[3] * m[0] - m[1] * m[2]) /
            sqrt((m[3] + m[1]) * (m[3] + m[2]) * (m[0] + m[1]) * (m[0] + m[2])),
        TINY);
}

static void
test_cbpe_cases_classes(void)
{
    const double a[] = {0.7, 0.1, 0.2, 0.5, 0.25, 0.3};
    const double b[] = {0.2, 0.6, 0.2, 0.3, 0.25, 0.1};
    const double c[] = {0.1, 0.3, 0.6, 0.2, 0.5, 0.6};
    const double *const chance[] = {a, b, c};
    const gint32 predicted[] = {0, 1, 2, 0, 2, 1};
    ErrataCbpeInput input = {CASES_ROWS, 3, -1, predicted, chance, chance, NULL};
    g_autoptr(GArray) list = errata_metrics_list_new();
    double m[9] = {0.0}, precision = 0.0, recall = 0.0, f1 = 0.0, weighted = 0.0, area = 0.0;
    double mean, spread, variance;

    g_test_summary(
        "Three classes: macro and weighted means from all 729 labellings; areas by pairs");
    test_cbpe_all_cases(&input, m, &mean, &spread);
    for (guint k = 0; k < 3; k++) {
        double row = m[3 * k] + m[3 * k + 1] + m[3 * k + 2], column = m[k] + m[k + 3] + m[k + 6];

        precision += m[4 * k] / column / 3.0;
        recall += m[4 * k] / row / 3.0;
        f1 += 2.0 * m[4 * k] / (row + column) / 3.0;
        weighted += 2.0 * m[4 * k] / (row + column) * row / CASES_ROWS;
        area += test_cbpe_brute_auc(chance[k], chance[k], CASES_ROWS) / 3.0;
    }
    errata_cbpe_estimate(&input, list);
    g_assert_cmpfloat_with_epsilon(test_cbpe_value(list, "accuracy"), mean, TINY);
    g_assert_cmpfloat_with_epsilon(errata_cbpe_accuracy(&input, &variance), mean, TINY);
    g_assert_cmpfloat_with_epsilon(variance, spread, TINY);
    g_assert_cmpfloat_with_epsilon(test_cbpe_value(list, "precision_macro"), precision, TINY);
    g_assert_cmpfloat_with_epsilon(test_cbpe_value(list, "recall_macro"), recall, TINY);
    g_assert_cmpfloat_with_epsilon(test_cbpe_value(list, "f1_macro"), f1, TINY);
    g_assert_cmpfloat_with_epsilon(test_cbpe_value(list, "f1_weighted"), weighted, TINY);
    g_assert_cmpfloat_with_epsilon(test_cbpe_value(list, "roc_auc"), area, TINY);
}

static void
test_cbpe_weights(void)
{
    const double yes[] = {0.9, 0.8, 0.3, 0.2, 0.2}, once[] = {0.9, 0.8, 0.3, 0.2};
    const double no[] = {0.1, 0.2, 0.7, 0.8, 0.8}, not_once[] = {0.1, 0.2, 0.7, 0.8};
    const double weight[] = {1.0, 1.0, 1.0, 2.0};
    const double *const twice_chance[] = {no, yes}, *const twice_score[] = {NULL, yes};
    const double *const chance[] = {not_once, once}, *const score[] = {NULL, once};
    const gint32 predicted[] = {1, 1, 0, 0, 0};
    static const char *const names[] = {"accuracy", "precision", "recall", "f1", "mcc", "roc_auc"};
    ErrataCbpeInput twice = {5, 2, 1, predicted, twice_chance, twice_score, NULL};
    ErrataCbpeInput heavy = {4, 2, 1, predicted, chance, score, weight};
    g_autoptr(GArray) a = errata_metrics_list_new();
    g_autoptr(GArray) b = errata_metrics_list_new();

    g_test_summary("A row of weight 2 counts as the row twice");
    errata_cbpe_estimate(&twice, a);
    errata_cbpe_estimate(&heavy, b);
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        g_assert_cmpfloat_with_epsilon(test_cbpe_value(a, names[i]),
                                       test_cbpe_value(b, names[i]),
                                       TINY);
}

static void
test_cbpe_recalibration(void)
{
    g_autofree double *score = g_new(double, 20000);
    g_autofree guint8 *hit = g_new(guint8, 20000);
    g_autoptr(ErrataRecalibration) map = NULL;
    double last = 0.0;

    g_test_summary("Scores that are off are mended by a rising map; right ones hardly move");
    for (guint i = 0; i < 20000; i++) {
        ErrataRng rng = errata_rng_init(5, 2, i);

        score[i] = errata_rng_uniform(&rng);
        hit[i] = errata_rng_uniform(&rng) < score[i] * score[i];
    }
    map = errata_cbpe_recalibration(score, hit, NULL, 20000, 0);
    g_assert_nonnull(map);
    for (double s = 0.0; s <= 1.0; s += 0.01) {
        double p = errata_recalibrate_apply(map, s);

        g_assert_cmpfloat(p, >=, last);
        g_assert_cmpfloat_with_epsilon(p, s * s, 0.08);
        last = p;
    }
}

/* a log of scores that say too much; every @labelled-th row has a label. Returns the share of rows
 * that are right, of all */
static double
test_cbpe_log(MadeAnalysis *made, guint labelled, guint64 seed)
{
    ErrataRng rng = errata_rng_init(seed, 3, 0);
    double right = 0.0;

    for (gsize i = 0; i < made->outcome.n_rows; i++) {
        double score = errata_rng_uniform(&rng);
        gboolean truth = errata_rng_uniform(&rng) < 0.2 + 0.6 * score;

        made->outcome.score[i] = score;
        made->outcome.confidence[i] = fmax(score, 1.0 - score);
        made->outcome.predicted[i] = score >= 0.5;
        made->outcome.truth[i] = i % labelled == 0 ? truth : -1;
        right += truth == (score >= 0.5) ? 1.0 : 0.0;
    }
    made_analysis_judge(made);
    return right / (double)made->outcome.n_rows;
}

static void
test_cbpe_few(void)
{
    enum {
        DRAWS = 100
    };
    guint held = 0;

    g_test_summary("Learnt from 500 labels, cbpe_accuracy holds what comes to light in 5,000 rows");
    for (guint draw = 0; draw < DRAWS; draw++) {
        g_autoptr(MadeAnalysis) log = made_analysis_new(ERRATA_TASK_BINARY, 5000);
        double right = test_cbpe_log(log, 10, draw);
        const ErrataMetric *accuracy;

        g_assert_true(errata_analyzer_estimate.run(&log->analysis, NULL));
        accuracy = errata_case_metric(log->analysis.result, "cbpe_accuracy");
        held += accuracy->lo <= right && right <= accuracy->hi;
    }
    g_test_message("%u of %d", held, DRAWS);
    g_assert_cmpuint(held, >=, DRAWS * 9 / 10);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cbpe/worked", test_cbpe_worked);
    g_test_add_func("/cbpe/area", test_cbpe_area);
    g_test_add_func("/cbpe/classes", test_cbpe_classes);
    g_test_add_func("/cbpe/cases-binary", test_cbpe_cases_binary);
    g_test_add_func("/cbpe/cases-classes", test_cbpe_cases_classes);
    g_test_add_func("/cbpe/weights", test_cbpe_weights);
    g_test_add_func("/cbpe/recalibration", test_cbpe_recalibration);
    g_test_add_func("/cbpe/few", test_cbpe_few);
    return g_test_run();
}
