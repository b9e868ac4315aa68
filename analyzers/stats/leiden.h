/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ErrataGraph:
 * @n: nodes
 * @start: (array length=n + 1): where the edges of each node begin
 * @node: the other end of each edge; every edge stands at both its ends
 * @weight: weights, above 0
 *
 * An undirected graph. No node has an edge to itself.
 */
typedef struct {
    guint n;
    gsize *start;
    guint32 *node;
    double *weight;
} ErrataGraph;

ErrataGraph *errata_leiden_graph(const guint32 *neighbour,
                                 const float *similarity,
                                 guint n,
                                 guint k);
void errata_leiden_graph_free(ErrataGraph *self);
guint errata_leiden_communities(const ErrataGraph *graph,
                                double resolution,
                                guint64 seed,
                                guint32 *ret_community);
double errata_leiden_modularity(const ErrataGraph *graph,
                                double resolution,
                                const guint32 *community);
double errata_leiden_agreement(const guint32 *a, const guint32 *b, guint n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataGraph, errata_leiden_graph_free)

G_END_DECLS
