/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ErrataProbeTarget:
 * @port: on this machine
 * @kind: `ollama`, `llama.cpp`, `lm-studio` or `vllm`: whose sign is looked for
 */
typedef struct {
    guint16 port;
    const char *kind;
} ErrataProbeTarget;

/**
 * ErrataProbeServer:
 * @url: of its API
 * @kind: what it is
 * @models: (element-type utf8): what it serves, at least one
 */
typedef struct {
    char *url;
    const char *kind;
    GPtrArray *models;
} ErrataProbeServer;

void errata_probe_server_free(ErrataProbeServer *self);
/* the usual ports */
const ErrataProbeTarget *errata_probe_targets(guint *ret_n);
void errata_probe_async(const ErrataProbeTarget *targets,
                        guint n_targets,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data);
ErrataProbeServer *errata_probe_finish(GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataProbeServer, errata_probe_server_free)

G_END_DECLS
