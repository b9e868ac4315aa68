/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "confident.h"
#include "frame-builder.h"
#include "label-issues.h"
#include "log-fixture.h"
#include "noise-floor.h"
#include "parallel.h"
#include "ranking.h"
#include "rng.h"
#include "verdict-few.h"

static const LogRoles adult_roles = {.id = "id",
                                     .label = "label",
                                     .prediction = "prediction",
                                     .score = "score",
                                     .positive = ">50K"};

static void
test_label_issues_joint(void)
{
    /* by hand: t0 = (.9+.8+.4)/3 = .7, t1 = (.8+.2)/2 = .5; row 2 (given 0) is confidently 1, row 4
     * (given 1) confidently 0; the joint is [[2 1] [1 1]] and needs no scaling */
    const gint32 given[] = {0, 0, 0, 1, 1};
    const double p[] = {.9, .1, .8, .2, .4, .6, .2, .8, .8, .2};
    gint16 suggested[5];
    g_autoptr(ErrataConfident) c = errata_confident_measure(given, p, 5, 2);

    g_assert_cmpfloat_with_epsilon(c->threshold[0], 0.7, 1e-12);
    g_assert_cmpuint(c->joint[0], ==, 2);
    g_assert_cmpuint(c->joint[1], ==, 1);
    g_assert_cmpuint(c->joint[2], ==, 1);
    g_assert_cmpuint(c->n_off_diagonal, ==, 2);
    g_assert_cmpuint(errata_confident_prune(c, given, p, suggested), ==, 2);
    g_assert_cmpint(suggested[2], ==, 1);
    g_assert_cmpint(suggested[4], ==, 0);
    g_assert_cmpint(suggested[0], ==, -1);
}

/* pruning against sorting every pair in full */
static void
test_label_issues_prune_brute(void)
{
    enum {
        N = 3000,
        K = 4
    };
    g_autofree gint32 *given = g_new(gint32, N);
    g_autofree double *p = g_new(double, N *K);
    g_autofree gint16 *suggested = g_new(gint16, N);
    g_autoptr(ErrataConfident) c = NULL;

    for (gsize i = 0; i < N; i++) {
        ErrataRng rng = errata_rng_init(3, 3, i);
        double sum = 0.0;

        given[i] = (gint32)errata_rng_below(&rng, K);
        for (guint j = 0; j < K; j++)
            sum += p[i * K + j] = pow(errata_rng_uniform(&rng), 3.0) + ((gint32)j == given[i]);
        for (guint j = 0; j < K; j++)
            p[i * K + j] /= sum;
    }
    c = errata_confident_measure(given, p, N, K);
    errata_confident_prune(c, given, p, suggested);
    for (gsize i = 0; i < N; i++) {
        double best = -2.0;
        int want = -1;

        for (guint j = 0; j < K; j++) {
            guint64 quota = (guint64)floor(c->calibrated[(guint)given[i] * K + j] + 0.5),
                    before = 0;
            double margin = p[i * K + j] - p[i * K + (guint)given[i]];

            for (gsize r = 0; r < N; r++) {
                double other = p[r * K + j] - p[r * K + (guint)given[r]];

                before += given[r] == given[i] && (other > margin || (other >= margin && r < i));
            }
            if ((gint32)j != given[i] && before < quota && margin > best) {
                best = margin;
                want = (int)j;
            }
        }
        g_assert_cmpint(suggested[i], ==, want);
    }
}

static double
test_label_issues_curve(double score, double in, double out)
{
    return in * (1.0 - score) + (1.0 - out) * score;
}

static void
test_label_issues_floor(void)
{
    enum {
        N = 40000
    };
    const double rates[][2] = {{0.0, 0.0}, {0.02, 0.05}};
    g_autofree double *score = g_new(double, N);
    g_autofree guint8 *label = g_new(guint8, N);

    g_test_summary("Changed labels leave a floor under a sharp score; clean ones do not");
    for (guint c = 0; c < 2; c++) {
        ErrataNoiseFloor floor;

        for (gsize i = 0; i < N; i++) {
            ErrataRng rng = errata_rng_init(11, c, i);
            double x = 12.0 * (errata_rng_uniform(&rng) - 0.6);
            double truth = 1.0 / (1.0 + exp(-x));

            score[i] = 1.0 / (1.0 + exp(-1.7 * x)); /* overconfident */
            label[i] = errata_rng_uniform(&rng) <
                       test_label_issues_curve(truth, rates[c][0], rates[c][1]);
        }
        floor = errata_noise_floor_fit(score, label, N);
        g_assert_cmpfloat_with_epsilon(floor.in, rates[c][0], 0.005);
        g_assert_cmpfloat_with_epsilon(floor.out, rates[c][1], 0.01);
        g_assert_cmpfloat(fabs(floor.in - rates[c][0]), <, 3.0 * floor.in_error);
        g_assert_cmpfloat(floor.in_error, <, 0.005);
        if (c == 0)
            g_assert_cmpfloat(floor.p, >, 0.01);
        else
            g_assert_cmpfloat(floor.p, <, 1e-6);
    }
}

/* how a made log differs from one whose labels and scores both follow its features */
typedef struct {
    gsize n;
    double noise;   /* share of labels changed */
    double hidden;  /* weight of what the model saw and no feature holds, in log odds */
    double stretch; /* of the log odds of the logged score: above 1 overconfident */
    double shift;   /* of all log odds: rarer classes */
    double spread;  /* of what the logged score has beside the truth, in log odds */
    double second;  /* share of rows scored by a second model, which hardly knows anything */
    gboolean no_score;
} LabelLog;

/* near enough to a standard normal number */
static double
test_label_issues_normal(ErrataRng *rng)
{
    double sum = -6.0;

    for (guint i = 0; i < 12; i++)
        sum += errata_rng_uniform(rng);
    return sum;
}

static LogFixture *
test_label_issues_make(const LabelLog *spec, guint64 seed, guint8 *flipped)
{
    const LogRoles roles = {.label = "y",
                            .prediction = "hat",
                            .score = spec->no_score ? NULL : "p",
                            .ignore = {spec->no_score ? "p" : NULL},
                            .positive = "1"};
    static const char *const names[] = {"a", "b", "c", "y", "hat", "p"};
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
    guint at[6];

    for (guint c = 0; c < 6; c++)
        g_assert_true(
            errata_frame_builder_column(builder, names[c], strlen(names[c]), &at[c], NULL));
    for (gsize row = 0; row < spec->n; row++) {
        ErrataRng rng = errata_rng_init(seed, 5, row);
        double a = 6.0 * (errata_rng_uniform(&rng) - 0.5);
        double b = 6.0 * (errata_rng_uniform(&rng) - 0.5);
        double x = 1.2 * a - 1.2 * b + (a * b > 0.0 ? 1.0 : -1.0) - spec->shift;
        gboolean flip = errata_rng_uniform(&rng) < spec->noise;
        gboolean y;

        errata_frame_builder_number(builder, at[0], a);
        errata_frame_builder_number(builder, at[1], b);
        errata_frame_builder_number(builder, at[2], errata_rng_uniform(&rng));
        x += spec->hidden * 2.0 * (errata_rng_uniform(&rng) - 0.5);
        y = errata_rng_uniform(&rng) < 1.0 / (1.0 + exp(-x));
        errata_frame_builder_integer(builder, at[3], flip ? !y : y);
        if (spec->second > 0.0 && errata_rng_uniform(&rng) < spec->second)
            x *= 0.25;
        if (spec->spread > 0.0)
            x += spec->spread * test_label_issues_normal(&rng);
        errata_frame_builder_integer(builder, at[4], x >= 0.0);
        errata_frame_builder_number(builder, at[5], 1.0 / (1.0 + exp(-spec->stretch * x)));
        g_assert_true(errata_frame_builder_end_row(builder, NULL));
        if (flipped != NULL)
            flipped[row] = flip ? 1 : 0;
    }
    return log_fixture_new(errata_frame_builder_finish(builder, NULL), NULL, &roles);
}

static void
test_label_issues_clean(void)
{
    static const LabelLog specs[] = {{.n = 3000, .stretch = 1.0},
                                     {.n = 8000, .stretch = 1.7},
                                     {.n = 8000, .stretch = 0.5, .hidden = 6.0},
                                     {.n = 12000, .stretch = 1.3, .shift = 3.0}};

    g_test_summary("Clean labels list nothing: honest, overconfident, ignorant and rare, 20 logs");
    for (guint64 seed = 0; seed < 20; seed++) {
        g_autoptr(LogFixture) log =
            test_label_issues_make(&specs[seed % G_N_ELEMENTS(specs)], seed, NULL);

        g_assert_true(errata_analyzer_label_issues.run(&log->analysis, NULL));
        g_assert_null(log_fixture_finding(log, NULL));
    }
}

static void
test_label_issues_ignorant(void)
{
    const LabelLog clean = {.n = 12000, .stretch = 1.0, .hidden = 12.0};
    const LabelLog noisy = {.n = 12000, .stretch = 1.0, .hidden = 12.0, .noise = 0.04};
    g_autoptr(LogFixture) log = test_label_issues_make(&clean, 7, NULL);
    g_autoptr(LogFixture) other = test_label_issues_make(&noisy, 7, NULL);
    const ErrataFinding *finding;

    g_test_summary("Features that know less than the model accuse nobody; its scores may ask");
    g_assert_true(errata_analyzer_label_issues.run(&log->analysis, NULL));
    g_assert_null(log_fixture_finding(log, NULL));
    g_assert_true(errata_analyzer_label_issues.run(&other->analysis, NULL));
    finding = log_fixture_finding(other, NULL);
    g_assert_nonnull(finding);
    g_test_message("%s, %" G_GSIZE_FORMAT " rows", finding->title, finding->n_rows);
    g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_INFO);
    g_assert_false(finding->confirmed);
    g_assert_cmpstr(errata_finding_note(finding, "source"), ==, "scores");
    g_assert_cmpstr(errata_finding_note(finding, "features"), ==, "know-less");
    g_assert_cmpuint(finding->n_rows, <, 12000 * 6 / 100);
    g_assert_true(isnan(finding->share_of_errors));
    g_assert_true(isnan(finding->delta));
    g_assert_null(((ErrataSuggestion *)g_ptr_array_index(finding->suggestions, 0))->metric);
}

static void
test_label_issues_bad_scores(void)
{
    static const LabelLog specs[] = {{.n = 20000, .stretch = 1.0, .spread = 1.5, .second = 0.5},
                                     {.n = 20000, .stretch = 2.0, .spread = 1.0, .second = 0.5},
                                     {.n = 12000, .stretch = 1.0, .spread = 2.0, .second = 0.3}};

    g_test_summary("Scores that are sure and mistaken, and those of two models in one file, accuse "
                   "no honest label");
    for (guint64 seed = 0; seed < 9; seed++) {
        g_autoptr(LogFixture) log =
            test_label_issues_make(&specs[seed % G_N_ELEMENTS(specs)], 100 + seed, NULL);
        const ErrataFinding *finding;

        g_assert_true(errata_analyzer_label_issues.run(&log->analysis, NULL));
        finding = log_fixture_finding(log, NULL);
        if (finding != NULL)
            g_test_message("%u: %s", (guint)seed, finding->title);
        g_assert_null(finding);
    }
}

static void
test_label_issues_calibration(void)
{
    enum {
        N = 20000
    };
    const LabelLog noisy = {.n = N, .noise = 0.06, .stretch = 1.0, .spread = 0.3};
    const LabelLog over = {.n = N, .noise = 0.06, .stretch = 3.0};

    g_test_summary(
        "Scores that are right but for wrong labels are not to be recalibrated to those");
    for (guint i = 0; i < 2; i++) {
        g_autofree guint8 *flipped = g_new(guint8, N);
        g_autoptr(LogFixture) log = test_label_issues_make(i == 0 ? &noisy : &over, 21, flipped);
        ErrataFinding *calibration = errata_finding_new(ERRATA_FINDING_CALIBRATION, "Scores");
        const ErrataFinding *labels;
        const ErrataEvidence *share, *to;
        double right = 0.0, changed = 0.0;

        calibration->severity = ERRATA_SEVERITY_HIGH;
        errata_finding_add(calibration,
                           errata_evidence_new("ece", "error", 0.05, ERRATA_UNIT_SHARE, N));
        errata_case_add_finding(log->analysis.result, calibration);
        g_assert_true(errata_analyzer_label_issues.run(&log->analysis, NULL));
        labels = log_fixture_finding(log, "y");
        g_assert_nonnull(labels);
        g_assert_cmpint(labels->severity, ==, ERRATA_SEVERITY_MEDIUM);
        share = errata_finding_evidence(labels, "share");
        to = errata_finding_evidence(labels, "metric_to");
        for (gsize row = 0; row < N; row++) {
            changed += flipped[row];
            right += (log->analysis.outcome->error[row] != 0) == (flipped[row] != 0) ? 1.0 : 0.0;
        }
        g_test_message("share %.4f of %.4f, accuracy %.4f of %.4f",
                       share->value,
                       changed / N,
                       to->value,
                       right / N);
        g_assert_cmpfloat(share->lo, <, changed / N);
        g_assert_cmpfloat(share->hi, >, changed / N);
        g_assert_cmpfloat_with_epsilon(to->value, right / N, 0.01);
        g_assert_true((errata_finding_evidence(calibration, "comes_from") != NULL) == (i == 0));
        g_assert_cmpint(calibration->severity,
                        ==,
                        i == 0 ? ERRATA_SEVERITY_LOW : ERRATA_SEVERITY_HIGH);
    }
}

static void
test_label_issues_untested(void)
{
    static const LabelLog specs[] = {{.n = 1500, .stretch = 1.0},
                                     {.n = 20000, .stretch = 1.0, .no_score = TRUE}};

    g_test_summary("Where nothing can be tested, only the worst few rows are shown, and no claim");
    for (guint i = 0; i < G_N_ELEMENTS(specs); i++) {
        g_autoptr(LogFixture) log = test_label_issues_make(&specs[i], i, NULL);
        const ErrataFinding *finding;

        g_assert_true(errata_analyzer_label_issues.run(&log->analysis, NULL));
        finding = log_fixture_finding(log, NULL);
        g_assert_nonnull(finding);
        g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_INFO);
        g_assert_cmpuint(finding->n_rows, ==, i == 0 ? 30 : 100);
        g_assert_nonnull(errata_finding_note(finding, "untested"));
        g_assert_null(errata_finding_evidence(finding, "expected_suspects"));
        g_assert_true(isnan(finding->share_of_errors));
    }
}

static void
test_label_issues_noisy(void)
{
    enum {
        N = 20000
    };
    g_autofree guint8 *flipped = g_new(guint8, N);
    const LabelLog spec = {.n = N, .noise = 0.04, .stretch = 1.0};
    g_autoptr(LogFixture) log = test_label_issues_make(&spec, 1, flipped);
    const ErrataFinding *finding;
    const ErrataSuggestion *suggestion;
    double gain;
    gsize hits = 0;

    g_test_summary("Four labels in a hundred changed: seen, sized, and most at the top");
    g_assert_true(errata_analyzer_label_issues.run(&log->analysis, NULL));
    finding = log_fixture_finding(log, "y");
    g_assert_nonnull(finding);
    g_test_message("%s", finding->title);
    g_assert_cmpint(finding->severity, >=, ERRATA_SEVERITY_MEDIUM);
    for (gsize i = 0; i < 200; i++)
        hits += flipped[finding->row[i]];
    g_assert_cmpuint(hits, >, 150);
    g_assert_cmpfloat(errata_finding_evidence(finding, "share")->value, >, 0.01);
    g_assert_cmpfloat(errata_finding_evidence(finding, "metric_to")->value,
                      >,
                      errata_finding_evidence(finding, "metric_from")->value);
    suggestion = g_ptr_array_index(finding->suggestions, 0);
    gain = suggestion->to - suggestion->from;
    g_test_message("gain %.4f [%.4f, %.4f]", gain, suggestion->lo, suggestion->hi);
    g_assert_cmpfloat(suggestion->lo, >, 0.0);
    g_assert_cmpfloat(suggestion->lo, <, gain);
    g_assert_cmpfloat(suggestion->hi, >, gain);
    g_assert_cmpuint(finding->examples->n_rows, ==, 8);
    g_assert_cmpstr(finding->figure->rows[1], ==, "1");
}

static void
test_label_issues_reference(void)
{
    g_autofree char *log_path = log_fixture_path("logs", "adult_binary.csv");
    g_autofree char *path = log_fixture_path("reference", "adult_binary.json");
    g_autoptr(JsonParser) parser = json_parser_new();
    ErrataFrame *frame = log_fixture_read(log_path);
    g_autoptr(LogFixture) log = NULL;
    g_autoptr(ErrataLabelIssues) found = NULL;
    g_autoptr(ErrataConfident) c = NULL;
    JsonObject *want;
    JsonArray *rows;
    guint next = 0;

    if (frame == NULL || !json_parser_load_from_file(parser, path, NULL)) {
        g_clear_pointer(&frame, errata_frame_unref);
        g_test_skip("the reference values are not here");
        return;
    }
    want = json_object_get_object_member(json_node_get_object(json_parser_get_root(parser)),
                                         "confident_learning");
    log = log_fixture_new(frame, NULL, &adult_roles);
    found = errata_label_issues_find(&log->analysis);
    c = errata_confident_measure(found->given, found->probability, found->n, 2);
    for (guint i = 0; i < 2; i++) {
        JsonArray *joint =
            json_array_get_array_element(json_object_get_array_member(want, "confident_joint"), i);
        JsonArray *calibrated =
            json_array_get_array_element(json_object_get_array_member(want, "calibrated_joint"), i);

        for (guint j = 0; j < 2; j++) {
            g_assert_cmpint((gint64)c->joint[2 * i + j], ==, json_array_get_int_element(joint, j));
            g_assert_cmpfloat_with_epsilon(c->calibrated[2 * i + j],
                                           json_array_get_double_element(calibrated, j),
                                           1e-7);
        }
    }
    rows = json_object_get_array_member(want, "off_diagonal_rows");
    for (gsize i = 0; i < found->n; i++)
        if (c->guess[i] >= 0 && c->guess[i] != found->given[i])
            g_assert_cmpint((gint64)found->row[i], ==, json_array_get_int_element(rows, next++));
    g_assert_cmpuint(next, ==, json_array_get_length(rows));
}

static void
test_label_issues_adult(void)
{
    g_autofree char *path = log_fixture_path("logs", "adult_binary.csv");
    ErrataFrame *frame = log_fixture_read(path);
    g_autoptr(LogFixture) log = NULL;
    const ErrataFinding *finding;

    if (frame == NULL) {
        g_test_skip("the log is not here");
        return;
    }
    log = log_fixture_new(frame, NULL, &adult_roles);
    g_assert_true(errata_analyzer_label_issues.run(&log->analysis, NULL));
    finding = log_fixture_finding(log, NULL);
    if (finding != NULL)
        g_assert_cmpint(finding->severity, <, ERRATA_SEVERITY_MEDIUM);
}

static void
test_label_issues_planted(void)
{
    static const LogRoles roles = {.id = "event_id",
                                   .label = "is_fraud",
                                   .prediction = "prediction",
                                   .score = "score",
                                   .ignore = {"ts"},
                                   .positive = "1"};
    g_autofree char *path = log_fixture_path("planted", "tab_s1.csv.gz");
    g_autofree char *truth = log_fixture_path("planted", "tab_s1.truth.json");
    g_autoptr(JsonParser) parser = json_parser_new();
    ErrataFrame *frame = log_fixture_read(path);
    g_autoptr(LogFixture) log = NULL;
    g_autoptr(GHashTable) noisy = g_hash_table_new(g_direct_hash, g_direct_equal);
    g_autofree guint8 *label = NULL;
    g_autoptr(ErrataRanking) ranking = NULL;
    g_autoptr(ErrataLabelIssues) found = NULL;
    const ErrataFinding *finding;
    JsonArray *ids;

    if (frame == NULL || !json_parser_load_from_file(parser, truth, NULL)) {
        g_clear_pointer(&frame, errata_frame_unref);
        g_test_skip("the planted log is not here");
        return;
    }
    ids = json_object_get_array_member(
        json_object_get_object_member(
            json_object_get_object_member(json_node_get_object(json_parser_get_root(parser)),
                                          "plants"),
            "label_noise"),
        "ids");
    for (guint i = 0; i < json_array_get_length(ids); i++)
        g_hash_table_add(noisy, GINT_TO_POINTER((int)json_array_get_int_element(ids, i) + 1));
    log = log_fixture_new(frame, NULL, &roles);
    for (gsize row = 0; row < frame->n_rows; row++) {
        g_autofree char *id = errata_column_print(frame->columns[0], row);

        log->analysis.set_aside[row] = g_str_has_suffix(id, "-r") ? 1 : 0;
    }
    found = errata_label_issues_find(&log->analysis);
    g_assert_true(errata_label_issues_choose(found, &log->analysis, TRUE));
    g_assert_true(found->from_features);
    errata_label_issues_test(found, &log->analysis);
    label = g_new0(guint8, found->n);
    for (gsize i = 0; i < found->n; i++) {
        g_autofree char *id = errata_column_print(frame->columns[0], found->row[i]);
        int number = (int)g_ascii_strtoll(strchr(id, '-') + 1, NULL, 10);

        label[i] = g_hash_table_contains(noisy, GINT_TO_POINTER(number + 1)) ? 1 : 0;
    }
    ranking = errata_ranking_new(found->badness, label, NULL, found->n);
    g_test_message("knows %.2f, average precision %.3f, suspects %" G_GSIZE_FORMAT
                   ", expected %.0f, floors %.4f %.4f",
                   found->knows,
                   errata_ranking_average_precision(ranking, NULL),
                   found->n_suspects,
                   found->expected,
                   found->floor[0],
                   found->floor[1]);
    g_assert_cmpfloat(errata_ranking_average_precision(ranking, NULL), >=, 0.55);
    errata_case_add_finding(log->analysis.result,
                            errata_label_issues_report(found, &log->analysis));
    finding = log_fixture_finding(log, NULL);
    g_test_message("%s", finding->title);
    g_assert_cmpint(finding->severity, >=, ERRATA_SEVERITY_MEDIUM);
}

/* residuals spread with the prediction and have a heavier tail than normal ones; @n_wrong labels
 * are far out where others are near */
static void
test_residuals_check(guint64 seed, guint n_wrong, double far)
{
    enum {
        N = 8000
    };
    g_autofree double *truth = g_new(double, N);
    g_autofree double *predicted = g_new(double, N);
    g_autofree double *loss = g_new(double, N);
    g_autofree guint8 *judged = g_malloc(N);
    g_autoptr(ErrataCase) result = errata_case_new();
    ErrataSchema schema = {.label = -1};
    ErrataOutcome outcome = {.n_rows = N,
                             .task = ERRATA_TASK_REGRESSION,
                             .truth_value = truth,
                             .predicted_value = predicted,
                             .loss = loss,
                             .judged = judged,
                             .n_judged = N};
    ErrataAnalysis analysis = {.schema = &schema, .outcome = &outcome, .result = result};
    const ErrataFinding *finding;
    guint hits = 0;

    for (gsize i = 0; i < N; i++) {
        ErrataRng rng = errata_rng_init(seed, 9, i);
        double sign = errata_rng_below(&rng, 2) == 0 ? -1.0 : 1.0;

        predicted[i] = 100.0 * errata_rng_uniform(&rng);
        truth[i] = predicted[i] -
                   sign * (1.0 + predicted[i] / 10.0) * log1p(-errata_rng_uniform(&rng));
        if (i < n_wrong)
            truth[i] = predicted[i] + sign * far * (1.0 + predicted[i] / 10.0);
        loss[i] = fabs(truth[i] - predicted[i]);
        judged[i] = 1;
    }
    errata_label_issues_residuals(&analysis);
    g_assert_cmpuint(result->findings->len, ==, n_wrong > 0 ? 1 : 0);
    if (n_wrong == 0)
        return;
    finding = g_ptr_array_index(result->findings, 0);
    g_assert_cmpint(finding->severity,
                    ==,
                    finding->share_of_errors >= 0.5   ? ERRATA_SEVERITY_HIGH
                    : finding->share_of_errors >= 0.1 ? ERRATA_SEVERITY_MEDIUM
                                                      : ERRATA_SEVERITY_LOW);
    if (far > 1e6) { /* the headline tells it */
        g_autofree char *few = errata_verdict_few(result, " EUR");
        const ErrataEvidence *rest = errata_finding_evidence(finding, "rest");

        g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_HIGH);
        g_assert_cmpfloat(rest->value, <, 10.0);
        g_assert_nonnull(strstr(finding->title, "nearly all of the error"));
        g_assert_nonnull(
            strstr(few, "one row makes nearly all of that error; the others are off by "));
        g_assert_true(g_str_has_suffix(few, " EUR"));
    }
    for (gsize i = 0; i < finding->n_rows; i++)
        hits += finding->row[i] < n_wrong ? 1 : 0;
    g_assert_cmpuint(hits, >=, n_wrong - n_wrong / 50);
    g_assert_cmpuint(finding->n_rows, <=, n_wrong + 1);
}

static void
test_label_issues_residuals(void)
{
    g_test_summary("Regression: labels that no tail reaches, and none where the tail explains all");
    for (guint64 seed = 0; seed < 10; seed++) {
        test_residuals_check(seed, 0, 0.0);
        test_residuals_check(seed, 12, 400.0);
        test_residuals_check(seed, 160, 20.0); /* the outer rows are theirs */
    }
    test_residuals_check(3, 1, 1e12);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    errata_parallel_set_threads(2);
    g_test_add_func("/label-issues/joint", test_label_issues_joint);
    g_test_add_func("/label-issues/prune-brute-force", test_label_issues_prune_brute);
    g_test_add_func("/label-issues/floor", test_label_issues_floor);
    g_test_add_func("/label-issues/clean", test_label_issues_clean);
    g_test_add_func("/label-issues/ignorant", test_label_issues_ignorant);
    g_test_add_func("/label-issues/bad-scores", test_label_issues_bad_scores);
    g_test_add_func("/label-issues/calibration", test_label_issues_calibration);
    g_test_add_func("/label-issues/untested", test_label_issues_untested);
    g_test_add_func("/label-issues/noisy", test_label_issues_noisy);
    g_test_add_func("/label-issues/residuals", test_label_issues_residuals);
    g_test_add_func("/label-issues/reference", test_label_issues_reference);
    g_test_add_func("/label-issues/adult", test_label_issues_adult);
    g_test_add_func("/label-issues/planted", test_label_issues_planted);
    return g_test_run();
}
