/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "llm-settings.h"
#include "llm.h"
#include "store-thread.h"

G_BEGIN_DECLS

/**
 * ErrataLlmBroker:
 *
 * Who asks language models for the workers: it alone knows address, key and secret, masks and marks
 * what goes out, keeps budgets and deadlines, remembers answers and counts. Lives on one main
 * context.
 */
typedef struct _ErrataLlmBroker ErrataLlmBroker;

/* one report's share: its budget and its time. Holds its broker */
typedef struct _ErrataLlmSession ErrataLlmSession;

/**
 * ErrataLlmFolders:
 * @config: where the key file is looked for
 * @state: where the installation's secret is kept
 */
typedef struct {
    const char *config;
    const char *state;
} ErrataLlmFolders;

/* @store: (nullable): for answers and counts; must outlive the broker and its sessions */
ErrataLlmBroker *errata_llm_broker_new(const ErrataLlmSettings *settings,
                                       const ErrataLlmFolders *folders,
                                       ErrataStoreThread *store,
                                       GError **error);
ErrataLlmBroker *errata_llm_broker_ref(ErrataLlmBroker *self);
void errata_llm_broker_unref(ErrataLlmBroker *self);
/* for `auto`: looks for a server; %FALSE with @error: there is none */
void errata_llm_broker_find_async(ErrataLlmBroker *self,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean errata_llm_broker_find_finish(ErrataLlmBroker *self, GAsyncResult *result, GError **error);
/* the server is there and its model's name known; calls back on the broker's context */
void errata_llm_broker_name_async(ErrataLlmBroker *self,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean errata_llm_broker_name_finish(ErrataLlmBroker *self, GAsyncResult *result, GError **error);
void errata_llm_broker_models_async(ErrataLlmBroker *self,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
GPtrArray *errata_llm_broker_models_finish(ErrataLlmBroker *self,
                                           GAsyncResult *result,
                                           GError **error);
const char *errata_llm_broker_backend(const ErrataLlmBroker *self);
const char *errata_llm_broker_model(const ErrataLlmBroker *self); /* NULL: not known yet */
const char *errata_llm_broker_place(const ErrataLlmBroker *self); /* its address, in words */
const char *errata_llm_broker_rung(const ErrataLlmBroker *self);
ErrataLlmSending errata_llm_broker_sending(const ErrataLlmBroker *self);
const char *errata_llm_broker_language(const ErrataLlmBroker *self); /* nullable */

ErrataLlmSession *errata_llm_session_new(ErrataLlmBroker *broker);
ErrataLlmSession *errata_llm_session_ref(ErrataLlmSession *self);
void errata_llm_session_unref(ErrataLlmSession *self);
ErrataLlmBroker *errata_llm_session_broker(ErrataLlmSession *self);
void errata_llm_session_complete_async(ErrataLlmSession *self,
                                       const ErrataLlmRequest *request,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
ErrataLlmAnswer *errata_llm_session_complete_finish(ErrataLlmSession *self,
                                                    GAsyncResult *result,
                                                    GError **error);
/* what such a request would send, the key left out; NULL with @error when it would not be sent */
char *errata_llm_session_show(ErrataLlmSession *self,
                              const ErrataLlmRequest *request,
                              GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataLlmBroker, errata_llm_broker_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataLlmSession, errata_llm_session_unref)

G_END_DECLS
