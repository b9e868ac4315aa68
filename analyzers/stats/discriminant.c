/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Linear discriminants out of fold: classes as normal clouds of one shape, told apart by their
 * means. The sums of all folds less those of one are what its rows are judged by, so that five
 * models cost one pass over the rows. */
#include "discriminant.h"

#include <math.h>

#include "parallel.h"

#define DISCRIMINANT_GRAIN 1024

/* sums over rows: of each class, and of the products of any two numbers (lower half) */
typedef struct {
    double n;
    double *n_of;    /* n_classes */
    double *sum;     /* n_classes × width */
    double *product; /* width × width */
} Sums;

/* a score of each class: slope · x + intercept */
typedef struct {
    double *slope; /* n_classes × width */
    double *intercept;
} Model;

typedef struct {
    const float *x;
    gsize n;
    guint width;
    const gint32 *given;
    guint n_classes;
    const guint8 *fold;
    guint n_folds;
    Sums *sums;   /* n_folds + 1: the last of all */
    Model *model; /* likewise: of what is in no fold, the last */
    double *probability;
} Work;

static void
discriminant_sums_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    const Work *work = data;
    gsize width = work->width;

    for (gsize f = begin; f < end; f++) {
        Sums *sums = &work->sums[f];

        for (gsize i = 0; i < work->n; i++) {
            const float *x = work->x + i * width;
            double *sum = sums->sum + (gsize)work->given[i] * width;

            if (work->fold[i] != f)
                continue;
            sums->n += 1.0;
            sums->n_of[work->given[i]] += 1.0;
            for (gsize a = 0; a < width; a++) {
                double *product = sums->product + a * width;
                double value = (double)x[a];

                sum[a] += value;
                for (gsize b = 0; b <= a; b++)
                    product[b] += value * (double)x[b];
            }
        }
    }
}

/* @into += @by · @from */
static void
discriminant_add(const Work *work, Sums *into, const Sums *from, double by)
{
    gsize width = work->width;

    into->n += by * from->n;
    for (guint k = 0; k < work->n_classes; k++)
        into->n_of[k] += by * from->n_of[k];
    for (gsize i = 0; i < work->n_classes * width; i++)
        into->sum[i] += by * from->sum[i];
    for (gsize i = 0; i < width * width; i++)
        into->product[i] += by * from->product[i];
}

static Sums
discriminant_sums_new(const Work *work)
{
    gsize width = work->width;

    return (Sums){.n_of = g_new0(double, work->n_classes),
                  .sum = g_new0(double, work->n_classes *width),
                  .product = g_new0(double, width *width)};
}

static void
discriminant_sums_clear(Sums *self)
{
    g_free(self->n_of);
    g_free(self->sum);
    g_free(self->product);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Sums, discriminant_sums_clear)

/* The covariance within classes, lower half, in place of the products. It is drawn towards that of
 * numbers that are alike and apart as if as many more rows had been seen as it has columns. */
static void
discriminant_covariance(const Work *work, Sums *sums)
{
    gsize width = work->width;
    double trace = 0.0, rows = fmax(sums->n - work->n_classes, 1.0);

    for (guint k = 0; k < work->n_classes; k++) {
        const double *sum = sums->sum + k * width;

        for (gsize a = 0; a < width && sums->n_of[k] > 0.0; a++)
            for (gsize b = 0; b <= a; b++)
                sums->product[a * width + b] -= sum[a] * sum[b] / sums->n_of[k];
    }
    for (gsize a = 0; a < width; a++)
        trace += fmax(sums->product[a * width + a], 0.0);
    for (gsize a = 0; a < width; a++)
        sums->product[a * width + a] += fmax(trace / rows, 1e-12);
    for (gsize i = 0; i < width * width; i++)
        sums->product[i] /= rows + (double)width;
}

/* Cholesky's factor, lower, in place of a positive matrix */
static void
discriminant_factor(double *a, gsize width)
{
    for (gsize i = 0; i < width; i++)
        for (gsize j = 0; j <= i; j++) {
            double sum = a[i * width + j];

            for (gsize k = 0; k < j; k++)
                sum -= a[i * width + k] * a[j * width + k];
            a[i * width + j] = i == j ? sqrt(fmax(sum, 1e-12)) : sum / a[j * width + j];
        }
}

/* solves L Lᵀ y = x in place of @x */
static void
discriminant_solve(const double *factor, gsize width, double *x)
{
    for (gsize i = 0; i < width; i++) {
        for (gsize k = 0; k < i; k++)
            x[i] -= factor[i * width + k] * x[k];
        x[i] /= factor[i * width + i];
    }
    for (gsize i = width; i-- > 0;) {
        for (gsize k = i + 1; k < width; k++)
            x[i] -= factor[k * width + i] * x[k];
        x[i] /= factor[i * width + i];
    }
}

/* from all rows but those of a fold */
static void
discriminant_model_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    const Work *work = data;
    gsize width = work->width;

    for (gsize f = begin; f < end; f++) {
        g_auto(Sums) sums = discriminant_sums_new(work);
        Model *model = &work->model[f];

        discriminant_add(work, &sums, &work->sums[work->n_folds], 1.0);
        if (f < work->n_folds)
            discriminant_add(work, &sums, &work->sums[f], -1.0);
        discriminant_covariance(work, &sums);
        discriminant_factor(sums.product, width);
        for (guint k = 0; k < work->n_classes; k++) {
            double *slope = model->slope + k * width;
            double half = 0.0;

            for (gsize a = 0; a < width; a++)
                slope[a] = sums.sum[k * width + a] / fmax(sums.n_of[k], 1.0);
            discriminant_solve(sums.product, width, slope);
            for (gsize a = 0; a < width; a++)
                half += 0.5 * slope[a] * sums.sum[k * width + a] / fmax(sums.n_of[k], 1.0);
            /* a class that is not seen counts as half a row */
            model->intercept[k] = log(fmax(sums.n_of[k], 0.5)) - half;
        }
    }
}

static void
discriminant_predict_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    const Work *work = data;
    guint n_classes = work->n_classes;
    gsize width = work->width;

    for (gsize i = begin; i < end; i++) {
        const Model *model = &work->model[MIN(work->fold[i], work->n_folds)];
        const float *x = work->x + i * width;
        double *p = work->probability + i * n_classes;
        double most = -(double)INFINITY, sum = 0.0;

        for (guint k = 0; k < n_classes; k++) {
            const double *slope = model->slope + k * width;

            p[k] = model->intercept[k];
            for (gsize a = 0; a < width; a++)
                p[k] += slope[a] * (double)x[a];
            most = fmax(most, p[k]);
        }
        for (guint k = 0; k < n_classes; k++)
            sum += p[k] = exp(p[k] - most);
        for (guint k = 0; k < n_classes; k++)
            p[k] /= sum;
    }
}

/**
 * errata_discriminant_folds:
 * @x: (array length=n*width): a vector per row
 * @n: rows
 * @width: numbers of each
 * @given: (array length=n): class of each row, 0 … n_classes − 1
 * @n_classes: classes, at least 2
 * @fold: (array length=n): fold of each row; @n_folds where it is in none, and taught nothing
 * @n_folds: folds, at least 2
 * @ret_probability: (array length=n*n_classes) (out caller-allocates): probabilities of the classes
 *   by the rows of the other folds; by all folds for a row in none
 *
 * Fisher's linear discriminant with one covariance for all classes, shrunk towards a multiple of
 * the identity (Friedman 1989, "Regularized Discriminant Analysis", γ = width / (rows + width)).
 * O(n·width² + n·width·n_classes), the same for any number of threads.
 */
void
errata_discriminant_folds(const float *x,
                          gsize n,
                          guint width,
                          const gint32 *given,
                          guint n_classes,
                          const guint8 *fold,
                          guint n_folds,
                          double *ret_probability)
{
    g_autofree Sums *sums = g_new0(Sums, (gsize)n_folds + 1);
    g_autofree Model *model = g_new0(Model, (gsize)n_folds + 1);
    Work work = {x, n, width, given, n_classes, fold, n_folds, sums, model, ret_probability};

    g_return_if_fail(n_classes >= 2 && n_folds >= 2);
    for (guint f = 0; f <= n_folds; f++) {
        sums[f] = discriminant_sums_new(&work);
        model[f] = (Model){g_new0(double, (gsize)n_classes *width), g_new0(double, n_classes)};
    }
    errata_parallel_for(n_folds, 1, discriminant_sums_cb, &work);
    for (guint f = 0; f < n_folds; f++)
        discriminant_add(&work, &sums[n_folds], &sums[f], 1.0);
    errata_parallel_for(n_folds + 1, 1, discriminant_model_cb, &work);
    errata_parallel_for(n, DISCRIMINANT_GRAIN, discriminant_predict_cb, &work);
    for (guint f = 0; f <= n_folds; f++) {
        discriminant_sums_clear(&sums[f]);
        g_free(model[f].slope);
        g_free(model[f].intercept);
    }
}
