/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <string.h>

#include "explainer.h"
#include "frame-builder.h"
#include "model-format.h"
#include "model-json.h"
#include "model-rows.h"
#include "pair-shares.h"

/* Any bytes as a model: refused in words, or a model that is told, runs on any row, and whose
 * shares can be worked out. What costs more than a few rows of a small model may is left to other
 * tests. */
#define FUZZ_MODEL_ROWS    4
#define FUZZ_MODEL_INPUTS  256
#define FUZZ_MODEL_OUTPUTS 256
#define FUZZ_MODEL_SHARED  12   /* inputs whose shares are worked out */
#define FUZZ_MODEL_WORK    4096 /* of a model whose shares are sampled */

static inline void
fuzz_model_texts_valid(const GPtrArray *texts)
{
    for (guint i = 0; i < texts->len; i++)
        g_assert_true(g_utf8_validate(g_ptr_array_index(texts, i), -1, NULL));
}

static inline void
fuzz_model_refused(const GError *error)
{
    g_assert_true(error != NULL && error->message[0] != '\0');
}

/* a cell that the input may hold, or one that it does not know */
static inline void
fuzz_model_cell(ErrataFrameBuilder *builder, const ErrataModelInput *input, guint column, guint row)
{
    static const double numbers[FUZZ_MODEL_ROWS] = {0.0, -1.5, (double)NAN, 1e30};
    static const char *const texts[FUZZ_MODEL_ROWS] = {"a word, the word", "x", NULL, "2026-01-01"};
    const char *text = texts[row];

    if (input->type == ERRATA_MODEL_NUMBER) {
        if (!isnan(numbers[row]))
            errata_frame_builder_number(builder, column, numbers[row]);
        return;
    }
    if (input->n_categories > row && text != NULL)
        text = input->categories[row];
    if (text != NULL)
        errata_frame_builder_string(builder, column, text, strlen(text));
}

/* (nullable): rows for a model; %NULL where no log could hold its columns */
static inline ErrataFrame *
fuzz_model_frame(const ErrataModel *model)
{
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
    g_autofree guint *column = g_new0(guint, model->inputs->len + 1);
    guint other = 0;

    errata_model_keep_strings(model, builder);
    g_assert_true(errata_frame_builder_column(builder, "fuzz row", 8, &other, NULL));
    for (guint i = 0; i < model->inputs->len; i++) {
        const char *name = errata_model_input(model, i)->name;

        if (!errata_frame_builder_column(builder, name, strlen(name), &column[i], NULL))
            return NULL;
    }
    for (guint row = 0; row < FUZZ_MODEL_ROWS; row++) {
        errata_frame_builder_integer(builder, other, row);
        for (guint i = 0; i < model->inputs->len; i++)
            fuzz_model_cell(builder, errata_model_input(model, i), column[i], row);
        if (!errata_frame_builder_end_row(builder, NULL))
            return NULL;
    }
    return errata_frame_builder_finish(builder, NULL);
}

static inline void
fuzz_model_explain(ErrataModel *model,
                   ErrataQuantityKind kind,
                   const ErrataModelBinding *binding,
                   const ErrataModelBinding *background)
{
    static const double truth[FUZZ_MODEL_ROWS] = {0.0, 1.0, (double)NAN, 0.0};
    const ErrataExplainerEffort effort = {FUZZ_MODEL_ROWS, 1};
    g_autoptr(ErrataModelBlock) block = errata_model_block_new(binding, FUZZ_MODEL_ROWS);
    const ErrataModelRows *rows = errata_model_block_fill(block, 0, FUZZ_MODEL_ROWS);
    ErrataSampledCheck check = {0};
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataExplainer) explainer =
        errata_explainer_new(model, kind, background, &effort, 1, &error);
    g_autofree double *phi = NULL;

    if (explainer == NULL) {
        fuzz_model_refused(error);
        return;
    }
    phi = g_new0(double,
                 (gsize)FUZZ_MODEL_ROWS *errata_explainer_n_groups(explainer) *
                     ((gsize)errata_explainer_n_features(explainer) + 1));
    if (!errata_explainer_rows(explainer, rows, 0, truth, phi, &check, &error))
        fuzz_model_refused(error);
}

static inline void
fuzz_model_pairs(ErrataModel *model,
                 const ErrataModelBinding *binding,
                 const ErrataModelBinding *background)
{
    g_autoptr(ErrataModelBlock) block = errata_model_block_new(binding, FUZZ_MODEL_ROWS);
    const ErrataModelRows *rows = errata_model_block_fill(block, 0, FUZZ_MODEL_ROWS);
    ErrataSampledCheck check = {0};
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataPairShares) pairs =
        errata_pair_shares_new(model, background, FUZZ_MODEL_ROWS, 1, &error);
    g_autofree double *phi = NULL;
    gsize width;

    if (pairs == NULL) {
        fuzz_model_refused(error);
        return;
    }
    width = (gsize)errata_pair_shares_n_features(pairs) + 1;
    phi = g_new0(double, FUZZ_MODEL_ROWS *errata_pair_shares_n_groups(pairs) * width * width);
    if (!errata_pair_shares_rows(pairs, rows, phi, &check, &error))
        fuzz_model_refused(error);
}

/* score, then attribute in all ways there are */
static inline void
fuzz_model_run(ErrataModel *model)
{
    g_autoptr(ErrataFrame) frame = fuzz_model_frame(model);
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(ErrataModelBinding) binding = NULL;
    g_autoptr(ErrataModelResult) result = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) csv = g_string_new(NULL);

    if (frame == NULL)
        return;
    binding = errata_model_binding_new(model, frame, warnings, &error);
    if (binding != NULL)
        result = errata_model_run(binding, warnings, &error);
    fuzz_model_texts_valid(warnings);
    if (result == NULL) {
        fuzz_model_refused(error);
        return;
    }
    errata_model_result_append_header(result, csv);
    for (gsize row = 0; row < result->n_rows; row++)
        errata_model_result_append_row(result, row, csv);
    g_assert_true(g_utf8_validate(csv->str, (gssize)csv->len, NULL));
    if (model->inputs->len > FUZZ_MODEL_SHARED || model->outputs->len > FUZZ_MODEL_SHARED ||
        model->work > FUZZ_MODEL_WORK)
        return;
    fuzz_model_explain(model, ERRATA_QUANTITY_MARGIN, binding, NULL);
    fuzz_model_explain(model, ERRATA_QUANTITY_MARGIN, binding, binding);
    fuzz_model_explain(model, ERRATA_QUANTITY_PROBABILITY, binding, binding);
    fuzz_model_explain(model, ERRATA_QUANTITY_LOSS, binding, binding);
    fuzz_model_pairs(model, binding, NULL);
    fuzz_model_pairs(model, binding, binding);
}

/* what a loader gave */
static inline void
fuzz_model_take(ErrataModel *model, const GError *error)
{
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    g_autofree char *json = NULL;

    g_assert_true((model == NULL) == (error != NULL));
    if (model == NULL) {
        fuzz_model_refused(error);
        return;
    }
    g_assert_true((model->klass == NULL) == (model->why_not != NULL));
    json = errata_model_to_json(model, "fuzz", NULL, 1, none);
    g_assert_true(g_utf8_validate(json, -1, NULL));
    if (model->klass != NULL && model->inputs->len <= FUZZ_MODEL_INPUTS &&
        model->outputs->len <= FUZZ_MODEL_OUTPUTS)
        fuzz_model_run(model);
}

static inline void
fuzz_model_load(const ErrataModelFormat *format, const ErrataModelParts *parts)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = format->load(parts, &error);

    fuzz_model_take(model, error);
}

static inline void
fuzz_model(const ErrataModelFormat *format, const char *name, const guint8 *data, gsize size)
{
    g_autoptr(ErrataModelParts) parts = errata_model_parts_new(name);
    g_autoptr(GBytes) bytes = g_bytes_new(data, size); /* a copy: its ends are watched */

    errata_model_parts_add(parts, name, bytes, size);
    if (format->sniff != NULL)
        format->sniff(data, MIN(size, 1U << 16), name);
    fuzz_model_load(format, parts);
}
