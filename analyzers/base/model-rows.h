/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "frame-builder.h"
#include "model.h"

G_BEGIN_DECLS

/**
 * ErrataModelBinding:
 *
 * The columns of a frame as the inputs of a model. Immutable; holds the model.
 */
typedef struct _ErrataModelBinding ErrataModelBinding;

/**
 * ErrataModelBlock:
 *
 * Room for the cells of some rows, for one thread.
 */
typedef struct _ErrataModelBlock ErrataModelBlock;

/**
 * ErrataModelResult:
 * @n_rows: rows
 * @n_outputs: outputs, those of the model
 * @number: (array length=n_outputs): numbers per output, %NULL for TEXT
 * @text: (array length=n_outputs): strings per TEXT output, else %NULL
 *
 * What a model says of all rows of a frame.
 */
typedef struct {
    gsize n_rows;
    guint n_outputs;
    double **number;
    const char ***text;
    GPtrArray *strings; /* (element-type GStringChunk) */
    ErrataModel *model;
} ErrataModelResult;

/* tells a builder which columns the model wants as strings */
void errata_model_keep_strings(const ErrataModel *model, ErrataFrameBuilder *builder);

ErrataModelBinding *errata_model_binding_new(ErrataModel *model,
                                             const ErrataFrame *frame,
                                             GPtrArray *warnings,
                                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
ErrataModelBinding *errata_model_binding_open(ErrataModel *model,
                                              const ErrataFrame *frame,
                                              GPtrArray *warnings,
                                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
ErrataModelBinding *errata_model_binding_try(ErrataModel *model,
                                             const ErrataFrame *frame,
                                             GPtrArray *warnings,
                                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
const ErrataModelInput *errata_model_binding_guess(const ErrataModelBinding *self);
void errata_model_binding_tell(const ErrataModelBinding *self, GPtrArray *warnings);
double *errata_model_binding_text_ranks(const ErrataModelBinding *self, guint input, guint *ret_n);
void errata_model_binding_set_codes(ErrataModelBinding *self, guint input, const double *of_code);
void errata_model_binding_free(ErrataModelBinding *self);
ErrataModel *errata_model_binding_model(const ErrataModelBinding *self);
gsize errata_model_binding_n_rows(const ErrataModelBinding *self);
const ErrataColumn *errata_model_binding_column(const ErrataModelBinding *self, guint input);

ErrataModelBlock *errata_model_block_new(const ErrataModelBinding *binding, gsize n_rows);
void errata_model_block_free(ErrataModelBlock *self);
/* the cells of rows [begin, begin + n); valid until the next call */
const ErrataModelRows *errata_model_block_fill(ErrataModelBlock *self, gsize begin, gsize n);

ErrataModelResult *errata_model_run(const ErrataModelBinding *binding,
                                    GPtrArray *warnings,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
void errata_model_result_free(ErrataModelResult *self);
void errata_model_result_append_header(const ErrataModelResult *self, GString *csv);
void errata_model_result_append_row(const ErrataModelResult *self, gsize row, GString *csv);

void errata_model_append_csv(GString *csv, const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataModelBinding, errata_model_binding_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataModelBlock, errata_model_block_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataModelResult, errata_model_result_free)

G_END_DECLS
