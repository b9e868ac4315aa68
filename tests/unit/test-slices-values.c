/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "analysis-frame.h"
#include "data-bugs.h"
#include "rng.h"
#include "slices.h"

/* 20,000 rows of five vendors, a tenth of a, three tenths of c, wrong at @rate each; scores say a
 * tenth everywhere, but a hundredth for the vendors in @sharp, and for half of the rows of those
 * that are not wrong any more often than that */
static AnalysisFrame *
values_run(const double rate[5], const char *sharp, guint64 seed)
{
    g_autoptr(GString) table = g_string_new("vendor,x,score,prediction,label\n");
    ErrataRng rng = errata_rng_init(seed, 0, 0);
    AnalysisFrame *self;

    for (guint i = 0; i < 20000; i++) {
        guint vendor = "abbbcccdee"[errata_rng_below(&rng, 10)] - (guint)'a';
        double x = errata_rng_uniform(&rng);
        guint said = (guint)errata_rng_below(&rng, 2);
        gboolean sure = strchr(sharp, 'a' + (char)vendor) != NULL;
        double own = rate[vendor];
        gboolean wrong;

        if (sharp[0] != 0 && own < 0.11 && !sure) {
            sure = errata_rng_below(&rng, 2) == 0;
            own = sure ? 0.01 : own;
        }
        wrong = errata_rng_uniform(&rng) < own;
        g_string_append_printf(table,
                               "%c,%.3f,%.2f,%u,%u\n",
                               'a' + (char)vendor,
                               x,
                               fabs((said != 0 ? 0.0 : 1.0) - (sure ? 0.99 : 0.9)),
                               said,
                               wrong ? 1 - said : said);
    }
    self = analysis_frame_new(schema_frame_new(table->str), NULL);
    g_assert_true(errata_analyzer_slices.run(&self->analysis, NULL));
    return self;
}

/* the values of the only condition of a finding, joined */
static char *
values_said(const AnalysisFrame *self, guint index)
{
    const ErrataFinding *finding = g_ptr_array_index(self->analysis.result->findings, index);
    const ErrataPredicate *predicate = g_ptr_array_index(finding->subject.predicates, 0);

    g_assert_cmpuint(finding->subject.predicates->len, ==, 1);
    g_assert_cmpstr(predicate->column, ==, "vendor");
    return g_strjoinv(" ", predicate->values);
}

static void
test_slices_values_unlike(void)
{
    g_autoptr(AnalysisFrame) self = values_run((const double[]){0.35, 0.1, 0.25, 0.1, 0.1}, "", 1);
    g_autofree char *first = values_said(self, 0);
    g_autofree char *second = values_said(self, 1);

    g_test_summary("Values that go wrong at rates of their own are slices of their own");
    g_assert_cmpuint(self->analysis.result->findings->len, ==, 2);
    g_assert_cmpstr(first, ==, "a");
    g_assert_cmpstr(second, ==, "c");
}

static void
test_slices_values_alike(void)
{
    g_autoptr(AnalysisFrame) self = values_run((const double[]){0.3, 0.1, 0.3, 0.1, 0.1}, "", 2);
    g_autofree char *said = values_said(self, 0);

    g_test_summary("Values that go wrong at one rate are one slice");
    g_assert_cmpuint(self->analysis.result->findings->len, ==, 1);
    g_assert_true(g_str_equal(said, "a c") || g_str_equal(said, "c a"));
}

static void
test_slices_values_sharp(void)
{
    g_autoptr(AnalysisFrame) self = values_run((const double[]){0.35, 0.1, 0.14, 0.1, 0.1}, "c", 3);
    g_autofree char *first = values_said(self, 0);
    g_autofree char *second = values_said(self, 1);

    g_test_summary("A value that its scores are too sure of does not join one that is wrong often");
    g_assert_true(g_str_equal(first, "a") || g_str_equal(second, "a"));
    g_assert_true(g_str_equal(first, "c") || g_str_equal(second, "c"));
}

/* 6,000 rows, of which a twentieth has @mark for promo and the others nothing; wrong at @rate there
 * and at a tenth elsewhere, and all scores say so of a tenth */
static AnalysisFrame *
values_mark_run(const char *mark, double rate, guint64 seed)
{
    g_autoptr(GString) table = g_string_new("promo,x,score,prediction,label\n");
    ErrataRng rng = errata_rng_init(seed, 0, 0);
    AnalysisFrame *self;

    for (guint i = 0; i < 6000; i++) {
        gboolean marked = errata_rng_uniform(&rng) < 0.05;
        guint said = (guint)errata_rng_below(&rng, 2);
        double x = errata_rng_uniform(&rng);
        gboolean wrong = errata_rng_uniform(&rng) < (marked ? rate : 0.1);

        g_string_append_printf(table,
                               "%s,%.3f,%.2f,%u,%u\n",
                               marked ? mark : "",
                               x,
                               said != 0 ? 0.9 : 0.1,
                               said,
                               wrong ? 1 - said : said);
    }
    self = analysis_frame_new(schema_frame_new(table->str), NULL);
    g_assert_true(errata_analyzer_data_bugs.run(&self->analysis, NULL));
    g_assert_cmpuint(self->analysis.result->findings->len, ==, 0);
    g_assert_true(errata_analyzer_slices.run(&self->analysis, NULL));
    return self;
}

static void
test_slices_values_mark(void)
{
    static const char *const marks[] = {"SALE", "504", "9.5", "true"};

    g_test_summary("The rows of a column's only value are a group, the others have none");
    for (guint i = 0; i < G_N_ELEMENTS(marks); i++) {
        g_autoptr(AnalysisFrame) wrong = values_mark_run(marks[i], 0.5, i);
        g_autoptr(AnalysisFrame) alike = values_mark_run(marks[i], 0.1, i);
        const ErrataFinding *finding = g_ptr_array_index(wrong->analysis.result->findings, 0);
        const ErrataPredicate *predicate = g_ptr_array_index(finding->subject.predicates, 0);
        g_autofree char *words = errata_predicate_describe(predicate);
        g_autofree char *expected = g_strdup_printf("promo is %s", marks[i]);

        g_assert_cmpuint(wrong->analysis.result->findings->len, ==, 1);
        g_assert_cmpuint(finding->subject.predicates->len, ==, 1);
        g_assert_cmpstr(words, ==, expected);
        g_assert_cmpuint(alike->analysis.result->findings->len, ==, 0);
    }
}

/* 10,000 rows, of which those of the plan pro go wrong more often, except in the region a unless
 * @all */
static AnalysisFrame *
values_part_run(gboolean all, guint64 seed)
{
    static const char *const plans[] = {"free", "pro", "team"};
    g_autoptr(GString) table = g_string_new("region,plan,x,score,prediction,label\n");
    ErrataRng rng = errata_rng_init(seed, 0, 0);
    AnalysisFrame *self;

    for (guint i = 0; i < 10000; i++) {
        char region = "aaabbbbccc"[errata_rng_below(&rng, 10)];
        guint plan = (guint)errata_rng_below(&rng, 3), said = (guint)errata_rng_below(&rng, 2);
        double x = errata_rng_uniform(&rng);
        gboolean hit = plan == 1 && (all || region != 'a');
        gboolean wrong = errata_rng_uniform(&rng) < (hit ? 0.4 : 0.1);

        g_string_append_printf(table,
                               "%c,%s,%.3f,%.2f,%u,%u\n",
                               region,
                               plans[plan],
                               x,
                               said != 0 ? 0.9 : 0.1,
                               said,
                               wrong ? 1 - said : said);
    }
    self = analysis_frame_new(schema_frame_new(table->str), NULL);
    g_assert_true(errata_analyzer_slices.run(&self->analysis, NULL));
    return self;
}

static void
test_slices_values_part(void)
{
    g_test_summary("A group of which all but one region err is told without that region, and once");
    for (guint64 seed = 1; seed <= 4; seed++) {
        g_autoptr(AnalysisFrame) part = values_part_run(FALSE, seed);
        g_autoptr(AnalysisFrame) all = values_part_run(TRUE, seed);
        const ErrataFinding *finding = g_ptr_array_index(part->analysis.result->findings, 0);
        const ErrataPredicate *region = g_ptr_array_index(finding->subject.predicates, 0);
        g_autofree char *said = g_strjoinv(" ", region->values);

        g_assert_cmpuint(part->analysis.result->findings->len, ==, 1);
        g_assert_cmpuint(finding->subject.predicates->len, ==, 2);
        g_assert_cmpstr(region->column, ==, "region");
        g_assert_true(g_str_equal(said, "b c") || g_str_equal(said, "c b"));
        g_assert_cmpuint(all->analysis.result->findings->len, ==, 1);
        finding = g_ptr_array_index(all->analysis.result->findings, 0);
        g_assert_cmpuint(finding->subject.predicates->len, ==, 1);
    }
}

/* 80,000 rows, known to be wrong in 3.5 % of the cases, from x = 0.8 on in 36 %; of those of the
 * plan pro that would be right one in ten goes wrong, unless @all is set only below that x */
static AnalysisFrame *
values_anyway_run(gboolean all, guint64 seed)
{
    static const char *const plans[] = {"free", "pro", "team"};
    g_autoptr(GString) table = g_string_new("plan,x,score,prediction,label\n");
    ErrataRng rng = errata_rng_init(seed, 4, 0);
    AnalysisFrame *self;

    for (guint i = 0; i < 80000; i++) {
        guint plan = (guint)errata_rng_below(&rng, 3), said = (guint)errata_rng_below(&rng, 2);
        double x = errata_rng_uniform(&rng), known = x >= 0.8 ? 0.36 : 0.035;
        gboolean hit = plan == 1 && (all || x < 0.8);
        gboolean wrong = errata_rng_uniform(&rng) < (hit ? known + 0.1 * (1.0 - known) : known);

        g_string_append_printf(table,
                               "%s,%.3f,%.2f,%u,%u\n",
                               plans[plan],
                               x,
                               said != 0 ? 1.0 - known : known,
                               said,
                               wrong ? 1 - said : said);
    }
    self = analysis_frame_new(schema_frame_new(table->str), NULL);
    g_assert_true(errata_analyzer_slices.run(&self->analysis, NULL));
    return self;
}

static void
test_slices_values_anyway(void)
{
    g_test_summary("A group is told with the rows of it that are wrong often anyway");
    for (guint64 seed = 1; seed <= 3; seed++) {
        g_autoptr(AnalysisFrame) part = values_anyway_run(FALSE, seed);
        g_autoptr(AnalysisFrame) all = values_anyway_run(TRUE, seed);
        const ErrataFinding *finding = g_ptr_array_index(part->analysis.result->findings, 0);

        g_test_message("%s", finding->title);
        g_assert_cmpuint(finding->subject.predicates->len, ==, 2);
        finding = g_ptr_array_index(all->analysis.result->findings, 0);
        g_test_message("%s", finding->title);
        g_assert_cmpuint(finding->subject.predicates->len, ==, 1);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/slices-values/unlike", test_slices_values_unlike);
    g_test_add_func("/slices-values/alike", test_slices_values_alike);
    g_test_add_func("/slices-values/sharp", test_slices_values_sharp);
    g_test_add_func("/slices-values/mark", test_slices_values_mark);
    g_test_add_func("/slices-values/part", test_slices_values_part);
    g_test_add_func("/slices-values/anyway", test_slices_values_anyway);
    return g_test_run();
}
