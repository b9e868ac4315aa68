/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows that belong together: one input observed again and again. */
#include <string.h>

#include "analysis-frame.h"
#include "data-bugs.h"
#include "rng.h"

#define ENTITY_TIMES 8 /* that each input is observed */

/* inputs observed again: those of one input are alike in all but the label, which is drawn anew
 * each time (@copied: taken over, as copies have it, but for one in 500) */
static ErrataFrame *
entity_repeated(guint64 seed, guint n_inputs, gboolean copied)
{
    g_autoptr(GString) table = g_string_new("id,age,income,balance,prediction,score,label\n");

    for (guint i = 0; i < n_inputs * ENTITY_TIMES; i++) {
        ErrataRng own = errata_rng_init(seed, 1, i % n_inputs);
        ErrataRng again = errata_rng_init(seed, 2, i);
        guint age = 18 + (guint)errata_rng_below(&own, 60);
        guint income = 20000 + (guint)errata_rng_below(&own, 30000);
        guint balance = (guint)errata_rng_below(&own, 9000);
        guint score = 2 + (guint)errata_rng_below(&own, 40) + (age > 60 ? 40 : 0);
        guint drawn = (guint)errata_rng_below(&own, 100) < score ? 1 : 0;
        guint anew = (guint)errata_rng_below(&again, 100) < score ? 1 : 0;
        guint mended = (guint)errata_rng_below(&again, 500) == 0 ? 1 - drawn : drawn;

        g_string_append_printf(table,
                               "r%u,%u,%u,%u,%u,0.%02u,%u\n",
                               i,
                               age,
                               income,
                               balance,
                               score > 50 ? 1u : 0u,
                               score,
                               copied ? mended : anew);
    }
    return schema_frame_new(table->str);
}

static guint
entity_n_bugs(const AnalysisFrame *fixture)
{
    guint n = 0;

    for (gsize row = 0; row < fixture->frame->n_rows; row++)
        n += fixture->analysis.set_aside[row];
    return fixture->analysis.result->findings->len + n;
}

static void
test_entity_repeated(void)
{
    g_test_summary("Inputs observed again are no copies: none is set aside, and a note tells");
    for (guint64 seed = 0; seed < 5; seed++) {
        g_autoptr(AnalysisFrame) fixture = analysis_frame_new(entity_repeated(seed, 300, FALSE),
                                                              NULL);

        g_assert_cmpuint(fixture->outcome->n_repeated, ==, 300 * (ENTITY_TIMES - 1));
        g_assert_true(errata_analyzer_data_bugs.run(&fixture->analysis, NULL));
        g_assert_cmpuint(entity_n_bugs(fixture), ==, 0);
        g_assert_cmpuint(fixture->analysis.result->warnings->len, ==, 1);
        g_assert_nonnull(strstr(g_ptr_array_index(fixture->analysis.result->warnings, 0),
                                "2,100 rows have the inputs of an earlier row"));
    }
}

static void
test_entity_copied(void)
{
    g_autoptr(AnalysisFrame) fixture = analysis_frame_new(entity_repeated(7, 300, TRUE), NULL);
    const ErrataFinding *finding;

    g_test_summary("Rows sent again are copies, though a few of their labels were mended");
    g_assert_cmpuint(fixture->outcome->n_repeated, ==, 0);
    g_assert_true(errata_analyzer_data_bugs.run(&fixture->analysis, NULL));
    g_assert_cmpuint(fixture->analysis.result->findings->len, ==, 1);
    finding = g_ptr_array_index(fixture->analysis.result->findings, 0);
    g_assert_cmpstr(finding->subject.bug, ==, "duplicate-rows");
    g_assert_cmpuint(finding->n_rows, >, 2050);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/entity/repeated", test_entity_repeated);
    g_test_add_func("/entity/copied", test_entity_copied);
    return g_test_run();
}
