/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The HDF5 files in the corpus were written by h5py 3.7.0 with HDF5 1.10.8. */
#include <string.h>

#include "error.h"
#include "h5.h"
#include "model-format.h"
#include "plugin.h"

extern const ErrataPlugin errata_plugin_keras;

static GBytes *
read_corpus(const char *name)
{
    g_autofree char *path =
        g_test_build_filename(G_TEST_DIST, "..", "fuzz", "corpus", "keras", name, NULL);
    g_autoptr(GError) error = NULL;
    char *bytes;
    gsize size;

    g_file_get_contents(path, &bytes, &size, &error);
    g_assert_no_error(error);
    return g_bytes_new_take(bytes, size);
}

/* by the format that @index has in the plugin */
static ErrataModel *
load(GBytes *bytes, guint index, GError **error)
{
    g_autoptr(ErrataModelParts) parts = errata_model_parts_new("model");

    errata_model_parts_add(parts, "model", bytes, g_bytes_get_size(bytes));
    return errata_plugin_keras.models[index]->load(parts, error);
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

static gboolean
has_risk(const ErrataModel *model, ErrataSeverity severity, const char *problem, const char *word)
{
    for (guint i = 0; i < model->risks->len; i++) {
        const ErrataModelRisk *risk = model->risks->pdata[i];

        if (risk->severity == severity && strcmp(risk->problem, problem) == 0 &&
            strstr(risk->what, word) != NULL)
            return TRUE;
    }
    return FALSE;
}

static void
test_legacy(void)
{
    g_autoptr(GBytes) bytes = read_corpus("legacy");
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = load(bytes, 1, &error);
    const ErrataModelLayer *layer;

    g_assert_no_error(error);
    g_assert_null(model->klass);
    g_assert_cmpstr(model->framework, ==, "Keras");
    g_assert_cmpstr(model->version, ==, "2.15.0");
    g_assert_cmpstr(model->kind, ==, "neural network (Functional)");
    g_assert_cmpuint(model->inputs->len, ==, 1);
    g_assert_cmpstr(errata_model_input(model, 0)->shape, ==, "any × 4");
    g_assert_cmpstr(errata_model_output(model, 0)->name, ==, "lam");
    layer = find(model, "d");
    g_assert_cmpstr(layer->kind, ==, "Dense");
    g_assert_cmpstr(layer->settings, ==, "units 3, activation relu");
    layer = find(model, "model_weights/d/d/kernel:0");
    g_assert_cmpstr(layer->shape, ==, "4 × 3");
    g_assert_cmpstr(layer->dtype, ==, "float32");
    g_assert_cmpuint(layer->n_nan, ==, 1);
    g_assert_true(find(model, "model_weights/d/d/bias:0")->all_zero);
    g_assert_true(has_risk(model, ERRATA_SEVERITY_CRITICAL, "lambda-code", "“lam”"));
    g_assert_cmpuint(model->training->len, >=, 3);
}

/* unpacked chunks are the same bytes as the data set in one piece */
static void
test_chunks(void)
{
    g_autoptr(GBytes) bytes = read_corpus("chunks");
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = load(bytes, 1, &error);

    g_assert_no_error(error);
    /* nothing in it is of Keras */
    g_assert_cmpstr(model->framework, ==, "HDF5");
    g_assert_cmpstr(model->format, ==, "hdf5");
    g_assert_null(strstr(model->why_not, "neural networks"));
    g_assert_cmpuint(find(model, "plain")->n_infinite, ==, 1);
    g_assert_cmpuint(find(model, "plain")->n_values, ==, 91);
    g_assert_cmpstr(find(model, "gz")->duplicate_of, ==, "all");
    g_assert_cmpstr(find(model, "plain")->duplicate_of, ==, "all");
    g_assert_cmpstr(find(model, "be")->dtype, ==, "float64");
    g_assert_cmpuint(find(model, "be")->n_infinite, ==, 1);
    g_assert_cmpstr(find(model, "b")->dtype, ==, "bool");
    g_assert_cmpstr(find(model, "bf")->dtype, ==, "bfloat16");
    g_assert_cmpuint(find(model, "bf")->n_nan, ==, 1);
    g_assert_cmpuint(find(model, "bf")->n_infinite, ==, 1);
    g_assert_cmpuint(find(model, "lzf")->n_infinite, ==, 0); /* not unpacked, and said so */
    g_assert_cmpuint(find(model, "never")->n_bytes, ==, 0);
    g_assert_cmpuint(model->notes->len, ==, 2);
    g_assert_true(has_risk(model, ERRATA_SEVERITY_MEDIUM, "external-link", "“g/ext”"));
}

static void
test_latest(void)
{
    g_autoptr(GBytes) bytes = read_corpus("latest");
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = load(bytes, 1, &error);

    g_assert_no_error(error);
    g_assert_cmpstr(model->framework, ==, "Keras");
    g_assert_cmpstr(model->version, ==, "3.0");
    g_assert_cmpstr(find(model, "layers/dense/vars/0")->shape, ==, "2 × 2");
    g_assert_cmpuint(model->notes->len, ==, 1); /* of the links that are kept in another way */
}

static void
test_misuse(void)
{
    g_autoptr(GBytes) bytes = read_corpus("misuse");
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = load(bytes, 2, &error);

    g_assert_no_error(error);
    g_assert_true(has_risk(model, ERRATA_SEVERITY_CRITICAL, "config-import", "system from os"));
    g_assert_true(has_risk(model, ERRATA_SEVERITY_CRITICAL, "config-import", "tf.io.write_file"));
    g_assert_true(has_risk(model, ERRATA_SEVERITY_CRITICAL, "lambda-code", "“l”"));
    g_assert_true(has_risk(model, ERRATA_SEVERITY_MEDIUM, "custom-object", "Own of my"));
}

static void
test_archive(void)
{
    g_autoptr(ErrataModelParts) parts = errata_model_parts_new("model.keras");
    g_autoptr(GBytes) config = read_corpus("config");
    g_autoptr(GBytes) weights = read_corpus("latest");
    g_autoptr(GBytes) metadata = g_bytes_new_static("{\"keras_version\": \"3.1.0\"}", 26);
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = NULL;

    errata_model_parts_add(parts, "metadata.json", metadata, 26);
    errata_model_parts_add(parts, "config.json", config, g_bytes_get_size(config));
    errata_model_parts_add(parts, "model.weights.h5", weights, g_bytes_get_size(weights));
    parts->is_archive = TRUE;
    g_assert_cmpuint(errata_plugin_keras.models[0]->sniff_archive(parts), >=, 50);
    model = errata_plugin_keras.models[0]->load(parts, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(find(model, "d")->kind, ==, "Dense");
    g_assert_cmpuint(find(model, "layers/dense/vars/0")->n_values, ==, 4);
}

static void
test_sequential(void)
{
    static const char text[] =
        "{\"module\": \"keras\", \"class_name\": \"Sequential\", \"config\": {\"name\": \"s\", "
        "\"layers\": [{\"class_name\": \"InputLayer\", \"config\": {\"name\": \"in\", "
        "\"batch_shape\": [null, 4]}}, {\"class_name\": \"Dense\", \"config\": {\"name\": \"out\", "
        "\"units\": 3}}]}, \"compile_config\": {\"metrics\": [[\"accuracy\", \"auc\"]]}}";
    g_autoptr(GBytes) bytes = g_bytes_new_static(text, sizeof text - 1);
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = load(bytes, 2, &error);
    gboolean told = FALSE;

    g_test_summary("A sequential model gives what its last layer gives");
    g_assert_no_error(error);
    g_assert_cmpuint(model->outputs->len, ==, 1);
    g_assert_cmpstr(errata_model_output(model, 0)->name, ==, "out");
    g_assert_cmpstr(errata_model_output(model, 0)->shape, ==, "any × 3");
    for (guint i = 0; i < model->training->len; i++)
        told |= strcmp(((ErrataModelFact *)model->training->pdata[i])->value,
                       "[[accuracy, auc]]") == 0;
    g_assert_true(told);
}

static void
check_refused(const char *name, const char *words)
{
    g_autoptr(GBytes) bytes = read_corpus(name);
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = load(bytes, 1, &error);

    g_assert_null(model);
    g_assert_nonnull(strstr(error->message, words));
}

/* what refers to the same bytes again and again costs no more than a file of that size may */
static void
test_again(void)
{
    check_refused("long-name", "a name of a group has more than 4096 bytes");
    check_refused("tables", "refer to one another more often");
    check_refused("messages", "refer to one another more often");
    check_refused("rows", "its chunks unpack to more");
}

/* chunks as wide as the data set are copied in one piece, to the same place */
static void
test_wide_chunks(void)
{
    g_autoptr(GBytes) bytes = read_corpus("wide-chunks");
    gsize size;
    const guint8 *data = g_bytes_get_data(bytes, &size);
    g_autoptr(GError) error = NULL;
    H5 file;
    H5Object root, object;
    H5Data values = {0};
    H5Cursor cursor;

    g_assert_true(h5_open(&file, data, size, &error));
    g_assert_true(h5_object_read(&file, file.root, &root, &error));
    cursor = h5_cursor(&file, h5_object_find(&root, H5_LINK)->data, 16);
    h5_take(&cursor, 4);
    g_assert_true(h5_object_read(&file, h5_offset(&cursor), &object, &error));
    g_assert_true(h5_data_read(&file, &object, &values, &error));
    g_assert_cmpuint(values.size, ==, 36);
    for (guint i = 0; i < 36; i++)
        g_assert_cmpuint(values.data[i], ==, i % 12);
    g_bytes_unref(values.unpacked);
    h5_object_clear(&object);
    h5_object_clear(&root);
}

/* loaded or refused */
static void
load_whatever(GBytes *bytes)
{
    g_autoptr(ErrataModel) model = load(bytes, 1, NULL);

    g_assert_true(model == NULL || model->kind != NULL);
}

/* cut, or with bytes changed, it is refused or described, and nothing is read past its end */
static void
test_broken(void)
{
    static const char *const names[] = {"legacy", "chunks", "latest"};

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GBytes) bytes = read_corpus(names[i]);
        gsize size;
        const guint8 *data = g_bytes_get_data(bytes, &size);

        for (gsize n = 1; n < size; n += 7) {
            g_autofree guint8 *copy = g_memdup2(data, size);
            g_autoptr(GBytes) cut = g_bytes_new(data, n);
            g_autoptr(GBytes) changed = NULL;

            load_whatever(cut);
            copy[n] ^= (guint8)(1U << (n % 8));
            changed = g_bytes_new_static(copy, size);
            load_whatever(changed);
        }
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_summary("Keras: HDF5 of old and new, chunks, layers from descriptions, what would run.");
    g_test_add_func("/keras/legacy", test_legacy);
    g_test_add_func("/keras/chunks", test_chunks);
    g_test_add_func("/keras/latest", test_latest);
    g_test_add_func("/keras/misuse", test_misuse);
    g_test_add_func("/keras/archive", test_archive);
    g_test_add_func("/keras/sequential", test_sequential);
    g_test_add_func("/keras/again", test_again);
    g_test_add_func("/keras/wide-chunks", test_wide_chunks);
    g_test_add_func("/keras/broken", test_broken);
    return g_test_run();
}
