/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Accumulated local effects of a feature whose values are names: they are put in an order in which
 * neighbours are alike in all other features, so that a row's value is exchanged only for one that
 * rows like it have. Source: Apley and Zhu 2020, appendix E (order), equation 15 (effects). */
#include "level-effects.h"

#include <gsl/gsl_eigen.h>
#include <math.h>
#include <stdlib.h>

typedef struct {
    double value;
    guint level;
} Placed;

static int
levels_compare_placed(const void *a, const void *b)
{
    const Placed *x = a;
    const Placed *y = b;

    return x->value < y->value   ? -1
           : x->value > y->value ? 1
                                 : (x->level > y->level) - (x->level < y->level);
}

/* adds how far the values of one other feature are apart between each two levels: the largest
 * difference of the distribution functions of numbers, half of all differences of the shares of
 * names */
static void
levels_add_distance(const guint *level,
                    gsize n_rows,
                    guint n_levels,
                    const ErrataLevelOther *other,
                    double *distance)
{
    g_autofree Placed *placed = g_new(Placed, n_rows + 1);
    g_autofree double *count = g_new0(double, n_levels);
    g_autofree double *seen = g_new0(double, n_levels);
    g_autofree double *largest = g_new0(double, (gsize)n_levels *n_levels);
    gsize n = 0;

    for (gsize i = 0; i < n_rows; i++) {
        if (isnan(other->value[i]))
            continue;
        placed[n++] = (Placed){other->value[i], level[i]};
        count[level[i]] += 1.0;
    }
    qsort(placed, n, sizeof *placed, levels_compare_placed);
    for (gsize i = 0; i < n;) {
        gsize end = i;

        for (; end < n && !(placed[end].value > placed[i].value); end++)
            seen[placed[end].level] += 1.0 / count[placed[end].level];
        for (guint a = 0; a < n_levels; a++)
            for (guint b = 0; b < a; b++) {
                double apart = fabs(seen[a] - seen[b]);
                double *at = &largest[a * n_levels + b];

                *at = other->is_name ? *at + 0.5 * apart : fmax(*at, apart);
            }
        for (guint a = 0; a < n_levels && other->is_name; a++)
            seen[a] = 0.0;
        i = end;
    }
    for (guint a = 0; a < n_levels; a++)
        for (guint b = 0; b < a; b++)
            if (count[a] > 0.0 && count[b] > 0.0) {
                distance[a * n_levels + b] += largest[a * n_levels + b];
                distance[b * n_levels + a] += largest[a * n_levels + b];
            }
}

/* the coordinate on a line that keeps the distances best: classical multidimensional scaling */
static void
levels_scale(const double *distance, guint n, double *ret_place)
{
    gsl_matrix *b = gsl_matrix_alloc(n, n);
    gsl_matrix *vectors = gsl_matrix_alloc(n, n);
    gsl_vector *values = gsl_vector_alloc(n);
    gsl_eigen_symmv_workspace *room = gsl_eigen_symmv_alloc(n);
    g_autofree double *mean = g_new0(double, n);
    double all = 0.0;

    for (guint i = 0; i < n; i++)
        for (guint j = 0; j < n; j++) {
            double square = distance[i * n + j] * distance[i * n + j];

            mean[i] += square / n;
            all += square / n / n;
        }
    for (guint i = 0; i < n; i++)
        for (guint j = 0; j < n; j++)
            gsl_matrix_set(
                b,
                i,
                j,
                -0.5 * (distance[i * n + j] * distance[i * n + j] - mean[i] - mean[j] + all));
    gsl_eigen_symmv(b, values, vectors, room);
    gsl_eigen_symmv_sort(values, vectors, GSL_EIGEN_SORT_VAL_DESC);
    for (guint i = 0; i < n; i++)
        ret_place[i] = gsl_vector_get(values, 0) > 0.0 ? gsl_matrix_get(vectors, i, 0) : 0.0;
    gsl_eigen_symmv_free(room);
    gsl_vector_free(values);
    gsl_matrix_free(vectors);
    gsl_matrix_free(b);
}

/**
 * errata_level_effects_order:
 * @level: (array length=n_rows): the value of the feature, 0 … n_levels − 1
 * @n_rows: rows
 * @n_levels: values, at least 1
 * @other: (array length=n_others): the other features
 * @n_others: how many
 * @ret_order: (out caller-allocates) (array length=n_levels): the values, neighbours alike; as
 *   numbered where nothing tells them apart
 *
 * The levels' order by how alike their rows are in the other features.
 *
 * Complexity: n_others × n_rows × (log n_rows + n_levels²).
 */
void
errata_level_effects_order(const guint *level,
                           gsize n_rows,
                           guint n_levels,
                           const ErrataLevelOther *other,
                           guint n_others,
                           guint *ret_order)
{
    g_autofree double *distance = g_new0(double, (gsize)n_levels *n_levels);
    g_autofree double *place = g_new0(double, n_levels);
    g_autofree Placed *placed = g_new(Placed, n_levels);

    for (guint f = 0; f < n_others; f++)
        levels_add_distance(level, n_rows, n_levels, &other[f], distance);
    if (n_levels > 2) /* of two there is one order */
        levels_scale(distance, n_levels, place);
    for (guint i = 0; i < n_levels; i++)
        placed[i] = (Placed){place[i], i};
    qsort(placed, n_levels, sizeof *placed, levels_compare_placed);
    for (guint i = 0; i < n_levels; i++)
        ret_order[i] = placed[i].level;
}

/* what the rows of each step say, and how many rows each place has */
typedef struct {
    guint n_levels;
    double *mean;  /* per step from a place to the next */
    double *n;     /* rows that tell of it */
    double *share; /* of the rows, per place */
} Steps;

static void
levels_add_steps(Steps *self,
                 const guint *place,
                 const double *from_before,
                 const double *to_next,
                 gsize n_rows)
{
    for (gsize i = 0; i < n_rows; i++) {
        self->share[place[i]] += 1.0 / (double)n_rows;
        if (place[i] > 0 && isfinite(from_before[i])) {
            self->mean[place[i] - 1] += from_before[i];
            self->n[place[i] - 1] += 1.0;
        }
        if (place[i] + 1 < self->n_levels && isfinite(to_next[i])) {
            self->mean[place[i]] += to_next[i];
            self->n[place[i]] += 1.0;
        }
    }
    for (guint s = 0; s + 1 < self->n_levels; s++)
        self->mean[s] = self->n[s] > 0.0 ? self->mean[s] / self->n[s] : 0.0;
}

/* how much of step @s is in the centred effect at place @k: steps before it, less their mean over
 * the rows */
static double
levels_weight(const Steps *self, guint s, guint k)
{
    double beyond = 0.0;

    for (guint l = s + 1; l < self->n_levels; l++)
        beyond += self->share[l];
    return (s < k ? 1.0 : 0.0) - beyond;
}

/* how far one row moves the effect at place @k off through its steps */
static double
levels_influence(const Steps *self, guint place, double from_before, double to_next, guint k)
{
    double sum = 0.0;

    if (place > 0 && isfinite(from_before))
        sum += levels_weight(self, place - 1, k) * (from_before - self->mean[place - 1]) /
               self->n[place - 1];
    if (place + 1 < self->n_levels && isfinite(to_next))
        sum += levels_weight(self, place, k) * (to_next - self->mean[place]) / self->n[place];
    return sum;
}

/**
 * errata_level_effects_accumulate:
 * @place: (array length=n_rows): of the row's value in the order, 0 … n_levels − 1
 * @from_before: (array length=n_rows): what the model says of the row less what it would with the
 *   value before its own; anything at the first place, NaN where the model says nothing
 * @to_next: (array length=n_rows): what it would say with the next value less what it says;
 *   likewise
 * @n_rows: rows, at least 1
 * @n_levels: values, at least 1
 * @ret_effect: (out caller-allocates) (array length=n_levels): by place; their mean over the rows
 *   is 0
 * @ret_error: (out caller-allocates) (array length=n_levels): standard errors, of which rows were
 *   drawn
 *
 * A step from one value to the next is the mean over the rows with either of them; steps add up.
 */
void
errata_level_effects_accumulate(const guint *place,
                                const double *from_before,
                                const double *to_next,
                                gsize n_rows,
                                guint n_levels,
                                double *ret_effect,
                                double *ret_error)
{
    g_autofree double *mean = g_new0(double, n_levels);
    g_autofree double *n = g_new0(double, n_levels);
    g_autofree double *share = g_new0(double, n_levels);
    Steps steps = {n_levels, mean, n, share};

    levels_add_steps(&steps, place, from_before, to_next, n_rows);
    for (guint k = 0; k < n_levels; k++) {
        ret_effect[k] = 0.0;
        for (guint s = 0; s + 1 < n_levels; s++)
            ret_effect[k] += levels_weight(&steps, s, k) * mean[s];
    }
    for (guint k = 0; k < n_levels; k++) {
        double squares = 0.0;

        for (gsize i = 0; i < n_rows; i++) {
            double off = levels_influence(&steps, place[i], from_before[i], to_next[i], k);

            off -= ret_effect[place[i]] / (double)n_rows; /* the mean that is taken off */
            squares += off * off;
        }
        ret_error[k] = sqrt(squares);
    }
}
