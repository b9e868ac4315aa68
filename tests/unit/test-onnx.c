/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

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

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_summary("ONNX tables: trees and linear models as the standard defines them.");
    g_test_add_func("/onnx/linear", test_linear);
    g_test_add_func("/onnx/trees", test_trees);
    g_test_add_func("/onnx/columns", test_columns);
    g_test_add_func("/onnx/cut", test_cut);
    return g_test_run();
}
