/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define ERRATA_UNIT_RARE 0.04 /* prior: nearly as rare as a factor of no unit */

typedef enum {
    ERRATA_UNIT_LINEAR,
    ERRATA_UNIT_LOG1P, /* x = ln(1 + y) */
    ERRATA_UNIT_LOG,   /* x = ln y */
    ERRATA_UNIT_LOG10, /* x = log₁₀ y */
    ERRATA_UNIT_EXPM1, /* x = exp(y) − 1 */
} ErrataUnitKind;

/**
 * ErrataUnitFactor:
 * @kind: how the usual value y becomes x, the one that came
 * @scale: LINEAR: x = @scale · y + @offset
 * @offset: likewise
 * @prior: what it costs to believe in it: rarer units cost more
 *
 * A way in which a value of the usual unit is written in another.
 */
typedef struct {
    ErrataUnitKind kind;
    double scale;
    double offset;
    double prior;
} ErrataUnitFactor;

/**
 * ErrataUnitMeasure:
 * @factor: how many times as large values came
 * @lo: lower end of its 99 % interval
 * @hi: upper end
 */
typedef struct {
    double factor;
    double lo;
    double hi;
} ErrataUnitMeasure;

extern const ErrataUnitFactor errata_unit_none;

guint errata_unit_factor_count(void);
const ErrataUnitFactor *errata_unit_factor(guint index);
double errata_unit_factor_undo(const ErrataUnitFactor *self, double value);
double errata_unit_factor_slope(const ErrataUnitFactor *self, double value);
gboolean errata_unit_factor_holds(const ErrataUnitFactor *self, double lo, double hi);
double errata_unit_lattice(const double *values, gsize n);
double errata_unit_factor_off(const ErrataUnitFactor *self,
                              const double *values,
                              gsize n,
                              double step);
char *errata_unit_factor_words(const ErrataUnitFactor *self);
gboolean errata_unit_factor_is_exact(const ErrataUnitFactor *self);
gboolean errata_unit_measure(const double *a,
                             gsize n_a,
                             const double *b,
                             gsize n_b,
                             ErrataUnitMeasure *ret);
double errata_unit_factor_distance(const ErrataUnitFactor *self,
                                   const double *a,
                                   gsize n_a,
                                   const double *b,
                                   gsize n_b);

G_END_DECLS
