/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "outcome.h"

G_BEGIN_DECLS

guint32 *errata_entity_effect_clusters(const ErrataOutcome *outcome, const guint32 *row, gsize n);
gsize errata_entity_effect_count(const ErrataOutcome *outcome, const guint32 *row, gsize n);
double errata_entity_effect(const ErrataOutcome *outcome,
                            const guint32 *row,
                            gsize n,
                            const double *value);

G_END_DECLS
