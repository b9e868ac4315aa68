/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

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

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/xgboost/wrapper", test_xgboost_wrapper);
    return g_test_run();
}
