/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers as text: the shortest that reads back the same, or fixed decimals. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "number.h"

static gboolean
number_print_reads_back(const char *text, double value)
{
    double back = 0.0;

    return errata_number_parse_double(text, strlen(text), &back) &&
           memcmp(&back, &value, sizeof back) == 0;
}

/**
 * errata_number_print:
 * @value: a finite number
 * @buffer: where the text goes
 *
 * Prints the shortest decimal that reads back as the same double. What is not finite is printed as
 * `null`.
 *
 * Returns: @buffer
 */
char *
errata_number_print(double value, char buffer[ERRATA_NUMBER_BUFFER])
{
    /* below DBL_MIN fewer than 15 digits may do; above, %.15g already drops its zeros */
    int digits = fabs(value) >= DBL_MIN ? 15 : 1;

    if (!isfinite(value)) {
        g_strlcpy(buffer, "null", ERRATA_NUMBER_BUFFER);
        return buffer;
    }
    for (; digits <= 17; digits++) {
        char format[8];

        g_snprintf(format, sizeof format, "%%.%dg", digits);
        g_ascii_formatd(buffer, ERRATA_NUMBER_BUFFER, format, value);
        if (number_print_reads_back(buffer, value))
            break;
    }
    return buffer;
}

/**
 * errata_number_print_single:
 * @value: a finite number of single precision
 * @buffer: where the text goes
 *
 * Prints the shortest decimal that reads back as the same float; `null` when it is not finite.
 *
 * Returns: @buffer
 */
char *
errata_number_print_single(float value, char buffer[ERRATA_NUMBER_BUFFER])
{
    for (int digits = fabsf(value) >= FLT_MIN ? 6 : 1; digits <= 9 && isfinite(value); digits++) {
        char format[8];
        double back = 0.0;
        float single;

        g_snprintf(format, sizeof format, "%%.%dg", digits);
        g_ascii_formatd(buffer, ERRATA_NUMBER_BUFFER, format, (double)value);
        if (!errata_number_parse_double(buffer, strlen(buffer), &back))
            break;
        single = (float)back;
        if (memcmp(&single, &value, sizeof single) == 0)
            return buffer;
    }
    return errata_number_print((double)value, buffer);
}

/**
 * errata_number_print_fixed:
 * @value: a finite number
 * @decimals: digits behind the point, at most 12
 * @buffer: where the text goes
 *
 * Prints with fixed decimals; numbers from 1e15 on have at most three digits, and
 * what rounds to zero has no minus sign.
 *
 * Returns: @buffer
 */
char *
errata_number_print_fixed(double value, guint decimals, char buffer[ERRATA_NUMBER_BUFFER])
{
    char format[8];

    if (!isfinite(value))
        return errata_number_print(value, buffer);
    if (fabs(value) >= 1e15)
        return g_ascii_formatd(buffer, ERRATA_NUMBER_BUFFER, "%.3g", value);
    g_snprintf(format, sizeof format, "%%.%uf", MIN(decimals, 12));
    g_ascii_formatd(buffer, ERRATA_NUMBER_BUFFER, format, value);
    if (buffer[0] == '-' && strpbrk(buffer, "123456789") == NULL)
        memmove(buffer, buffer + 1, strlen(buffer));
    return buffer;
}
