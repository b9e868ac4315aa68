/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a PMML document: refused in words, or a model that scores a few rows without harm. */
#include <math.h>

#include "model-format.h"
#include "plugin.h"

extern const ErrataPlugin errata_plugin_pmml;

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

#define N_ROWS 3

static void
fuzz_score(const ErrataModel *model)
{
    static const char *const texts[N_ROWS] = {"a", NULL, "2026-01-01"};
    static const double numbers[N_ROWS] = {1.5, (double)NAN, -1e9};
    guint n_inputs = model->inputs->len, n_outputs = model->outputs->len;
    g_autofree const double **number = g_new0(const double *, n_inputs + 1);
    g_autofree const char *const **text = g_new0(const char *const *, n_inputs + 1);
    g_autofree double **to_number = g_new0(double *, n_outputs + 1);
    g_autofree const char ***to_text = g_new0(const char **, n_outputs + 1);
    GStringChunk *strings = g_string_chunk_new(64);
    g_autoptr(GPtrArray) owned = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < n_inputs; i++)
        if (errata_model_input(model, i)->type == ERRATA_MODEL_TEXT)
            text[i] = texts;
        else
            number[i] = numbers;
    for (guint i = 0; i < n_outputs; i++) {
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
    g_autoptr(GError) error = NULL;
    if (!model->klass->predict(model, model->body, &rows, &scores, &error))
        g_assert_nonnull(error);
    g_string_chunk_free(strings);
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = g_bytes_new(data, size);
    g_autoptr(ErrataModelParts) parts = errata_model_parts_new("fuzz.pmml");

    errata_model_parts_add(parts, "fuzz.pmml", bytes, size);
    g_autoptr(ErrataModel) model = errata_plugin_pmml.models[0]->load(parts, &error);
    if (model == NULL)
        g_assert_nonnull(error);
    else if (model->klass != NULL)
        fuzz_score(model);
    return 0;
}
