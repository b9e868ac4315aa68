/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "change-points.h"
#include "drift.h"
#include "foretold.h"
#include "frame-builder.h"
#include "log-fixture.h"
#include "rng.h"

#define N    20000
#define HALF (N / 2)

static const LogRoles made_roles = {.label = "y",
                                    .prediction = "hat",
                                    .score = "p",
                                    .positive = "1"};

/* labels drawn from their scores; from the middle of the log on cases are harder, and if @unaware the scores do not
 * say so */
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

/* the gravest severity of what tells of the errors, and how many say that the scores foretold them */
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

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/foretold/harder", test_foretold_harder);
    g_test_add_func("/foretold/worse", test_foretold_worse);
    g_test_add_func("/foretold/unknown", test_foretold_unknown);
    return g_test_run();
}
