/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "slices-search.h"

G_BEGIN_DECLS

#define SLICES_GROUP_AXES    4
#define SLICES_GROUP_MEMBERS 6

/**
 * SlicesGroup:
 * @n_axes: columns of the cube that is counted
 * @axis: those columns, rising
 * @n_cells: product of their codes
 * @n_members: cubes that are sums of it
 * @member: those cubes, by their place in the search
 *
 * Cubes that are counted together.
 */
typedef struct {
    guint n_axes;
    guint axis[SLICES_GROUP_AXES];
    guint n_cells;
    guint n_members;
    guint member[SLICES_GROUP_MEMBERS];
} SlicesGroup;

GArray *errata_slices_groups_plan(const SlicesSearch *search, const guint *order, gsize n);

G_END_DECLS
