/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model-rows.h"

G_BEGIN_DECLS

/**
 * ErrataModelCodesSure:
 * @ERRATA_MODEL_CODES_SURE: the values are codes, or were shown to stand for them
 * @ERRATA_MODEL_CODES_LIKELY: they look like the codes, unless the model's counts speak against it
 * @ERRATA_MODEL_CODES_GUESS: nothing but the model's counts can show it
 */
typedef enum {
    ERRATA_MODEL_CODES_SURE,
    ERRATA_MODEL_CODES_LIKELY,
    ERRATA_MODEL_CODES_GUESS,
} ErrataModelCodesSure;

/**
 * ErrataModelCodes:
 * @of_code: (nullable): per entry of the column's dictionary of texts the code
 * @level: (nullable): the distinct numbers of the column, ascending, where they are not codes
 * @of_level: (nullable): and the code of each
 * @n_levels: how many
 * @sure: how sure that is
 * @note: (nullable): what a reader must know
 *
 * What the values of a column stand for, of an input of which the model has codes only.
 */
typedef struct {
    double *of_code;
    double *level;
    double *of_level;
    guint n_levels;
    ErrataModelCodesSure sure;
    char *note;
} ErrataModelCodes;

gboolean errata_model_codes_read(const ErrataColumn *column,
                                 const ErrataModelInput *input,
                                 gboolean has_told_codes,
                                 ErrataModelCodes *ret,
                                 GError **error);
ErrataModelCodesSure errata_model_codes_prove(const ErrataModelBinding *binding,
                                              guint input,
                                              ErrataModelCodesSure sure);
void errata_model_codes_refuse(const ErrataModelInput *input, GError **error);
/* (transfer full): the name of a column that holds the codes of an input themselves */
char *errata_model_codes_column(const char *input);
double *errata_model_codes_rank_texts(const ErrataColumn *column,
                                      guint *ret_n,
                                      guint *ret_n_numbers);
void errata_model_codes_clear(ErrataModelCodes *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ErrataModelCodes, errata_model_codes_clear)

G_END_DECLS
