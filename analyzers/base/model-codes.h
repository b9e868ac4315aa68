/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "frame.h"

G_BEGIN_DECLS

/**
 * ErrataModelCodes:
 * @ERRATA_MODEL_CODES_SAME: the numbers are codes
 * @ERRATA_MODEL_CODES_RANKS: they stand for codes, by their order
 * @ERRATA_MODEL_CODES_UNKNOWN: neither can be said
 *
 * What the numbers of a column are to a model that knows a feature by the codes of a list of categories
 * that its file does not hold.
 */
typedef enum {
    ERRATA_MODEL_CODES_SAME,
    ERRATA_MODEL_CODES_RANKS,
    ERRATA_MODEL_CODES_UNKNOWN,
} ErrataModelCodes;

ErrataModelCodes errata_model_codes_read(const ErrataColumn *column,
                                         guint n_codes,
                                         double **ret_level,
                                         guint *ret_n);

G_END_DECLS
