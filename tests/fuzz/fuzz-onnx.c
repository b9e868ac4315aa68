/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a ONNX model: refused in words, or a model that scores two rows without harm. */
#include <math.h>

#include "model-format.h"
#include "plugin.h"

extern const ErrataPlugin errata_plugin_onnx;

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

#define N_ROWS 2

static void
fuzz_score(const ErrataModel *model)
{
    static const double numbers[N_ROWS] = {0.0, (double)NAN};
    static const char *const texts[N_ROWS] = {"Ham", NULL};
    g_autofree const double **number = g_new0(const double *, model->inputs->len + 1);
    g_autofree const char *const **text = g_new0(const char *const *, model->inputs->len + 1);
    g_autofree double **to_number = g_new0(double *, model->outputs->len + 1);
    g_autofree const char ***to_text = g_new0(const char **, model->outputs->len + 1);
    g_autoptr(GPtrArray) owned = g_ptr_array_new_with_free_func(g_free);
    GStringChunk *strings = g_string_chunk_new(64);
    g_autoptr(GError) error = NULL;

    for (guint i = 0; i < model->inputs->len; i++)
        if (errata_model_input(model, i)->type == ERRATA_MODEL_TEXT)
            text[i] = texts;
        else
            number[i] = numbers;
    for (guint i = 0; i < model->outputs->len; i++) {
        gpointer cells = g_new0(double, N_ROWS);
        g_ptr_array_add(owned, cells);
        if (errata_model_output(model, i)->type == ERRATA_MODEL_TEXT)
            to_text[i] = cells;
        else
            to_number[i] = cells;
    }
    ErrataModelRows rows = {.n_rows = N_ROWS, .number = number, .text = text};
    ErrataModelScores scores = {.n_rows = N_ROWS,
                                .number = to_number,
                                .text = to_text,
                                .strings = strings};
    if (!model->klass->predict(model, model->body, &rows, &scores, &error))
        g_assert_nonnull(error);
    g_string_chunk_free(strings);
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = g_bytes_new(data, size);
    g_autoptr(ErrataModelParts) parts = errata_model_parts_new("fuzz.onnx");

    errata_model_parts_add(parts, "fuzz.onnx", bytes, size);
    g_autoptr(ErrataModel) model = errata_plugin_onnx.models[0]->load(parts, &error);
    if (model == NULL)
        g_assert_nonnull(error);
    else if (model->klass != NULL)
        fuzz_score(model);
    return 0;
}
