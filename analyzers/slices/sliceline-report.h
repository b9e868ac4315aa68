/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "analyzer.h"

G_BEGIN_DECLS

/**
 * ErrataSlicelineLoss:
 * @ERRATA_SLICELINE_ZERO_ONE: 1 for an error
 * @ERRATA_SLICELINE_LOG_LOSS: −ln of the probability of the label
 * @ERRATA_SLICELINE_ABSOLUTE: how far a number is off
 * @ERRATA_SLICELINE_SQUARED: the square of that
 *
 * What a search adds up.
 */
typedef enum {
    ERRATA_SLICELINE_ZERO_ONE,
    ERRATA_SLICELINE_LOG_LOSS,
    ERRATA_SLICELINE_ABSOLUTE,
    ERRATA_SLICELINE_SQUARED,
} ErrataSlicelineLoss;

double *errata_sliceline_losses(ErrataAnalysis *analysis, ErrataSlicelineLoss *ret_loss);
const char *errata_sliceline_loss_nick(ErrataSlicelineLoss loss);

extern const ErrataAnalyzer errata_analyzer_sliceline;

G_END_DECLS
