/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "slices-find.h"

G_BEGIN_DECLS

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
gboolean errata_slices_foretold_meant(const SlicesTable *table,
                                      const guint8 *member,
                                      const guint8 *told,
                                      ErrataExpectedTest *ret_test);
void errata_slices_foretold_again(const SlicesTable *table, SlicesFind *find);

G_END_DECLS
