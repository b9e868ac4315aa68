/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The broker, for its own files. */
#pragma once

#include "error.h"
#include "llama-server.h"
#include "llm-broker.h"
#include "llm-key.h"
#include "openai.h"
#include "redact.h"

G_BEGIN_DECLS

#define ERRATA_LLM_MAX_CALLS 2 /* at once; a server of our own has one slot */

struct _ErrataLlmBroker {
    ErrataLlmBackend backend;
    ErrataLlmSending sending;
    guint64 per_report;
    guint64 per_day;
    guint timeout_s;
    char *wanted;             /* (nullable): the model that the user named */
    char *key;                /* (nullable) */
    char *language;           /* (nullable): that texts are wanted in */
    ErrataOpenai *server;     /* NULL: not found yet, or not started */
    ErrataLlamaServer *child; /* nullable */
    char *place;
    char *identity;       /* what the cache knows the server by */
    ErrataRedact *redact; /* nullable: nothing is masked */
    guint8 secret[ERRATA_LLM_SECRET_BYTES];
    ErrataStoreThread *store; /* nullable */
    guint n_running;
    GQueue waiting; /* (element-type GTask): for a slot */
};

struct _ErrataLlmSession {
    ErrataLlmBroker *broker;
    gint64 total_us;     /* that the model may delay the report by */
    gint64 left_us;      /* of it */
    GHashTable *used_us; /* role → gint64 */
    guint64 tokens_left; /* of the report's */
    char *given_up;      /* nullable: why nothing is asked any more */
    ErrataError given_up_code;
};

G_END_DECLS
