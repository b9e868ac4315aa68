/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "slices-find.h"

G_BEGIN_DECLS

/* slices by kind of error: missed cases and false alarms, one class taken for another, predictions
 * too high or too low; added as findings of severity low */
void errata_slices_types_add(ErrataAnalysis *analysis,
                             const SlicesTable *table,
                             const SlicesFind *find);
/* slices with fewer errors than expected; added for information */
void errata_slices_better_add(ErrataAnalysis *analysis,
                              const SlicesTable *table,
                              const SlicesFind *find);

G_END_DECLS
