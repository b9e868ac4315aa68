/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "column-sketch.h"

#include <math.h>

ErrataColumnSketch *
errata_column_sketch_new(guint n)
{
    ErrataColumnSketch *self = g_new0(ErrataColumnSketch, 1);

    self->n = n;
    self->count = g_new0(guint64, MAX(n, 1));
    self->judged = g_new0(guint64, MAX(n, 1));
    self->loss = g_new0(double, MAX(n, 1));
    self->squares = g_new0(double, MAX(n, 1));
    return self;
}

void
errata_column_sketch_free(ErrataColumnSketch *self)
{
    if (self == NULL)
        return;
    g_free(self->edges);
    g_strfreev(self->labels);
    g_free(self->count);
    g_free(self->judged);
    g_free(self->loss);
    g_free(self->squares);
    g_free(self);
}

gboolean
errata_column_sketch_is_sound(const ErrataColumnSketch *self)
{
    if (self->n == 0 || (self->edges == NULL && self->labels == NULL) ||
        (self->labels != NULL && g_strv_length(self->labels) != self->n))
        return FALSE;
    for (guint b = 0; b < self->n; b++)
        if (!isfinite(self->loss[b]) || !isfinite(self->squares[b]) || self->squares[b] < 0.0 ||
            self->judged[b] > self->count[b] || self->count[b] > G_MAXUINT32)
            return FALSE;
    for (guint b = 0; self->edges != NULL && b + 1 < self->n; b++)
        if (!isfinite(self->edges[b]) || (b > 0 && !(self->edges[b] > self->edges[b - 1])))
            return FALSE;
    return self->missing <= self->rows && self->rows <= G_MAXUINT32;
}
