/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ErrataSseFunc:
 * @event: name of the event, "" for none
 * @data: its data, NUL-terminated, lines joined by `\n`; any bytes but NUL
 * @length: bytes of @data
 *
 * Returns: whether to go on
 */
typedef gboolean (*ErrataSseFunc)(const char *event,
                                  const char *data,
                                  gsize length,
                                  gpointer user_data,
                                  GError **error);

/* a stream of server-sent events, read piece by piece */
typedef struct _ErrataSse ErrataSse;

ErrataSse *errata_sse_new(ErrataSseFunc func, gpointer user_data);
/* every line is an event, as in application/x-ndjson */
ErrataSse *errata_sse_new_lines(ErrataSseFunc func, gpointer user_data);
void errata_sse_free(ErrataSse *self);
gboolean errata_sse_push(ErrataSse *self, const char *bytes, gsize length, GError **error);
gboolean errata_sse_end(ErrataSse *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataSse, errata_sse_free)

G_END_DECLS
