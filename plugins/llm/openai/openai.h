/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "reply.h"

G_BEGIN_DECLS

/**
 * ErrataOpenaiPrompt:
 * @system: what is the same in every request of its kind
 * @user: the rest
 * @schema: (nullable): of the answer: an object of JSON
 * @max_tokens: of the answer
 */
typedef struct {
    char *system;
    char *user;
    char *schema;
    guint max_tokens;
} ErrataOpenaiPrompt;

/**
 * ErrataOpenaiFailure:
 * @status: of HTTP, 0 when there was none
 * @may_retry: the same request may do better later
 * @retry_after_s: not before that many seconds, as the server says; 0: it says nothing
 */
typedef struct {
    guint status;
    gboolean may_retry;
    double retry_after_s;
} ErrataOpenaiFailure;

/**
 * ErrataOpenai:
 *
 * A server that speaks as OpenAI's does, and what was learnt of it: how far its structured output
 * goes, which parameters it knows. Lives on one main context.
 */
typedef struct _ErrataOpenai ErrataOpenai;

ErrataOpenai *errata_openai_new(const char *url,
                                const char *socket_path,
                                const char *key,
                                GError **error);
ErrataOpenai *errata_openai_ref(ErrataOpenai *self);
void errata_openai_unref(ErrataOpenai *self);
gboolean errata_openai_is_local(const char *url);
void errata_openai_set_model(ErrataOpenai *self, const char *model);
const char *errata_openai_model(const ErrataOpenai *self);
const char *errata_openai_url(const ErrataOpenai *self);
void errata_openai_meet(ErrataOpenai *self, const char *kind);
/* json_schema, structured_outputs, guided_json, json_object or text: which form of structured
 * output it takes */
const char *errata_openai_rung(const ErrataOpenai *self);
/* what would be sent, headers and body, the key left out */
char *errata_openai_show(const ErrataOpenai *self, const ErrataOpenaiPrompt *prompt);

void errata_openai_complete_async(ErrataOpenai *self,
                                  const ErrataOpenaiPrompt *prompt,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
ErrataReply *errata_openai_complete_finish(ErrataOpenai *self,
                                           GAsyncResult *result,
                                           ErrataOpenaiFailure *ret_failure,
                                           GError **error);
/* names of the models that it serves */
void errata_openai_models_async(ErrataOpenai *self,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
GPtrArray *errata_openai_models_finish(ErrataOpenai *self, GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataOpenai, errata_openai_unref)

G_END_DECLS
