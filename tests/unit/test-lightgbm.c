/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is broken in a LightGBM model is refused where it stands; nothing of it is read as something
 * else. The numbers of models that are whole are compared in tests/conformance. */
#include <string.h>
#include <time.h>

#include "datum.h"
#include "error.h"
#include "limit.h"
#include "model-format.h"
#include "model-json.h"
#include "plugin.h"

extern const ErrataPlugin errata_plugin_lightgbm;

#define TREE                                                                             \
    "Tree=0\nnum_leaves=2\nnum_cat=0\nsplit_feature=0\nthreshold=0.5\ndecision_type=2\n" \
    "left_child=-1\nright_child=-2\nleaf_value=1 2\nleaf_count=3 4\ninternal_count=7\n\n"
#define MODEL                                                                         \
    "tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\n"        \
    "max_feature_idx=0\nobjective=regression\nfeature_names=x\nfeature_infos=[0:1]\n" \
    "tree_sizes=150 150\n\n" TREE TREE "end of trees\n"

static ErrataModel *
load(const char *text, gsize size, GError **error)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, size);
    g_autoptr(ErrataModelParts) parts = errata_model_parts_new("model.txt");

    errata_model_parts_add(parts, "model.txt", bytes, size);
    return errata_plugin_lightgbm.models[0]->load(parts, error);
}

/* the model with @old, wherever it stands, written as @with */
static ErrataModel *
load_with(const char *old, const char *with, GError **error)
{
    g_autoptr(GString) text = g_string_new(MODEL);

    g_assert_cmpuint(g_string_replace(text, old, with, 0), >, 0);
    return load(text->str, text->len, error);
}

static void
check_refused(const char *old, const char *with, const char *words)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = load_with(old, with, &error);

    g_assert_null(model);
    if (strstr(error->message, words) == NULL)
        g_error("expected “%s”, found “%s”", words, error->message);
}

static void
test_whole(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = load(MODEL, strlen(MODEL), &error);

    g_assert_no_error(error);
    g_assert_cmpuint(model->trees->n_trees, ==, 2);
    g_assert_nonnull(model->trees->cover);
}

static void
test_truncated(void)
{
    const char *second = strstr(strstr(MODEL, "Tree=0") + 1, "Tree=0");
    gsize size = (gsize)(second - MODEL);
    g_autofree char *zero = g_strdup(MODEL);
    g_autoptr(GError) cut_error = NULL;
    g_autoptr(GError) zero_error = NULL;
    g_autoptr(ErrataModel) cut = load(MODEL, size, &cut_error);
    g_autoptr(ErrataModel) none = NULL;

    g_assert_null(cut);
    g_assert_nonnull(strstr(cut_error->message, "tree_sizes lists 2 trees, the file holds 1"));
    zero[size] = '\0';
    none = load(zero, strlen(MODEL), &zero_error);
    g_assert_null(none);
    g_assert_nonnull(strstr(zero_error->message, "found a byte of 0"));
}

static void
test_refused(void)
{
    check_refused("split_feature=0", "split_feature=0.7", "split_feature: expected whole numbers");
    check_refused("left_child=-1", "left_child=-1.5", "left_child: expected whole numbers");
    check_refused("leaf_count=3 4", "leaf_count=3", "leaf_count: expected 2 numbers");
    check_refused("leaf_count=3 4\n", "", "leaf_count is absent");
    check_refused("leaf_count=3 4", "leaf_count=3 -4", "its cover is negative");
    check_refused("num_cat=0", "num_cat=-5", "num_cat: expected a count");
    check_refused("num_cat=0", "num_cat=x", "num_cat: expected a count");
    check_refused("threshold=0.5", "threshold=0.5\nthreshold=0.7", "stands twice");
    check_refused("num_class=1", "num_class=1\nnum_class=2", "stands twice");
    check_refused("regression", "binary sigmoid:0", "is no slope");
    check_refused("leaf_value",
                  "is_linear=1\nleaf_const=1 1\nnum_features=-1 1\nleaf_features=0\n"
                  "leaf_coeff=1\nleaf_value",
                  "leaf 0 is linear in -1 of 1 features");
    check_refused("num_cat=0\nsplit_feature=0\nthreshold=0.5\ndecision_type=2",
                  "num_cat=1\nsplit_feature=0\nthreshold=0.5\ndecision_type=1\n"
                  "cat_boundaries=0 1\ncat_threshold=1",
                  "names set 0.5");
    check_refused("end of trees\n",
                  "end of trees\n\nparameters:\n[boosting: gbdt]\n",
                  "its parameters do not end");
    check_refused("end of trees\n",
                  "end of trees\n\npandas_categorical:[[\"a\", \"b",
                  "pandas_categorical: byte");
}

/* nothing tells how many rows a node was trained on: attribution must not take it for one row
 * each */
static void
test_no_counts(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = load_with("leaf_count=3 4\ninternal_count=7\n", "", &error);

    g_assert_no_error(error);
    g_assert_null(model->trees->cover);
}

static void
append_numbers(GString *text, const char *key, guint n, const char *each)
{
    g_string_append(text, key);
    for (guint i = 0; i < n; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? " " : "", each);
    g_string_append_c(text, '\n');
}

/* a set of categories that split after split names again: what is copied is bounded */
static void
test_shared_set(void)
{
    const guint n_words = 1U << 20;
    const guint n_splits = ERRATA_LIMIT_TREE_WORDS / n_words + 8;
    g_autoptr(GString) text = g_string_new(MODEL);
    g_autoptr(GString) tree = g_string_new("Tree=0\nnum_cat=1\n");
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = NULL;

    g_string_append_printf(tree, "num_leaves=%u\ncat_boundaries=0 %u\n", n_splits + 1, n_words);
    append_numbers(tree, "cat_threshold=", n_words, "1");
    append_numbers(tree, "split_feature=", n_splits, "0");
    append_numbers(tree, "threshold=", n_splits, "0");
    append_numbers(tree, "decision_type=", n_splits, "1");
    append_numbers(tree, "left_child=", n_splits, "-1");
    append_numbers(tree, "right_child=", n_splits, "-2");
    append_numbers(tree, "leaf_value=", n_splits + 1, "1");
    g_string_append_c(tree, '\n');
    g_string_replace(text, TREE, tree->str, 0);
    model = load(text->str, text->len, &error);
    g_assert_null(model);
    g_assert_nonnull(strstr(error->message, "words of sets"));
}

/* processor seconds to load a model with @n inputs; names are of one hash (of g_str_hash, in which
 * “Bz” is “CY”) if @alike */
static double
load_names(guint n, gboolean alike)
{
    g_autoptr(GString) names = g_string_new("feature_names=");
    g_autofree char *last = g_strdup_printf("max_feature_idx=%u", n - 1);
    g_autoptr(GString) text = g_string_new(MODEL);
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = NULL;
    clock_t begin;

    for (guint i = 0; i < n; i++) {
        g_string_append(names, i > 0 ? " " : "");
        for (guint bit = 0; bit < 17; bit++)
            g_string_append(names, (i >> bit & 1) != 0 ? (alike ? "CY" : "CZ") : "Bz");
    }
    g_string_replace(text, "feature_names=x", names->str, 0);
    g_string_replace(text, "max_feature_idx=0", last, 0);
    begin = clock();
    model = load(text->str, text->len, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(model->inputs->len, ==, n);
    return (double)(clock() - begin) / CLOCKS_PER_SEC;
}

static void
test_one_hash(void)
{
    double others = load_names(30000, FALSE);

    g_test_summary("Very many names of one hash cost no more than others");
    g_assert_cmpfloat(load_names(30000, TRUE), <, 10.0 * others + 0.5); /* 5 s by g_str_hash */
}

/* members of the list of that name */
static guint
count_listed(const char *json, const char *list, double *ret_told)
{
    g_autofree char *told = g_strconcat("n_", list, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataDatumTree) document = errata_datum_parse_json(json, strlen(json), &error);
    const ErrataDatum *model;

    g_assert_no_error(error);
    model = errata_datum_get(errata_datum_tree_root(document), "model");
    *ret_told = errata_datum_number(model, told);
    return (guint)errata_datum_get(model, list)->n;
}

/* a model of more inputs than a log has columns: not all are listed, how many there are is told */
static void
test_listed(void)
{
    const guint n = ERRATA_LIMIT_COLUMNS + 100;
    g_autoptr(GString) names = g_string_new("feature_names=x");
    g_autofree char *last = g_strdup_printf("max_feature_idx=%u", n - 1);
    g_autoptr(GString) text = g_string_new(MODEL);
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = NULL;
    g_autofree char *full = NULL;
    g_autofree char *brief = NULL;
    double told;

    for (guint i = 1; i < n; i++)
        g_string_append_printf(names, " x%u", i);
    g_string_replace(text, "feature_names=x", names->str, 0);
    g_string_replace(text, "max_feature_idx=0", last, 0);
    model = load(text->str, text->len, &error);
    g_assert_no_error(error);
    full = errata_model_to_json(model, "m", NULL, text->len, none);
    g_assert_cmpuint(count_listed(full, "inputs", &told), ==, ERRATA_LIMIT_COLUMNS);
    g_assert_cmpuint((guint)told, ==, n);
    brief = errata_model_to_brief_json(model, "m", NULL, text->len, none);
    g_assert_cmpuint(count_listed(brief, "inputs", &told), ==, ERRATA_MODEL_JSON_BRIEF);
    g_assert_cmpuint((guint)told, ==, n);
    g_assert_cmpuint(count_listed(brief, "outputs", &told), ==, 2);
    g_assert_cmpuint((guint)told, ==, 2);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/lightgbm/whole", test_whole);
    g_test_add_func("/lightgbm/truncated", test_truncated);
    g_test_add_func("/lightgbm/refused", test_refused);
    g_test_add_func("/lightgbm/no-counts", test_no_counts);
    g_test_add_func("/lightgbm/one-hash", test_one_hash);
    g_test_add_func("/lightgbm/listed", test_listed);
    g_test_add_func("/lightgbm/shared-set", test_shared_set);
    return g_test_run();
}
