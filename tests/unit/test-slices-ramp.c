/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Errors of a group that grow over days are told apart from those that a step began. */
#include <math.h>
#include <string.h>

#include "analysis-frame.h"
#include "rng.h"
#include "slices.h"

#define RAMP_ROWS 12000 /* of 30 days */

/* predictions for the east get too low from day @from on, by 6 from day @to on */
static AnalysisFrame *
ramp_run(double from, double to)
{
    static const char *const regions[] = {"north", "south", "east", "west"};
    g_autoptr(GString) table = g_string_new("id,time,region,x,predicted,actual\n");
    AnalysisFrame *fixture;

    for (guint i = 0; i < RAMP_ROWS; i++) {
        ErrataRng rng = errata_rng_init(5, 2, i);
        double day = 30.0 * i / RAMP_ROWS;
        guint minute = (guint)(day * 1440.0);
        guint region = (guint)errata_rng_below(&rng, 4);
        double x = errata_rng_uniform(&rng);
        double noise = errata_rng_uniform(&rng) + errata_rng_uniform(&rng) +
                       errata_rng_uniform(&rng) - 1.5;
        double grown = region == 2 ? 6.0 * CLAMP((day - from) / (to - from), 0.0, 1.0) : 0.0;

        g_string_append_printf(table,
                               "r%u,2025-03-%02uT%02u:%02u:00,%s,%.3f,%.2f,%.2f\n",
                               i,
                               1 + minute / 1440,
                               minute / 60 % 24,
                               minute % 60,
                               regions[region],
                               x,
                               20.0 + 5.0 * x,
                               20.0 + 5.0 * x + 3.0 * noise + grown);
    }
    fixture = analysis_frame_new(schema_frame_new(table->str), NULL);
    fixture->analysis.result->time_from = fixture->outcome->time[fixture->outcome->order[0]];
    fixture->analysis.result->time_to =
        fixture->outcome->time[fixture->outcome->order[RAMP_ROWS - 1]];
    g_assert_true(errata_analyzer_slices.run(&fixture->analysis, NULL));
    return fixture;
}

static const ErrataFinding *
ramp_first(const AnalysisFrame *fixture)
{
    g_assert_cmpuint(fixture->analysis.result->findings->len, >=, 1);
    return g_ptr_array_index(fixture->analysis.result->findings, 0);
}

static double
ramp_day(const AnalysisFrame *fixture, double ns)
{
    return (ns - (double)fixture->outcome->time[fixture->outcome->order[0]]) / 86400e9;
}

static void
test_ramp_grows(void)
{
    g_autoptr(AnalysisFrame) fixture = ramp_run(9.0, 21.0);
    const ErrataFinding *finding = ramp_first(fixture);
    const ErrataEvidence *since = errata_finding_evidence(finding, "grew_since");
    const ErrataEvidence *until = errata_finding_evidence(finding, "grew_until");

    g_assert_nonnull(strstr(finding->title, "region is east: error grew from 1."));
    g_assert_nonnull(strstr(finding->title, " between "));
    g_assert_cmpfloat(fabs(ramp_day(fixture, since->value) - 9.0), <, 1.5);
    g_assert_cmpfloat(fabs(ramp_day(fixture, until->value) - 21.0), <, 1.5);
    g_assert_cmpfloat(since->lo, <=, since->value);
    g_assert_cmpfloat(fabs(ramp_day(fixture, (double)finding->subject.from) - 9.0), <, 1.5);
    g_assert_cmpfloat(fabs(errata_finding_evidence(finding, "grew_to")->value - 6.0), <, 0.3);
}

static void
test_ramp_step(void)
{
    g_autoptr(AnalysisFrame) fixture = ramp_run(15.0, 15.001);
    const ErrataFinding *finding = ramp_first(fixture);

    g_assert_nonnull(strstr(finding->title, "region is east since 16 March"));
    g_assert_null(errata_finding_evidence(finding, "grew_since"));
}

static void
test_ramp_always(void)
{
    g_autoptr(AnalysisFrame) fixture = ramp_run(-2.0, -1.0);

    g_assert_null(errata_finding_evidence(ramp_first(fixture), "grew_since"));
}

int
main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/slices-ramp/grows", test_ramp_grows);
    g_test_add_func("/slices-ramp/step", test_ramp_step);
    g_test_add_func("/slices-ramp/always", test_ramp_always);
    return g_test_run();
}
