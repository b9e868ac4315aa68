/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analysis-frame.h"
#include "rng.h"
#include "slices-restated.h"

/* A binary log with a score, the larger of the two probabilities in `sure`, which the first rows
 * lack, and an `age` that goes with the score and is no copy of it. */
static AnalysisFrame *
restated_log(guint n_missing)
{
    g_autoptr(GString) table = g_string_new("sure,age,score,prediction,label\n");
    ErrataRng rng = errata_rng_init(11, 0, 0);

    for (guint i = 0; i < 3000; i++) {
        double score = errata_rng_uniform(&rng);
        double age = 20.0 + 50.0 * score + 5.0 * errata_rng_uniform(&rng);
        guint label = errata_rng_uniform(&rng) < score ? 1 : 0;

        if (i >= n_missing)
            g_string_append_printf(table, "%.4f", MAX(score, 1.0 - score));
        g_string_append_printf(table, ",%.2f,%.4f,%d,%u\n", age, score, score >= 0.5, label);
    }
    return analysis_frame_new(schema_frame_new(table->str), NULL);
}

static void
test_slices_restated(void)
{
    g_test_summary("A column that says again how sure the model was is no condition, though some "
                   "rows, and the first, lack it; one that goes with the score is");
    for (guint n_missing = 0; n_missing < 200; n_missing += 100) {
        g_autoptr(AnalysisFrame) self = restated_log(n_missing);
        SlicesTable *table = errata_slices_table_new(&self->analysis);

        g_assert_cmpuint(table->n_columns, ==, 1);
        g_assert_cmpstr(table->columns[0].raw->name, ==, "age");
        errata_slices_table_free(table);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/slices-restated/missing", test_slices_restated);
    return g_test_run();
}
