/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>
#include <time.h>

#include "error.h"
#include "model-format.h"
#include "plugin.h"

extern const ErrataPlugin errata_plugin_catboost;

/* x is a number, town a category by hash; the first split is bit 0 of a leaf's number */
#define FEATURES(treatment)                                                                 \
    "\"features_info\":{\"float_features\":[{\"feature_index\":0,\"flat_feature_index\":0," \
    "\"feature_name\":\"x\",\"has_nans\":true,\"nan_value_treatment\":\"" treatment "\","   \
    "\"borders\":[0.1,2]}],\"categorical_features\":[{\"feature_index\":0,"                 \
    "\"flat_feature_index\":1,\"feature_name\":\"town\",\"values\":[-2019910086,593172586]}]}"
#define TREE                                                                        \
    "{\"leaf_values\":[1,2,3,4],\"leaf_weights\":[5,6,7,8],\"splits\":["            \
    "{\"split_type\":\"FloatFeature\",\"float_feature_index\":0,\"border\":0.1,"    \
    "\"split_index\":0},{\"split_type\":\"OneHotFeature\",\"cat_feature_index\":0," \
    "\"value\":-2019910086,\"split_index\":2}]}"

static void
assert_is(double got, double wanted)
{
    g_assert_cmpfloat_with_epsilon(got, wanted, 1e-300);
}

static ErrataModel *
load(const char *text, GError **error)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    g_autoptr(ErrataModelParts) parts = errata_model_parts_new("model.json");

    errata_model_parts_add(parts, "model.json", bytes, strlen(text));
    g_assert_cmpuint(
        errata_plugin_catboost.models[0]->sniff((const guint8 *)text, strlen(text), "m"),
        >=,
        85);
    return errata_plugin_catboost.models[0]->load(parts, error);
}

/* all outputs of one row */
static void
score(const ErrataModel *model, double x, const char *town, double *ret)
{
    double code = (double)NAN;
    const double *numbers[] = {&x, &code};
    const char *const *texts[] = {NULL, &town};
    double *to[16] = {NULL};
    const char **to_text[16] = {NULL};
    ErrataModelRows rows = {1, numbers, texts};
    ErrataModelScores scores = {1, to, to_text, NULL};
    g_autoptr(GError) error = NULL;

    if (model->inputs->len > 1 && errata_model_input(model, 1)->type == ERRATA_MODEL_CATEGORY)
        for (guint c = 0; c < errata_model_input(model, 1)->n_categories; c++)
            if (g_strcmp0(errata_model_input(model, 1)->categories[c], town) == 0)
                code = c;
    if (model->inputs->len > 1 && isnan(code))
        code = ERRATA_MODEL_UNSEEN;
    for (guint o = 0; o < model->outputs->len; o++)
        to[o] = &ret[o];
    g_assert_true(model->klass->predict(model, model->body, &rows, &scores, &error));
    g_assert_no_error(error);
}

static void
test_hashes(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = load("{" FEATURES("AsIs") ",\"oblivious_trees\":[" TREE
                                                             "],\"scale_and_bias\":[2,[10]]}",
                                        &error);
    double got[2];

    g_assert_no_error(error);
    g_assert_cmpint(errata_model_input(model, 1)->type, ==, ERRATA_MODEL_TEXT);
    g_assert_null(model->trees);
    score(model, 0.0, "Ulm", got);
    assert_is(got[0], 10 + 2 * 1);
    score(model, 0.2, "Ulm", got);
    assert_is(got[0], 10 + 2 * 2);
    score(model, 0.0, "Married-civ-spouse", got);
    assert_is(got[0], 10 + 2 * 3);
    score(model, 0.2, "Married-civ-spouse", got);
    assert_is(got[0], 10 + 2 * 4);
    /* 0.1 is compared in single precision with itself, and is not greater */
    score(model, 0.1, NULL, got);
    assert_is(got[0], 10 + 2 * 1);
}

/* CatBoost's own hashes of these strings, of every length that is hashed in its own way */
static void
test_hash_lengths(void)
{
    static const struct {
        const char *text;
        const char *hash;
    } known[] = {
        {"3", "593172586"},
        {"alpha", "1296865003"},
        {"Female", "-2114564283"},
        {"0", "-1438285038"},
        {"?", "-1576664757"},
        {"Protective-serv", "-2075156126"},
        {"Amer-Indian-Eskimo", "-86031875"},
        {"Transport-moving", "-1903253868"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(known); i++) {
        g_autofree char *text = g_strdup_printf(
            "{\"features_info\":{\"float_features\":[{\"feature_index\":0,\"flat_feature_index\":"
            "0}],\"categorical_features\":[{\"feature_index\":0,\"flat_feature_index\":1}]},"
            "\"oblivious_trees\":[{\"leaf_values\":[0,1],\"splits\":[{\"split_type\":"
            "\"OneHotFeature\",\"cat_feature_index\":0,\"value\":%s}]}],"
            "\"scale_and_bias\":[1,[0]]}",
            known[i].hash);
        g_autoptr(GError) error = NULL;
        g_autoptr(ErrataModel) model = load(text, &error);
        double got[2];

        g_assert_no_error(error);
        score(model, 0, known[i].text, got);
        assert_is(got[0], 1);
        score(model, 0, "another", got);
        assert_is(got[0], 0);
    }
}

static void
test_named(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = g_strdup("{" FEATURES("AsTrue") ",\"oblivious_trees\":[" TREE
                                                            "],\"scale_and_bias\":[1,[0]]}");
    g_autofree char *found = g_strdup(strstr(text, ",\"oblivious"));
    g_autoptr(ErrataModel) model = NULL;
    double got[2];

    /* the strings of all hashes are told */
    *strstr(text, "}]},\"oblivious") = '\0';
    g_autofree char *full = g_strconcat(text,
                                        "}],\"cat_features_hash\":[{\"hash\":593172586,\"value\":"
                                        "\"3\"},{\"hash\":2275057210,\"value\":"
                                        "\"Married-civ-spouse\"}]}",
                                        found,
                                        NULL);
    model = load(full, &error);
    g_assert_no_error(error);
    g_assert_cmpint(errata_model_input(model, 1)->type, ==, ERRATA_MODEL_CATEGORY);
    g_assert_cmpuint(errata_model_input(model, 1)->n_categories, ==, 2);
    g_assert_nonnull(model->trees);
    assert_is(model->trees->cover[0], 26);
    score(model, (double)NAN, "3", got);
    assert_is(got[0], 2); /* NaN as true */
    score(model, -1, "Married-civ-spouse", got);
    assert_is(got[0], 3);
}

static void
test_missing(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = load("{" FEATURES("AsFalse") ",\"oblivious_trees\":[" TREE "]}",
                                        &error);
    double got[2];

    g_assert_no_error(error);
    score(model, (double)NAN, "x", got);
    assert_is(got[0], 1);
}

static void
test_multiclass(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model =
        load("{\"features_info\":{\"float_features\":[{\"feature_index\":0,\"flat_feature_index\":"
             "0,\"feature_id\":\"a\"}]},\"oblivious_trees\":[{\"leaf_values\":[0,1,2,3,0,1],"
             "\"splits\":[{\"split_type\":\"FloatFeature\",\"float_feature_index\":0,"
             "\"border\":0.5}]}],\"scale_and_bias\":[1,[0,0,0.5]],\"model_info\":{\"params\":{"
             "\"loss_function\":{\"type\":\"MultiClass\"}},\"class_params\":{\"class_names\":["
             "\"low\",\"mid\",\"high\"]}}}",
             &error);
    double got[7];
    double sum = exp(3) + exp(0) + exp(1.5);

    g_assert_no_error(error);
    g_assert_cmpstr(errata_model_output(model, 1)->name, ==, "margin_low");
    score(model, 1, NULL, got);
    assert_is(got[0], 0);
    g_assert_cmpfloat_with_epsilon(got[4], exp(3) / sum, 1e-15);
    g_assert_cmpfloat_with_epsilon(got[6], exp(1.5) / sum, 1e-15);
    score(model, 0, NULL, got);
    assert_is(got[0], 2);
    assert_is(got[3], 2.5);
}

static void
test_binary(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model =
        load("{\"features_info\":{\"float_features\":[{\"feature_index\":0,\"flat_feature_index\":"
             "0}]},\"trees\":[{\"split\":{\"split_type\":\"FloatFeature\",\"float_feature_index\":"
             "0,\"border\":1},\"left\":{\"value\":-1,\"weight\":3},\"right\":{\"split\":{"
             "\"split_type\":\"FloatFeature\",\"float_feature_index\":0,\"border\":2},\"left\":{"
             "\"value\":0.25,\"weight\":1},\"right\":{\"value\":2,\"weight\":2}}}],"
             "\"scale_and_bias\":[1,[0]],\"model_info\":{\"params\":"
             "\"{\\\"loss_function\\\":{\\\"type\\\":\\\"Logloss\\\"}}\"}}",
             &error);
    double got[4];

    g_assert_no_error(error);
    g_assert_true(model->unnamed);
    g_assert_cmpuint(model->trees->depth, ==, 2);
    assert_is(model->trees->cover[0], 6);
    score(model, 1.5, NULL, got);
    assert_is(got[0], 1);
    assert_is(got[1], 0.25);
    g_assert_cmpfloat_with_epsilon(got[3], 1 / (1 + exp(-0.25)), 1e-15);
    score(model, 1, NULL, got);
    assert_is(got[0], 0);
}

static void
check_refused(const char *text, const char *word)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = load(text, &error);

    g_assert_null(model);
    g_assert_nonnull(strstr(error->message, word));
}

static void
test_refused(void)
{
    check_refused("{\"features_info\":{\"categorical_features\":[{\"feature_index\":0,"
                  "\"flat_feature_index\":0,\"feature_name\":\"city\"}],\"ctrs\":[{\"elements\":[{"
                  "\"cat_feature_index\":0,\"combination_element\":\"cat_feature_value\"}]}]},"
                  "\"oblivious_trees\":[{\"leaf_values\":[0,1],\"splits\":[{\"split_type\":"
                  "\"OnlineCtr\",\"border\":0.5}]}]}",
                  "CTR of city");
    check_refused("{\"features_info\":{\"float_features\":[]},\"oblivious_trees\":[{"
                  "\"leaf_values\":[0,1],\"splits\":[{\"split_type\":\"FloatFeature\","
                  "\"float_feature_index\":7,\"border\":0.5}]}]}",
                  "feature 7");
    check_refused("{\"features_info\":{\"float_features\":[]},\"oblivious_trees\":[{"
                  "\"leaf_values\":[0,1,2],\"splits\":[]},{\"leaf_values\":[0],\"splits\":[]}]}",
                  "tree 1");
    check_refused("{\"features_info\":{\"float_features\":[{\"feature_index\":1e9,"
                  "\"flat_feature_index\":0}]},\"oblivious_trees\":[]}",
                  "index 1e+09");
    check_refused("{\"features_info\":{\"text_features\":[{}]},\"oblivious_trees\":[]}",
                  "text_features");
    check_refused("{\"features_info\":{}}", "expected the member oblivious_trees or trees");
}

/* what is said of weights, scale and nodes is right, or refused: never left out */
static void
test_not_left_out(void)
{
#define STUMP(rest)                                                                             \
    "{\"features_info\":{\"float_features\":[{\"feature_index\":0,\"flat_feature_index\":0}]}," \
    "\"oblivious_trees\":[{\"leaf_values\":[0,1],\"splits\":[{\"float_feature_index\":0,"       \
    "\"border\":0.5}]" rest "}"
#define NODE \
    "\"split\":{\"float_feature_index\":0,\"border\":0.5},\"left\":{\"value\":1,\"weight\":1}"
#define WALKED(node)                                                                            \
    "{\"features_info\":{\"float_features\":[{\"feature_index\":0,\"flat_feature_index\":0}]}," \
    "\"trees\":[{" node "}]}"
    check_refused(STUMP(",\"leaf_weights\":[1]}]"), "1 leaf weights for 1 splits");
    check_refused(STUMP(",\"leaf_weights\":[1,\"x\"]}]"), "leaf_weights: expected a list");
    check_refused(STUMP("}],\"scale_and_bias\":[1,[1e999]]"), "bias of output 0 is not finite");
    check_refused(STUMP("}],\"scale_and_bias\":[\"x\",[0]]"), "expected a scale");
    check_refused(WALKED(NODE ",\"right\":{\"value\":1,\"weight\":-1}"), "cover is negative");
    check_refused(WALKED(NODE ",\"right\":{\"value\":1},\"value\":3"), "both a value and a split");
    check_refused("{\"features_info\":{\"categorical_features\":[{\"feature_index\":0,"
                  "\"flat_feature_index\":0,\"values\":[1,\"x\"]}]},\"trees\":[]}",
                  "values: expected a list");
#undef STUMP
#undef NODE
#undef WALKED
}

/* a list of hashes as long as the list of strings it is looked up in */
static void
test_many_hashes(void)
{
    const guint n = 60000;
    g_autoptr(GString) text = g_string_new("{\"features_info\":{\"cat_features_hash\":[");
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = NULL;
    clock_t begin;

    for (guint i = 0; i < n; i++)
        g_string_append_printf(text, "%s{\"hash\":%u,\"value\":\"v%u\"}", i > 0 ? "," : "", i, i);
    g_string_append(text,
                    "],\"categorical_features\":[{\"feature_index\":0,\"flat_feature_index\":0,"
                    "\"values\":[");
    for (guint i = 0; i < n; i++)
        g_string_append_printf(text, "%s%u", i > 0 ? "," : "", i);
    g_string_append(text, "]}]},\"oblivious_trees\":[{\"leaf_values\":[1],\"splits\":[]}]}");
    begin = clock();
    model = load(text->str, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(errata_model_input(model, 0)->n_categories, ==, n);
    g_assert_cmpstr(errata_model_input(model, 0)->categories[n - 1], ==, "v59999");
    g_assert_cmpfloat((double)(clock() - begin) / CLOCKS_PER_SEC, <, 5.0); /* was 15 */
}

/* a file of one tree, written for the fuzzer: x > 0.5 ? 2 : 1, and 0.25 */
static void
test_own_format(void)
{
    g_autofree char *path =
        g_test_build_filename(G_TEST_DIST, "..", "fuzz", "corpus", "catboost", "cbm", NULL);
    g_autoptr(ErrataModelParts) parts = errata_model_parts_new("model.cbm");
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = NULL;
    char *text;
    gsize size;
    double got[2];

    g_assert_true(g_file_get_contents(path, &text, &size, NULL));
    g_autoptr(GBytes) bytes = g_bytes_new_take(text, size);
    errata_model_parts_add(parts, "model.cbm", bytes, size);
    model = errata_plugin_catboost.models[1]->load(parts, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(errata_model_input(model, 0)->name, ==, "x");
    score(model, 0.5, NULL, got);
    assert_is(got[0], 1.25);
    score(model, 0.75, NULL, got);
    assert_is(got[0], 2.25);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/catboost/hashes", test_hashes);
    g_test_add_func("/catboost/hash-lengths", test_hash_lengths);
    g_test_add_func("/catboost/named", test_named);
    g_test_add_func("/catboost/missing", test_missing);
    g_test_add_func("/catboost/multiclass", test_multiclass);
    g_test_add_func("/catboost/binary", test_binary);
    g_test_add_func("/catboost/refused", test_refused);
    g_test_add_func("/catboost/not-left-out", test_not_left_out);
    g_test_add_func("/catboost/many-hashes", test_many_hashes);
    g_test_add_func("/catboost/own-format", test_own_format);
    return g_test_run();
}
