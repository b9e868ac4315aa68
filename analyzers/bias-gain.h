/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "finding.h"
#include "sum.h"

G_BEGIN_DECLS

/**
 * ErrataBiasGain:
 * @n: rows
 * @before: their absolute errors
 * @gained: what of those taking a number off some of the predictions saves
 * @square: its squares
 *
 * What one number, taken off some predictions of a regression, would bring. Zeroed: no rows yet.
 */
typedef struct {
    double n;
    ErrataSum before;
    ErrataSum gained;
    ErrataSum square;
} ErrataBiasGain;

/* a row, whose prediction less label is @residual; @shift: what is taken off, 0 for a row that
 * stays as it is */
void errata_bias_gain_add(ErrataBiasGain *self, double residual, double shift);
/* the mean absolute error saved, over all rows, and its standard error; NaN without rows */
double errata_bias_gain_mean(const ErrataBiasGain *self, double *ret_error);
/* @rows: “where plan is basic”, behind the predictions; @method: how @shift and the gain were
 *   measured */
void errata_bias_gain_suggest(const ErrataBiasGain *self,
                              ErrataFinding *finding,
                              double shift,
                              const char *rows,
                              const char *method);

G_END_DECLS
