/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "configuration.h"
#include "spool.h"
#include "store-thread.h"

G_BEGIN_DECLS

/**
 * ErrataRetentionClock:
 * @ahead: µs that the clock is ahead of the time since boot
 * @since: µs since boot when it was last set forward, or the daemon began
 * @unseen: µs that it went forward then, at most, without anybody seeing them pass
 * @told: that it is not believed was said
 *
 * How evenly the clock ran. One that is far ahead makes all reports look old.
 */
typedef struct {
    gint64 ahead;
    gint64 since;
    gint64 unseen;
    gboolean told;
} ErrataRetentionClock;

void errata_retention_clock_look(ErrataRetentionClock *self, gint64 now, gint64 booted);
gboolean errata_retention_clock_tells(const ErrataRetentionClock *self,
                                      gint64 booted,
                                      guint64 keep_s);

/* the newest report is when the clock was seen last; blocks, before work begins */
void errata_retention_begin(ErrataRetentionClock *clock, ErrataStoreThread *store);
/* removes reports that `[store] keep` no longer keeps, oldest first; blocks, not for the main
 * thread. Returns: (element-type gint64): their numbers */
GArray *errata_retention_apply(const ErrataConfiguration *configuration,
                               ErrataRetentionClock *clock,
                               ErrataStoreThread *store);
/* forgets handled files that are gone, and bytes that nothing needs; blocks */
void errata_retention_sweep(const ErrataConfiguration *configuration,
                            ErrataStoreThread *store,
                            ErrataSpool *spool);

G_END_DECLS
