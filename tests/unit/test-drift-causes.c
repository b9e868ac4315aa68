/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why a model has become worse: one cause is planted, and named. Scores are true chances throughout
 * the first half, so that what each cause does is known. */
#include <math.h>
#include <string.h>

#include "drift.h"
#include "frame-builder.h"
#include "interpret/words.h"
#include "log-fixture.h"
#include "rng.h"

typedef enum {
    CAUSE_ROWS,   /* late rows lie where the early ones do not, and are harder */
    CAUSE_LABELS, /* most rows of one label are gone, late */
    CAUSE_RULE,   /* late scores are taken for the other class up to 0.8 */
    CAUSE_MEANING /* late labels are another matter in a quarter of the rows */
} Cause;

static ErrataFrame *
test_causes_frame(Cause cause, gsize n)
{
    static const char *const names[] = {"x", "noise", "y", "hat", "p"};
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
    guint at[G_N_ELEMENTS(names)];
    gsize taken = 0;

    for (guint c = 0; c < G_N_ELEMENTS(names); c++)
        errata_frame_builder_column(builder, names[c], strlen(names[c]), &at[c], NULL);
    for (guint64 draw = 0; taken < n; draw++) {
        ErrataRng rng = errata_rng_init(11, cause, draw);
        gboolean late = taken >= n / 2;
        double x = 6.0 * errata_rng_uniform(&rng) - 3.0;
        double p, noise = errata_rng_uniform(&rng);
        gboolean y;

        if (cause == CAUSE_ROWS && (fabs(x) < 0.6) != late && errata_rng_uniform(&rng) < 0.97)
            continue;
        p = 1.0 / (1.0 + exp(-(cause == CAUSE_LABELS ? x - 1.0 : 1.5 * x)));
        y = errata_rng_uniform(&rng) < p;
        if (cause == CAUSE_LABELS && late && !y && errata_rng_uniform(&rng) < 0.85)
            continue;
        if (cause == CAUSE_MEANING && late && errata_rng_below(&rng, 4) == 0)
            y = !y;
        errata_frame_builder_number(builder, at[0], x);
        errata_frame_builder_number(builder, at[1], noise);
        errata_frame_builder_integer(builder, at[2], y);
        errata_frame_builder_integer(builder,
                                     at[3],
                                     p >= (cause == CAUSE_RULE && late ? 0.8 : 0.5));
        errata_frame_builder_number(builder, at[4], p);
        g_assert_true(errata_frame_builder_end_row(builder, NULL));
        taken++;
    }
    return errata_frame_builder_finish(builder, NULL);
}

static const ErrataFinding *
test_causes_run(LogFixture *log)
{
    g_assert_true(errata_analyzer_drift.run(&log->analysis, NULL));
    for (guint i = 0; i < log->analysis.result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(log->analysis.result->findings, i);

        if (finding->kind == ERRATA_FINDING_PERFORMANCE)
            return finding;
    }
    return NULL;
}

static LogFixture *
test_causes_log(Cause cause)
{
    static const LogRoles roles = {.label = "y",
                                   .prediction = "hat",
                                   .score = "p",
                                   .positive = "1"};

    return log_fixture_new(test_causes_frame(cause, 8000), NULL, &roles);
}

static double
test_causes_share(const ErrataFinding *finding, const char *cause)
{
    for (guint i = 0; i < finding->subject.because->len; i++) {
        const ErrataShare *share = g_ptr_array_index(finding->subject.because, i);

        g_test_message("%s %g", share->value, share->rate);
        if (strcmp(share->value, cause) == 0)
            return share->rate;
    }
    return (double)NAN;
}

static void
test_causes_rows(void)
{
    g_autoptr(LogFixture) log = test_causes_log(CAUSE_ROWS);
    const ErrataFinding *finding = test_causes_run(log);

    g_test_summary("Rows that weights cannot reach are known by their scores");
    g_assert_nonnull(finding);
    g_assert_cmpfloat(test_causes_share(finding, "covariate-shift"), >, 0.85);
    g_assert_cmpfloat(errata_finding_evidence(finding, "alone")->value, >, 0.5);
}

static void
test_causes_labels(void)
{
    g_autoptr(LogFixture) log = test_causes_log(CAUSE_LABELS);
    const ErrataFinding *finding = test_causes_run(log);
    const ErrataSuggestion *suggestion;

    g_test_summary("Other shares of the labels are named, and what mends them is counted");
    g_assert_nonnull(finding);
    g_assert_cmpfloat(test_causes_share(finding, "label-shift"), >, 0.8);
    g_assert_true(isnan(test_causes_share(finding, "covariate-shift")));
    g_assert_cmpfloat(errata_finding_evidence(finding, "label_within")->value, <, 0.1);
    suggestion = g_ptr_array_index(finding->suggestions, 0);
    g_assert_cmpstr(suggestion->action, ==, "recalibrate");
    g_assert_cmpfloat(suggestion->to, >, suggestion->from + 0.01);
}

static void
test_causes_meaning(void)
{
    g_autoptr(LogFixture) log = test_causes_log(CAUSE_MEANING);
    const ErrataFinding *finding = test_causes_run(log);

    g_test_summary("Alike rows that behave differently are neither other rows nor other labels");
    g_assert_nonnull(finding);
    g_assert_cmpfloat(test_causes_share(finding, "concept-shift"), >, 0.9);
    g_assert_null(errata_finding_evidence(finding, "label_now"));
    g_assert_null(errata_finding_evidence(finding, "alone"));
}

static void
test_causes_rule(void)
{
    g_autoptr(LogFixture) log = test_causes_log(CAUSE_RULE);
    const ErrataFinding *finding = test_causes_run(log);

    g_test_summary("Another threshold on the same rows and scores is not other rows");
    g_assert_nonnull(finding);
    g_assert_cmpfloat(test_causes_share(finding, "concept-shift"), >, 0.85);
    g_assert_cmpfloat(test_causes_share(finding, "covariate-shift"), <, 0.1);
}

/* a model that is surer, and more often right, on half of the rows: those it learnt from */
static ErrataFrame *
test_causes_model(gsize n, guint64 seed, double known, double wrong)
{
    static const char *const names[] = {"x", "y", "hat", "p"};
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
    guint at[G_N_ELEMENTS(names)];

    for (guint c = 0; c < G_N_ELEMENTS(names); c++)
        errata_frame_builder_column(builder, names[c], strlen(names[c]), &at[c], NULL);
    for (gsize row = 0; row < n; row++) {
        ErrataRng rng = errata_rng_init(seed, 1, row);
        double p = 0.5 + 0.5 * errata_rng_uniform(&rng);
        gboolean up = errata_rng_uniform(&rng) < 0.5;
        gboolean right = errata_rng_uniform(&rng) < p - wrong;

        if (!right && errata_rng_uniform(&rng) < known)
            right = TRUE;
        p = MIN(p + (right ? 0.1 * known : 0.0), 1.0);
        errata_frame_builder_number(builder, at[0], errata_rng_uniform(&rng));
        errata_frame_builder_integer(builder, at[1], up == right);
        errata_frame_builder_integer(builder, at[2], up);
        errata_frame_builder_number(builder, at[3], up ? p : 1.0 - p);
        g_assert_true(errata_frame_builder_end_row(builder, NULL));
    }
    return errata_frame_builder_finish(builder, NULL);
}

/* a loss that stands from the start: every figure of the title beside the rows that it is of */
static void
test_causes_titled(const ErrataFinding *finding)
{
    static const char *const keys[] = {"metric_to", "metric_first", "metric_from"};
    char *value[G_N_ELEMENTS(keys)] = {NULL};
    g_autofree char *title = NULL;

    for (guint k = 0; k < G_N_ELEMENTS(keys); k++)
        value[k] = errata_words_value(errata_finding_evidence(finding, keys[k]));
    title = g_strdup_printf("Accuracy is %s in the last 1,200 rows and %s in the first rows of the "
                            "log, against %s on ",
                            value[0],
                            value[1],
                            value[2]);
    g_assert_true(g_str_has_prefix(finding->title, title));
    for (guint k = 0; k < G_N_ELEMENTS(keys); k++)
        g_clear_pointer(&value[k], g_free);
}

static void
test_causes_learnt(void)
{
    static const LogRoles roles = {.label = "y",
                                   .prediction = "hat",
                                   .score = "p",
                                   .positive = "1"};
    g_autoptr(LogFixture) log = log_fixture_new(test_causes_model(4000, 1, 0.0, 0.0),
                                                test_causes_model(4000, 2, 0.5, 0.0),
                                                &roles);
    g_autoptr(LogFixture) worse = log_fixture_new(test_causes_model(4000, 1, 0.0, 0.12),
                                                  test_causes_model(4000, 2, 0.0, 0.0),
                                                  &roles);
    const ErrataFinding *finding = test_causes_run(log);

    g_test_summary(
        "A reference that the model knows is told from alike rows that behave otherwise");
    g_assert_nonnull(finding);
    g_assert_cmpstr(errata_finding_note(finding, "learnt"), ==, "seems");
    g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_LOW);
    g_assert_cmpuint(finding->subject.because->len, ==, 0);
    test_causes_titled(finding);
    finding = test_causes_run(worse);
    g_assert_nonnull(finding);
    g_assert_cmpstr(errata_finding_note(finding, "learnt"), ==, "perhaps");
    g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_MEDIUM);
    g_assert_cmpfloat(test_causes_share(finding, "concept-shift"), >, 0.8);
    g_assert_null(strstr(finding->title, "fell")); /* it is as low in the log's first rows */
    test_causes_titled(finding);
}

/* 4,000 rows; of the last 1,200, of which a fault befell one in two, those are nearly all wrong */
static ErrataFrame *
test_causes_window(void)
{
    static const char *const names[] = {"x", "y", "hat"};
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
    guint at[G_N_ELEMENTS(names)];

    for (guint c = 0; c < G_N_ELEMENTS(names); c++)
        errata_frame_builder_column(builder, names[c], strlen(names[c]), &at[c], NULL);
    for (gsize row = 0; row < 4000; row++) {
        ErrataRng rng = errata_rng_init(5, 1, row);
        double wrong = row >= 2800 && row % 2 == 0 ? 0.9 : 0.1;
        gboolean up = errata_rng_uniform(&rng) < 0.5;
        gboolean right = errata_rng_uniform(&rng) >= wrong;

        errata_frame_builder_number(builder, at[0], errata_rng_uniform(&rng));
        errata_frame_builder_integer(builder, at[1], up == right);
        errata_frame_builder_integer(builder, at[2], up);
        g_assert_true(errata_frame_builder_end_row(builder, NULL));
    }
    return errata_frame_builder_finish(builder, NULL);
}

/* a fault of every second row from 2,800 on, for which all rows there are set aside */
static void
test_causes_set_aside(LogFixture *log, const char *bug)
{
    ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_DATA_BUG, bug);

    finding->confirmed = TRUE;
    finding->subject.bug = g_strdup(bug);
    finding->subject.column = g_strdup("x");
    finding->row = g_new(guint32, 600);
    for (guint32 row = 2800; row < 4000; row += 2)
        finding->row[finding->n_rows++] = row;
    for (guint32 row = 2800; row < 4000; row++)
        log->analysis.set_aside[row] = 1;
    errata_finding_add(
        finding,
        errata_evidence_new("n_rows", "rows affected", 600.0, ERRATA_UNIT_COUNT, 600));
    errata_case_add_finding(log->analysis.result, finding);
}

static void
test_causes_whole(void)
{
    static const LogRoles roles = {.label = "y", .prediction = "hat", .positive = "1"};
    static const char *const bugs[] = {"encoding-change", "constant", "none-that-is-known"};

    g_test_summary("What is said of the last rows is so of all of them, of a fault or none");
    for (guint b = 0; b < G_N_ELEMENTS(bugs); b++) {
        g_autoptr(LogFixture) log = log_fixture_new(test_causes_window(), NULL, &roles);
        const ErrataFinding *finding;
        double right[2] = {0.0, 0.0};

        for (gsize row = 0; row < 4000; row++)
            if (row < 2000 || row >= 2800)
                right[row >= 2800] += 1.0 - log->outcome->error[row];
        test_causes_set_aside(log, bugs[b]);
        finding = test_causes_run(log);
        g_assert_nonnull(finding);
        g_assert_cmpfloat_with_epsilon(finding->subject.metric_from, right[0] / 2000.0, 1e-12);
        g_assert_cmpfloat_with_epsilon(finding->subject.metric_to, right[1] / 1200.0, 1e-12);
        if (b < 2)
            g_assert_cmpfloat(test_causes_share(finding, "data-bug"), >, 0.85);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/drift-causes/rows", test_causes_rows);
    g_test_add_func("/drift-causes/labels", test_causes_labels);
    g_test_add_func("/drift-causes/rule", test_causes_rule);
    g_test_add_func("/drift-causes/meaning", test_causes_meaning);
    g_test_add_func("/drift-causes/learnt", test_causes_learnt);
    g_test_add_func("/drift-causes/whole", test_causes_whole);
    return g_test_run();
}
