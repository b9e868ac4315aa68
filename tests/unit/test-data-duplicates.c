/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copies in a table that one column alone tells apart. */
#include "analysis-frame.h"
#include "data-bugs.h"
#include "rng.h"

#define DUPLICATES_ROWS  4000
#define DUPLICATES_EVERY 40 /* rows, one of which is there twice */

/* how many rows are told as copies: coarse rows at seconds of @days, in batches of @batch at one
 * second; with @copies, some are there twice */
static guint
duplicates_count(guint days, guint batch, gboolean copies)
{
    g_autoptr(GString) table = g_string_new("ts,region,tier,prediction,label\n");
    g_autoptr(AnalysisFrame) fixture = NULL;
    const GPtrArray *findings;

    for (guint row = 0; row < DUPLICATES_ROWS; row++) {
        ErrataRng clock = errata_rng_init(4, 1, row / batch);
        ErrataRng rng = errata_rng_init(4, 2, row);
        guint at = (guint)errata_rng_below(&clock, days * 86400);
        guint region = (guint)errata_rng_below(&rng, 4);
        guint tier = (guint)errata_rng_below(&rng, 3);
        guint label = (guint)errata_rng_below(&rng, 2);
        guint said = errata_rng_below(&rng, 5) == 0 ? 1 - label : label;

        for (guint k = 0; k < (copies && row % DUPLICATES_EVERY == 0 ? 2u : 1u); k++)
            g_string_append_printf(table,
                                   "%u,r%u,%u,%u,%u\n",
                                   1700000000 + at,
                                   region,
                                   tier,
                                   said,
                                   label);
    }
    fixture = analysis_frame_new(schema_frame_new(table->str), NULL);
    g_assert_true(errata_analyzer_data_bugs.run(&fixture->analysis, NULL));
    findings = fixture->analysis.result->findings;
    for (guint i = 0; i < findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(findings, i);

        if (g_strcmp0(finding->subject.bug, "duplicate-rows") == 0) {
            g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_HIGH);
            return (guint)finding->n_rows;
        }
    }
    return 0;
}

static void
test_duplicates_clock(void)
{
    g_test_summary(
        "Copies of coarse rows are told by a clock in seconds; rows that a busy clock, or "
        "one that stamps batches, has at one second are none");
    g_assert_cmpuint(duplicates_count(30, 1, TRUE), ==, DUPLICATES_ROWS / DUPLICATES_EVERY);
    g_assert_cmpuint(duplicates_count(30, 1, FALSE), ==, 0);
    g_assert_cmpuint(duplicates_count(1, 1, FALSE), ==, 0);
    g_assert_cmpuint(duplicates_count(30, 8, FALSE), ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/data-duplicates/clock", test_duplicates_clock);
    return g_test_run();
}
