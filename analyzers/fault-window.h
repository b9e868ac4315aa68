/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "analyzer.h"

G_BEGIN_DECLS

gboolean errata_fault_window_find(const ErrataOutcome *outcome,
                                  const guint32 *row,
                                  gsize n,
                                  gsize *ret_from,
                                  gsize *ret_to);
/* (transfer full): when: “from 10 February, 04:23 on”, “between 29 January, 05:01 and 2 February,
 * 20:16”, by rows without times; @to is behind the last place in time order */
char *errata_fault_window_say(const ErrataOutcome *outcome, gsize from, gsize to);

G_END_DECLS
