/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far the values beyond a threshold can reach by nature: a generalised Pareto law fitted to the
 * nearer three quarters of them, so that strays at the far end do not make room for themselves. The
 * shape is taken at its upper limit and never below 0: that a sample ends somewhere proves no
 * end. */
#include "tail.h"

#include <math.h>

#include "sort.h"

#define TAIL_LEAST    50   /* values beyond the threshold */
#define TAIL_CENSOR   0.75 /* of them are fitted, of the rest only that they lie further out */
#define TAIL_DISTINCT 3    /* different values among the fitted */
#define TAIL_FITTED   2000 /* values that a fit takes at most */
#define TAIL_STEPS    60   /* of the search for the maximum */
#define TAIL_UPPER    1.645

/* what is fitted: excesses up to the censoring point, and how many lie beyond */
typedef struct {
    double *excess;
    gsize n;
    double n_beyond;
    double end;
} TailSample;

/* median distance of neighbouring different values: the lattice of rounded numbers */
static double
tail_step(const double *sorted, gsize n)
{
    g_autofree double *distance = g_new(double, n + 1);
    gsize n_distances = 0;

    for (gsize i = 1; i < n; i++)
        if (sorted[i] > sorted[i - 1])
            distance[n_distances++] = sorted[i] - sorted[i - 1];
    if (n_distances == 0)
        return 0.0;
    errata_sort_values(distance, n_distances);
    return distance[n_distances / 2];
}

/* excesses with ties spread evenly over their cell of the lattice */
static void
tail_gather(const double *sorted, gsize n, const ErrataTail *tail, TailSample *sample)
{
    gsize last = (gsize)(TAIL_CENSOR * (double)n);
    double base = tail->threshold + 0.5 * tail->step;
    gsize stride;
    gsize n_values = 0;

    while (last < n && !(sorted[last] > sorted[last - 1])) /* a whole cell */
        last++;
    for (gsize i = 0; i < last; i++)
        n_values += i == 0 || sorted[i] > sorted[i - 1] ? 1 : 0;
    for (; n_values < TAIL_DISTINCT && last < n; n_values++)
        for (last++; last < n && !(sorted[last] > sorted[last - 1]);)
            last++;
    stride = last / TAIL_FITTED + 1;
    sample->excess = g_new(double, last / stride + 2);
    sample->n = 0;
    for (gsize begin = 0, end = 0; begin < last; begin = end) {
        while (end < last && !(sorted[end] > sorted[begin]))
            end++;
        for (gsize i = begin; i < end; i++) {
            double part = ((double)(i - begin) + 0.5) / (double)(end - begin) - 0.5;

            if (i % stride == 0)
                sample->excess[sample->n++] = MAX(sorted[i] + part * tail->step - base,
                                                  1e-12 * tail->step);
        }
    }
    sample->end = sorted[last - 1] + 0.5 * tail->step - base;
    sample->n_beyond = (double)(n - last) * (double)sample->n / (double)last;
}

/* the shape that is most likely at θ = ξ/σ, and the profile log-likelihood there (Grimshaw 1993,
 * with those beyond the end censored) */
static double
tail_profile(const TailSample *sample, double theta, double *ret_shape)
{
    double inside = 0.0;
    double r = (double)sample->n;

    for (gsize i = 0; i < sample->n; i++)
        inside += log1p(theta * sample->excess[i]);
    *ret_shape = (inside + sample->n_beyond * log1p(theta * sample->end)) / r;
    return -r * log(*ret_shape / theta) - inside - r;
}

/* maximum over θ by golden section on its logarithm; the exponential law is the end θ → 0 */
static void
tail_maximise(const TailSample *sample, double mean, double *ret_shape)
{
    const double golden = 0.6180339887498949;
    double lo = log(1e-4 / mean);
    double hi = log(1e3 / mean);
    double a = hi - golden * (hi - lo);
    double b = lo + golden * (hi - lo);
    double shape;
    double at_a = tail_profile(sample, exp(a), &shape);
    double at_b = tail_profile(sample, exp(b), &shape);

    for (guint i = 0; i < TAIL_STEPS && hi - lo > 1e-3; i++) {
        if (at_a < at_b) {
            lo = a;
            a = b;
            at_a = at_b;
            b = lo + golden * (hi - lo);
            at_b = tail_profile(sample, exp(b), &shape);
        } else {
            hi = b;
            b = a;
            at_b = at_a;
            a = hi - golden * (hi - lo);
            at_a = tail_profile(sample, exp(a), &shape);
        }
    }
    tail_profile(sample, exp(0.5 * (lo + hi)), &shape);
    *ret_shape = shape;
}

/**
 * errata_tail_fit:
 * @sorted: (array length=n): the values beyond @threshold, increasing
 * @n: how many
 * @threshold: below the first of them
 * @ret: the fit
 *
 * Fits a generalised Pareto law to the excesses over @threshold by maximum likelihood, the
 * outermost quarter censored; the shape is raised by 1.645 of its standard error (1 + ξ)/√r, with r
 * fitted values, and the scale chosen so that the share beyond the censoring point is as observed.
 * Values on a lattice are spread over their cells.
 *
 * Source: Pickands 1975; Grimshaw 1993, "Computing maximum likelihood estimates for the generalized
 * Pareto distribution".
 *
 * Returns: %FALSE when fewer than 50 values, or fewer than three different ones, are there
 */
gboolean
errata_tail_fit(const double *sorted, gsize n, double threshold, ErrataTail *ret)
{
    ErrataTail tail = {.n = n, .threshold = threshold};
    TailSample sample = {0};
    double beyond;
    double sum = 0.0;

    if (n < TAIL_LEAST)
        return FALSE;
    tail.step = tail_step(sorted, (gsize)(TAIL_CENSOR * (double)n));
    if (!(tail.step > 0.0))
        tail.step = tail_step(sorted, n);
    if (!(tail.step > 0.0) || !isfinite(tail.step))
        return FALSE;
    tail_gather(sorted, n, &tail, &sample);
    beyond = sample.n_beyond / ((double)sample.n + sample.n_beyond);
    for (gsize i = 0; i < sample.n; i++)
        sum += sample.excess[i];
    if (!(beyond > 0.0) || !(sample.end > 0.0) || !(sum > 0.0)) {
        g_free(sample.excess);
        return FALSE;
    }
    tail_maximise(&sample, (sum + sample.n_beyond * sample.end) / (double)sample.n, &tail.shape);
    tail.shape += TAIL_UPPER * (1.0 + tail.shape) / sqrt(0.75 * (double)n);
    tail.scale = tail.shape * sample.end / expm1(-tail.shape * log(beyond));
    g_free(sample.excess);
    *ret = tail;
    return isfinite(tail.scale) && tail.scale > 0.0;
}

/**
 * errata_tail_survival:
 * @self: a fit
 * @value: a value beyond its threshold
 *
 * Returns: the share of the tail that reaches @value or further, in [0, 1]
 */
double
errata_tail_survival(const ErrataTail *self, double value)
{
    double excess = value - self->step - self->threshold;

    return excess > 0.0 ? exp(-log1p(self->shape * excess / self->scale) / self->shape) : 1.0;
}

/**
 * errata_tail_quantile:
 * @self: a fit
 * @share: of the values beyond the threshold, in (0, 1]
 *
 * Returns: the value that @share of them pass
 */
double
errata_tail_quantile(const ErrataTail *self, double share)
{
    return self->threshold + self->step +
           self->scale / self->shape * expm1(-self->shape * log(share));
}
