/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "analysis-frame.h"
#include "rng.h"
#include "slices.h"

/* 60,000 rows of a sharp model of a rare class, which turns its score round for some rows of one
 * fuel, one agent and one zone: most of what it says of the class is then wrong everywhere */
static GString *
weak_table(const double turned[3])
{
    GString *table = g_string_new("fuel,agent,zone,x,score,prediction,label\n");
    ErrataRng rng = errata_rng_init(31, 0, 0);

    for (guint i = 0; i < 60000; i++) {
        guint value[3];
        guint label = errata_rng_uniform(&rng) < 0.03 ? 1 : 0;
        double odds = (label == 1 ? 3.0 : -3.0) + 6.0 * (errata_rng_uniform(&rng) - 0.5);

        for (guint c = 0; c < 3; c++) {
            value[c] = (guint)errata_rng_below(&rng, 6);
            if (value[c] == 1 + c && errata_rng_uniform(&rng) < turned[c])
                odds = -fabs(odds) * (label == 1 ? 1.0 : -1.0);
        }
        g_string_append_printf(table,
                               "f%u,a%u,z%u,%.3f,%.4f,%u,%u\n",
                               value[0],
                               value[1],
                               value[2],
                               errata_rng_uniform(&rng),
                               1.0 / (1.0 + exp(-odds)),
                               odds >= 0.0 ? 1U : 0U,
                               label);
    }
    return table;
}

static void
test_slices_weak_hidden(void)
{
    static const char *const columns[] = {"fuel", "agent", "zone"};
    g_autoptr(GString) table = weak_table((const double[]){0.4, 0.4, 0.4});
    g_autoptr(AnalysisFrame) self = analysis_frame_new(schema_frame_new(table->str), NULL);
    guint n_found[3] = {0}, n_loud = 0;

    g_test_summary("Three groups hold most errors of the confident predictions, so that scores as "
                   "theirs are wrong everywhere: all three are found");
    g_assert_true(errata_analyzer_slices.run(&self->analysis, NULL));
    for (guint i = 0; i < self->analysis.result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(self->analysis.result->findings, i);
        const GPtrArray *predicates = finding->subject.predicates;

        g_test_message("%s", finding->title);
        if (predicates == NULL || finding->severity < ERRATA_SEVERITY_MEDIUM)
            continue;
        n_loud++;
        for (guint c = 0; c < 3; c++) {
            const ErrataPredicate *first = g_ptr_array_index(predicates, 0);

            n_found[c] += predicates->len == 1 && g_str_equal(first->column, columns[c]) ? 1 : 0;
        }
    }
    g_assert_cmpuint(n_loud, ==, 3);
    for (guint c = 0; c < 3; c++)
        g_assert_cmpuint(n_found[c], ==, 1);
}

static void
test_slices_weak_none(void)
{
    g_autoptr(GString) table = weak_table((const double[]){0.0, 0.0, 0.0});
    g_autoptr(AnalysisFrame) self = analysis_frame_new(schema_frame_new(table->str), NULL);

    g_test_summary("The same model with nothing turned round has no slice");
    g_assert_true(errata_analyzer_slices.run(&self->analysis, NULL));
    for (guint i = 0; i < self->analysis.result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(self->analysis.result->findings, i);

        g_assert_cmpint(finding->severity, <, ERRATA_SEVERITY_MEDIUM);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/slices-weak/hidden", test_slices_weak_hidden);
    g_test_add_func("/slices-weak/none", test_slices_weak_none);
    return g_test_run();
}
