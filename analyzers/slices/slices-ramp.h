/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "slices-find.h"

G_BEGIN_DECLS

/* slices whose errors have grown steadily rather than by a step: their beginning is where they
 * began to grow */
void errata_slices_ramp(const SlicesTable *table, SlicesFind *find);
/* “grew from 3.6 to 10.2 between 25 January and 6 February”; %NULL where the slice did not grow */
char *errata_slices_ramp_words(const SlicesTable *table, const SlicesFound *found);
void errata_slices_ramp_add(const SlicesTable *table,
                            const SlicesFound *found,
                            ErrataFinding *finding);

G_END_DECLS
