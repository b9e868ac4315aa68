/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "slices-find.h"

G_BEGIN_DECLS

/**
 * SlicesScored:
 * @n: rows
 * @confidence: (array length=n): of their predictions; NaN where none was logged
 * @y: (array length=n): 1 for errors, else 0
 * @weight: (array length=n) (nullable): rows that each stands for
 *
 * Rows and what their scores say of them.
 */
typedef struct {
    gsize n;
    const double *confidence;
    const double *y;
    const double *weight;
} SlicesScored;

gboolean errata_slices_foretold(const SlicesTable *table,
                                const SlicesFind *find,
                                const Slice *slice,
                                const guint8 *member);
gboolean errata_slices_foretold_whole(const SlicesTable *table,
                                      const SlicesFind *find,
                                      const Slice *slice);
double errata_slices_foretold_alone(const SlicesTable *table,
                                    const SlicesFind *find,
                                    const guint8 *member);
void errata_slices_foretold_meant(const SlicesTable *table,
                                  const guint8 *member,
                                  const guint8 *told,
                                  double *ret_meant,
                                  ErrataExpectedTest *ret_test);
double errata_slices_foretold_elsewhere(const SlicesScored *rows,
                                        const guint8 *member,
                                        const guint8 *told,
                                        double *ret_meant);
gboolean errata_slices_foretold_exceeds(double observed, double foretold, double variance);
void errata_slices_foretold_again(const SlicesTable *table, SlicesFind *find);

G_END_DECLS
