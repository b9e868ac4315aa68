/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "error.h"
#include "model-format.h"
#include "plugin.h"

extern const ErrataPlugin errata_plugin_tensorflow;

static GBytes *
read_corpus(const char *name)
{
    g_autofree char *path =
        g_test_build_filename(G_TEST_DIST, "..", "fuzz", "corpus", "tensorflow", name, NULL);
    g_autoptr(GError) error = NULL;
    char *bytes;
    gsize size;

    g_file_get_contents(path, &bytes, &size, &error);
    g_assert_no_error(error);
    return g_bytes_new_take(bytes, size);
}

/* a graph and an index of the corpus with a shard of eight floats, the last infinite */
static ErrataModel *
load(const char *graph, const char *index, GError **error)
{
    static const guint8 numbers[35] = {[3] = 0x40, [30] = 0x80, [31] = 0x7f};
    g_autoptr(ErrataModelParts) parts = errata_model_parts_new("model.zip");
    g_autoptr(GBytes) one = read_corpus(graph);
    g_autoptr(GBytes) two = read_corpus(index);
    g_autoptr(GBytes) shard = g_bytes_new_static(numbers, sizeof numbers);

    errata_model_parts_add(parts, "m/saved_model.pb", one, g_bytes_get_size(one));
    errata_model_parts_add(parts, "m/variables/variables.index", two, g_bytes_get_size(two));
    errata_model_parts_add(parts,
                           "m/variables/variables.data-00000-of-00001",
                           shard,
                           sizeof numbers);
    parts->is_archive = TRUE;
    g_assert_cmpuint(errata_plugin_tensorflow.models[0]->sniff_archive(parts), >=, 50);
    return errata_plugin_tensorflow.models[0]->load(parts, error);
}

static const ErrataModelLayer *
find(const ErrataModel *model, const char *name)
{
    for (guint i = 0; i < model->layers->len; i++) {
        const ErrataModelLayer *layer = model->layers->pdata[i];

        if (strcmp(layer->name, name) == 0)
            return layer;
    }
    g_error("no layer %s", name);
}

static void
test_saved_model(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = load("saved", "index", &error);
    const ErrataModelRisk *risk;

    g_assert_no_error(error);
    g_assert_null(model->klass);
    g_assert_cmpstr(model->version, ==, "2.15.0");
    g_assert_cmpuint(model->inputs->len, ==, 1);
    g_assert_cmpstr(errata_model_input(model, 0)->name, ==, "x");
    g_assert_cmpstr(errata_model_input(model, 0)->shape, ==, "any × 13 float32");
    g_assert_cmpuint(model->outputs->len, ==, 2);
    g_assert_cmpint(errata_model_output(model, 1)->type, ==, ERRATA_MODEL_TEXT);
    g_assert_cmpuint(find(model, "c")->n_nan, ==, 1);
    g_assert_cmpstr(find(model, "fn/k")->dtype, ==, "int32");
    g_assert_cmpstr(find(model, "layer-0/kernel")->shape, ==, "3 × 2");
    g_assert_cmpuint(find(model, "layer-0/bias")->n_infinite, ==, 1);
    risk = model->risks->pdata[0];
    g_assert_cmpstr(risk->problem, ==, "graph-operation");
    g_assert_nonnull(strstr(risk->what, "WriteFile"));
}

static void
test_refused(void)
{
    static const struct {
        const char *graph;
        const char *index;
        const char *why;
    } cases[] = {
        {"saved", "size", "takes 20 bytes"},
        {"saved", "past", "past the end"},
        {"shape", "index", "constant “c” takes"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(ErrataModel) model = load(cases[i].graph, cases[i].index, &error);

        g_assert_null(model);
        g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA);
        if (strstr(error->message, cases[i].why) == NULL)
            g_error("%s", error->message);
    }
}

static void
test_broken(void)
{
    static const char *const names[] = {"saved_model.pb", "variables.index"};

    for (guint i = 0; i < 2; i++) {
        g_autoptr(GBytes) bytes = read_corpus(i == 0 ? "saved" : "index");
        gsize size;
        const guint8 *data = g_bytes_get_data(bytes, &size);

        for (gsize n = 1; n < 2 * size; n++) {
            g_autofree guint8 *copy = g_memdup2(data, size);
            g_autoptr(ErrataModelParts) parts = errata_model_parts_new("x.zip");
            g_autoptr(GBytes) part = NULL;
            g_autoptr(ErrataModel) model = NULL;

            if (n >= size)
                copy[n - size] ^= (guint8)(1U << n % 8);
            part = g_bytes_new_static(copy, n < size ? n : size);
            errata_model_parts_add(parts, names[i], part, g_bytes_get_size(part));
            parts->is_archive = TRUE;
            model = errata_plugin_tensorflow.models[0]->load(parts, NULL);
        }
    }
}

/* a block of the index names another, once; every constant of a function has the function's name */
static void
test_again(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) name_error = NULL;
    g_autoptr(ErrataModel) model = load("saved", "blocks", &error);
    g_autoptr(ErrataModel) named = load("long-name", "index", &name_error);

    g_assert_null(model);
    g_assert_nonnull(strstr(error->message, "lies before the one it follows"));
    g_assert_null(named);
    g_assert_nonnull(strstr(name_error->message, "more than 4096 bytes"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_summary("TensorFlow: signatures, operations, constants, variables and their shards.");
    g_test_add_func("/tensorflow/saved-model", test_saved_model);
    g_test_add_func("/tensorflow/refused", test_refused);
    g_test_add_func("/tensorflow/again", test_again);
    g_test_add_func("/tensorflow/broken", test_broken);
    return g_test_run();
}
