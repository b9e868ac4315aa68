/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* of some rows: how many, how much they erred and how much they should have */
typedef struct {
    double n;
    double observed;
    double expected;
} SlicesSum;

static inline void
slices_sum_add_row(SlicesSum *sum, double y, double mu)
{
    sum->n += 1.0;
    sum->observed += y;
    sum->expected += mu;
}

static inline SlicesSum
slices_sum_plus(const SlicesSum *a, const SlicesSum *b)
{
    return (SlicesSum){a->n + b->n, a->observed + b->observed, a->expected + b->expected};
}

static inline SlicesSum
slices_sum_minus(const SlicesSum *a, const SlicesSum *b)
{
    return (SlicesSum){a->n - b->n, a->observed - b->observed, a->expected - b->expected};
}

G_END_DECLS
