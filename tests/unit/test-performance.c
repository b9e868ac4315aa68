/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "made-analysis.h"
#include "performance.h"

static double
test_performance_true(double s)
{
    return s;
}

static double
test_performance_value(const MadeAnalysis *made, const char *name)
{
    const ErrataMetric *metric = errata_case_metric(made->analysis.result, name);

    g_assert_nonnull(metric);
    return metric->value;
}

static void
test_performance_assert_near(double value, double expected, double within)
{
    if (!(fabs(value - expected) <= within))
        g_error("%.12g is not %.12g", value, expected);
}

static void
test_performance_binary(void)
{
    g_autoptr(MadeAnalysis) made = made_analysis_binary(20000, test_performance_true, 1);
    g_autofree guint8 *baseline = g_new0(guint8, 20000);
    const ErrataPerformance *performance = &made->analysis.result->performance;
    guint64 total = 0;

    g_test_summary("A calibrated classifier: known metrics, all curves, 40 windows, a timeline");
    for (guint i = 0; i < 10000; i++)
        baseline[i] = 1;
    made->analysis.baseline = baseline;
    g_assert_null(errata_analyzer_performance.why_not(&made->analysis));
    g_assert_true(errata_analyzer_performance.run(&made->analysis, NULL));
    /* s uniform: accuracy ¾, log-loss ½, Brier 1/6, AUC 5/6 */
    test_performance_assert_near(test_performance_value(made, "accuracy"), 0.75, 0.01);
    test_performance_assert_near(test_performance_value(made, "log_loss"), 0.5, 0.01);
    test_performance_assert_near(test_performance_value(made, "brier"), 1.0 / 6.0, 0.005);
    test_performance_assert_near(test_performance_value(made, "roc_auc"), 5.0 / 6.0, 0.01);
    test_performance_assert_near(errata_case_metric(made->analysis.result, "accuracy")->baseline,
                                 0.75,
                                 0.015);
    g_assert_cmpstr(made->analysis.result->headline, ==, "accuracy");
    for (guint cell = 0; cell < 4; cell++)
        total += performance->confusion[cell];
    g_assert_cmpuint(total, ==, 20000);
    g_assert_nonnull(performance->roc);
    g_assert_nonnull(performance->pr);
    g_assert_nonnull(performance->reliability);
    g_assert_nonnull(performance->threshold);
    g_assert_nonnull(performance->coverage);
    g_assert_cmpuint(performance->roc->series[0].n, <=, 200);
    g_assert_cmpuint(performance->windows->len, ==, 40);
    g_assert_nonnull(made->analysis.result->timeline);
}

static void
test_performance_windows(void)
{
    g_autoptr(MadeAnalysis) made = made_analysis_binary(4000, test_performance_true, 2);
    GPtrArray *windows = made->analysis.result->performance.windows;
    guint64 n = 0;
    guint n_judged = 0;

    g_test_summary(
        "Windows of time hold every dated row once; those short of labels are not judged");
    made->outcome.time = g_new(gint64, 4000);
    for (gint64 i = 0; i < 4000; i++) {
        made->outcome.time[i] = i == 17 ? G_MININT64 : 1000000000 * (i * i / 1000);
        if (i >= 3500)
            made->outcome.truth[i] = i % 2 == 0 ? -1 : made->outcome.truth[i];
    }
    made_analysis_judge(made);
    g_assert_true(errata_analyzer_performance.run(&made->analysis, NULL));
    g_assert_true(made->analysis.result->performance.windows_are_time);
    for (guint i = 0; i < windows->len; i++) {
        const ErrataWindow *window = g_ptr_array_index(windows, i);

        n += window->n;
        n_judged += !isnan(window->error);
        g_assert_cmpint(window->to, >, window->from);
        if (window->labelled * 10 < window->n * 8)
            g_assert_true(isnan(window->error));
    }
    g_assert_cmpuint(n, ==, 3999);
    g_assert_cmpuint(n_judged, >, 3);
    g_assert_cmpuint(n_judged, <, windows->len);
}

/* stamps that are all one and the same order nothing */
static void
test_performance_one_instant(void)
{
    g_autoptr(MadeAnalysis) made = made_analysis_binary(4000, test_performance_true, 2);

    made->outcome.time = g_new(gint64, 4000);
    for (gsize i = 0; i < 4000; i++)
        made->outcome.time[i] = 1000000000;
    made_analysis_judge(made);
    g_assert_true(errata_analyzer_performance.run(&made->analysis, NULL));
    g_assert_false(made->analysis.result->performance.windows_are_time);
    g_assert_cmpstr(made->analysis.result->timeline->title, ==, "Error rate by row order");
}

static void
test_performance_stamped_windows(void)
{
    static const guint months[] = {36, 5}; /* the first of so many months, then every seventh day */

    g_test_summary(
        "Windows of a log that is stamped by day or month are of whole ones, none empty");
    for (guint k = 0; k < 3; k++) {
        g_autoptr(MadeAnalysis) made = made_analysis_binary(4320, test_performance_true, 2);
        GPtrArray *windows = made->analysis.result->performance.windows;
        gint64 last = G_MININT64;
        guint64 n = 0;

        made->outcome.time = g_new(gint64, 4320);
        for (gint64 i = 0; i < 4320; i++) {
            gint64 at = i * (k < 2 ? (gint64)months[k] : 30) / 4320;
            g_autoptr(GDateTime) date =
                g_date_time_new_utc(2023 + (int)(at / 12), (int)(at % 12) + 1, 1, 0, 0, 0.0);

            made->outcome.time[i] = 1000000000 *
                                    (k < 2 ? g_date_time_to_unix(date) : 604800 * (2700 + at));
        }
        made_analysis_judge(made);
        g_assert_true(errata_analyzer_performance.run(&made->analysis, NULL));
        g_assert_cmpuint(windows->len, ==, k < 2 ? months[k] : 30);
        for (guint i = 0; i < windows->len; i++) {
            const ErrataWindow *window = g_ptr_array_index(windows, i);

            n += window->n;
            g_assert_cmpuint(window->n, >=, 100);
            g_assert_cmpint(window->from % G_GINT64_CONSTANT(86400000000000), ==, 0);
            g_assert_true(i == 0 || window->from == last);
            last = window->to;
        }
        g_assert_cmpuint(n, ==, 4320);
        g_assert_cmpint(last, >, made->outcome.time[4319]);
    }
}

/* of the rows of one window, worked out by hand */
static void
test_performance_check_window(const MadeAnalysis *made, gsize begin, gsize end, guint index)
{
    const ErrataWindow *window = g_ptr_array_index(made->analysis.result->performance.windows,
                                                   index);
    static const char *const names[] = {"accuracy", "precision", "recall", "roc_auc", "brier"};
    double hit = 0.0, said = 0.0, given = 0.0, both = 0.0, above = 0.0, squares = 0.0;

    for (gsize i = begin; i < end; i++) {
        gboolean y = made->outcome.truth[i] == made->outcome.positive;
        gboolean f = made->outcome.predicted[i] == made->outcome.positive;
        double miss = made->outcome.score[i] - (y ? 1.0 : 0.0);

        hit += y == f ? 1.0 : 0.0;
        said += f ? 1.0 : 0.0;
        given += y ? 1.0 : 0.0;
        both += y && f ? 1.0 : 0.0;
        squares += miss * miss;
        for (gsize j = begin; y && j < end; j++)
            if (made->outcome.truth[j] != made->outcome.positive)
                above += made->outcome.score[i] > made->outcome.score[j] ? 1.0 : 0.0;
    }
    const double expected[] = {hit / 100.0,
                               both / said,
                               both / given,
                               above / given / (100.0 - given),
                               squares / 100.0};
    for (guint k = 0; k < G_N_ELEMENTS(names); k++) {
        const ErrataMetric *found = NULL;

        for (guint m = 0; m < window->metrics->len; m++)
            if (g_strcmp0(((const ErrataMetric *)g_ptr_array_index(window->metrics, m))->name,
                          names[k]) == 0)
                found = g_ptr_array_index(window->metrics, m);
        g_assert_nonnull(found);
        test_performance_assert_near(found->value, expected[k], 1e-12);
        g_assert_true(found->lo < found->value && found->value < found->hi);
    }
}

static void
test_performance_course(void)
{
    g_autoptr(MadeAnalysis) made = made_analysis_binary(4000, test_performance_true, 5);

    g_test_summary("Every window has its own precision, AUC and the like, with intervals");
    g_assert_true(errata_analyzer_performance.run(&made->analysis, NULL));
    g_assert_cmpuint(made->analysis.result->performance.windows->len, ==, 40);
    g_assert_cmpfloat(made->analysis.result->performance.coverage->series[0].x[0],
                      >=,
                      100.0 / 4000.0); /* of a handful no share is told */
    test_performance_check_window(made, 0, 100, 0);
    test_performance_check_window(made, 1700, 1800, 17);
    test_performance_check_window(made, 3900, 4000, 39);
}

static void
test_performance_regression(void)
{
    g_autoptr(MadeAnalysis) made = made_analysis_new(ERRATA_TASK_REGRESSION, 5000);
    const ErrataPerformance *performance = &made->analysis.result->performance;
    ErrataRng rng = errata_rng_init(3, 0, 0);

    g_test_summary("A regression: known metrics and its four figures");
    for (guint i = 0; i < 5000; i++) {
        made->outcome.truth_value[i] = 10.0 + errata_rng_uniform(&rng);
        made->outcome.predicted_value[i] =
            i == 4 ? (double)NAN : made->outcome.truth_value[i] + errata_rng_uniform(&rng) - 0.5;
    }
    made_analysis_judge(made);
    g_assert_true(errata_analyzer_performance.run(&made->analysis, NULL));
    test_performance_assert_near(test_performance_value(made, "mae"), 0.25, 0.01);
    test_performance_assert_near(test_performance_value(made, "rmse"), sqrt(1.0 / 12.0), 0.01);
    g_assert_cmpstr(made->analysis.result->headline, ==, "rmse");
    g_assert_nonnull(performance->predicted_actual);
    g_assert_nonnull(performance->residual_prediction);
    g_assert_nonnull(performance->residual);
    g_assert_nonnull(performance->error_quantile);
    g_assert_cmpuint(performance->error_quantile->n_series, ==, 10);
    for (guint i = 0; i < performance->error_quantile->n_series; i++)
        g_assert_cmpuint(strlen(performance->error_quantile->series[i].label), <, 18);
    g_assert_null(performance->confusion);
}

/* the ends of a range tell it apart, and are short */
static void
test_performance_regression_few(void)
{
    g_autoptr(MadeAnalysis) made = made_analysis_new(ERRATA_TASK_REGRESSION, 24);
    const ErrataPerformance *performance = &made->analysis.result->performance;

    g_test_summary(
        "Of two dozen rows all are drawn, in bins and groups of several, told in billions");
    for (guint i = 0; i < 24; i++) {
        made->outcome.truth_value[i] = 1e12 + 4.0123456789e10 * i;
        made->outcome.predicted_value[i] = made->outcome.truth_value[i] + 1e9 * ((i * 7) % 11);
    }
    made_analysis_judge(made);
    g_assert_true(errata_analyzer_performance.run(&made->analysis, NULL));
    g_assert_null(performance->predicted_actual->note);
    g_assert_null(performance->residual->note);
    g_assert_cmpuint(performance->residual->n_columns, <, 10);
    g_assert_cmpuint(performance->error_quantile->n_series, ==, 2);
    g_assert_cmpstr(performance->error_quantile->series[0].label,
                    ==,
                    "1.000\u202ftn to 1.441\u202ftn");
}

static void
test_performance_without_labels(void)
{
    g_autoptr(MadeAnalysis) made = made_analysis_binary(500, test_performance_true, 4);
    const ErrataMetric *metric;

    g_test_summary("Without labels: shares of predictions, the rest undefined with a reason");
    g_clear_pointer(&made->outcome.truth, g_free);
    for (guint i = 0; i < 500; i++)
        made->outcome.judged[i] = 0;
    made->outcome.n_judged = 0;
    g_assert_true(errata_analyzer_performance.run(&made->analysis, NULL));
    metric = errata_case_metric(made->analysis.result, "accuracy");
    g_assert_true(isnan(metric->value));
    g_assert_cmpstr(metric->why, ==, "the log has no labels");
    test_performance_assert_near(test_performance_value(made, "mean_score"), 0.5, 0.05);
}

/* no rows at all, and one */
static void
test_performance_tiny(void)
{
    g_test_summary("No row or one row give a report, not a crash");
    for (guint n = 0; n < 4; n++)
        for (guint task = ERRATA_TASK_BINARY; task <= ERRATA_TASK_REGRESSION; task++) {
            g_autoptr(MadeAnalysis) made = made_analysis_new((ErrataTask)task, n);

            made_analysis_judge(made);
            g_assert_true(errata_analyzer_performance.run(&made->analysis, NULL));
        }
}

/* predictions of the class that is less likely: 3 in 4 are wrong; every second run all of them */
static void
test_performance_opposed(void)
{
    g_test_summary(
        "Predictions that go against the labels: told, with what turning them round brings");
    for (guint all = 0; all < 2; all++) {
        g_autoptr(MadeAnalysis) made = made_analysis_binary(4000, test_performance_true, 3);
        const ErrataFinding *finding;
        const ErrataSuggestion *fix;

        made->outcome.n_errors = 0;
        for (gsize i = 0; i < 4000; i++) {
            gint32 turned = 1 - (all == 1 ? made->outcome.truth[i] : made->outcome.predicted[i]);

            made->outcome.predicted[i] = turned;
            made->outcome.error[i] = turned != made->outcome.truth[i];
            made->outcome.loss[i] = made->outcome.error[i];
            made->outcome.n_errors += made->outcome.error[i];
        }
        g_assert_true(errata_analyzer_performance.run(&made->analysis, NULL));
        g_assert_cmpuint(made->analysis.result->findings->len, ==, 1);
        finding = g_ptr_array_index(made->analysis.result->findings, 0);
        g_assert_cmpint(finding->kind, ==, ERRATA_FINDING_PERFORMANCE);
        g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_CRITICAL);
        test_performance_assert_near(errata_finding_evidence(finding, "right")->value,
                                     all == 1 ? 0.0 : 0.25,
                                     0.02);
        fix = g_ptr_array_index(finding->suggestions, 0);
        test_performance_assert_near(fix->to, all == 1 ? 1.0 : 0.75, 0.02);
        g_assert_cmpstr(fix->metric, ==, "accuracy");
    }
}

/* one class only is predicted, which 4 in 10 labels have: right as often as chance makes it */
static void
test_performance_constant(void)
{
    g_autoptr(MadeAnalysis) made = made_analysis_binary(4000, test_performance_true, 3);

    g_test_summary("A constant prediction that is wrong more often than right is not turned round");
    made->outcome.n_errors = 0;
    for (gsize i = 0; i < 4000; i++) {
        made->outcome.truth[i] = i % 5 < 2 ? 1 : 0;
        made->outcome.predicted[i] = 1;
        made->outcome.score[i] = 0.5;
        made->outcome.error[i] = made->outcome.truth[i] != 1;
        made->outcome.n_errors += made->outcome.error[i];
    }
    g_assert_true(errata_analyzer_performance.run(&made->analysis, NULL));
    g_assert_cmpuint(made->analysis.result->findings->len, ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/performance/binary", test_performance_binary);
    g_test_add_func("/performance/windows", test_performance_windows);
    g_test_add_func("/performance/one-instant", test_performance_one_instant);
    g_test_add_func("/performance/stamped-windows", test_performance_stamped_windows);
    g_test_add_func("/performance/course", test_performance_course);
    g_test_add_func("/performance/regression", test_performance_regression);
    g_test_add_func("/performance/regression-few", test_performance_regression_few);
    g_test_add_func("/performance/without-labels", test_performance_without_labels);
    g_test_add_func("/performance/opposed", test_performance_opposed);
    g_test_add_func("/performance/constant", test_performance_constant);
    g_test_add_func("/performance/tiny", test_performance_tiny);
    return g_test_run();
}
