/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "error.h"
#include "report-compare.h"
#include "value.h"

static ErrataCase *
test_compare_case(const char *name, double accuracy, double half)
{
    ErrataCase *report = errata_case_new();

    report->name = g_strdup(name);
    report->task = ERRATA_TASK_BINARY;
    report->headline = g_strdup("accuracy");
    report->n_rows = 10000;
    errata_case_add_metric(report, "accuracy", accuracy, accuracy - half, accuracy + half, 10000);
    errata_case_add_metric(report,
                           "log_loss",
                           1.0 - accuracy,
                           0.9 - accuracy,
                           1.1 - accuracy,
                           10000);
    return report;
}

static ErrataFinding *
test_compare_slice(ErrataCase *report, const char *column, double edge, double share)
{
    ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_SLICE, "a slice");
    ErrataPredicate *number = errata_predicate_new(column, ERRATA_OP_GE);
    ErrataPredicate *value = errata_predicate_new("country", ERRATA_OP_EQ);

    number->number = edge;
    value->values = g_new0(char *, 2);
    value->values[0] = g_strdup("it");
    /* in another order every time: it does not matter */
    g_ptr_array_add(finding->subject.predicates, edge > 100.0 ? number : value);
    g_ptr_array_add(finding->subject.predicates, edge > 100.0 ? value : number);
    finding->share_of_errors = share;
    finding->severity = ERRATA_SEVERITY_HIGH;
    errata_finding_add(finding,
                       errata_evidence_new("rate_in", "rate", 0.5, ERRATA_UNIT_SHARE, 100));
    errata_case_add_finding(report, finding);
    return finding;
}

static void
test_compare_drift(ErrataCase *report, const char *column, ErrataSeverity severity)
{
    ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_DRIFT, column);

    finding->subject.column = g_strdup(column);
    finding->severity = severity;
    finding->share_of_errors = finding->share_of_rows = (double)NAN;
    errata_finding_add(finding, errata_evidence_new("distance", "d", 0.5, ERRATA_UNIT_NONE, 100));
    errata_case_add_finding(report, finding);
}

#define WIDER (2.575829 / 1.959964) /* a 99 % interval over one of 95 % */

static gsize
test_compare_count(GVariant *result, const char *list)
{
    g_autoptr(GVariant) found = g_variant_lookup_value(result, list, G_VARIANT_TYPE("aa{sv}"));

    g_assert_nonnull(found);
    return g_variant_n_children(found);
}

static void
test_compare_judge(const char *want, double before, double now, double half)
{
    g_autoptr(ErrataCase) a = test_compare_case("m", before, half);
    g_autoptr(ErrataCase) b = test_compare_case("m", now, half);
    g_autoptr(GVariant) result = g_variant_ref_sink(errata_report_compare(b, a, NULL));
    g_autoptr(GVariant) headline =
        g_variant_lookup_value(result, "headline", G_VARIANT_TYPE_VARDICT);
    g_autoptr(GVariant) metrics =
        g_variant_lookup_value(result, "metrics", G_VARIANT_TYPE("aa{sv}"));
    const char *change = NULL;
    double delta = 0.0;
    double high = 0.0;

    g_assert_true(g_variant_lookup(headline, "change", "&s", &change));
    g_assert_cmpstr(change, ==, want);
    g_assert_true(g_variant_lookup(headline, "delta", "d", &delta));
    g_assert_cmpfloat_with_epsilon(delta, now - before, 1e-12);
    g_assert_true(g_variant_lookup(headline, "delta-hi", "d", &high) == isfinite(half));
    if (isfinite(half))
        g_assert_cmpfloat_with_epsilon(high, now - before + WIDER * sqrt(2.0) * half, 1e-6);
    g_assert_cmpuint(g_variant_n_children(metrics), ==, 2);
}

static void
test_compare_headline(void)
{
    g_test_summary("A metric moved when it moved more than both intervals let it");
    test_compare_judge("same", 0.90, 0.91, 0.01);
    test_compare_judge("same", 0.90, 0.915, 0.01); /* √2 · 0.01 of 99 % is more */
    test_compare_judge("better", 0.90, 0.92, 0.01);
    test_compare_judge("worse", 0.90, 0.88, 0.01);
    test_compare_judge("same", 0.90, 0.898, 0.0005); /* not worth telling */
    test_compare_judge("", 0.90, 0.5, (double)NAN);
}

static void
test_compare_judge_sides(const char *want, double half, double facing)
{
    g_autoptr(ErrataCase) before = test_compare_case("m", 0.50, 0.01);
    g_autoptr(ErrataCase) now = test_compare_case("m", 0.50, 0.01);
    g_autoptr(GVariant) result = NULL;
    g_autoptr(GVariant) metrics = NULL;
    const char *change = NULL;

    errata_case_add_metric(before, "precision", 0.05, 0.05 - half, 0.05 + facing, 20);
    errata_case_add_metric(now, "precision", 0.30, 0.30 - facing, 0.30 + half, 20);
    result = g_variant_ref_sink(errata_report_compare(now, before, NULL));
    metrics = g_variant_lookup_value(result, "metrics", G_VARIANT_TYPE("aa{sv}"));
    for (gsize i = 0; i < g_variant_n_children(metrics); i++) {
        g_autoptr(GVariant) metric = g_variant_get_child_value(metrics, i);
        const char *name = NULL;

        if (g_variant_lookup(metric, "name", "&s", &name) && strcmp(name, "precision") == 0)
            g_assert_true(g_variant_lookup(metric, "change", "&s", &change));
        if (change != NULL) {
            g_assert_cmpstr(change, ==, want);
            return;
        }
    }
    g_assert_not_reached();
}

static void
test_compare_sides(void)
{
    g_test_summary("Between two values lie the sides of their intervals that face each other");
    test_compare_judge_sides("same", 0.04, 0.19);
    test_compare_judge_sides("better", 0.19, 0.04);
}

/* a group of which @n searched rows of @rows are wrong at @rate; the rest at 0.1 */
static gsize
test_compare_gone(const char *list, guint64 rows, double rate, guint64 n, guint64 rows_now)
{
    g_autoptr(ErrataCase) before = test_compare_case("m", 0.90, 0.01);
    g_autoptr(ErrataCase) now = test_compare_case("m", 0.90, 0.01);
    g_autoptr(GVariant) result = NULL;
    ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_SLICE, "a slice");
    ErrataPredicate *value = errata_predicate_new("country", ERRATA_OP_EQ);
    ErrataEvidence *evidence = errata_evidence_new("rate_in", "rate", rate, ERRATA_UNIT_SHARE, n);

    value->values = g_new0(char *, 2);
    value->values[0] = g_strdup("it");
    g_ptr_array_add(finding->subject.predicates, value);
    evidence->baseline = 0.1;
    errata_finding_add(finding, evidence);
    errata_case_add_finding(before, finding);
    before->n_rows = rows;
    now->n_rows = rows_now;
    for (guint i = 0; i < 2; i++)
        for (guint k = 0; k < (i == 0 ? before : now)->metrics->len; k++)
            ((ErrataMetric *)g_ptr_array_index((i == 0 ? before : now)->metrics, k))->n =
                i == 0 ? rows : rows_now;
    errata_case_tried(now, "slices", 1000);
    result = g_variant_ref_sink(errata_report_compare(now, before, NULL));
    return test_compare_count(result, list);
}

static void
test_compare_power(void)
{
    g_test_summary("A group errs less where the later log had the rows to show it as it was");
    g_assert_cmpuint(test_compare_gone("gone", 8000, 0.4, 600, 8000), ==, 1);
    g_assert_cmpuint(test_compare_gone("gone", 8000, 0.4, 600, 900), ==, 1);
    g_assert_cmpuint(test_compare_gone("not-seen", 8000, 0.4, 600, 200), ==, 1);
    g_assert_cmpuint(test_compare_gone("not-seen", 8000, 0.13, 600, 8000), ==, 1);
    g_assert_cmpuint(test_compare_gone("gone", 8000, 0.13, 600, 80000), ==, 1);
}

static void
test_compare_followed(void)
{
    static const ErrataPatternState states[] = {ERRATA_PATTERN_FIXED, ERRATA_PATTERN_NEW};

    g_test_summary(
        "What reports follow is fixed where the later one's patterns say so, only there");
    for (guint i = 0; i < G_N_ELEMENTS(states); i++) {
        g_autoptr(ErrataCase) before = test_compare_case("m", 0.90, 0.01);
        g_autoptr(ErrataCase) now = test_compare_case("m", 0.90, 0.01);
        g_autoptr(ErrataPattern) pattern = errata_pattern_new("p1", ERRATA_FINDING_DRIFT, "a");
        ErrataPattern *later = errata_pattern_copy(pattern);
        g_autoptr(GVariant) result = NULL;

        test_compare_drift(before, "a", ERRATA_SEVERITY_LOW);
        ((ErrataFinding *)g_ptr_array_index(before->findings, 0))->pattern = pattern;
        later->state = states[i];
        now->patterns = g_ptr_array_new_with_free_func((GDestroyNotify)errata_pattern_free);
        g_ptr_array_add(now->patterns, later);
        result = g_variant_ref_sink(errata_report_compare(now, before, NULL));
        g_assert_cmpuint(test_compare_count(result, "fixed"), ==, i == 0 ? 1 : 0);
        g_assert_cmpuint(test_compare_count(result, "gone"), ==, i == 0 ? 0 : 1);
    }
}

static void
test_compare_add(ErrataCase *report, ErrataFindingKind kind, double share)
{
    ErrataFinding *finding = errata_finding_new(kind, "of all rows");

    finding->severity = ERRATA_SEVERITY_INFO;
    finding->share_of_rows = share;
    finding->share_of_errors = (double)NAN;
    errata_finding_add(finding, errata_evidence_new("share", "s", share, ERRATA_UNIT_SHARE, 100));
    errata_case_add_finding(report, finding);
}

static void
test_compare_scores(void)
{
    g_test_summary("More rows for a person are not worse; scores that are further off have not "
                   "been set right");
    for (guint i = 0; i < 2; i++) {
        double ece = i == 0 ? 0.54 : 0.01;
        g_autoptr(ErrataCase) before = test_compare_case("m", 0.90, 0.01);
        g_autoptr(ErrataCase) now = test_compare_case("m", 0.90, 0.01);
        g_autoptr(GVariant) result = NULL;

        errata_case_add_metric(before, "ece", 0.03, 0.02, 0.04, 10000);
        errata_case_add_metric(now, "ece", ece, ece - 0.01, ece + 0.01, 10000);
        test_compare_add(before, ERRATA_FINDING_CALIBRATION, 1.0);
        test_compare_add(before, ERRATA_FINDING_THRESHOLD, 0.1);
        test_compare_add(now, ERRATA_FINDING_THRESHOLD, 0.3);
        result = g_variant_ref_sink(errata_report_compare(now, before, NULL));
        g_assert_cmpuint(test_compare_count(result, "worse"), ==, 0);
        g_assert_cmpuint(test_compare_count(result, "same"), ==, 1);
        g_assert_cmpuint(test_compare_count(result, "fixed"), ==, i);
        g_assert_cmpuint(test_compare_count(result, "unjudged"), ==, 1 - i);
    }
}

static void
test_compare_findings(void)
{
    g_autoptr(ErrataCase) before = test_compare_case("m", 0.90, 0.01);
    g_autoptr(ErrataCase) now = test_compare_case("m", 0.90, 0.01);
    g_autoptr(GVariant) result = NULL;

    g_test_summary("Findings are matched by subject, slices by their conditions");
    test_compare_slice(before, "amount", 400.0, 0.30);
    test_compare_slice(now, "amount", 410.0, 0.31); /* ends moved a little, share as well */
    test_compare_slice(before, "age", 50.0, 0.10);
    test_compare_slice(now, "age", 70.0, 0.10); /* another slice */
    test_compare_slice(before, "rate", 20.0, 0.30);
    test_compare_slice(now, "rate", 20.0, 0.10); /* better */
    test_compare_drift(before, "a", ERRATA_SEVERITY_LOW);
    test_compare_drift(now, "a", ERRATA_SEVERITY_HIGH); /* worse, by severity */
    test_compare_drift(before, "b", ERRATA_SEVERITY_LOW);
    test_compare_drift(now, "c", ERRATA_SEVERITY_LOW);
    errata_case_finish(before);
    errata_case_finish(now);
    result = g_variant_ref_sink(errata_report_compare(now, before, NULL));
    g_assert_cmpuint(test_compare_count(result, "same"), ==, 1);
    g_assert_cmpuint(test_compare_count(result, "better"), ==, 1);
    g_assert_cmpuint(test_compare_count(result, "worse"), ==, 1);
    g_assert_cmpuint(test_compare_count(result, "new"), ==, 2);
    g_assert_cmpuint(test_compare_count(result, "fixed"), ==, 1);
    g_assert_cmpuint(test_compare_count(result, "gone"), ==, 1);
}

static void
test_compare_others(void)
{
    g_autoptr(ErrataCase) before = test_compare_case("m", 0.90, 0.01);
    g_autoptr(ErrataCase) other = test_compare_case("n", 0.90, 0.01);
    g_autoptr(ErrataCase) regression = test_compare_case("m", 0.90, 0.01);
    g_autoptr(GVariant) result = g_variant_ref_sink(errata_report_compare(other, before, NULL));
    g_autoptr(GError) error = NULL;
    g_autofree const char **notes = NULL;

    g_test_summary("Two models are compared with a note, two tasks are not");
    g_assert_true(g_variant_lookup(result, "notes", "^a&s", &notes));
    g_assert_nonnull(notes[0]);
    g_assert_nonnull(strstr(notes[0], "two models, m and n"));
    regression->task = ERRATA_TASK_REGRESSION;
    g_assert_null(errata_report_compare(regression, before, &error));
    g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_USAGE);
}

static void
test_compare_falls(void)
{
    static const char *const names[] = {"accuracy",  "balanced_accuracy",
                                        "precision", "recall",
                                        "f1",        "f1_macro",
                                        "mcc",       "roc_auc",
                                        "pr_auc",    "log_loss",
                                        "brier",     "ece",
                                        "ace",       "rmse",
                                        "mae",       "mape",
                                        "r2",        "median_ae",
                                        "pinball",   "cbpe_accuracy",
                                        "dle_mae",   "smape",
                                        "mce",       "error_rate"};
    static const char *const none[] = {"positive_rate",
                                       "predicted_positive_rate",
                                       "mean_score",
                                       "predicted_share",
                                       "judged_share",
                                       "majority_accuracy",
                                       "mean_predictor_mae",
                                       "last_value_rmse",
                                       "n",
                                       "support",
                                       "domain_auc",
                                       "bias",
                                       "ece_expected"};

    g_test_summary("The report and the comparison agree on what is better");
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        const ErrataMetricWords *words = errata_value_metric(names[i]);

        if (words != NULL)
            g_assert_cmpint(words->lower_is_better ? -1 : 1,
                            ==,
                            errata_report_compare_direction(names[i]));
    }
    for (guint i = 0; i < G_N_ELEMENTS(none); i++)
        g_assert_cmpint(errata_report_compare_direction(none[i]), ==, 0);
    g_assert_cmpint(errata_report_compare_direction("false_positive_rate"), ==, -1);
    g_assert_cmpint(errata_report_compare_direction("false_negative_rate"), ==, -1);
    g_assert_cmpint(errata_report_compare_direction("npv"), ==, 1);
}

static void
test_compare_unjudged(void)
{
    g_autoptr(ErrataCase) before = test_compare_case("m", 0.90, 0.01);
    g_autoptr(ErrataCase) blind = test_compare_case("m", (double)NAN, 0.01);
    g_autoptr(ErrataCase) part = test_compare_case("m", 0.90, 0.01);
    g_autoptr(GVariant) without = NULL;
    g_autoptr(GVariant) some = NULL;
    g_autofree const char **notes = NULL;

    g_test_summary("What the later report cannot tell is not called fixed");
    test_compare_slice(before, "amount", 400.0, 0.30);
    test_compare_drift(before, "a", ERRATA_SEVERITY_LOW);
    errata_case_finish(before);
    errata_case_finish(blind);
    part->where = g_strdup("region = EU");
    errata_case_finish(part);
    without = g_variant_ref_sink(errata_report_compare(blind, before, NULL));
    g_assert_cmpuint(test_compare_count(without, "unjudged"), ==, 1); /* the slice needs labels */
    g_assert_cmpuint(test_compare_count(without, "fixed"), ==, 1);
    some = g_variant_ref_sink(errata_report_compare(part, before, NULL));
    g_assert_cmpuint(test_compare_count(some, "unjudged"), ==, 2);
    g_assert_cmpuint(test_compare_count(some, "fixed"), ==, 0);
    g_assert_true(g_variant_lookup(some, "notes", "^a&s", &notes));
    g_assert_nonnull(strstr(notes[0], "rows only, those where region = EU"));
}

static void
test_compare_narrowed(void)
{
    const double shares[] = {0.045, 0.02}; /* of 5 %: nearly all of it, less than half of it */

    g_test_summary("One condition more makes another group only where it cuts much of it away");
    for (guint i = 0; i < G_N_ELEMENTS(shares); i++) {
        g_autoptr(ErrataCase) before = test_compare_case("m", 0.90, 0.01);
        g_autoptr(ErrataCase) now = test_compare_case("m", 0.90, 0.01);
        ErrataPredicate *more = errata_predicate_new("income", ERRATA_OP_LT);
        ErrataFinding *finding;
        g_autoptr(GVariant) result = NULL;

        test_compare_slice(before, "age", 50.0, 0.30)->share_of_rows = 0.05;
        finding = test_compare_slice(now, "age", 50.0, 0.30);
        finding->share_of_rows = shares[i];
        more->number = 69000.0;
        g_ptr_array_add(finding->subject.predicates, more);
        result = g_variant_ref_sink(errata_report_compare(now, before, NULL));
        g_assert_cmpuint(test_compare_count(result, "same"), ==, i == 0 ? 1 : 0);
        g_assert_cmpuint(test_compare_count(result, "new"), ==, i);
        g_assert_cmpuint(test_compare_count(result, "gone"), ==, i);
    }
}

static void
test_compare_measured(void)
{
    g_autoptr(ErrataCase) before = test_compare_case("m", 0.90, 0.01);
    g_autoptr(ErrataCase) now = test_compare_case("m", 0.90, 0.01);
    g_autoptr(GVariant) result = NULL;
    g_autoptr(GVariant) worse = NULL;
    g_autoptr(GVariant) finding = NULL;
    const char *measure = NULL;
    double to = 0.0;

    g_test_summary(
        "A finding about all rows is as bad as what it measures, and another objective is "
        "another finding");
    for (guint i = 0; i < 2; i++) {
        ErrataCase *report = i == 0 ? before : now;
        ErrataFinding *scores = errata_finding_new(ERRATA_FINDING_CALIBRATION, "scores");
        ErrataFinding *cut = errata_finding_new(ERRATA_FINDING_THRESHOLD, "cut");
        ErrataEvidence *ece =
            errata_evidence_new("ece", "off by", i == 0 ? 0.026 : 0.539, ERRATA_UNIT_SHARE, 10000);

        ece->lo = ece->value - 0.01;
        ece->hi = ece->value + 0.01;
        errata_finding_add(scores, ece);
        errata_finding_add(cut, errata_evidence_new("best", "cut", 0.5, ERRATA_UNIT_NONE, 10000));
        scores->share_of_rows = cut->share_of_rows = 1.0;
        scores->severity = cut->severity = ERRATA_SEVERITY_HIGH;
        cut->subject.objective = g_strdup(i == 0 ? "abstain" : "errors");
        errata_case_add_finding(report, scores);
        errata_case_add_finding(report, cut);
    }
    result = g_variant_ref_sink(errata_report_compare(now, before, NULL));
    worse = g_variant_lookup_value(result, "worse", G_VARIANT_TYPE("aa{sv}"));
    finding = g_variant_get_child_value(worse, 0);
    g_assert_true(g_variant_lookup(finding, "measure", "&s", &measure));
    g_assert_cmpstr(measure, ==, "off by"); /* the titles may tell other numbers */
    g_assert_true(g_variant_lookup(finding, "measure-to", "d", &to));
    g_assert_cmpfloat_with_epsilon(to, 0.539, 1e-12);
    g_assert_cmpuint(g_variant_n_children(worse), ==, 1);
    g_assert_cmpuint(test_compare_count(result, "same"), ==, 0);
    g_assert_cmpuint(test_compare_count(result, "new"), ==, 1);
    g_assert_cmpuint(test_compare_count(result, "fixed"), ==, 1);
}

static void
test_compare_moments(void)
{
    const gint64 hour = G_GINT64_CONSTANT(3600000000000);

    g_test_summary("A change of one series a month later is another, not the same one");
    for (guint later = 0; later < 2; later++) {
        g_autoptr(ErrataCase) before = test_compare_case("m", 0.8, 0.01);
        g_autoptr(ErrataCase) now = test_compare_case("m", 0.8, 0.01);
        ErrataCase *const report[] = {before, now};
        g_autoptr(GVariant) result = NULL;

        for (guint k = 0; k < 2; k++) {
            ErrataFinding *change = errata_finding_new(ERRATA_FINDING_CHANGE_POINT, "rose");

            change->subject.series = g_strdup("error_rate");
            change->subject.has_time = TRUE;
            change->subject.from = hour * (k == 0 ? 0 : later == 0 ? 3 : 700);
            change->share_of_rows = 0.5;
            errata_finding_add(change,
                               errata_evidence_new("after", "rate", 0.5, ERRATA_UNIT_SHARE, 100));
            errata_case_add_finding(report[k], change);
        }
        result = g_variant_ref_sink(errata_report_compare(report[1], report[0], NULL));
        g_assert_cmpuint(test_compare_count(result, "new"), ==, later);
    }
}

static void
test_compare_told(void)
{
    g_autoptr(ErrataCase) before = test_compare_case("m", 0.8, 0.01);
    g_autoptr(ErrataCase) now = test_compare_case("m", 0.8, 0.01);
    g_autoptr(GVariant) result = NULL;
    g_autoptr(GVariant) back = NULL;

    g_test_summary(
        "What another finding tells comes and goes with it, and nothing wrong is no news");
    test_compare_slice(now, "age", 40.0, 0.3);
    g_ptr_array_add(test_compare_slice(now, "income", 40.0, 0.2)->notes,
                    g_strdup("told=another finding"));
    g_ptr_array_add(test_compare_slice(now, "height", 40.0, 0.2)->notes, g_strdup("better=yes"));
    result = g_variant_ref_sink(errata_report_compare(now, before, NULL));
    g_assert_cmpuint(test_compare_count(result, "new"), ==, 1);
    g_assert_cmpuint(test_compare_count(result, "aside"), ==, 2); /* and is not left out */
    back = g_variant_ref_sink(errata_report_compare(before, now, NULL));
    g_assert_cmpuint(test_compare_count(back, "aside"), ==, 2);
    g_assert_cmpuint(test_compare_count(back, "gone") + test_compare_count(back, "not-seen"),
                     ==,
                     1);
}

/* a share of the errors is not compared with one of the rows */
static void
test_compare_shares(void)
{
    for (guint rows = 0; rows < 2; rows++) {
        g_autoptr(ErrataCase) before = test_compare_case("m", 0.90, 0.01);
        g_autoptr(ErrataCase) now = test_compare_case("m", 0.90, 0.01);
        ErrataFinding *was = test_compare_slice(before, "age", 50.0, 0.20);
        ErrataFinding *is = test_compare_slice(now, "age", 50.0, 0.21);
        g_autoptr(GVariant) result = NULL;
        g_autoptr(GVariant) same = NULL;
        g_autoptr(GVariant) finding = NULL;
        const char *of = "";
        double from = 0.0;

        was->share_of_rows = is->share_of_rows = 0.05;
        if (rows == 1)
            is->share_of_errors = (double)NAN;
        result = g_variant_ref_sink(errata_report_compare(now, before, NULL));
        same = g_variant_lookup_value(result, "same", G_VARIANT_TYPE("aa{sv}"));
        g_assert_cmpuint(g_variant_n_children(same), ==, 1);
        finding = g_variant_get_child_value(same, 0);
        g_assert_true(g_variant_lookup(finding, "share-of", "&s", &of));
        g_assert_true(g_variant_lookup(finding, "from", "d", &from));
        g_assert_cmpstr(of, ==, rows == 1 ? "rows" : "errors");
        g_assert_cmpfloat_with_epsilon(from, rows == 1 ? 0.05 : 0.20, 1e-12);
    }
}

/* income as a report has it: numbers from 1,000 to 9,000, and gaps */
static void
test_compare_income(ErrataCase *report, guint64 missing)
{
    ErrataColumnSummary *column = g_new0(ErrataColumnSummary, 1);

    column->name = g_strdup("income");
    column->n = 10000;
    column->missing = missing;
    column->min = 1000.0;
    column->max = 9000.0;
    g_ptr_array_add(report->columns, column);
}

/* a slice of rows where income is @number, or where it is missing */
static void
test_compare_income_slice(ErrataCase *report, double number)
{
    ErrataFinding *finding = test_compare_slice(report, "age", 50.0, 0.30);
    ErrataPredicate *income = errata_predicate_new("income", ERRATA_OP_IS_MISSING);

    finding->share_of_rows = 0.05;
    if (!isnan(number)) {
        income->op = ERRATA_OP_EQ;
        income->number = number;
    }
    g_ptr_array_add(finding->subject.predicates, income);
}

static void
test_compare_codes(void)
{
    const struct {
        double before, now; /* NaN: missing */
        guint64 gaps;
        guint same;
    } cases[] = {{-999.0, (double)NAN, 1500, 1},
                 {(double)NAN, -999.0, 1500, 1},
                 {-999.0, -1.0, 1500, 1},
                 {5000.0, (double)NAN, 1500, 0}, /* a value like any other */
                 {-999.0, 5000.0, 1500, 0},
                 {-999.0, (double)NAN, 0, 0}};

    g_test_summary("A code for no value and no value are one, whichever way a log writes it");
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(ErrataCase) before = test_compare_case("m", 0.90, 0.01);
        g_autoptr(ErrataCase) now = test_compare_case("m", 0.90, 0.01);
        g_autoptr(GVariant) result = NULL;

        test_compare_income(before, cases[i].gaps);
        test_compare_income(now, cases[i].gaps);
        test_compare_income_slice(before, cases[i].before);
        test_compare_income_slice(now, cases[i].now);
        result = g_variant_ref_sink(errata_report_compare(now, before, NULL));
        g_assert_cmpuint(test_compare_count(result, "same"), ==, cases[i].same);
        g_assert_cmpuint(test_compare_count(result, "new"), ==, 1 - cases[i].same);
    }
}

static void
test_compare_blanked(void)
{
    g_test_summary("A code for no value is not fixed where blanks stand in its place");
    for (guint blanks = 0; blanks < 2; blanks++) {
        g_autoptr(ErrataCase) before = test_compare_case("m", 0.90, 0.01);
        g_autoptr(ErrataCase) now = test_compare_case("m", 0.90, 0.01);
        ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_ANOMALY, "a code");
        g_autoptr(GVariant) result = NULL;

        finding->subject.columns = g_strsplit("income", " ", -1);
        finding->share_of_rows = 0.15;
        errata_finding_add(
            finding,
            errata_evidence_new("share_rows", "share", 0.15, ERRATA_UNIT_SHARE, 10000));
        errata_case_add_finding(before, finding);
        test_compare_income(before, 100);
        test_compare_income(now, blanks == 0 ? 100 : 1600);
        result = g_variant_ref_sink(errata_report_compare(now, before, NULL));
        g_assert_cmpuint(test_compare_count(result, "fixed"), ==, 1 - blanks);
        g_assert_cmpuint(test_compare_count(result, "gone"), ==, blanks);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/report-compare/headline", test_compare_headline);
    g_test_add_func("/report-compare/findings", test_compare_findings);
    g_test_add_func("/report-compare/scores", test_compare_scores);
    g_test_add_func("/report-compare/others", test_compare_others);
    g_test_add_func("/report-compare/sides", test_compare_sides);
    g_test_add_func("/report-compare/power", test_compare_power);
    g_test_add_func("/report-compare/followed", test_compare_followed);
    g_test_add_func("/report-compare/unjudged", test_compare_unjudged);
    g_test_add_func("/report-compare/falls", test_compare_falls);
    g_test_add_func("/report-compare/narrowed", test_compare_narrowed);
    g_test_add_func("/report-compare/measured", test_compare_measured);
    g_test_add_func("/report-compare/moments", test_compare_moments);
    g_test_add_func("/report-compare/told", test_compare_told);
    g_test_add_func("/report-compare/shares", test_compare_shares);
    g_test_add_func("/report-compare/codes", test_compare_codes);
    g_test_add_func("/report-compare/blanked", test_compare_blanked);
    return g_test_run();
}
