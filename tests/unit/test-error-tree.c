/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "error-tree.h"
#include "synth-log.h"

static void
test_error_tree_planted(void)
{
    Log log;
    g_autoptr(GError) error = NULL;
    const ErrataFigure *tree;
    const ErrataFigure *map;
    double sum = 0.0;
    gboolean found = FALSE;

    g_test_summary("The planted conjunction is a leaf; its rate and the counts are right");
    log_init(&log, 20000, 5);
    log_fill_noise(&log);
    log_plant(&log);
    log_finish(&log);
    g_assert_null(errata_analyzer_error_tree.why_not(&log.analysis));
    g_assert_true(errata_analyzer_error_tree.run(&log.analysis, &error));
    g_assert_no_error(error);
    tree = log.analysis.result->performance.error_tree;
    g_assert_nonnull(tree);
    g_assert_cmpstr(tree->nodes[0].label, ==, "all predictions");
    g_assert_cmpfloat_with_epsilon(tree->nodes[0].coverage, 1.0, 1e-12);
    for (guint i = 0; i < tree->n_nodes; i++) {
        const ErrataNode *node = &tree->nodes[i];

        g_assert_nonnull(node->label);
        if (node->left >= 0) {
            g_assert_cmpfloat_with_epsilon(tree->nodes[node->left].n + tree->nodes[node->right].n,
                                           node->n,
                                           1e-9);
            continue;
        }
        sum += node->coverage;
        g_assert_true(node->lo <= node->value && node->value <= node->hi);
        found = found || (node->value > 0.5 && node->coverage > 0.15);
    }
    g_assert_cmpfloat_with_epsilon(sum, 1.0, 1e-9);
    g_assert_true(found);
    map = log.analysis.result->performance.heat_map;
    g_assert_nonnull(map);
    g_assert_cmpuint(map->n_rows, <=, 8);
    g_assert_cmpuint(map->n_columns, <=, 8);
    g_assert_cmpuint(g_strv_length(map->rows), ==, map->n_rows);
    g_assert_cmpuint(g_strv_length(map->columns), ==, map->n_columns);
    for (guint i = 0; i < map->n_rows * map->n_columns; i++)
        g_assert_true(isnan(map->cells[i]) == (map->cell_counts[i] < 30.0));
    log_clear(&log);
}

static void
test_error_tree_by_hand(void)
{
    Log log;
    g_autoptr(SlicesTable) table = NULL;
    g_autofree double *loss = NULL;
    g_autofree ErrorTree *tree = g_new0(ErrorTree, 1);

    g_test_summary(
        "x is 0 or 1 and alone decides: one split, pure leaves, missing with the errors");
    log_init(&log, 3000, 1);
    log_add_number(&log, "x", 2, NULL);
    log_add_category(&log, "c", "u v w", 3);
    for (gsize i = 0; i < log.n; i++) {
        double x = log.frame->columns[0]->f64[i];

        log_set_error(&log, i, i % 2 == 0 ? 0.9 : 0.1, isnan(x) || x > 0.5);
    }
    log_finish(&log);
    table = errata_slices_table_new(&log.analysis);
    loss = g_new(double, table->discovery.n_rows);
    for (gsize i = 0; i < table->discovery.n_rows; i++)
        loss[i] = log.outcome.loss[table->discovery.row[i]];
    errata_error_tree_grow(table, loss, tree);
    g_assert_cmpuint(tree->n_nodes, ==, 3);
    for (guint i = 1; i < 3; i++) {
        double rate = tree->node[i].sum / tree->node[i].n;

        g_assert_true(rate < 1e-12 || rate > 1.0 - 1e-12);
    }
    for (gsize row = 0; row < log.n; row++) {
        const ErrorTreeNode *leaf = &tree->node[errata_error_tree_leaf(table, tree, row)];

        g_assert_cmpfloat_with_epsilon(leaf->sum / leaf->n, log.outcome.loss[row], 1e-12);
    }
    log_clear(&log);
}

/* a side of the map has no place that is blank throughout, and whole numbers are told as such */
static void
test_error_tree_map(void)
{
    Log log;
    g_autoptr(GError) error = NULL;
    ErrataColumn *calls = NULL;
    const ErrataFigure *map;
    gboolean alone = FALSE;

    log_init(&log, 6000, 7);
    log_add_number(&log, "calls", 4, NULL);
    log_add_category(&log, "plan", "u v w", 3);
    calls = log.frame->columns[0];
    calls->type = ERRATA_COLUMN_I64;
    g_clear_pointer(&calls->valid, g_free);
    calls->n_missing = 0;
    for (gsize i = 0; i < log.n; i++) {
        gint64 n = (gint64)g_bit_nth_lsf((gulong)(i + 1),
                                         -1); /* half as often from each to the next */

        calls->i64[i] = n;
        log_set_error(&log, i, 0.7, n >= 1 && log.frame->columns[1]->code[i] == 0);
    }
    log_finish(&log);
    g_assert_true(errata_analyzer_error_tree.run(&log.analysis, &error));
    g_assert_no_error(error);
    map = log.analysis.result->performance.heat_map;
    g_assert_nonnull(map);
    for (guint r = 0; r < map->n_rows; r++) {
        guint n_told = 0;

        for (guint c = 0; c < map->n_columns; c++)
            n_told += isnan(map->cells[r * map->n_columns + c]) ? 0 : 1;
        g_assert_cmpuint(n_told, >, 0);
        g_assert_cmpstr(map->rows[r], !=, "1 to 2");
        alone |= g_str_equal(map->rows[r], "1");
    }
    for (guint c = 0; c < map->n_columns; c++) {
        guint n_told = 0;

        for (guint r = 0; r < map->n_rows; r++)
            n_told += isnan(map->cells[r * map->n_columns + c]) ? 0 : 1;
        g_assert_cmpuint(n_told, >, 0);
        alone |= g_str_equal(map->columns[c], "1");
    }
    g_assert_true(alone);
    log_clear(&log);
}

static void
test_error_tree_noise(void)
{
    guint n_trees = 0;

    g_test_summary("Where no column tells anything, nothing is split");
    for (guint64 seed = 0; seed < 10; seed++) {
        Log log;

        log_init(&log, 5000, 300 + seed);
        log_fill_noise(&log);
        log_finish(&log);
        g_assert_true(errata_analyzer_error_tree.run(&log.analysis, NULL));
        n_trees += log.analysis.result->performance.error_tree != NULL;
        log_clear(&log);
    }
    g_assert_cmpuint(n_trees, <=, 3);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/error-tree/planted", test_error_tree_planted);
    g_test_add_func("/error-tree/by-hand", test_error_tree_by_hand);
    g_test_add_func("/error-tree/map", test_error_tree_map);
    g_test_add_func("/error-tree/noise", test_error_tree_noise);
    return g_test_run();
}
