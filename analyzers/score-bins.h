/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define ERRATA_SCORE_BINS 20 /* at most */

guint errata_score_bins(const double *score, const guint8 *error, gsize n, guint32 *ret_bin);

G_END_DECLS
