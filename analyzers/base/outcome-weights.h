/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "frame.h"

G_BEGIN_DECLS

gboolean errata_outcome_weights(const ErrataFrame *frame,
                                guint column,
                                double *weight,
                                char **ret_problem);

G_END_DECLS
