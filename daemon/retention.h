/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "configuration.h"
#include "spool.h"
#include "store-thread.h"

G_BEGIN_DECLS

/* removes reports that `[store] keep` no longer keeps, oldest first; blocks, not for the main
 * thread. Returns: (element-type gint64): their numbers */
GArray *errata_retention_apply(const ErrataConfiguration *configuration, ErrataStoreThread *store);
/* forgets handled files that are gone, and bytes that nothing needs; blocks */
void errata_retention_sweep(const ErrataConfiguration *configuration,
                            ErrataStoreThread *store,
                            ErrataSpool *spool);

G_END_DECLS
