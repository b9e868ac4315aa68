/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "analysis-frame.h"
#include "data-bugs.h"
#include "rng.h"
#include "schema-frame.h"

/* Counts: large ones have units, those that number rows have none. */

static AnalysisFrame *
counts_run(const char *table)
{
    AnalysisFrame *fixture = analysis_frame_new(schema_frame_new(table), NULL);

    g_assert_true(errata_analyzer_data_bugs.run(&fixture->analysis, NULL));
    return fixture;
}

/* the change of units told of that column, or NULL */
static const ErrataFinding *
counts_find(const AnalysisFrame *fixture, const char *column)
{
    const GPtrArray *findings = fixture->analysis.result->findings;

    for (guint i = 0; i < findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(findings, i);

        if (strcmp(finding->subject.bug, "unit-change") == 0 &&
            g_strcmp0(finding->subject.column, column) == 0)
            return finding;
    }
    return NULL;
}

/* a large count in a unit of four digits, rounded there: neither undone nor as it came is it
 * whole */
static void
test_counts_rounded(void)
{
    static const double factors[] = {0.6214, 1.609, 0.3048};

    g_test_summary("Kilometres in hundreds, for a while in miles with a decimal");
    for (guint f = 0; f < G_N_ELEMENTS(factors); f++) {
        g_autoptr(GString) table = g_string_new("ts,k,prediction,label\n");
        g_autoptr(AnalysisFrame) fixture = NULL;
        const ErrataFinding *finding;

        for (guint i = 0; i < 20000; i++) {
            ErrataRng rng = errata_rng_init(f, 3, i);
            gboolean inside = i >= 12000 && i < (f == 0 ? 12900 : 12350);
            double k = 100.0 * floor(40.0 - 40.0 * log(errata_rng_uniform(&rng)) -
                                     40.0 * log(errata_rng_uniform(&rng)));

            g_string_append_printf(table,
                                   "%u,%.*f,1,%u\n",
                                   1700000000 + 60 * i,
                                   inside ? 1 : 0,
                                   inside ? factors[f] * k : k,
                                   (guint)errata_rng_below(&rng, 2));
        }
        fixture = counts_run(table->str);
        finding = counts_find(fixture, "k");
        g_assert_nonnull(finding);
        g_assert_cmpfloat(fabs(finding->subject.factor / factors[f] - 1.0), <, 1e-3);
        g_assert_cmpint(ABS(finding->subject.from / 1000000000 - 1700720000), <=, 60);
        g_assert_cmpint(
            ABS(finding->subject.to / 1000000000 - 1700000000 - 60 * (f == 0 ? 12899 : 12349)),
            <=,
            60);
        g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_HIGH);
    }
}

/* a number of rows, in any order within a day, of which a day’s are of another machine’s numbers */
static void
test_counts_of_rows(void)
{
    for (guint64 seed = 0; seed < 4; seed++) {
        g_autoptr(GString) table = g_string_new("time,row,x,score,prediction,label\n");
        g_autoptr(AnalysisFrame) fixture = NULL;

        for (guint i = 0; i < 12000; i++) {
            ErrataRng rng = errata_rng_init(seed, 3, i);
            guint day = i / 300, own = day * 300 + 7 * (i % 300) % 300;
            guint row = (guint)(1 + seed) * own + (day >= 12 && day < 18 ? 6000 : 0);
            double score = errata_rng_uniform(&rng);

            g_string_append_printf(table,
                                   "2024-%02u-%02u,%u,%.3f,%.3f,%d,%d\n",
                                   1 + day / 28,
                                   1 + day % 28,
                                   row,
                                   errata_rng_uniform(&rng),
                                   score,
                                   score >= 0.5 ? 1 : 0,
                                   errata_rng_uniform(&rng) < score ? 1 : 0);
        }
        fixture = counts_run(table->str);
        g_assert_null(counts_find(fixture, "row"));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/data-counts/rounded", test_counts_rounded);
    g_test_add_func("/data-counts/of-rows", test_counts_of_rows);
    return g_test_run();
}
