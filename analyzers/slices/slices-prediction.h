/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "slices-find.h"

G_BEGIN_DECLS

#define SLICES_PREDICTION_TOLD (-2) /* a slice kept before has told it */

int errata_slices_prediction_choose(const SlicesTable *table,
                                    const SlicesFind *find,
                                    const ErrataExpected *expected,
                                    Slice *slice,
                                    double ratio);
void errata_slices_prediction_keep(const SlicesTable *table,
                                   const SlicesHalf *half,
                                   int predicted,
                                   guint8 *member);
void errata_slices_prediction_keep_several(const SlicesTable *table,
                                           const SlicesHalf *half,
                                           guint classes,
                                           guint8 *member);
guint errata_slices_prediction_several(const SlicesTable *table,
                                       const ErrataExpected *expected,
                                       const Slice *slice,
                                       int said);
gboolean errata_slices_prediction_errs_more(const SlicesTable *table,
                                            const SlicesHalf *half,
                                            double excess,
                                            double n,
                                            double observed,
                                            double expected);

G_END_DECLS
