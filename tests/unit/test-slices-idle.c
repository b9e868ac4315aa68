/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "analysis-frame.h"
#include "rng.h"
#include "slices.h"

#define IDLE_ROWS 40000

/* Where it is warm more is wrong, and the scores say so. One kind of devices is wrong far more
 * often than they say where it is not warm, and more often still where it is, if not by so much
 * more than they say. */
static void
test_slices_idle_condition(void)
{
    g_test_summary("A condition that leaves out rows that are worse, and unexpected, is dropped");
    for (guint64 seed = 0; seed < 4; seed++) {
        g_autoptr(GString) text = g_string_new("heat,device,wired,score,prediction,label\n");
        ErrataRng rng = errata_rng_init(66 + seed, 0, 0);
        g_autoptr(AnalysisFrame) self = NULL;
        const ErrataFinding *finding;

        for (guint i = 0; i < IDLE_ROWS; i++) {
            double heat = errata_rng_uniform(&rng);
            guint device = (guint)errata_rng_below(&rng, 2);
            guint wired = (guint)errata_rng_below(&rng, 2);
            guint said = (guint)errata_rng_below(&rng, 2);
            gboolean warm = heat >= 0.7;
            gboolean kind = device == 1 && wired == 1;
            double unsure = (warm ? 0.26 : 0.05) + 0.02 * errata_rng_uniform(&rng);
            double rate = !kind ? unsure : warm ? 0.36 : 0.27;
            gboolean wrong = errata_rng_uniform(&rng) < rate;

            g_string_append_printf(text,
                                   "%.3f,%c,%c,%.4f,%u,%u\n",
                                   heat,
                                   "pq"[device],
                                   "xy"[wired],
                                   said != 0 ? 1.0 - unsure : unsure,
                                   said,
                                   wrong ? 1 - said : said);
        }
        self = analysis_frame_new(schema_frame_new(text->str), NULL);
        g_assert_true(errata_analyzer_slices.run(&self->analysis, NULL));
        g_assert_cmpuint(self->analysis.result->findings->len, >=, 1);
        finding = g_ptr_array_index(self->analysis.result->findings, 0);
        g_assert_cmpuint(finding->subject.predicates->len, ==, 2);
        for (guint i = 0; i < 2; i++) {
            const ErrataPredicate *predicate = g_ptr_array_index(finding->subject.predicates, i);

            g_assert_cmpstr(predicate->column, !=, "heat");
        }
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/slices-idle/condition", test_slices_idle_condition);
    return g_test_run();
}
