/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define ERRATA_NORMAL_KNOTS 64

/**
 * ErrataNormalScale:
 * @n: knots, at most %ERRATA_NORMAL_KNOTS; 0 where there was no number
 * @value: (array length=n): different values, the smallest first
 * @normal: (array length=n): the normal score of each
 *
 * A number as a normal score, by its place among others.
 */
typedef struct {
    guint n;
    double value[ERRATA_NORMAL_KNOTS];
    double normal[ERRATA_NORMAL_KNOTS];
} ErrataNormalScale;

double errata_normal_scale_quantile(double p);
void errata_normal_scale_learn(ErrataNormalScale *self, const double *value, gsize n);
double errata_normal_scale_of(const ErrataNormalScale *self, double value);

G_END_DECLS
