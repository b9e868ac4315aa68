/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many rows come in: what is a change of it, and what only a day on which few came. */
#include <math.h>

#include "analysis-frame.h"
#include "change-points.h"
#include "rng.h"

#define N 20000

/* a log of 350 rows a day, of which 7 on two days where there are @holidays; half as many again
 * from row @busy on */
static AnalysisFrame *
volume_log(gboolean holidays, gsize busy, guint64 seed)
{
    g_autoptr(GString) table = g_string_new("ts,x,prediction,label\n");
    ErrataRng rng = errata_rng_init(seed, 35, 0);
    AnalysisFrame *self;
    double at = 0.0; /* days */

    for (gsize row = 0; row < N; row++) {
        guint day = (guint)at;
        double gap = -log(1.0 - errata_rng_uniform(&rng)) / 350.0;
        double x = errata_rng_uniform(&rng);

        if (holidays && (day == 13 || day == 33))
            gap *= 50.0;
        at += row >= busy ? gap / 1.5 : gap;
        g_string_append_printf(table,
                               "%" G_GINT64_FORMAT ",%.4f,1,%u\n",
                               G_GINT64_CONSTANT(1735689600) + (gint64)(86400.0 * at),
                               x,
                               (guint)errata_rng_below(&rng, 2));
    }
    self = analysis_frame_new(schema_frame_new(table->str), NULL);
    g_assert_true(errata_analyzer_change_points.run(&self->analysis, NULL));
    return self;
}

static void
test_change_volume(void)
{
    g_test_summary("Holidays are no change of how many rows come; half as many again are");
    for (guint64 seed = 0; seed < 4; seed++) {
        g_autoptr(AnalysisFrame) usual = volume_log(TRUE, N, 300 + seed);
        g_autoptr(AnalysisFrame) busy = volume_log(FALSE, 12000, 310 + seed);
        const GPtrArray *findings = usual->analysis.result->findings;
        const ErrataFinding *finding;

        g_assert_cmpuint(findings->len, ==, 0);
        findings = busy->analysis.result->findings;
        g_assert_cmpuint(findings->len, ==, 1);
        finding = g_ptr_array_index(findings, 0);
        g_assert_cmpstr(finding->subject.series, ==, "volume");
        g_assert_cmpfloat(errata_finding_evidence(finding, "after")->value, >, 480.0);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/change-volume", test_change_volume);
    return g_test_run();
}
