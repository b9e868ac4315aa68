/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "error.h"
#include "model-format.h"
#include "plugin.h"

extern const ErrataPlugin errata_plugin_skops;

static GBytes *
read_corpus(const char *name)
{
    g_autofree char *path =
        g_test_build_filename(G_TEST_DIST, "..", "fuzz", "corpus", "skops", name, NULL);
    g_autoptr(GError) error = NULL;
    char *bytes;
    gsize size;

    g_file_get_contents(path, &bytes, &size, &error);
    g_assert_no_error(error);
    return g_bytes_new_take(bytes, size);
}

static ErrataModel *
load_array(GBytes *bytes, GError **error)
{
    g_autoptr(ErrataModelParts) parts = errata_model_parts_new("x.npy");

    errata_model_parts_add(parts, "folder/x.npy", bytes, g_bytes_get_size(bytes));
    return errata_plugin_skops.models[2]->load(parts, error);
}

static void
test_arrays(void)
{
    static const struct {
        const char *name;
        const char *dtype;
        const char *shape;
        guint64 n_bytes;
        guint n_odd;
        guint n_risks;
    } cases[] = {
        {"doubles", "float64", "2 × 2", 32, 2, 1},
        {"big", "int16", "3", 6, 0, 0},
        {"record", "[('a', '<f8'), ('b', '<i4')]", "2", 24, 0, 0},
        {"objects", "|O", "1", 35, 0, 2},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GBytes) bytes = read_corpus(cases[i].name);
        g_autoptr(GError) error = NULL;
        g_autoptr(ErrataModel) model = load_array(bytes, &error);
        const ErrataModelLayer *layer;

        g_assert_no_error(error);
        layer = model->layers->pdata[0];
        g_assert_cmpstr(layer->name, ==, "x");
        g_assert_cmpstr(layer->dtype, ==, cases[i].dtype);
        g_assert_cmpstr(layer->shape, ==, cases[i].shape);
        g_assert_cmpuint(layer->n_nan + layer->n_infinite, ==, cases[i].n_odd);
        if (strcmp(cases[i].name, "objects") == 0) {
            const ErrataModelRisk *risk = model->risks->pdata[0];

            g_assert_cmpint(risk->severity, ==, ERRATA_SEVERITY_CRITICAL);
            g_assert_nonnull(strstr(risk->what, "os.system"));
        } else {
            g_assert_cmpuint(layer->n_bytes, ==, cases[i].n_bytes);
            g_assert_cmpuint(model->risks->len, ==, cases[i].n_risks);
        }
    }
}

static void
test_claims(void)
{
    g_autoptr(GBytes) huge = read_corpus("huge");
    g_autoptr(GBytes) whole = read_corpus("doubles");
    g_autoptr(GError) error = NULL;

    g_assert_null(load_array(huge, &error));
    g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA);
    for (gsize n = 1; n < g_bytes_get_size(whole); n++) {
        g_autofree guint8 *copy = g_memdup2(g_bytes_get_data(whole, NULL), n);
        g_autoptr(GBytes) cut = g_bytes_new_static(copy, n);
        g_autoptr(GError) why = NULL;

        g_assert_null(load_array(cut, &why));
        g_assert_error(why, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA);
    }
}

static void
test_schema(void)
{
    g_autoptr(ErrataModelParts) parts = errata_model_parts_new("a.skops");
    g_autoptr(GBytes) schema = read_corpus("schema");
    g_autoptr(GBytes) array = read_corpus("doubles");
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = NULL;
    const ErrataModelLayer *layer;
    const ErrataModelRisk *risk;

    errata_model_parts_add(parts, "1.npy", array, g_bytes_get_size(array));
    errata_model_parts_add(parts, "schema.json", schema, g_bytes_get_size(schema));
    parts->is_archive = TRUE;
    g_assert_cmpuint(errata_plugin_skops.models[0]->sniff_archive(parts), >=, 50);
    g_assert_cmpuint(errata_plugin_skops.models[1]->sniff_archive(parts), ==, 0);
    model = errata_plugin_skops.models[0]->load(parts, &error);
    g_assert_no_error(error);
    g_assert_null(model->klass);
    g_assert_cmpstr(model->kind, ==, "Pipeline");
    g_assert_cmpstr(model->version, ==, "1.2.1");
    g_assert_cmpuint(model->parameters->len, ==, 1);
    g_assert_cmpuint(model->layers->len, ==, 3);
    layer = model->layers->pdata[2];
    g_assert_cmpstr(layer->name, ==, "steps[0].mean_");
    g_assert_cmpuint(layer->n_nan, ==, 1);
    risk = model->risks->pdata[0];
    g_assert_cmpint(risk->severity, ==, ERRATA_SEVERITY_MEDIUM);
    g_assert_nonnull(strstr(risk->what, "mine.Scale"));
    risk = model->risks->pdata[1];
    g_assert_cmpint(risk->severity, ==, ERRATA_SEVERITY_CRITICAL);
    g_assert_nonnull(strstr(risk->what, "os.system"));
}

/* a kind of node that skops does not have is said to be one, once */
static void
test_unknown_nodes(void)
{
    static const char schema[] =
        "{\"__class__\":\"A\",\"__module__\":\"sklearn.a\",\"__loader__\":\"ObjectNode\",\"content\":{"
        "\"x\":{\"__class__\":\"B\",\"__module__\":\"sklearn.b\",\"__loader__\":\"EvilNode\"},"
        "\"y\":{\"__class__\":\"B\",\"__module__\":\"sklearn.b\",\"__loader__\":\"EvilNode\"}}}";
    g_autoptr(ErrataModelParts) parts = errata_model_parts_new("a.skops");
    g_autoptr(GBytes) bytes = g_bytes_new_static(schema, sizeof schema - 1);
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = NULL;

    errata_model_parts_add(parts, "schema.json", bytes, sizeof schema - 1);
    parts->is_archive = TRUE;
    model = errata_plugin_skops.models[0]->load(parts, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(model->notes->len, ==, 1);
    g_assert_nonnull(strstr(model->notes->pdata[0], "“EvilNode”"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_summary("skops and arrays of NumPy: types, settings, false claims, objects.");
    g_test_add_func("/skops/arrays", test_arrays);
    g_test_add_func("/skops/claims", test_claims);
    g_test_add_func("/skops/schema", test_schema);
    g_test_add_func("/skops/unknown-nodes", test_unknown_nodes);
    return g_test_run();
}
