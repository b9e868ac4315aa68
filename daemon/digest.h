/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

char *errata_digest_fd(int fd, guint64 *ret_bytes, GCancellable *cancellable, GError **error);

G_END_DECLS
