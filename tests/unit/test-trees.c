/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trees: what the builder refuses, how rows walk, how leaves add up. */
#include <math.h>
#include <string.h>

#include "error.h"
#include "model-builder.h"
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
    g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(bads); i++) {
        g_autofree char *path = g_strdup_printf("/trees/refuses/%s", bads[i].name);

        g_test_add_data_func(path, &bads[i], test_trees_refuses);
    }
    g_test_add_func("/trees/walks", test_trees_walks);
    g_test_add_func("/trees/model", test_trees_model);
    return g_test_run();
}
