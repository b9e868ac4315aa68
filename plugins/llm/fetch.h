/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ErrataFetch:
 * @status: of HTTP
 * @type: (nullable): the content type, without parameters
 * @server: (nullable): the header Server
 * @retry_after_s: the header Retry-After in seconds, 0 without one
 * @body: what was read of the body; all of it unless @sink took it
 */
typedef struct {
    guint status;
    char *type;
    char *server;
    double retry_after_s;
    GString *body;
} ErrataFetch;

/* takes pieces of a good response; %FALSE: no more is wanted, with @error it has failed */
typedef gboolean (*ErrataFetchSink)(const ErrataFetch *fetch,
                                    const char *bytes,
                                    gsize length,
                                    gpointer user_data,
                                    GError **error);

/**
 * ErrataFetchRequest:
 * @url: absolute
 * @socket_path: (nullable): the Unix socket that is spoken to instead of the host in @url
 * @key: (nullable): sent as bearer token
 * @post: (nullable): a body of JSON; %NULL: GET
 * @max_bytes: that are read of the body
 * @sink: (nullable): gets the body of a response with status 200 as it comes
 * @user_data: for @sink
 */
typedef struct {
    const char *url;
    const char *socket_path;
    const char *key;
    GBytes *post;
    gsize max_bytes;
    ErrataFetchSink sink;
    gpointer user_data;
} ErrataFetchRequest;

void errata_fetch_free(ErrataFetch *self);
gboolean errata_fetch_is_local(const char *url);
void errata_fetch_async(const ErrataFetchRequest *request,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data);
ErrataFetch *errata_fetch_finish(GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataFetch, errata_fetch_free)

G_END_DECLS
