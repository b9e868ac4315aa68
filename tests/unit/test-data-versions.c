/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "analysis-frame.h"
#include "data-bugs.h"
#include "rng.h"

/* what is in the log besides the rows of one model */
typedef enum {
    MIXED,      /* those of another, on the same inputs */
    MIXED_SAID, /* with a column that says which */
    CUSTOMERS,  /* ids of customers, who come again with other inputs */
} Versions;

static AnalysisFrame *
test_run(Versions versions)
{
    g_autoptr(GString) table = g_string_new("id,x,k,label,prediction,score");
    AnalysisFrame *fixture;

    g_string_append(table, versions == MIXED_SAID ? ",model\n" : "\n");
    for (guint row = 0; row < 2000; row++) {
        ErrataRng rng = errata_rng_init(9, versions == CUSTOMERS ? row % 2 : 0, row / 2);
        ErrataRng other = errata_rng_init(9, 2, row);
        double x = errata_rng_uniform(&rng);
        guint k = (guint)errata_rng_below(&rng, 9);
        guint label = errata_rng_uniform(&rng) < x ? 1u : 0u;
        guint score = (guint)errata_rng_below(&other, 10000);

        g_string_append_printf(table,
                               "c%u,0.%05u,%u,%u,%u,0.%04u%s\n",
                               row / 2,
                               (guint)(x * 1e5),
                               k,
                               label,
                               score >= 5000 ? 1u : 0u,
                               score,
                               versions != MIXED_SAID ? ""
                               : row % 2 == 0         ? ",v1"
                                                      : ",v2");
    }
    fixture = analysis_frame_new(schema_frame_new(table->str), NULL);
    g_assert_true(errata_analyzer_data_bugs.run(&fixture->analysis, NULL));
    return fixture;
}

/* the finding of ids that come again, or NULL */
static const ErrataFinding *
test_find(const AnalysisFrame *fixture)
{
    const GPtrArray *findings = fixture->analysis.result->findings;

    for (guint i = 0; i < findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(findings, i);

        if (strcmp(finding->subject.bug, "duplicate-rows") == 0 &&
            g_strcmp0(finding->subject.column, "id") == 0)
            return finding;
    }
    return NULL;
}

static gboolean
test_advises(const ErrataFinding *finding, const char *text)
{
    for (guint i = 0; i < finding->suggestions->len; i++) {
        const ErrataSuggestion *suggestion = g_ptr_array_index(finding->suggestions, i);

        if (strstr(suggestion->text, text) != NULL)
            return TRUE;
    }
    return FALSE;
}

static void
test_versions(void)
{
    g_autoptr(AnalysisFrame) mixed = test_run(MIXED);
    g_autoptr(AnalysisFrame) said = test_run(MIXED_SAID);
    g_autoptr(AnalysisFrame) customers = test_run(CUSTOMERS);
    const ErrataFinding *finding = test_find(mixed);

    g_test_summary("Two models' rows in one log are told, with the column that parts them");
    g_assert_nonnull(finding);
    g_assert_cmpuint(finding->n_rows, ==, 1000);
    g_assert_cmpint(finding->severity, >=, ERRATA_SEVERITY_MEDIUM);
    g_assert_true(test_advises(finding, "add a column that says which one"));
    finding = test_find(said);
    g_assert_nonnull(finding);
    g_assert_true(test_advises(finding, "split it by model"));
    g_assert_null(test_find(customers));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/data-versions/mixed", test_versions);
    return g_test_run();
}
