/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "analysis-frame.h"
#include "rng.h"
#include "slices.h"

/* how often rows of a region that errs are wrong */
typedef double (*AlikeRate)(char region, gboolean said, double time);

/* 24,000 rows of five regions over time; scores say a tenth everywhere */
static AnalysisFrame *
alike_run(AlikeRate rate)
{
    g_autoptr(GString) table = g_string_new("time,region,x,score,prediction,label\n");
    ErrataRng rng = errata_rng_init(5, 0, 0);
    AnalysisFrame *self;

    for (guint i = 0; i < 24000; i++) {
        char region = "abcde"[errata_rng_below(&rng, 5)];
        double x = errata_rng_uniform(&rng);
        gboolean said = errata_rng_below(&rng, 2) != 0;
        gboolean wrong = errata_rng_uniform(&rng) < rate(region, said, i / 24000.0);

        g_string_append_printf(table,
                               "2026-03-%02uT%02u:%02u:%02u,%c,%.3f,%.1f,%u,%u\n",
                               1 + i / 1000,
                               i % 1000 / 42,
                               i % 42,
                               i % 60,
                               region,
                               x,
                               said ? 0.9 : 0.1,
                               said ? 1U : 0U,
                               wrong != said ? 1U : 0U);
    }
    self = analysis_frame_new(schema_frame_new(table->str), NULL);
    g_assert_true(errata_analyzer_slices.run(&self->analysis, NULL));
    return self;
}

/* whether a finding has @values of region, and all others know nothing of both at once */
static gboolean
alike_told(const AnalysisFrame *self, const char *values)
{
    for (guint i = 0; i < self->analysis.result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(self->analysis.result->findings, i);

        for (guint k = 0; k < finding->subject.predicates->len; k++) {
            const ErrataPredicate *predicate = g_ptr_array_index(finding->subject.predicates, k);
            g_autofree char *said = predicate->values != NULL ? g_strjoinv("", predicate->values)
                                                              : NULL;

            if (g_str_equal(predicate->column, "region") && g_strcmp0(said, values) == 0)
                return TRUE;
        }
    }
    return FALSE;
}

static double
alike_same(char region, gboolean said, double time)
{
    return region == 'a' || region == 'b' ? 0.3 : 0.1;
}

static double
alike_sides(char region, gboolean said, double time)
{
    if (region == 'a')
        return said ? 0.5 : 0.1;
    return region == 'b' && !said ? 0.5 : 0.1;
}

static double
alike_times(char region, gboolean said, double time)
{
    if (region == 'a')
        return 0.3;
    return region == 'b' && time > 0.6 ? 0.6 : 0.1;
}

static void
test_slices_alike_same(void)
{
    g_autoptr(AnalysisFrame) self = alike_run(alike_same);

    g_test_summary("Two values that go wrong in one way are one slice");
    g_assert_true(alike_told(self, "ab") || alike_told(self, "ba"));
}

static void
test_slices_alike_sides(void)
{
    g_autoptr(AnalysisFrame) self = alike_run(alike_sides);

    g_test_summary("False alarms of one and missed cases of another are two");
    g_assert_true(alike_told(self, "a"));
    g_assert_true(alike_told(self, "b"));
    g_assert_false(alike_told(self, "ab") || alike_told(self, "ba"));
}

static void
test_slices_alike_times(void)
{
    g_autoptr(AnalysisFrame) self = alike_run(alike_times);

    g_test_summary("One that was always bad and one that is since a date are two");
    g_assert_true(alike_told(self, "a"));
    g_assert_true(alike_told(self, "b"));
    g_assert_false(alike_told(self, "ab") || alike_told(self, "ba"));
}

static void
test_slices_alike_part(void)
{
    g_autoptr(GString) table = g_string_new("city,kind,area,prediction,label\n");
    g_autoptr(AnalysisFrame) self = NULL;
    ErrataRng rng = errata_rng_init(17, 0, 0);

    g_test_summary("A part of a slice that is less off than the whole is no second one");
    for (guint i = 0; i < 12000; i++) {
        guint city = (guint)errata_rng_below(&rng, 5), kind = (guint)errata_rng_below(&rng, 4);
        double area = 40.0 + 120.0 * errata_rng_uniform(&rng);
        double price = area * (2.0 + 0.4 * errata_rng_uniform(&rng));
        double said = area * 2.2 * (city == 2 && kind == 1 ? 1.35 : 1.0);

        g_string_append_printf(table,
                               "%c,%c,%.1f,%.2f,%.2f\n",
                               "ABCDE"[city],
                               "pqrs"[kind],
                               area,
                               said,
                               price);
    }
    self = analysis_frame_new(schema_frame_new(table->str), NULL);
    g_assert_true(errata_analyzer_slices.run(&self->analysis, NULL));
    g_assert_cmpuint(self->analysis.result->findings->len, >=, 1);
    for (guint i = 0; i < self->analysis.result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(self->analysis.result->findings, i);

        g_assert_cmpuint(finding->subject.predicates->len, <=, 2);
        g_assert_cmpint(finding->severity >= ERRATA_SEVERITY_MEDIUM, ==, i == 0);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/slices-alike/same", test_slices_alike_same);
    g_test_add_func("/slices-alike/sides", test_slices_alike_sides);
    g_test_add_func("/slices-alike/times", test_slices_alike_times);
    g_test_add_func("/slices-alike/part", test_slices_alike_part);
    return g_test_run();
}
