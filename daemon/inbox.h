/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ErrataInbox:
 *
 * The watched folder: tells when a file in it is whole. Lives on the main loop; reads folders in
 * threads, never a file's content.
 */
typedef struct _ErrataInbox ErrataInbox;

/* @path: relative to the inbox; told again whenever the file may have changed */
typedef void (*ErrataInboxFunc)(const char *path, gpointer data);

ErrataInbox *errata_inbox_new(const char *root,
                              guint settle_s,
                              ErrataInboxFunc func,
                              gpointer data,
                              GError **error);
void errata_inbox_free(ErrataInbox *self);
void errata_inbox_rescan(ErrataInbox *self);
void errata_inbox_again(ErrataInbox *self, const char *path);
gboolean errata_inbox_is_polling(const ErrataInbox *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataInbox, errata_inbox_free)

G_END_DECLS
