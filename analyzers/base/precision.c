/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one rule of rounding. The last digit shown is about as large as half of the interval: 33.8 %
 * when that is ±0.9, 34 % when it is ±3. Without an interval three digits tell enough. */
#include "precision.h"

#include <math.h>
#include <string.h>

#include "number.h"

#define PRECISION_MINUS        "\u2212"
#define PRECISION_NONE         "—"
#define PRECISION_NARROW_SPACE "\u202f"
#define PRECISION_FINEST       (-6)
#define PRECISION_TINY         1e-4 /* under it with an exponent, where as fine a place is told */
#define PRECISION_NIL          1e-5 /* under it with an exponent in any case */
#define PRECISION_SMALL        0.5
#define PRECISION_RATIO        (-2) /* of a quotient */
#define PRECISION_LARGE        1e15 /* from here on with an exponent */
#define PRECISION_LONG         1e4 /* from here on three digits are told of what is no whole number */
#define PRECISION_BN           1e9
#define PRECISION_TENTH_BN     1e8 /* from here on told in billions: 0.74 bn stands beside 1.01 bn */
#define PRECISION_TN           1e12
#define PRECISION_ROUND        6 /* a last place from which on zeros would be written that nobody reads */
#define PRECISION_NEAR         0.002 /* a share so close to nothing or all may take a second decimal */

/* none from ±1.5 on, one decimal from ±0.15 on, tens from ±15 on … */
static int
precision_of_half(double half, int fallback, int finest)
{
    if (!(half > 0.0) || !isfinite(half))
        return fallback;
    return (int)CLAMP(floor(log10(half / 1.5) + 1e-9), (double)finest, 300.0);
}

/* three digits, none of them an idle zero; whole numbers whole, under a billion */
static int
precision_plain(double value)
{
    double size = fabs(value);
    int place;
    double digits;

    if (!(size >= 1e-300) || !isfinite(size) ||
        (size < PRECISION_BN && size >= 1.0 && fabs(size - round(size)) < size * 1e-9))
        return 0;
    if (size >= PRECISION_LONG)
        return (int)floor(log10(size)) - 2;
    place = (int)fmin(floor(log10(size)) - 2.0, 0.0);
    digits = round(size * pow(10.0, -place));
    for (; place < 0 && fmod(digits, 10.0) < 0.5; place++)
        digits /= 10.0;
    return place;
}

/**
 * errata_precision_of_number:
 * @value: a number
 * @lo: lower end of its interval, or NaN
 * @hi: upper end, or NaN
 *
 * Returns: the place of the last digit to tell
 */
int
errata_precision_of_number(double value, double lo, double hi)
{
    int tiny = fabs(value) >= 1e-300 && fabs(value) < PRECISION_TINY
                   ? (int)floor(log10(fabs(value))) - 2
                   : PRECISION_FINEST;

    return precision_of_half((hi - lo) / 2.0, precision_plain(value), tiny);
}

/**
 * errata_precision_of_share:
 * @value: a proportion, in [0, 1]
 * @lo: lower end of its interval, or NaN
 * @hi: upper end, or NaN
 *
 * Returns: the place of the last digit to tell of 100 · @value: one decimal at most, two close to
 *   nothing or all
 */
int
errata_precision_of_share(double value, double lo, double hi)
{
    double percent = fabs(value) * 100.0;
    gboolean near = fabs(value) < PRECISION_NEAR ||
                    (fabs(value) > 1.0 - PRECISION_NEAR && fabs(value) <= 1.0);
    int fallback = percent > 0.0 && percent < 0.1 ? -2 : -1;

    if (fabs(percent - round(percent)) < 1e-9)
        fallback = 0;
    return MIN(precision_of_half((hi - lo) * 50.0, fallback, near ? -2 : -1), 0);
}

/**
 * errata_precision_of_points:
 * @value: a difference of proportions
 * @lo: lower end of its interval, or NaN
 * @hi: upper end, or NaN
 *
 * Returns: the place of the last digit to tell of 100 · @value
 */
int
errata_precision_of_points(double value, double lo, double hi)
{
    int finest = fabs(value) < 0.0005 ? -2 : -1;

    int coarsest = fabs(value) < 0.005 ? -1 : 0; /* a small difference is not told as none */

    return MIN(precision_of_half((hi - lo) * 50.0, fabs(value) > 0.0 ? finest : -1, finest),
               coarsest);
}

/* finest place: of a small quotient three digits, or its interval would have no width */
static int
precision_of_ratio(double value)
{
    if (value > 0.0 && value < PRECISION_SMALL)
        return MIN((int)floor(log10(value)) - 2, PRECISION_RATIO);
    return PRECISION_RATIO;
}

/**
 * errata_precision_of_unit:
 * @value: a number
 * @lo: lower end of its interval, or NaN
 * @hi: upper end, or NaN
 * @unit: its unit
 *
 * Returns: the place of the last digit to tell; of 100 · @value for shares and points
 */
int
errata_precision_of_unit(double value, double lo, double hi, ErrataUnit unit)
{
    switch (unit) {
    case ERRATA_UNIT_SHARE:
        return errata_precision_of_share(value, lo, hi);
    case ERRATA_UNIT_POINTS:
        return errata_precision_of_points(value, lo, hi);
    case ERRATA_UNIT_COUNT:
    case ERRATA_UNIT_TIME:
        return 0;
    case ERRATA_UNIT_RATIO:
        return precision_of_half((hi - lo) / 2.0,
                                 value >= 1.0 ? MIN((int)floor(log10(value)) + PRECISION_RATIO, 0)
                                              : PRECISION_RATIO,
                                 precision_of_ratio(value));
    case ERRATA_UNIT_NONE:
    case ERRATA_UNIT_SD:
    case ERRATA_UNIT_TARGET:
        break;
    }
    return errata_precision_of_number(value, lo, hi);
}

/* "2.1e-7", digits as far as @place */
static char *
precision_print_tiny(double value, int place, const char *sign)
{
    char buffer[ERRATA_NUMBER_BUFFER];
    int exponent = (int)floor(log10(fabs(value)));
    int decimals = CLAMP(exponent - place, 0, 15);
    double mantissa = fabs(value) * pow(10.0, -exponent);
    g_autofree char *digits =
        g_strdup(errata_number_print_fixed(mantissa, (guint)decimals, buffer));

    if (strncmp(digits, "10", 2) == 0) /* 9.99 was rounded */
        return g_strdup_printf("%s1e%d", sign, exponent + 1);
    return g_strdup_printf("%s%se%d", sign, digits, exponent);
}

/* "1.42e+299" */
static char *
precision_print_large(double value, const char *sign)
{
    char buffer[ERRATA_NUMBER_BUFFER];
    double exponent = floor(log10(fabs(value)));
    double mantissa = fabs(value) / pow(10.0, exponent);
    g_autofree char *digits = NULL;
    char *end = NULL;

    if (mantissa >= 9.995) {
        mantissa = 1.0;
        exponent += 1.0;
    }
    digits = g_strdup(errata_number_print_fixed(mantissa, 2, buffer));
    end = digits + strlen(digits);
    while (end[-1] == '0') /* "1e+300" */
        *--end = '\0';
    if (end[-1] == '.')
        *--end = '\0';
    return g_strconcat(sign, digits, "e+", errata_number_print_fixed(exponent, 0, buffer), NULL);
}

/* "470 bn", "1.03 tn" */
static char *
precision_print_billions(double value, int place, const char *sign)
{
    char buffer[ERRATA_NUMBER_BUFFER];
    double step = pow(10.0, place);
    double rounded = round(fabs(value) / step) * step;
    gboolean tn = rounded >= PRECISION_TN;
    int decimals = MAX((tn ? 12 : 9) - place, 0);

    rounded /= tn ? PRECISION_TN : PRECISION_BN;
    return g_strconcat(sign,
                       errata_number_print_fixed(rounded, (guint)decimals, buffer),
                       tn ? PRECISION_NARROW_SPACE "tn" : PRECISION_NARROW_SPACE "bn",
                       NULL);
}

double
errata_precision_round(double value, int place)
{
    double unit = pow(10.0, (double)place);

    return round(value / unit) * unit;
}

/**
 * errata_precision_apart:
 * @lo: lower end of the interval of a difference, as printed: of points in points
 * @hi: upper end
 * @place: of the last digit that would be told
 *
 * Returns: @place, or a finer one where an end of an interval without 0 would be told as 0
 */
int
errata_precision_apart(double lo, double hi, int place)
{
    double nearest = fmin(fabs(lo), fabs(hi));

    while (lo * hi > 0.0 && place > PRECISION_FINEST &&
           !(fabs(errata_precision_round(nearest, place)) > 0.0))
        place--;
    return place;
}

/**
 * errata_precision_print:
 * @value: a number
 * @place: the place of its last digit
 *
 * Returns: (transfer full): @value as readers write it: thousands separated by commas, minus
 *   U+2212, from a tenth of a billion on “bn” and “tn” where no more than the millions are told,
 *   an exponent from 1e15 on, under 1e-4 where more than six decimals are told, and under 1e-5; no
 *   minus zero; "—" for what is not defined
 */
char *
errata_precision_print(double value, int place)
{
    char buffer[ERRATA_NUMBER_BUFFER];
    double step = pow(10.0, place);
    double rounded = place > 0 && fabs(value) < PRECISION_LARGE ? round(value / step) * step
                                                                : value;
    const char *digits = NULL;
    const char *sign = NULL;
    gsize whole;
    GString *text = NULL;

    if (!isfinite(value))
        return g_strdup(PRECISION_NONE);
    if (fabs(value) >= PRECISION_LARGE)
        return precision_print_large(value, value < 0.0 ? PRECISION_MINUS : "");
    if (fabs(value) >= PRECISION_TENTH_BN && place >= PRECISION_ROUND)
        return precision_print_billions(value, place, value < 0.0 ? PRECISION_MINUS : "");
    if (fabs(value) >= step && fabs(value) < PRECISION_TINY &&
        (place < PRECISION_FINEST || fabs(value) < PRECISION_NIL))
        return precision_print_tiny(value, place, value < 0.0 ? PRECISION_MINUS : "");
    digits = errata_number_print_fixed(fabs(rounded), place < 0 ? (guint)-place : 0, buffer);
    sign = value < 0.0 && strspn(digits, "0.") < strlen(digits) ? PRECISION_MINUS : "";
    text = g_string_new(sign);
    whole = strcspn(digits, ".");
    for (gsize i = 0; i < whole; i++) {
        if (i > 0 && (whole - i) % 3 == 0)
            g_string_append_c(text, ',');
        g_string_append_c(text, digits[i]);
    }
    g_string_append(text, digits + whole);
    return g_string_free(text, FALSE);
}
