/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define ERRATA_NEIGHBOURS_NONE G_MAXUINT32

/**
 * ErrataNeighbours:
 * @n: points
 * @k: neighbours of each
 * @point: (array length=n*k): the nearest first; %ERRATA_NEIGHBOURS_NONE where there are fewer
 * @similarity: (array length=n*k): their cosines
 */
typedef struct {
    guint n;
    guint k;
    guint32 *point;
    float *similarity;
} ErrataNeighbours;

ErrataNeighbours *errata_neighbours_new(const float *x, guint n, guint width, guint k);
void errata_neighbours_free(ErrataNeighbours *self);
void errata_neighbours_unit(float *x, gsize n, guint width);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataNeighbours, errata_neighbours_free)

G_END_DECLS
