/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <math.h>

#include "model-format.h"

/* Any bytes as a model: refused in words, or a model that runs on any row and whose trees keep their
 * promises. */
static inline void
fuzz_model_run(const ErrataModel *model)
{
    enum {
        ROWS = 3
    };
    static const double cells[ROWS] = {0.0, (double)NAN, 1e30};
    static const char *const texts[ROWS] = {"", NULL, "x"};
    guint n_in = model->inputs->len;
    guint n_out = model->outputs->len;
    g_autofree const double **number = g_new0(const double *, n_in + 1);
    g_autofree const char *const **text = g_new0(const char *const *, n_in + 1);
    g_autofree double **ret_number = g_new0(double *, n_out + 1);
    g_autofree const char ***ret_text = g_new0(const char **, n_out + 1);
    ErrataModelRows rows = {ROWS, number, text};
    ErrataModelScores scores = {ROWS, ret_number, ret_text, g_string_chunk_new(64)};
    g_autoptr(GError) error = NULL;

    for (guint i = 0; i < n_in; i++) {
        if (errata_model_input(model, i)->type == ERRATA_MODEL_TEXT)
            text[i] = texts;
        else
            number[i] = cells;
    }
    for (guint o = 0; o < n_out; o++) {
        ret_number[o] = g_new0(double, ROWS);
        ret_text[o] = g_new0(const char *, ROWS);
    }
    g_assert_true(model->klass->predict(model, model->body, &rows, &scores, &error) ==
                  (error == NULL));
    for (guint o = 0; o < n_out; o++) {
        g_free(ret_number[o]);
        g_free(ret_text[o]);
    }
    g_string_chunk_free(scores.strings);
}

static inline void
fuzz_model(const ErrataModelFormat *format, const guint8 *data, gsize size)
{
    g_autoptr(ErrataModelParts) parts = errata_model_parts_new("fuzz");
    g_autoptr(GBytes) bytes = g_bytes_new_static(data, size);
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = NULL;

    errata_model_parts_add(parts, "fuzz", bytes, size);
    format->sniff(data, MIN(size, 1U << 16), "fuzz");
    model = format->load(parts, &error);
    g_assert_true((model == NULL) == (error != NULL));
    if (model == NULL)
        return;
    g_assert_true((model->klass == NULL) == (model->why_not != NULL));
    if (model->klass != NULL && model->inputs->len < 4096 && model->outputs->len < 4096)
        fuzz_model_run(model);
}
