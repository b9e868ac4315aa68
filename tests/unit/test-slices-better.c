/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "analysis-frame.h"
#include "rng.h"
#include "slices.h"

/* 7,200 rows of 40 days from a Thursday on; one in five is wrong, of Wednesdays one in twenty where
 * @habit, else four in five of 6 days that have no Wednesday */
static gboolean
better_tells_weekday(gboolean habit)
{
    g_autoptr(GString) table = g_string_new("timestamp,x,score,prediction,label\n");
    g_autoptr(AnalysisFrame) self = NULL;
    ErrataRng rng = errata_rng_init(7, 0, 0);
    gboolean told = FALSE;

    for (guint i = 0; i < 7200; i++) {
        guint day = i / 180;
        double x = errata_rng_uniform(&rng);
        double score = 0.1 + 0.8 * errata_rng_uniform(&rng);
        double rate = habit ? (day % 7 == 6 ? 0.05 : 0.2) : (day >= 14 && day < 20 ? 0.8 : 0.2);
        guint said = score >= 0.5 ? 1 : 0;

        g_string_append_printf(table,
                               "2026-%02u-%02uT%02u:%02u:00,%.3f,%.3f,%u,%u\n",
                               1 + day / 31,
                               1 + day % 31,
                               i % 180 / 8,
                               i % 180 % 8 * 7,
                               x,
                               score,
                               said,
                               errata_rng_uniform(&rng) < rate ? 1 - said : said);
    }
    self = analysis_frame_new(schema_frame_new(table->str), NULL);
    g_assert_true(errata_analyzer_slices.run(&self->analysis, NULL));
    for (guint i = 0; i < self->analysis.result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(self->analysis.result->findings, i);

        told = told || (errata_finding_note(finding, "better") != NULL &&
                        strstr(finding->title, "weekday is Wednesday") != NULL);
    }
    return told;
}

static void
test_slices_better_weekday(void)
{
    g_test_summary("A weekday that a fault of some days spared is not one that does better");
    g_assert_true(better_tells_weekday(TRUE));
    g_assert_false(better_tells_weekday(FALSE));
}

/* one in five is wrong, one in twenty of those of group c below 0.5 if @both, else of those of
 * group c; with few groups the others would be worse than all */
static void
test_slices_better_pair(void)
{
    g_test_summary(
        "Two conditions that together do better are both told, and one that adds nothing is not");
    for (guint both = 0; both < 2; both++) {
        g_autoptr(GString) table = g_string_new("timestamp,x,z,region,score,prediction,label\n");
        g_autoptr(AnalysisFrame) self = NULL;
        ErrataRng rng = errata_rng_init(7, 1, both);
        gboolean told = FALSE;

        for (guint i = 0; i < 10000; i++) {
            double x = errata_rng_uniform(&rng), score = 0.1 + 0.8 * errata_rng_uniform(&rng);
            char region = (char)('a' + errata_rng_below(&rng, 8));
            guint said = score >= 0.5 ? 1 : 0;
            gboolean better = region == 'c' && (both == 0 || x < 0.5);
            double z = errata_rng_uniform(&rng);
            gboolean wrong = errata_rng_uniform(&rng) < (better ? 0.05 : 0.2);

            g_string_append_printf(table,
                                   "2026-01-%02u,%.3f,%.3f,%c,%.3f,%u,%u\n",
                                   1 + i / 400,
                                   x,
                                   z,
                                   region,
                                   score,
                                   said,
                                   wrong ? 1 - said : said);
        }
        self = analysis_frame_new(schema_frame_new(table->str), NULL);
        g_assert_true(errata_analyzer_slices.run(&self->analysis, NULL));
        for (guint i = 0; i < self->analysis.result->findings->len; i++) {
            const ErrataFinding *finding = g_ptr_array_index(self->analysis.result->findings, i);

            if (errata_finding_note(finding, "better") == NULL)
                continue;
            g_assert_false(told);
            told = TRUE;
            g_assert_cmpuint(finding->subject.predicates->len, ==, 1 + both);
            g_assert_nonnull(strstr(finding->title, "region is c"));
            g_assert_true(both == 0 || strstr(finding->title, "x < ") != NULL);
        }
        g_assert_true(told);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/slices-better/weekday", test_slices_better_weekday);
    g_test_add_func("/slices-better/pair", test_slices_better_pair);
    return g_test_run();
}
