/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "foretold.h"

G_BEGIN_DECLS

#define ERRATA_FORETOLD_LEVELS 20

/**
 * ErrataForetoldLevels:
 * @n: levels of the prediction; 0: too few rows to learn from
 * @at: (array length=n): mean prediction of each, ascending
 * @loss: (array length=n): mean loss there
 * @power: beyond the first and the last, the loss goes with this power of the prediction
 *
 * How far off predictions of numbers are by what is predicted: of counts, prices or loads errors
 * grow with the number.
 */
typedef struct {
    guint n;
    double at[ERRATA_FORETOLD_LEVELS];
    double loss[ERRATA_FORETOLD_LEVELS];
    double power;
} ErrataForetoldLevels;

ErrataForetoldLevels errata_foretold_levels(const ErrataForetoldRows *rows);
double errata_foretold_level(const ErrataForetoldLevels *self, double predicted);

G_END_DECLS
