/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trees: what the builder refuses, how rows walk, how leaves add up. */
#include <math.h>
#include <string.h>

#include "error.h"
#include "limit.h"
#include "model-builder.h"
#include "rng.h"
#include "trees-builder.h"

typedef struct {
    const char *name;
    gint64 left;
    gint64 right;
    gint64 feature;
    double threshold;
    double cover;
    const char *message;
} Bad;

static const Bad bads[] = {
    {"cycle", 0, 2, 0, 1.0, 4.0, "reached twice"},
    {"shared", 2, 2, 0, 1.0, 4.0, "reached twice"},
    {"child", 1, 3, 0, 1.0, 4.0, "out of range"},
    {"negative-child", -1, 2, 0, 1.0, 4.0, "out of range"},
    {"feature", 1, 2, 2, 1.0, 4.0, "feature"},
    {"threshold", 1, 2, 0, (double)NAN, 4.0, "threshold"},
    {"cover", 1, 2, 0, 1.0, -1.0, "cover"},
};

/* root: feature 0 < 1 → node 1, else node 2; leaves 10 and 20 */
static ErrataTreesBuilder *
one_split(gint64 left, gint64 right, gint64 feature, double threshold, double cover)
{
    ErrataTreesBuilder *builder = errata_trees_builder_new(2, 1, 1, TRUE);
    g_autoptr(GError) error = NULL;
    gboolean begun = errata_trees_builder_begin(builder, 3, 0, 1.0, &error);

    g_assert_no_error(error);
    g_assert_true(begun);
    errata_trees_builder_split(builder,
                               0,
                               left,
                               right,
                               feature,
                               threshold,
                               ERRATA_NODE_DEFAULT_LEFT);
    errata_trees_builder_leaf(builder, 1, &(double){10.0});
    errata_trees_builder_leaf(builder, 2, &(double){20.0});
    errata_trees_builder_cover(builder, 0, cover);
    return builder;
}

static void
test_trees_refuses(gconstpointer data)
{
    const Bad *bad = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataTreesBuilder) builder =
        one_split(bad->left, bad->right, bad->feature, bad->threshold, bad->cover);

    g_assert_false(errata_trees_builder_end(builder, &error));
    g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA);
    g_assert_nonnull(strstr(error->message, bad->message));
    g_assert_nonnull(strstr(error->message, "tree 0, node"));
}

static void
test_trees_walks(void)
{
    g_autoptr(ErrataTreesBuilder) builder = one_split(1, 2, 0, 1.0, 4.0);
    g_autoptr(ErrataTrees) trees = NULL;
    g_autoptr(GError) error = NULL;
    double margin;

    g_assert_true(errata_trees_builder_end(builder, &error));
    g_assert_no_error(error);
    /* second tree: codes 1 and 40 of feature 1 left, `<=` nothing; vector weight 0.5 */
    g_assert_true(errata_trees_builder_begin(builder, 3, 0, 0.5, &error));
    errata_trees_builder_split(builder, 0, 2, 1, 1, 0.0, 0);
    errata_trees_builder_codes(builder, 0, (guint32[]){1, 40}, 2);
    errata_trees_builder_leaf(builder, 1, &(double){4.0});
    errata_trees_builder_leaf(builder, 2, &(double){8.0});
    g_assert_true(errata_trees_builder_end(builder, &error));
    trees = errata_trees_builder_finish(builder);
    trees->base[0] = 0.25;
    errata_trees_margin(trees, (double[]){0.5, 40.0}, &margin);
    g_assert_cmpfloat_with_epsilon(margin, 0.25 + 10.0 + 0.5 * 8.0, 1e-15);
    errata_trees_margin(trees, (double[]){1.0, 64.0}, &margin);
    g_assert_cmpfloat_with_epsilon(margin, 0.25 + 20.0 + 0.5 * 4.0, 1e-15);
    errata_trees_margin(trees, (double[]){(double)NAN, (double)NAN}, &margin);
    g_assert_cmpfloat_with_epsilon(margin, 0.25 + 10.0 + 0.5 * 4.0, 1e-15);
    trees->average = TRUE;
    errata_trees_margin(trees, (double[]){1.0, -1.0}, &margin);
    g_assert_cmpfloat_with_epsilon(margin, 0.25 + (20.0 + 0.5 * 4.0) / 2.0, 1e-15);
}

/* sets that are told by few codes and span millions: refused before they fill the memory */
static void
test_trees_wide_sets(void)
{
    g_autoptr(ErrataTreesBuilder) builder = errata_trees_builder_new(1, 1, 1, FALSE);
    g_autoptr(GError) error = NULL;
    guint n = 0;

    for (gboolean ok = TRUE; ok && n < 200; n += ok ? 1 : 0) {
        g_assert_true(errata_trees_builder_begin(builder, 3, 0, 1.0, &error));
        errata_trees_builder_split(builder, 0, 1, 2, 0, 0.0, 0);
        errata_trees_builder_codes(builder, 0, (guint32[]){(1U << 24) - 1}, 1);
        errata_trees_builder_leaf(builder, 1, &(double){1.0});
        errata_trees_builder_leaf(builder, 2, &(double){2.0});
        ok = errata_trees_builder_end(builder, &error);
    }
    g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_LIMIT);
    g_assert_nonnull(strstr(error->message, "categories"));
    g_assert_cmpuint(n, ==, ERRATA_LIMIT_TREE_WORDS / ((1U << 24) / 32) - 1);
}

#define MANY_FEATURES 5
#define MANY_ROWS     71 /* not whole lanes */

/* whole numbers now and then, infinities and missing values among them */
static double
many_value(ErrataRng *rng)
{
    guint64 kind = errata_rng_below(rng, 12);

    if (kind == 0)
        return (double)NAN;
    if (kind == 1)
        return errata_rng_below(rng, 2) == 0 ? (double)INFINITY : -(double)INFINITY;
    if (kind < 6)
        return (double)errata_rng_below(rng, 7) - 3.0;
    return errata_rng_uniform(rng) * 8.0 - 4.0;
}

/* a full tree of depth @depth, of any tests; @plain: of thresholds alone */
static void
many_tree(ErrataTreesBuilder *builder, guint depth, guint width, gboolean plain, ErrataRng *rng)
{
    gint64 n_inner = (1 << depth) - 1;
    g_autoptr(GError) error = NULL;

    g_assert_true(errata_trees_builder_begin(builder,
                                             2 * n_inner + 1,
                                             width > 1 ? 0 : (gint64)errata_rng_below(rng, 2),
                                             0.7,
                                             &error));
    for (gint64 node = 0; node < n_inner; node++) {
        guint flags = (guint)errata_rng_below(rng, plain ? 64 : 128) &
                      (ERRATA_NODE_EQUAL_LEFT | ERRATA_NODE_DEFAULT_LEFT | ERRATA_NODE_NAN_IS_ZERO |
                       ERRATA_NODE_ZERO_MISSING);

        errata_trees_builder_split(builder,
                                   node,
                                   2 * node + 1,
                                   2 * node + 2,
                                   (gint64)errata_rng_below(rng, MANY_FEATURES),
                                   (double)errata_rng_below(rng, 7) - 3.0,
                                   flags);
        if (!plain && errata_rng_below(rng, 4) == 0)
            errata_trees_builder_codes(builder, node, (guint32[]){1, 2}, 2);
    }
    for (gint64 node = n_inner; node <= 2 * n_inner; node++)
        errata_trees_builder_leaf(
            builder,
            node,
            (double[]){errata_rng_uniform(rng) - 0.5, errata_rng_uniform(rng) - 0.5});
    g_assert_true(errata_trees_builder_end(builder, &error));
    g_assert_no_error(error);
}

/* many rows at once give the same bits as each alone */
static void
test_trees_many(void)
{
    for (guint64 turn = 0; turn < 64; turn++) {
        ErrataRng rng = errata_rng_init(7, 1, turn);
        guint width = (turn & 1) != 0 ? 2 : 1;
        g_autoptr(ErrataTreesBuilder) builder =
            errata_trees_builder_new(MANY_FEATURES, 2, width, TRUE);
        g_autoptr(ErrataTrees) trees = NULL;
        double row[MANY_ROWS * (MANY_FEATURES + 1)];
        double want[2], got[MANY_ROWS * 2];

        for (guint tree = 0; tree < 9; tree++)
            many_tree(builder, tree % 8, width, (turn & 2) != 0, &rng);
        trees = errata_trees_builder_finish(builder);
        trees->base[0] = 0.1;
        trees->base[1] = -0.3;
        trees->sum_float = (turn & 4) != 0;
        trees->cast_float = (turn & 8) != 0;
        trees->average = (turn & 48) == 48;
        for (guint i = 0; i < G_N_ELEMENTS(row); i++)
            row[i] = many_value(&rng);
        errata_trees_margins(trees, row, MANY_FEATURES + 1, MANY_ROWS, got);
        for (guint i = 0; i < MANY_ROWS; i++) {
            errata_trees_margin(trees, row + i * (MANY_FEATURES + 1), want);
            g_assert_cmpmem(got + 2 * i, sizeof want, want, sizeof want);
        }
        errata_trees_exact_margins(trees, row, MANY_FEATURES + 1, MANY_ROWS, got);
        for (guint i = 0; i < MANY_ROWS; i++) {
            errata_trees_exact_margin(trees, row + i * (MANY_FEATURES + 1), want);
            g_assert_cmpmem(got + 2 * i, sizeof want, want, sizeof want);
        }
    }
}

static void
test_trees_model(void)
{
    g_autoptr(ErrataModelBuilder) builder = errata_model_builder_new("test", "Test");
    g_autoptr(ErrataModel) model = NULL;
    g_autoptr(GError) error = NULL;

    errata_model_builder_add_input(builder, "a", ERRATA_MODEL_NUMBER, NULL);
    errata_model_builder_add_input(builder, "a", ERRATA_MODEL_NUMBER, NULL);
    model = errata_model_builder_finish(builder, &error);
    g_assert_null(model);
    g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(bads); i++) {
        g_autofree char *path = g_strdup_printf("/trees/refuses/%s", bads[i].name);

        g_test_add_data_func(path, &bads[i], test_trees_refuses);
    }
    g_test_add_func("/trees/walks", test_trees_walks);
    g_test_add_func("/trees/wide-sets", test_trees_wide_sets);
    g_test_add_func("/trees/many", test_trees_many);
    g_test_add_func("/trees/model", test_trees_model);
    return g_test_run();
}
