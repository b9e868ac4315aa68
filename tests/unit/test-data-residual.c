/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "analysis-frame.h"
#include "cautions.h"
#include "data-bugs.h"
#include "performance.h"
#include "rng.h"

#define RESIDUAL_ROWS 3000
#define RESIDUAL_FROM 1200
#define RESIDUAL_TO   1500

typedef enum {
    RESIDUAL_NOTHING,
    RESIDUAL_LABEL,  /* labels times 100 */
    RESIDUAL_SIGN,   /* labels with the other sign */
    RESIDUAL_PART,   /* predictions by 100 */
    RESIDUAL_OFFSET, /* predictions higher by 60 */
    RESIDUAL_POUNDS, /* labels by 2.2046 */
    RESIDUAL_DOUBLE, /* labels by 2: no unit, though pounds are near */
    RESIDUAL_25,     /* predictions by 25: no unit, though 25.4 is near */
    RESIDUAL_WORLD,  /* no fault that data show: labels by 2 until the end */
    RESIDUAL_RISE,   /* no fault that data show: labels higher by 60 */
    RESIDUAL_NOISE,  /* the model knows nothing for a while */
    RESIDUAL_HEAVY,  /* residuals with heavy tails */
    N_RESIDUALS,
} Plant;

static double
residual_normal(ErrataRng *rng)
{
    double u = errata_rng_uniform(rng), v = errata_rng_uniform(rng);

    return sqrt(-2.0 * log(1.0 - u)) * cos(2.0 * G_PI * v);
}

static AnalysisFrame *
residual_run(Plant plant, guint64 seed)
{
    g_autoptr(GString) table = g_string_new("id,ts,x,prediction,label\n");
    AnalysisFrame *fixture;

    for (guint i = 0; i < RESIDUAL_ROWS; i++) {
        ErrataRng rng = errata_rng_init(seed, 8, i);
        gboolean inside = i >= RESIDUAL_FROM && i < RESIDUAL_TO;
        double x = 100.0 + 20.0 * residual_normal(&rng), prediction = x;
        double label = x + 4.0 * residual_normal(&rng);

        if (plant == RESIDUAL_HEAVY)
            label = x + 4.0 * tan(1.5 * (errata_rng_uniform(&rng) - 0.5) * 2.0);
        if (inside && plant == RESIDUAL_LABEL)
            label *= 100.0;
        if (inside && plant == RESIDUAL_SIGN)
            label = -label;
        if (inside && plant == RESIDUAL_PART)
            prediction /= 100.0;
        if (inside && plant == RESIDUAL_OFFSET)
            prediction += 60.0;
        if (inside && plant == RESIDUAL_POUNDS)
            label /= 0.45359237;
        if ((inside && plant == RESIDUAL_DOUBLE) || (i >= 2500 && plant == RESIDUAL_WORLD))
            label *= 2.0;
        if (inside && plant == RESIDUAL_25)
            prediction *= 25.0;
        if (inside && plant == RESIDUAL_RISE)
            label += 60.0;
        if (inside && plant == RESIDUAL_NOISE)
            label = 100.0 + 60.0 * residual_normal(&rng);
        g_string_append_printf(table,
                               "r%u,%u,%.3f,%.3f,%.3f\n",
                               i,
                               1700000000 + 60 * i,
                               x,
                               prediction,
                               label);
    }
    fixture = analysis_frame_new(schema_frame_new(table->str), NULL);
    g_assert_cmpint(fixture->outcome->task, ==, ERRATA_TASK_REGRESSION);
    g_assert_true(errata_analyzer_data_bugs.run(&fixture->analysis, NULL));
    return fixture;
}

static void
test_data_residual(void)
{
    static const struct {
        const char *column;
        const char *words;
        double factor;
        double within;
    } wanted[N_RESIDUALS] = {
        [RESIDUAL_LABEL] = {"label", "arrives multiplied by 100", 100.0, 1e-9},
        [RESIDUAL_SIGN] = {"label", "arrives with the other sign", -1.0, 1e-9},
        [RESIDUAL_PART] = {"prediction", "arrives divided by 100", 0.01, 1e-9},
        [RESIDUAL_OFFSET] = {"prediction", "arrives higher by ", (double)NAN, 0.0},
        [RESIDUAL_POUNDS] = {"label", "arrives multiplied by 2.2046", 2.20462, 1e-4},
        [RESIDUAL_DOUBLE] = {"label", "arrives about 2.0", 2.0, 0.03},
        [RESIDUAL_25] = {"prediction", "arrives about 25", 25.0, 0.3},
    };

    g_test_summary(
        "Labels and predictions by a factor, predictions by an offset, for a while; a unit "
        "only where the factor is its own; not a rise of labels, a model that fails, or heavy tails");
    for (guint plant = 0; plant < N_RESIDUALS; plant++) {
        g_autoptr(AnalysisFrame) fixture = residual_run((Plant)plant, 3);
        const GPtrArray *findings = fixture->analysis.result->findings;
        const ErrataFinding *finding;

        g_assert_cmpuint(findings->len, ==, wanted[plant].column != NULL ? 1 : 0);
        if (findings->len == 0)
            continue;
        finding = g_ptr_array_index(findings, 0);
        g_test_message("%s", finding->title);
        g_assert_cmpstr(finding->subject.column, ==, wanted[plant].column);
        g_assert_nonnull(strstr(finding->title, wanted[plant].words));
        g_assert_true(isnan(wanted[plant].factor) == isnan(finding->subject.factor));
        if (!isnan(wanted[plant].factor))
            g_assert_cmpfloat_with_epsilon(finding->subject.factor,
                                           wanted[plant].factor,
                                           wanted[plant].within);
        g_assert_cmpuint(finding->n_rows, >=, 298);
        g_assert_cmpuint(finding->n_rows, <=, 302);
        g_assert_cmpuint(fixture->analysis.set_aside[RESIDUAL_FROM + 100], ==, 1);
    }
}

/* one label of 1e200, one prediction of -1e120, 1,998 good rows */
static void
test_data_one_number(void)
{
    g_autoptr(GString) table = g_string_new("id,ts,x,prediction,label\n");
    g_autoptr(AnalysisFrame) fixture = NULL;

    g_test_summary("A regression whose labels are all one number has a warning");
    for (guint i = 0; i < 300; i++)
        g_string_append_printf(table,
                               "r%u,%u,%u,%.2f,42.50\n",
                               i,
                               1700000000 + 60 * i,
                               i % 7,
                               40.0 + 0.01 * (i % 90));
    fixture = analysis_frame_new(schema_frame_new(table->str), NULL);
    errata_cautions_add(&fixture->analysis);
    g_assert_cmpuint(fixture->analysis.result->warnings->len, ==, 1);
    g_assert_nonnull(
        strstr(g_ptr_array_index(fixture->analysis.result->warnings, 0), "every label is 42.5:"));
}

static void
test_data_beyond(void)
{
    g_autoptr(GString) table = g_string_new("id,ts,x,prediction,label\n");
    g_autoptr(AnalysisFrame) fixture = NULL;
    const GPtrArray *warnings;

    g_test_summary("Values beyond any use are set aside, the others judged");
    for (guint i = 0; i < 2000; i++) {
        ErrataRng rng = errata_rng_init(4, 9, i);
        double x = 100.0 + 20.0 * residual_normal(&rng);

        g_string_append_printf(table,
                               "r%u,%u,%.3f,%.6g,%.6g\n",
                               i,
                               1700000000 + 60 * i,
                               x,
                               i == 900 ? -1e120 : x,
                               i == 700 ? 1e200 : x + 4.0);
    }
    fixture = analysis_frame_new(schema_frame_new(table->str), NULL);
    g_assert_cmpint(fixture->outcome->task, ==, ERRATA_TASK_REGRESSION);
    g_assert_cmpuint(fixture->outcome->n_judged, ==, 1998);
    g_assert_true(errata_analyzer_performance.run(&fixture->analysis, NULL));
    g_assert_cmpfloat_with_epsilon(errata_case_metric(fixture->analysis.result, "mae")->value,
                                   4.0,
                                   1e-3);
    errata_cautions_add(&fixture->analysis);
    warnings = fixture->analysis.result->warnings;
    g_assert_cmpuint(warnings->len, ==, 2);
    g_assert_cmpstr(g_ptr_array_index(warnings, 0),
                    ==,
                    "1 value of label is beyond any use (over 1e75): set aside; 1998 of "
                    "2000 rows are judged");
    g_assert_nonnull(strstr(g_ptr_array_index(warnings, 1), "1 value of prediction is"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/data-residual/found", test_data_residual);
    g_test_add_func("/data-residual/one-number", test_data_one_number);
    g_test_add_func("/data-residual/beyond", test_data_beyond);
    return g_test_run();
}
