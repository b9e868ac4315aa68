/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "trees.h"

G_BEGIN_DECLS

/* of interactions at most: more would make a matrix of 32 MB per row */
#define ERRATA_TREESHAP_PAIR_FEATURES 2000

/**
 * ErrataTreeshap:
 *
 * Trees prepared for exact attribution. Immutable: rows may be attributed from several threads.
 */
typedef struct _ErrataTreeshap ErrataTreeshap;

/* instructions used; AUTO is the best that the processor has */
typedef enum {
    ERRATA_TREESHAP_AUTO,
    ERRATA_TREESHAP_BASELINE,
    ERRATA_TREESHAP_AVX2,
    ERRATA_TREESHAP_AVX512,
} ErrataTreeshapPath;

gboolean errata_treeshap_is_defined(const ErrataTrees *trees);
ErrataTreeshap *errata_treeshap_new(const ErrataTrees *trees,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
void errata_treeshap_free(ErrataTreeshap *self);
gboolean errata_treeshap_has_path(ErrataTreeshapPath path);
void errata_treeshap_set_path(ErrataTreeshap *self, ErrataTreeshapPath path);

void errata_treeshap_rows(const ErrataTreeshap *self,
                          const double *const *number,
                          gsize n_rows,
                          double *ret_phi);
gboolean errata_treeshap_interactions(const ErrataTreeshap *self,
                                      const double *const *number,
                                      gsize n_rows,
                                      double *ret_phi,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
double errata_treeshap_gap(const ErrataTrees *trees,
                           const double *const *number,
                           gsize n_rows,
                           const double *phi,
                           double *ret_margin);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataTreeshap, errata_treeshap_free)

G_END_DECLS
