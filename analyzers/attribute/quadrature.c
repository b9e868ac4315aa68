/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gauss–Legendre nodes on [0, 1], by Newton's method on the three-term recurrence.
 * Source: Press et al., Numerical Recipes, section 4.6. */
#include <math.h>

#include "treeshap-private.h"

/* P_n(z), and its derivative */
static double
quadrature_legendre(guint n, double z, double *ret_slope)
{
    double value = 1.0;
    double before = 0.0;

    for (guint j = 0; j < n; j++) {
        double next = ((2.0 * j + 1.0) * z * value - j * before) / (j + 1.0);

        before = value;
        value = next;
    }
    *ret_slope = n * (z * value - before) / (z * z - 1.0);
    return value;
}

/**
 * shap_quadrature:
 * @n: nodes, at least 1
 * @ret_t: (out caller-allocates) (array length=n): the nodes, within (0, 1)
 * @ret_w: (out caller-allocates) (array length=n): their weights; the sum is 1
 *
 * Exact for polynomials of degree 2 n − 1.
 */
void
shap_quadrature(guint n, double *ret_t, double *ret_w)
{
    for (guint i = 0; i < n; i++) {
        double z = cos(G_PI * (i + 0.75) / (n + 0.5));
        double slope = 1.0;

        for (guint step = 0; step < 100; step++) {
            double move = quadrature_legendre(n, z, &slope) / slope;

            z -= move;
            if (fabs(move) < 1e-16)
                break;
        }
        quadrature_legendre(n, z, &slope);
        ret_t[i] = 0.5 * (1.0 - z);
        ret_w[i] = 1.0 / ((1.0 - z * z) * slope * slope);
    }
}
