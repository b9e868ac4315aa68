/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* what a log holds of the number that a model gives: often models learn the logarithm of what is
 * wanted */
typedef enum {
    ERRATA_MODEL_SCALE_SAME,
    ERRATA_MODEL_SCALE_EXP,
    ERRATA_MODEL_SCALE_EXPM1,
    ERRATA_MODEL_SCALE_POWER_10,
    ERRATA_MODEL_SCALE_POWER_2,
    ERRATA_MODEL_SCALE_SQUARE,
    ERRATA_MODEL_SCALE_LAST
} ErrataModelScale;

/* the log's number for the model's */
double errata_model_scale_apply(ErrataModelScale scale, double value);

/* the model's number for the log's; NaN where there is none */
double errata_model_scale_undo(ErrataModelScale scale, double value);

/* (nullable): what the model gives of the log's number, in words */
const char *errata_model_scale_words(ErrataModelScale scale);

ErrataModelScale errata_model_scale_find(const double *got, const double *want, gsize n);

G_END_DECLS
