/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scikit-learn's nearest neighbours: every training row is looked at, whatever tree the file has for
 * them. Of equally near ones those come first that stand first. */
#include <math.h>
#include <string.h>

#include "error.h"
#include "limit.h"
#include "sk-private.h"

/**
 * SkNeighbors:
 * @row: n_rows × n_features
 * @target: per row the class's index, or the values, n_targets of them
 * @k: neighbours asked
 * @power: of Minkowski's distance, infinite for the largest difference
 * @by_distance: a neighbour counts by the inverse of its distance
 */
struct _SkNeighbors {
    gsize n_rows;
    double *row;
    double *target;
    guint n_targets;
    guint k;
    double power;
    gboolean by_distance;
};

void
sk_neighbors_free(SkNeighbors *self)
{
    g_free(self->row);
    g_free(self->target);
    g_free(self);
}

static gboolean
neighbors_read_metric(SkNeighbors *self, const PickleValue *object, GError **error)
{
    const char *metric = pickle_text(pickle_attribute(object, "effective_metric_"));
    const PickleValue *parameters = pickle_attribute(object, "effective_metric_params_");
    const PickleValue *power = pickle_get(parameters, "p");
    const PickleValue *weights = pickle_get(parameters, "w");
    if (g_strcmp0(metric, "euclidean") == 0 || g_strcmp0(metric, "l2") == 0)
        self->power = 2;
    else if (g_strcmp0(metric, "manhattan") == 0 || g_strcmp0(metric, "cityblock") == 0 ||
             g_strcmp0(metric, "l1") == 0)
        self->power = 1;
    else if (g_strcmp0(metric, "chebyshev") == 0)
        self->power = (double)INFINITY;
    else if (g_strcmp0(metric, "minkowski") != 0 || !pickle_number(power, &self->power) ||
             (weights != NULL && weights->kind != PICKLE_NONE))
        return sk_refuse(error,
                         "the distance %s is not computed",
                         metric != NULL ? metric : "(a function)");
    return self->power >= 1 || sk_fail(error, "Minkowski's distance with a power below 1");
}

static gboolean
neighbors_read_rows(SkNeighbors *self, SkReader *reader, const PickleValue *object, GError **error)
{
    SkBody *body = reader->body;
    PickleArray rows, target;
    if (!pickle_array(pickle_attribute(object, "_fit_X"), &rows) || rows.n_dimensions != 2 ||
        rows.shape[1] != body->n_features || rows.n == 0)
        return sk_refuse(error, "training rows that are no matrix of %u columns", body->n_features);
    if (!pickle_array(pickle_attribute(object, "_y"), &target) || target.n_dimensions > 2 ||
        target.shape[0] != rows.shape[0] || target.n == 0)
        return sk_fail(error, "_y: expected %zu rows", rows.shape[0]);
    if (!sk_take_values(reader, target.n / target.shape[0], error))
        return FALSE;
    self->n_targets = body->n_margins = MAX(body->n_values, 1);
    self->n_rows = rows.shape[0];
    self->row = sk_numbers(object, "_fit_X", rows.n, error);
    self->target = self->row != NULL ? sk_numbers(object, "_y", target.n, error) : NULL;
    for (gsize i = 0; self->target != NULL && body->n_classes > 0 && i < self->n_rows; i++)
        if (!(self->target[i] >= 0 && self->target[i] < body->n_classes))
            return sk_fail(error, "_y: row %zu is of class %g", i, self->target[i]);
    return self->target != NULL;
}

/**
 * sk_read_neighbors:
 * @ret_is: whether @object is a model of nearest neighbours at all
 *
 * Reads a model of nearest neighbours into the reader's body.
 */
gboolean
sk_read_neighbors(SkReader *reader, const PickleValue *object, gboolean *ret_is, GError **error)
{
    SkBody *body = reader->body;
    const char *name = pickle_class(object);
    const char *weights = pickle_text(pickle_attribute(object, "weights"));
    double k = sk_number(object, "n_neighbors", 0);
    *ret_is = g_str_equal(name, "KNeighborsClassifier") || g_str_equal(name, "KNeighborsRegressor");
    if (!*ret_is)
        return TRUE;
    SkNeighbors *self = body->neighbors = g_new0(SkNeighbors, 1);
    body->kind = SK_NEIGHBORS;
    body->n_margins = 1;
    body->link = body->n_classes > 0 ? SK_LINK_OWN : SK_LINK_NONE;
    if (weights == NULL || (!g_str_equal(weights, "uniform") && !g_str_equal(weights, "distance")))
        return sk_refuse(error, "neighbours that count by a function");
    self->by_distance = g_str_equal(weights, "distance");
    if ((g_str_has_suffix(name, "Classifier")) != (body->n_classes > 0))
        return sk_fail(error, "%s without classes, or with too many", name);
    if (!neighbors_read_metric(self, object, error) ||
        !neighbors_read_rows(self, reader, object, error))
        return FALSE;
    if (!(k >= 1 && k <= (double)self->n_rows))
        return sk_fail(error, "n_neighbors is %g of %zu rows", k, self->n_rows);
    self->k = (guint)k;
    errata_model_builder_add_work(reader->builder, (double)self->n_rows * body->n_features);
    return TRUE;
}

/* before the root of the power */
static double
neighbors_distance(const SkNeighbors *self, const double *a, const double *b, guint n)
{
    double sum = 0;
    for (guint i = 0; i < n; i++) {
        double d = fabs(a[i] - b[i]);
        sum = isinf(self->power)                                        ? fmax(sum, d)
              : self->power > 2 || (self->power < 2 && self->power > 1) ? sum + pow(d, self->power)
              : self->power > 1                                         ? sum + d * d
                                                                        : sum + d;
    }
    return sum;
}

/* the k nearest, nearest first */
static void
neighbors_find(const SkNeighbors *self, const double *x, guint n, gsize *near, double *distance)
{
    guint found = 0;
    for (gsize i = 0; i < self->n_rows; i++) {
        double d = neighbors_distance(self, x, self->row + i * n, n);
        guint at = found < self->k ? found : self->k;
        if (found == self->k && !(d < distance[found - 1]))
            continue;
        at = MIN(at, self->k - 1);
        while (at > 0 && d < distance[at - 1]) {
            distance[at] = distance[at - 1];
            near[at] = near[at - 1];
            at--;
        }
        distance[at] = d;
        near[at] = i;
        found = MIN(found + 1, self->k);
    }
}

/* distances become what a neighbour counts; of those at no distance only these count */
static void
neighbors_weigh(const SkNeighbors *self, double *distance)
{
    gboolean same = FALSE;
    for (guint i = 0; i < self->k; i++) {
        if (!isinf(self->power) && self->power > 1)
            distance[i] = self->power > 2 || self->power < 2 ? pow(distance[i], 1 / self->power)
                                                             : sqrt(distance[i]);
        same |= !(distance[i] > 0);
    }
    for (guint i = 0; i < self->k; i++)
        distance[i] = !self->by_distance ? 1 : same ? (distance[i] > 0 ? 0 : 1) : 1 / distance[i];
}

void
sk_neighbors_run(const SkBody *body, const double *x, SkAnswer *answer)
{
    const SkNeighbors *self = body->neighbors;
    g_autofree gsize *near = g_new0(gsize, self->k);
    g_autofree double *weight = g_new0(double, self->k);
    guint n = self->n_targets;
    double total = 0;
    neighbors_find(self, x, body->n_features, near, weight);
    neighbors_weigh(self, weight);
    for (guint k = 0; k < body->n_classes; k++)
        answer->share[k] = 0;
    for (guint t = 0; t < n; t++)
        answer->margin[t] = 0;
    for (guint i = 0; i < self->k; i++) {
        const double *target = self->target + near[i] * n;
        total += weight[i];
        if (body->n_classes > 0)
            answer->share[(guint)target[0]] += weight[i];
        for (guint t = 0; body->n_classes == 0 && t < n; t++)
            answer->margin[t] += weight[i] * target[t];
    }
    for (guint t = 0; t < n; t++)
        answer->margin[t] /= total;
    answer->value = answer->margin[0];
    answer->best = 0;
    for (guint k = 0; k < body->n_classes; k++) {
        answer->share[k] /= total;
        answer->best = answer->share[k] > answer->share[answer->best] ? k : answer->best;
    }
}
