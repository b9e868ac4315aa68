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

#define NUMBER_MOST_PLACES 18 /* whose power of ten has room to spare in 64 bits */

static const char number_pairs[] =
    "00010203040506070809101112131415161718192021222324252627282930313233"
    "34353637383940414243444546474849505152535455565758596061626364656667"
    "6869707172737475767778798081828384858687888990919293949596979899";

/* a whole number, two digits at a time; the end of what was written */
static char *
number_put_whole(guint64 value, char *at)
{
    char digits[ERRATA_NUMBER_BUFFER];
    char *from = digits + sizeof digits;
    gsize n;

    for (; value >= 100; value /= 100)
        from = memcpy(from - 2, number_pairs + 2 * (value % 100), 2);
    if (value >= 10)
        from = memcpy(from - 2, number_pairs + 2 * value, 2);
    else
        *--from = (char)('0' + value);
    n = (gsize)(digits + sizeof digits - from);
    memcpy(at, from, n);
    return at + n;
}

/* @scaled / 10^@places without the zeros behind its last decimal, and a NUL; where that is. A
 *   number
 * of more than 18 places is less than one */
static inline __attribute__((always_inline)) char *
number_put(gboolean negative, guint64 scaled, guint places, char *at)
{
    guint zeros = places > NUMBER_MOST_PLACES ? places - NUMBER_MOST_PLACES : 0;
    guint64 one = 1;
    char *end;

    if (negative)
        *at++ = '-';
    for (guint i = zeros; i < places; i++)
        one *= 10;
    end = number_put_whole(scaled / one, at);
    scaled %= one;
    if (scaled > 0) {
        char *point = end;

        /* a one in front keeps the zeros behind the point, and makes way for it */
        end = number_put_whole(scaled + one, point + zeros);
        memset(point + 1, '0', zeros);
        *point = '.';
        while (end[-1] == '0')
            end--;
    }
    *end = '\0';
    return end;
}

/* numbers of at most six decimals, as most are that people logged: such a decimal, when it reads
 * back as the number, is what fifteen digits would print; %NULL for all others */
static char *
number_print_short(double value, char *buffer)
{
    double size = fabs(value);
    guint64 scaled;

    if (!(size >= NUMBER_PLAIN_LEAST && size < NUMBER_PLAIN_MOST))
        return NULL;
    scaled = (guint64)llround(size * NUMBER_SHORT_SCALE);
    if ((double)scaled / NUMBER_SHORT_SCALE < size || (double)scaled / NUMBER_SHORT_SCALE > size)
        return NULL;
    return number_put(value < 0.0, scaled, NUMBER_SHORT_PLACES, buffer);
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

/* numbers of middling size in integers, to the digits that printf() would give; %NULL for others */
static char *
number_print_plain(double value, char *buffer)
{
    static const double tens[] = {1e-3, 1e-2, 1e-1, 1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7};
    double size = fabs(value);
    guint64 bits, mantissa;
    guint below = 0; /* powers that the number reaches */
    int exponent;

    if (!(size >= NUMBER_PLAIN_LEAST && size < NUMBER_PLAIN_MOST))
        return NULL;
    memcpy(&bits, &size, sizeof bits);
    mantissa = (bits & ((G_GUINT64_CONSTANT(1) << 52) - 1)) | G_GUINT64_CONSTANT(1) << 52;
    exponent = (int)(bits >> 52) - 1075;
    while (below < G_N_ELEMENTS(tens) && size >= tens[below])
        below++;
    for (guint digits = 15;; digits++) {
        guint places = digits + 3 - below;
        guint64 scaled = number_scale(mantissa, exponent, places);
        ErrataNumberDecimal decimal = {.mantissa = scaled,
                                       .exponent = -(int)places,
                                       .n_digits = (int)digits};
        double back = errata_number_from_scan(&decimal, "", 0, '.');

        if (digits == 17 || memcmp(&back, &size, sizeof back) == 0)
            return number_put(value < 0.0, scaled, places, buffer);
    }
}

/**
 * errata_number_put:
 * @value: a finite number
 * @buffer: where the text goes
 *
 * errata_number_print(), for whoever writes on behind it.
 *
 * Returns: where the text's NUL is
 */
char *
errata_number_put(double value, char buffer[ERRATA_NUMBER_BUFFER])
{
    /* below DBL_MIN fewer than 15 digits may do; above, %.15g already drops its zeros */
    int digits = fabs(value) >= DBL_MIN ? 15 : 1;
    char *end = isfinite(value) ? number_print_short(value, buffer) : g_stpcpy(buffer, "null");

    if (end == NULL)
        end = number_print_plain(value, buffer);
    if (end != NULL)
        return end;
    for (; digits <= 17; digits++) {
        char format[8];

        g_snprintf(format, sizeof format, "%%.%dg", digits);
        g_ascii_formatd(buffer, ERRATA_NUMBER_BUFFER, format, value);
        if (number_print_reads_back(buffer, value))
            break;
    }
    return buffer + strlen(buffer);
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
    errata_number_put(value, buffer);
    return buffer;
}

/**
 * errata_number_put_int:
 * @value: a whole number
 * @buffer: where the text goes
 *
 * errata_number_print_int(), for whoever writes on behind it.
 *
 * Returns: where the text's NUL is
 */
char *
errata_number_put_int(gint64 value, char buffer[ERRATA_NUMBER_BUFFER])
{
    return number_put(value < 0, value < 0 ? 0 - (guint64)value : (guint64)value, 0, buffer);
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
    errata_number_put_int(value, buffer);
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
