/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "quantity.h"

G_BEGIN_DECLS

/**
 * ErrataTreeshapRescaled:
 *
 * Background rows, against each of which rows are attributed one by one. Immutable.
 */
typedef struct _ErrataTreeshapRescaled ErrataTreeshapRescaled;

gsize errata_treeshap_rescaled_most(const ErrataTrees *trees, gsize n_rows);
ErrataTreeshapRescaled *errata_treeshap_rescaled_new(const ErrataTrees *trees,
                                                     const ErrataQuantity *quantity,
                                                     const double *const *number,
                                                     gsize n_rows,
                                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
void errata_treeshap_rescaled_by_pairs(ErrataTreeshapRescaled *self);
void errata_treeshap_rescaled_free(ErrataTreeshapRescaled *self);
double errata_treeshap_rescaled_rows(const ErrataTreeshapRescaled *self,
                                     const double *const *number,
                                     gsize n_rows,
                                     const double *truth,
                                     double *ret_phi);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataTreeshapRescaled, errata_treeshap_rescaled_free)

G_END_DECLS
