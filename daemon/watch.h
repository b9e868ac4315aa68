/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sys/inotify.h>

G_BEGIN_DECLS

/**
 * ErrataWatch:
 *
 * inotify on the main loop, without a thread or a timer of its own.
 */
typedef struct _ErrataWatch ErrataWatch;

/* @wd −1 with IN_Q_OVERFLOW: events were lost */
typedef void (*ErrataWatchFunc)(int wd, guint32 mask, const char *name, gpointer data);

ErrataWatch *errata_watch_new(ErrataWatchFunc func, gpointer data, GError **error);
void errata_watch_free(ErrataWatch *self);
int errata_watch_add(ErrataWatch *self, const char *path, guint32 mask, GError **error);
void errata_watch_remove(ErrataWatch *self, int wd);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataWatch, errata_watch_free)

G_END_DECLS
