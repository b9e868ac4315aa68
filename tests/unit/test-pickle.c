/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "error.h"
#include "facts.h"
#include "model-format.h"
#include "model-json.h"
#include "model-opcodes.h"
#include "pickle-array.h"
#include "plugin.h"
#include "sk-risk.h"

extern const ErrataPlugin errata_plugin_sklearn;

static Pickle *
read_bytes(const char *bytes, gsize size, GError **error)
{
    return pickle_read((const guint8 *)bytes, size, error);
}

#define READ(literal, error) read_bytes(literal, sizeof(literal) - 1, error)

static void
test_values(void)
{
    g_autoptr(GError) error = NULL;
    /* {'a': (1, -2, 2.5, True, None, b'x'), 'b': [1 << 70]} in protocol 2 */
    g_autoptr(Pickle) pickle = READ("\x80\x02}q\x00(X\x01\x00\x00\x00"
                                    "a(K\x01J\xfe\xff\xff\xffG\x40\x04\x00\x00\x00\x00\x00\x00"
                                    "\x88NC\x01xtX\x01\x00\x00\x00"
                                    "b]\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x00@au.",
                                    &error);
    const PickleValue *tuple;

    g_assert_no_error(error);
    tuple = pickle_get(pickle_root(pickle), "a");
    g_assert_cmpuint(pickle_n_items(tuple), ==, 6);
    g_assert_cmpint(pickle_item(tuple, 0)->integer, ==, 1);
    g_assert_cmpint(pickle_item(tuple, 1)->integer, ==, -2);
    g_assert_cmpfloat_with_epsilon(pickle_item(tuple, 2)->number, 2.5, 1e-300);
    g_assert_cmpint(pickle_item(tuple, 3)->kind, ==, PICKLE_BOOL);
    g_assert_cmpint(pickle_item(tuple, 4)->kind, ==, PICKLE_NONE);
    g_assert_cmpuint(pickle_item(tuple, 5)->size, ==, 1);
    g_assert_cmpint(pickle_item(tuple, 5)->data[0], ==, 'x');
    g_assert_cmpfloat_with_epsilon(pickle_item(pickle_get(pickle_root(pickle), "b"), 0)->number,
                                   0x1p70,
                                   1);
}

/* (nan, inf, -inf, 0.5), and numpy.str_('né') with numbers of 4 bytes, in protocol 0 */
static void
test_lines(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Pickle) floats = READ("(Fnan\nFinf\nF-inf\nF0.5\nt.", &error);
    g_autoptr(Pickle) text = READ("cnumpy.core.multiarray\nscalar\n(cnumpy\ndtype\n(VU2\nI00\nI01\n"
                                  "tR(I3\nV<\nNNNI8\nI4\nI8\ntbc_codecs\nencode\n(Vn\\u0000"
                                  "\\u0000\\u0000\\u00e9\\u0000\\u0000\\u0000\nVlatin1\ntRtR.",
                                  &error);
    g_autoptr(Pickle) odd = READ("F-nan\n.", NULL);

    g_assert_no_error(error);
    g_assert_true(isnan(pickle_item(pickle_root(floats), 0)->number));
    g_assert_cmpint(isinf(pickle_item(pickle_root(floats), 1)->number), ==, 1);
    g_assert_cmpint(isinf(pickle_item(pickle_root(floats), 2)->number), ==, -1);
    g_assert_cmpfloat_with_epsilon(pickle_item(pickle_root(floats), 3)->number, 0.5, 1e-300);
    g_assert_cmpstr(pickle_text(pickle_root(text)), ==, "né");
    g_assert_null(odd);
}

/* (persistent id 7), and a second pickle after it */
static void
test_persistent(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Pickle) pickle = READ("\x80\x02K\x07Q.\x80\x02N.", &error);

    g_assert_no_error(error);
    g_assert_cmpint(pickle_root(pickle)->kind, ==, PICKLE_PERSISTENT);
    g_assert_cmpint(pickle_root(pickle)->args->integer, ==, 7);
    g_assert_cmpuint(pickle_size(pickle), ==, 6);
}

static void
test_risks(void)
{
    static const struct {
        const char *bytes;
        const char *import;
        ErrataSeverity severity;
    } cases[] = {
        {"cos\nsystem\n(S'x'\ntR.", "os.system", ERRATA_SEVERITY_CRITICAL},
        {"c__builtin__\neval\n(S'x'\ntR.", "__builtin__.eval", ERRATA_SEVERITY_CRITICAL},
        {"(isubprocess\nPopen\n.", "subprocess.Popen", ERRATA_SEVERITY_CRITICAL},
        /* a path through a known module into what it imports */
        {"\x80\x04\x8c\x0csklearn.base\x8c\x09os.system\x93.",
         "sklearn.base.os.system",
         ERRATA_SEVERITY_CRITICAL},
        {"cmy.package\nModel\n)R.", "my.package.Model", ERRATA_SEVERITY_MEDIUM},
        {"csklearn.tree._classes\nDecisionTreeClassifier\n.", NULL, ERRATA_SEVERITY_INFO},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Pickle) pickle = read_bytes(cases[i].bytes, strlen(cases[i].bytes), &error);
        g_autoptr(ErrataModelBuilder) builder = errata_model_builder_new("test", "Python");
        g_autoptr(ErrataModel) model = NULL;
        g_autofree char *import = NULL;

        g_assert_no_error(error);
        g_assert_cmpuint(sk_risk(pickle, builder, &import), ==, cases[i].import != NULL ? 1 : 0);
        g_assert_cmpstr(import, ==, cases[i].import);
        errata_model_builder_set_kind(builder, "pickle");
        model = errata_model_builder_finish(builder, &error);
        g_assert_no_error(error);
        g_assert_cmpint(model->is_unsafe, ==, cases[i].severity == ERRATA_SEVERITY_CRITICAL);
        if (cases[i].import != NULL) {
            const ErrataModelRisk *risk = g_ptr_array_index(model->risks, 0);

            g_assert_cmpint(risk->severity, ==, cases[i].severity);
            g_assert_nonnull(strstr(risk->what, cases[i].import));
        }
    }
}

/* opcodes by what they touch: a class of a model is made and given a state, then a program is run
 * twice, once by what a call gave, and something that no one knows is imported */
static void
test_opcodes(void)
{
    static const char bytes[] = "(csklearn.tree._classes\nDecisionTreeClassifier\n)R(db"
                                "cos\nsystem\n(S'x'\ntR"
                                "cbuiltins\ngetattr\n(cos\npath\nS'y'\ntR)R"
                                "cmy.package\nModel\nl.";
    static const char *const expected[] = {"3 import, 3 call and 0 set",
                                           "1 import, 0 call and 0 set",
                                           "1 import, 1 call and 1 set"};
    g_autoptr(GPtrArray) warnings = g_ptr_array_new();
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(Pickle) pickle = read_bytes(bytes, strlen(bytes), &error);
    g_autoptr(ErrataModelBuilder) builder = errata_model_builder_new("test", "Python");
    g_autoptr(ErrataModel) model = NULL;
    g_autofree char *import = NULL;
    guint n = 0;

    g_assert_no_error(error);
    sk_risk(pickle, builder, &import);
    errata_model_builder_set_kind(builder, "pickle");
    model = errata_model_builder_finish(builder, &error);
    g_assert_no_error(error);
    for (guint i = 0; i < model->risks->len; i++) {
        const ErrataModelRisk *risk = g_ptr_array_index(model->risks, i);

        if (errata_model_opcodes_get(risk) == NULL)
            continue;
        g_assert_cmpuint(n, <, G_N_ELEMENTS(expected));
        g_assert_nonnull(strstr(risk->what, expected[n++]));
    }
    g_assert_cmpuint(n, ==, G_N_ELEMENTS(expected));
    text = errata_model_to_json(model, "a.pkl", "0", strlen(bytes), warnings);
    g_assert_true(g_regex_match_simple("\"imports\":\\s*3,\\s*\"calls\":\\s*3,\\s*\"states\":\\s*0",
                                       text,
                                       0,
                                       0));
}

static void
test_broken(void)
{
    static const struct {
        const char *bytes;
        gsize size;
    } cases[] = {
#define CASE(literal) {literal, sizeof(literal) - 1}
        CASE(""),
        CASE("\x80\x02"),
        CASE("N"),                                      /* no end */
        CASE("."),                                      /* nothing on the stack */
        CASE("(."),                                     /* only a mark */
        CASE("t."),                                     /* no mark */
        CASE("a."),                                     /* nothing to append to */
        CASE("h\x07."),                                 /* an empty memo */
        CASE("\x8e\xff\xff\xff\xff\xff\xff\xff\x7fx."), /* 2^63 bytes */
        CASE("X\xff\xff\xff\xffx."),                    /* 4 GiB of text */
        CASE("Nr\xff\xff\xff\xff."),                    /* a memo of 4 billion */
        CASE("N\x97."),                                 /* a buffer beside the pickle */
        CASE("\x82\x01."),                              /* a number for an import */
        CASE("I12\n"),
        CASE("Ix\n."),
        CASE("Q."), /* something kept elsewhere, without a name */
#undef CASE
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_null(read_bytes(cases[i].bytes, cases[i].size, &error));
        g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA);
        g_assert_nonnull(strstr(error->message, "byte "));
    }
}

/* 200,000 tuples within one another, and a list that holds itself: no recursion anywhere */
static void
test_deep(void)
{
    g_autoptr(GString) bytes = g_string_new("N");
    g_autoptr(GError) error = NULL;

    for (guint i = 0; i < 200000; i++)
        g_string_append_c(bytes, '\x85');
    g_string_append_c(bytes, '.');
    g_autoptr(Pickle) pickle = read_bytes(bytes->str, bytes->len, &error);
    g_assert_no_error(error);
    g_assert_cmpint(pickle_root(pickle)->kind, ==, PICKLE_TUPLE);

    g_autoptr(Pickle) ring = READ("]q\x00h\x00"
                                  "a.",
                                  &error);
    g_assert_no_error(error);
    g_assert_true(pickle_item(pickle_root(ring), 0) == pickle_root(ring));
}

static void
test_steps(void)
{
    static const char *const steps[][3] = {{"s0", "ColumnTransformer", NULL},
                                           {"s0__a", "CountVectorizer", "of t"},
                                           {"s0__b", "StandardScaler", "of n"},
                                           {"s1", "LogisticRegression", NULL}};
    g_autofree char *path = g_test_build_filename(G_TEST_DIST,
                                                  "..",
                                                  "fuzz",
                                                  "corpus",
                                                  "pickle",
                                                  "sk-words-columns",
                                                  NULL);
    g_autoptr(ErrataModelParts) parts = errata_model_parts_new("m.pkl");
    g_autoptr(ErrataModel) model = NULL;
    g_autoptr(GBytes) bytes = NULL;
    g_autoptr(GError) error = NULL;
    char *data;
    gsize size;

    g_test_summary("Every step of a pipeline is told, with its columns and parameters");
    g_file_get_contents(path, &data, &size, &error);
    g_assert_no_error(error);
    bytes = g_bytes_new_take(data, size);
    errata_model_parts_add(parts, "m.pkl", bytes, size);
    model = errata_plugin_sklearn.models[0]->load(parts, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(model->layers->len, ==, G_N_ELEMENTS(steps));
    for (guint i = 0; i < G_N_ELEMENTS(steps); i++) {
        const ErrataModelLayer *layer = model->layers->pdata[i];

        g_assert_cmpstr(layer->name, ==, steps[i][0]);
        g_assert_cmpstr(layer->kind, ==, steps[i][1]);
        g_assert_cmpstr(layer->settings, ==, steps[i][2]);
    }
    g_assert_cmpstr(test_fact(model->parameters, "verbose"), ==, "False");
    g_assert_cmpstr(test_fact(model->parameters, "s1__penalty"), ==, "l2");
    g_assert_cmpstr(test_fact(model->parameters, "s0__b__with_mean"), ==, "True");
    g_assert_cmpstr(test_fact(model->parameters, "s0__a__ngram_range"), ==, "(1, 1)");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_summary("Pickles are described, and nothing in them is called.");
    g_test_add_func("/pickle/values", test_values);
    g_test_add_func("/pickle/lines", test_lines);
    g_test_add_func("/pickle/persistent", test_persistent);
    g_test_add_func("/pickle/risks", test_risks);
    g_test_add_func("/pickle/opcodes", test_opcodes);
    g_test_add_func("/pickle/broken", test_broken);
    g_test_add_func("/pickle/deep", test_deep);
    g_test_add_func("/pickle/steps", test_steps);
    return g_test_run();
}
