/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "trees.h"

G_BEGIN_DECLS

/**
 * ErrataTreeshapBackground:
 *
 * Background rows, against which rows are attributed. Immutable.
 */
typedef struct _ErrataTreeshapBackground ErrataTreeshapBackground;

ErrataTreeshapBackground *errata_treeshap_background_new(const ErrataTrees *trees,
                                                         const double *const *number,
                                                         gsize n_rows,
                                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
void errata_treeshap_background_free(ErrataTreeshapBackground *self);
gboolean errata_treeshap_background_rows(const ErrataTreeshapBackground *self,
                                         const double *const *number,
                                         gsize n_rows,
                                         double *ret_phi,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean errata_treeshap_background_interactions(const ErrataTreeshapBackground *self,
                                                 const double *const *number,
                                                 gsize n_rows,
                                                 double *ret_phi,
                                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataTreeshapBackground, errata_treeshap_background_free)

G_END_DECLS
