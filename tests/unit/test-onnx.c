/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "error.h"
#include "model-format.h"
#include "plugin.h"

extern const ErrataPlugin errata_plugin_onnx;

static ErrataModel *
load(const guint8 *data, gsize size, GError **error)
{
    g_autoptr(GBytes) bytes = g_bytes_new(data, size);
    g_autoptr(ErrataModelParts) parts = errata_model_parts_new("test.onnx");

    errata_model_parts_add(parts, "test.onnx", bytes, size);
    return errata_plugin_onnx.models[0]->load(parts, error);
}

static GBytes *
read_corpus(const char *name)
{
    g_autofree char *path =
        g_test_build_filename(G_TEST_DIST, "..", "fuzz", "corpus", "onnx", name, NULL);
    g_autoptr(GError) error = NULL;
    char *bytes;
    gsize size;

    g_file_get_contents(path, &bytes, &size, &error);
    g_assert_no_error(error);
    return g_bytes_new_take(bytes, size);
}

/* the numbers of a row of two cells */
static void
score(const ErrataModel *model, double x0, double x1, double *numbers, const char **word)
{
    const double *columns[] = {&x0, &x1};
    const char *const *no_texts[] = {NULL, NULL};
    double *to_number[4] = {NULL};
    const char **to_text[4] = {NULL};
    GStringChunk *strings = g_string_chunk_new(16);
    g_autoptr(GError) error = NULL;

    for (guint i = 0; i < model->outputs->len; i++)
        if (errata_model_output(model, i)->type == ERRATA_MODEL_TEXT)
            to_text[i] = word;
        else
            to_number[i] = &numbers[i];
    ErrataModelRows rows = {.n_rows = 1, .number = columns, .text = no_texts};
    ErrataModelScores scores = {.n_rows = 1,
                                .number = to_number,
                                .text = to_text,
                                .strings = strings};
    model->klass->predict(model, model->body, &rows, &scores, &error);
    g_assert_no_error(error);
    g_string_chunk_free(strings);
}

/* scaled by half and two; margins ∓(0.5 + z0 + 2·z1) through the logistic, made to sum 1 */
static void
test_linear(void)
{
    g_autoptr(GBytes) bytes = read_corpus("linear");
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model =
        load(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), &error);
    double numbers[4];
    const char *word = NULL;
    double margin = 0.5 + (3 - 1) * 0.5 + 2 * (1.75 - 2) * 2;

    g_assert_no_error(error);
    score(model, 3, 1.75, numbers, &word);
    g_assert_cmpstr(word, ==, "yes");
    g_assert_cmpfloat_with_epsilon(numbers[2], 1 / (1 + exp(-margin)), 1e-7);
    g_assert_cmpfloat_with_epsilon(numbers[1] + numbers[2], 1, 1e-7);
}

/* 10 + (x1 > 0.5 ? 1 : 2) + 0.25; what is missing is not greater */
static void
test_trees(void)
{
    static const struct {
        double x1;
        double expected;
    } cases[] = {{0.75, 11.25}, {0.5, 12.25}, {(double)NAN, 12.25}};
    g_autoptr(GBytes) bytes = read_corpus("trees");
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model =
        load(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), &error);
    double numbers[4];

    g_assert_no_error(error);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        score(model, 0, cases[i].x1, numbers, NULL);
        g_assert_cmpfloat_with_epsilon(numbers[0], cases[i].expected, 1e-6);
    }
}

/* one input scaled, the other encoded in three columns: the trees know whose each column is */
static void
test_columns(void)
{
    g_autoptr(GBytes) bytes = read_corpus("columns");
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model =
        load(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), &error);
    double cell[4][1], numbers[4], x = 1.25, k = 2;
    double *const to[] = {cell[0], cell[1], cell[2], cell[3]};
    const double *columns[] = {&x, &k};
    const char *const *no_texts[] = {NULL, NULL};
    ErrataModelRows rows = {.n_rows = 1, .number = columns, .text = no_texts};
    guint8 defined;

    g_assert_no_error(error);
    g_assert_nonnull(model->trees);
    g_assert_cmpuint(model->trees->n_features, ==, 4);
    g_assert_cmpuint(model->trees->n_owners, ==, 2);
    for (guint f = 0; f < 4; f++)
        g_assert_cmpuint(errata_trees_owner(model->trees, f), ==, f > 0 ? 1 : 0);
    g_assert_true(model->klass->features(model, model->body, &rows, to, &defined, &error));
    g_assert_cmpfloat_with_epsilon(cell[0][0], 0.5, 1e-7); /* (1.25 − 1) × 2 */
    g_assert_cmpfloat_with_epsilon(cell[1][0] + cell[2][0], 0, 1e-7);
    g_assert_cmpfloat_with_epsilon(cell[3][0], 1, 1e-7);
    score(model, 1.3, 2, numbers, NULL);
    g_assert_cmpfloat_with_epsilon(numbers[0], 8, 1e-6);
}

/* cut anywhere, a model is refused or is a smaller one, and nothing is read past its end */
static void
test_cut(void)
{
    g_autoptr(GBytes) bytes = read_corpus("trees");
    gsize size;
    const guint8 *data = g_bytes_get_data(bytes, &size);

    for (gsize n = 0; n < size; n++) {
        g_autoptr(GError) error = NULL;
        g_autofree guint8 *part = g_memdup2(data, n + 1);
        g_autoptr(ErrataModel) model = load(part, n, &error);

        if (model == NULL)
            g_assert_nonnull(error);
    }
}

/* protobuf: a field of bytes, and one of a number */
static void
put_bytes(GString *out, guint field, const char *bytes, gsize size)
{
    g_assert_cmpuint(size, <, 128 * 128);
    g_string_append_c(out, (char)(field << 3 | 2));
    if (size > 127)
        g_string_append_c(out, (char)(size & 127) | (char)-128);
    g_string_append_c(out, (char)(size > 127 ? size >> 7 : size));
    g_string_append_len(out, bytes, (gssize)size);
}

static void
put_text(GString *out, guint field, const char *text)
{
    put_bytes(out, field, text, strlen(text));
}

static void
put_number(GString *out, guint field, guint number)
{
    g_string_append_c(out, (char)(field << 3));
    g_string_append_c(out, (char)number);
}

static void
put_message(GString *out, guint field, GString *message)
{
    put_bytes(out, field, message->str, message->len);
    g_string_free(message, TRUE);
}

/* @location: (nullable): of its numbers, at @offset; else they are @raw */
static void
put_tensor(GString *graph,
           const char *name,
           guint type,
           const guint *dims,
           const void *raw,
           gsize size,
           const char *location,
           const char *offset)
{
    GString *tensor = g_string_new(NULL);

    for (guint i = 0; dims[i] > 0; i++)
        put_number(tensor, 1, dims[i]);
    put_number(tensor, 2, type);
    put_text(tensor, 8, name);
    if (location == NULL)
        put_bytes(tensor, 9, raw, size);
    for (guint i = 0; location != NULL && i < 2; i++) {
        GString *place = g_string_new(NULL);

        put_text(place, 1, i == 0 ? "location" : "offset");
        put_text(place, 2, i == 0 ? location : offset);
        put_message(tensor, 13, place);
    }
    if (location != NULL)
        put_number(tensor, 14, 1);
    put_message(graph, 5, tensor);
}

static void
put_value(GString *graph, guint field, const char *name, const guint *dims)
{
    GString *shape = g_string_new(NULL), *tensor = g_string_new(NULL), *type = g_string_new(NULL);
    GString *value = g_string_new(NULL);

    for (guint i = 0; dims[i] > 0; i++) {
        GString *dim = g_string_new(NULL);

        if (i > 0)
            put_number(dim, 1, dims[i]);
        else
            put_text(dim, 2, "N");
        put_message(shape, 1, dim);
    }
    put_number(tensor, 1, 1);
    put_message(tensor, 2, shape);
    put_message(type, 1, tensor);
    put_text(value, 1, name);
    put_message(value, 2, type);
    put_message(graph, field, value);
}

static void
put_node(GString *graph, const char *op, const char *in)
{
    GString *node = g_string_new(NULL);

    put_text(node, 1, "x");
    put_text(node, 1, in);
    put_text(node, 2, "y");
    put_text(node, 4, op);
    put_message(graph, 1, node);
}

/* takes @graph */
static ErrataModel *
load_graph(GString *graph, const char *beside, const void *numbers, gsize size, GError **error)
{
    g_autoptr(GString) file = g_string_new(NULL);
    g_autoptr(ErrataModelParts) parts = errata_model_parts_new("net.zip");
    g_autoptr(GBytes) bytes = NULL, other = g_bytes_new(numbers, size);

    put_number(file, 1, 8);
    put_message(file, 7, graph);
    bytes = g_bytes_new(file->str, file->len);
    errata_model_parts_add(parts, "net/net.onnx", bytes, file->len);
    errata_model_parts_add(parts, beside, other, size);
    return errata_plugin_onnx.models[0]->load(parts, error);
}

static const ErrataModelRisk *
find_risk(const ErrataModel *model, const char *problem)
{
    for (guint i = 0; i < model->risks->len; i++) {
        const ErrataModelRisk *risk = model->risks->pdata[i];

        if (g_str_equal(risk->problem, problem))
            return risk;
    }
    return NULL;
}

static const guint two_two[] = {2, 2, 0}, any_two[] = {1, 2, 0};

static void
test_weights(void)
{
    const float broken[] = {1.0F, (float)NAN, 3.0F, 4.0F}, same[] = {1.0F, 2.0F, 3.0F, 4.0F};
    GString *graph = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = NULL;
    const ErrataModelLayer *layer;

    g_test_summary("The tensors of a graph that is run are listed and looked at, too");
    put_node(graph, "MatMul", "w");
    put_tensor(graph, "w", 1, two_two, same, sizeof same, NULL, NULL);
    put_tensor(graph, "again", 1, two_two, same, sizeof same, NULL, NULL);
    put_tensor(graph, "broken", 1, two_two, broken, sizeof broken, NULL, NULL);
    put_value(graph, 11, "x", any_two);
    put_value(graph, 12, "y", any_two);
    model = load_graph(graph, "net/other", "", 0, &error);
    g_assert_no_error(error);
    g_assert_null(model->why_not);
    g_assert_cmpuint(model->layers->len, ==, 3);
    layer = model->layers->pdata[0];
    g_assert_cmpstr(layer->shape, ==, "2 × 2");
    g_assert_cmpstr(layer->dtype, ==, "float32");
    layer = model->layers->pdata[1];
    g_assert_cmpstr(layer->duplicate_of, ==, "w");
    layer = model->layers->pdata[2];
    g_assert_cmpuint(layer->n_nan, ==, 1);
    g_assert_nonnull(find_risk(model, "nan-weights"));
}

static void
test_external(void)
{
    static const struct {
        const char *location;
        const char *why; /* in why it is not run */
        gboolean is_risk;
    } cases[] = {{"net.data", NULL, FALSE},
                 {"./net.data", NULL, FALSE},
                 {"gone.data", "did not come with it", FALSE},
                 {"../../etc/passwd", "not in the model's folder", TRUE},
                 {"/etc/passwd", "not in the model's folder", TRUE}};
    const float numbers[] = {9.0F, 1.0F, 2.0F, 3.0F, 4.0F};

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        GString *graph = g_string_new(NULL);
        g_autoptr(GError) error = NULL;
        g_autoptr(ErrataModel) model = NULL;
        double got[4];

        put_node(graph, "MatMul", "w");
        put_tensor(graph, "w", 1, two_two, NULL, 0, cases[i].location, "4");
        put_value(graph, 11, "x", any_two);
        put_value(graph, 12, "y", any_two);
        model = load_graph(graph, "net/net.data", numbers, sizeof numbers, &error);
        g_assert_no_error(error);
        g_assert_true((find_risk(model, "path-traversal") != NULL) == cases[i].is_risk);
        if (cases[i].why != NULL) {
            g_assert_nonnull(strstr(model->why_not, cases[i].why));
            continue;
        }
        g_assert_null(model->why_not);
        score(model, 10, 100, got, NULL);
        g_assert_cmpfloat_with_epsilon(got[0], 310, 1e-9);
        g_assert_cmpfloat_with_epsilon(got[1], 420, 1e-9);
    }
}

static void
test_not_run(void)
{
    const guint8 halves[8] = {0, 60, 0, 124, 0, 0, 0, 0}; /* 1, infinity, 0, 0 */
    static const guint picture[] = {1, 3, 8, 9, 0};
    GString *graph = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = NULL;
    const ErrataModelLayer *layer;

    g_test_summary("A graph of half precision on pictures is described, with the shapes it takes");
    put_node(graph, "Conv", "w");
    put_tensor(graph, "w", 10, two_two, halves, sizeof halves, NULL, NULL);
    put_value(graph, 11, "x", picture);
    put_value(graph, 12, "y", any_two);
    model = load_graph(graph, "net/other", "", 0, &error);
    g_assert_no_error(error);
    g_assert_nonnull(model->why_not);
    g_assert_cmpuint(model->inputs->len, ==, 1);
    g_assert_cmpstr(errata_model_input(model, 0)->name, ==, "x");
    g_assert_cmpstr(errata_model_input(model, 0)->shape, ==, "any × 3 × 8 × 9 float32");
    g_assert_cmpstr(errata_model_output(model, 0)->shape, ==, "any × 2 float32");
    layer = model->layers->pdata[0];
    g_assert_cmpstr(layer->dtype, ==, "float16");
    g_assert_cmpuint(layer->n_infinite, ==, 1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_summary("ONNX tables: trees and linear models as the standard defines them.");
    g_test_add_func("/onnx/linear", test_linear);
    g_test_add_func("/onnx/trees", test_trees);
    g_test_add_func("/onnx/columns", test_columns);
    g_test_add_func("/onnx/cut", test_cut);
    g_test_add_func("/onnx/weights", test_weights);
    g_test_add_func("/onnx/external", test_external);
    g_test_add_func("/onnx/not-run", test_not_run);
    return g_test_run();
}
