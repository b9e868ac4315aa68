/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "boost-tree.h"

G_BEGIN_DECLS

struct _ErrataBoost {
    ErrataBoostParams params;
    guint n_columns;
    guint n_outputs; /* 1, or the classes of softmax */
    guint n_trees;   /* rounds × outputs, output fastest */
    ErrataBoostTree *trees;
    double *base; /* margin before the first tree, per output */
    double scale; /* squared: what one unit of margin is worth */
    double *gain;
};

G_END_DECLS
