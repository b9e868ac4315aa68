/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The distribution of the two-sided Kolmogorov–Smirnov statistic. One sample of n: Simard and
 * L'Ecuyer 2011, "Computing the Two-Sided Kolmogorov–Smirnov Distribution", whose plan is: exact
 * ends (Ruben, Gambino), the exact one-sided tail where it is small (Smirnov, Birnbaum, Tingey),
 * Durbin's matrix where the statistic is small, and Pelz and Good's expansion between. */
#include "ks.h"

#include <math.h>
#include <string.h>

#define KS_TAIL       2.2 /* n·d² from which twice the one-sided tail is exact enough */
#define KS_SMALL_TAIL 4.0 /* the same for n ≤ KS_SMALL_N */
#define KS_SMALL_N    140.0
#define KS_EXACT_TAIL 20000.0 /* n up to which the one-sided tail is summed term by term */
#define KS_SURE       0.04    /* n·d² under which p is 1 to ten digits */

/* P(D⁺ ≥ d), Birnbaum and Tingey 1951 */
static double
ks_one_sided_tail(double d, double n)
{
    gsize last = (gsize)floor(n * (1.0 - d));
    double sum = 0.0;

    if (n > KS_EXACT_TAIL)
        return exp(-(6.0 * n * d + 1.0) * (6.0 * n * d + 1.0) / (18.0 * n));
    for (gsize k = 0; k <= last; k++) {
        double x = d + (double)k / n;
        double log_term = lgamma(n + 1.0) - lgamma((double)k + 1.0) - lgamma(n - (double)k + 1.0) +
                          ((double)k - 1.0) * log(x);

        if (x < 1.0)
            sum += exp(log_term + (n - (double)k) * log1p(-x));
        else if (n - (double)k < 0.5) /* 0⁰ */
            sum += exp(log_term);
    }
    return MIN(d * sum, 1.0);
}

/* one pass over the terms of K0 … K3; a in half steps, b in whole ones */
static double
ks_pelz_good(double d, double n)
{
    const double pi2 = G_PI * G_PI;
    double z = sqrt(n) * d;
    double z2 = z * z, z4 = z2 * z2, z6 = z4 * z2;
    double k0 = 0.0, k1 = 0.0, k2 = 0.0, k3 = 0.0;

    for (guint k = 0; k < 24; k++) {
        double a = pi2 * ((double)k + 0.5) * ((double)k + 0.5);
        double b = pi2 * (double)k * (double)k;
        double ea = exp(-a / (2.0 * z2));
        double eb = exp(-b / (2.0 * z2));

        k0 += ea;
        k1 += (a - z2) * ea;
        k2 += (6.0 * z6 + 2.0 * z4 + (2.0 * z4 - 5.0 * z2) * a + (1.0 - 2.0 * z2) * a * a) * ea /
              (36.0 * z4 * z2 * z);
        k2 -= b * eb / (18.0 * z2 * z);
        k3 += (-30.0 * z6 - 90.0 * z6 * z2 + (135.0 * z4 - 96.0 * z6) * a +
               (212.0 * z4 - 60.0 * z2) * a * a + (5.0 - 30.0 * z2) * a * a * a) *
              ea / (3240.0 * z4 * z6);
        k3 += (3.0 * z2 * b - b * b) * eb / (108.0 * z6);
    }
    return sqrt(2.0 * G_PI) / z * k0 +
           sqrt(G_PI / 2.0) * (k1 / (3.0 * z4 * sqrt(n)) + k2 / n + k3 / (n * sqrt(n)));
}

static void
ks_multiply(const double *a, const double *b, double *product, guint m)
{
    memset(product, 0, sizeof(double) * m * m);
    for (guint i = 0; i < m; i++)
        for (guint k = 0; k < m; k++)
            for (guint j = 0; j < m; j++)
                product[i * m + j] += a[i * m + k] * b[k * m + j];
}

/* Durbin's matrix in the form of Marsaglia, Tsang and Wang 2003, §2: h = k − n·d */
static double *
ks_durbin_matrix(guint m, double h)
{
    double *matrix = g_new0(double, (gsize)m *m);

    for (guint i = 0; i < m; i++)
        for (guint j = 0; j < MIN(m, i + 2); j++)
            matrix[i * m + j] = 1.0;
    for (guint i = 0; i < m; i++) {
        matrix[i * m] -= pow(h, (double)i + 1.0);
        matrix[(m - 1) * m + i] -= pow(h, (double)(m - i));
    }
    if (h > 0.5)
        matrix[(m - 1) * m] += pow(2.0 * h - 1.0, (double)m);
    for (guint i = 0; i < m; i++)
        for (guint j = 0; j < MIN(m, i + 1); j++)
            matrix[i * m + j] /= exp(lgamma((double)(i - j) + 2.0));
    return matrix;
}

/* n!/nⁿ · (Hⁿ)_kk, scaled on the way so that nothing overflows */
static double
ks_durbin(double d, double n)
{
    guint k = (guint)floor(n * d) + 1;
    guint m = 2 * k - 1;
    g_autofree double *base = ks_durbin_matrix(m, (double)k - n * d);
    g_autofree double *power = g_new0(double, (gsize)m *m);
    g_autofree double *scratch = g_new(double, (gsize)m *m);
    double log_base = 0.0, log_power = 0.0;

    for (guint i = 0; i < m; i++)
        power[i * m + i] = 1.0;
    for (guint64 bits = (guint64)n; bits > 0; bits >>= 1) {
        double scale;

        if ((bits & 1) != 0) {
            ks_multiply(power, base, scratch, m);
            scale = MAX(scratch[(k - 1) * m + k - 1], G_MINDOUBLE);
            for (guint i = 0; i < m * m; i++)
                power[i] = scratch[i] / scale;
            log_power += log_base + log(scale);
        }
        ks_multiply(base, base, scratch, m);
        scale = MAX(scratch[(k - 1) * m + k - 1], G_MINDOUBLE);
        for (guint i = 0; i < m * m; i++)
            base[i] = scratch[i] / scale;
        log_base = 2.0 * log_base + log(scale);
    }
    return power[(k - 1) * m + k - 1] * exp(log_power + lgamma(n + 1.0) - n * log(n));
}

/**
 * errata_ks_one_sample_p:
 * @statistic: largest distance between an empirical and a continuous distribution, in [0, 1]
 * @n: values in the sample, a whole number of at least 1
 *
 * Source: Simard and L'Ecuyer 2011, Journal of Statistical Software 39(11).
 *
 * Returns: P(D ≥ @statistic), good to nine digits or better
 */
double
errata_ks_one_sample_p(double statistic, double n)
{
    double t = n * statistic;
    double square = t * statistic;
    double cdf;

    if (t <= 0.5 || statistic <= 0.0)
        return 1.0;
    if (statistic >= 1.0)
        return 0.0;
    if (t <= 1.0)
        return 1.0 - exp(lgamma(n + 1.0) - n * log(n) + n * log(2.0 * t - 1.0));
    if (t >= n - 1.0)
        return 2.0 * pow(1.0 - statistic, n);
    if (statistic >= 0.5 || square >= (n <= KS_SMALL_N ? KS_SMALL_TAIL : KS_TAIL))
        return MIN(1.0, 2.0 * ks_one_sided_tail(statistic, n));
    if (square <= KS_SURE)
        return 1.0;
    if (n <= KS_SMALL_N || (n <= 100000.0 && n * statistic * sqrt(statistic) <= 1.4))
        cdf = ks_durbin(statistic, n);
    else
        cdf = ks_pelz_good(statistic, n);
    return CLAMP(1.0 - cdf, 0.0, 1.0);
}

/**
 * errata_ks_two_sample_p:
 * @statistic: largest distance between two empirical distributions
 * @n: values of the one sample, at least 1
 * @m: values of the other, at least 1
 *
 * Share of the lattice paths from (0, 0) to (n, m) that leave the band, by recursion over the
 * lattice (Hodges 1957). Conservative where values are tied. O(n·m).
 *
 * Returns: P(D ≥ @statistic) when both samples come from one distribution
 */
double
errata_ks_two_sample_p(double statistic, gsize n, gsize m)
{
    g_autofree double *inside = g_new0(double, m + 1); /* probability of having stayed inside */
    double limit = statistic - 1e-9;                   /* paths that touch it count as outside */

    for (gsize i = 0; i <= n; i++)
        for (gsize j = 0; j <= m; j++) {
            double left = (double)(n - i), right = (double)(m - j);
            double value = i == 0 && j == 0 ? 1.0 : 0.0;

            if (i > 0)
                value += inside[j] * (left + 1.0) / (left + 1.0 + right);
            if (j > 0)
                value += inside[j - 1] * (right + 1.0) / (left + right + 1.0);
            if (fabs((double)i / (double)n - (double)j / (double)m) >= limit && i + j > 0)
                value = 0.0;
            inside[j] = value;
        }
    return CLAMP(1.0 - inside[m], 0.0, 1.0);
}
