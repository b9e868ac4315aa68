/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

double errata_design_effect(const guint32 *cluster,
                            guint n_clusters,
                            const double *value,
                            const guint32 *row,
                            gsize n);
double errata_design_size(const guint32 *cluster,
                          guint n_clusters,
                          const double *value,
                          const guint32 *row,
                          gsize n);
double errata_design_alike(double effect, double size);
double errata_design_share(const guint32 *cluster,
                           guint n_clusters,
                           const double *value,
                           const guint32 *row,
                           gsize n);
double errata_design_difference(const guint32 *cluster,
                                guint n_clusters,
                                const double *value,
                                const double *weight,
                                const guint8 *side,
                                const guint32 *row,
                                gsize n);
double errata_design_chi_square(const guint32 *cluster,
                                guint n_clusters,
                                const guint *cell,
                                const double *value,
                                gsize n,
                                guint n_cells);

G_END_DECLS
