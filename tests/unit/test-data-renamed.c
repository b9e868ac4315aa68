/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "analysis-frame.h"
#include "data-bugs.h"
#include "rng.h"

#define RENAMED_ROWS 4000

static const char *const renamed_homes[] = {"RENT", "MORTGAGE", "OWN"};

/* how a home is written in rows @from to @to: by @names; @even: all homes are as frequent */
static AnalysisFrame *
renamed_run(const char *const names[3], gboolean even, guint from, guint to, guint64 seed)
{
    g_autoptr(GString) table = g_string_new("ts,home,x,score,prediction,label\n");
    AnalysisFrame *fixture;

    for (guint i = 0; i < RENAMED_ROWS; i++) {
        ErrataRng rng = errata_rng_init(seed, 5, i);
        double share = errata_rng_uniform(&rng), score = errata_rng_uniform(&rng);
        guint home = even ? (guint)(3.0 * share) : share < 0.42 ? 0 : share < 0.88 ? 1 : 2;
        double x = errata_rng_uniform(&rng);

        g_string_append_printf(table,
                               "%u,%s,%.3f,%.3f,%d,%d\n",
                               1700000000 + 60 * i,
                               i >= from && i < to ? names[home] : renamed_homes[home],
                               x,
                               score,
                               score >= 0.5,
                               errata_rng_uniform(&rng) < score);
    }
    fixture = analysis_frame_new(schema_frame_new(table->str), NULL);
    g_assert_true(errata_analyzer_data_bugs.run(&fixture->analysis, NULL));
    return fixture;
}

static void
test_data_renamed_found(void)
{
    static const char *const letters[] = {"R", "M", "O"}, *const other[] = {"x7", "q1", "z3"};
    static const guint to[] = {2100, 2400, 2700, 3000, 3600};

    g_test_summary(
        "Values written by their first letters, or otherwise, for 2 to 40 % of the log, after which "
        "the usual ones are back; the rows are left out, or, where there are many, the column");
    for (guint i = 0; i < G_N_ELEMENTS(to); i++)
        for (guint k = 0; k < 2; k++) {
            g_autoptr(AnalysisFrame) fixture =
                renamed_run(k == 0 ? letters : other, FALSE, 2000, to[i], 10 * i + k);
            const GPtrArray *findings = fixture->analysis.result->findings;
            const ErrataFinding *finding;

            g_assert_cmpuint(findings->len, ==, 1);
            finding = g_ptr_array_index(findings, 0);
            g_assert_cmpstr(finding->subject.bug, ==, "encoding-change");
            g_assert_cmpuint(finding->n_rows, ==, to[i] - 2000);
            g_assert_cmpuint(fixture->analysis.exclude[1], ==, to[i] < 2800 ? 0 : 1);
            g_assert_cmpuint(finding->undo != NULL ? g_strv_length(finding->undo) : 0,
                             ==,
                             k == 0 ? 6 : 0);
            for (guint u = 0; k == 0 && u < 6; u += 2)
                g_assert_true(finding->undo[u][0] == finding->undo[u + 1][0]);
        }
}

static void
test_data_renamed_one(void)
{
    static const char *const slip[] = {"RENT", "MORTAGE", "OWN"}, *const more[] = {"RENT",
                                                                                   "R2",
                                                                                   "OWN"};

    g_test_summary(
        "One value of three that is misspelt for a while; another one is no writing of it");
    for (guint k = 0; k < 2; k++) {
        g_autoptr(AnalysisFrame) fixture =
            renamed_run(k == 0 ? slip : more, FALSE, 2000, 2180, 70 + k);
        const GPtrArray *findings = fixture->analysis.result->findings;
        const ErrataFinding *finding;

        g_assert_cmpuint(findings->len, ==, k == 0 ? 1 : 0);
        if (k == 1)
            continue;
        finding = g_ptr_array_index(findings, 0);
        g_assert_cmpstr(finding->subject.bug, ==, "encoding-change");
        g_assert_nonnull(strstr(finding->title, "“MORTAGE” where “MORTGAGE” was"));
        g_assert_cmpuint(finding->n_rows, >, 60);
        g_assert_cmpuint(finding->n_rows, <, 110);
        g_assert_cmpuint(g_strv_length(finding->undo), ==, 2);
    }
}

static void
test_data_renamed_nothing(void)
{
    static const char *const more[] = {"RENT", "MORTGAGE", "SHARED"};
    static const char *const other[] = {"x7", "q1", "z3"}, *const sale[] = {"x7", "x7", "q1"};

    g_test_summary(
        "A value of several that is another for a while, other ones with shares of their own or all as "
        "frequent, and new values for good, are none");
    for (guint64 seed = 0; seed < 3; seed++) {
        g_autoptr(AnalysisFrame) one = renamed_run(more, FALSE, 2000, 2500, seed);
        g_autoptr(AnalysisFrame) since = renamed_run(other, FALSE, 3500, RENAMED_ROWS, seed);

        g_autoptr(AnalysisFrame) menu = renamed_run(other, TRUE, 2000, 2500, seed);
        g_autoptr(AnalysisFrame) sold = renamed_run(sale, FALSE, 2000, 2500, seed);
        g_autoptr(AnalysisFrame) season = renamed_run(other, TRUE, 1000, 2500, seed);
        g_autoptr(AnalysisFrame) leased = renamed_run(sale, FALSE, 1000, 2500, seed);

        g_assert_cmpuint(one->analysis.result->findings->len, ==, 0);
        g_assert_cmpuint(menu->analysis.result->findings->len, ==, 0);
        g_assert_cmpuint(sold->analysis.result->findings->len, ==, 0);
        g_assert_cmpuint(season->analysis.result->findings->len, ==, 0);
        g_assert_cmpuint(leased->analysis.result->findings->len, ==, 0);
        g_assert_cmpuint(since->analysis.result->findings->len, ==, 0);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/data-renamed/found", test_data_renamed_found);
    g_test_add_func("/data-renamed/one", test_data_renamed_one);
    g_test_add_func("/data-renamed/nothing", test_data_renamed_nothing);
    return g_test_run();
}
