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

#define NUMBER_SHORT_PLACES 6
#define NUMBER_SHORT_SCALE  1e6

/* numbers of at most six decimals, as most are that people logged: such a decimal, when it reads back
 * as the number, is what fifteen digits would print; FALSE for all others */
static gboolean
number_print_short(double value, char *buffer)
{
    char digits[24];
    double size = fabs(value);
    guint64 scaled;
    guint n = 0, zeros = 0;

    if (!(size >= 1e-4 && size < 1e8))
        return FALSE;
    scaled = (guint64)llround(size * NUMBER_SHORT_SCALE);
    if ((double)scaled / NUMBER_SHORT_SCALE < size || (double)scaled / NUMBER_SHORT_SCALE > size)
        return FALSE;
    for (; zeros < NUMBER_SHORT_PLACES && scaled % 10 == 0; zeros++)
        scaled /= 10;
    for (guint place = zeros; scaled > 0 || place <= NUMBER_SHORT_PLACES; place++) {
        if (place == NUMBER_SHORT_PLACES && zeros < NUMBER_SHORT_PLACES)
            digits[n++] = '.';
        digits[n++] = (char)('0' + scaled % 10);
        scaled /= 10;
    }
    if (value < 0.0)
        digits[n++] = '-';
    while (n > 0)
        *buffer++ = digits[--n];
    *buffer = '\0';
    return TRUE;
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
    if (number_print_short(value, buffer))
        return buffer;
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
