/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What turns one unit into another: powers of ten, the factors of common units, degrees, and the
 * logarithms that pipelines take of long-tailed columns and forget to take, or take twice. */
#include "unit-factor.h"

#include <math.h>

#include "number.h"

#define UNIT_OFF      0.1   /* of a step, by which a multiple of it may miss it */
#define UNIT_LATTICE  0.98  /* of the values, that are multiples of a step */
#define UNIT_LOG_MOST 700.0 /* beyond it a value is the logarithm of no double */
#define UNIT_TRIM     0.1   /* of the values at either end, left out of a mean */
#define UNIT_MEASURED 30    /* values that are measured, at least … */
#define UNIT_DISTINCT \
    20 /* … and steps between neighbours among them: rounding moves a mean of few */
#define UNIT_99 2.5758

#define UNIT_OF(scale, prior)                 \
    {                                         \
        ERRATA_UNIT_LINEAR, scale, 0.0, prior \
    }
#define UNIT_BOTH(scale, prior) UNIT_OF(scale, prior), UNIT_OF(1.0 / (scale), prior)

static const ErrataUnitFactor unit_factors[] = {
    UNIT_BOTH(10.0, 0.0),
    UNIT_BOTH(100.0, 0.0),
    UNIT_BOTH(1e3, 0.0),
    UNIT_BOTH(1e6, 0.0),
    UNIT_BOTH(60.0, 0.01),
    UNIT_BOTH(3600.0, 0.01),
    UNIT_BOTH(24.0, 0.01),
    UNIT_BOTH(2.54, 0.01),
    UNIT_BOTH(0.45359237, 0.01),
    UNIT_BOTH(1.609344, 0.01),
    {ERRATA_UNIT_LINEAR, 1.8, 32.0, 0.01}, /* degrees */
    {ERRATA_UNIT_LINEAR, 1.0 / 1.8, -32.0 / 1.8, 0.01},
    UNIT_BOTH(0.3048, 0.01),
    UNIT_BOTH(12.0, 0.02),
    UNIT_BOTH(25.4, 0.03),
    {ERRATA_UNIT_LINEAR, 1.0, 273.15, 0.02}, /* kelvins */
    {ERRATA_UNIT_LINEAR, 1.0, -273.15, 0.02},
    UNIT_BOTH(1.943844, ERRATA_UNIT_RARE),  /* knots of m/s */
    UNIT_BOTH(3.6, ERRATA_UNIT_RARE),       /* km/h of m/s */
    UNIT_BOTH(3.785412, ERRATA_UNIT_RARE),  /* US gallons of litres */
    UNIT_BOTH(7.500617, ERRATA_UNIT_RARE),  /* mmHg of kPa */
    UNIT_BOTH(0.9144, ERRATA_UNIT_RARE),    /* yards */
    UNIT_BOTH(18.0182, ERRATA_UNIT_RARE),   /* glucose in mg/dl */
    UNIT_BOTH(6.894757, ERRATA_UNIT_RARE),  /* psi */
    UNIT_BOTH(14.503774, ERRATA_UNIT_RARE), /* psi of bar */
    {ERRATA_UNIT_LOG1P, 1.0, 0.0, 0.03},
    {ERRATA_UNIT_LOG, 1.0, 0.0, 0.03},
    {ERRATA_UNIT_LOG10, 1.0, 0.0, 0.03},
    {ERRATA_UNIT_EXPM1, 1.0, 0.0, 0.03},
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
    if (fabs(self->offset) > 0.0 && !(fabs(scale - 1.0) > 0.0))
        return g_strdup(self->offset > 0.0 ? "in K instead of °C" : "in °C instead of K");
    if (fabs(self->offset) > 0.0)
        return g_strdup(scale > 1.0 ? "in °F instead of °C" : "in °C instead of °F");
    if (scale < 1.0 && fabs(1.0 / scale - round(1.0 / scale)) < 1e-9)
        return g_strdup_printf("divided by %s", unit_print(round(1.0 / scale), buffer));
    if (scale < 1.0 && fabs(scale - 0.3048) > 1e-9 && fabs(scale - 0.45359237) > 1e-9 &&
        fabs(scale - 0.9144) > 1e-9)
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

/**
 * errata_unit_factor_is_exact:
 * @self: a factor
 *
 * Returns: whether it is a power of ten or no factor at all: nothing grows by that
 */
gboolean
errata_unit_factor_is_exact(const ErrataUnitFactor *self)
{
    double decades = log10(self->scale);

    return self->kind != ERRATA_UNIT_LINEAR || fabs(self->offset) > 0.0 ||
           fabs(decades - round(decades)) < 1e-9;
}

/* trimmed mean of the logarithms, with its variance (Tukey and McLaughlin 1963); FALSE: too few, or
 * not above 0 */
static gboolean
unit_mean_log(const double *sorted, gsize n, double *ret_mean, double *ret_variance)
{
    gsize cut = (gsize)(UNIT_TRIM * (double)n), n_steps = 0;
    double n_inner = (double)(n - 2 * cut), mean = 0.0, all = 0.0, squares = 0.0;

    if (n < UNIT_MEASURED || !(sorted[cut] > 0.0))
        return FALSE;
    for (gsize i = cut; i < n - cut; i++) {
        mean += log(sorted[i]) / n_inner;
        n_steps += i > cut && sorted[i] > sorted[i - 1] ? 1 : 0;
    }
    for (gsize i = 0; i < n; i++) /* winsorised */
        all += log(sorted[CLAMP(i, cut, n - cut - 1)]) / (double)n;
    for (gsize i = 0; i < n; i++)
        squares += pow(log(sorted[CLAMP(i, cut, n - cut - 1)]) - all, 2.0);
    *ret_mean = mean;
    *ret_variance = squares / ((double)n - 1.0) / (double)n / pow(1.0 - 2.0 * UNIT_TRIM, 2.0);
    return n_steps >= UNIT_DISTINCT;
}

/**
 * errata_unit_measure:
 * @a: (array length=n_a): sorted values that may have come in another unit
 * @n_a: how many
 * @b: (array length=n_b): sorted values in the usual unit
 * @n_b: how many
 * @ret: the factor between them
 *
 * By the trimmed means of their logarithms, so that neither ends nor a few other rows matter.
 *
 * Returns: %FALSE where it cannot be measured: too few values, too many ties, or some of the inner
 * 80 % not
 *   above 0
 */
gboolean
errata_unit_measure(const double *a, gsize n_a, const double *b, gsize n_b, ErrataUnitMeasure *ret)
{
    double mean[2], variance[2], half;

    if (!unit_mean_log(a, n_a, &mean[0], &variance[0]) ||
        !unit_mean_log(b, n_b, &mean[1], &variance[1]))
        return FALSE;
    half = UNIT_99 * sqrt(variance[0] + variance[1]);
    ret->factor = exp(mean[0] - mean[1]);
    ret->lo = ret->factor * exp(-half);
    ret->hi = ret->factor * exp(half);
    return isfinite(ret->factor) && isfinite(half);
}
