/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "configuration.h"
#include "store-thread.h"

G_BEGIN_DECLS

/* `[inbox] after`: archives or deletes the files that became @job, if it ended well and they are
 * still what was read. Blocks; not for the main thread. */
void errata_after_apply(const ErrataConfiguration *configuration,
                        ErrataStoreThread *store,
                        gint64 job);

G_END_DECLS
