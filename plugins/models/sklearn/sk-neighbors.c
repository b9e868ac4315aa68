/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scikit-learn's nearest neighbours, a number of them or all within a radius, with one target or
 * several. */
#include <math.h>
#include <string.h>

#include "error.h"
#include "limit.h"
#include "sk-near.h"
#include "sk-private.h"

#define NEIGHBORS_ROUNDED 1e-7  /* of a distance, where the columns are rounded */
#define NEIGHBORS_SHIFT   1e-10 /* of a mean of targets, as a bound: a hundredth of it comes about */

/**
 * SkNeighbors:
 * @target: per row the classes' indices, or the values, n_targets of them
 * @width: (array length=n_targets) (nullable): classes of each target
 * @k: neighbours asked; 0 for all within @radius, which is reduced
 * @by_distance: a neighbour counts by the inverse of its distance
 * @alone: (array length=n_targets) (nullable): the class of a row without neighbours
 * @is_rounded: the columns are rounded in another way than the library's
 */
struct _SkNeighbors {
    SkNear *near;
    double *target;
    guint n_targets;
    guint *width;
    guint k;
    double radius;
    gboolean by_distance;
    guint *alone;
    gboolean is_rounded;
};

void
sk_neighbors_free(SkNeighbors *self)
{
    sk_near_free(self->near);
    g_free(self->target);
    g_free(self->width);
    g_free(self->alone);
    g_free(self);
}

static gboolean
neighbors_is_classifier(const PickleValue *object)
{
    return g_str_equal(pickle_class(object), "KNeighborsClassifier") ||
           g_str_equal(pickle_class(object), "RadiusNeighborsClassifier");
}

static gboolean
neighbors_read_targets(SkNeighbors *self, const PickleValue *object, GError **error)
{
    gsize n_rows = sk_near_n_rows(self->near);
    PickleArray target;
    if (!pickle_array(pickle_attribute(object, "_y"), &target) ||
        target.n != n_rows * self->n_targets)
        return sk_fail(error, "_y: expected %zu rows", n_rows);
    self->target = sk_numbers(object, "_y", target.n, error);
    for (gsize i = 0; self->target != NULL && self->width != NULL && i < target.n; i++)
        if (!(self->target[i] >= 0 && self->target[i] < self->width[i % self->n_targets]))
            return sk_fail(error,
                           "_y: row %zu is of class %g",
                           i / self->n_targets,
                           self->target[i]);
    return self->target != NULL;
}

/* the class that most rows are of */
static guint
neighbors_most_frequent(const SkNeighbors *self, guint target)
{
    g_autofree gsize *count = g_new0(gsize, self->width[target]);
    guint best = 0;
    for (gsize i = 0; i < sk_near_n_rows(self->near); i++)
        count[(guint)self->target[i * self->n_targets + target]]++;
    for (guint k = 1; k < self->width[target]; k++)
        best = count[k] > count[best] ? k : best;
    return best;
}

static gboolean
neighbors_read_alone(SkNeighbors *self, const PickleValue *object, GError **error)
{
    const PickleValue *labels = pickle_attribute(object, "outlier_label_");
    const PickleValue *classes = pickle_attribute(object, "classes_");
    const char *word = pickle_text(pickle_attribute(object, "outlier_label"));
    gboolean is_list = classes != NULL && classes->kind == PICKLE_LIST;
    PickleArray of_target;
    if (self->width == NULL || labels == NULL || labels->kind == PICKLE_NONE)
        return TRUE;
    self->alone = g_new0(guint, self->n_targets);
    for (guint t = 0; t < self->n_targets; t++)
        if (g_strcmp0(word, "most_frequent") == 0)
            self->alone[t] = neighbors_most_frequent(self, t);
        else if (!pickle_array(is_list ? pickle_item(classes, t) : classes, &of_target) ||
                 !sk_find_class(&of_target, pickle_item(labels, t), &self->alone[t]))
            return sk_refuse(
                error,
                "rows without neighbours get a label that is no class of the training");
    return TRUE;
}

static gboolean
neighbors_read_reach(SkNeighbors *self, const PickleValue *object, GError **error)
{
    double n_rows = (double)sk_near_n_rows(self->near);
    if (g_str_has_prefix(pickle_class(object), "Radius")) {
        double radius = sk_number(object, "radius", (double)NAN);
        self->radius = sk_near_reduce(self->near, radius);
        return radius >= 0 || sk_fail(error, "a radius of %g", radius);
    }
    double k = sk_number(object, "n_neighbors", 0);
    if (!(k >= 1 && k <= n_rows))
        return sk_fail(error, "n_neighbors is %g of %g rows", k, n_rows);
    self->k = (guint)k;
    return TRUE;
}

static gboolean
neighbors_read(SkReader *reader,
               const PickleValue *object,
               const guint *width,
               guint n_targets,
               GError **error)
{
    SkBody *body = reader->body;
    const char *weights = pickle_text(pickle_attribute(object, "weights"));
    SkNeighbors *self = body->neighbors = g_new0(SkNeighbors, 1);
    self->n_targets = n_targets;
    self->width = width != NULL ? g_memdup2(width, n_targets * sizeof(guint)) : NULL;
    body->kind = SK_NEIGHBORS;
    if (weights == NULL || (!g_str_equal(weights, "uniform") && !g_str_equal(weights, "distance")))
        return sk_refuse(error, "neighbours that count by a function");
    self->by_distance = g_str_equal(weights, "distance");
    self->is_rounded = reader->is_rounded;
    if (self->is_rounded)
        errata_model_builder_note(
            reader->builder,
            "a row is given no answer where it is so far from training rows that only "
            "the last digits of its columns tell which of them are its neighbours");
    self->near = sk_near_new(object, body->n_features, error);
    if (self->near == NULL || !neighbors_read_targets(self, object, error) ||
        !neighbors_read_reach(self, object, error) || !neighbors_read_alone(self, object, error))
        return FALSE;
    if (self->k > 0 && sk_near_is_open(self->near))
        errata_model_builder_note(reader->builder,
                                  "a row is given no answer where training rows of different "
                                  "targets are equally near: which of them the library takes is "
                                  "not told by the file");
    if (self->by_distance && sk_near_is_by_products(self->near))
        errata_model_builder_note(reader->builder,
                                  "a row that equals training rows of different targets is given "
                                  "no answer: what rounding leaves of their distances weighs them");
    errata_model_builder_add_work(reader->builder,
                                  (double)sk_near_n_rows(self->near) * body->n_features);
    return TRUE;
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
    gboolean is_classifier = neighbors_is_classifier(object);
    PickleArray target;
    *ret_is = is_classifier || g_str_equal(name, "KNeighborsRegressor") ||
              g_str_equal(name, "RadiusNeighborsRegressor");
    if (!*ret_is)
        return TRUE;
    if (is_classifier != (body->n_classes > 0))
        return sk_fail(error, "%s without classes, or with too many", name);
    if (!pickle_array(pickle_attribute(object, "_y"), &target) || target.n == 0 ||
        target.n_dimensions > 2 || target.n % target.shape[0] != 0)
        return sk_fail(error, "_y: expected a row per row of the training");
    gsize n_targets = target.n / target.shape[0];
    if (is_classifier && n_targets > 1)
        return sk_fail(error, "_y: expected one class per row");
    if (!sk_take_values(reader, n_targets, error))
        return FALSE;
    body->n_margins = MAX(body->n_values, 1);
    body->link = is_classifier ? SK_LINK_OWN : SK_LINK_NONE;
    return neighbors_read(reader,
                          object,
                          is_classifier ? &body->n_classes : NULL,
                          body->n_margins,
                          error);
}

gboolean
sk_neighbors_tell_several(const PickleValue *object)
{
    const PickleValue *classes = pickle_attribute(object, "classes_");
    return neighbors_is_classifier(object) && classes != NULL && classes->kind == PICKLE_LIST;
}

gboolean
sk_read_joint_neighbors(SkReader *reader,
                        const PickleValue *object,
                        const guint *width,
                        guint n,
                        GError **error)
{
    for (guint t = 0; t < n; t++)
        reader->body->n_margins += width[t];
    return neighbors_read(reader, object, width, n, error);
}

/* distances become what a neighbour counts; of those at no distance only these count */
static void
neighbors_weigh(const SkNeighbors *self, double *far, gsize n)
{
    gboolean same = FALSE;
    for (gsize i = 0; i < n; i++) {
        far[i] = sk_near_expand(self->near, far[i]);
        same |= !(far[i] > 0);
    }
    for (gsize i = 0; i < n; i++)
        far[i] = !self->by_distance ? 1 : same ? (far[i] > 0 ? 0 : 1) : 1 / far[i];
}

/* how many there are; their rows, and how far each is, reduced */
static gsize
neighbors_ask(const SkNeighbors *self, const double *x, gsize *near, double *weight)
{
    gsize n = self->k;
    if (self->k > 0)
        sk_near_find(self->near, x, self->k, near, weight);
    for (gsize i = 0; self->k == 0 && i < sk_near_n_rows(self->near); i++) {
        near[n] = i;
        weight[n] = sk_near_distance(self->near, x, i);
        n += weight[n] <= self->radius ? 1 : 0;
    }
    return n;
}

/* whether all rows whose distance is about as given have the same targets, of which @ret_n counts
 * the rows */
static gboolean
neighbors_agree(const SkNeighbors *self, const double *far, double about, double most, gsize *ret_n)
{
    gsize first = 0, n = 0, size = self->n_targets * sizeof *self->target;
    gboolean same = TRUE;
    for (gsize i = 0; i < sk_near_n_rows(self->near); i++) {
        if (!(fabs(far[i] - about) <= most))
            continue;
        first = n++ == 0 ? i : first;
        same = same && memcmp(self->target + first * self->n_targets,
                              self->target + i * self->n_targets,
                              size) == 0;
    }
    *ret_n = n;
    return same;
}

/* whether what rounding leaves of weights, of which @open is the share of each, shows in a mean of
 * @value */
static gboolean
neighbors_mean_shifts(const double *value, const double *weight, const double *open, guint n)
{
    double total = 0, mean = 0, shift = 0;
    for (guint i = 0; i < n; i++) {
        total += weight[i];
        mean += weight[i] * value[i];
    }
    mean /= total;
    for (guint i = 0; i < n; i++)
        shift += open[i] * weight[i] * fabs(value[i] - mean);
    return !(shift <= NEIGHBORS_SHIFT * fabs(mean) * total);
}

/* whether what rounding leaves of distances, which weighs most where they are small, shows in a
 * mean of targets or the share of a class, beside that itself; distances are worked out in another
 * order than the library's */
static gboolean
neighbors_shift(const SkNeighbors *self,
                const double *x,
                const gsize *near,
                const double *weight,
                double noise)
{
    g_autofree double *by = g_new(double, self->k);
    g_autofree double *open = g_new(double, self->k);
    g_autofree double *value = g_new(double, self->k);
    for (guint i = 0; i < self->k; i++) {
        double far = fmax(sk_near_expand(self->near, weight[i]), noise);
        by[i] = 1 / far;
        open[i] = fmin(sk_near_room(self->near, x, far) / far, 1);
    }
    for (guint t = 0; t < self->n_targets; t++) {
        guint n_values = self->width != NULL ? self->k : 1; /* classes: those of the neighbours */
        for (guint v = 0; v < n_values; v++) {
            double class = self->target[near[v] * self->n_targets + t];
            for (guint i = 0; i < self->k; i++) {
                double target = self->target[near[i] * self->n_targets + t];
                value[i] = self->width == NULL ? target : target >= class && target <= class;
            }
            if (neighbors_mean_shifts(value, by, open, self->k))
                return TRUE;
        }
    }
    return FALSE;
}

/* whether rounding decides how much neighbours count that are in the same place, or nearly so */
static gboolean
neighbors_weigh_chance(const SkNeighbors *self,
                       const double *x,
                       const double *far,
                       double most,
                       const gsize *near,
                       const double *weight)
{
    double noise = sk_near_noise(self->near, x);
    gsize n;
    return !neighbors_agree(self, far, 0, most, &n) ||
           (self->k > 0 && noise > 0 && sk_near_is_by_partition(self->near) &&
            neighbors_shift(self, x, near, weight, noise));
}

/* Whether rounding, or what the file does not tell, decides who the neighbours are, or how much
 * they count: training rows on the edge of the radius, as far as the last neighbour, or in the same
 * place. The library's own answer is chance then */
static gboolean
neighbors_are_chance(const SkNeighbors *self,
                     const double *x,
                     const gsize *near,
                     const double *weight)
{
    double noise = self->by_distance ? sk_near_noise(self->near, x) : 0;
    gboolean is_open = self->k > 0 && sk_near_is_open(self->near);
    if (!self->is_rounded && !is_open && !(noise > 0))
        return FALSE;
    gsize n_rows = sk_near_n_rows(self->near), n, n_within = 0;
    g_autofree double *far = g_new(double, n_rows);
    double edge = sk_near_expand(self->near, self->radius), most;
    for (gsize i = 0; i < n_rows; i++)
        far[i] = sk_near_expand(self->near, sk_near_distance(self->near, x, i));
    for (gsize i = 0; i < self->k; i++)
        edge = fmax(i > 0 ? edge : 0, sk_near_expand(self->near, weight[i]));
    most = self->is_rounded ? NEIGHBORS_ROUNDED * (edge > 1 ? edge : 1) : 0;
    if (self->by_distance && neighbors_weigh_chance(self, x, far, fmax(most, noise), near, weight))
        return TRUE;
    if (!self->is_rounded && !is_open)
        return FALSE;
    if (is_open)
        most = fmax(most, sk_near_room(self->near, x, edge));
    for (gsize i = 0; i < n_rows; i++)
        n_within += far[i] <= edge + most ? 1 : 0;
    gboolean same = neighbors_agree(self, far, edge, most, &n);
    if (is_open && isinf(edge))
        return TRUE;
    return self->k > 0 ? n_within > self->k && !same : n > 0;
}

/* probabilities of each target's classes, one target after the other, or values; NaN where there
 * are no neighbours and no class for such rows */
void
sk_neighbors_margin(const SkBody *body, const double *x, double *margin)
{
    const SkNeighbors *self = body->neighbors;
    gsize most = self->k > 0 ? self->k : sk_near_n_rows(self->near);
    g_autofree gsize *near = g_new0(gsize, most + 1);
    g_autofree double *weight = g_new0(double, most + 1);
    gsize n = neighbors_ask(self, x, near, weight);
    gboolean is_chance = neighbors_are_chance(self, x, near, weight);
    double total = 0;
    neighbors_weigh(self, weight, n);
    for (gsize i = 0; i < n; i++)
        total += weight[i];
    for (guint t = 0; t < self->n_targets; t++) {
        guint width = self->width != NULL ? self->width[t] : 1;
        for (guint k = 0; k < width; k++)
            margin[k] = !is_chance && (n > 0 || self->alone != NULL) ? 0 : (double)NAN;
        for (gsize i = 0; i < n; i++) {
            double target = self->target[near[i] * self->n_targets + t];
            if (self->width != NULL)
                margin[(guint)target] += weight[i];
            else
                margin[0] += weight[i] * target;
        }
        for (guint k = 0; n > 0 && k < width; k++)
            margin[k] = is_chance ? (double)NAN : margin[k] / total;
        if (n == 0 && self->alone != NULL && !is_chance)
            margin[self->alone[t]] = 1;
        margin += width;
    }
}

void
sk_neighbors_run(const SkBody *body, const double *x, SkAnswer *answer)
{
    if (body->n_classes == 0) {
        sk_neighbors_margin(body, x, answer->margin);
        answer->value = answer->margin[0];
        return;
    }
    sk_neighbors_margin(body, x, answer->share);
    answer->best = 0;
    for (guint k = 1; k < body->n_classes; k++)
        answer->best = answer->share[k] > answer->share[answer->best] ? k : answer->best;
    answer->lacks |= isnan(answer->share[0]);
}
