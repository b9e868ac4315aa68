/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "error.h"
#include "facts.h"
#include "model-format.h"
#include "plugin.h"

extern const ErrataPlugin errata_plugin_xgboost;

/* one leaf, as the scikit-learn wrapper saves it; made by hand */
#define MODEL(attributes)                                                                      \
    "{\"learner\":{\"attributes\":{" attributes "},\"feature_names\":[\"a\"],"                 \
    "\"feature_types\":[\"float\"],\"gradient_booster\":{\"model\":{\"gbtree_model_param\":{"  \
    "\"num_parallel_tree\":\"1\",\"num_trees\":\"1\"},\"tree_info\":[0],\"trees\":[{"          \
    "\"base_weights\":[0.5],\"categories\":[],\"categories_nodes\":[],"                        \
    "\"categories_segments\":[],\"categories_sizes\":[],\"default_left\":[0],\"id\":0,"        \
    "\"left_children\":[-1],\"right_children\":[-1],\"loss_changes\":[0.0],"                   \
    "\"parents\":[2147483647],\"split_conditions\":[0.5],\"split_indices\":[0],"               \
    "\"split_type\":[0],\"sum_hessian\":[4.0],\"tree_param\":{\"num_deleted\":\"0\","          \
    "\"num_feature\":\"1\",\"num_nodes\":\"1\",\"size_leaf_vector\":\"1\"}}],"                 \
    "\"iteration_indptr\":[0,1]},\"name\":\"gbtree\"},\"learner_model_param\":{"               \
    "\"base_score\":\"5E-1\",\"num_class\":\"0\",\"num_feature\":\"1\",\"num_target\":\"1\"}," \
    "\"objective\":{\"name\":\"binary:logistic\"}},\"version\":[1,7,4]}"

static ErrataModel *
load(const char *text)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    g_autoptr(ErrataModelParts) parts = errata_model_parts_new("model.json");
    g_autoptr(GError) error = NULL;
    ErrataModel *model;

    errata_model_parts_add(parts, "model.json", bytes, strlen(text));
    model = errata_plugin_xgboost.models[0]->load(parts, &error);
    g_assert_no_error(error);
    return model;
}

/* the settings of the training stand in a text within the text */
static void
test_xgboost_wrapper(void)
{
    g_autoptr(ErrataModel) model =
        load(MODEL("\"scikit_learn\":\"{\\\"max_depth\\\": 4, \\\"learning_rate\\\": 0.1, "
                   "\\\"gamma\\\": null, \\\"missing\\\": NaN, \\\"enable_categorical\\\": false, "
                   "\\\"tree_method\\\": \\\"hist\\\", \\\"_estimator_type\\\": \\\"x\\\"}\""));
    g_autoptr(ErrataModel) broken = load(MODEL("\"scikit_learn\":\"{\\\"max_depth\\\": \""));

    g_assert_cmpstr(test_fact(model->parameters, "max_depth"), ==, "4");
    g_assert_cmpstr(test_fact(model->parameters, "learning_rate"), ==, "0.1");
    g_assert_cmpstr(test_fact(model->parameters, "enable_categorical"), ==, "false");
    g_assert_cmpstr(test_fact(model->parameters, "tree_method"), ==, "hist");
    g_assert_null(test_fact(model->parameters, "gamma"));
    g_assert_null(test_fact(model->parameters, "_estimator_type"));
    g_assert_null(test_fact(model->training, "scikit_learn"));
    g_assert_nonnull(test_fact(broken->training, "scikit_learn"));
}

static void
add_words(GByteArray *to, const gint32 *word, guint n)
{
    for (guint i = 0; i < n; i++) {
        guint32 little = GUINT32_TO_LE((guint32)word[i]);

        g_byte_array_append(to, (const guint8 *)&little, sizeof little);
    }
}

static void
add_single(GByteArray *to, float number)
{
    gint32 bits;

    memcpy(&bits, &number, sizeof bits);
    add_words(to, &bits, 1);
}

static void
add_zeros(GByteArray *to, guint n_words)
{
    for (guint i = 0; i < n_words; i++)
        add_words(to, (const gint32[]){0}, 1);
}

static void
add_text(GByteArray *to, const char *text)
{
    add_words(to, (const gint32[]){(gint32)strlen(text), 0}, 2);
    g_byte_array_append(to, (const guint8 *)text, (guint)strlen(text));
}

/* one tree that splits the second of two features at 1.5, missing ones to the left: what XGBoost's
 * structures hold, one behind the other; before 1.0 without a mark or a version, and the base score
 * a margin */
static GBytes *
binary_model(gboolean is_old)
{
    static const gint32 node[3][4] = {{-1, 1, 2, (gint32)(1u | 1u << 31)},
                                      {0, -1, -1, 0},
                                      {0, -1, -1, 0}};
    static const float value[3] = {1.5f, -0.25f, 0.75f};
    GByteArray *to = g_byte_array_new();

    if (!is_old)
        g_byte_array_append(to, (const guint8 *)"binf", 4);
    add_single(to, 0.25f);
    add_words(to, (const gint32[]){2, 0, 1, 0, is_old ? 0 : 1, is_old ? 0 : 6, is_old ? 0 : 1}, 7);
    add_zeros(to, 26);
    add_text(to, "binary:logistic");
    add_text(to, "gbtree");
    add_words(to, (const gint32[]){1, 1, 2}, 3);
    add_zeros(to, 37);
    add_words(to, (const gint32[]){1, 3, 0, 1, 2}, 5);
    add_zeros(to, 32);
    for (guint i = 0; i < 3; i++) {
        add_words(to, node[i], 4);
        add_single(to, value[i]);
    }
    for (guint i = 0; i < 3; i++) {
        add_single(to, 1);
        add_single(to, i == 0 ? 7 : (float)(i + 2));
        add_zeros(to, 2);
    }
    add_words(to, (const gint32[]){0, 1, 0}, 3);
    add_text(to, "eval_metric");
    add_text(to, "auc");
    return g_byte_array_free_to_bytes(to);
}

static void
test_xgboost_binary(void)
{
    const ErrataModelFormat *format = errata_plugin_xgboost.models[2];

    for (gboolean is_old = FALSE; is_old <= TRUE; is_old++) {
        g_autoptr(GBytes) bytes = binary_model(is_old);
        g_autoptr(ErrataModelParts) parts = errata_model_parts_new("model");
        g_autoptr(GError) error = NULL;
        g_autoptr(ErrataModel) model = NULL;
        gsize size;
        const guint8 *data = g_bytes_get_data(bytes, &size);

        g_assert_cmpuint(format->sniff(data, size, "model"), >=, 90);
        errata_model_parts_add(parts, "model", bytes, size);
        model = format->load(parts, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(model->version, ==, is_old ? "before 1.0" : "1.6.0");
        g_assert_cmpstr(test_fact(model->training, "eval_metric"), ==, "auc");
        g_assert_true(model->unnamed);
        g_assert_cmpuint(model->inputs->len, ==, 2);
        g_assert_cmpuint(model->trees->n_nodes, ==, 3);
        g_assert_cmpfloat_with_epsilon(model->trees->base[0],
                                       is_old ? 0.25 : -1.0986122886681098,
                                       1e-7);
        for (gsize cut = 0; cut < size; cut++) {
            g_autoptr(GBytes) less = g_bytes_new_from_bytes(bytes, 0, cut);
            g_autoptr(ErrataModelParts) few = errata_model_parts_new("model");
            g_autoptr(GError) why = NULL;

            errata_model_parts_add(few, "model", less, cut);
            g_assert_null(format->load(few, &why));
            g_assert_error(why, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA);
        }
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/xgboost/binary", test_xgboost_binary);
    g_test_add_func("/xgboost/wrapper", test_xgboost_wrapper);
    return g_test_run();
}
