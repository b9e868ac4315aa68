/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "columns.h"
#include "compare.h"
#include "frame-builder.h"
#include "log-fixture.h"
#include "made-analysis.h"
#include "paired.h"

/* @up rows that only the second has right, @down only the first, @both both */
static ErrataPaired
test_compare_shares(guint up, guint down, guint both)
{
    guint8 before[200] = {0}, after[200] = {0};
    guint n = up + down + both;

    for (guint i = 0; i < n; i++) {
        before[i] = i >= up;
        after[i] = i < up || i >= up + down;
    }
    return errata_paired_shares(before, after, n, 0.95);
}

static void
test_compare_mcnemar(void)
{
    ErrataPaired few = test_compare_shares(1, 9, 90);
    ErrataPaired many = test_compare_shares(10, 30, 60);

    g_test_summary("Exact under 25 discordant pairs, chi-square from there on");
    g_assert_cmpstr(few.test, ==, "McNemar, exact");
    g_assert_cmpfloat_with_epsilon(few.p, 22.0 / 1024.0, 1e-12); /* 2 P(X ≥ 9 of 10) */
    g_assert_cmpfloat_with_epsilon(few.difference, -0.08, 1e-12);
    g_assert_cmpfloat_with_epsilon(few.variance, (10.0 - 64.0 / 100.0) / 1e4, 1e-12);
    g_assert_cmpstr(many.test, ==, "McNemar");
    g_assert_cmpfloat_with_epsilon(many.p, 0.0026640, 1e-6); /* chi-square 19² / 40 = 9.025 */
}

static void
test_compare_means(void)
{
    g_autofree double *before = g_new(double, 2000);
    g_autofree double *after = g_new(double, 2000);
    ErrataPaired same, worse;

    g_test_summary("A small rise of every loss is seen though losses scatter widely");
    for (guint i = 0; i < 2000; i++) {
        ErrataRng rng = errata_rng_init(1, 2, i);

        before[i] = 100.0 * errata_rng_uniform(&rng);
        after[i] = before[i] + 1.0 + errata_rng_uniform(&rng);
    }
    worse = errata_paired_means(before, after, 2000, 0, 0.99);
    g_assert_cmpfloat_with_epsilon(worse.difference, 1.5, 0.05);
    g_assert_cmpfloat(worse.p, <, 1e-6);
    g_assert_cmpfloat(worse.interval.lo, >, 1.4);
    same = errata_paired_means(before, before, 2000, 0, 0.99);
    g_assert_cmpfloat_with_epsilon(same.difference, 0.0, 1e-12);
    g_assert_cmpfloat(same.p, >, 0.9);
}

static void
test_compare_packed(void)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(ErrataSampledRow));
    g_autoptr(ErrataRowSample) sample = NULL;
    g_autoptr(ErrataRowSample) back = NULL;
    g_autofree char *text = NULL;
    g_autofree char *again = NULL;

    g_test_summary("A sample of rows survives its text; what is none does not become one");
    for (guint i = 0; i < 20000; i++) {
        ErrataRng rng = errata_rng_init(3, 4, i);
        ErrataSampledRow row = {errata_rng_next(&rng) >> 16, TRUE, i % 3 == 0, i % 2 == 0, NAN};

        row.value = i % 5 == 0 ? NAN : (float)errata_rng_uniform(&rng);
        g_array_append_val(rows, row);
        if (i % 100 == 0) /* an id that stands twice */
            g_array_append_val(rows, row);
    }
    sample = errata_row_sample_new(rows, 20000);
    g_assert_cmpuint(sample->n, ==, ERRATA_ROW_SAMPLE_MOST);
    for (guint i = 1; i < sample->n; i++)
        g_assert_cmpuint(sample->rows[i].key, >, sample->rows[i - 1].key);
    text = errata_row_sample_pack(sample);
    back = errata_row_sample_unpack(text, 20000);
    g_assert_nonnull(back);
    again = errata_row_sample_pack(back);
    g_assert_cmpstr(text, ==, again);
    g_assert_null(errata_row_sample_unpack(NULL, 1));
    g_assert_null(errata_row_sample_unpack("AAAA", 1));
    g_assert_null(errata_row_sample_unpack("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==", 1)); /* unordered */
}

/* a case with an accuracy and a confusion matrix of @n rows of two classes */
static ErrataCase *
test_compare_case(double accuracy, guint64 n)
{
    ErrataCase *self = errata_case_new();
    ErrataInterval interval = errata_intervals_wilson(accuracy * (double)n, (double)n, 0.95);

    self->task = ERRATA_TASK_BINARY;
    self->headline = g_strdup("accuracy");
    self->n_rows = n;
    errata_case_add_metric(self, "accuracy", accuracy, interval.lo, interval.hi, n);
    return self;
}

static guint
test_compare_findings(double before, double now, ErrataSeverity *ret_severity)
{
    g_autoptr(MadeAnalysis) made = made_analysis_new(ERRATA_TASK_BINARY, 10);
    g_autoptr(ErrataCase) earlier = test_compare_case(before, 20000);
    GPtrArray *findings;

    made->schema.id = -1;
    errata_case_free(made->analysis.result);
    made->analysis.result = test_compare_case(now, 20000);
    made->analysis.result->baseline_what = g_strdup("the report before");
    made->analysis.earlier = earlier;
    g_assert_true(errata_analyzer_compare.run(&made->analysis, NULL));
    findings = made->analysis.result->findings;
    if (findings->len > 0)
        *ret_severity = ((const ErrataFinding *)g_ptr_array_index(findings, 0))->severity;
    return findings->len;
}

static void
test_compare_reports(void)
{
    ErrataSeverity severity = ERRATA_SEVERITY_INFO;

    g_test_summary("A fall beyond chance is a finding by its size; less, or a rise, is none");
    g_assert_cmpuint(test_compare_findings(0.90, 0.895, &severity), ==, 0);
    g_assert_cmpuint(test_compare_findings(0.90, 0.93, &severity), ==, 0);
    g_assert_cmpuint(test_compare_findings(0.90, 0.88, &severity), ==, 1);
    g_assert_cmpint(severity, ==, ERRATA_SEVERITY_HIGH); /* surely 1.2 points */
    g_assert_cmpuint(test_compare_findings(0.90, 0.85, &severity), ==, 1);
    g_assert_cmpint(severity, ==, ERRATA_SEVERITY_CRITICAL);
}

/* a log of 4,000 ids of which @wrong of each 10 rows are wrong; every label is another than by
 * @flip = 0 */
static LogFixture *
test_compare_log(guint wrong, gboolean flip)
{
    static const char *const names[] = {"id", "y", "hat"};
    static const LogRoles roles = {
        .id = "id",
        .label = "y",
        .prediction = "hat",
        .positive = "1",
    };
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
    guint at[G_N_ELEMENTS(names)];
    LogFixture *log;

    for (guint c = 0; c < G_N_ELEMENTS(names); c++)
        errata_frame_builder_column(builder, names[c], strlen(names[c]), &at[c], NULL);
    for (guint i = 0; i < 4000; i++) {
        gboolean label = (i / 10 % 2 == 0) != (flip && i / 20 % 2 == 0);

        errata_frame_builder_integer(builder, at[0], 100 + i);
        errata_frame_builder_integer(builder, at[1], label);
        errata_frame_builder_integer(builder, at[2], label != (i % 10 < wrong));
        g_assert_true(errata_frame_builder_end_row(builder, NULL));
    }
    log = log_fixture_new(errata_frame_builder_finish(builder, NULL), NULL, &roles);
    errata_case_free(log->analysis.result);
    log->analysis.result = test_compare_case(1.0 - 0.1 * wrong, 4000);
    log->analysis.result->baseline_what = g_strdup("the report before");
    return log;
}

/* what is told of a fall from 90 to 70 % on the same ids */
static void
test_compare_told(gboolean flip)
{
    g_autoptr(LogFixture) before = test_compare_log(1, FALSE);
    g_autoptr(LogFixture) now = test_compare_log(3, flip);
    const ErrataFinding *finding;

    before->settings->alpha = now->settings->alpha = 0.01;
    g_assert_true(errata_analyzer_compare.run(&before->analysis, NULL));
    now->analysis.earlier = before->analysis.result;
    g_assert_true(errata_analyzer_compare.run(&now->analysis, NULL));
    g_assert_cmpuint(now->analysis.result->findings->len, ==, 1);
    finding = g_ptr_array_index(now->analysis.result->findings, 0);
    g_assert_cmpint(errata_finding_evidence(finding, "same_rows") != NULL, ==, !flip);
    for (guint i = 0; i < finding->subject.because->len; i++)
        g_assert_cmpstr(((ErrataShare *)g_ptr_array_index(finding->subject.because, i))->value,
                        !=,
                        "concept-shift");
}

static void
test_compare_same(void)
{
    g_test_summary(
        "On the same rows with the same labels the model has changed, not what is predicted");
    test_compare_told(FALSE);
    test_compare_told(TRUE);
}

static void
test_compare_few_shared(void)
{
    g_autoptr(LogFixture) before = test_compare_log(1, FALSE);
    g_autoptr(LogFixture) now = test_compare_log(3, FALSE);
    ErrataRowSample *sample, *later;
    const ErrataSince *since;

    g_test_summary("Sixty rows that stayed right do not say that the others did");
    before->settings->alpha = now->settings->alpha = 0.01;
    g_assert_true(errata_analyzer_compare.run(&before->analysis, NULL));
    g_assert_true(errata_analyzer_compare.run(&now->analysis, NULL));
    sample = before->analysis.result->performance.sample;
    later = now->analysis.result->performance.sample;
    for (guint i = 0, shared = 0; i < sample->n; i++) { /* of the same ids: those right in both */
        sample->rows[i].judged = !sample->rows[i].wrong && !later->rows[i].wrong && shared < 60;
        shared += sample->rows[i].judged ? 1 : 0;
    }
    g_clear_pointer(&now->analysis.result->performance.sample, errata_row_sample_free);
    now->analysis.earlier = before->analysis.result;
    g_assert_true(errata_analyzer_compare.run(&now->analysis, NULL));
    since = now->analysis.result->performance.since;
    g_assert_cmpstr(since->test, ==, "two samples, normal");
    g_assert_cmpfloat_with_epsilon(since->difference, -0.2, 1e-12);
    g_assert_true(since->changed);
}

/* 2,000 rows, @positives of them positive: of those @missed are wrong, of the others 1 of 100 */
static ErrataCase *
test_compare_mixed(guint64 positives, double missed)
{
    static const char *const classes[] = {"0", "1", NULL};
    guint64 negatives = 2000 - positives;
    guint64 wrong = (guint64)((double)positives * missed);
    ErrataCase *self = test_compare_case(1.0 - (double)(wrong + negatives / 100) / 2000.0, 2000);

    self->performance.n_confusion = 2;
    self->performance.confusion_classes = g_strdupv((char **)(gsize)classes);
    self->performance.confusion = g_new0(guint64, 4);
    self->performance.confusion[0] = negatives - negatives / 100;
    self->performance.confusion[1] = negatives / 100;
    self->performance.confusion[2] = wrong;
    self->performance.confusion[3] = positives - wrong;
    return self;
}

static void
test_compare_rollback_of(guint64 positives, double missed, guint n_suggestions)
{
    g_autoptr(MadeAnalysis) made = made_analysis_new(ERRATA_TASK_BINARY, 10);
    g_autoptr(ErrataCase) earlier = test_compare_mixed(200, 0.3);
    const ErrataFinding *finding;

    made->schema.id = -1;
    errata_case_free(made->analysis.result);
    made->analysis.result = test_compare_mixed(positives, missed);
    made->analysis.result->baseline_what = g_strdup("the report before");
    made->analysis.earlier = earlier;
    g_assert_true(errata_analyzer_compare.run(&made->analysis, NULL));
    g_assert_cmpuint(made->analysis.result->findings->len, ==, 1);
    finding = g_ptr_array_index(made->analysis.result->findings, 0);
    g_assert_cmpuint(finding->suggestions->len, ==, n_suggestions);
}

static void
test_compare_rollback(void)
{
    g_test_summary("No earlier version gives back what comes with the rows");
    test_compare_rollback_of(1000, 0.3, 0); /* more of the hard ones, each as hard as before */
    test_compare_rollback_of(200, 0.9, 1);  /* as many, missed more often */
}

static void
test_compare_since_told(double before, double now, gboolean changed)
{
    g_autoptr(MadeAnalysis) made = made_analysis_new(ERRATA_TASK_BINARY, 10);
    g_autoptr(ErrataCase) earlier = test_compare_case(before, 2000);
    const ErrataSince *since;

    made->schema.id = -1;
    errata_case_free(made->analysis.result);
    made->analysis.result = test_compare_case(now, 2000);
    made->analysis.result->baseline_what = g_strdup("the report before");
    made->analysis.earlier = earlier;
    g_assert_true(errata_analyzer_compare.run(&made->analysis, NULL));
    since = made->analysis.result->performance.since;
    g_assert_nonnull(since);
    g_assert_cmpint(since->changed, ==, changed);
    g_assert_cmpfloat_with_epsilon(since->difference, now - before, 1e-12);
    g_assert_true(since->lo < since->difference && since->difference < since->hi);
    g_assert_cmpuint(made->analysis.result->findings->len, ==, changed && now < before ? 1 : 0);
}

static void
test_compare_since(void)
{
    g_test_summary("What became of the headline is told whichever way it went");
    test_compare_since_told(0.9, 0.8, TRUE);
    test_compare_since_told(0.8, 0.9, TRUE);
    test_compare_since_told(0.9, 0.895, FALSE);
}

/* 2,000 rows of numbers, off by 1 where x is low and by 2 where it is high, as in @high of 10 */
static LogFixture *
test_compare_numbers(gsize high)
{
    static const LogRoles roles = {.label = "y", .prediction = "hat", .positive = "1"};
    static const char *const names[] = {"x", "y", "hat"};
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
    double mae = 1.0 + (double)high / 10.0;
    LogFixture *log;
    guint at[G_N_ELEMENTS(names)];

    for (guint c = 0; c < G_N_ELEMENTS(names); c++)
        errata_frame_builder_column(builder, names[c], strlen(names[c]), &at[c], NULL);
    for (gsize row = 0; row < 2000; row++) {
        errata_frame_builder_string(builder,
                                    at[0],
                                    row % 10 < high ? "high" : "low",
                                    row % 10 < high ? 4 : 3);
        errata_frame_builder_integer(builder, at[1], row / 10 % 2);
        errata_frame_builder_integer(builder, at[2], row / 10 % 2);
        g_assert_true(errata_frame_builder_end_row(builder, NULL));
    }
    log = log_fixture_new(errata_frame_builder_finish(builder, NULL), NULL, &roles);
    log->schema->task = log->outcome->task = log->analysis.result->task = ERRATA_TASK_REGRESSION;
    log->analysis.result->baseline_what = g_strdup("the report before");
    log->analysis.result->headline = g_strdup("mae");
    for (gsize row = 0; row < 2000; row++)
        log->outcome->loss[row] = row % 10 < high ? 2.0 : 1.0;
    errata_case_add_metric(log->analysis.result, "mae", mae, mae - 0.02, mae + 0.02, 2000);
    return log;
}

static void
test_compare_rise(void)
{
    g_autoptr(LogFixture) before = test_compare_numbers(3);
    g_autoptr(LogFixture) now = test_compare_numbers(7);
    const ErrataEvidence *share;

    g_test_summary("A mean absolute error rises: it does not fall");
    g_assert_true(errata_analyzer_columns.run(&before->analysis, NULL));
    now->analysis.earlier = before->analysis.result;
    g_assert_true(errata_analyzer_compare.run(&now->analysis, NULL));
    g_assert_cmpuint(now->analysis.result->findings->len, ==, 1);
    share = errata_finding_evidence(g_ptr_array_index(now->analysis.result->findings, 0),
                                    "covariate_share");
    g_assert_nonnull(share);
    g_assert_cmpstr(share->what, ==, "part of the rise that comes with other values of x");
    g_assert_cmpfloat_with_epsilon(share->value, 1.0, 1e-9);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/compare/mcnemar", test_compare_mcnemar);
    g_test_add_func("/compare/means", test_compare_means);
    g_test_add_func("/compare/packed", test_compare_packed);
    g_test_add_func("/compare/reports", test_compare_reports);
    g_test_add_func("/compare/same", test_compare_same);
    g_test_add_func("/compare/few-shared", test_compare_few_shared);
    g_test_add_func("/compare/rollback", test_compare_rollback);
    g_test_add_func("/compare/rise", test_compare_rise);
    g_test_add_func("/compare/since", test_compare_since);
    return g_test_run();
}
