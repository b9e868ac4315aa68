/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every row to the leaf that is nearest, if that reaches so far. Errors and correct rows go by one
 * rule, whether a leaf was built on them or not, so that their shares can be compared. */
#include <math.h>
#include <string.h>

#include "clusters.h"
#include "parallel.h"

#define ASSIGN_GRAIN 256

typedef struct {
    const ErrataClusterSpace *space;
    ErrataClusterSet *set;
    double *centre; /* of all leaves, dimension by dimension */
    double *length; /* of each centre */
} Assign;

static void
assign_start(Assign *self)
{
    guint n = self->set->n_leaves;

    self->centre = g_new(double, (gsize)self->space->width *n + 1);
    self->length = g_new0(double, (gsize)n + 1);
    for (guint l = 0; l < n; l++) {
        for (guint d = 0; d < self->space->width; d++) {
            double part = (double)self->set->leaves[l].centre[d];

            self->centre[(gsize)d * n + l] = part;
            self->length[l] += part * part;
        }
        self->length[l] = MAX(sqrt(self->length[l]), 1e-12);
    }
}

static void
assign_clear(Assign *self)
{
    g_free(self->centre);
    g_free(self->length);
}

/* the nearest leaf of those for a mark, or of those for none, if it reaches so far */
static guint32
assign_best(const Assign *self,
            const double *product,
            guint32 marks,
            gboolean marked,
            double *ret_near)
{
    const ErrataClusterLeaf *leaves = self->set->leaves;
    guint32 nearest = ERRATA_CLUSTERS_NONE;

    *ret_near = -2.0;
    for (guint32 l = 0; l < self->set->n_leaves; l++) {
        double near = product[l] / self->length[l];

        if ((leaves[l].mark != 0) != marked || (leaves[l].mark & ~marks) != 0 ||
            (leaves[l].tongue != 0 && leaves[l].tongue != (marks & ERRATA_CLUSTERS_LANGUAGE)))
            continue;
        if (near > *ret_near) {
            *ret_near = near;
            nearest = l;
        }
    }
    if (nearest != ERRATA_CLUSTERS_NONE && *ret_near < leaves[nearest].reach)
        nearest = ERRATA_CLUSTERS_NONE;
    return nearest;
}

/* most numbers of a table's vector are 0; @product has room for every leaf */
static guint32
assign_nearest(const Assign *self, const float *x, guint32 marks, double *product, double *ret_near)
{
    const ErrataClusterSet *set = self->set;
    guint n = set->n_leaves;
    guint32 nearest;

    memset(product, 0, n * sizeof *product);
    for (guint d = 0; d < self->space->width; d++) {
        const double *centre = self->centre + (gsize)d * n;
        double part = (double)x[d];

        if (part < 0.0 || part > 0.0)
            for (guint l = 0; l < n; l++)
                product[l] += part * centre[l];
    }
    nearest = assign_best(self, product, marks, FALSE, ret_near);
    if (nearest == ERRATA_CLUSTERS_NONE || set->leaves[nearest].plain) {
        double near;
        guint32 marked = assign_best(self, product, marks, TRUE, &near);

        if (marked != ERRATA_CLUSTERS_NONE) {
            nearest = marked;
            *ret_near = near;
        }
    }
    return nearest;
}

static void
assign_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    const Assign *self = data;
    const ErrataClusterSpace *space = self->space;
    g_autofree double *product = g_new(double, (gsize)self->set->n_leaves + 1);
    double near;

    for (gsize i = begin; i < end; i++)
        self->set->leaf[i] =
            assign_nearest(self, space->x + i * space->width, space->marks[i], product, &near);
}

static void
assign_rest_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    const Assign *self = data;
    guint width = self->space->width;
    g_autofree double *product = g_new(double, (gsize)self->set->n_leaves + 1);
    g_autofree float *x = g_new(float, (end - begin) * width + 1);

    errata_clusters_space_embed(self->space, self->space->rest + begin, end - begin, x);
    for (gsize i = begin; i < end; i++)
        self->set->rest_leaf[i] =
            assign_nearest(self, x + (i - begin) * width, 0, product, &self->set->rest_near[i]);
}

/**
 * errata_clusters_assign:
 * @space: the rows
 * @set: its leaves; gets the leaf of each embedded row
 *
 * O(n width leaves).
 */
void
errata_clusters_assign(const ErrataClusterSpace *space, ErrataClusterSet *set)
{
    Assign self = {.space = space, .set = set};

    assign_start(&self);
    errata_parallel_for(space->n, ASSIGN_GRAIN, assign_cb, &self);
    assign_clear(&self);
}

/**
 * errata_clusters_assign_rest:
 * @space: the rows
 * @set: its clusters; gets the leaf of each error that was not drawn, where there is a cluster
 *
 * What is told of clusters counts these errors too. Their tests are of the drawn ones.
 */
void
errata_clusters_assign_rest(const ErrataClusterSpace *space, ErrataClusterSet *set)
{
    Assign self = {.space = space, .set = set};

    if (set->n_clusters == 0 || space->n_rest == 0)
        return;
    set->rest_leaf = g_new(guint32, space->n_rest);
    set->rest_near = g_new(double, space->n_rest);
    assign_start(&self);
    errata_parallel_for(space->n_rest, ASSIGN_GRAIN, assign_rest_cb, &self);
    assign_clear(&self);
}
