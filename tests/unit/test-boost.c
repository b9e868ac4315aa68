/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "boost.h"
#include "parallel.h"
#include "rng.h"

typedef struct {
    gsize n;
    guint8 *code[3];
    double *target;
    guint32 *row;
    ErrataBoostColumn columns[3];
} Table;

/* x0: 8 ordered bins; x1: 6 categories; x2: noise with missing cells */
static void
test_boost_table(Table *table, gsize n)
{
    table->n = n;
    table->target = g_new0(double, n);
    table->row = g_new(guint32, n);
    for (guint c = 0; c < 3; c++)
        table->code[c] = g_new(guint8, n);
    for (gsize i = 0; i < n; i++) {
        ErrataRng rng = errata_rng_init(7, 1, i);

        table->row[i] = (guint32)i;
        table->code[0][i] = (guint8)errata_rng_below(&rng, 8);
        table->code[1][i] = (guint8)errata_rng_below(&rng, 6);
        table->code[2][i] = errata_rng_below(&rng, 5) == 0 ? ERRATA_BOOST_MISSING
                                                           : (guint8)errata_rng_below(&rng, 10);
    }
    table->columns[0] = (ErrataBoostColumn){table->code[0], 8, TRUE};
    table->columns[1] = (ErrataBoostColumn){table->code[1], 6, FALSE};
    table->columns[2] = (ErrataBoostColumn){table->code[2], 10, TRUE};
}

static void
test_boost_table_clear(Table *table)
{
    for (guint c = 0; c < 3; c++)
        g_free(table->code[c]);
    g_free(table->target);
    g_free(table->row);
}

static void
test_boost_one_split(void)
{
    /* by hand: mean 2; residuals −2 −2 +2 +2; split between codes 1 and 2; leaf Σ/(2 + l2 0.5)
     * = ±4/2.5 = ±1.6 at rate 1: predictions 0.4 and 3.6 */
    guint8 code[] = {0, 1, 2, 3};
    double target[] = {0.0, 0.0, 4.0, 4.0};
    guint32 row[] = {0, 1, 2, 3};
    double value[4];
    ErrataBoostColumn column = {code, 4, TRUE};
    ErrataBoostParams params = errata_boost_params(ERRATA_BOOST_SQUARED, 0, 0);
    g_autoptr(ErrataBoost) boost = NULL;

    params.rounds = 1;
    params.depth = 1;
    params.learning_rate = 1.0;
    params.l2 = 0.5;
    params.min_hessian = 1.0;
    params.halvings = 0;
    boost = errata_boost_train(&column, 1, row, 4, target, &params);
    errata_boost_predict(boost, &column, row, 4, value);
    for (guint i = 0; i < 4; i++)
        g_assert_cmpfloat_with_epsilon(value[i], i < 2 ? 0.4 : 3.6, 1e-4);
    /* gain in units of the scaled target (largest residual 1): 2·2²/2.5 */
    g_assert_cmpfloat_with_epsilon(errata_boost_gain(boost)[0], 3.2, 1e-3);
}

static void
test_boost_missing_side(void)
{
    guint8 code[] = {0, 0, 1, 1, 255, 255};
    double target[] = {0.0, 0.0, 1.0, 1.0, 0.0, 0.0};
    guint32 row[] = {0, 1, 2, 3, 4, 5};
    double value[6];
    ErrataBoostColumn column = {code, 2, TRUE};
    ErrataBoostParams params = errata_boost_params(ERRATA_BOOST_SQUARED, 0, 0);
    g_autoptr(ErrataBoost) boost = NULL;

    g_test_summary("Missing goes with the side it resembles, here the lower one");
    params.depth = 1;
    params.halvings = 0;
    params.min_hessian = 1.0;
    boost = errata_boost_train(&column, 1, row, 6, target, &params);
    errata_boost_predict(boost, &column, row, 6, value);
    g_assert_cmpfloat_with_epsilon(value[4], value[0], 1e-12);
    g_assert_cmpfloat(value[2], >, 0.9);
    g_assert_cmpfloat(value[4], <, 0.1);
}

/* codes that training never saw follow the nearest that it saw, whatever the depth */
static void
test_boost_between(void)
{
    enum {
        CODES = 64
    };
    guint8 code[CODES];
    double target[CODES], value[CODES];
    guint32 even[CODES / 2], all[CODES];
    ErrataBoostColumn column = {code, CODES, TRUE};
    ErrataBoostParams params = errata_boost_params(ERRATA_BOOST_SQUARED, 0, 0);
    g_autoptr(ErrataBoost) boost = NULL;

    for (guint i = 0; i < CODES; i++) {
        code[i] = (guint8)i;
        target[i] = i;
        all[i] = i;
        if (i % 2 == 0)
            even[i / 2] = i;
    }
    params.rounds = 60;
    params.halvings = 0;
    boost = errata_boost_train(&column, 1, even, CODES / 2, target, &params);
    errata_boost_predict(boost, &column, all, CODES, value);
    for (guint i = 1; i + 1 < CODES; i += 2) {
        g_assert_cmpfloat(value[i], >=, value[i - 1] - 1e-9);
        g_assert_cmpfloat(value[i], <=, value[i + 1] + 1e-9);
    }
}

static void
test_boost_logistic(void)
{
    Table table;
    g_autofree double *value = NULL;
    g_autofree double *truth = NULL;
    g_autoptr(ErrataBoost) boost = NULL;
    ErrataBoostParams params = errata_boost_params(ERRATA_BOOST_LOGISTIC, 0, 3);
    double worst = 0.0;

    g_test_summary("Recovers P(y) = σ(x0 − 3.5 + 2·[x1 ∈ {1, 4}]) from 40,000 rows");
    test_boost_table(&table, 40000);
    truth = g_new(double, table.n);
    for (gsize i = 0; i < table.n; i++) {
        ErrataRng rng = errata_rng_init(9, 1, i);
        double margin = (double)table.code[0][i] - 3.5 +
                        (table.code[1][i] == 1 || table.code[1][i] == 4 ? 2.0 : 0.0);

        truth[i] = 1.0 / (1.0 + exp(-margin));
        table.target[i] = errata_rng_uniform(&rng) < truth[i] ? 1.0 : 0.0;
    }
    boost = errata_boost_train(table.columns, 3, table.row, table.n, table.target, &params);
    value = g_new(double, table.n);
    errata_boost_predict(boost, table.columns, table.row, table.n, value);
    for (gsize i = 0; i < table.n; i++)
        worst += fabs(value[i] - truth[i]) / (double)table.n;
    g_assert_cmpfloat(worst, <, 0.02);
    g_assert_cmpfloat(errata_boost_gain(boost)[2] * 20.0, <, errata_boost_gain(boost)[0]);
    test_boost_table_clear(&table);
}

static void
test_boost_softmax(void)
{
    Table table;
    g_autofree double *value = NULL;
    g_autoptr(ErrataBoost) boost = NULL;
    ErrataBoostParams params = errata_boost_params(ERRATA_BOOST_SOFTMAX, 3, 3);
    gsize hits = 0;

    g_test_summary("Three classes by x1 modulo 3: found, and probabilities sum to 1");
    test_boost_table(&table, 5000);
    for (gsize i = 0; i < table.n; i++)
        table.target[i] = (double)(table.code[1][i] % 3);
    boost = errata_boost_train(table.columns, 3, table.row, table.n, table.target, &params);
    g_assert_cmpuint(errata_boost_n_outputs(boost), ==, 3);
    value = g_new(double, table.n * 3);
    errata_boost_predict(boost, table.columns, table.row, table.n, value);
    for (gsize i = 0; i < table.n; i++) {
        const double *p = value + 3 * i;

        g_assert_cmpfloat_with_epsilon(p[0] + p[1] + p[2], 1.0, 1e-12);
        hits += p[table.code[1][i] % 3] > 0.9 ? 1 : 0;
    }
    g_assert_cmpuint(hits, ==, table.n);
    test_boost_table_clear(&table);
}

static void
test_boost_threads(void)
{
    Table table;
    double *value[2];

    g_test_summary("The thread count never changes a byte");
    test_boost_table(&table, 70000);
    for (gsize i = 0; i < table.n; i++)
        table.target[i] = (double)(table.code[0][i] * table.code[1][i]) * 0.1;
    for (guint run = 0; run < 2; run++) {
        ErrataBoostParams params = errata_boost_params(ERRATA_BOOST_SQUARED, 0, 5);
        g_autoptr(ErrataBoost) boost = NULL;

        params.rounds = 10;
        errata_parallel_set_threads(run == 0 ? 1 : 3);
        boost = errata_boost_train(table.columns, 3, table.row, table.n, table.target, &params);
        value[run] = g_new(double, table.n);
        errata_boost_predict(boost, table.columns, table.row, table.n, value[run]);
    }
    errata_parallel_set_threads(1);
    g_assert_true(memcmp(value[0], value[1], table.n * sizeof(double)) == 0);
    g_free(value[0]);
    g_free(value[1]);
    test_boost_table_clear(&table);
}

static void
test_boost_constant(void)
{
    double target[] = {1.0, 0.0, 1.0, 1.0};
    guint32 row[] = {0, 1, 2, 3};
    double value[4];
    ErrataBoostParams params = errata_boost_params(ERRATA_BOOST_LOGISTIC, 0, 0);
    g_autoptr(ErrataBoost) boost = errata_boost_train(NULL, 0, row, 4, target, &params);

    g_test_summary("Without columns: the rate, with half a row added to each class");
    errata_boost_predict(boost, NULL, row, 4, value);
    g_assert_cmpfloat_with_epsilon(value[3], 3.5 / 5.0, 1e-12);
}

/* as additive trees: the same margins, rows counted, missing values where the codes send them */
static void
test_boost_as_trees(void)
{
    static const ErrataBoostLoss losses[] = {ERRATA_BOOST_SQUARED,
                                             ERRATA_BOOST_LOGISTIC,
                                             ERRATA_BOOST_SOFTMAX};
    Table table;

    test_boost_table(&table, 3000);
    for (guint l = 0; l < G_N_ELEMENTS(losses); l++) {
        ErrataBoostParams params = errata_boost_params(losses[l], 3, 5);
        guint n_outputs = losses[l] == ERRATA_BOOST_SOFTMAX ? 3 : 1;
        g_autoptr(ErrataBoost) boost = NULL;
        g_autoptr(ErrataTrees) trees = NULL;
        g_autoptr(GError) error = NULL;
        g_autofree double *value = g_new(double, table.n *n_outputs);

        for (gsize i = 0; i < table.n; i++) {
            guint class = (table.code[0][i] + table.code[1][i] * 2U) / 7U;

            table.target[i] = losses[l] == ERRATA_BOOST_SQUARED    ? table.code[0][i] * 3.0
                              : losses[l] == ERRATA_BOOST_LOGISTIC ? class % 2U
                                                                   : class;
            if (table.code[2][i] == ERRATA_BOOST_MISSING && losses[l] == ERRATA_BOOST_SQUARED)
                table.target[i] -= 5.0;
        }
        params.rounds = 12;
        boost = errata_boost_train(table.columns, 3, table.row, table.n, table.target, &params);
        errata_boost_predict(boost, table.columns, table.row, table.n, value);
        trees = errata_boost_to_trees(boost, table.columns, table.row, table.n, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(trees->n_groups, ==, n_outputs);
        g_assert_cmpfloat_with_epsilon(trees->cover[0], (double)table.n, 1e-9);
        for (guint node = 0; node < trees->n_nodes; node++) {
            g_assert_cmpfloat(trees->cover[node], >, 0.0);
            if ((trees->flags[node] & ERRATA_NODE_LEAF) == 0)
                g_assert_cmpfloat_with_epsilon(trees->cover[node],
                                               trees->cover[node + 1] +
                                                   trees->cover[trees->right[node]],
                                               1e-9);
        }
        for (gsize i = 0; i < table.n; i++) {
            double row[3], margin[3];

            for (guint c = 0; c < 3; c++)
                row[c] = table.code[c][i] == ERRATA_BOOST_MISSING ? (double)NAN : table.code[c][i];
            errata_trees_exact_margin(trees, row, margin);
            errata_trees_apply_link(trees, margin);
            for (guint k = 0; k < n_outputs; k++)
                g_assert_cmpfloat_with_epsilon(margin[k], value[i * n_outputs + k], 1e-9);
        }
    }
    test_boost_table_clear(&table);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/boost/one-split", test_boost_one_split);
    g_test_add_func("/boost/missing-side", test_boost_missing_side);
    g_test_add_func("/boost/between", test_boost_between);
    g_test_add_func("/boost/logistic", test_boost_logistic);
    g_test_add_func("/boost/softmax", test_boost_softmax);
    g_test_add_func("/boost/threads", test_boost_threads);
    g_test_add_func("/boost/constant", test_boost_constant);
    g_test_add_func("/boost/as-trees", test_boost_as_trees);
    return g_test_run();
}
