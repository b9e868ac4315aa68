/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MOJOs written here byte by byte, with predictions worked out by hand. */
#include <math.h>
#include <string.h>
#include <time.h>

#include "error.h"
#include "model-format.h"
#include "plugin.h"

extern const ErrataPlugin errata_plugin_h2o;

static void
put(GByteArray *tree, guint64 value, guint n)
{
    for (guint i = 0; i < n; i++) {
        guint8 byte = (guint8)(value >> (8 * i));

        g_byte_array_append(tree, &byte, 1);
    }
}

static void
put_float(GByteArray *tree, float value)
{
    guint32 bits;

    memcpy(&bits, &value, sizeof bits);
    put(tree, bits, 4);
}

/* both sides leaves: type, column, where missing goes (1 alone right, 2 left, 3 right) */
static void
put_stump(GByteArray *tree, guint column, guint missing, float threshold, float left, float right)
{
    put(tree, 48 | 64, 1);
    put(tree, column, 2);
    put(tree, missing, 1);
    if (missing != 1)
        put_float(tree, threshold);
    put_float(tree, left);
    put_float(tree, right);
}

static void
add(ErrataModelParts *parts, const char *name, gconstpointer data, gsize size)
{
    g_autoptr(GBytes) bytes = g_bytes_new(data, size);

    errata_model_parts_add(parts, name, bytes, size);
}

static void
add_text(ErrataModelParts *parts, const char *name, const char *text)
{
    add(parts, name, text, strlen(text));
}

static void
add_tree(ErrataModelParts *parts, guint group, guint tree, GByteArray *bytes)
{
    g_autofree char *name = g_strdup_printf("trees/t%02u_%03u.bin", group, tree);

    add(parts, name, bytes->data, bytes->len);
    g_byte_array_set_size(bytes, 0);
}

#define COLUMNS "[columns]\nx\ntown\ny\n[domains]\n1: 3 d000.txt\n2: 2 d001.txt\n"
#define INFO(algo, classes, version)                                                       \
    "[info]\nalgo = " algo "\nalgorithm = A\nmojo_version = " version "\nn_features = 2\n" \
    "n_columns = 3\nn_classes = " classes "\nendianness = LITTLE_ENDIAN\n"                 \
    "escape_domain_values = true\n"

static ErrataModelParts *
begin(const char *ini)
{
    ErrataModelParts *parts = errata_model_parts_new("model.zip");

    add_text(parts, "model.ini", ini);
    add_text(parts, "domains/d000.txt", "Ham\nK\\\\ln\\n\nUlm\n");
    add_text(parts, "domains/d001.txt", "no\nyes\n");
    return parts;
}

static ErrataModel *
load(ErrataModelParts *parts, GError **error)
{
    g_assert_cmpuint(errata_plugin_h2o.models[0]->sniff_archive(parts), >=, 50);
    return errata_plugin_h2o.models[0]->load(parts, error);
}

static void
score(const ErrataModel *model, double x, double town, double *ret)
{
    const double *numbers[] = {&x, &town};
    const char *const *texts[] = {NULL, NULL};
    double *to[8] = {NULL};
    const char **to_text[8] = {NULL};
    ErrataModelRows rows = {1, numbers, texts};
    ErrataModelScores scores = {1, to, to_text, NULL};
    g_autoptr(GError) error = NULL;

    for (guint o = 0; o < model->outputs->len; o++) {
        to[o] = &ret[o];
        ret[o] = (double)NAN;
    }
    g_assert_true(model->klass->predict(model, model->body, &rows, &scores, &error));
    g_assert_no_error(error);
}

static void
assert_is(double got, double wanted)
{
    g_assert_cmpfloat_with_epsilon(got, wanted, 1e-15);
}

/* x < 2 ? (town in {Köln}: right 3, else left 1; missing right) : 5; and x missing alone right */
static void
check_boosted(const char *ini, gboolean long_set)
{
    g_autoptr(ErrataModelParts) parts = begin(ini);
    g_autoptr(GByteArray) tree = g_byte_array_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = NULL;
    double got[5];

    put(tree, 0 | 64, 1); /* the left side's size takes a byte; the right side is a leaf */
    put(tree, 0, 2);
    put(tree, 2, 1); /* missing goes left */
    put_float(tree, 2.0f);
    put(tree, long_set ? 19 : 16, 1);
    put(tree, 48 | 64 | (long_set ? 12 : 8), 1);
    put(tree, 1, 2);
    put(tree, 3, 1);
    if (long_set) {
        put(tree, 1, 2); /* codes from 1 */
        put(tree, 2, 4); /* two of them */
        put(tree, 1, 1); /* the first, Köln */
    } else {
        put(tree, 2, 4);
    }
    put_float(tree, 1.0f);
    put_float(tree, 3.0f);
    g_assert_cmpuint(tree->len, ==, 9 + (long_set ? 19 : 16));
    put_float(tree, 5.0f);
    add_tree(parts, 0, 0, tree);
    put_stump(tree, 0, 1, 0.0f, 0.0f, 0.5f);
    add_tree(parts, 0, 1, tree);
    model = load(parts, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(errata_model_input(model, 1)->categories[1], ==, "K\\ln\n");
    g_assert_cmpuint(model->trees->depth, ==, 2);
    score(model, 1, 1, got);
    assert_is(got[1], 3.25);
    assert_is(got[3], 1 / (1 + exp(-3.25)));
    score(model, 1, 2, got);
    assert_is(got[1], 1.25);
    /* out of the set's range, missing, unseen: where missing values go */
    score(model, 1, 0, got);
    assert_is(got[1], long_set ? 3.25 : 1.25);
    score(model, 1, (double)NAN, got);
    assert_is(got[1], 3.25);
    score(model, 1, ERRATA_MODEL_UNSEEN, got);
    assert_is(got[1], 3.25);
    score(model, 2, 1, got);
    assert_is(got[1], 5.25);
    score(model, (double)NAN, 2, got);
    assert_is(got[1], 1.75);
}

static void
test_boosted(void)
{
    check_boosted(INFO("gbm", "2", "1.40") "n_trees = 2\nn_trees_per_class = 1\ninit_f = 0.25\n"
                                           "distribution = bernoulli\n" COLUMNS,
                  FALSE);
}

static void
test_long_sets(void)
{
    check_boosted(INFO("gbm", "2", "1.20") "n_trees = 2\ninit_f = 0.25\nn_trees_per_class = 1\n"
                                           "distribution = bernoulli\n" COLUMNS,
                  TRUE);
}

/* version 1.10: sets' lengths in bytes; its only tree a leaf but for one side */
static void
test_old_sets(void)
{
    g_autoptr(ErrataModelParts) parts = begin(
        INFO("gbm", "1", "1.10") "n_trees = 1\nn_trees_per_class = 1\ninit_f = 1\n"
                                 "distribution = poisson\n" COLUMNS);
    g_autoptr(GByteArray) tree = g_byte_array_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = NULL;
    double got[5];

    put(tree, 48 | 64 | 12, 1);
    put(tree, 1, 2);
    put(tree, 2, 1);
    put(tree, 0, 2);
    put(tree, 1, 2);
    put(tree, 4, 1); /* Ulm */
    put_float(tree, 0.5f);
    put_float(tree, -0.5f);
    add_tree(parts, 0, 0, tree);
    model = load(parts, &error);
    g_assert_no_error(error);
    score(model, 0, 2, got);
    assert_is(got[0], exp(0.5));
    score(model, 0, (double)NAN, got);
    assert_is(got[0], exp(1.5));
    assert_is(got[1], 1.5);
}

/* votes for the first class; two of them */
static void
test_forest(void)
{
    g_autoptr(ErrataModelParts) parts = begin(
        INFO("drf", "2", "1.40") "n_trees = 2\nn_trees_per_class = 1\n"
                                 "binomial_double_trees = false\nbalance_classes = true\n"
                                 "prior_class_distrib = [0.8, 0.2]\n"
                                 "model_class_distrib = [0.5, 0.5]\n"
                                 "default_threshold = 0.3\n" COLUMNS);
    g_autoptr(GByteArray) tree = g_byte_array_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = NULL;
    double got[5];

    put_stump(tree, 0, 3, 1.0f, 0.25f, 0.75f);
    add_tree(parts, 0, 0, tree);
    put_stump(tree, 0, 3, 2.0f, 0.0f, 1.0f);
    add_tree(parts, 0, 1, tree);
    model = load(parts, &error);
    g_assert_no_error(error);
    score(model, 1, 0, got);
    /* 0.375 for the first; 0.375 · 1.6 and 0.625 · 0.4 */
    assert_is(got[2], 0.25 / (0.6 + 0.25));
    assert_is(got[1], 0.6 / (0.6 + 0.25));
    assert_is(got[0], 0);
    score(model, 0, 0, got);
    assert_is(got[2], 0.875 * 0.4 / (0.875 * 0.4 + 0.125 * 1.6));
    assert_is(got[0], 1);
}

static void
test_multinomial(void)
{
    g_autoptr(ErrataModelParts) parts = errata_model_parts_new("model.zip");
    g_autoptr(GByteArray) tree = g_byte_array_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = NULL;
    double got[8];

    add_text(parts,
             "model.ini",
             "[info]\nalgo = gbm\nmojo_version = 1.40\nn_features = 1\nn_classes = 3\nn_trees = 1\n"
             "n_trees_per_class = 3\ninit_f = 0\ndistribution = multinomial\n[columns]\nx\ny\n"
             "[domains]\n1: 3 d.txt\n");
    add_text(parts, "domains/d.txt", "\"a\"\n\"b \"\"q\"\"\"\n\"c\"\n");
    put_stump(tree, 0, 3, 1.0f, 1.0f, 2.0f);
    add_tree(parts, 0, 0, tree);
    put(tree, 0, 1);
    put(tree, 65535, 2);
    put_float(tree, 1.5f);
    add_tree(parts, 2, 0, tree);
    model = load(parts, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(model->classes[1], ==, "b \"q\"");
    score(model, 0, 0, got);
    assert_is(got[0], 2);
    assert_is(got[4], exp(1) / (exp(1) + exp(0) + exp(1.5)));
    score(model, 1, 0, got);
    assert_is(got[0], 0);
}

/* categories first: 0.5 (second level), −1 (third); 2 x; intercept 3 */
static void
test_linear(void)
{
    g_autoptr(ErrataModelParts) parts = errata_model_parts_new("model.zip");
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = NULL;
    double got[4];

    add_text(parts,
             "model.ini",
             "[info]\nalgo = glm\nmojo_version = 1.00\nn_features = 2\nn_classes = 2\ncats = 1\n"
             "nums = 1\nfamily = binomial\nlink = logit\ncat_offsets = [0, 2]\ncat_modes = [1]\n"
             "num_means = [0.25]\nmean_imputation = true\nuse_all_factor_levels = false\n"
             "beta = [0.5, -1.0, 2.0, 3.0]\ndefault_threshold = 0.9\n[columns]\ntown\nx\ny\n"
             "[domains]\n0: 3 d000.txt\n2: 2 d001.txt\n");
    add_text(parts, "domains/d000.txt", "Ham\nUlm\nBonn\n");
    add_text(parts, "domains/d001.txt", "no\nyes\n");
    model = load(parts, &error);
    g_assert_no_error(error);
    score(model, 0, 1, got); /* the first input is the category */
    assert_is(got[1], 5);
    assert_is(got[3], 1 / (1 + exp(-5)));
    score(model, 2, -2, got);
    assert_is(got[1], -2);
    assert_is(got[0], 0);
    score(model, (double)NAN, (double)NAN, got);
    assert_is(got[1], 0.5 + 0.5 + 3);
    assert_is(got[0], 1);
    score(model, ERRATA_MODEL_UNSEEN, 0, got);
    assert_is(got[1], 3.5);
}

/* at most the first: −1 + x, at most the second: 1 + x */
static void
test_ordinal(void)
{
    g_autoptr(ErrataModelParts) parts = errata_model_parts_new("model.zip");
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = NULL;
    double got[7];

    add_text(parts,
             "model.ini",
             "[info]\nalgo = glm\nmojo_version = 1.00\nn_features = 1\nn_classes = 3\ncats = 0\n"
             "nums = 1\nfamily = ordinal\nlink = ologit\nbeta = [1, -1, 1, 1, 0, 0]\n[columns]\nx\n"
             "y\n[domains]\n1: 3 d000.txt\n");
    add_text(parts, "domains/d000.txt", "low\nmid\nhigh\n");
    model = load(parts, &error);
    g_assert_no_error(error);
    score(model, 0, 0, got);
    assert_is(got[0], 1);
    assert_is(got[4], 1 / (1 + exp(1)));
    assert_is(got[5], 1 / (1 + exp(-1)) - 1 / (1 + exp(1)));
    assert_is(got[6], 1 - 1 / (1 + exp(-1)));
    score(model, -3, 0, got);
    assert_is(got[0], 2);
}

/* an offset is added to the margin, unless the model says that its effect is left out */
static void
check_offset(const char *word, double wanted)
{
    g_autoptr(ErrataModelParts) parts = errata_model_parts_new("model.zip");
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = NULL;
    g_autofree char *ini = g_strdup_printf(
        "[info]\nalgo = glm\nmojo_version = 1.00\nn_features = 1\nn_classes = 1\ncats = 0\n"
        "nums = 1\nfamily = gaussian\nlink = identity\nbeta = [2, 1]\noffset_column = o\n"
        "remove_offset_effects = %s\n[columns]\nx\no\ny\n[domains]\n",
        word);
    double got[4];

    add_text(parts, "model.ini", ini);
    model = load(parts, &error);
    g_assert_no_error(error);
    score(model, 3, 10, got);
    assert_is(got[0], wanted);
}

static void
test_offset(void)
{
    check_offset("false", 17);
    check_offset("true", 7);
}

/* columns that the log does not have: it is told by which encoding, and nothing is predicted */
static void
test_encoded(void)
{
    g_autoptr(ErrataModelParts) parts = begin(
        INFO("gbm", "1", "1.40") "n_trees = 1\nn_trees_per_class = 1\ninit_f = 1\n"
                                 "_genmodel_encoding = OneHotExplicit\n"
                                 "distribution = gaussian\n" COLUMNS);
    g_autoptr(GByteArray) tree = g_byte_array_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = NULL;

    put_stump(tree, 0, 3, 1.0f, 1.0f, 2.0f);
    add_tree(parts, 0, 0, tree);
    model = load(parts, &error);
    g_assert_no_error(error);
    g_assert_nonnull(model->why_not);
    g_assert_nonnull(strstr(model->why_not, "OneHotExplicit"));
}

static void
check_refused(ErrataModelParts *parts, const char *word)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = load(parts, &error);

    g_assert_null(model);
    g_assert_nonnull(error);
    g_assert_nonnull(strstr(error->message, word));
}

static void
test_refused(void)
{
    const char *ini = INFO("gbm", "1", "1.40") "n_trees = 1\nn_trees_per_class = 1\ninit_f = 1\n"
                                               "distribution = gaussian\n" COLUMNS;
    g_autoptr(ErrataModelParts) cut = begin(ini);
    g_autoptr(ErrataModelParts) set = begin(ini);
    g_autoptr(ErrataModelParts) column = begin(ini);
    g_autoptr(ErrataModelParts) deep = begin(INFO("deeplearning", "1", "1.00") COLUMNS);
    g_autoptr(GByteArray) tree = g_byte_array_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = NULL;

    put_stump(tree, 0, 3, 1.0f, 1.0f, 2.0f);
    g_byte_array_set_size(tree, tree->len - 1);
    add_tree(cut, 0, 0, tree);
    check_refused(cut, "t00_000.bin is cut off");
    put(tree, 48 | 64 | 8, 1);
    put(tree, 0, 2);
    put(tree, 2, 1);
    put(tree, 1, 4);
    put_float(tree, 1);
    put_float(tree, 1);
    add_tree(set, 0, 0, tree);
    check_refused(set, "column 0");
    put_stump(tree, 9, 3, 1.0f, 1.0f, 2.0f);
    add_tree(column, 0, 0, tree);
    check_refused(column, "feature");
    model = load(deep, &error);
    g_assert_no_error(error);
    g_assert_nonnull(strstr(model->why_not, "deeplearning"));
}

/* of the trees that model.ini tells of none is absent, and there are no others */
static void
check_trees(const char *n_trees, guint n_there, const char *words)
{
    g_autofree char *ini = g_strdup_printf("%sn_trees = %s\nn_trees_per_class = 1\ninit_f = 1\n"
                                           "distribution = gaussian\n%s",
                                           INFO("gbm", "1", "1.40"),
                                           n_trees,
                                           COLUMNS);
    g_autoptr(ErrataModelParts) parts = begin(ini);
    g_autoptr(GByteArray) tree = g_byte_array_new();

    for (guint i = 0; i < n_there; i++) {
        put_stump(tree, 0, 3, 1.0f, 1.0f, 2.0f);
        add_tree(parts, 0, i, tree);
    }
    check_refused(parts, words);
}

static void
test_trees_absent(void)
{
    check_trees("3", 2, "the folder trees holds 2 trees");
    check_trees("1", 2, "the folder trees holds 2 trees");
    check_trees("2", 0, "the folder trees holds 0 trees");
    check_trees("1.5", 1, "n_trees is 1.5");
}

static void
check_domains(const char *lines, const char *words)
{
    g_autofree char *ini = g_strconcat(INFO("gbm", "1", "1.40"),
                                       "n_trees = 1\nn_trees_per_class = 1\ninit_f = 1\n"
                                       "distribution = gaussian\n[columns]\nx\ntown\ny\n"
                                       "[domains]\n",
                                       lines,
                                       NULL);
    g_autoptr(ErrataModelParts) parts = begin(ini);

    check_refused(parts, words);
}

static void
test_domains(void)
{
    check_domains("1: 3 d000.txt\n1: 3 d000.txt\n", "column 1 stand twice");
    check_domains("1: 1 d000.txt\n", "holds at least 2 categories");
    check_domains("1: 0 d000.txt\n", "column 1 has 0 categories");
    check_domains("1: 2000000 d000.txt\n", "column 1 has 2000000 categories");
}

/* trees that split by a few of a column's very many categories cost no more than those few */
static void
test_few_of_many(void)
{
    const guint n = 1U << 20;
    const guint n_trees = 10000;
    g_autofree char *ini = g_strdup_printf(
        "%sn_trees = %u\nn_trees_per_class = 1\ninit_f = 1\ndistribution = gaussian\n"
        "[columns]\nx\ntown\ny\n[domains]\n1: %u many.txt\n",
        INFO("gbm", "1", "1.40"),
        n_trees,
        n);
    g_autoptr(ErrataModelParts) parts = begin(ini);
    g_autoptr(GString) many = g_string_new(NULL);
    g_autoptr(GByteArray) tree = g_byte_array_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = NULL;
    clock_t start;

    for (guint i = 0; i < n; i++)
        g_string_append_printf(many, "%u\n", i);
    add_text(parts, "domains/many.txt", many->str);
    for (guint i = 0; i < n_trees; i++) {
        put_stump(tree, 1, 3, 1.0f, 1.0f, 2.0f);
        add_tree(parts, 0, i, tree);
    }
    start = clock();
    model = load(parts, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(model->trees->n_trees, ==, n_trees);
    g_assert_cmpfloat((double)(clock() - start) / CLOCKS_PER_SEC, <, 5.0); /* was 11 */
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/h2o/boosted", test_boosted);
    g_test_add_func("/h2o/long-sets", test_long_sets);
    g_test_add_func("/h2o/old-sets", test_old_sets);
    g_test_add_func("/h2o/forest", test_forest);
    g_test_add_func("/h2o/multinomial", test_multinomial);
    g_test_add_func("/h2o/linear", test_linear);
    g_test_add_func("/h2o/ordinal", test_ordinal);
    g_test_add_func("/h2o/offset", test_offset);
    g_test_add_func("/h2o/encoded", test_encoded);
    g_test_add_func("/h2o/refused", test_refused);
    g_test_add_func("/h2o/trees-absent", test_trees_absent);
    g_test_add_func("/h2o/domains", test_domains);
    g_test_add_func("/h2o/few-of-many", test_few_of_many);
    return g_test_run();
}
