/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "analysis-frame.h"
#include "columns.h"
#include "rng.h"

static AnalysisFrame *
columns_run(const char *table)
{
    AnalysisFrame *fixture = analysis_frame_new(schema_frame_new(table), NULL);

    g_assert_true(errata_analyzer_columns.run(&fixture->analysis, NULL));
    return fixture;
}

static const ErrataColumnSummary *
columns_get(const AnalysisFrame *fixture, guint column)
{
    return g_ptr_array_index(fixture->analysis.result->columns, column);
}

static void
test_columns_numbers(void)
{
    /* by hand: 1 2 3 4 and one missing: mean 2.5, sd √(5/3), median 2.5 */
    g_autoptr(AnalysisFrame) fixture =
        columns_run("x,c,prediction,label\n1,a,0,0\n2,b,1,1\n,a,1,0\n3,,0,0\n4,a,0,1\n");
    const ErrataColumnSummary *x = columns_get(fixture, 0);
    const ErrataColumnSummary *c = columns_get(fixture, 1);

    g_assert_cmpstr(x->role, ==, "feature");
    g_assert_cmpuint(x->n, ==, 5);
    g_assert_cmpuint(x->missing, ==, 1);
    g_assert_cmpuint(x->distinct, ==, 4);
    g_assert_cmpfloat_with_epsilon(x->mean, 2.5, 1e-12);
    g_assert_cmpfloat_with_epsilon(x->sd, sqrt(5.0 / 3.0), 1e-12);
    g_assert_cmpfloat_with_epsilon(x->quantiles[2], 2.5, 1e-12);
    g_assert_cmpfloat_with_epsilon(x->min, 1.0, 1e-12);
    g_assert_cmpfloat_with_epsilon(x->max, 4.0, 1e-12);
    g_assert_cmpuint(c->distinct, ==, 2);
    g_assert_cmpuint(c->missing, ==, 1);
    g_assert_true(isnan(c->mean));
    g_assert_cmpstr(columns_get(fixture, 3)->role, ==, "label");
}

static void
test_columns_large(void)
{
    /* as doubles the first two are one number */
    g_autoptr(AnalysisFrame) fixture = columns_run(
        "k,label\n9007199254740992,0\n9007199254740993,1\n9007199254740994,0\n"
        "9223372036854775807,1\n9223372036854775806,0\n9223372036854775806,1\n");

    g_assert_cmpuint(columns_get(fixture, 0)->distinct, ==, 5);
}

/* there are no more distinct values than rows, however many are estimated */
static void
test_columns_estimated(void)
{
    enum {
        N_ROWS = 60000,
        N_COLUMNS = 6
    };
    g_autoptr(GString) table = g_string_new("a,b,c,d,e,f,label\n");
    g_autoptr(AnalysisFrame) fixture = NULL;

    for (guint row = 0; row < N_ROWS; row++) {
        for (guint c = 0; c < N_COLUMNS; c++)
            g_string_append_printf(table, "%u,", 1000003 * (c + 1) + row * (2 * c + 3));
        g_string_append_printf(table, "%u\n", row % 2);
    }
    fixture = columns_run(table->str);
    for (guint c = 0; c < N_COLUMNS; c++) {
        g_assert_cmpuint(columns_get(fixture, c)->distinct, <=, N_ROWS);
        g_assert_cmpuint(columns_get(fixture, c)->distinct, >, N_ROWS * 9 / 10);
    }
}

static void
test_columns_histogram(void)
{
    /* the baseline is the first half of the six rows */
    g_autoptr(AnalysisFrame) fixture =
        columns_run("x,c,label\n1,a,0\n1,a,1\n2,b,0\n2,b,0\n2,b,1\n3,c,1\n");
    const ErrataFigure *x = columns_get(fixture, 0)->histogram;
    const ErrataFigure *c = columns_get(fixture, 1)->histogram;

    g_assert_cmpuint(x->n_columns, ==, 3);
    g_assert_cmpfloat_with_epsilon(x->edges_x[0], 0.5, 1e-12);
    g_assert_cmpfloat_with_epsilon(x->series[0].y[1], 2.0, 1e-12);
    g_assert_cmpfloat_with_epsilon(x->series[1].y[0], 2.0, 1e-12);
    g_assert_cmpstr(c->columns[0], ==, "b");
    g_assert_cmpfloat_with_epsilon(c->series[0].y[0], 2.0, 1e-12);
    g_assert_cmpfloat_with_epsilon(c->series[1].y[0], 1.0, 1e-12);
    g_assert_cmpfloat_with_epsilon(c->series[0].y[2], 1.0, 1e-12);
}

static void
test_columns_histogram_counts(void)
{
    /* many numbers at once are counted as each is alone, whatever registers there are */
    ErrataRng rng = errata_rng_init(5, 1, 0);
    g_autoptr(GString) table = g_string_new("x,label\n");
    g_autoptr(AnalysisFrame) fixture = NULL;
    const ErrataFigure *figure;
    const ErrataColumn *x;
    double want[2][20] = {{0.0}};

    for (guint row = 0; row < 4099; row++) {
        if (errata_rng_below(&rng, 50) == 0)
            g_string_append_printf(table, ",%u\n", row & 1U);
        else
            g_string_append_printf(table,
                                   "%.9f,%u\n",
                                   pow(errata_rng_uniform(&rng), 3.0) * 8.0 - 2.0,
                                   row & 1U);
    }
    fixture = columns_run(table->str);
    figure = columns_get(fixture, 0)->histogram;
    x = fixture->analysis.frame->columns[0];
    g_assert_cmpuint(figure->n_columns, ==, 20);
    for (gsize row = 0; row < x->n_rows; row++) {
        double at = (x->f64[row] - figure->edges_x[0]) /
                    (figure->edges_x[20] - figure->edges_x[0]) * 20.0;

        if (!isnan(at))
            want[fixture->analysis.baseline[row]][(guint)CLAMP(at, 0.0, 19.0)] += 1.0;
    }
    for (guint bin = 0; bin < 20; bin++)
        for (guint side = 0; side < 2; side++)
            g_assert_cmpfloat_with_epsilon(figure->series[side].y[bin], want[side][bin], 1e-9);
}

static void
test_columns_association(void)
{
    g_autoptr(GString) table = g_string_new("guilty,innocent,prediction,label\n");

    for (guint i = 0; i < 400; i++) /* wrong exactly where guilty is b */
        g_string_append_printf(table,
                               "%s,%s,%u,%u\n",
                               i % 4 == 0 ? "b" : "a",
                               i % 3 == 0 ? "u" : "v",
                               i % 2,
                               i % 4 == 0 ? 1 - i % 2 : i % 2);
    g_autoptr(AnalysisFrame) fixture = columns_run(table->str);
    const ErrataColumnSummary *guilty = columns_get(fixture, 0);
    const ErrataColumnSummary *innocent = columns_get(fixture, 1);

    g_assert_cmpuint(fixture->outcome->n_errors, ==, 100);
    g_assert_cmpfloat(guilty->error_association, >, 0.99);
    g_assert_cmpfloat(guilty->error_association_p, <, 1e-50);
    g_assert_cmpfloat(innocent->error_association, <, 0.01);
    g_assert_cmpfloat(innocent->error_association_p, >, 0.5);
}

static void
test_columns_regression(void)
{
    g_autoptr(GString) table = g_string_new("x,z,y_pred,y_true\n");

    for (guint i = 0; i < 200; i++) /* the residual grows with x and has nothing to do with z */
        g_string_append_printf(table,
                               "%u,%u,%.2f,%.2f\n",
                               3 * i,
                               i * 7 % 13,
                               1000.0 + i * 0.5,
                               1000.0 + i * 0.75 + 0.01);
    g_autoptr(AnalysisFrame) fixture = columns_run(table->str);

    g_assert_cmpint(fixture->schema->task, ==, ERRATA_TASK_REGRESSION);
    g_assert_cmpfloat_with_epsilon(columns_get(fixture, 0)->error_association, 1.0, 1e-9);
    g_assert_cmpfloat(columns_get(fixture, 1)->error_association, <, 0.1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/columns/numbers", test_columns_numbers);
    g_test_add_func("/columns/histogram", test_columns_histogram);
    g_test_add_func("/columns/histogram-counts", test_columns_histogram_counts);
    g_test_add_func("/columns/association", test_columns_association);
    g_test_add_func("/columns/regression", test_columns_regression);
    g_test_add_func("/columns/large", test_columns_large);
    g_test_add_func("/columns/estimated", test_columns_estimated);
    return g_test_run();
}
