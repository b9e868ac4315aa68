/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers as text: the shortest that reads back the same, or fixed decimals. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "number-scan.h"
#include "number.h"

static gboolean
number_print_reads_back(const char *text, double value)
{
    double back = 0.0;

    return errata_number_parse_double(text, strlen(text), &back) &&
           memcmp(&back, &value, sizeof back) == 0;
}

#define NUMBER_PLAIN_LEAST 1e-4 /* from here … */
#define NUMBER_PLAIN_MOST  1e8  /* … to here no exponent is printed */

#define NUMBER_SHORT_PLACES 6
#define NUMBER_SHORT_SCALE  1e6

/* @scaled / 10^@places without the zeros behind its last decimal */
static void
number_put(gboolean negative, guint64 scaled, guint places, char *buffer)
{
    char digits[ERRATA_NUMBER_BUFFER];
    guint n = 0, zeros = 0;

    for (; zeros < places && scaled % 10 == 0; zeros++)
        scaled /= 10;
    for (guint place = zeros; scaled > 0 || place <= places; place++) {
        if (place == places && zeros < places)
            digits[n++] = '.';
        digits[n++] = (char)('0' + scaled % 10);
        scaled /= 10;
    }
    if (negative)
        digits[n++] = '-';
    while (n > 0)
        *buffer++ = digits[--n];
    *buffer = '\0';
}

/* numbers of at most six decimals, as most are that people logged: such a decimal, when it reads back
 * as the number, is what fifteen digits would print; FALSE for all others */
static gboolean
number_print_short(double value, char *buffer)
{
    double size = fabs(value);
    guint64 scaled;

    if (!(size >= NUMBER_PLAIN_LEAST && size < NUMBER_PLAIN_MOST))
        return FALSE;
    scaled = (guint64)llround(size * NUMBER_SHORT_SCALE);
    if ((double)scaled / NUMBER_SHORT_SCALE < size || (double)scaled / NUMBER_SHORT_SCALE > size)
        return FALSE;
    number_put(value < 0.0, scaled, NUMBER_SHORT_PLACES, buffer);
    return TRUE;
}

/* @mantissa · 2^@exponent · 10^@places to the nearest whole number, ties to even: exact, as the
 * product takes at most 53 + 47 bits */
static guint64
number_scale(guint64 mantissa, int exponent, guint places)
{
    unsigned __int128 product = mantissa;
    unsigned __int128 half, rest;
    guint64 whole;
    guint shift = (guint)(-exponent - (int)places);

    for (guint i = 0; i < places; i++)
        product *= 5;
    half = (unsigned __int128)1 << (shift - 1);
    rest = product & (2 * half - 1);
    whole = (guint64)(product >> shift);
    return whole + (rest > half || (rest == half && (whole & 1) != 0));
}

/* numbers of middling size in integers, to the digits that printf() would give; FALSE for others */
static gboolean
number_print_plain(double value, char *buffer)
{
    static const double tens[] = {1e-3, 1e-2, 1e-1, 1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7};
    double size = fabs(value);
    guint64 bits, mantissa;
    guint below = 0; /* powers that the number reaches */
    int exponent;

    if (!(size >= NUMBER_PLAIN_LEAST && size < NUMBER_PLAIN_MOST))
        return FALSE;
    memcpy(&bits, &size, sizeof bits);
    mantissa = (bits & ((G_GUINT64_CONSTANT(1) << 52) - 1)) | G_GUINT64_CONSTANT(1) << 52;
    exponent = (int)(bits >> 52) - 1075;
    while (below < G_N_ELEMENTS(tens) && size >= tens[below])
        below++;
    for (guint digits = 15; digits <= 17; digits++) {
        guint places = digits + 3 - below;
        guint64 scaled = number_scale(mantissa, exponent, places);
        ErrataNumberDecimal decimal = {.mantissa = scaled,
                                       .exponent = -(int)places,
                                       .n_digits = (int)digits};
        double back = errata_number_from_scan(&decimal, "", 0, '.');

        if (digits == 17 || memcmp(&back, &size, sizeof back) == 0) {
            number_put(value < 0.0, scaled, places, buffer);
            break;
        }
    }
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
    if (number_print_short(value, buffer) || number_print_plain(value, buffer))
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
 * errata_number_print_int:
 * @value: a whole number
 * @buffer: where the text goes
 *
 * Returns: @buffer
 */
char *
errata_number_print_int(gint64 value, char buffer[ERRATA_NUMBER_BUFFER])
{
    number_put(value < 0, value < 0 ? 0 - (guint64)value : (guint64)value, 0, buffer);
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
