/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "top-slices.h"

#include <math.h>

static void
top_slices_slice_free(gpointer data)
{
    ErrataTopSlice *slice = data;

    g_ptr_array_unref(slice->predicates);
    g_free(slice->test);
    g_free(slice);
}

ErrataTopSlices *
errata_top_slices_new(void)
{
    ErrataTopSlices *self = g_new0(ErrataTopSlices, 1);

    self->slices = g_ptr_array_new_with_free_func(top_slices_slice_free);
    return self;
}

/* Returns: (transfer none): a new last slice of which nothing is known */
ErrataTopSlice *
errata_top_slices_add(ErrataTopSlices *self)
{
    ErrataTopSlice *slice = g_new0(ErrataTopSlice, 1);

    slice->predicates = g_ptr_array_new_with_free_func((GDestroyNotify)errata_predicate_free);
    slice->ratio = slice->lo = slice->hi = slice->effect = (double)NAN;
    slice->p = slice->p_search = (double)NAN;
    slice->like = slice->idle = -1;
    g_ptr_array_add(self->slices, slice);
    return slice;
}

void
errata_top_slices_free(ErrataTopSlices *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref(self->slices);
    g_free(self->loss);
    g_free(self);
}
