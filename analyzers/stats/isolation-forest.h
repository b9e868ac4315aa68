/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct ErrataIsolationForest ErrataIsolationForest;

ErrataIsolationForest *errata_isolation_forest_new(const double *value,
                                                   gsize n_rows,
                                                   guint n_columns,
                                                   guint64 seed);
void errata_isolation_forest_score(const ErrataIsolationForest *self,
                                   const double *value,
                                   gsize n_rows,
                                   double *ret_oddness);
void errata_isolation_forest_free(ErrataIsolationForest *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataIsolationForest, errata_isolation_forest_free)

G_END_DECLS
