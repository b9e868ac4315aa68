/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "fairness.h"
#include "frame-builder.h"
#include "log-fixture.h"
#include "rng.h"
#include "suggestions.h"

static const LogRoles made_roles = {.label = "y",
                                    .prediction = "hat",
                                    .score = "p",
                                    .positive = "1"};

static const char *const names[] = {"g", "y", "hat", "p"};

static void
test_add(ErrataFrameBuilder *builder, const char *group, guint n, gboolean y, gboolean hat)
{
    for (guint i = 0; i < n; i++) {
        errata_frame_builder_string(builder, 0, group, strlen(group));
        errata_frame_builder_integer(builder, 1, y);
        errata_frame_builder_integer(builder, 2, hat);
        errata_frame_builder_number(builder, 3, hat ? 0.75 : 0.25);
        g_assert_true(errata_frame_builder_end_row(builder, NULL));
    }
}

static ErrataFrameBuilder *
test_builder(void)
{
    ErrataFrameBuilder *builder = errata_frame_builder_new();

    for (guint c = 0; c < G_N_ELEMENTS(names); c++) {
        guint at;

        g_assert_true(errata_frame_builder_column(builder, names[c], strlen(names[c]), &at, NULL));
        g_assert_cmpuint(at, ==, c);
    }
    return builder;
}

static LogFixture *
test_run_roles(ErrataFrameBuilder *builder, const LogRoles *roles)
{
    LogFixture *log = log_fixture_new(errata_frame_builder_finish(builder, NULL), NULL, roles);

    log->settings->alpha = 0.01;
    log->schema->columns[0].role = ERRATA_ROLE_GROUP;
    log->schema->columns[0].declared = TRUE;
    g_assert_null(errata_analyzer_fairness.why_not(&log->analysis));
    g_assert_true(errata_analyzer_fairness.run(&log->analysis, NULL));
    return log;
}

static LogFixture *
test_run(ErrataFrameBuilder *builder)
{
    return test_run_roles(builder, &made_roles);
}

static const ErrataMetric *
test_find(const LogFixture *log, const char *name, const char *class_name)
{
    const GPtrArray *metrics = log->analysis.result->metrics;

    for (guint i = 0; i < metrics->len; i++) {
        const ErrataMetric *metric = g_ptr_array_index(metrics, i);

        if (strcmp(metric->name, name) == 0 && g_strcmp0(metric->class_name, class_name) == 0)
            return metric;
    }
    return NULL;
}

static double
test_metric(const LogFixture *log, const char *name, const char *class_name)
{
    const ErrataMetric *metric = test_find(log, name, class_name);

    return metric != NULL ? metric->value : (double)NAN;
}

/* by hand: A selects 100 of 200, 80 of 100 true and 20 of 100 others; B 60 of 200, 50 and 10; C has
 * 20 rows, all selected: shown, not ranked */
static void
test_fairness_rates(void)
{
    static const struct {
        const char *name;
        const char *class_name;
        double value;
    } expected[] = {
        {"selection_rate", "g=A", 0.5},
        {"selection_rate", "g=C", 1.0},
        {"true_positive_rate", "g=B", 0.5},
        {"false_positive_rate", "g=B", 0.1},
        {"precision", "g=B", 5.0 / 6.0},
        {"error_rate", "g=B", 0.3},
        {"calibration_gap", "g=A", 0.0},
        {"calibration_gap", "g=B", 0.4 - 0.5},
        {"demographic_parity_difference", "g", 0.2},
        {"demographic_parity_ratio", "g", 0.6},
        {"equal_opportunity_difference", "g", 0.3},
        {"equalized_odds_difference", "g", 0.3},
        {"equalized_odds_ratio", "g", 0.5},
        {"predictive_parity_difference", "g", 5.0 / 6.0 - 0.8},
        {"accuracy_difference", "g", 0.1},
    };
    g_autoptr(ErrataFrameBuilder) builder = test_builder();
    g_autoptr(LogFixture) log = NULL;
    const ErrataFinding *finding;

    test_add(builder, "A", 80, TRUE, TRUE);
    test_add(builder, "A", 20, TRUE, FALSE);
    test_add(builder, "A", 20, FALSE, TRUE);
    test_add(builder, "A", 80, FALSE, FALSE);
    test_add(builder, "B", 50, TRUE, TRUE);
    test_add(builder, "B", 50, TRUE, FALSE);
    test_add(builder, "B", 10, FALSE, TRUE);
    test_add(builder, "B", 90, FALSE, FALSE);
    test_add(builder, "C", 20, TRUE, TRUE);
    log = test_run(builder);
    for (guint i = 0; i < G_N_ELEMENTS(expected); i++)
        g_assert_cmpfloat_with_epsilon(test_metric(log, expected[i].name, expected[i].class_name),
                                       expected[i].value,
                                       1e-12);
    for (guint i = 0; i < G_N_ELEMENTS(expected); i++) {
        const ErrataMetric *metric = test_find(log, expected[i].name, expected[i].class_name);

        g_assert_cmpfloat(metric->lo, <=, metric->value);
        g_assert_cmpfloat(metric->hi, >=, metric->value);
    }
    /* Newcombe's interval of 100 of 200 less 60 of 200 */
    g_assert_cmpfloat_with_epsilon(test_find(log, "demographic_parity_difference", "g")->lo,
                                   0.10422773,
                                   1e-6);
    g_assert_cmpuint(log->analysis.result->findings->len, ==, 1);
    finding = g_ptr_array_index(log->analysis.result->findings, 0);
    g_assert_cmpint(finding->kind, ==, ERRATA_FINDING_FAIRNESS);
    g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_HIGH);
    g_assert_cmpstr(finding->subject.column, ==, "g");
    g_assert_cmpstr(finding->subject.metric, ==, "true_positive_rate");
    g_assert_cmpuint(finding->subject.groups->len, ==, 3);
    g_assert_cmpfloat_with_epsilon(finding->subject.difference, 0.3, 1e-12);
    g_assert_cmpfloat_with_epsilon(finding->subject.ratio, 0.625, 1e-12);
    g_assert_cmpuint(finding->n_rows, ==, 200);
    g_assert_nonnull(finding->figure);
}

/* adds a group with these true and false positives in 100 of either class, @times over */
static void
test_add_group(ErrataFrameBuilder *builder, const char *name, guint hits, guint alarms, guint times)
{
    test_add(builder, name, times * hits, TRUE, TRUE);
    test_add(builder, name, times * (100 - hits), TRUE, FALSE);
    test_add(builder, name, times * alarms, FALSE, TRUE);
    test_add(builder, name, times * (100 - alarms), FALSE, FALSE);
}

static void
test_fairness_injured(void)
{
    static const struct {
        const char *metric;
        guint hits[3];   /* of 100 true ones, by group */
        guint alarms[3]; /* of 100 others */
        const char *injured;
        guint n;
    } cases[] = {
        {"true_positive_rate", {85, 40, 0}, {10, 10, 0}, "b", 2},
        {"true_positive_rate", {40, 85, 0}, {10, 10, 0}, "a", 2},
        {"false_positive_rate", {80, 80, 0}, {5, 45, 0}, "b", 2},
        {"false_positive_rate", {80, 80, 0}, {45, 5, 0}, "a", 2},
        /* of more than two the odd one, whichever side it is on */
        {"true_positive_rate", {95, 60, 60}, {10, 10, 10}, "a", 3},
    };
    static const char *const group[] = {"a", "b", "c"};

    g_test_summary(
        "Of two groups the finding is of the one that is worse off, whichever comes first or is larger");
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(ErrataFrameBuilder) builder = test_builder();
        g_autoptr(LogFixture) log = NULL;
        g_autofree char *begins = g_strdup_printf("g %s has a ", cases[i].injured);
        g_autofree char *asks = g_strdup_printf("labels of g %s with", cases[i].injured);
        const ErrataFinding *finding;
        const ErrataSuggestion *remedy;

        for (guint g = 0; g < cases[i].n; g++)
            test_add_group(builder, group[g], cases[i].hits[g], cases[i].alarms[g], g == 0 ? 4 : 2);
        log = test_run(builder);
        g_assert_cmpuint(log->analysis.result->findings->len, ==, 1);
        finding = g_ptr_array_index(log->analysis.result->findings, 0);
        g_assert_cmpstr(finding->subject.metric, ==, cases[i].metric);
        g_assert_true(g_str_has_prefix(finding->title, begins));
        g_assert_cmpuint(finding->n_rows, ==, strcmp(cases[i].injured, "a") == 0 ? 800 : 400);
        remedy = g_ptr_array_index(finding->suggestions, 0);
        g_assert_nonnull(strstr(remedy->text, asks));
    }
}

/* scores of b are 0.15 too low; labels as elsewhere */
static void
test_fairness_gain(void)
{
    g_autoptr(ErrataFrameBuilder) builder = test_builder();
    g_autoptr(LogFixture) log = NULL;
    const ErrataFinding *finding;
    const ErrataSuggestion *remedy;

    g_test_summary(
        "What a threshold for a group does to the gap is measured on the other half, not promised");
    for (guint i = 0; i < 4000; i++) {
        ErrataRng rng = errata_rng_init(7, 5, i);
        double chance = errata_rng_uniform(&rng);
        gboolean y = errata_rng_uniform(&rng) < chance;
        double score = fmax(chance - (i / 2 % 2 == 1 ? 0.15 : 0.0), 0.0);

        errata_frame_builder_string(builder, 0, i / 2 % 2 == 1 ? "b" : "a", 1);
        errata_frame_builder_integer(builder, 1, y);
        errata_frame_builder_integer(builder, 2, score >= 0.5);
        errata_frame_builder_number(builder, 3, score);
        g_assert_true(errata_frame_builder_end_row(builder, NULL));
    }
    log = test_run(builder);
    g_assert_cmpuint(log->analysis.result->findings->len, ==, 1);
    finding = g_ptr_array_index(log->analysis.result->findings, 0);
    g_assert_true(errata_analyzer_suggestions.run(&log->analysis, NULL));
    remedy = g_ptr_array_index(finding->suggestions, 0);
    g_assert_false(remedy->upper_bound);
    g_assert_nonnull(strstr(remedy->method, "measured on the confirmation half"));
    g_assert_cmpfloat_with_epsilon(remedy->from,
                                   errata_finding_evidence(finding, "difference")->value,
                                   1e-12);
    g_assert_cmpfloat(remedy->to, >, 0.0);
    g_assert_cmpfloat(remedy->to, <, 0.1);
    g_assert_cmpfloat(remedy->lo, <, remedy->from - remedy->to);
    g_assert_cmpfloat(remedy->hi, >, remedy->from - remedy->to);
}

static void
test_fairness_silence(void)
{
    guint loud = 0;

    g_test_summary("Five groups that differ by chance alone: about one log in a hundred");
    for (guint64 seed = 0; seed < 200; seed++) {
        g_autoptr(ErrataFrameBuilder) builder = test_builder();
        g_autoptr(LogFixture) log = NULL;
        static const char *const groups[] = {"a", "b", "c", "d", "e"};

        for (gsize row = 0; row < 2000; row++) {
            ErrataRng rng = errata_rng_init(seed, 31, row);
            const char *group = groups[errata_rng_below(&rng, G_N_ELEMENTS(groups))];
            gboolean y = errata_rng_uniform(&rng) < 0.4;

            test_add(builder, group, 1, y, errata_rng_uniform(&rng) < 0.2 ? !y : y);
        }
        log = test_run(builder);
        loud += log->analysis.result->findings->len;
    }
    g_test_message("%u of 200", loud);
    g_assert_cmpuint(loud, <=, 5);
}

static void
test_fairness_undeclared(void)
{
    g_autoptr(ErrataFrameBuilder) builder = test_builder();
    g_autoptr(LogFixture) log = NULL;
    g_autofree char *why = NULL;

    g_test_summary("A group is never assumed");
    test_add(builder, "A", 40, TRUE, TRUE);
    test_add(builder, "B", 40, FALSE, FALSE);
    log = log_fixture_new(errata_frame_builder_finish(builder, NULL), NULL, &made_roles);
    why = errata_analyzer_fairness.why_not(&log->analysis);
    g_assert_cmpstr(why, ==, "no column is declared as a group (--role COLUMN=group)");
    g_clear_pointer(&why, g_free);
    log->schema->columns[0].role = ERRATA_ROLE_GROUP;
    why = errata_analyzer_fairness.why_not(&log->analysis);
    g_assert_nonnull(why);
}

static void
test_fairness_one(void)
{
    g_autoptr(ErrataFrameBuilder) builder = test_builder();
    g_autoptr(LogFixture) log = NULL;

    g_test_summary("One group, or one that is too small, compares with nothing");
    test_add(builder, "A", 40, TRUE, TRUE);
    test_add(builder, "B", 29, FALSE, TRUE);
    log = test_run(builder);
    g_assert_cmpuint(log->analysis.result->findings->len, ==, 0);
    g_assert_true(isnan(test_metric(log, "demographic_parity_difference", "g")));
}

/* ages from 18 to 79, of which those under 30 have the label half as often found */
static ErrataFrameBuilder *
test_ages(gsize n, gboolean numbers)
{
    ErrataFrameBuilder *builder = test_builder();

    for (gsize row = 0; row < n; row++) {
        ErrataRng rng = errata_rng_init(17, 3, row);
        guint age = 18 + (guint)errata_rng_below(&rng, 62);
        gboolean y = errata_rng_uniform(&rng) < 0.5;
        gboolean hat = errata_rng_uniform(&rng) < (!y ? 0.1 : age < 30 ? 0.4 : 0.8);
        g_autofree char *name = g_strdup_printf("town %u", age);

        if (numbers)
            errata_frame_builder_integer(builder, 0, age);
        else
            errata_frame_builder_string(builder, 0, name, strlen(name));
        errata_frame_builder_integer(builder, 1, y);
        errata_frame_builder_integer(builder, 2, hat);
        errata_frame_builder_number(builder, 3, hat ? 0.75 : 0.25);
        g_assert_true(errata_frame_builder_end_row(builder, NULL));
    }
    return builder;
}

static void
test_fairness_numbers(void)
{
    g_autoptr(ErrataFrameBuilder) builder = test_ages(6000, TRUE);
    g_autoptr(LogFixture) log = test_run(builder);
    const GPtrArray *findings = log->analysis.result->findings;
    const ErrataFinding *finding;
    const ErrataColumn *age = log->frame->columns[0];
    double hits = 0.0, all = 0.0;

    g_test_summary("An age is compared in ranges, and the method says so");
    g_assert_cmpuint(findings->len, ==, 1);
    finding = g_ptr_array_index(findings, 0);
    g_assert_true(g_str_has_prefix(finding->title, "g under 30 has a true positive rate of "));
    g_assert_cmpuint(finding->subject.groups->len, ==, 5);
    for (gsize row = 0; row < 6000; row++)
        if (errata_column_number(age, row) < 30.0 && log->outcome->truth[row] == 1) {
            all += 1.0;
            hits += log->outcome->predicted[row] == 1 ? 1.0 : 0.0;
        }
    g_assert_cmpfloat_with_epsilon(errata_finding_evidence(finding, "rate_in")->value,
                                   hits / all,
                                   1e-12);
    g_assert_nonnull(strstr(g_ptr_array_index(log->analysis.result->method_notes, 0),
                            "g is a number of many values"));
}

static void
test_fairness_ranges(void)
{
    g_autoptr(ErrataFrameBuilder) builder = test_builder();
    g_autoptr(LogFixture) log = NULL;
    ErrataFairness self = {.n_groups = 0};

    g_test_summary("No range of a number is empty once its ends are rounded");
    for (guint i = 0; i < 1000; i++) {
        errata_frame_builder_number(builder,
                                    0,
                                    i < 300   ? 10.6 /* nobody lies from 11 to under 12 */
                                    : i < 550 ? 12.4
                                              : 13.0 + 0.4 * (i - 550));
        errata_frame_builder_integer(builder, 1, i % 2);
        errata_frame_builder_integer(builder, 2, i % 3 == 0);
        errata_frame_builder_number(builder, 3, 0.5);
        g_assert_true(errata_frame_builder_end_row(builder, NULL));
    }
    log = test_run(builder);
    self.column = log->frame->columns[0];
    g_assert_true(errata_fairness_bins(&self));
    g_assert_cmpuint(self.n_groups, >=, 3);
    for (guint g = 0; g < self.n_groups; g++) {
        gsize n = 0;

        for (gsize row = 0; row < log->frame->n_rows; row++)
            n += self.code[row] == (gint32)g ? 1 : 0;
        g_test_message("%s: %" G_GSIZE_FORMAT, self.group[g].value, n);
        g_assert_cmpuint(n, >=, ERRATA_FAIRNESS_LEAST);
    }
    g_ptr_array_unref(self.range);
    g_free(self.group);
    g_free(self.code);
}

static void
test_fairness_many(void)
{
    g_autoptr(ErrataFrameBuilder) builder = test_ages(6000, FALSE);
    g_autoptr(LogFixture) log = test_run(builder);
    const ErrataSkipped *skipped;

    g_test_summary("A column of too many values is not compared, and why is told");
    g_assert_cmpuint(log->analysis.result->findings->len, ==, 0);
    g_assert_cmpuint(log->analysis.result->skipped->len, ==, 1);
    skipped = g_ptr_array_index(log->analysis.result->skipped, 0);
    g_assert_true(g_str_has_prefix(skipped->why, "g is not compared: it has more than 50 values"));
}

static void
test_fairness_classes(void)
{
    static const LogRoles roles = {.label = "y", .prediction = "hat"};
    g_autoptr(ErrataFrameBuilder) builder = test_builder();
    g_autoptr(LogFixture) log = NULL;
    const ErrataFinding *finding;

    g_test_summary("Of several classes a group has an error rate that is not the others'");
    for (int class = 0; class < 3; class ++) {
        test_add(builder, "a", 180, class, class);
        test_add(builder, "a", 20, class, (class + 1) % 3);
        test_add(builder, "b", 120, class, class);
        test_add(builder, "b", 80, class, (class + 1) % 3);
    }
    log = test_run_roles(builder, &roles);
    g_assert_cmpuint(log->analysis.result->findings->len, ==, 1);
    finding = g_ptr_array_index(log->analysis.result->findings, 0);
    g_assert_cmpstr(finding->subject.metric, ==, "error_rate");
    g_assert_true(g_str_has_prefix(finding->title, "g b has an error rate of "));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/fairness/rates", test_fairness_rates);
    g_test_add_func("/fairness/injured", test_fairness_injured);
    g_test_add_func("/fairness/gain", test_fairness_gain);
    g_test_add_func("/fairness/silence", test_fairness_silence);
    g_test_add_func("/fairness/undeclared", test_fairness_undeclared);
    g_test_add_func("/fairness/one", test_fairness_one);
    g_test_add_func("/fairness/numbers", test_fairness_numbers);
    g_test_add_func("/fairness/ranges", test_fairness_ranges);
    g_test_add_func("/fairness/many", test_fairness_many);
    g_test_add_func("/fairness/classes", test_fairness_classes);
    return g_test_run();
}
