/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

/* The inner loops of number parsing, inlined where columns are read. Nothing here reads past
 * @end, and nothing depends on the locale. */

/**
 * ErrataNumberDecimal:
 * @mantissa: the digits as one integer; meaningless when @n_digits is above 19
 * @exponent: power of ten; the value is ±mantissa · 10^exponent
 * @n_digits: significant digits, leading zeros not counted
 * @negative: a minus stood in front
 * @integral: only digits and perhaps a sign
 * @leading_zero: more than one digit, the first a 0, and @integral
 */
typedef struct {
    guint64 mantissa;
    int exponent;
    int n_digits;
    gboolean negative;
    gboolean integral;
    gboolean leading_zero;
} ErrataNumberDecimal;

double errata_number_from_decimal(const ErrataNumberDecimal *decimal,
                                  const char *text,
                                  gsize length,
                                  char point);

/* the values of eight digits, the first in the lowest byte, as one number; after Lemire 2018,
 * "Quickly parsing eight digits" */
static inline guint64
errata_number_join_8_digits(guint64 v)
{
    const guint64 mask = G_GUINT64_CONSTANT(0x000000FF000000FF);

    v = (v * 10) + (v >> 8);
    v = (v & mask) * G_GUINT64_CONSTANT(0x000F424000000064) +
        ((v >> 16) & mask) * G_GUINT64_CONSTANT(0x0000271000000001);
    return v >> 32;
}

/* digits from @p on, up to @end; @padded promises that eight bytes can be read anywhere before @end
 * and that @end is no digit, which saves a branch per digit */
static inline const char *
errata_number_take_digits(const char *p, const char *end, guint64 *mantissa, gboolean padded)
{
#if G_BYTE_ORDER == G_LITTLE_ENDIAN
    static const guint64 powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000};

    while (padded || end - p >= 8) {
        guint64 v, foreign;

        memcpy(&v, p, sizeof v);
        v ^= G_GUINT64_CONSTANT(0x3030303030303030);
        /* a high nibble where the byte is above 9; the lowest such byte is exact */
        foreign = ((v + G_GUINT64_CONSTANT(0x0606060606060606)) | v) &
                  G_GUINT64_CONSTANT(0xF0F0F0F0F0F0F0F0);
        if (foreign != 0) {
            guint n = (guint)__builtin_ctzll(foreign) / 8;

            if (n > 0)
                *mantissa = *mantissa * powers[n] + errata_number_join_8_digits(v << (64 - 8 * n));
            return p + n;
        }
        *mantissa = *mantissa * 100000000 + errata_number_join_8_digits(v);
        p += 8;
    }
#endif
    for (; p < end && (guint8)(*p - '0') < 10; p++)
        *mantissa = *mantissa * 10 + (guint8)(*p - '0');
    return p;
}

static inline const char *
errata_number_scan_digits(const char *p, const char *end, guint64 *mantissa)
{
    return errata_number_take_digits(p, end, mantissa, FALSE);
}

/* a plain whole number that prints back as it was: no plus, no leading zero, within gint64 */
static inline gboolean
errata_number_take_int(const char *p, const char *end, gboolean padded, gint64 *ret_value)
{
    gboolean negative = p < end && *p == '-';
    const char *digits = p + negative;
    guint64 value = 0;

    if (end - digits < 1 || end - digits > 19)
        return FALSE;
    if (*digits == '0' && (end - digits > 1 || negative))
        return FALSE;
    if (errata_number_take_digits(digits, end, &value, padded) != end)
        return FALSE;
    if (value > (guint64)G_MAXINT64 + negative)
        return FALSE;
    *ret_value = negative ? (gint64)(0 - value) : (gint64)value;
    return TRUE;
}

static inline gboolean
errata_number_scan_exponent(const char *p, const char *end, int *exponent)
{
    gboolean negative = FALSE;
    int value = 0;

    if (p < end && (*p == '-' || *p == '+'))
        negative = *p++ == '-';
    if (p == end)
        return FALSE;
    for (; p < end && (guint8)(*p - '0') < 10; p++)
        if (value < 100000000)
            value = value * 10 + (*p - '0');
    if (p != end)
        return FALSE;
    *exponent += negative ? -value : value;
    return TRUE;
}

/* [+-] digits [point digits] [e [+-] digits], at least one digit in front of the e */
static inline gboolean
errata_number_take_decimal(const char *p,
                           const char *end,
                           char point,
                           gboolean padded,
                           ErrataNumberDecimal *ret_decimal)
{
    ErrataNumberDecimal d = {0, 0, 0, FALSE, TRUE, FALSE};
    const char *start;
    const char *whole;

    if (p < end && (*p == '-' || *p == '+'))
        d.negative = *p++ == '-';
    start = p;
    p = errata_number_take_digits(p, end, &d.mantissa, padded);
    whole = p;
    d.n_digits = (int)MIN(p - start, G_MAXINT / 2);
    d.leading_zero = p - start > 1 && *start == '0';
    if (p < end && *p == point) {
        const char *fraction = ++p;

        d.integral = FALSE;
        p = errata_number_take_digits(p, end, &d.mantissa, padded);
        d.exponent = -(int)MIN(p - fraction, G_MAXINT / 4);
        d.n_digits += (int)MIN(p - fraction, G_MAXINT / 4);
    }
    if (d.n_digits == 0)
        return FALSE;
    if (p < end && (*p | 0x20) == 'e') {
        d.integral = FALSE;
        if (!errata_number_scan_exponent(p + 1, end, &d.exponent))
            return FALSE;
    } else if (p != end) {
        return FALSE;
    }
    d.leading_zero = d.leading_zero && d.integral;
    if (d.n_digits > 19)
        for (const char *z = start; z < end && (*z == '0' || *z == point); z++)
            d.n_digits -= *z == '0' && (z < whole || z > whole);
    *ret_decimal = d;
    return TRUE;
}

static inline gboolean
errata_number_scan_int(const char *p, const char *end, gint64 *ret_value)
{
    return errata_number_take_int(p, end, FALSE, ret_value);
}

static inline gboolean
errata_number_scan_decimal(const char *p,
                           const char *end,
                           char point,
                           ErrataNumberDecimal *ret_decimal)
{
    return errata_number_take_decimal(p, end, point, FALSE, ret_decimal);
}

/* the powers of ten that are exact doubles */
static const double errata_number_exact[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                             1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                             1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

#define ERRATA_NUMBER_EXACT_POWER    22
#define ERRATA_NUMBER_EXACT_MANTISSA (G_GUINT64_CONSTANT(1) << 53)

/* @value with its sign turned where @negative, without a branch: signs are hard to foretell */
static inline double
errata_number_signed(double value, gboolean negative)
{
    guint64 bits;

    memcpy(&bits, &value, sizeof bits);
    bits ^= (guint64)(negative != FALSE) << 63;
    memcpy(&value, &bits, sizeof bits);
    return value;
}

/* the nearest double; the usual case in place: a mantissa and a power of ten that are both exact
 * doubles, so that one division or product rounds correctly (Clinger 1990) */
static inline double
errata_number_from_scan(const ErrataNumberDecimal *d, const char *text, gsize length, char point)
{
    if (d->n_digits <= 19 && d->mantissa <= ERRATA_NUMBER_EXACT_MANTISSA &&
        d->exponent >= -ERRATA_NUMBER_EXACT_POWER && d->exponent <= ERRATA_NUMBER_EXACT_POWER) {
        double value = (double)(gint64)d->mantissa;

        value = d->exponent < 0 ? value / errata_number_exact[-d->exponent]
                                : value * errata_number_exact[d->exponent];
        return errata_number_signed(value, d->negative);
    }
    return errata_number_from_decimal(d, text, length, point);
}

G_END_DECLS
