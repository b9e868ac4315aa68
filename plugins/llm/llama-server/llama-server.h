/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ErrataLlamaServer:
 *
 * A llama-server of our own: started when it is first needed, reachable by a Unix socket that only
 * this user may open, with a key that nobody else has; stopped when nobody needs it, and with us.
 */
typedef struct _ErrataLlamaServer ErrataLlamaServer;

ErrataLlamaServer *errata_llama_server_new(const char *gguf, guint idle_s);
void errata_llama_server_free(ErrataLlamaServer *self);
/* loaded and answering, or not at all */
void errata_llama_server_ready_async(ErrataLlamaServer *self,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean errata_llama_server_ready_finish(ErrataLlamaServer *self,
                                          GAsyncResult *result,
                                          GError **error);
/* somebody is at it until errata_llama_server_leave(): it is not stopped meanwhile */
void errata_llama_server_enter(ErrataLlamaServer *self);
void errata_llama_server_leave(ErrataLlamaServer *self);
const char *errata_llama_server_socket(const ErrataLlamaServer *self);
const char *errata_llama_server_key(const ErrataLlamaServer *self);
const char *errata_llama_server_alias(const ErrataLlamaServer *self);
/* its process, 0 for none */
int errata_llama_server_pid(const ErrataLlamaServer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataLlamaServer, errata_llama_server_free)

G_END_DECLS
