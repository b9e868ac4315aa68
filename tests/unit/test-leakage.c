/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "analysis-frame.h"
#include "calibration.h"
#include "leakage.h"
#include "rng.h"

typedef enum {
    PLANT_NOTHING,
    PLANT_FLAG,
    PLANT_COPY,
    PLANT_FILLED,
    PLANT_CLOSED,
    PLANT_RARE,
    PLANT_IDS,
    PLANT_GOOD_MODEL,
} Plant;

static ErrataFrame *
leakage_table(Plant plant, guint64 seed, guint n_rows)
{
    static const char *const colours[] = {"red", "green", "blue"};
    g_autoptr(GString) table = g_string_new("id,a,b,colour,");

    g_string_append_printf(table,
                           "%s,score,prediction,label\n",
                           plant == PLANT_CLOSED ? "closed_at" : "suspect");
    for (guint i = 0; i < n_rows; i++) {
        ErrataRng rng = errata_rng_init(seed, 1, i);
        double base = plant == PLANT_RARE ? 0.02 : 0.3;
        gboolean label = plant == PLANT_IDS ? i >= n_rows * 7 / 10
                                            : errata_rng_uniform(&rng) < base;
        double noise = errata_rng_uniform(&rng);
        double score = plant == PLANT_GOOD_MODEL ? 0.01 * noise + 0.98 * (label ? 1.0 : 0.0)
                                                 : 0.6 * noise + (label ? 0.38 : 0.0);
        gboolean flip = errata_rng_uniform(&rng) < 0.03;

        g_string_append_printf(table,
                               "r%05u,%u,%u,%s,",
                               i,
                               (guint)errata_rng_below(&rng, 1000) + (label ? 100 : 0),
                               (guint)errata_rng_below(&rng, 4),
                               colours[errata_rng_below(&rng, 3)]);
        if (plant == PLANT_FLAG || plant == PLANT_GOOD_MODEL)
            g_string_append_printf(table, "%u", (label ? 1U : 0U) ^ (flip ? 1U : 0U));
        else if (plant == PLANT_COPY)
            g_string_append(table, label ? "refused" : "granted");
        else if (plant == PLANT_FILLED)
            g_string_append_printf(table, "%s", label && noise < 0.4 ? colours[i % 3] : "");
        else if (plant == PLANT_CLOSED && label)
            g_string_append_printf(table,
                                   "2026-03-%02u %02u:30:00",
                                   1 + i % 28,
                                   10 + (guint)(4.0 * noise));
        else if (plant == PLANT_CLOSED)
            g_string_append(table, "");
        else if (plant == PLANT_RARE)
            g_string_append_printf(table, "%.3f", (label ? 0.97 : 0.0) + 0.96 * noise);
        else
            g_string_append_printf(table, "%u", (guint)errata_rng_below(&rng, 2));
        g_string_append_printf(table, ",%.4f,%d,%d\n", score, score >= 0.5 ? 1 : 0, label ? 1 : 0);
    }
    return schema_frame_new(table->str);
}

static AnalysisFrame *
leakage_run(ErrataFrame *frame)
{
    AnalysisFrame *fixture = analysis_frame_new(frame, NULL);

    g_assert_null(errata_analyzer_leakage.why_not(&fixture->analysis));
    g_assert_true(errata_analyzer_leakage.run(&fixture->analysis, NULL));
    return fixture;
}

static const ErrataFinding *
leakage_only(const AnalysisFrame *fixture, const char *column)
{
    const ErrataFinding *finding;

    g_assert_cmpuint(fixture->analysis.result->findings->len, ==, 1);
    finding = g_ptr_array_index(fixture->analysis.result->findings, 0);
    g_assert_cmpint(finding->kind, ==, ERRATA_FINDING_LEAKAGE);
    g_assert_cmpstr(finding->subject.column, ==, column);
    g_assert_cmpuint(finding->suggestions->len, ==, 1);
    return finding;
}

static gboolean
leakage_excluded(const AnalysisFrame *fixture, const char *column)
{
    guint index = 0;

    g_assert_nonnull(errata_frame_find(fixture->frame, column, &index));
    return fixture->analysis.exclude[index] != 0;
}

static void
test_leakage_nothing(void)
{
    g_test_summary(
        "Noise stays silent, and so does a telling column beside a model that knows as much");
    for (guint64 seed = 0; seed < 30; seed++) {
        g_autoptr(AnalysisFrame) fixture =
            leakage_run(leakage_table(PLANT_NOTHING, seed, 200 + 60 * (guint)seed));

        g_assert_cmpuint(fixture->analysis.result->findings->len, ==, 0);
    }
    g_autoptr(AnalysisFrame) good = leakage_run(leakage_table(PLANT_GOOD_MODEL, 1, 3000));

    g_assert_cmpuint(good->analysis.result->findings->len, ==, 0);
}

static void
test_leakage_flag(void)
{
    g_autoptr(AnalysisFrame) fixture = leakage_run(leakage_table(PLANT_FLAG, 1, 4000));
    const ErrataFinding *finding = leakage_only(fixture, "suspect");
    const ErrataEvidence *strength = errata_finding_evidence(finding, "strength");

    g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_HIGH);
    /* right in 97 % of either class: AUC = (0.97 + 0.97) / 2 */
    g_assert_cmpfloat(fabs(strength->value - 0.97), <, 0.01);
    g_assert_cmpfloat(strength->lo, <, 0.97);
    g_assert_cmpfloat(strength->hi, >, 0.97);
    g_assert_cmpfloat(fabs(errata_finding_evidence(finding, "agreement")->value - 0.97), <, 0.01);
    g_assert_cmpstr(errata_finding_note(finding, "model"), ==, "ignores");
    g_assert_true(leakage_excluded(fixture, "suspect"));
    g_assert_false(leakage_excluded(fixture, "a"));
    g_assert_nonnull(finding->figure);
    g_assert_cmpuint(finding->examples->n_rows, ==, 2);
}

static void
test_leakage_copy(void)
{
    g_autoptr(AnalysisFrame) fixture = leakage_run(leakage_table(PLANT_COPY, 1, 2000));

    g_assert_cmpstr(leakage_only(fixture, "suspect")->title,
                    ==,
                    "suspect is label under other names");
}

static void
test_leakage_filled(void)
{
    g_autoptr(AnalysisFrame) fixture = leakage_run(leakage_table(PLANT_FILLED, 1, 4000));
    const ErrataFinding *finding = leakage_only(fixture, "suspect");
    const ErrataEvidence *share = errata_finding_evidence(finding, "filled_share");

    g_assert_cmpfloat(share->value, >, 0.999);
    g_assert_cmpfloat(fabs(share->baseline - 0.3), <, 0.03);
    /* 30 % of the rows are positive, 40 % of those filled */
    g_assert_cmpfloat(fabs((double)finding->n_rows - 480.0), <, 70.0);
    g_assert_nonnull(finding->row);
    g_assert_true(leakage_excluded(fixture, "suspect"));
}

static void
test_leakage_closed(void)
{
    g_autoptr(AnalysisFrame) fixture = leakage_run(leakage_table(PLANT_CLOSED, 1, 4000));
    const ErrataFinding *finding = leakage_only(fixture, "closed_at");

    g_test_summary("A time that only rows of one label have gives the label away");
    g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_HIGH);
    g_assert_null(strstr(finding->title, "other names"));
    g_assert_true(leakage_excluded(fixture, "closed_at"));
}

static void
test_leakage_rare(void)
{
    g_autoptr(AnalysisFrame) fixture = leakage_run(leakage_table(PLANT_RARE, 1, 8000));
    const ErrataFinding *finding = leakage_only(fixture, "suspect");

    g_test_summary("Ten bins cannot part 2 % of positives; the fine ones do");
    g_assert_cmpfloat(errata_finding_evidence(finding, "strength")->value, >, 0.98);
}

static void
test_leakage_ids(void)
{
    g_autoptr(AnalysisFrame) fixture = leakage_run(leakage_table(PLANT_IDS, 1, 3000));
    const ErrataFinding *finding = leakage_only(fixture, "id");

    g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_MEDIUM);
    g_assert_false(leakage_excluded(fixture, "id"));
}

static void
test_leakage_regression(void)
{
    g_autoptr(GString) table = g_string_new("x,late,prediction,label\n");
    const ErrataFinding *finding;

    for (guint i = 0; i < 3000; i++) {
        ErrataRng rng = errata_rng_init(5, 1, i);
        double x = errata_rng_uniform(&rng);
        double y = 10.0 * x + 10.0 * errata_rng_uniform(&rng);

        g_string_append_printf(table,
                               "%.4f,%.4f,%.4f,%.4f\n",
                               x,
                               3.0 * y + 0.5 * errata_rng_uniform(&rng),
                               10.0 * x + 5.0,
                               y);
    }
    g_autoptr(AnalysisFrame) fixture = leakage_run(schema_frame_new(table->str));

    g_assert_cmpint(fixture->schema->task, ==, ERRATA_TASK_REGRESSION);
    finding = leakage_only(fixture, "late");
    g_assert_cmpfloat(errata_finding_evidence(finding, "strength")->value, >, 0.98);
    /* x and the model explain half of the variance */
    g_assert_cmpfloat(fabs(errata_finding_evidence(finding, "strength_model")->value - 0.5),
                      <,
                      0.05);
}

static void
test_leakage_broken(void)
{
    g_autoptr(GString) table = g_string_new("x,prediction,label\n");

    g_test_summary("Predictions broken in some rows make no cause look like a leak");
    for (guint i = 0; i < 3000; i++) {
        ErrataRng rng = errata_rng_init(6, 1, i);
        double x = errata_rng_uniform(&rng);
        double y = 100.0 * x + 10.0 * errata_rng_uniform(&rng);

        g_string_append_printf(table,
                               "%.4f,%.4f,%.4f\n",
                               x,
                               (100.0 * x + 5.0) / (i >= 1000 && i < 1200 ? 100.0 : 1.0),
                               y);
    }
    g_autoptr(AnalysisFrame) fixture = leakage_run(schema_frame_new(table->str));

    g_assert_cmpuint(fixture->analysis.result->findings->len, ==, 0);
}

static void
test_leakage_no_labels(void)
{
    g_autoptr(AnalysisFrame) fixture =
        analysis_frame_new(schema_frame_new("x,prediction\n1,0\n2,1\n"), NULL);
    g_autofree char *why = errata_analyzer_leakage.why_not(&fixture->analysis);

    g_assert_nonnull(why);
}

/* labels that are the predictions, beside scores that are never sure; or that are told by them */
static AnalysisFrame *
leakage_run_copied(gboolean copied)
{
    g_autoptr(GString) table = g_string_new("id,x,score,prediction,label\n");

    for (guint i = 0; i < 2000; i++) {
        ErrataRng rng = errata_rng_init(8, 2, i);
        double score = errata_rng_uniform(&rng);
        guint prediction = score >= 0.5 ? 1 : 0;
        guint label = errata_rng_uniform(&rng) < score ? 1 : 0;

        g_string_append_printf(table,
                               "r%05u,%u,%.4f,%u,%u\n",
                               i,
                               (guint)errata_rng_below(&rng, 1000),
                               score,
                               prediction,
                               copied ? prediction : label);
    }
    return leakage_run(schema_frame_new(table->str));
}

static void
test_leakage_copied(void)
{
    g_autoptr(AnalysisFrame) copied = leakage_run_copied(TRUE);
    g_autoptr(AnalysisFrame) honest = leakage_run_copied(FALSE);
    const ErrataFinding *finding = leakage_only(copied, "label");
    g_autofree char *why = errata_analyzer_calibration.why_not(&copied->analysis);

    g_test_summary(
        "Labels that are the predictions again are told; scores are not held against them");
    g_assert_nonnull(strstr(finding->title, "copied from the predictions: all 2,000 rows agree"));
    g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_HIGH);
    g_assert_cmpfloat_with_epsilon(errata_finding_evidence(finding, "expected")->value,
                                   500.0,
                                   40.0);
    g_assert_nonnull(why);
    g_assert_cmpuint(honest->analysis.result->findings->len, ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/leakage/nothing", test_leakage_nothing);
    g_test_add_func("/leakage/flag", test_leakage_flag);
    g_test_add_func("/leakage/copy", test_leakage_copy);
    g_test_add_func("/leakage/filled", test_leakage_filled);
    g_test_add_func("/leakage/closed", test_leakage_closed);
    g_test_add_func("/leakage/rare", test_leakage_rare);
    g_test_add_func("/leakage/ids", test_leakage_ids);
    g_test_add_func("/leakage/regression", test_leakage_regression);
    g_test_add_func("/leakage/broken", test_leakage_broken);
    g_test_add_func("/leakage/no-labels", test_leakage_no_labels);
    g_test_add_func("/leakage/copied", test_leakage_copied);
    return g_test_run();
}
