/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One group that has most predictions of a rare class, so that its own errors are expected. */
#include <math.h>
#include <string.h>

#include "analysis-frame.h"
#include "rng.h"
#include "slices.h"

#define N 9000

typedef enum {
    GROUND_NOISE, /* the scores of the group are noise */
    GROUND_SURE,  /* they are surely of the rare class, which its rows hardly are */
    GROUND_NONE,
} Ground;

static AnalysisFrame *
ground_run(Ground ground, guint64 seed)
{
    g_autoptr(GString) table = g_string_new("region,plan,x,score,prediction,label\n");
    ErrataRng rng = errata_rng_init(seed, 0, 0);
    AnalysisFrame *self;

    for (guint i = 0; i < N; i++) {
        double x = 2.5 * errata_rng_uniform(&rng) - 1.0, odds = 4.0 * x - 4.0;
        guint region = (guint)errata_rng_below(&rng, 4), plan = (guint)errata_rng_below(&rng, 4);
        guint label = errata_rng_uniform(&rng) < 1.0 / (1.0 + exp(-odds)) ? 1 : 0;
        double other = errata_rng_uniform(&rng);
        double score = 1.0 / (1.0 + exp(-odds - 0.5 * other + 0.25));

        if (region == 0 && plan == 0 && ground != GROUND_NONE)
            score = ground == GROUND_NOISE ? other : 0.9 + 0.1 * other;
        g_string_append_printf(table,
                               "r%u,p%u,%.3f,%.4f,%u,%u\n",
                               region,
                               plan,
                               x,
                               score,
                               score >= 0.5 ? 1U : 0U,
                               label);
    }
    self = analysis_frame_new(schema_frame_new(table->str), NULL);
    g_assert_true(errata_analyzer_slices.run(&self->analysis, NULL));
    return self;
}

static void
test_slices_ground(gconstpointer data)
{
    Ground ground = (Ground)GPOINTER_TO_INT(data);

    for (guint64 seed = 1; seed <= 3; seed++) {
        g_autoptr(AnalysisFrame) self = ground_run(ground, seed);
        guint n_loud = 0;

        for (guint i = 0; i < self->analysis.result->findings->len; i++) {
            const ErrataFinding *finding = g_ptr_array_index(self->analysis.result->findings, i);

            g_test_message("%s", finding->title);
            g_assert_null(strstr(finding->title, "hard ground"));
            if (finding->severity < ERRATA_SEVERITY_MEDIUM)
                continue;
            n_loud++;
            g_assert_cmpint(finding->severity, >=, ERRATA_SEVERITY_HIGH);
            g_assert_cmpuint(finding->subject.predicates->len, >=, 2);
            g_assert_nonnull(strstr(finding->title, "region is r0"));
            g_assert_nonnull(strstr(finding->title, "plan is p0"));
        }
        g_assert_cmpuint(n_loud, ==, ground == GROUND_NONE ? 0 : 1);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/slices-ground/noise", GINT_TO_POINTER(GROUND_NOISE), test_slices_ground);
    g_test_add_data_func("/slices-ground/sure", GINT_TO_POINTER(GROUND_SURE), test_slices_ground);
    g_test_add_data_func("/slices-ground/none", GINT_TO_POINTER(GROUND_NONE), test_slices_ground);
    return g_test_run();
}
