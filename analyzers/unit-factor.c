/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What turns one unit into another: powers of ten, the factors of common units, degrees, and the logarithms
 * that pipelines take of long-tailed columns and forget to take, or take twice. */
#include "unit-factor.h"

#include <math.h>

#include "number.h"

#define UNIT_OFF      0.1   /* of a step, by which a multiple of it may miss it */
#define UNIT_LATTICE  0.98  /* of the values, that are multiples of a step */
#define UNIT_LOG_MOST 700.0 /* beyond it a value is the logarithm of no double */

static const ErrataUnitFactor unit_factors[] = {
    {ERRATA_UNIT_LINEAR, 10.0, 0.0, 0.0},        {ERRATA_UNIT_LINEAR, 0.1, 0.0, 0.0},
    {ERRATA_UNIT_LINEAR, 100.0, 0.0, 0.0},       {ERRATA_UNIT_LINEAR, 0.01, 0.0, 0.0},
    {ERRATA_UNIT_LINEAR, 1e3, 0.0, 0.0},         {ERRATA_UNIT_LINEAR, 1e-3, 0.0, 0.0},
    {ERRATA_UNIT_LINEAR, 1e6, 0.0, 0.0},         {ERRATA_UNIT_LINEAR, 1e-6, 0.0, 0.0},
    {ERRATA_UNIT_LINEAR, 60.0, 0.0, 0.01},       {ERRATA_UNIT_LINEAR, 1.0 / 60.0, 0.0, 0.01},
    {ERRATA_UNIT_LINEAR, 3600.0, 0.0, 0.01},     {ERRATA_UNIT_LINEAR, 1.0 / 3600.0, 0.0, 0.01},
    {ERRATA_UNIT_LINEAR, 24.0, 0.0, 0.01},       {ERRATA_UNIT_LINEAR, 1.0 / 24.0, 0.0, 0.01},
    {ERRATA_UNIT_LINEAR, 2.54, 0.0, 0.01},       {ERRATA_UNIT_LINEAR, 1.0 / 2.54, 0.0, 0.01},
    {ERRATA_UNIT_LINEAR, 0.45359237, 0.0, 0.01}, {ERRATA_UNIT_LINEAR, 1.0 / 0.45359237, 0.0, 0.01},
    {ERRATA_UNIT_LINEAR, 1.609344, 0.0, 0.01},   {ERRATA_UNIT_LINEAR, 1.0 / 1.609344, 0.0, 0.01},
    {ERRATA_UNIT_LINEAR, 1.8, 32.0, 0.01},       {ERRATA_UNIT_LINEAR, 1.0 / 1.8, -32.0 / 1.8, 0.01},
    {ERRATA_UNIT_LINEAR, 0.3048, 0.0, 0.01},     {ERRATA_UNIT_LINEAR, 1.0 / 0.3048, 0.0, 0.01},
    {ERRATA_UNIT_LINEAR, 12.0, 0.0, 0.02},       {ERRATA_UNIT_LINEAR, 1.0 / 12.0, 0.0, 0.02},
    {ERRATA_UNIT_LINEAR, 25.4, 0.0, 0.03},       {ERRATA_UNIT_LINEAR, 1.0 / 25.4, 0.0, 0.03},
    {ERRATA_UNIT_LOG1P, 1.0, 0.0, 0.03},         {ERRATA_UNIT_LOG, 1.0, 0.0, 0.03},
    {ERRATA_UNIT_LOG10, 1.0, 0.0, 0.03},         {ERRATA_UNIT_EXPM1, 1.0, 0.0, 0.03},
};

const ErrataUnitFactor errata_unit_none = {ERRATA_UNIT_LINEAR, 1.0, 0.0, 0.0};

guint
errata_unit_factor_count(void)
{
    return G_N_ELEMENTS(unit_factors);
}

const ErrataUnitFactor *
errata_unit_factor(guint index)
{
    return &unit_factors[index];
}

/**
 * errata_unit_factor_undo:
 * @self: a factor
 * @value: a value that came in the other unit
 *
 * Never falls as @value rises.
 *
 * Returns: the value in the usual unit
 */
double
errata_unit_factor_undo(const ErrataUnitFactor *self, double value)
{
    switch (self->kind) {
    case ERRATA_UNIT_LOG1P:
        return expm1(value);
    case ERRATA_UNIT_LOG:
        return exp(value);
    case ERRATA_UNIT_LOG10:
        return pow(10.0, value);
    case ERRATA_UNIT_EXPM1:
        return log1p(value);
    case ERRATA_UNIT_LINEAR:
        break;
    }
    return (value - self->offset) / self->scale;
}

/**
 * errata_unit_factor_slope:
 * @self: a factor
 * @value: a value that came in the other unit
 *
 * Returns: how fast the value undone rises there
 */
double
errata_unit_factor_slope(const ErrataUnitFactor *self, double value)
{
    switch (self->kind) {
    case ERRATA_UNIT_LOG1P:
    case ERRATA_UNIT_LOG:
        return exp(value);
    case ERRATA_UNIT_LOG10:
        return G_LN10 * pow(10.0, value);
    case ERRATA_UNIT_EXPM1:
        return 1.0 / (1.0 + value);
    case ERRATA_UNIT_LINEAR:
        break;
    }
    return 1.0 / self->scale;
}

/**
 * errata_unit_factor_holds:
 * @self: a factor
 * @lo: the smallest value that came
 * @hi: the largest
 *
 * Returns: whether all values between can have come that way
 */
gboolean
errata_unit_factor_holds(const ErrataUnitFactor *self, double lo, double hi)
{
    switch (self->kind) {
    case ERRATA_UNIT_LOG1P:
    case ERRATA_UNIT_LOG:
        return hi < UNIT_LOG_MOST;
    case ERRATA_UNIT_LOG10:
        return hi < UNIT_LOG_MOST / G_LN10;
    case ERRATA_UNIT_EXPM1:
        return lo > -1.0;
    case ERRATA_UNIT_LINEAR:
        break;
    }
    return TRUE;
}

/* at most five digits: 2.2046, not the double behind it */
static char *
unit_print(double scale, char buffer[ERRATA_NUMBER_BUFFER])
{
    g_autofree char *digits = g_strdup_printf("%.5g", scale);

    return errata_number_print(g_ascii_strtod(digits, NULL), buffer);
}

/**
 * errata_unit_factor_words:
 * @self: a factor
 *
 * Returns: (transfer full): how the values came, behind “arrives”
 */
char *
errata_unit_factor_words(const ErrataUnitFactor *self)
{
    char buffer[ERRATA_NUMBER_BUFFER];
    double scale = self->scale;

    switch (self->kind) {
    case ERRATA_UNIT_LOG1P:
        return g_strdup("as log(1 + x)");
    case ERRATA_UNIT_LOG:
        return g_strdup("as log x");
    case ERRATA_UNIT_LOG10:
        return g_strdup("as log10 x");
    case ERRATA_UNIT_EXPM1:
        return g_strdup("as exp(x) − 1");
    case ERRATA_UNIT_LINEAR:
        break;
    }
    if (fabs(self->offset) > 0.0)
        return g_strdup(scale > 1.0 ? "in °F instead of °C" : "in °C instead of °F");
    if (scale < 1.0 && fabs(1.0 / scale - round(1.0 / scale)) < 1e-9)
        return g_strdup_printf("divided by %s", unit_print(round(1.0 / scale), buffer));
    if (scale < 1.0 && fabs(scale - 0.3048) > 1e-9 && fabs(scale - 0.45359237) > 1e-9)
        return g_strdup_printf("divided by %s", unit_print(1.0 / scale, buffer));
    return g_strdup_printf("multiplied by %s", unit_print(scale, buffer));
}

static gboolean
unit_is_multiple(double value, double step)
{
    double times = value / step;

    return fabs(times - round(times)) <= UNIT_OFF;
}

/**
 * errata_unit_lattice:
 * @values: (array length=n): values in the usual unit
 * @n: how many
 *
 * Returns: the coarsest of 0.1, 0.01 and 0.001 of which nearly all are multiples; 0: none
 */
double
errata_unit_lattice(const double *values, gsize n)
{
    for (double parts = 10.0; parts <= 1000.0; parts *= 10.0) {
        gsize n_on = 0;

        for (gsize i = 0; i < n; i++)
            n_on += fabs(values[i] * parts - round(values[i] * parts)) <= 1e-6 * parts ? 1 : 0;
        if (n > 0 && (double)n_on >= UNIT_LATTICE * (double)n)
            return 1.0 / parts;
    }
    return 0.0;
}

/**
 * errata_unit_factor_off:
 * @self: a factor that holds for all of @values
 * @values: (array length=n): values as they came
 * @n: how many, above 0
 * @step: what the usual values are multiples of
 *
 * Returns: the share of the values that, undone, are no multiples of @step
 */
double
errata_unit_factor_off(const ErrataUnitFactor *self, const double *values, gsize n, double step)
{
    gsize n_off = 0;

    for (gsize i = 0; i < n; i++)
        n_off += unit_is_multiple(errata_unit_factor_undo(self, values[i]), step) ? 0 : 1;
    return (double)n_off / (double)n;
}

/**
 * errata_unit_factor_distance:
 * @self: a factor that holds for all of @a
 * @a: (array length=n_a): sorted values, undone before they are compared
 * @n_a: how many
 * @b: (array length=n_b): sorted values in the usual unit
 * @n_b: how many
 *
 * Returns: the Kolmogorov–Smirnov distance, values within 0.1 % of each other taken for the same
 */
double
errata_unit_factor_distance(const ErrataUnitFactor *self,
                            const double *a,
                            gsize n_a,
                            const double *b,
                            gsize n_b)
{
    gsize i = 0;
    gsize j = 0;
    double most = 0.0;

    while (i < n_a && j < n_b) {
        double left = errata_unit_factor_undo(self, a[i]);
        double right = b[j];
        double value = MIN(left, right);

        if (fabs(left - right) <= 1e-3 * fabs(right))
            value = MAX(left, right);
        while (i < n_a && errata_unit_factor_undo(self, a[i]) <= value)
            i++;
        while (j < n_b && b[j] <= value)
            j++;
        most = MAX(most, fabs((double)i / (double)n_a - (double)j / (double)n_b));
    }
    return most;
}
