/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define ERRATA_LANES         8  /* background rows side by side */
#define ERRATA_LANES_WEIGHTS 16 /* one more than a path may have features */

/**
 * ErrataLanesNode:
 * @right: the right child; 0 for a leaf. The left child is the next node
 * @what: the feature's owner; for a leaf, its place among the leaves
 *
 * A node as a walk of lanes meets it.
 */
typedef struct {
    guint32 right;
    guint32 what;
} ErrataLanesNode;

/**
 * ErrataLanes:
 * @node: nodes of the trees
 * @way: (array): per node 1 where the row goes left
 * @others: (array): per node a bit per background row: 1 where that goes left
 * @leaf: (array): the values of leaves, one of each
 * @leaf_width: how far apart those are
 * @scale: of the tree
 * @row_side: (array): per owner the lanes that have parted there and follow the row; 0 before and
 *   after
 * @other_side: (array): likewise those that follow the background row
 * @gives: (array): per number of the background's features on a path, 16 weights by that of the
 *   row's
 * @takes: (array): likewise what each of the background's features loses
 * @phi: (array): per owner #ERRATA_LANES sums, which are added to
 *
 * One row against several background rows in one tree.
 */
typedef struct {
    const ErrataLanesNode *node;
    const guint8 *way;
    const guint8 *others;
    const double *leaf;
    guint leaf_width;
    double scale;
    guint8 *row_side;
    guint8 *other_side;
    const double (*gives)[ERRATA_LANES_WEIGHTS];
    const double (*takes)[ERRATA_LANES_WEIGHTS];
    double *phi;
} ErrataLanes;

gboolean errata_treeshap_lanes_can_walk(guint depth);
void errata_treeshap_lanes_walk(const ErrataLanes *self, guint32 root, guint8 lanes);

G_END_DECLS
