/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "job.h"

G_BEGIN_DECLS

/* Reports on disk. All functions may block; not for the main thread. Folders are relative to
 * @reports, the folder of all reports. */

char *errata_publish_begin(const char *reports, int *ret_fd, GError **error);
char *errata_publish_folder(const ErrataJob *job);
gboolean errata_publish_sync(const char *reports,
                             const char *temporary,
                             guint64 *ret_bytes,
                             GError **error);
gboolean errata_publish_move(const char *reports,
                             const char *temporary,
                             const char *folder,
                             GError **error);
gboolean errata_publish_exists(const char *reports, const char *folder);
gboolean errata_publish_remove(const char *reports, const char *folder, GError **error);
void errata_publish_sweep(const char *reports);
void errata_publish_error(const char *reports, const ErrataJob *job);
void errata_publish_no_error(const char *reports, const ErrataJob *job);

G_END_DECLS
