/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scale of a number that a model gives, where the log holds it on another one: a model of the
 * logarithm whose service takes it back. Its loss is to be told on one scale, its own. */
#include "model-scale.h"

#include <math.h>

#define SCALE_NEAR 1e-3 /* of the size of what was logged: more is no conversion of it */

double
errata_model_scale_apply(ErrataModelScale scale, double value)
{
    switch (scale) {
    case ERRATA_MODEL_SCALE_EXP:
        return exp(value);
    case ERRATA_MODEL_SCALE_EXPM1:
        return expm1(value);
    case ERRATA_MODEL_SCALE_POWER_10:
        return pow(10.0, value);
    case ERRATA_MODEL_SCALE_POWER_2:
        return exp2(value);
    case ERRATA_MODEL_SCALE_SQUARE:
        return value * value;
    case ERRATA_MODEL_SCALE_SAME:
    case ERRATA_MODEL_SCALE_LAST:
    default:
        return value;
    }
}

double
errata_model_scale_undo(ErrataModelScale scale, double value)
{
    double is = value;

    switch (scale) {
    case ERRATA_MODEL_SCALE_EXP:
        is = log(value);
        break;
    case ERRATA_MODEL_SCALE_EXPM1:
        is = log1p(value);
        break;
    case ERRATA_MODEL_SCALE_POWER_10:
        is = log10(value);
        break;
    case ERRATA_MODEL_SCALE_POWER_2:
        is = log2(value);
        break;
    case ERRATA_MODEL_SCALE_SQUARE:
        is = sqrt(value);
        break;
    case ERRATA_MODEL_SCALE_SAME:
    case ERRATA_MODEL_SCALE_LAST:
    default:
        return value;
    }
    return isfinite(is) ? is : (double)NAN;
}

const char *
errata_model_scale_words(ErrataModelScale scale)
{
    switch (scale) {
    case ERRATA_MODEL_SCALE_EXP:
        return "the logarithm";
    case ERRATA_MODEL_SCALE_EXPM1:
        return "the logarithm of 1 and";
    case ERRATA_MODEL_SCALE_POWER_10:
        return "the logarithm to base 10";
    case ERRATA_MODEL_SCALE_POWER_2:
        return "the logarithm to base 2";
    case ERRATA_MODEL_SCALE_SQUARE:
        return "the square root";
    case ERRATA_MODEL_SCALE_SAME:
    case ERRATA_MODEL_SCALE_LAST:
    default:
        return NULL;
    }
}

/**
 * errata_model_scale_find:
 * @got: what a model gives
 * @want: what was logged for it
 * @n: of both
 *
 * Returns: the conversion that makes the one of the other, to a thousandth of its size on average;
 *   %ERRATA_MODEL_SCALE_SAME where none does
 */
ErrataModelScale
errata_model_scale_find(const double *got, const double *want, gsize n)
{
    ErrataModelScale found = ERRATA_MODEL_SCALE_SAME;
    double size = 0.0, nearest;

    for (gsize i = 0; i < n; i++)
        size += fabs(want[i]);
    nearest = SCALE_NEAR * size;
    for (guint scale = ERRATA_MODEL_SCALE_SAME; scale < ERRATA_MODEL_SCALE_LAST; scale++) {
        double far = 0.0;

        for (gsize i = 0; i < n; i++)
            far += fabs(errata_model_scale_apply((ErrataModelScale)scale, got[i]) - want[i]);
        if (far < nearest) {
            nearest = far;
            found = (ErrataModelScale)scale;
        }
    }
    return found;
}
