/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "analysis-frame.h"
#include "rng.h"
#include "slices-deepen.h"
#include "slices-refine.h"

/* 20,000 rows of a model whose scores are right, but for those where age is at least 70, oxygen
 * under 30 and ward b, six in ten: in half of them class 1 happens whatever it says; @all: in every
 * ward */
static AnalysisFrame *
deepen_log(gboolean all)
{
    g_autoptr(GString) table = g_string_new("age,oxygen,ward,bed,score,prediction,label\n");
    ErrataRng rng = errata_rng_init(29, all, 0);

    for (guint i = 0; i < 20000; i++) {
        double age = 100.0 * errata_rng_uniform(&rng);
        double oxygen = 100.0 * errata_rng_uniform(&rng);
        char ward = errata_rng_uniform(&rng) < 0.6 ? 'b' : 'a';
        guint bed = (guint)errata_rng_below(&rng, 9);
        double drawn = errata_rng_uniform(&rng);
        double score = drawn * drawn;
        guint label = errata_rng_uniform(&rng) < score ? 1 : 0;
        gboolean happens = errata_rng_uniform(&rng) < 0.5;

        if (age >= 70.0 && oxygen < 30.0 && (all || ward == 'b') && happens)
            label = 1;
        g_string_append_printf(table,
                               "%.2f,%.2f,%c,%u,%.4f,%u,%u\n",
                               age,
                               oxygen,
                               ward,
                               bed,
                               score,
                               score >= 0.5 ? 1U : 0U,
                               label);
    }
    return analysis_frame_new(schema_frame_new(table->str), NULL);
}

static guint
deepen_column(const SlicesTable *table, const char *name)
{
    guint found = table->n_columns;

    for (guint i = 0; i < table->n_columns; i++)
        found = g_strcmp0(table->columns[i].bin->name, name) == 0 ? i : found;
    g_assert_cmpuint(found, <, table->n_columns);
    return found;
}

static void
test_slices_deepen(gconstpointer data)
{
    static const guint64 n_valid[] = {0, 60, 2000, 40000};
    gboolean all = GPOINTER_TO_INT(data);
    g_autoptr(AnalysisFrame) self = deepen_log(all);
    const SlicesTable *table = errata_slices_table_shared(&self->analysis);
    const SlicesHalf *half = &table->discovery;
    g_autoptr(ErrataExpected) expected =
        errata_expected_new(half->y, half->cell, half->n_cells, half->n_rows, FALSE);
    guint ward = deepen_column(table, "ward");
    Slice slice = {
        .n = 2,
        .condition = {
            {.column = deepen_column(table, "age"), .lo = 70.0, .hi = (double)INFINITY},
            {.column = deepen_column(table, "oxygen"), .lo = -(double)INFINITY, .hi = 30.0}}};
    double ratio = errata_slices_refine(table, expected, NULL, &slice);
    double before = ratio;

    g_test_summary(all ? "A slice all of whose rows go wrong gets no further condition"
                       : "Rows of a slice that are as right as others are left out of it");
    g_assert_cmpuint(slice.n, ==, 2);
    errata_slices_deepen(table, expected, n_valid, &slice, &ratio);
    g_assert_cmpuint(slice.n, ==, all ? 2 : 3);
    g_assert_true(slices_uses(&slice, ward) == !all);
    g_assert_true(all ? !(ratio > before) : 0.9 * ratio > before);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/slices/deepen/spared", GINT_TO_POINTER(FALSE), test_slices_deepen);
    g_test_add_data_func("/slices/deepen/whole", GINT_TO_POINTER(TRUE), test_slices_deepen);
    return g_test_run();
}
