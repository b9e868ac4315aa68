/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "analysis-frame.h"
#include "rng.h"
#include "slices.h"

/* 20,000 rows, @tenths of ten by channel web; scores are 0.97 where @sharp and for two in three
 * others; errors at @rate by web, elsewhere at 0.03 where the score is 0.97, else 0.3 */
static AnalysisFrame *
large_run(guint tenths, gboolean sharp, double rate, guint64 seed)
{
    g_autoptr(GString) table = g_string_new("channel,x,age,score,prediction,label\n");
    ErrataRng rng = errata_rng_init(seed, 0, 0);
    AnalysisFrame *self;

    for (guint i = 0; i < 20000; i++) {
        gboolean web = errata_rng_below(&rng, 10) < tenths;
        gboolean sure = (web && sharp) || errata_rng_below(&rng, 3) > 0;
        double x = errata_rng_uniform(&rng);
        guint age = 18 + (guint)errata_rng_below(&rng, 60);
        guint said = (guint)errata_rng_below(&rng, 2);
        double usual = sure ? 0.03 : 0.3;
        gboolean wrong = errata_rng_uniform(&rng) <
                         (web ? rate * (sharp || sure ? 1.0 : 10.0) : usual);

        g_string_append_printf(table,
                               "%s,%.3f,%u,%.2f,%u,%u\n",
                               web ? "web" : "shop",
                               x,
                               age,
                               said != 0 ? (sure ? 0.97 : 0.7) : (sure ? 0.03 : 0.3),
                               said,
                               wrong ? 1 - said : said);
    }
    self = analysis_frame_new(schema_frame_new(table->str), NULL);
    g_assert_true(errata_analyzer_slices.run(&self->analysis, NULL));
    return self;
}

/* the first finding is web, which was expected to be @expected */
static void
large_check(const AnalysisFrame *self, double expected)
{
    const ErrataFinding *finding;
    const ErrataPredicate *predicate;
    const ErrataEvidence *evidence;

    g_assert_cmpuint(self->analysis.result->findings->len, >=, 1);
    finding = g_ptr_array_index(self->analysis.result->findings, 0);
    g_assert_cmpuint(finding->subject.predicates->len, ==, 1);
    predicate = g_ptr_array_index(finding->subject.predicates, 0);
    g_assert_cmpstr(predicate->column, ==, "channel");
    g_assert_cmpstr(predicate->values[0], ==, "web");
    g_assert_cmpint(finding->severity, >=, ERRATA_SEVERITY_MEDIUM);
    evidence = errata_finding_evidence(finding, "expected");
    g_assert_cmpfloat_with_epsilon(evidence->value, expected, 0.3 * expected);
}

static void
test_slices_large_bin(void)
{
    g_autoptr(AnalysisFrame) self = large_run(8, TRUE, 0.2, 1);

    g_test_summary("Most of the rows of a score bin do not say what to expect of themselves");
    large_check(self, 0.03);
}

static void
test_slices_large_half(void)
{
    g_autoptr(AnalysisFrame) self = large_run(5, FALSE, 0.049, 2);

    g_test_summary("Half of the log that errs 1.6 times as often as the other half");
    large_check(self, 0.12);
}

static void
test_slices_large_all(void)
{
    g_autoptr(AnalysisFrame) self = large_run(5, FALSE, 0.049, 2);
    const ErrataFinding *finding;

    g_test_summary("A slice holds all rows that meet its conditions, those of faults as well");
    errata_slices_table_forget(&self->analysis);
    g_ptr_array_set_size(self->analysis.result->findings, 0);
    for (gsize i = 0; i < self->frame->n_rows; i += 5)
        self->analysis.set_aside[i] = 1;
    g_assert_true(errata_analyzer_slices.run(&self->analysis, NULL));
    large_check(self, 0.12);
    finding = g_ptr_array_index(self->analysis.result->findings, 0);
    g_assert_cmpfloat_with_epsilon(finding->share_of_rows, 0.5, 0.02);
}

static void
test_slices_large_none(void)
{
    g_test_summary("Scores that tell of one channel, and are right, are no slice");
    for (guint64 seed = 3; seed < 6; seed++) {
        g_autoptr(AnalysisFrame) self = large_run(8, TRUE, 0.03, seed);

        for (guint i = 0; i < self->analysis.result->findings->len; i++) {
            const ErrataFinding *finding = g_ptr_array_index(self->analysis.result->findings, i);

            g_assert_cmpint(finding->severity, <, ERRATA_SEVERITY_MEDIUM);
        }
    }
}

static void
test_slices_large_two(void)
{
    static const char *const channels[] = {"web", "app", "shop"};
    g_autoptr(GString) table = g_string_new("channel,x,hour,score,prediction,label\n");
    g_autoptr(AnalysisFrame) self = NULL;
    ErrataRng rng = errata_rng_init(9, 0, 0);
    const ErrataFinding *finding;

    g_test_summary("Two thirds of a log are one slice, not parts by a column that plays no part");
    for (guint i = 0; i < 30000; i++) {
        guint channel = (guint)errata_rng_below(&rng, 3);
        double score = errata_rng_uniform(&rng);
        double x = errata_rng_uniform(&rng);
        guint hour = (guint)errata_rng_below(&rng, 24);
        guint label;

        score = score < 0.5 ? 2.0 * score * score : 1.0 - 2.0 * (1.0 - score) * (1.0 - score);
        label = errata_rng_uniform(&rng) < score ? 1 : 0;
        if (channel < 2 && errata_rng_uniform(&rng) < 0.3)
            label = 1 - label;
        g_string_append_printf(table,
                               "%s,%.3f,%u,%.4f,%u,%u\n",
                               channels[channel],
                               x,
                               hour,
                               score,
                               score >= 0.5 ? 1U : 0U,
                               label);
    }
    self = analysis_frame_new(schema_frame_new(table->str), NULL);
    g_assert_true(errata_analyzer_slices.run(&self->analysis, NULL));
    g_assert_cmpuint(self->analysis.result->findings->len, >=, 1);
    finding = g_ptr_array_index(self->analysis.result->findings, 0);
    g_assert_cmpuint(finding->subject.predicates->len, ==, 1);
    g_assert_cmpfloat_with_epsilon(finding->share_of_rows, 0.667, 0.01);
    for (guint i = 0; i < self->analysis.result->findings->len; i++) {
        finding = g_ptr_array_index(self->analysis.result->findings, i);
        g_assert_true(i == 0 || finding->severity < ERRATA_SEVERITY_MEDIUM);
        g_assert_null(errata_finding_note(finding, "type")); /* not the sound one's, either */
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/slices-large/bin", test_slices_large_bin);
    g_test_add_func("/slices-large/half", test_slices_large_half);
    g_test_add_func("/slices-large/all", test_slices_large_all);
    g_test_add_func("/slices-large/two", test_slices_large_two);
    g_test_add_func("/slices-large/none", test_slices_large_none);
    return g_test_run();
}
