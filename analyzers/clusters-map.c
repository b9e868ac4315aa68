/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The errors in a plane with one cluster lit. To the right lies what is like the cluster's middle;
 * up and down, the direction in which the errors differ most besides. */
#include <math.h>
#include <string.h>

#include "clusters.h"

#define MAP_POINTS 1500U
#define MAP_ROUNDS 30 /* of the power iteration */

typedef struct {
    const ErrataClusterSpace *space;
    guint32 *at; /* embedded errors that are drawn */
    guint n;
    double *x;
    double *y;
} Map;

static void
map_choose(Map *map)
{
    guint n_errors = 0, passed = 0;

    for (guint i = 0; i < map->space->n; i++)
        n_errors += map->space->error[i];
    map->at = g_new(guint32, MIN(n_errors, MAP_POINTS) + 1);
    for (guint i = 0; i < map->space->n; i++) {
        guint64 wanted = MIN(n_errors, MAP_POINTS);

        if (map->space->error[i] == 0)
            continue;
        if ((passed + 1) * wanted / n_errors > passed * wanted / n_errors)
            map->at[map->n++] = i;
        passed++;
    }
}

static double
map_normalise(double *v, guint width)
{
    double square = 0.0;

    for (guint d = 0; d < width; d++)
        square += v[d] * v[d];
    for (guint d = 0; d < width && square > 0.0; d++)
        v[d] /= sqrt(square);
    return square;
}

static void
map_project(const Map *map, const double *axis, double *ret_at)
{
    guint width = map->space->width;

    for (guint i = 0; i < map->n; i++) {
        const float *x = map->space->x + (gsize)map->at[i] * width;

        ret_at[i] = 0.0;
        for (guint d = 0; d < width; d++)
            ret_at[i] += axis[d] * (double)x[d];
    }
}

static double *
map_middle(const Map *map, const ErrataClusterSet *set, guint32 cluster)
{
    double *middle = g_new0(double, (gsize)map->space->width + 1);

    for (guint l = 0; l < set->n_leaves; l++)
        if (set->leaves[l].cluster == cluster)
            for (guint d = 0; d < map->space->width; d++)
                middle[d] += (double)set->leaves[l].centre[d] * set->leaves[l].size;
    map_normalise(middle, map->space->width);
    return middle;
}

/* the first principal direction of the errors among those at right angles to @middle */
static double *
map_across(const Map *map, const double *middle)
{
    guint width = map->space->width;
    double *axis = g_new0(double, (gsize)width + 1);
    g_autofree double *next = g_new0(double, (gsize)width + 1);
    g_autofree double *at = g_new0(double, (gsize)map->n + 1);

    for (guint d = 0; d < width; d++)
        axis[d] = 1.0 / (1.0 + d);
    for (guint round = 0; round < MAP_ROUNDS; round++) {
        double mean = 0.0, along = 0.0;

        map_project(map, axis, at);
        for (guint i = 0; i < map->n; i++)
            mean += at[i] / map->n;
        memset(next, 0, width * sizeof *next);
        for (guint i = 0; i < map->n; i++)
            for (guint d = 0; d < width; d++)
                next[d] += (at[i] - mean) * (double)map->space->x[(gsize)map->at[i] * width + d];
        for (guint d = 0; d < width; d++)
            along += next[d] * middle[d];
        for (guint d = 0; d < width; d++)
            next[d] -= along * middle[d];
        if (!(map_normalise(next, width) > 0.0))
            break;
        memcpy(axis, next, width * sizeof *axis);
    }
    return axis;
}

/* the errors of a cluster (NONE: all others) as points, and the cluster's name in their midst */
static void
map_add(ErrataFigure *figure,
        const Map *map,
        const ErrataClusterSet *set,
        guint32 which,
        gboolean lit,
        const char *name)
{
    guint n = 0;
    double middle_x = 0.0, middle_y = 0.0;
    ErrataSeries *series;
    ErrataMark *mark;

    for (guint i = 0; i < map->n; i++)
        n += errata_clusters_holds(set, map->at[i], which) ||
             (which == ERRATA_CLUSTERS_NONE && set->leaf[map->at[i]] == ERRATA_CLUSTERS_NONE);
    if (n == 0)
        return;
    series = errata_figure_add_series(figure,
                                      name != NULL ? name : "other errors",
                                      lit ? ERRATA_TONE_ERROR : ERRATA_TONE_REFERENCE,
                                      n);
    series->x = g_new(double, n);
    series->y = g_new(double, n);
    series->emphasis = lit;
    n = 0;
    for (guint i = 0; i < map->n; i++) {
        if (!errata_clusters_holds(set, map->at[i], which) &&
            !(which == ERRATA_CLUSTERS_NONE && set->leaf[map->at[i]] == ERRATA_CLUSTERS_NONE))
            continue;
        series->x[n] = map->x[i];
        series->y[n++] = map->y[i];
        middle_x += map->x[i];
        middle_y += map->y[i];
    }
    if (name == NULL)
        return;
    mark = errata_figure_add_mark(figure,
                                  middle_x / n,
                                  name,
                                  lit ? ERRATA_TONE_ERROR : ERRATA_TONE_REFERENCE);
    mark->y = middle_y / n;
}

/**
 * errata_clusters_map_new:
 * @space: the rows
 * @set: their clusters
 * @cluster: the one to be lit
 * @id: the figure's
 * @names: (array length=n_clusters): of the clusters
 *
 * Returns: (transfer full): a map of at most 1,500 errors
 */
ErrataFigure *
errata_clusters_map_new(const ErrataClusterSpace *space,
                        const ErrataClusterSet *set,
                        guint32 cluster,
                        const char *id,
                        const char *const *names)
{
    ErrataFigure *figure = errata_figure_new(id, ERRATA_FIGURE_MAP, "The errors, by likeness");
    Map map = {.space = space};
    g_autofree double *middle = NULL;
    g_autofree double *across = NULL;

    map_choose(&map);
    map.x = g_new0(double, (gsize)map.n + 1);
    map.y = g_new0(double, (gsize)map.n + 1);
    middle = map_middle(&map, set, cluster);
    across = map_across(&map, middle);
    map_project(&map, middle, map.x);
    map_project(&map, across, map.y);
    figure->note = g_strdup("each dot an error; to the right, like this cluster");
    figure->description =
        g_strdup_printf("A map of errors by likeness. The cluster %s is lit; the errors outside it "
                        "are grey.",
                        names[cluster]);
    map_add(figure, &map, set, ERRATA_CLUSTERS_NONE, FALSE, NULL);
    for (guint32 c = 0; c < set->n_clusters; c++)
        map_add(figure, &map, set, c, c == cluster, names[c]);
    g_free(map.at);
    g_free(map.x);
    g_free(map.y);
    return figure;
}
