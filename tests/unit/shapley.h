/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "trees.h"

G_BEGIN_DECLS

/* random trees: @n_features features, up to @depth splits a path, covers that add up; missing
 * values, repeated features, category splits and vector leaves as the seed has it */
ErrataTrees *shapley_make_trees(guint64 seed, guint n_features, guint n_trees, guint depth);
/* a row for them: NaN where missing */
void shapley_make_row(guint64 seed, const ErrataTrees *trees, double *ret_row);
/* the definition: all 2^n coalitions; phi of group @group, then the value of the empty one */
void shapley_brute_force(const ErrataTrees *trees,
                         const double *row,
                         const double *background, /* nullable: rows × features */
                         gsize n_background,
                         guint group,
                         double *ret_phi);
/* interaction values by the definition: n_features × n_features, diagonal included */
void shapley_brute_interactions(const ErrataTrees *trees,
                                const double *row,
                                const double *background, /* nullable: rows × features */
                                gsize n_background,
                                guint group,
                                double *ret_phi);

G_END_DECLS
