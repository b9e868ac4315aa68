/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A logistic recalibration a + b logit s of scores that are pooled in bins. */
#include "calibration-line.h"

#include <math.h>

#define LINE_STEPS 30

/**
 * errata_calibration_line_rows:
 *
 * Returns: how many rows there are, or what they weigh
 */
double
errata_calibration_line_rows(const CalibrationCounts *counts)
{
    double rows = 0.0;

    for (guint b = 0; b < CALIBRATION_LINE_BINS; b++)
        rows += counts->positive[b] + counts->negative[b];
    return rows;
}

/* log-likelihood at (a, b); gradient and information when asked for */
static double
line_derive(const double *x,
            const CalibrationCounts *counts,
            double a,
            double b,
            double gradient[2],
            double information[3])
{
    double sum = 0.0;

    gradient[0] = gradient[1] = information[1] = 0.0;
    information[0] = information[2] = 1e-6;
    for (guint i = 0; i < CALIBRATION_LINE_BINS; i++) {
        double all = counts->positive[i] + counts->negative[i];
        double z = a + b * x[i];
        double p = 1.0 / (1.0 + exp(-z));
        double w = all * p * (1.0 - p);
        double r = counts->positive[i] - all * p;

        sum += counts->positive[i] * z - all * (z > 0.0 ? z + log1p(exp(-z)) : log1p(exp(z)));
        gradient[0] += r;
        gradient[1] += r * x[i];
        information[0] += w;
        information[1] += w * x[i];
        information[2] += w * x[i] * x[i];
    }
    return sum;
}

/**
 * errata_calibration_line_fit:
 * @x: (array length=CALIBRATION_LINE_BINS): mean logit of each bin
 * @counts: what happened in it
 *
 * Newton's method, halving steps that go down.
 *
 * Returns: the line of the greatest likelihood, with the covariance of independent rows
 */
CalibrationLine
errata_calibration_line_fit(const double *x, const CalibrationCounts *counts)
{
    CalibrationLine fit = {0.0, 1.0, 0.0, 0.0, 0.0, errata_calibration_line_rows(counts)};
    double gradient[2], information[3];
    double likelihood = line_derive(x, counts, fit.a, fit.b, gradient, information);

    for (guint step = 0; step < LINE_STEPS; step++) {
        double determinant = information[0] * information[2] - information[1] * information[1];
        double da, db, after;
        double scale = 1.0;

        fit.saa = information[2] / determinant;
        fit.sab = -information[1] / determinant;
        fit.sbb = information[0] / determinant;
        da = fit.saa * gradient[0] + fit.sab * gradient[1];
        db = fit.sab * gradient[0] + fit.sbb * gradient[1];
        after = line_derive(x, counts, fit.a + da, fit.b + db, gradient, information);
        for (; !(after >= likelihood) && scale > 1e-6; scale *= 0.5)
            after = line_derive(x,
                                counts,
                                fit.a + 0.5 * scale * da,
                                fit.b + 0.5 * scale * db,
                                gradient,
                                information);
        if (!(after >= likelihood))
            break;
        fit.a += scale * da;
        fit.b += scale * db;
        if (after - likelihood < 1e-9 * fit.rows)
            break;
        likelihood = after;
    }
    return fit;
}
