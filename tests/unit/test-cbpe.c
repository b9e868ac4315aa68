/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cbpe.h"
#include "rng.h"

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

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
    g_test_add_func("/cbpe/worked", test_cbpe_worked);
    g_test_add_func("/cbpe/area", test_cbpe_area);
    g_test_add_func("/cbpe/classes", test_cbpe_classes);
    g_test_add_func("/cbpe/recalibration", test_cbpe_recalibration);
    return g_test_run();
}
