/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define CALIBRATION_LINE_BINS 200 /* of scores, filled equally */

/* positives and negatives by score bin */
typedef struct {
    double positive[CALIBRATION_LINE_BINS];
    double negative[CALIBRATION_LINE_BINS];
} CalibrationCounts;

/* a + b x with the covariance of (a, b) */
typedef struct {
    double a;
    double b;
    double saa, sab, sbb;
    double rows;
} CalibrationLine;

double errata_calibration_line_rows(const CalibrationCounts *counts);
CalibrationLine errata_calibration_line_fit(const double *x, const CalibrationCounts *counts);

G_END_DECLS
