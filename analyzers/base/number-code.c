/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers that look like codes for “no value”, whatever stands beside them. */
#include <float.h>
#include <math.h>

#include "number.h"

static gboolean
number_equal(double a, double b)
{
    return !(a < b) && !(a > b);
}

/**
 * errata_number_is_code:
 * @value: a number
 *
 * Returns: %TRUE for numbers that people and programs write for “no value”: −1, all nines (from 9
 *   with a sign, else from 99), all eights or sevens (from three digits), the ends of integers,
 *   powers of ten from a million, the largest floats
 */
gboolean
errata_number_is_code(double value)
{
    static const double ends[] = {-1.0, 0.0, 255.0, 32767.0, 65535.0, 2147483647.0, 4294967295.0};
    double size = fabs(value);
    double power = 10.0;

    for (guint i = 0; i < G_N_ELEMENTS(ends); i++)
        if (number_equal(value, ends[i]))
            return TRUE;
    if (number_equal(value, -32768.0) || number_equal(value, -2147483648.0) ||
        size >= (double)FLT_MAX * (1.0 - 1e-6) || size >= 9.2e18)
        return TRUE;
    for (guint digits = 1; digits <= 18; digits++, power *= 10.0) {
        double ones = floor(power / 9.0);

        if (number_equal(size, 9.0 * ones) && (digits > 1 || value < 0.0))
            return TRUE;
        if (digits >= 3 && (number_equal(size, 8.0 * ones) || number_equal(size, 7.0 * ones)))
            return TRUE;
        if (digits >= 6 && number_equal(size, power))
            return TRUE;
    }
    return FALSE;
}
