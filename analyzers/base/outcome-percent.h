/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define ERRATA_PERCENT_WINDOWS 6 /* of a column, at most */

/**
 * ErrataPercentWindow:
 * @from: place of the first percentage
 * @to: place behind the last
 */
typedef struct {
    gsize from;
    gsize to;
} ErrataPercentWindow;

guint errata_outcome_percent_windows(const double *number,
                                     const guint32 *order,
                                     gsize n_rows,
                                     ErrataPercentWindow ret[ERRATA_PERCENT_WINDOWS]);
gboolean errata_outcome_percent_ranks(const double *number, gsize n_rows);
gboolean errata_outcome_percent_all(const char *name, const double *number, gsize n_rows);

G_END_DECLS
