/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns of one value that a part of the rows has, the other cells being empty. */
#include "analysis-frame.h"
#include "data-bugs.h"
#include "rng.h"

#define MARKS_ROWS   4000
#define MARKS_COLUMN 1

/* a share @filled of the rows has a promo, which is SALE or, with @varies, one of two */
static ErrataFrame *
marks_table(double filled, gboolean varies, guint64 seed)
{
    g_autoptr(GString) table = g_string_new("x,promo,prediction,label\n");
    ErrataRng rng = errata_rng_init(seed, 0, 0);

    for (guint i = 0; i < MARKS_ROWS; i++) {
        double x = errata_rng_uniform(&rng);
        gboolean has = errata_rng_uniform(&rng) < filled;
        gboolean other = varies && errata_rng_below(&rng, 2) == 0;
        guint label = (guint)errata_rng_below(&rng, 2);
        gboolean wrong = errata_rng_below(&rng, 10) == 0;

        g_string_append_printf(table,
                               "%.3f,%s,%u,%u\n",
                               x,
                               !has ? "" : (other ? "GIFT" : "SALE"),
                               wrong ? 1 - label : label,
                               label);
    }
    return schema_frame_new(table->str);
}

/* the only finding of the data's bugs, or %NULL */
static const ErrataFinding *
marks_run(AnalysisFrame *fixture)
{
    const GPtrArray *findings = fixture->analysis.result->findings;

    g_assert_true(errata_analyzer_data_bugs.run(&fixture->analysis, NULL));
    g_assert_cmpuint(findings->len, <=, 1);
    return findings->len > 0 ? g_ptr_array_index(findings, 0) : NULL;
}

static void
test_marks_none(void)
{
    static const double filled[] = {0.004, 0.06, 0.5, 0.95};

    g_test_summary("A value that a part of the rows has is no constant, with or without reference");
    for (guint i = 0; i < G_N_ELEMENTS(filled); i++) {
        g_autoptr(AnalysisFrame) alone = analysis_frame_new(marks_table(filled[i], FALSE, i), NULL);
        g_autoptr(AnalysisFrame) alike = analysis_frame_new(marks_table(filled[i], FALSE, i),
                                                            marks_table(filled[i], FALSE, i + 100));

        g_assert_null(marks_run(alone));
        g_assert_cmpuint(alone->analysis.exclude[MARKS_COLUMN], ==, 0);
        g_assert_null(marks_run(alike));
        g_assert_cmpuint(alike->analysis.exclude[MARKS_COLUMN], ==, 0);
    }
}

static void
test_marks_constant(void)
{
    static const double filled[] = {0.995, 1.0};

    g_test_summary("A value that nearly all rows have is a constant, in the rows that have it");
    for (guint i = 0; i < G_N_ELEMENTS(filled); i++) {
        g_autoptr(AnalysisFrame) fixture = analysis_frame_new(marks_table(filled[i], FALSE, i),
                                                              NULL);
        const ErrataFinding *finding = marks_run(fixture);

        g_assert_nonnull(finding);
        g_assert_cmpstr(finding->subject.bug, ==, "constant");
        g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_INFO);
        g_assert_cmpuint(finding->n_rows,
                         ==,
                         MARKS_ROWS - fixture->frame->columns[MARKS_COLUMN]->n_missing);
        g_assert_cmpuint(fixture->analysis.exclude[MARKS_COLUMN], ==, 1);
    }
}

static void
test_marks_stuck(void)
{
    g_autoptr(AnalysisFrame) fixture = analysis_frame_new(marks_table(0.06, FALSE, 1),
                                                          marks_table(0.06, TRUE, 2));
    const ErrataFinding *finding = marks_run(fixture);

    g_test_summary("One of a reference's several values is stuck, in the rows that have it");
    g_assert_nonnull(finding);
    g_assert_cmpstr(finding->subject.bug, ==, "constant");
    g_assert_cmpint(finding->severity, >=, ERRATA_SEVERITY_MEDIUM);
    g_assert_cmpuint(finding->n_rows,
                     ==,
                     MARKS_ROWS - fixture->frame->columns[MARKS_COLUMN]->n_missing);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/data-marks/none", test_marks_none);
    g_test_add_func("/data-marks/constant", test_marks_constant);
    g_test_add_func("/data-marks/stuck", test_marks_stuck);
    return g_test_run();
}
