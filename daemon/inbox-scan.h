/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ErrataInboxEntry:
 * @name: in its folder
 * @is_folder: a folder, not a link to one
 * @is_file: a regular file; neither: a link, a pipe, a device
 * @size: bytes
 * @mtime: ns since 1970
 * @is_whole: nobody writes to it: unchanged for the settle time, or nobody has it open for writing
 */
typedef struct {
    char *name;
    gboolean is_folder;
    gboolean is_file;
    guint64 size;
    gint64 mtime;
    gboolean is_whole;
} ErrataInboxEntry;

/* lists a folder in a thread, errata.conf first, then reference.*, then oldest first */
void errata_inbox_scan_async(const char *root,
                             const char *folder,
                             guint settle_s,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
GPtrArray *errata_inbox_scan_finish(GAsyncResult *result, GError **error);
/* whether changes to @path by other machines are told by the kernel here */
gboolean errata_inbox_scan_is_local(const char *path);

G_END_DECLS
