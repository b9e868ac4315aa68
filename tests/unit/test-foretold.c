/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "analysis-frame.h"
#include "change-points.h"
#include "drift.h"
#include "foretold.h"
#include "frame-builder.h"
#include "log-fixture.h"
#include "rng.h"
#include "suggestions.h"

#define N    20000
#define HALF (N / 2)

static const LogRoles made_roles = {.label = "y",
                                    .prediction = "hat",
                                    .score = "p",
                                    .positive = "1"};

/* labels drawn from their scores; from the middle of the log on cases are harder, and if @unaware
 * the scores do not say so */
static LogFixture *
test_log(gboolean unaware)
{
    static const char *const names[] = {"x", "y", "hat", "p"};
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
    guint at[G_N_ELEMENTS(names)];
    LogFixture *log;

    for (guint c = 0; c < G_N_ELEMENTS(names); c++)
        errata_frame_builder_column(builder, names[c], strlen(names[c]), &at[c], NULL);
    for (gsize row = 0; row < N; row++) {
        ErrataRng rng = errata_rng_init(7, 3, row);
        gboolean late = row >= HALF;
        double sure = (late && !unaware ? 0.6 : 0.8) + 0.19 * errata_rng_uniform(&rng);
        gboolean up = errata_rng_uniform(&rng) < 0.5;
        gboolean right = errata_rng_uniform(&rng) < (late && unaware ? sure - 0.2 : sure);

        errata_frame_builder_number(builder, at[0], errata_rng_uniform(&rng) + (late ? 1.0 : 0.0));
        errata_frame_builder_integer(builder, at[1], right == up);
        errata_frame_builder_integer(builder, at[2], up);
        errata_frame_builder_number(builder, at[3], up ? sure : 1.0 - sure);
        g_assert_true(errata_frame_builder_end_row(builder, NULL));
    }
    log = log_fixture_new(errata_frame_builder_finish(builder, NULL), NULL, &made_roles);
    log->outcome->confidence = g_new(double, N);
    for (gsize row = 0; row < N; row++)
        log->outcome->confidence[row] = MAX(log->outcome->score[row],
                                            1.0 - log->outcome->score[row]);
    return log;
}

/* hard cases lie in the middle of x, and from the half of the log on more of them come; scores are
 * true of all */
static LogFixture *
test_log_harder_rows(void)
{
    static const char *const names[] = {"x", "y", "hat", "p"};
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
    guint at[G_N_ELEMENTS(names)];
    LogFixture *log;

    for (guint c = 0; c < G_N_ELEMENTS(names); c++)
        errata_frame_builder_column(builder, names[c], strlen(names[c]), &at[c], NULL);
    for (gsize row = 0; row < N; row++) {
        ErrataRng rng = errata_rng_init(8, 3, row);
        gboolean hard = errata_rng_uniform(&rng) < (row >= HALF ? 0.6 : 0.15);
        double x = (hard ? 0.3 : 2.0) + errata_rng_uniform(&rng);
        double sure = hard ? 0.6 : 0.95;
        gboolean up = errata_rng_uniform(&rng) < 0.5;
        gboolean right = errata_rng_uniform(&rng) < sure;

        errata_frame_builder_number(builder, at[0], up ? x : -x);
        errata_frame_builder_integer(builder, at[1], right == up);
        errata_frame_builder_integer(builder, at[2], up);
        errata_frame_builder_number(builder, at[3], up ? sure : 1.0 - sure);
        g_assert_true(errata_frame_builder_end_row(builder, NULL));
    }
    log = log_fixture_new(errata_frame_builder_finish(builder, NULL), NULL, &made_roles);
    log->outcome->confidence = g_new(double, N);
    for (gsize row = 0; row < N; row++)
        log->outcome->confidence[row] = MAX(log->outcome->score[row],
                                            1.0 - log->outcome->score[row]);
    return log;
}

/* the gravest severity of what tells of the errors, and how many say that the scores foretold
 * them */
static ErrataSeverity
test_gravest(const LogFixture *log, guint *ret_foretold)
{
    ErrataSeverity gravest = ERRATA_SEVERITY_INFO;

    *ret_foretold = 0;
    for (guint i = 0; i < log->analysis.result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(log->analysis.result->findings, i);
        const ErrataEvidence *foretold = errata_finding_evidence(finding, "foretold");

        g_test_message("%s (%d)", finding->title, (int)finding->severity);
        gravest = MAX(gravest, finding->severity);
        if (g_strcmp0(errata_finding_note(finding, "errors"), "foretold") != 0)
            continue;
        g_assert_nonnull(foretold);
        g_assert_cmpfloat_with_epsilon(foretold->value, 0.305, 0.01);
        (*ret_foretold)++;
    }
    return gravest;
}

static void
test_foretold_harder(void)
{
    g_autoptr(LogFixture) log = test_log(FALSE);
    guint n_foretold;

    g_test_summary("Errors that calibrated scores let expect are no fault of the model");
    log->settings->alpha = 0.01;
    g_assert_true(errata_analyzer_change_points.run(&log->analysis, NULL));
    g_assert_true(errata_analyzer_drift.run(&log->analysis, NULL));
    g_assert_cmpint(test_gravest(log, &n_foretold), <=, ERRATA_SEVERITY_LOW);
    g_assert_cmpuint(n_foretold, ==, 2);
}

static void
test_foretold_worse(void)
{
    g_autoptr(LogFixture) log = test_log(TRUE);
    guint n_foretold;

    g_test_summary("Errors that no score foretold are");
    log->settings->alpha = 0.01;
    g_assert_true(errata_analyzer_change_points.run(&log->analysis, NULL));
    g_assert_true(errata_analyzer_drift.run(&log->analysis, NULL));
    g_assert_cmpint(test_gravest(log, &n_foretold), ==, ERRATA_SEVERITY_CRITICAL);
    g_assert_cmpuint(n_foretold, ==, 0);
}

/* the part of the fall that @cause has; −1 where it is not told */
static double
test_share(const ErrataFinding *finding, const char *cause)
{
    for (guint i = 0; i < finding->subject.because->len; i++) {
        const ErrataShare *share = g_ptr_array_index(finding->subject.because, i);

        if (strcmp(share->value, cause) == 0)
            return share->rate;
    }
    return -1.0;
}

static void
test_foretold_rows(void)
{
    g_autoptr(LogFixture) log = test_log_harder_rows();
    guint n_falls = 0, n_drifts = 0;

    g_test_summary(
        "Harder cases that scores foretell: told as other rows, and none of it is a gain of training anew");
    log->settings->alpha = 0.01;
    g_assert_true(errata_analyzer_change_points.run(&log->analysis, NULL));
    g_assert_true(errata_analyzer_drift.run(&log->analysis, NULL));
    g_assert_true(errata_analyzer_suggestions.run(&log->analysis, NULL));
    for (guint i = 0; i < log->analysis.result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(log->analysis.result->findings, i);

        g_test_message("%s (%d)", finding->title, (int)finding->severity);
        if (finding->kind == ERRATA_FINDING_PERFORMANCE) {
            g_assert_cmpfloat(test_share(finding, "covariate-shift"), >, 0.9);
            n_falls++;
        }
        if (finding->kind == ERRATA_FINDING_DRIFT) {
            g_assert_cmpfloat(finding->subject.share_of_loss, >, 0.5);
            n_drifts++;
        }
        for (guint k = 0; k < finding->suggestions->len; k++) {
            const ErrataSuggestion *suggestion = g_ptr_array_index(finding->suggestions, k);

            g_assert_cmpstr(suggestion->action, ==, "monitor");
            if (suggestion->metric != NULL)
                g_assert_cmpfloat_with_epsilon(suggestion->to, suggestion->from, 1e-12);
        }
    }
    g_assert_cmpuint(n_falls, ==, 1);
    g_assert_cmpuint(n_drifts, ==, 1);
}

static void
test_foretold_unknown(void)
{
    g_autoptr(LogFixture) log = test_log(TRUE);
    g_autofree guint32 *row = g_new(guint32, N);
    ErrataForetoldRows early = {log->outcome, row, HALF, NULL};
    ErrataForetoldRows late = {log->outcome, row + HALF, HALF, NULL};
    ErrataForetoldRows few = {log->outcome, row, 100, NULL};

    g_test_summary("Scores that were not true, or of few rows, foretell nothing");
    for (guint32 i = 0; i < N; i++)
        row[i] = i;
    g_assert_cmpfloat_with_epsilon(errata_foretold(&early, &late).errors, 0.105, 0.01);
    g_assert_true(isnan(errata_foretold(&late, &early).errors));
    g_assert_true(isnan(errata_foretold(&few, &late).errors));
}

/* counts that are drawn about their prediction, of twice as many from the middle of the log on;
 * if @worse, predictions are also too low by a quarter then */
static AnalysisFrame *
test_counts(gboolean worse)
{
    g_autoptr(GString) table = g_string_new("x,actual,predicted\n");
    AnalysisFrame *self;

    for (gsize row = 0; row < N; row++) {
        ErrataRng rng = errata_rng_init(9, 3, row);
        gboolean late = row >= HALF;
        double warm = errata_rng_uniform(&rng) + (late ? 0.7 : 0.0);
        double mean = 60.0 * (0.3 + warm) * (0.5 + errata_rng_uniform(&rng));
        double noise = errata_rng_uniform(&rng);

        noise += errata_rng_uniform(&rng);
        noise += errata_rng_uniform(&rng) - 1.5;
        g_string_append_printf(table,
                               "%.2f,%.2f,%.2f\n",
                               10.0 + 10.0 * warm,
                               (late && worse ? 1.25 : 1.0) * mean + 2.0 * sqrt(mean) * noise,
                               mean);
    }
    self = analysis_frame_new(schema_frame_new(table->str), NULL);
    g_assert_cmpint(self->outcome->task, ==, ERRATA_TASK_REGRESSION);
    g_assert_true(errata_analyzer_change_points.run(&self->analysis, NULL));
    g_assert_true(errata_analyzer_drift.run(&self->analysis, NULL));
    g_assert_true(errata_analyzer_suggestions.run(&self->analysis, NULL));
    return self;
}

static void
test_foretold_counts(void)
{
    g_autoptr(AnalysisFrame) grown = test_counts(FALSE);
    g_autoptr(AnalysisFrame) worse = test_counts(TRUE);
    ErrataSeverity gravest = ERRATA_SEVERITY_INFO;
    guint n_foretold = 0;

    g_test_summary("Errors that grow with what is predicted, as before, are no fault of the model; "
                   "predictions that have come to be too low are");
    for (guint i = 0; i < grown->analysis.result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(grown->analysis.result->findings, i);
        const ErrataEvidence *foretold = errata_finding_evidence(finding, "foretold");

        g_test_message("%s (%d)", finding->title, (int)finding->severity);
        g_assert_cmpint(finding->severity, <=, ERRATA_SEVERITY_LOW);
        n_foretold += foretold != NULL ? 1 : 0;
        if (foretold != NULL)
            g_assert_cmpint(foretold->unit, ==, ERRATA_UNIT_TARGET);
        for (guint k = 0; k < finding->suggestions->len; k++)
            g_assert_cmpstr(
                ((const ErrataSuggestion *)g_ptr_array_index(finding->suggestions, k))->action,
                ==,
                "monitor");
    }
    g_assert_cmpuint(n_foretold, >=, 1);
    for (guint i = 0; i < worse->analysis.result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(worse->analysis.result->findings, i);

        g_test_message("%s (%d)", finding->title, (int)finding->severity);
        gravest = MAX(gravest, finding->severity);
    }
    g_assert_cmpint(gravest, ==, ERRATA_SEVERITY_CRITICAL);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/foretold/harder", test_foretold_harder);
    g_test_add_func("/foretold/worse", test_foretold_worse);
    g_test_add_func("/foretold/rows", test_foretold_rows);
    g_test_add_func("/foretold/counts", test_foretold_counts);
    g_test_add_func("/foretold/unknown", test_foretold_unknown);
    return g_test_run();
}
