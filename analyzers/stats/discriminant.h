/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void errata_discriminant_folds(const float *x,
                               gsize n,
                               guint width,
                               const gint32 *given,
                               guint n_classes,
                               const guint8 *fold,
                               guint n_folds,
                               double *ret_probability);

G_END_DECLS
