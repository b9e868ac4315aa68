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

/* eight ASCII digits at once, after Lemire 2018, "Quickly parsing eight digits" */
static inline gboolean
errata_number_are_8_digits(guint64 v)
{
    const guint64 high = G_GUINT64_CONSTANT(0x4646464646464646);
    const guint64 low = G_GUINT64_CONSTANT(0x3030303030303030);

    return (((v + high) | (v - low)) & G_GUINT64_CONSTANT(0x8080808080808080)) == 0;
}

static inline guint64
errata_number_take_8_digits(guint64 v)
{
    const guint64 mask = G_GUINT64_CONSTANT(0x000000FF000000FF);

    v -= G_GUINT64_CONSTANT(0x3030303030303030);
    v = (v * 10) + (v >> 8);
    v = (v & mask) * G_GUINT64_CONSTANT(0x000F424000000064) +
        ((v >> 16) & mask) * G_GUINT64_CONSTANT(0x0000271000000001);
    return v >> 32 & G_MAXUINT32;
}

static inline const char *
errata_number_scan_digits(const char *p, const char *end, guint64 *mantissa)
{
#if G_BYTE_ORDER == G_LITTLE_ENDIAN
    while (end - p >= 8) {
        guint64 v;

        memcpy(&v, p, 8);
        if (!errata_number_are_8_digits(v))
            break;
        *mantissa = *mantissa * 100000000 + errata_number_take_8_digits(v);
        p += 8;
    }
#endif
    for (; p < end && (guint8)(*p - '0') < 10; p++)
        *mantissa = *mantissa * 10 + (guint8)(*p - '0');
    return p;
}

/* a plain whole number that prints back as it was: no plus, no leading zero, within gint64 */
static inline gboolean
errata_number_scan_int(const char *p, const char *end, gint64 *ret_value)
{
    gboolean negative = p < end && *p == '-';
    const char *digits = p + negative;
    guint64 value = 0;

    if (end - digits < 1 || end - digits > 19)
        return FALSE;
    if (*digits == '0' && (end - digits > 1 || negative))
        return FALSE;
    for (p = digits; p < end; p++) {
        guint8 digit = (guint8)(*p - '0');

        if (digit > 9)
            return FALSE;
        value = value * 10 + digit;
    }
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
errata_number_scan_decimal(const char *p,
                           const char *end,
                           char point,
                           ErrataNumberDecimal *ret_decimal)
{
    ErrataNumberDecimal d = {0, 0, 0, FALSE, TRUE, FALSE};
    const char *start;
    const char *whole;

    if (p < end && (*p == '-' || *p == '+'))
        d.negative = *p++ == '-';
    start = p;
    p = errata_number_scan_digits(p, end, &d.mantissa);
    whole = p;
    d.n_digits = (int)MIN(p - start, G_MAXINT / 2);
    d.leading_zero = p - start > 1 && *start == '0';
    if (p < end && *p == point) {
        const char *fraction = ++p;

        d.integral = FALSE;
        p = errata_number_scan_digits(p, end, &d.mantissa);
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

G_END_DECLS
