/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ErrataNoiseFloor:
 * @in: rate at which rows that are not of the class are given it, in [0, 1]
 * @out: rate at which rows of the class are given another
 * @in_error: standard error of @in; NaN where the rows cannot tell
 * @p: p of the likelihood ratio against no such rates
 *
 * What is left of the error where a score is sure.
 */
typedef struct {
    double in;
    double out;
    double in_error;
    double p;
} ErrataNoiseFloor;

ErrataNoiseFloor errata_noise_floor_fit(const double *score, const guint8 *label, gsize n);

G_END_DECLS
